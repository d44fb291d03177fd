package holiday_test

import (
	"testing"

	"waihu/internal/timex"
	"waihu/internal/timex/holiday"
)

func TestCalendarsKnowHolidaysAndMakeUpDays(t *testing.T) {
	all, err := holiday.Calendars()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		region, day   string
		holiday, work bool
	}{
		{"cn", "2026-01-01", true, false},
		{"cn", "2026-01-04", false, true},  // a Sunday worked to make up
		{"cn", "2026-02-17", true, false},  // Spring Festival
		{"cn", "2026-03-02", false, true},  // a plain Monday
		{"cn", "2026-03-01", false, false}, // a plain Sunday
		{"tw", "2025-02-08", false, true},  // a Saturday worked to make up
		{"tw", "2025-12-25", true, false},  // new by the law of May 2025
		{"tw", "2026-02-20", true, false},  // a Friday off for a Sunday
		{"tw", "2026-02-21", false, false}, // no Saturday is worked any more
		{"hk", "2026-04-07", true, false},
		{"us", "2026-11-26", true, false},
	} {
		d := timex.MustDate(c.day)
		cal := all[c.region]
		if cal.IsHoliday(d) != c.holiday || cal.IsWorkday(d) != c.work {
			t.Errorf("%s %s: holiday %v, work %v", c.region, c.day, cal.IsHoliday(d), cal.IsWorkday(d))
		}
		if !cal.Covers(d) {
			t.Errorf("%s does not cover %s", c.region, c.day)
		}
	}
	if all["cn"].Covers(timex.MustDate("2035-01-01")) {
		t.Error("cn claims to cover 2035")
	}
}
