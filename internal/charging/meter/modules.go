package meter

import (
	"slices"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// CountModules is the share of the period each module of a component was on:
// one Part a module, Raw their sum. Several activations are the union of their
// days, so switching off and on again on one day is one day. The day a module
// goes off is free or charged as the component says; modules still on run to
// the end of service.
//
//	day, fixed_30, thirty_360  the local dates it was on
//	second                     the time it was on, whatever the day it ended
//	none                       from the first day it was on to the end of service: switching off brings nothing back
//	any_use                    whole months with any use, even of a moment
//
// A base module is charged whole whenever the contract serves, on or not.
// Modules that end before they start are Problems.
func CountModules(c *catalog.Component, modules []usage.Module, terms *contract.Terms) (_ Quantity, err error) {
	defer fault.Wrap(&err, "component %s", c.ID)
	q := Quantity{Unit: "module"}
	served := Served(c, terms)
	base := baseModules(c, terms)
	byModule := map[string][]between[timex.Instant]{}
	var problems fault.Problems
	for i := range modules {
		m := &modules[i]
		if !anyFold(c.Where.Module, m.Module) {
			continue
		}
		if found, bad := endsEarly("module", m.Source, m.ID, m.From, m.To); bad {
			problems = append(problems, found)
			continue
		}
		key := moduleID(m.Module, terms)
		byModule[key] = append(byModule[key], between[timex.Instant]{m.From, m.To})
	}
	if served.Days() == 0 || len(problems) > 0 {
		return q, problems.Err()
	}
	for _, id := range base {
		delete(byModule, id)
		q.Parts = append(q.Parts, Part{Key: id, Dates: served, Quantity: exact.One, Share: Fraction{exact.One, exact.One}})
		q.Steps = append(q.Steps, step("module_base", "module", id))
	}
	days := newStay(c, served, terms)
	for _, id := range sortedKeys(byModule) {
		if part, in := days.part(byModule[id]); in {
			part.Key = id
			q.Parts = append(q.Parts, part)
			q.Count += part.Count
		}
	}
	slices.SortFunc(q.Parts, func(a, b Part) int { return order(a.Key, b.Key) })
	q.Steps = append(q.Steps, days.step())
	q.Raw = total(q.Parts)
	return q, nil
}

// baseModules are the plan's base modules that a component charges.
func baseModules(c *catalog.Component, terms *contract.Terms) []string {
	var out []string
	for i := range terms.Plan.Modules {
		m := &terms.Plan.Modules[i]
		if m.Class == catalog.Base && anyFold(c.Where.Module, m.ID) {
			out = append(out, m.ID)
		}
	}
	return out
}

// moduleID is a module's identifier as the plan writes it; modules the plan
// does not list keep the word of the fact, in small letters.
func moduleID(word string, terms *contract.Terms) string {
	for i := range terms.Plan.Modules {
		if strings.EqualFold(terms.Plan.Modules[i].ID, word) {
			return terms.Plan.Modules[i].ID
		}
	}
	return strings.ToLower(word)
}

// stay counts the share of a period in which a thing was on or rented.
type stay struct {
	by       catalog.Proration // as the component says
	basis    *basis
	served   Dates
	time     timex.Period // of served
	terms    *contract.Terms
	charged  bool // the day it ends
	anyUse   bool // a moment is a use of its day
	openEnds bool // ends do not matter
}

func newStay(c *catalog.Component, served Dates, terms *contract.Terms) *stay {
	s := &stay{by: c.Proration, served: served, time: served.in(terms.Loc), terms: terms, charged: c.OffDay == catalog.OffDayCharged}
	by := c.Proration
	switch {
	case by == catalog.NoProration && c.Measure == catalog.ModuleDays:
		by, s.openEnds = catalog.ByDay, true
	case by == catalog.NoProration, by == catalog.AnyUse:
		s.anyUse = true
	}
	s.basis = newBasis(by, Dates{terms.First, terms.After}, terms.Loc)
	return s
}

func (s *stay) step() Step {
	off := catalog.OffDayFree
	if s.charged {
		off = catalog.OffDayCharged
	}
	return step("days_on", "proration", or(s.by, catalog.ByDay), "off_day", string(off))
}

// part is one thing's share over all its stretches, and whether any of them is
// in the served days.
func (s *stay) part(stretches []between[timex.Instant]) (Part, bool) {
	var dates []between[timex.Date]
	var times []between[timex.Instant]
	out := Part{Quantity: exact.One, Dates: Dates{s.served.After, s.served.First}}
	for _, in := range stretches {
		touched := s.dates(in, true).Overlap(s.served)
		counted := s.dates(in, s.anyUse).Overlap(s.served)
		if touched.Days() == 0 {
			continue
		}
		out.Count++
		out.First, out.After = min(out.First, touched.First), max(out.After, touched.After, counted.After)
		dates = append(dates, between[timex.Date]{counted.First, counted.After})
		times = append(times, clip(in.from, in.to, s.time))
	}
	out.Share = s.share(unite(dates), unite(times))
	return out, out.Count > 0
}

// share is the fraction of united stretches.
func (s *stay) share(dates []between[timex.Date], times []between[timex.Instant]) Fraction {
	var u used
	if s.basis.by == catalog.BySecond {
		for _, t := range times {
			s.basis.add(&u, Dates{}, timex.Period{From: t.from, To: t.to})
		}
	} else {
		for _, d := range dates {
			s.basis.add(&u, Dates{d.from, d.to}, timex.Period{})
		}
	}
	return s.basis.share(&u)
}

// dates are the local dates of a stretch: with touched every day it had a
// moment of and the day it began, otherwise without the day it ended unless
// that is charged.
func (s *stay) dates(in between[timex.Instant], touched bool) Dates {
	first := in.from.DateIn(s.terms.Loc)
	switch {
	case in.to.IsZero() || s.openEnds && !touched:
		return Dates{first, max(s.served.After, first)}
	case s.charged:
		return Dates{first, in.to.DateIn(s.terms.Loc) + 1}
	case touched:
		return Dates{first, max((in.to-1).DateIn(s.terms.Loc), first) + 1}
	}
	return Dates{first, in.to.DateIn(s.terms.Loc)}
}
