package timex_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"waihu/internal/fault"
	"waihu/internal/timex"
)

func TestCycleClampsFromTheOriginalDay(t *testing.T) {
	c := timex.Cycle{Unit: timex.Month, Count: 1, Anchor: timex.MustDate("2026-01-31")}
	for n, want := range []string{"2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"} {
		if got := c.Boundary(n).String(); got != want {
			t.Errorf("boundary %d is %s, want %s", n, got, want)
		}
	}
}

func TestCycleContainsEveryDayOnce(t *testing.T) {
	for _, u := range timex.Units() {
		for _, count := range []int{1, 2, 5} {
			for _, anchor := range []string{"2024-02-29", "2026-01-31", "2000-01-01"} {
				c := timex.Cycle{Unit: u, Count: count, Anchor: timex.MustDate(anchor)}
				d := timex.MustDate("2019-12-30")
				for range 900 {
					if first, after := c.Containing(d); d < first || d >= after {
						t.Fatalf("%+v: %s is not in [%s, %s)", c, d, first, after)
					}
					d++
				}
			}
		}
	}
}

func TestWallAgreesWithTheZoneRules(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, name := range []string{"Asia/Shanghai", "America/New_York", "Europe/London", "Australia/Lord_Howe", "America/Sao_Paulo", "UTC"} {
		loc, err := timex.LoadZone(name)
		if err != nil {
			t.Fatal(err)
		}
		w := timex.NewWall(loc)
		base := timex.WallSeconds(2010, 1, 1, 0, 0, 0)
		for range 20000 {
			wall := base + r.Int64N(20*365*86400)
			got := w.Instant(wall, 0).In(loc)
			u := time.Unix(wall, 0).UTC()
			want := time.Date(u.Year(), u.Month(), u.Day(), u.Hour(), u.Minute(), u.Second(), 0, loc)
			if got.Format(time.DateTime) == u.Format(time.DateTime) && !got.Equal(want) && !got.Before(want) { // a repeated stamp: we take the first
				t.Fatalf("%s: wall %s became %s, the rules say %s", name, u.Format(time.DateTime), got, want)
			}
			if want.Format(time.DateTime) == u.Format(time.DateTime) && got.Format(time.DateTime) != u.Format(time.DateTime) {
				t.Fatalf("%s: wall %s became %s", name, u.Format(time.DateTime), got)
			}
		}
	}
}

func TestWallAtClockChanges(t *testing.T) {
	loc, _ := timex.LoadZone("America/New_York")
	w := timex.NewWall(loc)
	for wall, want := range map[int64]string{
		timex.WallSeconds(2026, 3, 8, 1, 59, 59):  "2026-03-08T06:59:59Z",
		timex.WallSeconds(2026, 3, 8, 2, 30, 0):   "2026-03-08T07:30:00Z", // skipped: as before the change
		timex.WallSeconds(2026, 3, 8, 3, 0, 0):    "2026-03-08T07:00:00Z",
		timex.WallSeconds(2026, 11, 1, 1, 30, 0):  "2026-11-01T05:30:00Z", // twice: the first
		timex.WallSeconds(2026, 11, 1, 2, 0, 0):   "2026-11-01T07:00:00Z",
		timex.WallSeconds(2026, 11, 1, 0, 59, 59): "2026-11-01T04:59:59Z",
	} {
		if got := w.Instant(wall, 0).String(); got != want {
			t.Errorf("%s became %s, want %s", time.Unix(wall, 0).UTC(), got, want)
		}
	}
}

func TestWallSeconds(t *testing.T) {
	for d := timex.MustDate("1999-12-30"); d < timex.MustDate("2101-03-02"); d++ {
		y, m, day := d.Civil()
		if got, want := timex.WallSeconds(y, m, day, 1, 2, 3), time.Date(y, m, day, 1, 2, 3, 0, time.UTC).Unix(); got != want {
			t.Fatalf("%s: %d, want %d", d, got, want)
		}
	}
}

// TestWhatIsWrittenCanBeReadAgain: a record with a day that cannot be read is lost.
func TestWhatIsWrittenCanBeReadAgain(t *testing.T) {
	for d, sound := range map[timex.Date]bool{timex.NewDate(0, 1, 1): true, timex.NewDate(9999, 12, 31): true, timex.NewDate(10000, 1, 1): false, timex.NewDate(-1, 12, 31): false} {
		b, err := d.MarshalText()
		var again timex.Date
		if sound && (err != nil || again.UnmarshalText(b) != nil || again != d) || !sound && fault.KindOf(err) != fault.Overflow {
			t.Errorf("%s is written as %q: %v", d, b, err)
		}
		at, now := d.Start(time.UTC), timex.Instant(0)
		b, err = at.MarshalText()
		if sound && (err != nil || now.UnmarshalText(b) != nil || now != at) || !sound && fault.KindOf(err) != fault.Overflow {
			t.Errorf("%s is written as %q: %v", at, b, err)
		}
	}
}

func TestParsePeriod(t *testing.T) {
	for s, want := range map[string]string{
		"2026-02": "2026-02-01 2026-03-01", "2026": "2026-01-01 2027-01-01",
		"2026-02-28": "2026-02-28 2026-03-01", "2026-01-15..2026-02-15": "2026-01-15 2026-02-15",
	} {
		a, b, err := timex.ParsePeriod(s)
		if err != nil || a.String()+" "+b.String() != want {
			t.Errorf("%s: %s %s %v", s, a, b, err)
		}
	}
	for _, s := range []string{"", "2026-13", "2026-02-30", "2026-02-15..2026-02-15", "03/2026"} {
		if _, _, err := timex.ParsePeriod(s); err == nil {
			t.Errorf("%q was read as a period", s)
		}
	}
}
