package app_test

import (
	"context"
	"strings"
	"testing"

	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/timex"
)

// TestDaysMoneyCanMove: money is booked once it has moved, in the zone of the
// contract, and not before the books know the company.
func TestDaysMoneyCanMove(t *testing.T) {
	b, who, doc := billed(t)
	ctx := context.Background()
	b.at("2026-04-09 17:00:00") // the tenth in Shanghai
	ways := map[string]func(key string, on timex.Date) error{
		"payment": func(key string, on timex.Date) error {
			_, err := b.Pay(ctx, who.company, app.Pay{Key: "a" + key, Invoice: doc.ID, Amount: yuan("5"), On: on})
			return err
		},
		"ahead": func(key string, on timex.Date) error {
			_, err := b.PayAhead(ctx, who.company, app.PayAhead{Key: "b" + key, Amount: yuan("5"), On: on})
			return err
		},
		"refund": func(key string, on timex.Date) error {
			_, err := b.Refund(ctx, who.company, app.Refund{Key: "c" + key, Amount: yuan("1"), On: on, Reason: "x"})
			return err
		},
	}
	for _, name := range []string{"payment", "ahead", "refund"} {
		pay := ways[name]
		err := pay("tomorrow", day("2026-04-11"))
		wantKind(t, name+" tomorrow", err, fault.Invalid)
		if err != nil && !strings.Contains(err.Error(), "a day until today was expected") {
			t.Errorf("%s tomorrow: %v", name, err)
		}
		err = pay("before", day("2026-02-28"))
		wantKind(t, name+" before the company", err, fault.Invalid)
		if err != nil && !strings.Contains(err.Error(), "know the company from 2026-03-01 on") {
			t.Errorf("%s before the company: %v", name, err)
		}
		for _, on := range []string{"2026-04-10", "2026-03-01"} {
			if err := pay(on, day(on)); err != nil {
				t.Errorf("%s on %s: %v", name, on, err)
			}
		}
	}
	_, err := b.PayAhead(ctx, who.company, app.PayAhead{Key: "d", Amount: yuan("5")})
	wantKind(t, "ahead on no day", err, fault.Invalid)
	c := b.company("without a contract")
	_, err = b.PayAhead(ctx, c, app.PayAhead{Key: "e", Amount: yuan("5"), On: day("2026-04-08")})
	wantKind(t, "ahead before the company was added", err, fault.Invalid)
	if _, err := b.PayAhead(ctx, c, app.PayAhead{Key: "f", Amount: yuan("5"), On: day("2026-04-10")}); err != nil {
		t.Errorf("ahead, where the tenth has begun: %v", err)
	}
}
