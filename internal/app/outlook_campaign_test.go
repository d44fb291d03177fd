package app_test

import (
	"context"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/compliance"
	"waihu/internal/calling/lead"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// agreed adds a lead that agreed to be called, and can show it.
func (f *floor) agreed(n int) store.Lead {
	f.t.Helper()
	return must(f.AddLead(context.Background(), f.c, lead.Lead{List: f.list.ID, Numbers: []lead.Number{{Number: line(n)}}, Consent: lead.Consent{Basis: lead.Agreed, Evidence: "form"}}))
}

// byDay makes the floor's campaign one of sales, by day, with nothing lifted.
func (f *floor) byDay() {
	f.t.Helper()
	f.camp.Hours, f.camp.Lifted, f.camp.Purpose = campaign.DefaultHours(), nil, usage.Sales
	f.camp = must(f.SetCampaign(context.Background(), f.c, f.camp))
}

// TestOutlook: every lead that waits is counted once, as what may be called when, and
// by what holds it back; a draft is looked at like a campaign that runs.
func TestOutlook(t *testing.T) {
	f, ctx := newFloor(t), context.Background()
	f.byDay()
	packs := must(compliance.Load())
	f.clock.Store(int64(timex.At(time.Date(2026, 11, 26, 2, 0, 0, 0, time.UTC)))) // 10:00 in Shanghai, a Thursday
	f.agreed(1)
	f.agreed(2)
	f.lead(f.list.ID, 3) // nobody said that they may be called
	must(f.AgreeCallback(ctx, f.c, f.agreed(4).ID, lead.Appointment{At: timex.Instant(f.clock.Load()).Add(48 * time.Hour), Zone: "Asia/Shanghai"}))

	out := must(f.OutlookOf(ctx, f.c, f.camp.ID, packs))
	if out.Waiting != 4 || out.Looked != 4 || out.Now != 2 || out.Week != 1 || out.Never != 1 || out.Day != 0 || out.Later != 0 {
		t.Errorf("%+v", out)
	}
	held := map[string]app.Held{}
	for _, h := range out.Held {
		held[h.Rule] = h
	}
	if held["cn.consent"].Count != 1 || held["cn.consent"].Next != 0 || held[app.HeldCallback].Count != 1 || held[app.HeldCallback].Next == 0 {
		t.Errorf("held: %+v", out.Held)
	}
	if len(out.Places) != 1 || out.Places[0] != (app.PlaceCount{Place: "CN", Count: 4}) {
		t.Errorf("places: %+v", out.Places)
	}

	f.clock.Store(int64(timex.At(time.Date(2026, 11, 26, 13, 0, 0, 0, time.UTC)))) // 21:00 there
	if out = must(f.OutlookOf(ctx, f.c, f.camp.ID, packs)); out.Now != 0 || out.Day != 2 {
		t.Errorf("in the evening: %+v", out)
	}
}

// TestHolidaysOfACampaign: the public holidays it names are days without calls.
func TestHolidaysOfACampaign(t *testing.T) {
	f, ctx := newFloor(t), context.Background()
	f.byDay()
	packs := must(compliance.Load())
	f.clock.Store(int64(timex.At(time.Date(2026, 9, 30, 13, 0, 0, 0, time.UTC)))) // the evening before the National Day
	f.agreed(1)
	for holidays, want := range map[string]string{"": "2026-10-01", "cn": "2026-10-08"} {
		f.camp.Hours.Holiday = holidays
		f.camp = must(f.SetCampaign(ctx, f.c, f.camp))
		out := must(f.OutlookOf(ctx, f.c, f.camp.ID, packs))
		if len(out.Held) != 1 || out.Held[0].Next.In(time.FixedZone("", 8*3600)).Format("2006-01-02") != want {
			t.Errorf("holidays %q: %+v, want %s", holidays, out.Held, want)
		}
	}
	f.camp.Hours.Holiday = "mars"
	if _, err := f.SetCampaign(ctx, f.c, f.camp); err == nil {
		t.Error("a campaign keeps the holidays of nowhere")
	}
}

// TestProgress: leads by what is left to do, and what tries came to.
func TestProgress(t *testing.T) {
	f, ctx := newFloor(t), context.Background()
	for n, code := range []string{"sale", "not_there", ""} {
		a := f.call(f.camp, f.lead(f.list.ID, n+1).ID)
		if code == "" {
			code = "wrong_number"
		}
		if err := f.conclude(&a, code, "li", nil); err != nil {
			t.Fatal(err)
		}
	}
	f.lead(f.list.ID, 9)
	p := must(f.ProgressOf(ctx, f.c, &f.camp))
	if p.Total != 4 || p.Waiting != 2 || p.Done != 2 || p.Connected != 1 || p.Dialed != 3 || p.Humans != 3 || p.Sales != 1 || p.Abandoned != 0 || p.Last.IsZero() {
		t.Errorf("%+v", p)
	}
}

// TestImportsOfAList: those of a list alone, the newest first.
func TestImportsOfAList(t *testing.T) {
	f, ctx := newFloor(t), context.Background()
	other, _ := f.running("autumn")
	first := f.begin(f.list, "Name,Phone\na,13800138000\n")
	f.begin(other, "Name,Phone\nb,13800138001\n")
	second := f.begin(f.list, "Name,Phone\nc,13800138002\nd,13800138003\n")
	got := must(f.LeadImports(ctx, f.c, f.list.ID, store.Page{Limit: 10, Down: true}))
	if len(got) != 2 || got[0].ID != second.ID || got[1].ID != first.ID {
		t.Errorf("%+v", got)
	}
}
