package contract

import (
	"slices"

	"waihu/internal/exact"
	"waihu/internal/timex"
)

// Standing is what runs on from bill to bill beside packages. A bill is told
// that of the bill before and hands on its own; both stand on the invoice, so
// that it can be made again.
type Standing struct {
	Toward  []Toward     `json:"toward,omitempty"`
	Prepaid exact.Number `json:"prepaid,omitzero"` // what is left of what was paid ahead, in the currency
}

// RunsOn tells whether a contract has clauses for which a bill must know the one
// before: money paid ahead, or commitments longer than a period.
func (c *Contract) RunsOn() bool {
	long := func(s stage) bool {
		return slices.ContainsFunc(s.Commitments, func(x Commitment) bool { return x.Every != "" })
	}
	return c.Prepayment != nil && !c.Prepayment.Amount.IsZero() || slices.ContainsFunc(c.stages(), long)
}

// Toward is how far a commitment longer than a billing period has come.
type Toward struct {
	Commitment string       `json:"commitment"`
	First      timex.Date   `json:"first,omitzero"` // of its year, or whatever it is for; none: of the one at hand
	Reached    exact.Number `json:"reached"`        // in the component's unit, or in the currency
}
