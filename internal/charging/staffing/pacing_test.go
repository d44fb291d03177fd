package staffing_test

import (
	"math"
	"testing"
	"time"

	"waihu/internal/charging/staffing"
	"waihu/internal/fault"
	"waihu/internal/timex"
)

// simulatedCentre is the centre whose figures the project keeps: answer
// probability 0.25, 110 s handling, 3 % abandoned.
func simulatedCentre() staffing.Dialing {
	return staffing.Dialing{Answered: 0.25, Handle: 110 * time.Second, Ring: staffing.SimulatedRing, Wasted: staffing.SimulatedWasted, Abandons: 0.03}
}

func TestPacingGivesBackItsFigures(t *testing.T) {
	d := simulatedCentre()
	near(t, "progressive", d.Progressive(), 0.61, 0.005)
	for agents, busy := range map[int]float64{5: 0.72, 10: 0.79, 20: 0.85, 50: 0.92} {
		near(t, "paced", d.Busy(agents), busy, 0.005)
	}
	d.Abandons = 0
	near(t, "without any abandoned call", d.Busy(50), d.Progressive(), 1e-9)
}

func TestPacingIsMonotone(t *testing.T) {
	for _, p := range []float64{0.05, 0.25, 0.6, 1} {
		for _, handle := range []time.Duration{10 * time.Second, 110 * time.Second, 20 * time.Minute} {
			before := 0.0
			for n := 1; n < 400; n++ {
				d := simulatedCentre()
				d.Answered, d.Handle = p, handle
				got := d.Busy(n) * float64(n)
				if got < before || d.Busy(n) > 1 {
					t.Fatalf("answered %g, handling %s: %d agents do %g, one fewer %g", p, handle, n, got, before)
				}
				less := d
				less.Abandons = 0.01
				if less.Busy(n) > d.Busy(n)+1e-9 {
					t.Fatalf("a smaller cap of abandoned calls makes %d agents busier", n)
				}
				before = got
			}
		}
	}
}

func TestAgents(t *testing.T) {
	d := simulatedCentre()
	d.PerHour = 20 * 0.85 / 0.25 / (110.0 / 3600) // what 20 agents do
	n, err := d.Agents()
	if err != nil || n < 19 || n > 20 {
		t.Errorf("%d agents (%v), want 20", n, err)
	}
	for _, bad := range []staffing.Dialing{{PerHour: -1}, {PerHour: math.NaN()}, {PerHour: 1, Answered: 1.5}, {PerHour: 1e9, Answered: 1, Handle: time.Hour}} {
		if _, err := bad.Agents(); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	if n, err := (staffing.Dialing{PerHour: 100, Handle: time.Minute}).Agents(); n != 0 || err != nil {
		t.Errorf("nobody answers: %d agents, %v", n, err)
	}
}

func month(calls ...int64) []staffing.HalfHour {
	from := timex.MustDate("2026-03-02").Start(time.UTC)
	var out []staffing.HalfHour
	for i, n := range calls {
		out = append(out, staffing.HalfHour{From: from.Add(time.Duration(i) * staffing.Length), Calls: n, Busy: time.Duration(n) * 3 * time.Minute})
	}
	return out
}

func TestSizeOfAMonth(t *testing.T) {
	m := staffing.Manner{Goal: staffing.Goal{Level: 0.8, Within: 20 * time.Second}, Absence: 0.25}
	s, err := staffing.Size(timex.MustDate("2026-03-01"), month(100, 0, 100, 100), m)
	if err != nil || s.Seats != 14 || s.Peak != 14 || s.Assigned != 19 || s.Worked != 3 {
		t.Fatalf("%+v, %v", s, err)
	}
	// One busy half hour among ten quiet ones: the month as a whole needs less
	// than its peak, and the reasons say so.
	s, err = staffing.Size(timex.MustDate("2026-03-01"), month(100, 40, 40, 40, 40, 40, 40, 40, 40, 40, 40), m)
	if err != nil || s.Peak != 14 || s.Seats >= s.Peak || s.Level < 0.8 {
		t.Fatalf("%+v, %v", s, err)
	}
	found := false
	for _, r := range s.Reasons {
		found = found || r.Key == "peak" && r.Args["peak"] == "14"
	}
	if !found || s.Busiest != timex.MustDate("2026-03-02").Start(time.UTC) {
		t.Errorf("the peak is not said: %+v", s)
	}
	if s, err = staffing.Size(timex.MustDate("2026-03-01"), month(0, 0), m); err != nil || s.Seats != 0 || s.Reasons[0].Key != "empty" {
		t.Errorf("an empty month: %+v, %v", s, err)
	}
	if s, err = staffing.Size(timex.MustDate("2026-03-01"), month(1), m); err != nil || s.Seats != 1 && s.Seats != 2 {
		t.Errorf("a month of one call: %+v, %v", s, err)
	}
	m.Absence = 1
	if _, err = staffing.Size(0, month(1), m); fault.KindOf(err) != fault.Invalid {
		t.Errorf("everybody is always away: %v", err)
	}
}

func TestSizeOfDialling(t *testing.T) {
	var load []staffing.HalfHour
	for range 16 { // an outgoing day: 300 attempts in a half hour, 75 answered for 110 s
		load = append(load, staffing.HalfHour{From: 1, Attempts: 300, Answered: 75, Dialed: 75 * 110 * time.Second})
	}
	m := staffing.Manner{Goal: staffing.Defaults(), Ring: staffing.SimulatedRing, Wasted: staffing.SimulatedWasted}
	s, err := staffing.Size(timex.MustDate("2026-03-01"), load, m)
	if err != nil {
		t.Fatal(err)
	}
	// 4.58 erlangs: 6 agents at about 0.74 busy are 4.4, 7 are enough.
	if s.Seats != 7 || s.Peak != 7 || s.Reasons[0].Key != "dialing" {
		t.Errorf("%+v", s)
	}
	m.Goal.Abandons = 0
	if s, err = staffing.Size(timex.MustDate("2026-03-01"), load, m); err != nil || s.Seats != 8 {
		t.Errorf("without any abandoned call: %+v, %v", s, err)
	}
}

func TestIdle(t *testing.T) {
	w := staffing.Idle(30, 24, 160*time.Hour, 3600*time.Hour)
	if w.Idle != 6 || math.Abs(w.Utilisation-0.75) > 1e-12 {
		t.Errorf("%+v", w)
	}
	if w := staffing.Idle(0, 3, 0, time.Hour); w.Idle != 0 || w.Utilisation != 0 {
		t.Errorf("nothing paid: %+v", w)
	}
}
