package app_test

import (
	"context"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/compliance"
	"waihu/internal/calling/dialer"
	"waihu/internal/calling/lead"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

func line(n int) phone.Number { return phone.Of(8613800000000+uint64(n), 13) }

// floor is a company with a list, and a campaign that runs over it.
type floor struct {
	*books
	c    id.Company
	list app.LeadList
	camp app.Campaign
}

func newFloor(t *testing.T) *floor {
	t.Helper()
	f := &floor{books: newBooks(t)}
	f.System.DB = store.Joining(f.System.DB)
	f.c = f.company("one")
	f.list, f.camp = f.running("spring")
	return f
}

// running makes another list and a campaign that runs over it.
func (f *floor) running(name string) (app.LeadList, app.Campaign) {
	f.t.Helper()
	ctx := context.Background()
	list := must(f.SetLeadList(ctx, f.c, app.LeadList{Name: name, Country: "CN"}))
	plan := campaign.New(name, usage.Service, campaign.Predictive, 0)
	plan.Lists = []campaign.Share{{List: list.ID}}
	plan.CallerIDs = []campaign.CallerID{{Number: line(999)}}
	plan.Hours.Windows = []campaign.Window{{Days: []int{1, 2, 3, 4, 5, 6, 7}, From: "00:00", To: "24:00"}}
	plan.Lifted = []campaign.Lift{{Rule: "cn.hours", Reason: "the clock of a test stands at any hour"}}
	camp := must(f.AddCampaign(ctx, f.c, plan))
	return list, must(f.StartCampaign(ctx, f.c, camp.ID, "wu"))
}

func (f *floor) lead(list id.ID, numbers ...int) store.Lead {
	f.t.Helper()
	l := lead.Lead{List: list, Name: "Li"}
	for _, n := range numbers {
		l.Numbers = append(l.Numbers, lead.Number{Number: line(n)})
	}
	return must(f.AddLead(context.Background(), f.c, l))
}

// keeps keeps a try and its lead as a dialer does; what is refused is a Conflict.
func (f *floor) keeps(a *attempt.Attempt, l lead.Lead) error {
	f.t.Helper()
	ctx := context.Background()
	camp := must(f.GetCampaign(ctx, f.c, a.Campaign))
	rules := must(app.NewCallingRules(must(compliance.Load()), &camp))
	no, err := f.KeepCalling(ctx, f.c, a.Campaign, rules, &dialer.Effects{Tries: []attempt.Attempt{*a}, Leads: []lead.Lead{l}})
	if w, is := no[a.ID]; is {
		return fault.New(fault.Conflict, "%s", w.Rule)
	}
	return err
}

// decide begins a try of a lead.
func (f *floor) decide(camp app.Campaign, l id.ID, n phone.Number) (a attempt.Attempt, err error) {
	f.t.Helper()
	who := must(f.GetLead(context.Background(), f.c, l)).Lead.Lead
	if n.IsZero() {
		n = who.Next()
	}
	a = attempt.Attempt{ID: must(f.IDs.At(f.now())), Campaign: camp.ID, List: who.List, Lead: l, Number: n, Mode: camp.Mode.Usage(), Ordinal: who.Attempts + 1}
	if err := a.Decide(f.now()); err != nil {
		return a, err
	}
	if who.State.Waits() {
		if err := who.Begin(a.ID, n, f.now(), false); err != nil {
			return a, err
		}
	}
	return a, f.keeps(&a, who)
}

// call decides, dials and answers a lead, and ends the call.
func (f *floor) call(camp app.Campaign, l id.ID) attempt.Attempt {
	f.t.Helper()
	a := must(f.decide(camp, l, 0))
	now := a.Decided
	for _, step := range []func() error{
		func() error { return a.Dial(now + 1) }, func() error { return a.Answer(usage.Person, now+2) },
		func() error { return a.Join("li", now+3) }, func() error { return a.End("", 200, 16, now+4) },
	} {
		if err := step(); err != nil {
			f.t.Fatal(err)
		}
		if err := f.keeps(&a, lead.Lead{}); err != nil {
			f.t.Fatal(err)
		}
	}
	f.clock.Add(10)
	return a
}

// conclude says what a call came to.
func (f *floor) conclude(a *attempt.Attempt, code, by string, callback *lead.Appointment) error {
	f.t.Helper()
	ctx := context.Background()
	d, known := attempt.Find(attempt.Over(must(f.Dispositions(ctx, f.c)), must(f.GetCampaign(ctx, f.c, a.Campaign)).Dispositions), code)
	if !known {
		d.Code = code
	}
	now := *a
	if err := now.Dispose(d, "never again", by, f.now()); err != nil {
		return err
	}
	err := f.keeps(&now, lead.Lead{Callback: callback})
	if err == nil {
		*a = now
	}
	return err
}

func (f *floor) state(l id.ID) lead.State {
	f.t.Helper()
	return must(f.GetLead(context.Background(), f.c, l)).State
}

// TestARefusalReachesEveryCampaign: one word in one campaign, and no campaign of
// the company calls any number of the person, at once; another company still may.
func TestARefusalReachesEveryCampaign(t *testing.T) {
	f, ctx := newFloor(t), context.Background()
	other, second := f.running("autumn")
	spoken := f.lead(f.list.ID, 1, 2)
	same := f.lead(other.ID, 2)
	partly := f.lead(other.ID, 2, 3)
	calling := f.lead(other.ID, 1)
	during := f.call(second, calling.ID) // its call has ended and has no disposition yet
	a := f.call(f.camp, spoken.ID)
	if err := f.conclude(&a, "refused", "li", nil); err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		lead id.ID
		want lead.State
	}{"who refused": {spoken.ID, lead.Forbidden}, "in another campaign": {same.ID, lead.Forbidden}, "with another number": {partly.ID, lead.Pending}, "in a call": {calling.ID, lead.Executing}} {
		if got := f.state(c.lead); got != c.want {
			t.Errorf("%s: %s, want %s", what, got, c.want)
		}
	}
	if err := f.conclude(&during, "sale", "wu", nil); err != nil || f.state(calling.ID) != lead.Forbidden {
		t.Errorf("after the call: %v, %s", err, f.state(calling.ID))
	}
	if _, err := f.decide(second, partly.ID, line(2)); err == nil {
		t.Error("a number that is barred is called")
	}
	fresh := f.lead(other.ID, 1)
	if fresh.State != lead.Forbidden || fresh.Rule != lead.Refused {
		t.Errorf("a lead that comes later: %+v", fresh)
	}
	list := must(f.Barred(ctx, f.c, []phone.Number{line(1), line(2), line(3)}))
	if len(list) != 2 || list[0].Rule != lead.Refused || list[0].By != "li" || list[0].Source != "try "+a.ID.Named("try") {
		t.Errorf("%+v", list)
	}
	history := must(f.GetLead(ctx, f.c, spoken.ID))
	if len(history.Tries) != 1 || history.Tries[0].Disposition != "refused" || !history.Tries[0].Flags.Refuse {
		t.Errorf("%+v", history.Tries)
	}
	if was, err := f.Unbar(ctx, f.c, line(2)); err != nil || was.Rule != lead.Refused || f.state(same.ID) != lead.Pending {
		t.Errorf("taken off the list: %v, %+v, %s", err, was, f.state(same.ID))
	}
	if f.state(calling.ID) != lead.Forbidden {
		t.Error("what the other number forbids was lifted")
	}
}

