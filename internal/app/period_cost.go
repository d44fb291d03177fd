package app

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// How old the draft may be that a period's cost is taken from.
const (
	costKept     = time.Hour   // before calls and for alerts
	costExact    = time.Minute // before a hard stop refuses anything
	costAnyAge   = time.Duration(1<<63 - 1)
	maxCostsKept = 10_000
)

// periodCost is what a contract's running period comes to by what is known, before
// tax: fixed fees, seats and modules for the whole period, calls so far, promises
// and adjustments. Only a draft knows that, and a draft reads all usage of the
// period; so it is made now and then, and between drafts calls are added as they
// run up, at list price. What a package covers or a discount takes off of those
// is known with the next draft: the cost may be too high meanwhile, by no more
// than the calls since, and is never too low by calls.
//
// It is made anew when the period or the contract is another, when stretches came
// in through this node, and when it is older than who asks allows.
type periodCost struct {
	revision int64 // of the contract
	file     string
	first    timex.Date
	at       timex.Instant // of the draft
	net      money.Amount
	by       map[string]money.Amount // by component
	tallied  map[string]money.Amount // running totals when it was drafted, by component
	unpriced int64                   // records without a price
}

// costs keeps the costs of contracts ready. The zero value is ready.
type costs struct {
	mu    sync.Mutex
	list  map[id.ID]*periodCost
	being map[*costing]bool // made now
}

// costing is a cost on its way: one that is forgotten meanwhile is not kept.
type costing struct {
	contract  id.ID
	overtaken bool
}

func (k *costs) look(contract id.ID) *periodCost {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.list[contract]
}

func (k *costs) begin(contract id.ID) *costing {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.being == nil {
		k.being = map[*costing]bool{}
	}
	m := &costing{contract: contract}
	k.being[m] = true
	return m
}

// end keeps what was made; nil: nothing was.
func (k *costs) end(m *costing, x *periodCost) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.being, m)
	if x == nil || m.overtaken {
		return
	}
	if k.list == nil || len(k.list) >= maxCostsKept {
		k.list = map[id.ID]*periodCost{}
	}
	k.list[m.contract] = x
}

func (k *costs) forget(contract id.ID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.list, contract)
	for m := range k.being {
		m.overtaken = m.overtaken || m.contract == contract
	}
}

// costOf is the cost of a contract's period from a draft that is not older than
// age.
func (s *System) costOf(ctx context.Context, tx store.Tx, c id.Company, a *Agreement, of *agreed, b contract.BillingPeriod, age time.Duration) (*periodCost, error) {
	x := s.costs.look(a.ID)
	if x != nil && x.first == b.First && x.revision == a.Revision && x.file == a.File && tx.Now().Sub(x.at) <= age {
		return x, nil
	}
	var made *periodCost
	being := s.costs.begin(a.ID)
	defer func() { s.costs.end(being, made) }()
	made, err := s.newCost(ctx, tx, c, a, of, b)
	return made, err
}

// newCost takes it from a draft of now.
func (s *System) newCost(ctx context.Context, tx store.Tx, c id.Company, a *Agreement, of *agreed, b contract.BillingPeriod) (*periodCost, error) {
	d, err := s.draft(ctx, tx, c, a, of, b, s.billed)
	if err != nil {
		return nil, err
	}
	tallies, err := tx.Usage().Tallies(c, a.ID, b.First)
	if err != nil {
		return nil, err
	}
	nets, err := netOfLines(d.inv)
	if err != nil {
		return nil, err
	}
	x := &periodCost{revision: a.Revision, file: a.File, first: b.First, at: tx.Now(), net: d.inv.Net, by: map[string]money.Amount{}}
	for i := range d.inv.Lines {
		if err := addTo(x.by, d.inv.Lines[i].Component, nets[i]); err != nil {
			return nil, err
		}
	}
	if x.tallied, err = runningTotals(of.plan, b.After, tallies); err != nil {
		return nil, err
	}
	for _, u := range d.inv.Unpriced {
		x.unpriced += u.Count
	}
	return x, nil
}

// spent is the cost now, of one component if it is named: the draft's, and the
// calls since.
func (x *periodCost) spent(now map[string]money.Amount, component string, cur money.Currency) (money.Amount, error) {
	sum := x.net
	if component != "" {
		sum = money.Zero(cur)
		if known, there := x.by[component]; there {
			sum = known
		}
	}
	for of, total := range now {
		if component != "" && of != component {
			continue
		}
		more := total.Micros()
		if before, there := x.tallied[of]; there {
			more -= before.Micros()
		}
		var err error
		if sum, err = sum.Add(money.Micros(more, cur)); err != nil {
			return sum, fault.New(fault.Overflow, "%v", err)
		}
	}
	return sum, nil
}

// parts are what the components of a plan have of the cost now, the largest first,
// and last what is left of it.
func (x *periodCost) parts(now map[string]money.Amount, plan *catalog.Plan, all money.Amount) (out []GlancePart, err error) {
	left := all.Micros()
	for i := range plan.Components {
		c := &plan.Components[i]
		part, err := x.spent(now, c.ID, plan.Currency)
		if err != nil {
			return nil, err
		}
		left -= part.Micros()
		if !part.IsZero() {
			out = append(out, GlancePart{c.Name.Or(c.ID), part})
		}
	}
	slices.SortStableFunc(out, func(a, b GlancePart) int { return cmp.Compare(b.Amount.Micros(), a.Amount.Micros()) })
	if left != 0 {
		out = append(out, GlancePart{Amount: money.Micros(left, plan.Currency)})
	}
	return out, nil
}

// runningTotals are tallies by component, before tax.
func runningTotals(plan *catalog.Plan, after timex.Date, tallies []store.Tally) (map[string]money.Amount, error) {
	out := map[string]money.Amount{}
	for i := range tallies {
		t := &tallies[i]
		if t.Cost.IsZero() || t.Cost.Currency() != plan.Currency {
			continue
		}
		net, _, err := taxed(plan, after, t.Component, t.Cost, false)
		if err == nil {
			err = addTo(out, t.Component, net)
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// addTo adds an amount to the sum of a component.
func addTo(sums map[string]money.Amount, component string, a money.Amount) error {
	sum, there := sums[component]
	if !there {
		sums[component] = a
		return nil
	}
	sum, err := sum.Add(a)
	if err != nil {
		return fault.New(fault.Overflow, "%v", err)
	}
	sums[component] = sum
	return nil
}

// taxed is a cost of a component before tax, or with it, to a millionth; and the
// category it is earned in.
func taxed(plan *catalog.Plan, after timex.Date, component string, cost money.Amount, gross bool) (money.Amount, string, error) {
	comp, known := plan.Component(component)
	if !known {
		return cost, "", fault.New(fault.Internal, "the plan has no component %q", component)
	}
	class := comp.TaxClass
	if class == "" {
		class = plan.Tax.Default
	}
	rate, _ := plan.Tax.RateOn(class, after-1)
	factor := exact.One
	switch inclusive := plan.Tax.Prices == catalog.TaxInclusive; {
	case inclusive && !gross:
		factor = exact.One.Div(exact.One.Add(rate))
	case !inclusive && gross:
		factor = exact.One.Add(rate)
	}
	out, err := money.Round(cost.Exact().Mul(factor), cost.Currency(), exact.HalfAway, 6)
	if err != nil {
		return out, "", fault.New(fault.Overflow, "%v", err)
	}
	return out, comp.Category, nil
}
