package agent

import (
	"math/rand/v2"
	"testing"
	"time"

	"waihu/internal/id"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

const start = timex.Instant(1_790_000_000_000_000)

// TestACall: reserved, talking, a pause asked for meanwhile, wrap-up, the pause.
func TestACall(t *testing.T) {
	a, try := New("li", usage.AgentSeat), id.ID{1}
	var changes []Change
	for i, step := range []func(timex.Instant) (Change, error){
		a.LogIn, a.Ready,
		func(at timex.Instant) (Change, error) { return a.Reserve(try, at) },
		func(at timex.Instant) (Change, error) { return a.Join(try, at) },
		func(at timex.Instant) (Change, error) { return a.Pause("lunch", at) },
		func(at timex.Instant) (Change, error) { return a.HangUp(time.Minute, at) },
		a.Done, a.LogOut,
	} {
		c, err := step(start.Add(time.Duration(i) * time.Minute))
		if err != nil {
			t.Fatal(i, err)
		}
		if c.To != "" {
			changes = append(changes, c)
		}
	}
	var states []usage.State
	for _, c := range changes {
		if s, is := c.Session("waihu"); is {
			states = append(states, s.State)
			if s.To.Sub(s.From) < time.Minute || s.User != "li" || s.Type != usage.AgentSeat {
				t.Errorf("%+v", s)
			}
		}
	}
	want := []usage.State{usage.Paused, usage.Ready, usage.Ready, usage.Talking, usage.WrapUp, usage.Paused}
	if len(states) != len(want) {
		t.Fatalf("%v", states)
	}
	for i := range want {
		if states[i] != want[i] {
			t.Errorf("%v", states)
		}
	}
	if a.State != Out || !a.Logged.IsZero() {
		t.Errorf("%+v", a)
	}
}

func TestACallThatIsNotTaken(t *testing.T) {
	a, try := New("li", ""), id.ID{1}
	_, _ = a.LogIn(start)
	_, _ = a.Ready(start + 1)
	if _, err := a.Join(id.ID{}, start+2); err == nil {
		t.Error("a conversation of no try")
	}
	_, _ = a.Reserve(try, start+2)
	if _, err := a.Join(id.ID{2}, start+3); err == nil {
		t.Error("a conversation of another try")
	}
	if _, err := a.Release(true, start+4); err != nil || a.State != Paused || a.Reason != Missed {
		t.Errorf("%v, %+v", err, a)
	}
}

// TestNoWalkBreaksAnAgent: stretches follow each other without a gap, and the
// sessions add up to the time logged in.
func TestNoWalkBreaksAnAgent(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 57))
		a, at := New("li", ""), start
		last, logged, told := timex.Instant(0), time.Duration(0), time.Duration(0)
		for n := range 80 {
			before := a
			at = at.Add(time.Duration(r.IntN(60)-3) * time.Second)
			var c Change
			var err error
			switch r.IntN(10) {
			case 0:
				c, err = a.LogIn(at)
			case 1, 2:
				c, err = a.Ready(at)
			case 3:
				c, err = a.Pause("tea", at)
			case 4:
				c, err = a.Reserve(id.ID{byte(n + 1)}, at)
			case 5:
				c, err = a.Release(r.IntN(2) == 0, at)
			case 6:
				c, err = a.Join(a.Attempt, at)
			case 7:
				c, err = a.HangUp(time.Minute, at)
			case 8:
				c, err = a.Done(at)
			case 9:
				if r.IntN(4) == 0 {
					c, err = a.LogOut(at)
				}
			}
			if err != nil && a != before {
				t.Fatalf("seed %d: refused (%v), and changed", seed, err)
			}
			if c.To != "" {
				if c.From != before.State || c.To != a.State || c.Since != last || c.At < c.Since || a.Since != c.At {
					t.Fatalf("seed %d: %+v; %+v after %+v", seed, c, a, before)
				}
				last = c.At
				if s, is := c.Session("waihu"); is {
					told += s.To.Sub(s.From)
				}
				if c.To == Out {
					logged += c.At.Sub(before.Logged)
				}
			}
			inCall := a.State == Reserved || a.State == Talking
			if inCall && a.Attempt.IsZero() || !inCall && a.State != WrapUp && !a.Attempt.IsZero() || (a.State == Paused) != (a.Reason != "") ||
				(a.State == WrapUp) != !a.Until.IsZero() || (a.State == Out) != a.Logged.IsZero() {
				t.Fatalf("seed %d: %+v", seed, a)
			}
		}
		if a.State != Out {
			logged += last.Sub(a.Logged)
		}
		if told != logged {
			t.Fatalf("seed %d: sessions of %s, logged in for %s", seed, told, logged)
		}
	}
}
