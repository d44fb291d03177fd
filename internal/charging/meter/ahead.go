package meter

import (
	"waihu/internal/charging/catalog"
	"waihu/internal/charging/deck"
	"waihu/internal/phone"
	"waihu/internal/timex"
)

// A large deck lies outside the processor's caches: one look-up is a chain of
// waits for memory, and little else. Calls are therefore gathered and looked up
// together, step by step, so that the waits overlap; over 200,000 prefixes that
// is twice as fast. What is counted does not depend on it.

const (
	aheadRows   = 20_000 // of a deck from which it pays: two megabytes with their tallies
	aheadCalls  = 64     // gathered at most; all of them stay in the first cache
	aheadNumber = 24     // bytes of the number as recorded; calls with more are not gathered
)

// ahead are the calls of one component that wait to be looked up in its decks.
type ahead struct {
	meter   *Meter // keeps the list of calls without a price
	waiting [aheadCalls]waiting
	n       int
	fetched int64 // means nothing: a sum over what was only read to have it at hand
}

// waiting is all that looking up a call needs. It holds no part of the Call,
// which its reader may already have overwritten.
type waiting struct {
	row     *row
	number  phone.Number
	seconds int64
	on      timex.Date
	slot    int32  // none: there is no price
	reason  string // why
	rate    *deck.Rate
	counted Tally
	digits  uint8
	to      [aheadNumber]byte // the number as recorded, for the unpriced list
}

// looksAhead tells whether the calls of a component can wait and gain by it: it
// has a large deck, and nobody wants to know at once what became of each call.
func looksAhead(m *callMeter, o Options) bool {
	if o.Evidence || o.Detail != nil || o.Prices != nil || m.keepBurns || m.comp.Measure != catalog.TalkTime {
		return false
	}
	for i := range m.rows {
		if d := m.rows[i].deck; d != nil && d.Len() >= aheadRows {
			return true
		}
	}
	return false
}

// refusesAlone tells whether at most one component can have no price for a call,
// and no other way is looked at: a call that several refuse is named once with
// all of them, which must be known at once.
func refusesAlone(p *catalog.Plan) bool {
	n := 0
	for i := range p.Components {
		if c := &p.Components[i]; c.Measure.OfCalls() && (len(c.Rates) > 0 || c.Deck != "") {
			n++
		}
	}
	return n <= 1 && len(p.Cheapest) == 0
}

// lookUpLater takes a call to be counted at a row; false if it cannot wait.
func (m *callMeter) lookUpLater(r *row, v *view) bool {
	to := v.call.To
	if len(to) > aheadNumber || v.times != 1 {
		return false
	}
	a := m.ahead
	w := &a.waiting[a.n]
	w.row, w.number, w.seconds, w.on = r, v.called(), v.seconds, v.date
	w.digits = uint8(copy(w.to[:], to))
	if a.n++; a.n == aheadCalls {
		m.lookUp()
	}
	return true
}

// lookUp counts all calls that wait. Each step asks for the memory the next one
// needs, and does nothing that would have to wait for it.
func (m *callMeter) lookUp() {
	if m.ahead == nil {
		return
	}
	list := m.ahead.waiting[:m.ahead.n]
	m.ahead.n = 0
	for i := range list {
		w := &list[i]
		at, ok := w.row.deck.Match(w.number, w.on)
		if w.slot = int32(at); !ok || w.number.IsZero() { // as in slotFor
			w.slot, w.reason = none, NoPrefix
		}
	}
	for i := range list {
		if w := &list[i]; w.slot != none {
			w.rate = w.row.deck.Rate(deck.Index(w.slot))
			m.ahead.fetched += m.tallies[w.row.slot+int(w.slot)].Calls
		}
	}
	for i := range list {
		if w := &list[i]; w.slot != none {
			m.price(w)
		}
	}
	for i := range list {
		m.settle(&list[i])
	}
}

// price works out what a call that found its row of the deck counts for.
func (m *callMeter) price(w *waiting) {
	rate := w.rate
	if rate.Status == deck.Blocked {
		w.slot, w.reason = none, BlockedCall
		return
	}
	if !w.row.plain {
		full := withDefaults(*rate, &w.row.rates[0])
		rate = &full
	}
	w.counted = Tally{}
	m.count(&w.counted, w.row.legs, rate, rate.Billed(w.seconds, m.steps), w.seconds, true, 1)
}

// settle counts a call, or puts it on the unpriced list.
func (m *callMeter) settle(w *waiting) {
	if w.slot == none {
		m.refused++
		m.ahead.meter.note(unpricedKey{facts: "calls", reason: w.reason, refused: m.comp.ID}, string(w.to[:w.digits]), 1, w.seconds)
		return
	}
	m.matched++
	t := &m.tallies[w.row.slot+int(w.slot)]
	t.add(&w.counted)
	m.overflow = m.overflow || t.Nano < 0
}
