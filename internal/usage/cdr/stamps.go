package cdr

import (
	"time"

	"waihu/internal/timex"
)

// stamps reads the stamps of a long file. It knows "2026-03-01 09:30:00" by
// heart, remembers the last day it saw whose clocks do not change, and leaves
// everything else to wallClock.
type stamps struct {
	clock    wallClock
	date     uint64        // the first 8 bytes of that day's stamps
	dateEnd  uint64        // the 8 bytes from the fourth on, with the space
	midnight timex.Instant // when it began
}

func newStamps(loc *time.Location) stamps { return stamps{clock: newWallClock(loc)} }

const wholeStamp = len("2026-03-01 09:30:00")

// read is the instant of a stamp, what is doubtful about it, and whether it is one.
func (s *stamps) read(text string) (timex.Instant, stampNote, bool) {
	if len(text) == wholeStamp && load64(text) == s.date && load64(text[3:]) == s.dateEnd {
		if second, ok := secondOfDay(load64(text[11:])); ok {
			return s.midnight + timex.Instant(second*1_000_000), 0, true
		}
	}
	return s.slow(text)
}

// slow reads any stamp. It remembers its day if the clocks did not change within
// a day of it, and will not.
func (s *stamps) slow(text string) (timex.Instant, stampNote, bool) {
	i, note, ok := s.clock.read(text)
	if !ok || len(text) != wholeStamp || text[10] != ' ' || note != 0 {
		return i, note, ok
	}
	t := i.In(s.clock.wall.Location())
	_, offset := t.Zone()
	from, to := t.ZoneBounds()
	midnight := timex.WallSeconds(t.Year(), t.Month(), t.Day(), 0, 0, 0) - int64(offset)
	if (from.IsZero() || from.Unix() < midnight-daySeconds) && (to.IsZero() || to.Unix() > midnight+2*daySeconds) {
		s.date, s.dateEnd, s.midnight = load64(text), load64(text[3:]), timex.Instant(midnight*1_000_000)
	}
	return i, note, ok
}

func load64(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// secondOfDay reads the eight bytes of "09:30:00", the first in the low bits,
// all at once: what is left after taking "00:00:00" away must be digits, the
// first of minutes and seconds at most 5, and nothing where the colons were.
func secondOfDay(x uint64) (int64, bool) {
	const (
		zeros = 0x30_30_3a_30_30_3a_30_30
		room  = 0x76_7a_7f_76_7a_7f_76_7d // carries what is too large into the high bit
	)
	x ^= zeros
	ok := (x+room|x)&highs == 0
	x = x*10 + x>>8 // the two digits of each pair, in its first byte
	second := int64(x&0xff)*3600 + int64(x>>24&0xff)*60 + int64(x>>48&0xff)
	return second, ok && second < daySeconds
}
