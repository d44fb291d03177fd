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
	"waihu/internal/charging/fx"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/store/postgres"
	"waihu/internal/store/storetest"
	"waihu/internal/timex"
)

// TestPreviewAndByHand: a lead is shown, skipped, dialed; another is dialed by hand; a
// callback is agreed on the customer's clock.
func TestPreviewAndByHand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "2")
		ctx := t.Context()
		camp := w.campaign("spring", campaign.Preview, 100, 4, nil) // 100 and 103 answer
		d := w.sit(camp.ID, "a")
		d = must(w.floor.Ready(ctx, w.c, "a", d.Session))
		time.Sleep(time.Second)
		d = must(w.floor.Desk(w.c, "a", d.Session))
		if d.State != agent.Reserved || d.Call == nil || d.Call.Step != Shown || d.Person == nil {
			t.Fatalf("%+v", d)
		}
		first := d.Call.Try
		must(w.floor.Choose(ctx, w.c, "a", d.Session, false))
		time.Sleep(time.Second)
		d = must(w.floor.Desk(w.c, "a", d.Session))
		if d.Call == nil || d.Call.Try == first || len(w.lines.saw().placed) != 0 {
			t.Fatalf("the next is shown: %+v", d.Call)
		}
		must(w.floor.Pause(ctx, w.c, "a", d.Session, "reading"))
		must(w.floor.Choose(ctx, w.c, "a", d.Session, false))
		d = must(w.floor.Desk(w.c, "a", d.Session))
		if d.State != agent.Paused || d.Reason != "reading" {
			t.Fatalf("%+v", d)
		}
		hand := w.campaign("hand", campaign.Manual, 300, 2, nil)
		d = w.sit(hand.ID, "a") // leaves the other campaign
		d = must(w.floor.Ready(ctx, w.c, "a", d.Session))
		leads := must(w.sys.LeadsWith(ctx, w.c, numbers(301)))
		d = must(w.floor.Dial(ctx, w.c, "a", d.Session, leads[0]))
		if d.Call == nil || d.Campaign != hand.ID.Named("cmp") {
			t.Fatalf("%+v", d)
		}
		time.Sleep(8 * time.Second)
		_, err := w.floor.Dispose(ctx, w.c, "a", d.Session, Dispose{Code: "callback"})
		if err == nil {
			t.Error("a callback without an instant")
		}
		at := timex.At(time.Now()).Add(26 * time.Hour)
		d = must(w.floor.Dispose(ctx, w.c, "a", d.Session, Dispose{Code: "callback", Notes: "after work", Callback: &Appointment{At: at, Zone: "Asia/Shanghai", Mine: true}}))
		if d.Call.Said != "callback" {
			t.Errorf("%+v", d.Call)
		}
		must(w.floor.HangUp(ctx, w.c, "a", d.Session))
		time.Sleep(time.Second)
		got := must(w.sys.Callbacks(ctx, w.c, app.CallbackQuery{Campaign: hand.ID, Agent: "a", Limit: 10}))
		if len(got) != 1 || got[0].Callback == nil || got[0].Callback.At != at || got[0].Callback.Agent != "a" {
			t.Errorf("%+v", got)
		}
		w.floor.Close()
	})
}

