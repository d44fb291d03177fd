package cdr

import (
	"strings"
	"time"

	"waihu/internal/timex"
)

// stampNote is what is doubtful about a stamp: a sum of the values below.
type stampNote uint8

const (
	stampMinute   stampNote = 1 << iota // no seconds: re-saved by a spreadsheet
	stampSkipped                        // the clocks jumped over it
	stampRepeated                       // the clocks showed it twice
)

// wallClock reads stamps of one zone. It remembers the last hour it asked the
// zone about. Not safe for two goroutines at once.
type wallClock struct {
	wall *timex.Wall
	hour int64 // wall hour the note below belongs to
	odd  bool  // the clocks change within a day of that hour
}

func newWallClock(loc *time.Location) wallClock {
	if loc == nil {
		loc = time.UTC
	}
	return wallClock{wall: timex.NewWall(loc), hour: -1 << 40}
}

func (w *wallClock) zone() string { return w.wall.Location().String() }

// read understands year-month-day or year/month/day, with or without leading
// zeros, then a space or T, hours, minutes, seconds if any, a fraction if any,
// and a zone if any (Z, +08:00, +0800). Without a zone it is the wall clock.
func (w *wallClock) read(s string) (timex.Instant, stampNote, bool) {
	p := stampParts{rest: strings.TrimSpace(s)}
	year := p.number(4, 4)
	sep := p.one("-/")
	month := p.number(1, 2)
	p.expect(sep)
	day := p.number(1, 2)
	p.one(" T")
	hour := p.number(1, 2)
	p.expect(':')
	minute := p.number(2, 2)
	second, micros, note := 0, 0, stampMinute
	if p.has(':') {
		second, note = p.number(2, 2), 0
		if p.has('.') {
			micros = p.fraction()
		}
	}
	offset, zoned := p.zone()
	if p.bad || p.rest != "" || !civil(year, month, day, hour, minute, second) {
		return 0, 0, false
	}
	wall := timex.WallSeconds(year, time.Month(month), day, hour, minute, second)
	if zoned {
		return timex.Instant((wall-offset)*1_000_000 + int64(micros)), note, true
	}
	i := w.wall.Instant(wall, int64(micros))
	return i, note | w.doubt(wall, i), true
}

// doubt tells whether the clocks skipped or repeated a wall second that was
// taken as i.
func (w *wallClock) doubt(wall int64, i timex.Instant) stampNote {
	loc := w.wall.Location()
	unix := i.Time().Unix()
	if h := wall / 3600; h != w.hour {
		w.hour = h
		w.odd = offsetAt(loc, unix-daySeconds) != offsetAt(loc, unix+daySeconds)
	}
	if !w.odd {
		return 0
	}
	now, later := offsetAt(loc, unix), offsetAt(loc, unix+6*3600)
	if unix+now != wall {
		return stampSkipped
	}
	if twin := unix + now - later; later < now && twin+offsetAt(loc, twin) == wall {
		return stampRepeated
	}
	return 0
}

const daySeconds = 24 * 3600

func offsetAt(loc *time.Location, unix int64) int64 {
	_, off := time.Unix(unix, 0).In(loc).Zone()
	return int64(off)
}

// civil tells whether a date and time exist. Years before 1971 are broken
// clocks; years after 2200 are typing errors.
func civil(year, month, day, hour, minute, second int) bool {
	if year < 1971 || year > 2200 || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59 {
		return false
	}
	_, m, _ := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Date()
	return m == time.Month(month)
}

// stampParts takes a stamp apart from the left; bad says something was missing.
type stampParts struct {
	rest string
	bad  bool
}

func (p *stampParts) number(least, most int) int {
	n, v := 0, 0
	for n < len(p.rest) && n < most && p.rest[n]-'0' <= 9 {
		v = v*10 + int(p.rest[n]-'0')
		n++
	}
	p.bad = p.bad || n < least
	p.rest = p.rest[n:]
	return v
}

// fraction is the digits after a point in microseconds; what is finer is cut.
func (p *stampParts) fraction() int {
	n, v := 0, 0
	for n < len(p.rest) && p.rest[n]-'0' <= 9 {
		if n < 6 {
			v = v*10 + int(p.rest[n]-'0')
		}
		n++
	}
	p.bad = p.bad || n == 0
	p.rest = p.rest[n:]
	for ; n < 6; n++ {
		v *= 10
	}
	return v
}

func (p *stampParts) has(c byte) bool {
	if p.rest != "" && p.rest[0] == c {
		p.rest = p.rest[1:]
		return true
	}
	return false
}

func (p *stampParts) expect(c byte) { p.bad = !p.has(c) || p.bad }

// one takes one of the bytes of set.
func (p *stampParts) one(set string) byte {
	if p.rest == "" || strings.IndexByte(set, p.rest[0]) < 0 {
		p.bad = true
		return 0
	}
	c := p.rest[0]
	p.rest = p.rest[1:]
	return c
}

// zone is the offset from UTC in seconds, if one stands.
func (p *stampParts) zone() (offset int64, zoned bool) {
	switch {
	case p.has('Z'):
		return 0, true
	case p.rest == "" || strings.IndexByte("+-", p.rest[0]) < 0:
		return 0, false
	}
	sign := int64(1)
	if p.one("+-") == '-' {
		sign = -1
	}
	h := p.number(2, 2)
	p.has(':')
	m := p.number(2, 2)
	p.bad = p.bad || h > 14 || m > 59
	return sign * int64(h*3600+m*60), true
}
