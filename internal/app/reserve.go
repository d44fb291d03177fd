package app

import (
	"context"
	"time"

	"waihu/internal/charging/ledger"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Reserve asks for a prepaid call before it is placed.
type Reserve struct {
	Contract id.ID         `json:"contract"`
	Call     string        `json:"call"` // identifier of the call, once in a wallet
	To       string        `json:"to"`
	From     string        `json:"from,omitempty"`
	Agent    string        `json:"agent,omitempty"`
	Campaign string        `json:"campaign,omitempty"`
	Start    timex.Instant `json:"start,omitzero"`   // now if absent
	Seconds  int64         `json:"seconds,omitzero"` // talk to put money aside for; 60 if absent
}

// Reserved is a call that may be placed.
type Reserved struct {
	Call    string        `json:"call"`
	Held    money.Amount  `json:"held"`    // tax included
	Seconds int64         `json:"seconds"` // talk the hold pays for
	Longest int64         `json:"longest"` // talk all that is there would pay for: the call is cut then
	Until   timex.Instant `json:"until"`   // the hold ends: extend it before
	State   string        `json:"state"`   // held, or what became of the call before
}

// LongestTalk is how many seconds of talk a call is ever cut at.
const LongestTalk = 12 * 3600

// Bounds of prepaid calls.
const (
	usualHold = 60 // seconds of talk
	holdSlack = 5 * time.Minute
)

// Reserve puts the price of so much talk aside, at the price the call's bill has,
// or refuses the call: of thirty that ask at once for money for one, one is
// placed. A refusal is of kind Conflict; a number without a price of kind
// Unpriced; a company whose service is suspended places no calls. The same call
// again gives the same hold.
func (s *System) Reserve(ctx context.Context, c id.Company, in Reserve) (out Reserved, err error) {
	defer fault.Wrap(&err, "reserve")
	if in.Call == "" || len(in.Call) > maxName || in.To == "" || in.Seconds < 0 || in.Seconds > LongestTalk {
		return out, fault.New(fault.Invalid, "a call identifier of 1 to %d characters, a number and 0 to %d seconds were expected", maxName, LongestTalk)
	}
	if in.Seconds == 0 {
		in.Seconds = usualHold
	}
	// A draft that the budgets need is made here, where nobody waits for it.
	err = s.DB.View(ctx, func(tx store.Tx) error {
		a, _, of, err := s.contractOf(tx, c, in.Contract)
		if err != nil {
			return err
		}
		return s.withinBudgets(ctx, tx, c, &a, of)
	})
	if err != nil {
		return out, err
	}
	err = s.DB.Update(ctx, func(tx store.Tx) error {
		w, p, err := s.mayCall(ctx, tx, c, &in)
		if err != nil {
			return err
		}
		f, err := funds(tx, c, w)
		if err != nil {
			return err
		}
		if h, err := tx.Holds().Get(c, w.Name, in.Call); err == nil {
			out = Reserved{in.Call, h.Money, h.Seconds, h.Seconds, h.Until, "held"}
			return nil
		} else if fault.KindOf(err) != fault.NotFound {
			return err
		}
		if _, err := tx.Journal().ByRef(c, ledger.KindCall, callRef(w.Name, in.Call)); err == nil {
			return fault.New(fault.Conflict, "call %s has been settled", in.Call)
		} else if fault.KindOf(err) != fault.NotFound {
			return err
		}
		out, err = s.hold(tx, c, w, p, &in, f.Available)
		return err
	})
	return out, err
}

// mayCall finds the wallet and the prices of a call that may be placed.
func (s *System) mayCall(ctx context.Context, tx store.Tx, c id.Company, in *Reserve) (*Purse, *pricer, error) {
	if err := here(tx, c); err != nil {
		return nil, nil, err
	}
	a, of, err := s.serving(tx, c, in.Contract)
	if err != nil {
		return nil, nil, err
	}
	if a.Wallet == "" {
		return nil, nil, fault.New(fault.Conflict, "contract %s has no wallet: a prepaid contract was expected", a.Contract)
	}
	if in.Start == 0 {
		in.Start = tx.Now()
	}
	w, _, err := find[Purse](tx, c, KindWallet, "name", a.Wallet)
	if err != nil {
		return nil, nil, err
	}
	p, err := s.pricerAt(&a, of, in.Start)
	if err != nil {
		return nil, nil, err
	}
	if w.Purse.Currency != p.terms.Plan.Currency {
		return nil, nil, fault.New(fault.Conflict, "the wallet is in %s, the plan in %s", w.Purse.Currency, p.terms.Plan.Currency)
	}
	return &w, p, s.stopped(ctx, tx, c, &a, of, costAnyAge)
}

func (in *Reserve) call() *usage.Call {
	return &usage.Call{ID: in.Call, Source: "waihu", Direction: usage.Outbound, To: in.To, From: in.From, Agent: in.Agent, Campaign: in.Campaign, Start: in.Start}
}

// hold puts money aside for as much of the talk asked for as there is money for.
func (s *System) hold(tx store.Tx, c id.Company, w *Purse, p *pricer, in *Reserve, available money.Amount) (out Reserved, err error) {
	limit, err := available.Add(w.Overdraft)
	if err != nil {
		return out, fault.New(fault.Overflow, "%v", err)
	}
	longest, err := p.longest(in.call(), limit, LongestTalk)
	if err != nil {
		return out, err
	}
	if longest == 0 {
		return out, fault.New(fault.Conflict, "not enough balance: %s is available, and a call to %s costs more", limit, in.To)
	}
	out = Reserved{Call: in.Call, Seconds: min(in.Seconds, longest), Longest: longest, State: "held"}
	if out.Held, err = p.cost(in.call(), out.Seconds); err != nil {
		return out, err
	}
	out.Until = in.Start.Add(time.Duration(out.Seconds)*time.Second + holdSlack)
	return out, tx.Holds().Put(c, store.Hold{Wallet: w.Name, Call: in.Call, Money: out.Held, Seconds: out.Seconds, Until: out.Until})
}

// Extend puts more aside for a running call: Seconds is all of its talk. What is
// there may not be enough for that; Seconds of the answer says for how much it
// is, and the call is cut there.
func (s *System) Extend(ctx context.Context, c id.Company, in Reserve) (out Reserved, err error) {
	defer fault.Wrap(&err, "extend")
	if in.Seconds < 1 || in.Seconds > LongestTalk || in.Start == 0 {
		return out, fault.New(fault.Invalid, "the start of the call and 1 to %d seconds were expected", LongestTalk)
	}
	err = s.DB.Update(ctx, func(tx store.Tx) error {
		x, err := s.prepaidOn(tx, c, in.Contract, in.Start)
		if err != nil {
			return err
		}
		w := &x.wallet
		f, err := funds(tx, c, w)
		if err != nil {
			return err
		}
		h, err := tx.Holds().Get(c, w.Name, in.Call)
		if err != nil {
			return err
		}
		if in.Seconds <= h.Seconds {
			out = Reserved{in.Call, h.Money, h.Seconds, h.Seconds, h.Until, "held"}
			return nil
		}
		free, err := f.Available.Add(h.Money)
		if err != nil {
			return fault.New(fault.Overflow, "%v", err)
		}
		out, err = s.hold(tx, c, w, x.prices, &in, free)
		return err
	})
	return out, err
}
