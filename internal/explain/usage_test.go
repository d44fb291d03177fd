package explain_test

import (
	"strings"
	"testing"

	"waihu/internal/charging/cheapest"
	"waihu/internal/charging/forecast"
	"waihu/internal/exact"
	"waihu/internal/explain"
	"waihu/internal/lang"
	"waihu/internal/money"
)

func cost(s string) cheapest.Money { return cheapest.Money{Number: exact.MustParse(s)} }

// TestCheapestSaysHowSureItIs: proven, cut short, given to two offers, or none.
func TestCheapestSaysHowSureItIs(t *testing.T) {
	found := func(id, total string) cheapest.Found {
		return cheapest.Found{Offer: id, Total: cost(total), Monthly: []cheapest.Money{cost(total)}}
	}
	a, b := found("a", "1234.5"), found("b", "2000")
	b.Mix = []cheapest.Pick{{ChoiceName: lang.Text{En: "Seats", Hant: "座席", Hans: "坐席"}, OptionName: lang.Text{En: "11"}}}
	for _, c := range []struct {
		name   string
		answer cheapest.Answer
		says   map[lang.Tag]string
	}{
		{"proven", cheapest.Answer{Best: []cheapest.Share{{Found: a}}, Total: a.Total, Proven: true}, map[lang.Tag]string{lang.English: "a at CNY 1,234.50 for 2 months", lang.Traditional: "沒有更便宜的", lang.Simplified: "没有更便宜的"}},
		{"cut", cheapest.Answer{Best: []cheapest.Share{{Found: b}}, Total: b.Total}, map[lang.Tag]string{lang.English: "there may be a cheaper one", lang.Traditional: "座席 11", lang.Simplified: "坐席 11"}},
		{"parts", cheapest.Answer{Best: []cheapest.Share{{Segments: []int{0}, Found: a}, {Segments: []int{1}, Found: b}}, Total: cost("3234.5"), Proven: true},
			map[lang.Tag]string{lang.English: "sales: a at CNY 1,234.50", lang.Traditional: "合計 2 個月 CNY 3,234.50", lang.Simplified: "service：b (坐席 11)"}},
		{"none", cheapest.Answer{Refused: []cheapest.Refusal{{Offer: "a", Reason: cheapest.ReasonUnknown, What: "lines"}}},
			map[lang.Tag]string{lang.English: "the price of lines is not known", lang.Traditional: "未知", lang.Simplified: "没有方案能算出"}},
		{"regret", cheapest.Answer{Offers: []cheapest.Found{a, b}, Best: []cheapest.Share{{Found: a}}, Total: a.Total, Proven: true,
			Regrets: []cheapest.Regret{{Offer: "a", Most: cost("10"), Mean: cost("5")}, {Offer: "b", Most: cost("8"), Mean: cost("7")}}},
			map[lang.Tag]string{lang.English: "b has the least regret at worst", lang.Traditional: "按各月平均：a", lang.Simplified: "最坏情况"}},
	} {
		for tag, want := range c.says {
			text := explain.Cheapest(&explain.Bound{Answer: &c.answer, Currency: money.MustCurrency("CNY"), Months: 2, Parts: []string{"sales", "service"}, Bills: 9}, tag).Text()
			if !strings.Contains(text, want) || strings.Contains(text, "[") || strings.Contains(text, "{") {
				t.Errorf("%s, %s: %q is not said:\n%s", c.name, tag, want, text)
			}
		}
	}
}

// TestEveryWordOfAForecastIsThere: methods, figures, seat sources and reasons of
// refusal have sentences.
func TestEveryWordOfAForecastIsThere(t *testing.T) {
	var keys []string
	for _, m := range forecast.Methods() {
		keys = append(keys, "forecast.method."+string(m))
	}
	for _, f := range []forecast.Figure{forecast.Attempts, forecast.Minutes, forecast.AverageSeats, forecast.PeakSeats} {
		keys = append(keys, "forecast.figure."+string(f))
	}
	for _, s := range []forecast.SeatsBy{forecast.BySessions, forecast.ByAgents, forecast.ByCalls} {
		keys = append(keys, "profile.seen."+string(s))
	}
	for _, r := range []cheapest.Reason{cheapest.ReasonUnknown, cheapest.ReasonUnpriced, cheapest.ReasonModule, cheapest.ReasonLimit, cheapest.ReasonPlan} {
		keys = append(keys, "cheapest.refused."+string(r))
	}
	for _, why := range []string{"empty", "dialing", "incoming", "occupancy", "peak", "absence"} {
		keys = append(keys, "seats.why."+why)
	}
	for _, key := range keys {
		if !lang.Has(key) {
			t.Errorf("no sentence %s", key)
		}
	}
}

func TestForecastSaysWhatIsOpen(t *testing.T) {
	outlook := forecast.Outlook{Figure: forecast.Minutes, Known: 1, Few: true, Months: []forecast.Predicted{{Month: forecast.MustMonth("2026-04"), Low: 1, Expected: 2, High: 4}}}
	zero := money.Zero(money.MustCurrency("CNY"))
	bills := &explain.Priced{Name: lang.Text{En: "Plan"}, Seed: 1, Costs: []forecast.Cost{{Month: outlook.Months[0].Month, Open: true,
		Totals: map[forecast.Scenario]money.Amount{forecast.Low: zero, forecast.Expected: zero, forecast.High: zero}}}}
	text := explain.Forecast([]forecast.Outlook{outlook}, bills, lang.English).Text()
	for _, want := range []string{"1 whole month is too few", "A price nobody knows is in it", "2026-04  1    2         4"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not said:\n%s", want, text)
		}
	}
}
