package telephone_test

import (
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/calling/agent"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/lead"
	"waihu/internal/floor"
	"waihu/internal/phone"
	"waihu/internal/store"
	"waihu/internal/usage"
	"waihu/internal/voice"
	"waihu/internal/voice/sip"
)

// callIn lets the carrier bring a call.
func (o *office) callIn(from, to string, talk time.Duration) *voice.Report {
	o.Helper()
	r, err := voice.Place(o.Context(), o.agent, o.ports, voice.Order{To: "sip:" + to + "@" + o.phones.Host(), From: from, Talk: talk})
	if err != nil {
		o.Fatal(err)
	}
	return r
}

// tries are those of a campaign, the newest first, once so many are closed.
func (o *office) tries(of *app.Campaign, n int) (out []attempt.Attempt) {
	o.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if err := o.sys.DB.View(o.Context(), func(tx store.Tx) (err error) {
			out, err = tx.Attempts().List(o.company, store.AttemptQuery{Campaign: of.ID, Limit: 9})
			return err
		}); err != nil {
			o.Fatal(err)
		}
		if len(out) == n && out[0].State == attempt.Closed {
			return out
		}
		if time.Now().After(deadline) {
			o.Fatalf("%d tries: %+v", len(out), out)
		}
	}
}

// until waits for the desk of an agent to be as it should.
func (o *office) until(f *floor.Floor, session string, is func(*floor.Desk) bool) (d floor.Desk) {
	o.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if d = must(f.Desk(o.company, ann, session)); is(&d) {
			return d
		}
		if time.Now().After(deadline) {
			o.Fatalf("%+v, %+v", d, d.Call)
		}
	}
}

// TestTheyCallBackOverTheLines: somebody was called, calls the number that was shown, and
// talks with an agent; once nobody is logged in, they hear so and are called. Each is one
// fact of a call that came in.
func TestTheyCallBackOverTheLines(t *testing.T) {
	o := open(t, "100.00")
	const theirs, ours = "+8613800138000", "+862161234567"
	f, _ := o.floor()
	camp := o.campaign(campaign.Manual, theirs, func(*campaign.Campaign) {})
	must(o.sys.StartCampaign(t.Context(), o.company, camp.ID, "wu"))
	if r := o.callIn(theirs, ours, time.Second); r.Answered() || r.Ending.Code != 404 {
		t.Errorf("nobody called them: %+v", r.Ending)
	}
	if r := o.callIn(theirs, "floor", time.Second); r.Ending.Code != 401 {
		t.Errorf("a name is called without a log-in: %+v", r.Ending)
	}
	o.stand(ann)
	session := must(f.LogIn(t.Context(), o.company, camp.ID, ann, 0)).Session
	who := must(o.sys.LeadsWith(t.Context(), o.company, []phone.Number{must(parsed(theirs))}))[0]
	must(f.Ready(t.Context(), o.company, ann, session))
	must(f.Dial(t.Context(), o.company, ann, session, who))
	talking := func(d *floor.Desk) bool { return d.State == agent.Talking && d.Call.Step == floor.Talking }
	o.until(f, session, talking)
	must(f.HangUp(t.Context(), o.company, ann, session))
	o.until(f, session, func(d *floor.Desk) bool { return d.State == agent.WrapUp })
	must(f.Dispose(t.Context(), o.company, ann, session, floor.Dispose{Code: "sale"}))

	came := make(chan *voice.Report, 1)
	go func() { came <- o.callIn(theirs, ours, 600*time.Millisecond) }()
	if d := o.until(f, session, talking); !d.Call.Inbound || d.Call.CallerID != must(parsed(ours)) || d.Call.Number != must(parsed(theirs)) || d.Person == nil || len(d.Person.History) != 1 {
		t.Errorf("%+v, %+v", d.Call, d.Person)
	}
	if all := o.phones.Running(o.company); len(all) != 1 || !all[0].In || all[0].From != theirs || all[0].To != ours {
		t.Errorf("%+v", all)
	}
	if r := <-came; !r.Answered() || r.Times.Ringing.IsZero() {
		t.Errorf("%+v %+v", r.Ending, r.Times)
	}
	must(f.Dispose(t.Context(), o.company, ann, session, floor.Dispose{Code: "sale"}))
	if a := o.tries(&camp, 2)[0]; !a.Inbound || a.Agent != ann || a.Disposition != "sale" {
		t.Errorf("%+v", a)
	}
	must(f.LogOut(t.Context(), o.company, ann, session))

	if r := o.callIn(theirs, ours, 0); !r.Answered() || r.Ending.Why != sip.Bye || r.Ending.By != sip.Them {
		t.Errorf("nobody is there: %+v", r.Ending)
	}
	if a := o.tries(&camp, 3)[0]; !a.Inbound || a.Agent != "" || !a.Flags.Callback {
		t.Errorf("%+v", a)
	}
	if l := must(o.sys.GetLead(t.Context(), o.company, who)).Lead; l.State != lead.Callback || l.Callback == nil || l.Attempts != 1 {
		t.Errorf("%+v", l)
	}
	if _, err := voice.Place(t.Context(), o.agent, o.ports, voice.Order{To: "sip:" + ours + "@" + o.phones.Host(), From: theirs, Keys: "9", Talk: time.Second}); err != nil {
		t.Fatal(err)
	}
	if a := o.tries(&camp, 4)[0]; !a.Inbound || !a.Flags.Refuse {
		t.Errorf("%+v", a)
	}
	in := 0
	for _, x := range o.facts(4) {
		if x.Call.Direction != usage.Inbound {
			continue
		}
		if in++; x.Call.From != theirs || x.Call.To != ours || x.Call.Trunk != "one" || x.Call.Campaign != camp.ID.Named("cmp") || x.Call.Result != usage.Answered || x.Call.Talk <= 0 {
			t.Errorf("%+v", x.Call)
		}
	}
	if tally := must(o.sys.TallyOf(t.Context(), o.company, camp.ID)).Total; in != 3 || tally.Tries != 1 || tally.Answered != 1 || tally.Abandoned != 0 || tally.Sales != 2 {
		t.Errorf("%d facts of calls that came in, %+v", in, tally)
	}
}
