package floor

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"waihu/internal/app"
	"waihu/internal/calling/agent"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/lead"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/timex"
)

func wantCode(t *testing.T, what string, err error, code string) {
	t.Helper()
	var r *Refusal
	if !errors.As(err, &r) || r.Code != code {
		t.Errorf("%s: %v, want the code %s", what, err, code)
	}
}

// TestSeatsAndModules: who may sit down is what the contract has.
func TestSeatsAndModules(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "2", "recording")
		ctx := t.Context()
		predictive := w.campaign("spring", campaign.Predictive, 100, 3, nil)
		preview := w.campaign("autumn", campaign.Preview, 200, 3, func(c *campaign.Campaign) { c.Record = true })
		_, err := w.floor.LogIn(ctx, w.c, predictive.ID, "a", 0)
		wantCode(t, "a module that is off", err, "module")
		w.sit(preview.ID, "a")
		w.sit(preview.ID, "b")
		_, err = w.floor.LogIn(ctx, w.c, preview.ID, "c", 0)
		wantCode(t, "one too many", err, "seats_full")
		if _, err := w.floor.ForceOut(ctx, w.c, "b", "user_boss", "the end of the day"); err != nil {
			t.Fatal(err)
		}
		desk := w.sit(preview.ID, "c")
		_, err = w.floor.Ready(ctx, w.c, "c", "fls_other")
		wantCode(t, "a session that is none", err, "elsewhere")
		_, err = w.floor.Ready(ctx, w.c, "b", desk.Session)
		wantCode(t, "who was logged out", err, "not_logged_in")
		// The contract ends: who is there goes, with the reason.
		open := must(w.sys.Open(ctx, w.c, w.pays))
		must(w.sys.End(ctx, w.c, open[0].ID, 0))
		time.Sleep(2 * lookEvery)
		last, err := w.floor.Desk(w.c, "c", desk.Session)
		if err != nil || last.State != agent.Out || len(last.Notice) == 0 || last.Notice[len(last.Notice)-1].Code != "contract_stopped" {
			t.Errorf("%v, %+v", err, last)
		}
		_, err = w.floor.LogIn(ctx, w.c, preview.ID, "c", 0)
		wantCode(t, "recording was switched off", err, "module")
		w.floor.Close()
	})
}

