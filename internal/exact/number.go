// Package exact holds numbers that never lose a digit: rationals for prices,
// quantities, fractions of a period and amounts that have not been rounded yet.
//
// It owns exact arithmetic and the named roundings. It does not know
// currencies (package money does) and it is not meant for hot loops: the rating
// of calls counts in integers and makes one Number a rate at the end.
//
// What always holds: a Number never changes once made; its zero value is zero.
package exact

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strings"
)

// Number is an exact rational number. The zero value is 0.
type Number struct{ r *big.Rat }

// maxDigits bounds what Parse reads: longer input is refused, not cut.
const maxDigits = 40

// Zero and One are the numbers themselves.
var (
	Zero = Number{}
	One  = Int(1)
)

// Int makes a Number of a whole number.
func Int(n int64) Number { return Number{new(big.Rat).SetInt64(n)} }

// Frac makes num/den. A zero den is a programming error and panics.
func Frac(num, den int64) Number { return Number{big.NewRat(num, den)} }

// Scaled makes n / 10^decimals, for example Scaled(125, 2) = 1.25.
func Scaled(n int64, decimals int) Number {
	return Number{new(big.Rat).SetFrac(big.NewInt(n), pow10(decimals))}
}

// Parse reads a decimal such as "-12.345". Exponents, thousands separators,
// NaN and fractions are refused: a price that needs them is a typing error.
func Parse(s string) (Number, error) {
	body := strings.TrimPrefix(s, "-")
	if body == "" || len(body) > maxDigits+1 {
		return Number{}, fmt.Errorf("%q is not a decimal number of at most %d digits", s, maxDigits)
	}
	digits, dots := 0, 0
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c == '.' && dots == 0 && i > 0 && i < len(body)-1:
			dots++
		default:
			return Number{}, fmt.Errorf("%q is not a decimal number such as 12.34", s)
		}
	}
	if digits == 0 {
		return Number{}, fmt.Errorf("%q is not a decimal number", s)
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return Number{}, fmt.Errorf("%q is not a decimal number", s)
	}
	return Number{r}, nil
}

// MustParse is Parse for constants in code and tests.
func MustParse(s string) Number {
	n, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return n
}

func (n Number) rat() *big.Rat {
	if n.r == nil {
		return new(big.Rat)
	}
	return n.r
}

func (n Number) Add(m Number) Number { return Number{new(big.Rat).Add(n.rat(), m.rat())} }
func (n Number) Sub(m Number) Number { return Number{new(big.Rat).Sub(n.rat(), m.rat())} }
func (n Number) Mul(m Number) Number { return Number{new(big.Rat).Mul(n.rat(), m.rat())} }
func (n Number) Neg() Number         { return Number{new(big.Rat).Neg(n.rat())} }
func (n Number) Abs() Number         { return Number{new(big.Rat).Abs(n.rat())} }

// Div is n / m. Dividing by zero is a programming error and panics.
func (n Number) Div(m Number) Number { return Number{new(big.Rat).Quo(n.rat(), m.rat())} }

// Cmp is -1, 0 or +1 as n is less than, equal to or greater than m.
func (n Number) Cmp(m Number) int { return n.rat().Cmp(m.rat()) }

// Sign is -1, 0 or +1.
func (n Number) Sign() int           { return n.rat().Sign() }
func (n Number) IsZero() bool        { return n.Sign() == 0 }
func (n Number) Equal(m Number) bool { return n.Cmp(m) == 0 }
func (n Number) Less(m Number) bool  { return n.Cmp(m) < 0 }
func (n Number) IsInt() bool         { return n.rat().IsInt() }

// IsGiven tells whether anybody made the number: the zero value of the type is 0
// as well, but nobody wrote it. Results of arithmetic are given.
func (n Number) IsGiven() bool { return n.r != nil }

// Min and Max are the smaller and the larger of two numbers.
func Min(a, b Number) Number {
	if b.Less(a) {
		return b
	}
	return a
}

func Max(a, b Number) Number {
	if a.Less(b) {
		return b
	}
	return a
}

// Sum adds them all.
func Sum(ns ...Number) Number {
	t := new(big.Rat)
	for _, n := range ns {
		t.Add(t, n.rat())
	}
	return Number{t}
}

// Mode names a rounding.
type Mode string

const (
	HalfAway Mode = "half_away" // 0.5 goes away from zero; the default for money
	HalfEven Mode = "half_even" // 0.5 goes to the even neighbour
	Up       Mode = "up"        // away from zero
	Down     Mode = "down"      // toward zero
	Ceiling  Mode = "ceiling"   // toward plus infinity
	Floor    Mode = "floor"     // toward minus infinity
)

