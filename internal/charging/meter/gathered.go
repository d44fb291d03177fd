package meter

import (
	"cmp"
	"slices"
	"sort"

	"waihu/internal/charging/contract"
	"waihu/internal/fault"
	"waihu/internal/usage"
)

// Gathered is what a period's facts come to, before prices. It does not depend
// on the order of the facts.
type Gathered struct {
	Terms    *contract.Terms
	Counts   Counts
	Digest   string // over all facts of the period; empty without Evidence
	Calls    map[string]*CallCount
	Seats    []usage.Seat
	Sessions []usage.Session
	Modules  []usage.Module
	Rentals  []usage.Rental
	Events   map[string]*EventCount
	Each     []usage.Event
	Unpriced []Unpriced
}

// CallCount is the calls of one component.
type CallCount struct {
	Slots    []Slot // those in use, in the order of the plan
	Matched  int64  // calls
	Refused  int64  // calls it takes but has no price for
	Evidence string

	TrialCalls, TrialSeconds int64 // calls of a free trial, which are neither matched nor in a slot

	Burns  []Burn   // in time order, where packages need them
	Traced []Burn   // in time order, where Options.Trace asked for them
	Seats  []string // agents by Burn.Seat; the first is unused
}

// Slot is one price with what was counted at it.
type Slot struct {
	Index int32 // as Burn.Slot has it
	Label
	Tally
}

// Finish ends the gathering.
func (m *Meter) Finish() (*Gathered, error) {
	g := &Gathered{Terms: m.terms, Counts: m.counts, Calls: map[string]*CallCount{}, Seats: m.seats, Sessions: m.sessions,
		Modules: append(m.modules, m.terms.Modules...), Rentals: m.rentals, Events: m.events, Each: m.each}
	if m.options.Evidence {
		g.Digest = m.digest.String()
	}
	for _, cm := range m.calls {
		cm.lookUp()
		if cm.overflow {
			return nil, fault.New(fault.Overflow, "component %s: the rounded costs of its calls leave 64 bits", cm.comp.ID)
		}
		g.Calls[cm.comp.ID] = cm.finish(m.options.Evidence)
	}
	m.noteUnmeasured()
	for _, u := range m.unpriced {
		g.Unpriced = append(g.Unpriced, *u)
	}
	sort.Slice(g.Unpriced, func(i, j int) bool {
		a, b := g.Unpriced[i], g.Unpriced[j]
		return cmp.Or(cmp.Compare(a.Facts, b.Facts), cmp.Compare(a.Reason, b.Reason), slices.Compare(a.Refused, b.Refused), slices.Compare(a.Priced, b.Priced)) < 0
	})
	sort.Slice(g.Each, func(i, j int) bool {
		a, b := &g.Each[i], &g.Each[j]
		if a.At != b.At {
			return a.At < b.At
		}
		if a.Source != b.Source {
			return a.Source < b.Source
		}
		if a.ID != b.ID {
			return a.ID < b.ID
		}
		return a.Quantity.Less(b.Quantity) // facts without a name: what is left cannot be told apart
	})
	return g, nil
}

func (m *callMeter) finish(evidence bool) *CallCount {
	out := &CallCount{Matched: m.matched, Refused: m.refused, Burns: m.burns, Seats: make([]string, len(m.seats)+1),
		TrialCalls: m.trial.calls, TrialSeconds: m.trial.seconds}
	if evidence {
		out.Evidence = m.evidence.String()
	}
	for r := range m.rows {
		n := 1
		if m.rows[r].deck != nil {
			n = m.rows[r].deck.Len()
		} else {
			n = len(m.rows[r].rates)
		}
		for i := range n {
			slot := m.rows[r].slot + i
			if t := m.tallies[slot]; t != (Tally{}) {
				out.Slots = append(out.Slots, Slot{Index: int32(slot), Label: m.rows[r].label(i), Tally: t})
			}
		}
	}
	// Seats are numbered by name, not by who called first.
	names := make([]string, 0, len(m.seats))
	for name := range m.seats {
		names = append(names, name)
	}
	slices.Sort(names)
	renumber := make([]int32, len(m.seats)+1)
	for i, name := range names {
		renumber[m.seats[name]] = int32(i + 1)
		out.Seats[i+1] = name
	}
	for i := range out.Burns {
		out.Burns[i].Seat = renumber[out.Burns[i].Seat]
	}
	slices.SortFunc(out.Burns, compareBurns)
	if m.trace {
		out.Traced = out.Burns
	}
	if !m.keepBurns {
		out.Burns = nil
	}
	return out
}

// compareBurns orders calls by time; what is equal in time is ordered by
// everything else, so that the order of input never shows.
func compareBurns(a, b Burn) int {
	switch {
	case a.At != b.At:
		return order(a.At, b.At)
	case a.Slot != b.Slot:
		return order(int64(a.Slot), int64(b.Slot))
	case a.Seat != b.Seat:
		return order(int64(a.Seat), int64(b.Seat))
	}
	return order(int64(a.Seconds), int64(b.Seconds))
}
