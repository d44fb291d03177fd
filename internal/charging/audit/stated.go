package audit

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/meter"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// maxSeatsApart is how many seats more or fewer are tried where a bill does not
// state a quantity.
const maxSeatsApart = 12

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

// ofSeatCounts charges more or fewer seats or things: by how many the bill
// states, else by a few.
func (e *engine) ofSeatCounts(c *catalog.Component, lines []Line, due *variant) []change {
	if !c.Measure.OfSeats() && c.Measure != catalog.Rentals && c.Measure != catalog.Recurring && c.Measure != catalog.OneOff || len(due.lines) != 1 {
		return nil
	}
	var out []change
	if q, ok := statedQuantity(lines); ok {
		if k, err := q.Sub(due.lines[0].Charged).Int64(); err == nil && k != 0 && k < maxFacts && k > -maxFacts {
			out = append(out, e.seatsApart(c, k, due.lines[0])...)
		}
		return out
	}
	for k := int64(1); k <= maxSeatsApart; k++ {
		out = append(out, e.seatsApart(c, k, due.lines[0])...)
		out = append(out, e.seatsApart(c, -k, due.lines[0])...)
	}
	return out
}

// maxFacts bounds the seats a hypothesis adds.
const maxFacts = 10_000

// seatsApart charges k seats more.
func (e *engine) seatsApart(c *catalog.Component, k int64, l *rating.Line) []change {
	key := "more"
	if k < 0 {
		key = "fewer"
	}
	of := change{cause: Seats, key: key, args: pairs("n", strconv.FormatInt(max(k, -k), 10), "unit", c.PricedUnit(), "due", l.Charged.String()), weight: 1, of: c.ID}
	_, fixed := e.in.Terms.Quantities[c.ID]
	switch {
	case fixed || c.Measure == catalog.Recurring || c.Measure == catalog.OneOff:
		now := c.Quantity
		if now.IsZero() {
			now = exact.One
		}
		of.terms = func(t *contract.Terms) {
			level, ok := t.Quantities[c.ID]
			if !ok {
				level = now
			}
			t.Quantities[c.ID] = exact.Max(level.Add(exact.Int(k)), exact.Zero)
		}
	case c.Measure.OfPlaces() && k > 0, c.Measure == catalog.Rentals && k > 0:
		of.gathered = func(g *meter.Gathered) { addPlaces(g, c, k) }
	case c.Measure.OfPlaces() || c.Measure == catalog.Rentals:
		of.gathered = func(g *meter.Gathered) { dropPlaces(g, c, -k) }
	default:
		of.component, of.terms = asFixed(c.ID, l.Raw.Add(exact.Int(k)))
	}
	return []change{of}
}

// addPlaces adds seats or things that are there all the time.
func addPlaces(g *meter.Gathered, c *catalog.Component, k int64) {
	g.Seats, g.Rentals = slices.Clone(g.Seats), slices.Clone(g.Rentals)
	for i := range k {
		id := "more-" + strconv.FormatInt(i, 10)
		if c.Measure == catalog.Rentals {
			g.Rentals = append(g.Rentals, usage.Rental{ID: id, Source: "vendor", Item: first(c.Where.Item), From: g.Terms.Period.From})
			continue
		}
		g.Seats = append(g.Seats, usage.Seat{ID: id, Source: "vendor", Type: first(c.Where.SeatType), From: g.Terms.Period.From})
	}
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// dropPlaces takes away the seats or things that came first.
func dropPlaces(g *meter.Gathered, c *catalog.Component, k int64) {
	if c.Measure == catalog.Rentals {
		g.Rentals = dropFirst(g.Rentals, k, func(r usage.Rental) (bool, timex.Instant) { return anyOf(c.Where.Item, r.Item), r.From })
		return
	}
	g.Seats = dropFirst(g.Seats, k, func(s usage.Seat) (bool, timex.Instant) { return anyOf(c.Where.SeatType, s.Type), s.From })
}

func dropFirst[T any](list []T, k int64, of func(T) (bool, timex.Instant)) []T {
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b T) int {
		_, x := of(a)
		_, y := of(b)
		return cmp.Compare(x, y)
	})
	return slices.DeleteFunc(out, func(x T) bool {
		if is, _ := of(x); !is || k == 0 {
			return false
		}
		k--
		return true
	})
}

func anyOf(list []string, s string) bool {
	return len(list) == 0 || slices.ContainsFunc(list, func(x string) bool { return strings.EqualFold(x, s) })
}

// asFixed makes a component one whose quantity is fixed.
func asFixed(id string, n exact.Number) (func(*catalog.Component), func(*contract.Terms)) {
	n = exact.Max(n, exact.Zero)
	return func(c *catalog.Component) {
			c.Measure, c.Quantity, c.Where, c.IgnoreBelow, c.MergeUser = catalog.Recurring, n, catalog.Filter{}, 0, nil
		}, func(t *contract.Terms) {
			t.Quantities[id] = n
			delete(t.Changes, id)
		}
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
