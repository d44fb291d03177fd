package money_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"waihu/internal/exact"
	"waihu/internal/money"
)

var (
	cny = money.MustCurrency("CNY")
	usd = money.MustCurrency("USD")
)

func TestCurrency(t *testing.T) {
	for code, decimals := range map[string]int{"CNY": 2, "JPY": 0, "KWD": 3, "CLF": 4, "TWD": 2, "HKD": 2, "EUR": 2} {
		c, err := money.ParseCurrency(code)
		if err != nil || c.String() != code || c.Exponent() != decimals || c.IsZero() {
			t.Errorf("%s: %s with %d decimals, %v", code, c, c.Exponent(), err)
		}
	}
	for _, code := range []string{"", "cny", "CN", "CNYY", "XYZ", "   ", "CNH", "A\x00B", " AE"} {
		if c, err := money.ParseCurrency(code); err == nil || !c.IsZero() {
			t.Errorf("%q is a currency: %v", code, c)
		}
	}
	var none money.Currency
	if none.String() != "" || none.Exponent() != 2 {
		t.Errorf("no currency: %q with %d decimals", none, none.Exponent())
	}
	defer func() {
		if recover() == nil {
			t.Error("MustCurrency took a word that is none")
		}
	}()
	money.MustCurrency("yuan")
}

func TestCurrencyAsText(t *testing.T) {
	var c money.Currency
	for _, s := range []string{"EUR", ""} {
		if err := c.UnmarshalText([]byte(s)); err != nil || c.String() != s {
			t.Errorf("%q: %s, %v", s, c, err)
		}
		if b, err := c.MarshalText(); err != nil || string(b) != s {
			t.Errorf("%q: %q, %v", s, b, err)
		}
	}
	if err := c.UnmarshalText([]byte("eur")); err == nil {
		t.Error("a word that is no currency was taken")
	}
}

func TestRound(t *testing.T) {
	for _, c := range []struct {
		n    string
		mode exact.Mode
		dec  int
		want string
	}{
		{"1.005", exact.HalfAway, 2, "1.01"}, {"-1.005", exact.HalfAway, 2, "-1.01"}, {"2.5", exact.HalfEven, 0, "2"}, {"2.675", exact.Down, 2, "2.67"},
		{"2.671", exact.Up, 2, "2.68"}, {"1234", exact.HalfAway, -2, "1200"}, {"0.0000005", exact.HalfAway, 6, "0.000001"}, {"-0.1", exact.Floor, 0, "-1"}, {"-0.9", exact.Ceiling, 0, "0"},
	} {
		got, err := money.Round(exact.MustParse(c.n), cny, c.mode, c.dec)
		if err != nil || !got.Exact().Equal(exact.MustParse(c.want)) {
			t.Errorf("%+v: %s, %v", c, got, err)
		}
	}
	if _, err := money.Round(exact.One, cny, exact.HalfAway, 7); err == nil {
		t.Error("seven decimals")
	}
	if _, err := money.ToMinor(exact.Int(math.MaxInt64), cny); err == nil {
		t.Error("more than an amount holds")
	}
	if got, err := money.ToMinor(exact.MustParse("1023.5"), money.MustCurrency("JPY")); err != nil || got.String() != "1024 JPY" {
		t.Errorf("%s, %v", got, err)
	}
}

func TestParseAndWrite(t *testing.T) {
	for in, want := range map[string]string{"12.3": "12.30 CNY", "0.001234": "0.001234 CNY", "-5": "-5.00 CNY", "100": "100.00 CNY", "0.10": "0.10 CNY"} {
		a, err := money.Parse(in, cny)
		if err != nil || a.String() != want {
			t.Errorf("%s: %s, want %s (%v)", in, a, want, err)
		}
	}
	for _, in := range []string{"", "1.0000001", "1e3", "99999999999999999999", "12,30"} {
		if a, err := money.Parse(in, cny); err == nil {
			t.Errorf("%q is %s", in, a)
		}
	}
	if got := money.Micros(1_500_000, money.MustCurrency("JPY")).String(); got != "1.5 JPY" {
		t.Errorf("a part of a yen is %s", got)
	}
	if got := money.Micros(2_000_000, money.MustCurrency("JPY")).Decimal(); got != "2" {
		t.Errorf("two yen are %s", got)
	}
	var none money.Amount
	if none.String() != "0.00" {
		t.Errorf("no amount is %q", none)
	}
}

func TestAmountAsJSON(t *testing.T) {
	a := money.Micros(12_300_001, cny)
	b, err := json.Marshal(a)
	if err != nil || string(b) != `{"amount":"12.300001","currency":"CNY"}` {
		t.Errorf("%s, %v", b, err)
	}
	var back money.Amount
	if err := json.Unmarshal(b, &back); err != nil || back != a {
		t.Errorf("%v, %v", back, err)
	}
	for _, bad := range []string{`{"amount":"x","currency":"CNY"}`, `{"amount":"1","currency":"cny"}`, `{"amount":"1","currency":"CNY","tax":"2"}`, `7`} {
		if err := json.Unmarshal([]byte(bad), &back); err == nil {
			t.Errorf("%s is %s", bad, back)
		}
	}
}

