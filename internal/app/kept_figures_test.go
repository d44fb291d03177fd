package app_test

import (
	"context"
	"encoding/json"
	"testing"

	"waihu/internal/app"
	"waihu/internal/charging/fx"
	"waihu/internal/charging/life"
	"waihu/internal/exact"
	"waihu/internal/money"
)

// sayings is all that is kept of a contract, as those who ask see it.
func sayings(t *testing.T, s *app.System, who customer) string {
	t.Helper()
	ctx := context.Background()
	var all []any
	note := func(v any, err error) {
		if err != nil {
			v = err.Error()
		}
		all = append(all, v)
	}
	note(s.DraftInvoice(ctx, who.company, who.contract, 0))
	floor, err := s.Floor(ctx, who.company, who.contract)
	floor.At = 0 // the moment it was asked for, which is another each time
	note(floor, err)
	note(s.Margin(ctx, who.company, who.contract, day("2026-03-05")))
	for _, q := range []app.WhatIf{{Want: life.Cancel}, {Want: life.Downsize, Component: "seats", Quantity: exact.Int(2)}, {Want: life.Switch, To: "p@2"}} {
		q.Contract = who.contract
		note(s.WhatIf(ctx, who.company, q))
	}
	note(s.Impact(ctx, "p@1", dearer, nil))
	note(s.Impact(ctx, "p@1", planText, nil))
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestKeptFigures: after each kind of change a system that keeps what it worked
// out says the same as one that has just begun; asked twice, it says it again.
func TestKeptFigures(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	who := b.customer("one", fiveSeats)
	ctx := context.Background()
	b.at("2026-03-10 00:00:00")
	b.ingest(who.company, aCall(1, "2026-03-09 02:00:00", 900))
	before := ""
	check := func(what string, changes bool) {
		t.Helper()
		for range 2 {
			fresh := &app.System{DB: b.DB, IDs: b.IDs, Node: "n2"}
			kept, anew := sayings(t, b.System, who), sayings(t, fresh, who)
			if kept != anew {
				t.Errorf("%s: kept\n%s\nanew\n%s", what, kept, anew)
			}
			if changes && kept == before {
				t.Errorf("%s: it changed nothing, so it shows nothing", what)
			}
			before, changes = kept, false
		}
	}
	check("at first", true)
	b.ingest(who.company, aCall(2, "2026-03-09 03:00:00", 1200))
	check("a call", true)
	b.publish(dearer)
	check("a version of the plan", true)
	dear := aCall(5, "2026-03-09 04:00:00", 60)
	dear.Cost = money.Micros(50_000, usd)
	b.ingest(who.company, dear)
	check("a call a carrier asks dollars for", true)
	for i, on := range []string{"2026-03-08", "2026-03-09"} {
		if err := b.AddRate(ctx, fx.Rate{From: usd, To: cny, On: day(on), Rate: exact.Int(int64(7 + i)), Source: "bank"}); err != nil {
			t.Fatal(err)
		}
		check("a rate of dollars", true)
	}
	seat := must(b.Begin(ctx, who.company, app.Begin{Contract: who.contract, What: app.SeatStretch, Of: "ann", Type: "agent"}))
	check("a seat", true)
	b.at("2026-03-12 00:00:00")
	check("two days", true)
	must(b.End(ctx, who.company, seat.ID, 0))
	check("the seat ended", true)
	must(b.Amend(ctx, who.company, app.Amend{Contract: who.contract, Amendment: "a1", File: contractText("one", fiveSeats+"amendments: [{id: a1, on: 2026-03-20, quantities: {seats: 9}}]\n")}))
	check("an amendment", true)
	b.at("2026-04-02 00:00:00")
	check("another month", true)
	b.close("2026-04-01")
	check("a closed month", true)
	b.ingest(who.company, aCall(3, "2026-04-01 02:00:00", 300))
	check("a call of the running month", true)
	b.ingest(who.company, aCall(4, "2026-03-11 02:00:00", 3000))
	check("a late call of the closed month", true)
}
