package cheapest

import (
	"maps"
	"slices"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/exact"
)

// mix is the options taken of an offer, one index a choice.
type mix []int

// applied is an offer's plan as a mix changes it.
type applied struct {
	plan       *catalog.Plan
	quantities map[string]exact.Number
	modules    []string
}

// apply makes the plan of a mix. The offer's own plan stays as it is.
func (o *Offer) apply(m mix, need *Need) applied {
	own := *o.Plan
	out := applied{plan: &own, quantities: maps.Clone(o.Quantities), modules: slices.Clone(need.Modules)}
	if out.quantities == nil {
		out.quantities = map[string]exact.Number{}
	}
	p := out.plan
	p.Components = slices.Clone(p.Components)
	p.Packages = slices.Clone(p.Packages)
	for i, taken := range m {
		opt := &o.Choices[i].Options[taken]
		maps.Copy(out.quantities, opt.Quantities)
		out.modules = append(out.modules, opt.Modules...)
		if len(opt.Prices) > 0 {
			agreed := contract.Contract{ID: "mix", Agreement: contract.Agreement{Prices: opt.Prices}}
			*p = *agreed.PlanOn(p, 0)
		}
		p.Components = append(p.Components, opt.Adds...)
		for _, pk := range opt.Packages {
			p.Packages = slices.DeleteFunc(p.Packages, func(x catalog.Package) bool { return x.ID == pk.ID })
			p.Packages = append(p.Packages, pk)
		}
		for c := range p.Components {
			if n, ok := opt.Commits[p.Components[c].ID]; ok {
				p.Components[c].Commitment = n
			}
		}
		drop(p, opt.Without)
	}
	slices.Sort(out.modules)
	out.modules = slices.Compact(out.modules)
	return out
}

// drop takes components out of a plan, and what was for them alone.
func drop(p *catalog.Plan, ids []string) {
	if len(ids) == 0 {
		return
	}
	p.Components = slices.DeleteFunc(p.Components, func(c catalog.Component) bool { return slices.Contains(ids, c.ID) })
	var packages []catalog.Package
	for _, pk := range p.Packages {
		pk.AppliesTo = without(pk.AppliesTo, ids)
		if len(pk.AppliesTo) > 0 {
			packages = append(packages, pk)
		}
	}
	p.Packages = packages
	for i := range p.Components {
		p.Components[i].Of = without(p.Components[i].Of, ids)
	}
}

func without(list, ids []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(id string) bool { return slices.Contains(ids, id) })
}

// touches are the components an option changes by itself.
func (opt *Option) touches(p *catalog.Plan) []string {
	out := slices.Concat(slices.Collect(maps.Keys(opt.Quantities)), slices.Collect(maps.Keys(opt.Commits)), slices.Collect(maps.Keys(opt.Prices)), opt.Without)
	for _, c := range opt.Adds {
		out = append(out, c.ID)
	}
	for _, pk := range opt.Packages {
		out = append(out, pk.AppliesTo...)
		if old, ok := packageOf(p, pk.ID); ok {
			out = append(out, old.AppliesTo...)
		}
	}
	for _, m := range opt.Modules {
		for i := range p.Components {
			if c := &p.Components[i]; c.Measure == catalog.ModuleDays && takesModule(c, m) {
				out = append(out, c.ID)
			}
		}
	}
	return out
}

func packageOf(p *catalog.Plan, id string) (*catalog.Package, bool) {
	for i := range p.Packages {
		if p.Packages[i].ID == id {
			return &p.Packages[i], true
		}
	}
	return nil, false
}
