package meter

import (
	"math"
	"slices"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/deck"
	"waihu/internal/exact"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Tally counts the calls of one price. It is one cache line long.
type Tally struct {
	Calls  int64 // calls that began on this price
	Raw    int64 // talk seconds
	Billed int64 // billed seconds, bounds or not
	Linear int64 // billed seconds of calls charged by the second
	Fees   int64 // calls that pay the connect fee
	AtMin  int64 // calls charged the rate's minimum cost
	AtMax  int64 // calls charged the rate's maximum cost
	Nano   int64 // where each call is rounded: the sum of rounded costs, billionths
}

func (t *Tally) add(o *Tally) {
	t.Calls += o.Calls
	t.Raw += o.Raw
	t.Billed += o.Billed
	t.Linear += o.Linear
	t.Fees += o.Fees
	t.AtMin += o.AtMin
	t.AtMax += o.AtMax
	t.Nano += o.Nano
}

// Burn is one call that may use up included time: kept one by one where the
// order of calls matters.
type Burn struct {
	At      timex.Instant
	Slot    int32
	Seconds int32 // billed; of calls counted as events: how many
	Seat    int32 // index of the agent; 0 where seats do not matter
}

// callMeter counts the calls of one component.
type callMeter struct {
	*tariff
	tallies  []Tally
	evidence usage.Digest
	matched  int64
	refused  int64

	keepBurns bool
	perSeat   bool
	burns     []Burn
	seats     map[string]int32 // agent to index, from 1
	overflow  bool
	done      int64          // seconds of the call before the part at hand
	detail    func(*Charged) // nil: none
	prices    func(*Priced)  // nil: calls are counted; else they are told of, and nothing is kept
	index     int            // of the component in the plan
	told      Priced
	trace     bool   // burns are kept to be told of, whether their order matters or not
	ahead     *ahead // nil: every call is looked up at once
	parted    bool   // a call can have several parts: bands, hours
	soFar     soFar
	trial     trial
}

func newCallMeter(comp *catalog.Component, terms *contract.Terms) (*callMeter, error) {
	t, err := newTariff(comp, terms)
	if err != nil {
		return nil, err
	}
	m := &callMeter{tariff: t, tallies: make([]Tally, t.slots), seats: map[string]int32{}, trial: newTrial(comp, terms)}
	m.keepBurns, m.perSeat = burnsOneByOne(terms.Plan, comp, t.slots)
	m.parted = t.clock != nil || slices.ContainsFunc(t.rows, func(r row) bool { return len(r.bands) > 0 })
	return m, nil
}

// burnsOneByOne tells whether the calls of a component must be kept one by one
// for its packages: their order matters, or each seat has its own.
func burnsOneByOne(p *catalog.Plan, comp *catalog.Component, slots int) (keep, perSeat bool) {
	for _, inc := range p.IncludedFor(comp.ID) {
		perSeat = perSeat || inc.Scope == catalog.PerSeat
		several := slots > 1 || len(inc.AppliesTo) > 1 || inc.From != 0 || inc.To != 0
		keep = keep || several && inc.Burn != catalog.BurnDearest && inc.Burn != catalog.BurnCheapest
	}
	return keep || perSeat, perSeat
}

// outcome is what became of a call in a component.
type outcome struct {
	took   bool   // the component's filter takes it
	reason string // why it has no price; empty: it has
	left   int64  // seconds of talk outside the hours the component is for
}

// take counts a call if it is the component's.
func (m *callMeter) take(v *view) outcome {
	c := v.call
	if m.comp.Legs == catalog.FirstLeg && c.LegB || m.comp.Legs == catalog.LegBOnly && !c.LegB {
		return outcome{took: true} // the plan charges the other leg
	}
	if m.filtered && !takes(&m.comp.Where, v) {
		return outcome{}
	}
	if v.date < m.trial.until {
		return m.takeFree(v)
	}
	if m.comp.Measure == catalog.Calls {
		return m.takeEvent(v)
	}
	if v.seconds <= 0 || !c.IsAnswered() {
		return outcome{took: true} // no talk time, no charge
	}
	if m.clock == nil {
		return m.takeWhole(v, none)
	}
	return m.takeByTime(v)
}

// takeEvent counts a call as one event of its row.
func (m *callMeter) takeEvent(v *view) outcome {
	schedule := none
	if m.clock != nil {
		schedule, _ = m.clock.at(v.call.Start)
	}
	r, i, out := m.find(v, schedule)
	if r == nil {
		return out
	}
	if m.prices != nil {
		once := r.rateOf(i)
		once.Connect, once.MinCost, once.MaxCost = 0, 0, 0
		m.tellPrice(r, i, &once, 1, v.seconds, true)
		return outcome{took: true}
	}
	t := &m.tallies[r.slot+i]
	t.Calls += r.legs * v.times
	t.Raw += v.seconds * v.times
	m.matched += v.times
	if m.keepBurns || m.trace {
		m.burn(Burn{At: v.call.Start, Slot: int32(r.slot + i), Seconds: int32(r.legs), Seat: m.seat(v)}, v.times)
	}
	if m.detail != nil {
		rate := r.rateOf(i)
		m.detail(&Charged{Call: v.call, Component: m.comp.ID, Label: r.label(i), Raw: v.seconds, At: v.call.Start, Slot: int32(r.slot + i), Units: r.legs, HasCost: m.linear(), Cost: rate.UnitPrice().Mul(exact.Int(r.legs))})
	}
	return outcome{took: true}
}

// linear tells whether a call's cost is known without the rest of the period.
func (m *callMeter) linear() bool { return m.comp.Tiers == nil && m.comp.Block == nil }

// find is the row and its slot for a call while a schedule is in force.
func (m *callMeter) find(v *view, schedule int) (*row, int, outcome) {
	r, out := m.row(v, schedule)
	if r == nil {
		return nil, 0, out
	}
	i, reason := r.slotFor(v)
	if reason != "" {
		return nil, 0, outcome{took: true, reason: reason}
	}
	return r, i, out
}

// row is the row for a call while a schedule is in force.
func (m *callMeter) row(v *view, schedule int) (*row, outcome) {
	if r := m.best(v, schedule); r != nil {
		return r, outcome{took: true}
	}
	if m.clock != nil && schedule == none && len(m.comp.Where.Schedule) > 0 {
		return nil, outcome{} // outside the hours the component is for
	}
	return nil, outcome{took: true, reason: NoRow}
}

// takeWhole charges the call at one row.
func (m *callMeter) takeWhole(v *view, schedule int) outcome {
	r, out := m.row(v, schedule)
	if r == nil || r.deck != nil && m.ahead != nil && m.lookUpLater(r, v) {
		return out
	}
	i, reason := r.slotFor(v)
	if reason != "" {
		return outcome{took: true, reason: reason}
	}
	m.matched += v.times
	if len(r.bands) > 0 {
		m.addBands(r, v)
		return out
	}
	rate := r.rateAt(i, new(deck.Rate))
	m.add(r, i, rate, v, rate.Billed(v.seconds, m.steps), v.seconds, true)
	return out
}

// add books one call, or one part of it, on a slot. first marks the part that
// carries the call: its count and its connect fee.
func (m *callMeter) add(r *row, i int, rate *deck.Rate, v *view, billed, raw int64, first bool) {
	if !first { // the first part paid it
		further := *rate
		further.Connect = 0
		rate = &further
	}
	if m.prices != nil {
		m.tellPrice(r, i, rate, billed, raw, first)
		return
	}
	slot := r.slot + i
	m.count(&m.tallies[slot], r.legs, rate, billed, raw, first, v.times)
	if m.detail != nil {
		m.tell(r, i, rate, v, billed, raw)
	}
	if (m.keepBurns || m.trace) && rate.Decide(billed) == deck.Linear { // a call at a bound of its rate uses no package
		m.burn(Burn{At: v.call.Start.Add(time.Duration(m.done) * time.Second), Slot: int32(slot), Seconds: int32(min(billed*r.legs, math.MaxInt32)), Seat: m.seat(v)}, v.times)
	}
}

// burn keeps calls that may use up included time.
func (m *callMeter) burn(b Burn, times int64) {
	for range times {
		m.burns = append(m.burns, b)
	}
}

// count adds one call, or one part of it, to a tally as often as it was made.
func (m *callMeter) count(t *Tally, legs int64, rate *deck.Rate, billed, raw int64, first bool, times int64) {
	t.Raw += raw * times
	if first {
		t.Calls += times
	}
	times *= legs
	t.Billed += billed * times
	if m.each != nil {
		nano, ok := m.rounded(rate, billed, first)
		m.overflow = m.overflow || !ok || nano > (math.MaxInt64-t.Nano)/times
		t.Nano += nano * times
		return
	}
	switch rate.Decide(billed) {
	case deck.AtMin:
		t.AtMin += times
	case deck.AtMax:
		t.AtMax += times
	case deck.Linear:
		t.Linear += billed * times
		if first {
			t.Fees += times
		}
	}
}

// soFar is what the parts of one call came to, where each call is rounded.
type soFar struct {
	exact exact.Number
	nano  int64 // of them, rounded
	last  int64 // of it, what the last part added
}

// rounded is what one call costs, rounded, in billionths; or what one part of it
// adds, so that the parts of a call sum to the whole call rounded once.
func (m *callMeter) rounded(rate *deck.Rate, billed int64, first bool) (nano int64, ok bool) {
	s := &m.soFar
	if !m.parted {
		s.last, ok = rate.CostNano(billed, *m.each)
		return s.last, ok
	}
	if first {
		s.exact, s.nano = exact.Zero, 0
	}
	s.exact = s.exact.Add(rate.Cost(billed))
	sum, err := s.exact.Round(exact.Mode(or(m.each.Mode, exact.HalfAway)), m.each.Decimals).Mul(exact.Int(deck.Nano)).Int64()
	s.last, s.nano = sum-s.nano, sum
	return s.last, err == nil
}

// tell reports one call, or one part of it, to the detail.
func (m *callMeter) tell(r *row, i int, rate *deck.Rate, v *view, billed, raw int64) {
	c := Charged{Call: v.call, Component: m.comp.ID, Label: r.label(i), Raw: raw, Billed: billed * r.legs, HasCost: m.linear(),
		At: v.call.Start.Add(time.Duration(m.done) * time.Second), Slot: int32(r.slot + i), Units: billed * r.legs}
	c.Cost = rate.Cost(billed).Mul(exact.Int(r.legs))
	if m.each != nil {
		c.Cost = exact.Scaled(m.soFar.last, 9).Mul(exact.Int(r.legs))
	}
	m.detail(&c)
}

func (m *callMeter) seat(v *view) int32 {
	if !m.perSeat {
		return 0
	}
	n, known := m.seats[v.call.Agent]
	if !known {
		n = int32(len(m.seats) + 1)
		m.seats[string([]byte(v.call.Agent))] = n
	}
	return n
}

// secondsUntil is the whole seconds from a to b; a started second belongs to
// the side on which it starts.
func secondsUntil(a, b timex.Instant) int64 { return (int64(b-a) + 999_999) / 1_000_000 }
