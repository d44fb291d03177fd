package app

import (
	"context"
	"errors"

	"waihu/internal/charging/ledger"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Settle is the end of a prepaid call.
type Settle struct {
	Contract id.ID         `json:"contract"`
	Call     string        `json:"call"`
	To       string        `json:"to"`
	From     string        `json:"from,omitempty"`
	Agent    string        `json:"agent,omitempty"`
	Campaign string        `json:"campaign,omitempty"`
	Start    timex.Instant `json:"start"`
	Seconds  int64         `json:"seconds"`          // of talk; 0: not answered
	Carrier  money.Amount  `json:"carrier,omitzero"` // what the carrier asks
}

// Settled is what a call took.
type Settled struct {
	Call  string       `json:"call"`
	Cost  money.Amount `json:"cost"` // tax included
	Funds Funds        `json:"funds"`
}

// Settle takes what a call cost from its wallet and gives the rest of its hold
// back. A call that was made is always booked, even beyond the balance. The same
// end again changes nothing; another one is a Conflict.
func (s *System) Settle(ctx context.Context, c id.Company, in Settle) (out Settled, err error) {
	defer fault.Wrap(&err, "settle")
	if in.Call == "" || in.Start == 0 || in.Seconds < 0 {
		return out, fault.New(fault.Invalid, "the identifier and start of the call and its seconds of talk were expected")
	}
	err = s.DB.Update(ctx, func(tx store.Tx) error {
		x, err := s.prepaidOn(tx, c, in.Contract, in.Start)
		if err != nil {
			return err
		}
		out = Settled{Call: in.Call, Cost: money.Zero(x.wallet.Purse.Currency)}
		if in.Seconds > 0 {
			call := usage.Call{ID: in.Call, Source: "waihu", Direction: usage.Outbound, To: in.To, From: in.From, Agent: in.Agent, Campaign: in.Campaign, Start: in.Start}
			if out.Cost, err = x.prices.cost(&call, in.Seconds); err != nil {
				return err
			}
		}
		out.Funds, err = s.take(tx, c, &x, &in, out.Cost)
		return err
	})
	return out, err
}

// callRef names a prepaid call in the journal.
func callRef(wallet, call string) string { return wallet + "/" + call }

// take books a call once.
func (s *System) take(tx store.Tx, c id.Company, x *prepaid, in *Settle, cost money.Amount) (Funds, error) {
	w := &x.wallet
	entry, err := ledger.Called(callRef(w.Name, in.Call), w.Name, x.agreement.ID.String(), cost, in.Carrier)
	if err != nil {
		return Funds{}, err
	}
	before, err := tx.Journal().ByRef(c, ledger.KindCall, entry.Ref)
	switch {
	case err == nil && onWallet(before, w.Name) == onWallet(&entry, w.Name):
		return funds(tx, c, w) // settled, or ingested as a record
	case err == nil:
		return Funds{}, fault.New(fault.Conflict, "call %s was settled before with other figures", in.Call)
	case fault.KindOf(err) != fault.NotFound:
		return Funds{}, err
	}
	if err := tx.Holds().Delete(c, w.Name, in.Call); err != nil && fault.KindOf(err) != fault.NotFound {
		return Funds{}, err
	}
	if err := errors.Join(w.Purse.Take(cost, tx.Now()), w.take(x.prices.first, cost)); err != nil {
		return Funds{}, err
	}
	if err := s.book(tx, c, entry, nil); err != nil {
		return Funds{}, err
	}
	return s.keepPurse(tx, c, x.record, w)
}

// onWallet is what an entry takes from a wallet.
func onWallet(e *ledger.Entry, name string) money.Amount {
	for _, p := range e.Postings {
		if p.Account == ledger.Wallet(name) {
			return p.Amount
		}
	}
	return money.Amount{}
}

// Release gives a hold back whole: the call was not placed or not answered. A
// call that holds nothing is left as it is.
func (s *System) Release(ctx context.Context, c id.Company, wallet, call string) (err error) {
	defer fault.Wrap(&err, "release")
	return s.DB.Update(ctx, func(tx store.Tx) error {
		err := tx.Holds().Delete(c, wallet, call)
		if fault.KindOf(err) == fault.NotFound {
			return nil
		}
		return err
	})
}
