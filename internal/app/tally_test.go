package app_test

import (
	"context"
	"fmt"
	"testing"

	"waihu/internal/app"
	"waihu/internal/charging/fx"
	"waihu/internal/exact"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// TestWhatWasSpentInAnotherCurrency is kept at the rate of the day when the contract of a
// campaign is changed for one in another, and stays beside it where nobody knows a rate.
func TestWhatWasSpentInAnotherCurrency(t *testing.T) {
	b := newBooks(t)
	b.at("2026-03-02 10:00:00")
	dollars := money.MustCurrency("USD")
	spent := app.TallyDay{Day: timex.MustDate("2026-03-02"), Spent: money.Micros(2_000_000, dollars)}
	tally := app.Tally{Days: []app.TallyDay{spent}, Total: spent}
	for i, want := range []string{"[2.00 USD]", "[2.00 USD]", "[14.00 CNY]", "[14.00 CNY]"} {
		if i == 2 {
			if err := b.AddRate(context.Background(), fx.Rate{From: dollars, To: money.MustCurrency("CNY"), On: timex.MustDate("2026-03-01"), Rate: exact.Int(7), Source: "a bank"}); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.DB.Update(context.Background(), func(tx store.Tx) error { return app.Become(&tally, tx, yuan("0.12")) }); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(tally.Total.All()); got != want || fmt.Sprint(tally.Days[0].All()) != want || tally.Total.Spent.Currency() != yuan("1").Currency() {
			t.Errorf("%s and %s of the day, want %s", got, tally.Days[0].All(), want)
		}
	}
}
