package compare

import (
	"cmp"
	"slices"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/offer"
	"waihu/internal/exact"
	"waihu/internal/money"
)

// span is a cost in an offer's currency: both ends, and whether the upper one is
// known at all.
type span struct {
	low, high exact.Number
	open      bool
}

// totals are the costs of the first n months for each n of horizons.
func (g *ledger) totals(fees bool, horizons []int) ([]span, error) {
	most := slices.Max(horizons)
	low, err := g.chain(offer.Low, fees, most, 0)
	if err != nil {
		return nil, err
	}
	high := low
	if g.c.Offer.HasRanges() {
		if high, err = g.chain(offer.High, fees, most, 0); err != nil {
			return nil, err
		}
	}
	var out []span
	for _, n := range horizons {
		lower, err := g.upTo(low, offer.Low, fees, n)
		if err != nil {
			return nil, err
		}
		upper := lower
		if g.c.Offer.HasRanges() {
			if upper, err = g.upTo(high, offer.High, fees, n); err != nil {
				return nil, err
			}
		}
		s := span{low: sum(lower), high: sum(upper), open: isOpen(lower)}
		out = append(out, span{exact.Min(s.low, s.high), exact.Max(s.low, s.high), s.open})
	}
	return out, nil
}

// total is totals of one horizon, fees included.
func (g *ledger) total(months int) (span, error) {
	all, err := g.totals(true, []int{months})
	if err != nil {
		return span{}, err
	}
	return all[0], nil
}

// rangeOf converts and rounds both ends.
func (c *Comparison) rangeOf(cand *candidate, s span) (r Range, err error) {
	if r.Low, err = cand.amountOf(s.low, c.in.Currency); err != nil {
		return r, err
	}
	r.High, err = cand.amountOf(s.high, c.in.Currency)
	r.Open = s.open
	return r, err
}

// minus is a - b end by end, for two costs of one offer; it is open if either is.
func minus(a, b Range) Range {
	return Range{Low: sub(a.Low, b.Low), High: sub(a.High, b.High), Open: a.Open || b.Open}
}

// apart is how much more a costs than b, whose open prices have nothing to do
// with those of a: from the least it can be to the most.
func apart(a, b Range) Range {
	return Range{Low: sub(a.Low, b.High), High: sub(a.High, b.Low), Open: a.Open || b.Open}
}

// sub is a - b of one currency; a difference that leaves 64 bits is cut off at
// what fits, as amounts of a comparison were checked when they were made.
func sub(a, b money.Amount) money.Amount {
	d, err := a.Sub(b)
	if err != nil {
		return a
	}
	return d
}

// cost is everything about what one offer costs under the usage as it is.
func (c *Comparison) cost(cand *candidate, g *ledger) (out Cost, err error) {
	o := cand.Offer
	out = Cost{Offer: o.ID, Name: o.Name, Vendor: o.Vendor, Source: o.Source, ReadOn: o.ReadOn, Confidence: o.Confidence, Fact: o.Confidence.IsFact(),
		Currency: cand.Plan.Currency, Exact: "compact"}
	for _, v := range cand.variants {
		if v.oneByOne != "" {
			out.Exact, out.Why = "one_by_one", v.oneByOne
		}
	}
	if cand.own { // whatever else asks for it
		out.Why = ownPeriod
	}
	plan, err := g.totals(false, c.in.Months)
	if err != nil {
		return out, err
	}
	all, err := g.totals(true, c.in.Months)
	if err != nil {
		return out, err
	}
	for i, n := range c.in.Months {
		h := Horizon{Months: n}
		if h.Plan, err = c.rangeOf(cand, plan[i]); err != nil {
			return out, err
		}
		if h.Total, err = c.rangeOf(cand, all[i]); err != nil {
			return out, err
		}
		h.Fees = minus(h.Total, h.Plan)
		if h.Setup, err = c.setup(cand, g); err != nil {
			return out, err
		}
		if h.Parts, err = c.parts(cand, g, n, h.Total.Low); err != nil {
			return out, err
		}
		out.Horizons = append(out.Horizons, h)
	}
	return out, c.monthly(cand, g, &out)
}

// setup is what the first month costs beyond the same month later.
func (c *Comparison) setup(cand *candidate, g *ledger) (Range, error) {
	var s span
	for _, end := range []offer.End{offer.Low, offer.High} {
		first, err := g.chain(end, true, 1, 0)
		if err != nil {
			return Range{}, err
		}
		later, err := g.chain(end, true, 1, always)
		if err != nil {
			return Range{}, err
		}
		more := exact.Max(sum(first).Sub(sum(later)), exact.Zero)
		if end == offer.Low {
			s.low, s.high = more, more
		}
		s.high = exact.Max(s.high, more)
		s.open = s.open || isOpen(first) && !isOpen(later)
	}
	return c.rangeOf(cand, s)
}