// TestCampaignVerbs: a list is in one campaign at a time, a stale plan is refused,
// and a running one stays startable.
func TestCampaignVerbs(t *testing.T) {
	f, ctx := newFloor(t), context.Background()
	plan := campaign.New("rival", usage.Sales, campaign.Preview, 0)
	plan.Lists = []campaign.Share{{List: f.list.ID}}
	_, err := f.AddCampaign(ctx, f.c, plan)
	wantKind(t, "a list that is taken", err, fault.Conflict)
	plan.Lists[0].List = id.ID{7}
	_, err = f.AddCampaign(ctx, f.c, plan)
	wantKind(t, "a list that is not there", err, fault.NotFound)
	changed := f.camp
	changed.WrapUp = 90
	now := must(f.SetCampaign(ctx, f.c, changed))
	if now.WrapUp != 90 || now.Status.State != campaign.Running {
		t.Errorf("%+v", now)
	}
	_, err = f.SetCampaign(ctx, f.c, changed)
	wantKind(t, "a stale plan", err, fault.Conflict)
	empty := now
	empty.Lists = nil
	_, err = f.SetCampaign(ctx, f.c, empty)
	wantKind(t, "a plan that could not run", err, fault.Invalid)
	paused := must(f.PauseCampaign(ctx, f.c, f.camp.ID, "", campaign.ByBudget, "the budget is used up"))
	_, err = f.decide(paused, f.lead(f.list.ID, 1).ID, 0)
	wantKind(t, "a paused campaign dials", err, fault.Conflict)
	must(f.ResumeCampaign(ctx, f.c, f.camp.ID, campaign.ByBudget))
	must(f.FinishCampaign(ctx, f.c, f.camp.ID, "wu", "enough"))
	if l := must(f.GetLeadList(ctx, f.c, f.list.ID)); !l.Campaign.IsZero() || l.Total() != 1 {
		t.Errorf("the list of a finished campaign: %+v", l)
	}
	plan.Lists[0].List = f.list.ID
	rival := must(f.AddCampaign(ctx, f.c, plan))
	must(f.ArchiveCampaign(ctx, f.c, rival.ID, "wu"))
	if all := must(f.Campaigns(ctx, f.c, campaign.Archived, store.Page{Limit: 10})); len(all) != 1 || all[0].ID != rival.ID {
		t.Errorf("%+v", all)
	}
	plan.Name, plan.CallerIDs = "held", []campaign.CallerID{{Number: line(1)}}
	held := must(f.AddCampaign(ctx, f.c, plan))
	if _, err := f.HoldCompany(ctx, f.c, "arrears"); err != nil {
		t.Fatal(err)
	}
	_, err = f.StartCampaign(ctx, f.c, held.ID, "wu")
	wantKind(t, "a company that is held", err, fault.Conflict)
}

