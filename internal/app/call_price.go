package app

import (
	"sync"
	"time"

	"waihu/internal/charging/invoice"
	"waihu/internal/charging/meter"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// pricer prices single calls of a contract in one billing period with the meter
// that makes its bills, at list price: what is included or cheaper by quantity
// is known when the period is over, and goes back to the wallet then.
type pricer struct {
	period

	mu  sync.Mutex
	got []meter.Priced
}

// pricerAt is the pricer of the period that an instant lies in.
func (s *System) pricerAt(a *Agreement, of *agreed, at timex.Instant) (*pricer, error) {
	b, err := a.periodOn(of, at.DateIn(of.loc))
	if err != nil {
		return nil, err
	}
	key := digest(a.Plan, a.File, b.First.String(), b.After.String())
	if p := s.read.price(key); p != nil {
		return p, nil
	}
	p := &pricer{period: period{first: b.First}}
	if p.terms, err = of.terms(b.First, b.After, invoice.Inputs{}); err != nil {
		return nil, err
	}
	if p.meter, err = meter.New(p.terms, meter.Options{Prices: func(x *meter.Priced) { p.got = append(p.got, *x) }}); err != nil {
		return nil, err
	}
	s.read.keepPrice(key, p)
	return p, nil
}

// prepaid is a call's contract, wallet and prices.
type prepaid struct {
	agreement Agreement
	record    *store.Record // of the wallet
	wallet    Purse
	prices    *pricer
}

// prepaidOn finds them for a call that starts at an instant.
func (s *System) prepaidOn(tx store.Tx, c id.Company, contract id.ID, start timex.Instant) (out prepaid, err error) {
	if err = here(tx, c); err != nil {
		return out, err
	}
	var of *agreed
	if out.agreement, _, of, err = s.contractOf(tx, c, contract); err != nil {
		return out, err
	}
	if out.wallet, out.record, err = find[Purse](tx, c, KindWallet, "name", out.agreement.Wallet); err != nil {
		return out, err
	}
	out.prices, err = s.pricerAt(&out.agreement, of, start)
	return out, err
}

// cost is what a call of so many seconds of talk costs, tax included, to a
// millionth. A call without a price is of kind Unpriced.
func (p *pricer) cost(call *usage.Call, seconds int64) (money.Amount, error) {
	c := *call
	c.Result, c.Talk = usage.Answered, time.Duration(seconds)*time.Second
	c.Answer, c.End, c.Total = c.Start, c.Start.Add(c.Talk), c.Talk
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got = p.got[:0]
	if err := p.meter.Call(&c); err != nil {
		return money.Amount{}, err
	}
	plan := p.terms.Plan
	sum, priced := money.Zero(plan.Currency), false
	for i := range p.got {
		x := &p.got[i]
		if x.Reason != "" {
			return sum, fault.New(fault.Unpriced, "calls to %s: %s", c.To, x.Reason)
		}
		component := plan.Components[x.Component].ID
		if !x.HasCost {
			return sum, fault.New(fault.Unpriced, "component %s is priced by the period's quantity: its calls cannot be prepaid", component)
		}
		priced = true
		gross, _, err := p.taxed(component, money.Micros(x.Micros, plan.Currency), true)
		if err == nil {
			sum, err = plus(sum, gross)
		}
		if err != nil {
			return sum, err
		}
	}
	if !priced {
		return sum, fault.New(fault.Unpriced, "nothing in plan %s prices calls to %s", plan.ID, c.To)
	}
	return sum, nil
}

// longest is the longest talk that an amount pays for, up to most seconds; 0: not
// even the shortest. More talk never costs less, so halving finds it.
func (p *pricer) longest(call *usage.Call, amount money.Amount, most int64) (int64, error) {
	low, high := int64(0), most
	for low < high { // bounded: the span is halved
		mid := (low + high + 1) / 2
		cost, err := p.cost(call, mid)
		if err != nil {
			return 0, err
		}
		if cost.Cmp(amount) <= 0 {
			low = mid
		} else {
			high = mid - 1
		}
	}
	return low, nil
}
