package app_test

import (
	"context"
	"fmt"
	"testing"
	"time"

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

// TestDaysOfATallyAreThoseOfTheContract: a try just after midnight in China is of that day,
// although it is the day before elsewhere.
func TestDaysOfATallyAreThoseOfTheContract(t *testing.T) {
	f, _ := withSeats(t)
	f.at("2026-03-04 17:00:00") // 01:00 on the fifth in China
	a := f.call(f.camp, f.lead(f.camp.Lists[0].List, 1).ID)
	if err := f.conclude(&a, "sale", "li", nil); err != nil {
		t.Fatal(err)
	}
	got := must(f.TallyOf(context.Background(), f.c, f.camp.ID))
	if got.Zone != "Asia/Shanghai" || len(got.Days) != 1 || got.Days[0].Day != timex.MustDate("2026-03-05") || got.Today(f.now()).Sales != 1 || got.Today(f.now().Add(23*time.Hour)).Sales != 0 {
		t.Errorf("%+v", got)
	}
}

// TestTodayOfATallyWhoseClockWentBack: while the last day is one of a clock that was ahead,
// tries are counted in it, and a budget of the day holds for them.
func TestTodayOfATallyWhoseClockWentBack(t *testing.T) {
	evening := timex.At(time.Date(2026, 3, 5, 1, 0, 0, 0, time.UTC)) // of the fourth in California
	tally := app.Tally{Zone: "America/Los_Angeles", Days: []app.TallyDay{{Day: timex.MustDate("2026-03-05"), Tries: 7}}}
	if got := tally.Today(evening); got.Tries != 7 || got.Day != timex.MustDate("2026-03-04") {
		t.Errorf("%d tries on %s, want the 7 of the day that runs, the fourth", got.Tries, got.Day)
	}
	if got := tally.Today(evening.Add(48 * time.Hour)); got.Tries != 0 {
		t.Errorf("%d tries two days later", got.Tries)
	}
}
