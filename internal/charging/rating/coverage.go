package rating

import (
	"slices"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/timex"
)

// Coverage tells which calls the packages of a period covered, call by call.
// What is known only when the period is over is asked for while the calls are
// told a second time.
type Coverage struct {
	parts   map[coveredPart]*covered
	perSeat map[string]bool // components of which each seat has a package of its own
}

// covered is what packages cover of calls that are interchangeable, one by one.
type covered struct{ left []exact.Number }

// coveredPart names a call, or a part of one, as far as a package can tell it
// from others: calls that agree in all of this are interchangeable.
type coveredPart struct {
	component string
	at        timex.Instant
	slot      int32
	agent     string
	units     int64
}

// CoverageOf works out the coverage of a period that was metered with Trace.
func CoverageOf(g *meter.Gathered) (_ *Coverage, err error) {
	defer fault.Wrap(&err, "rating.CoverageOf(%s)", g.Terms.Plan.ID)
	out := &Coverage{parts: map[coveredPart]*covered{}, perSeat: map[string]bool{}}
	for i := range g.Terms.Plan.Components {
		id := g.Terms.Plan.Components[i].ID
		out.perSeat[id] = slices.ContainsFunc(g.Terms.Plan.IncludedFor(id), func(p catalog.Package) bool { return p.Scope == catalog.PerSeat })
	}
	r := &rater{g: g, terms: g.Terms, plan: g.Terms.Plan, seats: map[string]exact.Number{}}
	if first, after := g.Terms.Service(); first == after {
		return out, nil
	}
	r.pots = openPots(r.terms, r.seatsOf, r.agents())
	r.pots.covered = out
	r.pots.burnCalls(g)
	return out, nil
}

// CoversCalls tells whether a plan has packages that calls use.
func CoversCalls(p *catalog.Plan) bool {
	for i := range p.Components {
		if c := &p.Components[i]; c.Measure.OfCalls() && len(p.IncludedFor(c.ID)) > 0 {
			return true
		}
	}
	return false
}

// add books what of one call was covered.
func (v *Coverage) add(component string, b meter.Burn, agent string, got exact.Number) {
	if v == nil || got.Sign() <= 0 {
		return
	}
	key := coveredPart{component, b.At, b.Slot, agent, int64(b.Seconds)}
	if v.parts[key] == nil {
		v.parts[key] = &covered{}
	}
	v.parts[key].left = append(v.parts[key].left, got)
}

// share tells calls of a rate whose order did not matter how much of them was
// covered: the first of them, up to what the rate used.
func (v *Coverage) share(component string, slot int32, calls *meter.CallCount, used exact.Number) {
	if v == nil || calls == nil {
		return
	}
	for _, b := range calls.Traced {
		if used.Sign() <= 0 {
			return
		}
		if b.Slot == slot {
			got := exact.Min(used, exact.Int(int64(b.Seconds)))
			v.add(component, b, calls.Seats[b.Seat], got)
			used = used.Sub(got)
		}
	}
}

// Tell puts into a call that is told what a package covers of it, and takes the
// price of that off its cost.
func (v *Coverage) Tell(c *meter.Charged) {
	key := coveredPart{component: c.Component, at: c.At, slot: c.Slot, units: c.Units}
	if v.perSeat[c.Component] {
		key.agent = c.Call.Agent
	}
	// The map is only read: setting an entry would put the key at hand in the
	// place of its own, and the agent's name is gone when the reader goes on.
	list := v.parts[key]
	if c.Reason != "" || list == nil || len(list.left) == 0 {
		return
	}
	c.Included, list.left = list.left[0], list.left[1:]
	c.Cost = c.Cost.Sub(c.Included.Mul(c.Label.Rate.UnitPrice()))
}
