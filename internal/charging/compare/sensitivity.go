package compare

import (
	"slices"
	"strings"

	"waihu/internal/exact"
	"waihu/internal/money"
)

// rivals is how many offers are asked by how much their price would have to fall.
const rivals = 3

// sensitivity says how far each input must move before another offer is
// cheapest, and what each choice could cost at worst.
func (c *Comparison) sensitivity(r *Result, at int) error {
	if r.Offers[0].Horizons[at].Total.Open {
		return nil // nothing can be totalled, so nothing wins
	}
	for _, kind := range []ChangeKind{VolumeChange, LengthChange, AnswerChange, SeatsChange} {
		for _, up := range []bool{false, true} {
			s, ok, err := c.moves(r, kind, up, at)
			if err != nil {
				return err
			}
			if ok {
				r.Sensitivity = append(r.Sensitivity, s)
			}
		}
	}
	c.prices(r, at)
	return c.regret(r, at)
}

// moves looks along the what-ifs of one kind in one direction, and narrows the
// first change of the cheapest offer to a hundredth.
func (c *Comparison) moves(r *Result, kind ChangeKind, up bool, at int) (out Sensitivity, ok bool, err error) {
	var steps []*Scenario
	for i := range r.WhatIf {
		s := &r.WhatIf[i]
		if s.Kind == string(kind) && s.Best != "" && strings.HasPrefix(s.Value, "+") == up && len(s.Costs) > 0 {
			steps = append(steps, s)
		}
	}
	by := func(s *Scenario) exact.Number {
		ch, err := ParseChange(s.Kind + "=" + s.Value)
		if err != nil {
			return exact.Zero // Value writes what ParseChange reads
		}
		return ch.By
	}
	slices.SortFunc(steps, func(a, b *Scenario) int { return size(by(a)).Cmp(size(by(b))) })
	best, from := r.Offers[0].Offer, exact.Zero
	for _, s := range steps {
		out = Sensitivity{Input: string(kind), Move: by(s), Low: from, High: by(s)}
		if s.Best != best {
			out.Moves = true
			return c.narrow(r, kind, s, out, at)
		}
		from = by(s)
	}
	return out, len(steps) > 0, nil
}

func size(n exact.Number) exact.Number {
	if n.Sign() < 0 {
		return n.Neg()
	}
	return n
}

// narrow bisects between a change under which the first offer is cheapest and one
// under which another is. Where a third is cheapest already at what is found to be
// the near side, it is narrowed to that one: each time by a hundredth or more.
func (c *Comparison) narrow(r *Result, kind ChangeKind, s *Scenario, out Sensitivity, at int) (Sensitivity, bool, error) {
	near, best := out.Low, s.Best
	for {
		other := slices.IndexFunc(c.cands, func(x *candidate) bool { return x.Offer.ID == best })
		good, bad, ok, err := c.bracket(kind, near, out.High, other, at)
		if err != nil || !ok {
			return out, false, err
		}
		out.Low, out.High, out.Move, out.Best = good, bad, bad, best
		if good.Equal(near) { // all offers were billed there
			return out, true, nil
		}
		costs, ok, err := c.after(Change{Kind: kind, By: good}, at, nil)
		if err != nil || !ok {
			return out, false, err
		}
		first := cheapestOf(c.cands, costs)
		if !middle(costs[first]).Less(middle(costs[0])) {
			return out, true, nil
		}
		best, out.High = c.cands[first].Offer.ID, good
	}
}

// bracket narrows a change between one under which the first offer is no dearer
// than another and one under which it is, to a hundredth.
func (c *Comparison) bracket(kind ChangeKind, good, bad exact.Number, other, at int) (_, _ exact.Number, ok bool, err error) {
	step := exact.Frac(1, 100)
	for step.Less(size(bad.Sub(good))) {
		mid := good.Add(bad).Div(exact.Int(2)).Round(exact.HalfAway, 2)
		if mid.Equal(good) || mid.Equal(bad) {
			break
		}
		costs, ok, err := c.after(Change{Kind: kind, By: mid}, at, []int{0, other})
		if err != nil || !ok {
			return good, bad, false, err
		}
		if middle(costs[1]).Less(middle(costs[0])) {
			bad = mid
		} else {
			good = mid
		}
	}
	return good, bad, true, nil
}

