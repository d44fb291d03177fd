package compare_test

import (
	"testing"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/compare"
	"waihu/internal/exact"
	"waihu/internal/usage"
)

// Usage without a call or a log-in is usage: its months are those of its events,
// else of what stood.
func TestUsageWithoutCallsIsCompared(t *testing.T) {
	p := plan("modules", catalog.Component{ID: "recording", Measure: catalog.ModuleDays, Where: catalog.Filter{Module: []string{"recording"}}, UnitPrice: price("30")},
		catalog.Component{ID: "sms", Measure: catalog.Events, Where: catalog.Filter{Kind: []string{"sms"}}, UnitPrice: price("0.5")},
		catalog.Component{ID: "line", Measure: catalog.Rentals, Where: catalog.Filter{Item: []string{"line"}}, UnitPrice: price("7")})
	on := usage.Module{ID: "m", Module: "recording", From: day("2026-02-01").Start(time.UTC), To: day("2026-04-01").Start(time.UTC)}
	line := usage.Rental{ID: "r", Item: "line", From: day("2026-03-01").Start(time.UTC)}
	sms := usage.Event{ID: "e", Kind: "sms", Quantity: exact.Int(4), At: day("2026-03-05").Start(time.UTC)}
	for name, c := range map[string]struct {
		f       facts
		first   string
		periods int
		last    string // bill of the last month
	}{
		"modules":            {facts{modules: []usage.Module{on}}, "2026-02-01", 2, "30.00"},
		"a rental":           {facts{rentals: []usage.Rental{line}}, "2026-03-01", 1, "7.00"},
		"events":             {facts{events: []usage.Event{sms}}, "2026-03-01", 1, "2.00"},
		"events and modules": {facts{modules: []usage.Module{on}, events: []usage.Event{sms}}, "2026-03-01", 1, "32.00"},
	} {
		r := result(t, compare.Input{Candidates: []compare.Candidate{candidate(p)}}, &c.f)
		if r.Basis.First != day(c.first) || r.Basis.Periods != c.periods {
			t.Errorf("%s: %d months from %s", name, r.Basis.Periods, r.Basis.First)
		}
		months := r.Offers[0].Monthly
		if got := months[len(months)-1].Total.Low.Decimal(); got != c.last {
			t.Errorf("%s: %s, want %s", name, got, c.last)
		}
	}
}
