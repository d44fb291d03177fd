package meter

import (
	"fmt"
	"slices"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Meter gathers the facts of one period under its terms. It is a usage.Sink.
// One Meter belongs to one goroutine; several can work on parts of the facts
// and be merged.
type Meter struct {
	terms    *contract.Terms
	service  timex.Period // the part of the period in which the contract serves
	calls    []*callMeter
	classify bool // some filter asks for the kind of line called
	talk     bool // the plan prices talk time
	attempts bool // the plan prices calls whether they talked or not
	options  Options

	seats    []usage.Seat
	sessions []usage.Session
	modules  []usage.Module
	rentals  []usage.Rental
	events   map[string]*EventCount
	each     []usage.Event // events of components that price each one

	counts   Counts
	digest   usage.Digest
	unpriced map[unpricedKey]*Unpriced
	refused  []unpricedKey // of the call at hand, by component
	takers   []string      // components that have a price for it, where "the cheaper of" may drop one
	view     view
	told     Priced
	elements usage.Elements
	dayFrom  timex.Instant // local day last seen: most calls are of the day of the one before
	dayTo    timex.Instant
}

// Options are what a meter does beside counting.
type Options struct {
	Evidence bool // digests over the facts, for invoices; off for what-ifs
	// Detail is told of every call at every price it was charged, in the order
	// of the facts. nil: no detail. What it points to is valid during the call.
	Detail func(*Charged)
	// Prices is told of every call at every price, in whole numbers; what is
	// gathered is then nothing, and the meter may go on for ever. nil: no.
	Prices func(*Priced)
	// Trace keeps every call a package may cover, so that the package can say
	// which: some forty bytes a call.
	Trace bool
}

// Charged is one call, or one part of it, at one price.
type Charged struct {
	Call      *usage.Call
	Component string
	Label     Label        // empty where Reason says why there is no price
	Raw       int64        // talk seconds of the part
	Billed    int64        // billed seconds, before what is included; calls counted as events: 0
	Cost      exact.Number // at list price, before included quantities, tiers and discounts
	HasCost   bool         // false where the price depends on the whole period: tiers, blocks
	Reason    string       // why there is no price
	Trial     bool         // it is of a free trial

	At       timex.Instant // when the part began
	Slot     int32         // as Slot.Index has it
	Units    int64         // what packages count of it: billed seconds, or calls
	Included exact.Number  // what of Units a package covers; the meter does not know
}

// Counts is how many facts of each kind fell in the period, and outside it.
type Counts struct {
	Calls, Seats, Sessions, Modules, Rentals, Events, Outside int64
}

// EventCount is the events of one kind.
type EventCount struct {
	Count    int64
	Quantity exact.Number
	Evidence usage.Digest
}

// New makes a meter for a period.
func New(terms *contract.Terms, options Options) (_ *Meter, err error) {
	defer fault.Wrap(&err, "meter.New(%s)", terms.Plan.ID)
	m := &Meter{terms: terms, options: options, view: view{home: terms.Plan.Home}, events: map[string]*EventCount{}, unpriced: map[unpricedKey]*Unpriced{}}
	first, after := terms.Service()
	m.service = timex.Days(first, after, terms.Loc)
	for i := range terms.Plan.Components {
		comp := &terms.Plan.Components[i]
		if !comp.Measure.OfCalls() {
			continue
		}
		cm, err := newCallMeter(comp, terms)
		if err != nil {
			return nil, err
		}
		cm.index, cm.prices = i, options.Prices
		cm.detail, cm.trace = options.Detail, options.Trace && len(terms.Plan.IncludedFor(comp.ID)) > 0
		if looksAhead(cm, options) && refusesAlone(terms.Plan) {
			cm.ahead = &ahead{meter: m}
		}
		m.calls = append(m.calls, cm)
		m.classify = m.classify || cm.sees
		m.talk = m.talk || comp.Measure == catalog.TalkTime
		m.attempts = m.attempts || comp.Measure == catalog.Calls
	}
	return m, nil
}

// Call counts a call in every component that takes it.
func (m *Meter) Call(c *usage.Call) error {
	m.view.times = 1
	return m.call(c)
}

// call counts a call as often as the view says.
func (m *Meter) call(c *usage.Call) error {
	v := &m.view
	if !m.terms.Period.Contains(c.Start) {
		m.counts.Outside += v.times
		return nil
	}
	m.counts.Calls += v.times
	var el *usage.Element
	if m.options.Evidence {
		el = m.elements.Of(c)
		m.digest.Add(el)
	}
	talked := c.Talk > 0 && c.IsAnswered()
	if !talked && !m.attempts {
		return nil
	}
	v.show(c, m.classify)
	m.setDay(v, c.Start)
	if !m.service.Contains(c.Start) {
		if talked {
			m.refuse(c, "", OutsideService)
			m.noteRefused(c)
		}
		return nil
	}
	priced, taken := false, int64(0) // seconds of talk
	for _, cm := range m.calls {
		before := cm.matched
		out := cm.take(v)
		if m.options.Evidence && cm.matched != before {
			cm.evidence.Add(el)
		}
		if out.reason != "" {
			cm.refused += v.times
			m.refuse(c, cm.comp.ID, out.reason)
		} else if out.took && len(m.terms.Plan.Cheapest) > 0 {
			m.takers = append(m.takers, cm.comp.ID)
		}
		priced = priced || out.took
		if out.took && cm.comp.Measure == catalog.TalkTime {
			taken += v.seconds - out.left
		}
	}
	m.noteRefused(c)
	if m.unmetered("calls") || !talked {
		return nil
	}
	switch {
	case !priced || m.talk && taken == 0:
		m.refuse(c, "", NoComponent)
		m.noteRefused(c)
	case m.talk && taken < v.seconds && m.options.Prices != nil:
		m.noPrice(-1, v.seconds-taken, NoComponent)
	case m.talk && taken < v.seconds: // the rest of it falls in hours no component is for
		m.note(unpricedKey{facts: "calls", reason: NoComponent}, c.To, v.times, (v.seconds-taken)*v.times)
	}
	return nil
}

func (m *Meter) setDay(v *view, at timex.Instant) {
	if at < m.dayFrom || at >= m.dayTo {
		v.date = at.DateIn(m.terms.Loc)
		m.dayFrom, m.dayTo = v.date.Start(m.terms.Loc), (v.date + 1).Start(m.terms.Loc)
	}
}

func (m *Meter) Seat(s usage.Seat) error {
	return m.keep(&s, m.overlaps(s.From, s.To), &m.counts.Seats, func() { m.seats = append(m.seats, s) })
}

func (m *Meter) Session(s usage.Session) error {
	return m.keep(&s, m.overlaps(s.From, s.To), &m.counts.Sessions, func() {
		if s.To.IsZero() {
			s.To = max(m.terms.Period.To, s.From) // still logged in
		}
		m.sessions = append(m.sessions, s)
	})
}

// Sessions takes many log-ins as Session takes each. Where all of them concern
// the period and are over, the first list is shared and not copied: it must not
// change any more. A month of a thousand seats is metered for every offer and
// every what-if, and its log-ins are most of what a meter holds.
func (m *Meter) Sessions(list []usage.Session) error {
	shared := len(m.sessions) == 0 && !m.options.Evidence && !slices.ContainsFunc(list, func(s usage.Session) bool { return s.To.IsZero() || !m.overlaps(s.From, s.To) })
	if shared {
		m.sessions = slices.Clip(list) // what is added goes into a list of its own
		m.counts.Sessions += int64(len(list))
		return nil
	}
	for i := range list {
		if err := m.Session(list[i]); err != nil {
			return err
		}
	}
	return nil
}

func (m *Meter) Module(s usage.Module) error {
	return m.keep(&s, m.overlaps(s.From, s.To), &m.counts.Modules, func() { m.modules = append(m.modules, s) })
}

func (m *Meter) Rental(r usage.Rental) error {
	return m.keep(&r, m.overlaps(r.From, r.To), &m.counts.Rentals, func() { m.rentals = append(m.rentals, r) })
}

// Event counts an event in its kind.
func (m *Meter) Event(e usage.Event) error {
	return m.keep(&e, m.terms.Period.Contains(e.At), &m.counts.Events, func() {
		if !m.service.Contains(e.At) {
			m.note(unpricedKey{facts: "events", reason: OutsideService}, e.Kind, 1, 0)
			return
		}
		k := m.events[e.Kind]
		if k == nil {
			k = &EventCount{}
			m.events[e.Kind] = k
		}
		k.Count++
		k.Quantity = k.Quantity.Add(e.Quantity)
		if m.options.Evidence {
			k.Evidence.Add(m.elements.Of(&e))
		}
		if m.pricesEach(e.Kind) {
			m.each = append(m.each, e)
		}
	})
}

// keep books a fact that is not a call: in the digest and where store puts it.
func (m *Meter) keep(f usage.Fact, inside bool, count *int64, store func()) error {
	if !inside {
		m.counts.Outside++
		return nil
	}
	*count++
	if m.options.Evidence {
		m.digest.Add(m.elements.Of(f))
	}
	store()
	return nil
}

// overlaps tells whether a stretch concerns the period. One that ends as the
// period begins does: the day it ends can be charged.
func (m *Meter) overlaps(from, to timex.Instant) bool {
	return from < m.terms.Period.To && (to.IsZero() || to >= m.terms.Period.From)
}

func (m *Meter) pricesEach(kind string) bool {
	for i := range m.terms.Plan.Components {
		c := &m.terms.Plan.Components[i]
		if c.Measure == catalog.Events && c.PricesEach() && anyFold(c.Where.Kind, kind) {
			return true
		}
	}
	return false
}

func (c *Counts) add(o Counts) {
	c.Calls += o.Calls
	c.Seats += o.Seats
	c.Sessions += o.Sessions
	c.Modules += o.Modules
	c.Rentals += o.Rentals
	c.Events += o.Events
	c.Outside += o.Outside
}

// String shows the counts for messages.
func (c Counts) String() string {
	return fmt.Sprintf("%d calls, %d sessions, %d seats, %d modules, %d rentals, %d events, %d outside the period", c.Calls, c.Sessions, c.Seats, c.Modules, c.Rentals, c.Events, c.Outside)
}
