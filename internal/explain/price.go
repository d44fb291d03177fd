package explain

import (
	"strconv"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/lang"
)

// priced tells the price of a component, whichever form it has.
func (t *telling) priced() {
	c, unit := t.c, t.unit(t.c.PricedUnit())
	switch {
	case c.UnitPrice.Unknown:
		t.add(t.say("plan.price_unknown", "unit", unit))
	case c.UnitPrice.Set && c.Measure == catalog.Events:
		t.add(t.say("plan.price_event", "price", t.money(c.UnitPrice.Number)))
	case c.UnitPrice.Set:
		t.add(t.say("plan.price", "price", t.money(c.UnitPrice.Number), "unit", unit))
	case c.Tiers != nil:
		t.tiers(c.Tiers)
	case c.Block != nil && c.Block.Price.Unknown:
		t.add(t.say("plan.price_unknown", "unit", unit))
	case c.Block != nil:
		t.add(t.say("plan.block", "price", t.money(c.Block.Price.Number), "size", c.Block.Size.String(), "unit", c.PricedUnit()))
	case c.Deck != "":
		t.add(t.say("plan.deck", "deck", t.deckName(c.Deck)))
	case len(c.Rates) > 0:
		t.rates()
	}
}

// tiers tells prices by quantity as a table.
func (t *telling) tiers(tiers *catalog.Tiers) {
	if tiers.Mode == catalog.Volume {
		t.add(t.say("rule.tier_volume"))
	} else {
		t.add(t.say("rule.tier_graduated"))
	}
	unit := t.c.PricedUnit()
	table := &Table{Head: []string{t.say("plan.col_from"), t.say("plan.col_to"), t.say("plan.col_price"), t.say("plan.col_fee")}}
	fees, from := false, "0"
	for i := range tiers.Rows {
		row := &tiers.Rows[i]
		to := t.say("plan.open_end")
		if row.UpTo != nil {
			to = lang.Quantity(t.tag, *row.UpTo, unit)
		}
		price := t.say("plan.no_price")
		if row.UnitPrice.Set {
			price = t.price(row.UnitPrice)
		}
		if row.Block.Sign() > 0 {
			price = t.say("plan.by_block", "price", price, "size", row.Block.String(), "unit", unit)
		}
		table.Rows = append(table.Rows, []string{from, to, price, t.money(row.Flat)})
		fees = fees || !row.Flat.IsZero()
		if row.UpTo != nil {
			from = t.say("plan.above", "quantity", row.UpTo.String())
		}
	}
	if !fees {
		table.Head = table.Head[:3]
		for i := range table.Rows {
			table.Rows[i] = table.Rows[i][:3]
		}
	} else if first := &tiers.Rows[0]; !first.Flat.IsZero() {
		due := "yes"
		if tiers.FlatAtZero != nil && !*tiers.FlatAtZero {
			due = "no"
		}
		t.add(t.say("rule.flat_at_zero", "due", due))
	}
	t.Table = table
}

// rates tells a matrix of call types as a table: the most specific row holds.
func (t *telling) rates() {
	t.add(t.say("plan.rates"))
	table := &Table{Head: []string{t.say("plan.col_type"), t.say("plan.col_match"), t.say("plan.col_price"), t.say("plan.col_rules")}}
	rules := false
	for i := range t.c.Rates {
		r := &t.c.Rates[i]
		match := t.filter(&r.Match)
		if r.Default {
			match = []string{t.say("plan.default_row")}
		}
		extra := t.rowRules(r)
		rules = rules || extra != ""
		table.Rows = append(table.Rows, []string{t.rowName(r), strings.Join(match, t.say("plan.semicolon")), t.rowPrice(r), extra})
	}
	if !rules {
		table.Head = table.Head[:3]
		for i := range table.Rows {
			table.Rows[i] = table.Rows[i][:3]
		}
	}
	t.Table = table
}

func (t *telling) rowName(r *catalog.RateRow) string {
	id := r.ID
	if id == "" {
		id = "-"
	}
	return t.name(r.Name, id)
}

func (t *telling) rowPrice(r *catalog.RateRow) string {
	unit := t.unit(t.c.PricedUnit())
	switch {
	case r.Blocked:
		return t.say("plan.blocked")
	case r.Deck != "":
		return t.say("plan.deck", "deck", t.deckName(r.Deck))
	case len(r.Bands) > 0:
		words := make([]string, len(r.Bands))
		for i, b := range r.Bands {
			step := max(catalog.Span(b.Step), 1)
			words[i] = t.say("plan.band", "from", seconds(b.From), "price", t.price(b.UnitPrice), "unit", unit, "step", strconv.FormatInt(step, 10))
		}
		return strings.Join(words, t.say("plan.semicolon"))
	}
	return t.price(r.UnitPrice)
}

// rowRules are what a row has otherwise than its component.
func (t *telling) rowRules(r *catalog.RateRow) string {
	var out []string
	if !r.Increment.IsZero() {
		out = append(out, t.say("plan.seconds_of", "increment", r.Increment.String()))
	}
	if r.ConnectFee.Unknown {
		out = append(out, t.say("plan.connect_fee_unknown"))
	} else if r.ConnectFee.Set {
		out = append(out, t.say("rule.connect_fee", "fee", r.ConnectFee.String()))
	}
	if r.MinDuration != nil {
		out = append(out, t.say("rule.min_duration", "seconds", seconds(*r.MinDuration)))
	}
	if r.MinEach.Sign() > 0 {
		out = append(out, t.say("rule.each_min", "minimum", r.MinEach.String()))
	}
	if r.MaxEach.Sign() > 0 {
		out = append(out, t.say("rule.each_max", "maximum", r.MaxEach.String()))
	}
	if r.LegFactor > 1 {
		out = append(out, t.say("plan.leg_factor", "n", lang.Count(t.tag, int64(r.LegFactor))))
	}
	return strings.Join(out, t.say("plan.semicolon"))
}

func (w *writer) deckName(id string) string {
	for i := range w.p.Decks {
		if w.p.Decks[i].ID == id {
			return w.name(w.p.Decks[i].Name, id)
		}
	}
	return id
}
