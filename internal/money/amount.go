package money

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"waihu/internal/exact"
)

// Micro is how many Amount units make one unit of the currency.
const Micro = 1_000_000

// Amount is an amount of money: whole millionths of the currency's unit.
type Amount struct {
	micro int64
	cur   Currency
}

// Micros makes an Amount from millionths.
func Micros(micro int64, c Currency) Amount { return Amount{micro, c} }

// Zero is no money, in a currency.
func Zero(c Currency) Amount { return Amount{0, c} }

// Round rounds an exact number to so many decimals, 6 at the most.
func Round(n exact.Number, c Currency, mode exact.Mode, decimals int) (Amount, error) {
	if decimals > 6 {
		return Amount{}, fmt.Errorf("money: %d decimals asked, an amount has at most 6", decimals)
	}
	m, err := n.Round(mode, decimals).Mul(exact.Int(Micro)).Int64()
	if err != nil {
		return Amount{}, fmt.Errorf("money: %s %s is beyond %s", n.Text(2), c, Micros(math.MaxInt64, c))
	}
	return Amount{m, c}, nil
}

// ToMinor rounds half away from zero to the currency's minor unit: the
// rounding of an invoice line.
func ToMinor(n exact.Number, c Currency) (Amount, error) {
	return Round(n, c, exact.HalfAway, c.Exponent())
}

// Parse reads "12.34" as an amount; more than six decimals are refused.
func Parse(s string, c Currency) (Amount, error) {
	n, err := exact.Parse(s)
	if err != nil {
		return Amount{}, err
	}
	m, err := n.Mul(exact.Int(Micro)).Int64()
	if err != nil {
		return Amount{}, fmt.Errorf("money: %s has more than six decimals or is too large", s)
	}
	return Amount{m, c}, nil
}

func (a Amount) Currency() Currency { return a.cur }

// Micros is the amount in millionths of the unit.
func (a Amount) Micros() int64       { return a.micro }
func (a Amount) Sign() int           { return sign(a.micro) }
func (a Amount) IsZero() bool        { return a.micro == 0 }
func (a Amount) Neg() Amount         { return Amount{-a.micro, a.cur} }
func (a Amount) Exact() exact.Number { return exact.Scaled(a.micro, 6) }

// Add sums two amounts of one currency. Another currency or an overflow is an error.
func (a Amount) Add(b Amount) (Amount, error) {
	if a.cur != b.cur {
		return Amount{}, fmt.Errorf("money: cannot add %s to %s: convert first", b.cur, a.cur)
	}
	s := a.micro + b.micro
	if (a.micro > 0) == (b.micro > 0) && (s > 0) != (a.micro > 0) && a.micro != 0 && b.micro != 0 {
		return Amount{}, fmt.Errorf("money: %s + %s overflows", a, b)
	}
	return Amount{s, a.cur}, nil
}

// Sub is a - b under the rules of Add.
func (a Amount) Sub(b Amount) (Amount, error) { return a.Add(b.Neg()) }

// Sum adds them all; no amounts are zero of c.
func Sum(c Currency, as ...Amount) (Amount, error) {
	t := Zero(c)
	for _, a := range as {
		var err error
		if t, err = t.Add(a); err != nil {
			return t, err
		}
	}
	return t, nil
}

// Cmp orders amounts of one currency; two currencies are a programming error.
func (a Amount) Cmp(b Amount) int {
	if a.cur != b.cur {
		panic("money: comparing " + a.cur.String() + " with " + b.cur.String())
	}
	switch {
	case a.micro < b.micro:
		return -1
	case a.micro > b.micro:
		return 1
	}
	return 0
}

// Split shares a out by weights, to the minor unit, by largest remainder; equal
// remainders go to the lowest index. The parts always sum to a. A negative
// total is the mirror of the positive one. Weights must not be negative and
// not all zero.
func (a Amount) Split(weights []exact.Number, decimals int) ([]Amount, error) {
	total := exact.Sum(weights...)
	if total.Sign() <= 0 || decimals > 6 || decimals < 0 {
		return nil, fmt.Errorf("money: cannot split %s by weights that sum to %s", a, total)
	}
	unit := int64(math.Pow10(6 - decimals))
	whole, rest := a.micro/unit, a.micro%unit
	neg := whole < 0
	if neg {
		whole = -whole
	}
	parts := make([]int64, len(weights))
	rem := make([]exact.Number, len(weights))
	left := whole
	for i, w := range weights {
		if w.Sign() < 0 {
			return nil, fmt.Errorf("money: weight %d is negative: %s", i, w)
		}
		share := exact.Int(whole).Mul(w).Div(total)
		floor := share.Round(exact.Down, 0)
		parts[i], _ = floor.Int64()
		rem[i] = share.Sub(floor)
		left -= parts[i]
	}
	for ; left > 0; left-- {
		best := 0
		for i := range rem {
			if rem[best].Less(rem[i]) {
				best = i
			}
		}
		parts[best]++
		rem[best] = exact.Int(-1)
	}
	out := make([]Amount, len(parts))
	for i, p := range parts {
		if neg {
			p = -p
		}
		out[i] = Amount{p * unit, a.cur}
	}
	out[0].micro += rest // what is finer than the unit stays in one place
	return out, nil
}

// String is the amount with the currency's decimals, more only if it has more: "12.30 CNY".
func (a Amount) String() string {
	if a.cur.IsZero() {
		return a.Decimal()
	}
	return a.Decimal() + " " + a.cur.String()
}

// Decimal is the amount without its currency: "12.30", "0.001234".
func (a Amount) Decimal() string {
	full := a.Exact().Text(6)
	keep := len(full) - 6 + a.cur.Exponent()
	for len(full) > keep && full[len(full)-1] == '0' {
		full = full[:len(full)-1]
	}
	return strings.TrimSuffix(full, ".")
}

// MarshalJSON writes {"amount":"12.30","currency":"CNY"}.
func (a Amount) MarshalJSON() ([]byte, error) {
	return json.Marshal(wire{a.Decimal(), a.cur})
}

// UnmarshalJSON reads what MarshalJSON wrote. Another key is an error: decoders
// do not hand on that unknown keys are refused, and an invoice must not carry
// figures nobody looks at.
func (a *Amount) UnmarshalJSON(b []byte) error {
	var w wire
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&w); err != nil {
		return err
	}
	v, err := Parse(w.Amount, w.Currency)
	*a = v
	return err
}

type wire struct {
	Amount   string   `json:"amount"`
	Currency Currency `json:"currency"`
}

func sign(n int64) int {
	switch {
	case n > 0:
		return 1
	case n < 0:
		return -1
	}
	return 0
}
