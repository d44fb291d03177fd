package life

import (
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// nothing is what comes after a contract is canceled.
func (q *Question) nothing(_, _ timex.Date) (period, all money.Amount, err error) {
	none := money.Zero(q.Plan.Currency)
	return none, none, nil
}

// switched is what the new plan costs. Another currency is Invalid: convert the
// plan first, at a rate that is written down.
func (q *Question) switched(on, until timex.Date) (period, all money.Amount, err error) {
	if q.To.Currency != q.Plan.Currency {
		return period, all, fault.New(fault.Invalid, "the new plan is in %s, the contract in %s", q.To.Currency, q.Plan.Currency)
	}
	next := *q.ToTerms
	next.Start, all = on, money.Zero(q.To.Currency)
	n := Question{Contract: &next, Plan: q.To}
	b, err := n.wholePeriod(on)
	if err != nil {
		return period, all, err
	}
	cost, err := q.Price(&next, q.To, b, 0, true)
	if err != nil || on >= until {
		return cost.Net, all, err
	}
	periods, err := n.periods(on, until)
	if err != nil {
		return cost.Net, all, err
	}
	for _, b := range periods {
		one, err := q.Price(&next, q.To, b, until, true)
		if err != nil {
			return cost.Net, all, err
		}
		if err := add(&all, one.Net); err != nil {
			return cost.Net, all, err
		}
	}
	return cost.Net, all, nil
}