func TestAdd(t *testing.T) {
	top, bottom := money.Micros(math.MaxInt64, cny), money.Micros(-math.MaxInt64, cny)
	one := money.Micros(1, cny)
	for name, f := range map[string]func() (money.Amount, error){
		"above the top":      func() (money.Amount, error) { return top.Add(one) },
		"below the bottom":   func() (money.Amount, error) { return bottom.Sub(money.Micros(2, cny)) },
		"another currency":   func() (money.Amount, error) { return one.Add(money.Zero(usd)) },
		"a sum above":        func() (money.Amount, error) { return money.Sum(cny, top, one, bottom) },
		"a sum of two kinds": func() (money.Amount, error) { return money.Sum(cny, one, money.Zero(usd)) },
	} {
		if a, err := f(); err == nil {
			t.Errorf("%s: %s", name, a)
		}
	}
	if got, err := money.Sum(cny, top, bottom, one); err != nil || got != one || got.Sign() != 1 || got.Neg().Sign() != -1 || got.IsZero() {
		t.Errorf("%s, %v", got, err)
	}
	if got, err := money.Sum(usd); err != nil || !got.IsZero() || got.Sign() != 0 || got.Currency() != usd || got.Micros() != 0 {
		t.Errorf("nothing is %s, %v", got, err)
	}
}

func TestCmp(t *testing.T) {
	a, b := money.Micros(1, cny), money.Micros(2, cny)
	if a.Cmp(b) != -1 || b.Cmp(a) != 1 || a.Cmp(a) != 0 {
		t.Error("amounts are out of order")
	}
	defer func() {
		if recover() == nil {
			t.Error("two currencies were compared")
		}
	}()
	a.Cmp(money.Zero(usd))
}

func TestSplitRefuses(t *testing.T) {
	a := money.Micros(1_000_000, cny)
	for name, weights := range map[string][]exact.Number{"nothing": nil, "zeros": {exact.Zero}, "below zero": {exact.Int(3), exact.Int(-1)}, "a sum below zero": {exact.Int(-3)}} {
		if parts, err := a.Split(weights, 2); err == nil {
			t.Errorf("%s: %v", name, parts)
		}
	}
	for _, decimals := range []int{-1, 7} {
		if parts, err := a.Split([]exact.Number{exact.One}, decimals); err == nil {
			t.Errorf("%d decimals: %v", decimals, parts)
		}
	}
}

// TestSplitSums: parts sum to the whole, none is more than two units off its share,
// and a negative amount is the mirror.
func TestSplitSums(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		decimals := rng.IntN(7)
		amount := money.Micros(rng.Int64N(1e10)-5e9, cny)
		weights, sum := make([]exact.Number, 1+rng.IntN(9)), exact.Zero
		for i := range weights {
			weights[i] = exact.Scaled(rng.Int64N(5)*rng.Int64N(1000), 3)
			sum = sum.Add(weights[i])
		}
		parts, err := amount.Split(weights, decimals)
		if sum.IsZero() {
			if err == nil {
				t.Fatalf("%s by weights of nothing: %v", amount, parts)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		total, err := money.Sum(cny, parts...)
		if err != nil || total != amount {
			t.Fatalf("%s by %v in %d decimals: %v sum to %s", amount, weights, decimals, parts, total)
		}
		unit := exact.Scaled(1, decimals)
		for i, p := range parts {
			share := amount.Exact().Mul(weights[i]).Div(sum)
			off := p.Exact().Sub(share)
			if off.Sign() < 0 {
				off = off.Neg()
			}
			if unit.Add(unit).Less(off) { // one for the rounding, one for what is finer than the unit
				t.Fatalf("%s by %v: part %d is %s, its share %s", amount, weights, i, p, share)
			}
		}
		mirror, err := amount.Neg().Split(weights, decimals)
		if err != nil {
			t.Fatal(err)
		}
		for i := range parts {
			if parts[i].Neg() != mirror[i] {
				t.Fatalf("%s: %v, its mirror %v", amount, parts, mirror)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"12.30", "-0.000001", "9223372036854.775807", "x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := money.Parse(s, cny)
		if err != nil {
			return
		}
		back, err := money.Parse(a.Decimal(), cny)
		if err != nil || back != a {
			t.Errorf("%q is %s, and that is %s (%v)", s, a, back, err)
		}
	})
}

func ExampleAmount_Split() {
	parts, _ := money.Micros(10_000_000, cny).Split([]exact.Number{exact.One, exact.One, exact.One}, 2)
	fmt.Println(parts)
	// Output: [3.34 CNY 3.33 CNY 3.33 CNY]
}
