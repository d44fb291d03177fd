package meter

import (
	"slices"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/exact"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// AssignedLevels is the level of a component over the served part of the
// period, one run after the other, with the component's same-day rule applied:
// the quantity the contract fixes with its dated changes, or else the seats. A
// recurring component always has a quantity of its own, 1 if none is given.
// Under every_change a level that did not last the day is a run of no days,
// which still counts as a peak and as an increase. The count is that of seat
// facts used.
func AssignedLevels(c *catalog.Component, seats []usage.Seat, terms *contract.Terms) ([]Run, int64, error) {
	served := Served(c, terms)
	if served.Days() == 0 {
		return nil, 0, nil
	}
	if isFixed(c, terms) {
		marks, err := fixedMarks(c, terms, served)
		return settle(c, marks, served, terms), 0, err
	}
	p := served.in(terms.Loc)
	in, err := gatherPlaces(c, seats, p)
	if err != nil {
		return nil, 0, err
	}
	var marks []mark
	in.level.each(p, func(s timex.Period, n int64) {
		marks = append(marks, mark{s.From.DateIn(terms.Loc), s.From, exact.Int(n)})
	})
	return settle(c, marks, served, terms), in.count, nil
}

// mark is a level from an instant of a day on.
type mark struct {
	day   timex.Date
	at    timex.Instant
	level exact.Number
}

// settle applies the same-day rule and makes runs of what is left.
func settle(c *catalog.Component, marks []mark, served Dates, terms *contract.Terms) []Run {
	bySecond := c.Proration == catalog.BySecond && c.SameDay == catalog.EveryChange
	switch c.SameDay {
	case catalog.EveryChange:
		for i := range marks {
			if !bySecond {
				marks[i].at = marks[i].day.Start(terms.Loc)
			}
		}
	case catalog.MaxOfDay:
		marks = highOfDays(marks, served, terms)
	default:
		marks = endOfDays(marks, terms)
	}
	runs := make([]Run, len(marks))
	for i, m := range marks {
		end, after := served.After.Start(terms.Loc), served.After
		if i+1 < len(marks) {
			end, after = marks[i+1].at, marks[i+1].day
			if bySecond && end > after.Start(terms.Loc) {
				after++ // both runs touch the day of a change in mid-day
			}
		}
		runs[i] = Run{Dates: Dates{m.day, after}, Time: timex.Period{From: m.at, To: end}, Level: m.level}
	}
	return runs
}

// endOfDays keeps the last level of each day, from the day's start.
func endOfDays(marks []mark, terms *contract.Terms) []mark {
	var out []mark
	for _, m := range marks {
		m.at = m.day.Start(terms.Loc)
		if last := len(out) - 1; last >= 0 && out[last].day == m.day {
			out[last] = m
		} else {
			out = append(out, m)
		}
	}
	return out
}

// highOfDays takes the highest level of each day, the one the day began with
// included; what the day ended with holds from the next day on.
func highOfDays(marks []mark, served Dates, terms *contract.Terms) []mark {
	var out []mark
	put := func(day timex.Date, level exact.Number) {
		if n := len(out); day < served.After && (n == 0 || !out[n-1].level.Equal(level)) {
			out = append(out, mark{day, day.Start(terms.Loc), level})
		}
	}
	for i := 0; i < len(marks); {
		day, high := marks[i].day, marks[i].level
		if i > 0 && marks[i].at > day.Start(terms.Loc) {
			high = exact.Max(high, marks[i-1].level)
		}
		for ; i < len(marks) && marks[i].day == day; i++ {
			high = exact.Max(high, marks[i].level)
		}
		put(day, high)
		if i == len(marks) || marks[i].day > day+1 {
			put(day+1, marks[i-1].level)
		}
	}
	return out
}

// ChargeAssigned is how many seats are charged for the whole period, exactly,
// when seats come and go: Raw is the charged seat-days (in the unit of the
// proration) over those of the period.
//
// A seat added pays from its day on (days_left), or as if it had been there
// since service began (full_period); the end of service is the end of the
// period for it. A seat given back pays to the end (period_end) or until the
// day before (credit). Where it pays to the end, only_above charges what rises
// above the highest level so far and every_increase each rise. Where days are
// credited, full_period gives back the days not used and nothing else.
//
// Runs are the levels charged. Parts are the seats with equal shares, those
// charged longest first; Raw is the sum of their Amount.
func ChargeAssigned(c *catalog.Component, levels []Run, terms *contract.Terms) Quantity {
	runs := charged(c, levels)
	parts := layers(newBasis(c.Proration, Dates{terms.First, terms.After}, terms.Loc), runs)
	q := Quantity{Raw: total(parts), Unit: "seat", Parts: parts, Runs: runs}
	q.Steps = append(q.Steps, step("seats_assigned", "increase", or(c.SeatIncrease, catalog.DaysLeft), "decrease", or(c.SeatDecrease, catalog.AtPeriodEnd),
		"paid_peak", or(c.PaidPeak, catalog.OnlyAbove), "same_day", or(c.SameDay, catalog.EndOfDay), "proration", or(c.Proration, catalog.ByDay)))
	return q
}

// or is the value of an option, or its default, as text.
func or[T ~string](v, absent T) string {
	if v == "" {
		return string(absent)
	}
	return string(v)
}

// charged is the level charged at each run. top is what would be charged if
// nothing ever came back; a whole period then owes its last value from the
// start, so what is still to be added to top is owed from the start too.
func charged(c *catalog.Component, levels []Run) []Run {
	tops := make([]exact.Number, len(levels))
	for i, r := range levels {
		switch {
		case i == 0:
			tops[i] = r.Level
		case c.PaidPeak == catalog.EveryIncrease:
			tops[i] = tops[i-1].Add(exact.Max(r.Level.Sub(levels[i-1].Level), exact.Zero))
		default:
			tops[i] = exact.Max(tops[i-1], r.Level)
		}
	}
	var out []Run
	for i, r := range levels {
		if c.SeatDecrease != catalog.CreditDays {
			r.Level = tops[i]
		}
		if c.SeatIncrease == catalog.WholePeriod {
			r.Level = r.Level.Add(tops[len(tops)-1]).Sub(tops[i])
		}
		out = join(out, r)
	}
	return out
}

// join appends a run, or lengthens the last where the level is the same. Runs
// of no time go.
func join(runs []Run, r Run) []Run {
	if r.Time.IsEmpty() && r.Days() == 0 {
		return runs
	}
	if last := len(runs) - 1; last >= 0 && runs[last].Level.Equal(r.Level) {
		runs[last].After, runs[last].Time.To = r.After, r.Time.To
		return runs
	}
	return append(runs, r)
}

// layers cuts runs into seats with equal shares of the period: the k-th seat is
// charged while the level is k or more. Runs below zero count as zero.
func layers(b *basis, runs []Run) []Part {
	sorted := slices.Clone(runs)
	slices.SortStableFunc(sorted, func(a, b Run) int { return b.Level.Cmp(a.Level) })
	var parts []Part
	var u used
	for i := 0; i < len(sorted) && sorted[i].Level.Sign() > 0; {
		level, below := sorted[i].Level, exact.Zero
		for ; i < len(sorted) && sorted[i].Level.Equal(level); i++ {
			b.add(&u, sorted[i].Dates, sorted[i].Time)
		}
		if i < len(sorted) {
			below = exact.Max(sorted[i].Level, exact.Zero)
		}
		parts = append(parts, Part{Dates: u.dates, Quantity: level.Sub(below), Share: b.share(&u)})
	}
	slices.Reverse(parts)
	return parts
}

func total(parts []Part) exact.Number {
	sum := exact.Zero
	for i := range parts {
		sum = sum.Add(parts[i].Amount())
	}
	return sum
}
