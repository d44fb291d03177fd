package meter

import (
	"slices"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/usage"
)

// Why usage has no price.
const (
	NoComponent = "no_component" // no component takes it
	NoRow       = "no_row"       // a component takes it, none of its rate rows does
	NoPrefix    = "no_prefix"    // the deck has no prefix for the number
	BlockedCall = "blocked"      // the destination may not be called, yet it was

	OutsideService = "outside_service" // before the contract serves, or after
)

// Unpriced is usage no component prices, by reason.
type Unpriced struct {
	Facts    string
	Reason   string
	Refused  []string // components that take it and have no price for it; none where none takes it
	Priced   []string // components that have one, in a plan with "the cheaper of"
	Count    int64
	Seconds  int64
	Examples []string // at most examplesKept, smallest first, so that order of input does not show
}

const examplesKept = 5

// unpricedKey tells Unpriced apart; refused and priced are components with
// commas.
type unpricedKey struct{ facts, reason, refused, priced string }

// refuse books that a component has no price for a call. What the call comes to
// is noted once all components were asked: see noteRefused.
func (m *Meter) refuse(c *usage.Call, component, reason string) {
	if m.options.Prices != nil {
		m.noPrice(m.componentIndex(component), m.view.seconds, reason)
		return
	}
	m.refused = append(m.refused, unpricedKey{facts: "calls", reason: reason, refused: component})
	if m.options.Detail != nil {
		m.options.Detail(&Charged{Call: c, Component: component, Raw: m.view.seconds, Reason: reason})
	}
}

func (m *Meter) unmetered(facts string) bool { return slices.Contains(m.terms.Plan.Unmetered, facts) }

// noteRefused puts a call on the unpriced list, once for each reason why there
// is no price.
func (m *Meter) noteRefused(c *usage.Call) {
	for i, key := range m.refused {
		if slices.ContainsFunc(m.refused[:i], func(k unpricedKey) bool { return k.reason == key.reason }) {
			continue
		}
		for _, k := range m.refused[i+1:] {
			if k.reason == key.reason {
				key.refused += "," + k.refused
			}
		}
		key.priced = strings.Join(m.takers, ",")
		m.note(key, c.To, m.view.times, m.view.seconds*m.view.times)
	}
	m.refused, m.takers = m.refused[:0], m.takers[:0]
}

// note puts usage on the unpriced list.
func (m *Meter) note(key unpricedKey, what string, count, seconds int64) {
	u := m.unpriced[key]
	if u == nil {
		u = key.unpriced()
		m.unpriced[key] = u
	}
	u.Count += count
	u.Seconds += seconds
	u.example(what)
}

func (k unpricedKey) unpriced() *Unpriced {
	words := func(s string) []string {
		if s == "" {
			return nil
		}
		return strings.Split(s, ",")
	}
	return &Unpriced{Facts: k.facts, Reason: k.reason, Refused: words(k.refused), Priced: words(k.priced)}
}

func (u *Unpriced) example(what string) {
	i, known := slices.BinarySearch(u.Examples, what)
	if known || i >= examplesKept {
		return
	}
	u.Examples = slices.Insert(u.Examples, i, strings.Clone(what))
	if len(u.Examples) > examplesKept {
		u.Examples = u.Examples[:examplesKept]
	}
}

// noteUnmeasured lists facts that no component's measure and filter take: a
// seat type, module or item the plan does not name, or events of other kinds.
func (m *Meter) noteUnmeasured() {
	for _, s := range m.seats {
		m.noteUnless("seats", s.Type, 1, func(c *catalog.Component) bool { return c.Measure.OfPlaces() && anyFold(c.Where.SeatType, s.Type) })
	}
	for _, s := range m.sessions {
		m.noteUnless("sessions", s.Type, 1, func(c *catalog.Component) bool { return c.Measure.OfLogins() && anyFold(c.Where.SeatType, s.Type) })
	}
	for _, s := range append(slices.Clone(m.modules), m.terms.Modules...) {
		m.noteUnless("modules", s.Module, 1, func(c *catalog.Component) bool {
			return c.Measure == catalog.ModuleDays && anyFold(c.Where.Module, s.Module)
		})
	}
	for _, s := range m.rentals {
		m.noteUnless("rentals", s.Item, 1, func(c *catalog.Component) bool { return c.Measure == catalog.Rentals && anyFold(c.Where.Item, s.Item) })
	}
	for kind, e := range m.events {
		if m.unmetered("events:" + kind) {
			continue
		}
		m.noteUnless("events", kind, e.Count, func(c *catalog.Component) bool { return c.Measure == catalog.Events && anyFold(c.Where.Kind, kind) })
	}
}

// noteUnless puts facts on the unpriced list unless a component takes it or
// the plan says it is free.
func (m *Meter) noteUnless(facts, what string, count int64, takes func(*catalog.Component) bool) {
	if m.unmetered(facts) {
		return
	}
	for i := range m.terms.Plan.Components {
		if takes(&m.terms.Plan.Components[i]) {
			return
		}
	}
	m.note(unpricedKey{facts: facts, reason: NoComponent}, what, count, 0)
}
