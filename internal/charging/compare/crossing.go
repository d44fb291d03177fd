package compare

import (
	"slices"

	"waihu/internal/exact"
	"waihu/internal/money"
)

// mostCrossings is how many break-even points of one pair are told.
const mostCrossings = 4

// between finds the break-even points of two offers on the axis; on the volume
// axis those of utilisation as well, where log-ins are known.
func (l *lane) between(a, b int) ([]BreakEven, error) {
	now := l.seats
	if l.axis == MinutesPerSeat {
		now = l.calls
	}
	out := BreakEven{A: l.c.cands[a].Offer.ID, B: l.c.cands[b].Offer.ID, Axis: l.axis, Month: l.first(), Months: int(l.months)}
	at, err := l.bill(a, now)
	if err != nil {
		return nil, err
	}
	known := l.known(a, b, now)
	out.Now, out.From, out.To = at.at, l.costs[a][l.grid[0]].at, l.costs[a][l.grid[len(l.grid)-1]].at
	if len(known) == 0 {
		out.Why = "open"
		return l.withUtilisation(out), nil
	}
	out.From, out.To = l.costs[a][known[0]].at, l.costs[a][known[len(known)-1]].at
	for _, n := range known {
		x, y := l.costs[a][n], l.costs[b][n]
		p := CurvePoint{At: x.at}
		if p.A, err = money.ToMinor(x.cost, l.c.in.Currency); err != nil {
			return nil, err
		}
		if p.B, err = money.ToMinor(y.cost, l.c.in.Currency); err != nil {
			return nil, err
		}
		out.Curve = append(out.Curve, p)
	}
	if err := l.crossings(a, b, known, &out); err != nil {
		return nil, err
	}
	return l.withUtilisation(out), nil
}

// known are the places of the grid around the usage at which both bills can be
// totalled: a package may say nothing of what is used beyond it, and up to there
// its price is known. None: not even at the place of the usage.
func (l *lane) known(a, b int, now int64) []int64 {
	at, _ := slices.BinarySearch(l.grid, now+1)
	from := max(at-1, 0) // the last place that is not above the usage
	open := func(i int) bool { return l.costs[a][l.grid[i]].open || l.costs[b][l.grid[i]].open }
	to := from
	for to < len(l.grid) && !open(to) {
		to++
	}
	if to == from {
		return nil
	}
	for from > 0 && !open(from-1) {
		from--
	}
	return l.grid[from:to]
}

// crossings looks between neighbours of the grid.
func (l *lane) crossings(a, b int, grid []int64, out *BreakEven) error {
	last := 0 // who was cheaper before: -1 a, 1 b, 0 nobody yet
	from := grid[0]
	for _, n := range grid {
		who := l.costs[a][n].cost.Cmp(l.costs[b][n].cost)
		if who == 0 {
			continue
		}
		if last != 0 && who != last && len(out.Points) < mostCrossings {
			x, err := l.bisect(a, b, from, n, last)
			if err != nil {
				return err
			}
			out.Points = append(out.Points, x)
		}
		last, from = who, n
	}
	return nil
}

// bisect narrows a change of who is cheaper to two neighbouring places. At lo
// the cheaper one is still who it was.
func (l *lane) bisect(a, b int, lo, hi int64, who int) (Crossing, error) {
	side := func(n int64) (x, y point, s int, err error) {
		if x, err = l.bill(a, n); err == nil {
			y, err = l.bill(b, n)
		}
		return x, y, x.cost.Cmp(y.cost), err
	}
	for hi-lo > 1 {
		mid := lo + (hi-lo)/2
		_, _, s, err := side(mid)
		if err != nil {
			return Crossing{}, err
		}
		if s == who {
			lo = mid
		} else {
			hi = mid
		}
	}
	x, y, _, err := side(lo)
	if err != nil {
		return Crossing{}, err
	}
	u, v, s, err := side(hi)
	if err != nil {
		return Crossing{}, err
	}
	out := Crossing{Low: x.at, High: u.at, Below: l.c.cands[a].Offer.ID, Above: l.c.cands[b].Offer.ID}
	if who > 0 {
		out.Below, out.Above = out.Above, out.Below
	}
	gap := x.cost.Sub(y.cost)
	share := gap.Div(gap.Sub(u.cost.Sub(v.cost))) // of the way from lo to hi
	out.At = x.at.Add(u.at.Sub(x.at).Mul(share))
	out.Exact = s == 0 // both bills are equal there
	if out.Cost, err = money.ToMinor(x.cost.Add(u.cost.Sub(x.cost).Mul(share)), l.c.in.Currency); err != nil || out.Exact {
		return out, err
	}
	out.Exact, err = l.straight(a, b, lo, hi)
	return out, err
}

// straight tells whether both costs rise evenly from the place before a bracket
// to the place after it: then the line between is the bill itself.
func (l *lane) straight(a, b int, lo, hi int64) (bool, error) {
	if l.axis == SeatCount {
		return false, nil
	}
	before, after := l.beside(lo, -1), l.beside(hi, 1)
	if before < 0 || after < 0 {
		return false, nil
	}
	for _, cand := range []int{a, b} {
		var p [4]point
		for i, n := range []int64{before, lo, hi, after} {
			var err error
			if p[i], err = l.bill(cand, n); err != nil {
				return false, err
			}
		}
		for i := 0; i+2 < len(p); i++ { // equal slopes: dy1 dx2 = dy2 dx1
			dx1, dx2 := p[i+1].at.Sub(p[i].at), p[i+2].at.Sub(p[i+1].at)
			dy1, dy2 := p[i+1].cost.Sub(p[i].cost), p[i+2].cost.Sub(p[i+1].cost)
			if !dy1.Mul(dx2).Equal(dy2.Mul(dx1)) {
				return false, nil
			}
		}
	}
	return true, nil
}

// mostSilent is how many attempts nobody answered are passed over in search of a
// place that lies elsewhere on the axis.
const mostSilent = 64

// beside is the next place that is not where n is: attempts nobody answers move
// nothing, and two places in one tell nothing of a slope. -1: there is none near.
func (l *lane) beside(n, by int64) int64 {
	here := l.place(n, l.step(n))
	for next := n + by; next >= 0 && (next-n)*by <= mostSilent; next += by {
		if !l.place(next, l.step(next)).Equal(here) {
			return next
		}
	}
	return -1
}

// withUtilisation adds the same points as a share of logged-in time.
func (l *lane) withUtilisation(b BreakEven) []BreakEven {
	if l.axis != MinutesPerSeat || l.logged == 0 {
		return []BreakEven{b}
	}
	share := func(minutes exact.Number) exact.Number { return minutes.Mul(exact.Frac(60*l.seats*l.months, l.logged)) }
	u := b
	u.Axis, u.Now, u.From, u.To = Utilisation, share(b.Now), share(b.From), share(b.To)
	u.Points, u.Curve = slices.Clone(b.Points), slices.Clone(b.Curve)
	for i := range u.Points {
		p := &u.Points[i]
		p.At, p.Low, p.High = share(p.At), share(p.Low), share(p.High)
	}
	for i := range u.Curve {
		u.Curve[i].At = share(u.Curve[i].At)
	}
	return []BreakEven{b, u}
}