// TestCallbacks go to their agent, or to anyone, the earliest first.
func TestCallbacks(t *testing.T) {
	f, ctx := newFloor(t), context.Background()
	at := timex.Instant(f.clock.Load())
	for i, agent := range []string{"li", "", "wu"} {
		l := f.lead(f.list.ID, i)
		a := f.call(f.camp, l.ID)
		err := f.conclude(&a, "callback", "li", nil)
		wantKind(t, "without an instant", err, fault.Invalid)
		if err := f.conclude(&a, "callback", "li", &lead.Appointment{At: at.Add(time.Duration(3-i) * time.Hour), Zone: "Asia/Shanghai", Agent: agent}); err != nil {
			t.Fatal(err)
		}
	}
	for what, c := range map[string]struct {
		q    app.CallbackQuery
		want int
	}{"all": {app.CallbackQuery{}, 3}, "one's own": {app.CallbackQuery{Agent: "li"}, 2}, "soon": {app.CallbackQuery{Until: at.Add(90 * time.Minute)}, 1}} {
		c.q.Campaign, c.q.Limit = f.camp.ID, 10
		got := must(f.Callbacks(ctx, f.c, c.q))
		if len(got) != c.want || len(got) > 1 && got[0].Due > got[1].Due {
			t.Errorf("%s: %+v", what, got)
		}
	}
	l := f.lead(f.list.ID, 9)
	_, err := f.AgreeCallback(ctx, f.c, l.ID, lead.Appointment{At: at, Zone: "Mars"})
	wantKind(t, "a zone that is none", err, fault.Invalid)
	_, err = f.AgreeCallback(ctx, f.c, l.ID, lead.Appointment{At: at, Zone: "Asia/Taipei", Number: line(8)})
	wantKind(t, "another's number", err, fault.Invalid)
	if l = must(f.AgreeCallback(ctx, f.c, l.ID, lead.Appointment{At: at, Zone: "Asia/Taipei"})); l.State != lead.Callback {
		t.Errorf("%+v", l)
	}
	must(f.AbortLead(ctx, f.c, l.ID, "moved"))
	if l = must(f.CallAgain(ctx, f.c, l.ID, at)); l.State != lead.Pending {
		t.Errorf("%+v", l)
	}
}

