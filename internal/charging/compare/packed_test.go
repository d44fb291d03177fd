package compare

import (
	"testing"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Records that come newest first change the call that stands for its kind with
// each; what is kept does not grow with them, and is the earliest.
func TestNewestFirstTakesNoMoreRoom(t *testing.T) {
	plan := &catalog.Plan{ID: "p", Currency: money.MustCurrency("CNY"), Zone: "UTC", Components: []catalog.Component{{ID: "talk", Measure: catalog.TalkTime, UnitPrice: catalog.Price{Set: true}}}}
	terms, problems := contract.TermsFor(contract.Inputs{Plan: plan, First: timex.MustDate("2026-04-01"), After: timex.MustDate("2026-05-01")})
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	u, err := NewUsage([]timex.Instant{terms.Period.From}, []*contract.Terms{terms}, false, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	numbers := []string{"13800138000", "021", "02161234567", "+8613800138000"}
	for i := range 1000 {
		c := usage.Call{Start: terms.Period.From.Add(time.Duration(1000-i) * time.Minute), To: numbers[i%4], From: numbers[i%3], Direction: usage.Outbound, Result: usage.Answered, Talk: time.Minute}
		c.Answer = c.Start
		if err := u.Call(&c); err != nil {
			t.Fatal(err)
		}
	}
	const most = 22 + 25 // the first pair of numbers, and the one that was longer
	if len(u.table.bytes) > most {
		t.Errorf("the numbers of one kind of call take %d bytes", len(u.table.bytes))
	}
	if len(u.classes) != 1 {
		t.Fatalf("%d kinds of call, want one", len(u.classes))
	}
	if k := &u.classes[0].kept; u.table.called(k) != "+8613800138000" || u.table.calling(k) != "13800138000" {
		t.Errorf("the earliest called %s from %s", u.table.called(k), u.table.calling(k))
	}
}
