package app_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"waihu/internal/app"
	"waihu/internal/charging/catalog"
	"waihu/internal/charging/compare"
	"waihu/internal/charging/forecast"
	"waihu/internal/charging/offer"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/planfile"
	"waihu/internal/timex"
	"waihu/internal/timex/holiday"
)

// besideMarket compares the offers of the market that can be totalled, and works
// out what stands beside.
func besideMarket(t *testing.T, months int, ids ...string) *compare.Result {
	t.Helper()
	calendars, err := holiday.Calendars()
	if err != nil {
		t.Fatal(err)
	}
	p := forecast.ReadyProfile("service")
	tenth := exact.Frac(1, 10)
	for i := range p.Calls {
		c := &p.Calls[i]
		c.Minutes, c.Answered, c.Attempts = c.Minutes.Mul(tenth), c.Answered/10, c.Attempts/10
	}
	from := forecast.MustMonth("2026-01")
	in := compare.Input{Currency: money.MustCurrency("USD"), Months: []int{months}, Replicates: 10, Holidays: calendars, Profile: true,
		First: from.First(), After: (from + forecast.Month(months)).First(), Rates: []compare.Rate{{From: money.MustCurrency("CNY"), Rate: exact.MustParse("0.14"), On: from.First()}}}
	for _, id := range ids {
		in.Candidates = append(in.Candidates, marketOffer(t, id))
	}
	done, err := app.Compare(context.Background(), app.Comparing{Input: in, Beside: true, Source: app.Source{Profile: p, Plan: forecast.Plan{From: from, Months: months, Seed: 1, Cal: calendars}}})
	if err != nil {
		t.Fatal(err)
	}
	return done.Result
}

// TestBound: the smallest bill is a bill of the same engine. Where nothing can be
// chosen it is the least of the totals compared, to the cent, and what is
// recommended is above it by exactly the rest.
func TestBound(t *testing.T) {
	r := besideMarket(t, 3, "callfire-payg", "ujet-pro", "ringly", "tencent-voice-agent")
	if r.Bound == nil || !r.Bound.Proven || r.Bound.Months != 3 {
		t.Fatalf("%+v", r.Bound)
	}
	least := slices.MinFunc(r.Offers, func(a, b compare.Cost) int { return a.Horizons[0].Total.Low.Cmp(b.Horizons[0].Total.Low) })
	if got, want := r.Bound.Total, least.Horizons[0].Total; got != want || r.Bound.Offer != least.Offer {
		t.Errorf("the smallest bill is %v with %s, the least total %v with %s", got, r.Bound.Offer, want, least.Offer)
	}
	at := slices.IndexFunc(r.Offers, func(c compare.Cost) bool { return c.Offer == r.Recommendation.Offer })
	gap, err := r.Offers[at].Horizons[0].Total.Low.Sub(r.Bound.Total.Low)
	if err != nil || r.Bound.Gap.Low != gap || r.Bound.Gap.High != gap {
		t.Errorf("gap %v, want %v (%v)", r.Bound.Gap, gap, err)
	}
}

// TestBoundOfRanges: an open price makes the bound a range from the least of all
// lower ends to the least of all upper ends.
func TestBoundOfRanges(t *testing.T) {
	r := besideMarket(t, 2, "callfire-payg", "retell", "kixie")
	var low, high []money.Amount
	for _, o := range r.Offers {
		if h := o.Horizons[0].Total; !h.Open {
			low, high = append(low, h.Low), append(high, h.High)
		}
	}
	if len(low) != 2 {
		t.Fatalf("%d offers can be totalled, not 2", len(low))
	}
	want := compare.Range{Low: slices.MinFunc(low, money.Amount.Cmp), High: slices.MinFunc(high, money.Amount.Cmp)}
	if r.Bound == nil || r.Bound.Total != want {
		t.Fatalf("%+v, want %v", r.Bound, want)
	}
	if r.Bound.Gap.Low.Sign() < 0 || r.Bound.Gap.Low.Cmp(r.Bound.Gap.High) > 0 {
		t.Errorf("gap %v", r.Bound.Gap)
	}
}

