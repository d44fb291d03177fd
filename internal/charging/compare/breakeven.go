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
	monthly, own := c.pairsByPeriod()
	for _, lane := range w.lanes() {
		if err := lane.meet(r, monthly); err != nil {
			return err
		}
	}
	if len(c.ones) > mostWalked {
		for _, p := range own {
			r.BreakEvens = append(r.BreakEvens, BreakEven{A: c.cands[p[0]].Offer.ID, B: c.cands[p[1]].Offer.ID, Axis: MinutesPerSeat, Month: c.months[0].first, Months: len(c.months), Why: "many"})
		}
		return nil
	}
	return w.over(c.load, len(c.months)).volume().meet(r, own)
}

// pairsByPeriod parts the pairs of which both are billed by the month from those
// with an offer that has a billing period of its own.
func (c *Comparison) pairsByPeriod() (monthly, own [][2]int) {
	for _, p := range c.pairs() {
		if c.cands[p[0]].own || c.cands[p[1]].own {
			own = append(own, p)
		} else {
			monthly = append(monthly, p)
		}
	}
	return monthly, own
}

// mostWalked bounds the calls that are billed again at every place, one by one,
// for offers with a billing period of their own.
const mostWalked = 50_000

// meet finds where the offers of each pair cost the same.
func (l *lane) meet(r *Result, pairs [][2]int) error {
	if err := l.fill(pairs); err != nil {
		return err
	}
	for _, p := range pairs {
		found, err := l.between(p[0], p[1])
		if err != nil {
			return err
		}
		r.BreakEvens = append(r.BreakEvens, found...)
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

// walk moves one real month along an axis, or all of them together: a quarter or
// a week has no bill of one month.
type walk struct {
	c      *Comparison
	m      int   // the month; of all of them the typical one
	months int64 // how many move: 1, or all
	load   *load // of that month alone, or of all
	calls  int64 // attempts in it
	seats  int64 // users in the month, at least 1
	logged int64 // seconds logged in; 0: not known
}

// over is the walk of all real months together.
func (w *walk) over(l *load, months int) *walk {
	out := *w
	out.load, out.months, out.calls, out.logged = l, int64(months), 0, 0
	from, to := w.c.within(out.period())
	for i := from; i < to; i++ {
		out.calls += w.c.cells[i].count
	}
	for _, users := range w.c.usersByMonth(l.sessions) {
		for _, s := range users {
			out.logged += s
		}
	}
	return &out
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
	w := &walk{c: c, m: best, months: 1, calls: calls[best], load: c.monthLoad(best)}
	users := c.usersByMonth(w.load.sessions)[best]
	for _, s := range users {
		w.logged += s
	}
	w.seats = max(int64(len(users)), 1)
	return w, nil
}

// first is the first day of what is moved.
func (w *walk) first() timex.Date {
	if w.months > 1 {
		return w.c.months[0].first
	}
	return w.c.months[w.m].first
}

// period is all that is moved.
func (w *walk) period() timex.Period {
	return timex.Days(w.first(), w.first().AddMonths(int(w.months)), w.c.loc)
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
	out := []*lane{w.volume()}
	if len(w.load.sessions) > 0 {
		seats := w.lane(SeatCount, func(n int64) *load {
			l := *w.load
			l.counts = l.scaled(n, w.seats, anyCell)
			w.c.reseat(&l, exact.Frac(n, w.seats))
			return &l
		})
		for n := int64(1); n <= max(4*w.seats, 20); n = max(n+1, n*5/4) {
			seats.grid = append(seats.grid, n)
		}
		out = append(out, seats)
	}
	return out
}

// volume moves the calls, and with them minutes a seat and utilisation.
func (w *walk) volume() *lane {
	volume := w.lane(MinutesPerSeat, func(n int64) *load {
		l := *w.load
		l.counts = l.scaled(n, w.calls, anyCell)
		return &l
	})
	for _, share := range []int64{0, 10, 25, 50, 75, 100, 125, 150, 200, 300, 400, 600, 800, 1200, 1600} {
		volume.grid = append(volume.grid, w.calls*share/100)
	}
	volume.grid = slices.Compact(volume.grid)
	return volume
}

func (w *walk) lane(axis Axis, step func(n int64) *load) *lane {
	l := &lane{walk: w, axis: axis, step: step, costs: make([]map[int64]point, len(w.c.cands))}
	for i := range l.costs {
		l.costs[i] = map[int64]point{}
	}
	return l
}

// fill bills every offer of the pairs at every place of the grid.
func (l *lane) fill(pairs [][2]int) error {
	var asked []int
	for _, p := range pairs {
		asked = append(asked, p[0], p[1])
	}
	slices.Sort(asked)
	asked = slices.Compact(asked)
	for _, n := range l.grid {
		load := l.step(n)
		points := make([]point, len(asked))
		err := each(len(asked), l.c.in.Workers, func(i int) (err error) {
			points[i], err = l.make(asked[i], n, load)
			return err
		})
		if err != nil {
			return err
		}
		for i, p := range points {
			l.costs[asked[i]][n] = p
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
	var bills []*bill
	if l.months > 1 || g.c.own {
		bills, err = g.chain(offer.Low, true, int(l.months), always)
	} else {
		bills = make([]*bill, 1)
		bills[0], err = g.bill(g.c.at[which{offer.Low, true, false}], l.m, always, nil)
	}
	if err != nil {
		return p, err
	}
	return point{at: l.place(n, load), cost: sum(bills).Mul(g.c.rate), open: isOpen(bills) || g.c.Offer.HasRanges()}, nil
}

// place is where n steps lie on the axis.
func (l *lane) place(n int64, load *load) exact.Number {
	if l.axis == SeatCount {
		return exact.Int(n)
	}
	seconds := int64(0)
	from, to := l.c.within(l.period())
	for i := from; i < to; i++ {
		if l.c.isAnswered(i) {
			seconds += load.count(i) * int64(load.talk(i))
		}
	}
	return exact.Frac(seconds, 60*l.seats*l.months)
}
