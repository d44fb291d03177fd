package wallet

import (
	"waihu/internal/charging/deck"
	"waihu/internal/fault"
)

// Price is what a call that talked so many whole seconds takes: included seconds
// for its billed seconds first, money for the rest and for the connect fee,
// rounded half away to a millionth of the unit. What is available counts, and
// what is held for this very call; an unknown identifier is a call not yet
// authorised. A blocked rate is of kind Unpriced, an unknown one of kind Unknown.
func (b *Balance) Price(id string, r *deck.Rate, talk int64, count deck.Count) (Funds, error) {
	included := b.Available().Seconds
	if c := b.calls[id]; c != nil && c.state == held {
		included += c.hold.Seconds
	}
	switch r.Status {
	case deck.Blocked:
		return Funds{}, fault.New(fault.Unpriced, "the destination may not be called")
	case deck.Unknown:
		return Funds{}, fault.New(fault.Unknown, "nobody knows the price of the call")
	}
	billed := r.Billed(talk, count)
	used := min(billed, max(included, 0))
	cost, err := amount(r.CostBeyond(billed, used), b.there.Money.Currency())
	return Funds{cost, used}, err
}

// Longest is the longest talk time, in seconds, that is available: what a
// running call is cut at. deck.Endless is no limit, 0 no call.
func (b *Balance) Longest(r *deck.Rate, count deck.Count) int64 {
	free := b.Available()
	limit, err := free.Money.Add(b.overdraft)
	if err != nil {
		return deck.Endless // more money than can be counted
	}
	return r.LongestFor(limit.Exact(), free.Seconds, count)
}