// TestBoundOfOwnPeriods: an offer billed by the quarter, the year or the week has a
// smallest bill too: of its own periods, cut where the months are. Where nothing
// can be chosen it is what the comparison bills, to the cent.
func TestBoundOfOwnPeriods(t *testing.T) {
	p := forecast.ReadyProfile("service")
	tenth := exact.Frac(1, 10)
	for i := range p.Calls {
		c := &p.Calls[i]
		c.Minutes, c.Answered, c.Attempts = c.Minutes.Mul(tenth), c.Answered/10, c.Attempts/10
	}
	from := forecast.MustMonth("2026-02")
	in := compare.Input{Months: []int{4}, Replicates: 10, Profile: true, First: from.First(), After: (from + 4).First()}
	for _, every := range []timex.Unit{timex.Month, timex.Quarter, timex.Year, timex.Week} {
		plan := &catalog.Plan{ID: string(every), Version: 1, Currency: money.MustCurrency("CNY"), Zone: "Asia/Shanghai", Home: "CN", Unmetered: []string{"seats", "sessions"}, Period: catalog.Cycle{Every: every},
			Components: []catalog.Component{{ID: "talk", Measure: catalog.TalkTime, Included: &catalog.Included{Quantity: exact.Int(700)}, UnitPrice: catalog.PriceOf(exact.MustParse("0.13"))},
				{ID: "base", Measure: catalog.Recurring, UnitPrice: catalog.PriceOf(exact.MustParse("217"))}, {ID: "peak", Measure: catalog.SeatsConcurrentPeak, UnitPrice: catalog.PriceOf(exact.Int(31))},
				{ID: "setup", Measure: catalog.OneOff, UnitPrice: catalog.PriceOf(exact.Int(90))}}}
		in.Candidates = append(in.Candidates, compare.Candidate{Offer: offer.FromPlan(plan), Plan: plan})
	}
	done, err := app.Compare(context.Background(), app.Comparing{Input: in, Beside: true, Source: app.Source{Profile: p, Plan: forecast.Plan{From: from, Months: 4, Seed: 1}}})
	if err != nil {
		t.Fatal(err)
	}
	r := done.Result
	if len(r.Offers) != 4 || len(r.Bound.Offers) != 4 {
		t.Fatalf("%d offers, %d bounds", len(r.Offers), len(r.Bound.Offers))
	}
	for i, o := range r.Bound.Offers {
		if want := r.Offers[i].Horizons[0].Total; o.Offer != r.Offers[i].Offer || o.AsIs != want || o.Own.Low.Cmp(want.Low) > 0 {
			t.Errorf("%s: as offered %v, the comparison bills %v; at best %v", o.Offer, o.AsIs, want, o.Own)
		}
	}
	if r.Bound.Total.Low.Cmp(r.Offers[0].Horizons[0].Total.Low) > 0 {
		t.Errorf("the smallest bill %v is above an offer at %v", r.Bound.Total, r.Offers[0].Horizons[0].Total)
	}
}

// TestAhead: months ahead are told only where there are enough months to judge a
// forecast by; each cost lies in its range.
func TestAhead(t *testing.T) {
	if r := besideMarket(t, 2, "callfire-payg"); r.Forecast != nil {
		t.Errorf("two months were enough: %+v", r.Forecast)
	}
	r := besideMarket(t, 7, "callfire-payg", "ujet-pro")
	if r.Forecast == nil || len(r.Forecast.Months) != 3 || r.Forecast.Months[0].First != r.Basis.After {
		t.Fatalf("%+v", r.Forecast)
	}
	for _, m := range r.Forecast.Months {
		if len(m.Costs) != 2 || m.Minutes[2].Less(m.Minutes[0]) {
			t.Errorf("%+v", m)
		}
		for _, c := range m.Costs {
			if c.Low.Cmp(c.Expected) > 0 || c.Expected.Cmp(c.High) > 0 || c.Low.Sign() <= 0 {
				t.Errorf("%s: %+v", m.First, c)
			}
		}
	}
	last := r.RightSize[len(r.RightSize)-1]
	if last.What.Key != "report.seats_needed" || last.To.Sign() <= 0 {
		t.Errorf("seats needed: %+v", last)
	}
}

func marketOffer(t *testing.T, id string) compare.Candidate {
	t.Helper()
	b, problems := planfile.LoadOffer(os.DirFS("../../examples/market"), id+".offer.yaml")
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return compare.Candidate{Offer: b.Offer, Plan: b.Plan, Decks: b.Decks}
}

// Numbers nobody calls from are compared whole: no seats and no months ahead can be
// told, and that is no reason to tell nothing.
func TestBesideWithoutACall(t *testing.T) {
	from := timex.MustDate("2026-03-01")
	plan := &catalog.Plan{ID: "numbers", Version: 1, Name: lang.Text{En: "Numbers"}, Currency: money.MustCurrency("CNY"), Zone: "UTC",
		Components: []catalog.Component{{ID: "numbers", Measure: catalog.Rentals, UnitPrice: catalog.PriceOf(exact.Int(30))}}}
	in := compare.Input{Currency: plan.Currency, Months: []int{1}, Replicates: 10, Candidates: []compare.Candidate{{Offer: offer.FromPlan(plan), Plan: plan}}, First: from, After: from.AddMonths(1)}
	file := filepath.Join(t.TempDir(), "numbers.csv")
	if err := os.WriteFile(file, []byte("fact,id,item,from,to\nrental,n1,number,2026-01-01T00:00:00Z,\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	done, err := app.Compare(context.Background(), app.Comparing{Input: in, Beside: true, Source: app.Source{Files: []string{file}}})
	if err != nil {
		t.Fatal(err)
	}
	if r := done.Result; r.Offers[0].Horizons[0].Total.Low.Decimal() != "30.00" || r.Bound == nil {
		t.Errorf("%+v, bound %+v", r.Offers[0].Horizons, r.Bound)
	}
}
