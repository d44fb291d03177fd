package timex

import (
	"fmt"
	"time"
	_ "time/tzdata" // zones must exist on machines without a zone database
)

// LoadZone finds an IANA zone such as Asia/Shanghai. "Local" and the empty name
// are refused: a zone that depends on the machine makes an invoice that does.
func LoadZone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, fmt.Errorf("%q is not a time zone: write an IANA name such as Asia/Shanghai", name)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("%q is not an IANA time zone such as Asia/Shanghai", name)
	}
	return loc, nil
}

// Wall turns wall-clock stamps of one zone into instants, remembering the
// stretch of constant offset it was last in: reading a million records asks the
// zone's rules a few times only. Not safe for two goroutines at once.
type Wall struct {
	loc      *time.Location
	from, to int64 // wall seconds for which offset holds
	offset   int64
}

// NewWall starts for a zone.
func NewWall(loc *time.Location) *Wall { return &Wall{loc: loc} }

// Location is the zone.
func (w *Wall) Location() *time.Location { return w.loc }

// margin keeps the remembered stretch away from a change of clocks, where the
// zone's own rules must be asked.
const margin = 26 * 3600

// Instant turns wall seconds (the stamp read as if it were UTC) and a fraction
// in microseconds into an instant. A stamp the clocks skipped is taken with the
// offset before the change; one they repeat is the first of the two.
func (w *Wall) Instant(wall, micros int64) Instant {
	if wall < w.from || wall >= w.to {
		w.look(wall)
	}
	return Instant((wall-w.offset)*1_000_000 + micros)
}

func (w *Wall) look(wall int64) {
	before, after := w.offsetAt(wall-margin), w.offsetAt(wall+margin)
	switch {
	case w.offsetAt(wall-before) == before:
		w.offset = before
	case w.offsetAt(wall-after) == after:
		w.offset = after
	default: // skipped
		w.offset = before
	}
	w.from, w.to = wall, wall+1
	lo, hi := time.Unix(wall-w.offset, 0).In(w.loc).ZoneBounds()
	const far = int64(1) << 40
	from, to := -far, far
	if !lo.IsZero() {
		from = lo.Unix() + w.offset + margin
	}
	if !hi.IsZero() {
		to = hi.Unix() + w.offset - margin
	}
	if from <= wall && wall < to {
		w.from, w.to = from, to
	}
}

func (w *Wall) offsetAt(unix int64) int64 {
	_, off := time.Unix(unix, 0).In(w.loc).Zone()
	return int64(off)
}

// WallSeconds is a civil date and time as seconds since 1970 with no zone.
func WallSeconds(year int, month time.Month, day, hour, min, sec int) int64 {
	// Days from civil, Howard Hinnant's "chrono-compatible low-level date algorithms".
	y, m := int64(year), int64(month)
	if m <= 2 {
		y--
	}
	era := y / 400
	yoe := y - era*400
	mp := (m + 9) % 12
	doy := (153*mp+2)/5 + int64(day) - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	days := era*146097 + doe - 719468
	return days*86400 + int64(hour)*3600 + int64(min)*60 + int64(sec)
}
