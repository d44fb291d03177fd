package compare

import (
	"cmp"
	"slices"

	"waihu/internal/money"
)

// mostDrivers is how many reasons of a difference are told.
const mostDrivers = 3

// differences says why each offer costs more than the cheapest, at one horizon.
func (c *Comparison) differences(costs []Cost, at int) []Difference {
	var out []Difference
	best := &costs[0]
	for i := 1; i < len(costs); i++ {
		out = append(out, c.difference(&costs[i], best, at))
	}
	return out
}

func (c *Comparison) difference(a, b *Cost, at int) Difference {
	ha, hb := &a.Horizons[at], &b.Horizons[at]
	d := Difference{Offer: a.Offer, Against: b.Offer, Months: ha.Months, More: apart(ha.Total, hb.Total)}
	d.Rest = sub(ha.Total.Low, hb.Total.Low)
	mine, theirs := c.byKind(ha.Parts), c.byKind(hb.Parts)
	var all []Driver
	for _, kind := range kinds {
		x, y := mine[kind], theirs[kind]
		more := sub(x, y)
		if more.IsZero() {
			continue
		}
		all = append(all, Driver{Kind: kind, Offer: x, Against: y, More: more, Why: Phrase{Key: "compare.driver",
			Args: map[string]string{"kind": kind, "offer": x.Decimal(), "against": y.Decimal(), "currency": c.in.Currency.String()}}})
	}
	slices.SortStableFunc(all, func(a, b Driver) int { return cmp.Compare(abs(b.More.Micros()), abs(a.More.Micros())) })
	d.Drivers = all[:min(len(all), mostDrivers)]
	for _, r := range d.Drivers {
		d.Rest = sub(d.Rest, r.More)
	}
	return d
}

// kinds are the kinds of cost, in the order they are told where they are equal.
var kinds = []string{"seats", "time", "module", "volume", "events", "fixed", "once", "fee", "minimum", "discount", "tax"}

func (c *Comparison) byKind(parts []Part) map[string]money.Amount {
	out := map[string]money.Amount{}
	for _, k := range kinds {
		out[k] = money.Zero(c.in.Currency)
	}
	for _, p := range parts {
		if a, err := out[p.Kind].Add(p.Amount); err == nil { // parts sum to a total that fits
			out[p.Kind] = a
		}
	}
	return out
}
