package meter

import (
	"testing"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/timex"
)

func clock(s string) catalog.Clock {
	c, err := catalog.ParseClock(s)
	if err != nil {
		panic(err)
	}
	return c
}

// laid are the spans of a day, with "morning" from midnight to until and "rest"
// where it does not hold.
func laid(t *testing.T, zone, day, until string) []span {
	t.Helper()
	loc, err := timex.LoadZone(zone)
	if err != nil {
		t.Fatal(err)
	}
	c, err := newClockwork(&contract.Terms{Loc: loc}, []*catalog.Schedule{{ID: "rest", Windows: []catalog.Window{{}}}, {ID: "morning", Weight: 1, Windows: []catalog.Window{{To: clock(until)}}}})
	if err != nil {
		t.Fatal(err)
	}
	return c.lay(timex.MustDate(day))
}

// TestSchedulesWhereClocksChange: a change of price at a time the clocks skip
// falls on the moment they skip it; a time they repeat comes twice.
func TestSchedulesWhereClocksChange(t *testing.T) {
	for _, c := range []struct {
		what, zone, day, until string
		changes                []string // instants at which the schedule changes, in turn
	}{
		{"a plain day", "America/New_York", "2026-06-01", "02:00", []string{"2026-06-01T06:00:00Z"}},
		{"02:00 is skipped", "America/New_York", "2026-03-08", "02:00", []string{"2026-03-08T07:00:00Z"}},
		{"02:30 is skipped", "America/New_York", "2026-03-08", "02:30", []string{"2026-03-08T07:00:00Z"}},
		{"03:30 is not", "America/New_York", "2026-03-08", "03:30", []string{"2026-03-08T07:30:00Z"}},
		{"02:00 comes once", "America/New_York", "2026-11-01", "02:00", []string{"2026-11-01T07:00:00Z"}},
		{"01:30 comes twice", "America/New_York", "2026-11-01", "01:30", []string{"2026-11-01T05:30:00Z", "2026-11-01T06:00:00Z", "2026-11-01T06:30:00Z"}},
		{"no midnight", "Asia/Beirut", "2026-03-29", "01:00", nil},
		{"half an hour", "Australia/Lord_Howe", "2026-10-04", "02:15", []string{"2026-10-03T15:30:00Z"}},
	} {
		spans := laid(t, c.zone, c.day, c.until)
		var changes []string
		for i, s := range spans {
			if s.from >= s.to || i > 0 && (s.from != spans[i-1].to || s.schedule == spans[i-1].schedule) {
				t.Errorf("%s: span %d of %+v", c.what, i, spans)
			}
			if i > 0 {
				changes = append(changes, s.from.String())
			}
		}
		if len(changes) != len(c.changes) {
			t.Errorf("%s: changes at %v, want %v", c.what, changes, c.changes)
			continue
		}
		for i := range changes {
			if changes[i] != c.changes[i] {
				t.Errorf("%s: changes at %v, want %v", c.what, changes, c.changes)
			}
		}
		day := timex.MustDate(c.day)
		loc, _ := timex.LoadZone(c.zone)
		if spans[0].from != day.Start(loc) || spans[len(spans)-1].to != (day+1).Start(loc) {
			t.Errorf("%s: %+v does not cover the day", c.what, spans)
		}
	}
}

// TestScheduleFollowsTheWall: at every minute of the days on which clocks change
// the schedule in force is the one the wall clock asks for.
func TestScheduleFollowsTheWall(t *testing.T) {
	for _, zone := range []string{"America/New_York", "Europe/Paris", "Asia/Beirut", "Australia/Lord_Howe", "America/Havana"} {
		loc, err := timex.LoadZone(zone)
		if err != nil {
			t.Fatal(err)
		}
		c, err := newClockwork(&contract.Terms{Loc: loc}, []*catalog.Schedule{{ID: "night", Windows: []catalog.Window{{From: clock("22:00"), To: clock("01:40")}}}, {ID: "late", Weight: 1, Windows: []catalog.Window{{From: clock("02:20"), To: clock("03:10")}}}})
		if err != nil {
			t.Fatal(err)
		}
		for _, day := range []string{"2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01"} {
			d := timex.MustDate(day)
			for at := d.Start(loc); at < (d + 1).Start(loc); at = at.Add(time.Minute) {
				wall := at.In(loc)
				want := c.inForce(timex.DateOf(wall), wall.Hour()*60+wall.Minute())
				if got, until := c.at(at); got != want || until <= at {
					t.Fatalf("%s %s: schedule %d until %s, the wall clock asks for %d", zone, wall, got, until, want)
				}
			}
		}
	}
}
