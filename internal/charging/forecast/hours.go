package forecast

import (
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/timex"
)

// holds tells whether the hours are those of a day.
func (h *Hours) holds(d timex.Date, cal *timex.Calendar) bool {
	s := catalog.Schedule{Windows: []catalog.Window{{Days: h.Days, From: h.From, To: h.To}}}
	return s.Covers(d, int(h.From.Minute), cal)
}

// on is when the hours begin and end on a day.
func (h *Hours) on(d timex.Date, loc *time.Location) (from, to timex.Instant) {
	y, m, day := d.Civil()
	clock := func(c catalog.Clock) timex.Instant {
		return timex.At(time.Date(y, m, day, int(c.Minute)/60, int(c.Minute)%60, 0, 0, loc))
	}
	return clock(h.From), clock(h.To)
}
