package explain

import (
	"fmt"
	"strings"

	"waihu/internal/calling/report"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/timex"
)

// chartRows is how many rows a picture of a report shows.
const chartRows = 12

// CallingReport tells a report of calling: what it comes to in sentences, a picture,
// its figures, and what each of them counts.
func CallingReport(a *report.Answer, tag lang.Tag) *Document {
	t := reportTeller{writer{tag: tag}, a}
	out := &Document{Language: tag, Title: t.say("calling_report.title." + string(a.Kind)), On: a.After - 1}
	out.Sections = append(out.Sections, Section{Path: "answer", Sentences: t.answer()})
	if a.Kind == report.Hours {
		out.Sections = append(out.Sections, Section{Path: "map", Title: t.say("calling_report.map"), Sentences: []string{t.say("calling_report.little")}, Table: t.week()})
	}
	rows := Section{Path: "rows", Title: t.say("calling_report.rows"), Table: t.table()}
	if c := t.chart(); c != nil {
		rows.Charts = []Chart{*c}
	}
	defined := Section{Path: "definitions", Title: t.say("calling_report.definitions")}
	for _, c := range a.Kind.Columns() {
		defined.Sentences = append(defined.Sentences, t.say("calling_report.def."+c.Name))
	}
	out.Sections = append(out.Sections, rows, defined)
	return out
}

// reportTeller tells one report.
type reportTeller struct {
	writer
	a *report.Answer
}

// answer is the report in sentences.
func (t *reportTeller) answer() []string {
	a := t.a
	dates := t.say("calling_report.dates", "dates", lang.Dates(t.tag, a.First, a.After), "zone", a.Zone.String())
	if a.Kind == report.Lists {
		dates = t.say("calling_report.all_time")
	}
	out := []string{t.say("calling_report.lead." + string(a.Kind)), dates}
	if len(a.Rows) == 0 || a.Total.Sums.IsZero() && a.Total.Leads == (report.Leads{}) {
		return append(out, t.say("calling_report.empty."+string(a.Kind)))
	}
	switch a.Kind {
	case report.Hours:
		out = append(out, t.hours()...)
	case report.Numbers:
		out = append(out, t.named("worse", "none_worse", "numbers", func(r *report.Row) bool { return r.Health.Verdict == report.Worse }))
	case report.Ledger:
		out = append(out, t.named("over", "within", "campaigns", func(r *report.Row) bool { return a.Split == report.ByThing && r.Left() < 0 }), t.say("calling_report.ledger_not"))
	case report.Agents:
		if a.Campaign != "" {
			out = append(out, t.say("calling_report.time_whole"))
		}
	}
	if n := a.Total.Sums[report.Unpriced]; n > 0 && len(a.Total.Costs) > 0 {
		out = append(out, t.say("calling_report.unpriced_note", "n", digits(n)))
	}
	return out
}

// named lists the rows something is true of, or says that it is of none.
func (t *reportTeller) named(some, none, arg string, is func(*report.Row) bool) string {
	var list []string
	for i := range t.a.Rows {
		if is(&t.a.Rows[i]) && len(list) < chartRows {
			list = append(list, t.a.Name(&t.a.Rows[i]))
		}
	}
	if len(list) == 0 {
		return t.say("calling_report." + none)
	}
	return t.say("calling_report."+some, arg, lang.List(t.tag, list))
}

// hours says which are best, on whose clock, and what is not on the map.
func (t *reportTeller) hours() []string {
	a := t.a
	var best []string
	for _, h := range a.Best {
		x := &a.Week[h]
		best = append(best, t.say("calling_report.best_hour", "day", weekdays[h/24], "hour", hourText(h), "share", exact.Frac(x.Answered, x.Dialed).Round(exact.HalfAway, 3).String(), "dialed", digits(x.Dialed)))
	}
	out := []string{t.say("calling_report.best_none")}
	if len(best) > 0 {
		out[0] = t.say("calling_report.best", "hours", lang.List(t.tag, best))
	}
	if a.Called {
		out = append(out, t.say("calling_report.called_clock"))
	} else {
		out = append(out, t.say("calling_report.zone_clock", "zone", a.Zone.String()))
	}
	if a.Unknown > 0 {
		out = append(out, t.say("calling_report.unknown_clock", "n", digits(a.Unknown)))
	}
	return out
}

