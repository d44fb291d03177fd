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
		if cal != nil && asksHolidays(s) && !(cal.Covers(t.First) && cal.Covers(t.After-1)) {
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

// asksHolidays tells whether a schedule depends on a holiday calendar.
func asksHolidays(s *catalog.Schedule) bool {
	for _, w := range s.Windows {
		if slices.Contains(w.Days, catalog.Workday) || slices.Contains(w.Days, catalog.Holiday) {
			return true
		}
	}
	return false
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
		if c.covers(i, d, minute) && (best == none || s.Weight > c.schedules[best].Weight) {
			best = i
		}
	}
	return best
}

func (c *clockwork) covers(i int, d timex.Date, minute int) bool {
	for _, w := range c.schedules[i].Windows {
		from, to := int(w.From.Minute), 24*60
		if w.To.Set {
			to = int(w.To.Minute)
		}
		if to > from {
			if minute >= from && minute < to && c.onDay(i, &w, d) {
				return true
			}
			continue
		}
		// past midnight: the evening belongs to the day named, the morning to the day before
		if minute >= from && c.onDay(i, &w, d) || minute < to && c.onDay(i, &w, d-1) {
			return true
		}
	}
	return false
}

func (c *clockwork) onDay(i int, w *catalog.Window, d timex.Date) bool {
	if len(w.Dates) > 0 {
		named := false
		for _, x := range w.Dates {
			named = named || x.Is(d)
		}
		if !named {
			return false
		}
	}
	if len(w.Days) == 0 {
		return true
	}
	cal := c.calendars[i]
	for _, word := range w.Days {
		switch word {
		case catalog.AllDays:
			return true
		case catalog.Workday:
			if cal != nil && cal.IsWorkday(d) || cal == nil && weekdays[d.Weekday()] != catalog.Sat && weekdays[d.Weekday()] != catalog.Sun {
				return true
			}
		case catalog.Holiday:
			if cal != nil && cal.IsHoliday(d) {
				return true
			}
		case weekdays[d.Weekday()]:
			return true
		}
	}
	return false
}

var weekdays = [7]catalog.DayWord{catalog.Sun, catalog.Mon, catalog.Tue, catalog.Wed, catalog.Thu, catalog.Fri, catalog.Sat}
