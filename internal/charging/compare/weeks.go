package compare

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"

	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/meter"
	"waihu/internal/charging/offer"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

const (
	fewestWeeks     = 3
	weekReplicates  = 200 // each is a bill of every offer, made anew
	weeksOfMonth    = 5   // the last one is cut at the month's end
	daysOfWeek      = 7
	weekSeedDivider = 0x7765656b // tells this use of the seed from others
)

// weeklyVolatility resamples real weeks where there are too few months: a month
// is made of five of them, moved to its days by whole weeks of the same
// weekdays, and billed as any month.
func (c *Comparison) weeklyVolatility(r *Result) (*Volatility, error) {
	v := &Volatility{Block: "week", Length: 1, Months: 1, Replicates: min(c.in.Replicates, weekReplicates), Seed: c.in.Seed}
	w, err := c.newWalk()
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(c.cands, func(x *candidate) bool { return x.own }) {
		v.Why = ownPeriod // weeks make a month, and a month is no bill of it
		return v, nil
	}
	if w == nil || !c.keep {
		v.Why = "too_few"
		return v, nil
	}
	target := c.months[w.m]
	first, after := c.months[0].first, c.months[len(c.months)-1].after
	first += timex.Date((int(target.first.Weekday()) - int(first.Weekday()) + daysOfWeek) % daysOfWeek)
	v.Blocks = int(after-first) / daysOfWeek
	if v.Blocks < fewestWeeks {
		v.Why = "too_few"
		return v, nil
	}
	picks := c.weekPicks(v)
	bills := make([][]Range, len(c.cands))
	err = each(len(c.cands), c.in.Workers, func(i int) (err error) {
		bills[i], err = c.weekRanges(c.cands[i], target, first, v.Blocks, picks)
		return err
	})
	if err != nil {
		return nil, err
	}
	for i := range bills {
		open := r.Offers[i].Horizons[0].Total.Open || slices.ContainsFunc(r.Offers[i].Monthly, func(m Month) bool { return m.Total.Open })
		for k := range bills[i] {
			bills[i][k].Open = open // a week more or less does not make a price known
		}
	}
	return v, c.spreads(v, r, bills, bills)
}

// weekPicks are the weeks of each replicate, the same for all offers.
func (c *Comparison) weekPicks(v *Volatility) [][weeksOfMonth]int {
	rng := rand.New(rand.NewPCG(v.Seed, weekSeedDivider))
	out := make([][weeksOfMonth]int, v.Replicates)
	for i := range out {
		for k := range out[i] {
			out[i][k] = rng.IntN(v.Blocks)
		}
	}
	return out
}

// weekRanges bills every replicate at both ends of an offer's open prices.
func (c *Comparison) weekRanges(cand *candidate, target month, first timex.Date, weeks int, picks [][weeksOfMonth]int) ([]Range, error) {
	low, err := c.weekBills(cand, cand.at[which{offer.Low, true, false}], target, first, weeks, picks)
	if err != nil {
		return nil, err
	}
	high := low
	if cand.Offer.HasRanges() {
		if high, err = c.weekBills(cand, cand.at[which{offer.High, true, false}], target, first, weeks, picks); err != nil {
			return nil, err
		}
	}
	out := make([]Range, len(low))
	for i := range out {
		out[i] = Range{Low: low[i], High: high[i]}
	}
	return out, nil
}

// weekBills bills every replicate for one offer. Each real week is metered once
// for each place it can take in the month; a replicate is five such meters put
// together.
func (c *Comparison) weekBills(cand *candidate, v *variant, target month, first timex.Date, weeks int, picks [][weeksOfMonth]int) ([]money.Amount, error) {
	terms := v.within(target, c.load)
	made := map[[2]int]*meter.Meter{}
	for w := range weeks {
		for k := range weeksOfMonth {
			m, err := c.weekMeter(terms, first+timex.Date(w*daysOfWeek), target.first+timex.Date(k*daysOfWeek))
			if err != nil {
				return nil, err
			}
			made[[2]int{w, k}] = m
		}
	}
	var out []money.Amount
	for _, p := range picks {
		all, err := meter.New(terms, meter.Options{})
		if err != nil {
			return nil, err
		}
		for k, w := range p {
			if err := all.Merge(made[[2]int{w, k}]); err != nil {
				return nil, err
			}
		}
		standing := *c.load
		standing.sessions = nil
		if err := standing.feedStanding(all, v.plan, terms.Period); err != nil {
			return nil, err
		}
		a, err := c.weekBill(cand, all)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

func (c *Comparison) weekBill(cand *candidate, m *meter.Meter) (a money.Amount, err error) {
	g, err := m.Finish()
	if err != nil {
		return a, err
	}
	inv, err := invoice.Draft(g, invoice.Heading{})
	if err != nil {
		return a, err
	}
	total := inv.Net.Exact()
	if c.in.Tax == Inclusive {
		total = inv.Total.Exact()
	}
	return cand.amountOf(total, c.in.Currency)
}

// weekMeter meters a week's calls, log-ins and events as if they were of other
// days.
func (c *Comparison) weekMeter(terms *contract.Terms, from, to timex.Date) (*meter.Meter, error) {
	m, err := meter.New(terms, meter.Options{})
	if err != nil {
		return nil, err
	}
	p := timex.Days(from, from+daysOfWeek, terms.Loc)
	by := to.Start(terms.Loc).Sub(p.From)
	start := func(o one, t timex.Instant) int { return cmp.Compare(o.start, t) }
	i, _ := slices.BinarySearchFunc(c.ones, p.From, start)
	var call usage.Call
	for ; i < len(c.ones) && c.ones[i].start < p.To; i++ {
		c.single(&c.ones[i], &call)
		call.Start = call.Start.Add(by)
		if !call.Answer.IsZero() {
			call.Answer = call.Answer.Add(by)
		}
		if err := m.Call(&call); err != nil {
			return nil, err
		}
	}
	return m, c.weekFacts(m, p, by)
}

func (c *Comparison) weekFacts(m *meter.Meter, p timex.Period, by time.Duration) error {
	for _, s := range c.sessions {
		if p.Contains(s.From) && !s.To.IsZero() {
			s.From, s.To = s.From.Add(by), s.To.Add(by)
			if err := m.Session(s); err != nil {
				return err
			}
		}
	}
	for _, e := range c.events {
		if p.Contains(e.At) {
			e.At = e.At.Add(by)
			if err := m.Event(e); err != nil {
				return err
			}
		}
	}
	return nil
}

// single is one call as it was made.
func (u *Usage) single(o *one, into *usage.Call) {
	cell := &u.cells[o.cell]
	kept := &u.classes[cell.class].kept
	u.table.unpack(kept, into)
	into.Start, into.Answer, into.Agent, into.Talk = o.start, o.answer, u.table.text(o.agentNumber()), kept.talkOf(cell.seconds)
}