var weekdays = [7]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

func hourText(h int) string { return fmt.Sprintf("%02d:00", h%24) }

// week is the map: a row for each hour of the day, a column for each day.
func (t *reportTeller) week() *Table {
	if t.a.Week == nil {
		return nil
	}
	out := &Table{Head: []string{t.say("calling_report.by.hour")}}
	for _, d := range weekdays {
		out.Head = append(out.Head, lang.Choice(t.tag, "day", d))
	}
	for h := range 24 {
		row := []cell{words(hourText(h))}
		for d := range 7 {
			x := &t.a.Week[d*24+h]
			if x.Dialed == 0 {
				row = append(row, words(""))
				continue
			}
			row = append(row, portion(HourCell(t.tag, x), exact.Frac(x.Answered, x.Dialed)))
		}
		out.add(row...)
	}
	return out
}

// HourCell is an hour of the map in words: the share that answered and of how many
// dials, in brackets where those are too few to go by.
func HourCell(tag lang.Tag, x *report.Hour) string {
	if x.Dialed == 0 {
		return ""
	}
	text := lang.Percent(tag, exact.Frac(x.Answered, x.Dialed).Round(exact.HalfAway, 2)) + " · " + lang.Count(tag, x.Dialed)
	if x.Little {
		text = "(" + text + ")"
	}
	return text
}

// head is what the rows are.
func (t *reportTeller) head() string {
	if t.a.Split != report.ByThing {
		return t.say("calling_report.by." + string(t.a.Split))
	}
	return t.say("calling_report.name." + string(t.a.Kind.Dim()))
}

// RowName is what a row is called.
func RowName(tag lang.Tag, a *report.Answer, r *report.Row) string {
	name := a.Name(r)
	switch {
	case a.Split == report.ByDay:
		if d, err := timex.ParseDate(name); err == nil {
			return lang.Date(tag, d)
		}
	case a.Split == report.ByThing && a.Kind == report.Hours:
		n := 0
		if _, err := fmt.Sscanf(name, "%d", &n); err == nil && n >= 0 && n < 7*24 {
			return lang.Choice(tag, "day", weekdays[n/24]) + " " + hourText(n)
		}
	case a.Kind == report.Causes:
		code, trunk := report.SplitCause(name)
		return strings.TrimSpace(CauseText(tag, code) + " · " + trunk)
	}
	if name == "" {
		return lang.Phrase(tag, "calling_report.none", nil)
	}
	return name
}

// CauseText is why a call was not answered: SIP 486, Q.850 17, or what became of it.
func CauseText(tag lang.Tag, code string) string {
	if rest, is := strings.CutPrefix(code, "sip"); is {
		return "SIP " + rest
	}
	if rest, is := strings.CutPrefix(code, "q"); is {
		return "Q.850 " + rest
	}
	return lang.Choice(tag, "result", code)
}

func (t *reportTeller) table() *Table {
	columns := t.a.Kind.Columns()
	out := &Table{Head: []string{t.head()}}
	for _, c := range columns {
		out.Head = append(out.Head, t.say("calling_report.col."+c.Name))
	}
	line := func(name string, r *report.Row) {
		row := []cell{words(name)}
		for i := range columns {
			f := columns[i].Of(r)
			row = append(row, figureCell(t.tag, &f))
		}
		out.add(row...)
	}
	for i := range t.a.Rows {
		line(RowName(t.tag, t.a, &t.a.Rows[i]), &t.a.Rows[i])
	}
	if len(t.a.Rows) > 1 {
		total := t.a.Total
		line(t.say("calling_report.total"), &total)
	}
	return out
}

// FigureText is a figure as it is read: unknown is a dash, and not nought.
func FigureText(tag lang.Tag, f *report.Figure) string { return figureCell(tag, f).text }

