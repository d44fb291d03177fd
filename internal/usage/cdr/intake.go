package cdr

import (
	"context"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Options say how files are read. The zero value finds out what can be found out.
type Options struct {
	Format  string            // name of a format; empty: detected for each file
	Formats []Format          // to choose from; nil: Formats()
	Zone    *time.Location    // of stamps that name none; nil: UTC
	Source  string            // Source of the facts; empty: the format's own name
	Columns []string          // order of columns, for formats that let it be set
	Params  map[string]string // options of the format
	Open    OpenOptions
	Limits  Limits

	// Home is the region whose numbers are written without country code. Called
	// numbers that could as well be numbers abroad are flagged; empty: none are.
	Home string
	// Repeats lets a record pass that came before, and saves the memory to tell.
	Repeats bool
	// Rejects is the folder for records that were refused: the input's name
	// holds them as they stood, with the header if it had one; its name with
	// .why.jsonl a Problem for each. Empty: they are only counted.
	Rejects string
	// Progress is told how far a file is, about every megabyte.
	Progress func(Progress)
}

// Progress is how far the reading of a file is, in bytes as they are stored.
type Progress struct {
	File  string
	Done  int64
	Total int64 // 0: not known
}

// Report is what became of one input.
type Report struct {
	Name           string        `json:"name"`
	Format         string        `json:"format,omitempty"`
	Reason         string        `json:"reason,omitempty"` // why it was taken for that format, in English
	Why            Why           `json:"why,omitzero"`     // the same, for every language
	Compression    string        `json:"compression,omitempty"`
	Encoding       string        `json:"encoding,omitempty"`
	EncodingReason string        `json:"encoding_reason,omitempty"`
	EncodingWhy    Why           `json:"encoding_why,omitzero"`
	Bytes          int64         `json:"bytes"` // as stored
	Counts         Counts        `json:"counts"`
	First          timex.Instant `json:"first,omitempty"` // start of the earliest accepted fact
	Last           timex.Instant `json:"last,omitempty"`  // of the latest
	Tallies        []Tally       `json:"tallies,omitempty"`
	Rejects        string        `json:"rejects,omitempty"`  // file of the refused records
	Warnings       []string      `json:"warnings,omitempty"` // about the input as a whole
}

// Intake reads inputs into one sink, each record once however often it comes.
// Not safe for two goroutines at once.
type Intake struct {
	sink  usage.Sink
	opt   Options
	check checker
	seen  *seen
	total Counts
	files []Report
}

// NewIntake starts one.
func NewIntake(sink usage.Sink, opt Options) *Intake {
	if opt.Formats == nil {
		opt.Formats = Formats()
	}
	if opt.Zone == nil {
		opt.Zone = time.UTC
	}
	t := &Intake{sink: sink, opt: opt, check: newChecker(opt.Limits)}
	if !opt.Repeats {
		t.seen = newSeen()
	}
	return t
}

// Total is what became of all records so far.
func (t *Intake) Total() Counts { return t.total }

// Reports are the reports of all inputs so far, in their order, with those that
// ended with an error.
func (t *Intake) Reports() []Report { return slices.Clone(t.files) }

// File reads a file. See Read.
func (t *Intake) File(ctx context.Context, path string) (*Report, error) {
	f, size, err := openFile(path)
	if err != nil {
		t.files = append(t.files, Report{Name: path})
		return &Report{Name: path}, err
	}
	defer f.Close()
	return t.Read(ctx, f, path, size)
}

func openFile(path string) (*os.File, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, fault.New(fault.NotFound, "%v", err)
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = fault.Problem{File: path, What: "this is a folder", Expected: "a file", Fix: "name the files in it"}
	}
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

// Read reads an input of a name and size (0: not known) to its end. The report
// is never nil and its counts add up, even when the error says that the input
// could not be read on; the facts before that have gone to the sink.
//
// Errors are of kind Invalid when the input is not what it must be; those of
// the reader, of the sink and of ctx are passed on.
func (t *Intake) Read(ctx context.Context, r io.Reader, name string, size int64) (*Report, error) {
	in := &source{ctx: ctx, r: r, at: Progress{File: name, Total: size}, tell: t.opt.Progress}
	o := &intakeOut{t: t, report: Report{Name: name}, source: t.opt.Source}
	err := t.read(in, o)
	if closing := o.close(); err == nil {
		err = closing
	}
	o.report.Bytes = in.at.Done
	if err == nil {
		in.last()
		err = o.report.Counts.Check()
	}
	t.total = t.total.Add(o.report.Counts)
	t.files = append(t.files, o.report)
	return &o.report, err
}

func (t *Intake) read(in io.Reader, o *intakeOut) error {
	opened, err := Open(in, o.report.Name, t.opt.Open)
	if err != nil {
		return err
	}
	defer opened.Close()
	head, err := opened.Head()
	if err != nil {
		return err
	}
	format, err := t.format(head, &o.report)
	if err != nil {
		return err
	}
	o.opened, o.settled = opened, format.Settled
	o.report.Compression = opened.Compression
	err = format.Read(&Input{Name: o.report.Name, R: opened.text, Zone: t.opt.Zone, Source: t.opt.Source,
		Columns: t.opt.Columns, Params: t.opt.Params}, o)
	o.report.Encoding, o.report.EncodingWhy = opened.Encoding()
	o.report.EncodingReason = o.report.EncodingWhy.String()
	o.warn()
	return err
}

// format is the format asked for, or the one the head looks like.
func (t *Intake) format(head []byte, report *Report) (Format, error) {
	var f Format
	var err error
	if t.opt.Format != "" {
		f, err = Find(t.opt.Formats, t.opt.Format)
		report.Why = because("asked")
	} else {
		f, report.Why, err = DetectAmong(t.opt.Formats, head, report.Name)
	}
	report.Format, report.Reason = f.Name, report.Why.String()
	if err == nil && f.Params != nil {
		err = t.knownParams(f)
	}
	return f, err
}

// knownParams refuses options the format does not have: they are typing errors.
// Where the format was detected, an option of another is all right, since the
// files may be of several.
func (t *Intake) knownParams(f Format) error {
	for name, value := range t.opt.Params {
		if _, ok := f.Params[name]; ok {
			continue
		}
		if t.opt.Format == "" && slices.ContainsFunc(t.opt.Formats, func(g Format) bool { _, ok := g.Params[name]; return ok || g.Params == nil }) {
			continue
		}
		return fault.Problem{Path: name, Value: value, What: f.Name + " has no such option",
			Expected: strings.Join(slices.Sorted(maps.Keys(f.Params)), ", ")}
	}
	return nil
}

// progressStep is how many bytes go by between two calls of Progress.
const progressStep = 1 << 20

// source counts what is read and stops when it is told to.
type source struct {
	ctx  context.Context
	r    io.Reader
	at   Progress
	told int64
	tell func(Progress)
}

func (s *source) Read(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := s.r.Read(b)
	s.at.Done += int64(n)
	if s.tell != nil && s.at.Done-s.told >= progressStep {
		s.told = s.at.Done
		s.tell(s.at)
	}
	return n, err
}

// last tells of the end, once.
func (s *source) last() {
	if s.tell != nil && s.told != s.at.Done {
		s.tell(s.at)
	}
}
