package contract

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/timex"
)

// Check compares a contract with the plan it names: every component, row and
// module it speaks of is there, and the plan still makes sense with each change
// it makes. The plan must have passed its own Validate.
func (c *Contract) Check(p *catalog.Plan) fault.Problems {
	k := &check{}
	if !c.Currency.IsZero() && c.Currency != p.Currency {
		k.put("currency", c.Currency.String(), "the plan is in "+p.Currency.String(), "the currency of the plan")
	}
	if p.Effective != 0 && c.SignedOn != 0 && c.SignedOn < p.Effective {
		k.warn("plan", fmt.Sprintf("signed on %s, and version %d can be bought from %s", c.SignedOn, p.Version, p.Effective), "check which version was sold")
	}
	for _, s := range c.stages() {
		k.names(s, p)
	}
	k.switched(c, p)
	k.clausesOf(c, p)
	k.trial(c.Trial, p)
	k.cutShort(c, p)
	if k.found.Err() != nil || c.Validate().Err() != nil {
		return k.found // what a broken contract would make of the plan says little
	}
	seen := map[string]bool{}
	for _, day := range c.changeDays() {
		for _, found := range c.located(p, c.PlanOn(p, day)) {
			if text := found.Error(); !seen[text] {
				seen[text] = true
				k.found = append(k.found, found)
			}
		}
	}
	return k.found
}

// cutShort tells of a last day within the term where nothing says what leaving
// early costs: the two contradict each other, and nothing is charged for it.
func (k *check) cutShort(c *Contract, p *catalog.Plan) {
	if c.End <= c.Start || c.Term.IsZero() || c.Termination != nil || p.Termination != nil {
		return
	}
	if bound := c.Term.From(c.Start); c.End < bound {
		k.warn("end", fmt.Sprintf("service ends before %s, the term of %s binds until %s, and nothing says what leaving early costs: nothing is charged for it", c.End, c.Term, bound),
			"write one of the two, or early_termination")
	}
}

