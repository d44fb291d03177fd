package explain

import (
	"strconv"

	"waihu/internal/charging/forecast"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/timex"
)

// Profile tells a profile and the months made of it. holidays may lack its
// calendar.
func Profile(p *forecast.Profile, made *forecast.Made, holidays map[string]*timex.Calendar, tag lang.Tag) *Document {
	w := &writer{tag: tag}
	out := &Document{Language: tag, Title: w.say("profile.title", "name", w.name(p.Name, p.ID))}
	about := Section{Path: "profile", Title: w.say("profile.about")}
	say := func(key string, pairs ...string) { about.Sentences = append(about.Sentences, w.say(key, pairs...)) }
	if p.Template {
		say("profile.template")
	}
	say("profile.seats", "average", p.Seats.Average.String(), "peak", strconv.Itoa(max(p.Seats.Peak, 1)), "minimum", strconv.Itoa(p.Seats.Minimum))
	must, nice := p.MustModules()
	if len(must) > 0 {
		say("profile.must", "modules", lang.List(tag, must))
	}
	if len(nice) > 0 {
		say("profile.nice", "modules", lang.List(tag, nice))
	}
	if p.Budget.Sign() > 0 {
		say("profile.budget", "currency", p.Currency.String(), "budget", p.Budget.String())
	}
	if !p.Growth.IsZero() {
		say("profile.growth", "growth", p.Growth.Number.String())
	}
	for _, s := range p.Sources {
		say("profile.source", "source", s.In(tag))
	}
	say("profile.seed", "seed", strconv.FormatUint(made.Seed, 10))
	if cal := holidays[p.Calendar]; cal != nil {
		for _, year := range uncovered(made.Months, cal) {
			say("profile.uncovered", "calendar", p.Calendar, "year", strconv.Itoa(year))
		}
	}
	out.Sections = append(out.Sections, about, w.monthsOf(made.Months))
	return out
}

// uncovered are the years of months that a calendar does not know.
func uncovered(months []forecast.MonthTotals, cal *timex.Calendar) []int {
	var out []int
	for _, m := range months {
		if year, _, _ := m.Month.First().Civil(); !cal.Covers(m.Month.First()) && (len(out) == 0 || out[len(out)-1] != year) {
			out = append(out, year)
		}
	}
	return out
}

func (w *writer) monthsOf(months []forecast.MonthTotals) Section {
	s := Section{Path: "months", Title: w.say("profile.months"), Table: &Table{Head: []string{w.say("seats.head.month"), w.say("profile.head.attempts"),
		w.say("profile.head.answered"), w.say("profile.head.minutes"), w.say("profile.head.average"), w.say("profile.head.peak")}}}
	all := forecast.TypeNeed{}
	for i := range months {
		m := &months[i]
		n := m.Sum()
		all.Attempts, all.Answered, all.Seconds = all.Attempts+n.Attempts, all.Answered+n.Answered, all.Seconds+n.Seconds
		s.Table.Rows = append(s.Table.Rows, []string{m.Month.String(), w.count(n.Attempts), w.count(n.Answered), w.minutes(n.Seconds), lang.Fixed(w.tag, m.Average, 1), strconv.Itoa(m.Peak)})
	}
	s.Table.Rows = append(s.Table.Rows, []string{w.say("profile.total"), w.count(all.Attempts), w.count(all.Answered), w.minutes(all.Seconds)})
	return s
}

// minutes are seconds in minutes, to a tenth.
func (w *writer) minutes(seconds int64) string {
	return lang.Fixed(w.tag, exact.Frac(seconds, 60), 1)
}

// Observed tells real usage made small, for a profile of it.
func Observed(o *forecast.Observed, name string, tag lang.Tag) *Document {
	w := &writer{tag: tag}
	out := &Document{Language: tag, Title: w.say("profile.title", "name", name)}
	about := Section{Path: "usage", Title: w.say("profile.about"), Sentences: []string{w.say("profile.seen." + string(o.SeatsBy))}}
	months := Section{Path: "months", Title: w.say("profile.months"), Table: &Table{Head: []string{w.say("seats.head.month"), w.say("profile.head.attempts"), w.say("profile.head.answered"),
		w.say("profile.head.minutes"), w.say("profile.head.average"), w.say("profile.head.peak"), w.say("profile.head.minimum")}}}
	for _, m := range o.Months {
		if m.Partial {
			about.Sentences = append(about.Sentences, w.say("profile.partial", "month", m.Month.String()))
		}
		months.Table.Rows = append(months.Table.Rows, []string{m.Month.String(), w.count(m.Count.Attempts), w.count(m.Count.Answered), w.minutes(m.Count.Seconds),
			lang.Fixed(tag, m.Seats.Average, 1), strconv.Itoa(m.Seats.Peak), strconv.Itoa(m.Seats.Minimum)})
	}
	out.Sections = append(out.Sections, about, months)
	return out
}