// TestARecordingThatFails is told to the agent and to who supervises, while the call goes on
// and after it; one that runs is told no sooner than it does.
func TestARecordingThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "1", "recording")
		ctx := t.Context()
		camp := w.campaign("spring", campaign.Progressive, 100, 1, func(c *campaign.Campaign) { c.Record = true })
		a := w.sit(camp.ID, "a")
		must(w.floor.Ready(ctx, w.c, "a", a.Session))
		time.Sleep(4 * time.Second)
		if d := must(w.floor.Desk(w.c, "a", a.Session)); d.Call == nil || d.Call.Recorded {
			t.Errorf("a call that rings is recorded: %+v", d.Call)
		}
		time.Sleep(4 * time.Second)
		d := must(w.floor.Desk(w.c, "a", a.Session))
		if d.State != agent.Talking || !d.Call.Recorded || d.Call.Lost {
			t.Fatalf("%+v", d.Call)
		}
		w.lines.mu.Lock()
		for _, o := range w.lines.at {
			if o.Notice != announced {
				t.Error("nobody hears that they are recorded")
			}
			o.Kept(errors.New("the disk is full"))
		}
		w.lines.mu.Unlock()
		time.Sleep(time.Second)
		d = must(w.floor.Desk(w.c, "a", a.Session))
		if d.Call.Recorded || !d.Call.Lost || d.Notice[len(d.Notice)-1].Code != "recording_lost" {
			t.Errorf("%+v", d)
		}
		if all := must(w.floor.Overview(ctx, w.c)); !all.Agents[0].Call.Lost {
			t.Errorf("%+v", all.Agents)
		}
		_, err := w.floor.PauseRecording(ctx, w.c, "a", a.Session, true)
		wantCode(t, "a recording that failed", err, "not_recorded")
		must(w.floor.HangUp(ctx, w.c, "a", a.Session))
		time.Sleep(time.Second)
		if d = must(w.floor.Desk(w.c, "a", a.Session)); d.State != agent.WrapUp || !d.Call.Lost {
			t.Errorf("%+v", d)
		}
		w.floor.Close()
	})
}

// TestADeskThatGoesIsTold, also to who began to read it just before: nothing falls between.
func TestADeskThatGoesIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "1")
		camp := w.campaign("spring", campaign.Progressive, 101, 1, nil)
		a := w.sit(camp.ID, "a")
		_, err := w.floor.ReadDesk(w.c, "b", a.Session)
		wantCode(t, "another's desk", err, "not_logged_in")
		r := must(w.floor.ReadDesk(w.c, "a", a.Session))
		defer r.Close()
		w.floor.stream(w.c).drop("desk", a.Session)
		if seq, all := r.First(); len(all) != 1 || all[0].Data != nil || all[0].Key != a.Session || all[0].Seq != seq {
			t.Errorf("%+v", all)
		}
		if more := r.take(); len(more) != 0 {
			t.Errorf("it is told twice: %+v", more)
		}
		w.floor.Close()
	})
}

