// Package budget says when spending has reached a level, what it will be when the
// period ends, and when it must stop.
//
// It owns budgets, their levels and the forecast. It does not own what was spent,
// which is what the running period comes to by what is known, nor who is told
// (package app).
//
// What always holds: a level is told once in a period; a hard stop looks at what
// was spent and what is about to be, and never lets the sum pass the amount; a
// forecast says its method and its interval, and is never below what was spent.
//
// Its times: days are local days of the contract; a period is [First, After).
package budget

import (
	"slices"

	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/money"
)

// Budget is an amount a period should not pass.
type Budget struct {
	Amount   money.Amount `json:"amount"`
	Levels   []int        `json:"levels,omitempty"` // percent of it at which somebody is told; 50, 80, 100 if none
	HardStop bool         `json:"hard_stop,omitempty"`
}

// usual are the levels of a budget that names none.
var usual = []int{50, 80, 100}

// maxLevels and maxLevel bound what a budget may ask for.
const (
	maxLevels = 10
	maxLevel  = 1000
)

// Check tells whether the budget can be kept. Errors are of kind Invalid.
func (b *Budget) Check() error {
	if b.Amount.Sign() <= 0 {
		return fault.New(fault.Invalid, "a budget of %s: an amount above zero was expected", b.Amount)
	}
	if len(b.Levels) > maxLevels || !slices.IsSorted(b.Levels) {
		return fault.New(fault.Invalid, "levels %v: at most %d, from low to high", b.Levels, maxLevels)
	}
	for i, l := range b.Levels {
		if l < 1 || l > maxLevel || i > 0 && l == b.Levels[i-1] {
			return fault.New(fault.Invalid, "level %d %%: 1 to %d, each once", l, maxLevel)
		}
	}
	return nil
}

func (b *Budget) levels() []int {
	if len(b.Levels) == 0 {
		return usual
	}
	return b.Levels
}

// Reached is the highest level that was spent up to, and whether it is higher
// than what was told before in the period (0: nothing was).
func (b *Budget) Reached(spent money.Amount, told int) (level int, news bool) {
	for _, l := range b.levels() {
		if b.Share(spent).Cmp(exact.Int(int64(l))) >= 0 {
			level = l
		}
	}
	return level, level > told
}

// Share is what part of the budget an amount is, in percent.
func (b *Budget) Share(spent money.Amount) exact.Number {
	return spent.Exact().Mul(exact.Int(100)).Div(b.Amount.Exact())
}

// Allows tells whether something that costs so much may still be begun. Only a
// hard stop forbids anything.
func (b *Budget) Allows(spent, next money.Amount) (bool, error) {
	if !b.HardStop {
		return true, nil
	}
	sum, err := spent.Add(next)
	if err != nil {
		return false, fault.New(fault.Overflow, "%v", err)
	}
	return sum.Cmp(b.Amount) <= 0, nil
}
