package meter

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/deck"
	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

const second = time.Second

// Sight is what the meters of several terms can tell apart in calls. Calls that
// look alike and talked for as many seconds cost the same under every one of
// the terms, whoever made them. It belongs to one goroutine.
type Sight struct {
	asks    asks
	clocks  []clockSight
	decks   []deckSight
	homes   []string        // for what a number tells, where a filter asks
	edges   []timex.Instant // moments at which some period begins, ascending
	words   map[string]uint32
	combos  map[string]uint32
	alone   uint32
	epoch   int
	scratch []byte
	views   []view // beside homes
}

// clockSight is one way to read the hour of a call.
type clockSight struct {
	clock   *clockwork
	atStart bool // calls as events: when it was placed, not when it was answered
	whole   bool // the schedule at its beginning decides
}

// deckSight is one way to find the row of a number.
type deckSight struct {
	deck *deck.Deck
	loc  *time.Location
	home string
}

// Likeness tells calls apart as far as a Sight sees. Two calls of the same one,
// and as many seconds, cost the same.
type Likeness struct {
	Epoch int32 // how many edges the call began at or after
	bits  uint32
	words [9]uint32 // direction, mode, purpose, result, by, outcome, campaign, account, trunk
	place uint32
	hours uint32
	rows  uint32
	part  uint32 // of the last second, where a filter asks for parts of one
	alone uint32 // not 0: runs over a change of price, counted by itself
}

const (
	bitAnswered = 1 << iota
	bitLegB
)

// NewSight makes the Sight of terms; edges are the moments at which periods
// begin or end under any of them.
func NewSight(edges []timex.Instant, all ...*contract.Terms) (*Sight, error) {
	s := &Sight{edges: slices.Clone(edges), words: map[string]uint32{"": 0}, combos: map[string]uint32{"": 0}}
	slices.Sort(s.edges)
	s.edges = slices.Compact(s.edges)
	seen := map[string]bool{}
	for _, t := range all {
		if err := s.look(t, seen); err != nil {
			return nil, err
		}
	}
	s.views = make([]view, len(s.homes))
	for i := range s.views {
		s.views[i].home = s.homes[i]
	}
	return s, nil
}

// look adds what one plan asks. Ways of reading that another plan has too are
// kept once.
func (s *Sight) look(t *contract.Terms, seen map[string]bool) error {
	m, err := New(t, Options{})
	if err != nil {
		return err
	}
	first := func(key string) bool {
		known := seen[key]
		seen[key] = true
		return !known
	}
	place := false
	for _, cm := range m.calls {
		before := s.asks.place
		s.asks.place = false
		s.asks.filter(&cm.comp.Where)
		for i := range cm.rows {
			s.asks.filter(&cm.rows[i].match)
			if d := cm.rows[i].deck; d != nil && first("deck\x00"+t.Loc.String()+"\x00"+t.Plan.Home+"\x00"+fmt.Sprintf("%p", d)) {
				s.decks = append(s.decks, deckSight{d, t.Loc, t.Plan.Home})
			}
		}
		place = place || s.asks.place
		s.asks.place = s.asks.place || before
		if cm.clock == nil {
			continue
		}
		one := clockSight{clock: cm.clock, atStart: cm.comp.Measure == catalog.Calls, whole: cm.comp.Crossing == catalog.CrossingCallStart}
		key := "clock\x00" + t.Loc.String()
		for _, sch := range cm.clock.schedules {
			key += "\x00" + string(catalog.Canonical(sch))
		}
		if one.atStart {
			key += "\x00start"
		}
		if one.whole {
			key += "\x00whole"
		}
		if first(key) {
			s.clocks = append(s.clocks, one)
		}
	}
	if place && first("home\x00"+t.Plan.Home) {
		s.homes = append(s.homes, t.Plan.Home)
	}
	return nil
}

