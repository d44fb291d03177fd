package app_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"waihu/internal/app"
	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/exact"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/usage/cdr"
)

func ExampleBill() {
	dir, _ := os.MkdirTemp("", "bill")
	defer os.RemoveAll(dir)
	facts := filepath.Join(dir, "facts.csv")
	_ = os.WriteFile(facts, []byte("fact,id,direction,result,to,start,talk\ncall,c1,outbound,answered,+8613800138000,2026-03-02 10:00:00,61\n"), 0o644)
	p := &catalog.Plan{ID: "talk", Version: 1, Currency: money.MustCurrency("CNY"), Zone: "Asia/Shanghai", Components: []catalog.Component{
		{ID: "talk", Measure: catalog.TalkTime, UnitPrice: catalog.PriceOf(exact.Scaled(14, 2))}}}
	terms, _ := contract.TermsFor(contract.Inputs{Plan: p, First: timex.MustDate("2026-03-01"), After: timex.MustDate("2026-04-01")})
	billed, err := app.Bill(context.Background(), app.Billing{Terms: terms, Files: []string{facts}, Intake: cdr.Options{Zone: terms.Loc}})
	fmt.Println(billed.Invoice.Total, "of", billed.Total.Accepted, "record,", err)
	v, _ := app.Verify(context.Background(), billed.Invoice, app.Billing{Terms: terms, Files: []string{facts}, Intake: cdr.Options{Zone: terms.Loc}})
	fmt.Println("identical:", v.Identical())
	// Output:
	// 0.28 CNY of 1 record, <nil>
	// identical: true
}
