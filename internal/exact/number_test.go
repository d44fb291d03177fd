package exact_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"waihu/internal/exact"
)

// draw is a number of some shape: whole, decimal, fraction, zero, large.
func draw(rng *rand.Rand) exact.Number {
	switch rng.IntN(6) {
	case 0:
		return exact.Int(rng.Int64N(2001) - 1000)
	case 1:
		return exact.Scaled(rng.Int64()-math.MaxInt64/2, rng.IntN(12))
	case 2:
		return exact.Frac(rng.Int64N(2001)-1000, 1+rng.Int64N(999))
	case 3:
		return exact.Zero
	case 4:
		return exact.Scaled(5*(rng.Int64N(401)-200), 1+rng.IntN(3)) // ties of roundings
	}
	return exact.Int(rng.Int64()).Mul(exact.Int(rng.Int64()))
}

func each(t *testing.T, check func(t *testing.T, a, b, c exact.Number)) {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		check(t, draw(rng), draw(rng), draw(rng))
		if t.Failed() {
			return
		}
	}
}

func same(t *testing.T, what string, got, want exact.Number) {
	t.Helper()
	if !got.Equal(want) {
		t.Errorf("%s: %s, not %s", what, got, want)
	}
}

// TestField: numbers add and multiply as rationals do, and nothing is lost.
func TestField(t *testing.T) {
	each(t, func(t *testing.T, a, b, c exact.Number) {
		same(t, "a+b", a.Add(b), b.Add(a))
		same(t, "(a+b)+c", a.Add(b).Add(c), a.Add(b.Add(c)))
		same(t, "a(b+c)", a.Mul(b.Add(c)), a.Mul(b).Add(a.Mul(c)))
		same(t, "a-b+b", a.Sub(b).Add(b), a)
		same(t, "-(-a)", a.Neg().Neg(), a)
		same(t, "sum", exact.Sum(a, b, c), a.Add(b).Add(c))
		same(t, "|a|", a.Abs(), exact.Max(a, a.Neg()))
		if !b.IsZero() {
			same(t, "a/b*b", a.Div(b).Mul(b), a)
		}
		if a.Less(b) != (a.Cmp(b) < 0) || a.Less(b) && b.Less(a) || a.Sub(b).Sign() != a.Cmp(b) {
			t.Errorf("%s and %s are in no order", a, b)
		}
		if small, large := exact.Min(a, b), exact.Max(a, b); large.Less(small) || !small.Add(large).Equal(a.Add(b)) {
			t.Errorf("%s and %s of %s and %s", small, large, a, b)
		}
	})
}

// TestNumbersNeverChange: no operation changes what it is asked of.
func TestNumbersNeverChange(t *testing.T) {
	each(t, func(t *testing.T, a, b, _ exact.Number) {
		was := a.String() + " " + b.String()
		a.Add(b).Sub(b).Mul(a).Neg().Abs().Round(exact.Up, 1).Multiple(exact.Floor, exact.Int(7))
		exact.Sum(a, b)
		if !b.IsZero() {
			a.Div(b)
		}
		if now := a.String() + " " + b.String(); now != was {
			t.Errorf("%s became %s", was, now)
		}
	})
}

// TestRoundings: each lands on a neighbour with so many decimals, on the side
// its name says, and a rounded number is not rounded again.
func TestRoundings(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	each(t, func(t *testing.T, a, _, _ exact.Number) {
		places := rng.IntN(8) - 2
		unit := exact.One
		for range max(places, -places) {
			if places > 0 {
				unit = unit.Div(exact.Int(10))
			} else {
				unit = unit.Mul(exact.Int(10))
			}
		}
		half := unit.Div(exact.Int(2))
		for _, word := range exact.Mode("").Choices() {
			mode := exact.Mode(word)
			got := a.Round(mode, places)
			same(t, "rounded twice", got.Round(mode, places), got)
			off := got.Sub(a)
			good := got.Div(unit).IsInt() && off.Abs().Less(unit)
			switch mode {
			case exact.Ceiling:
				good = good && off.Sign() >= 0
			case exact.Floor:
				good = good && off.Sign() <= 0
			case exact.Up:
				good = good && got.Abs().Cmp(a.Abs()) >= 0
			case exact.Down:
				good = good && got.Abs().Cmp(a.Abs()) <= 0
			default:
				good = good && off.Abs().Cmp(half) <= 0
				if off.Abs().Equal(half) { // a tie
					isEven := got.Div(unit).Div(exact.Int(2)).IsInt()
					good = good && (mode == exact.HalfAway && got.Abs().Cmp(a.Abs()) > 0 || mode == exact.HalfEven && isEven)
				}
			}
			if !good {
				t.Errorf("%s rounded %s to %d decimals is %s", a, mode, places, got)
			}
			same(t, "to a multiple of 0.25", a.Multiple(mode, exact.Scaled(25, 2)).Mul(exact.Int(4)), a.Mul(exact.Int(4)).Round(mode, 0))
		}
		if text := a.Text(3); len(text) <= 40 {
			same(t, "written with decimals", exact.MustParse(text), a.Round(exact.HalfAway, 3))
		}
	})
	defer func() {
		if recover() == nil {
			t.Error("a rounding nobody knows was done")
		}
	}()
	exact.Frac(1, 3).Round("sideways", 0)
}