// TestACallSurvivesWhatHappensToTheAgent: a newer log-in, a leg that is lost and comes
// back, a seat that is taken away: the call goes on, and the agent is told.
func TestACallSurvivesWhatHappensToTheAgent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "2", "predictive")
		ctx := t.Context()
		camp := w.campaign("spring", campaign.Progressive, 100, 1, nil)
		desk := w.sit(camp.ID, "a")
		w.lines.told(w.c, "a", false)
		_, err := w.floor.Ready(ctx, w.c, "a", desk.Session)
		wantCode(t, "without a telephone", err, "no_line")
		w.lines.told(w.c, "a", true)
		must(w.floor.Ready(ctx, w.c, "a", desk.Session))
		time.Sleep(10 * time.Second)
		talking, err := w.floor.Desk(w.c, "a", desk.Session)
		if err != nil || talking.State != agent.Talking || talking.Call.Step != Talking || talking.Person == nil || talking.Person.Zone != "Asia/Shanghai" {
			t.Fatalf("%v, %+v", err, talking)
		}
		must(w.floor.Note(ctx, w.c, "a", desk.Session, "asks for a price"))
		newer, err := w.floor.LogIn(ctx, w.c, camp.ID, "a", 0)
		if err != nil || newer.State != agent.Talking || newer.Notes != "asks for a price" || newer.Session == desk.Session {
			t.Fatalf("%v, %+v", err, newer)
		}
		if old, err := w.floor.Desk(w.c, "a", desk.Session); err != nil || old.State != agent.Out || old.Notice[0].Code != "elsewhere" {
			t.Errorf("%v, %+v", err, old)
		}
		_, err = w.floor.HangUp(ctx, w.c, "a", desk.Session)
		wantCode(t, "the older desk", err, "elsewhere")
		w.lines.told(w.c, "a", false)
		time.Sleep(10 * time.Second)
		w.lines.told(w.c, "a", true)
		time.Sleep(time.Second)
		if d := must(w.floor.Desk(w.c, "a", newer.Session)); d.State != agent.Talking || !d.Line || len(d.Notice) < 2 {
			t.Errorf("%+v", d)
		}
		call := must(w.floor.Conversation(w.c, "a"))
		if _, err := w.floor.Hear(ctx, w.c, "a", call, "boss", Listen); err == nil {
			t.Error("a supervisor without a telephone hears")
		}
		w.lines.told(w.c, "boss", true)
		if a, err := w.floor.Hear(ctx, w.c, "a", call, "boss", Whisper); err != nil || w.lines.saw().ears["boss"] != Whisper || len(a.Call.Heard) != 1 {
			t.Errorf("%v, %+v", err, a)
		}
		heard := func() int {
			synctest.Wait()
			return len(must(w.floor.Desk(w.c, "a", newer.Session)).Call.Heard)
		}
		w.lines.told(w.c, "boss", false)
		if n := heard(); n != 0 {
			t.Errorf("%d hear a call whose telephones are gone", n)
		}
		w.lines.told(w.c, "boss", true)
		must(w.floor.Hear(ctx, w.c, "a", call, "boss", Listen))
		w.floor.hears(who{w.c, "boss"}, id.ID{9})
		if n := heard(); n != 0 {
			t.Errorf("%d hear a call and another", n)
		}
		must(w.floor.Hear(ctx, w.c, "a", call, "boss", Listen))
		if n := heard(); n != 1 {
			t.Errorf("%d hear the call", n)
		}
		_, err = w.floor.Hear(ctx, w.c, "a", id.ID{9}, "boss", Barge)
		wantCode(t, "a conversation that is over", err, "no_call")
		if a, err := w.floor.ForcePause(ctx, w.c, "a", "user_boss", "a meeting"); err != nil || a.State != agent.Talking || a.Then != agent.Paused {
			t.Errorf("%v, %+v", err, a)
		}
		if _, err := w.sys.HoldCompany(ctx, w.c, "by hand"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(lookEvery + time.Second)
		d := must(w.floor.Desk(w.c, "a", newer.Session))
		if d.State != agent.Talking || d.Then != agent.Out {
			t.Errorf("the call goes on: %+v", d)
		}
		if told := d.Notice[len(d.Notice)-1].Text; !strings.Contains(told.En, "the operator holds the service up") || !strings.Contains(told.Hans, "运营商已暂停服务") {
			t.Errorf("why is not said in every language: %+v", told)
		}
		time.Sleep(50 * time.Second) // the customer hangs up
		must(w.floor.Dispose(ctx, w.c, "a", newer.Session, Dispose{Code: "sale"}))
		if d := must(w.floor.Desk(w.c, "a", newer.Session)); d.State != agent.Out || d.Last == nil || d.Last.Disposition != "sale" {
			t.Errorf("%+v", d)
		}
		tries := must(w.sys.GetLead(ctx, w.c, must(w.sys.LeadsWith(ctx, w.c, numbers(100)))[0])).Tries
		if len(tries) != 1 || tries[0].Notes != "asks for a price" || tries[0].Agent != "a" {
			t.Errorf("%+v", tries)
		}
		w.floor.Close()
	})
}

// TestAPageLoadedAnew: the telephone of an agent who is ready is away for a moment: they are
// ready still, and no number is dialed for them before it is back.
func TestAPageLoadedAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "1")
		camp := w.campaign("spring", campaign.Progressive, 101, 1, nil)
		desk := w.sit(camp.ID, "a")
		must(w.floor.Ready(t.Context(), w.c, "a", desk.Session))
		w.lines.told(w.c, "a", false)
		time.Sleep(5 * time.Second)
		d := must(w.floor.Desk(w.c, "a", desk.Session))
		if d.State != agent.Ready || d.Line || d.Call != nil {
			t.Errorf("%+v", d)
		}
		w.lines.told(w.c, "a", true)
		time.Sleep(2 * time.Second)
		if d = must(w.floor.Desk(w.c, "a", desk.Session)); !d.Line || d.State == agent.Paused {
			t.Errorf("%+v", d)
		}
		w.floor.Close()
	})
}

