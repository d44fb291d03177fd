package app

import (
	"sync"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// pricer prices single calls of a contract in one billing period with the meter
// that makes its bills, at list price: what is included or cheaper by quantity
// is known when the period is over, and goes back to the wallet then.
type pricer struct {
	terms *contract.Terms
	first timex.Date

	mu    sync.Mutex
	meter *meter.Meter
	got   []meter.Charged
	used  int
}

// meterUses bounds how many calls are put to one meter: it remembers some.
const meterUses = 5_000

// pricerAt is the pricer of the period that an instant lies in.
func (s *System) pricerAt(a *Agreement, of *agreed, at timex.Instant) (*pricer, error) {
	day := at.DateIn(of.loc)
	periods, err := a.periods(of, day, day+1)
	if err != nil {
		return nil, err
	}
	if len(periods) == 0 {
		return nil, fault.New(fault.Conflict, "contract %s does not serve on %s", a.Contract, day)
	}
	key := digest(a.Plan, a.File, periods[0].First.String(), periods[0].After.String())
	if p := s.read.price(key); p != nil {
		return p, nil
	}
	terms, err := of.terms(periods[0].First, periods[0].After, invoice.Inputs{})
	if err != nil {
		return nil, err
	}
	p := &pricer{terms: terms, first: periods[0].First}
	s.read.keepPrice(key, p)
	return p, nil
}

// cost is what a call of so many seconds of talk costs, tax included, rounded
// half away to a millionth. A call without a price is of kind Unpriced.
func (p *pricer) cost(call *usage.Call, seconds int64) (money.Amount, error) {
	c := *call
	c.Result, c.Talk = usage.Answered, time.Duration(seconds)*time.Second
	c.Answer, c.End, c.Total = c.Start, c.Start.Add(c.Talk), c.Talk
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.meter == nil || p.used >= meterUses {
		m, err := meter.New(p.terms, meter.Options{Detail: func(x *meter.Charged) { p.got = append(p.got, *x) }})
		if err != nil {
			return money.Amount{}, err
		}
		p.meter, p.used = m, 0
	}
	p.got, p.used = p.got[:0], p.used+1
	if err := p.meter.Call(&c); err != nil {
		return money.Amount{}, err
	}
	sum, priced := exact.Zero, false
	for i := range p.got {
		x := &p.got[i]
		if x.Reason != "" {
			return money.Amount{}, fault.New(fault.Unpriced, "calls to %s: %s", c.To, x.Reason)
		}
		if !x.HasCost {
			return money.Amount{}, fault.New(fault.Unpriced, "component %s is priced by the period's quantity: its calls cannot be prepaid", x.Component)
		}
		priced = true
		sum = sum.Add(p.gross(x.Component, x.Cost, c.Start))
	}
	if !priced {
		return money.Amount{}, fault.New(fault.Unpriced, "nothing in plan %s prices calls to %s", p.terms.Plan.ID, c.To)
	}
	out, err := money.Round(sum, p.terms.Plan.Currency, exact.HalfAway, 6)
	if err != nil {
		return out, fault.New(fault.Overflow, "%v", err)
	}
	return out, nil
}

// gross adds the tax of a component where prices do not contain it.
func (p *pricer) gross(component string, net exact.Number, at timex.Instant) exact.Number {
	plan := p.terms.Plan
	comp, ok := plan.Component(component)
	if !ok || plan.Tax.Prices == catalog.TaxInclusive {
		return net
	}
	class := comp.TaxClass
	if class == "" {
		class = plan.Tax.Default
	}
	rate, ok := plan.Tax.RateOn(class, at.DateIn(p.terms.Loc))
	if !ok {
		return net
	}
	return net.Mul(exact.One.Add(rate))
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
