package rating

import (
	"waihu/internal/charging/catalog"
	"waihu/internal/charging/meter"
	"waihu/internal/usage"
)

// evidence is the digest over the facts of a component that is not of calls.
func (r *rater) evidence(c *catalog.Component, count int64) Evidence {
	if count == 0 || r.g.Digest == "" {
		return Evidence{}
	}
	e := Evidence{Count: count}
	var facts []usage.Fact
	switch c.Measure {
	case catalog.ModuleDays:
		e.Facts, facts = "modules", factsOf(r.g.Modules, func(f *usage.Module) bool { return meter.Takes(c.Where.Module, f.Module) })
	case catalog.Rentals:
		e.Facts, facts = "rentals", factsOf(r.g.Rentals, func(f *usage.Rental) bool { return meter.Takes(c.Where.Item, f.Item) })
	case catalog.SeatsAssigned, catalog.SeatsHighest, catalog.SeatsNamed, catalog.SeatsAtEnd, catalog.SeatsAverage:
		e.Facts, facts = "seats", factsOf(r.g.Seats, func(f *usage.Seat) bool { return meter.Takes(c.Where.SeatType, f.Type) })
	default:
		e.Facts, facts = "sessions", factsOf(r.g.Sessions, func(f *usage.Session) bool { return meter.Takes(c.Where.SeatType, f.Type) })
	}
	var d usage.Digest
	var elements usage.Elements
	for _, f := range facts {
		d.Add(elements.Of(f))
	}
	e.Count, e.Digest = d.Count(), d.String()
	return e
}

// factsOf points at each of a list that a filter takes.
func factsOf[T any, P interface {
	*T
	usage.Fact
}](list []T, takes func(*T) bool) []usage.Fact {
	var out []usage.Fact
	for i := range list {
		if takes(&list[i]) {
			out = append(out, P(&list[i]))
		}
	}
	return out
}
