package app_test

import (
	"context"
	"strings"
	"testing"

	"waihu/internal/app"
	"waihu/internal/charging/forecast"
	"waihu/internal/charging/life"
	"waihu/internal/fault"
	"waihu/internal/store"
	"waihu/internal/usage"
)

// dearer is the plan of the tests with talk at twice the price.
var dearer = strings.NewReplacer("version: 1", "version: 2", "0.12", "0.24").Replace(planText)

func TestImpactBillsTheNewestPeriodTwice(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	one := b.customer("one", fiveSeats)
	b.company("without a contract")
	b.calls(one, "2026-03-10 02:00:00", 600, 600) // 10 of 20 minutes are included
	b.at("2026-04-03 03:00:00")
	b.close("2026-04-01")
	got := must(b.Impact(context.Background(), "p@1", dearer, nil))
	if len(got) != 1 || got[0].More != yuan("1.20") || got[0].First != day("2026-03-01") || got[0].Why != "" {
		t.Fatalf("%+v", got)
	}
	other := strings.ReplaceAll(planText, "CNY", "USD")
	if got := must(b.Impact(context.Background(), "p@1", other, nil)); got[0].Why == "" || !got[0].More.IsZero() {
		t.Errorf("another currency: %+v", got)
	}
	if got := must(b.Impact(context.Background(), "p@2", dearer, nil)); len(got) != 0 {
		t.Errorf("nobody has it: %+v", got)
	}
	_, err := b.Impact(context.Background(), "p@1", "plan: [", nil)
	wantKind(t, "no plan", err, fault.Invalid)
	inv := must(b.TryPlan(context.Background(), one.company, one.contract, dearer, nil))
	if l := inv.Lines[len(inv.Lines)-1]; l.Component != "talk" || l.Amount != yuan("2.40") {
		t.Errorf("talk under the text: %+v", l)
	}
}

func TestSamplesBillEveryExample(t *testing.T) {
	var s app.Samples
	p, decks, problems := app.ReadPlan(planText, nil)
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	for _, name := range forecast.Ready() {
		inv := must(s.Bill(name, p, decks))
		if again := must(s.Bill(name, p, decks)); again.Total != inv.Total || inv.Total.Sign() <= 0 || inv.Facts.Calls == 0 {
			t.Errorf("%s: %s, then %s of %d calls", name, inv.Total, again.Total, inv.Facts.Calls)
		}
	}
	_, err := s.Bill("nothing", p, decks)
	wantKind(t, "no such example", err, fault.NotFound)
}

func TestLookAtContract(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	one := b.customer("one", fiveSeats)
	b.at("2026-03-20 03:00:00")
	v := must(b.LookAtContract(context.Background(), one.company, one.contract))
	if v.Period == nil || v.Period.First != day("2026-03-01") || v.Exit == nil || v.Exit.On != day("2027-03-01") || v.Periods != 12 {
		t.Errorf("period %+v, exit %+v, %d periods", v.Period, v.Exit, v.Periods)
	}
	if v.Checked.Fixed.Sign() <= 0 || v.Least != yuan("7250") { // 12 months of five seats, one year of support, one set-up
		t.Errorf("fixed %s, least %s", v.Checked.Fixed, v.Least)
	}
	draft := must(b.LookAtText(context.Background(), contractText("two", fiveSeats)))
	if draft.Agreement.Life.State != life.Quoted || draft.Periods != 12 || draft.Period != nil {
		t.Errorf("a text: %+v", draft)
	}
	_, err := b.LookAtText(context.Background(), contractText("three", "quantities: {nothing: 5}\n"))
	wantKind(t, "a component that is not there", err, fault.Invalid)
}

