package console

import (
	"net/http"

	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// guide is what the style guide shows: every part with figures of every length.
type guide struct {
	Inks    []string
	Grounds []string
	Series  []int
	Lines   []guideLine
	Total   money.Amount
	Curve   []guidePoint
	Due     timex.Date
}

type guideLine struct {
	Name     lang.Text
	Quantity exact.Number
	Unit     string
	Amount   money.Amount
}

type guidePoint struct {
	Minutes int64
	Costs   [3]money.Amount
}

// styleguide shows the parts pages are made of, to build with and to check by
// eye in each language and theme.
func (s *Server) styleguide(w http.ResponseWriter, _ *http.Request, v *visit) error {
	cny := money.MustCurrency("CNY")
	yuan := func(micros int64) money.Amount { return money.Micros(micros, cny) }
	g := guide{
		Inks:    []string{"ink", "ink-soft", "ink-faint", "brand", "link", "good", "warn", "bad", "info"},
		Grounds: []string{"ground", "surface", "sunken", "raised", "brand-soft", "good-soft", "warn-soft", "bad-soft", "info-soft"},
		Series:  []int{1, 2, 3, 4, 5, 6, 7, 8},
		Lines: []guideLine{
			{lang.Text{En: "Concurrent seats", Hant: "並發座席", Hans: "并发坐席"}, exact.Int(12), "seat", yuan(1_890_000_000)},
			{lang.Text{En: "Talk time", Hant: "通話時長", Hans: "通话时长"}, exact.Scaled(5573, 1), "minute", yuan(102_340_000)},
			{lang.Text{En: "Discount for the first year", Hant: "首年折扣", Hans: "首年折扣"}, exact.Int(1), "item", yuan(-210_000_000)},
			{lang.Text{En: "Recording storage", Hant: "錄音儲存", Hans: "录音存储"}, exact.Int(1_000_000), "event", yuan(7_000)},
		},
		Total: yuan(1_782_347_000),
		Due:   timex.MustDate("2026-04-30"),
	}
	for m := int64(0); m <= 6000; m += 500 {
		g.Curve = append(g.Curve, guidePoint{m, [3]money.Amount{yuan(300_000_000), yuan(m * 100_000), yuan(120_000_000 + max(0, m-1000)*80_000)}})
	}
	s.render(w, v, http.StatusOK, "styleguide", &Page{Title: v.say("nav.styleguide"), Lead: v.say("guide.lead"), Here: "/styleguide", Chart: true, Body: g})
	return nil
}

// Float is an amount for a chart, where the eye sees no more than a pixel.
func (p guidePoint) Float(i int) float64 { return float64(p.Costs[i].Micros()) / money.Micro }
