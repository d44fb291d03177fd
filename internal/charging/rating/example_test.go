package rating_test

import (
	"fmt"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/meter"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

func ExampleRate() {
	p := &catalog.Plan{ID: "talk", Version: 1, Currency: money.MustCurrency("CNY"), Zone: "UTC", Components: []catalog.Component{
		{ID: "talk", Measure: catalog.TalkTime, UnitPrice: catalog.PriceOf(exact.Scaled(14, 2)), Included: &catalog.Included{Quantity: exact.Int(2)}}}}
	terms, _ := contract.TermsFor(contract.Inputs{Plan: p, First: timex.MustDate("2026-03-01"), After: timex.MustDate("2026-04-01")})
	m, _ := meter.New(terms, meter.Options{})
	_ = m.Call(&usage.Call{ID: "1", Start: terms.Period.From, Result: usage.Answered, Talk: 185e9}) // 185 s: four minutes
	g, _ := m.Finish()
	rated, err := rating.Rate(g)
	l := rated.Lines[0]
	fmt.Println(l.Billed, "billed,", l.Included, "included,", l.Charged, "charged:", l.Amount, err)
	// Output: 4 billed, 2 included, 2 charged: 0.28 CNY <nil>
}
