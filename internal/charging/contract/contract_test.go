package contract_test

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/deck"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/timex/holiday"
	"waihu/internal/usage"
)

var day = timex.MustDate

func price(s string) catalog.Price { return catalog.PriceOf(exact.MustParse(s)) }

func percent(s string) *catalog.Percent {
	p, err := catalog.ParsePercent(s)
	if err != nil {
		panic(err)
	}
	return &p
}

func num(s string) *exact.Number { n := exact.MustParse(s); return &n }

// plan is a small plan of seats, lines, talk time and modules.
func plan() *catalog.Plan {
	return &catalog.Plan{ID: "p", Version: 1, Currency: money.MustCurrency("CNY"), Zone: "Asia/Shanghai", Home: "CN",
		Modules: []catalog.Module{{ID: "recording"}, {ID: "quality", Requires: []string{"recording"}}, {ID: "lite", Excludes: []string{"recording"}}},
		Components: []catalog.Component{
			{ID: "seats", Measure: catalog.SeatsAssigned, UnitPrice: price("180")},
			{ID: "lines", Measure: catalog.Recurring, Quantity: exact.Int(2), UnitPrice: price("100")},
			{ID: "talk", Measure: catalog.TalkTime, Rates: []catalog.RateRow{
				{ID: "mobile", Match: catalog.Filter{Line: []usage.Line{usage.Mobile}}, UnitPrice: price("0.12")}, {ID: "rest", Default: true, UnitPrice: price("0.2")}}},
			{ID: "flat", Measure: catalog.TalkTime, UnitPrice: price("0.3")},
			{ID: "mods", Measure: catalog.ModuleDays, UnitPrice: price("50")},
		},
		Minimums: []catalog.Limit{{ID: "floor", Amount: exact.Int(500)}},
	}
}

func terms(t *testing.T, in contract.Inputs) (*contract.Terms, fault.Problems) {
	t.Helper()
	if in.Plan == nil {
		in.Plan = plan()
	}
	if in.First == 0 {
		in.First, in.After = day("2026-03-01"), day("2026-04-01")
	}
	out, problems := contract.TermsFor(in)
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	return out, problems
}

func TestWithoutContractThePlanIsAsItIs(t *testing.T) {
	p := plan()
	got, problems := terms(t, contract.Inputs{Plan: p})
	if got.Plan != p || got.Start != 0 || got.End != 0 || len(got.Quantities)+len(got.Changes)+len(got.Modules) != 0 || problems != nil {
		t.Errorf("%+v %v", got, problems)
	}
	if got.Period.From.String() != "2026-02-28T16:00:00Z" || got.Loc.String() != "Asia/Shanghai" {
		t.Errorf("%s %s", got.Period, got.Loc)
	}
}

func TestStated(t *testing.T) {
	got, _ := terms(t, contract.Inputs{Stated: contract.Stated{Start: day("2026-03-10"), Quantities: map[string]exact.Number{"seats": exact.Int(9)},
		Modules: []contract.ModuleTerm{{Module: "recording"}, {Module: "lite", From: day("2026-03-20"), To: day("2026-03-25")}, {Module: "later", From: day("2026-04-01")}}}})
	if got.Quantities["seats"].String() != "9" || len(got.Modules) != 2 || got.Modules[0].From != day("2026-03-10").Start(got.Loc) || got.Modules[1].To != day("2026-03-25").Start(got.Loc) {
		t.Errorf("%+v", got)
	}
	for id, n := range map[string]string{"nobody": "1", "flat": "1", "seats": "-1"} {
		if out, problems := contract.TermsFor(contract.Inputs{Plan: plan(), First: day("2026-03-01"), After: day("2026-04-01"),
			Stated: contract.Stated{Quantities: map[string]exact.Number{id: exact.MustParse(n)}}}); out != nil || problems.Err() == nil {
			t.Errorf("%s %s was taken", id, n)
		}
	}
}

