package rating_test

import (
	"testing"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/rating"
	"waihu/internal/fault"
	"waihu/internal/timex"
)

func fee(id, p string) catalog.Component {
	return catalog.Component{ID: id, Measure: catalog.Recurring, UnitPrice: price(p)}
}

func percent(s string) *catalog.Percent {
	p, err := catalog.ParsePercent(s)
	if err != nil {
		panic(err)
	}
	return &p
}

func TestSharesOfShares(t *testing.T) {
	w := newWorld(
		catalog.Component{ID: "tip", Measure: catalog.PercentOf, Of: []string{"support"}, Percent: percent("50%")},
		catalog.Component{ID: "support", Measure: catalog.PercentOf, Of: []string{"base", "extra"}, Percent: percent("10%")},
		fee("base", "100"), fee("extra", "unknown"))
	rated := w.rate(t)
	wants(t, "a tenth", find(t, rated, "support").Exact, "10")
	l := find(t, rated, "tip")
	wants(t, "half of it", l.Exact, "5")
	if !l.Unknown || rule(l, "percent_of")["base"] != "10" {
		t.Errorf("a share of what nobody knows: %v", l.Rules)
	}
	if rated.Lines[0].ID != "tip" || rated.Lines[3].ID != "extra" {
		t.Error("lines are not in the order of the plan")
	}
}

func TestSharesInACircle(t *testing.T) {
	g := newWorld(fee("a", "1"), fee("b", "1")).gather(t) // a checked plan has none: this one changes after
	g.Terms.Plan.Components[0] = catalog.Component{ID: "a", Measure: catalog.PercentOf, Of: []string{"b"}, Percent: percent("1%")}
	g.Terms.Plan.Components[1] = catalog.Component{ID: "b", Measure: catalog.PercentOf, Of: []string{"a"}, Percent: percent("1%")}
	if _, err := rating.Rate(g); fault.KindOf(err) != fault.Invalid {
		t.Errorf("%v", err)
	}
}

func TestCheaperOf(t *testing.T) {
	group := catalog.Cheapest{ID: "best", Options: []catalog.CheapestOption{{ID: "a", Components: []string{"a", "both"}}, {ID: "b", Components: []string{"b", "both"}}, {ID: "c", Components: []string{"c"}}}}
	for _, c := range []struct{ a, b, c, chosen string }{
		{"10", "8", "30", "b"},
		{"8", "8", "30", "a"},        // the first of equals
		{"10", "unknown", "30", "a"}, // what nobody knows is not cheap
		{"unknown", "unknown", "1", "c"},
		{"unknown", "unknown", "unknown", "c"}, // 0 known, where the others have 2
	} {
		w := newWorld(fee("a", c.a), fee("b", c.b), fee("c", c.c), fee("both", "2"), fee("apart", "1"))
		w.plan.Cheapest = []catalog.Cheapest{group}
		rated := w.rate(t)
		for _, o := range rated.Groups[0].Options {
			if o.Chosen != (o.ID == c.chosen) || o.Chosen != (len(o.Lines) == 0) {
				t.Errorf("%+v: option %s chosen %v with %d lines beside", c, o.ID, o.Chosen, len(o.Lines))
			}
		}
		find(t, rated, "apart")
		if rule(find(t, rated, c.chosen), "cheapest_chosen")["option"] != c.chosen {
			t.Errorf("%+v: not said", c)
		}
		want := 3
		if c.chosen == "c" {
			want = 2
		}
		if len(rated.Lines) != want {
			t.Errorf("%+v: %d lines", c, len(rated.Lines))
		}
	}
}

func TestDiscountsOfThePlan(t *testing.T) {
	w := newWorld(fee("a", "100"), fee("b", "50"), fee("free", "0"))
	w.plan.Discounts = []catalog.Discount{
		{ID: "tenth", Percent: percent("10%"), Components: []string{"a"}},
		{ID: "gift", Amount: num("0.05")},
		{ID: "over", Percent: percent("50%"), To: timex.MustDate("2026-03-01")},
		{ID: "later", Percent: percent("50%"), From: timex.MustDate("2026-03-02")},
		{ID: "nothing", Percent: percent("50%"), Components: []string{"free"}},
	}
	rated := w.rate(t)
	a, b := find(t, rated, "a"), find(t, rated, "b")
	wants(t, "90 - 0.03", a.Exact, "89.97")
	wants(t, "50 - 0.02", b.Exact, "49.98")
	wants(t, "taken off", a.Discount, "10.03")
	if r := rule(a, "discount"); r["name"] != "tenth" || r["percent"] != "0.1" || r["off"] != "10" {
		t.Errorf("%v", r)
	}
	w.plan.Discounts = []catalog.Discount{{ID: "all", Amount: num("1000")}}
	rated = w.rate(t)
	if !find(t, rated, "a").Exact.IsZero() || !find(t, rated, "b").Exact.IsZero() {
		t.Error("a discount of more than there is leaves something, or less than nothing")
	}
}

