package app_test

import (
	"context"
	"testing"

	"waihu/internal/app"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/compliance"
	"waihu/internal/calling/dialer"
	"waihu/internal/calling/lead"
	"waihu/internal/usage"
)

// TestTheNextTryIsWhenTheyAnswer: a campaign whose people answered in the evening tries
// again in the evening of their clock, also after its process began anew; one that does
// not want it tries as soon as it may.
func TestTheNextTryIsWhenTheyAnswer(t *testing.T) {
	f, ctx := newFloor(t), context.Background()
	plan := f.camp
	plan.Retry.Best = 24
	f.camp = must(f.SetCampaign(ctx, f.c, plan))
	rules := func() *app.CallingRules { return must(app.NewCallingRules(must(compliance.Load()), &f.camp)) }
	now, n := rules(), 0
	try := func(r usage.Result) lead.Lead {
		t.Helper()
		n++
		l := f.lead(f.list.ID, n)
		a := must(f.decide(f.camp, l.ID, 0))
		kept := must(f.GetLead(ctx, f.c, l.ID)).Lead.Lead
		code := "no_answer"
		for _, step := range []error{a.Dial(f.now()), nil} {
			if step != nil {
				t.Fatal(step)
			}
		}
		if r == usage.Answered {
			code = "done"
			if err := a.Answer(usage.Person, f.now()); err != nil {
				t.Fatal(err)
			}
		}
		if err := a.End(r, 0, 0, f.now()); err != nil {
			t.Fatal(err)
		}
		d, _ := attempt.Find(nil, code)
		if err := a.Dispose(d, "", "li", f.now()); err != nil {
			t.Fatal(err)
		}
		fx := dialer.Effects{Tries: []attempt.Attempt{a}, Leads: []lead.Lead{kept}}
		if _, err := f.KeepCalling(ctx, f.c, f.camp.ID, now, &fx); err != nil {
			t.Fatal(err)
		}
		return must(f.GetLead(ctx, f.c, l.ID)).Lead.Lead
	}
	f.at("2026-03-02 11:00:00") // 19:00 in Shanghai, a Monday
	for range 30 {
		try(usage.Answered)
	}
	f.at("2026-03-09 02:00:00") // 10:00 a week later
	for range 30 {
		try(usage.NoAnswer)
	}
	for range 2 {
		if l := try(usage.NoAnswer); l.Due.String()[:13] != "2026-03-09T11" {
			t.Errorf("due %s", l.Due)
		}
		now = rules() // the process began anew
		if err := f.LearnWhenTheyAnswer(ctx, f.c, f.camp.ID, now); err != nil {
			t.Fatal(err)
		}
	}
	plan = f.camp
	plan.Retry.Best = 0
	f.camp = must(f.SetCampaign(ctx, f.c, plan))
	now = rules()
	if l := try(usage.NoAnswer); l.Due.String()[:13] != "2026-03-09T04" {
		t.Errorf("due %s", l.Due)
	}
}
