package catalog

import (
	"fmt"

	"waihu/internal/exact"
)

// tiers checks bounds and prices of tiers, and finds where one unit more costs
// less.
func (c *check) tiers(path string, comp *Component) {
	t := comp.Tiers
	if t == nil {
		return
	}
	rows := path + ".rows"
	switch {
	case len(t.Rows) == 0:
		c.bad(rows, "no tier", "at least one")
		return
	case len(t.Rows) > maxItems:
		c.bad(rows, fmt.Sprintf("%d tiers", len(t.Rows)), fmt.Sprintf("at most %d", maxItems))
		return
	}
	sound := true
	low := exact.Zero
	for i := range t.Rows {
		row, at := &t.Rows[i], index(rows, i)
		c.known(at+".unit_price", row.UnitPrice, comp.Measure)
		c.price(at+".flat", row.Flat)
		c.quantity(at+".block", row.Block)
		if row.Block.IsGiven() && row.Block.IsZero() {
			c.bad(at+".block", "a block of nothing", "a number above 0, or no block")
		}
		if !row.UnitPrice.Set && row.Flat.IsZero() {
			c.bad(at, "a tier without a price", "unit_price, flat or both; unit_price: 0 if it is free")
		}
		sound = c.bound(at+".up_to", row, low, i == len(t.Rows)-1) && sound
		if row.UpTo != nil {
			c.quantity(at+".up_to", *row.UpTo)
			low = *row.UpTo
		}
	}
	if sound {
		c.inversions(rows, t)
	}
}

// bound checks where a tier that begins above low ends, and tells whether it can
// end there.
func (c *check) bound(path string, row *Tier, low exact.Number, last bool) bool {
	switch {
	case row.UpTo == nil && !last:
		c.bad(path, "a tier without end before the last", "the largest quantity of the tier")
	case row.UpTo != nil && last:
		c.bad(path, "the last tier ends at "+row.UpTo.String()+": larger quantities have no price", "no up_to in the last tier; a tier with unit_price: unknown for what is beyond")
	case row.UpTo != nil && row.UpTo.Cmp(low) <= 0:
		c.bad(path, fmt.Sprintf("the tier ends at %s and begins above %s", row.UpTo, low), "bounds that rise from tier to tier")
	default:
		return true
	}
	return false
}

// inversions warns where one unit more costs less. That is legal; customers ask
// about it.
func (c *check) inversions(path string, t *Tiers) {
	for _, v := range t.Inversions() {
		c.warn(index(path, v.Row)+".up_to", fmt.Sprintf("%s units cost %s, %s cost %s: one more costs %s less", v.More, v.CostMore, v.Last, v.CostLast, v.CostLast.Sub(v.CostMore)),
			"if that is not meant, lower the price of the tier or end it earlier")
	}
}

// Inversion is where the first whole quantity of a tier costs less than the last
// of the tier before.
type Inversion struct {
	Row                int // of the tier before, from 0
	Last, More         exact.Number
	CostLast, CostMore exact.Number
}

// Inversions lists them for volume tiers whose bounds rise; graduated tiers have
// none.
func (t *Tiers) Inversions() []Inversion {
	var out []Inversion
	for i := 0; t.Mode == Volume && i+1 < len(t.Rows); i++ {
		from, to := &t.Rows[i], &t.Rows[i+1]
		if from.UpTo == nil || from.UnitPrice.Unknown || to.UnitPrice.Unknown {
			continue
		}
		v := Inversion{Row: i, Last: *from.UpTo, More: from.UpTo.Round(exact.Floor, 0).Add(exact.One)}
		v.CostLast, v.CostMore = from.Cost(v.Last), to.Cost(v.More)
		if v.CostMore.Less(v.CostLast) {
			out = append(out, v)
		}
	}
	return out
}

// Cost is what a quantity that falls in the tier costs as a whole, as volume
// tiers charge it: started blocks count whole. An unknown price counts as zero;
// ask UnitPrice.Unknown first.
func (t *Tier) Cost(q exact.Number) exact.Number {
	if t.Block.Sign() > 0 {
		q = q.Multiple(exact.Ceiling, t.Block).Div(t.Block)
	}
	return q.Mul(t.UnitPrice.Number).Add(t.Flat)
}
