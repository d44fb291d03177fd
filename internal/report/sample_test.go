package report

import (
	"os"
	"testing"
	"time"

	"waihu/internal/charging/compare"
	"waihu/internal/exact"
	"waihu/internal/explain"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/planfile"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// small compares five offers of the market, one with a range, one that cannot be
// totalled, under a little usage of eight months.
func small(t testing.TB) *compare.Result {
	t.Helper()
	in := compare.Input{Currency: money.MustCurrency("USD"), Months: []int{1, 12}, Replicates: 50}
	budget := exact.MustParse("400")
	in.Budget = &budget
	in.Rates = []compare.Rate{{From: money.MustCurrency("CNY"), Rate: exact.MustParse("0.14"), On: timex.MustDate("2026-11-01")}}
	for _, id := range []string{"callfire-payg", "ujet-pro", "retell", "kixie", "baidu-pay-as-you-go"} {
		b, problems := planfile.LoadOffer(os.DirFS("../../examples/market"), id+".offer.yaml")
		if err := problems.Err(); err != nil {
			t.Fatal(err)
		}
		in.Candidates = append(in.Candidates, compare.Candidate{Offer: b.Offer, Plan: b.Plan, Decks: b.Decks})
	}
	c, err := compare.New(in)
	if err != nil {
		t.Fatal(err)
	}
	from := timex.MustDate("2026-01-01").Start(time.UTC)
	for i := range 3000 {
		at := from.Add(time.Duration(i) * 2 * time.Hour)
		call := usage.Call{ID: "c", Start: at, Agent: string(rune('a' + i%4)), Direction: usage.Outbound, Result: usage.NoAnswer}
		if i%3 > 0 {
			call.Result, call.Answer, call.Talk = usage.Answered, at, time.Duration(i%400+1)*time.Second
		}
		if err := c.Call(&call); err != nil {
			t.Fatal(err)
		}
	}
	r, err := c.Result()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// pictures are charts of every kind, strange ones too.
func pictures(t testing.TB) []explain.Chart {
	var out []explain.Chart
	for _, tag := range lang.Tags() {
		d := explain.Comparison(small(t), tag)
		for i := range d.Sections {
			out = append(out, d.Sections[i].Charts...)
		}
	}
	long := "A name that is far too long to stand beside anything, 名稱太長而無法放在任何東西旁邊"
	now, limit, beyond := 3.0, 900.0, 1e12
	return append(out,
		explain.Chart{ID: "none", Bars: &explain.Bars{}},
		explain.Chart{ID: "flat", Curves: &explain.Curves{Lines: []explain.Line{{Name: long, Points: []explain.Point{{X: 0, Y: 0}, {X: 0, Y: 0}}}}}},
		explain.Chart{ID: "far", Curves: &explain.Curves{Now: &beyond, NowName: long, Input: long, Lines: []explain.Line{{Name: long, Points: []explain.Point{{X: -0.5, Y: -20}, {X: 1, Y: 1e11}}}}, Marks: []explain.Mark{{Point: explain.Point{X: 0, Y: 0}, Name: "0"}}}},
		explain.Chart{ID: "crowd", Curves: &explain.Curves{Now: &now, Lines: crowd(12)}},
		explain.Chart{ID: "off", Values: "CNY", Bars: &explain.Bars{Most: 50, Keys: []explain.Key{{Colour: 0, Name: long}, {Colour: 10, Name: "b"}}, Rows: []explain.Bar{
			{Name: long, Parts: []explain.BarPart{{Colour: 0, Value: 100}, {Colour: 10, Value: -30}}, Low: 70, High: 70, Label: "70.00"},
			{Name: "open", Open: true, Label: "unknown"}, {Name: "range", Low: 10, High: 500, Parts: []explain.BarPart{{Colour: 9, Value: 10}}, Label: long}}}},
		explain.Chart{ID: "strips", Strips: &explain.Strips{Limit: &limit, LimitName: long, Most: 800, Rows: []explain.Strip{{Name: long, At: [5]float64{900, 901, 902, 903, 904}, Label: "902"}, {Name: "x", At: [5]float64{1, 1, 1, 1, 5000}, Label: "1"}}}})
}

func crowd(n int) (out []explain.Line) {
	for i := range n {
		out = append(out, explain.Line{Name: string(rune('a' + i)), Colour: i, Points: []explain.Point{{X: 0, Y: 1}, {X: 5, Y: 5 + float64(i)/100}}})
	}
	return out
}
