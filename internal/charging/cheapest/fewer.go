package cheapest

import (
	"slices"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/money"
)

// Fewer is what one seat fewer saves; below zero: it costs more. Its parts sum up to it.
type Fewer struct {
	Saved money.Amount
	Parts []SavedPart
}

// SavedPart is the share of a component in it.
type SavedPart struct {
	Component string // empty: of what is added to or taken from the whole bill
	Line      string // of the bill as it is; empty: it has none
	Saved     money.Amount
}

// OneFewer is what a period would have cost less, before tax, had a component of seats
// charged one seat fewer, with all that is charged or included for each seat. Below what
// a component charges at least, that least goes down with it. It can be below zero: a
// volume price may rise, and minutes that were included are paid. known is false where
// no seat is charged, where the charge cannot be written as a number of seats, and where
// a price is unknown.
func OneFewer(g *meter.Gathered, component string) (saved Fewer, known bool, err error) {
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
	if err != nil || !ok || same.Net.Cmp(a.inv.Net) != 0 {
		return saved, false, err
	}
	then, ok, err := a.of(component, now.Sub(exact.One))
	if err != nil || !ok {
		return saved, false, err
	}
	saved, err = difference(a.inv, then)
	return saved, err == nil, err
}

// difference is what one bill is below another, component by component.
func difference(now, then *invoice.Invoice) (out Fewer, err error) {
	var rest money.Amount
	if out.Saved, err = now.Net.Sub(then.Net); err != nil {
		return out, fault.New(fault.Overflow, "%v", err)
	}
	rest = out.Saved
	for _, inv := range []*invoice.Invoice{now, then} {
		for i := range inv.Lines {
			if id := inv.Lines[i].Component; !slices.ContainsFunc(out.Parts, func(p SavedPart) bool { return p.Component == id }) {
				out.Parts = append(out.Parts, SavedPart{Component: id})
			}
		}
	}
	for i := range out.Parts {
		p := &out.Parts[i]
		was, line, err := ofComponent(now, p.Component)
		if err != nil {
			return out, err
		}
		is, _, err := ofComponent(then, p.Component)
		if err == nil {
			p.Saved, err = was.Sub(is)
		}
		if err == nil {
			rest, err = rest.Sub(p.Saved)
		}
		if err != nil {
			return out, fault.New(fault.Overflow, "%v", err)
		}
		p.Line = line
	}
	out.Parts = slices.DeleteFunc(out.Parts, func(p SavedPart) bool { return p.Saved.Sign() == 0 })
	if rest.Sign() != 0 {
		out.Parts = append(out.Parts, SavedPart{Saved: rest})
	}
	return out, nil
}

// ofComponent is what the lines of a component come to, and the first of them.
func ofComponent(inv *invoice.Invoice, id string) (sum money.Amount, line string, err error) {
	sum = money.Zero(inv.Currency)
	for i := range inv.Lines {
		if l := &inv.Lines[i]; l.Component == id {
			if line == "" {
				line = l.ID
			}
			if sum, err = sum.Add(l.Amount); err != nil {
				return sum, line, fault.New(fault.Overflow, "%v", err)
			}
		}
	}
	return sum, line, nil
}

// of is what the period comes to with so many seats of a component, whoever sat there.
func (a *adviser) of(id string, seats exact.Number) (*invoice.Invoice, bool, error) {
	return a.again(func(t *contract.Terms, p *catalog.Plan) {
		c := component(p, id)
		c.Measure, c.Quantity, c.Where, c.IgnoreBelow, c.MergeUser = catalog.Recurring, exact.Number{}, catalog.Filter{}, 0, nil
		c.SeatIncrease, c.SeatDecrease, c.PaidPeak, c.SameDay, c.Commitment = "", "", "", "", exact.Number{}
		t.State(id, seats)
	})
}
