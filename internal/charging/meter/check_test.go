package meter_test

import (
	"slices"
	"strings"
	"testing"

	"waihu/internal/charging/meter"
)

// TestDoubts: what counts as it stands and should be looked at is named, in one
// order; what cannot be counted is for its component to say.
func TestDoubts(t *testing.T) {
	sessions := logins(t, [3]string{"ann", "02 09:00:00", "02 08:00:00"}, [3]string{"", "02 09:00:00", "04 10:00:00"}, [3]string{"bob", "02 09:00:00", "03 09:00:00"},
		[3]string{"bob", "03 09:00:00", "04 09:00:01"}, [3]string{"cy", "02 09:00:00", "02 09:00:00"}, [3]string{"dee", "02 09:00:00", "02 10:00:00"}, [3]string{"eve", "02 09:00:00", "02 10:00:00"})
	sessions[5].From, sessions[6].To = 0, 0
	seats := seatsOf(t, [3]string{"s1", "2026-06-01", "2026-06-10"}, [3]string{"s1", "2026-06-10", ""}, [3]string{"s2", "2026-06-01", ""},
		[3]string{"s2", "2026-06-05", "2026-06-06"}, [3]string{"s2", "2026-06-07", ""}, [3]string{"s3", "2026-06-05", "2026-06-04"}, [3]string{"", "2026-06-01", ""}, [3]string{"", "2026-06-01", ""})
	want := []string{"session 3 of pbx: the session is longer than 24 hours", `seat s2 of hr: the seat is assigned to`, `seat s2 of hr: the seat is assigned to`}
	for range 2 {
		found := (&meter.Gathered{Sessions: sessions, Seats: seats}).Doubts()
		if len(found) != len(want) || found.Err() != nil {
			t.Fatalf("found %v", found)
		}
		for i, p := range found {
			if !strings.HasPrefix(p.Path+": "+p.What, want[i]) {
				t.Errorf("found %s: %s, want %s", p.Path, p.What, want[i])
			}
		}
		slices.Reverse(sessions)
		slices.Reverse(seats)
	}
}
