package app

import (
	"context"
	"slices"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/life"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// Deal is a contract with its text and plan read. Both are read-only.
type Deal struct {
	Agreement
	Terms *contract.Contract
	Plan  *catalog.Plan
	Loc   *time.Location
	Today timex.Date
}

// Serves tells whether the contract is running.
func (d *Deal) Serves() bool {
	return d.Life.State == life.Running || d.Life.State == life.Notice
}

// PeriodOn is the billing period of a day; false where the contract does not
// serve on it.
func (d *Deal) PeriodOn(day timex.Date) (contract.BillingPeriod, bool) {
	list, err := d.periods(&agreed{contract: d.Terms, plan: d.Plan, loc: d.Loc}, day, day+1)
	if err != nil || len(list) == 0 {
		return contract.BillingPeriod{}, false
	}
	return list[0], true
}

// Deals lists the contracts of a company: those that are running first, then the
// newest first.
func (s *System) Deals(ctx context.Context, c id.Company) (out []Deal, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out = nil
		return each(tx, c, KindContract, store.Key{}, func(a Agreement, r *store.Record) error {
			of, err := s.agreedOn(tx, a.Plan, a.File)
			if err != nil {
				return err
			}
			a.ID, a.Revision = r.ID, r.Revision
			out = append(out, Deal{Agreement: a, Terms: of.contract, Plan: of.plan, Loc: of.loc, Today: tx.Now().DateIn(of.loc)})
			return nil
		})
	})
	slices.Reverse(out)
	slices.SortStableFunc(out, func(a, b Deal) int {
		switch {
		case a.Serves() == b.Serves():
			return 0
		case a.Serves():
			return -1
		}
		return 1
	})
	return out, err
}
