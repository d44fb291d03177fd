package document

import (
	"bufio"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"waihu/internal/charging/audit"
	"waihu/internal/lang"
	"waihu/internal/timex"
)

// AuditText writes an audit for a terminal: the answer, the causes, the
// findings, the lines. Errors are those of w.
func AuditText(w io.Writer, r *audit.Result, o TextOptions) error {
	zone, err := timex.LoadZone(r.Zone)
	if err != nil {
		return err
	}
	t := &auditPage{textPage: textPage{out: bufio.NewWriter(w), o: o}, r: r, zone: zone}
	for _, s := range auditAnswer(o.Tag, r) {
		t.wrapped(boldText, 0, s)
	}
	if !r.WithTax {
		t.wrapped(dimText, 0, t.say("audit.before_tax"))
	}
	t.rule()
	t.field(t.say("audit.bill"), strings.TrimSpace(clean(r.Bill)+" "+clean(r.Number)))
	t.field(t.say("doc.period"), lang.Dates(o.Tag, r.First, r.After))
	if r.Contract != "" {
		t.field(t.say("doc.contract"), clean(r.Contract))
	}
	t.causes()
	t.findings()
	t.calls()
	if !o.Brief {
		t.compared()
	}
	return t.out.Flush()
}

type auditPage struct {
	textPage
	r    *audit.Result
	zone *time.Location
}

// causeWidth and sumWidth are the columns of the table of causes.
const (
	causeWidth = 44
	countWidth = 10
	sumWidth   = 18
)

func (t *auditPage) causes() {
	if len(t.r.Causes) == 0 {
		return
	}
	t.put(plainText, "")
	t.put(dimText, padRight(t.say("audit.by_cause"), causeWidth)+padLeft(t.say("audit.col_count"), countWidth)+padLeft(t.say("doc.amount_in", "currency", t.r.Currency.String()), sumWidth))
	for _, c := range t.r.Causes {
		t.put(plainText, padRight(auditCause(t.o.Tag, c.Cause), causeWidth)+padLeft(strconv.Itoa(c.Count), countWidth)+padLeft(signedMoney(t.o.Tag, c.Amount), sumWidth))
	}
	t.put(boldText, padRight(t.say("audit.sum"), causeWidth+countWidth)+padLeft(signedMoney(t.o.Tag, t.r.Difference), sumWidth))
}

// examplesShown is how many pieces of evidence of a finding a terminal shows.
const examplesShown = 3

func (t *auditPage) findings() {
	if len(t.r.Findings) == 0 {
		return
	}
	t.put(plainText, "")
	t.put(dimText, t.say("audit.findings"))
	for i := range t.r.Findings {
		f := &t.r.Findings[i]
		name := strconv.Itoa(i+1) + "  " + auditLine(t.o.Tag, f) + " · " + auditCause(t.o.Tag, f.Cause)
		t.put(boldText, padRight(name, textWidth-sumWidth)+padLeft(signedMoney(t.o.Tag, f.Amount), sumWidth))
		notes := []string{auditWhy(t.o.Tag, f)}
		if says := contractSays(t.o.Tag, t.r, f); says != "" && firstOf(t.r, i) {
			notes = append(notes, says)
		}
		where := auditRows(t.o.Tag, f.Rows)
		if !f.Tax.IsZero() && !f.Net.IsZero() {
			where = joined(t.o.Tag, where, t.say("audit.with_tax", "net", signedMoney(t.o.Tag, f.Net), "tax", signedMoney(t.o.Tag, f.Tax)))
		}
		for _, s := range append(notes, joined(t.o.Tag, where, evidenceWords(t.o.Tag, f))) {
			if s != "" {
				t.wrapped(plainText, 3, s)
			}
		}
		if t.o.Brief {
			continue
		}
		for j := range f.Evidence[:min(examplesShown, len(f.Evidence))] {
			t.wrapped(dimText, 5, auditExample(t.o.Tag, &f.Evidence[j], t.zone))
		}
	}
}

// joined puts two notes on one line.
func joined(tag lang.Tag, a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + say(tag, "audit.semicolon") + b
}

// evidenceWords says how much evidence stands behind a finding.
func evidenceWords(tag lang.Tag, f *audit.Finding) string {
	if f.Count == 0 {
		return ""
	}
	n := strconv.FormatInt(f.Count, 10)
	if slices.ContainsFunc(f.Evidence, func(ev audit.Evidence) bool { return ev.Kind == "call" }) {
		return say(tag, "audit.evidence_calls", "n", n)
	}
	return say(tag, "audit.evidence_stretches", "n", n)
}

func (t *auditPage) calls() {
	if t.r.Calls == nil {
		return
	}
	t.put(plainText, "")
	t.put(dimText, t.say("audit.calls_head"))
	t.wrapped(plainText, 0, callsWords(t.o.Tag, t.r.Calls))
}

// callsWords says what became of a vendor's list of calls.
func callsWords(tag lang.Tag, c *audit.CallCounts) string {
	n := func(v int64) string { return strconv.FormatInt(v, 10) }
	return say(tag, "audit.calls_counts", "rows", n(c.Rows), "matched", n(c.Matched), "agreed", n(c.Agreed), "duplicates", n(c.Duplicates), "no_record", n(c.NoRecord), "missing", n(c.Missing))
}

// compared lists the lines of both sides.
func (t *auditPage) compared() {
	const width = 16
	name := textWidth - 3*width
	t.put(plainText, "")
	t.put(dimText, padRight(t.say("audit.lines"), name)+padLeft(t.say("audit.col_billed"), width)+padLeft(t.say("audit.col_expected"), width)+padLeft(t.say("audit.col_difference"), width))
	for i := range t.r.Lines {
		c := &t.r.Lines[i]
		apart, err := c.Billed.Sub(c.Expected)
		if err != nil { // one currency: only an overflow, which the sums would have met
			continue
		}
		shown := ""
		if !apart.IsZero() {
			shown = signedMoney(t.o.Tag, apart)
		}
		for j, s := range wrap(clean(c.Name.In(t.o.Tag)), name-2, columnsOf) {
			row := s
			if j == 0 {
				row = padRight(s, name) + padLeft(lang.Decimal(t.o.Tag, c.Billed), width) + padLeft(lang.Decimal(t.o.Tag, c.Expected), width) + padLeft(shown, width)
			}
			t.put(plainText, row)
		}
	}
}
