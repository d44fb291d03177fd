package app

import (
	"time"

	"waihu/internal/charging/ledger"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// chargedAt is a price of a contract.
type chargedAt struct {
	contract         id.ID
	component, label string
	currency         money.Currency
}

// chargedSum is what calls came to at a price.
type chargedSum struct{ calls, raw, billed, cost int64 }

// carried is what calls came to on the carriers' side.
type carried struct {
	asked     map[money.Currency]int64
	talk      time.Duration  // of calls that a carrier asks for
	nobodys   time.Duration  // of those, calls nobody is charged for
	strangers map[id.ID]bool // contracts of calls that the company does not have
}

// everKept is all time in which calls can be.
var everKept = timex.Period{From: timex.MustDate("1970-01-02").Start(time.UTC), To: timex.MustDate("2200-01-01").Start(time.UTC)}

// calls reads every call of a company once, and compares what they come to with
// the running totals, and what carriers ask for them with the journal.
func (x *examination) calls() error {
	sums := map[chargedAt]chargedSum{}
	var loose int64
	other := carried{asked: map[money.Currency]int64{}, strangers: map[id.ID]bool{}}
	q := store.CallQuery{Period: everKept, Limit: store.MaxPage}
	for { // bounded: every page ends before the one before
		page, err := x.tx.Usage().Calls(x.c, q)
		if err != nil {
			return err
		}
		for i := range page.Calls {
			c := &page.Calls[i]
			x.out.Calls++
			if c.Contract.IsZero() {
				loose++
			}
			if _, own := x.contracts[c.Contract]; !own && !c.Contract.IsZero() && !other.strangers[c.Contract] {
				other.strangers[c.Contract] = true
				x.belongs(c.Contract, "call %s of %s", c.Call.ID, c.Call.Source)
			}
			count(sums, c)
			other.count(c)
		}
		if q.Before = page.Next; q.Before.Start.IsZero() {
			break
		}
	}
	x.carriers(&other)
	if err := x.strays(loose); err != nil {
		return err
	}
	return x.totals(sums)
}

// strays compares the calls of no contract with those that are listed for somebody
// to decide, and that hold a bill run: what is not listed is charged to nobody.
func (x *examination) strays(loose int64) error {
	sums, err := x.tx.Usage().StraySums(x.c, store.StrayQuery{Kind: store.CallFact})
	if err != nil || len(sums) == store.MaxPage { // there may be more than are given
		return err
	}
	var listed int64
	for i := range sums {
		listed += sums[i].Count
	}
	if loose != listed {
		x.found(ruleBelonging, "%d calls belong to no contract, %d are listed so (/v1/strays)", loose, listed)
	}
	return nil
}

// count adds the charges of a call to the sums of their prices.
func count(sums map[chargedAt]chargedSum, c *store.ChargedCall) {
	for i := range c.Charges {
		ch := &c.Charges[i]
		at := chargedAt{c.Contract, ch.Component, ch.Label, ch.Cost.Currency()}
		if ch.Reason != "" {
			at.label = unpricedLabel + ch.Reason
		}
		s := sums[at]
		sums[at] = chargedSum{s.calls + 1, s.raw + ch.Raw, s.billed + ch.Billed, s.cost + ch.Cost.Micros()}
	}
}

// count adds what the carrier asks for a call. A call without charges is one the
// plan leaves free on purpose.
func (k *carried) count(c *store.ChargedCall) {
	if c.Call.Cost.IsZero() {
		return
	}
	k.asked[c.Call.Cost.Currency()] += c.Call.Cost.Micros()
	k.talk += c.Call.Talk
	for i := range c.Charges {
		if c.Charges[i].Reason == "" {
			return
		}
	}
	if len(c.Charges) > 0 {
		k.nobodys += c.Call.Talk
	}
}

// totals compares the running totals of a company with the sums of its calls.
func (x *examination) totals(sums map[chargedAt]chargedSum) error {
	for _, of := range append([]id.ID{{}}, x.contractIDs()...) {
		list, err := x.tx.Usage().Tallies(x.c, of, 0)
		if err != nil {
			return err
		}
		for i := range list {
			t := &list[i]
			at := chargedAt{of, t.Component, t.Label, t.Cost.Currency()}
			s := sums[at]
			sums[at] = chargedSum{s.calls - t.Calls, s.raw - t.Raw, s.billed - t.Billed, s.cost - t.Cost.Micros()}
		}
	}
	for at, s := range sums {
		if s != (chargedSum{}) {
			x.found(ruleCharged, "calls of contract %s at %s %s and their running total differ: by %d calls, %d s of talk, %d s charged, %s", at.contract.Named("con"), at.component, at.label,
				s.calls, s.raw, s.billed, shown(s.cost, at.currency))
		}
	}
	return nil
}

// shown is an amount, also one of charges that have no cost.
func shown(micros int64, c money.Currency) string {
	if c.IsZero() {
		return "no cost"
	}
	return money.Micros(micros, c).String()
}

func (x *examination) contractIDs() (out []id.ID) {
	for i := range x.contracts {
		out = append(out, i)
	}
	return out
}

// settle notes what a carrier asks for a prepaid call: it is booked when the call
// ends, before its record comes, or without any.
func (x *examination) settle(e *ledger.Entry) {
	for _, p := range e.Postings {
		if p.Account == ledger.CarrierCost {
			x.settled[p.Amount.Currency()] += p.Amount.Micros()
		}
	}
}

// nobodysMost is how many of the carriers' minutes, one in so many, may be charged
// to nobody before somebody should look.
const nobodysMost = 100

// carriers compares what carriers ask with what is booked: to the millionth, but
// for prepaid calls, whose records may come later or say something else.
func (x *examination) carriers(k *carried) {
	for account, sum := range x.balances.All() {
		if account == ledger.CarrierCost {
			k.asked[sum.Currency()] -= sum.Micros()
		}
	}
	for cur, differs := range k.asked {
		if max(differs, -differs) > x.settled[cur] {
			x.found(ruleCarrier, "what carriers ask for the calls and account %s differ by %s", ledger.CarrierCost, money.Micros(differs, cur))
		}
	}
	if k.nobodys*nobodysMost > k.talk {
		x.found(ruleCarrier, "carriers ask for %s of talk, and for %s of it nobody is charged", k.talk, k.nobodys)
	}
}
