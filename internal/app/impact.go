package app

import (
	"context"

	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/life"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// Impact is what another version of a plan would have changed for one contract.
type Impact struct {
	Holder
	First timex.Date // of the period whose use was billed twice
	After timex.Date
	Was   money.Amount // before tax, under the version it is on
	Will  money.Amount // under the other one
	More  money.Amount // Will less Was
	Why   string       // why there are no amounts: the program's own English
}

// maxImpacts bounds the contracts that one question bills again.
const maxImpacts = 500

// Impact bills the newest period of every running contract on a version of a plan
// (id@version) a second time under another text of the plan, with the use there
// really was. What cannot be billed says why; the first 500 contracts are billed.
func (s *System) Impact(ctx context.Context, version, file string, decks map[string]string) (out []Impact, err error) {
	defer fault.Wrap(&err, "impact on %s", version)
	next, err := s.planIn(file, decks)
	if err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, func(tx store.Tx) error {
		list, err := s.holders(tx, version)
		if err != nil {
			return err
		}
		for _, h := range list {
			if st := h.Agreement.Life.State; st != life.Running && st != life.Notice || len(out) == maxImpacts {
				continue
			}
			x := Impact{Holder: h}
			if err := s.weigh(ctx, tx, &x, next); err != nil {
				if k := fault.KindOf(err); k == fault.Internal || ctx.Err() != nil {
					return err
				}
				x.Why = err.Error()
			}
			out = append(out, x)
		}
		return nil
	})
	return out, err
}

// weigh bills the newest period of one contract under both.
func (s *System) weigh(ctx context.Context, tx store.Tx, x *Impact, next *agreed) error {
	c := id.Company{ID: x.Company.ID}
	now, err := s.agreedOn(tx, x.Agreement.Plan, x.Agreement.File)
	if err != nil {
		return err
	}
	then, err := now.on(next)
	if err != nil {
		return err
	}
	b, err := s.reference(tx, c, &x.Agreement, now, tx.Now().DateIn(now.loc))
	if err != nil {
		return err
	}
	x.First, x.After = b.First, b.After
	for _, side := range []struct {
		of *agreed
		to *money.Amount
	}{{now, &x.Was}, {then, &x.Will}} {
		cost, err := s.price(ctx, tx, c, x.Agreement.ID, side.of, b, x.Agreement.ends(), b, true)
		if err != nil {
			return err
		}
		*side.to = cost.Net
	}
	x.More, err = x.Will.Sub(x.Was)
	return err
}

// on is the same contract on another text of its plan.
func (a *agreed) on(next *agreed) (*agreed, error) {
	if next.plan.Currency != a.plan.Currency {
		return nil, fault.New(fault.Conflict, "the plan is in %s, the contract in %s: they cannot be compared", next.plan.Currency, a.plan.Currency)
	}
	if err := a.contract.Check(next.plan).Err(); err != nil {
		return nil, err
	}
	return &agreed{contract: a.contract, plan: next.plan, decks: next.decks, loc: a.loc}, nil
}

// TryPlan bills the newest period of a contract under a text of a plan that need
// not be published, with the use there really was.
func (s *System) TryPlan(ctx context.Context, c id.Company, contractID id.ID, file string, decks map[string]string) (inv *invoice.Invoice, err error) {
	defer fault.Wrap(&err, "try plan")
	p, read, problems := readPlan(file, decks)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, func(tx store.Tx) error {
		a, _, now, err := s.contractOf(tx, c, contractID)
		if err != nil {
			return err
		}
		then := &agreed{contract: plainContract(now.contract, versionName(p.ID, p.Version), p), plan: p, decks: read, loc: now.loc}
		if now.plan.ID == p.ID {
			if then, err = now.on(&agreed{plan: p, decks: read}); err != nil {
				return err
			}
		}
		var b contract.BillingPeriod
		if b, err = s.reference(tx, c, &a, now, tx.Now().DateIn(now.loc)); err != nil {
			return err
		}
		inv, err = s.rerate(ctx, tx, c, a.ID, then, b, 0, b)
		return err
	})
	return inv, err
}
