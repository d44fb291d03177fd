package pacing_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"waihu/internal/calling/pacing"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func ago(seconds float64) time.Time {
	return noon.Add(-time.Duration(seconds * float64(time.Second)))
}

func chances(n int, p float64) []float64 { return slices.Repeat([]float64{p}, n) }

// roomy is a ledger that has room for half of its allowance.
func roomy(answered int) *pacing.Ledger {
	l := &pacing.Ledger{}
	l.Add(pacing.Day{Number: 1, Answered: answered, Abandoned: answered * 15 / 1000})
	return l
}

// any makes a state at random.
func anyState(r *rand.Rand) *pacing.State {
	s := &pacing.State{Now: noon, Waiting: r.IntN(10) / 8, Ledger: roomy(r.IntN(20000)), Next: chances(r.IntN(100), r.Float64()),
		Caps: pacing.Caps{Channels: r.IntN(40) - 1, Starts: r.IntN(20) - 1, Attempts: r.IntN(60) - 1}}
	for range r.IntN(40) {
		a := pacing.Agent{Status: pacing.Status(r.IntN(5)), Since: ago(r.Float64() * 300)}
		if r.IntN(8) == 0 {
			a.Leaves = ago(-r.Float64() * 60)
		}
		if r.IntN(4) == 0 {
			a.Returns = ago(-r.Float64() * 60)
		}
		s.Agents = append(s.Agents, a)
	}
	for range r.IntN(60) {
		d := pacing.Dial{Placed: ago(r.Float64() * 30), Chance: r.Float64()}
		if age := s.Now.Sub(d.Placed); age > 2*time.Second {
			d.Ringing = d.Placed.Add(2 * time.Second)
		}
		if r.IntN(12) == 0 {
			d.Answered = s.Now
		}
		s.Dials = append(s.Dials, d)
	}
	return s
}

// check holds what must hold of any decision.
func check(t *testing.T, s *pacing.State, d *pacing.Decision) {
	t.Helper()
	for _, c := range []int{s.Caps.Channels, s.Caps.Starts, s.Caps.Attempts} {
		if c >= 0 && d.Place > c {
			t.Fatalf("%d dials, caps %+v", d.Place, s.Caps)
		}
	}
	there := slices.ContainsFunc(s.Agents, func(a pacing.Agent) bool { return a.Status != pacing.Paused || !a.Returns.IsZero() })
	if !there && d.Place > 0 {
		t.Fatal("dials without an agent")
	}
	if d.Place > len(s.Next) || d.Place > pacing.MaxPlace || d.Why.Reason == "" {
		t.Fatalf("%d dials of %d leads, reason %q", d.Place, len(s.Next), d.Why.Reason)
	}
	for i, k := range d.Cancel {
		x := s.Dials[k]
		if !x.Answered.IsZero() || !x.Ringing.IsZero() && s.Now.Sub(x.Ringing) < 15*time.Second {
			t.Fatal("a dial was taken back that may not be")
		}
		if i > 0 && x.Placed.After(s.Dials[d.Cancel[i-1]].Placed) {
			t.Fatal("an older dial was taken back before a younger one")
		}
	}
}

func TestDecisionsKeepEveryCap(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 3000 {
		s := anyState(r)
		d := pacing.New(pacing.Goal{}, nil).Decide(s)
		check(t, s, &d)
		other := *s
		other.Agents, other.Dials = slices.Clone(s.Agents), slices.Clone(s.Dials)
		r.Shuffle(len(other.Agents), func(i, k int) { other.Agents[i], other.Agents[k] = other.Agents[k], other.Agents[i] })
		r.Shuffle(len(other.Dials), func(i, k int) { other.Dials[i], other.Dials[k] = other.Dials[k], other.Dials[i] })
		if again := pacing.New(pacing.Goal{}, nil).Decide(&other); again.Place != d.Place || len(again.Cancel) != len(d.Cancel) || again.Why.Reason != d.Why.Reason {
			t.Fatalf("another order of agents and dials: %+v, before %+v", again, d)
		}
	}
}

// TestMoreRoomNeverDialsLess: the more of the ledger is left, the more is placed.
func TestMoreRoomNeverDialsLess(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 500 {
		s := anyState(r)
		s.Caps = pacing.Caps{Channels: pacing.NoCap, Starts: pacing.NoCap, Attempts: pacing.NoCap}
		before := -1
		for _, abandoned := range []int{40, 30, 25, 20, 10, 0} {
			s.Ledger = &pacing.Ledger{}
			s.Ledger.Add(pacing.Day{Number: 1, Answered: 1000, Abandoned: abandoned})
			d := pacing.New(pacing.Goal{NoCancel: true}, nil).Decide(s)
			if d.Place < before {
				t.Fatalf("%d abandoned: %d dials, with more abandoned %d", abandoned, d.Place, before)
			}
			before = d.Place
		}
	}
}

// TestWithoutRoomDialingIsProgressive: one dial for each free agent.
func TestWithoutRoomDialingIsProgressive(t *testing.T) {
	s := &pacing.State{Now: noon, Ledger: &pacing.Ledger{}, Next: chances(50, 0.3), Caps: pacing.Caps{Channels: pacing.NoCap, Starts: pacing.NoCap, Attempts: pacing.NoCap}}
	for range 4 {
		s.Agents = append(s.Agents, pacing.Agent{Status: pacing.Ready, Since: ago(3)})
	}
	s.Agents = append(s.Agents, pacing.Agent{Status: pacing.Talking, Since: ago(30)})
	s.Dials = append(s.Dials, pacing.Dial{Placed: ago(1), Chance: 0.3})
	if d := pacing.New(pacing.Goal{}, nil).Decide(s); d.Place != 3 || d.Why.Reason != pacing.ByLedger {
		t.Errorf("4 free agents, 1 dial in flight, an empty ledger: %d dials, %+v", d.Place, d.Why)
	}
}