// TestHandedOver: to a number outside, to an agent who is ready, and to a machine.
func TestHandedOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "3", "recording")
		ctx := t.Context()
		camp := w.campaign("spring", campaign.Progressive, 100, 12, func(c *campaign.Campaign) {
			c.Targets, c.Voicemail, c.Record = []campaign.Target{{Name: "Desk", Number: number(900)}}, "goodbye", true
		})
		a := w.sit(camp.ID, "a")
		talking := func() Desk {
			for range 200 {
				time.Sleep(time.Second)
				if d := must(w.floor.Desk(w.c, "a", a.Session)); d.State == agent.Talking {
					return d
				}
			}
			t.Fatal("nobody answers")
			return Desk{}
		}
		must(w.floor.Ready(ctx, w.c, "a", a.Session))
		talking()
		if d := must(w.floor.Hold(ctx, w.c, "a", a.Session, true)); !d.Call.Held {
			t.Errorf("%+v", d.Call)
		}
		if d := must(w.floor.PauseRecording(ctx, w.c, "a", a.Session, true)); !d.Call.Silenced || !d.Call.Recorded {
			t.Errorf("%+v", d.Call)
		}
		_, err := w.floor.Transfer(ctx, w.c, "a", a.Session, "Nobody", "", false)
		wantCode(t, "a target that is none", err, "no_target")
		must(w.floor.Transfer(ctx, w.c, "a", a.Session, "Desk", "", false))
		time.Sleep(4 * time.Second)
		if d := must(w.floor.Desk(w.c, "a", a.Session)); d.State != agent.WrapUp || d.Call.Step != Without || len(d.Call.With) != 1 || d.Call.With[0].Name != "Desk" || d.Call.With[0].Rings {
			t.Errorf("%+v", d)
		}
		must(w.floor.Dispose(ctx, w.c, "a", a.Session, Dispose{Code: "done"}))
		talking()
		must(w.floor.Voicemail(ctx, w.c, "a", a.Session))
		d := must(w.floor.Dispose(ctx, w.c, "a", a.Session, Dispose{Code: "answering_machine"}))
		if d.State == agent.WrapUp || len(w.lines.saw().dropped) != 1 {
			t.Errorf("%+v", d)
		}
		talking()
		_, err = w.floor.Leave(ctx, w.c, "a", a.Session)
		wantCode(t, "nobody was brought in", err, "no_third")
		must(w.floor.Transfer(ctx, w.c, "a", a.Session, "Desk", "", true))
		_, err = w.floor.Leave(ctx, w.c, "a", a.Session)
		wantCode(t, "they have not answered", err, "no_third")
		_, err = w.floor.Transfer(ctx, w.c, "a", a.Session, "Desk", "", false)
		wantCode(t, "they ring already", err, "there")
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if d := must(w.floor.Leave(ctx, w.c, "a", a.Session)); d.State != agent.WrapUp || d.Call.Step != Without || len(w.lines.parted) != 1 {
			t.Errorf("%+v", d)
		}
		must(w.floor.Dispose(ctx, w.c, "a", a.Session, Dispose{Code: "done"}))
		talking()
		_, err = w.floor.Transfer(ctx, w.c, "a", a.Session, "", "b", false)
		wantCode(t, "an agent who is not there", err, "not_ready")
		b := w.sit(camp.ID, "b")
		w.lines.mu.Lock()
		w.lines.refuse = refused("x", "no more calls") // so that b stays ready
		w.lines.mu.Unlock()
		must(w.floor.Ready(ctx, w.c, "b", b.Session))
		for range 30 {
			if d := must(w.floor.Desk(w.c, "b", b.Session)); d.State == agent.Ready {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		if got := must(w.floor.Colleagues(ctx, w.c, "a", a.Session)); len(got.Ready) != 1 || got.Ready[0].Agent != "b" || got.More != 0 {
			t.Errorf("%+v", got)
		}
		if d := must(w.floor.Transfer(ctx, w.c, "a", a.Session, "", "b", true)); d.State != agent.Talking || len(d.Call.Beside) != 1 || d.Call.Beside[0].Agent != "b" {
			t.Errorf("%+v", d.Call)
		}
		if d := must(w.floor.Desk(w.c, "b", b.Session)); d.State != agent.Talking || d.Call.Of != "a" || d.Person == nil {
			t.Errorf("%+v", d.Call)
		}
		_, err = w.floor.Hold(ctx, w.c, "b", b.Session, true)
		wantCode(t, "the call is another's", err, "not_yours")
		must(w.floor.HangUp(ctx, w.c, "b", b.Session)) // is off it, and the call goes on
		if got := must(w.floor.Colleagues(ctx, w.c, "a", a.Session)); len(got.Ready) != 1 || must(w.floor.Desk(w.c, "a", a.Session)).State != agent.Talking {
			t.Errorf("%+v", got)
		}
		must(w.floor.Transfer(ctx, w.c, "a", a.Session, "", "b", true))
		must(w.floor.Transfer(ctx, w.c, "a", a.Session, "", "b", false))
		if d := must(w.floor.Desk(w.c, "b", b.Session)); d.State != agent.Talking || d.Person == nil {
			t.Errorf("%+v", d)
		}
		time.Sleep(time.Minute + time.Second)
		must(w.floor.Dispose(ctx, w.c, "b", b.Session, Dispose{Code: "sale"}))
		if tally := must(w.sys.TallyOf(ctx, w.c, camp.ID)); tally.Total.Sales != 1 || tally.Total.Conversations != 4 {
			t.Errorf("%+v", tally.Total)
		}
		w.floor.Close()
	})
}