// yearly is a contract with a ramp and amendments.
func yearly() *contract.Contract {
	c := &contract.Contract{ID: "c", Plan: "p@1", Start: day("2026-01-15"), Term: contract.Term{Count: 12, Unit: timex.Month}}
	c.Quantities = map[string]contract.Held{"seats": {Quantity: exact.Int(10), Changes: []contract.Change{{On: day("2026-03-10"), Quantity: exact.Int(12)}, {On: day("2026-06-01"), Quantity: exact.Int(14)}}}}
	c.Modules = []contract.ModuleTerm{{Module: "recording"}}
	c.Prices = map[string]contract.Override{"seats": {UnitPrice: price("170")}, "talk": {Rows: map[string]catalog.Price{"mobile": price("0.1")}}}
	c.Ramps = []contract.Ramp{{After: contract.Term{Count: 3, Unit: timex.Month}, Agreement: contract.Agreement{Prices: map[string]contract.Override{"seats": {UnitPrice: price("160")}}}}}
	c.Amendments = []contract.Amendment{
		{ID: "A1", On: day("2026-05-10"), Agreement: contract.Agreement{Quantities: map[string]contract.Held{"seats": {Quantity: exact.Int(20)}, "lines": {Quantity: exact.Int(3)}},
			Modules: []contract.ModuleTerm{{Module: "recording", To: day("2026-05-20")}, {Module: "quality", From: day("2026-05-12"), To: day("2026-05-18")}}}},
		{ID: "A2", On: day("2026-09-01"), End: day("2026-10-01")},
	}
	return c
}

// state writes what a month's terms hold.
func state(t *contract.Terms) string {
	var b strings.Builder
	seats, _ := t.Plan.Component("seats")
	talk, _ := t.Plan.Component("talk")
	fmt.Fprintf(&b, "seats %s at %s, lines %s, mobile %s", t.Quantities["seats"], seats.UnitPrice, t.Quantities["lines"], talk.Rates[0].UnitPrice)
	for _, ch := range t.Changes["seats"] {
		fmt.Fprintf(&b, ", %s on %s", ch.Quantity, ch.On)
	}
	for _, m := range t.Modules {
		fmt.Fprintf(&b, ", %s %s-%s", m.Module, m.From.DateIn(t.Loc), m.To.DateIn(t.Loc))
	}
	first, after := t.Service()
	fmt.Fprintf(&b, ", %s to %s", first, after)
	return b.String()
}

func TestContractOverAYear(t *testing.T) {
	for month, want := range map[string]string{
		"2026-01": "seats 10 at 170, lines 0, mobile 0.1, recording 2026-01-15-1970-01-01, 2026-01-15 to 2026-02-01",
		"2026-03": "seats 10 at 170, lines 0, mobile 0.1, 12 on 2026-03-10, recording 2026-01-15-1970-01-01, 2026-03-01 to 2026-04-01",
		"2026-04": "seats 12 at 170, lines 0, mobile 0.1, recording 2026-01-15-1970-01-01, 2026-04-01 to 2026-05-01", // the ramp begins on the 15th
		"2026-05": "seats 12 at 160, lines 0, mobile 0.1, 20 on 2026-05-10, recording 2026-01-15-2026-05-20, quality 2026-05-12-2026-05-18, 2026-05-01 to 2026-06-01",
		"2026-06": "seats 20 at 160, lines 3, mobile 0.1, 2026-06-01 to 2026-07-01", // the amendment takes the place of the change of 1 June
	} {
		first, after, err := timex.ParsePeriod(month)
		if err != nil {
			t.Fatal(err)
		}
		p := plan()
		before := catalog.Canonical(p)
		got, problems := terms(t, contract.Inputs{Plan: p, Contract: yearly(), First: first, After: after})
		if s := state(got); s != want {
			t.Errorf("%s:\ngot  %s\nwant %s", month, s, want)
		}
		if month == "2026-04" && (len(problems) != 1 || problems[0].Path != "ramps[0]") {
			t.Errorf("no warning about the ramp within the period: %v", problems)
		}
		if !bytes.Equal(before, catalog.Canonical(p)) {
			t.Fatal("the plan was changed")
		}
	}
}

