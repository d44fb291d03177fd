package audit

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"waihu/internal/charging/deck"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// standing is how a call of ours stands with the component a list is for.
type standing uint8

const (
	free     standing = iota // the contract charges nothing for it here
	priced                   // it has its price here
	unpriced                 // the contract has no price for it
)

// ownCall is a call of ours beside a list of the vendor's.
type ownCall struct {
	id, source, to, agent string
	start, end            timex.Instant
	talk, ring            int64        // seconds
	due                   int64        // billed seconds
	cost                  exact.Number // where it has no rate
	rate                  *deck.Rate   // nil: it is not one price for its seconds
	parts                 int
	standing              standing
	row                   *CallRow // the vendor's; nil: not found so far
}

// paired is a call of ours and the vendor's row for it. Without a call the row
// is for nothing we know of, or for a call that has a row.
type paired struct {
	own   *ownCall
	row   *CallRow
	twice bool
}

// keyDigits is how many last digits of a called number tell numbers apart: the
// ways in which prefixes are written differ.
const keyDigits = 8

// numberKey is the end of a number, without signs.
func numberKey(s string) string {
	digits := make([]byte, 0, 20)
	for i := len(s) - 1; i >= 0 && len(digits) < keyDigits; i-- {
		if s[i] >= '0' && s[i] <= '9' {
			digits = append(digits, s[i])
		}
	}
	if len(digits) == 0 {
		return strings.Clone(s)
	}
	return string(digits)
}

// matcher holds one share of both sides. Which share a call belongs to is told
// by its number, where all rows have one, else by its identifier.
type matcher struct {
	byNumber bool
	shares   uint64
	share    uint64
	micros   int64 // tolerance

	own  []*ownCall
	rows []*CallRow
}

func (m *matcher) mine(id, to string) bool {
	key := id
	if m.byNumber {
		key = numberKey(to)
	}
	if m.shares <= 1 {
		return true
	}
	h := fnv.New64a()
	h.Write([]byte(key))
	return h.Sum64()%m.shares == m.share
}

// pairs matches rows with calls: by identifier, then what is left by number and
// nearest start, nearest duration where starts are equal.
func (m *matcher) pairs() []paired {
	out := make([]paired, 0, len(m.rows))
	byID, byNumber := map[string]*ownCall{}, map[string][]*ownCall{}
	for _, o := range m.own {
		if o.id != "" {
			byID[o.id] = o
		}
		key := numberKey(o.to)
		byNumber[key] = append(byNumber[key], o)
	}
	var left []*CallRow
	for _, r := range m.rows {
		o := byID[r.ID]
		switch {
		case r.ID == "" || o == nil:
			left = append(left, r)
		case o.row != nil:
			out = append(out, paired{own: o, row: r, twice: true})
		default:
			o.row = r
			out = append(out, paired{own: o, row: r})
		}
	}
	return append(out, m.byStart(left, byNumber)...)
}

// candidate is a row and a call that could be one.
type candidate struct {
	row           *CallRow
	own           *ownCall
	apart, length int64
}

// byStart matches rows by number and start, the nearest first.
func (m *matcher) byStart(rows []*CallRow, byNumber map[string][]*ownCall) []paired {
	var all []candidate
	for _, r := range rows {
		for _, o := range byNumber[numberKey(r.To)] {
			if within(o.start, r.Start, m.micros) {
				all = append(all, candidate{r, o, abs(int64(o.start - r.Start)), abs(o.due - r.Seconds)})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.apart, b.apart), cmp.Compare(a.length, b.length), cmp.Compare(a.row.Row, b.row.Row))
	})
	taken := map[*CallRow]*ownCall{}
	for _, c := range all {
		if c.own.row == nil && taken[c.row] == nil {
			c.own.row, taken[c.row] = c.row, c.own
		}
	}
	near := map[*CallRow]*ownCall{} // for rows that are left: the call another row is for
	for _, c := range all {
		if near[c.row] == nil {
			near[c.row] = c.own
		}
	}
	var out []paired
	for _, r := range rows {
		switch o := taken[r]; {
		case o != nil:
			out = append(out, paired{own: o, row: r})
		case near[r] != nil:
			out = append(out, paired{own: near[r], row: r, twice: true})
		default:
			out = append(out, paired{row: r})
		}
	}
	return out
}

func abs(n int64) int64 { return max(n, -n) }

// within tells whether two instants are at most so many microseconds apart.
func within(a, b timex.Instant, micros int64) bool { return abs(int64(a-b)) <= micros }

// gather reads the share of our calls, as the contract charges them for a
// component.
func (m *matcher) gather(w *walk, s *sheetOf) error {
	var now *ownCall
	one, err := meter.New(w.in.Terms, meter.Options{Detail: func(c *meter.Charged) {
		switch {
		case now == nil || c.Component != s.key && c.Reason == "":
		case c.Reason != "":
			if now.standing == free {
				now.standing = unpriced
			}
		default:
			now.take(c)
			s.known = s.known && c.HasCost
			if now.parts == 1 && !c.Label.Banded && c.Cost.Equal(s.at(s.rate(c.Label.Rate), c.Billed).exact) {
				now.rate, now.cost = s.rate(c.Label.Rate), exact.Zero
			}
		}
	}})
	if err != nil {
		return err
	}
	words := map[string]string{} // of sources and agents: each is kept once
	word := func(s string) string {
		kept, ok := words[s]
		if !ok {
			kept = strings.Clone(s)
			words[kept] = kept
		}
		return kept
	}
	err = w.in.Facts(&each{to: one, period: w.in.Terms.Period, before: func(c *usage.Call) {
		now = nil
		if m.mine(c.ID, c.To) {
			now = &ownCall{id: strings.Clone(c.ID), source: word(c.Source), to: strings.Clone(c.To), agent: word(c.Agent), start: c.Start, end: c.End, talk: c.Seconds(), ring: int64(ringOf(c) / time.Second)}
			m.own = append(m.own, now)
		}
	}})
	for _, o := range m.own {
		switch {
		case o.standing != priced:
		case o.rate != nil:
			s.at(o.rate, o.due).own++
		default:
			s.own = s.own.Add(o.cost)
		}
	}
	return err
}

// take notes what one price of a call came to.
func (o *ownCall) take(c *meter.Charged) {
	if o.parts++; o.parts == 2 && o.rate != nil {
		o.cost, o.rate = o.rate.Cost(o.due), nil
	}
	o.standing = priced
	o.due += c.Billed
	o.cost = o.cost.Add(c.Cost)
}

// each tells of every call of a period before a meter gets it.
type each struct {
	to     usage.Sink
	period timex.Period
	before func(*usage.Call)
	callsOnly
}

func (s *each) Call(c *usage.Call) error {
	if !s.period.Contains(c.Start) {
		return nil
	}
	s.before(c)
	return s.to.Call(c)
}
