package app

import (
	"context"
	"errors"

	"waihu/internal/charging/contract"
	"waihu/internal/charging/life"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// Consequence is what a step changes in the cost of one billing period, before
// tax and with the use of the newest period.
type Consequence struct {
	First timex.Date
	After timex.Date
	Was   money.Amount
	Will  money.Amount
	More  money.Amount
	Fee   money.Amount // part of Will: for leaving early
}

// errUndone ends a transaction whose effects were only looked at.
var errUndone = errors.New("looked at, not done")

// Consequence says what a step would change: it is done, the periods around a
// day are billed before and behind it, and all of it is undone. The first period
// is the one of the day, the second the one that follows. The step must use the
// context it is given; its own errors come back, so that what would be refused is
// refused here as well.
func (s *System) Consequence(ctx context.Context, c id.Company, contractID id.ID, on timex.Date, step func(context.Context) error) (out []Consequence, err error) {
	err = s.DB.Update(ctx, func(tx store.Tx) error {
		out = nil
		before, _, was, err := s.contractOf(tx, c, contractID)
		if err != nil {
			return err
		}
		head, err := tx.Usage().Head(c)
		if err != nil {
			return err
		}
		if err := step(store.Within(ctx, tx)); err != nil {
			return err
		}
		price := s.price
		if then, err := tx.Usage().Head(c); err != nil {
			return err
		} else if then != head {
			price = s.priceAnew // what the step wrote will be undone
		}
		after, _, will, err := s.contractOf(tx, c, contractID)
		if err != nil {
			return err
		}
		if err := s.compare(ctx, tx, c, &before, &after, was, will, on, price, &out); err != nil {
			return err
		}
		return errUndone
	})
	if errors.Is(err, errUndone) {
		err = nil
	}
	return out, err
}

func (s *System) compare(ctx context.Context, tx store.Tx, c id.Company, before, after *Agreement, was, will *agreed, on timex.Date, price pricedAs, out *[]Consequence) error {
	day := max(today(tx, was, on), before.BilledTo, was.contract.Start)
	ref, err := s.reference(tx, c, before, was, min(day, today(tx, was, 0)))
	if err != nil {
		return err
	}
	open := &Agreement{Life: life.Life{State: life.Running}}
	for range 2 {
		list, err := open.periods(was, day, day+1)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return fault.New(fault.Conflict, "contract %s does not serve on %s", before.Contract, day)
		}
		x, err := compareOne(ctx, tx, c, before, after, was, will, list[0], ref, price)
		if err != nil {
			return err
		}
		*out = append(*out, x)
		day = list[0].After
	}
	return nil
}

func compareOne(ctx context.Context, tx store.Tx, c id.Company, before, after *Agreement, was, will *agreed, b, ref contract.BillingPeriod, price pricedAs) (Consequence, error) {
	x := Consequence{First: b.First, After: b.After}
	old, err := price(ctx, tx, c, before.ID, was, b, before.ends(), ref, true)
	if err != nil {
		return x, err
	}
	now, err := price(ctx, tx, c, after.ID, will, b, after.ends(), ref, true)
	if err != nil {
		return x, err
	}
	x.Was, x.Will, x.Fee = old.Net, now.Net, now.Fee
	x.More, err = now.Net.Sub(old.Net)
	return x, err
}