func TestConsequenceIsUndone(t *testing.T) {
	b := newJoined(t)
	b.publish(planText)
	one := b.customer("one", fiveSeats)
	b.calls(one, "2026-03-10 02:00:00", 600, 600)
	b.at("2026-03-20 03:00:00")
	more := contractText("one", fiveSeats) + "amendments:\n  - {id: A1, on: 2026-04-01, quantities: {seats: 7}}\n"
	got := must(b.Consequence(context.Background(), one.company, one.contract, 0, func(ctx context.Context) error {
		_, err := b.Amend(ctx, one.company, app.Amend{Contract: one.contract, Amendment: "A1", File: more})
		return err
	}))
	if len(got) != 2 || !got[0].More.IsZero() || got[1].More != yuan("200") || got[1].First != day("2026-04-01") {
		t.Errorf("%+v", got)
	}
	left := must(b.Consequence(context.Background(), one.company, one.contract, day("2026-06-10"), func(ctx context.Context) error {
		_, err := b.Cancel(ctx, one.company, one.contract, day("2026-03-20"), day("2026-06-16"))
		return err
	}))
	if left[0].First != day("2026-06-01") || left[0].More.Sign() >= 0 || !left[1].Will.IsZero() {
		t.Errorf("after leaving: %+v", left)
	}
	if a := must(b.GetContract(context.Background(), one.company, one.contract)); a.Life.State != life.Running || strings.Contains(a.File, "A1") {
		t.Error("a step that was looked at was done")
	}
	_, err := b.Consequence(context.Background(), one.company, one.contract, 0, func(ctx context.Context) error {
		_, err := b.Start(ctx, one.company, one.contract, 0)
		return err
	})
	wantKind(t, "a step that is refused", err, fault.Conflict)
}

func TestFloor(t *testing.T) {
	b := newBooks(t)
	b.publish(strings.Replace(planText, "unmetered:", "modules: [{id: predictive}, {id: sms}]\nunmetered:", 1))
	one := b.customer("one", fiveSeats+"modules: [predictive]\n")
	ctx := context.Background()
	for _, x := range []app.Begin{{What: app.SeatStretch, Of: "ann"}, {What: app.SeatStretch, Of: "bob"}, {What: app.SessionStretch, Of: "ann", State: usage.Ready}, {What: app.ModuleStretch, Of: "sms"}} {
		x.Contract = one.contract
		must(b.Begin(ctx, one.company, x))
	}
	b.calls(one, "2026-03-10 02:00:00", 60)
	b.at("2026-03-20 03:00:00")
	f := must(b.Floor(ctx, one.company, one.contract))
	if len(f.Places) != 2 || f.Places[0].Idle() || !f.Places[0].Logged || !f.Places[1].Idle() || f.Places[1].Open.IsZero() {
		t.Fatalf("%+v", f.Places)
	}
	if l := f.Seats[0]; f.Paid.String() != "5" || l.Used.String() != "1" || l.Idle.String() != "4" || f.Cost != yuan("500") || l.IdleCost != yuan("400") {
		t.Errorf("paid %s of %s: %s", f.Paid, f.Cost, seatsTold(&f))
	}
	if m := f.Modules; len(m) != 2 || !m[0].On || !m[0].Contract || !m[1].On || m[1].Contract || m[1].Open.IsZero() {
		t.Errorf("modules %+v", m)
	}
	if list := must(b.Holders(ctx, "")); len(list) != 1 || list[0].Company.Name != "one" {
		t.Errorf("holders %+v", list)
	}
}

// newJoined is newBooks with transactions that join.
func newJoined(t *testing.T) *books {
	b := newBooks(t)
	b.System = &app.System{DB: store.Joining(b.DB), IDs: b.IDs, Node: b.Node}
	return b
}

func TestDeals(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	one := b.customer("one", fiveSeats)
	must(b.Quote(context.Background(), one.company, app.Quote{File: contractText("two", ""), On: day("2026-03-02")}))
	list := must(b.Deals(context.Background(), one.company))
	if len(list) != 2 || !list[0].Serves() || list[1].Serves() || list[0].Plan.ID != "p" {
		t.Fatalf("%+v", list)
	}
	if p, ok := list[0].PeriodOn(day("2026-04-15")); !ok || p.First != day("2026-04-01") {
		t.Errorf("%+v, %v", p, ok)
	}
	if _, ok := list[0].PeriodOn(day("2026-02-15")); ok {
		t.Error("it served before it began")
	}
}
