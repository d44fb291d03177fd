package document

import (
	"slices"
	"strconv"
	"time"

	"waihu/internal/charging/audit"
	"waihu/internal/exact"
	"waihu/internal/explain"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// Colours of the pictures of an audit: places among the colours of series.
const (
	tooMuch   = 1
	tooLittle = 0
	dueColour = 2
)

// mostCompared bounds the lines of a bill that are drawn: more would not be read.
const mostCompared = 15

// AuditReport tells an audit as a document with tables and pictures, for whoever
// writes it as a page, on paper or as a workbook. The error is that of its time
// zone.
func AuditReport(tag lang.Tag, r *audit.Result) (*explain.Document, error) {
	zone, err := timex.LoadZone(r.Zone)
	if err != nil {
		return nil, err
	}
	told, err := TellAudit(tag, r)
	if err != nil {
		return nil, err
	}
	t := &auditTeller{tag: tag, r: r, zone: zone}
	d := &explain.Document{Language: tag, Kind: t.say("audit.title"), Title: t.say("audit.report.title", "bill", clean(r.Bill), "number", clean(r.Number), "period", lang.Dates(tag, r.First, r.After)),
		On: r.After, Foot: t.say("audit.report.foot", "contract", clean(r.Contract), "zone", r.Zone), Figures: t.figures()}
	d.Sections = append(d.Sections, explain.Section{Path: "answer", Sentences: told.Answer})
	if len(r.Causes) > 0 {
		d.Sections = append(d.Sections, t.causes())
	}
	if len(r.Lines) > 0 {
		d.Sections = append(d.Sections, t.lines())
	}
	if told.Calls != "" {
		d.Sections = append(d.Sections, explain.Section{Path: "calls", Title: t.say("audit.calls_head"), Sentences: []string{told.Calls}})
	}
	for i := range r.Findings {
		d.Sections = append(d.Sections, t.finding(i, &told.Findings[i]))
	}
	return d, nil
}

// auditTeller tells one audit.
type auditTeller struct {
	tag  lang.Tag
	r    *audit.Result
	zone *time.Location
}

func (t *auditTeller) say(key string, pairs ...string) string { return say(t.tag, key, pairs...) }

// figures are what the bill asks, what is due, and what lies between.
func (t *auditTeller) figures() []explain.Figure {
	figure := func(label string, a money.Amount) explain.Figure {
		return explain.Figure{Label: t.say(label), Value: lang.Money(t.tag, a), Amount: &a}
	}
	out := []explain.Figure{figure("audit.col_billed", t.r.Billed), figure("audit.col_expected", t.r.Expected), figure("audit.col_difference", t.r.Difference)}
	if !t.r.Explained.IsZero() || !t.r.Difference.IsZero() {
		out = append(out, figure("audit.report.explained", t.r.Explained))
	}
	return out
}

// tableCells is a row of a table being made.
type tableCells struct {
	text   []string
	values []*explain.Value
}

func (c *tableCells) words(s string) {
	c.text, c.values = append(c.text, s), append(c.values, nil)
}

func (c *tableCells) number(s string, n exact.Number) {
	c.text, c.values = append(c.text, s), append(c.values, &explain.Value{Number: n})
}

func (c *tableCells) amount(tag lang.Tag, a money.Amount) { c.number(lang.Decimal(tag, a), a.Exact()) }
func (c *tableCells) count(tag lang.Tag, n int64) {
	c.number(lang.Number(tag, exact.Int(n)), exact.Int(n))
}

func addRow(t *explain.Table, c *tableCells) {
	t.Rows, t.Values = append(t.Rows, c.text), append(t.Values, c.values)
}

// causes says how much of the difference is what, the most first, drawn and as a
// table; both come to the difference.
func (t *auditTeller) causes() explain.Section {
	s := explain.Section{Path: "causes", Title: t.say("audit.by_cause")}
	bars := &explain.Bars{Keys: []explain.Key{{Colour: tooMuch, Name: t.say("audit.report.too_much"), Column: 2}}}
	table := &explain.Table{Head: []string{t.say("audit.col_cause"), t.say("audit.col_count"), t.r.Currency.String()}}
	low := false
	largest := slices.Clone(t.r.Causes)
	slices.SortStableFunc(largest, func(a, b audit.Sum) int { return positive(b.Amount).Cmp(positive(a.Amount)) })
	for _, c := range largest {
		row := &tableCells{}
		row.words(auditCause(t.tag, c.Cause))
		row.count(t.tag, int64(c.Count))
		row.number(signedMoney(t.tag, c.Amount), c.Amount.Exact())
		addRow(table, row)
		colour, size := tooMuch, positive(c.Amount).Exact().Float()
		if c.Amount.Sign() < 0 {
			colour, low = tooLittle, true
		}
		bars.Rows = append(bars.Rows, explain.Bar{Name: auditCause(t.tag, c.Cause), Parts: []explain.BarPart{{Colour: colour, Value: size}}, Low: size, High: size, Label: signedMoney(t.tag, c.Amount)})
	}
	if low {
		bars.Keys = append(bars.Keys, explain.Key{Colour: tooLittle, Name: t.say("audit.report.too_little")})
	}
	sum, count := &tableCells{}, 0
	for _, c := range t.r.Causes {
		count += c.Count
	}
	sum.words(t.say("audit.sum"))
	sum.count(t.tag, int64(count))
	sum.number(signedMoney(t.tag, t.r.Difference), t.r.Difference.Exact())
	addRow(table, sum)
	s.Charts = []explain.Chart{{ID: "causes", Title: t.say("audit.report.chart_causes", "amount", lang.Money(t.tag, t.r.Difference)), Notes: []string{t.say("audit.report.read_causes")}, Values: t.r.Currency.String(), Bars: bars, Twin: table}}
	return s
}

// lines lays each line of the bill beside what is due for it.
func (t *auditTeller) lines() explain.Section {
	bars := &explain.Bars{Apart: true, Keys: []explain.Key{{Colour: tooMuch, Name: t.say("audit.col_billed"), Column: 1}, {Colour: dueColour, Name: t.say("audit.col_expected"), Column: 2}}}
	table := &explain.Table{Head: []string{t.say("audit.col_line"), t.say("audit.col_billed"), t.say("audit.col_expected"), t.say("audit.col_difference")}}
	for i := range t.r.Lines {
		l := &t.r.Lines[i]
		name := clean(l.Name.Or(l.Line).In(t.tag))
		if name == "" {
			name = t.say("audit.bill_as_whole")
		}
		row := &tableCells{}
		row.words(name)
		row.amount(t.tag, l.Billed)
		row.amount(t.tag, l.Expected)
		if more, err := l.Billed.Sub(l.Expected); err == nil {
			row.number(signedMoney(t.tag, more), more.Exact())
		} else {
			row.words("")
		}
		addRow(table, row)
		if i >= mostCompared || l.Billed.Sign() < 0 || l.Expected.Sign() < 0 {
			continue
		}
		for _, b := range []struct {
			colour int
			amount money.Amount
			name   string
		}{{tooMuch, l.Billed, name}, {dueColour, l.Expected, ""}} {
			size := b.amount.Exact().Float()
			bars.Rows = append(bars.Rows, explain.Bar{Name: b.name, Parts: []explain.BarPart{{Colour: b.colour, Value: size}}, Low: size, High: size, Label: lang.Decimal(t.tag, b.amount)})
		}
	}
	return explain.Section{Path: "lines", Title: t.say("audit.lines"),
		Charts: []explain.Chart{{ID: "lines", Title: t.say("audit.report.chart_lines"), Notes: []string{t.say("audit.report.read_lines")}, Values: t.r.Currency.String(), Bars: bars, Twin: table}}}
}

// finding tells one finding with the first of what stands behind it.
func (t *auditTeller) finding(i int, told *ToldFinding) explain.Section {
	f := &t.r.Findings[i]
	s := explain.Section{Path: "findings-" + strconv.Itoa(i+1), Title: t.say("audit.report.finding", "n", strconv.Itoa(i+1), "line", told.Line, "cause", told.Cause, "amount", signedMoney(t.tag, f.Amount))}
	for _, line := range []string{told.Why, told.Says, told.Rows, told.Tax, told.Evidence} {
		if line != "" {
			s.Sentences = append(s.Sentences, line)
		}
	}
	if len(f.Evidence) == 0 {
		return s
	}
	s.Table = t.stretches(f)
	if f.Evidence[0].Kind == "call" {
		s.Table = t.calls(f)
	}
	if rest := f.Count - int64(len(f.Evidence)); rest > 0 {
		s.Sentences = append(s.Sentences, t.say("audit.report.more", "n", strconv.FormatInt(rest, 10)))
	}
	return s
}

// heads are the names of columns of evidence.
func (t *auditTeller) heads(columns ...string) *explain.Table {
	return &explain.Table{Head: headingsOf(t.tag, "evidence.", columns)}
}

func (t *auditTeller) at(i timex.Instant) string {
	if i.IsZero() {
		return "–"
	}
	return i.In(t.zone).Format(time.DateTime)
}

// calls lists charged calls: how long they were, and what each side makes of it.
func (t *auditTeller) calls(f *audit.Finding) *explain.Table {
	out := t.heads("from", "what", "id", "talk_seconds", "due_seconds", "billed_seconds", "due_amount", "billed_amount")
	for i := range f.Evidence {
		ev, row := &f.Evidence[i], &tableCells{}
		row.words(t.at(ev.From))
		row.words(clean(ev.What))
		row.words(clean(ev.ID))
		for _, n := range []int64{ev.Talk, ev.Due, ev.Billed} {
			if n == audit.NoSeconds {
				row.words("–")
			} else {
				row.count(t.tag, n)
			}
		}
		for _, s := range []string{ev.DueCost, ev.CostBill} {
			if n, err := exact.Parse(s); err == nil {
				row.number(lang.Number(t.tag, n), n)
			} else {
				row.words("–")
			}
		}
		addRow(out, row)
	}
	return out
}

// stretches lists seats, log-ins, modules and rentals from when to when.
func (t *auditTeller) stretches(f *audit.Finding) *explain.Table {
	out := t.heads("from", "to", "kind", "id", "who", "what")
	for i := range f.Evidence {
		ev, row := &f.Evidence[i], &tableCells{}
		for _, s := range []string{t.at(ev.From), t.at(ev.To), lang.Choice(t.tag, "evidence", ev.Kind), clean(ev.ID), clean(ev.Who), clean(ev.What)} {
			row.words(s)
		}
		addRow(out, row)
	}
	return out
}
