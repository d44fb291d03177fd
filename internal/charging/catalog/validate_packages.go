package catalog

import (
	"fmt"
	"slices"

	"waihu/internal/exact"
	"waihu/internal/fault"
)

// maxShare bounds a share of other components: ten times their amount.
var maxShare = exact.Int(10)

// maxRollover is how many later periods can use what is left.
const maxRollover = 36

// packages checks quantities that several components share.
func (c *check) packages() {
	seen := map[string]string{}
	for i := range c.p.Components { // a component's own quantity goes by its id
		if c.p.Components[i].Included != nil {
			seen[c.p.Components[i].ID] = index("components", i)
		}
	}
	for i := range c.p.Packages {
		pk, path := &c.p.Packages[i], index("packages", i)
		c.id(path+".id", pk.ID, seen)
		if len(pk.AppliesTo) == 0 {
			c.bad(path+".applies_to", "a package that nothing uses", "at least one component")
		}
		c.references(path+".applies_to", pk.AppliesTo)
		var first *Component
		for j, id := range pk.AppliesTo {
			comp, ok := c.p.Component(id)
			if !ok {
				continue
			}
			if first == nil {
				first = comp
			}
			c.packaged(index(path+".applies_to", j), comp, first)
		}
		if first != nil {
			c.included(path, &pk.Included, first.Measure)
		}
		c.sizes(path, pk)
	}
	c.sharing()
}

// sharing checks packages that meet in one component, or in a group.
func (c *check) sharing() {
	for i := range c.p.Components {
		all := c.p.IncludedFor(c.p.Components[i].ID)
		for _, pk := range all {
			if pk.Burn != all[0].Burn && (priced(pk.Burn) || priced(all[0].Burn)) {
				c.bad(index("components", i), "its packages are used up in different orders: "+all[0].ID+" and "+pk.ID, "one burn for all of them")
			}
		}
	}
	for i := range c.p.Packages {
		for _, g := range c.p.Cheapest {
			if n := optionsOf(&g, c.p.Packages[i].AppliesTo); n > 1 {
				c.bad(index("packages", i)+".applies_to", fmt.Sprintf("%d options of %s would use the package up, and only one is charged", n, g.ID), "components of one option")
			}
		}
	}
}

// priced tells whether an order goes by price.
func priced(b Burn) bool { return b == BurnDearest || b == BurnCheapest }

// optionsOf counts the options of a group that have any of the components.
func optionsOf(g *Cheapest, components []string) int {
	n := 0
	for _, o := range g.Options {
		if slices.ContainsFunc(o.Components, func(id string) bool { return slices.Contains(components, id) }) {
			n++
		}
	}
	return n
}

// packaged checks one component that uses a package.
func (c *check) packaged(path string, comp, first *Component) {
	bounds := comp.RoundEach != nil || !comp.MinEach.IsZero() || !comp.MaxEach.IsZero() || slices.ContainsFunc(comp.Rates, func(r RateRow) bool {
		return !r.MinEach.IsZero() || !r.MaxEach.IsZero()
	})
	switch {
	case !comp.Measure.OfCalls():
		c.put(fault.Problem{Path: path, Value: comp.ID, What: fmt.Sprintf("a package holds talk time or calls, and %s measures %s", comp.ID, comp.Measure),
			Expected: "components of measure talk_time or calls", Fix: "write included in the component itself"})
	case comp.Measure != first.Measure || unitOrMinute(comp) != unitOrMinute(first):
		c.put(fault.Problem{Path: path, Value: comp.ID, What: fmt.Sprintf("the package is in the unit of %s, and %s has another", first.ID, comp.ID), Expected: "components of one measure and unit"})
	case bounds:
		c.put(fault.Problem{Path: path, Value: comp.ID, What: "a bound or rounding of each call and a free quantity contradict each other", Expected: "a component without minimum_each, maximum_each and round_each"})
	}
}

func unitOrMinute(comp *Component) UnitOf {
	if comp.Unit == "" {
		return Minute
	}
	return comp.Unit
}

// included checks a free quantity; nil is none.
func (c *check) included(path string, in *Included, m Measure) {
	if in == nil {
		return
	}
	c.quantity(path+".quantity", in.Quantity)
	if in.Quantity.IsZero() {
		c.warn(path+".quantity", "nothing is included", "write a quantity, or leave it out")
	}
	switch {
	case in.Per == PerSeatCount && in.SeatsOf == "" && in.Scope != PerSeat:
		c.bad(path+".seats_of", "a quantity for each seat, and no component whose seats count", "the identifier of a component")
	case in.SeatsOf != "" && in.Scope == PerSeat:
		c.bad(path+".seats_of", "with scope: per_seat each agent who calls has its own; billed seats do not count", "scope: pool, or no seats_of")
	case in.SeatsOf != "" && in.Per != PerSeatCount:
		c.bad(path+".seats_of", "seats_of does nothing without per: seat", "per: seat, or no seats_of")
	}
	if in.SeatsOf != "" {
		if of, ok := c.component(path+".seats_of", in.SeatsOf); ok {
			c.seats(path+".seats_of", of)
		}
	}
	if r := in.Rollover; r != nil {
		if r.Periods < 1 || r.Periods > maxRollover {
			c.bad(path+".rollover.periods", fmt.Sprintf("%d periods", r.Periods), fmt.Sprintf("1 to %d", maxRollover))
		}
		c.quantity(path+".rollover.cap", r.Cap)
		if r.Cap.IsGiven() && r.Cap.IsZero() {
			c.bad(path+".rollover.cap", "a rollover of nothing", "an amount above 0; leave it out for no limit, and rollover for no rollover")
		}
	}
	c.dates(path, in.From, in.To)
	dated := in.From != 0 || in.To != 0
	if dated && in.Rollover != nil {
		c.bad(path+".rollover", "a package with dates lives until its own end", "rollover or dates, one of the two")
	}
	if dated && (in.Burn == BurnDearest || in.Burn == BurnCheapest) {
		c.bad(path+".burn", "a package with dates is used as calls are made: those of other days cannot use it", "burn: time, or no dates")
	}
	if dated && in.Prorate {
		c.bad(path+".prorate", "a package with dates is given whole", "prorate or dates, one of the two")
	}
	c.onlyOfCalls(path, in, m)
}

