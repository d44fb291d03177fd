package dialer

import (
	"slices"
	"testing"
	"time"

	"waihu/internal/calling/agent"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/fault"
	"waihu/internal/usage"
)

// helping is a conversation of a in which b helps.
func helping(t *testing.T) (*floor, Dial) {
	t.Helper()
	f := open(t, campaign.Progressive, nil)
	f.leads(1)
	d := talking(t, f)
	f.after(0, LoggedIn{User: "b", Seat: "agent"})
	f.refused(Helped{User: "a", To: "b"}, fault.Conflict)
	f.after(0, IsReady{User: "b"})
	f.after(time.Minute, Helped{User: "a", To: "b"})
	a, _ := f.e.Post("a")
	b, _ := f.e.Post("b")
	if !slices.Equal(a.With, []string{"b"}) || b.Of != "a" || b.State != agent.Talking || b.Call.ID != d.Try || len(f.e.Ready()) != 0 {
		t.Fatalf("%+v, %+v", a, b)
	}
	f.refused(Disposed{User: "b", Code: "sale"}, fault.Conflict) // the call is a's
	return f, d
}

// TestAnAgentHelpsInACall: it stays the other's, and whoever helped is free when it is over.
func TestAnAgentHelpsInACall(t *testing.T) {
	f, d := helping(t)
	f.after(time.Minute, Over{Try: d.Try, Result: usage.Answered})
	a, _ := f.e.Post("a")
	b, _ := f.e.Post("b")
	if a.State != agent.WrapUp || b.State != agent.Ready || b.Call != nil {
		t.Errorf("%+v, %+v", a, b)
	}
	f.after(time.Second, Disposed{User: "a", Code: "sale"})
	if x := f.last.Tries[0]; x.Agent != "a" || x.Disposition != "sale" {
		t.Errorf("%+v", x)
	}
}

// TestWhoHelpsIsHandedTheCall, and writes it up.
func TestWhoHelpsIsHandedTheCall(t *testing.T) {
	f, d := helping(t)
	f.after(time.Minute, Passed{User: "a", To: "b"})
	a, _ := f.e.Post("a")
	b, _ := f.e.Post("b")
	if a.State != agent.Ready || a.Call != nil || b.State != agent.Talking || b.Of != "" {
		t.Errorf("%+v, %+v", a, b)
	}
	f.after(time.Minute, Over{Try: d.Try, Result: usage.Answered})
	f.after(time.Second, Disposed{User: "b", Code: "sale"})
	if x := f.last.Tries[0]; x.Agent != "b" || x.State != attempt.Closed {
		t.Errorf("%+v", x)
	}
}

// TestWhoHelpsLeaves by a key, by a leg that is lost, or with the agent; the call goes on.
// Whose leg is lost gets no call meanwhile, and pauses when it stays away.
func TestWhoHelpsLeaves(t *testing.T) {
	for ev, waits := range map[Event]bool{HungUp{User: "b"}: true, Gone{User: "b"}: false} {
		f, d := helping(t)
		if l := want[Leave](t, f.after(time.Second, ev)); l.Agent != "b" || l.Try != d.Try {
			t.Errorf("%+v", l)
		}
		a, _ := f.e.Post("a")
		b, _ := f.e.Post("b")
		if a.State != agent.Talking || len(a.With) != 0 || b.State != agent.Ready || (len(f.e.Ready()) == 1) != waits {
			t.Errorf("%T: %+v, %+v", ev, a, b)
		}
		f.after(AwayWait, Tick{})
		if b, _ := f.e.Post("b"); (b.State == agent.Ready) != waits || !waits && b.State != agent.Paused {
			t.Errorf("%T: %+v", ev, b)
		}
	}
	f, d := helping(t)
	want[Leave](t, f.after(time.Second, Parted{Try: d.Try}))
	if b, _ := f.e.Post("b"); b.State != agent.Ready {
		t.Errorf("%+v", b)
	}
}

// TestNobodyHelpsWhoseTelephoneIsAway: they are back with no call to be joined with again.
func TestNobodyHelpsWhoseTelephoneIsAway(t *testing.T) {
	f := open(t, campaign.Progressive, nil)
	f.leads(1)
	talking(t, f)
	f.after(0, LoggedIn{User: "b", Seat: "agent"})
	f.after(0, IsReady{User: "b"})
	f.after(time.Minute, Gone{User: "b"})
	f.refused(Helped{User: "a", To: "b"}, fault.Conflict)
	f.after(time.Second, Back{User: "b"})
	if b, _ := f.e.Post("b"); b.State != agent.Ready || b.Of != "" || b.Call != nil {
		t.Errorf("%+v", b)
	}
}
