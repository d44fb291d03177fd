package app_test

import (
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// TestMonthsOfSessions: a session is in every month it touches, one without an
// end in every month there is from its first on, whatever order they come in.
func TestMonthsOfSessions(t *testing.T) {
	at := func(day string, hour int) timex.Instant {
		return timex.MustDate(day).Start(time.UTC).Add(time.Duration(hour) * time.Hour)
	}
	list := []usage.Session{
		{ID: "moment", User: "a", From: at("2026-05-02", 9), To: at("2026-05-02", 9)},
		{ID: "open", User: "b", From: at("2026-02-10", 9)},
		{ID: "night", User: "c", From: at("2026-01-31", 22), To: at("2026-02-01", 6)},
		{ID: "may", User: "d", From: at("2026-05-04", 9), To: at("2026-05-04", 17)},
		{ID: "lone moment", User: "e", From: at("2026-07-04", 9), To: at("2026-07-04", 9)},
	}
	want := map[string]string{"2026-01-01": " night", "2026-02-01": " open night", "2026-03-01": " open", "2026-05-01": " moment open may"}
	for _, backward := range []bool{false, true} {
		r := app.Remembered{Calls: []usage.Call{{ID: "1", Start: at("2026-03-05", 9)}}, Sessions: append([]usage.Session(nil), list...)}
		if backward {
			for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
				r.Sessions[i], r.Sessions[j] = r.Sessions[j], r.Sessions[i]
			}
		}
		got := map[string]map[string]bool{}
		for _, m := range r.Months(time.UTC, app.SplitNone, nil) {
			var k app.Remembered
			if err := m.Facts(nil, &k); err != nil {
				t.Fatal(err)
			}
			got[m.First.String()] = map[string]bool{}
			for _, s := range k.Sessions {
				got[m.First.String()][s.ID] = true
			}
		}
		if len(got) != len(want) {
			t.Errorf("backward %t: %v", backward, got)
		}
		for month, ids := range want {
			text := ""
			for _, s := range list {
				if got[month][s.ID] {
					text += " " + s.ID
				}
			}
			if text != ids {
				t.Errorf("backward %t: %s has%s, want%s", backward, month, text, ids)
			}
		}
	}
}
