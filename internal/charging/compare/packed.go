package compare

import (
	"bytes"
	"cmp"
	"strings"
	"time"

	"waihu/internal/timex"
	"waihu/internal/usage"
)

// table keeps the words and numbers of calls once each.
type table struct {
	words []string // 0 is the empty one
	index map[string]uint32
	bytes []byte // numbers called and calling, one after another
}

func newTable() table { return table{words: []string{""}, index: map[string]uint32{"": 0}} }

func (t *table) word(s string) uint32 {
	n, known := t.index[s]
	if !known {
		own := strings.Clone(s)
		n = uint32(len(t.words))
		t.words = append(t.words, own)
		t.index[own] = n
	}
	return n
}

func (t *table) text(n uint32) string { return t.words[n] }

// packed is a call in a tenth of its room: all that an offer can ask of it but
// its length.
type packed struct {
	start, answer timex.Instant
	words         [11]uint32
	at            int // of its numbers in the table
	to, from      uint8
	room          uint8  // bytes kept for both
	part          uint32 // of the last second of talk, in nanoseconds
	legB          bool
}

// maxNumber is how much of a number as recorded is kept; no number is longer.
const maxNumber = 64

// pack keeps a call in the place of another, if there is one: records that come
// newest first replace the call that stands for its kind again and again.
func (t *table) pack(c *usage.Call, old *packed) packed {
	p := packed{start: c.Start, answer: c.Answer, at: len(t.bytes), legB: c.LegB, part: uint32(c.Talk % time.Second)}
	to, from := clip(c.To), clip(c.From)
	p.to, p.from = uint8(len(to)), uint8(len(from))
	if p.room = p.to + p.from; old != nil && p.room <= old.room {
		p.at, p.room = old.at, old.room
		copy(t.bytes[p.at+copy(t.bytes[p.at:], to):], from)
	} else {
		t.bytes = append(append(t.bytes, to...), from...)
	}
	for i, w := range [11]string{string(c.Direction), string(c.Result), string(c.By), string(c.Mode), string(c.Purpose), string(c.Line), string(c.Reach),
		c.Outcome, c.Campaign, c.Account, c.Trunk} {
		p.words[i] = t.word(w)
	}
	return p
}

func clip(s string) string { return s[:min(len(s), maxNumber)] }

// unpack writes a kept call into c, whatever its length was.
func (t *table) unpack(p *packed, c *usage.Call) {
	w := func(i int) string { return t.words[p.words[i]] }
	*c = usage.Call{Start: p.start, Answer: p.answer, LegB: p.legB, Direction: usage.Direction(w(0)), Result: usage.Result(w(1)), By: usage.AnsweredBy(w(2)),
		Mode: usage.Mode(w(3)), Purpose: usage.Purpose(w(4)), Line: usage.Line(w(5)), Reach: usage.Reach(w(6)),
		Outcome: w(7), Campaign: w(8), Account: w(9), Trunk: w(10), To: t.called(p), From: t.calling(p)}
}

func (t *table) called(p *packed) string { return string(t.bytes[p.at : p.at+int(p.to)]) }
func (t *table) calling(p *packed) string {
	return string(t.bytes[p.at+int(p.to) : p.at+int(p.to)+int(p.from)])
}

// before orders a call before a kept one: by start, then by all that is kept of
// calls that look alike.
func (t *table) before(c *usage.Call, p *packed) bool {
	if c.Start != p.start {
		return c.Start < p.start
	}
	return cmp.Or(strings.Compare(clip(c.To), t.called(p)), strings.Compare(clip(c.From), t.calling(p)), cmp.Compare(c.Answer, p.answer)) < 0
}

// compare orders kept calls of one start.
func (t *table) compare(a, b *packed) int {
	n := cmp.Or(bytes.Compare(t.bytes[a.at:a.at+int(a.to)], t.bytes[b.at:b.at+int(b.to)]), strings.Compare(t.calling(a), t.calling(b)), cmp.Compare(a.answer, b.answer))
	for i := 0; n == 0 && i < len(a.words); i++ {
		n = strings.Compare(t.words[a.words[i]], t.words[b.words[i]])
	}
	return n
}

// talkOf is a talk time of so many started seconds that ends like the kept call's.
func (p *packed) talkOf(seconds int32) time.Duration {
	d := time.Duration(seconds) * time.Second
	if p.part > 0 && seconds > 0 {
		d += time.Duration(p.part) - time.Second
	}
	return d
}

// numberOf tells numbers apart: FNV-1a, 64 bits.
func numberOf(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}
