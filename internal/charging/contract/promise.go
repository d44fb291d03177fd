package contract

import (
	"fmt"
	"slices"

	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
	"waihu/internal/timex"
)

// Promise is a commitment for longer than a billing period, as it stands in one
// of the periods of its year (or half-year, or quarter). What every period
// counts is added up; what is missing falls due in the period its year ends in.
// A period counts for the year in which its first served day lies.
type Promise struct {
	Commitment
	First, After timex.Date   // its year, as far as the contract serves
	Served       exact.Number // share of the whole year that is; 1 where it is not prorated
	Due          bool         // its year ends in this period
	Reached      exact.Number // what the periods before came to
}

// Need is what is promised for the year.
func (p *Promise) Need() exact.Number {
	whole := exact.Zero
	switch {
	case p.Quantity != nil:
		whole = *p.Quantity
	case p.Amount != nil:
		whole = *p.Amount
	}
	return whole.Mul(p.Served)
}

// isLong tells whether a commitment is for longer than one billing period.
func (c *Commitment) isLong(p *catalog.Plan) bool {
	every := p.Period.Every
	if every == "" {
		every = timex.Month
	}
	return c.Every != "" && (c.Every != every || p.Period.Count > 1)
}

// promises are the long commitments that count in the period. One that is named
// again later takes the place of the earlier one, and its year goes on.
func (k *check) promises(in *Inputs, t *Terms, asIf bool) []Promise {
	if in.Contract == nil {
		return nil
	}
	day, _ := t.Service()
	var out []Promise
	for i, s := range in.Contract.stages() {
		if i > 0 && s.on > t.First {
			continue
		}
		for j := range s.Commitments {
			c := &s.Commitments[j]
			if !c.isLong(t.Plan) || day < c.From || c.To != 0 && day >= c.To {
				continue
			}
			p, known := promiseOn(c, t, in.Before, day)
			if !known && !asIf {
				k.unknownStart(at(key(s.path, "commitments", ""), j), &p)
			}
			out = replace(out, p, func(x Promise) string { return x.ID })
		}
	}
	return out
}

// promiseOn is a commitment in the year of a day. known is false where earlier
// periods of its year counted toward it and nobody says how much.
func promiseOn(c *Commitment, t *Terms, before *Standing, day timex.Date) (p Promise, known bool) {
	cycle := timex.CalendarCycle(c.Every)
	if c.Anchor != catalog.CalendarAnchor {
		cycle.Anchor = max(c.From, t.Start)
	}
	first, after := cycle.Containing(day)
	p = Promise{Commitment: *c, First: max(first, c.From, t.Start), After: after, Served: exact.One}
	if c.To != 0 {
		p.After = min(p.After, c.To)
	}
	if t.End != 0 {
		p.After = min(p.After, t.End)
	}
	if c.Prorate {
		p.Served = exact.Frac(int64(p.After-p.First), int64(after-first))
	}
	p.Due = t.After >= p.After
	known = p.First >= t.First
	if before != nil {
		for _, b := range before.Toward {
			if b.Commitment == c.ID && (b.First == p.First || b.First == 0) {
				p.Reached, known = b.Reached, true
			}
		}
	}
	return p, known
}

// unknownStart says that what came before is missing: an error where an amount
// hangs on it.
func (k *check) unknownStart(path string, p *Promise) {
	what := fmt.Sprintf("what was counted toward it from %s until this period is not known", p.First)
	const fix = "give the invoice of the period before (--previous), or say how far it came (--reached)"
	if p.Due || p.Overage.Set {
		k.put(path, p.ID, what, fix)
		return
	}
	k.warn(path, what, fix)
}

// checkPromise compares a long commitment with the plan.
func (k *check) checkPromise(path string, c *Commitment, p *catalog.Plan) {
	if !c.isLong(p) {
		if c.Overage.Set || c.Price.Set || c.Anchor != "" {
			k.put(path, c.ID, "overage, price and anchor are for commitments longer than a billing period", "every, such as year")
		}
		return
	}
	billed, long := p.Period.Every.Months(), c.Every.Months()
	if p.Period.Every == "" {
		billed = 1
	}
	if billed = billed * max(p.Period.Count, 1); long == 0 || billed > 0 && long <= billed {
		k.put(path+".every", string(c.Every), "not longer than a billing period", "quarter, half_year or year, longer than the plan's period")
	}
	comp, ok := p.Component(c.Component)
	if c.Quantity == nil || !ok {
		return
	}
	switch {
	case comp.UnitPrice.Set:
	case c.Overage.Set:
		k.put(path+".overage", "", "a price of what is beyond the commitment, on a component without unit_price", "a component with one price")
	case !c.Price.Set:
		k.put(path+".price", "", "nobody says what a missing unit costs: the component has no unit_price", "price, of a unit that is missing at the end")
	}
	if holdsQuantity(comp.Measure) {
		k.put(path+".component", c.Component, fmt.Sprintf("%s is what the contract fixes, not what is used", comp.Measure), "a component of usage: talk_time, calls, events, system_time, seat_days")
	}
}

// LongCommitments are the commitments for longer than a billing period that hold
// on a day or will: of each, what the last agreement by its identifier says.
func (c *Contract) LongCommitments(p *catalog.Plan, on timex.Date) (out []Commitment) {
	for _, s := range c.stages() {
		for i := range s.Commitments {
			x := s.Commitments[i]
			out = slices.DeleteFunc(out, func(o Commitment) bool { return o.ID == x.ID })
			if x.isLong(p) && (x.To == 0 || x.To > on) {
				out = append(out, x)
			}
		}
	}
	return out
}