func TestOwnDiscountAndLimits(t *testing.T) {
	c := fee("a", "100")
	c.Discount, c.Minimum, c.Maximum = &catalog.Discount{Amount: num("95")}, num("20"), num("60")
	l := newWorld(c).line(t, "a")
	wants(t, "100 - 95, raised to 20", l.Exact, "20")
	wants(t, "raised", l.Raised, "15")
	c.Order = []catalog.Step{catalog.StepMaximum, catalog.StepDiscount, catalog.StepMinimum}
	c.Minimum = num("0")
	l = newWorld(c).line(t, "a")
	wants(t, "capped at 60, then nothing is left", l.Exact, "0")
	if rule(l, "order")["steps"] != "maximum,discount,minimum" || rule(l, "discount")["off"] != "60" || rule(l, "maximum")["capped"] != "40" {
		t.Errorf("%v", l.Rules)
	}
	c.Discount = &catalog.Discount{Percent: percent("0%")}
	if l = newWorld(c).line(t, "a"); rule(l, "discount") != nil {
		t.Error("a discount of nothing is named")
	}
}

func TestMinimumSpend(t *testing.T) {
	w := newWorld(fee("a", "10.004"), fee("b", "10.004"), fee("c", "500"))
	w.plan.Minimums = []catalog.Limit{{ID: "least", Amount: num("31"), Components: []string{"a", "b"}}, {ID: "small", Amount: num("5")}}
	rated := w.rate(t)
	l := find(t, rated, "minimum_spend:least")
	wants(t, "31 less 10.00 twice", l.Exact, "11")
	if l.Kind != rating.MinSpend || rule(l, "minimum_spend")["reached"] != "20" || rule(l, "minimum_base_exact") != nil {
		t.Errorf("%+v", l)
	}
	if len(rated.Lines) != 4 || rated.Lines[3].ID != l.ID {
		t.Error("what is missing stands last")
	}
	w.plan.Minimums[0].Base = catalog.ExactLines
	l = find(t, w.rate(t), "minimum_spend:least")
	wants(t, "31 less 20.008", l.Exact, "10.992")
	if rule(l, "minimum_base_exact") == nil {
		t.Errorf("%v", l.Rules)
	}
	w.plan.Minimums[0].Prorate, w.plan.Minimums[0].Base, w.start = true, "", timex.MustDate("2026-03-22")
	wants(t, "10 of 31 days: 10 less 3.23 twice", find(t, w.rate(t), "minimum_spend:least").Exact, "3.54")
}

func TestMaximumSpend(t *testing.T) {
	w := newWorld(fee("a", "40"), fee("b", "30"), fee("c", "20"), fee("apart", "20"))
	w.plan.Maximums = []catalog.Limit{{ID: "most", Amount: num("50"), Components: []string{"a", "b", "c"}}}
	rated := w.rate(t)
	for id, want := range map[string]string{"a": "40", "b": "10", "c": "0", "apart": "20"} {
		wants(t, id, find(t, rated, id).Exact, want)
	}
	if rule(find(t, rated, "b"), "maximum_spend")["capped"] != "20" || rule(find(t, rated, "a"), "maximum_spend") != nil {
		t.Error("the cap is not said where it was")
	}
	// A third of 50 is 16.67: no line goes below zero for the rest of a cent.
	w.plan.Maximums[0].Prorate, w.start, w.end = true, timex.MustDate("2026-03-01"), timex.MustDate("2026-03-11")
	w.plan.Maximums[0].Amount = num("31.02")
	rated = w.rate(t)
	wants(t, "10 of 31 days", find(t, rated, "a").Exact, "10.01")
	wants(t, "nothing left", find(t, rated, "b").Exact, "0")
}