// parts are the pieces of the lower end, rounded so that they sum to it: what
// rounding leaves goes to the largest.
func (c *Comparison) parts(cand *candidate, g *ledger, months int, total money.Amount) ([]Part, error) {
	bills, err := g.chain(offer.Low, true, months, 0)
	if err != nil {
		return nil, err
	}
	var out []Part
	rest := total
	for _, p := range pieces(bills) {
		a, err := cand.amountOf(p.amount, c.in.Currency)
		if err != nil {
			return nil, err
		}
		out = append(out, Part{Component: p.component, Name: p.name, Kind: p.kind, Amount: a})
		rest = sub(rest, a)
	}
	slices.SortStableFunc(out, func(a, b Part) int { return b.Amount.Cmp(a.Amount) })
	if len(out) > 0 && isCents(rest, len(out)) {
		if out[0].Amount, err = out[0].Amount.Add(rest); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// isCents tells whether a rest is what rounding so many pieces can leave. More
// is no rounding: the upper end of a range that is below the lower one.
func isCents(rest money.Amount, pieces int) bool {
	unit := int64(money.Micro)
	for range rest.Currency().Exponent() {
		unit /= 10
	}
	return abs(rest.Micros()) <= unit*int64(pieces+1)
}

func abs(n int64) int64 { return max(n, -n) }

// monthly is the bill of each real month once service runs, and what follows
// from the bills: unit costs, unknown prices, unpriced usage.
func (c *Comparison) monthly(cand *candidate, g *ledger, out *Cost) error {
	low, bills, err := g.shares(offer.Low)
	if err != nil {
		return err
	}
	high, upper := low, bills
	if cand.Offer.HasRanges() {
		if high, upper, err = g.shares(offer.High); err != nil {
			return err
		}
	}
	all := span{low: sum(bills), high: sum(upper), open: isOpen(bills)}
	for i := range low {
		r, err := c.rangeOf(cand, span{exact.Min(low[i].total, high[i].total), exact.Max(low[i].total, high[i].total), low[i].open})
		if err != nil {
			return err
		}
		out.Monthly = append(out.Monthly, Month{First: c.months[i].first, After: c.months[i].after, Total: r})
	}
	for _, b := range bills {
		c.noteOpen(cand.Plan, b, out)
	}
	return c.units(cand, all, out)
}

// noteOpen gathers lines nobody knows the price of, and usage nobody prices.
func (c *Comparison) noteOpen(p *catalog.Plan, b *bill, out *Cost) {
	for _, id := range b.unknown {
		if !slices.Contains(out.Unknown, id) {
			out.Unknown = append(out.Unknown, id)
		}
	}
	for _, u := range b.invoice.Unpriced {
		at := slices.IndexFunc(out.Unpriced, func(x Unpriced) bool { return x.Facts == u.Facts && x.Reason == u.Reason })
		if at < 0 {
			at = len(out.Unpriced)
			out.Unpriced = append(out.Unpriced, Unpriced{Facts: u.Facts, Reason: u.Reason, Open: uncovered(p, u.Facts)})
		}
		out.Unpriced[at].Count += u.Count
		out.Unpriced[at].Seconds += u.Seconds
	}
}

// units are the cost of a user's mean month and of a minute of talk.
func (c *Comparison) units(cand *candidate, all span, out *Cost) (err error) {
	s := c.known
	per := func(n exact.Number) (Range, error) {
		if n.Sign() <= 0 {
			return Range{Low: money.Zero(c.in.Currency), High: money.Zero(c.in.Currency)}, nil
		}
		r := Range{Open: all.open}
		if r.Low, err = money.Round(all.low.Div(n).Mul(cand.rate), c.in.Currency, exact.HalfAway, 6); err != nil {
			return r, err
		}
		r.High, err = money.Round(all.high.Div(n).Mul(cand.rate), c.in.Currency, exact.HalfAway, 6)
		return r, err
	}
	if out.PerSeat, err = per(s.MeanSeats.Mul(exact.Int(int64(len(c.months))))); err != nil {
		return err
	}
	out.PerMinute, err = per(exact.Frac(s.Seconds, 60))
	return err
}

// cmpRange orders costs: those that can be totalled by the middle of their
// range, then those that cannot by what is known of them.
func cmpRange(a, b Range, nameA, nameB string) int {
	if a.Open != b.Open {
		if a.Open {
			return 1
		}
		return -1
	}
	return cmp.Or(middle(a).Cmp(middle(b)), cmp.Compare(nameA, nameB))
}

func middle(r Range) exact.Number { return r.Low.Exact().Add(r.High.Exact()).Div(exact.Int(2)) }

// markBest marks, at each horizon, who is cheapest whatever the open prices are.
func markBest(costs []Cost) {
	for h := range costs[0].Horizons {
		for i := range costs {
			own := &costs[i].Horizons[h]
			own.BestLow, own.BestHigh = true, !own.Total.Open
			for j := range costs {
				other := costs[j].Horizons[h].Total
				if j == i {
					continue
				}
				own.BestLow = own.BestLow && own.Total.Low.Cmp(other.Low) <= 0
				own.BestHigh = own.BestHigh && own.Total.High.Cmp(other.Low) <= 0
			}
		}
	}
}
