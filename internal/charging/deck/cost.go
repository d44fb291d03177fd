package deck

import (
	"math/bits"

	"waihu/internal/exact"
)

// Count is how a plan counts the seconds of a call. The zero value is the
// default: increments from the end of the first block, no grace.
type Count struct {
	FromZero bool // steps counted from zero once the first block is passed (multiple_from_zero)
	Subtract bool // grace is taken off every call
	Add      bool // grace is added to every call
}

// Billed is the billed seconds of a call that talked so many whole seconds. It
// is a closed form: a long call is no more work than a short one. A call of zero
// seconds was not answered and costs nothing, no connect fee either.
func (r *Rate) Billed(seconds int64, c Count) int64 {
	if seconds <= 0 {
		return 0
	}
	if r.Grace > 0 {
		switch g := int64(r.Grace); {
		case c.Add:
			seconds += g
		case c.Subtract:
			if seconds -= g; seconds <= 0 {
				return 0
			}
		case seconds <= g:
			return 0
		}
	}
	seconds = max(seconds, int64(r.Minimum))
	first, next := int64(r.First), int64(r.Next)
	if seconds <= first {
		return first
	}
	if c.FromZero {
		return ceilTo(seconds, next)
	}
	return first + ceilTo(seconds-first, next)
}

// ceilTo rounds a positive n up to a multiple of a positive step.
func ceilTo(n, step int64) int64 {
	if step == 1 {
		return n
	}
	if n < 1<<31 { // 32-bit division is several times faster than 64-bit
		s := uint32(step)
		return int64((uint32(n) + s - 1) / s * s)
	}
	return (n + step - 1) / step * step
}

// Bound says which bound of a rate decided the cost of a call.
type Bound uint8

const (
	Free   Bound = iota // nothing was billed
	Linear              // connect fee + seconds x price
	AtMin               // MinCost
	AtMax               // MaxCost
)

// Decide says what one call of so many billed seconds costs: by its seconds, at
// the rate's minimum or at its maximum. Money is compared in 128 bits.
func (r *Rate) Decide(billed int64) Bound {
	if billed == 0 {
		return Free
	}
	if r.MinCost == 0 && r.MaxCost == 0 {
		return Linear
	}
	// connect*per + billed*price against bound*per
	hi, lo := mul(r.Price, billed)
	fhi, flo := mul(r.Connect, int64(r.Per))
	lo, carry := bits.Add64(lo, flo, 0)
	hi += fhi + carry
	if r.MaxCost > 0 {
		if bhi, blo := mul(r.MaxCost, int64(r.Per)); hi > bhi || hi == bhi && lo > blo {
			return AtMax
		}
	}
	if bhi, blo := mul(r.MinCost, int64(r.Per)); hi < bhi || hi == bhi && lo < blo {
		return AtMin
	}
	return Linear
}

func mul(a, b int64) (hi, lo uint64) { return bits.Mul64(uint64(a), uint64(b)) }

// UnitPrice is the price of one second, exact.
func (r *Rate) UnitPrice() exact.Number {
	return exact.Scaled(r.Price, 9).Div(exact.Int(int64(r.Per)))
}

// Cost is what one call of so many billed seconds costs, exact, its bounds
// applied.
func (r *Rate) Cost(billed int64) exact.Number {
	switch r.Decide(billed) {
	case Free:
		return exact.Zero
	case AtMin:
		return exact.Scaled(r.MinCost, 9)
	case AtMax:
		return exact.Scaled(r.MaxCost, 9)
	}
	return exact.Scaled(r.Connect, 9).Add(r.UnitPrice().Mul(exact.Int(billed)))
}

// Rounding is a rounding of one call's cost, away from exactness, to so many decimals (0 to 9).
type Rounding struct {
	Mode     exact.Mode
	Decimals int
}

// CostNano is Cost rounded to the given decimals, in billionths. It is the path
// for plans that round every call; ok is false on overflow.
func (r *Rate) CostNano(billed int64, to Rounding) (nano int64, ok bool) {
	switch r.Decide(billed) {
	case Free:
		return 0, true
	case AtMin:
		return roundNano(0, uint64(r.MinCost), 1, to)
	case AtMax:
		return roundNano(0, uint64(r.MaxCost), 1, to)
	}
	hi, lo := mul(r.Price, billed)
	fhi, flo := mul(r.Connect, int64(r.Per))
	lo, carry := bits.Add64(lo, flo, 0)
	return roundNano(hi+fhi+carry, lo, uint64(r.Per), to)
}

// roundNano divides hi:lo by per and rounds the non-negative quotient to so many decimals.
func roundNano(hi, lo, per uint64, to Rounding) (int64, bool) {
	unit := uint64(1)
	for range 9 - to.Decimals {
		unit *= 10
	}
	phi, den := bits.Mul64(per, unit)
	if phi != 0 || hi >= den {
		return 0, false
	}
	q, rem := bits.Div64(hi, lo, den)
	up := false
	switch to.Mode {
	case exact.Up, exact.Ceiling:
		up = rem > 0
	case exact.Down, exact.Floor:
	case exact.HalfEven:
		up = rem > den-rem || rem == den-rem && q&1 == 1
	default:
		up = rem >= den-rem
	}
	if up {
		q++
	}
	rhi, rlo := bits.Mul64(q, unit)
	if rhi != 0 || rlo > 1<<63-1 {
		return 0, false
	}
	return int64(rlo), true
}

// CostMicros is Cost times so many legs, rounded half away to a millionth, in
// millionths. It is the path for calls that are priced one by one as they come;
// ok is false on overflow.
func (r *Rate) CostMicros(billed, legs int64) (micros int64, ok bool) {
	var hi, lo, per uint64
	switch r.Decide(billed) {
	case Free:
		return 0, true
	case AtMin:
		lo, per = uint64(r.MinCost), 1
	case AtMax:
		lo, per = uint64(r.MaxCost), 1
	default:
		per = uint64(r.Per)
		hi, lo = mul(r.Price, billed)
		fhi, flo := mul(r.Connect, int64(r.Per))
		var carry uint64
		lo, carry = bits.Add64(lo, flo, 0)
		hi += fhi + carry
	}
	if legs != 1 {
		over, high := bits.Mul64(hi, uint64(legs))
		up, low := bits.Mul64(lo, uint64(legs))
		sum, carry := bits.Add64(high, up, 0)
		if over != 0 || carry != 0 {
			return 0, false
		}
		hi, lo = sum, low
	}
	nano, ok := roundNano(hi, lo, per, Rounding{Mode: exact.HalfAway, Decimals: 6})
	return nano / 1000, ok
}
