package app

import (
	"context"
	"strconv"

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

// CheckBudgets tells of every level a company's budgets have reached, each once
// in a period.
func (s *System) CheckBudgets(ctx context.Context, c id.Company) (out []BudgetAlert, err error) {
	defer fault.Wrap(&err, "check budgets")
	err = s.DB.Update(ctx, func(tx store.Tx) error {
		out = []BudgetAlert{}
		return each(tx, c, KindContract, store.Key{}, func(a Agreement, _ *store.Record) error {
			if a.Life.State != life.Running && a.Life.State != life.Notice {
				return nil
			}
			of, err := s.agreedOn(tx, a.Plan, a.File)
			if err != nil {
				return err
			}
			return s.eachBudget(tx, c, &a, of, func(b *Budget, r *store.Record, spent money.Amount) error {
				level, news := b.Reached(spent, b.Told)
				if !news {
					return nil
				}
				b.Told = level
				alert := BudgetAlert{b.ID, b.Name, a.ID, level, spent, b.Amount, b.HardStop && spent.Cmp(b.Amount) >= 0}
				out = append(out, alert)
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

// eachBudget hands out a contract's budgets with what was spent in the period of
// now; one of an earlier period begins anew.
func (s *System) eachBudget(tx store.Tx, c id.Company, a *Agreement, of *agreed, f func(*Budget, *store.Record, money.Amount) error) error {
	day := tx.Now().DateIn(of.loc)
	periods, err := a.periods(of, day, day+1)
	if err != nil || len(periods) == 0 {
		return err
	}
	var tallies []store.Tally
	read := false
	return each(tx, c, KindBudget, store.Key{Name: "contract", Value: a.ID.String()}, func(b Budget, r *store.Record) error {
		if !read {
			if tallies, err = tx.Usage().Tallies(c, a.ID, periods[0].First); err != nil {
				return err
			}
			read = true
		}
		if b.Period != periods[0].First {
			b.Period, b.Told = periods[0].First, 0
		}
		spent, err := spentOn(tallies, b.Component, b.Amount.Currency())
		if err != nil {
			return err
		}
		return f(&b, r, spent)
	})
}

// spentOn adds up running tallies, of one component if it is named.
func spentOn(tallies []store.Tally, component string, cur money.Currency) (money.Amount, error) {
	sum := money.Zero(cur)
	for i := range tallies {
		t := &tallies[i]
		if component != "" && t.Component != component || t.Cost.Currency() != cur {
			continue
		}
		var err error
		if sum, err = sum.Add(t.Cost); err != nil {
			return sum, fault.New(fault.Overflow, "%v", err)
		}
	}
	return sum, nil
}

// withinBudgets refuses a call of a contract whose hard stop is reached.
func (s *System) withinBudgets(tx store.Tx, c id.Company, a *Agreement, of *agreed) error {
	return s.eachBudget(tx, c, a, of, func(b *Budget, _ *store.Record, spent money.Amount) error {
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
		company, _, err := get[Company](tx, id.Platform, KindCompany, c.ID)
		if err != nil {
			return err
		}
		if company.Suspended {
			return fault.New(fault.Conflict, "service is suspended until overdue invoices are paid")
		}
		a, _, of, err := s.contractOf(tx, c, contract)
		if err != nil {
			return err
		}
		if a.Life.State != life.Running && a.Life.State != life.Notice {
			return fault.New(fault.Conflict, "contract %s is %s", a.Contract, a.Life.State)
		}
		return s.withinBudgets(tx, c, &a, of)
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
		d, err := s.draft(ctx, tx, c, &a, of, b)
		if err != nil {
			return err
		}
		days, err := s.useByDay(ctx, tx, c, &a, of, b.First, b.After, today)
		if err != nil {
			return err
		}
		out = Outlook{Forecast{First: b.First, After: b.After}, days}
		out.Forecast.Forecast, err = budget.Until(d.inv.Net, days, today, b.ServedTo)
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
