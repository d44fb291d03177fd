package app

import (
	"bytes"
	"cmp"
	"errors"
	"maps"
	"slices"
	"strconv"

	"waihu/internal/charging/ledger"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// fresh is what the new calls of a batch came to.
type fresh struct {
	sums    sums
	carrier carrierSums
	prepaid []prepaidCall
}

// prepaidCall is a call that its contract's wallet pays.
type prepaidCall struct {
	call *store.ChargedCall
	at   pricedAt
}

func (f *fresh) add(c *store.ChargedCall, at pricedAt) error {
	if at.contract != nil && at.contract.agreement.Wallet != "" && at.period.terms != nil {
		f.prepaid = append(f.prepaid, prepaidCall{c, at})
	} else if err := f.carrier.add(c.Call.Cost); err != nil {
		return err
	}
	return f.sums.add(c, at)
}

// sums is what calls came to by price.
type sums map[sumKey]*sum

type sumKey struct {
	contract         id.ID
	first            timex.Date
	component, label string
}

type sum struct {
	store.Tally
	at pricedAt
}

// unpricedLabel begins the label of tallies of calls that have no price: the
// reason follows.
const unpricedLabel = "unpriced:"

func (s sums) add(c *store.ChargedCall, at pricedAt) error {
	first := store.MonthOf(c.Call.Start)
	if at.period != nil {
		first = at.period.first
	}
	for i := range c.Charges {
		ch := &c.Charges[i]
		k := sumKey{c.Contract, first, ch.Component, ch.Label}
		if ch.Reason != "" {
			k.label = unpricedLabel + ch.Reason
		}
		t := s[k]
		if t == nil {
			t = &sum{store.Tally{Contract: k.contract, First: first, Component: k.component, Label: k.label, Cost: money.Zero(ch.Cost.Currency())}, at}
			s[k] = t
		}
		t.Calls++
		t.Raw += ch.Raw
		t.Billed += ch.Billed
		var err error
		if t.Cost, err = t.Cost.Add(ch.Cost); err != nil {
			return fault.New(fault.Overflow, "%v", err)
		}
	}
	return nil
}

// sorted are the sums in an order that does not depend on chance.
func (s sums) sorted() []*sum {
	return slices.SortedFunc(maps.Values(s), func(a, b *sum) int {
		return cmp.Or(bytes.Compare(a.Contract[:], b.Contract[:]), cmp.Compare(a.First, b.First), cmp.Compare(a.Component, b.Component), cmp.Compare(a.Label, b.Label))
	})
}

func (s sums) tallies() []store.Tally {
	var out []store.Tally
	for _, t := range s.sorted() {
		out = append(out, t.Tally)
	}
	return out
}

// bookUsage puts what a batch came to into the journal, an entry for each
// billing period of a contract.
func (s *System) bookUsage(tx store.Tx, c id.Company, position int64, all sums) error {
	list := all.sorted()
	for len(list) > 0 {
		at := list[0].at
		n := slices.IndexFunc(list, func(t *sum) bool { return t.at != at })
		if n < 0 {
			n = len(list)
		}
		if at.period != nil && at.period.terms != nil && at.contract.agreement.Wallet == "" {
			if err := s.bookPeriod(tx, c, position, at, list[:n]); err != nil {
				return err
			}
		}
		list = list[n:]
	}
	return nil
}

// bookPeriod books what accrued in one period.
func (s *System) bookPeriod(tx store.Tx, c id.Company, position int64, at pricedAt, list []*sum) error {
	contract := at.contract.agreement.ID.String()
	var parts []ledger.Part
	for _, t := range list {
		if t.Cost.IsZero() {
			continue
		}
		amount, category, err := at.period.taxed(t.Component, t.Cost, false)
		if err != nil {
			return err
		}
		parts = append(parts, ledger.Part{Category: category, Amount: amount})
	}
	ref := strconv.FormatInt(position, 10) + "/" + contract + "/" + at.period.first.String()
	e, err := ledger.Accrued(ref, contract, at.period.first, parts)
	return s.book(tx, c, e, err)
}

// bookPrepaid takes what calls came to, tax included, from their contracts'
// wallets, an entry for each: a customer sees where its money went. A call that
// was settled when it ended is paid. They were made: a balance may fall below
// zero.
func (s *System) bookPrepaid(tx store.Tx, c id.Company, calls []prepaidCall) error {
	for len(calls) > 0 {
		wallet := calls[0].at.contract.agreement.Wallet
		w, r, err := find[Purse](tx, c, KindWallet, "name", wallet)
		if err != nil {
			return err
		}
		n := 0
		for ; n < len(calls) && calls[n].at.contract.agreement.Wallet == wallet; n++ {
			if err := s.takePrepaid(tx, c, &w, &calls[n]); err != nil {
				return err
			}
		}
		calls = calls[n:]
		if err := save(tx, r, &w); err != nil {
			return err
		}
	}
	return nil
}

// takePrepaid takes one call from a wallet, once, and gives back what was held
// for it.
func (s *System) takePrepaid(tx store.Tx, c id.Company, w *Purse, p *prepaidCall) error {
	gross := money.Zero(w.Purse.Currency)
	for i := range p.call.Charges {
		ch := &p.call.Charges[i]
		if ch.Cost.IsZero() {
			continue
		}
		amount, _, err := p.at.period.taxed(ch.Component, ch.Cost, true)
		if err == nil {
			gross, err = plus(gross, amount)
		}
		if err != nil {
			return err
		}
	}
	e, err := ledger.Called(callRef(w.Name, p.call.Call.ID), w.Name, p.at.contract.agreement.ID.String(), gross, p.call.Call.Cost)
	if err != nil || e.IsEmpty() {
		return err
	}
	if settled, err := tx.Journal().ByRef(c, e.Kind, e.Ref); err == nil {
		return s.carrierLate(tx, c, settled, p.call.Call.Cost)
	} else if fault.KindOf(err) != fault.NotFound {
		return err
	}
	if err := tx.Holds().Delete(c, w.Name, p.call.Call.ID); err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	if err := errors.Join(w.Purse.Take(gross, tx.Now()), w.take(p.at.period.first, gross)); err != nil {
		return err
	}
	return s.book(tx, c, e, nil)
}

// taxed is a cost of a component before tax, or with it; and its category.
func (p *period) taxed(component string, cost money.Amount, gross bool) (money.Amount, string, error) {
	return taxed(p.terms.Plan, p.terms.After, component, cost, gross)
}

// accruedTo is what stands accrued for a contract up to the period of a draft,
// that and earlier ones, to which usage came late. It is read in the moment the
// draft is made of: what comes before the invoice is issued is not on it, and
// stays accrued for the next.
func accruedTo(tx store.Tx, c id.Company, contract id.ID, first timex.Date, cur money.Currency) (out []ledger.Standing, err error) {
	all, err := tx.Journal().Balances(c)
	if err != nil {
		return nil, err
	}
	for _, b := range all {
		in, category, is := ledger.AccruedIn(b.Account, contract.String())
		if is && in <= first && b.Amount.Currency() == cur {
			out = append(out, ledger.Standing{First: in, Category: category, Amount: b.Amount})
		}
	}
	return out, nil
}

// releaseAccrued takes back what had accrued of what an invoice charges for.
func (s *System) releaseAccrued(tx store.Tx, x *issuing, doc *store.Document) error {
	e, err := ledger.Release(doc.ID.String(), x.a.ID.String(), x.accrued)
	return s.book(tx, x.company, e, err)
}
