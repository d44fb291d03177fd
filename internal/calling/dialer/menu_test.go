package dialer

import (
	"testing"
	"time"

	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/lead"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/usage"
)

// broadcast is a campaign with two channels that somebody has answered.
func broadcast(t *testing.T, change func(*campaign.Campaign)) (*floor, Dial) {
	f := open(t, campaign.Broadcast, func(c *campaign.Campaign) {
		c.Message, c.Rate, c.Guide.Script = "news", campaign.Rate{Channels: 2, Minute: 600}, id.ID{8}
		c.Menu = campaign.Menu{Machine: "machine", NoAgent: "sorry", Steps: []campaign.MenuStep{
			{ID: "first", Answer: "like", Keys: []campaign.KeyAct{{Key: "1", Does: campaign.KeyAgent}, {Key: "2", Does: campaign.KeyAnswer, Value: "yes", To: "age"}, {Key: "3", Does: campaign.KeyCallback, After: 30}, {Key: "4", Does: campaign.KeyRepeat}, {Key: "9", Does: campaign.KeyRefuse, Prompt: "never"}}},
			{ID: "age", Prompt: "age", Digits: 3, Answer: "age"}}}
		if change != nil {
			change(c)
		}
	})
	d := want[Dial](t, f.leads(3))
	f.after(0, Dialed{Try: d.Try})
	f.after(time.Second, Answered{Try: d.Try})
	return f, d
}

// TestABroadcast: nobody is logged in; a person hears the message, answers by keys,
// types a number, and is closed with what they said.
func TestABroadcast(t *testing.T) {
	f, d := broadcast(t, nil)
	if n := len(f.e.calls); n != 2 {
		t.Errorf("%d calls on two channels", n)
	}
	if s := want[Say](t, f.after(0, Told{Try: d.Try, By: usage.Person})); s.Prompt != "news" {
		t.Error(s)
	}
	f.after(5*time.Second, Said{Try: d.Try})
	if s := want[Say](t, f.after(campaign.DefaultKeyWait*time.Second, Tick{})); s.Prompt != "news" {
		t.Errorf("silence: %+v", s)
	}
	want[Say](t, f.after(time.Second, Pressed{Try: d.Try, Key: "4"})) // while it is played
	if s := want[Say](t, f.after(time.Second, Pressed{Try: d.Try, Key: "2"})); s.Prompt != "age" || f.last.Answers[0] != (KeyAnswer{d.Try, "like", "yes"}) {
		t.Errorf("%+v, %+v", s, f.last.Answers)
	}
	for _, key := range "7*42" {
		none(t, f.after(time.Second, Pressed{Try: d.Try, Key: string(key)}))
	}
	want[Hang](t, f.after(time.Second, Pressed{Try: d.Try, Key: "#"}))
	if f.last.Answers[0].Value != "42" {
		t.Errorf("%+v", f.last.Answers)
	}
	f.after(0, Over{Try: d.Try, Result: usage.Answered})
	if a := f.last.Tries[0]; a.Disposition != attempt.Keyed || a.Pressed != "427*42#" || a.IsAbandoned() || f.last.Leads[0].State != lead.Connected {
		t.Errorf("%+v", a)
	}
	if answered, _ := f.e.cfg.Ledger.Totals(); answered != 0 {
		t.Errorf("a broadcast counts %d answers for agents", answered)
	}
}

