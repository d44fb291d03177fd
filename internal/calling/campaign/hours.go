package campaign

import (
	"fmt"
	"slices"
	"time"

	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/timex/holiday"
)

// Window is a stretch of every week in which people may be called.
type Window struct {
	Days []int  `json:"days"` // 1 Monday to 7 Sunday
	From string `json:"from"` // 09:00, of the called person's clock
	To   string `json:"to"`   // 20:00: not after; 24:00 is midnight
}

// Hours are the windows of a campaign. The law's hours are rules of its packs,
// and hold beside these.
type Hours struct {
	Windows []Window     `json:"windows"`
	Off     []timex.Date `json:"off,omitempty"`      // days without calls
	Holiday string       `json:"holidays,omitempty"` // calendar whose holidays are off too: cn, tw, hk, us
}

// Bounds of calling hours.
const (
	MaxWindows = 30
	MaxOff     = 400
)

const minutesOfDay = 24 * 60

// DefaultHours are 9:00 to 12:00 and 14:00 to 20:00, Monday to Saturday.
func DefaultHours() Hours {
	week := []int{1, 2, 3, 4, 5, 6}
	return Hours{Windows: []Window{{week, "09:00", "12:00"}, {week, "14:00", "20:00"}}}
}

// Open tells whether a wall clock is within the hours. holidays is the calendar
// that Holiday names; nil where it names none.
func (h *Hours) Open(local time.Time, holidays *timex.Calendar) bool {
	minute := local.Hour()*60 + local.Minute()
	return !h.isOff(timex.DateOf(local), holidays) && slices.ContainsFunc(h.Windows, func(w Window) bool {
		from, to, ok := w.span()
		return ok && slices.Contains(w.Days, weekday(timex.DateOf(local))) && from <= minute && minute < to
	})
}

// Next is the first instant from one on at which the hours are open in a zone;
// zero: not within a year.
func (h *Hours) Next(from timex.Instant, zone *time.Location, holidays *timex.Calendar) timex.Instant {
	if h.Open(from.In(zone), holidays) {
		return from
	}
	day := from.DateIn(zone)
	for d := day; d <= day+366; d++ {
		if h.isOff(d, holidays) {
			continue
		}
		var best timex.Instant
		for _, w := range h.Windows {
			start, _, ok := w.span()
			if !ok || !slices.Contains(w.Days, weekday(d)) {
				continue
			}
			y, m, n := d.Civil()
			// A clock that is put forward skips hours: the window may then begin
			// later, which Open is asked about.
			at := timex.At(time.Date(y, m, n, start/60, start%60, 0, 0, zone))
			if at >= from && (best.IsZero() || at < best) && h.Open(at.In(zone), holidays) {
				best = at
			}
		}
		if !best.IsZero() {
			return best
		}
	}
	return 0
}

func (h *Hours) isOff(d timex.Date, holidays *timex.Calendar) bool {
	return slices.Contains(h.Off, d) || holidays != nil && holidays.IsHoliday(d)
}

func weekday(d timex.Date) int { return (int(d.Weekday())+6)%7 + 1 }

// span is a window in minutes of the day.
func (w *Window) span() (from, to int, ok bool) {
	from, a := clock(w.From)
	to, b := clock(w.To)
	return from, to, a && b && from < to
}

// clock reads 09:30 as minutes.
func clock(s string) (int, bool) {
	if len(s) != 5 || s[2] != ':' {
		return 0, false
	}
	for _, i := range []int{0, 1, 3, 4} {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	h, m := int(s[0]-'0')*10+int(s[1]-'0'), int(s[3]-'0')*10+int(s[4]-'0')
	return h*60 + m, m < 60 && h*60+m <= minutesOfDay
}

func (h *Hours) problems(path string) (ps fault.Problems) {
	if len(h.Windows) == 0 || len(h.Windows) > MaxWindows {
		ps = append(ps, fault.Problem{Path: path + ".windows", Value: fmt.Sprint(len(h.Windows)), What: "calling hours are missing or too many", Expected: fmt.Sprintf("1 to %d windows", MaxWindows)})
		return ps
	}
	if len(h.Off) > MaxOff {
		ps = append(ps, fault.Problem{Path: path + ".off", Value: fmt.Sprint(len(h.Off)), What: "there are too many days", Expected: fmt.Sprintf("at most %d", MaxOff)})
	}
	if h.Holiday != "" && !slices.Contains(holiday.Regions(), h.Holiday) {
		ps = append(ps, fault.Problem{Path: path + ".holidays", Value: h.Holiday, What: "there is no such calendar of holidays", Expected: fmt.Sprint(holiday.Regions())})
	}
	for i, w := range h.Windows {
		at := fmt.Sprintf("%s.windows[%d]", path, i)
		if _, _, ok := w.span(); !ok {
			ps = append(ps, fault.Problem{Path: at, Value: w.From + "-" + w.To, What: "this is no stretch of a day", Expected: "from before to, as 09:00 and 20:00"})
		}
		if len(w.Days) == 0 || slices.ContainsFunc(w.Days, func(d int) bool { return d < 1 || d > 7 }) {
			ps = append(ps, fault.Problem{Path: at + ".days", Value: fmt.Sprint(w.Days), What: "days of the week are missing or wrong", Expected: "1 for Monday to 7 for Sunday"})
		}
	}
	return ps
}