// Choices lists every rounding in the order above.
func (Mode) Choices() []string {
	return []string{"half_away", "half_even", "up", "down", "ceiling", "floor"}
}

// Round rounds to so many decimals (negative: to tens, hundreds ...).
func (n Number) Round(mode Mode, decimals int) Number {
	scale := new(big.Rat).SetInt(pow10(abs(decimals)))
	if decimals < 0 {
		scale.Inv(scale)
	}
	x := new(big.Rat).Mul(n.rat(), scale)
	q := new(big.Rat).SetInt(roundInt(x, mode))
	return Number{q.Quo(q, scale)}
}

// Multiple rounds to a multiple of step, which must be positive.
func (n Number) Multiple(mode Mode, step Number) Number {
	return n.Div(step).Round(mode, 0).Mul(step)
}

// Int64 is the whole number n is. It is an error when n is not whole or does
// not fit 64 bits.
func (n Number) Int64() (int64, error) {
	r := n.rat()
	if !r.IsInt() {
		return 0, fmt.Errorf("%s is not a whole number", n)
	}
	if !r.Num().IsInt64() {
		return 0, fmt.Errorf("%s does not fit in 64 bits", n)
	}
	return r.Num().Int64(), nil
}

// Float is the nearest float: for charts and statistics, never for money.
func (n Number) Float() float64 { f, _ := n.rat().Float64(); return f }

func roundInt(x *big.Rat, mode Mode) *big.Int {
	q, rem := new(big.Int).QuoRem(x.Num(), x.Denom(), new(big.Int)) // toward zero
	if rem.Sign() == 0 {
		return q
	}
	away := big.NewInt(int64(x.Sign()))
	twice := new(big.Int).Abs(rem)
	twice.Lsh(twice, 1)
	half := twice.Cmp(x.Denom())
	up := false
	switch mode {
	case HalfAway:
		up = half >= 0
	case HalfEven:
		up = half > 0 || half == 0 && q.Bit(0) == 1
	case Up:
		up = true
	case Down:
	case Ceiling:
		up = x.Sign() > 0
	case Floor:
		up = x.Sign() < 0
	default:
		panic("exact: unknown rounding " + string(mode))
	}
	if up {
		q.Add(q, away)
	}
	return q
}

// Text writes the number with exactly so many decimals, rounded half away.
func (n Number) Text(decimals int) string { return n.rat().FloatString(decimals) }

// String is the shortest exact form: a decimal where one exists, else "a/b".
func (n Number) String() string {
	r := n.rat()
	if r.IsInt() {
		return r.Num().String()
	}
	d := new(big.Int).Set(r.Denom())
	twos, fives := strip(d, 2), strip(d, 5)
	if d.Cmp(big.NewInt(1)) != 0 {
		return r.RatString()
	}
	return r.FloatString(max(twos, fives))
}

// strip divides d by p as often as it goes and says how often that was.
func strip(d *big.Int, p int64) int {
	prime, q, m := big.NewInt(p), new(big.Int), new(big.Int)
	for k := 0; ; k++ {
		if q.QuoRem(d, prime, m); m.Sign() != 0 {
			return k
		}
		d.Set(q)
	}
}

// MarshalJSON writes the exact form as a string, so no reader turns it into a float.
func (n Number) MarshalJSON() ([]byte, error) { return json.Marshal(n.String()) }

// UnmarshalJSON reads what MarshalJSON wrote: a decimal or "a/b".
func (n *Number) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("exact number: %w", err)
	}
	v, err := ParseExact(s)
	if err != nil {
		return err
	}
	*n = v
	return nil
}

// ParseExact reads what String wrote: a decimal or "a/b".
func ParseExact(s string) (Number, error) {
	num, den, frac := strings.Cut(s, "/")
	a, err := parseLong(num)
	if err != nil || !frac {
		return a, err
	}
	d, err := parseLong(den)
	if err != nil || d.Sign() <= 0 {
		return Number{}, fmt.Errorf("%q is not a fraction", s)
	}
	return a.Div(d), nil
}

// parseLong is Parse with room for the long fractions this package writes itself.
func parseLong(s string) (Number, error) {
	if len(s) == 0 || len(s) > 400 || strings.Trim(s, "-.0123456789") != "" {
		return Number{}, fmt.Errorf("%q is not an exact number", s)
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return Number{}, fmt.Errorf("%q is not an exact number", s)
	}
	return Number{r}, nil
}

func pow10(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

func abs(n int) int { return int(math.Abs(float64(n))) }
