package app_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"waihu/internal/calling/campaign"
	"waihu/internal/calling/lead"
	"waihu/internal/explain"
	"waihu/internal/lang"
	"waihu/internal/store"
	"waihu/internal/usage"
)

// TestWhyALeadIsNotCalled: each thing that can hold a lead is named, in three
// languages, and nothing is changed by asking.
func TestWhyALeadIsNotCalled(t *testing.T) {
	f, ctx := newFloor(t), context.Background()
	plan := f.camp
	plan.Purpose = usage.Service
	plan.Lifted = []campaign.Lift{{Rule: "cn.hours", Reason: "the clock of a test stands at any hour"}}
	plan.Hours.Windows = []campaign.Window{{Days: []int{1, 2, 3, 4, 5, 6, 7}, From: "00:00", To: "24:00"}}
	f.camp = must(f.SetCampaign(ctx, f.c, plan))
	first, second := f.lead(f.list.ID, 1), f.lead(f.list.ID, 2)
	says := func(l store.Lead, key string) {
		t.Helper()
		k := must(f.ExplainLead(ctx, f.c, l.ID))
		for _, tag := range lang.Tags() {
			told := k.Told(time.UTC)
			text := strings.Join(append(explain.WhyLead(told, tag), explain.WhyCalled(told, tag)...), "\n")
			if strings.Contains(text, "{") || strings.Contains(text, "lead_case.") || text == "" {
				t.Errorf("%s: %q", tag, text)
			}
			if start := beginning(lang.Phrase(tag, key, nil)); !strings.Contains(text, start) {
				t.Errorf("%s: %q does not say %q", tag, text, start)
			}
		}
		if again := must(f.GetLead(ctx, f.c, l.ID)); again.Revision != k.Revision {
			t.Error("asking changed the lead")
		}
	}
	says(first, "lead_case.next")
	if k := must(f.ExplainLead(ctx, f.c, second.ID)); k.Ahead != 1 {
		t.Errorf("%d are due before the second", k.Ahead)
	}
	a := f.call(f.camp, first.ID)
	if err := f.conclude(&a, "not_there", "li", nil); err != nil {
		t.Fatal(err)
	}
	says(first, "lead_case.due")
	k := must(f.ExplainLead(ctx, f.c, first.ID))
	if called := explain.WhyCalled(k.Told(time.UTC), lang.English); len(called) != 1 || !strings.Contains(called[0], f.camp.Name) || !strings.Contains(called[0], "first try") {
		t.Errorf("%v", called)
	}
	must(f.AgreeCallback(ctx, f.c, first.ID, lead.Appointment{At: f.now().Add(time.Hour), Zone: "Asia/Shanghai", Agent: "li"}))
	says(first, "lead_case.callback")
	if _, err := f.Bar(ctx, f.c, []store.Barred{{Number: line(1), Rule: lead.OnDNC, Source: "letter", At: f.now()}}); err != nil {
		t.Fatal(err)
	}
	says(first, "lead_case.dnc")
	must(f.AbortLead(ctx, f.c, second.ID, "moved away"))
	says(second, "lead_case.aborted")
	third, fourth := f.lead(f.list.ID, 3), f.lead(f.list.ID, 4)
	b := f.call(f.camp, third.ID)
	says(third, "lead_case.executing")
	if err := f.conclude(&b, "refused", "li", nil); err != nil {
		t.Fatal(err)
	}
	says(third, "lead_case.refused")
	plan = f.camp
	plan.Revision = must(f.GetCampaign(ctx, f.c, f.camp.ID)).Revision
	plan.Lifted, plan.Hours.Windows = nil, []campaign.Window{{Days: []int{1, 2, 3, 4, 5, 6, 7}, From: "03:00", To: "03:01"}}
	f.camp = must(f.SetCampaign(ctx, f.c, plan))
	held := must(f.ExplainLead(ctx, f.c, fourth.ID))
	if held.Opens.IsZero() && (held.Answer.OK || len(held.Answer.Holds) == 0) {
		t.Errorf("%+v", held)
	}
	f.camp = must(f.PauseCampaign(ctx, f.c, f.camp.ID, "wu", campaign.ByPerson, "lunch"))
	says(fourth, "lead_case.campaign_paused")
}

// beginning is the first letters of a phrase, before anything that is filled in.
func beginning(phrase string) string {
	start, _, _ := strings.Cut(phrase, "{")
	letters := []rune(start)
	return string(letters[:min(len(letters), 5)])
}