// TestBudgetsAndGoals: a campaign stops at the budget of its day and goes on the next,
// and ends at its goal.
func TestBudgetsAndGoals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "2")
		camp := w.campaign("spring", campaign.Progressive, 100, 30, func(c *campaign.Campaign) {
			c.Budget.Daily = money.Micros(200_000, money.MustCurrency("CNY"))
			c.Goal.Sales = 3
			c.Lifted = []campaign.Lift{{Rule: "cn.hours", Reason: "it is late in the evening there"}}
		})
		w.floor.Close()
		time.Sleep(14*time.Hour + 30*time.Minute) // half an hour before the day of the contract ends
		w.open()
		w.work(camp.ID, "a", "sale")
		time.Sleep(10 * time.Minute)
		c := must(w.sys.GetCampaign(t.Context(), w.c, camp.ID))
		if c.Status.State != campaign.Paused || c.Status.Cause != campaign.ByBudget {
			t.Fatalf("%+v", c.Status)
		}
		sold := must(w.sys.TallyOf(t.Context(), w.c, camp.ID)).Total.Sales
		if sold < 1 || sold > 2 {
			t.Errorf("%d sales", sold)
		}
		time.Sleep(40 * time.Minute)
		c = must(w.sys.GetCampaign(t.Context(), w.c, camp.ID))
		if c.Status.State != campaign.Finished {
			t.Errorf("%+v", c.Status)
		}
		if all := must(w.sys.Sittings(t.Context(), w.c)); len(all) != 0 {
			t.Errorf("agents sit at a campaign that is over: %+v", all)
		}
		w.floor.Close()
	})
}

// TestABudgetInAnotherCurrency is compared at the rate of the day; without one nothing more is
// spent, and the campaign says why.
func TestABudgetInAnotherCurrency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "1")
		ctx := t.Context()
		dollars, yuan := money.MustCurrency("USD"), money.MustCurrency("CNY")
		camp := w.campaign("spring", campaign.Progressive, 100, 30, func(c *campaign.Campaign) {
			c.Budget.Total = money.Micros(40_000, dollars) // a conversation is 0.12 yuan
		})
		w.work(camp.ID, "a", "sale")
		time.Sleep(5 * time.Minute)
		c := must(w.sys.GetCampaign(ctx, w.c, camp.ID))
		tally := must(w.sys.TallyOf(ctx, w.c, camp.ID)).Total
		if c.Status.Cause != campaign.ByBudget || !strings.Contains(c.Status.Why, "no rate of CNY in USD") || tally.Conversations != 1 {
			t.Fatalf("%+v, %+v", c.Status, tally)
		}
		if err := w.sys.AddRate(ctx, fx.Rate{From: dollars, To: yuan, On: timex.MustDate("2026-03-01"), Rate: exact.Int(7), Source: "a bank"}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(15 * time.Minute)
		c = must(w.sys.GetCampaign(ctx, w.c, camp.ID))
		tally = must(w.sys.TallyOf(ctx, w.c, camp.ID)).Total
		if c.Status.State != campaign.Paused || !strings.Contains(c.Status.Why, "is spent") || tally.Conversations < 2 || tally.Conversations > 4 {
			t.Errorf("%+v, %+v", c.Status, tally)
		}
		w.floor.Close()
	})
}