// onlyOfCalls refuses what a quantity of things that are not calls cannot do:
// it is free in each period, for the account.
func (c *check) onlyOfCalls(path string, in *Included, m Measure) {
	if m.OfCalls() {
		return
	}
	for _, k := range []struct {
		key   string
		given bool
	}{{"rollover", in.Rollover != nil}, {"scope", in.Scope == PerSeat}, {"burn", in.Burn != ""}, {"from", in.From != 0}, {"to", in.To != 0}, {"prorate", in.Prorate}} {
		if k.given {
			c.put(fault.Problem{Path: path + "." + k.key, What: fmt.Sprintf("%s is for talk_time and calls, and this is %s", k.key, m), Expected: "quantity, per and seats_of", Fix: "remove it"})
		}
	}
}

// groups checks "the cheaper of".
func (c *check) groups() {
	seen := map[string]string{}
	owner := map[string]string{} // component -> group
	for i := range c.p.Cheapest {
		g, path := &c.p.Cheapest[i], index("cheapest", i)
		c.id(path+".id", g.ID, seen)
		if len(g.Options) < 2 {
			c.bad(path+".options", fmt.Sprintf("%d options", len(g.Options)), "at least two to choose from")
		}
		options := map[string]string{}
		for j := range g.Options {
			o, at := &g.Options[j], index(path+".options", j)
			c.id(at+".id", o.ID, options)
			if len(o.Components) == 0 {
				c.bad(at+".components", "an option that charges nothing would always win", "at least one component")
			}
			c.references(at+".components", o.Components)
			for k, id := range o.Components {
				if other, taken := owner[id]; taken && other != path {
					c.put(fault.Problem{Path: index(at+".components", k), Value: id, What: "the component is in " + other + " as well", Expected: "each component in one group"})
				}
				owner[id] = path
			}
			for k := range j {
				if sameSet(g.Options[k].Components, o.Components) {
					c.bad(at+".components", "the option is the same as "+index(path+".options", k), "options that differ")
				}
			}
		}
	}
}

func sameSet(a, b []string) bool {
	in := func(list []string) func(string) bool {
		return func(s string) bool { return !slices.Contains(list, s) }
	}
	return !slices.ContainsFunc(a, in(b)) && !slices.ContainsFunc(b, in(a))
}

// totals checks discounts and limits on several components.
func (c *check) totals() {
	seen := map[string]string{}
	for i := range c.p.Discounts {
		d, path := &c.p.Discounts[i], index("discounts", i)
		if d.ID != "" {
			c.id(path+".id", d.ID, seen)
		}
		c.discount(path, d)
	}
	c.limits("minimum_spend", c.p.Minimums)
	c.limits("maximum_spend", c.p.Maximums)
	for i := range c.p.Minimums {
		for j := range c.p.Maximums {
			if least, most := &c.p.Minimums[i], &c.p.Maximums[j]; sameSet(least.Components, most.Components) {
				c.atMost(index("minimum_spend", i)+".amount", least.Amount, most.Amount, index("maximum_spend", j))
			}
		}
	}
}

func (c *check) limits(list string, limits []Limit) {
	seen := map[string]string{}
	for i := range limits {
		l, path := &limits[i], index(list, i)
		if list == "minimum_spend" && l.TaxClass == "" && c.p.Tax.Default == "" && len(c.p.Tax.Classes) > 0 {
			c.warn(path, "no tax class: what makes up the minimum is charged without tax", "name one, or a default under tax")
		}
		if l.ID != "" || len(limits) > 1 { // the line goes by it
			c.id(path+".id", l.ID, seen)
		}
		c.amount(path+".amount", l.Amount)
		if l.Amount.IsZero() {
			c.bad(path+".amount", "a limit of nothing", "an amount above 0")
		}
		if l.Base != "" && list == "maximum_spend" {
			c.bad(path+".base", "a maximum takes off what lines cost as they stand", "base in minimum_spend only")
		}
		c.references(path+".components", l.Components)
		c.taxClass(path+".tax", l.TaxClass)
	}
}