func figureCell(tag lang.Tag, f *report.Figure) cell {
	if !f.Known() {
		return words("–")
	}
	v := f.Value()
	switch f.Unit {
	case report.Count:
		return numeric(lang.Count(tag, f.Part), v)
	case report.Share:
		return portion(lang.Fixed(tag, v.Mul(exact.Int(100)), 1)+"%", v)
	case report.Seconds:
		seconds, err := v.Round(exact.HalfAway, 0).Int64()
		if err != nil {
			return words("–")
		}
		return numeric(lang.Clock(seconds), v.Round(exact.HalfAway, 3))
	case report.Moment:
		return numeric(lang.Quantity(tag, v.Round(exact.HalfAway, 1), "second"), v.Round(exact.HalfAway, 3))
	case report.Amount:
		var list []string
		for _, m := range f.Money {
			list = append(list, lang.Money(tag, m))
		}
		if len(f.Money) == 1 {
			return numeric(list[0], f.Money[0].Exact())
		}
		return words(strings.Join(list, " + "))
	case report.Word:
		return words(lang.Phrase(tag, "calling_report.verdict."+f.Word, nil))
	}
	return numeric(lang.Fixed(tag, v, f.Unit.Decimals()), v.Round(exact.HalfAway, 4))
}

// chart draws the first count and, where there is one, the part of it that the second
// is: what was dialed and of it answered, persons and of them abandoned.
func (t *reportTeller) chart() *Chart {
	columns := t.a.Kind.Columns()
	if len(t.a.Rows) < 2 || t.a.Kind == report.Hours || columns[0].Unit != report.Count {
		return nil
	}
	first, second := &columns[0], (*report.Column)(nil)
	if partOfFirst(t.a.Kind) {
		second = &columns[1]
	}
	rows, order := t.a.Rows, "calling_report.chart_days"
	if t.a.Split == report.ByThing {
		rows, order = append([]report.Row(nil), t.a.Rows...), "calling_report.chart"
		t.a.Kind.Sort(rows, first.Name, false, t.a.Name)
	}
	bars, twin := &Bars{}, &Table{Head: []string{t.head(), t.say("calling_report.col." + first.Name)}}
	if second != nil {
		twin.Head = append(twin.Head, t.say("calling_report.col."+second.Name), t.say("calling_report.rest"))
		bars.Keys = []Key{{0, twin.Head[2], 2}, {5, twin.Head[3], 3}}
	}
	most := chartRows
	if t.a.Split != report.ByThing {
		most = 31
	}
	for i := range rows[:min(len(rows), most)] {
		f := first.Of(&rows[i])
		n := float64(f.Part)
		bar := Bar{Name: RowName(t.tag, t.a, &rows[i]), Low: n, High: n, Label: FigureText(t.tag, &f), Parts: []BarPart{{0, n}}}
		cells := []cell{words(bar.Name), figureCell(t.tag, &f)}
		if second != nil {
			g := second.Of(&rows[i])
			rest := report.Figure{Unit: report.Count, Part: f.Part - g.Part, Whole: 1}
			bar.Parts = []BarPart{{0, float64(g.Part)}, {5, float64(rest.Part)}}
			bar.Label += " (" + FigureText(t.tag, &g) + ")"
			cells = append(cells, figureCell(t.tag, &g), figureCell(t.tag, &rest))
		}
		bars.Rows = append(bars.Rows, bar)
		twin.add(cells...)
	}
	title := lang.Phrase(t.tag, order, map[string]string{"column": twin.Head[1], "name": t.head()})
	return &Chart{ID: "chart", Title: title, Notes: []string{t.say("calling_report.chart_read")}, Values: twin.Head[1], Bars: bars, Twin: twin}
}

// partOfFirst tells whether the second column counts a part of the first.
func partOfFirst(k report.Kind) bool {
	switch k {
	case report.Campaigns, report.Conversion, report.Agents, report.Numbers, report.Trunks, report.Quality, report.Ledger, report.Lists:
		return true
	}
	return false
}
