package compare

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"waihu/internal/charging/contract"
	"waihu/internal/charging/meter"
	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Usage is facts gathered into what the offers can tell apart: calls that look
// alike and talked for as many seconds are one cell with a count. It is a
// usage.Sink; one goroutine fills it, many may read it once it is sealed.
type Usage struct {
	sight *meter.Sight
	table table

	classes []class
	byLike  map[meter.Likeness]uint32
	cells   []cell
	byCell  map[uint64]uint32
	epochs  []timex.Instant

	keep     bool // calls one by one too
	ones     []one
	sessions []usage.Session
	seats    []usage.Seat
	modules  []usage.Module
	rentals  []usage.Rental
	events   []usage.Event
	shifts   map[shiftKey]*usage.Session // of agents, from their calls
	loc      *time.Location
	sealed   bool
	told     gathered // set when sealed
	calls    int64
	first    timex.Instant // of the calls; zero: none
	last     timex.Instant
}

// class is the calls that look alike; kept is the one with the most room before
// a change of price, the earliest of equals: as long as any of them is, it can
// stand for it.
type class struct {
	like meter.Likeness
	kept packed
	room int64
}

// cell is how many calls of a class talked for so many seconds.
type cell struct {
	class   uint32
	seconds int32
	count   int64
}

// one is a call where each counts: packages in the order of calls, redials.
type one struct {
	start  timex.Instant
	answer timex.Instant
	number uint64 // the number called, or a hash of what stands for it
	cell   uint32
	agent  uint32 // its highest bit: the call was dropped
}

const droppedBit = 1 << 31

func (o *one) agentNumber() uint32 { return o.agent &^ droppedBit }
func (o *one) isDropped() bool     { return o.agent&droppedBit != 0 }

type shiftKey struct {
	agent uint32
	day   timex.Date
}

// Bounds of a usage.
const (
	maxClasses = 20_000_000
	maxFacts   = 50_000_000 // sessions, seats and the like
	maxOnes    = 30_000_000 // calls one by one: a gigabyte
)

// NewUsage makes an empty Usage for offers whose terms are given, one of each
// plan. edges are the moments at which any of their periods begin. keep holds
// every call as well: 32 bytes more each. loc is the zone of working days.
func NewUsage(edges []timex.Instant, terms []*contract.Terms, keep bool, loc *time.Location) (*Usage, error) {
	sight, err := meter.NewSight(edges, terms...)
	if err != nil {
		return nil, err
	}
	return &Usage{sight: sight, byLike: map[meter.Likeness]uint32{}, byCell: map[uint64]uint32{}, epochs: sight.Edges(), keep: keep,
		shifts: map[shiftKey]*usage.Session{}, loc: loc, table: newTable()}, nil
}

// Call gathers a call.
func (u *Usage) Call(c *usage.Call) error { return u.CallTimes(c, 1) }

// CallTimes gathers calls that are just alike, n of them.
func (u *Usage) CallTimes(c *usage.Call, n int64) error {
	if u.sealed {
		return errSealed
	}
	if c.Start.IsZero() {
		return fault.New(fault.Invalid, "call %s has no start: it belongs to no period", c.ID)
	}
	like, room, err := u.sight.Of(c)
	if err != nil {
		return err
	}
	id, known := u.byLike[like]
	if !known {
		if len(u.classes) == maxClasses {
			return fault.New(fault.Overflow, "more than %d kinds of call: compare fewer offers at a time", maxClasses)
		}
		id = uint32(len(u.classes))
		u.byLike[like] = id
		u.classes = append(u.classes, class{like: like, kept: u.table.pack(c, nil), room: room})
	} else if k := &u.classes[id]; room > k.room || room == k.room && u.table.before(c, &k.kept) {
		k.kept, k.room = u.table.pack(c, &k.kept), room
	}
	seconds := min(c.Seconds(), 1<<30)
	key := uint64(id)<<32 | uint64(seconds)
	at, known := u.byCell[key]
	if !known {
		at = uint32(len(u.cells))
		u.byCell[key] = at
		u.cells = append(u.cells, cell{class: id, seconds: int32(seconds)})
	}
	u.cells[at].count += n
	u.calls += n
	if !u.keep {
		n = 1 // when and whose is all that is noted
	}
	if int64(len(u.ones))+n > maxOnes {
		return fault.New(fault.Overflow, "more than %d calls, and they must be kept one by one: leave out offers that use up packages in the order of calls, and the service answer", maxOnes)
	}
	for range n {
		u.note(c, at)
	}
	return nil
}

