package cdr

import (
	"fmt"
	"strings"

	"waihu/internal/fault"
	"waihu/internal/phone"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// fate is what became of the record at hand.
type fate uint8

const (
	none fate = iota // no record at hand
	open             // nothing was said about it yet
	accepted
	rejected
	duplicate
	ignored
)

// intakeOut takes what one format finds in one input.
type intakeOut struct {
	t       *Intake
	opened  *Opened
	report  Report
	tallies tallies
	rejects *rejects
	header  string
	settled bool  // see Format.Settled
	err     error // met where none could be returned

	row     Row
	late    rawRow // knows the text of row, where row does not have it; nil: it has
	fate    fate
	flagged bool

	source    string // the Source the key below belongs to
	sourceKey [2]uint64
	buf       []byte
}

func (o *intakeOut) Header(raw string) { o.header = strings.Clone(raw) }

func (o *intakeOut) Record(r Row) {
	if o.fate != none {
		o.settle()
	}
	o.row, o.late, o.fate = r, nil, open
	o.report.Counts.Read++
	if o.opened != nil && o.opened.decoder.invalid+o.opened.decoder.nuls > 0 {
		o.suspect(r.Raw)
	}
}

// recordCall is Record and Call. Few records need their text, so it is made
// when one does.
func (o *intakeOut) recordCall(line int, rows rawRow, c *usage.Call) error {
	if o.fate == open || o.flagged && o.fate != none { // else there is nothing left to settle
		o.settle()
	}
	if o.late == nil {
		o.late = rows
	}
	o.row.Line, o.fate = line, open
	o.report.Counts.Read++
	if o.opened != nil && o.opened.decoder.invalid+o.opened.decoder.nuls > 0 {
		o.suspect(o.raw())
	}
	err := o.Call(c)
	if o.fate == open { // it ended with an error; what is said of it comes later
		o.raw()
	}
	return err
}

// raw is the text of the record at hand.
func (o *intakeOut) raw() string {
	if o.late != nil {
		o.row.Raw, o.late = o.late.rawRow(), nil
	}
	return o.row.Raw
}

// settle ends the record at hand.
func (o *intakeOut) settle() {
	if o.fate == open {
		o.Ignore("the record holds nothing that can be charged")
	}
	if o.flagged {
		o.flagged = false
		o.report.Counts.Flagged++
	}
	o.fate = none
}

// suspect looks for damage in a record of an input that has some.
func (o *intakeOut) suspect(raw string) {
	if i := strings.IndexByte(raw, 0); i >= 0 {
		o.Reject(fault.Problem{Column: 0, Value: raw, What: "the record holds NUL bytes",
			Fix: "they are what a crash leaves in a file that was being written; look for the record elsewhere"})
		return
	}
	if strings.Contains(raw, "\uFFFD") {
		name, _ := o.opened.Encoding()
		o.Flag(fault.Problem{Value: raw, What: "bytes that are no " + name + " were replaced by \uFFFD", Warning: true,
			Fix: "name the encoding with --encoding if it is another: " + strings.Join(Encodings(), ", ")})
	}
}

func (o *intakeOut) Reject(p fault.Problem) {
	switch o.fate {
	case none:
		o.Record(Row{Line: p.Line, Raw: p.Value})
		o.Reject(p)
		return
	case open:
	default: // what was already decided stands; the rest of the record is lost
		o.Flag(p)
		return
	}
	o.fate = rejected
	o.report.Counts.Rejected++
	p = o.locate(p)
	o.tallies.add(Rejected, p)
	if o.t.opt.Rejects == "" || o.err != nil {
		return
	}
	if o.rejects == nil {
		if o.rejects, o.err = newRejects(o.t.opt.Rejects, o.report.Name, o.header); o.err != nil {
			return
		}
		o.report.Rejects = o.rejects.path()
	}
	o.err = o.rejects.add(o.raw(), p)
}

func (o *intakeOut) Ignore(reason string) {
	if o.fate != open {
		return
	}
	o.fate = ignored
	o.report.Counts.Ignored++
	o.tallies.add(Ignored, o.locate(fault.Problem{What: reason, Value: o.raw()}))
}

func (o *intakeOut) Flag(p fault.Problem) {
	o.flagged = true
	p.Warning = true
	o.tallies.add(Flagged, o.locate(p))
}

// locate says where a problem is, if its finder did not.
func (o *intakeOut) locate(p fault.Problem) fault.Problem {
	if p.File == "" {
		p.File = o.report.Name
	}
	if p.Line == 0 {
		p.Line = o.row.Line
	}
	return p
}

func (o *intakeOut) Call(c *usage.Call) error {
	if failed := o.t.check.call(c, o.settled); failed != 0 && o.fails(failed, c) {
		return o.err
	}
	if !o.admit(c.Source, c.ID, c, c.Start) {
		return o.err
	}
	if o.t.opt.Home != "" && c.Talk > 0 {
		o.doubt(c.To)
	}
	return o.t.sink.Call(c)
}

// doubt flags a called number that can be read in two ways. It is charged as the
// one at home.
func (o *intakeOut) doubt(to string) {
	if _, other, ok := phone.Ambiguous(to, o.t.opt.Home); ok {
		o.Flag(fault.Problem{Path: "to", Value: to, What: "the called number has no country code and could be one abroad; it is read as a number of " + o.t.opt.Home,
			Expected: "+" + other.String() + " if it was a call abroad", Fix: "let the switch write numbers with country code"})
	}
}

// fails reports the checks a call failed, and tells whether one refuses it.
func (o *intakeOut) fails(failed uint32, c *usage.Call) bool {
	refused := failed & o.t.check.refuse
	each(failed&^refused, func(i int) { o.Flag(problem(i, callValue(i, c))) })
	each(refused, func(i int) {
		p := problem(i, callValue(i, c))
		p.Warning = false
		o.Reject(p)
	})
	return refused != 0
}

// admit decides about a fact: false if it came before, or belongs to a record
// that was refused.
func (o *intakeOut) admit(source, id string, f usage.Fact, at timex.Instant) bool {
	switch o.fate {
	case none:
		o.Record(Row{})
	case rejected, ignored:
		return false
	}
	if o.err != nil {
		return false
	}
	if o.t.seen != nil && o.repeated(source, id, f) {
		return false
	}
	switch o.fate {
	case open:
		o.fate = accepted
		o.report.Counts.Accepted++
	default:
		o.report.Counts.More++
	}
	if r := &o.report; r.First == 0 {
		r.First, r.Last = at, at
	} else {
		r.First, r.Last = min(r.First, at), max(r.Last, at)
	}
	return true
}

// repeated tells whether a fact came before, and flags it if it then said
// something else.
func (o *intakeOut) repeated(source, id string, f usage.Fact) bool {
	if source != o.source || o.sourceKey == [2]uint64{} {
		o.source, o.sourceKey = strings.Clone(source), o.t.seen.sourceKey(source)
	}
	key := o.t.seen.key(o.sourceKey, id)
	o.t.seen.fetch(key)
	o.buf = f.AppendCanonical(o.buf[:0])
	known, same := o.t.seen.add(key, o.buf)
	if !known {
		return false
	}
	if !same {
		o.Flag(fault.Problem{Path: "id", Value: id, What: OtherContent + "; the first one stands",
			Fix: "find out which is right; if both are, their identifiers are not unique"})
	}
	if o.fate == open {
		o.fate = duplicate
		o.report.Counts.Duplicate++
		o.tallies.add(Duplicate, o.locate(fault.Problem{Path: "id", Value: id, What: "this record came before"}))
	}
	return true
}

// warn says what is doubtful about the input as a whole.
func (o *intakeOut) warn() {
	d := o.opened.decoder
	if d.guessed {
		o.report.Warnings = append(o.report.Warnings, fmt.Sprintf("%s: the encoding is a guess: %s (%s); name it with --encoding",
			o.report.Name, d.name, d.reason))
	}
}

// close ends the input: the last record, its tallies, its rejects.
func (o *intakeOut) close() error {
	if o.fate != none {
		o.settle()
	}
	o.report.Tallies = o.tallies.list()
	if o.rejects != nil {
		if err := o.rejects.close(); o.err == nil {
			o.err = err
		}
	}
	return o.err
}