// TestRoundTable holds the examples everybody argues about.
func TestRoundTable(t *testing.T) {
	for _, c := range []struct{ n, away, even, up, down, ceiling, floor string }{
		{"2.5", "3", "2", "3", "2", "3", "2"},
		{"-2.5", "-3", "-2", "-3", "-2", "-2", "-3"},
		{"3.5", "4", "4", "4", "3", "4", "3"},
		{"0.1", "0", "0", "1", "0", "1", "0"},
		{"-0.1", "0", "0", "-1", "0", "0", "-1"},
		{"7", "7", "7", "7", "7", "7", "7"},
	} {
		for i, want := range []string{c.away, c.even, c.up, c.down, c.ceiling, c.floor} {
			mode := exact.Mode(exact.Mode("").Choices()[i])
			if got := exact.MustParse(c.n).Round(mode, 0).String(); got != want {
				t.Errorf("%s %s is %s, not %s", c.n, mode, got, want)
			}
		}
	}
}

func TestInt64(t *testing.T) {
	for s, want := range map[string]int64{"0": 0, "-7": -7, "9223372036854775807": math.MaxInt64, "-9223372036854775808": math.MinInt64} {
		if got, err := exact.MustParse(s).Int64(); err != nil || got != want {
			t.Errorf("%s: %d, %v", s, got, err)
		}
	}
	for _, s := range []string{"0.5", "9223372036854775808"} {
		if _, err := exact.MustParse(s).Int64(); err == nil {
			t.Errorf("%s is no int64", s)
		}
	}
	if got := exact.Frac(1, 4).Float(); got != 0.25 {
		t.Error(got)
	}
}

func TestZeroValue(t *testing.T) {
	var n exact.Number
	if n.String() != "0" || n.Sign() != 0 || !n.IsInt() || n.IsGiven() || !exact.Int(0).IsGiven() || !n.Add(n).IsGiven() {
		t.Error("the zero value is 0, and nobody gave it")
	}
	for _, call := range []func(){func() { exact.One.Div(n) }, func() { exact.Frac(1, 0) }, func() { exact.MustParse("one") }} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("a mistake of the program went on")
				}
			}()
			call()
		}()
	}
}

func TestRefused(t *testing.T) {
	for _, s := range []string{"", "-", "+1", "1e3", "1,000", ".5", "5.", "1.2.3", "NaN", "1/3", "--1", " 1", strings.Repeat("9", 42)} {
		if n, err := exact.Parse(s); err == nil {
			t.Errorf("%q was read as %s", s, n)
		}
	}
	for _, s := range []string{`1`, `"x"`, `"1/0"`, `"1/-3"`, `"1/x"`, `""`, `"1.2.3"`, `"x/3"`, `"` + strings.Repeat("1", 401) + `"`} {
		if err := json.Unmarshal([]byte(s), new(exact.Number)); err == nil {
			t.Errorf("%s was read", s)
		}
	}
}

// FuzzParse: what is read is written back as the same number, and agrees with
// the standard library about what it is.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"0", "-0", "12.34", "-0.001", "00012.500", "9223372036854775808.000000001"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := exact.Parse(s)
		if err != nil {
			return
		}
		r, ok := new(big.Rat).SetString(s)
		if !ok || r.Cmp(new(big.Rat)) != n.Sign() {
			t.Fatalf("%q was read as %s", s, n)
		}
		back, err := exact.Parse(n.String())
		if len(n.String()) <= 40 && (err != nil || !back.Equal(n)) {
			t.Fatalf("%q is written %q, which is %v", s, n, err)
		}
		var again exact.Number
		data, err := json.Marshal(n)
		if err != nil || json.Unmarshal(data, &again) != nil || !again.Equal(n) {
			t.Fatalf("%q as JSON %s is %s, %v", s, data, again, err)
		}
		if got := n.Round(exact.HalfAway, 60); !got.Equal(n) {
			t.Fatalf("%q has no more than sixty decimals and became %s", s, got)
		}
	})
}

// FuzzFraction: a fraction survives JSON, and its shortest form is exact.
func FuzzFraction(f *testing.F) {
	f.Add(int64(1), int64(3))
	f.Add(int64(-7), int64(8))
	f.Add(int64(math.MinInt64), int64(1))
	f.Fuzz(func(t *testing.T, num, den int64) {
		if den == 0 {
			return
		}
		n := exact.Frac(num, den)
		var back exact.Number
		data, err := json.Marshal(n)
		if err != nil || json.Unmarshal(data, &back) != nil || !back.Equal(n) {
			t.Fatalf("%d/%d as %s came back as %s", num, den, data, back)
		}
		if strings.Contains(n.String(), ".") == n.IsInt() && n.IsInt() {
			t.Fatalf("%d/%d is whole and written %s", num, den, n)
		}
		if !n.Mul(exact.Int(den)).Equal(exact.Int(num)) {
			t.Fatalf("%d/%d times %d is %s", num, den, den, n.Mul(exact.Int(den)))
		}
	})
}

func ExampleNumber_Round() {
	third := exact.Frac(100, 3)
	fmt.Println(third, third.Round(exact.HalfAway, 2), third.Multiple(exact.Up, exact.Int(6)))
	// Output: 100/3 33.33 36
}
