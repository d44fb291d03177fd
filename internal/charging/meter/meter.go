package meter

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Why usage has no price.
const (
	NoComponent = "no_component" // no component takes it
	NoRow       = "no_row"       // a component takes it, none of its rate rows does
	NoPrefix    = "no_prefix"    // the deck has no prefix for the number
	BlockedCall = "blocked"      // the destination may not be called, yet it was

	OutsideService = "outside_service" // before the contract serves, or after
)

// Unpriced is usage no component prices, by reason.
type Unpriced struct {
	Facts    string
	Reason   string
	Count    int64
	Seconds  int64
	Examples []string // at most examplesKept, smallest first, so that order of input does not show
}

const examplesKept = 5

// unpricedKey tells Unpriced apart.
type unpricedKey struct{ facts, reason string }

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
	view     view
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
		cm.detail = options.Detail
		if looksAhead(cm, options) {
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
	if !m.terms.Period.Contains(c.Start) {
		m.counts.Outside++
		return nil
	}
	m.counts.Calls++
	var el *usage.Element
	if m.options.Evidence {
		el = m.elements.Of(c)
		m.digest.Add(el)
	}
	talked := c.Talk > 0 && c.IsAnswered()
	if !talked && !m.attempts {
		return nil
	}
	v := &m.view
	v.show(c, m.classify)
	m.setDay(v, c.Start)
	if !m.service.Contains(c.Start) {
		if talked {
			m.refuse(c, "", OutsideService)
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
			cm.refused++
			m.refuse(c, cm.comp.ID, out.reason)
		}
		priced = priced || out.took
		if out.took && cm.comp.Measure == catalog.TalkTime {
			taken += v.seconds - out.left
		}
	}
	if m.unmetered("calls") || !talked {
		return nil
	}
	switch {
	case !priced || m.talk && taken == 0:
		m.refuse(c, "", NoComponent)
	case m.talk && taken < v.seconds: // the rest of it falls in hours no component is for
		m.note("calls", NoComponent, c.To, 1, v.seconds-taken)
	}
	return nil
}

