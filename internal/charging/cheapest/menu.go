package cheapest

import (
	"slices"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/exact"
)

// Around is how many seats above what is needed a menu looks at one by one,
// beside the quantities at which a tier begins.
const Around = 20

// Menu lists what can be chosen in a plan by itself: how many seats to buy, from
// those needed up, and which least quantity to promise where a price then falls
// for all of it, and which size of a package to take. Methods that are other
// plans are other offers.
func Menu(p *catalog.Plan, seatsNeeded int64) []Choice {
	var out []Choice
	for i := range p.Components {
		c := &p.Components[i]
		switch {
		case isSeats(p, c) && (c.Measure.OfPlaces() || c.Measure == catalog.Recurring):
			out = append(out, seatsOf(c, exact.Int(max(seatsNeeded, 1))))
		case c.Tiers != nil && c.Tiers.Mode == catalog.Volume && !c.Measure.OfPlaces() && c.Measure != catalog.Recurring && c.Measure != catalog.OneOff:
			if choice := promise(p, c); len(choice.Options) > 1 {
				out = append(out, choice)
			}
		}
	}
	for i := range p.Packages {
		if choice := sizesOf(&p.Packages[i]); len(choice.Options) > 1 {
			out = append(out, choice)
		}
	}
	return out
}

// sizesOf is which size of a package to take: the one it has, at the price it has,
// or another.
func sizesOf(pk *catalog.Package) Choice {
	out := Choice{ID: pk.ID, Name: pk.Name}
	taken := pk.Taken()
	for i := range pk.Sizes {
		s := &pk.Sizes[i]
		own := *pk
		own.Quantity = s.Quantity
		o := Option{ID: s.Quantity.String(), Name: s.Name, Packages: []catalog.Package{own}, Prices: map[string]contract.Override{pk.ChargedBy: {UnitPrice: s.Price}}}
		if s == taken {
			o.Prices = nil // a contract may have agreed another than the list has
			out.Options = slices.Insert(out.Options, 0, o)
			continue
		}
		out.Options = append(out.Options, o)
	}
	return out
}

// seatsOf is how many to buy: as many as are needed, each number a little above,
// and the first of each tier.
func seatsOf(c *catalog.Component, need exact.Number) Choice {
	numbers := []exact.Number{need}
	for n := int64(1); n <= Around; n++ {
		numbers = append(numbers, need.Add(exact.Int(n)))
	}
	if c.Tiers != nil {
		for _, row := range c.Tiers.Rows {
			if row.UpTo != nil && numbers[len(numbers)-1].Less(row.UpTo.Add(exact.One)) {
				numbers = append(numbers, row.UpTo.Add(exact.One))
			}
		}
	}
	out := Choice{ID: c.ID, Name: c.Name}
	for _, n := range numbers[:min(len(numbers), maxOptions)] {
		out.Options = append(out.Options, Option{ID: n.String(), Quantities: map[string]exact.Number{c.ID: n}})
	}
	return out
}

// promise is which least quantity to promise: the plan's own, or the first of a
// tier. A promise the plan language has no place for is left out.
func promise(p *catalog.Plan, c *catalog.Component) Choice {
	out := Choice{ID: c.ID, Name: c.Name, Options: []Option{{ID: c.Commitment.String()}}}
	for _, row := range c.Tiers.Rows {
		if row.UpTo == nil || !c.Commitment.Less(row.UpTo.Add(exact.One)) || len(out.Options) == maxOptions {
			continue
		}
		n := row.UpTo.Add(exact.One)
		with := *p
		with.Components = slices.Clone(p.Components)
		component(&with, c.ID).Commitment = n
		if with.Validate().Err() == nil {
			out.Options = append(out.Options, Option{ID: n.String(), Commits: map[string]exact.Number{c.ID: n}})
		}
	}
	return out
}
