package meter

import (
	"waihu/internal/charging/catalog"
	"waihu/internal/charging/deck"
)

// Priced is one call, or one part of it, at one price, in whole numbers: what a
// service keeps of a call when it comes.
type Priced struct {
	Component int    // index in the plan's components; -1: none
	Slot      int32  // with Component: which price, for LabelOf
	Raw       int64  // talk seconds of the part
	Billed    int64  // billed seconds, before what is included
	Micros    int64  // at list price, in millionths, rounded half away
	HasCost   bool   // false where the price depends on the whole period, or nobody knows it
	Reason    string // why there is no price
}

// UnknownPrice is the reason of a call at a price nobody knows.
const UnknownPrice = "unknown_price"

// LabelOf is what a price is called.
func (m *Meter) LabelOf(p *Priced) Label {
	for _, cm := range m.calls {
		if cm.index != p.Component {
			continue
		}
		for i := len(cm.rows) - 1; i >= 0; i-- {
			if r := &cm.rows[i]; r.slot <= int(p.Slot) {
				return r.label(int(p.Slot) - r.slot)
			}
		}
	}
	return Label{}
}

// tellPrice tells of one call, or one part of it, and gathers nothing.
func (m *callMeter) tellPrice(r *row, i int, rate *deck.Rate, billed, raw int64, first bool) {
	p := &m.told // one for all: each is only told of
	*p = Priced{Component: m.index, Slot: int32(r.slot + i), Raw: raw, Billed: billed * r.legs, HasCost: m.linear()}
	ok := true
	switch {
	case rate.Status == deck.Unknown:
		p.HasCost, p.Reason = false, UnknownPrice
	case m.each != nil:
		var nano int64
		if nano, ok = m.rounded(rate, billed, first); ok {
			whole := deck.Rate{Price: nano, Per: 1, First: 1, Next: 1}
			p.Micros, ok = whole.CostMicros(1, r.legs)
		}
	default:
		p.Micros, ok = rate.CostMicros(billed, r.legs)
	}
	if !p.HasCost {
		p.Micros = 0
	}
	if m.comp.Measure == catalog.Calls {
		p.Billed = 0
	}
	m.overflow = m.overflow || !ok
	m.prices(p)
}

// noPrice tells of a call, or a part of it, that has none.
func (m *Meter) noPrice(component int, raw int64, reason string) {
	m.told = Priced{Component: component, Slot: -1, Raw: raw, Reason: reason}
	m.options.Prices(&m.told)
}

func (m *Meter) componentIndex(id string) int {
	for _, cm := range m.calls {
		if cm.comp.ID == id {
			return cm.index
		}
	}
	return -1
}

// Overflow tells whether a price told of so far was beyond 64 bits.
func (m *Meter) Overflow() bool {
	for _, cm := range m.calls {
		if cm.overflow {
			return true
		}
	}
	return false
}