// refuse puts a call on the unpriced list.
func (m *Meter) refuse(c *usage.Call, component, reason string) {
	m.note("calls", reason, c.To, 1, m.view.seconds)
	if m.options.Detail != nil {
		m.options.Detail(&Charged{Call: c, Component: component, Raw: m.view.seconds, Reason: reason})
	}
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
			m.note("events", OutsideService, e.Kind, 1, 0)
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

func (m *Meter) unmetered(facts string) bool { return slices.Contains(m.terms.Plan.Unmetered, facts) }

// note puts usage on the unpriced list.
func (m *Meter) note(facts, reason, what string, count, seconds int64) {
	key := unpricedKey{facts, reason}
	u := m.unpriced[key]
	if u == nil {
		u = &Unpriced{Facts: facts, Reason: reason}
		m.unpriced[key] = u
	}
	u.Count += count
	u.Seconds += seconds
	u.example(what)
}

func (u *Unpriced) example(what string) {
	i, known := slices.BinarySearch(u.Examples, what)
	if known || i >= examplesKept {
		return
	}
	u.Examples = slices.Insert(u.Examples, i, strings.Clone(what))
	if len(u.Examples) > examplesKept {
		u.Examples = u.Examples[:examplesKept]
	}
}

// Merge adds what another meter of the same terms gathered.
func (m *Meter) Merge(o *Meter) error {
	if m.terms != o.terms {
		return fault.New(fault.Internal, "meters of different terms cannot be merged")
	}
	for i, cm := range m.calls {
		o.calls[i].lookUp()
		cm.merge(o.calls[i])
	}
	m.seats = append(m.seats, o.seats...)
	m.sessions = append(m.sessions, o.sessions...)
	m.modules = append(m.modules, o.modules...)
	m.rentals = append(m.rentals, o.rentals...)
	m.each = append(m.each, o.each...)
	for kind, e := range o.events {
		k := m.events[kind]
		if k == nil {
			k = &EventCount{}
			m.events[kind] = k
		}
		k.Count += e.Count
		k.Quantity = k.Quantity.Add(e.Quantity)
		k.Evidence.Merge(&e.Evidence)
	}
	m.counts.add(o.counts)
	m.digest.Merge(&o.digest)
	for key, u := range o.unpriced {
		mine := m.unpriced[key]
		if mine == nil {
			mine = &Unpriced{Facts: u.Facts, Reason: u.Reason}
			m.unpriced[key] = mine
		}
		mine.Count += u.Count
		mine.Seconds += u.Seconds
		for _, e := range u.Examples {
			mine.example(e)
		}
	}
	return nil
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

func (m *callMeter) merge(o *callMeter) {
	for i := range m.tallies {
		m.tallies[i].add(&o.tallies[i])
		m.overflow = m.overflow || m.tallies[i].Nano < 0
	}
	m.matched += o.matched
	m.refused += o.refused
	m.overflow = m.overflow || o.overflow
	m.evidence.Merge(&o.evidence)
	back := make([]int32, len(o.seats)+1) // o's seat indexes in ours
	for name, i := range o.seats {
		n, known := m.seats[name]
		if !known {
			n = int32(len(m.seats) + 1)
			m.seats[name] = n
		}
		back[i] = n
	}
	for _, b := range o.burns {
		b.Seat = back[b.Seat]
		m.burns = append(m.burns, b)
	}
}

// Gathered is what a period's facts come to, before prices. It does not depend
// on the order of the facts.
type Gathered struct {
	Terms    *contract.Terms
	Counts   Counts
	Digest   string // over all facts of the period; empty without Evidence
	Calls    map[string]*CallCount
	Seats    []usage.Seat
	Sessions []usage.Session
	Modules  []usage.Module
	Rentals  []usage.Rental
	Events   map[string]*EventCount
	Each     []usage.Event
	Unpriced []Unpriced
}

// CallCount is the calls of one component.
type CallCount struct {
	Slots    []Slot // those in use, in the order of the plan
	Matched  int64  // calls
	Refused  int64  // calls it takes but has no price for
	Evidence string
	Burns    []Burn   // in time order, where packages need them
	Seats    []string // agents by Burn.Seat; the first is unused
}

// Slot is one price with what was counted at it.
type Slot struct {
	Index int32 // as Burn.Slot has it
	Label
	Tally
}

// Finish ends the gathering.
func (m *Meter) Finish() (*Gathered, error) {
	g := &Gathered{Terms: m.terms, Counts: m.counts, Calls: map[string]*CallCount{}, Seats: m.seats, Sessions: m.sessions,
		Modules: append(m.modules, m.terms.Modules...), Rentals: m.rentals, Events: m.events, Each: m.each}
	if m.options.Evidence {
		g.Digest = m.digest.String()
	}
	for _, cm := range m.calls {
		cm.lookUp()
		if cm.overflow {
			return nil, fault.New(fault.Overflow, "component %s: the rounded costs of its calls leave 64 bits", cm.comp.ID)
		}
		g.Calls[cm.comp.ID] = cm.finish(m.options.Evidence)
	}
	m.noteUnmeasured()
	for _, u := range m.unpriced {
		g.Unpriced = append(g.Unpriced, *u)
	}
	sort.Slice(g.Unpriced, func(i, j int) bool {
		a, b := g.Unpriced[i], g.Unpriced[j]
		return a.Facts+a.Reason < b.Facts+b.Reason
	})
	sort.Slice(g.Each, func(i, j int) bool {
		a, b := &g.Each[i], &g.Each[j]
		if a.At != b.At {
			return a.At < b.At
		}
		if a.Source != b.Source {
			return a.Source < b.Source
		}
		if a.ID != b.ID {
			return a.ID < b.ID
		}
		return a.Quantity.Less(b.Quantity) // facts without a name: what is left cannot be told apart
	})
	return g, nil
}

// noteUnmeasured lists facts that no component's measure and filter take: a
// seat type, module or item the plan does not name, or events of other kinds.
func (m *Meter) noteUnmeasured() {
	for _, s := range m.seats {
		m.noteUnless("seats", s.Type, 1, func(c *catalog.Component) bool { return c.Measure.OfPlaces() && anyFold(c.Where.SeatType, s.Type) })
	}
	for _, s := range m.sessions {
		m.noteUnless("sessions", s.Type, 1, func(c *catalog.Component) bool { return c.Measure.OfLogins() && anyFold(c.Where.SeatType, s.Type) })
	}
	for _, s := range append(slices.Clone(m.modules), m.terms.Modules...) {
		m.noteUnless("modules", s.Module, 1, func(c *catalog.Component) bool {
			return c.Measure == catalog.ModuleDays && anyFold(c.Where.Module, s.Module)
		})
	}
	for _, s := range m.rentals {
		m.noteUnless("rentals", s.Item, 1, func(c *catalog.Component) bool { return c.Measure == catalog.Rentals && anyFold(c.Where.Item, s.Item) })
	}
	for kind, e := range m.events {
		if m.unmetered("events:" + kind) {
			continue
		}
		m.noteUnless("events", kind, e.Count, func(c *catalog.Component) bool { return c.Measure == catalog.Events && anyFold(c.Where.Kind, kind) })
	}
}

// noteUnless puts facts on the unpriced list unless a component takes it or
// the plan says it is free.
func (m *Meter) noteUnless(facts, what string, count int64, takes func(*catalog.Component) bool) {
	if m.unmetered(facts) {
		return
	}
	for i := range m.terms.Plan.Components {
		if takes(&m.terms.Plan.Components[i]) {
			return
		}
	}
	m.note(facts, NoComponent, what, count, 0)
}

func (m *callMeter) finish(evidence bool) *CallCount {
	out := &CallCount{Matched: m.matched, Refused: m.refused, Burns: m.burns, Seats: make([]string, len(m.seats)+1)}
	if evidence {
		out.Evidence = m.evidence.String()
	}
	for r := range m.rows {
		n := 1
		if m.rows[r].deck != nil {
			n = m.rows[r].deck.Len()
		} else {
			n = len(m.rows[r].rates)
		}
		for i := range n {
			slot := m.rows[r].slot + i
			if t := m.tallies[slot]; t != (Tally{}) {
				out.Slots = append(out.Slots, Slot{Index: int32(slot), Label: m.rows[r].label(i), Tally: t})
			}
		}
	}
	// Seats are numbered by name, not by who called first.
	names := make([]string, 0, len(m.seats))
	for name := range m.seats {
		names = append(names, name)
	}
	slices.Sort(names)
	renumber := make([]int32, len(m.seats)+1)
	for i, name := range names {
		renumber[m.seats[name]] = int32(i + 1)
		out.Seats[i+1] = name
	}
	for i := range out.Burns {
		out.Burns[i].Seat = renumber[out.Burns[i].Seat]
	}
	slices.SortFunc(out.Burns, compareBurns)
	return out
}

// compareBurns orders calls by time; what is equal in time is ordered by
// everything else, so that the order of input never shows.
func compareBurns(a, b Burn) int {
	switch {
	case a.At != b.At:
		return order(a.At, b.At)
	case a.Slot != b.Slot:
		return order(int64(a.Slot), int64(b.Slot))
	case a.Seat != b.Seat:
		return order(int64(a.Seat), int64(b.Seat))
	}
	return order(int64(a.Seconds), int64(b.Seconds))
}

// String shows the counts for messages.
func (c Counts) String() string {
	return fmt.Sprintf("%d calls, %d sessions, %d seats, %d modules, %d rentals, %d events, %d outside the period", c.Calls, c.Sessions, c.Seats, c.Modules, c.Rentals, c.Events, c.Outside)
}
