package cheapest

import (
	"slices"

	"waihu/internal/charging/catalog"
)

// moves tells, of each component, which choices can move its line: those that
// touch it or something it looks at. It is nil where lines tell no lower bound:
// something can be taken off the bill as a whole, or lines contain tax that the
// total does not.
func (o *Offer) moves(need *Need) map[string][]int {
	p := o.Plan
	if len(p.Cheapest) > 0 || len(p.Maximums) > 0 || p.Tax.Prices == catalog.TaxInclusive && !need.Tax ||
		slices.ContainsFunc(p.Discounts, func(d catalog.Discount) bool { return d.Percent == nil }) {
		return nil
	}
	looks := o.looks()
	touched := map[string][]int{}
	for i, c := range o.Choices {
		for k := range c.Options {
			for _, id := range c.Options[k].touches(p) {
				if !slices.Contains(touched[id], i) {
					touched[id] = append(touched[id], i)
				}
			}
		}
	}
	out := map[string][]int{}
	for id := range looks {
		out[id] = slices.Clone(touched[id])
		for _, other := range reach(looks, id) {
			for _, c := range touched[other] {
				if !slices.Contains(out[id], c) {
					out[id] = append(out[id], c)
				}
			}
		}
	}
	return out
}

// looks lists, of each component, what its line looks at: seats it is sold for,
// seats and other users of its packages, what it is a share of. What any option
// may bring counts.
func (o *Offer) looks() map[string][]string {
	components, packages := slices.Clone(o.Plan.Components), slices.Clone(o.Plan.Packages)
	for _, c := range o.Choices {
		for i := range c.Options {
			opt := &c.Options[i]
			components, packages = append(components, opt.Adds...), append(packages, opt.Packages...)
			for id, over := range opt.Prices {
				if over.Included != nil {
					packages = append(packages, catalog.Package{AppliesTo: []string{id}, Included: *over.Included})
				}
			}
		}
	}
	out := map[string][]string{}
	for i := range components {
		c := &components[i]
		out[c.ID] = append(out[c.ID], c.Of...)
		if c.PerSeatOf != "" {
			out[c.ID] = append(out[c.ID], c.PerSeatOf)
		}
		if c.Included != nil && c.Included.SeatsOf != "" {
			out[c.ID] = append(out[c.ID], c.Included.SeatsOf)
		}
	}
	for _, pk := range packages {
		for _, id := range pk.AppliesTo {
			out[id] = append(out[id], pk.AppliesTo...)
			if pk.SeatsOf != "" {
				out[id] = append(out[id], pk.SeatsOf)
			}
		}
	}
	return out
}

// reach are all components that one looks at, directly or through others.
func reach(looks map[string][]string, id string) []string {
	seen := []string{id}
	for i := 0; i < len(seen); i++ { // bounded by the components there are
		for _, other := range looks[seen[i]] {
			if !slices.Contains(seen, other) {
				seen = append(seen, other)
			}
		}
	}
	return seen
}
