package cases

import (
	"fmt"
	"strconv"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

var quantityOperations = map[string]adapter{
	"rate_quantity":    rateQuantity,
	"rate_delta":       rateDelta,
	"price_inversions": priceInversions,
	"rate_package":     ratePackage,
	"rate_blocks":      rateBlocks,
	"rate_tier_blocks": rateTierBlocks,
	"rate_events":      rateEvents,
	"rate_percentage":  ratePercentage,
	"sum_minor_units":  sumMinorUnits,
	"convert_quantity": convertQuantity,
	"convert_split":    convertSplit,
	"bucketed_max":     bucketedMax,
	"volume_split":     volumeSplit,
}

// tierPrice is how cases write tiers.
type tierPrice struct {
	Kind  string `json:"kind"`
	Mode  string `json:"mode"`
	Tiers []struct {
		UpTo num `json:"up_to"`
		Unit num `json:"unit"`
		Flat num `json:"flat"`
	} `json:"tiers"`
}

// tiers makes the plan's tiers. Where the last tier ends, what is beyond has a
// price nobody knows.
func (p *tierPrice) tiers(flatAtZero bool) *catalog.Tiers {
	out := &catalog.Tiers{Mode: catalog.TierMode(p.Mode), FlatAtZero: &flatAtZero}
	for _, t := range p.Tiers {
		row := catalog.Tier{UnitPrice: t.Unit.price(), Flat: t.Flat.Number}
		if !t.UpTo.null {
			row.UpTo = &t.UpTo.Number
		}
		out.Rows = append(out.Rows, row)
	}
	return endless(out)
}

func endless(t *catalog.Tiers) *catalog.Tiers {
	if n := len(t.Rows); n > 0 && t.Rows[n-1].UpTo != nil {
		t.Rows = append(t.Rows, catalog.Tier{UnitPrice: catalog.Price{Set: true, Unknown: true}})
	}
	return t
}

// flatAtZero is what the case says of the first tier at no usage.
func (c *charge) flatAtZero() bool {
	due := true
	c.optionInto("first_tier_flat_on_zero", &due)
	return due
}

// cost bills a quantity of units and gives its line, which must be known.
func cost(price catalog.Component, quantity exact.Number) (*rating.Line, error) {
	l, inv, err := units(price, quantity).lineOf("units")
	if err == nil && len(inv.Unknown) > 0 {
		err = fmt.Errorf("the price of %s is not known", quantity)
	}
	return l, err
}

func rateQuantity(c *charge) (answer, error) {
	var price tierPrice
	var use struct {
		Quantity num `json:"quantity"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	l, err := cost(catalog.Component{Tiers: price.tiers(c.flatAtZero())}, use.Quantity.Number)
	if err != nil {
		return nil, err
	}
	var inTiers []exact.Number
	for _, p := range l.Parts {
		inTiers = append(inTiers, p.Quantity)
	}
	return answer{"amount": l.Exact, "tier_quantities": inTiers}, nil
}

func rateDelta(c *charge) (answer, error) {
	var price tierPrice
	var use struct {
		Booked num `json:"booked_quantity"`
		New    num `json:"new_quantity"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	comp := catalog.Component{Tiers: price.tiers(c.flatAtZero())}
	before, err := cost(comp, use.Booked.Number)
	if err != nil {
		return nil, err
	}
	after, err := cost(comp, use.New.Number)
	if err != nil {
		return nil, err
	}
	return answer{"amount": after.Exact.Sub(before.Exact)}, nil
}

// priceInversions asks the engine at every whole quantity whether more would
// cost less, and bills both to see that it is so.
func priceInversions(c *charge) (answer, error) {
	var price tierPrice
	var use struct {
		Quantities string `json:"quantities"`
		Max        int64  `json:"max_quantity"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	tiers := price.tiers(c.flatAtZero())
	found := []map[string]any{}
	for q := int64(1); q <= use.Max; q++ {
		next, saves, ok := rating.CheaperAbove(tiers, exact.Int(q))
		if !ok {
			continue
		}
		here, err := cost(catalog.Component{Tiers: tiers}, exact.Int(q))
		if err != nil {
			return nil, err
		}
		there, err := cost(catalog.Component{Tiers: tiers}, next)
		if err != nil {
			return nil, err
		}
		if !here.Exact.Sub(there.Exact).Equal(saves) {
			return nil, fmt.Errorf("%d cost %s, %s cost %s: that saves no %s", q, here.Exact, next, there.Exact, saves)
		}
		found = append(found, map[string]any{"quantity": q, "cheaper_at": next, "saves": saves})
	}
	return answer{"inversions": found}, nil
}

func rateTierBlocks(c *charge) (answer, error) {
	var price struct {
		Kind  string `json:"kind"`
		Tiers []struct {
			Size  num `json:"block_size"`
			Max   num `json:"max_blocks"`
			Price num `json:"block_price"`
		} `json:"tiers"`
	}
	var use struct {
		Quantity num `json:"quantity"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	mode, err := c.word("tier_policy", "all_tiers", string(catalog.Graduated), "top_tier", string(catalog.Volume))
	if err != nil {
		return nil, err
	}
	tiers := &catalog.Tiers{Mode: catalog.TierMode(mode)}
	end := exact.Zero
	for _, t := range price.Tiers {
		end = end.Add(t.Size.Mul(t.Max.Number))
		bound := end
		tiers.Rows = append(tiers.Rows, catalog.Tier{UpTo: &bound, UnitPrice: t.Price.price(), Block: t.Size.Number})
	}
	l, err := cost(catalog.Component{Tiers: endless(tiers)}, use.Quantity.Number)
	if err != nil {
		return nil, err
	}
	var lines []exact.Number
	for _, p := range l.Parts {
		lines = append(lines, p.Exact)
	}
	return answer{"amount": l.Exact, "lines": lines}, nil
}

// bucketedMax bills each bucket as a period of its own by the most seats that
// were assigned in it at one moment.
func bucketedMax(c *charge) (answer, error) {
	var price tierPrice
	var use struct {
		Max []num `json:"bucket_max"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	sum := exact.Zero
	for i, most := range use.Max {
		n, err := most.Int64()
		if err != nil {
			return nil, err
		}
		w := newWorld(catalog.Component{ID: "seats", Measure: catalog.SeatsHighest, Tiers: price.tiers(c.flatAtZero())})
		w.plan.Period = catalog.Cycle{Every: timex.Day}
		w.first += timex.Date(i)
		w.after = w.first + 1
		w.facts = append(w.facts, func(to usage.Sink) error {
			day := timex.Days(w.first, w.after, utc)
			for k := range n { // all at once for an hour, each seat longer than the next
				seat := usage.Seat{ID: strconv.FormatInt(k, 10), Source: "case", User: strings.Repeat("u", 1+int(k)), From: day.From, To: day.From.Add(hours(n + 1 - k))}
				if err := to.Seat(seat); err != nil {
					return err
				}
			}
			return nil
		})
		l, _, err := w.lineOf("seats")
		if err != nil {
			return nil, err
		}
		sum = sum.Add(l.Exact)
	}
	return answer{"amount": sum}, nil
}

// volumeSplit bills a week in the middle of a month: a monthly fee in arrears
// falls due with the bill in which its month ends, and not before.
func volumeSplit(c *charge) (answer, error) {
	var price tierPrice
	var use struct {
		Quantity num  `json:"quantity"`
		Last     bool `json:"last_line"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	w := newWorld(catalog.Component{ID: "lines", Measure: catalog.Recurring, Every: timex.Month, Quantity: use.Quantity.Number, Tiers: price.tiers(true)})
	w.plan.Period = catalog.Cycle{Every: timex.Week}
	w.first, w.after = timex.MustDate("2026-01-12"), timex.MustDate("2026-01-19")
	if use.Last {
		w.first, w.after = timex.MustDate("2026-01-26"), timex.MustDate("2026-02-02")
	}
	inv, err := w.draft()
	if err != nil {
		return nil, err
	}
	return answer{"lines": len(inv.Lines), "amount": inv.Subtotal}, nil
}
