package app

import (
	"context"
	"time"
	"unicode/utf8"

	"waihu/internal/charging/life"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
)

// maxBudgets bounds the budgets of a contract: each is asked before a call.
const maxBudgets = 20

// SetBudget keeps a budget of a contract, a new one or a change of one that is
// there (its ID and Revision say which).
func (s *System) SetBudget(ctx context.Context, c id.Company, in Budget) (out Budget, err error) {
	defer fault.Wrap(&err, "set budget")
	if in.Name == "" || utf8.RuneCountInString(in.Name) > maxName {
		return out, fault.New(fault.Invalid, "a budget needs a name of at most %d characters", maxName)
	}
	if err := in.Budget.Check(); err != nil {
		return out, err
	}
	err = s.DB.Update(ctx, func(tx store.Tx) error {
		_, _, of, err := s.contractOf(tx, c, in.Contract)
		if err != nil {
			return err
		}
		if in.Amount.Currency() != of.plan.Currency {
			return fault.New(fault.Invalid, "a budget of %s on a contract in %s", in.Amount, of.plan.Currency)
		}
		if _, ok := of.plan.Component(in.Component); in.Component != "" && !ok {
			return fault.New(fault.NotFound, "plan %s has no component %q", of.plan.ID, in.Component)
		}
		out = in
		out.Period, out.Told = 0, 0
		key := store.Key{Name: "contract", Value: in.Contract.String()}
		r := &store.Record{Company: c, Kind: KindBudget, ID: in.ID, Revision: in.Revision, Index: []store.Key{key}}
		if in.ID.IsZero() {
			others, err := all[Budget](tx, c, KindBudget, key)
			if err != nil {
				return err
			}
			if len(others) >= maxBudgets {
				return fault.New(fault.Conflict, "the contract has %d budgets already", maxBudgets)
			}
			if r.ID, err = s.newID(tx); err != nil {
				return err
			}
		}
		out.ID, out.Revision = r.ID, r.Revision+1
		return save(tx, r, &out)
	})
	return out, err
}

// Budgets lists a contract's budgets.
func (s *System) Budgets(ctx context.Context, c id.Company, contract id.ID) (out []Budget, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out = []Budget{}
		return each(tx, c, KindBudget, store.Key{Name: "contract", Value: contract.String()}, func(b Budget, r *store.Record) error {
			b.Revision = r.Revision
			out = append(out, b)
			return nil
		})
	})
	return out, err
}

// budgetsAt hands out the budgets of a contract as it is kept; a contract that does
// not run has none.
func (s *System) budgetsAt(ctx context.Context, tx store.Tx, c id.Company, a *Agreement, r *store.Record, age time.Duration, f func(*Budget, *store.Record, money.Amount) error) error {
	if a.Life.State != life.Running && a.Life.State != life.Notice {
		return nil
	}
	of, err := s.agreedOn(tx, a.Plan, a.File)
	if err != nil {
		return err
	}
	a.Revision = r.Revision
	return s.budgetsOf(ctx, tx, c, a, of, age, f)
}

// budgetsOf hands out a contract's budgets with what the period of now comes to so
// far, by a draft that is not older than age; one of an earlier period begins
// anew. A contract without budgets costs one look.
func (s *System) budgetsOf(ctx context.Context, tx store.Tx, c id.Company, a *Agreement, of *agreed, age time.Duration, f func(*Budget, *store.Record, money.Amount) error) error {
	b, err := a.periodOn(of, tx.Now().DateIn(of.loc))
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return nil // it does not serve today
	}
	if err != nil {
		return err
	}
	var cost *periodCost
	var now map[string]money.Amount
	return each(tx, c, KindBudget, store.Key{Name: "contract", Value: a.ID.String()}, func(x Budget, r *store.Record) error {
		if cost == nil {
			if cost, err = s.costOf(ctx, tx, c, a, of, b, age); err != nil {
				return err
			}
			tallies, err := tx.Usage().Tallies(c, a.ID, b.First)
			if err != nil {
				return err
			}
			if now, err = runningTotals(of.plan, b.After, tallies); err != nil {
				return err
			}
		}
		if x.Period != b.First {
			x.Period, x.Told = b.First, 0
		}
		spent, err := cost.spent(now, x.Component, x.Amount.Currency())
		if err != nil {
			return err
		}
		return f(&x, r, spent)
	})
}

// withinBudgets refuses a call of a contract whose hard stop is reached, by a
// draft of the last minute: calls at list price since an older one may be covered
// by a package.
func (s *System) withinBudgets(ctx context.Context, tx store.Tx, c id.Company, a *Agreement, of *agreed) error {
	err := s.stopped(ctx, tx, c, a, of, costKept)
	if fault.KindOf(err) == fault.Conflict && err != nil {
		err = s.stopped(ctx, tx, c, a, of, costExact)
	}
	return err
}

// stopped is the refusal of a hard stop; nil: there is none.
func (s *System) stopped(ctx context.Context, tx store.Tx, c id.Company, a *Agreement, of *agreed, age time.Duration) error {
	return s.budgetsOf(ctx, tx, c, a, of, age, func(b *Budget, _ *store.Record, spent money.Amount) error {
		if !b.HardStop || spent.Cmp(b.Amount) < 0 {
			return nil
		}
		return fault.New(fault.Conflict, "budget %q of %s is spent: no more calls in this period", b.Name, b.Amount)
	})
}

// MayCall tells whether a contract may begin a call now: its company is not
// suspended, it serves, and no hard stop is reached. What stands against it is
// of kind Conflict. It is for calls that are paid later; prepaid ones Reserve.
func (s *System) MayCall(ctx context.Context, c id.Company, contract id.ID) (err error) {
	defer fault.Wrap(&err, "may call")
	return s.DB.View(ctx, func(tx store.Tx) error {
		a, of, err := s.serving(tx, c, contract)
		if err != nil {
			return err
		}
		return s.withinBudgets(ctx, tx, c, &a, of)
	})
}
