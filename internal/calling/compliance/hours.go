package compliance

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"waihu/internal/timex"
)

// span is [from, to) of a day, in seconds of its wall clock.
type span struct{ from, to int64 }

// schedule is the hours of a rule by day of the week, and on holidays.
type schedule struct {
	days     [7][]span // Sunday first
	holiday  []span
	calendar *timex.Calendar // nil: holidays are days like others
}

var dayNames = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// daysOf is the days a word of a window means: a bit a day, 1<<7 holidays.
func daysOf(word string) (int, error) {
	switch word {
	case "daily":
		return 1<<7 - 1, nil
	case "weekdays":
		return 0b0111110, nil
	case "holiday":
		return 1 << 7, nil
	}
	first, last, ranged := strings.Cut(word, "-")
	a, b := slices.Index(dayNames, first), slices.Index(dayNames, last)
	if !ranged {
		b = a
	}
	if a < 0 || b < 0 {
		return 0, fmt.Errorf("%q is no day such as daily, weekdays, mon, mon-sat, holiday", word)
	}
	bits := 0
	for d := a; ; d = (d + 1) % 7 {
		bits |= 1 << d
		if d == b {
			return bits, nil
		}
	}
}

// week lays out the windows of a rule.
func week(r *Rule) (schedule, error) {
	s := schedule{}
	onHolidays := false
	for _, w := range r.Hours {
		if w.From >= w.To {
			return s, fmt.Errorf("%s to %s is no stretch of a day", w.From, w.To)
		}
		for word := range strings.SplitSeq(w.Days, ",") {
			bits, err := daysOf(strings.TrimSpace(word))
			if err != nil {
				return s, err
			}
			for d := range s.days {
				if bits&(1<<d) != 0 {
					s.days[d] = append(s.days[d], span{int64(w.From), int64(w.To)})
				}
			}
			if bits&(1<<7) != 0 {
				onHolidays = true
				s.holiday = append(s.holiday, span{int64(w.From), int64(w.To)})
			}
		}
	}
	if onHolidays && r.Calendar == "" {
		return s, fmt.Errorf("holidays have hours, and no calendar tells which days they are")
	}
	for d := range s.days {
		s.days[d] = inOrder(s.days[d])
	}
	s.holiday = inOrder(s.holiday)
	return s, nil
}

// inOrder sorts spans and joins those that touch.
func inOrder(in []span) (out []span) {
	slices.SortFunc(in, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	for _, s := range in {
		if n := len(out); n > 0 && s.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, s.to)
			continue
		}
		out = append(out, s)
	}
	return out
}

// wall is a zone around an instant: its offset, and until when that one holds.
type wall struct {
	loc    *time.Location
	offset int64         // seconds
	from   timex.Instant // the stretch of that offset
	to     timex.Instant
}

// far stands for ever.
const far = timex.Instant(1) << 62

func (w *wall) look(t timex.Instant) {
	at := time.UnixMicro(int64(t)).In(w.loc)
	_, off := at.Zone()
	w.offset, w.from, w.to = int64(off), -far, far
	from, to := at.ZoneBounds()
	if !from.IsZero() {
		w.from = timex.At(from)
	}
	if !to.IsZero() {
		w.to = timex.At(to)
	}
}

const second = 1_000_000

// day is the local day of an instant and the seconds of it that went by.
func (w *wall) day(t timex.Instant) (day, sec int64) {
	if t < w.from || t >= w.to {
		w.look(t)
	}
	local := floor(int64(t), second) + w.offset
	day = floor(local, 86_400)
	return day, local - day*86_400
}

func floor(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// covers tells whether it is known if a day is a holiday, where that matters.
func (s *schedule) covers(day int64) bool {
	return s.calendar == nil || s.calendar.Covers(timex.Date(day))
}

// spans are the hours of a day. A day that might be a holiday for all anybody knows
// has none.
func (s *schedule) spans(day int64) []span {
	switch {
	case !s.covers(day):
		return nil
	case s.calendar != nil && s.calendar.IsHoliday(timex.Date(day)):
		return s.holiday
	}
	return s.days[floorMod(day+4, 7)] // 1970-01-01 was a Thursday
}

func floorMod(a, b int64) int64 { return a - floor(a, b)*b }

// at tells whether an instant is within the hours, and the next instant at which
// that may change: an edge of the wall clock or a change of the clocks.
func (s *schedule) at(w *wall, t timex.Instant) (open bool, edge timex.Instant) {
	day, sec := w.day(t)
	next := int64(dayEnd)
	for _, h := range s.spans(day) {
		if sec < h.from {
			next = h.from
			break
		}
		if sec < h.to {
			open, next = true, h.to
			break
		}
	}
	return open, min(timex.Instant((day*86_400+next-w.offset)*second), w.to)
}

// maxEdges bounds a search along the edges of hours: within Horizon a day has its
// end and at most a few windows.
const maxEdges = 1000

// opens is the first instant from t on within the hours; zero: none before limit.
func (s *schedule) opens(w *wall, t, limit timex.Instant) timex.Instant {
	for range maxEdges {
		open, edge := s.at(w, t)
		if open {
			return t
		}
		if t = edge; t >= limit {
			return 0
		}
	}
	return 0
}

// closes is the first instant from t on that is not within the hours; limit if there
// is none before it.
func (s *schedule) closes(w *wall, t, limit timex.Instant) timex.Instant {
	for range maxEdges {
		open, edge := s.at(w, t)
		if !open {
			return t
		}
		if t = edge; t >= limit {
			return limit
		}
	}
	return t
}
