package rating

import (
	"maps"
	"slices"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/timex"
)

// oneOff prices a fee that is due once: on its day, or when the contract starts.
// Without a start it falls due on no day of any period.
func (r *rater) oneOff(c *catalog.Component) error {
	due := c.On
	if due == 0 {
		due = r.terms.Start
	}
	if due == 0 || due < r.terms.First || due >= r.terms.After || r.terms.End != 0 && due >= r.terms.End {
		return nil
	}
	l := r.line(c)
	l.First, l.After = due, due+1
	l.Raw = r.fixed(c)
	l.Billed, l.Charged = l.Raw, l.Raw
	l.rule("one_off", "on", due.String())
	r.take(quantity(c, l.Raw), l)
	if err := r.finish(c, l); err != nil {
		return err
	}
	r.add(l)
	return nil
}

// fixed is the quantity a contract or plan fixes, 1 where neither does.
func (r *rater) fixed(c *catalog.Component) exact.Number {
	if q, ok := r.terms.Quantities[c.ID]; ok {
		return q
	}
	if !c.Quantity.IsGiven() {
		return exact.One
	}
	return c.Quantity
}

// maxOwnPeriods bounds how many periods of a fee fall due in one bill: a daily
// fee in a bill of a year. Beyond it there is no bill.
const maxOwnPeriods = 400

// ownPeriods prices a fee whose period is not that of the bill: each of its
// periods that begins in the bill (advance) or ends in it (arrears), and what
// changes in the bill's period add to one that was charged in advance.
func (r *rater) ownPeriods(c *catalog.Component) error {
	cycle := timex.CalendarCycle(c.Every)
	if r.terms.Start != 0 {
		cycle.Anchor = r.terms.Start
	}
	n := cycle.Index(r.terms.First) - 1
	for range maxOwnPeriods {
		first, after := cycle.Boundary(n), cycle.Boundary(n+1)
		n++
		due := after - 1 // the last day of service falls in the bill
		if r.terms.End != 0 {
			due = min(due, r.terms.End-1)
		}
		if c.Timing == catalog.Advance {
			due = first
		}
		if due >= r.terms.After || first >= r.terms.After {
			return nil
		}
		running := c.Timing == catalog.Advance && first < r.terms.First && after > r.terms.First
		if due < r.terms.First && !running {
			continue
		}
		own := r.terms.Within(first, after)
		if f, a := own.Service(); f == a {
			continue
		}
		if running {
			if err := r.rise(c, own); err != nil {
				return err
			}
			continue
		}
		if c.Timing == catalog.Advance {
			own = knownBy(own, c, r.terms.After)
		}
		if err := r.measured(c, own); err != nil {
			return err
		}
		l := r.lines[len(r.lines)-1]
		l.ID = c.ID + "@" + first.String()
		if c.Timing == catalog.Advance {
			l.rule("advance", "first", first.String())
		}
	}
	return fault.New(fault.Invalid, "more than %d periods of the fee fall in one bill: bill a shorter period", maxOwnPeriods)
}

// knownBy are the terms of a fee's own period without changes from a day on: a
// fee in advance is charged as things stand when the bill's period ends.
func knownBy(own *contract.Terms, c *catalog.Component, day timex.Date) *contract.Terms {
	out := *own
	out.Changes = maps.Clone(own.Changes)
	out.Changes[c.ID] = slices.DeleteFunc(slices.Clone(own.Changes[c.ID]), func(ch contract.Change) bool { return ch.On >= day })
	return &out
}

// rise charges what changes of the bill's period add to a fee that was charged
// in advance: the fee as it stands by the end of the period, less the fee as it
// stood before it. The fee as a whole follows the component's own rules, so a
// level that was paid is not paid again, and all bills of the fee's period sum
// to what one bill in arrears would have charged.
func (r *rater) rise(c *catalog.Component, own *contract.Terms) error {
	before, err := r.aside(c, knownBy(own, c, r.terms.First))
	if err != nil {
		return err
	}
	l, err := r.aside(c, knownBy(own, c, r.terms.After))
	if err != nil || l.Charged.Equal(before.Charged) && l.Exact.Equal(before.Exact) {
		return err
	}
	first, after := own.Service()
	was := before.Charged
	l.ID = c.ID + "@" + first.String()
	l.First, l.After = max(first, r.terms.First), after
	l.Rules, l.Proration = nil, nil
	l.rule("advance_rise", "first", first.String(), "before", was.String(), "now", l.Charged.String(), "unit", l.Unit)
	for _, n := range []struct {
		of *exact.Number
		by exact.Number
	}{{&l.Raw, before.Raw}, {&l.Billed, before.Billed}, {&l.Included, before.Included}, {&l.Charged, before.Charged}, {&l.Gross, before.Gross},
		{&l.Discount, before.Discount}, {&l.Raised, before.Raised}, {&l.Capped, before.Capped}, {&l.Exact, before.Exact}} {
		*n.of = n.of.Sub(n.by)
	}
	l.Parts = []Part{{Key: "rise", Name: l.Name, Raw: l.Raw, Quantity: l.Charged, UnitPrice: c.UnitPrice.Number, Exact: l.Gross, Unknown: l.Unknown}}
	if err := l.round(r.plan.Currency); err != nil {
		return err
	}
	r.add(l)
	return nil
}

// aside prices a component without booking the line.
func (r *rater) aside(c *catalog.Component, terms *contract.Terms) (*Line, error) {
	if err := r.measured(c, terms); err != nil {
		return nil, err
	}
	last := len(r.lines) - 1
	l := r.lines[last]
	r.lines = r.lines[:last]
	return l, nil
}
