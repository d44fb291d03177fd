package rating

import (
	"fmt"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/usage"
)

// events prices metered events: their sum, or each of them.
func (r *rater) events(c *catalog.Component) error {
	l := r.line(c)
	var digest usage.Digest
	for kind, e := range r.g.Events {
		if !ofKind(c, kind) {
			continue
		}
		l.Raw = l.Raw.Add(e.Quantity)
		l.Evidence.Count += e.Count
		digest.Merge(&e.Evidence)
	}
	l.Evidence.Facts = "events"
	if digest.Count() > 0 {
		l.Evidence.Digest = digest.String()
	}
	r.where(l, &c.Where)
	l.Billed = l.Raw
	if c.PricesEach() {
		r.eachEvent(c, l)
	} else {
		r.wholeQuantity(c, meter.Quantity{Raw: l.Raw}, nil, exact.One, l)
		if len(l.Parts) > 0 {
			l.Parts[0].Count = l.Evidence.Count
		}
	}
	if err := r.finish(c, l); err != nil {
		return err
	}
	r.add(l)
	return nil
}

// eachEvent prices events one by one: what is included is used in time order,
// each event has its fee, its least and its most. An event that is wholly
// included costs nothing.
func (r *rater) eachEvent(c *catalog.Component, l *Line) {
	left := exact.Zero
	if c.Included != nil {
		left = r.includedPlain(c, l)
	}
	free, paid, fees, atMin, atMax := exact.Zero, exact.Zero, exact.Zero, int64(0), int64(0)
	linear := exact.Zero
	for _, e := range r.g.Each {
		if !ofKind(c, e.Kind) {
			continue
		}
		n := exact.Min(left, e.Quantity)
		left, free = left.Sub(n), free.Add(n)
		rest := e.Quantity.Sub(n)
		if rest.IsZero() && !e.Quantity.IsZero() {
			continue
		}
		cost := rest.Mul(c.UnitPrice.Number).Add(c.FeeEach)
		switch {
		case cost.Less(c.MinEach):
			atMin++
			fees = fees.Add(c.MinEach)
		case c.MaxEach.Sign() > 0 && c.MaxEach.Less(cost):
			atMax++
			fees = fees.Add(c.MaxEach)
		default:
			linear = linear.Add(rest)
			fees = fees.Add(c.FeeEach)
		}
		paid = paid.Add(rest)
	}
	l.Included, l.Charged = free, paid
	l.Unknown = c.UnitPrice.Unknown && paid.Sign() > 0
	l.Parts = []Part{{Key: "unit", Name: l.Name, Count: l.Evidence.Count, Raw: l.Raw, Quantity: linear, UnitPrice: c.UnitPrice.Number, Flat: fees, Exact: linear.Mul(c.UnitPrice.Number).Add(fees)}}
	if atMin > 0 {
		l.rule("each_min", "calls", fmt.Sprint(atMin), "minimum", c.MinEach.String())
	}
	if atMax > 0 {
		l.rule("each_max", "calls", fmt.Sprint(atMax), "maximum", c.MaxEach.String())
	}
}
