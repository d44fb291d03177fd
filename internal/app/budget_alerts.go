package app

import (
	"context"
	"errors"
	"strconv"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
)

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
