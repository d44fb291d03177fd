package compare

import (
	"slices"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/deck"
	"waihu/internal/exact"
	"waihu/internal/money"
)

// increments are those that are tried on the real lengths of calls.
var increments = []catalog.Increment{{First: 60, Next: 60}, {First: 30, Next: 6}, {First: 6, Next: 6}, {First: 1, Next: 1}}

// rounding says what increments make of the real lengths, and of each offer's
// cost, at the deciding horizon.
func (c *Comparison) rounding(r *Result, at int) error {
	c.lengths(&r.Rounding)
	months := c.in.Months[at]
	r.Rounding.Offers = make([]RoundedCost, len(c.cands))
	return each(len(c.cands), c.in.Workers, func(i int) (err error) {
		r.Rounding.Offers[i], err = c.roundedCost(c.cands[i], r.Offers[i].Horizons[at].Total, months)
		return err
	})
}

// lengths bills nothing: it counts seconds, true and by increment.
func (c *Comparison) lengths(out *RoundingCost) {
	billed := make([]int64, len(increments))
	for m := range c.months {
		from, to := c.within(c.period(m))
		for i := from; i < to; i++ {
			if !c.isAnswered(i) {
				continue
			}
			n, s := c.cells[i].count, int64(c.cells[i].seconds)
			out.Calls += n
			out.Seconds += n * s
			for k, inc := range increments {
				rate := deck.Rate{Per: 60, First: inc.First, Next: inc.Next}
				billed[k] += n * rate.Billed(s, deck.Count{})
			}
		}
	}
	for k, inc := range increments {
		b := BilledAt{Increment: inc.String(), Seconds: billed[k]}
		if out.Seconds > 0 {
			b.Ratio = exact.Frac(billed[k], out.Seconds)
		}
		out.Billed = append(out.Billed, b)
	}
	if out.Calls > 0 {
		out.Mean = exact.Frac(out.Seconds, out.Calls)
	}
}

// roundedCost is what an offer would cost with each increment in the place of
// its own.
func (c *Comparison) roundedCost(cand *candidate, own Range, months int) (RoundedCost, error) {
	out := RoundedCost{Offer: cand.Offer.ID, Own: ownIncrements(cand.Plan), Months: months}
	none := Range{Low: money.Zero(c.in.Currency), High: money.Zero(c.in.Currency)}
	out.Extra = none
	if len(out.Own) == 0 {
		out.Note = "no_time"
		return out, nil
	}
	for _, inc := range increments {
		plan, deckOnly := withIncrement(cand.Plan, inc)
		if deckOnly {
			out.Note = "deck"
			return out, nil
		}
		other, err := c.variation(cand, plan)
		if err != nil {
			return out, err
		}
		s, err := c.ledger(other, c.load).total(months)
		if err != nil {
			return out, err
		}
		total, err := c.rangeOf(other, s)
		if err != nil {
			return out, err
		}
		out.Costs = append(out.Costs, IncrementCost{Increment: inc.String(), Total: total})
		if inc.First == 1 {
			out.Extra = minus(own, total)
		}
	}
	return out, nil
}

// variation is an offer with another plan.
func (c *Comparison) variation(cand *candidate, plan *catalog.Plan) (*candidate, error) {
	other := *cand
	other.Plan, other.variants, other.at = plan, nil, map[which]*variant{}
	if err := other.addVariants(); err != nil {
		return nil, err
	}
	return &other, nil
}

// ownIncrements lists the increments of a plan's talk time.
func ownIncrements(p *catalog.Plan) []string {
	var out []string
	add := func(i catalog.Increment) {
		if i.IsZero() {
			i = catalog.Increment{First: 60, Next: 60}
		}
		if !slices.Contains(out, i.String()) {
			out = append(out, i.String())
		}
	}
	for i := range p.Components {
		comp := &p.Components[i]
		if comp.Measure != catalog.TalkTime {
			continue
		}
		if len(comp.Rates) == 0 {
			add(comp.Increment)
		}
		for _, row := range comp.Rates {
			if row.Increment.IsZero() {
				row.Increment = comp.Increment
			}
			add(row.Increment)
		}
	}
	return out
}

// withIncrement is the plan with one increment for all talk time. Rates of decks
// and prices that change within a call keep their own; deckOnly: nothing else is
// there.
func withIncrement(p *catalog.Plan, inc catalog.Increment) (out *catalog.Plan, deckOnly bool) {
	own := *p
	own.Components = slices.Clone(p.Components)
	deckOnly = true
	for i := range own.Components {
		comp := &own.Components[i]
		if comp.Measure != catalog.TalkTime {
			continue
		}
		comp.Increment = inc
		comp.Rates = slices.Clone(comp.Rates)
		for k := range comp.Rates {
			comp.Rates[k].Increment = inc
			deckOnly = deckOnly && comp.Rates[k].Deck != ""
		}
		deckOnly = deckOnly && (comp.Deck != "" || len(comp.Rates) > 0)
	}
	return &own, deckOnly
}
