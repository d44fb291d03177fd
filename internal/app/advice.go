package app

import (
	"context"
	"maps"
	"slices"

	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/rating"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Advice is something a customer could do. lang has the sentence under "tip."
// and Key.
type Advice struct {
	Key    string            `json:"key"`
	Args   map[string]string `json:"args"`
	Saves  money.Amount      `json:"saves,omitzero"` // a period, before tax, where it can be told
	Period timex.Date        `json:"period"`         // first day of the period it was seen in
}

// maxPlans bounds the plans that are tried.
const maxPlans = 50

// Advice looks at the newest billed period of a contract, or the running one:
// seats without a log-in, modules that are on without an event of their kind,
// included quantities about to expire, a tier that would make more cost less,
// and published plans that would have been cheaper for the same use.
func (s *System) Advice(ctx context.Context, c id.Company, contractID id.ID) (out []Advice, err error) {
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
		seen := newSeen()
		if err := tx.Usage().Each(ctx, c, a.ID, timex.Days(b.First, b.After, of.loc), 0, seen); err != nil {
			return err
		}
		d, err := s.draft(ctx, tx, c, &a, of, b)
		if err != nil {
			return err
		}
		out = append(seen.advice(), fromLines(d.inv)...)
		cheaper, err := s.cheaperPlans(ctx, tx, c, &a, of, b)
		out = append(out, cheaper...)
		for i := range out {
			out[i].Period = b.First
		}
		return err
	})
	return out, err
}

// seen notes who was given a seat, who logged in, what was on and what was used.
type seen struct {
	seats, users, modules, kinds map[string]bool
}

func newSeen() *seen {
	return &seen{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}}
}

func (s *seen) Call(c *usage.Call) error {
	if c.Agent != "" && !s.users[c.Agent] {
		s.users[string([]byte(c.Agent))] = true // the call's own text does not outlive it
	}
	return nil
}

func (s *seen) Seat(f usage.Seat) error       { s.seats[f.User] = true; return nil }
func (s *seen) Session(f usage.Session) error { s.users[f.User] = true; return nil }
func (s *seen) Module(f usage.Module) error   { s.modules[f.Module] = true; return nil }
func (s *seen) Rental(usage.Rental) error     { return nil }
func (s *seen) Event(f usage.Event) error     { s.kinds[f.Kind] = true; return nil }

func (s *seen) advice() []Advice {
	var out []Advice
	for _, user := range slices.Sorted(maps.Keys(s.seats)) {
		if !s.users[user] {
			out = append(out, Advice{Key: "idle_seat", Args: map[string]string{"user": user}})
		}
	}
	for _, m := range slices.Sorted(maps.Keys(s.modules)) {
		if !s.kinds[m] {
			out = append(out, Advice{Key: "unused_module", Args: map[string]string{"module": m}})
		}
	}
	return out
}

// fromLines finds what the invoice itself knows.
func fromLines(inv *invoice.Invoice) []Advice {
	var out []Advice
	for i := range inv.Lines {
		for _, r := range inv.Lines[i].Rules {
			if r.Key == "inversion_ahead" {
				args := maps.Clone(r.Args)
				args["line"] = inv.Lines[i].ID
				out = append(out, Advice{Key: "tier_ahead", Args: args})
			}
		}
	}
	for _, c := range inv.Carry {
		if c.Expires <= inv.After+soon && c.Left.Sign() > 0 {
			out = append(out, Advice{Key: "expiring", Args: map[string]string{"package": c.Package, "quantity": c.Left.String(), "unit": c.Unit, "date": c.Expires.String()}})
		}
	}
	return out
}

// soon is how many days ahead an expiry is told of.
const soon = 31

// cheaperPlans bills the use of a period on the newest version of every other
// published plan, as it stands and as a whole period in the middle of a
// contract: fees that are due once are not in it on either side.
func (s *System) cheaperPlans(ctx context.Context, tx store.Tx, c id.Company, a *Agreement, of *agreed, b contract.BillingPeriod) ([]Advice, error) {
	plans, err := newest(tx)
	if err != nil {
		return nil, err
	}
	today := a.Plan
	now, err := s.running(ctx, tx, c, a.ID, of, b)
	if err != nil {
		return nil, err
	}
	var out []Advice
	for _, name := range plans {
		if name == today {
			continue
		}
		to, err := s.planOf(tx, name)
		if err != nil {
			return nil, err
		}
		as := &agreed{contract: plainContract(of.contract, name), plan: to.plan, decks: to.decks, loc: of.loc}
		then, err := s.running(ctx, tx, c, a.ID, as, b)
		if fault.KindOf(err) == fault.Unpriced || fault.KindOf(err) == fault.Unknown {
			continue // a plan that leaves use without a price is not cheaper
		}
		if err != nil {
			return nil, err
		}
		if then.Currency() == now.Currency() && then.Cmp(now) < 0 {
			saves, err := now.Sub(then)
			if err != nil {
				return nil, fault.New(fault.Overflow, "%v", err)
			}
			out = append(out, Advice{Key: "cheaper_plan", Args: map[string]string{"plan": name, "now": now.Decimal(), "then": then.Decimal()}, Saves: saves})
		}
	}
	slices.SortStableFunc(out, func(x, y Advice) int { return y.Saves.Cmp(x.Saves) })
	return out, nil
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

// newest lists the newest version of every published plan.
func newest(tx store.Tx) ([]string, error) {
	latest := map[string]int{}
	err := each(tx, id.Platform, KindPlan, store.Key{}, func(v PlanVersion, _ *store.Record) error {
		latest[v.Plan] = max(latest[v.Plan], v.Version)
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
