package meter_test

import (
	"testing"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/meter"
	"waihu/internal/timex"
)

func TestLoggedIn(t *testing.T) {
	day := logins(t, [3]string{"ann", "02 09:00:00", "02 12:00:00"}, [3]string{"bob", "02 11:30:00", "02 18:00:00"}, [3]string{"ann", "02 11:00:00", "02 11:45:00"}, [3]string{"cy", "03 12:00:00", "03 12:10:00"})
	terms := termsFor(t, "2026-06", "Asia/Shanghai")
	level, err := meter.LoggedIn(&catalog.Component{Measure: catalog.SeatsConcurrentPeak}, day, terms)
	if err != nil {
		t.Fatal(err)
	}
	for d, want := range map[string]int64{"2026-06-01": 0, "2026-06-02": 2, "2026-06-03": 1} {
		on := timex.MustDate(d)
		if n, _ := level.Highest(timex.Days(on, on+1, terms.Loc)); n != want {
			t.Errorf("%s: %d at once, want %d", d, n, want)
		}
	}
	if _, err := meter.LoggedIn(&catalog.Component{}, logins(t, [3]string{"ann", "02 09:00:00", "02 08:00:00"}), terms); err == nil {
		t.Error("a log-in that ends before it begins was counted")
	}
}