// TestNoTrunk: trunks that are full for a moment put dialing off, not leads for a day; a
// number no trunk may call is put off.
func TestNoTrunk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "2")
		camp := w.campaign("spring", campaign.Progressive, 100, 2, nil)
		refuse := func(err error) { w.lines.mu.Lock(); defer w.lines.mu.Unlock(); w.lines.refuse = err }
		refuse(fault.New(fault.Conflict, "all are full"))
		w.work(camp.ID, "a", "sale")
		time.Sleep(20 * time.Second)
		if n := len(w.lines.saw().placed); n != 0 {
			t.Errorf("%d were placed", n)
		}
		refuse(nil)
		time.Sleep(5 * time.Minute)
		if n := len(w.lines.saw().placed); n != 2 {
			t.Errorf("%d were placed", n)
		}
		refuse(&app.CallRefused{Reason: "blocked", Err: fault.New(fault.Invalid, "no trunk may")})
		must(w.sys.AddLead(t.Context(), w.c, lead.Lead{List: camp.Lists[0].List, Numbers: []lead.Number{{Number: number(500)}}}))
		time.Sleep(2 * time.Minute)
		l := must(w.sys.GetLead(t.Context(), w.c, must(w.sys.LeadsWith(t.Context(), w.c, numbers(500)))[0]))
		if l.State != lead.Pending || l.Due.Sub(timex.At(time.Now())) < 23*time.Hour {
			t.Errorf("%+v", l.Lead)
		}
		w.floor.Close()
	})
}

// TestMoneyStopsAndGoesOn: no money pauses a campaign by itself, and money lets it go on.
func TestMoneyStopsAndGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "2")
		camp := w.campaign("spring", campaign.Progressive, 100, 5, nil)
		w.lines.refuse = &app.CallRefused{Reason: app.NoCredit, Err: fault.New(fault.Conflict, "0.01 is left")}
		w.work(camp.ID, "a", "sale")
		time.Sleep(5 * time.Second)
		live := must(w.floor.Campaign(t.Context(), w.c, &camp))
		if live.Status.State != campaign.Paused || live.Status.Cause != campaign.ByBudget || len(live.Why) == 0 || live.Why[0].Code != "paused.budget" || live.Why[0].Text.Hant == "" {
			t.Errorf("%+v", live)
		}
		w.lines.mu.Lock()
		w.lines.refuse = nil
		w.lines.mu.Unlock()
		time.Sleep(2 * time.Minute)
		if live = must(w.floor.Campaign(t.Context(), w.c, &camp)); live.Status.State != campaign.Running || len(w.lines.saw().placed) == 0 {
			t.Errorf("%+v", live)
		}
		w.floor.Close()
	})
}

// TestNoCallOutlivesItsDriver: a call that is being placed when its campaign is let go is
// hung up as soon as the lines have begun it: nobody would speak with who answers.
func TestNoCallOutlivesItsDriver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "2")
		camp := w.campaign("spring", campaign.Progressive, 100, 2, nil)
		w.lines.slow, w.lines.answers = 10*time.Second, time.Minute
		w.work(camp.ID, "a", "sale")
		time.Sleep(5 * time.Second)
		w.floor.mu.Lock()
		for _, d := range w.floor.drivers {
			d.post(func() { d.end(fault.New(fault.Conflict, "it is let go")) })
		}
		w.floor.mu.Unlock()
		time.Sleep(10 * time.Second)
		w.lines.mu.Lock()
		placed, going := len(w.lines.placed), len(w.lines.calls)
		w.lines.mu.Unlock()
		if placed == 0 || going != 0 {
			t.Errorf("%d numbers were called, and %d calls go on", placed, going)
		}
		w.floor.Close()
	})
}

