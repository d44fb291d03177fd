package invoice

import (
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/money"
)

// Credit gives part of a billed line back.
type Credit struct {
	Net money.Amount
	Tax money.Amount
}

// Credits works out the tax of a row of credits on one billed line. Each credit
// takes its share of the stored tax, rounded; the one that uses up the line
// takes all the tax that is left, so that line and tax come back exactly. A
// credit beyond what is left of the line is an error of kind Conflict.
func Credits(line, tax money.Amount, nets []money.Amount) ([]Credit, error) {
	c := line.Currency()
	leftNet, leftTax := line, tax
	if tax.Currency() != c {
		return nil, fault.New(fault.Invalid, "a line in %s with tax in %s", c, tax.Currency())
	}
	out := make([]Credit, 0, len(nets))
	for i, net := range nets {
		if net.Currency() != c {
			return nil, fault.New(fault.Invalid, "credit %d of %s on a line in %s: a credit note is in the currency of its invoice", i+1, net, c)
		}
		if net.Sign() < 0 || net.Cmp(leftNet) > 0 {
			return nil, fault.New(fault.Conflict, "credit %d of %s: the line has %s left to credit", i+1, net, leftNet)
		}
		share := leftTax
		if net.Cmp(leftNet) < 0 {
			var err error
			if share, err = money.ToMinor(tax.Exact().Mul(net.Exact()).Div(line.Exact()), c); err != nil {
				return nil, beyond(err)
			}
			if share.Cmp(leftTax) > 0 {
				share = leftTax
			}
		}
		var err error
		if leftNet, err = leftNet.Sub(net); err == nil {
			leftTax, err = leftTax.Sub(share)
		}
		if err != nil {
			return nil, beyond(err)
		}
		out = append(out, Credit{net, share})
	}
	return out, nil
}

// CreditUnused works out the credit for the unused share of a fee: the item is
// rounded for the note, the tax is on the exact item.
func CreditUnused(fee exact.Number, share, rate exact.Number, c money.Currency) (Credit, error) {
	item := fee.Mul(share)
	net, err := money.ToMinor(item, c)
	if err != nil {
		return Credit{}, beyond(err)
	}
	tax, err := money.ToMinor(item.Mul(rate), c)
	if err != nil {
		return Credit{}, beyond(err)
	}
	return Credit{net, tax}, nil
}

// Creditable is what can still be credited: what was paid less what was
// credited, and never more than was asked.
func Creditable(asked, paid, credited money.Amount) (money.Amount, error) {
	c := asked.Currency()
	if paid.Currency() != c || credited.Currency() != c {
		return asked, fault.New(fault.Invalid, "%s asked of %s paid and %s credited: a credit is in the currency of its invoice", asked, paid, credited)
	}
	left, err := paid.Sub(credited)
	if err != nil {
		return left, beyond(err)
	}
	if left.Sign() < 0 {
		return money.Zero(asked.Currency()), nil
	}
	if asked.Cmp(left) < 0 {
		return asked, nil
	}
	return left, nil
}