// TestARefusalByKeyHoldsAtOnce, before the call is over and whatever happens to it.
func TestARefusalByKeyHoldsAtOnce(t *testing.T) {
	f, d := broadcast(t, nil)
	f.after(0, Told{Try: d.Try, By: usage.Person})
	if s := want[Say](t, f.after(time.Second, Pressed{Try: d.Try, Key: "9"})); s.Prompt != "never" {
		t.Error(s)
	}
	try, l := f.last.Tries[0], f.last.Leads[0]
	if !try.Wish.Flags.Refuse || !try.Wish.Final() || l.Rule != lead.Refused {
		t.Fatalf("%+v, %+v", try, l)
	}
	fx, err := Recover(f.now, f.last.Tries, f.last.Leads, &f.plan.Retry) // the process is gone
	if err != nil || fx.Leads[0].State != lead.Forbidden || fx.Tries[0].Disposition != "refused" {
		t.Errorf("%v, %+v", err, fx)
	}
	want[Hang](t, f.after(time.Second, Said{Try: d.Try}))
	f.after(0, Over{Try: d.Try, Result: usage.Answered})
	if f.last.Leads[0].State != lead.Forbidden || f.last.Tries[0].By != attempt.ByKeys {
		t.Errorf("%+v", f.last)
	}
}

// TestAnAgentOnDemand: who asks gets an agent; without one they are called back.
func TestAnAgentOnDemand(t *testing.T) {
	f, d := broadcast(t, nil)
	f.agents(1)
	f.after(0, Told{Try: d.Try, By: usage.Person})
	if j := want[Join](t, f.after(time.Second, Pressed{Try: d.Try, Key: "1"})); j.Agent != "a" {
		t.Error(j)
	}
	none(t, f.after(time.Second, Pressed{Try: d.Try, Key: "9"})) // it is the agent's call now
	f.after(time.Minute, Over{Try: d.Try, Result: usage.Answered})
	f.after(0, Disposed{User: "a", Code: "sale"})
	if a := f.last.Tries[0]; a.Agent != "a" || a.Disposition != "sale" {
		t.Errorf("%+v", a)
	}

	f, d = broadcast(t, nil)
	f.after(0, Told{Try: d.Try, By: usage.Person})
	none(t, f.after(time.Second, Pressed{Try: d.Try, Key: "1"}))
	f.after(0, Said{Try: d.Try}) // the message ran out meanwhile
	if s := want[Say](t, f.after(campaign.DefaultQueue*time.Second, Tick{})); s.Prompt != "sorry" {
		t.Error(s)
	}
	f.after(0, Over{Try: d.Try, Result: usage.Answered})
	if l := f.last.Leads[0]; l.State != lead.Callback || l.Callback.At.Sub(f.now) != campaign.DefaultCallback*time.Minute {
		t.Errorf("%+v", l)
	}
	if answered, abandoned := f.e.cfg.Ledger.Totals(); answered != 1 || abandoned != 1 {
		t.Errorf("%d of %d", abandoned, answered)
	}
}

// TestAMachineIsLeftAMessage, or let go.
func TestAMachineIsLeftAMessage(t *testing.T) {
	f, d := broadcast(t, nil)
	if s := want[Say](t, f.after(0, Told{Try: d.Try, By: usage.Machine})); s.Prompt != "machine" {
		t.Error(s)
	}
	none(t, f.after(time.Second, Pressed{Try: d.Try, Key: "9"}))
	want[Hang](t, f.after(time.Second, Said{Try: d.Try}))
	f.after(0, Over{Try: d.Try, Result: usage.Answered})
	if a := f.last.Tries[0]; a.Disposition != attempt.Left || a.Wish.Code != "" {
		t.Errorf("%+v", a)
	}
	f, d = broadcast(t, func(c *campaign.Campaign) { c.Menu.Machine = "" })
	want[Hang](t, f.after(0, Told{Try: d.Try, By: usage.Machine}))
}

// TestARepeatIsBounded: whoever presses repeat for ever is let go.
func TestARepeatIsBounded(t *testing.T) {
	f, d := broadcast(t, nil)
	f.after(0, Told{Try: d.Try, By: usage.Person})
	for range MaxSaid - 1 {
		want[Say](t, f.after(time.Second, Pressed{Try: d.Try, Key: "4"}))
	}
	want[Hang](t, f.after(time.Second, Pressed{Try: d.Try, Key: "4"}))
}

