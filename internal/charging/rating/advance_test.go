package rating_test

import (
	"math/rand/v2"
	"testing"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/meter"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// TestAdvanceSumsToArrears: however quantities change within a year, what the
// bills of its months charge in advance and for rises sums to what one bill at
// its end would have charged, under every policy of seats.
func TestAdvanceSumsToArrears(t *testing.T) {
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 11))
		fee := catalog.Component{ID: "fee", Measure: catalog.Recurring, Every: timex.Year, UnitPrice: catalog.PriceOf(exact.Int(365)),
			SeatIncrease: []catalog.SeatIncrease{"", catalog.WholePeriod}[rng.IntN(2)], SeatDecrease: []catalog.SeatDecrease{"", catalog.CreditDays}[rng.IntN(2)], PaidPeak: []catalog.PaidPeak{"", catalog.EveryIncrease}[rng.IntN(2)]}
		held := contract.Held{Quantity: exact.Int(rng.Int64N(9))}
		day := timex.MustDate("2026-01-01")
		for range rng.IntN(8) {
			if day += timex.Date(1 + rng.IntN(90)); day < timex.MustDate("2027-01-01") {
				held.Changes = append(held.Changes, contract.Change{On: day, Quantity: exact.Int(rng.Int64N(9))})
			}
		}
		c := &contract.Contract{ID: "c", Start: timex.MustDate("2026-01-01")}
		c.Quantities = map[string]contract.Held{"fee": held}
		sum := func(timing catalog.Timing) exact.Number {
			fee.Timing = timing
			p := &catalog.Plan{ID: "p", Version: 1, Currency: money.MustCurrency("CNY"), Zone: "UTC", Components: []catalog.Component{fee}}
			total := exact.Zero
			for month := c.Start; month < timex.MustDate("2027-01-01"); month = month.AddMonths(1) {
				terms, problems := contract.TermsFor(contract.Inputs{Plan: p, Contract: c, First: month, After: month.AddMonths(1)})
				if problems.Err() != nil {
					t.Fatal(problems)
				}
				rated, err := rating.Rate(&meter.Gathered{Terms: terms})
				if err != nil {
					t.Fatal(err)
				}
				for _, l := range rated.Lines {
					total = total.Add(l.Exact)
				}
			}
			return total
		}
		if advance, arrears := sum(catalog.Advance), sum(catalog.Arrears); !advance.Equal(arrears) {
			t.Errorf("seed %d, %s %s %s, %v: %s in advance, %s in arrears", seed, fee.SeatIncrease, fee.SeatDecrease, fee.PaidPeak, held, advance, arrears)
		}
	}
}
