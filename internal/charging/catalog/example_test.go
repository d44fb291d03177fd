package catalog_test

import (
	"fmt"

	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
	"waihu/internal/money"
)

func ExamplePlan_Validate() {
	p := &catalog.Plan{ID: "lanes", Version: 1, Currency: money.MustCurrency("CNY"), Zone: "Asia/Shanghai"}
	ten := exact.Int(10)
	p.Components = []catalog.Component{{ID: "robots", Measure: catalog.Recurring, Tiers: &catalog.Tiers{Mode: catalog.Volume, Rows: []catalog.Tier{
		{UpTo: &ten, UnitPrice: catalog.PriceOf(exact.Int(720))}, {UnitPrice: catalog.PriceOf(exact.Int(640))}}}}}
	for _, found := range p.Validate() {
		fmt.Println(found.Warning, found.Path, found.What)
	}
	// Output: true components[0].tiers.rows[0].up_to 11 units cost 7040, 10 cost 7200: one more costs 160 less
}
