package app

import (
	"context"
	"time"

	"waihu/internal/charging/life"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// CallReason is why a call is not placed.
type CallReason string

const (
	CallsStopped  CallReason = "stopped"       // the company or its contract does not serve, or a budget is spent
	ClassBlocked  CallReason = "class_blocked" // this kind of destination may not be called
	TooManyCalls  CallReason = "too_many_calls"
	CallsTooFast  CallReason = "too_fast"
	SpendCapMet   CallReason = "spend_cap"
	NoCredit      CallReason = "no_credit"
	CallUnpriced  CallReason = "unpriced" // nobody can say what it costs
	CallIsRunning CallReason = "running"  // or was
)

// CallRefused is a call that may not be placed; nothing was put aside for it.
type CallRefused struct {
	Reason CallReason
	Err    error
}

func (r *CallRefused) Error() string { return r.Err.Error() }
func (r *CallRefused) Unwrap() error { return r.Err }

func refused(why CallReason, err error) error { return &CallRefused{why, err} }

// BeginCall asks for a call that we place, or take.
type BeginCall struct {
	Contract id.ID
	Call     string // identifier of the call, once in a company
	To       string
	From     string
	Agent    string
	Campaign string
	Class    string // of the destination
	Seconds  int64  // talk to put money aside for; 60 if 0
	Inbound  bool   // they call us: From is theirs, To is ours
	Owner    string // who carries it: what it leaves behind is ended for it
}

// Attempt is a call we place or take, from before anything is sent to its end. Then its
// fact takes its place.
type Attempt struct {
	ID       id.ID         `json:"id"`
	Call     string        `json:"call"`
	Contract id.ID         `json:"contract"`
	Account  string        `json:"account"` // the customer's word for the contract
	Wallet   string        `json:"wallet,omitempty"`
	To       string        `json:"to"`
	From     string        `json:"from,omitempty"`  // known once a trunk is asked, like
	Trunk    string        `json:"trunk,omitempty"` // the last that was
	Inbound  bool          `json:"inbound,omitempty"`
	Agent    string        `json:"agent,omitempty"`
	Campaign string        `json:"campaign,omitempty"`
	Owner    string        `json:"owner"`
	Begun    timex.Instant `json:"begun"`
	Answered timex.Instant `json:"answered,omitzero"`
	Seen     timex.Instant `json:"seen"`          // the last sign of life
	Until    timex.Instant `json:"until"`         // given up when nothing is heard until then
	Held     money.Amount  `json:"held,omitzero"` // against the wallet and the spend cap
	Seconds  int64         `json:"seconds"`       // of talk that is paid for
	Longest  int64         `json:"longest"`       // that could be paid for when it was last asked
	Revision int64         `json:"revision"`
}

// attemptLease is how long after its last sign of life a call is given up.
const attemptLease = 90 * time.Second

func (a *Attempt) call() *usage.Call {
	way := usage.Outbound
	if a.Inbound {
		way = usage.Inbound
	}
	return &usage.Call{ID: a.Call, Source: ownSource, Direction: way, To: a.To, From: a.From, Trunk: a.Trunk, Account: a.Account, Agent: a.Agent, Campaign: a.Campaign, Start: a.Begun}
}

// BeginCall lets a call be placed: it writes the attempt, with the money put
// aside for it, before anything may be sent; or it refuses with a *CallRefused.
func (s *System) BeginCall(ctx context.Context, c id.Company, in BeginCall) (out Attempt, err error) {
	defer fault.Wrap(&err, "begin call")
	if in.Call == "" || len(in.Call) > maxName || in.To == "" || in.Owner == "" || in.Seconds < 0 || in.Seconds > LongestTalk {
		return out, fault.New(fault.Invalid, "a call identifier of 1 to %d characters, a number, an owner and 0 to %d seconds were expected", maxName, LongestTalk)
	}
	// A draft that the budgets need is made here, where nobody waits for it.
	err = s.DB.View(ctx, func(tx store.Tx) error {
		a, _, of, err := s.contractOf(tx, c, in.Contract)
		if err != nil {
			return err
		}
		return stopsCalls(s.withinBudgets(ctx, tx, c, &a, of))
	})
	if err != nil {
		return out, err
	}
	err = s.DB.Update(ctx, func(tx store.Tx) error {
		if err := here(tx, c); err != nil {
			return err
		}
		a, of, err := s.serving(tx, c, in.Contract)
		if err == nil {
			err = s.stopped(ctx, tx, c, &a, of, costAnyAge)
		}
		if err != nil {
			return stopsCalls(err)
		}
		p, err := s.pricerAt(&a, of, tx.Now())
		if err != nil {
			return err
		}
		now := tx.Now()
		out = Attempt{Call: in.Call, Contract: a.ID, Account: a.Contract, Wallet: a.Wallet, To: in.To, From: in.From, Agent: in.Agent, Campaign: in.Campaign, Inbound: in.Inbound, Owner: in.Owner,
			Begun: now, Seen: now}
		return s.begin(tx, c, &in, &out, p)
	})
	return out, err
}

// stopsCalls gives a refusal of the books its reason.
func stopsCalls(err error) error {
	if err != nil && fault.KindOf(err) == fault.Conflict {
		return refused(CallsStopped, err)
	}
	return err
}

// serving is a contract under which calls may begin.
func (s *System) serving(tx store.Tx, c id.Company, contract id.ID) (a Agreement, of *agreed, err error) {
	company, _, err := get[Company](tx, id.Platform, KindCompany, c.ID)
	if err != nil {
		return a, nil, err
	}
	if err := company.mayServe(); err != nil {
		return a, nil, err
	}
	if a, _, of, err = s.contractOf(tx, c, contract); err != nil {
		return a, nil, err
	}
	if a.Life.State != life.Running && a.Life.State != life.Notice {
		return a, nil, fault.New(fault.Conflict, "contract %s is %s", a.Contract, a.Life.State)
	}
	return a, of, nil
}

// begin looks at the limits, puts money aside and writes the attempt.
func (s *System) begin(tx store.Tx, c id.Company, in *BeginCall, a *Attempt, p *pricer) error {
	k, r, err := callingOf(tx, c)
	if err != nil {
		return err
	}
	if !in.Inbound && !k.mayCall(in.Class) {
		return refused(ClassBlocked, fault.New(fault.Conflict, "%s is %s: the company may not call that class of destination", in.To, in.Class))
	}
	if err := unknownCall(tx, c, a); err != nil {
		return err
	}
	open, held, err := openAttempts(tx, c, p.terms.Plan.Currency)
	if err != nil {
		return err
	}
	most := k.Calls
	if most == 0 {
		most = mostCallsAtOnce
	}
	if open >= most {
		return refused(TooManyCalls, fault.New(fault.Conflict, "%d calls are going on, as many as may at once", open))
	}
	if err := k.begin(tx.Now()); err != nil {
		return err
	}
	seconds := in.Seconds
	if seconds == 0 {
		seconds = usualHold
	}
	if err := s.afford(tx, c, &k, held, a, p, seconds); err != nil {
		return err
	}
	if a.ID, err = s.newID(tx); err != nil {
		return err
	}
	if err := save(tx, r, &k); err != nil {
		return err
	}
	return save(tx, &store.Record{Company: c, Kind: KindAttempt, ID: a.ID, Unique: []store.Key{{Name: "call", Value: a.Call}}}, a)
}

// unknownCall refuses an identifier that is a call's already.
func unknownCall(tx store.Tx, c id.Company, a *Attempt) error {
	_, _, err := find[Attempt](tx, c, KindAttempt, "call", a.Call)
	if err != nil && fault.KindOf(err) == fault.NotFound {
		_, err = tx.Usage().CallByID(c, ownSource, a.Call, store.MonthOf(a.Begun))
	}
	switch {
	case err == nil:
		return refused(CallIsRunning, fault.New(fault.Conflict, "call %s is there already", a.Call))
	case fault.KindOf(err) == fault.NotFound:
		return nil
	}
	return err
}

// openAttempts counts the calls that are going on, and what they hold in a
// currency.
func openAttempts(tx store.Tx, c id.Company, cur money.Currency) (n int, held money.Amount, err error) {
	held = money.Zero(cur)
	err = each(tx, c, KindAttempt, store.Key{}, func(a Attempt, _ *store.Record) (err error) {
		n++
		if a.Held.Currency() == cur {
			held, err = held.Add(a.Held)
		}
		return err
	})
	return n, held, err
}

// afford puts aside what so many seconds cost, or as many as there is money for:
// in the wallet of a prepaid contract, and under the spend cap. others is what
// other calls hold under that cap. Without either, any talk is paid for.
func (s *System) afford(tx store.Tx, c id.Company, k *calling, others money.Amount, a *Attempt, p *pricer, seconds int64) error {
	cur, now := p.terms.Plan.Currency, tx.Now()
	a.Seconds, a.Longest, a.Until = seconds, LongestTalk, now.Add(attemptLease)
	limit, why, err := s.means(tx, c, k, others, a, cur)
	if err != nil || why == "" {
		return err
	}
	if a.Longest, err = p.longest(a.call(), limit, LongestTalk); err == nil && a.Longest > 0 {
		a.Seconds = min(seconds, a.Longest)
		a.Held, err = p.cost(a.call(), a.Seconds)
	}
	switch {
	case err != nil && fault.KindOf(err) == fault.Unpriced && a.Inbound: // the plan has no price for those who call: nothing is put aside, and the bill lists it
		a.Seconds, a.Longest, a.Held = seconds, LongestTalk, money.Zero(cur)
		return nil
	case err != nil && fault.KindOf(err) == fault.Unpriced:
		return refused(CallUnpriced, err)
	case err != nil:
		return err
	case a.Longest == 0:
		return refused(why, tooLittle(why, limit, a))
	case a.Wallet == "":
		return nil
	}
	until := a.Until.Add(time.Duration(a.Seconds)*time.Second + holdSlack)
	return tx.Holds().Put(c, store.Hold{Wallet: a.Wallet, Call: a.Call, Money: a.Held, Seconds: a.Seconds, Until: until})
}

// tooLittle says what does not pay for a call, and what to do.
func tooLittle(why CallReason, left money.Amount, a *Attempt) error {
	if why == SpendCapMet {
		return fault.New(fault.Conflict, "%s is left of today's spend cap, and a call to %s costs more: raise the cap, or wait for calls that run or for the next day (UTC)", left, a.To)
	}
	return fault.New(fault.Conflict, "%s is left in wallet %s, and a call to %s costs more: top it up", left, a.Wallet, a.To)
}

// means is the money a call may cost, and what bounds it; no reason: nothing does.
func (s *System) means(tx store.Tx, c id.Company, k *calling, others money.Amount, a *Attempt, cur money.Currency) (limit money.Amount, why CallReason, err error) {
	if a.Wallet != "" {
		w, _, err := find[Purse](tx, c, KindWallet, "name", a.Wallet)
		if err != nil {
			return limit, "", err
		}
		if w.Purse.Currency != cur {
			return limit, "", fault.New(fault.Conflict, "the wallet is in %s, the plan in %s", w.Purse.Currency, cur)
		}
		f, err := funds(tx, c, &w)
		if err != nil {
			return limit, "", err
		}
		own := money.Zero(cur)
		if h, err := tx.Holds().Get(c, w.Name, a.Call); err == nil {
			own = h.Money
		} else if fault.KindOf(err) != fault.NotFound {
			return limit, "", err
		}
		limit, why = f.Available, NoCredit
		for _, more := range []money.Amount{w.Overdraft, own} {
			if limit, err = limit.Add(more); err != nil {
				return limit, "", fault.New(fault.Overflow, "%v", err)
			}
		}
	}
	if k.Spend.Currency().IsZero() {
		return limit, why, nil
	}
	if k.Spend.Currency() != cur {
		return limit, "", fault.New(fault.Conflict, "the spend cap is in %s, the plan in %s", k.Spend.Currency(), cur)
	}
	left, err := k.Spend.Sub(k.spent(tx.Now(), cur))
	if err == nil {
		left, err = left.Sub(others)
	}
	if err != nil {
		return limit, "", fault.New(fault.Overflow, "%v", err)
	}
	if why == "" || left.Cmp(limit) < 0 {
		limit, why = left, SpendCapMet
	}
	return limit, why, nil
}
