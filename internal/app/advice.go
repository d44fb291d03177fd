package app

import (
	"context"
	"maps"
	"slices"
	"strings"

	"waihu/internal/charging/cheapest"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/meter"
	"waihu/internal/charging/rating"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Advice is something a customer could do, and where it was seen.
type Advice struct {
	cheapest.Advice
	Period timex.Date `json:"period"` // first day of the billing period
}

// maxPlans bounds the plans that are tried.
const maxPlans = 50

// Advice looks at the newest billed period of a contract, or the running one:
// what cheapest.Advise finds in it, users with a seat who never came, and the plan
// that would have been cheapest for the same use: of all that are published if
// plans is id.Platform, of those the company sees if it is the company (PlansOf),
// since what another one pays is none of its business.
func (s *System) Advice(ctx context.Context, c id.Company, contractID id.ID, plans id.Company) (out []Advice, err error) {
	defer fault.Wrap(&err, "advice")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		a, _, of, err := s.contractOf(tx, c, contractID)
		if err != nil {
			return err
		}
		b, err := s.reference(tx, c, &a, of, tx.Now().DateIn(of.loc))
		if err != nil {
			return err
		}
		list, err := s.wasted(ctx, tx, c, &a, of, b)
		if err != nil {
			return err
		}
		better, ok, err := s.cheaperPlan(ctx, tx, c, &a, of, b, plans)
		if err != nil {
			return err
		}
		if ok {
			list = append(list, better)
		}
		slices.SortStableFunc(list, func(x, y cheapest.Advice) int { return y.Amount.Cmp(x.Amount) })
		for _, one := range list {
			out = append(out, Advice{one, b.First})
		}
		return nil
	})
	return out, err
}

// wasted is what a period's own plan and use tell.
func (s *System) wasted(ctx context.Context, tx store.Tx, c id.Company, a *Agreement, of *agreed, b contract.BillingPeriod) ([]cheapest.Advice, error) {
	d, err := s.draft(ctx, tx, c, a, of, b, s.billed)
	if err != nil {
		return nil, err
	}
	t, err := of.terms(b.First, b.After, d.inv.Inputs)
	if err != nil {
		return nil, err
	}
	m, err := meter.New(t, meter.Options{})
	if err != nil {
		return nil, err
	}
	came := &attendance{newModuleUse(of.plan, m), map[string]bool{}}
	if err := tx.Usage().Each(ctx, c, a.ID, t.Period, 0, came); err != nil {
		return nil, err
	}
	g, err := m.Finish()
	if err != nil {
		return nil, err
	}
	out, err := cheapest.Advise(g, came.known())
	return append(out, came.absent(g)...), err
}

// attendance notes who logged in or called beside what modules were used for.
type attendance struct {
	*moduleUse
	users map[string]bool
}

func (s *attendance) Call(c *usage.Call) error {
	if c.Agent != "" && !s.users[c.Agent] {
		s.users[strings.Clone(c.Agent)] = true // the call's own text does not outlive it
	}
	return s.moduleUse.Call(c)
}

func (s *attendance) Session(f usage.Session) error {
	s.users[f.User] = true
	return s.moduleUse.Session(f)
}

// absent are users with a seat who did not come once. What a seat less saves
// depends on the whole month's seats, so no amount stands with it.
func (s *attendance) absent(g *meter.Gathered) []cheapest.Advice {
	var out []cheapest.Advice
	for _, seat := range g.Seats {
		if !s.users[seat.User] {
			s.users[seat.User] = true // told once
			out = append(out, cheapest.Advice{Key: "absent_user", Args: map[string]string{"user": seat.User}, Amount: money.Zero(g.Terms.Plan.Currency)})
		}
	}
	slices.SortFunc(out, func(x, y cheapest.Advice) int { return strings.Compare(x.Args["user"], y.Args["user"]) })
	return out
}

