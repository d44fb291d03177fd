package app

import (
	"cmp"
	"slices"
	"strconv"

	"waihu/internal/charging/ledger"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
)

// carrierSums is what carriers ask for the new calls of a batch, a sum for each
// currency.
type carrierSums map[money.Currency]money.Amount

func (s carrierSums) add(cost money.Amount) (err error) {
	if cost.IsZero() {
		return nil
	}
	sum, known := s[cost.Currency()]
	if !known {
		sum = money.Zero(cost.Currency())
	}
	if s[cost.Currency()], err = sum.Add(cost); err != nil {
		return fault.New(fault.Overflow, "what carriers ask: %v", err)
	}
	return nil
}

// bookCarrier books what carriers ask for calls that are paid later: each call
// once, when it is new. Prepaid calls book theirs with what they take.
func (s *System) bookCarrier(tx store.Tx, c id.Company, position int64, sums carrierSums) error {
	var list []money.Amount
	for _, sum := range sums {
		list = append(list, sum)
	}
	slices.SortFunc(list, func(a, b money.Amount) int { return cmp.Compare(a.Currency().String(), b.Currency().String()) })
	for _, sum := range list {
		e, err := ledger.CarrierAsked(strconv.FormatInt(position, 10)+"/"+sum.Currency().String(), sum)
		if err := s.book(tx, c, e, err); err != nil {
			return err
		}
	}
	return nil
}

// carrierLate books the carrier's cost of a prepaid call that was settled when it
// ended, before its record told it.
func (s *System) carrierLate(tx store.Tx, c id.Company, settled *ledger.Entry, cost money.Amount) error {
	for _, p := range settled.Postings {
		if p.Account == ledger.CarrierCost {
			return nil
		}
	}
	e, err := ledger.CarrierAsked(settled.Ref, cost)
	return s.book(tx, c, e, err)
}
