package explain_test

import (
	"fmt"

	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
	"waihu/internal/explain"
	"waihu/internal/lang"
	"waihu/internal/money"
)

func ExamplePlan() {
	p := &catalog.Plan{ID: "talk", Version: 1, Currency: money.MustCurrency("CNY"), Zone: "Asia/Shanghai", Components: []catalog.Component{
		{ID: "talk", Name: lang.Text{En: "Talk time", Hant: "通話時長", Hans: "通话时长"}, Measure: catalog.TalkTime, UnitPrice: catalog.PriceOf(exact.Scaled(14, 2))}}}
	for _, tag := range lang.Tags() {
		talk := explain.Plan(p, tag).Sections[1]
		fmt.Println(talk.Title+":", talk.Sentences[0])
	}
	// Output:
	// Talk time: Billing basis: talk time
	// 通話時長: 計費依據：通話時長
	// 通话时长: 计费依据：通话时长
}
