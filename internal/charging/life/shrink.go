package life

import (
	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// shrink lists the ways to have less of a component: from now on where days are
// credited, from the next period where a level is charged to the end of one, and
// never below what is committed.
func (q *Question) shrink() ([]Way, error) {
	comp, ok := q.Contract.PlanOn(q.Plan, q.Today).Component(q.Component)
	if !ok {
		return nil, fault.New(fault.NotFound, "plan %s has no component %q", q.Plan.ID, q.Component)
	}
	whole, err := q.wholePeriod(q.Today)
	if err != nil {
		return nil, err
	}
	w := Way{Key: "now", On: whole.After, Clauses: []Clause{{Key: "next_period", Path: "components." + comp.ID + ".seat_decrease", Args: map[string]string{"date": whole.After.String()}}}}
	if comp.SeatDecrease == catalog.CreditDays || comp.Measure == catalog.Recurring {
		w.On = max(q.Today, q.Contract.Start)
		w.Clauses = []Clause{{Key: "credit_days", Path: "components." + comp.ID + ".seat_decrease", Args: map[string]string{"date": w.On.String()}}}
	}
	floor := comp.Commitment
	if q.Quantity.Less(floor) {
		w.Clauses = append(w.Clauses, Clause{"committed", "components." + comp.ID + ".commitment", map[string]string{"quantity": floor.String()}})
	}
	smaller := q.smaller(w.On)
	w.NoticeBy = q.Today
	if err := q.smallerUntil(&w, smaller); err != nil {
		return nil, err
	}
	next, err := q.wholePeriod(max(w.On, whole.After))
	if err != nil {
		return nil, err
	}
	cost, err := q.Price(smaller, q.Plan, next, 0, true)
	if err != nil {
		return nil, err
	}
	w.After = cost.Net
	w.Rest, err = q.floorCost(smaller, next)
	return []Way{w}, err
}

// smaller is the contract with the new quantity from a day on.
func (q *Question) smaller(on timex.Date) *contract.Contract {
	c := *q.Contract
	a := contract.Amendment{ID: "what-if", On: on}
	a.Quantities = map[string]contract.Held{q.Component: {Quantity: q.Quantity}}
	c.Amendments = append(c.Amendments[:len(c.Amendments):len(c.Amendments)], a)
	return &c
}

// smallerUntil is what the period of today costs with the change in it.
func (q *Question) smallerUntil(w *Way, c *contract.Contract) error {
	w.Fee = money.Zero(q.Plan.Currency)
	b, err := q.wholePeriod(q.Today)
	if err != nil {
		return err
	}
	cost, err := q.Price(c, q.Plan, b, 0, true)
	w.Until, w.Total, w.Stub = cost.Net, cost.Net, w.On != b.After && w.On != b.First
	return err
}

// floorCost is what a period of the smaller contract costs without any use: what
// no downsizing gets below.
func (q *Question) floorCost(c *contract.Contract, b contract.BillingPeriod) (money.Amount, error) {
	none := *c
	a := contract.Amendment{ID: "what-if-none", On: b.First}
	a.Quantities = map[string]contract.Held{q.Component: {Quantity: exact.Zero}}
	none.Amendments = append(none.Amendments[:len(none.Amendments):len(none.Amendments)], a)
	cost, err := q.Price(&none, q.Plan, b, 0, false)
	return cost.Net, err
}
