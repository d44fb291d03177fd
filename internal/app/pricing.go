package app

import (
	"strconv"
	"sync"

	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/life"
	"waihu/internal/charging/meter"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Why a fact that was kept belongs to no contract, or a call has no price, beside
// the reasons of package meter.
const (
	NoContract       = "no_contract"       // no contract of the company serves on its day
	SeveralContracts = "several_contracts" // more than one does, and its account names none of them
	ContractSettled  = "contract_settled"  // one did, and its last invoice is issued: no other is to come that would charge it
	NoTerms          = "no_terms"          // the terms of its period cannot be made
)

// pricing is the prices of one company as of one version of its contracts. It
// is safe for many goroutines at once; a batch has it for itself while its calls
// are priced, which is a small part of the time it takes to keep them.
type pricing struct {
	version   int64 // of the company's contracts
	contracts []*served

	mu    sync.Mutex
	place []store.Charge // what calls came to, that of the call at hand last
	at    *period        // of the call at hand
}

// served is a contract that calls are priced by.
type served struct {
	agreement  Agreement
	of         *agreed
	start, end timex.Date // end 0: open
	periods    []*period  // met so far
	last       *period
}

// period is the terms of one billing period, ready to price calls.
type period struct {
	first  timex.Date
	span   timex.Period // in which the contract serves: a call outside is not its own
	terms  *contract.Terms
	meter  *meter.Meter
	labels map[priceKey]string
}

type priceKey struct {
	component int
	slot      int32
}

// maxPeriodsKept bounds the periods of a contract that are kept ready.
const maxPeriodsKept = 36

// servedOf reads the contracts of a company that serve or have served.
func (s *System) servedOf(tx store.Tx, c id.Company) (*pricing, error) {
	version, err := contractsVersion(tx, c)
	if err != nil {
		return nil, err
	}
	p := &pricing{version: version}
	for _, state := range []life.State{life.Running, life.Notice, life.Ended} {
		err := each(tx, c, KindContract, store.Key{Name: "state", Value: string(state)}, func(a Agreement, _ *store.Record) error {
			of, err := s.agreedOn(tx, a.Plan, a.File)
			if err != nil {
				return err
			}
			start, _ := of.contract.Service()
			p.contracts = append(p.contracts, &served{agreement: a, of: of, start: start, end: a.ends()})
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return p, nil
}

// contractsVersion rises with every change of a contract of the company; 0: it
// has none. A company that left has none that count.
func contractsVersion(tx store.Tx, c id.Company) (int64, error) {
	r, err := contractsOf(tx, c)
	if err != nil {
		return 0, err
	}
	return r.Revision, nil
}

// contractsChanged raises the version.
func contractsChanged(tx store.Tx, c id.Company) error {
	r, err := contractsOf(tx, c)
	if err != nil {
		return err
	}
	return tx.Records().Put(r)
}

// serves tells whether the contract is for calls of an instant.
func (s *served) serves(at timex.Instant) bool {
	if s.last != nil && s.last.span.Contains(at) && s.last.terms != nil {
		return true
	}
	d := at.DateIn(s.of.loc)
	return s.start <= d && (s.end == 0 || d < s.end)
}

// contractFor finds the contract of what began at an instant: the only one that
// serves, or the one its account names; else it says why there is none.
func (p *pricing) contractFor(at timex.Instant, account string) (*served, string) {
	return p.only(account, func(s *served) bool { return s.serves(at) })
}

// contractOf is the same for a fact that is not a call. A stretch that began when
// no contract served belongs to the one whose service begins within it: a seat
// that was there before the contract is charged from the contract's first day.
func (p *pricing) contractOf(f usage.Fact, k store.StretchKey) (*served, string) {
	account := store.AccountOf(f)
	s, why := p.contractFor(k.From, account)
	if s != nil || why == SeveralContracts || k.Kind == store.EventFact {
		return s, why
	}
	return p.only(account, func(s *served) bool { return s.within(k) })
}

// only is the one contract of which something is true, or that of them which an
// account names.
func (p *pricing) only(account string, takes func(*served) bool) (found *served, why string) {
	why = NoContract
	settled := false
	for _, s := range p.contracts {
		switch {
		case !takes(s):
		case s.settled():
			settled = true
		case s.agreement.Contract == account:
			return s, ""
		case why == NoContract:
			found, why = s, ""
		default:
			found, why = nil, SeveralContracts // only a name decides
		}
	}
	if why == NoContract && settled {
		why = ContractSettled
	}
	return found, why
}

// within tells whether the contract serves on some day of a stretch.
func (s *served) within(k store.StretchKey) bool {
	return (s.end == 0 || k.From < s.end.Start(s.of.loc)) && (k.To.IsZero() || k.To > s.start.Start(s.of.loc))
}

// periodOf is the billing period of an instant, made ready when it is met first.
func (s *served) periodOf(at timex.Instant, tell func(*meter.Priced)) (*period, error) {
	if s.last != nil && s.last.span.Contains(at) {
		return s.last, nil
	}
	for _, p := range s.periods {
		if p.span.Contains(at) {
			s.last = p
			return p, nil
		}
	}
	p, err := s.newPeriod(at, tell)
	if err != nil {
		return nil, err
	}
	if len(s.periods) == maxPeriodsKept {
		s.periods = s.periods[1:]
	}
	s.periods = append(s.periods, p)
	s.last = p
	return p, nil
}

// newPeriod makes the terms and the meter of the period of an instant. Terms
// that cannot be made leave the period without them, so that they are not tried
// for each of its calls.
func (s *served) newPeriod(at timex.Instant, tell func(*meter.Priced)) (*period, error) {
	d := at.DateIn(s.of.loc)
	list, err := s.agreement.periods(s.of, d, d+1)
	if err != nil || len(list) == 0 {
		return &period{first: d, span: timex.Days(d, d+1, s.of.loc)}, nil
	}
	b := list[0]
	p := &period{first: b.First, span: timex.Days(b.ServedFrom, b.ServedTo, s.of.loc), labels: map[priceKey]string{}}
	if p.terms, err = s.of.terms(b.First, b.After, invoice.Inputs{End: s.end}); err != nil {
		p.terms = nil
		return p, nil
	}
	p.meter, err = meter.New(p.terms, meter.Options{Prices: tell})
	return p, err
}

// price finds contract and charges of a call. The charges are appended to all.
func (p *pricing) price(c *usage.Call, all []store.Charge) (out store.ChargedCall, at pricedAt, _ []store.Charge, err error) {
	s, reason := p.contractFor(c.Start, c.Account)
	if s == nil {
		out, all = unpriced(c, reason, all)
		return out, at, all, nil
	}
	return p.priceBy(s, c, all)
}

// unpriced is a call with the reason why it has no price.
func unpriced(c *usage.Call, reason string, all []store.Charge) (store.ChargedCall, []store.Charge) {
	from := len(all)
	all = append(all, store.Charge{Raw: c.Seconds(), Reason: reason})
	return store.ChargedCall{Call: *c, Charges: all[from:len(all):len(all)]}, all
}

// priceBy charges a call by a contract.
func (p *pricing) priceBy(s *served, c *usage.Call, all []store.Charge) (out store.ChargedCall, at pricedAt, _ []store.Charge, err error) {
	at.contract = s
	if at.period, err = s.periodOf(c.Start, p.tell); err != nil {
		return out, at, all, err
	}
	from := len(all)
	if at.period.terms == nil {
		out, all = unpriced(c, NoTerms, all)
	} else {
		p.place, p.at = all, at.period
		err = at.period.meter.Call(c)
		all = p.place
		out = store.ChargedCall{Call: *c, Charges: all[from:len(all):len(all)]}
	}
	out.Contract = s.agreement.ID
	return out, at, all, err
}

// tell turns a price into a charge of the call at hand.
func (p *pricing) tell(m *meter.Priced) {
	c := store.Charge{Raw: m.Raw, Billed: m.Billed, Reason: m.Reason}
	plan := p.at.terms.Plan
	if m.Component >= 0 {
		c.Component = plan.Components[m.Component].ID
	}
	if m.Slot >= 0 {
		c.Label = p.at.label(m)
	}
	if m.HasCost {
		c.Cost = money.Micros(m.Micros, plan.Currency)
	}
	p.place = append(p.place, c)
}

// label is the key of a price: row:mobile, prefix:8613, row:long@60.
func (p *period) label(m *meter.Priced) string {
	key := priceKey{m.Component, m.Slot}
	if s, known := p.labels[key]; known {
		return s
	}
	l := p.meter.LabelOf(m)
	s := "row:" + l.Row
	switch {
	case l.Deck != "":
		s = "prefix:" + l.Prefix
	case l.Banded:
		s += "@" + strconv.FormatInt(l.From, 10)
	}
	p.labels[key] = s
	return s
}

// prices keeps the pricing of companies ready. The zero value is ready.
type prices struct {
	mu   sync.Mutex
	list map[id.Company]*pricing
}

// maxPriced bounds the companies that are kept ready; beyond it all are read
// again.
const maxPriced = 2_000

func (p *prices) look(c id.Company) *pricing {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.list[c]
}

func (p *prices) keep(c id.Company, x *pricing) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.list == nil || len(p.list) >= maxPriced {
		p.list = map[id.Company]*pricing{}
	}
	p.list[c] = x
}

// forget drops what is known of a company.
func (p *prices) forget(c id.Company) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.list, c)
}
