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
	c.regret(r)
	return nil
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
// under which another is.
func (c *Comparison) narrow(r *Result, kind ChangeKind, s *Scenario, out Sensitivity, at int) (Sensitivity, bool, error) {
	mine, other := 0, slices.IndexFunc(c.cands, func(x *candidate) bool { return x.Offer.ID == s.Best })
	good, bad := out.Low, out.High
	step := exact.Frac(1, 100)
	for step.Less(size(bad.Sub(good))) {
		mid := good.Add(bad).Div(exact.Int(2)).Round(exact.HalfAway, 2)
		if mid.Equal(good) || mid.Equal(bad) {
			break
		}
		l, note := c.changed(c.load, Change{Kind: kind, By: mid})
		if note != "" {
			return out, false, nil
		}
		var costs [2]Range
		for i, k := range []int{mine, other} {
			t, err := c.ledger(c.cands[k], l).total(c.in.Months[at])
			if err != nil {
				return out, false, err
			}
			if costs[i], err = c.rangeOf(c.cands[k], t); err != nil {
				return out, false, err
			}
		}
		if middle(costs[1]).Less(middle(costs[0])) {
			bad = mid
		} else {
			good = mid
		}
	}
	out.Low, out.High, out.Move, out.Best = good, bad, bad, s.Best
	return out, true, nil
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

// regret is what an offer costs beyond the best of the others, over all what-ifs
// and the usage as it is. Its own price is one, however little is known of it;
// theirs may turn out as low as it can.
func (c *Comparison) regret(r *Result) {
	for i := range r.Offers {
		g := Regret{Offer: r.Offers[i].Offer, Most: money.Zero(c.in.Currency), In: "as_is", Mean: money.Zero(c.in.Currency)}
		total, n := exact.Zero, int64(0)
		for k := range r.WhatIf {
			s := &r.WhatIf[k]
			if len(s.Costs) == 0 {
				continue
			}
			more := money.Zero(c.in.Currency)
			for j := range s.Costs {
				if t := s.Costs[j].Total; j != i && !t.Open {
					more = dearer(more, sub(s.Costs[i].Total.High, t.Low))
				}
			}
			g.Open = g.Open || s.Costs[i].Total.Open
			if more.Cmp(g.Most) > 0 {
				g.Most, g.In = more, s.ID
			}
			total, n = total.Add(more.Exact()), n+1
		}
		if n > 0 {
			if m, err := money.ToMinor(total.Div(exact.Int(n)), c.in.Currency); err == nil { // a mean of amounts that fit
				g.Mean = m
			}
		}
		r.Regret = append(r.Regret, g)
	}
}

// dearer is the larger of two amounts of one currency.
func dearer(a, b money.Amount) money.Amount {
	if a.Cmp(b) < 0 {
		return b
	}
	return a
}
