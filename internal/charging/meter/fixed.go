package meter

import (
	"slices"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/timex"
)

// isFixed tells whether the contract, or the plan itself, says how many.
func isFixed(c *catalog.Component, terms *contract.Terms) bool {
	_, ok := terms.Quantities[c.ID]
	return ok || len(terms.Changes[c.ID]) > 0 || c.Measure == catalog.Recurring
}

// openingQuantity is the quantity before any dated change.
func openingQuantity(c *catalog.Component, terms *contract.Terms) exact.Number {
	if n, ok := terms.Quantities[c.ID]; ok {
		return n
	}
	if !c.Quantity.IsGiven() && c.Measure == catalog.Recurring {
		return exact.One
	}
	return c.Quantity
}

// fixedMarks is the contract's quantity and its changes within the served days.
// Changes of one day hold in the order the contract lists them.
func fixedMarks(c *catalog.Component, terms *contract.Terms, served Dates) ([]mark, error) {
	changes := slices.Clone(terms.Changes[c.ID])
	slices.SortStableFunc(changes, func(a, b contract.Change) int { return order(a.On, b.On) })
	marks := []mark{{served.First, served.First.Start(terms.Loc), openingQuantity(c, terms)}}
	for _, ch := range changes {
		m := mark{ch.On, ch.On.Start(terms.Loc), ch.Quantity}
		switch {
		case ch.On >= served.After:
		case ch.On <= served.First:
			marks[0].level = ch.Quantity
		default:
			marks = append(marks, m)
		}
	}
	for _, m := range marks {
		if m.level.Sign() < 0 {
			return nil, fault.New(fault.Invalid, "component %s: the contract's quantity is %s from %s on; a quantity cannot be below zero", c.ID, m.level, m.day)
		}
	}
	return marks, nil
}

// fixedPlaces is the contract's quantity as a level of whole seats.
func fixedPlaces(c *catalog.Component, terms *contract.Terms, p timex.Period) (places, error) {
	marks, err := fixedMarks(c, terms, Served(c, terms))
	if err != nil {
		return places{}, err
	}
	var deltas []Delta
	before := int64(0)
	for _, m := range marks {
		n, err := m.level.Int64()
		if err != nil {
			return places{}, fault.New(fault.Invalid, "component %s counts whole seats; the contract's quantity is %s from %s on", c.ID, m.level, m.day)
		}
		deltas = append(deltas, Delta{m.at, n - before})
		before = n
	}
	out := places{level: NewLevel(0, deltas), steps: []Step{fixedStep(c, terms)}}
	out.named = out.level.Entered(p)
	return out, nil
}

func fixedStep(c *catalog.Component, terms *contract.Terms) Step {
	return step("fixed_quantity", "quantity", openingQuantity(c, terms).String(), "changes", text(int64(len(terms.Changes[c.ID]))))
}
