package invoice

import (
	"waihu/internal/charging/contract"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// Prepaid is how far an invoice is paid from what was paid ahead. It is payment,
// not price: lines, taxes and total are what they are without it.
type Prepaid struct {
	Before   money.Amount `json:"before"` // left by the invoice before
	Payments []Payment    `json:"payments,omitempty"`
	Used     money.Amount `json:"used"` // for this invoice: all of the total, as far as there is
	Left     money.Amount `json:"left"`
	Payable  money.Amount `json:"payable"` // total less used
}

// Payment is what the contract has paid ahead on a day of the period. It counts
// as received; whoever keeps the books knows whether it was.
type Payment struct {
	On     timex.Date   `json:"on"`
	Amount money.Amount `json:"amount"`
}

// ToPay is what is still to be paid: the total, less what is taken from what was
// paid ahead.
func (inv *Invoice) ToPay() money.Amount {
	if inv.Prepaid != nil {
		return inv.Prepaid.Payable
	}
	return inv.Total
}

// drawDown pays the total from what was paid ahead, as far as there is. A
// negative total is not paid into it.
func (inv *Invoice) drawDown(t *contract.Terms) error {
	if !t.Prepays() {
		return nil
	}
	sums := tills{currency: inv.Currency}
	have := exact.Zero
	if t.Before != nil {
		have = t.Before.Prepaid
	}
	p := &Prepaid{Before: sums.of(have)}
	for _, pay := range t.Prepay {
		p.Payments = append(p.Payments, Payment{pay.On, sums.of(pay.Amount)})
		have = have.Add(pay.Amount)
	}
	used := exact.Max(exact.Min(have, inv.Total.Exact()), exact.Zero)
	p.Used, p.Left, p.Payable = sums.of(used), sums.of(have.Sub(used)), sums.of(inv.Total.Exact().Sub(used))
	inv.Prepaid = p
	return sums.err
}

// handOn is what runs on to the next invoice; nil where nothing does.
func (inv *Invoice) handOn(rated *rating.Rated) *contract.Standing {
	out := contract.Standing{Toward: rated.Toward}
	if inv.Prepaid != nil {
		out.Prepaid = inv.Prepaid.Left.Exact()
	}
	if len(out.Toward) == 0 && out.Prepaid.IsZero() {
		return nil
	}
	return &out
}
