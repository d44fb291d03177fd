package catalog

import (
	"fmt"
	"slices"
	"time"

	"waihu/internal/timex"
	"waihu/internal/timex/holiday"
)

// maxWindows bounds the windows of the schedules that one component uses.
const maxWindows = 100

// hours compares schedules over eight years of days: these hold leap days and
// nearly every weekday of every date. Days with the same windows are looked at
// once.
type hours struct {
	schedules    []*Schedule
	windows      []openWindow
	minutes      []int // at which anything can change
	first, after timex.Date
	needs        []*timex.Calendar // must know a day for it to be looked at
	seen         map[string]bool
}

// openWindow is a window ready to be asked.
type openWindow struct {
	*Window
	schedule int
	from, to int
	dates    map[DateWord]bool
	calendar *timex.Calendar
}

func newHours(used []*Schedule) *hours {
	h := &hours{schedules: used, minutes: []int{0}, seen: map[string]bool{},
		first: timex.NewDate(2024, time.January, 1), after: timex.NewDate(2032, time.January, 1)}
	calendars, _ := holiday.Calendars() // embedded; their own test reads them
	for i, s := range used {
		cal := calendars[s.Calendar]
		if cal != nil && s.AsksHolidays() {
			h.needs = append(h.needs, cal)
			h.first = timex.NewDate(2019, time.January, 1)
		}
		for j := range s.Windows {
			w := openWindow{Window: &s.Windows[j], schedule: i, calendar: cal, dates: map[DateWord]bool{}}
			w.from, w.to = w.Window.minutes()
			for _, d := range w.Dates {
				w.dates[d] = true
			}
			h.windows = append(h.windows, w)
			h.minutes = append(h.minutes, w.from%(24*60), w.to%(24*60))
		}
	}
	slices.Sort(h.minutes)
	h.minutes = slices.Compact(h.minutes)
	return h
}

// clash is the first moment at which two schedules of equal weight hold, and
// the first at which none does.
type clash struct {
	tie   []*Schedule
	tieAt string
	gapAt string
}

func (h *hours) look() (out clash) {
	before := h.open(h.first - 1)
	for d := h.first; d < h.after; d++ {
		today := h.open(d)
		key := string(before) + "|" + string(today)
		if !h.seen[key] && !slices.ContainsFunc(h.needs, func(c *timex.Calendar) bool { return !c.Covers(d) }) {
			h.seen[key] = true
			if h.lookAt(d, before, today, &out); out.tie != nil {
				return out
			}
		}
		before = today
	}
	return out
}

// open says, window by window, whether it begins on a day.
func (h *hours) open(d timex.Date) []byte {
	y, m, day := d.Civil()
	out := make([]byte, len(h.windows))
	for i := range h.windows {
		w := &h.windows[i]
		dated := len(w.dates) == 0 || w.dates[DateWord{0, m, day}] || w.dates[DateWord{y, m, day}]
		out[i] = '0'
		if dated && w.onKind(d, w.calendar) {
			out[i] = '1'
		}
	}
	return out
}

func (h *hours) lookAt(d timex.Date, before, today []byte, out *clash) {
	for _, minute := range h.minutes {
		best := -1
		var tie []*Schedule
		for i := range h.windows {
			w := &h.windows[i]
			late := w.to <= w.from
			holds := today[i] == '1' && minute >= w.from && (late || minute < w.to) || late && before[i] == '1' && minute < w.to
			if !holds || w.schedule == best {
				continue
			}
			switch s := h.schedules[w.schedule]; {
			case best < 0 || s.Weight > h.schedules[best].Weight:
				best, tie = w.schedule, nil
			case s.Weight == h.schedules[best].Weight:
				tie = []*Schedule{h.schedules[best], s}
			}
		}
		moment := fmt.Sprintf("%s %s at %s", d.Weekday(), d, Clock{Minute: int16(minute)})
		if tie != nil {
			out.tie, out.tieAt = tie, moment
			return
		}
		if best < 0 && out.gapAt == "" {
			out.gapAt = moment
		}
	}
}
