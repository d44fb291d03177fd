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
// binds to. Least is what the first term costs if nothing is used, before tax.
func (s *System) LookAtContract(ctx context.Context, c id.Company, contractID id.ID) (out ContractView, err error) {
	defer fault.Wrap(&err, "look at contract")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		a, _, of, err := s.contractOf(tx, c, contractID)
		if err != nil {
			return err
		}
		out, err = s.viewOf(ctx, tx, a, of)
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
		out, err = s.viewOf(ctx, tx, Agreement{Contract: draft.ID, Plan: draft.Plan, File: text, Life: life.Life{State: life.Quoted}}, of)
		return err
	})
	return out, err
}

func (s *System) viewOf(ctx context.Context, tx store.Tx, a Agreement, of *agreed) (out ContractView, err error) {
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
	if !of.contract.Term.IsZero() {
		out.Periods, out.Least, err = s.least(ctx, tx, of, of.contract.Start, of.contract.Term.From(of.contract.Start))
		if fault.KindOf(err) == fault.Unknown {
			out.Periods, err = 0, nil // a price nobody knows: no sum can be told
		}
	}
	return out, err
}

// maxBound bounds the billing periods that are billed empty for one sum.
const maxBound = 120

// least is what the billing periods with service in [from, to) cost if nothing is
// used, before tax, each billed as it would be.
func (s *System) least(ctx context.Context, tx store.Tx, of *agreed, from, to timex.Date) (int, money.Amount, error) {
	sum := money.Zero(of.plan.Currency)
	k := *of.contract
	k.End, k.Term = to, contract.Term{}
	list, err := contract.Periods(of.plan, &k, from, to)
	if err != nil || len(list) > maxBound {
		return 0, sum, err
	}
	as := &agreed{contract: &k, plan: of.plan, decks: of.decks, loc: of.loc}
	for _, b := range list {
		cost, err := s.price(ctx, tx, id.Company{}, id.ID{}, as, b, 0, contract.BillingPeriod{}, false)
		if err != nil {
			return 0, sum, err
		}
		if sum, err = sum.Add(cost.Net); err != nil {
			return 0, sum, fault.New(fault.Overflow, "%v", err)
		}
	}
	return len(list), sum, nil
}

// LeastBetween is what a contract would cost at least in the billing periods of
// [from, to), and how many there are; 0 if there are more than 120.
func (s *System) LeastBetween(ctx context.Context, c id.Company, contractID id.ID, from, to timex.Date) (n int, sum money.Amount, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		_, _, of, err := s.contractOf(tx, c, contractID)
		if err != nil {
			return err
		}
		n, sum, err = s.least(ctx, tx, of, from, to)
		return err
	})
	return n, sum, err
}