// TestASupervisorsPause holds over a log-in anew, another campaign and another node; who made
// it, when and why is told; a supervisor ends it, also of who is logged out.
func TestASupervisorsPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "2")
		ctx := t.Context()
		spring, autumn := w.campaign("spring", campaign.Progressive, 100, 1, nil), w.campaign("autumn", campaign.Progressive, 300, 1, nil)
		_, err := w.floor.ForcePause(ctx, w.c, "a", "user_boss", "early")
		wantCode(t, "who is not there", err, "not_logged_in")
		a := w.sit(spring.ID, "a")
		must(w.floor.ForcePause(ctx, w.c, "a", "user_boss", "a meeting"))
		since := timex.At(time.Now())
		holds := func(f *Floor, d Desk) {
			t.Helper()
			_, err := f.Ready(ctx, w.c, "a", d.Session)
			wantCode(t, "ready", err, "forced")
			_, err = f.Pause(ctx, w.c, "a", d.Session, "tea")
			wantCode(t, "another pause", err, "forced")
			d = must(f.Desk(w.c, "a", d.Session))
			if d.State != agent.Paused || d.Reason != agent.Forced || d.Forced == nil || *d.Forced != (ForcedPause{By: "user_boss", Since: since, Why: "a meeting"}) {
				t.Errorf("%+v, %+v", d.Agent, d.Forced)
			}
		}
		holds(w.floor, a)
		time.Sleep(time.Minute)
		must(w.floor.LogOut(ctx, w.c, "a", a.Session))
		holds(w.floor, w.sit(autumn.ID, "a"))
		other := w.beside("n2")
		if _, err := other.floor.EndPause(ctx, w.c, "a"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("from a node that cannot tell the agent: %v", err)
		}
		w.floor.Close()
		d := other.sit(spring.ID, "a")
		holds(other.floor, d)
		must(other.floor.EndPause(ctx, w.c, "a"))
		if d = must(other.floor.Desk(w.c, "a", d.Session)); d.State != agent.Paused || d.Reason != agent.Freed || d.Forced != nil || d.Notice[len(d.Notice)-1].Code != "pause_ended" {
			t.Errorf("%+v", d)
		}
		must(other.floor.Ready(ctx, w.c, "a", d.Session))
		_, err = other.floor.EndPause(ctx, w.c, "a")
		wantCode(t, "twice", err, "not_forced")
		must(other.floor.ForcePause(ctx, w.c, "a", "user_boss", "once more"))
		must(other.floor.LogOut(ctx, w.c, "a", d.Session))
		must(other.floor.EndPause(ctx, w.c, "a")) // while they are away
		d = other.sit(spring.ID, "a")
		must(other.floor.Ready(ctx, w.c, "a", d.Session))
		other.floor.Close()
	})
}

// TestTodayIsOfTheDay: what an agent did today is what the books counted since midnight where
// the contract is, over log-ins and campaigns, and begins anew at midnight.
func TestTodayIsOfTheDay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "2")
		ctx := t.Context()
		spring, autumn := w.campaign("spring", campaign.Progressive, 100, 1, nil), w.campaign("autumn", campaign.Progressive, 103, 1, nil)
		for _, of := range []id.ID{spring.ID, autumn.ID} {
			a := w.sit(of, "a")
			must(w.floor.Ready(ctx, w.c, "a", a.Session))
			time.Sleep(10 * time.Second)
			must(w.floor.Dispose(ctx, w.c, "a", a.Session, Dispose{Code: "sale"}))
			must(w.floor.HangUp(ctx, w.c, "a", a.Session))
			time.Sleep(time.Second)
			must(w.floor.LogOut(ctx, w.c, "a", a.Session))
		}
		w.floor.Close()
		midnight := time.Date(2026, 3, 2, 16, 0, 0, 0, time.UTC) // in Shanghai
		time.Sleep(time.Until(midnight) - 2*time.Second)
		w.open() // another process
		a := w.sit(spring.ID, "a")
		if was := a.Today; was.Calls != 2 || was.Sales != 2 || was.Talked < 6 || was.Ready < 6 {
			t.Errorf("%+v", was)
		}
		time.Sleep(4 * time.Second)
		if d := must(w.floor.Desk(w.c, "a", a.Session)); d.Today != (AgentDay{}) {
			t.Errorf("after midnight: %+v", d.Today)
		}
		w.floor.Close()
	})
}
