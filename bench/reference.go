package main

import (
	"fmt"
	"math/big"

	"waihu/internal/charging/deck"
)

// totals are what every engine must agree on.
type totals struct {
	priced, unpriced int64    // calls that talked, with and without a price
	billed           int64    // seconds
	exact            *big.Rat // money, before any rounding
}

// micros is the money rounded once, half away from zero, to a millionth.
func (t totals) micros() string { return t.exact.FloatString(6) }

func (t totals) same(o totals) bool {
	return t.priced == o.priced && t.unpriced == o.unpriced && t.billed == o.billed && t.exact.Cmp(o.exact) == 0 && t.micros() == o.micros()
}

func (t totals) String() string {
	return fmt.Sprintf("%d calls, %d without a price, %d s billed, %s", t.priced, t.unpriced, t.billed, t.micros())
}

// reference rates the plain way: a map is asked for every length of the number,
// the longest first, and each call's cost is a fraction of its own. It shares
// nothing with the engine but the rows of the deck.
type reference struct {
	rates   map[string]deck.Rate
	longest int
	totals
}

func newReference(entries []deck.Entry) *reference {
	r := &reference{rates: map[string]deck.Rate{}, totals: totals{exact: new(big.Rat)}}
	for _, e := range entries {
		r.rates[e.Prefix] = e.Rate
		r.longest = max(r.longest, len(e.Prefix))
	}
	return r
}

// call rates one call to a number in digits with its country code.
func (r *reference) call(number string, seconds int64) {
	for n := min(r.longest, len(number)); n > 0; n-- {
		if rate, ok := r.rates[number[:n]]; ok {
			r.charge(&rate, seconds)
			return
		}
	}
	r.unpriced++
}

func (r *reference) charge(rate *deck.Rate, seconds int64) {
	billed := int64(rate.First)
	for billed < seconds { // block by block, as people do it
		billed += int64(rate.Next)
	}
	cost := new(big.Rat).SetFrac64(rate.Price, int64(rate.Per)*deck.Nano)
	r.exact.Add(r.exact, cost.Mul(cost, new(big.Rat).SetInt64(billed)))
	r.priced++
	r.billed += billed
}
