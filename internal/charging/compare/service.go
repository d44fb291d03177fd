package compare

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"waihu/internal/charging/offer"
	"waihu/internal/exact"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// failures are the causes of a network that ends an answered call: Q.850 numbers
// and the names FreeSWITCH writes for them. Normal clearing is none of them.
var failures = []string{"27", "38", "41", "42", "47", "102", "111", "DESTINATION_OUT_OF_ORDER", "NETWORK_OUT_OF_ORDER", "NORMAL_TEMPORARY_FAILURE", "SWITCH_CONGESTION",
	"RECOVERY_ON_TIMER_EXPIRE", "MEDIA_TIMEOUT", "PROTOCOL_ERROR", "INTERWORKING"}

// isFailure tells whether a cause as recorded is one of the network.
func isFailure(cause string) bool {
	return cause != "" && slices.Contains(failures, strings.ToUpper(strings.TrimSpace(cause)))
}

// unwanted counts, by cell, calls that need not have been.
type unwanted struct{ short, redials, dropped, all []int64 }

// service prices poor quality: what each offer charges for short calls, for
// calling again after one, and for calls the network dropped.
func (c *Comparison) service(r *Result, _ int) error {
	if !c.keep || len(c.ones) == 0 {
		return nil
	}
	u := c.findUnwanted()
	out := &ServiceCost{ShortSeconds: c.in.Short, RedialWithin: c.in.Redial, Short: total(u.short), Redials: total(u.redials), Dropped: total(u.dropped),
		Offers: make([]QualityCost, len(c.cands))}
	err := each(len(c.cands), c.in.Workers, func(i int) error {
		q := &out.Offers[i]
		q.Offer, q.Months = c.cands[i].Offer.ID, len(c.months)
		for _, part := range []struct {
			to    *money.Amount
			calls []int64
		}{{&q.Short, u.short}, {&q.Redials, u.redials}, {&q.Dropped, u.dropped}, {&q.All, u.all}} {
			saved, err := c.without(i, part.calls)
			if err != nil {
				return err
			}
			if *part.to, err = c.cands[i].amountOf(saved, c.in.Currency); err != nil {
				return err
			}
		}
		return nil
	})
	r.Service = out
	return err
}

func total(in []int64) (n int64) {
	for _, v := range in {
		n += v
	}
	return n
}

// findUnwanted looks at every call in the months compared, number by number.
func (c *Comparison) findUnwanted() unwanted {
	n := len(c.cells)
	u := unwanted{make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n)}
	whole := timex.Period{From: c.period(0).From, To: c.period(len(c.months) - 1).To}
	order := make([]int32, 0, len(c.ones))
	for i := range c.ones {
		if whole.Contains(c.ones[i].start) {
			order = append(order, int32(i))
		}
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(c.ones[a].number, c.ones[b].number), cmp.Compare(a, b))
	})
	number, shortEnd := uint64(0), timex.Instant(0)
	for _, i := range order {
		o := &c.ones[i]
		if o.number != number {
			number, shortEnd = o.number, 0
		}
		answered := c.isAnswered(int(o.cell))
		short := answered && int64(c.cells[o.cell].seconds) < c.in.Short
		redial := shortEnd != 0 && o.start <= shortEnd.Add(time.Duration(c.in.Redial)*time.Second)
		for _, mark := range []struct {
			is bool
			in []int64
		}{{short, u.short}, {redial, u.redials}, {o.isDropped(), u.dropped}, {short || redial || o.isDropped(), u.all}} {
			if mark.is {
				mark.in[o.cell]++
			}
		}
		if shortEnd = 0; short {
			shortEnd = max(o.answer, o.start).Add(time.Duration(c.cells[o.cell].seconds) * time.Second)
		}
	}
	return u
}

// without is what an offer's bills of the real months would be lower without
// some calls, in its own currency.
func (c *Comparison) without(i int, calls []int64) (exact.Number, error) {
	if total(calls) == 0 {
		return exact.Zero, nil
	}
	l := *c.load
	l.counts = make([]int64, len(c.cells))
	for k := range c.cells {
		l.counts[k] = c.cells[k].count - calls[k]
	}
	n := len(c.months)
	with, err := c.ledgers[i].chain(offer.Low, true, n, always)
	if err != nil {
		return exact.Zero, err
	}
	less, err := c.ledger(c.cands[i], &l).chain(offer.Low, true, n, always)
	if err != nil {
		return exact.Zero, err
	}
	return sum(with).Sub(sum(less)), nil
}