// after is what offers cost under a change, all of them where none is named; ok
// is false where the change cannot be made.
func (c *Comparison) after(ch Change, at int, places []int) ([]Range, bool, error) {
	l, note := c.changed(c.load, ch)
	if note != "" {
		return nil, false, nil
	}
	costs, err := c.under(l, c.in.Months[at], places)
	return costs, err == nil, err
}

// cheapestOf is the place of the cheapest offer; of equals, as offers are ordered.
func cheapestOf(cands []*candidate, costs []Range) int {
	best := 0
	for i := range costs {
		if cmpRange(costs[i], costs[best], cands[i].Offer.ID, cands[best].Offer.ID) < 0 {
			best = i
		}
	}
	return best
}

// prices says by what share the price of a rival, or a rate, would have to move.
func (c *Comparison) prices(r *Result, at int) {
	first := middle(r.Offers[0].Horizons[at].Total)
	n := 0
	for i := 1; i < len(r.Offers) && n < rivals; i++ {
		t := r.Offers[i].Horizons[at].Total
		if t.Open || middle(t).Sign() <= 0 {
			continue
		}
		n++
		move := first.Div(middle(t)).Sub(exact.One)
		r.Sensitivity = append(r.Sensitivity, Sensitivity{Input: "price", Offer: r.Offers[i].Offer, Move: move, Moves: true, Best: r.Offers[i].Offer, Low: move, High: move})
		if cur := r.Offers[i].Currency; cur != c.in.Currency && cur != r.Offers[0].Currency {
			r.Sensitivity = append(r.Sensitivity, Sensitivity{Input: "exchange_rate", Currency: cur.String(), Move: move, Moves: true, Best: r.Offers[i].Offer, Low: move, High: move})
		}
	}
}

// regret is what an offer costs beyond the best of the others, over the usage as it
// is and all what-ifs.
func (c *Comparison) regret(r *Result, at int) error {
	asIs := make([]Range, len(r.Offers))
	for i := range r.Offers {
		asIs[i] = r.Offers[i].Horizons[at].Total
	}
	for i := range r.Offers {
		g := Regret{Offer: r.Offers[i].Offer, Most: c.beyond(asIs, i), In: "as_is", Open: asIs[i].Open}
		total, n := g.Most.Exact(), int64(1)
		for k := range r.WhatIf {
			s := &r.WhatIf[k]
			if len(s.Costs) == 0 {
				continue
			}
			costs := make([]Range, len(s.Costs))
			for j := range s.Costs {
				costs[j] = s.Costs[j].Total
			}
			more := c.beyond(costs, i)
			g.Open = g.Open || costs[i].Open
			if more.Cmp(g.Most) > 0 {
				g.Most, g.In = more, s.ID
			}
			total, n = total.Add(more.Exact()), n+1
		}
		var err error
		if g.Mean, err = money.ToMinor(total.Div(exact.Int(n)), c.in.Currency); err != nil {
			return err
		}
		r.Regret = append(r.Regret, g)
	}
	return nil
}

// beyond is what one of these costs more than the best of the others. Its own price
// is one, however little is known of it; theirs may turn out as low as it can.
func (c *Comparison) beyond(costs []Range, i int) money.Amount {
	more := money.Zero(c.in.Currency)
	for j := range costs {
		if j != i && !costs[j].Open {
			more = dearer(more, sub(costs[i].High, costs[j].Low))
		}
	}
	return more
}

// dearer is the larger of two amounts of one currency.
func dearer(a, b money.Amount) money.Amount {
	if a.Cmp(b) < 0 {
		return b
	}
	return a
}
