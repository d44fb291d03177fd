package meter

import (
	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/exact"
	"waihu/internal/fault"
)

// TierPart is what one tier of a level costs over a period.
type TierPart struct {
	Tier      int          // from 0
	Units     Fraction     // seats (or started blocks of seats) in the tier, each for its share: seat-days over days
	UnitPrice exact.Number // for the whole period
	Flat      exact.Number // whole once the tier was reached, else 0
	Exact     exact.Number // Units x UnitPrice + Flat
}

// GraduatedProrated prices a level that changes from day to day with the
// graduated tiers of a component: each seat is charged at the price of the tier
// it stands in, for its share of the period. The flat fee of a tier is never
// prorated and stays due once the tier was reached. levels are those charged:
// the Runs of ChargeAssigned.
//
// Volume tiers, and bounds that do not rise, are Invalid; seats in a tier whose
// price is not known are Unknown.
func GraduatedProrated(c *catalog.Component, levels []Run, terms *contract.Terms) ([]TierPart, error) {
	if c.Tiers == nil || c.Tiers.Mode != catalog.Graduated {
		return nil, fault.New(fault.Invalid, "component %s has no graduated tiers to prorate", c.ID)
	}
	b := newBasis(c.Proration, Dates{terms.First, terms.After}, terms.Loc)
	highest := exact.Zero
	for _, r := range levels {
		highest = exact.Max(highest, r.Level)
	}
	var out []TierPart
	low := exact.Zero
	for i := range c.Tiers.Rows {
		tier := &c.Tiers.Rows[i]
		if tier.UpTo != nil && !low.Less(*tier.UpTo) {
			return nil, fault.New(fault.Invalid, "component %s: tier %d ends at %s, not above %s where it begins", c.ID, i+1, tier.UpTo, low)
		}
		part := TierPart{Tier: i, UnitPrice: tier.UnitPrice.Number, Units: unitsIn(b, levels, low, tier)}
		if tier.UnitPrice.Unknown && part.Units.Num.Sign() > 0 {
			return nil, fault.New(fault.Unknown, "component %s: the price of tier %d is not known", c.ID, i+1)
		}
		if low.Less(highest) || i == 0 && (c.Tiers.FlatAtZero == nil || *c.Tiers.FlatAtZero) {
			part.Flat = tier.Flat
		}
		part.Exact = part.Units.Value().Mul(part.UnitPrice).Add(part.Flat)
		out = append(out, part)
		if tier.UpTo == nil {
			break
		}
		low = *tier.UpTo
	}
	return out, nil
}

// unitsIn is what of the levels stands in a tier that begins above low.
func unitsIn(b *basis, levels []Run, low exact.Number, tier *catalog.Tier) Fraction {
	inside := make([]Run, len(levels))
	for i, r := range levels {
		r.Level = exact.Max(r.Level, low)
		if tier.UpTo != nil {
			r.Level = exact.Min(r.Level, *tier.UpTo)
		}
		r.Level = r.Level.Sub(low)
		if tier.Block.Sign() > 0 {
			r.Level = r.Level.Div(tier.Block).Round(exact.Ceiling, 0)
		}
		inside[i] = r
	}
	sum := exact.Zero
	for _, p := range layers(b, inside) {
		sum = sum.Add(p.Quantity.Mul(p.Share.Num))
	}
	return Fraction{sum, b.den}
}
