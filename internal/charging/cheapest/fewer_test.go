package cheapest_test

import (
	"fmt"
	"testing"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/cheapest"
	"waihu/internal/charging/contract"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

func TestOneFewer(t *testing.T) {
	zone, err := timex.LoadZone("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	plan := func(measure catalog.Measure, least int64, tiers *catalog.Tiers) *catalog.Plan {
		seats := catalog.Component{ID: "seats", Name: lang.Text{En: "Seats"}, Measure: measure, Commitment: exact.Int(least), UnitPrice: price("180")}
		if tiers != nil {
			seats.UnitPrice, seats.Tiers = catalog.Price{}, tiers
		}
		return &catalog.Plan{ID: "seats", Version: 1, Currency: money.MustCurrency("CNY"), Zone: "Asia/Shanghai", Unmetered: []string{"sessions", "seats"}, Components: []catalog.Component{seats,
			{ID: "recording", Name: lang.Text{En: "Recording"}, Measure: catalog.ModuleDays, Where: catalog.Filter{Module: []string{"recording"}}, PerSeatOf: "seats", UnitPrice: price("8")}},
			Modules: []catalog.Module{{ID: "recording"}}}
	}
	three := exact.Int(3)
	for _, c := range []struct {
		what string
		plan *catalog.Plan
		n    int
		want string
	}{
		{"a peak, with the module of the seat", plan(catalog.SeatsConcurrentPeak, 0, nil), 4, "188.00"},
		{"the least that is charged goes down with it", plan(catalog.SeatsConcurrentPeak, 9, nil), 4, "188.00"},
		{"users who were active", plan(catalog.SeatsActive, 0, nil), 2, "188.00"},
		{"seats of people", plan(catalog.SeatsAssigned, 0, nil), 2, "188.00"},
		{"a graduated price above the least that is charged", plan(catalog.SeatsConcurrentPeak, 2, &catalog.Tiers{Mode: catalog.Graduated, Rows: []catalog.Tier{{UpTo: &three, UnitPrice: price("180")}, {UnitPrice: price("150")}}}), 5, "158.00"},
		{"nobody", plan(catalog.SeatsConcurrentPeak, 0, nil), 0, ""},
		{"a volume price that rises", plan(catalog.SeatsActive, 0, &catalog.Tiers{Mode: catalog.Volume, Rows: []catalog.Tier{{UpTo: &three, UnitPrice: price("800")}, {UnitPrice: price("500")}}}), 4, "-392.00"},
	} {
		g := gather(t, c.plan, contract.Stated{}, func(to usage.Sink) error {
			first := timex.MustDate("2026-03-01").Start(zone)
			for i := range c.n {
				user := fmt.Sprint("agent", i)
				if err := to.Seat(usage.Seat{ID: user, Source: "own", User: user, From: first}); err != nil {
					return err
				}
				if err := to.Session(usage.Session{ID: user, Source: "own", User: user, From: first, To: first.Add(8 * time.Hour)}); err != nil {
					return err
				}
			}
			return to.Module(usage.Module{ID: "m", Source: "own", Module: "recording", From: first})
		})
		got, known, err := cheapest.OneFewer(g, "seats")
		if err != nil || known != (c.want != "") || known && lang.Decimal(lang.English, got.Saved) != c.want {
			t.Errorf("%s: %v %v %v; want %s", c.what, got, known, err, c.want)
		}
		sum := money.Zero(c.plan.Currency)
		for _, p := range got.Parts {
			if sum, err = sum.Add(p.Saved); err != nil || p.Component != "" && p.Line == "" {
				t.Errorf("%s: %+v %v", c.what, p, err)
			}
		}
		if known && (sum.Cmp(got.Saved) != 0 || len(got.Parts) != 2) {
			t.Errorf("%s: %d parts sum up to %v, want the seat and its module, %v", c.what, len(got.Parts), sum, got.Saved)
		}
	}
}
