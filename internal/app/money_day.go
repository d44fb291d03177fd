package app

import (
	"time"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// moneyDay refuses a day on which money cannot have come in or gone out: one that
// is still to come, or one before the books know anything of the company. Those
// begin with its first contract, or on the day it was added, if that is earlier.
func (s *System) moneyDay(tx store.Tx, c id.Company, what string, on timex.Date) error {
	first, today, err := s.knownDays(tx, c)
	switch {
	case err != nil:
		return err
	case on > today:
		return fault.New(fault.Invalid, "a %s on %s: it is %s in the books, and money is booked once it has moved; a day until today was expected", what, on, today)
	case on < first:
		return fault.New(fault.Invalid, "a %s on %s: the books know the company from %s on; that day or a later one was expected", what, on, first)
	}
	return nil
}

// knownDays are the first day the books know of a company, and today: the latest it
// is in UTC and the zones of its contracts; where it has none, anywhere.
func (s *System) knownDays(tx store.Tx, c id.Company) (first, today timex.Date, err error) {
	r, err := tx.Records().Get(id.Platform, KindCompany, c.ID)
	if err != nil {
		return 0, 0, err
	}
	prices, err := s.servedOf(tx, c)
	if err != nil {
		return 0, 0, err
	}
	first, today = r.Created.DateIn(time.UTC), tx.Now().DateIn(time.UTC)
	if len(prices.contracts) == 0 {
		return first, tx.Now().Add(farthestEast).DateIn(time.UTC), nil
	}
	for _, x := range prices.contracts {
		first, today = min(first, x.start), max(today, tx.Now().DateIn(x.of.loc))
	}
	return first, today, nil
}