func TestLimitsDiscountsAndPacks(t *testing.T) {
	c := &contract.Contract{ID: "c", Plan: "p@1", Start: day("2026-01-01"), Prepayment: &contract.Prepayment{Percent: percent("5%")}}
	c.Minimums = []catalog.Limit{{ID: "floor", Amount: exact.Int(800)}}
	c.Maximums = []catalog.Limit{{ID: "roof", Amount: exact.Int(9000)}}
	c.Discounts = []catalog.Discount{{ID: "d", Percent: percent("10%")}}
	c.Commitments = []contract.Commitment{{ID: "q", Component: "flat", Quantity: num("100"), From: day("2026-02-01"), To: day("2026-04-01")}, {ID: "a", Components: []string{"talk"}, Amount: num("50")}}
	c.Packs = []contract.Pack{{Package: catalog.Package{ID: "extra", AppliesTo: []string{"flat"}, Included: catalog.Included{Quantity: exact.Int(500), From: day("2026-03-05"), To: day("2026-06-05")}}, Price: price("90")}}
	c.Amendments = []contract.Amendment{{ID: "x", On: day("2026-04-01"), Agreement: contract.Agreement{Minimums: []catalog.Limit{{ID: "floor"}}, Discounts: []catalog.Discount{{ID: "d", Percent: percent("20%")}}}}}
	got, _ := terms(t, contract.Inputs{Contract: c})
	flat, _ := got.Plan.Component("flat")
	pack, ok := got.Plan.Component("pack-extra")
	if flat.Commitment.String() != "100" || !ok || pack.On != day("2026-03-05") || len(got.Plan.Packages) != 1 {
		t.Errorf("%+v", got.Plan)
	}
	if len(got.Plan.Minimums) != 2 || got.Plan.Minimums[0].Amount.String() != "800" || len(got.Plan.Maximums) != 1 || len(got.Plan.Discounts) != 2 {
		t.Errorf("%+v %+v", got.Plan.Minimums, got.Plan.Discounts)
	}
	later, _ := terms(t, contract.Inputs{Contract: c, First: day("2026-04-01"), After: day("2026-05-01")})
	flat, _ = later.Plan.Component("flat")
	if !flat.Commitment.IsZero() || len(later.Plan.Minimums) != 1 || later.Plan.Discounts[0].Percent.String() != "20%" {
		t.Errorf("%+v %+v", later.Plan.Minimums, later.Plan.Discounts)
	}
}

// TestOverrideKeysAreComponentKeys: each key of an override sets the component's
// key of that name, whatever it was.
func TestOverrideKeysAreComponentKeys(t *testing.T) {
	target := map[string]reflect.Type{}
	for _, k := range catalog.KeysOf(reflect.TypeFor[catalog.Component]()) {
		target[k.Name] = k.Type
	}
	for _, k := range catalog.KeysOf(reflect.TypeFor[contract.Override]()) {
		typ := k.Type
		if k.Name == "rows" {
			continue
		}
		if target[k.Name] != typ && (typ.Kind() != reflect.Pointer || target[k.Name] != typ.Elem()) {
			t.Errorf("%s is %v in an override and %v in a component", k.Name, typ, target[k.Name])
		}
	}
}

// rows is a deck of one row.
func rows(t *testing.T, price int64) *deck.Deck {
	t.Helper()
	d, problems := deck.Build([]deck.Entry{{Prefix: "86", Rate: deck.Rate{Price: price, Per: 60, First: 60, Next: 60}}})
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	return d
}

