package cdr

import (
	"math"
	"time"

	"waihu/internal/timex"
)

// stamps reads the stamps of a long file. It knows "2026-03-01 09:30:00" by
// heart, remembers the last date it saw and the stretch around it in which the
// clocks do not change, and leaves everything else to wallClock.
type stamps struct {
	clock    wallClock
	from, to int64 // wall seconds for which offset holds, a day away from any change
	offset   int64
	date     uint64 // the first 8 bytes of the last date
	dateEnd  uint16 // its last 2
	day      int64  // its first wall second
}

func newStamps(loc *time.Location) stamps { return stamps{clock: newWallClock(loc)} }

const wholeStamp = len("2026-03-01 09:30:00")

// read is the instant of a stamp, what is doubtful about it, and whether it is one.
func (s *stamps) read(text string) (timex.Instant, stampNote, bool) {
	if len(text) == wholeStamp && text[10] == ' ' {
		if date, end := load64(text), load16(text[8:]); date == s.date && end == s.dateEnd {
			if second, ok := secondOfDay(load64(text[11:])); ok {
				if wall := s.day + second; s.from <= wall && wall < s.to {
					return timex.Instant((wall - s.offset) * 1_000_000), 0, true
				}
			}
		}
	}
	return s.slow(text)
}

// slow reads any stamp and remembers its date for the next.
func (s *stamps) slow(text string) (timex.Instant, stampNote, bool) {
	i, note, ok := s.clock.read(text)
	if !ok || len(text) != wholeStamp || text[10] != ' ' || note != 0 {
		return i, note, ok
	}
	t := i.In(s.clock.wall.Location())
	wall := timex.WallSeconds(t.Year(), t.Month(), t.Day(), 0, 0, 0)
	s.date, s.dateEnd, s.day = load64(text), load16(text[8:]), wall
	_, offset := t.Zone()
	s.offset = int64(offset)
	s.from, s.to = math.MinInt64/2, math.MaxInt64/2
	lo, hi := t.ZoneBounds()
	if !lo.IsZero() {
		s.from = lo.Unix() + s.offset + daySeconds
	}
	if !hi.IsZero() {
		s.to = hi.Unix() + s.offset - daySeconds
	}
	return i, note, ok
}

func load64(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

func load16(s string) uint16 { return uint16(s[0]) | uint16(s[1])<<8 }

// secondOfDay reads the eight bytes of "09:30:00", the first in the low bits,
// all at once: what is left after taking "00:00:00" away must be digits, and
// nothing where the colons were.
func secondOfDay(x uint64) (int64, bool) {
	const (
		zeros  = 0x30_30_3a_30_30_3a_30_30
		colons = 0x00_00_ff_00_00_ff_00_00
		high   = 0x80_80_80_80_80_80_80_80
		nine   = 0x76_76_76_76_76_76_76_76 // carries 10 and more into the high bit
	)
	x ^= zeros
	if x&colons != 0 || (x+nine|x)&high != 0 {
		return 0, false
	}
	h := int64(x&15*10 + x>>8&15)
	m := int64(x>>24&15*10 + x>>32&15)
	s := int64(x>>48&15*10 + x>>56&15)
	return h*3600 + m*60 + s, h < 24 && m < 60 && s < 60
}
