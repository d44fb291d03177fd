package meter_test

import (
	"testing"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// pricedTerms have a component for each way a call gets its price.
func pricedTerms(t testing.TB) (*contract.Terms, []string) {
	t.Helper()
	terms, prefixes := mixedTerms(t, nil)
	unit := func(s string) catalog.Price { return catalog.PriceOf(exact.MustParse(s)) }
	more := []catalog.Component{
		{ID: "plain", Measure: catalog.TalkTime, Increment: catalog.Increment{First: 6, Next: 6}, UnitPrice: unit("0.1"), ConnectFee: unit("0.05")},
		{ID: "each", Measure: catalog.TalkTime, RoundEach: &catalog.Rounding{Decimals: 2}, UnitPrice: unit("0.07"),
			Rates: []catalog.RateRow{{ID: "r", Default: true, UnitPrice: unit("0.07"), LegFactor: 3}}},
		{ID: "bands", Measure: catalog.TalkTime, Rates: []catalog.RateRow{{ID: "b", Default: true, Bands: []catalog.Band{{UnitPrice: unit("0.9")}, {From: 60e9, UnitPrice: unit("0.123456789")}}}}},
		{ID: "tiers", Measure: catalog.TalkTime, Tiers: tiersOf(tier("100", "0.5", "0"), tier("0", "0.4", "0"))},
		{ID: "unknown", Measure: catalog.TalkTime, UnitPrice: catalog.Price{Unknown: true, Set: true}},
		{ID: "calls", Measure: catalog.Calls, Rates: []catalog.RateRow{{ID: "c", Default: true, UnitPrice: unit("0.0000005"), LegFactor: 3}}},
		{ID: "hours", Measure: catalog.TalkTime, Where: catalog.Filter{Schedule: []string{"day"}}, UnitPrice: unit("0.2")},
		{ID: "surveys", Measure: catalog.TalkTime, Rates: []catalog.RateRow{{ID: "s", Match: catalog.Filter{Purpose: []usage.Purpose{usage.Survey}}, UnitPrice: unit("1")}}},
		{ID: "free", Measure: catalog.TalkTime, UnitPrice: unit("3"), Trial: catalog.Duration(10 * 24 * 3600e9)},
	}
	terms.Plan.Components = append(terms.Plan.Components, more...)
	terms.Plan.Schedules = []catalog.Schedule{{ID: "day", Windows: []catalog.Window{{From: catalog.Clock{Minute: 540}, To: catalog.Clock{Minute: 1080}}}}}
	terms.Plan.Packages = []catalog.Package{{ID: "p", AppliesTo: []string{"plain", "tiers"}}}
	terms.Start = timex.MustDate("2026-03-01")
	return terms, prefixes
}

// TestPricesAreTheDetail: what the service keeps of a call is what an invoice's
// detail says of it, each cost rounded to a millionth.
func TestPricesAreTheDetail(t *testing.T) {
	terms, prefixes := pricedTerms(t)
	calls := answered(terms, prefixes, 3000, seconds(0, 300))
	for i := range calls {
		switch i % 11 {
		case 3:
			calls[i].Purpose = usage.Survey
		case 5:
			calls[i].Result, calls[i].Talk = usage.Busy, 0
		case 7:
			calls[i].To = "anonymous"
		}
		later := timex.Instant(i) * 1_100_000_000 // through the days, and beyond the period
		calls[i].Start, calls[i].Answer, calls[i].End = calls[i].Start+later, calls[i].Answer+later, calls[i].End+later
	}
	type told struct {
		component, row, prefix, reason string
		from, raw, billed, micros      int64
		hasCost                        bool
	}
	var detail, prices []told
	slow := meterOf(t, terms, meter.Options{Detail: func(c *meter.Charged) {
		unknown := c.Label.Rate.Status == 2
		x := told{component: c.Component, row: c.Label.Row, prefix: c.Label.Prefix, reason: c.Reason, from: c.Label.From, raw: c.Raw, billed: c.Billed, hasCost: c.HasCost && c.Reason == "" && !unknown}
		if unknown {
			x.reason = meter.UnknownPrice
		}
		if x.hasCost {
			a, err := money.Round(c.Cost, money.MustCurrency("CNY"), exact.HalfAway, 6)
			if err != nil {
				t.Fatal(err)
			}
			x.micros = a.Micros()
		}
		detail = append(detail, x)
	}})
	var fast *meter.Meter
	fast = meterOf(t, terms, meter.Options{Prices: func(p *meter.Priced) {
		if p.Component < 0 && p.Raw > 0 && p.Reason == meter.NoComponent {
			return // parts outside the hours of a component have no line in a detail
		}
		x := told{reason: p.Reason, raw: p.Raw, billed: p.Billed, micros: p.Micros, hasCost: p.HasCost}
		if p.Component >= 0 {
			x.component = terms.Plan.Components[p.Component].ID
		}
		if p.Slot >= 0 {
			l := fast.LabelOf(p)
			x.row, x.prefix, x.from = l.Row, l.Prefix, l.From
		}
		prices = append(prices, x)
	}})
	countAll(slow, calls)
	countAll(fast, calls)
	if len(detail) != len(prices) || len(detail) < 5*len(calls) {
		t.Fatalf("the detail has %d lines, the prices are %d", len(detail), len(prices))
	}
	seen := map[string]bool{}
	for i := range detail {
		if detail[i] != prices[i] {
			t.Fatalf("line %d:\n%+v\n%+v", i, detail[i], prices[i])
		}
		seen[detail[i].component+" "+detail[i].reason] = true
	}
	if len(seen) < 13 || fast.Overflow() {
		t.Errorf("only %v were met", seen)
	}
	g := finished(t, fast)
	for i := range g.Calls {
		if n := len(g.Calls[i].Burns); n > 0 {
			t.Errorf("%d calls were kept", n)
		}
	}
}

// TestPricesDoNotAllocate: pricing a call as it comes leaves nothing behind.
func TestPricesDoNotAllocate(t *testing.T) {
	terms, prefixes := deckTerms(t, 3000)
	calls := answered(terms, prefixes, 100, seconds(1, 300))
	sum := int64(0)
	m := meterOf(t, terms, meter.Options{Prices: func(p *meter.Priced) { sum += p.Micros }})
	if n := testing.AllocsPerRun(20, func() { countAll(m, calls) }); n > 0 || sum == 0 {
		t.Errorf("%v allocations for %d calls", n, len(calls))
	}
}

func BenchmarkPrices(b *testing.B) {
	terms, prefixes := deckTerms(b, 30_000)
	calls := answered(terms, prefixes, 10_000, seconds(1, 300))
	sum := int64(0)
	m := meterOf(b, terms, meter.Options{Prices: func(p *meter.Priced) { sum += p.Micros }})
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		if err := m.Call(&calls[i%len(calls)]); err != nil {
			b.Fatal(err)
		}
	}
}