func TestDigestMovesWithEverything(t *testing.T) {
	calendars, err := holiday.Calendars()
	if err != nil {
		t.Fatal(err)
	}
	base := func() contract.Inputs {
		p := plan()
		p.Schedules = []catalog.Schedule{{ID: "day", Calendar: "cn", Windows: []catalog.Window{{Days: []catalog.DayWord{catalog.Workday}}}}}
		return contract.Inputs{Plan: p, Contract: yearly(), Holidays: calendars, First: day("2026-02-01"), After: day("2026-03-01")}
	}
	seen := map[string]string{}
	for _, change := range []struct {
		name string
		do   func(*contract.Inputs)
	}{
		{"nothing", func(in *contract.Inputs) {}},
		{"price", func(in *contract.Inputs) { in.Plan.Components[3].UnitPrice = price("0.31") }},
		{"period", func(in *contract.Inputs) { in.First = day("2026-02-02") }},
		{"quantity", func(in *contract.Inputs) { in.Contract.Quantities["seats"] = contract.Held{Quantity: exact.Int(11)} }},
		{"module", func(in *contract.Inputs) { in.Contract.Modules = nil }},
		{"end", func(in *contract.Inputs) { in.Contract.Amendments[1].End = day("2026-02-15") }},
		{"deck", func(in *contract.Inputs) { in.Decks = map[string]*deck.Deck{"d": rows(t, 1)} }},
		{"deck price", func(in *contract.Inputs) { in.Decks = map[string]*deck.Deck{"d": rows(t, 2)} }},
		{"opening", func(in *contract.Inputs) { in.Opening = []contract.Opening{{Package: "x", Left: exact.One}} }},
		{"holidays", func(in *contract.Inputs) { in.Holidays = map[string]*timex.Calendar{"cn": calendars["us"]} }},
	} {
		in := base()
		change.do(&in)
		got, _ := terms(t, in)
		again, _ := terms(t, in)
		if got.Digest != again.Digest || !strings.HasPrefix(got.Digest, "sha256:") {
			t.Errorf("%s: two digests", change.name)
		}
		if other, same := seen[got.Digest]; same {
			t.Errorf("%s and %s have one digest", change.name, other)
		}
		seen[got.Digest] = change.name
	}
}

// TestLaterAmendmentsLeaveThePastAlone: the terms of a billed month do not
// change when the contract is amended afterwards.
func TestLaterAmendmentsLeaveThePastAlone(t *testing.T) {
	c := yearly()
	c.Amendments = nil
	march, _ := terms(t, contract.Inputs{Contract: c})
	again, _ := terms(t, contract.Inputs{Contract: yearly()})
	if march.Digest != again.Digest {
		t.Error("amendments of May and September changed the terms of March")
	}
}

func TestService(t *testing.T) {
	c := &contract.Contract{Start: day("2026-01-31"), Term: contract.Term{Count: 1, Unit: timex.Month}}
	if _, end := c.Service(); end != day("2026-02-28") {
		t.Errorf("a month from 31 January ends on %s", end)
	}
	c.Renewal = &contract.Renewal{Auto: true}
	if _, end := c.Service(); end != 0 {
		t.Errorf("a contract that renews itself ends on %s", end)
	}
	c.End = day("2027-01-01")
	if _, end := c.Service(); end != c.End {
		t.Error(end)
	}
}

