package dialer

import (
	"testing"
	"time"

	"waihu/internal/calling/agent"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/lead"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// talks brings an agent into a conversation with the first lead.
func talks(t *testing.T) (*floor, id.ID) {
	f := open(t, campaign.Preview, func(c *campaign.Campaign) { c.WrapUp = 30 })
	f.leads(3)
	s := want[Show](t, f.agents(1))
	d := want[Dial](t, f.after(0, Chosen{User: "a", Dial: true}))
	f.after(0, Dialed{Try: s.Try})
	want[Join](t, f.after(time.Second, Answered{Try: s.Try}))
	return f, d.Try
}

func (f *floor) post() Post {
	p, _ := f.e.Post("a")
	return p
}

// TestAnOutcomeThatIsChosen while they talk is kept, can be changed and taken back until a
// moment after the call, and is then what the call came to, with the notes as they are then.
func TestAnOutcomeThatIsChosen(t *testing.T) {
	f, try := talks(t)
	f.refused(Retracted{User: "a"}, fault.Conflict)
	f.after(time.Second, Noted{User: "a", Notes: "renews"})
	f.after(time.Second, Disposed{User: "a", Code: "sale", Kept: true})
	if w := f.last.Tries[0].Wish; w.Code != "sale" || w.Notes != "renews" || !w.Flags.Sale {
		t.Errorf("what a crash would leave: %+v", w)
	}
	f.after(time.Second, Retracted{User: "a"})
	if w := f.last.Tries[0].Wish; w != (attempt.Wish{}) || f.post().Said != nil {
		t.Errorf("%+v is left of what was taken back", w)
	}
	f.after(time.Second, Disposed{User: "a", Code: "not_interested", Kept: true})
	f.after(time.Second, Noted{User: "a", Notes: "has another"})
	if w := f.last.Tries[0].Wish; w.Notes != "has another" {
		t.Errorf("notes written after the choice: %+v", w)
	}
	f.after(time.Second, Over{Try: try, Result: usage.Answered})
	ended := f.now
	if p := f.post(); p.State != agent.WrapUp || p.Until != ended.Add(UndoWait) || p.Said.Code != "not_interested" || f.last.Wake > p.Until {
		t.Fatalf("a moment to take it back: %+v", p)
	}
	f.after(2*time.Second, Retracted{User: "a"})
	if p := f.post(); p.Until != ended.Add(30*time.Second) || p.Said != nil {
		t.Errorf("written up as if nothing had been chosen: %+v", p)
	}
	f.after(2*time.Second, Disposed{User: "a", Code: "sale", Kept: true})
	chosen := f.now
	f.after(UndoWait-time.Millisecond, Tick{})
	if p := f.post(); p.State != agent.WrapUp || p.Until != chosen.Add(UndoWait) {
		t.Errorf("%+v", p)
	}
	f.after(time.Millisecond, Tick{})
	if a, l := f.last.Tries[0], f.last.Leads[0]; a.Disposition != "sale" || a.By != "a" || a.Notes != "has another" || l.State != lead.Connected {
		t.Errorf("%+v, %+v", a, l)
	}
	f.refused(Retracted{User: "a"}, fault.Conflict)
}

// TestChosenLate: no moment reaches beyond the time for writing up, and who says that it is
// final waits for none.
func TestChosenLate(t *testing.T) {
	f, try := talks(t)
	f.after(time.Second, Over{Try: try, Result: usage.Answered})
	late := f.now.Add(30 * time.Second)
	f.after(28*time.Second, Disposed{User: "a", Code: "sale", Kept: true})
	if p := f.post(); p.Until != late {
		t.Errorf("%s, and the writing up ends at %s", p.Until, late)
	}
	f.after(0, Disposed{User: "a", Code: "not_interested"})
	if a := f.last.Tries[0]; a.Disposition != "not_interested" {
		t.Errorf("%+v", a)
	}
}

// TestNothingChosen: the notes of a call nobody gave an outcome are kept with it, and a pause
// that is asked for while it is written up cuts that short for nobody.
func TestNothingChosen(t *testing.T) {
	f, try := talks(t)
	f.after(time.Second, Noted{User: "a", Notes: "asked for a leaflet"})
	f.after(time.Second, Over{Try: try, Result: usage.Answered})
	f.after(time.Second, Pausing{User: "a", Reason: "tea"})
	if p := f.post(); p.State != agent.WrapUp || p.Then != agent.Paused {
		t.Fatalf("%+v", p)
	}
	f.after(30*time.Second, Tick{})
	if a := f.last.Tries[0]; a.Disposition != attempt.NoCode || a.Notes != "asked for a leaflet" || a.By != attempt.System {
		t.Errorf("%+v", a)
	}
	if p := f.post(); p.State != agent.Paused || p.Reason != "tea" {
		t.Errorf("%+v", p)
	}
}

// TestASupervisorsPause is ended by a supervisor alone: not by the agent, in the call before
// it or after it, nor by a log-in anew.
func TestASupervisorsPause(t *testing.T) {
	f, try := talks(t)
	f.after(time.Second, Pausing{User: "a", Reason: agent.Forced, Forced: true})
	f.refused(IsReady{User: "a"}, fault.Conflict)
	f.refused(Pausing{User: "a", Reason: "tea"}, fault.Conflict)
	f.after(time.Second, Over{Try: try, Result: usage.Answered})
	f.refused(IsReady{User: "a"}, fault.Conflict)
	f.after(time.Second, Disposed{User: "a", Code: "sale"})
	if p := f.post(); p.State != agent.Paused || p.Reason != agent.Forced {
		t.Fatalf("%+v", p)
	}
	f.refused(IsReady{User: "a"}, fault.Conflict)
	f.after(time.Second, LoggedOut{User: "a"})
	f.after(time.Second, LoggedIn{User: "a", Seat: "agent", Barred: true})
	f.refused(IsReady{User: "a"}, fault.Conflict)
	if p := f.post(); p.Reason != agent.Forced {
		t.Errorf("%+v", p)
	}
	f.after(time.Second, Unbarred{User: "a"})
	if p := f.post(); p.State != agent.Paused || p.Reason != agent.Freed {
		t.Errorf("who may go on is ready when they say so: %+v", p)
	}
	want[Show](t, f.after(time.Second, IsReady{User: "a"}))
}

// TestAPauseThatIsEndedBeforeItBegan leaves nothing of it.
func TestAPauseThatIsEndedBeforeItBegan(t *testing.T) {
	f, try := talks(t)
	f.after(time.Second, Pausing{User: "a", Reason: agent.Forced, Forced: true})
	f.after(time.Second, Unbarred{User: "a"})
	f.after(time.Second, Over{Try: try, Result: usage.Answered})
	want[Show](t, f.after(time.Second, Disposed{User: "a", Code: "sale"}))
	if p := f.post(); p.State != agent.Reserved || p.Since != timex.Instant(f.now) {
		t.Errorf("%+v", p)
	}
}
