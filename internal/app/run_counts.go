package app

import (
	"waihu/internal/fault"
	"waihu/internal/money"
)

// count adds a step.
func (n *RunCounts) count(step *Step) error {
	if step.State == stepHeld {
		n.Held++
		return nil
	}
	n.Issued++
	return n.total(step.Total)
}

func (n *RunCounts) add(o RunCounts) error {
	n.Contracts, n.Issued, n.Held = n.Contracts+o.Contracts, n.Issued+o.Issued, n.Held+o.Held
	for _, t := range o.Totals {
		if err := n.total(t); err != nil {
			return err
		}
	}
	return nil
}

// total adds an amount to the total of its currency. Nothing has none: the step of an
// invoice that asks for nothing is kept without its amount.
func (n *RunCounts) total(a money.Amount) error {
	if a.IsZero() {
		return nil
	}
	for i := range n.Totals {
		if n.Totals[i].Currency() == a.Currency() {
			sum, err := n.Totals[i].Add(a)
			if err != nil {
				return fault.New(fault.Overflow, "total of the run: %v", err)
			}
			n.Totals[i] = sum
			return nil
		}
	}
	n.Totals = append(n.Totals, a)
	return nil
}
