package cli

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/planfile"
	"waihu/internal/timex"
	"waihu/internal/usage/cdr"
)

// recordFlags say how records are read.
type recordFlags struct {
	Format   string            `help:"Record format (waihu formats lists them); found out if absent."`
	Mapping  string            `help:"Mapping file for a CSV of your own." type:"existingfile"`
	Zone     string            `help:"Time zone of stamps that name none; the plan's if absent, UTC where there is no plan."`
	Source   string            `help:"Name of the system the records come from."`
	Encoding string            `help:"Text encoding: utf-8, utf-16le, utf-16be, gb18030, big5; found out if absent."`
	Columns  []string          `help:"Order of columns, for formats that let it be set."`
	Option   map[string]string `help:"Option of the format: direction=outbound." placeholder:"KEY=VALUE"`
	Rejects  string            `help:"Folder for refused records and the reasons." placeholder:"DIR"`
}

// options makes the intake options; a is nil where there is no plan.
func (f *recordFlags) options(e *env, a *agreed) (cdr.Options, error) {
	opt := cdr.Options{Format: f.Format, Source: f.Source, Columns: f.Columns, Params: f.Option, Rejects: f.Rejects,
		Open: cdr.OpenOptions{Encoding: f.Encoding}, Limits: cdr.Limits{Latest: timex.At(time.Now().Add(24 * time.Hour))}}
	opt.Zone = time.UTC
	if a != nil {
		opt.Zone = a.loc
		if a.Plan.AsksNumbers() {
			opt.Home = a.Plan.Home
		}
	}
	if f.Zone != "" {
		loc, err := timex.LoadZone(f.Zone)
		if err != nil {
			return opt, coded{exitUsage, fmt.Errorf("--zone: %w", err)}
		}
		opt.Zone = loc
	}
	if f.Mapping != "" {
		var m cdr.Mapping
		_, problems := planfile.LoadInto(os.DirFS(filepath.Dir(f.Mapping)), filepath.Base(f.Mapping), &m)
		problems = inFolder(problems, f.Mapping)
		for _, w := range problems.Warnings() {
			fmt.Fprintf(e.Err, "warning: %v\n", w)
		}
		if err := problems.Err(); err != nil {
			return opt, err
		}
		format, err := cdr.Mapped(m)
		if err != nil {
			return opt, fmt.Errorf("%s: %w", f.Mapping, err)
		}
		opt.Formats = append([]cdr.Format{format}, cdr.Formats()...)
		if opt.Format == "" {
			opt.Format = format.Name
		}
	}
	return opt, nil
}

// reportIntake says what became of every record.
func reportIntake(w io.Writer, tag lang.Tag, reports []cdr.Report, total cdr.Counts) {
	for _, r := range reports {
		if r.Format == "" {
			continue // it was not read; the error says why
		}
		how := []string{r.Format}
		if !r.Why.IsZero() {
			how = append(how, r.Why.In(tag))
		}
		if r.Compression != "" {
			how = append(how, r.Compression)
		}
		if r.Encoding != "" && r.Encoding != "utf-8" {
			how = append(how, r.Encoding+": "+r.EncodingWhy.In(tag))
		}
		fmt.Fprintf(w, "%s (%s)\n  %s\n", r.Name, strings.Join(how, "; "), countsIn(tag, r.Counts))
		for _, warn := range r.Warnings {
			fmt.Fprintf(w, "  warning: %s\n", warn)
		}
		for _, t := range r.Tallies {
			fmt.Fprintf(w, "  %s %d: %s\n", t.Outcome, t.Count, t.Reason)
			for i, p := range t.Sample {
				if i == samplesShown || t.Outcome == cdr.Ignored || t.Outcome == cdr.Duplicate && i > 0 {
					break
				}
				fmt.Fprintf(w, "    %s\n", p)
			}
		}
		if r.Rejects != "" {
			fmt.Fprintf(w, "  refused records: %s\n", r.Rejects)
		}
	}
	if len(reports) > 1 {
		fmt.Fprintf(w, "%s\n  %s\n", lang.Phrase(tag, "records.all", nil), countsIn(tag, total))
	}
}

// countsIn says what became of records, in a language.
func countsIn(tag lang.Tag, c cdr.Counts) string {
	args := map[string]string{}
	for name, n := range map[string]int64{"read": c.Read, "accepted": c.Accepted, "rejected": c.Rejected, "duplicate": c.Duplicate, "ignored": c.Ignored, "flagged": c.Flagged} {
		args[name] = strconv.FormatInt(n, 10)
	}
	return lang.Phrase(tag, "records.counts", args)
}

// reportDoubts shows warnings about facts that were counted as they stand: the
// first of each kind, and how many there are.
func reportDoubts(w io.Writer, doubts fault.Problems) {
	shown := map[string]int{}
	for _, p := range doubts {
		kind, _, _ := strings.Cut(p.Path, " ")
		if shown[kind]++; shown[kind] <= samplesShown {
			fmt.Fprintf(w, "warning: %v\n", p)
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(shown)) {
		if more := shown[kind] - samplesShown; more > 0 {
			fmt.Fprintf(w, "warning: %d more such %s\n", more, plural(more, kind, kind+"s"))
		}
	}
}

// samplesShown is how many examples of one finding a terminal shows.
const samplesShown = 3
