package meter_test

import (
	"strings"
	"testing"

	"waihu/internal/charging/meter"
	"waihu/internal/usage"
)

func TestCheckSessions(t *testing.T) {
	list := logins(t, [3]string{"ann", "02 09:00:00", "02 08:00:00"}, [3]string{"", "02 09:00:00", "02 10:00:00"}, [3]string{"bob", "02 09:00:00", "03 09:00:00"},
		[3]string{"bob", "03 09:00:00", "04 09:00:01"}, [3]string{"cy", "02 09:00:00", "02 09:00:00"}, [3]string{"dee", "02 09:00:00", "02 10:00:00"}, [3]string{"eve", "02 09:00:00", "02 10:00:00"})
	list[5].From, list[6].To = 0, 0
	found := meter.CheckSessions(list)
	var what []string
	for _, p := range found {
		what = append(what, p.Path+": "+p.What)
	}
	want := []string{"session 0 of pbx: the session ends before it starts", "session 1 of pbx: the session names no user",
		"session 3 of pbx: the session is longer than 24 hours", "session 5 of pbx: the session has no start", "session 6 of pbx: the session has no end"}
	if strings.Join(what, "\n") != strings.Join(want, "\n") {
		t.Errorf("found\n%s\nwant\n%s", strings.Join(what, "\n"), strings.Join(want, "\n"))
	}
	if len(found.Warnings()) != 1 || found.Err() == nil {
		t.Errorf("%d warnings of %d findings", len(found.Warnings()), len(found))
	}
}

func TestCheckSeats(t *testing.T) {
	seats := seatsOf(t, [3]string{"s1", "2026-06-01", "2026-06-10"}, [3]string{"s1", "2026-06-10", ""}, [3]string{"s2", "2026-06-01", ""},
		[3]string{"s2", "2026-06-05", "2026-06-06"}, [3]string{"s2", "2026-06-07", ""}, [3]string{"s3", "2026-06-05", "2026-06-04"}, [3]string{"", "2026-06-01", ""}, [3]string{"", "2026-06-01", ""})
	found := meter.CheckSeats(seats)
	if len(found.Warnings()) != 2 || len(found.Errors()) != 1 {
		t.Errorf("found %v", found)
	}
	for _, p := range found.Warnings() {
		if p.Path != "seat s2 of hr" {
			t.Errorf("found %v", p)
		}
	}
}

func TestCheckModulesAndRentals(t *testing.T) {
	modules := modulesOf(t, [3]string{"qa", "2026-06-01", "2026-06-01"}, [3]string{"qa", "2026-06-02", "2026-06-01"}, [3]string{"qa", "2026-06-01", ""})
	if found := meter.CheckModules(modules); len(found) != 1 || found[0].Path != "module 1 of crm" {
		t.Errorf("found %v", found)
	}
	rentals := []usage.Rental{{From: 9, To: 8}, {From: 9, To: 9}, {From: 9}}
	if found := meter.CheckRentals(rentals); len(found) != 1 || found[0].Path != "rental without identifier" {
		t.Errorf("found %v", found)
	}
}