func TestBeyondAnyAmount(t *testing.T) {
	const much = "99999999999999" // more than money counts
	line := newWorld(fee("a", "1"))
	share := newWorld(fee("a", "1"), catalog.Component{ID: "b", Measure: catalog.PercentOf, Of: []string{"a"}, Percent: percent("1%")})
	sum := newWorld(fee("a", "1"), fee("b", "1"))
	sum.plan.Cheapest = []catalog.Cheapest{{ID: "g", Options: []catalog.CheapestOption{{ID: "x", Components: []string{"a", "b"}}, {ID: "y", Components: []string{"a"}}}}}
	least, most, gift := newWorld(fee("a", "1")), newWorld(fee("a", "1")), newWorld(fee("a", "1"), fee("b", "1"))
	for name, c := range map[string]struct {
		w      *world
		change func(p *catalog.Plan)
	}{
		"line":  {line, func(p *catalog.Plan) { p.Components[0].UnitPrice = price(much) }},
		"share": {share, func(p *catalog.Plan) { p.Components[1].Percent = &catalog.Percent{Number: num(much)} }},
		"group": {sum, func(p *catalog.Plan) {
			p.Components[0].UnitPrice, p.Components[1].UnitPrice = price("9000000000000"), price("9000000000000")
		}},
		"minimum": {least, func(p *catalog.Plan) { p.Minimums = []catalog.Limit{{ID: "m", Amount: num(much)}} }},
		"maximum": {most, func(p *catalog.Plan) { p.Maximums = []catalog.Limit{{ID: "m", Amount: num(much)}} }},
		"gift": {gift, func(p *catalog.Plan) {
			p.Components[0].UnitPrice, p.Components[1].UnitPrice = price("9000000000000"), price("9000000000000")
			p.Discounts = []catalog.Discount{{ID: "m", Amount: num(much)}}
		}},
	} {
		g := c.w.gather(t)
		c.change(g.Terms.Plan)
		if _, err := rating.Rate(g); fault.KindOf(err) != fault.Overflow {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCheaperAbove(t *testing.T) {
	tiers := &catalog.Tiers{Mode: catalog.Volume, Rows: []catalog.Tier{{UpTo: bound(5), UnitPrice: price("800")}, {UpTo: bound(10), UnitPrice: price("720")}, {UpTo: bound(100), UnitPrice: price("640")}, {UnitPrice: price("unknown")}}}
	next, saves, ok := rating.CheaperAbove(tiers, num("10"))
	if !ok || !next.Equal(num("11")) || !saves.Equal(num("160")) {
		t.Errorf("%s saves %s, %v", next, saves, ok)
	}
	for _, q := range []string{"1", "5", "9", "11", "100", "101"} {
		if next, saves, ok := rating.CheaperAbove(tiers, num(q)); ok {
			t.Errorf("%s: %s saves %s: a price nobody knows is not cheap", q, next, saves)
		}
	}
	closed := &catalog.Tiers{Mode: catalog.Volume, Rows: tiers.Rows[:3]}
	if _, _, ok := rating.CheaperAbove(closed, num("1000")); ok {
		t.Error("beyond the last tier there is none")
	}
}

func TestTiersAtZero(t *testing.T) {
	no := false
	for due, want := range map[*bool]string{nil: "7", &no: "0"} {
		for _, mode := range []catalog.TierMode{catalog.Graduated, catalog.Volume} {
			w := newWorld(catalog.Component{ID: "sms", Measure: catalog.Events, Tiers: &catalog.Tiers{Mode: mode, FlatAtZero: due, Rows: []catalog.Tier{{UpTo: bound(10), UnitPrice: price("1"), Flat: num("7")}, {UnitPrice: price("1")}}}})
			wants(t, string(mode), w.line(t, "sms").Exact, want)
		}
	}
}

// TestContractChangesAreTerms: rating sees what the contract made of the plan.
func TestContractChangesAreTerms(t *testing.T) {
	w := newWorld(fee("a", "100"))
	w.hold("a", 2, contract.Change{On: timex.MustDate("2026-03-17"), Quantity: num("3")})
	l := w.line(t, "a")
	wants(t, "200 and 15 of 31 days of 100", l.Exact, "7700/31")
}
