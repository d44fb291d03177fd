package rating

import (
	"fmt"

	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
)

// priced is a quantity at its prices.
type priced struct {
	parts   []Part
	rules   []Rule
	unknown bool
}

// quantity prices a quantity by a component's unit price, tiers or blocks. The
// quantity is in the component's unit and not negative.
func quantity(c *catalog.Component, q exact.Number) priced {
	switch {
	case c.Tiers != nil && c.Tiers.Mode == catalog.Volume:
		return volume(c.Tiers, q, unitOf(c))
	case c.Tiers != nil:
		return graduated(c.Tiers, q)
	case c.Block != nil:
		return blocks(c.Block, q, unitOf(c))
	}
	return priced{unknown: c.UnitPrice.Unknown && q.Sign() > 0, parts: []Part{{Key: "unit", Raw: q, Quantity: q, UnitPrice: c.UnitPrice.Number, Exact: q.Mul(c.UnitPrice.Number)}}}
}

// reached tells whether the quantity pays a tier's flat fee; from is where the
// tier begins.
func reached(t *catalog.Tiers, i int, from, q exact.Number) bool {
	if i == 0 && q.IsZero() {
		return t.FlatAtZero == nil || *t.FlatAtZero
	}
	return from.Less(q)
}

// graduated charges each part of the quantity at the price of its tier.
func graduated(t *catalog.Tiers, q exact.Number) priced {
	out := priced{}
	from := exact.Zero
	for i := range t.Rows {
		row := &t.Rows[i]
		if !reached(t, i, from, q) {
			break
		}
		part := exact.Max(q.Sub(from), exact.Zero)
		if row.UpTo != nil {
			part = exact.Min(part, row.UpTo.Sub(from))
		}
		out.parts = append(out.parts, tierPart(i, row, part))
		out.unknown = out.unknown || row.UnitPrice.Unknown && part.Sign() > 0
		if row.UpTo == nil {
			break
		}
		from = *row.UpTo
	}
	out.rules = []Rule{rule("tier_graduated", "tier", fmt.Sprint(len(out.parts)))}
	return out
}

// volume charges the whole quantity at the price of the tier it falls in.
func volume(t *catalog.Tiers, q exact.Number, unit string) priced {
	i := tierOf(t, q)
	row := &t.Rows[i]
	out := priced{unknown: row.UnitPrice.Unknown && q.Sign() > 0, rules: []Rule{rule("tier_volume", "tier", fmt.Sprint(i+1))}}
	if i > 0 || reached(t, 0, exact.Zero, q) {
		out.parts = []Part{tierPart(i, row, q)}
	}
	if next, saves, ok := CheaperAbove(t, q); ok {
		at := tierPart(0, &t.Rows[tierOf(t, next)], next).Exact
		out.rules = append(out.rules, rule("inversion_ahead", "quantity", next.String(), "unit", unit, "amount", at.String(), "less", saves.String()))
	}
	return out
}

// tierOf is the tier a quantity falls in: bounds are up to and including. A
// quantity beyond a closed last tier stays in it.
func tierOf(t *catalog.Tiers, q exact.Number) int {
	for i := range t.Rows {
		if up := t.Rows[i].UpTo; up == nil || q.Cmp(*up) <= 0 {
			return i
		}
	}
	return len(t.Rows) - 1
}

func tierPart(i int, row *catalog.Tier, q exact.Number) Part {
	charged := q
	if row.Block.Sign() > 0 {
		charged = q.Multiple(exact.Ceiling, row.Block).Div(row.Block)
	}
	return Part{Key: fmt.Sprintf("tier:%d", i+1), Raw: q, Quantity: charged, UnitPrice: row.UnitPrice.Number, Flat: row.Flat,
		Exact: charged.Mul(row.UnitPrice.Number).Add(row.Flat)}
}

// CheaperAbove finds the smallest whole quantity in a later tier of an
// all-units price that costs less than q does, and how much less.
func CheaperAbove(t *catalog.Tiers, q exact.Number) (next, saves exact.Number, ok bool) {
	now := tierPart(0, &t.Rows[tierOf(t, q)], q).Exact
	for i := tierOf(t, q); i+1 < len(t.Rows); i++ {
		if t.Rows[i+1].UnitPrice.Unknown {
			continue
		}
		at := t.Rows[i].UpTo.Round(exact.Floor, 0).Add(exact.One)
		if cost := tierPart(0, &t.Rows[i+1], at).Exact; cost.Less(now) {
			return at, now.Sub(cost), true
		}
	}
	return exact.Zero, exact.Zero, false
}

// blocks charges started blocks whole.
func blocks(b *catalog.Block, q exact.Number, unit string) priced {
	n := q.Multiple(exact.Ceiling, b.Size).Div(b.Size)
	return priced{unknown: b.Price.Unknown && q.Sign() > 0,
		parts: []Part{{Key: "block", Raw: q, Quantity: n, UnitPrice: b.Price.Number, Exact: n.Mul(b.Price.Number)}},
		rules: []Rule{rule("block", "price", b.Price.String(), "size", b.Size.String(), "unit", unit, "blocks", n.String())}}
}
