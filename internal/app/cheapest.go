package app

import (
	"slices"
	"time"

	"waihu/internal/charging/cheapest"
	"waihu/internal/charging/forecast"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Split names the property by which usage is cut into parts that may go to
// different offers.
type Split string

const (
	SplitNone      Split = ""
	SplitPurpose   Split = "purpose"
	SplitDirection Split = "direction"
	SplitLine      Split = "line"
)

func (s Split) of(c *usage.Call) string {
	switch s {
	case SplitPurpose:
		return string(c.Purpose)
	case SplitDirection:
		return string(c.Direction)
	}
	return string(c.Line)
}

// Parts are the values of the property among the calls, those with most calls
// first, at most as many as a search takes; what is left goes with the first.
func (r *Remembered) Parts(s Split) []string {
	if s == SplitNone {
		return nil
	}
	count := map[string]int{}
	var names []string
	for i := range r.Calls {
		name := s.of(&r.Calls[i])
		if count[name]++; count[name] == 1 {
			names = append(names, name)
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return count[b] - count[a] })
	return names[:min(len(names), cheapest.MaxSegments)]
}

// Months cuts remembered usage into the calendar months it touches, and each of
// them into parts. An agent's sessions go with the part most of whose calls the
// agent took in the month; agents without calls go with the first part.
func (r *Remembered) Months(loc *time.Location, s Split, parts []string) []cheapest.Month {
	byMonth := map[forecast.Month]*Remembered{}
	at := func(m forecast.Month) *Remembered {
		if byMonth[m] == nil {
			byMonth[m] = &Remembered{}
		}
		return byMonth[m]
	}
	for i := range r.Calls {
		own := at(forecast.MonthOf(r.Calls[i].Start.DateIn(loc)))
		own.Calls = append(own.Calls, r.Calls[i])
	}
	r.sessionMonths(loc, byMonth, at)
	var months []forecast.Month
	for m := range byMonth {
		months = append(months, m)
	}
	slices.Sort(months)
	var out []cheapest.Month
	for _, m := range months {
		own := byMonth[m]
		own.Seats, own.Modules, own.Rentals, own.Events = r.Seats, r.Modules, r.Rentals, r.Events
		out = append(out, cheapest.Month{First: m.First(), After: m.After(), Facts: own.part(s, parts)})
	}
	return out
}

// sessionMonths puts sessions into every month they touch: a meter cuts what is
// outside. Those without a length make no month of their own; those without an
// end are in every month there is from their first on.
func (r *Remembered) sessionMonths(loc *time.Location, byMonth map[forecast.Month]*Remembered, at func(forecast.Month) *Remembered) {
	month := func(i timex.Instant) forecast.Month { return forecast.MonthOf(i.DateIn(loc)) }
	for i := range r.Sessions {
		if f := &r.Sessions[i]; f.From < f.To {
			for m := month(f.From); m <= month(f.To); m++ {
				at(m)
			}
		}
	}
	newest := forecast.Month(0)
	for m := range byMonth {
		newest = max(newest, m)
	}
	for i := range r.Sessions {
		f := &r.Sessions[i]
		last := newest
		if !f.To.IsZero() {
			last = month(max(f.From, f.To))
		}
		for m := month(f.From); m <= last; m++ {
			if own := byMonth[m]; own != nil {
				own.Sessions = append(own.Sessions, *f)
			}
		}
	}
}

// part gives the facts of some parts of a month.
func (r *Remembered) part(s Split, parts []string) func([]int, usage.Sink) error {
	of := func(c *usage.Call) int { return max(0, slices.Index(parts, s.of(c))) }
	agents := map[string][]int{}
	if len(parts) > 1 {
		for i := range r.Calls {
			c := &r.Calls[i]
			if agents[c.Agent] == nil {
				agents[c.Agent] = make([]int, len(parts))
			}
			agents[c.Agent][of(c)]++
		}
	}
	return func(segments []int, sink usage.Sink) error {
		if len(segments) == 0 || len(parts) < 2 {
			return r.Give(sink, nil, nil)
		}
		call := func(c *usage.Call) bool { return slices.Contains(segments, of(c)) }
		session := func(f *usage.Session) bool {
			most := 0
			for i, n := range agents[f.User] {
				if n > agents[f.User][most] {
					most = i
				}
			}
			return slices.Contains(segments, most)
		}
		return r.Give(sink, call, session)
	}
}
