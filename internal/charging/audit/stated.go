package audit

import (
	"slices"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
)

// ofPrices are the other prices a line may have been charged at: the ones the
// bill states, the plan's list price, and the one the amount speaks of.
func (e *engine) ofPrices(c *catalog.Component, lines []Line, due *variant) []change {
	var out []change
	for _, row := range statedPrices(lines) {
		now, ok := priceOf(c, row.part)
		if !ok || now.Equal(row.price) {
			continue
		}
		out = append(out, ratePut(c, row.part, row.price, now, "rate", 1))
	}
	if e.in.List != nil {
		if listed, ok := e.in.List.Plan.Component(c.ID); ok && !samePrice(c, listed) {
			out = append(out, change{cause: Rate, key: "list_price", weight: 1, of: c.ID, recount: c.Measure.OfCalls(), component: func(c *catalog.Component) {
				c.UnitPrice, c.Tiers, c.Block, c.Rates, c.Deck, c.ConnectFee = listed.UnitPrice, listed.Tiers, listed.Block, listed.Rates, listed.Deck, listed.ConnectFee
			}})
		}
	}
	if len(out) == 0 {
		if p, ok := impliedPrice(c, lines, due); ok {
			out = append(out, ratePut(c, "", p, c.UnitPrice.Number, "rate_implied", 1))
		}
	}
	return out
}

// rowPrice is a price a bill states for a row of a component, or for all of it.
type rowPrice struct {
	part  string
	price exact.Number
}

// statedPrices lists the prices of lines, each row once.
func statedPrices(lines []Line) []rowPrice {
	var out []rowPrice
	for i := range lines {
		l := &lines[i]
		if l.UnitPrice != nil && !slices.ContainsFunc(out, func(r rowPrice) bool { return r.part == l.Part }) {
			out = append(out, rowPrice{l.Part, *l.UnitPrice})
		}
	}
	return out
}

// priceOf is the one price of a component, or of one of its rows.
func priceOf(c *catalog.Component, part string) (exact.Number, bool) {
	if part != "" {
		for i := range c.Rates {
			if r := &c.Rates[i]; r.ID == part && r.UnitPrice.Set && len(r.Bands) == 0 {
				return r.UnitPrice.Number, true
			}
		}
		return exact.Zero, false
	}
	return c.UnitPrice.Number, c.UnitPrice.Set
}

func samePrice(a, b *catalog.Component) bool {
	if len(a.Rates) != len(b.Rates) || a.Tiers != b.Tiers || a.Block != b.Block || a.Deck != b.Deck || !a.UnitPrice.Equal(b.UnitPrice.Number) || !a.ConnectFee.Equal(b.ConnectFee.Number) {
		return false
	}
	for i := range a.Rates {
		if !a.Rates[i].UnitPrice.Equal(b.Rates[i].UnitPrice.Number) {
			return false
		}
	}
	return true
}

// ratePut charges another price.
func ratePut(c *catalog.Component, part string, to, now exact.Number, key string, weight int) change {
	return change{cause: Rate, key: key, args: pairs("billed", to.String(), "due", now.String(), "row", part), weight: weight, of: c.ID, recount: c.Measure.OfCalls(),
		component: func(c *catalog.Component) {
			if part == "" {
				c.UnitPrice = catalog.PriceOf(to)
				return
			}
			for i := range c.Rates {
				if c.Rates[i].ID == part {
					c.Rates[i].UnitPrice = catalog.PriceOf(to)
				}
			}
		}}
}

// significance is how many cents one unit of a price's last digit must move for
// an implied price to say anything: below it, any amount has a price that fits.
const significance = 20

