package cases

import (
	"fmt"

	"waihu/internal/charging/deck"
	"waihu/internal/charging/wallet"
	"waihu/internal/exact"
	"waihu/internal/money"
)

var balanceOperations = map[string]adapter{
	"max_session":      maxSession,
	"debit_balance":    debitBalance,
	"reserve_parallel": reserveParallel,
	"reserve_settle":   reserveSettle,
}

var currency = money.MustCurrency("CNY")

func (n num) amount() (money.Amount, error) { return money.Round(n.Number, currency, exact.Down, 6) }

// balancePrice is the price of a call that is paid from a balance.
type balancePrice struct {
	Kind        string `json:"kind"`
	ConnectFee  num    `json:"connect_fee"`
	PackageStep int32  `json:"package_increment_s"`
	Rate        num    `json:"rate"`
	Per         int32  `json:"per_s"`
	First       int32  `json:"first_s"`
	Next        int32  `json:"next_s"`
}

// rate is the price as a rate. Included seconds go in the steps of the rate; a
// price without steps of its own goes in those of the package.
func (p *balancePrice) rate() (*deck.Rate, error) {
	out := &deck.Rate{Per: p.Per, First: p.First, Next: p.Next}
	if p.First == 0 {
		out.First, out.Next = p.PackageStep, p.PackageStep
	}
	var err error
	if out.Price, err = p.Rate.Mul(exact.Int(deck.Nano)).Int64(); err != nil {
		return nil, err
	}
	out.Connect, err = p.ConnectFee.Mul(exact.Int(deck.Nano)).Int64()
	return out, err
}

type balanceUse struct {
	Package  int64 `json:"package_s"`
	Money    num   `json:"money"`
	Duration int64 `json:"duration_s"`
}

// open makes the balance.
func (u *balanceUse) open(overdraft money.Amount) (*wallet.Balance, error) {
	there, err := u.Money.amount()
	if err != nil {
		return nil, err
	}
	return wallet.New(wallet.Funds{Money: there, Seconds: u.Package}, overdraft)
}

func maxSession(c *charge) (answer, error) {
	var price balancePrice
	var use balanceUse
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	rate, err := price.rate()
	if err != nil {
		return nil, err
	}
	b, err := use.open(money.Zero(currency))
	if err != nil {
		return nil, err
	}
	long := b.Longest(rate, deck.Count{})
	if direct := rate.LongestFor(use.Money.Number, use.Package, deck.Count{}); direct != long {
		return nil, fmt.Errorf("the balance says %d s, the rate %d", long, direct)
	}
	cost, err := b.Price("call", rate, long, deck.Count{})
	return answer{"max_session_s": long, "cost": cost.Money}, err
}

// debitBalance makes one call: it is authorised for what it will cost, and
// settled.
func debitBalance(c *charge) (answer, error) {
	var price balancePrice
	var use balanceUse
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	overdraft := money.Zero(currency)
	var negative bool
	if c.optionInto("negative_allowed", &negative) && negative {
		overdraft = money.Micros(money.Micro, currency)
	}
	rate, err := price.rate()
	if err != nil {
		return nil, err
	}
	b, err := use.open(overdraft)
	if err != nil {
		return nil, err
	}
	cost, err := b.Price("call", rate, use.Duration, deck.Count{})
	if err != nil {
		return nil, err
	}
	outcome, err := b.Authorise("call", cost)
	if err != nil || outcome != wallet.OK {
		return nil, fmt.Errorf("authorise: %s, %v", outcome, err)
	}
	if outcome, err = b.Settle("call", cost); err != nil || outcome != wallet.OK {
		return nil, fmt.Errorf("settle: %s, %v", outcome, err)
	}
	return answer{"cost": cost.Money, "package_left_s": b.There().Seconds, "money_after": b.There().Money}, nil
}

// reservation opens a balance and gives the hold of each call.
func reservation(hold, balance num) (*wallet.Balance, wallet.Funds, error) {
	held, err := hold.amount()
	if err != nil {
		return nil, wallet.Funds{}, err
	}
	there, err := balance.amount()
	if err != nil {
		return nil, wallet.Funds{}, err
	}
	b, err := wallet.New(wallet.Funds{Money: there}, money.Zero(currency))
	return b, wallet.Funds{Money: held}, err
}

func reserveParallel(c *charge) (answer, error) {
	var price struct {
		Kind string `json:"kind"`
		Hold num    `json:"hold"`
	}
	var use struct {
		Balance  num `json:"balance"`
		Requests int `json:"parallel_requests"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	b, hold, err := reservation(price.Hold, use.Balance)
	if err != nil {
		return nil, err
	}
	counts := map[wallet.Outcome]int{}
	for i := range use.Requests {
		outcome, err := b.Authorise(fmt.Sprint(i), hold)
		if err != nil {
			return nil, err
		}
		counts[outcome]++
	}
	return answer{"admitted": counts[wallet.OK], "refused": counts[wallet.Refused], "available": b.Available().Money}, nil
}

func reserveSettle(c *charge) (answer, error) {
	var price struct {
		Kind string `json:"kind"`
		Hold num    `json:"hold"`
	}
	var use struct {
		Balance num `json:"balance"`
		Steps   []struct {
			Op     string `json:"op"`
			Call   string `json:"call"`
			Amount num    `json:"amount"`
		} `json:"steps"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	b, hold, err := reservation(price.Hold, use.Balance)
	if err != nil {
		return nil, err
	}
	var results []wallet.Outcome
	for _, s := range use.Steps {
		cost, err := s.Amount.amount()
		if err != nil {
			return nil, err
		}
		var outcome wallet.Outcome
		switch s.Op {
		case "authorise":
			outcome, err = b.Authorise(s.Call, hold)
		case "settle":
			outcome, err = b.Settle(s.Call, wallet.Funds{Money: cost})
		case "release":
			outcome, err = b.Release(s.Call)
		default:
			err = fmt.Errorf("step %q is not known", s.Op)
		}
		if err != nil {
			return nil, err
		}
		results = append(results, outcome)
	}
	return answer{"results": results, "balance": b.There().Money, "available": b.Available().Money}, nil
}
