package app

import (
	"context"
	"errors"
	"strconv"
	"time"

	"waihu/internal/charging/budget"
	"waihu/internal/charging/life"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// maxBudgets bounds the budgets of a contract: each is asked before a call.
const maxBudgets = 20

// SetBudget keeps a budget of a contract, a new one or a change of one that is
// there (its ID and Revision say which).
func (s *System) SetBudget(ctx context.Context, c id.Company, in Budget) (out Budget, err error) {
	defer fault.Wrap(&err, "set budget")
	if in.Name == "" || len(in.Name) > maxName {
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

// BudgetAlert is a level that was reached.
type BudgetAlert struct {
	Budget   id.ID        `json:"budget"`
	Name     string       `json:"name"`
	Contract id.ID        `json:"contract"`
	Level    int          `json:"level"` // percent
	Spent    money.Amount `json:"spent"`
	Amount   money.Amount `json:"amount"`
	HardStop bool         `json:"hard_stop"` // and nothing more is begun
}

func (a BudgetAlert) words() map[string]string {
	out := map[string]string{"name": a.Name, "level": strconv.Itoa(a.Level), "spent": a.Spent.String(), "amount": a.Amount.String()}
	if a.HardStop {
		out["stop"] = "yes"
	}
	return out
}

// BudgetCheck is what a look at a company's budgets came to.
type BudgetCheck struct {
	Alerts []BudgetAlert
	Failed []Undrafted
}

// Undrafted is a contract nobody can say the cost of, and so nothing of its budgets.
type Undrafted struct {
	Contract id.ID
	Err      error
}

// Err is nil where every contract could be drafted.
func (c *BudgetCheck) Err() error {
	var list []error
	for _, f := range c.Failed {
		list = append(list, fault.New(fault.KindOf(f.Err), "check budgets of contract %s: %v", f.Contract, f.Err))
	}
	return errors.Join(list...)
}

// CheckBudgets tells of every level a company's budgets have reached, each once
// in a period. A contract that cannot be drafted (a rate that is missing, an amount
// too large) does not silence the others; what the database refuses fails all.
func (s *System) CheckBudgets(ctx context.Context, c id.Company) (out BudgetCheck, err error) {
	defer fault.Wrap(&err, "check budgets")
	// Drafts are made here, where nobody waits for the end of the transaction.
	failed := map[id.ID]bool{}
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out = BudgetCheck{Alerts: []BudgetAlert{}}
		clear(failed)
		return each(tx, c, KindContract, store.Key{}, func(a Agreement, r *store.Record) error {
			err := s.budgetsAt(ctx, tx, c, &a, r, costKept, func(*Budget, *store.Record, money.Amount) error { return nil })
			if err != nil && fault.KindOf(err) != fault.Internal && ctx.Err() == nil {
				failed[a.ID], out.Failed, err = true, append(out.Failed, Undrafted{a.ID, err}), nil
			}
			return err
		})
	})
	if err != nil {
		return BudgetCheck{}, err
	}
	err = s.DB.Update(ctx, func(tx store.Tx) error {
		out.Alerts = []BudgetAlert{}
		return each(tx, c, KindContract, store.Key{}, func(a Agreement, r *store.Record) error {
			if failed[a.ID] {
				return nil
			}
			return s.budgetsAt(ctx, tx, c, &a, r, costAnyAge, func(b *Budget, r *store.Record, spent money.Amount) error {
				level, news := b.Reached(spent, b.Told)
				if !news {
					return nil
				}
				b.Told = level
				alert := BudgetAlert{b.ID, b.Name, a.ID, level, spent, b.Amount, b.HardStop && spent.Cmp(b.Amount) >= 0}
				out.Alerts = append(out.Alerts, alert)
				r.Index = []store.Key{{Name: "contract", Value: a.ID.String()}}
				if err := save(tx, r, b); err != nil {
					return err
				}
				return s.tell(tx, c, "budget.reached", alert)
			})
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

// Forecast is what a contract's period will cost when it ends, before tax.
type Forecast struct {
	First timex.Date `json:"first"`
	After timex.Date `json:"after"`
	budget.Forecast
}

// Outlook is a forecast with the whole days it was made from.
type Outlook struct {
	Forecast
	ByDay []budget.Day // use at list price
}

// Forecast says what the running period of a contract will cost. What is there
// so far is its draft; the use of the days left is taken from the whole days
// behind, at list price.
func (s *System) Forecast(ctx context.Context, c id.Company, contract id.ID) (Forecast, error) {
	out, err := s.Outlook(ctx, c, contract)
	return out.Forecast, err
}

// Outlook is the forecast of a contract and how its period went so far.
func (s *System) Outlook(ctx context.Context, c id.Company, contract id.ID) (out Outlook, err error) {
	defer fault.Wrap(&err, "forecast")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		a, of, b, err := s.runningPeriod(tx, c, contract)
		if err != nil {
			return err
		}
		today := tx.Now().DateIn(of.loc)
		cost, err := s.costOf(ctx, tx, c, &a, of, b, 0)
		if err != nil {
			return err
		}
		days, err := s.useByDay(ctx, tx, c, &a, of, b.First, b.After, today)
		if err != nil {
			return err
		}
		out = Outlook{Forecast{First: b.First, After: b.After}, days}
		out.Forecast.Forecast, err = budget.Until(cost.net, days, today, b.ServedTo)
		return err
	})
	return out, err
}

// useByDay is what calls cost on each whole day of a period so far, at list
// price.
func (s *System) useByDay(ctx context.Context, tx store.Tx, c id.Company, a *Agreement, of *agreed, first, after, today timex.Date) ([]budget.Day, error) {
	in, _, err := s.runsOn(tx, c, a, of, periodOf(first, after))
	if err != nil {
		return nil, err
	}
	terms, err := of.terms(first, after, in)
	if err != nil {
		return nil, err
	}
	sums := map[timex.Date]exact.Number{}
	m, err := meter.New(terms, meter.Options{Detail: func(x *meter.Charged) {
		d := x.Call.Start.DateIn(of.loc)
		sums[d] = sums[d].Add(x.Cost)
	}})
	if err != nil {
		return nil, err
	}
	if err := tx.Usage().Each(ctx, c, a.ID, terms.Period, 0, m); err != nil {
		return nil, err
	}
	var out []budget.Day
	from, _ := terms.Service()
	for d := from; d < min(today, after); d++ {
		amount, err := money.ToMinor(sums[d], of.plan.Currency)
		if err != nil {
			return nil, fault.New(fault.Overflow, "%v", err)
		}
		out = append(out, budget.Day{On: d, Amount: amount})
	}
	return out, nil
}