// TestTheRateIsKept: so many dials a minute, however many channels are free.
func TestTheRateIsKept(t *testing.T) {
	f := open(t, campaign.Broadcast, func(c *campaign.Campaign) { c.Message, c.Rate = "news", campaign.Rate{Channels: 100, Minute: 60} })
	f.leads(100)
	dialed := len(f.e.calls)
	for range 20 {
		f.after(500*time.Millisecond, Tick{})
	}
	if n := len(f.e.calls) - dialed; n < 9 || n > 11 {
		t.Errorf("%d dials in ten seconds at one a second", n)
	}
}

// TestADialogue: it speaks, settles what was said, and may hand over.
func TestADialogue(t *testing.T) {
	begin := func() (*floor, Dial) {
		f := open(t, campaign.Robot, func(c *campaign.Campaign) { c.Robot.URL = "https://dialogue.example" })
		d := want[Dial](t, f.leads(1))
		f.after(0, Dialed{Try: d.Try})
		f.after(time.Second, Answered{Try: d.Try})
		want[Converse](t, f.after(0, Told{Try: d.Try, By: usage.Person}))
		return f, d
	}
	f, d := begin()
	f.refused(Settled{Try: d.Try, Wish: attempt.Wish{Code: "heard"}}, fault.Invalid)
	f.refused(Settled{Try: d.Try, Wish: attempt.Wish{Code: "callback"}}, fault.Invalid)
	f.after(0, Settled{Try: d.Try, Wish: attempt.Wish{Code: "refused", Notes: "said never"}})
	if f.last.Leads[0].Rule != lead.Refused {
		t.Errorf("%+v", f.last.Leads)
	}
	f.after(0, Settled{Try: d.Try, Wish: attempt.Wish{Code: "sale"}}) // nothing takes a refusal back
	f.after(0, Over{Try: d.Try, Result: usage.Answered})
	f.after(0, Spoken{Try: d.Try})
	if a := f.last.Tries[0]; a.Disposition != "refused" || a.By != attempt.ByDialogue || a.Notes != "said never" {
		t.Errorf("%+v", a)
	}
	f, d = begin()
	f.agents(1)
	want[Join](t, f.after(0, ForAgent{Try: d.Try}))
	f.refused(ForAgent{Try: d.Try}, fault.Conflict)
	f, d = begin()
	f.after(0, ForAgent{Try: d.Try})
	want[Unserved](t, f.after(campaign.DefaultQueue*time.Second, Tick{}))
	f.after(0, ForAgent{Try: d.Try})
	f, d = begin()
	want[Hang](t, f.after(AloneWait, Tick{}))
	f.after(0, Over{Try: d.Try, Result: usage.Answered})
	f.after(time.Second, Settled{Try: d.Try, Wish: attempt.Wish{Code: "refused"}}) // it crossed the hang-up
	if f.last.Leads[0].Rule != lead.Refused || f.last.Tries[0].State != attempt.Ended {
		t.Errorf("%+v", f.last)
	}
	f.after(SpokenWait-time.Second, Tick{}) // nothing more is told of it
	if a := f.last.Tries[0]; a.State != attempt.Closed || a.Disposition != "refused" {
		t.Errorf("%+v", a)
	}
	f, d = begin()
	f.after(0, Spoken{Try: d.Try})
	f.after(0, Parted{Try: d.Try}) // handed on
	f.after(time.Hour, Over{Try: d.Try, Result: usage.Answered})
	if a := f.last.Tries[0]; a.Disposition != attempt.NoCode {
		t.Errorf("%+v", a)
	}
}

