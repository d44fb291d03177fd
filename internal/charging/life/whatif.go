package life

import (
	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// Want is what a customer thinks of doing.
type Want string

const (
	Cancel   Want = "cancel"
	Downsize Want = "downsize"
	Switch   Want = "switch"
)

// Cost is what a period costs, before tax.
type Cost struct {
	Net money.Amount `json:"net"` // all of it
	Fee money.Amount `json:"fee"` // the part of it that leaving early costs
}

// Pricer says what a period of a contract costs at today's usage, if the contract
// ends on a day (0: it goes on). used false is a period without any use: what is
// due all the same. It is the function that makes invoices.
type Pricer func(c *contract.Contract, p *catalog.Plan, period contract.BillingPeriod, ends timex.Date, used bool) (Cost, error)

// Question is what is asked, today.
type Question struct {
	Want      Want
	Today     timex.Date
	Contract  *contract.Contract
	Plan      *catalog.Plan
	Life      Life
	Component string             // downsize: what to have less of ...
	Quantity  exact.Number       // ... and how many are left
	To        *catalog.Plan      // switch: the new plan ...
	ToTerms   *contract.Contract // ... and the contract on it
	Price     Pricer
}

// Way is one way to do it.
type Way struct {
	Key      string       `json:"key"` // at_term, early, now
	On       timex.Date   `json:"on"`  // first day it holds: day after the last of the old
	NoticeBy timex.Date   `json:"notice_by,omitzero"`
	Until    money.Amount `json:"until"` // cost from today's period until then, without the fee
	Fee      money.Amount `json:"fee"`   // for leaving early
	Rest     money.Amount `json:"rest"`  // committed for the rest of the term when it begins: what is not paid by leaving
	After    money.Amount `json:"after"` // cost of a whole period from then on
	Total    money.Amount `json:"total"` // all that is paid from today's period until the latest day of the ways
	Stub     bool         `json:"stub"`  // it falls within a period, which is charged by share
	Clauses  []Clause     `json:"clauses"`
}

// Answer is what it would cost and when.
type Answer struct {
	Want  Want         `json:"want"`
	Today timex.Date   `json:"today"`
	Now   money.Amount `json:"now"`  // cost of a whole period today
	Ways  []Way        `json:"ways"` // soonest first
	Best  int          `json:"best"` // index of the cheapest until the latest of their days
}

// maxAhead bounds the periods that are priced for an answer: ten years of months.
const maxAhead = 120

// WhatIf answers. A contract that is not signed or has ended is a Conflict.
func WhatIf(q Question) (_ Answer, err error) {
	defer fault.Wrap(&err, "what if %s", q.Want)
	if s := q.Life.State; s != Signed && s != Running && s != Notice {
		return Answer{}, fault.New(fault.Conflict, "the contract is %s: there is nothing to %s", s, q.Want)
	}
	a := Answer{Want: q.Want, Today: q.Today}
	whole, err := q.wholePeriod(q.Today)
	if err != nil {
		return a, err
	}
	now, err := q.Price(q.Contract, q.Plan, whole, 0, true)
	if err != nil {
		return a, err
	}
	a.Now = now.Net
	switch q.Want {
	case Cancel:
		a.Ways, err = q.leave(q.nothing)
	case Switch:
		if q.To == nil || q.ToTerms == nil {
			return a, fault.New(fault.Invalid, "a switch needs the plan to switch to")
		}
		a.Ways, err = q.leave(q.switched)
	case Downsize:
		a.Ways, err = q.shrink()
	default:
		return a, fault.New(fault.Invalid, "%q: cancel, downsize or switch was expected", q.Want)
	}
	if err != nil {
		return a, err
	}
	a.Best = best(a.Ways)
	return a, nil
}

// then says what a whole period costs after a change on a day, and all of them
// from then until another day.
type then func(on, until timex.Date) (period, all money.Amount, err error)

// leave lists the ways out: free at the end of a term, and early at the next
// billing boundary if that comes before.
func (q *Question) leave(after then) ([]Way, error) {
	exit := q.Life.FreeExit(q.Contract, q.Today)
	whole, err := q.wholePeriod(q.Today)
	if err != nil {
		return nil, err
	}
	var ways []Way
	if early := max(whole.After, q.Contract.Start+1); early < exit.On && q.Life.State != Notice {
		ways = append(ways, Way{Key: "early", On: early, Clauses: []Clause{q.earlyClause()}})
	}
	ways = append(ways, Way{Key: "at_term", On: exit.On, NoticeBy: exit.NoticeBy, Clauses: exit.Clauses})
	for i := range ways {
		w := &ways[i]
		if err := q.until(w, q.Contract, w.On); err != nil {
			return nil, err
		}
		if w.Rest, err = q.committed(w.On, exit.On); err != nil {
			return nil, err
		}
		period, between, err := after(w.On, exit.On)
		if err != nil {
			return nil, err
		}
		w.After, w.Total = period, between
		if err := add(&w.Total, w.Until, w.Fee); err != nil {
			return nil, err
		}
	}
	return ways, nil
}

// earlyClause is what decides the fee: the contract's clause, the plan's, or
// none, and then the whole rest is owed.
func (q *Question) earlyClause() Clause {
	t, path := q.Contract.Termination, "early_termination"
	if t == nil {
		t, path = q.Plan.Termination, "plan.early_termination"
	}
	if t == nil {
		return Clause{Key: "no_early_exit"}
	}
	return Clause{"early_termination", path, t.Args()}
}

// until adds up what the periods from today's until a day cost when the contract
// ends then. Where no clause lets a customer go early, the rest is the fee.
func (q *Question) until(w *Way, c *contract.Contract, ends timex.Date) error {
	cur := q.Plan.Currency
	w.Until, w.Fee = money.Zero(cur), money.Zero(cur)
	periods, err := q.periods(q.Today, ends)
	if err != nil {
		return err
	}
	for _, b := range periods {
		b.ServedTo = min(b.ServedTo, ends)
		cost, err := q.Price(c, q.Plan, b, ends, true)
		if err != nil {
			return err
		}
		if err := add(&w.Until, cost.Net, cost.Fee.Neg()); err != nil {
			return err
		}
		if err := add(&w.Fee, cost.Fee); err != nil {
			return err
		}
		w.Stub = b.After != ends && b.ServedTo == ends
	}
	if w.Key == "early" && w.Clauses[0].Key == "no_early_exit" {
		exit := q.Life.FreeExit(q.Contract, q.Today)
		w.Fee, err = q.committed(ends, exit.On)
	}
	return err
}

// committed is what is due from a day until another without any use.
func (q *Question) committed(from, to timex.Date) (money.Amount, error) {
	sum := money.Zero(q.Plan.Currency)
	if from >= to {
		return sum, nil
	}
	periods, err := q.periods(from, to)
	if err != nil {
		return sum, err
	}
	for _, b := range periods {
		cost, err := q.Price(q.Contract, q.Plan, b, 0, false)
		if err != nil {
			return sum, err
		}
		if err := add(&sum, cost.Net); err != nil {
			return sum, err
		}
	}
	return sum, nil
}

func (q *Question) periods(from, to timex.Date) ([]contract.BillingPeriod, error) {
	open := *q.Contract
	open.End, open.Term = 0, contract.Term{} // the life of it decides, not its first term
	open.Amendments = withoutEnds(open.Amendments)
	periods, err := contract.Periods(q.Plan, &open, max(from, q.Contract.Start), to)
	if err == nil && len(periods) > maxAhead {
		return nil, fault.New(fault.Invalid, "%d billing periods from %s to %s: an answer looks at most %d ahead", len(periods), from, to, maxAhead)
	}
	return periods, err
}

func withoutEnds(list []contract.Amendment) []contract.Amendment {
	out := make([]contract.Amendment, len(list))
	for i, a := range list {
		a.End = 0
		out[i] = a
	}
	return out
}

// wholePeriod is the billing period a day lies in, or the first of the contract.
func (q *Question) wholePeriod(day timex.Date) (contract.BillingPeriod, error) {
	day = max(day, q.Contract.Start)
	periods, err := q.periods(day, day+1)
	if err != nil {
		return contract.BillingPeriod{}, err
	}
	b := periods[0]
	b.ServedFrom, b.ServedTo = max(b.First, q.Contract.Start), b.After
	return b, nil
}

// add adds amounts of one currency; beyond what can be counted is Overflow.
func add(sum *money.Amount, more ...money.Amount) error {
	for _, m := range more {
		next, err := sum.Add(m)
		if err != nil {
			return fault.New(fault.Overflow, "%v", err)
		}
		*sum = next
	}
	return nil
}

// best is the way that costs least until the latest day of all.
func best(ways []Way) int {
	at := 0
	for i := range ways {
		if ways[i].Total.Cmp(ways[at].Total) < 0 {
			at = i
		}
	}
	return at
}
