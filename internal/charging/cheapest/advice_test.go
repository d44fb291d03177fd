package cheapest_test

import (
	"fmt"
	"testing"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/cheapest"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// lanes are robot lanes as a vendor prices them: all of them at the price of the
// tier that is reached.
func lanes(quantity int64) *catalog.Plan {
	five, ten := exact.Int(5), exact.Int(10)
	return &catalog.Plan{ID: "lanes", Version: 1, Currency: money.MustCurrency("CNY"), Zone: "Asia/Shanghai", Unmetered: []string{"calls"}, Components: []catalog.Component{
		{ID: "lanes", Name: lang.Text{En: "Lanes"}, Measure: catalog.Recurring, Quantity: exact.Int(quantity), Tiers: &catalog.Tiers{Mode: catalog.Volume, Rows: []catalog.Tier{
			{UpTo: &five, UnitPrice: price("800")}, {UpTo: &ten, UnitPrice: price("720")}, {UnitPrice: price("640")}}}}}}
}

func gather(t testing.TB, p *catalog.Plan, stated contract.Stated, facts func(usage.Sink) error) *meter.Gathered {
	t.Helper()
	if err := p.Validate().Err(); err != nil {
		t.Fatal(err)
	}
	terms, problems := contract.TermsFor(contract.Inputs{Plan: p, First: timex.MustDate("2026-03-01"), After: timex.MustDate("2026-04-01"), Stated: stated})
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	m, err := meter.New(terms, meter.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if facts != nil {
		if err := facts(m); err != nil {
			t.Fatal(err)
		}
	}
	g, err := m.Finish()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func advise(t testing.TB, g *meter.Gathered, used map[string]int64) []cheapest.Advice {
	t.Helper()
	out, err := cheapest.Advise(g, used)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestOneMoreLaneCostsLess: ten lanes at 720 are 7,200, eleven at 640 are 7,040.
func TestOneMoreLaneCostsLess(t *testing.T) {
	got := advise(t, gather(t, lanes(10), contract.Stated{}, nil), nil)
	if len(got) != 1 || got[0].Key != "one_more" || got[0].Args["more"] != "1" || got[0].Amount.Decimal() != "160.00" {
		t.Errorf("%+v", got)
	}
	for _, n := range []int64{1, 4, 6, 9, 11, 30} { // 9 at 720 are 6,480, below 11 at 640
		if got := advise(t, gather(t, lanes(n), contract.Stated{}, nil), nil); len(got) != 0 {
			t.Errorf("%d lanes: %+v", n, got)
		}
	}
	if got := advise(t, gather(t, lanes(5), contract.Stated{}, nil), nil); len(got) != 0 {
		t.Errorf("six at 720 are dearer than five at 800: %+v", got)
	}
}

// office is seats with what hangs on them, a module and a package.
func office(seats int64) *catalog.Plan {
	return &catalog.Plan{ID: "office", Version: 1, Currency: money.MustCurrency("CNY"), Zone: "Asia/Shanghai", Modules: []catalog.Module{{ID: "recording"}}, Components: []catalog.Component{
		{ID: "seats", Measure: catalog.Recurring, Quantity: exact.Int(seats), UnitPrice: price("100")},
		{ID: "recording", Measure: catalog.ModuleDays, Where: catalog.Filter{Module: []string{"recording"}}, PerSeatOf: "seats", UnitPrice: price("5")},
		{ID: "talk", Measure: catalog.TalkTime, Included: &catalog.Included{Quantity: exact.Int(100)}, UnitPrice: price("0.1")},
		{ID: "logins", Measure: catalog.SystemTime, UnitPrice: price("0")}}}
}

func twoUsers(sink usage.Sink) error {
	at := timex.MustDate("2026-03-02").Start(time.UTC)
	for i := range 2 {
		if err := sink.Session(usage.Session{ID: fmt.Sprint(i), User: fmt.Sprint(i), From: at, To: at.Add(time.Hour)}); err != nil {
			return err
		}
	}
	return sink.Module(usage.Module{ID: "m", Module: "recording", From: at.Add(-100 * time.Hour)})
}

func TestWasteHasItsPrice(t *testing.T) {
	p := office(5)
	got := advise(t, gather(t, p, contract.Stated{}, twoUsers), map[string]int64{"recording": 0})
	byKey := map[string]cheapest.Advice{}
	for _, a := range got {
		byKey[a.Key] = a
		for _, tag := range lang.Tags() {
			if !lang.Has("advice." + a.Key) {
				t.Errorf("no sentence for %s in %s", a.Key, tag)
			}
		}
	}
	// Three idle seats: 100 each, and their share of recording, 5 each.
	if a := byKey["idle_seats"]; a.Args["idle"] != "3" || a.Amount.Decimal() != "315.00" {
		t.Errorf("%+v", a)
	}
	if a := byKey["unused_module"]; a.Amount.Decimal() != "25.00" {
		t.Errorf("%+v", a)
	}
	if a := byKey["expired"]; a.Args["quantity"] != "100" || !a.Amount.IsZero() {
		t.Errorf("%+v", a)
	}
	if len(advise(t, gather(t, office(2), contract.Stated{}, twoUsers), map[string]int64{"recording": 3})) != 1 {
		t.Error("nothing but the package was wasted")
	}
}

func TestPromisedSeats(t *testing.T) {
	p := &catalog.Plan{ID: "peak", Version: 1, Currency: money.MustCurrency("CNY"), Zone: "Asia/Shanghai", Unmetered: []string{"modules"},
		Components: []catalog.Component{{ID: "seats", Measure: catalog.SeatsConcurrentPeak, Commitment: exact.Int(8), UnitPrice: price("150")}}}
	got := advise(t, gather(t, p, contract.Stated{}, twoUsers), nil)
	if len(got) != 1 || got[0].Amount.Decimal() != "900.00" || got[0].Args["used"] != "2" {
		t.Errorf("%+v", got)
	}
}

func TestCheaperPlan(t *testing.T) {
	cny := func(s string) money.Amount {
		a, err := money.Parse(s, money.MustCurrency("CNY"))
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	usd, _ := money.Parse("1", money.MustCurrency("USD"))
	today := cheapest.Billed{ID: "now", Total: cny("900")}
	others := []cheapest.Billed{{ID: "a", Total: cny("950")}, {ID: "b", Total: cny("800")}, {ID: "abroad", Total: usd}}
	if a, ok := cheapest.CheaperPlan(today, others); !ok || a.Component != "b" || a.Amount.Decimal() != "100.00" {
		t.Errorf("%+v %v", a, ok)
	}
	if _, ok := cheapest.CheaperPlan(today, others[:1]); ok {
		t.Error("no plan is cheaper")
	}
}

// TestMenu: of ten lanes needed, eleven are bought.
func TestMenu(t *testing.T) {
	p := lanes(1)
	p.Components = append(p.Components, catalog.Component{ID: "care", Measure: catalog.Recurring, PerSeatOf: "lanes", UnitPrice: price("0")})
	choices := cheapest.Menu(p, 10)
	if len(choices) != 1 || choices[0].Options[0].ID != "10" {
		t.Fatalf("%+v", choices)
	}
	got, err := cheapest.Search([]cheapest.Offer{{ID: "lanes", Plan: p, Choices: choices}}, []cheapest.Month{month(timex.MustDate("2026-03-01"), nil)}, cheapest.Need{})
	if err != nil {
		t.Fatal(err)
	}
	if f := got.Offers[0]; f.Mix[0].Option != "11" || f.Total.String() != "7040" || !got.Proven {
		t.Errorf("%+v", f)
	}
}

// TestIdleSeatsOfAContractByTheWeek: what a change of size saves is told of fees
// with a period of their own, too, whether the contract's quantity changes or not.
func TestIdleSeatsOfAContractByTheWeek(t *testing.T) {
	for _, changes := range [][]contract.Change{nil, {{On: timex.MustDate("2026-03-20"), Quantity: exact.Int(5)}}} {
		p := office(5)
		p.Components[0].Every = timex.Week
		c := &contract.Contract{ID: "c", Start: timex.MustDate("2026-01-01")}
		c.Quantities = map[string]contract.Held{"seats": {Quantity: exact.Int(5), Changes: changes}}
		terms, problems := contract.TermsFor(contract.Inputs{Plan: p, Contract: c, First: timex.MustDate("2026-03-01"), After: timex.MustDate("2026-04-01")})
		if problems.Err() != nil {
			t.Fatal(problems)
		}
		m, err := meter.New(terms, meter.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := twoUsers(m); err != nil {
			t.Fatal(err)
		}
		g, err := m.Finish()
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, a := range advise(t, g, nil) {
			if a.Key == "idle_seats" { // four of its weeks end in March 2026, and recording is 5 a seat
				found = found || a.Args["idle"] == "3" && a.Amount.Decimal() == "1215.00"
			}
		}
		if !found || terms.Quantities["seats"].String() != "5" {
			t.Errorf("changes %v: %+v", changes, advise(t, g, nil))
		}
	}
}