func TestTerm(t *testing.T) {
	for _, s := range []string{"12 months", "1 year", "90 days", "2 half_years", "1 day"} {
		got, err := contract.ParseTerm(s)
		if err != nil || got.String() != s {
			t.Errorf("%q became %q, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "12", "months", "0 months", "-1 month", "1.5 years", "12 moons", "999 years", "40000 days"} {
		if got, err := contract.ParseTerm(s); err == nil {
			t.Errorf("%q became %s", s, got)
		}
	}
}

func TestPeriods(t *testing.T) {
	show := func(list []contract.BillingPeriod) string {
		var words []string
		for _, b := range list {
			s := b.First.String() + ".." + b.After.String()
			if b.Stub() {
				s += "(" + b.ServedFrom.String() + ".." + b.ServedTo.String() + ")"
			}
			words = append(words, s)
		}
		return strings.Join(words, " ")
	}
	anchored := plan()
	anchored.Period.Anchor = catalog.ContractAnchor
	c := &contract.Contract{Start: day("2026-01-31"), End: day("2026-04-15")}
	for _, x := range []struct {
		name     string
		plan     *catalog.Plan
		c        *contract.Contract
		from, to timex.Date
		want     string
	}{
		{"calendar", plan(), c, 0, 0, "2026-01-01..2026-02-01(2026-01-31..2026-02-01) 2026-02-01..2026-03-01 2026-03-01..2026-04-01 2026-04-01..2026-05-01(2026-04-01..2026-04-15)"},
		{"anniversary clamps", anchored, c, 0, 0, "2026-01-31..2026-02-28 2026-02-28..2026-03-31 2026-03-31..2026-04-30(2026-03-31..2026-04-15)"},
		{"part", plan(), c, day("2026-03-10"), day("2026-03-20"), "2026-03-01..2026-04-01"},
		{"no contract", plan(), nil, day("2026-02-01"), day("2026-04-01"), "2026-02-01..2026-03-01 2026-03-01..2026-04-01"},
		{"before it begins", plan(), c, day("2025-01-01"), day("2025-06-01"), ""},
	} {
		got, err := contract.Periods(x.plan, x.c, x.from, x.to)
		if err != nil || show(got) != x.want {
			t.Errorf("%s:\ngot  %s %v\nwant %s", x.name, show(got), err, x.want)
		}
	}
	daily := plan()
	daily.Period.Every = timex.Day
	if _, err := contract.Periods(daily, nil, day("2000-01-01"), day("2026-01-01")); err == nil {
		t.Error("nine thousand periods were listed")
	}
	if _, err := contract.Periods(plan(), nil, 0, day("2026-01-01")); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
}

func TestPeriodOffTheGridIsWarnedAbout(t *testing.T) {
	_, problems := terms(t, contract.Inputs{First: day("2026-03-01"), After: day("2026-03-15")})
	if len(problems) != 1 || !problems[0].Warning || !strings.Contains(problems[0].Fix, "2026-03-31") {
		t.Error(problems)
	}
}

func TestContractThatBreaksThePlan(t *testing.T) {
	c := &contract.Contract{ID: "c", Plan: "p@1", Start: day("2026-01-01")}
	c.Prices = map[string]contract.Override{"seats": {Increment: catalog.Increment{First: 6, Next: 6}}}
	out, problems := contract.TermsFor(contract.Inputs{Plan: plan(), Contract: c, First: day("2026-03-01"), After: day("2026-04-01")})
	if out != nil || len(problems) != 1 || problems[0].Path != "prices.seats.increment" {
		t.Error(problems)
	}
}

// TestStatedQuantitiesHoldForFeesOfTheirOwnPeriod: what is stated for a bill holds
// for other days, too, whether the contract's quantity changes or not.
func TestStatedQuantitiesHoldForFeesOfTheirOwnPeriod(t *testing.T) {
	fee := catalog.Component{ID: "fee", Measure: catalog.Recurring, Every: timex.Week, UnitPrice: catalog.PriceOf(exact.One)}
	p := &catalog.Plan{ID: "p", Version: 1, Currency: money.MustCurrency("CNY"), Zone: "UTC", Components: []catalog.Component{fee}}
	day := timex.MustDate
	for _, changes := range [][]contract.Change{nil, {{On: day("2026-03-10"), Quantity: exact.Int(3)}}} {
		c := &contract.Contract{ID: "c", Start: day("2026-01-01")}
		c.Quantities = map[string]contract.Held{"fee": {Quantity: exact.Int(2), Changes: changes}}
		for _, stated := range []int64{0, 2, 5} {
			in := contract.Inputs{Plan: p, Contract: c, First: day("2026-03-01"), After: day("2026-04-01")}
			in.Stated.Quantities = map[string]exact.Number{"fee": exact.Int(stated)}
			terms, problems := contract.TermsFor(in)
			if problems.Err() != nil {
				t.Fatal(problems)
			}
			own := terms.Within(day("2026-03-08"), day("2026-03-15"))
			if got := own.Quantities["fee"]; !got.Equal(exact.Int(stated)) || len(own.Changes["fee"]) > 0 {
				t.Errorf("stated %d: %s, %v", stated, got, own.Changes)
			}
		}
	}
}
