package staffing_test

import (
	"math"
	"testing"
	"time"

	"waihu/internal/charging/staffing"
	"waihu/internal/fault"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > within {
		t.Errorf("%s is %.6g, published: %.6g (within %g)", what, got, want, within)
	}
}

// TestPublishedTables holds the formulas to figures others print: Erlang B
// tables (loads offered to n lines at a blocking), Erlang C calculators' worked
// examples, and the loss formula's figures in the dialing facts.
func TestPublishedTables(t *testing.T) {
	for _, row := range []struct {
		lines          int
		load, blocking float64
	}{
		{1, 0.0101, 0.01}, {5, 1.361, 0.01}, {10, 4.461, 0.01}, {15, 8.108, 0.01}, {20, 12.03, 0.01}, {50, 37.90, 0.01}, {100, 84.06, 0.01},
		{5, 1.875, 0.03}, {10, 5.529, 0.03}, {20, 13.997, 0.03}, {5, 2.218, 0.05}, {10, 6.216, 0.05},
	} {
		near(t, "Erlang B", staffing.ErlangB(row.lines, row.load), row.blocking, 1e-4)
	}
	// 100 calls in half an hour of three minutes each: 10 erlangs, 14 agents.
	q := staffing.Serve(14, staffing.Calls{PerHour: 200, Handle: 3 * time.Minute}, 20*time.Second)
	near(t, "waiting", q.Waits, 0.1741, 1e-4)
	near(t, "service level", q.Level, 0.8883, 1e-4)
	near(t, "occupancy", q.Occupancy, 0.714, 1e-3)
	near(t, "mean wait", q.MeanWait.Seconds(), 7.8, 0.05)
	// 600 calls an hour of two minutes: 26 agents are the fewest of whose callers
	// at most 15 % wait, 3 s on the mean (printed without decimals); 30 agents 2.5 %.
	q = staffing.Serve(26, staffing.Calls{PerHour: 600, Handle: 2 * time.Minute}, 0)
	if q.Waits > 0.15 || staffing.ErlangC(25, 20) <= 0.15 {
		t.Errorf("of 26 agents' callers %g wait, of 25 agents' %g", q.Waits, staffing.ErlangC(25, 20))
	}
	near(t, "mean wait", q.MeanWait.Seconds(), 3, 0.5)
	near(t, "waiting of 30", staffing.ErlangC(30, 20), 0.025, 0.001)
	near(t, "load of 30 at 15 %", staffing.ErlangC(30, 23.6), 0.15, 0.005)
}

func TestHugeAndTinyLoadsStayInRange(t *testing.T) {
	for _, agents := range []int{1, 2, 10, 1000, 20_000} {
		for _, load := range []float64{1e-9, 0.5, 1, 10, 999, 1000, 19_999, 1e6} {
			for _, patience := range []time.Duration{0, time.Second, time.Minute, 24 * time.Hour} {
				c := staffing.Calls{PerHour: load * 20, Handle: 3 * time.Minute, Patience: patience}
				q := staffing.Serve(agents, c, 20*time.Second)
				for what, x := range map[string]float64{"waits": q.Waits, "level": q.Level, "abandons": q.Abandons, "occupancy": q.Occupancy} {
					if !(x >= 0 && x <= 1+1e-9) {
						t.Errorf("%d agents, %g erlangs, patience %s: %s is %g", agents, load, patience, what, x)
					}
				}
			}
		}
	}
}

// TestImpatientAgreesWithTheChain sums the birth-and-death chain itself.
func TestImpatientAgreesWithTheChain(t *testing.T) {
	for _, c := range []struct {
		agents   int
		load     float64
		patience float64 // in handling times
	}{{1, 0.5, 1}, {5, 4, 0.5}, {5, 8, 0.5}, {20, 19, 2}, {20, 40, 0.3}, {100, 95, 1}, {100, 130, 1}} {
		const handle = 180.0
		p, below, above, queued := 1.0, 0.0, 0.0, 0.0
		sum := 0.0
		for n := 0; n < 5000; n++ {
			sum += p
			if n < c.agents {
				below += p
			} else {
				above += p
				queued += p * float64(n-c.agents)
			}
			p *= c.load / (float64(min(n+1, c.agents)) + float64(max(0, n+1-c.agents))/c.patience)
		}
		q := staffing.Serve(c.agents, staffing.Calls{PerHour: c.load * 3600 / handle, Handle: handle * time.Second, Patience: time.Duration(c.patience * handle * float64(time.Second))}, 20*time.Second)
		near(t, "waiting", q.Waits, above/sum, 1e-6)
		near(t, "abandons", q.Abandons, queued/sum/c.patience/c.load, 1e-6)
	}
}

