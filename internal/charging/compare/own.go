package compare

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/meter"
	"waihu/internal/charging/offer"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/timex"
)

// Offers whose billing period is no month are billed for their own periods.
// Service begins with the first real month and ends with the horizon: a period
// that reaches over either edge is billed as the plan bills one in which service
// begins or ends (docs/adr/0034).

// maxOwnPeriods bounds the bills of one horizon: ten years of days.
const maxOwnPeriods = 3_660

// ownKey names a bill of an offer's own period.
type ownKey struct {
	v      *variant
	first  timex.Date
	end    timex.Date // service ends in it; 0: it goes on
	steady bool
	longer bool // the horizon is longer than the real months
}

// ownChain makes the bills of an offer's own periods over so many months; steady:
// without what falls due once at the start.
func (g *ledger) ownChain(end offer.End, fees bool, months int, steady bool) ([]*bill, error) {
	start := g.months[0].first
	stop := start.AddMonths(months)
	cycle := (&contract.Terms{Plan: g.c.Plan, Start: start}).Cycle()
	var out []*bill
	var opening []contract.Opening
	for n := cycle.Index(start); cycle.Boundary(n) < stop; n++ {
		if len(out) == maxOwnPeriods {
			return nil, fault.New(fault.Invalid, "more than %d billing periods in %d months", maxOwnPeriods, months)
		}
		p := month{cycle.Boundary(n), cycle.Boundary(n + 1)}
		aged := !steady && g.c.term > 0 && p.first >= start.AddMonths(g.c.term)
		key := ownKey{v: g.c.at[which{end, fees, aged}], first: p.first, steady: steady, longer: months > len(g.months)}
		if stop < p.after {
			key.end = stop
		}
		b, err := g.ownBill(key, p, months, opening)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
		opening = nil
		for _, c := range b.invoice.Carry {
			opening = append(opening, contract.Opening{Package: c.Package, Seat: c.Seat, Granted: c.Granted, Expires: c.Expires, Left: c.Left})
		}
	}
	return out, nil
}

func (g *ledger) ownBill(key ownKey, p month, months int, opening []contract.Opening) (*bill, error) {
	if b := g.own[key]; b != nil && len(opening) == 0 {
		return b, nil
	}
	terms, err := g.ownTerms(key, p, opening)
	if err != nil {
		return nil, err
	}
	m, err := meter.New(terms, meter.Options{})
	if err != nil {
		return nil, err
	}
	if err := (&timeline{g, months}).feed(m, terms); err != nil {
		return nil, err
	}
	gathered, err := m.Finish()
	if err != nil {
		return nil, err
	}
	b, err := g.drafted(gathered)
	if err == nil && len(opening) == 0 {
		g.own[key] = b
	}
	return b, err
}

// drafted is the bill of what was gathered.
func (g *ledger) drafted(gathered *meter.Gathered) (*bill, error) {
	inv, err := invoice.Draft(gathered, invoice.Heading{})
	if err != nil {
		return nil, err
	}
	b := &bill{total: inv.Net.Exact(), lines: inv.Lines, unknown: inv.Unknown, missed: slices.ContainsFunc(inv.Unpriced, func(u invoice.Unpriced) bool { return uncovered(g.c.Plan, u.Facts) }), invoice: inv}
	if g.tax == Inclusive {
		b.total, b.tax = inv.Total.Exact(), inv.Tax.Exact()
	}
	return b, nil
}

// ownTerms are the terms of one own period.
func (g *ledger) ownTerms(key ownKey, p month, opening []contract.Opening) (*contract.Terms, error) {
	plan, stated := key.v.plan, g.c.stated()
	stated.Start, stated.End = g.months[0].first, key.end
	if key.steady {
		own := *plan
		own.Components = slices.Clone(plan.Components)
		stated.Quantities = maps.Clone(stated.Quantities)
		if stated.Quantities == nil {
			stated.Quantities = map[string]exact.Number{}
		}
		for i := range own.Components {
			if own.Components[i].Trial = 0; own.Components[i].Measure == catalog.OneOff {
				stated.Quantities[own.Components[i].ID] = exact.Zero
			}
		}
		plan = &own
	}
	terms, problems := contract.TermsFor(contract.Inputs{Plan: plan, Decks: g.c.Decks, Loc: g.c.loc, First: p.first, After: p.after, Holidays: g.c.holidays, Opening: opening, Stated: stated})
	if err := problems.Err(); err != nil {
		return nil, err
	}
	key.v.under(g.l, terms)
	return terms, nil
}

