package audit

import (
	"cmp"
	"slices"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/usage"
)

// tell hands a piece of evidence on and keeps it with its finding while there
// is room.
func (w *walk) tell(ev *Evidence, kept *[]Evidence, count *int64) error {
	*count++
	if len(*kept) < EvidenceKept {
		*kept = append(*kept, *ev)
	}
	if w.in.Evidence == nil {
		return nil
	}
	return w.in.Evidence(ev)
}

// evidence finds what stands behind each step of an explanation: the calls it
// charges in another way, or the stretches of seats, modules and rentals.
func (w *walk) evidence(key string, x *explanation) (kept [][]Evidence, counts []int64, err error) {
	kept, counts = make([][]Evidence, len(x.steps)), make([]int64, len(x.steps))
	c, ok := w.in.Terms.Plan.Component(key)
	if !ok {
		return kept, counts, nil
	}
	if c.Measure.OfCalls() {
		return kept, counts, w.callEvidence(key, x, kept, counts)
	}
	for i, v := range x.steps {
		for _, ev := range w.stretches(c) {
			ev.Cause, ev.Line = v.changes[len(v.changes)-1].cause, key
			if err := w.tell(&ev, &kept[i], &counts[i]); err != nil {
				return nil, nil, err
			}
		}
	}
	return kept, counts, nil
}

// stretches are the facts a component counts, by their beginning.
func (w *walk) stretches(c *catalog.Component) []Evidence {
	var out []Evidence
	put := func(is bool, ev Evidence) {
		if is {
			ev.Talk, ev.Due, ev.Billed = NoSeconds, NoSeconds, NoSeconds
			out = append(out, ev)
		}
	}
	for _, s := range w.base.Seats {
		put(c.Measure.OfPlaces() && anyOf(c.Where.SeatType, s.Type), Evidence{Kind: "seat", ID: s.ID, Source: s.Source, Who: s.User, What: s.Type, From: s.From, To: s.To})
	}
	for _, s := range w.base.Sessions {
		put(c.Measure.OfLogins() && anyOf(c.Where.SeatType, s.Type), Evidence{Kind: "session", ID: s.ID, Source: s.Source, Who: s.User, What: s.Type, From: s.From, To: s.To})
	}
	for _, m := range w.base.Modules {
		put(c.Measure == catalog.ModuleDays && anyOf(c.Where.Module, m.Module), Evidence{Kind: "module", ID: m.ID, Source: m.Source, What: m.Module, From: m.From, To: m.To})
	}
	for _, r := range w.base.Rentals {
		put(c.Measure == catalog.Rentals && anyOf(c.Where.Item, r.Item), Evidence{Kind: "rental", ID: r.ID, Source: r.Source, What: r.Item, From: r.From, To: r.To})
	}
	slices.SortStableFunc(out, func(a, b Evidence) int { return cmp.Compare(a.From, b.From) })
	return out
}

// charged is what one call came to under one variant.
type charged struct {
	billed int64
	cost   exact.Number
	known  bool // its cost stands for itself: no tiers, nothing included
}

// callEvidence counts the calls again, step beside step, and tells those that a
// step charges in another way than the step before. Steps that are not about
// single calls (a discount, what is included) have none.
func (w *walk) callEvidence(key string, x *explanation, kept [][]Evidence, counts []int64) error {
	all := make([]*variant, 0, len(x.steps)+1)
	all = append(all, &variant{})
	all = append(all, x.steps...)
	now := make([]charged, len(all))
	sinks := make(callsOnly, len(all))
	for i, v := range all {
		m, err := meter.New(onlyOf(w.termsFor(v), key), meter.Options{Detail: func(c *meter.Charged) {
			if c.Component == key && c.Reason == "" {
				now[i].billed += c.Billed
				now[i].cost = now[i].cost.Add(c.Cost)
				now[i].known = c.HasCost
			}
		}})
		if err != nil {
			return err
		}
		sinks[i] = m
		for j := range v.changes {
			if f := v.changes[j].facts; f != nil {
				sinks[i] = f(sinks[i])
			}
		}
	}
	return w.in.Facts(&compare{callsOnly: sinks, now: now, differs: func(c *usage.Call, i int, before, after charged) error {
		ch := x.steps[i].changes[len(x.steps[i].changes)-1]
		ev := Evidence{Cause: ch.cause, Line: key, Kind: "call", ID: c.ID, Source: c.Source, Who: c.Agent, What: c.To, From: c.Start, To: c.End,
			Talk: c.Seconds(), Due: before.billed, Billed: after.billed}
		if before.known && after.known {
			ev.DueCost, ev.CostBill = costText(before.cost), costText(after.cost)
		}
		ev.ID, ev.Source, ev.Who, ev.What = strings.Clone(ev.ID), strings.Clone(ev.Source), strings.Clone(ev.Who), strings.Clone(ev.What)
		return w.tell(&ev, &kept[i], &counts[i])
	}})
}

// onlyOf are terms with one component.
func onlyOf(t *contract.Terms, key string) *contract.Terms {
	p := *t.Plan
	p.Components = slices.DeleteFunc(slices.Clone(p.Components), func(c catalog.Component) bool { return c.ID != key })
	t.Plan = &p
	return t
}

// compare hands each call to several meters and tells where two that follow each
// other charge it differently.
type compare struct {
	callsOnly
	now     []charged
	differs func(c *usage.Call, step int, before, after charged) error
}

func (s *compare) Call(c *usage.Call) error {
	clear(s.now)
	if err := s.callsOnly.Call(c); err != nil {
		return err
	}
	for i := range s.now[1:] {
		before, after := s.now[i], s.now[i+1]
		if before.billed == after.billed && before.cost.Equal(after.cost) {
			continue
		}
		if err := s.differs(c, i, before, after); err != nil {
			return err
		}
	}
	return nil
}

// costDecimals is how many decimals of a call's cost evidence shows.
const costDecimals = 9

// costText is a cost with the decimals it has, at most costDecimals.
func costText(n exact.Number) string { return n.Round(exact.HalfAway, costDecimals).String() }
