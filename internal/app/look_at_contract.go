package app

import (
	"context"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/clause"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/life"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// ContractView is all that is to be told of a contract on a day. Contract and
// Plan are read-only.
type ContractView struct {
	Agreement Agreement
	Contract  *contract.Contract
	Plan      *catalog.Plan
	Today     timex.Date
	Period    *contract.BillingPeriod // that runs today; nil: none does
	Checked   *clause.Checked
	Exit      *life.Exit // first day it can end without a fee; nil: it is not running
	Periods   int        // billing periods of the term that binds; 0: no term
	Least     money.Amount
}

// LookAtContract reads a contract with its terms, its clauses checked and what it
// binds to. Least is what the term costs if nothing is used.
func (s *System) LookAtContract(ctx context.Context, c id.Company, contractID id.ID) (out ContractView, err error) {
	defer fault.Wrap(&err, "look at contract")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		a, _, of, err := s.contractOf(tx, c, contractID)
		if err != nil {
			return err
		}
		out, err = s.viewOf(tx, a, of)
		return err
	})
	return out, err
}

// LookAtText does the same for the text of a contract that is not kept yet.
// Problems of the text are fault.Problems.
func (s *System) LookAtText(ctx context.Context, text string) (out ContractView, err error) {
	draft, problems := readContract(text, nil)
	if err := problems.Err(); err != nil {
		return out, problems.Errors()
	}
	err = s.DB.View(ctx, func(tx store.Tx) error {
		of, err := s.agreedOn(tx, draft.Plan, text)
		if err != nil {
			return err
		}
		out, err = s.viewOf(tx, Agreement{Contract: draft.ID, Plan: draft.Plan, File: text, Life: life.Life{State: life.Quoted}}, of)
		return err
	})
	return out, err
}

func (s *System) viewOf(tx store.Tx, a Agreement, of *agreed) (out ContractView, err error) {
	out = ContractView{Agreement: a, Contract: of.contract, Plan: of.plan, Today: tx.Now().DateIn(of.loc), Least: money.Zero(of.plan.Currency)}
	holidays, err := calendars()
	if err != nil {
		return out, err
	}
	if out.Checked, err = clause.Check(clause.Inputs{Contract: of.contract, Plan: of.plan, Decks: of.decks, Holidays: holidays, AsOf: max(out.Today, of.contract.Start)}); err != nil {
		return out, err
	}
	if st := a.Life.State; st == life.Running || st == life.Notice {
		exit := a.Life.FreeExit(of.contract, out.Today)
		out.Exit = &exit
		list, err := a.periods(of, out.Today, out.Today+1)
		if err != nil {
			return out, err
		}
		if len(list) > 0 {
			out.Period = &list[0]
		}
	}
	if end := of.contract.Term.From(of.contract.Start); !of.contract.Term.IsZero() {
		list, err := contract.Periods(of.plan, of.contract, of.contract.Start, end)
		if err != nil {
			return out, err
		}
		out.Periods = len(list)
		out.Least = money.Micros(out.Checked.Fixed.Micros()*int64(len(list)), of.plan.Currency)
	}
	return out, nil
}
