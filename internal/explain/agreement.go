package explain

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/exact"
	"waihu/internal/timex"
)

// laterStage is a ramp or an amendment: an agreement that holds from a day on.
type laterStage struct {
	on          timex.Date
	path, title string
	*contract.Agreement
}

// later lists ramps and amendments in the order of their days; of one day the
// amendment is later, as in the bill.
func (w *writer) later(c *contract.Contract) (out []laterStage) {
	for i := range c.Ramps {
		r := &c.Ramps[i]
		on := r.After.From(c.Start)
		out = append(out, laterStage{on, "ramps[" + strconv.Itoa(i) + "]", w.say("agreed.ramp", "on", on.String(), "after", w.term(r.After), "note", r.Note), &r.Agreement})
	}
	for i := range c.Amendments {
		a := &c.Amendments[i]
		last := ""
		if a.End != 0 {
			last = (a.End - 1).String()
		}
		out = append(out, laterStage{a.On, "amendments[" + strconv.Itoa(i) + "]", w.say("agreed.amendment", "id", a.ID, "on", a.On.String(), "last", last, "note", a.Note), &a.Agreement})
	}
	slices.SortStableFunc(out, func(a, b laterStage) int { return int(a.on) - int(b.on) })
	return out
}

// agreement tells what one agreement fixes, promises and prices; before is the
// plan as it stood. Prices told in a table have a section each.
func (w *writer) agreement(path, title string, a *contract.Agreement, before *catalog.Plan, c *contract.Contract) []Section {
	s := Section{Path: cmp.Or(path, "agreement"), Title: title}
	add := func(key string, pairs ...string) { s.Sentences = append(s.Sentences, w.say(key, pairs...)) }
	for _, id := range slices.Sorted(maps.Keys(a.Quantities)) {
		held := a.Quantities[id]
		add("agreed.quantity", "of", w.names([]string{id}), "quantity", held.Quantity.String())
		for _, ch := range held.Changes {
			add("agreed.quantity_from", "of", w.names([]string{id}), "quantity", ch.Quantity.String(), "on", ch.On.String())
		}
	}
	for _, m := range a.Modules {
		add("agreed.module", "module", w.moduleNames([]string{m.Module}), "from", date(m.From), "to", date(m.To))
	}
	for _, id := range slices.Sorted(maps.Keys(a.Sizes)) {
		pack, size := w.size(id, a.Sizes[id])
		add("agreed.size", "package", pack, "size", size)
	}
	for i := range a.Packs {
		s.Sentences = append(s.Sentences, w.pack(&a.Packs[i])...)
	}
	for i := range a.Discounts {
		s.Sentences = append(s.Sentences, w.discount(&a.Discounts[i]))
	}
	s.Sentences = append(s.Sentences, w.limits(a)...)
	for i := range a.Commitments {
		s.Sentences = append(s.Sentences, w.commitment(&a.Commitments[i]))
	}
	out := []Section{s}
	only := &contract.Contract{Start: c.Start, Agreement: contract.Agreement{Prices: a.Prices}}
	after := only.PlanOn(before, c.Start)
	for _, id := range slices.Sorted(maps.Keys(a.Prices)) {
		line, table := w.otherwise(id, before, after)
		if table == nil {
			out[0].Sentences = append(out[0].Sentences, line)
			continue
		}
		out = append(out, Section{Path: s.Path + ".prices." + id, Title: title + " · " + w.names([]string{id}), Sentences: []string{line}, Table: table})
	}
	return out
}

// size is the names of a package and of one of its sizes.
func (w *writer) size(pack, size string) (string, string) {
	for i := range w.p.Packages {
		pk := &w.p.Packages[i]
		if pk.ID != pack {
			continue
		}
		for j := range pk.Sizes {
			if pk.Sizes[j].ID == size {
				return w.name(pk.Name, pack), w.name(pk.Sizes[j].Name, size)
			}
		}
	}
	return pack, size
}

// pack tells a package bought beside the plan.
func (w *writer) pack(k *contract.Pack) []string {
	lines := w.includedIn(&k.Included, w.unitOf(k.AppliesTo[0]))
	price := ""
	if k.Price.Set {
		price = w.price(k.Price)
	}
	head := w.say("plan.package", "package", w.name(k.Name, k.ID), "of", w.names(k.AppliesTo), "included", lines[0])
	return append(append([]string{head}, lines[1:]...), w.say("agreed.pack_price", "package", w.name(k.Name, k.ID), "price", price))
}

// limits tells minimum and maximum spend; one of nothing lifts the plan's.
func (w *writer) limits(a *contract.Agreement) (out []string) {
	tell := func(list []catalog.Limit, least bool) {
		for i := range list {
			l := &list[i]
			switch {
			case l.Amount.IsZero() && least:
				out = append(out, w.say("agreed.minimum_lifted", "name", w.name(l.Name, l.ID)))
			case l.Amount.IsZero():
				out = append(out, w.say("agreed.maximum_lifted", "name", w.name(l.Name, l.ID)))
			default:
				out = append(out, w.limit(l, least))
			}
		}
	}
	tell(a.Minimums, true)
	tell(a.Maximums, false)
	return out
}

// commitment tells a promise to use or to spend, and what is missing costs.
func (w *writer) commitment(c *contract.Commitment) string {
	args := []string{"every", string(c.Every), "from", date(c.From), "to", date(c.To), "prorate", yes(c.Prorate), "missing", w.given(c.Price), "beyond", w.given(c.Overage)}
	if c.Quantity != nil {
		return w.say("agreed.committed", append(args, "of", w.names([]string{c.Component}), "quantity", c.Quantity.String(), "unit", w.unitOf(c.Component))...)
	}
	amount := exact.Zero
	if c.Amount != nil {
		amount = *c.Amount
	}
	return w.say("agreed.committed_amount", append(args, "of", w.names(c.Components), "amount", w.money(amount))...)
}

// given is a price that is stated, with its currency.
func (w *writer) given(p catalog.Price) string {
	if !p.Set {
		return ""
	}
	return w.price(p)
}

// otherwise tells what of a component is otherwise than before, and as what table
// where its prices are one.
func (w *writer) otherwise(id string, before, after *catalog.Plan) (string, *Table) {
	was, now := w.sectionOf(id, before), w.sectionOf(id, after)
	lacks := func(of, in []string) (out []string) {
		for _, s := range of {
			if !slices.Contains(in, s) {
				out = append(out, s)
			}
		}
		return out
	}
	table := now.Table
	if table != nil && was.Table != nil && slices.EqualFunc(table.Rows, was.Table.Rows, slices.Equal) {
		table = nil
	}
	return w.say("agreed.otherwise", "of", w.names([]string{id}), "here", strings.Join(lacks(now.Sentences, was.Sentences), w.say("plan.semicolon")), "there", strings.Join(lacks(was.Sentences, now.Sentences), w.say("plan.semicolon")), "table", yes(table != nil)), table
}

// sectionOf is how a plan tells one of its components.
func (w *writer) sectionOf(id string, p *catalog.Plan) Section {
	if c, ok := p.Component(id); ok {
		return (&writer{p: p, tag: w.tag}).component(c)
	}
	return Section{}
}
