package compare

import (
	"slices"

	"waihu/internal/charging/offer"
	"waihu/internal/exact"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// allPairs is up to how many offers every pair gets its break-even points; of
// more, the cheapest against each of the others.
const allPairs = 6

// mostCrossings is how many break-even points of one pair are told.
const mostCrossings = 4

// breakEvens finds where offers cost the same, as minutes a seat, seats or
// utilisation move and all else stays as it is in a typical real month.
func (c *Comparison) breakEvens(r *Result, _ int) error {
	w, err := c.newWalk()
	if err != nil || w == nil {
		return err
	}
	for _, lane := range w.lanes() {
		if err := lane.fill(); err != nil {
			return err
		}
		for i := range c.cands {
			for j := i + 1; j < len(c.cands); j++ {
				if i > 0 && len(c.cands) > allPairs {
					break
				}
				found, err := lane.between(i, j)
				if err != nil {
					return err
				}
				r.BreakEvens = append(r.BreakEvens, found...)
			}
		}
	}
	return nil
}

// walk moves one real month along an axis.
type walk struct {
	c      *Comparison
	m      int   // the month
	load   *load // of that month alone
	calls  int64 // attempts in it
	talk   int64 // seconds
	seats  int64 // users in it, at least 1
	logged int64 // seconds logged in; 0: not known
}

// newWalk picks the real month whose talk time is nearest to the mean; nil: there
// is no call.
func (c *Comparison) newWalk() (*walk, error) {
	total, best := int64(0), -1
	talk, calls := make([]int64, len(c.months)), make([]int64, len(c.months))
	for m := range c.months {
		from, to := c.within(c.period(m))
		for i := from; i < to; i++ {
			calls[m] += c.cells[i].count
			if c.isAnswered(i) {
				talk[m] += c.cells[i].count * int64(c.cells[i].seconds)
			}
		}
		total += talk[m]
	}
	mean := total / int64(len(c.months))
	for m := range c.months {
		if calls[m] > 0 && (best < 0 || abs(talk[m]-mean) < abs(talk[best]-mean)) {
			best = m
		}
	}
	if best < 0 || talk[best] == 0 {
		return nil, nil
	}
	w := &walk{c: c, m: best, calls: calls[best], talk: talk[best], load: c.monthLoad(best)}
	users := c.usersByMonth(w.load.sessions)[best]
	for _, s := range users {
		w.logged += s
	}
	w.seats = max(int64(len(users)), 1)
	return w, nil
}

func (c *Comparison) period(m int) timex.Period {
	return timex.Days(c.months[m].first, c.months[m].after, c.loc)
}

// monthLoad is the load with the log-ins and seats of one month alone.
func (c *Comparison) monthLoad(m int) *load {
	l := *c.load
	p := timex.Period{From: (c.months[m].first - 2).Start(c.loc), To: (c.months[m].after + 2).Start(c.loc)} // months of other zones reach further
	l.sessions = slices.DeleteFunc(slices.Clone(l.sessions), func(s usage.Session) bool { return s.From >= p.To || !s.To.IsZero() && s.To < p.From })
	l.places = slices.DeleteFunc(slices.Clone(l.places), func(s usage.Seat) bool { return s.From >= p.To || !s.To.IsZero() && s.To < p.From })
	return &l
}

// lane is one axis with the bills made along it.
type lane struct {
	*walk
	axis  Axis
	grid  []int64 // places in steps: attempts, or seats
	costs []map[int64]point
	step  func(n int64) *load
}

// point is a bill at a place, in the comparison's currency, not rounded.
type point struct {
	at   exact.Number
	cost exact.Number
	open bool
}

// lanes are the axes that can be walked.
func (w *walk) lanes() []*lane {
	volume := &lane{walk: w, axis: MinutesPerSeat, step: func(n int64) *load {
		l := *w.load
		l.counts = w.c.scaled(n, w.calls, anyCell)
		return &l
	}}
	for _, share := range []int64{0, 10, 25, 50, 75, 100, 125, 150, 200, 300, 400, 600, 800, 1200, 1600} {
		volume.grid = append(volume.grid, w.calls*share/100)
	}
	volume.grid = slices.Compact(volume.grid)
	out := []*lane{volume}
	if len(w.load.sessions) > 0 {
		seats := &lane{walk: w, axis: SeatCount, step: func(n int64) *load {
			l := *w.load
			l.counts = w.c.scaled(n, w.seats, anyCell)
			w.c.reseat(&l, exact.Frac(n, w.seats))
			return &l
		}}
		for n := int64(1); n <= max(4*w.seats, 20); n = max(n+1, n*5/4) {
			seats.grid = append(seats.grid, n)
		}
		out = append(out, seats)
	}
	for _, l := range out {
		l.costs = make([]map[int64]point, len(w.c.cands))
		for i := range l.costs {
			l.costs[i] = map[int64]point{}
		}
	}
	return out
}

// fill bills every offer at every place of the grid.
func (l *lane) fill() error {
	for _, n := range l.grid {
		load := l.step(n)
		points := make([]point, len(l.c.cands))
		err := each(len(l.c.cands), l.c.in.Workers, func(i int) (err error) {
			points[i], err = l.make(i, n, load)
			return err
		})
		if err != nil {
			return err
		}
		for i, p := range points {
			l.costs[i][n] = p
		}
	}
	return nil
}

// bill is an offer's bill at a place.
func (l *lane) bill(cand int, n int64) (point, error) {
	if p, known := l.costs[cand][n]; known {
		return p, nil
	}
	p, err := l.make(cand, n, l.step(n))
	if err == nil {
		l.costs[cand][n] = p
	}
	return p, err
}

func (l *lane) make(cand int, n int64, load *load) (p point, err error) {
	g := l.c.ledger(l.c.cands[cand], load)
	b, err := g.bill(g.c.at[which{offer.Low, true, false}], l.m, always, nil)
	if err != nil {
		return p, err
	}
	return point{at: l.place(n, load), cost: b.total.Mul(g.c.rate), open: len(b.unknown) > 0 || g.c.Offer.HasRanges()}, nil
}

// place is where n steps lie on the axis.
func (l *lane) place(n int64, load *load) exact.Number {
	if l.axis == SeatCount {
		return exact.Int(n)
	}
	seconds := int64(0)
	from, to := l.c.within(l.c.period(l.m))
	for i := from; i < to; i++ {
		if l.c.isAnswered(i) {
			seconds += load.count(i) * int64(load.talk(i))
		}
	}
	return exact.Frac(seconds, 60*l.seats)
}

// between finds the break-even points of two offers on the axis; on the volume
// axis those of utilisation as well, where log-ins are known.
func (l *lane) between(a, b int) ([]BreakEven, error) {
	now := l.seats
	if l.axis == MinutesPerSeat {
		now = l.calls
	}
	out := BreakEven{A: l.c.cands[a].Offer.ID, B: l.c.cands[b].Offer.ID, Axis: l.axis, Month: l.c.months[l.m].first}
	at, err := l.bill(a, now)
	if err != nil {
		return nil, err
	}
	out.Now, out.From, out.To = at.at, l.costs[a][l.grid[0]].at, l.costs[a][l.grid[len(l.grid)-1]].at
	for _, n := range l.grid {
		x, y := l.costs[a][n], l.costs[b][n]
		if x.open || y.open {
			out.Why, out.Curve = "open", nil
			return l.withUtilisation(out), nil
		}
		p := CurvePoint{At: x.at}
		if p.A, err = money.ToMinor(x.cost, l.c.in.Currency); err != nil {
			return nil, err
		}
		if p.B, err = money.ToMinor(y.cost, l.c.in.Currency); err != nil {
			return nil, err
		}
		out.Curve = append(out.Curve, p)
	}
	if err := l.crossings(a, b, &out); err != nil {
		return nil, err
	}
	return l.withUtilisation(out), nil
}

// crossings looks between neighbours of the grid.
func (l *lane) crossings(a, b int, out *BreakEven) error {
	last := 0 // who was cheaper before: -1 a, 1 b, 0 nobody yet
	from := l.grid[0]
	for _, n := range l.grid {
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
	out.At = x.at.Add(u.at.Sub(x.at).Mul(gap).Div(gap.Sub(u.cost.Sub(v.cost))))
	out.Exact = s == 0 // both bills are equal there
	if out.Cost, err = money.ToMinor(x.cost, l.c.in.Currency); err != nil || out.Exact {
		return out, err
	}
	out.Exact, err = l.straight(a, b, lo, hi)
	return out, err
}

// straight tells whether both costs rise evenly from the place before a bracket
// to the place after it: then the line between is the bill itself.
func (l *lane) straight(a, b int, lo, hi int64) (bool, error) {
	if l.axis == SeatCount || lo == 0 {
		return false, nil
	}
	for _, cand := range []int{a, b} {
		var p [4]point
		for i, n := range []int64{lo - 1, lo, hi, hi + 1} {
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

// withUtilisation adds the same points as a share of logged-in time.
func (l *lane) withUtilisation(b BreakEven) []BreakEven {
	if l.axis != MinutesPerSeat || l.logged == 0 {
		return []BreakEven{b}
	}
	share := func(minutes exact.Number) exact.Number { return minutes.Mul(exact.Frac(60*l.seats, l.logged)) }
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
