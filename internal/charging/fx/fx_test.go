package fx

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/timex"
)

var cny, usd, jpy = money.MustCurrency("CNY"), money.MustCurrency("USD"), money.MustCurrency("JPY")

func day(s string) timex.Date { return timex.MustDate(s) }

func rates() []Rate {
	return []Rate{
		{usd, cny, day("2026-03-01"), exact.MustParse("7.20"), "central bank"},
		{usd, cny, day("2026-03-10"), exact.MustParse("7.25"), "central bank"},
		{cny, usd, day("2026-03-20"), exact.MustParse("0.125"), "contract"},
		{cny, jpy, day("2026-03-01"), exact.MustParse("21.5"), "central bank"},
	}
}

func TestRateOfADay(t *testing.T) {
	table, err := NewTable(rates(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for on, want := range map[string]string{"2026-03-01": "720.00", "2026-03-09": "720.00", "2026-03-10": "725.00", "2026-03-25": "800.00"} {
		c, err := table.Convert(money.Micros(100*money.Micro, usd), cny, day(on))
		if err != nil || c.Worth.Decimal() != want || c.At.Source == "" {
			t.Errorf("on %s: %+v, %v; want %s", on, c, err, want)
		}
	}
	if c, err := table.Convert(money.Micros(1_230_000, cny), jpy, day("2026-03-05")); err != nil || c.Worth.Decimal() != "26" {
		t.Errorf("yen have no cents: %s, %v", c.Worth, err)
	}
	if c, err := table.Convert(money.Micros(5, cny), cny, day("2020-01-01")); err != nil || c.Worth != c.Of {
		t.Errorf("the same currency: %+v, %v", c, err)
	}
	for _, on := range []string{"2026-02-28"} {
		if _, err := table.Convert(money.Micros(5, usd), cny, day(on)); fault.KindOf(err) != fault.Unknown {
			t.Errorf("before any rate: %v", err)
		}
	}
	if _, err := table.On(usd, jpy, day("2026-03-05")); fault.KindOf(err) != fault.Unknown {
		t.Errorf("a pair nobody wrote down: %v", err)
	}
	young, err := NewTable(rates(), 5)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := young.On(usd, cny, day("2026-03-16")); fault.KindOf(err) != fault.Unknown {
		t.Errorf("a rate six days old: %v", err)
	}
}

func TestTableRefuses(t *testing.T) {
	for what, spoil := range map[string]func(*Rate){
		"nothing":       func(r *Rate) { r.Rate = exact.Zero },
		"no source":     func(r *Rate) { r.Source = "" },
		"itself":        func(r *Rate) { r.To = r.From },
		"no currency":   func(r *Rate) { r.To = money.Currency{} },
		"twice one day": func(r *Rate) { r.On = day("2026-03-10") },
	} {
		bad := rates()
		spoil(&bad[0])
		if _, err := NewTable(bad, 0); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestThereAndBack loses no more than the roundings.
func TestThereAndBack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 8))
	for i := range 500 {
		rate := exact.Scaled(1+r.Int64N(200_000), 4)
		table, err := NewTable([]Rate{{usd, cny, 1, rate, "x"}}, 0)
		if err != nil {
			t.Fatal(err)
		}
		a := money.Micros(10_000*r.Int64N(1e8), cny)
		there, err := table.Convert(a, usd, 5)
		if err != nil {
			t.Fatal(err)
		}
		back, err := table.Convert(there.Worth, cny, 5)
		if err != nil {
			t.Fatal(err)
		}
		off := back.Worth.Exact().Sub(a.Exact())
		limit := exact.Scaled(5, 3).Mul(rate).Add(exact.Scaled(5, 3)) // half a cent each
		if limit.Less(off) || limit.Less(off.Neg()) {
			t.Fatalf("case %d: %s became %s at %s", i, a, back.Worth, rate)
		}
	}
}

func ExampleTable_Convert() {
	table, _ := NewTable([]Rate{{usd, cny, timex.MustDate("2026-03-01"), exact.MustParse("7.1234"), "central bank"}}, 10)
	c, _ := table.Convert(money.Micros(12_500_000, usd), cny, timex.MustDate("2026-03-05"))
	fmt.Println(c.Of, "is", c.Worth, "at", c.At.Rate, "of", c.At.On, "by", c.At.Source)
	// Output: 12.50 USD is 89.04 CNY at 7.1234 of 2026-03-01 by central bank
}

func TestBeyondCounting(t *testing.T) {
	table, err := NewTable([]Rate{{usd, cny, 1, exact.Int(1000), "x"}}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := table.Convert(money.Micros(1<<62, usd), cny, 2); fault.KindOf(err) != fault.Overflow {
		t.Errorf("%v", err)
	}
	if _, err := NewTable(make([]Rate, maxRates+1), 0); fault.KindOf(err) != fault.Invalid {
		t.Errorf("too many rates: %v", err)
	}
}