// TestOnAServer does a part of a shift where transactions collide, in real time.
func TestOnAServer(t *testing.T) {
	cluster := must(storetest.StartCluster("fsync=off"))
	t.Cleanup(func() {
		if err := cluster.Close(); err != nil {
			t.Error(err)
		}
	})
	db := must(postgres.Open(t.Context(), must(cluster.Database("floor")), postgres.Options{Conns: 8}))
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	w := newWorldOn(t, store.Joining(db), "4", "predictive")
	w.lines.answers, w.lines.rings, w.lines.lasts, w.talks = 20*time.Millisecond, 40*time.Millisecond, time.Second, 50*time.Millisecond
	camp := w.campaign("spring", campaign.Predictive, 100, 30, func(c *campaign.Campaign) {
		c.Lifted = []campaign.Lift{{Rule: "cn.hours", Reason: "this test has the hour of whoever runs it"}}
	})
	for _, user := range []string{"a", "b", "c"} {
		w.work(camp.ID, user, "sale", "refused")
	}
	for tally := (app.Tally{}); tally.Total.Conversations < 6; tally = must(w.sys.TallyOf(t.Context(), w.c, camp.ID)) {
		select {
		case <-t.Context().Done():
			t.Fatal("too little is called")
		case <-time.After(20 * time.Millisecond):
		}
	}
	w.floor.Close()
	for n, times := range w.lines.saw().placed {
		if times > 1 {
			t.Errorf("%s was called %d times", n, times)
		}
	}
	if states := w.states(&camp); states[lead.Executing] != 0 || states[lead.Connected] == 0 || states[lead.Forbidden] == 0 {
		t.Errorf("%v", states)
	}
}

// TestAnOutcomeThatIsTakenBack: chosen while they talk it is told to every desk of the
// agent, and can be taken back. A refusal holds at once, and whatever is chosen after it.
func TestAnOutcomeThatIsTakenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "1")
		ctx := t.Context()
		camp := w.campaign("spring", campaign.Progressive, 100, 1, nil)
		a := w.sit(camp.ID, "a")
		must(w.floor.Ready(ctx, w.c, "a", a.Session))
		time.Sleep(8 * time.Second)
		_, err := w.floor.Retract(ctx, w.c, "a", a.Session)
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("nothing was chosen: %v", err)
		}
		at := timex.At(time.Now()).Add(26 * time.Hour)
		must(w.floor.Dispose(ctx, w.c, "a", a.Session, Dispose{Code: "callback", Kept: true, Callback: &Appointment{At: at, Zone: "Asia/Shanghai", Mine: true}}))
		a = must(w.floor.LogIn(ctx, w.c, camp.ID, "a", 0)) // at another browser
		if a.Call.Said != "callback" || a.Call.Agreed == nil || a.Call.Agreed.At != at || !a.Call.Agreed.Mine || a.Call.Refused {
			t.Fatalf("%+v", a.Call)
		}
		must(w.floor.Dispose(ctx, w.c, "a", a.Session, Dispose{Code: "refused", Kept: true}))
		if list := must(w.sys.Barred(ctx, w.c, numbers(100))); len(list) != 1 {
			t.Errorf("a refusal waits for the end of the call: %+v", list)
		}
		d := must(w.floor.Retract(ctx, w.c, "a", a.Session))
		time.Sleep(time.Second) // other campaigns are told beside
		d = must(w.floor.Desk(w.c, "a", d.Session))
		if d.Call.Said != "" || !d.Call.Refused || d.Notice[len(d.Notice)-1].Code != "refusal_stands" {
			t.Errorf("%+v, %+v", d.Call, d.Notice)
		}
		must(w.floor.HangUp(ctx, w.c, "a", a.Session))
		time.Sleep(time.Second)
		must(w.floor.Dispose(ctx, w.c, "a", a.Session, Dispose{Code: "not_there", Kept: true}))
		if d = must(w.floor.Desk(w.c, "a", a.Session)); d.State != agent.WrapUp || d.Call.Said != "not_there" {
			t.Errorf("%+v", d)
		}
		time.Sleep(6 * time.Second)
		if d = must(w.floor.Desk(w.c, "a", a.Session)); d.State != agent.Ready || d.Last.Disposition != "not_there" {
			t.Errorf("%+v", d)
		}
		if n := w.states(&camp)[lead.Forbidden]; n != 1 || len(must(w.sys.Barred(ctx, w.c, numbers(100)))) != 1 {
			t.Errorf("who refused can be called again: %v", w.states(&camp))
		}
		w.floor.Close()
	})
}
