package wallet

import (
	"maps"
	"slices"

	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/money"
)

// Funds is money and included seconds of talk time.
type Funds struct {
	Money   money.Amount
	Seconds int64
}

func (f Funds) sub(g Funds) (Funds, error) {
	left, err := f.Money.Sub(g.Money)
	if err != nil {
		return f, fault.New(fault.Overflow, "%v", err)
	}
	return Funds{left, f.Seconds - g.Seconds}, nil
}

func (f Funds) add(g Funds) (Funds, error) {
	return f.sub(Funds{g.Money.Neg(), -g.Seconds})
}

// valid tells whether funds can be taken from others: neither part below zero,
// in one currency.
func (f Funds) valid(c money.Currency) error {
	if f.Money.Currency() != c || f.Money.Sign() < 0 || f.Seconds < 0 {
		return fault.New(fault.Invalid, "%s and %d s cannot be taken from a balance in %s: neither can be below zero", f.Money, f.Seconds, c)
	}
	return nil
}

// Outcome is what came of an order to a Balance.
type Outcome string

const (
	OK        Outcome = "ok"
	Refused   Outcome = "refused"   // there is not enough; nothing changed
	Duplicate Outcome = "duplicate" // it was done before; nothing changed
)

type state uint8

const (
	held state = iota + 1
	settled
	released
)

// call is what a Balance knows of one call.
type call struct {
	state state
	hold  Funds // what was held for it
	cost  Funds // what it took, once settled
}

// Balance is the funds of one account and the calls that run on them.
type Balance struct {
	there     Funds
	held      Funds
	overdraft money.Amount
	calls     map[string]*call
}

// New is a Balance nothing is held of. Calls may be authorised until overdraft
// more than the money there is held or spent; zero money for prepaid accounts.
// Another currency, or an overdraft below zero, is of kind Invalid.
func New(there Funds, overdraft money.Amount) (*Balance, error) {
	c := there.Money.Currency()
	if err := (Funds{Money: overdraft, Seconds: there.Seconds}).valid(c); err != nil {
		return nil, err
	}
	return &Balance{there: there, held: Funds{Money: money.Zero(c)}, overdraft: overdraft, calls: map[string]*call{}}, nil
}

// There is the funds, with what is held. Money is below zero where calls took
// more than there was.
func (b *Balance) There() Funds { return b.there }

// Available is what is not held.
func (b *Balance) Available() Funds {
	free, err := b.there.sub(b.held)
	if err != nil { // a hold is never more than there and overdraft: what was there overflows first
		return Funds{Money: money.Zero(b.there.Money.Currency())}
	}
	return free
}

// Held lists the calls that funds are held for, by identifier.
func (b *Balance) Held() []string {
	var out []string
	for _, id := range slices.Sorted(maps.Keys(b.calls)) {
		if b.calls[id].state == held {
			out = append(out, id)
		}
	}
	return out
}

// Add puts funds in, or takes them out where they are negative: a top-up, a
// package, a refund. An overflow, or fewer than no seconds, is an error.
func (b *Balance) Add(f Funds) error {
	sum, err := b.there.add(f)
	if err != nil {
		return err
	}
	if sum.Seconds < 0 {
		return fault.New(fault.Conflict, "%d included seconds cannot be taken from %d", -f.Seconds, b.there.Seconds)
	}
	b.there = sum
	return nil
}

// Authorise holds funds for a call before it is placed, or refuses it. The same
// call asked again with the same hold is a Duplicate; with another hold, or
// after its end, it is an error of kind Conflict. A refused call may ask again.
func (b *Balance) Authorise(id string, hold Funds) (Outcome, error) {
	if err := hold.valid(b.there.Money.Currency()); err != nil {
		return "", err
	}
	if c := b.calls[id]; c != nil {
		if c.state == held && c.hold == hold {
			return Duplicate, nil
		}
		return "", fault.New(fault.Conflict, "call %s was authorised before, with %s and %d s", id, c.hold.Money, c.hold.Seconds)
	}
	free := b.Available()
	limit, err := free.Money.Add(b.overdraft)
	if err != nil {
		return "", fault.New(fault.Overflow, "%v", err)
	}
	if limit.Cmp(hold.Money) < 0 || free.Seconds < hold.Seconds {
		return Refused, nil
	}
	if b.held, err = b.held.add(hold); err != nil {
		return "", err
	}
	b.calls[id] = &call{state: held, hold: hold}
	return OK, nil
}

// Settle books what a call took, once, and gives the rest of its hold back. The
// same call settled again is a Duplicate; at another cost it is an error of kind
// Conflict. A call that was never authorised, or whose hold was given back, was
// made all the same: it is booked. So is a cost beyond the hold.
func (b *Balance) Settle(id string, cost Funds) (Outcome, error) {
	if err := cost.valid(b.there.Money.Currency()); err != nil {
		return "", err
	}
	c := b.calls[id]
	if c != nil && c.state == settled {
		if c.cost == cost {
			return Duplicate, nil
		}
		return "", fault.New(fault.Conflict, "call %s was settled before, at %s and %d s", id, c.cost.Money, c.cost.Seconds)
	}
	if cost.Seconds > b.there.Seconds {
		return "", fault.New(fault.Conflict, "call %s: %d included seconds asked, there are %d; price what is beyond them", id, cost.Seconds, b.there.Seconds)
	}
	there, err := b.there.sub(cost)
	if err != nil {
		return "", err
	}
	b.free(c)
	if c == nil {
		c = &call{}
		b.calls[id] = c
	}
	b.there, c.state, c.cost = there, settled, cost
	return OK, nil
}

// Release gives a hold back whole: the call was not answered. A call that has
// ended already is a Duplicate; one never authorised is of kind NotFound.
func (b *Balance) Release(id string) (Outcome, error) {
	c := b.calls[id]
	switch {
	case c == nil:
		return "", fault.New(fault.NotFound, "call %s was not authorised: there is nothing to give back", id)
	case c.state != held:
		return Duplicate, nil
	}
	b.free(c)
	c.state = released
	return OK, nil
}

// free ends the hold of a call, if it has one. What is held contains it, so
// taking it off cannot overflow.
func (b *Balance) free(c *call) {
	if c == nil || c.state != held {
		return
	}
	if left, err := b.held.sub(c.hold); err == nil {
		b.held = left
	}
}

// maxDecimals is what money.Amount counts in: a call is taken off rounded to it.
const maxDecimals = 6

// amount rounds what a call costs to what a balance is counted in.
func amount(n exact.Number, c money.Currency) (money.Amount, error) {
	a, err := money.Round(n, c, exact.HalfAway, maxDecimals)
	if err != nil {
		return a, fault.New(fault.Overflow, "%v", err)
	}
	return a, nil
}