// upTo are the bills of the first n months, of a chain of monthly ones or made
// for them.
func (g *ledger) upTo(all []*bill, end offer.End, fees bool, n int) ([]*bill, error) {
	if !g.c.own {
		return all[:n], nil
	}
	return g.ownChain(end, fees, n, false)
}

// monthShare is what one real month adds to the bills.
type monthShare struct {
	total exact.Number
	open  bool
}

// shares are the bills of the real months once service runs. An own period is
// no month: a month's share of it is what is billed if service ends after it
// less what is billed if service ends before it, so that the shares sum to the
// bills.
func (g *ledger) shares(end offer.End) (out []monthShare, bills []*bill, err error) {
	n := len(g.months)
	if bills, err = g.chain(end, true, n, always); err != nil {
		return nil, nil, err
	}
	before := exact.Zero
	for i := range n {
		one := bills
		if !g.c.own {
			out = append(out, monthShare{bills[i].total, bills[i].open()})
			continue
		}
		if one, err = g.ownChain(end, true, i+1, true); err != nil {
			return nil, nil, err
		}
		now := sum(one)
		out = append(out, monthShare{now.Sub(before), isOpen(one)})
		before = now
	}
	return out, bills, nil
}

// timeline is the usage of a horizon: the real months, then the same months again
// in their order. What is of a repeated month keeps its day of the month, or is
// of the last day of a shorter one, and its time of day.
type timeline struct {
	*ledger
	months int
}

// turn is a month of the timeline: which real month it repeats.
type turn struct {
	real  month
	first timex.Date
	after timex.Date
	loc   *time.Location
}

func (t *timeline) turns(p *contract.Terms) (out []turn) {
	start := t.ledger.months[0].first
	for i := range t.months {
		one := turn{t.ledger.months[i%len(t.ledger.months)], start.AddMonths(i), start.AddMonths(i + 1), t.c.loc}
		if one.first < p.After && one.after > p.First {
			out = append(out, one)
		}
	}
	return out
}

// moved is a moment of the real month in the month of the timeline.
func (t *turn) moved(i timex.Instant) timex.Instant {
	if t.real.first == t.first {
		return i
	}
	d := i.DateIn(t.loc)
	if d >= t.real.after {
		return t.after.Start(t.loc)
	}
	to := min(t.first+(d-t.real.first), t.after-1)
	return min(to.Start(t.loc).Add(i.Sub(d.Start(t.loc))), (to+1).Start(t.loc)-1)
}

// feed feeds what of the timeline lies in a period.
func (t *timeline) feed(m *meter.Meter, terms *contract.Terms) error {
	for _, one := range t.turns(terms) {
		if err := t.feedCalls(m, terms.Period, &one); err != nil {
			return err
		}
	}
	if t.months <= len(t.ledger.months) {
		first, after := terms.Service()
		span := timex.Days(first, after, t.c.loc)
		if err := t.l.feedFacts(m, terms.Plan, span); err != nil {
			return err
		}
		return nil
	}
	return t.repeated(terms).feedFacts(m, terms.Plan, terms.Period)
}

// feedCalls feeds the calls of one month that lie in the period.
func (t *timeline) feedCalls(m *meter.Meter, p timex.Period, one *turn) error {
	from, to := t.l.u.between(timex.Days(one.real.first, one.real.after, t.c.loc))
	return t.l.eachOne(from, to, func(c *onceMore) error {
		at := one.moved(c.call.Start)
		if !p.Contains(at) || c.times == 0 {
			return nil
		}
		by := at.Sub(c.call.Start)
		if c.call.Start = at; !c.call.Answer.IsZero() {
			c.call.Answer = c.call.Answer.Add(by)
		}
		return m.CallTimes(&c.call, c.times)
	})
}

// between is the calls one by one that began in a period.
func (u *Usage) between(p timex.Period) (from, to int) {
	start := func(o one, t timex.Instant) int { return cmp.Compare(o.start, t) }
	from, _ = slices.BinarySearchFunc(u.ones, p.From, start)
	to, _ = slices.BinarySearchFunc(u.ones, p.To, start)
	return from, to
}
