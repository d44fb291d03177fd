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