// Of is how a call looks, and for how many seconds it could have talked without
// running over a change of price. Of calls that look alike, the one with the most
// room can stand for all of them, whatever their lengths.
func (s *Sight) Of(c *usage.Call) (l Likeness, room int64, err error) {
	room = math.MaxInt64
	l.Epoch = s.epochOf(c.Start)
	if c.IsAnswered() {
		l.bits |= bitAnswered
	}
	if c.LegB {
		l.bits |= bitLegB
	}
	a := &s.asks
	for i, w := range [9]struct {
		asked bool
		word  string
	}{{a.direction, string(c.Direction)}, {a.mode, string(c.Mode)}, {a.purpose, string(c.Purpose)}, {a.result, string(c.Result)}, {a.by, string(c.By)},
		{a.outcome, c.Outcome}, {a.campaign, c.Campaign}, {a.account, c.Account}, {a.trunk, c.Trunk}} {
		if w.asked {
			l.words[i] = s.word(w.word)
		}
	}
	if a.part {
		l.part = uint32(c.Talk % second)
	}
	if len(s.homes) > 0 {
		l.place = s.placeOf(c)
	}
	if len(s.decks) > 0 {
		l.rows = s.rowsOf(c)
	}
	if len(s.clocks) > 0 {
		room = s.hoursOf(c, &l)
	}
	if len(s.words) > maxWords || len(s.combos) > maxWords {
		return l, 0, fault.New(fault.Overflow, "calls have more than %d different words, rows and hours for these offers", maxWords)
	}
	return l, room, nil
}

// maxWords bounds what a Sight remembers: ten million words.
const maxWords = 10_000_000

func (s *Sight) word(w string) uint32 {
	n, known := s.words[w]
	if !known {
		n = uint32(len(s.words))
		s.words[string([]byte(w))] = n
	}
	return n
}

// epochOf counts the edges a moment is at or after. Neighbours in a file are
// neighbours in time, mostly.
func (s *Sight) epochOf(at timex.Instant) int32 {
	e := s.epoch
	if e > 0 && at < s.edges[e-1] || e < len(s.edges) && at >= s.edges[e] {
		n, found := slices.BinarySearch(s.edges, at)
		if found {
			n++
		}
		e = n
		s.epoch = e
	}
	return int32(e)
}

// combo numbers what is in the scratch buffer.
func (s *Sight) combo() uint32 {
	n, known := s.combos[string(s.scratch)]
	if !known {
		n = uint32(len(s.combos))
		s.combos[string(s.scratch)] = n
	}
	return n
}

// placeOf is what the numbers tell: kind of line, region, how far.
func (s *Sight) placeOf(c *usage.Call) uint32 {
	s.scratch = append(s.scratch[:0], 'p')
	if !s.asks.far && c.Line != "" { // the record itself says all that is asked
		s.scratch = append(s.scratch, c.Line...)
		return s.combo()
	}
	for i := range s.views {
		v := &s.views[i]
		v.show(c, true)
		for _, w := range [3]string{string(v.line), string(v.reach), v.region} {
			s.scratch = append(append(s.scratch, w...), 0)
		}
	}
	return s.combo()
}

// rowsOf is which row of each deck a number finds.
func (s *Sight) rowsOf(c *usage.Call) uint32 {
	s.scratch = append(s.scratch[:0], 'r')
	for i := range s.decks {
		d := &s.decks[i]
		v := view{home: d.home, call: c}
		at, ok := d.deck.Match(v.called(), c.Start.DateIn(d.loc))
		row := uint32(at) + 1
		if !ok || v.called().IsZero() {
			row = 0
		}
		s.scratch = binary.LittleEndian.AppendUint32(s.scratch, row)
	}
	return s.combo()
}

// hoursOf is which schedules a call falls in, and how long it stays in them; one
// that runs on into another stands alone.
func (s *Sight) hoursOf(c *usage.Call, l *Likeness) (room int64) {
	room = math.MaxInt64
	begin := c.Answer
	if begin.IsZero() {
		begin = c.Start
	}
	s.scratch = append(s.scratch[:0], 'h')
	for i := range s.clocks {
		k := &s.clocks[i]
		at := begin
		if k.atStart {
			at = c.Start
		}
		schedule, until := k.clock.at(at)
		s.scratch = binary.LittleEndian.AppendUint16(s.scratch, uint16(schedule+1))
		if !k.atStart && !k.whole {
			room = min(room, secondsUntil(begin, until))
		}
	}
	l.hours = s.combo()
	if c.IsAnswered() && c.Seconds() > room {
		s.alone++
		l.alone = s.alone
	}
	return room
}

// Edges are the moments an Epoch counts, ascending.
func (s *Sight) Edges() []timex.Instant { return s.edges }