// cheaperPlan bills the use of a period on the newest version of every other
// plan, as it stands and as a whole period in the middle of a contract: fees that
// are due once are not in it on either side.
func (s *System) cheaperPlan(ctx context.Context, tx store.Tx, c id.Company, a *Agreement, of *agreed, b contract.BillingPeriod, plans id.Company) (cheapest.Advice, bool, error) {
	names, err := newest(tx, plans)
	if err != nil {
		return cheapest.Advice{}, false, err
	}
	today := cheapest.Billed{ID: a.Plan}
	if today.Total, err = s.running(ctx, tx, c, a.ID, of, b); err != nil {
		return cheapest.Advice{}, false, err
	}
	var others []cheapest.Billed
	for _, name := range names {
		if name == a.Plan {
			continue
		}
		to, err := s.planOf(tx, name)
		if err != nil {
			return cheapest.Advice{}, false, err
		}
		as := &agreed{contract: plainContract(of.contract, name, to.plan), plan: to.plan, decks: to.decks, loc: of.loc}
		total, err := s.running(ctx, tx, c, a.ID, as, b)
		if kind := fault.KindOf(err); kind == fault.Unpriced || kind == fault.Unknown {
			continue // a plan that leaves use without a price is not cheaper
		}
		if err != nil {
			return cheapest.Advice{}, false, err
		}
		other := cheapest.Billed{ID: name, Name: to.plan.Name, Total: total}
		if to.plan.ID == of.plan.ID {
			other.Version = to.plan.Version
		}
		others = append(others, other)
	}
	best, ok := cheapest.CheaperPlan(today, others)
	return best, ok, nil
}

// running is what a period costs in the middle of a contract, before tax. Use
// without a price is of kind Unpriced.
func (s *System) running(ctx context.Context, tx store.Tx, c id.Company, contractID id.ID, as *agreed, b contract.BillingPeriod) (money.Amount, error) {
	k := *as.contract
	k.Start = min(k.Start, b.First.AddMonths(-1))
	in := invoice.Inputs{Start: k.Start}
	if k.RunsOn() {
		in.Standing = &contract.Standing{}
	}
	inv, err := s.billed(ctx, tx, c, &Agreement{ID: contractID}, &agreed{contract: &k, plan: as.plan, decks: as.decks, loc: as.loc}, b.First, b.After, in, 0)
	if err != nil {
		return money.Amount{}, err
	}
	switch {
	case len(inv.Unpriced) > 0:
		return money.Amount{}, fault.New(fault.Unpriced, "%s: %s", inv.Unpriced[0].Facts, inv.Unpriced[0].Reason)
	case len(inv.Unknown) > 0:
		return money.Amount{}, fault.New(fault.Unknown, "prices of %v", inv.Unknown)
	}
	nets, err := netOfLines(inv)
	if err != nil {
		return money.Amount{}, err
	}
	sum := money.Zero(inv.Currency)
	for i := range inv.Lines {
		if l := &inv.Lines[i]; l.Kind != invoice.Adjustment && l.Kind != rating.ServiceCredit {
			if sum, err = sum.Add(nets[i]); err != nil {
				return sum, fault.New(fault.Overflow, "%v", err)
			}
		}
	}
	return sum, nil
}

// newest lists the newest version of every published plan that a company sees;
// id.Platform sees all.
func newest(tx store.Tx, seenBy id.Company) ([]string, error) {
	own, err := ownPlans(tx, seenBy)
	if err != nil {
		return nil, err
	}
	latest := map[string]int{}
	err = each(tx, id.Platform, KindPlan, store.Key{}, func(v PlanVersion, _ *store.Record) error {
		if seenBy == id.Platform || own[v.Name()] {
			latest[v.Plan] = max(latest[v.Plan], v.Version)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var out []string
	for _, plan := range slices.Sorted(maps.Keys(latest)) {
		if len(out) < maxPlans {
			out = append(out, versionName(plan, latest[plan]))
		}
	}
	return out, nil
}