// note keeps what is asked of single calls: when they were, and whose.
func (u *Usage) note(c *usage.Call, at uint32) {
	if u.first.IsZero() || c.Start < u.first {
		u.first = c.Start
	}
	u.last = max(u.last, c.Start)
	agent := u.table.word(c.Agent)
	if u.keep {
		o := one{start: c.Start, answer: c.Answer, number: numberOf(c.To), cell: at, agent: agent}
		if c.IsAnswered() && isFailure(c.Cause) {
			o.agent |= droppedBit
		}
		u.ones = append(u.ones, o)
	}
	if agent == 0 {
		return
	}
	end := max(c.Start.Add(max(c.Total, c.Talk)), c.End)
	key := shiftKey{agent, c.Start.DateIn(u.loc)}
	if s := u.shifts[key]; s != nil {
		s.From, s.To = min(s.From, c.Start), max(s.To, end)
		return
	}
	u.shifts[key] = &usage.Session{ID: strings.Clone(c.Agent) + "@" + key.day.String(), Source: "calls", User: u.table.text(agent), From: c.Start, To: end}
}

func (u *Usage) Seat(s usage.Seat) error       { u.seats = append(u.seats, s); return u.room() }
func (u *Usage) Session(s usage.Session) error { u.sessions = append(u.sessions, s); return u.room() }
func (u *Usage) Module(m usage.Module) error   { u.modules = append(u.modules, m); return u.room() }
func (u *Usage) Rental(r usage.Rental) error   { u.rentals = append(u.rentals, r); return u.room() }
func (u *Usage) Event(e usage.Event) error     { u.events = append(u.events, e); return u.room() }

// errSealed is for facts that come after the first answer.
var errSealed = fault.New(fault.Conflict, "the comparison has answered: facts that come later need a new one")

func (u *Usage) room() error {
	if u.sealed {
		return errSealed
	}
	if n := len(u.seats) + len(u.sessions) + len(u.modules) + len(u.rentals) + len(u.events); n > maxFacts {
		return fault.New(fault.Overflow, "more than %d facts beside calls", maxFacts)
	}
	return nil
}

// seal puts everything into an order that does not depend on how it came, and
// gives up what only gathering needs.
func (u *Usage) seal() {
	if u.sealed {
		return
	}
	u.sealed = true
	place := make([]uint32, len(u.classes)) // old class to new
	order := make([]uint32, len(u.classes))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(a, b uint32) int { return u.compareClasses(&u.classes[a], &u.classes[b]) })
	classes := make([]class, len(order))
	for i, old := range order {
		classes[i], place[old] = u.classes[old], uint32(i)
	}
	u.classes = classes
	moved := make([]uint32, len(u.cells)) // old cell to new
	cells := make([]uint32, len(u.cells))
	for i := range u.cells {
		u.cells[i].class = place[u.cells[i].class]
		cells[i] = uint32(i)
	}
	slices.SortFunc(cells, func(a, b uint32) int {
		x, y := &u.cells[a], &u.cells[b]
		return cmp.Or(cmp.Compare(x.class, y.class), cmp.Compare(x.seconds, y.seconds))
	})
	sorted := make([]cell, len(cells))
	for i, old := range cells {
		sorted[i], moved[old] = u.cells[old], uint32(i)
	}
	u.cells = sorted
	for i := range u.ones {
		u.ones[i].cell = moved[u.ones[i].cell]
	}
	slices.SortFunc(u.ones, func(a, b one) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.cell, b.cell), cmp.Compare(a.number, b.number), cmp.Compare(a.answer, b.answer),
			strings.Compare(u.table.text(a.agentNumber()), u.table.text(b.agentNumber())), cmp.Compare(a.agent, b.agent))
	})
	u.byLike, u.byCell, u.sight = nil, nil, nil
	u.sortFacts()
	u.told = gathered{u.sessions, u.seats, u.shifts}
}

func (u *Usage) compareClasses(a, b *class) int {
	return cmp.Or(cmp.Compare(a.like.Epoch, b.like.Epoch), cmp.Compare(a.kept.start, b.kept.start), u.table.compare(&a.kept, &b.kept))
}

func (u *Usage) sortFacts() {
	slices.SortFunc(u.seats, func(a, b usage.Seat) int {
		return cmp.Or(cmp.Compare(a.From, b.From), strings.Compare(a.Source, b.Source), strings.Compare(a.ID, b.ID), strings.Compare(a.User, b.User))
	})
	slices.SortFunc(u.sessions, func(a, b usage.Session) int {
		return cmp.Or(cmp.Compare(a.From, b.From), strings.Compare(a.Source, b.Source), strings.Compare(a.ID, b.ID), strings.Compare(a.User, b.User))
	})
	slices.SortFunc(u.events, func(a, b usage.Event) int {
		return cmp.Or(cmp.Compare(a.At, b.At), strings.Compare(a.Source, b.Source), strings.Compare(a.ID, b.ID), a.Quantity.Cmp(b.Quantity))
	})
}

// within is the cells of the calls that began in a period; its ends must be edges.
func (u *Usage) within(p timex.Period) (from, to int) {
	at := func(i timex.Instant) int {
		n, _ := slices.BinarySearchFunc(u.epochs, i, func(e, x timex.Instant) int { return cmp.Compare(e, x) })
		epoch := int32(n + 1) // calls at or after this edge
		c, _ := slices.BinarySearchFunc(u.cells, epoch, func(c cell, e int32) int { return cmp.Compare(u.classes[c.class].like.Epoch, e) })
		return c
	}
	return at(p.From), at(p.To)
}