// names checks everything one stage refers to.
func (k *check) names(s stage, p *catalog.Plan) {
	for _, id := range slices.Sorted(maps.Keys(s.Quantities)) {
		where := key(s.path, "quantities", id)
		comp, ok := k.component(where, id, p)
		if ok && !holdsQuantity(comp.Measure) {
			k.put(where, "", fmt.Sprintf("%s counts what is used, a contract cannot fix it", comp.Measure), "commitments for a least quantity; quantities are for seats assigned, rentals, recurring and one_off")
		}
		for i, ch := range s.Quantities[id].Changes {
			if ch.On < s.on {
				k.put(at(where+".changes", i)+".on", ch.On.String(), "a change from before the agreement holds", "a day from "+s.on.String()+" on")
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s.Prices)) {
		if comp, ok := k.component(key(s.path, "prices", id), id, p); ok {
			o := s.Prices[id]
			k.rows(key(s.path, "prices", id)+".rows", &o, comp)
		}
	}
	for _, pack := range slices.Sorted(maps.Keys(s.Sizes)) {
		if what, expected := p.Pickable(pack, s.Sizes[pack]); what != "" {
			k.put(key(s.path, "sizes", pack), s.Sizes[pack], what, expected)
		}
	}
	for i, m := range s.Modules {
		known := len(p.Modules) == 0 || slices.ContainsFunc(p.Modules, func(x catalog.Module) bool { return strings.EqualFold(x.ID, m.Module) })
		if !known {
			k.put(at(key(s.path, "modules", ""), i), m.Module, "the plan has no such module", "one of its modules")
		}
	}
	for i := range s.Commitments {
		where := at(key(s.path, "commitments", ""), i)
		if c := &s.Commitments[i]; c.Component != "" {
			k.component(where+".component", c.Component, p)
		}
		k.checkPromise(where, &s.Commitments[i], p)
	}
}

// component finds a component of the plan or says that it is not there.
func (k *check) component(path, id string, p *catalog.Plan) (*catalog.Component, bool) {
	comp, ok := p.Component(id)
	if !ok {
		known := make([]string, 0, 20)
		for i := range p.Components {
			if len(known) == cap(known) {
				known = append(known, "...")
				break
			}
			known = append(known, p.Components[i].ID)
		}
		k.put(path, id, "the plan has no such component", "one of "+strings.Join(known, ", "))
	}
	return comp, ok
}

// rows checks the rate rows whose price an override changes.
func (k *check) rows(path string, o *Override, comp *catalog.Component) {
	for _, id := range slices.Sorted(maps.Keys(o.Rows)) {
		rates := comp.Rates
		if len(o.Rates) > 0 {
			rates = o.Rates
		}
		i := slices.IndexFunc(rates, func(r catalog.RateRow) bool { return r.ID == id })
		switch {
		case i < 0:
			k.put(key(path, id, ""), id, "the component has no such rate row", "the id of one of its rows")
		case !rates[i].UnitPrice.Set:
			k.put(key(path, id, ""), id, "the row has no unit price to change", "rates, with all rows")
		}
	}
}

// switched checks what modules need and exclude, on the day each is switched on.
func (k *check) switched(c *Contract, p *catalog.Plan) {
	spans := c.moduleSpans()
	on := func(id string, from, to timex.Date) bool {
		if m := module(p, id); m != nil && m.Class == catalog.Base {
			return true
		}
		return slices.ContainsFunc(spans, func(s moduleSpan) bool {
			return strings.EqualFold(s.module, id) && (to == 0 || s.from < to) && (s.to == 0 || s.to > from)
		})
	}
	for _, s := range spans {
		m := module(p, s.module)
		if m == nil {
			continue
		}
		for _, id := range m.Requires {
			if !on(id, s.from, s.from+1) {
				k.put(s.path, s.module, "it needs "+id+", which is not on from "+s.from.String(), "both, or neither")
			}
		}
		for _, id := range m.Excludes {
			if on(id, s.from, s.to) {
				k.put(s.path, s.module, "it cannot be on together with "+id, "one of the two")
			}
		}
	}
}

func module(p *catalog.Plan, id string) *catalog.Module {
	for i := range p.Modules {
		if strings.EqualFold(p.Modules[i].ID, id) {
			return &p.Modules[i]
		}
	}
	return nil
}

// located finds errors that the plan has with the contract and not without it,
// at the place in the contract that brought them.
func (c *Contract) located(plain, changed *catalog.Plan) fault.Problems {
	if !c.changesPlan() {
		return nil
	}
	before := map[string]bool{}
	for _, p := range plain.Validate() {
		before[p.Error()] = true
	}
	var out fault.Problems
	for _, p := range changed.Validate().Errors() {
		if before[p.Error()] {
			continue
		}
		p.What = "with this contract, " + p.Path + " of the plan: " + p.What
		p.Path = c.source(p.Path, changed)
		out = append(out, p)
	}
	return out
}

// source is the path in the contract of what set a path of the plan.
func (c *Contract) source(path string, p *catalog.Plan) string {
	if strings.HasPrefix(path, "early_termination") && c.Termination != nil {
		return path
	}
	list, rest, _ := strings.Cut(path, "[")
	digits, rest, _ := strings.Cut(rest, "]")
	i := -1
	if _, err := fmt.Sscanf(digits, "%d", &i); err != nil {
		return ""
	}
	stages := c.stages()
	slices.Reverse(stages) // the last one that names it
	for _, s := range stages {
		switch {
		case list == "components" && i < len(p.Components):
			id := p.Components[i].ID
			if _, ok := s.Prices[id]; ok {
				return key(s.path, "prices", id) + rest
			}
			for j := range s.Commitments {
				if s.Commitments[j].Component == id && strings.HasPrefix(rest, ".commitment") {
					return at(key(s.path, "commitments", ""), j)
				}
			}
		case list == "discounts" && len(s.Discounts) > 0:
			return key(s.path, "discounts", "")
		case list == "packages" && len(s.Packs) > 0:
			return key(s.path, "packs", "")
		case (list == "minimum_spend" || list == "maximum_spend") && len(s.Minimums)+len(s.Maximums)+len(s.Commitments) > 0:
			return key(s.path, list, "")
		}
	}
	return ""
}

// clausesOf checks amounts that stand on an invoice as they are, and what the
// clauses refer to.
func (k *check) clausesOf(c *Contract, p *catalog.Plan) {
	if pre := c.Prepayment; pre != nil && !p.Currency.IsZero() && !pre.Amount.Round(exact.Down, p.Currency.Exponent()).Equal(pre.Amount) {
		k.put("prepayment.amount", pre.Amount.String(), "more decimals than "+p.Currency.String(), fmt.Sprintf("at most %d", p.Currency.Exponent()))
	}
	for i := range c.ServiceLevels {
		for j, id := range c.ServiceLevels[i].Components {
			k.component(at(at("service_levels", i)+".components", j), id, p)
		}
	}
}
