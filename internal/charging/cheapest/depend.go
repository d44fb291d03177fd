package cheapest

import (
	"slices"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/meter"
)

func takesModule(c *catalog.Component, module string) bool {
	return meter.Takes(c.Where.Module, module)
}

// depend tells which choices of an offer move which lines of its bill. It is
// the ground on which choices are searched apart, so it errs to one side only:
// components may be joined that need not be.
type depend struct {
	ids    []string
	parent []int // of each component, in sets that move together
	apart  bool  // lines sum to the total, and nothing looks at all of them
}

// dependencies joins components that look at each other: shared packages, seats
// of another, shares of others, the cheaper of, amounts over several lines. Where
// an option leaves a component out, all call components are joined, because what
// one no longer takes another may, or nobody.
func (o *Offer) dependencies(need *Need) *depend {
	d := &depend{apart: true}
	p := *o.Plan
	p.Components = slices.Clone(p.Components)
	p.Packages = slices.Clone(p.Packages)
	leaves := false
	for _, c := range o.Choices {
		for i := range c.Options {
			opt := &c.Options[i]
			p.Components = append(p.Components, opt.Adds...)
			p.Packages = append(p.Packages, opt.Packages...)
			for _, over := range opt.Prices {
				if over.Included != nil {
					p.Packages = append(p.Packages, catalog.Package{AppliesTo: keysOf(opt.Prices), Included: *over.Included})
				}
			}
			leaves = leaves || len(opt.Without) > 0
			d.apart = d.apart && len(opt.Modules) == 0
		}
	}
	for i := range p.Components {
		d.at(p.Components[i].ID)
	}
	for i := range p.Components {
		c := &p.Components[i]
		d.join(append(slices.Clone(c.Of), c.ID)...)
		d.join(c.ID, c.PerSeatOf)
		if c.Included != nil {
			d.join(c.ID, c.Included.SeatsOf)
		}
		if leaves && c.Measure.OfCalls() {
			for j := range p.Components {
				if p.Components[j].Measure.OfCalls() {
					d.join(c.ID, p.Components[j].ID)
				}
			}
		}
	}
	for _, pk := range p.Packages {
		d.join(append(slices.Clone(pk.AppliesTo), pk.SeatsOf)...)
	}
	for _, group := range p.Cheapest {
		for _, opt := range group.Options {
			d.join(append(slices.Clone(opt.Components), group.Options[0].Components...)...)
		}
	}
	for _, l := range slices.Concat(p.Minimums, p.Maximums) {
		d.lines(l.Components)
	}
	for _, disc := range p.Discounts {
		if disc.Percent == nil {
			d.lines(disc.Components)
		}
	}
	if p.Tax.Prices == catalog.TaxInclusive || need.Tax {
		d.apart = false // tax is rounded once over all lines
	}
	return d
}

func keysOf[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// lines joins the components an amount is over; none are all of them.
func (d *depend) lines(components []string) {
	if len(components) == 0 {
		d.apart = false
		return
	}
	d.join(components...)
}

func (d *depend) at(id string) int {
	i := slices.Index(d.ids, id)
	if i < 0 {
		i = len(d.ids)
		d.ids, d.parent = append(d.ids, id), append(d.parent, i)
	}
	return i
}

func (d *depend) root(i int) int {
	for d.parent[i] != i {
		i = d.parent[i]
	}
	return i
}

func (d *depend) join(ids ...string) {
	first := -1
	for _, id := range ids {
		if id == "" {
			continue
		}
		r := d.root(d.at(id))
		if first < 0 {
			first = r
		}
		d.parent[r] = d.root(first)
	}
}

// groups are the choices that must be searched together.
func (d *depend) groups(o *Offer) [][]int {
	if !d.apart {
		all := make([]int, len(o.Choices))
		for i := range all {
			all[i] = i
		}
		return [][]int{all}
	}
	sets := make([][]int, len(o.Choices)) // sets of components each choice touches
	for i, c := range o.Choices {
		for k := range c.Options {
			for _, id := range c.Options[k].touches(o.Plan) {
				sets[i] = append(sets[i], d.root(d.at(id)))
			}
		}
	}
	var out [][]int
	var held [][]int // component sets of each group
	for i := range o.Choices {
		group, set := []int{i}, slices.Clone(sets[i])
		for g := len(out) - 1; g >= 0; g-- {
			if slices.ContainsFunc(held[g], func(r int) bool { return slices.Contains(set, r) }) {
				group, set = append(slices.Clone(out[g]), group...), append(set, held[g]...)
				out, held = slices.Delete(out, g, g+1), slices.Delete(held, g, g+1)
			}
		}
		slices.Sort(group)
		out, held = append(out, group), append(held, set)
	}
	return out
}
