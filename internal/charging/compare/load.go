package compare

import (
	"cmp"
	"slices"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// month is a real month of the usage, by local dates of each plan.
type month struct{ first, after timex.Date }

// load is the usage as it is, or as a change would make it: what meters are fed.
type load struct {
	u        *Usage
	counts   []int64 // beside u.cells; nil: as they are
	seconds  []int32 // beside u.cells; nil: as they are
	sessions []usage.Session
	places   []usage.Seat
	modules  []usage.Module
	seats    *exact.Number   // factor for quantities that an offer fixes; nil: 1
	on       []string        // modules switched on throughout
	off      map[string]bool // modules that are not there, in lower case

	derivedSessions bool // no record tells log-ins: only offers that go by them are fed any
	derivedPlaces   bool // the same of seats
}

func (l *load) count(i int) int64 {
	if l.counts != nil {
		return l.counts[i]
	}
	return l.u.cells[i].count
}

func (l *load) talk(i int) int32 {
	if l.seconds != nil {
		return l.seconds[i]
	}
	return l.u.cells[i].seconds
}

// gather meters one month under a variant.
func (l *load) gather(v *variant, m month) (*meter.Gathered, error) {
	terms := v.within(m, l)
	mt, err := meter.New(terms, meter.Options{})
	if err != nil {
		return nil, err
	}
	from, to := l.u.within(terms.Period)
	if v.oneByOne == "" {
		err = l.feedCells(mt, from, to)
	} else {
		err = l.feedOnes(mt, terms.Period)
	}
	if err == nil {
		err = l.feedFacts(mt, v.plan, terms.Period)
	}
	if err != nil {
		return nil, err
	}
	return mt.Finish()
}

// feedCells feeds calls that are alike at once.
func (l *load) feedCells(mt *meter.Meter, from, to int) error {
	var c usage.Call
	last := -1
	for i := from; i < to; i++ {
		n := l.count(i)
		if n == 0 {
			continue
		}
		cell := &l.u.cells[i]
		kept := &l.u.classes[cell.class].kept
		if int(cell.class) != last {
			l.u.table.unpack(kept, &c)
			last = int(cell.class)
		}
		c.Talk = kept.talkOf(l.talk(i))
		if err := mt.CallTimes(&c, n); err != nil {
			return err
		}
	}
	return nil
}

// feedOnes feeds every call of a period by itself, in the order of time. Where a
// change makes more or fewer calls, those of a cell are repeated or left out
// evenly.
func (l *load) feedOnes(mt *meter.Meter, p timex.Period) error {
	if !l.u.keep {
		return fault.New(fault.Internal, "calls were not kept one by one")
	}
	from, to := l.u.between(p)
	return l.eachOne(from, to, func(c *onceMore) error { return mt.CallTimes(&c.call, c.times) })
}

// onceMore is a call, and how often it is made under a load.
type onceMore struct {
	call  usage.Call
	times int64
}

// eachOne gives calls one by one in the order of time. What it gives may be
// changed, and holds until the next.
func (l *load) eachOne(from, to int, f func(*onceMore) error) error {
	var done []int64
	if l.counts != nil {
		done = make([]int64, len(l.u.cells))
	}
	var c onceMore
	for i := from; i < to; i++ {
		o := &l.u.ones[i]
		c.times = 1
		if done != nil {
			k, n, want := done[o.cell], l.u.cells[o.cell].count, l.counts[o.cell]
			c.times = (k+1)*want/n - k*want/n
			done[o.cell]++
		}
		l.u.single(o, &c.call)
		c.call.Talk = l.u.classes[l.u.cells[o.cell].class].kept.talkOf(l.talk(int(o.cell)))
		if err := f(&c); err != nil {
			return err
		}
	}
	return nil
}

// feedFacts feeds what is not a call. Log-ins and events that cannot touch the
// period are passed over.
func (l *load) feedFacts(mt *meter.Meter, plan *catalog.Plan, p timex.Period) error {
	past, _ := slices.BinarySearchFunc(l.sessions, p.To, func(s usage.Session, t timex.Instant) int { return cmp.Compare(s.From, t) })
	if l.derivedSessions && !measures(plan, catalog.Measure.OfLogins) {
		past = 0
	}
	touches := func(s usage.Session) bool { return s.To >= p.From || s.To.IsZero() }
	for list := l.sessions[:past]; ; { // a month's are mostly one run
		first := slices.IndexFunc(list, touches)
		if first < 0 {
			break
		}
		list = list[first:]
		run := slices.IndexFunc(list, func(s usage.Session) bool { return !touches(s) })
		if run < 0 {
			run = len(list)
		}
		if err := mt.Sessions(list[:run]); err != nil {
			return err
		}
		list = list[run:]
	}
	from, _ := slices.BinarySearchFunc(l.u.events, p.From, func(e usage.Event, t timex.Instant) int { return cmp.Compare(e.At, t) })
	for i := from; i < len(l.u.events) && l.u.events[i].At < p.To; i++ {
		if err := mt.Event(l.u.events[i]); err != nil {
			return err
		}
	}
	return l.feedStanding(mt, plan, p)
}

// feedStanding feeds seats, modules and rentals: what stands whether anybody
// calls or not.
func (l *load) feedStanding(mt *meter.Meter, plan *catalog.Plan, p timex.Period) error {
	places := l.places
	if l.derivedPlaces && !measures(plan, catalog.Measure.OfPlaces) {
		places = nil
	}
	for i := range places {
		if err := mt.Seat(places[i]); err != nil {
			return err
		}
	}
	for i := range l.modules {
		if l.off[lower(l.modules[i].Module)] {
			continue
		}
		if err := mt.Module(l.modules[i]); err != nil {
			return err
		}
	}
	for _, name := range l.on {
		if _, has := plan.Module(name); !has {
			continue
		}
		if err := mt.Module(usage.Module{ID: "on-" + name, Source: "what-if", Module: name, From: p.From}); err != nil {
			return err
		}
	}
	for i := range l.u.rentals {
		if err := mt.Rental(l.u.rentals[i]); err != nil {
			return err
		}
	}
	return nil
}

// measures tells whether a component of the plan measures something.
func measures(p *catalog.Plan, what func(catalog.Measure) bool) bool {
	return slices.ContainsFunc(p.Components, func(c catalog.Component) bool { return what(c.Measure) })
}

// amountOf converts and rounds an exact amount of an offer's currency.
func (c *candidate) amountOf(n exact.Number, to money.Currency) (money.Amount, error) {
	a, err := money.ToMinor(n.Mul(c.rate), to)
	if err != nil {
		return a, fault.New(fault.Overflow, "offer %s: %v", c.Offer.ID, err)
	}
	return a, nil
}
