package cheapest

import (
	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/money"
)

// OneFewer is what a period would have cost less, before tax, had a component of seats
// charged one seat fewer, with all that is charged or included for each seat. Below what
// a component charges at least, that least goes down with it. It can be below zero: a
// volume price may rise, and minutes that were included are paid. known is false where
// no seat is charged, where the charge cannot be written as a number of seats, and where
// a price is unknown.
func OneFewer(g *meter.Gathered, component string) (saved money.Amount, known bool, err error) {
	defer fault.Wrap(&err, "cheapest.OneFewer(%s)", component)
	a := &adviser{g: g}
	if a.inv, err = invoice.Draft(g, invoice.Heading{}); err != nil || len(a.inv.Unknown) > 0 {
		return saved, false, err
	}
	now := exact.Zero
	for i := range a.inv.Lines {
		if l := &a.inv.Lines[i]; l.Component == component {
			now = l.Charged
		}
	}
	if now.Less(exact.One) {
		return saved, false, nil
	}
	same, ok, err := a.of(component, now)
	if err != nil || !ok || same.Cmp(a.inv.Net) != 0 {
		return saved, false, err
	}
	then, ok, err := a.of(component, now.Sub(exact.One))
	if err != nil || !ok {
		return saved, false, err
	}
	if saved, err = a.inv.Net.Sub(then); err != nil {
		return saved, false, fault.New(fault.Overflow, "%v", err)
	}
	return saved, true, nil
}

// of is what the period comes to with so many seats of a component, whoever sat there.
func (a *adviser) of(id string, seats exact.Number) (money.Amount, bool, error) {
	return a.again(func(t *contract.Terms, p *catalog.Plan) {
		c := component(p, id)
		c.Measure, c.Quantity, c.Where, c.IgnoreBelow, c.MergeUser = catalog.Recurring, exact.Number{}, catalog.Filter{}, 0, nil
		c.SeatIncrease, c.SeatDecrease, c.PaidPeak, c.SameDay, c.Commitment = "", "", "", "", exact.Number{}
		t.State(id, seats)
	})
}
