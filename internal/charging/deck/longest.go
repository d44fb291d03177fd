package deck

import (
	"math"

	"waihu/internal/exact"
)

// Endless is the longest talk time where no length is too long to pay for.
const Endless int64 = math.MaxInt64

// CostBeyond is what one call of so many billed seconds costs, exact, when some
// of its seconds are included: they cost nothing, the connect fee is due, and
// the rate's bounds hold for the money that is left to pay. With no included
// seconds it is Cost.
func (r *Rate) CostBeyond(billed, included int64) exact.Number {
	if billed <= 0 {
		return exact.Zero
	}
	paid := max(billed-max(included, 0), 0)
	cost := exact.Scaled(r.Connect, 9).Add(r.UnitPrice().Mul(exact.Int(paid)))
	if most := exact.Scaled(r.MaxCost, 9); r.MaxCost > 0 && most.Less(cost) {
		return most
	}
	return exact.Max(cost, exact.Scaled(r.MinCost, 9))
}

// LongestFor is the longest talk time, in whole seconds, that a balance (in the
// currency's unit) and included seconds pay for: started increments must be
// covered whole, and so must the connect fee. 0 is no call at all, Endless a
// call that no length makes too dear. A rate without a price pays for nothing.
//
// It is the inverse of Billed and CostBeyond, in closed form: one second more
// would cost more than there is.
func (r *Rate) LongestFor(balance exact.Number, included int64, c Count) int64 {
	if r.Status != Priced || balance.Sign() < 0 {
		return 0
	}
	billed := r.billedFor(balance, max(included, 0))
	if billed == Endless {
		return Endless
	}
	return r.longestWithin(billed, c)
}

// billedFor is the most billed seconds that a balance and included seconds
// cover; 0 where it does not cover a call of any length.
func (r *Rate) billedFor(balance exact.Number, included int64) int64 {
	if balance.Less(exact.Scaled(r.MinCost, 9)) {
		return 0
	}
	if r.MaxCost > 0 && exact.Scaled(r.MaxCost, 9).Cmp(balance) <= 0 {
		return Endless
	}
	left := balance.Sub(exact.Scaled(r.Connect, 9))
	if left.Sign() < 0 {
		return 0
	}
	if r.Price == 0 {
		return Endless
	}
	paid, err := left.Div(r.UnitPrice()).Round(exact.Down, 0).Int64()
	if err != nil || paid > Endless-included { // longer than any clock counts
		return Endless
	}
	return paid + included
}

// longestWithin is the longest talk time that is billed at most so many seconds.
func (r *Rate) longestWithin(billed int64, c Count) int64 {
	first, next := int64(r.First), int64(r.Next)
	free := int64(0) // talk time that costs nothing
	if r.Grace > 0 && !c.Add {
		free = int64(r.Grace)
	}
	if billed < first {
		return free
	}
	long := first + (billed-first)/next*next
	if c.FromZero {
		long = max(first, billed/next*next)
	}
	if long < int64(r.Minimum) {
		return free
	}
	switch {
	case r.Grace > 0 && c.Add:
		return max(long-int64(r.Grace), 0)
	case r.Grace > 0 && c.Subtract:
		return long + free
	}
	return max(long, free)
}
