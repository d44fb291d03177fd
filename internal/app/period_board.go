package app

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"waihu/internal/charging/invoice"
	"waihu/internal/charging/life"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// BoardState is where a period of a contract is on its way to an invoice.
type BoardState string

const (
	BoardRunning BoardState = "running"  // it is not over: what it comes to so far
	BoardToDraft BoardState = "to_draft" // over; no draft was made for this look
	BoardDrafted BoardState = "drafted"  // over, and nothing stands against issuing it
	BoardHeld    BoardState = "held"     // somebody has to decide
	BoardIssued  BoardState = "issued"
)

// BoardRow is one contract on the board of a period.
type BoardRow struct {
	Company  id.Company
	Name     string // of the company
	Contract id.ID
	Word     string // the customer's for the contract
	First    timex.Date
	After    timex.Date
	State    BoardState
	Why      string // it is held
	Total    money.Amount
	Before   money.Amount // total of the contract's invoice of the period before; no currency: there is none
	Invoice  id.ID
	Number   string
}

// Bounds of a look at the board: companies on a page, and drafts made for it.
const (
	boardCompanies = 20
	boardDrafts    = 40
)

// PeriodBoard shows where the periods that have a day in them are, contract by
// contract, for a page of companies in the order it says; next is the page to go on
// with, without an After there is none. Drafts beyond the first 40 are left to
// whoever looks at the contract.
func (s *System) PeriodBoard(ctx context.Context, day timex.Date, of store.Page) (rows []BoardRow, next store.Page, err error) {
	defer fault.Wrap(&err, "board of %s", day)
	err = s.DB.View(ctx, func(tx store.Tx) error {
		rows, next = []BoardRow{}, store.Page{}
		of.Limit = boardCompanies + 1
		page, err := tx.Records().List(id.Platform, KindCompany, store.Key{}, of)
		if err != nil {
			return err
		}
		if len(page) > boardCompanies {
			page = page[:boardCompanies]
			last := &page[len(page)-1]
			next = of
			next.After, next.From = last.ID, PlaceIn(last.Index, of.By)
		}
		run, err := newestRun(tx)
		if err != nil {
			return err
		}
		drafts := boardDrafts
		for i := range page {
			c, _, err := load[Company](&page[i], nil)
			if err != nil {
				return err
			}
			if err := s.boardOf(ctx, tx, id.Company{ID: page[i].ID}, c.Name, day, run, &drafts, &rows); err != nil {
				return err
			}
		}
		return nil
	})
	return rows, next, err
}

// newestRun is the bill run that was begun last; nil: there was none.
func newestRun(tx store.Tx) (*Run, error) {
	list, err := tx.Records().List(id.Platform, KindRun, store.Key{}, store.Page{Limit: 1, Down: true})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	run, _, err := load[Run](&list[0], nil)
	return &run, err
}

func (s *System) boardOf(ctx context.Context, tx store.Tx, c id.Company, name string, day timex.Date, run *Run, drafts *int, rows *[]BoardRow) error {
	var list []Agreement
	err := each(tx, c, KindContract, store.Key{}, func(a Agreement, r *store.Record) error {
		if a.Life.State == life.Running || a.Life.State == life.Notice || a.Life.State == life.Ended {
			a.ID, a.Revision = r.ID, r.Revision
			list = append(list, a)
		}
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortFunc(list, func(a, b Agreement) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	for i := range list {
		row := BoardRow{Company: c, Name: name, Contract: list[i].ID, Word: list[i].Contract}
		on, err := s.boardRow(ctx, tx, &list[i], day, run, drafts, &row)
		if err != nil {
			return err
		}
		if on {
			*rows = append(*rows, row)
		}
	}
	return nil
}

// boardRow fills a contract's row; false where it does not serve on the day.
func (s *System) boardRow(ctx context.Context, tx store.Tx, a *Agreement, day timex.Date, run *Run, drafts *int, row *BoardRow) (bool, error) {
	of, err := s.agreedOn(tx, a.Plan, a.File)
	if err != nil {
		return false, err
	}
	b, err := a.periodOn(of, day)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	row.First, row.After = b.First, b.After
	if err := billedOn(tx, a, row); err != nil || row.State == BoardIssued {
		return true, err
	}
	if *drafts == 0 {
		row.State = BoardToDraft
		return true, nil
	}
	*drafts--
	d, err := s.draft(ctx, tx, row.Company, a, of, b, s.billedOrKept)
	if err != nil {
		if fault.KindOf(err) == fault.Internal {
			return true, err
		}
		row.State, row.Why = BoardHeld, err.Error()
		return true, nil
	}
	row.Total, row.State = d.inv.Total, BoardDrafted
	return true, s.boardWhy(tx, a, of, d.inv, run, row)
}

// billedOn finds the invoice of the period, and the one before it.
func billedOn(tx store.Tx, a *Agreement, row *BoardRow) error {
	return each(tx, row.Company, KindBilled, store.Key{Name: "contract", Value: a.ID.String()}, func(p BilledPeriod, _ *store.Record) error {
		if p.First != row.First && p.After != row.First {
			return nil
		}
		doc, err := tx.Documents().Get(row.Company, p.Invoice)
		if err != nil {
			return err
		}
		if p.First == row.First {
			row.State, row.Invoice, row.Number, row.Total = BoardIssued, doc.ID, doc.Number, doc.Total
		} else {
			row.Before = doc.Total
		}
		return nil
	})
}

// boardWhy says why a period would be held or was, or that it is not over.
func (s *System) boardWhy(tx store.Tx, a *Agreement, of *agreed, inv *invoice.Invoice, run *Run, row *BoardRow) error {
	x := &issuing{company: row.Company, a: a, of: of, d: &drafted{inv: inv}}
	var err error
	if x.strays, x.why, err = strays(tx, row.Company, row.First, row.After); err != nil {
		return err
	}
	if row.Why = heldFor(&ClosePeriod{}, x); row.Why == "" && run != nil {
		step, _, err := find[Step](tx, row.Company, KindStep, "step", fmt.Sprintf("%s/%s/%s", run.ID, a.ID, row.First))
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		if err == nil && step.State == stepHeld {
			row.Why = step.Why
		}
	}
	if row.Why != "" {
		row.State = BoardHeld
	}
	if today(tx, of, 0) < row.After && row.State == BoardDrafted {
		row.State = BoardRunning
	}
	return nil
}
