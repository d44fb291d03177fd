package planfile

import (
	"waihu/internal/charging/catalog"
	"waihu/internal/charging/deck"
	"waihu/internal/exact"
)

// deckRows makes entries of the rows that stand in the plan itself. Prices a
// deck cannot hold were refused when the plan was checked.
func deckRows(d *catalog.Deck) []deck.Entry {
	out := make([]deck.Entry, 0, len(d.Rows))
	for i := range d.Rows {
		r := &d.Rows[i]
		e := deck.Entry{Prefix: r.Prefix, Name: r.Name, From: r.From, Rate: defaults(d)}
		if !r.Increment.IsZero() {
			e.Rate.First, e.Rate.Next = r.Increment.First, r.Increment.Next
		}
		switch {
		case r.Blocked:
			e.Rate.Status = deck.Blocked
		case r.UnitPrice.Unknown || r.ConnectFee.Unknown:
			e.Rate.Status = deck.Unknown
		}
		e.Rate.Price, e.Rate.Connect = nano(r.UnitPrice), nano(r.ConnectFee)
		e.Rate.ConnectFree = r.ConnectFee.Set && !r.ConnectFee.Unknown && e.Rate.Connect == 0
		out = append(out, e)
	}
	return out
}

// nano is a price in billionths; unknown and absent ones are 0.
func nano(p catalog.Price) int64 {
	n, err := p.Number.Mul(exact.Int(deck.Nano)).Int64()
	if err != nil {
		return 0
	}
	return n
}
