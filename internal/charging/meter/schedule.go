package meter

import (
	"fmt"
	"slices"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/timex"
)

// clockwork tells which schedule of a component is in force at a moment, and
// until when. It remembers the days it was asked about, daysKept of them.
type clockwork struct {
	loc       *time.Location
	schedules []*catalog.Schedule
	calendars []*timex.Calendar     // beside schedules; nil: none
	turns     []int                 // minutes of a day at which a window begins or ends, ascending; the last is midnight
	days      map[timex.Date][]span // spans of a day, in order, covering it
}

// daysKept bounds the memory of a clockwork: two years of days.
const daysKept = 800

// span is a stretch of one local day with one schedule in force.
type span struct {
	from, to timex.Instant
	schedule int // index, -1 none
}

const none = -1

func newClockwork(t *contract.Terms, schedules []*catalog.Schedule) (*clockwork, error) {
	c := &clockwork{loc: t.Loc, schedules: schedules, days: map[timex.Date][]span{}}
	for _, s := range schedules {
		cal := t.Holidays[s.Calendar]
		if cal == nil && s.Calendar != "" && s.Calendar != "none" {
			return nil, fmt.Errorf("schedule %s: no holiday calendar %q; there are cn, tw, hk, us and none", s.ID, s.Calendar)
		}
		if cal != nil && s.AsksHolidays() && !(cal.Covers(t.First) && cal.Covers(t.After-1)) {
			return nil, fmt.Errorf("schedule %s: calendar %s does not know the holidays of %s to %s; name the dates in the schedule", s.ID, s.Calendar, t.First, t.After-1)
		}
		c.calendars = append(c.calendars, cal)
	}
	c.turns = turnsOf(schedules)
	return c, nil
}

// turnsOf lists the minutes at which a schedule can change.
func turnsOf(schedules []*catalog.Schedule) []int {
	turns := []int{24 * 60}
	for _, s := range schedules {
		for _, w := range s.Windows {
			turns = append(turns, int(w.From.Minute))
			if w.To.Set {
				turns = append(turns, int(w.To.Minute))
			}
		}
	}
	slices.Sort(turns)
	return slices.Compact(turns)
}

// at finds the schedule in force at an instant and the end of its stretch on
// that local day.
func (c *clockwork) at(i timex.Instant) (schedule int, until timex.Instant) {
	d := i.DateIn(c.loc)
	spans, known := c.days[d]
	if !known {
		if len(c.days) >= daysKept {
			clear(c.days)
		}
		spans = c.lay(d)
		c.days[d] = spans
	}
	for _, s := range spans {
		if i < s.to {
			return s.schedule, s.to
		}
	}
	return none, (d + 1).Start(c.loc)
}

// lay works out the spans of a local day, from one turn of the wall clock to the
// next, once a day. Minutes the clocks skip never come, those they repeat come
// twice.
func (c *clockwork) lay(d timex.Date) []span {
	end := (d + 1).Start(c.loc)
	var out []span
	for at := d.Start(c.loc); at < end; { // stretches of one offset from UTC
		_, change := at.In(c.loc).ZoneBounds()
		until := end
		if !change.IsZero() {
			until = min(end, timex.At(change))
		}
		for at < until {
			wall := at.In(c.loc)
			minute := wall.Hour()*60 + wall.Minute()
			if who := c.inForce(d, minute); len(out) == 0 || who != out[len(out)-1].schedule {
				if n := len(out); n > 0 {
					out[n-1].to = at
				}
				out = append(out, span{at, end, who})
			}
			next := c.turns[slices.IndexFunc(c.turns, func(t int) bool { return t > minute })] // midnight is after every minute
			at = min(at.Add(time.Duration(next-minute)*time.Minute-time.Duration(wall.Second())*time.Second), until)
		}
	}
	return out
}

// inForce is the schedule of the highest weight that covers a minute of a day.
func (c *clockwork) inForce(d timex.Date, minute int) int {
	best := none
	for i, s := range c.schedules {
		if s.Covers(d, minute, c.calendars[i]) && (best == none || s.Weight > c.schedules[best].Weight) {
			best = i
		}
	}
	return best
}
