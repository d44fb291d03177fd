package contract

import (
	"reflect"
	"slices"

	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
	"waihu/internal/timex"
)

// stage is an agreement and the first day it holds: the contract itself, then
// ramps and amendments in the order of their days.
type stage struct {
	on   timex.Date
	path string
	*Agreement
}

// stages lists them. Of a ramp and an amendment on one day the amendment is
// later: it was signed with the ramp in sight.
func (c *Contract) stages() []stage {
	out := []stage{{c.Start, "", &c.Agreement}}
	for i := range c.Ramps {
		out = append(out, stage{c.Ramps[i].After.From(c.Start), at("ramps", i), &c.Ramps[i].Agreement})
	}
	for i := range c.Amendments {
		out = append(out, stage{c.Amendments[i].On, at("amendments", i), &c.Amendments[i].Agreement})
	}
	slices.SortStableFunc(out, func(a, b stage) int { return int(a.on) - int(b.on) })
	return out
}

// changeDays are the days on which what the contract says of the plan changes.
func (c *Contract) changeDays() []timex.Date {
	var out []timex.Date
	for _, s := range c.stages() {
		out = append(out, s.on)
		for i := range s.Commitments {
			out = append(out, max(s.on, s.Commitments[i].From))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// changesPlan tells whether the contract changes anything of its plan.
func (c *Contract) changesPlan() bool {
	return c.Trial != nil || c.Prepayment != nil || c.Zone != "" || c.Anchor != "" || c.Termination != nil ||
		slices.ContainsFunc(c.stages(), func(s stage) bool { return s.changesPrices() })
}

// Service is the first local day of service and the day after the last, 0 if
// the contract is open: the end it names, or that of the last amendment that
// names one, or of its term unless it renews itself.
func (c *Contract) Service() (start, end timex.Date) {
	end = c.End
	if end == 0 && !c.Term.IsZero() && (c.Renewal == nil || !c.Renewal.Auto) {
		end = c.Term.From(c.Start)
	}
	for i := range c.Amendments {
		if c.Amendments[i].End != 0 {
			end = c.Amendments[i].End
		}
	}
	return c.Start, end
}

// PlanOn is the plan as the contract has changed it for periods that begin on a
// day: prices, discounts, limits, commitments and packs of every stage that
// holds by then. The plan itself stays as it is.
func (c *Contract) PlanOn(p *catalog.Plan, day timex.Date) *catalog.Plan {
	out := *p
	out.Components = slices.Clone(p.Components)
	out.Packages = slices.Clone(p.Packages)
	out.Discounts = slices.Clone(p.Discounts)
	out.Minimums = slices.Clone(p.Minimums)
	out.Maximums = slices.Clone(p.Maximums)
	if c.Zone != "" {
		out.Zone = c.Zone
	}
	if c.Anchor != "" {
		out.Period.Anchor = c.Anchor
	}
	if c.Termination != nil {
		out.Termination = c.Termination
	}
	for i, s := range c.stages() {
		if i == 0 || s.on <= day { // a contract that begins within the period holds for it
			s.apply(&out, day)
			s.chargePacks(&out, i == 0)
		}
	}
	c.Trial.apply(&out, c.Start)
	if pre := c.Prepayment; pre != nil && pre.Percent != nil {
		out.Discounts = append(out.Discounts, catalog.Discount{ID: "prepayment", Percent: pre.Percent, Components: pre.Components})
	}
	return &out
}

func (a *Agreement) apply(p *catalog.Plan, day timex.Date) {
	p.Take(a.Sizes)
	for i := range p.Components {
		if o, ok := a.Prices[p.Components[i].ID]; ok {
			o.apply(&p.Components[i])
		}
	}
	for _, d := range a.Discounts {
		p.Discounts = replace(p.Discounts, d, func(x catalog.Discount) string { return x.ID })
	}
	id := func(l catalog.Limit) string { return l.ID }
	for _, l := range a.Minimums {
		p.Minimums = replace(p.Minimums, l, id)
	}
	for _, l := range a.Maximums {
		p.Maximums = replace(p.Maximums, l, id)
	}
	for i := range a.Commitments {
		a.Commitments[i].apply(p, day)
	}
	for i := range a.Packs {
		a.Packs[i].apply(p)
	}
	none := func(l catalog.Limit) bool { return l.Amount.IsZero() } // a limit of nothing lifts one
	p.Minimums = slices.DeleteFunc(p.Minimums, none)
	p.Maximums = slices.DeleteFunc(p.Maximums, none)
}

// replace puts an item in the place of the one with its identifier, or at the
// end.
func replace[T any](list []T, item T, id func(T) string) []T {
	if i := slices.IndexFunc(list, func(x T) bool { return id(x) == id(item) && id(item) != "" }); i >= 0 {
		list[i] = item
		return list
	}
	return append(list, item)
}

func (c *Commitment) apply(p *catalog.Plan, day timex.Date) {
	if c.From != 0 && day < c.From || c.To != 0 && day >= c.To || c.isLong(p) {
		return // a long one is added up over its periods: see Promise
	}
	if c.Amount != nil {
		p.Minimums = replace(p.Minimums, catalog.Limit{ID: c.ID, Name: c.Name, Amount: *c.Amount, Components: c.Components, Prorate: c.Prorate, TaxClass: c.TaxClass},
			func(l catalog.Limit) string { return l.ID })
		return
	}
	for i := range p.Components {
		if p.Components[i].ID == c.Component && c.Quantity != nil {
			p.Components[i].Commitment = *c.Quantity
		}
	}
}

func (k *Pack) apply(p *catalog.Plan) {
	p.Packages = replace(p.Packages, k.Package, func(x catalog.Package) string { return x.ID })
}

// chargePacks makes the prices of a stage's packs fall due: on their first day,
// but not before the first period in which the stage holds. What the contract
// begins with and has no day of its own falls due when the contract starts.
func (s *stage) chargePacks(p *catalog.Plan, base bool) {
	for i := range s.Packs {
		k := &s.Packs[i]
		if !k.Price.Set {
			continue
		}
		due := k.From
		if !base {
			due = max(due, firstPeriod(p, s.on))
		}
		p.Components = append(p.Components, catalog.Component{ID: k.priceID(), Name: k.Name, Category: "package", Measure: catalog.OneOff,
			On: due, UnitPrice: k.Price, TaxClass: k.TaxClass})
	}
}

// firstPeriod is the first day of the first calendar period of a plan that
// begins on a day or later.
func firstPeriod(p *catalog.Plan, on timex.Date) timex.Date {
	every := p.Period.Every
	if every == "" {
		every = timex.Month
	}
	cycle := timex.CalendarCycle(every)
	cycle.Count = max(p.Period.Count, 1)
	first, after := cycle.Containing(on)
	if p.Period.Anchor == catalog.ContractAnchor || first == on {
		return on // periods from the contract's start: the day itself is as good
	}
	return after
}

// priceID names the component that charges a pack.
func (k *Pack) priceID() string { return "pack-" + k.ID }

// forms are the price forms an override names.
func (o *Override) forms() []string {
	var out []string
	for _, f := range []struct {
		key   string
		given bool
	}{{"unit_price", o.UnitPrice.Set}, {"tiers", o.Tiers != nil}, {"block", o.Block != nil}, {"rates", len(o.Rates) > 0}, {"deck", o.Deck != ""}} {
		if f.given {
			out = append(out, f.key)
		}
	}
	return out
}

// apply changes a component: each key of the override takes the place of the
// component's key of that name.
func (o *Override) apply(c *catalog.Component) {
	if len(o.forms()) > 0 {
		c.UnitPrice, c.Tiers, c.Block, c.Rates, c.Deck = catalog.Price{}, nil, nil, nil, ""
	}
	from, to := reflect.ValueOf(o).Elem(), reflect.ValueOf(c).Elem()
	targets := map[string][]int{}
	for _, k := range catalog.KeysOf(to.Type()) {
		targets[k.Name] = k.Index
	}
	for _, k := range catalog.KeysOf(from.Type()) {
		v, ok := from.FieldByIndex(k.Index), targets[k.Name] != nil
		if !ok || !catalog.IsGiven(v) {
			continue
		}
		target := to.FieldByIndex(targets[k.Name])
		if v.Kind() == reflect.Pointer && target.Kind() != reflect.Pointer {
			v = v.Elem()
		}
		target.Set(v)
	}
	for _, n := range []*exact.Number{&c.Commitment, &c.Minimum, &c.Maximum} {
		if n.IsZero() {
			*n = exact.Zero // 0 in a contract lifts what the plan has
		}
	}
	if len(o.Rows) > 0 {
		c.Rates = slices.Clone(c.Rates)
		for i := range c.Rates {
			if price, ok := o.Rows[c.Rates[i].ID]; ok {
				c.Rates[i].UnitPrice = price
			}
		}
	}
}

// quantitiesIn works out the level of each fixed quantity when a period begins
// and its changes within the period. A stage that names a component takes the
// place of changes that were agreed before for later days.
func (c *Contract) quantitiesIn(first, after timex.Date) (map[string]exact.Number, map[string][]Change) {
	all := map[string][]Change{}
	for i, s := range c.stages() {
		for id, held := range s.Quantities {
			from := s.on
			if i == 0 {
				from = min(first, s.on) // what the contract begins with is there before any change
			}
			all[id] = slices.DeleteFunc(all[id], func(ch Change) bool { return ch.On >= s.on && i > 0 })
			all[id] = append(append(all[id], Change{from, held.Quantity}), held.Changes...)
		}
	}
	quantities, changes := map[string]exact.Number{}, map[string][]Change{}
	for id, list := range all {
		slices.SortStableFunc(list, func(a, b Change) int { return int(a.On) - int(b.On) })
		for _, ch := range list {
			switch {
			case ch.On <= first:
				quantities[id] = ch.Quantity
			case ch.On < after:
				changes[id] = append(changes[id], ch)
			}
		}
	}
	return quantities, changes
}

// moduleSpan is the days a module is on by contract.
type moduleSpan struct {
	module   string
	from, to timex.Date // to 0: open
	path     string
}

// moduleSpans works out when modules are on. An entry that names only an end
// ends what is on; one for a module that is on already changes nothing but its
// end.
func (c *Contract) moduleSpans() []moduleSpan {
	var out []moduleSpan
	for _, s := range c.stages() {
		for i, m := range s.Modules {
			from := m.From
			if from == 0 {
				from = s.on
			}
			running := slices.IndexFunc(out, func(x moduleSpan) bool {
				return x.module == m.Module && x.from <= from && (x.to == 0 || x.to > from)
			})
			switch {
			case running < 0:
				out = append(out, moduleSpan{m.Module, from, m.To, at(key(s.path, "modules", ""), i)})
			case m.To != 0:
				out[running].to = m.To
			}
		}
	}
	return out
}
