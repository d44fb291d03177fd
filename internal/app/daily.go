package app

import (
	"context"
	"errors"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// Day is what a day's work over all companies did.
type Day struct {
	Companies int `json:"companies"`
	Renewed   int `json:"renewed"`
	Ended     int `json:"ended"`
	Steps     int `json:"steps"`   // of dunning
	Alerts    int `json:"alerts"`  // of budgets
	Advised   int `json:"advised"` // contracts that could have cost less
	Expired   int `json:"expired"` // amounts in wallets
	Deleted   int `json:"deleted"` // recordings and sounds of prompts whose time is over
}

// Daily does what the calendar asks of every company on a day (0: the day it is
// in the zone of each contract): terms that end, invoices that are late, budgets
// that are reached, advice on what was billed, balance that expires, recordings whose time is over. A company
// that fails does not stop the others; all that failed are in the error. Run twice a
// day does nothing the second time.
func (s *System) Daily(ctx context.Context, on timex.Date) (out Day, err error) {
	defer fault.Wrap(&err, "daily work")
	var failed []error
	err = s.EachCompany(ctx, func(c Company) error {
		out.Companies++
		if err := s.day(ctx, id.Company{ID: c.ID}, on, &out); err != nil {
			failed = append(failed, fault.New(fault.KindOf(err), "company %s: %v", c.ID, err))
		}
		sounds, err := s.SweepPrompts(ctx, id.Company{ID: c.ID})
		out.Deleted += sounds
		failed = append(failed, err)
		if s.Vault != nil {
			swept, err := s.SweepRecordings(ctx, id.Company{ID: c.ID})
			out.Deleted += swept.Deleted
			failed = append(append(failed, swept.Left...), err)
		}
		return ctx.Err()
	})
	return out, errors.Join(append(failed, err)...)
}

func (s *System) day(ctx context.Context, c id.Company, on timex.Date, out *Day) error {
	left, err := s.left(ctx, c)
	if err != nil || left {
		return err
	}
	moved, err := s.AdvanceContracts(ctx, c, on)
	if err != nil {
		return err
	}
	late, err := s.MarkOverdue(ctx, c, on)
	if err != nil {
		return err
	}
	budgets, err := s.CheckBudgets(ctx, c)
	if err != nil {
		return err
	}
	advised, failed := s.TellAdvice(ctx, c)
	lots, _, err := s.SweepWallets(ctx, c)
	out.Advised += advised
	out.Renewed, out.Ended, out.Steps, out.Alerts, out.Expired = out.Renewed+moved.Renewed, out.Ended+moved.Ended, out.Steps+late.Steps, out.Alerts+len(budgets.Alerts), out.Expired+lots
	return errors.Join(budgets.Err(), failed, err)
}

// EachCompany hands out every company, page by page: f may write.
func (s *System) EachCompany(ctx context.Context, f func(Company) error) error {
	after := id.ID{}
	for { // bounded: after rises with every page
		var page []store.Record
		err := s.DB.View(ctx, func(tx store.Tx) (err error) {
			page, err = tx.Records().List(id.Platform, KindCompany, store.Key{}, store.Page{After: after, Limit: pageSize})
			return err
		})
		if err != nil {
			return err
		}
		for i := range page {
			c, _, err := load[Company](&page[i], nil)
			if err != nil {
				return err
			}
			c.Revision = page[i].Revision
			if err := f(c); err != nil {
				return err
			}
		}
		if len(page) < pageSize {
			return nil
		}
		after = page[len(page)-1].ID
	}
}
