package catalog

import (
	"math/rand/v2"
	"testing"
	"time"

	"waihu/internal/timex"
	"waihu/internal/timex/holiday"
)

// randomSchedules draws some windows of every kind.
func randomSchedules(r *rand.Rand) []*Schedule {
	words := []DayWord{AllDays, Workday, Holiday, Mon, Fri, Sat, Sun}
	var out []*Schedule
	for i := range 2 + r.IntN(2) {
		s := &Schedule{ID: string(rune('a' + i)), Weight: r.IntN(3), Calendar: []string{"", "cn", "none"}[r.IntN(3)]}
		for range 1 + r.IntN(2) {
			var w Window
			for range r.IntN(3) {
				w.Days = append(w.Days, words[r.IntN(len(words))])
			}
			if r.IntN(3) == 0 {
				w.Dates = []DateWord{{0, time.October, 1}, {2026, time.March, 7}}
			}
			if r.IntN(3) > 0 {
				w.From = Clock{int16(60 * r.IntN(24)), true}
			}
			if r.IntN(3) > 0 {
				w.To = Clock{int16(60 * r.IntN(25)), true}
			}
			s.Windows = append(s.Windows, w)
		}
		out = append(out, s)
	}
	return out
}

// TestHoursAgreeWithEveryMinute: looking at days with the same windows once
// finds what asking each schedule at each hour of each day finds.
func TestHoursAgreeWithEveryMinute(t *testing.T) {
	calendars, err := holiday.Calendars()
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		list := randomSchedules(r)
		h := newHours(list)
		found := h.look()
		tie, gap := false, false
		for d := h.first; d < h.after && !tie; d++ {
			if !covered(list, calendars, d) {
				continue
			}
			for minute := 0; minute < 24*60; minute += 60 {
				best, same := -1, false
				for i, s := range list {
					if !s.Covers(d, minute, calendars[s.Calendar]) {
						continue
					}
					switch {
					case best < 0 || s.Weight > list[best].Weight:
						best, same = i, false
					case s.Weight == list[best].Weight:
						same = true
					}
				}
				tie, gap = tie || same, gap || best < 0
			}
		}
		if tie != (found.tie != nil) || !tie && gap != (found.gapAt != "") {
			t.Fatalf("found %+v, by the minute tie %t gap %t for %+v", found, tie, gap, list)
		}
	}
}

func covered(list []*Schedule, calendars map[string]*timex.Calendar, d timex.Date) bool {
	for _, s := range list {
		if c := calendars[s.Calendar]; c != nil && s.AsksHolidays() && !c.Covers(d) {
			return false
		}
	}
	return true
}

func TestCoversPastMidnight(t *testing.T) {
	s := Schedule{Windows: []Window{{Days: []DayWord{Fri}, From: Clock{22 * 60, true}, To: Clock{2 * 60, true}}}}
	friday := timex.MustDate("2026-03-06")
	for _, c := range []struct {
		day    timex.Date
		minute int
		want   bool
	}{{friday, 22 * 60, true}, {friday, 21*60 + 59, false}, {friday, 60, false}, {friday + 1, 119, true}, {friday + 1, 120, false}} {
		if got := s.Covers(c.day, c.minute, nil); got != c.want {
			t.Errorf("%s minute %d: %t", c.day, c.minute, got)
		}
	}
}
