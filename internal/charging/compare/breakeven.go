package compare

import (
	"slices"

	"waihu/internal/charging/offer"
	"waihu/internal/exact"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// allPairs is up to how many offers every pair gets its break-even points; of
// more, the cheapest against each of the others.
const allPairs = 6

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
		for _, p := range c.pairs() {
			found, err := lane.between(p[0], p[1])
			if err != nil {
				return err
			}
			r.BreakEvens = append(r.BreakEvens, found...)
		}
	}
	return nil
}

// pairs are the offers held against each other, by their place.
func (c *Comparison) pairs() (out [][2]int) {
	for i := range c.cands {
		for j := i + 1; j < len(c.cands); j++ {
			wanted := slices.ContainsFunc(c.in.Pairs, func(p [2]string) bool {
				a, b := c.cands[i].Offer.ID, c.cands[j].Offer.ID
				return p == [2]string{a, b} || p == [2]string{b, a}
			})
			if i == 0 || len(c.cands) <= allPairs || wanted {
				out = append(out, [2]int{i, j})
			}
		}
	}
	return out
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
		l.counts = l.scaled(n, w.calls, anyCell)
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
			l.counts = l.scaled(n, w.seats, anyCell)
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
	if g.c.own { // one month alone is no bill of it
		return point{at: l.place(n, load), open: true}, nil
	}
	b, err := g.bill(g.c.at[which{offer.Low, true, false}], l.m, always, nil)
	if err != nil {
		return p, err
	}
	return point{at: l.place(n, load), cost: b.total.Mul(g.c.rate), open: b.open() || g.c.Offer.HasRanges()}, nil
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
