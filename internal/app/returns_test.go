package app_test

import (
	"context"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/lead"
	"waihu/internal/fault"
	"waihu/internal/phone"
	"waihu/internal/store"
)

// TestWhoCallsBack: by the number that was shown, else by the last try; open or closed
// by the hours of the campaign on their clock.
func TestWhoCallsBack(t *testing.T) {
	f, ctx := newFloor(t), context.Background()
	other, second := f.running("autumn")
	first := f.lead(f.list.ID, 1)
	dial := func(camp app.Campaign, l store.Lead, shown phone.Number) attempt.Attempt {
		a := must(f.decide(camp, l.ID, 0))
		a.CallerID = shown
		if err := a.Dial(f.now()); err != nil {
			t.Fatal(err)
		}
		if err := f.keeps(&a, lead.Lead{}); err != nil {
			t.Fatal(err)
		}
		return a
	}
	a := dial(f.camp, first, line(500))
	f.clock.Add(int64(26 * time.Hour / time.Microsecond))
	later := f.lead(other.ID, 1)
	b := dial(second, later, line(600))
	if got := must(f.MatchReturn(ctx, f.c, line(1), line(500))); got.Lead.ID != a.Lead || got.Campaign.ID != f.camp.ID || got.Zone != "Asia/Shanghai" {
		t.Errorf("%+v", got)
	}
	if got := must(f.MatchReturn(ctx, f.c, line(1), line(700))); got.Lead.ID != b.Lead {
		t.Errorf("another number of ours: %+v", got)
	}
	if c, got, err := f.FindReturn(ctx, line(1), line(500)); err != nil || c != f.c || got.Lead.ID != a.Lead {
		t.Errorf("among all companies: %s %+v, %v", c.ID, got, err)
	}
	_, _, err := f.FindReturn(ctx, line(1), line(700))
	wantKind(t, "a number that was not shown may be another company's", err, fault.NotFound)
	_, err = f.MatchReturn(ctx, f.c, line(9), line(500))
	wantKind(t, "a stranger", err, fault.NotFound)
	plan := f.camp
	plan.Hours = campaign.DefaultHours()
	f.camp = must(f.SetCampaign(ctx, f.c, plan))
	for at, closed := range map[string]bool{"2026-03-02 02:00:00": false, "2026-03-02 14:00:00": true} { // 10:00 and 22:00 on a Monday in Shanghai
		f.at(at)
		if got := must(f.MatchReturn(ctx, f.c, line(1), line(500))); got.Closed != closed {
			t.Errorf("%s: closed %v", at, got.Closed)
		}
	}
}

// TestSomebodyAsksToBeCalled: known or new, they are called when they said, unless they
// are never to be called.
func TestSomebodyAsksToBeCalled(t *testing.T) {
	f, ctx := newFloor(t), context.Background()
	known := f.lead(f.list.ID, 1)
	at := f.now().Add(time.Hour)
	ask := func(n int) (store.Lead, error) {
		return f.AskCallback(ctx, f.c, app.AskCallback{NumberToCall: app.NumberToCall{Campaign: f.camp.ID, Number: line(n), Name: "Wu"}, At: at, Evidence: "the form of the page"})
	}
	l := must(ask(1))
	if l.ID != known.ID || l.State != lead.Callback || l.Due != at || l.Callback.Zone != "Asia/Shanghai" || l.Consent.Basis != lead.Requested {
		t.Errorf("%+v", l)
	}
	l = must(ask(2))
	if l.Name != "Wu" || l.List != f.list.ID || l.State != lead.Callback || l.Consent.Evidence != "the form of the page" {
		t.Errorf("%+v", l)
	}
	if again := must(ask(2)); again.ID != l.ID {
		t.Error("they are there twice")
	}
	a := f.call(f.camp, f.lead(f.list.ID, 3).ID)
	if err := f.conclude(&a, "refused", "li", nil); err != nil {
		t.Fatal(err)
	}
	_, err := ask(3)
	wantKind(t, "who refused", err, fault.Conflict)
	if l := must(f.LeadOfNumber(ctx, f.c, app.NumberToCall{Campaign: f.camp.ID, Number: line(4), Name: "Zhao"})); l.State != lead.Pending || l.Name != "Zhao" {
		t.Errorf("%+v", l)
	}
	must(f.PauseCampaign(ctx, f.c, f.camp.ID, "wu", campaign.ByPerson, "the end"))
	must(f.FinishCampaign(ctx, f.c, f.camp.ID, "wu", ""))
	_, err = ask(5)
	wantKind(t, "a finished campaign", err, fault.Conflict)
}