// TestTwoLegs: the agent's telephone first, then the customer's; an agent who does not
// pick up pauses, and the lead is called by another.
func TestTwoLegs(t *testing.T) {
	f := open(t, campaign.TwoLegs, nil)
	f.leads(2)
	c := want[CallAgent](t, f.agents(1))
	f.refused(Chosen{User: "a", Dial: true}, fault.Conflict)
	d := want[Dial](t, f.after(time.Second, AgentUp{Try: c.Try}))
	f.after(0, Dialed{Try: d.Try})
	if j := want[Join](t, f.after(time.Second, Answered{Try: d.Try})); j.Agent != "a" {
		t.Error(j)
	}
	f.after(time.Minute, Over{Try: d.Try, Result: usage.Answered})
	c = want[CallAgent](t, f.after(0, Disposed{User: "a", Code: "done"}))
	none(t, f.after(30*time.Second, AgentDown{Try: c.Try}))
	if p, _ := f.e.Post("a"); p.State != "paused" || len(f.e.calls) != 0 {
		t.Errorf("%+v", p)
	}
	f.rule = "hours"
	f.after(time.Second, IsReady{User: "a"})
	if len(f.e.calls) != 0 {
		t.Error("an agent is called for a lead that may not be")
	}
}

// TestTheyCallBack: matched to their lead, given to their own agent first, then to
// anybody; at a closed hour they are told so and called.
func TestTheyCallBack(t *testing.T) {
	f := open(t, campaign.Manual, func(c *campaign.Campaign) { c.Menu.Closed = "closed" })
	f.agents(2)
	who := someLead(1)
	who.Lead.Owner, who.Lead.State = "b", lead.Connected
	come := CameIn{Try: id.ID{7}, Lead: who, Number: who.Lead.Numbers[0].Number, To: number("862161234567")}
	if j := want[Join](t, f.after(0, come)); j.Agent != "b" {
		t.Errorf("their own agent was ready: %+v", j)
	}
	f.refused(come, fault.Conflict)
	other := someLead(2)
	other.Lead.Owner = "b"
	none(t, f.after(0, CameIn{Try: id.ID{8}, Lead: other, Number: other.Lead.Numbers[0].Number}))
	if j := want[Join](t, f.after(OwnerWait, Tick{})); j.Agent != "a" {
		t.Errorf("their own agent talks: %+v", j)
	}
	f.after(0, Over{Try: id.ID{8}, Result: usage.Answered})
	f.after(0, Disposed{User: "a", Code: "sale"})
	if a, l := f.last.Tries[0], f.last.Leads[0]; !a.Inbound || l.State != lead.Connected || l.Attempts != 0 {
		t.Errorf("%+v, %+v", a, l)
	}
	third := someLead(3)
	third.Lead.State, third.Lead.Rule = lead.Forbidden, lead.Refused
	if s := want[Say](t, f.after(0, CameIn{Try: id.ID{9}, Lead: third, Number: third.Lead.Numbers[0].Number, Closed: true})); s.Prompt != "closed" {
		t.Error(s)
	}
	want[Hang](t, f.after(time.Second, Said{Try: id.ID{9}}))
	f.after(0, Over{Try: id.ID{9}, Result: usage.Answered})
	if l := f.last.Leads[0]; l.State != lead.Forbidden {
		t.Errorf("who refused is called because they called: %+v", l)
	}
	if _, abandoned := f.e.cfg.Ledger.Totals(); abandoned != 0 {
		t.Error("who calls back is no abandoned call")
	}
}

// TestAChoiceSurvivesACrash: what an agent chose before the end is what a try comes to
// that was lost behind it.
func TestAChoiceSurvivesACrash(t *testing.T) {
	f := open(t, campaign.Progressive, nil)
	f.leads(1)
	d := talking(t, f)
	at := f.now.Add(time.Hour)
	f.after(0, Disposed{User: "a", Code: "callback", Callback: &lead.Appointment{At: at, Zone: "UTC", Agent: "a"}})
	fx, err := Recover(f.now, f.last.Tries, f.last.Leads, &f.plan.Retry)
	if err != nil || fx.Leads[0].State != lead.Callback || fx.Leads[0].Callback.At != at || fx.Leads[0].Callback.Agent != "a" || fx.Tries[0].ID != d.Try {
		t.Errorf("%v, %+v", err, fx)
	}
}