// impliedPrice is the price of no more decimals than the contract's, or one
// more, at which the due quantity comes to the billed amount.
func impliedPrice(c *catalog.Component, lines []Line, due *variant) (exact.Number, bool) {
	if !c.UnitPrice.Set || len(due.lines) != 1 || statesPrice(lines) {
		return exact.Zero, false
	}
	l := due.lines[0]
	q := l.Charged
	if len(l.Parts) != 1 || q.Sign() <= 0 || !l.Gross.Equal(l.Exact) || !l.Parts[0].Exact.Equal(l.Parts[0].Quantity.Mul(l.Parts[0].UnitPrice)) {
		return exact.Zero, false
	}
	cents := l.Amount.Currency().Exponent()
	billed := billedAmount(lines)
	for d := 0; d <= decimalsOf(c.UnitPrice.Number)+1; d++ {
		p := billed.Div(q).Round(exact.HalfAway, d)
		if q.Mul(exact.Scaled(1, d)).Less(exact.Scaled(significance, cents)) {
			return exact.Zero, false
		}
		if q.Mul(p).Round(exact.HalfAway, cents).Equal(billed) {
			return p, true
		}
	}
	return exact.Zero, false
}

func statesPrice(lines []Line) bool {
	return slices.ContainsFunc(lines, func(l Line) bool { return l.UnitPrice != nil })
}

// decimalsOf is how many decimals a number is written with.
func decimalsOf(n exact.Number) int {
	_, after, _ := strings.Cut(n.String(), ".")
	return len(after)
}

func billedAmount(lines []Line) exact.Number {
	sum := exact.Zero
	for i := range lines {
		sum = sum.Add(lines[i].Amount)
	}
	return sum
}

// statedQuantity is the quantity the lines state together; false unless each
// states one.
func statedQuantity(lines []Line) (exact.Number, bool) {
	sum := exact.Zero
	for i := range lines {
		if lines[i].Quantity == nil {
			return sum, false
		}
		sum = sum.Add(*lines[i].Quantity)
	}
	return sum, len(lines) > 0
}

// farFetched is the weight of a figure that is taken from the bill because no
// rule explains it.
const farFetched = 3

// ofStatedQuantity takes the quantity of a bill as it stands: what was counted
// is the cause, how is not known.
func (e *engine) ofStatedQuantity(c *catalog.Component, lines []Line, due *variant) []change {
	cause := counted(c)
	q, ok := statedQuantity(lines)
	if !ok || len(due.lines) != 1 || q.Equal(due.lines[0].Charged) {
		return nil
	}
	if len(c.Rates) > 0 || c.Deck != "" {
		return partsStated(c, lines, due.lines[0], cause)
	}
	out := change{cause: cause, key: "quantity", args: pairs("billed", q.String(), "due", due.lines[0].Charged.String(), "unit", c.PricedUnit()), weight: farFetched, of: c.ID}
	fix, terms := asFixed(c.ID, q)
	out.terms = terms
	out.component = func(c *catalog.Component) {
		fix(c)
		c.Included, c.RoundTotal, c.PerSeatOf, c.Proration = nil, nil, "", catalog.NoProration
	}
	return []change{out}
}

// partsStated takes the quantities of the rows of a component as they stand.
func partsStated(c *catalog.Component, lines []Line, due *rating.Line, cause Cause) []change {
	apart := exact.Zero
	for i := range lines {
		p, ok := partOf(due, lines[i].Part)
		if !ok || lines[i].Quantity == nil {
			return nil
		}
		apart = apart.Add(lines[i].Quantity.Sub(p.Quantity).Mul(p.UnitPrice))
	}
	q, _ := statedQuantity(lines)
	return []change{{cause: cause, key: "quantity", args: pairs("billed", q.String(), "due", due.Charged.String(), "unit", c.PricedUnit()), weight: farFetched, of: c.ID,
		amount: func(l *rating.Line) exact.Number { return l.Exact.Add(apart) }}}
}

// partOf finds the part of a line that is of a rate row.
func partOf(l *rating.Line, row string) (*rating.Part, bool) {
	for i := range l.Parts {
		if l.Parts[i].Key == "row:"+row {
			return &l.Parts[i], true
		}
	}
	return nil, false
}

// counted is the cause of a quantity of a component that no rule explains.
func counted(c *catalog.Component) Cause {
	switch {
	case c.Measure.OfTime():
		return Duration
	case c.Measure == catalog.Calls || c.Measure == catalog.Events:
		return Counting
	}
	return Seats
}
