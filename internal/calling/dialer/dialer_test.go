package dialer

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"waihu/internal/calling/agent"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/lead"
	"waihu/internal/calling/pacing"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// floor is an engine in the hands of a test, which plays everybody else.
type floor struct {
	t    *testing.T
	e    *Engine
	now  timex.Instant
	plan campaign.Campaign
	made byte
	rule string // what forbids every dial
	last Effects
}

func (f *floor) May(*Candidate, phone.Number, timex.Instant) (string, timex.Instant) {
	return f.rule, 0
}

func open(t *testing.T, mode campaign.Mode, change func(*campaign.Campaign)) *floor {
	f := &floor{t: t, now: begin}
	f.plan = campaign.New("Spring", usage.Sales, mode, begin)
	f.plan.Lists = []campaign.Share{{List: id.ID{1}}}
	f.plan.CallerIDs = []campaign.CallerID{{Number: number("862161234567")}}
	if change != nil {
		change(&f.plan)
	}
	if err := f.plan.Start("wu", begin); err != nil {
		t.Fatal(err)
	}
	var err error
	f.e, err = New(Config{Campaign: id.ID{9}, Plan: f.plan, NewTry: func(timex.Instant) (id.ID, error) { f.made++; return id.ID{2, f.made}, nil }, Rules: f,
		Pacer: pacing.New(pacing.Goal{}, pacing.NewLaws(25)), Ledger: &pacing.Ledger{}, Zone: time.UTC, Detects: true})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func number(s string) phone.Number {
	n, ok := phone.Parse(s)
	if !ok {
		panic(s)
	}
	return n
}

func someLead(n int) Candidate {
	return Candidate{Lead: lead.Lead{ID: id.ID{3, byte(n)}, List: id.ID{1}, Numbers: []lead.Number{{Number: number(fmt.Sprintf("86138%08d", n))}}, State: lead.Pending}, Zone: time.UTC}
}

// after lets time pass, hands an event in, and gives what is to be done.
func (f *floor) after(d time.Duration, ev Event) []Act {
	f.t.Helper()
	f.now = f.now.Add(d)
	fx, err := f.e.Handle(f.now, ev)
	if err != nil {
		f.t.Fatalf("%T: %v", ev, err)
	}
	f.last = fx
	return slices.DeleteFunc(fx.Acts, func(a Act) bool { _, is := a.(Fetch); return is })
}

func (f *floor) refused(ev Event, k fault.Kind) {
	f.t.Helper()
	if _, err := f.e.Handle(f.now, ev); fault.KindOf(err) != k {
		f.t.Errorf("%T: %v, want %s", ev, err, k)
	}
}

// agents log in and are ready.
func (f *floor) agents(n int) (acts []Act) {
	for i := range n {
		user := string(rune('a' + i))
		f.after(0, LoggedIn{User: user, Seat: "agent"})
		acts = f.after(0, IsReady{User: user})
	}
	return acts
}

func (f *floor) leads(n int) []Act {
	all := Offered{List: id.ID{1}, Exhausted: true}
	for i := range n {
		all.Leads = append(all.Leads, someLead(i+1))
	}
	return f.after(0, all)
}

func want[T Act](t *testing.T, acts []Act) T {
	t.Helper()
	for _, a := range acts {
		if x, ok := a.(T); ok {
			return x
		}
	}
	var none T
	t.Fatalf("%T was expected among %v", none, acts)
	return none
}

func none(t *testing.T, acts []Act) {
	t.Helper()
	if len(acts) != 0 {
		t.Errorf("nothing was to be done: %+v", acts)
	}
}

// TestACall: from the decision to the disposition, each step kept as it comes.
func TestACall(t *testing.T) {
	f := open(t, campaign.Progressive, nil)
	none(t, f.leads(3))
	d := want[Dial](t, f.agents(1))
	if d.Agent != "a" || d.Number != number("8613800000001") || d.CallerID != number("862161234567") || d.Ring != 25*time.Second {
		t.Errorf("%+v", d)
	}
	if l, a := f.last.Leads[0], f.last.Tries[0]; l.State != lead.Executing || a.State != attempt.Decided || a.Ordinal != 1 {
		t.Errorf("kept before it is dialed: %+v, %+v", l, a)
	}
	none(t, f.after(0, Dialed{Try: d.Try, Trunk: "east", Call: "c1"}))
	none(t, f.after(time.Second, Rings{Try: d.Try}))
	none(t, f.after(5*time.Second, Answered{Try: d.Try}))
	if j := want[Join](t, f.after(time.Second, Told{Try: d.Try, By: usage.Person})); j.Agent != "a" {
		t.Errorf("%+v", j)
	}
	none(t, f.after(time.Minute, Over{Try: d.Try, Result: usage.Answered, SIP: 200, Cause: 16}))
	if s := f.last.Changes[0]; s.From != agent.Talking || s.To != agent.WrapUp {
		t.Errorf("%+v", s)
	}
	f.refused(Disposed{User: "a", Code: "weather"}, fault.Invalid)
	f.refused(Disposed{User: "a", Code: "callback"}, fault.Invalid)
	if next := want[Dial](t, f.after(10*time.Second, Disposed{User: "a", Code: "sale"})); next.Number != number("8613800000002") {
		t.Errorf("%+v", next)
	}
	a, l := f.last.Tries[0], f.last.Leads[0]
	if a.State != attempt.Closed || a.Disposition != "sale" || a.By != "a" || a.Trunk != "east" || a.Call != "c1" || a.Joined.Sub(a.Answered) != time.Second || a.Ended.Sub(a.Joined) != time.Minute {
		t.Errorf("%+v", a)
	}
	if l.State != lead.Connected || l.Outcome != "sale" {
		t.Errorf("%+v", l)
	}
}

// TestNobodyComes: a person no agent comes to is told the message within the
// patience of the campaign, and counted as abandoned.
func TestNobodyComes(t *testing.T) {
	f := open(t, campaign.Predictive, func(c *campaign.Campaign) { c.Message = "sorry" })
	f.leads(9)
	d := want[Dial](t, f.agents(1))
	f.after(0, Dialed{Try: d.Try})
	f.after(time.Second, Answered{Try: d.Try})
	f.after(0, Pausing{User: "a", Reason: "tea"})
	f.after(time.Second, Told{Try: d.Try, By: usage.Person})
	if wake := f.last.Wake; wake.IsZero() || wake > f.now.Add(DefaultPatience) {
		t.Errorf("it wants to be woken at %s, now is %s", wake, f.now)
	}
	none(t, f.after(DefaultPatience-time.Millisecond, Tick{}))
	if s := want[Say](t, f.after(time.Millisecond, Tick{})); s.Prompt != "sorry" {
		t.Errorf("%+v", s)
	}
	want[Hang](t, f.after(5*time.Second, Said{Try: d.Try}))
	f.after(0, Over{Try: d.Try, Result: usage.Answered})
	if a := f.last.Tries[0]; a.Disposition != attempt.Abandoned || a.By != attempt.System {
		t.Errorf("%+v", a)
	}
	if n, m := f.e.cfg.Ledger.Totals(); n != 1 || m != 1 {
		t.Errorf("%d answered, %d abandoned", n, m)
	}
}

// TestNobodyIsThere: when the last agent goes, what rings is taken back and nothing
// more is dialed; an answer that crosses it is an answer.
// TestAKeyDuringTheMessage is a refusal.
func TestAKeyDuringTheMessage(t *testing.T) {
	f := open(t, campaign.Predictive, func(p *campaign.Campaign) { p.Message = "safe_harbour" })
	f.leads(1)
	d := want[Dial](t, f.agents(1))
	f.after(0, Dialed{Try: d.Try})
	f.after(time.Second, Answered{Try: d.Try})
	f.after(0, Pausing{User: "a", Reason: "tea"})
	f.after(0, Told{Try: d.Try, By: usage.Person})
	none(t, f.after(0, Pressed{Try: d.Try, Key: RefuseKey})) // nothing was asked yet
	want[Say](t, f.after(DefaultPatience, Tick{}))
	f.after(time.Second, Pressed{Try: d.Try, Key: RefuseKey})
	f.after(time.Second, Over{Try: d.Try, Result: usage.Answered})
	if a, l := f.last.Tries[0], f.last.Leads[0]; a.Disposition != "refused" || l.State != lead.Forbidden || l.Rule != lead.Refused {
		t.Errorf("%+v, %+v", a, l)
	}
}

func TestNobodyIsThere(t *testing.T) {
	f := open(t, campaign.Predictive, nil)
	f.leads(9)
	d := want[Dial](t, f.agents(1))
	f.after(0, Dialed{Try: d.Try})
	if c := want[Cancel](t, f.after(time.Second, LoggedOut{User: "a"})); c.Try != d.Try {
		t.Errorf("%+v", c)
	}
	if w := f.e.Why(); w.Paced.Reason != pacing.ByAgents {
		t.Errorf("%+v", w)
	}
	f.after(0, Answered{Try: d.Try})
	want[Hang](t, f.after(time.Second, Told{Try: d.Try, By: usage.Machine}))
	f.after(0, Over{Try: d.Try, Result: usage.Answered})
	if a := f.last.Tries[0]; a.Disposition != attempt.ByMachine {
		t.Errorf("%+v", a)
	}
}

// TestARefusalElsewhere takes back what rings, and lets a conversation end.
func TestARefusalElsewhere(t *testing.T) {
	f := open(t, campaign.Progressive, nil)
	f.leads(2)
	d := want[Dial](t, f.agents(2))
	f.after(0, Dialed{Try: d.Try})
	if c := want[Cancel](t, f.after(time.Second, Forbidden{Lead: someLead(2).Lead.ID, Rule: lead.Refused})); c.Try != d.Try {
		t.Errorf("%+v", c)
	}
	f.after(0, Over{Try: d.Try, Result: usage.Canceled})
	if l := f.last.Leads[0]; l.State != lead.Forbidden || l.Rule != lead.Refused {
		t.Errorf("%+v", l)
	}
	first := f.e.order[0].ID
	f.after(0, Dialed{Try: first})
	f.after(time.Second, Answered{Try: first})
	f.after(time.Second, Told{Try: first, By: usage.Person})
	none(t, f.after(time.Second, Forbidden{Lead: someLead(1).Lead.ID, Rule: lead.OnDNC}))
	f.after(time.Minute, Over{Try: first, Result: usage.Answered})
	f.after(time.Second, Disposed{User: "a", Code: "sale"})
	if l := f.last.Leads[0]; l.State != lead.Forbidden || l.Rule != lead.OnDNC {
		t.Errorf("%+v", l)
	}
}

// TestRulesAtTheInstant: what may not be dialed when its turn comes is let go and counted.
func TestRulesAtTheInstant(t *testing.T) {
	f := open(t, campaign.Progressive, nil)
	f.rule = "cn.hours"
	f.leads(5)
	none(t, f.agents(1))
	if w := f.e.Why(); w.Denied["cn.hours"] != 5 || w.Paced.Reason != pacing.ByLeads || w.Held != 0 {
		t.Errorf("%+v", w)
	}
	f.rule = ""
	f.leads(5)
	f.rule = "cn.hours"
	f.refused(Wanted{User: "a", Lead: someLead(8)}, fault.Conflict)
}

// TestPreview: a lead is shown, skipped, dialed by itself when its time is over, and
// not dialed when a rule says no by then.
func TestPreview(t *testing.T) {
	f := open(t, campaign.Preview, func(c *campaign.Campaign) { c.PreviewFor = 30 })
	f.leads(4)
	s := want[Show](t, f.agents(1))
	if s.Agent != "a" || s.Until != f.now.Add(30*time.Second) {
		t.Errorf("%+v", s)
	}
	s2 := want[Show](t, f.after(time.Second, Chosen{User: "a"}))
	if i := slices.IndexFunc(f.last.Leads, func(l lead.Lead) bool { return l.State == lead.Pending }); i < 0 || f.last.Leads[i].Due != f.now.Add(SkipWait) || f.last.Leads[i].Attempts != 0 {
		t.Errorf("skipped: %+v", f.last.Leads)
	}
	if d := want[Dial](t, f.after(30*time.Second, Tick{})); d.Try != s2.Try {
		t.Errorf("%+v", d)
	}
	f.after(0, Dialed{Try: s2.Try})
	s3 := want[Show](t, f.after(20*time.Second, Over{Try: s2.Try, Result: usage.NoAnswer}))
	f.rule = "hours"
	if _, err := f.e.Handle(f.now, Chosen{User: "a", Dial: true}); fault.KindOf(err) != fault.Conflict || f.e.calls[s3.Try] != nil {
		t.Errorf("%v", err)
	}
}

// TestOwnAgent: a callback goes to its own agent, and waits for nobody else.
func TestOwnAgent(t *testing.T) {
	f := open(t, campaign.Predictive, nil)
	c := someLead(1)
	c.Lead.State, c.Lead.Due, c.Lead.Callback = lead.Callback, f.now, &lead.Appointment{At: f.now, Zone: "Asia/Shanghai", Agent: "b"}
	f.after(0, Offered{List: id.ID{1}, Leads: []Candidate{c}, Exhausted: true})
	f.after(0, LoggedIn{User: "a"})
	none(t, f.after(0, IsReady{User: "a"}))
	f.after(0, LoggedIn{User: "b"})
	if d := want[Dial](t, f.after(0, IsReady{User: "b"})); d.Agent != "b" {
		t.Errorf("%+v", d)
	}
}

// TestGoneAndBack: a browser that is lost in a call comes back to the same call; one
// that does not ends it.
func TestGoneAndBack(t *testing.T) {
	f := open(t, campaign.Progressive, nil)
	f.leads(3)
	d := want[Dial](t, f.agents(1))
	f.after(0, Dialed{Try: d.Try})
	f.after(time.Second, Answered{Try: d.Try})
	f.after(0, Told{Try: d.Try, By: usage.Person})
	none(t, f.after(5*time.Second, Gone{User: "a"}))
	if j := want[Join](t, f.after(10*time.Second, Back{User: "a"})); j.Try != d.Try {
		t.Errorf("%+v", j)
	}
	f.after(time.Second, Gone{User: "a"})
	none(t, f.after(GoneWait-time.Second, Tick{}))
	want[Hang](t, f.after(time.Second, Tick{}))
}

// TestAwayForAMoment: a page that is loaded anew keeps its agent ready and in their place,
// and no call is sent meanwhile; who stays away pauses, then is logged out.
func TestAwayForAMoment(t *testing.T) {
	f := open(t, campaign.Progressive, nil)
	f.agents(2)
	none(t, f.after(time.Second, Gone{User: "a"}))
	if d := want[Dial](t, f.leads(1)); d.Agent != "b" {
		t.Errorf("%+v", d)
	}
	f.after(AwayWait-time.Second, Back{User: "a"})
	if p, _ := f.e.Post("a"); p.State != agent.Ready {
		t.Errorf("%+v", p.Agent)
	}
	f.after(0, Gone{User: "a"})
	f.after(AwayWait, Tick{})
	if p, _ := f.e.Post("a"); p.State != agent.Paused || p.Reason != agent.Gone {
		t.Errorf("%+v", p.Agent)
	}
	f.after(GoneWait-AwayWait, Tick{})
	if _, in := f.e.Post("a"); in {
		t.Error("who stays away is logged in")
	}
}

// TestUnjoined: somebody the agent could not be connected with is abandoned, and the
// agent pauses.
func TestUnjoined(t *testing.T) {
	f := open(t, campaign.Progressive, nil)
	f.leads(3)
	d := want[Dial](t, f.agents(1))
	f.after(0, Dialed{Try: d.Try})
	f.after(time.Second, Answered{Try: d.Try})
	f.after(0, Told{Try: d.Try, By: usage.Person})
	want[Hang](t, f.after(time.Second, Unjoined{Try: d.Try}))
	f.after(0, Over{Try: d.Try, Result: usage.Answered})
	if a, s := f.last.Tries[0], f.e.agents["a"]; a.Disposition != attempt.Abandoned || s.State != agent.Paused || s.Reason != agent.Missed {
		t.Errorf("%+v, %+v", a, s)
	}
}

// TestCallerIDs: the longest beginning, then the one shown least, none above its day.
// talking is a call that agent a has.
func talking(t *testing.T, f *floor) Dial {
	d := want[Dial](t, f.agents(1))
	f.after(0, Dialed{Try: d.Try})
	f.after(time.Second, Answered{Try: d.Try})
	want[Join](t, f.after(0, Told{Try: d.Try, By: usage.Person}))
	return d
}

// TestACallGoesOnWithoutItsAgent: who parts writes up and is free again, and what they
// say is what the try comes to when it ends, whichever is first.
func TestACallGoesOnWithoutItsAgent(t *testing.T) {
	for _, writesFirst := range []bool{true, false} {
		f := open(t, campaign.Progressive, nil)
		f.leads(1)
		d := talking(t, f)
		f.after(time.Minute, Parted{Try: d.Try})
		if p, _ := f.e.Post("a"); p.State != agent.WrapUp || p.Call.State != attempt.Talking {
			t.Fatalf("%+v", p)
		}
		ends, writes := Event(Over{Try: d.Try, Result: usage.Answered}), Event(Disposed{User: "a", Code: "done"})
		if writesFirst {
			ends, writes = writes, ends
		}
		f.after(time.Second, ends)
		f.after(time.Second, writes)
		if a := f.last.Tries[0]; a.State != attempt.Closed || a.Disposition != "done" || a.By != "a" || f.last.Leads[0].State != lead.Connected {
			t.Errorf("%+v", a)
		}
		if p, _ := f.e.Post("a"); p.State != agent.Ready || len(f.e.calls) != 0 {
			t.Errorf("%+v", p)
		}
	}
}

// TestAConversationIsPassed to another agent, who writes it up.
func TestAConversationIsPassed(t *testing.T) {
	f := open(t, campaign.Progressive, nil)
	f.leads(1)
	d := talking(t, f)
	f.after(0, LoggedIn{User: "b", Seat: "agent"})
	f.refused(Passed{User: "a", To: "b"}, fault.Conflict)
	f.after(0, IsReady{User: "b"})
	f.after(time.Minute, Passed{User: "a", To: "b"})
	if p, _ := f.e.Post("a"); p.State != agent.Ready || p.Call != nil {
		t.Errorf("%+v", p)
	}
	f.after(time.Minute, Over{Try: d.Try, Result: usage.Answered})
	f.after(time.Second, Disposed{User: "b", Code: "sale"})
	if a := f.last.Tries[0]; a.Agent != "b" || a.Disposition != "sale" || !slices.Equal(f.e.Users(), []string{"a", "b"}) {
		t.Errorf("%+v", a)
	}
}

func TestCallerIDs(t *testing.T) {
	x, y, z := number("862161234567"), number("862161234568"), number("8613900000000")
	f := open(t, campaign.Progressive, func(c *campaign.Campaign) {
		c.CallerIDs = []campaign.CallerID{{Number: x, Daily: 2}, {Number: y}, {Number: z, For: "86139"}}
	})
	if n := f.e.callerID(number("8613912345678")); n != z {
		t.Errorf("%s", n)
	}
	shown := map[phone.Number]int{}
	for range 6 {
		n := f.e.callerID(number("8613812345678"))
		f.e.shown[n]++
		shown[n]++
	}
	if shown[x] != 2 || shown[y] != 4 {
		t.Errorf("%v", shown)
	}
	f.after(24*time.Hour, Tick{})
	if n := f.e.callerID(number("8613812345678")); n != x {
		t.Errorf("the next day begins anew: %s", n)
	}
}

// TestCaps: no dial beyond what trunks, rates and money allow, and the account says which.
func TestCaps(t *testing.T) {
	for want, c := range map[pacing.Reason]Capped{pacing.ByChannels: {1, -1, -1}, pacing.ByRate: {-1, 1, -1}, pacing.ByBudget: {-1, -1, 1}} {
		f := open(t, campaign.Progressive, nil)
		f.after(0, c)
		f.leads(5)
		f.after(0, LoggedIn{User: "a"})
		f.after(0, LoggedIn{User: "b"})
		first := f.after(0, IsReady{User: "a"})
		second := f.after(0, IsReady{User: "b"})
		if len(first) != 1 || len(second) != 0 || f.e.Why().Paced.Reason != want {
			t.Errorf("%s: %v, %v, %+v", want, first, second, f.e.Why().Paced)
		}
	}
}

// TestOnlyWhatItCan: a mode nobody runs is refused, not dialed in another.
func TestOnlyWhatItCan(t *testing.T) {
	f := open(t, campaign.Progressive, nil)
	p := f.plan
	p.Mode = campaign.Robot
	f.refused(Planned{Plan: p}, fault.Invalid)
	f.refused(HungUp{User: "nobody"}, fault.NotFound)
	f.refused(Over{Try: id.ID{7}}, fault.NotFound)
}

// TestRecoverTwice: what a dead process left open is closed once.
func TestRecoverTwice(t *testing.T) {
	f := open(t, campaign.Progressive, nil)
	f.leads(1)
	d := want[Dial](t, f.agents(1))
	tries, leads := f.last.Tries, f.last.Leads
	fx, err := Recover(f.now.Add(time.Hour), tries, leads, &f.plan.Retry)
	if err != nil || len(fx.Tries) != 1 || fx.Tries[0].ID != d.Try || fx.Tries[0].Disposition != attempt.Lost || fx.Leads[0].State != lead.Pending || fx.Leads[0].Attempts != 1 {
		t.Fatalf("%+v, %v", fx, err)
	}
	if fx, err = Recover(f.now.Add(time.Hour), fx.Tries, fx.Leads, &f.plan.Retry); err != nil || len(fx.Tries)+len(fx.Leads) != 0 {
		t.Errorf("%+v, %v", fx, err)
	}
}
