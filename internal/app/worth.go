package app

import (
	"context"

	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// Worth is what an amount is in another currency, at the rate of a day; the same currency
// asks no books. A rate nobody knows is of kind Unknown.
func (s *System) Worth(ctx context.Context, a money.Amount, in money.Currency, on timex.Date) (out money.Amount, err error) {
	defer fault.Wrap(&err, "%s in %s", a, in)
	if a.Currency() == in {
		return a, nil
	}
	err = s.DB.View(ctx, func(tx store.Tx) error {
		table, err := rates(tx)
		if err != nil {
			return err
		}
		at, err := table.Convert(a, in, on)
		out = at.Worth
		return err
	})
	return out, err
}