// TestTriesAreNotLost: what was decided and never heard of again counts, and its
// lead goes on by the retry rules; what was withheld does not count.
func TestTriesAreNotLost(t *testing.T) {
	f, ctx := newFloor(t), context.Background()
	l, m := f.lead(f.list.ID, 1), f.lead(f.list.ID, 2)
	a := must(f.decide(f.camp, l.ID, 0))
	_, err := f.decide(f.camp, l.ID, 0)
	wantKind(t, "a lead that is in a try", err, fault.Conflict)
	w := must(f.decide(f.camp, m.ID, 0))
	if err := w.Withhold("hours", f.now()); err != nil {
		t.Fatal(err)
	}
	if err := f.keeps(&w, lead.Lead{Due: 5}); err != nil {
		t.Fatal(err)
	}
	if n := must(f.LoseTries(ctx, f.c, f.camp.ID)); n != 1 {
		t.Errorf("%d were lost", n)
	}
	after := must(f.GetLead(ctx, f.c, l.ID))
	if after.State != lead.Pending || after.Attempts != 1 || after.Due.IsZero() || after.Tries[0].Disposition != attempt.Lost || after.Tries[0].ID != a.ID {
		t.Errorf("%+v", after)
	}
	if back := must(f.GetLead(ctx, f.c, m.ID)); back.State != lead.Pending || back.Attempts != 0 || back.Due != 5 {
		t.Errorf("%+v", back)
	}
	for _, step := range []func() error{func() error { return a.Dial(f.now()) }, func() error { return a.Answer(usage.Person, f.now()) }, func() error { return a.Join("li", f.now()) }, func() error { return a.End("", 200, 16, f.now()) }} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	wantKind(t, "the disposition of a try that is closed", f.conclude(&a, "sale", "li", nil), fault.Conflict)
}

// TestDispositionsOfACompany stand below those of a campaign, and what the system
// gives keeps its meaning.
func TestDispositionsOfACompany(t *testing.T) {
	f, ctx := newFloor(t), context.Background()
	if got := must(f.Dispositions(ctx, f.c)); len(got) != len(attempt.Builtin()) {
		t.Errorf("%d", len(got))
	}
	err := f.SetDispositions(ctx, f.c, []attempt.Disposition{{Code: "busy", Name: "x", Flags: attempt.Flags{Sale: true}}})
	wantKind(t, "busy that is a sale", err, fault.Invalid)
	own := []attempt.Disposition{{Code: "visited", Name: "Visited", Flags: attempt.Flags{Human: true, Done: true}}}
	for range 2 {
		if err := f.SetDispositions(ctx, f.c, own); err != nil {
			t.Fatal(err)
		}
	}
	a := f.call(f.camp, f.lead(f.list.ID, 1).ID)
	err = f.conclude(&a, "weather", "li", nil)
	wantKind(t, "a code nobody has", err, fault.Internal)
	if err := f.conclude(&a, "visited", "li", nil); err != nil || f.state(a.Lead) != lead.Connected {
		t.Errorf("%v, %s", err, f.state(a.Lead))
	}
}
