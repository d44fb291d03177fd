package timex

import (
	"fmt"
	"time"
)

// Period is the half-open stretch [From, To).
type Period struct {
	From Instant `json:"from"`
	To   Instant `json:"to"`
}

// Days is the period of the local dates [from, to) in a zone.
func Days(from, to Date, loc *time.Location) Period {
	return Period{from.Start(loc), to.Start(loc)}
}

func (p Period) IsEmpty() bool           { return p.To <= p.From }
func (p Period) Contains(i Instant) bool { return p.From <= i && i < p.To }
func (p Period) Length() time.Duration   { return p.To.Sub(p.From) }

// Overlap is what two periods share; it may be empty.
func (p Period) Overlap(q Period) Period {
	return Period{max(p.From, q.From), min(p.To, q.To)}
}

// Dates are the local dates [first, after) that the period touches in a zone.
func (p Period) Dates(loc *time.Location) (first, after Date) {
	if p.IsEmpty() {
		d := p.From.DateIn(loc)
		return d, d
	}
	return p.From.DateIn(loc), (p.To - 1).DateIn(loc) + 1
}

func (p Period) String() string { return p.From.String() + " until " + p.To.String() }

// Unit is the length of a cycle.
type Unit string

const (
	Day      Unit = "day"
	Week     Unit = "week"
	Month    Unit = "month"
	Quarter  Unit = "quarter"
	HalfYear Unit = "half_year"
	Year     Unit = "year"
)

// Units lists them from short to long.
func Units() []Unit { return []Unit{Day, Week, Month, Quarter, HalfYear, Year} }

// Choices lists them as a plan file writes them.
func (Unit) Choices() []string {
	return []string{"day", "week", "month", "quarter", "half_year", "year"}
}

// Months is the length in months, 0 for units counted in days.
func (u Unit) Months() int {
	switch u {
	case Month:
		return 1
	case Quarter:
		return 3
	case HalfYear:
		return 6
	case Year:
		return 12
	}
	return 0
}

// Cycle is a chain of periods: Count units each, counted from Anchor. A month
// end clamps from the original day: 31 Jan, 28 Feb, 31 Mar.
type Cycle struct {
	Unit   Unit
	Count  int
	Anchor Date
}

// CalendarCycle is the cycle of calendar units: months from the 1st, weeks from
// Monday, years from 1 January.
func CalendarCycle(u Unit) Cycle {
	anchor := NewDate(2000, time.January, 1)
	if u == Week {
		anchor = NewDate(2000, time.January, 3) // a Monday
	}
	return Cycle{Unit: u, Count: 1, Anchor: anchor}
}

// Boundary is the first day of the n-th period after the anchor's (n may be negative).
func (c Cycle) Boundary(n int) Date {
	n *= max(c.Count, 1)
	switch m := c.Unit.Months(); {
	case m > 0:
		return c.Anchor.AddMonths(n * m)
	case c.Unit == Week:
		return c.Anchor + Date(7*n)
	default:
		return c.Anchor + Date(n)
	}
}

// Index is the n for which Boundary(n) <= d < Boundary(n+1).
func (c Cycle) Index(d Date) int {
	days := 1
	if m := c.Unit.Months(); m > 0 {
		days = 28 * m // shorter than any, so the guess is never too small in size
	} else if c.Unit == Week {
		days = 7
	}
	n := int(d-c.Anchor) / (days * max(c.Count, 1))
	for c.Boundary(n) > d { // bounded: the guess is off by at most a tenth of n
		n--
	}
	for c.Boundary(n+1) <= d {
		n++
	}
	return n
}

// Containing is the first day and the day after the last of the period that holds d.
func (c Cycle) Containing(d Date) (first, after Date) {
	n := c.Index(d)
	return c.Boundary(n), c.Boundary(n + 1)
}

// ParsePeriod reads "2026-03" (a month), "2026" (a year), "2026-03-01"
// (a day) or "2026-03-01..2026-04-01" (dates, the last one not included) as
// first day and day after the last.
func ParsePeriod(s string) (first, after Date, err error) {
	if len(s) == 22 && s[10:12] == ".." {
		if first, err = ParseDate(s[:10]); err != nil {
			return 0, 0, err
		}
		if after, err = ParseDate(s[12:]); err != nil {
			return 0, 0, err
		}
		if after <= first {
			return 0, 0, fmt.Errorf("period %q ends before it begins: the second date is the day after the last", s)
		}
		return first, after, nil
	}
	for _, f := range []struct {
		layout string
		unit   Unit
	}{{"2006-01", Month}, {"2006", Year}, {"2006-01-02", Day}} {
		if t, err := time.Parse(f.layout, s); err == nil {
			d := DateOf(t)
			return d, Cycle{f.unit, 1, d}.Boundary(1), nil
		}
	}
	return 0, 0, fmt.Errorf("%q is not a period: write 2026-03, 2026, 2026-03-01 or 2026-03-01..2026-04-01", s)
}
