package catalog

import (
	"slices"
	"time"

	"waihu/internal/timex"
)

// Covers tells whether a schedule holds in a minute of a local day, 0 to 1439.
// Holidays are those of cal; without one, workday is Monday to Friday and
// holiday is no day. A window past midnight belongs to the day it begins on.
func (s *Schedule) Covers(d timex.Date, minute int, cal *timex.Calendar) bool {
	for i := range s.Windows {
		w := &s.Windows[i]
		from, to := w.minutes()
		switch {
		case to > from:
			if minute >= from && minute < to && w.onDay(d, cal) {
				return true
			}
		case minute >= from && w.onDay(d, cal), minute < to && w.onDay(d-1, cal):
			return true
		}
	}
	return false
}

// minutes are when a window begins and ends; an end not after the beginning is
// on the next day.
func (w *Window) minutes() (from, to int) {
	if from, to = int(w.From.Minute), 24*60; w.To.Set {
		to = int(w.To.Minute)
	}
	return from, to
}

// onDay tells whether a window begins on a day.
func (w *Window) onDay(d timex.Date, cal *timex.Calendar) bool {
	if len(w.Dates) > 0 && !slices.ContainsFunc(w.Dates, func(x DateWord) bool { return x.Is(d) }) {
		return false
	}
	return w.onKind(d, cal)
}

// onKind tells whether a window takes the kind of day a day is.
func (w *Window) onKind(d timex.Date, cal *timex.Calendar) bool {
	if len(w.Days) == 0 {
		return true
	}
	weekday := d.Weekday()
	for _, word := range w.Days {
		switch word {
		case AllDays:
			return true
		case Workday:
			if cal != nil && cal.IsWorkday(d) || cal == nil && weekday != time.Saturday && weekday != time.Sunday {
				return true
			}
		case Holiday:
			if cal != nil && cal.IsHoliday(d) {
				return true
			}
		case weekdayWord(weekday):
			return true
		}
	}
	return false
}

func weekdayWord(d time.Weekday) DayWord {
	return [7]DayWord{Sun, Mon, Tue, Wed, Thu, Fri, Sat}[d]
}

// AsksHolidays tells whether a schedule depends on a holiday calendar.
func (s *Schedule) AsksHolidays() bool {
	return slices.ContainsFunc(s.Windows, func(w Window) bool {
		return slices.Contains(w.Days, Workday) || slices.Contains(w.Days, Holiday)
	})
}
