package explain

import (
	"strconv"
	"time"

	"waihu/internal/charging/forecast"
	"waihu/internal/charging/staffing"
	"waihu/internal/lang"
)

// Sizing is what a report on seats is made of.
type Sizing struct {
	Name   string
	Months []staffing.Sized
	Manner staffing.Manner
	WrapUp time.Duration
	Told   bool             // records tell the work after calls
	Waste  []staffing.Waste // of each month; none: nothing is known of seats paid
	Loc    *time.Location
}

// Seats tells how many seats each month needs, and why.
func Seats(z *Sizing, tag lang.Tag) *Document {
	w := &writer{tag: tag}
	out := &Document{Language: tag, Title: w.say("seats.title", "name", z.Name)}
	months := Section{Path: "months", Title: w.say("seats.months"), Table: &Table{Head: []string{w.say("seats.head.month"), w.say("seats.head.seats"), w.say("seats.head.assigned"),
		w.say("seats.head.level"), w.say("seats.head.occupancy"), w.say("seats.head.peak"), w.say("seats.head.busiest")}}}
	for _, m := range z.Months {
		when := ""
		if !m.Busiest.IsZero() {
			when = m.Busiest.In(z.Loc).Format("2006-01-02 15:04")
		}
		level := "–"
		if m.Incoming > 0 {
			level = w.percent(m.Level)
		}
		months.Table.Rows = append(months.Table.Rows, []string{forecast.MonthOf(m.Month).String(), strconv.Itoa(m.Seats), strconv.Itoa(m.Assigned),
			level, w.percent(m.Occupancy), strconv.Itoa(m.Peak), when})
	}
	out.Sections = append(out.Sections, months)
	if len(z.Waste) > 0 {
		out.Sections = append(out.Sections, w.waste(z))
	}
	for _, m := range z.Months {
		why := Section{Path: "why[" + forecast.MonthOf(m.Month).String() + "]", Title: w.say("seats.summary", "month", forecast.MonthOf(m.Month).String(), "seats", strconv.Itoa(m.Seats))}
		for _, r := range m.Reasons {
			why.Sentences = append(why.Sentences, lang.Phrase(tag, "seats.why."+r.Key, r.Args))
		}
		out.Sections = append(out.Sections, why)
	}
	out.Sections = append(out.Sections, w.assumed(z))
	return out
}

func (w *writer) waste(z *Sizing) Section {
	s := Section{Path: "waste", Title: w.say("seats.waste")}
	for i, u := range z.Waste {
		if u.Used > u.Paid {
			s.Sentences = append(s.Sentences, w.say("seats.waste.short", "month", forecast.MonthOf(z.Months[i].Month).String(), "paid", strconv.Itoa(u.Paid), "used", strconv.Itoa(u.Used)))
			continue
		}
		s.Sentences = append(s.Sentences, w.say("seats.waste.idle", "month", forecast.MonthOf(z.Months[i].Month).String(), "paid", strconv.Itoa(u.Paid), "used", strconv.Itoa(u.Used),
			"idle", strconv.Itoa(u.Idle), "share", figure(u.Utilisation, 2).String()))
	}
	return s
}

func (w *writer) assumed(z *Sizing) Section {
	g := z.Manner.Goal
	whole := func(d time.Duration) string { return digits(int64(d / time.Second)) }
	told := ""
	if z.Told {
		told = "yes"
	}
	s := Section{Path: "assumptions", Title: w.say("seats.assumed"), Sentences: []string{
		w.say("seats.assume.goal", "level", figure(g.Level, 3).String(), "within", whole(g.Within), "occupancy", figure(g.Occupancy, 3).String(), "abandons", figure(g.Abandons, 3).String()),
		w.say("seats.assume.wrap", "wrap", whole(z.WrapUp), "stated", told)}}
	if z.Manner.Patience > 0 {
		s.Sentences = append(s.Sentences, w.say("seats.assume.patience", "patience", whole(z.Manner.Patience)))
	}
	s.Sentences = append(s.Sentences, w.say("seats.assume.pacing"))
	return s
}
