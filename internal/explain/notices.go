package explain

import (
	"slices"
	"strconv"

	"waihu/internal/charging/catalog"
)

// notices tells what a buyer should look at twice.
func (w *writer) notices() Section {
	s := Section{Path: "notices", Title: w.say("plan.notices")}
	var open []string // matrices that do not take every call
	for _, found := range w.p.Validate().Warnings() {
		open = append(open, found.Path)
	}
	for i := range w.p.Components {
		c := &w.p.Components[i]
		name := w.name(c.Name, c.ID)
		if hasUnknown(c) {
			s.Sentences = append(s.Sentences, w.say("plan.unknown_in", "name", name))
		}
		if c.Tiers != nil {
			for _, v := range c.Tiers.Inversions() {
				s.Sentences = append(s.Sentences, w.say("plan.inversion", "name", name, "more", v.More.String(), "last", v.Last.String(), "unit", c.PricedUnit(),
					"cost-more", w.money(v.CostMore), "cost-last", w.money(v.CostLast), "less", w.money(v.CostLast.Sub(v.CostMore))))
			}
		}
		if slices.Contains(open, "components["+strconv.Itoa(i)+"].rates") {
			s.Sentences = append(s.Sentences, w.say("plan.no_default", "name", name))
		}
		if c.Deck != "" {
			s.Sentences = append(s.Sentences, w.say("plan.no_prefix", "name", name))
		}
	}
	return s
}

// hasUnknown tells whether a component has a price nobody knows.
func hasUnknown(c *catalog.Component) bool {
	if c.UnitPrice.Unknown || c.ConnectFee.Unknown || c.Block != nil && c.Block.Price.Unknown {
		return true
	}
	if c.Tiers != nil && slices.ContainsFunc(c.Tiers.Rows, func(t catalog.Tier) bool { return t.UnitPrice.Unknown }) {
		return true
	}
	return slices.ContainsFunc(c.Rates, func(r catalog.RateRow) bool {
		return r.UnitPrice.Unknown || r.ConnectFee.Unknown || slices.ContainsFunc(r.Bands, func(b catalog.Band) bool { return b.UnitPrice.Unknown })
	})
}
