package pacing_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"waihu/internal/calling/pacing"
)

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9 {
		t.Errorf("%s: %g, expected %g", what, got, want)
	}
}

func TestRoomIsWhatTheShareLeaves(t *testing.T) {
	var l pacing.Ledger
	near(t, "empty", l.Room(), 0)
	l.Add(pacing.Day{Number: 10, Answered: 1000, Abandoned: 12})
	near(t, "a day", l.Room(), 18)
	l.Answer(11)
	l.Abandon(11)
	near(t, "and one call", l.Room(), 0.03*1001-13)
	if answered, abandoned := l.Totals(); answered != 1001 || abandoned != 13 {
		t.Errorf("totals %d, %d", answered, abandoned)
	}
}

// TestADayThatLeavesTakesItsRoomWithIt: what the oldest day saved is not there
// tomorrow, and cannot be spent today.
func TestADayThatLeavesTakesItsRoomWithIt(t *testing.T) {
	var l pacing.Ledger
	l.Add(pacing.Day{Number: 1, Answered: 1000})
	l.Add(pacing.Day{Number: 29, Answered: 100, Abandoned: 1})
	near(t, "the window is not full", l.Room(), 32)
	l.Add(pacing.Day{Number: 30, Answered: 100, Abandoned: 1})
	near(t, "the first day leaves tomorrow", l.Room(), 4)
	l.Add(pacing.Day{Number: 31})
	near(t, "it has left", l.Room(), 4)
	if w := l.Window(); len(w) != 3 || w[0].Number != 29 {
		t.Errorf("window %v", w)
	}
}

// TestPersonsTakenForMachinesAreBookedAtTheirBound of confidence.
func TestPersonsTakenForMachinesAreBookedAtTheirBound(t *testing.T) {
	l := pacing.Ledger{Misses: 0.01}
	l.Add(pacing.Day{Number: 1, Answered: 990})
	mean, most := l.Missed(990)
	near(t, "missed", mean, 10)
	if most < 15 || most > 20 {
		t.Errorf("at most %g missed", most)
	}
	near(t, "room", l.Room(), 30-most)
}

// TestTheOrderOfDaysDoesNotMatter to a ledger that is read again.
func TestTheOrderOfDaysDoesNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	for range 200 {
		var days []pacing.Day
		for n := range 1 + r.IntN(40) {
			days = append(days, pacing.Day{Number: n * (1 + r.IntN(2)), Answered: r.IntN(500), Abandoned: r.IntN(20)})
		}
		var one, other pacing.Ledger
		for _, d := range days {
			one.Add(d)
		}
		r.Shuffle(len(days), func(i, k int) { days[i], days[k] = days[k], days[i] })
		for _, d := range days {
			other.Add(d)
		}
		if !slices.Equal(one.Window(), other.Window()) || one.Room() != other.Room() {
			t.Fatalf("%v, in another order %v", one.Window(), other.Window())
		}
	}
}
