package contract

import (
	"waihu/internal/exact"
	"waihu/internal/timex"
)

// Payment is an amount the contract has paid ahead on a day.
type Payment struct {
	On     timex.Date
	Amount exact.Number
}

// paidAhead are the prepayments that fall due in the period: when the contract
// starts and, with every, whenever such a time begins again.
func (k *check) paidAhead(in *Inputs, t *Terms) []Payment {
	if in.Contract == nil || in.Contract.Prepayment == nil || in.Contract.Prepayment.Amount.IsZero() {
		return nil
	}
	pre := in.Contract.Prepayment
	if in.Before == nil && in.Contract.Start < t.First {
		k.warn("prepayment", "what is left of what was paid ahead before this period is not known: it is taken as nothing", "give the invoice of the period before (--previous)")
	}
	served, after := t.Service()
	if pre.Every == "" {
		if in.Contract.Start >= t.First && in.Contract.Start < t.After {
			return []Payment{{in.Contract.Start, pre.Amount}}
		}
		return nil
	}
	var out []Payment
	cycle := timex.Cycle{Unit: pre.Every, Count: 1, Anchor: in.Contract.Start}
	for n := cycle.Index(served); cycle.Boundary(n) < after && len(out) < maxPeriods; n++ {
		if on := cycle.Boundary(n); on >= served {
			out = append(out, Payment{on, pre.Amount})
		}
	}
	return out
}

// Prepays tells whether anything is paid ahead: by contract, or left over.
func (t *Terms) Prepays() bool {
	return len(t.Prepay) > 0 || t.Before != nil && t.Before.Prepaid.Sign() > 0
}