// TestEndlessPatienceIsErlangC: as patience grows, Erlang A becomes Erlang C.
func TestEndlessPatienceIsErlangC(t *testing.T) {
	c := staffing.Calls{PerHour: 200, Handle: 3 * time.Minute}
	want := staffing.Serve(12, c, 20*time.Second)
	c.Patience = 10_000 * time.Hour
	got := staffing.Serve(12, c, 20*time.Second)
	near(t, "waiting", got.Waits, want.Waits, 1e-4)
	near(t, "level", got.Level, want.Level, 1e-4)
}

func TestNeeded(t *testing.T) {
	g := staffing.Goal{Level: 0.8, Within: 20 * time.Second}
	q, err := staffing.Needed(staffing.Calls{PerHour: 200, Handle: 3 * time.Minute}, g)
	if err != nil || q.Agents != 14 {
		t.Errorf("10 erlangs at 80/20 need %d (%v), published: 14", q.Agents, err)
	}
	q, err = staffing.Needed(staffing.Calls{PerHour: 200, Handle: 3 * time.Minute, Patience: 2 * time.Minute}, g)
	if err != nil || q.Agents >= 14 {
		t.Errorf("callers who leave make a queue shorter: %d (%v)", q.Agents, err)
	}
	g.Occupancy = 0.5
	if q, err = staffing.Needed(staffing.Calls{PerHour: 200, Handle: 3 * time.Minute}, g); err != nil || q.Agents != 20 {
		t.Errorf("an occupancy of half needs 20 agents for 10 erlangs, not %d (%v)", q.Agents, err)
	}
	for load := 0.1; load < 200; load *= 1.7 { // one agent fewer never does
		c := staffing.Calls{PerHour: load * 20, Handle: 3 * time.Minute, Patience: time.Minute}
		g := staffing.Defaults()
		q, err := staffing.Needed(c, g)
		if err != nil {
			t.Fatal(err)
		}
		less := staffing.Serve(q.Agents-1, c, g.Within)
		if q.Agents > 1 && less.Level >= g.Level && less.Occupancy <= g.Occupancy && less.Abandons <= g.Abandons {
			t.Errorf("%g erlangs: %d agents, but %d reach the goal too", load, q.Agents, q.Agents-1)
		}
	}
	if q, err := staffing.Needed(staffing.Calls{}, g); err != nil || q.Agents != 0 {
		t.Errorf("no calls need no agents: %d, %v", q.Agents, err)
	}
	for _, bad := range []struct {
		c staffing.Calls
		g staffing.Goal
	}{{staffing.Calls{PerHour: -1, Handle: time.Minute}, g}, {staffing.Calls{PerHour: math.NaN(), Handle: time.Minute}, g}, {staffing.Calls{PerHour: 1e9, Handle: time.Hour}, g},
		{staffing.Calls{PerHour: 10, Handle: time.Minute}, staffing.Goal{Level: 1}}, {staffing.Calls{PerHour: 10, Handle: time.Minute}, staffing.Goal{Level: 0.8, Occupancy: 1.2}},
		{staffing.Calls{PerHour: 10, Handle: time.Minute}, staffing.Goal{Level: 0.8, Within: -time.Second}}, {staffing.Calls{PerHour: 10, Handle: time.Minute}, staffing.Goal{Abandons: 2}}} {
		if _, err := staffing.Needed(bad.c, bad.g); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v %+v: %v", bad.c, bad.g, err)
		}
	}
}
