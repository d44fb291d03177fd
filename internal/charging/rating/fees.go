package rating

import (
	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
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
// fee in a bill of a year.
const maxOwnPeriods = 400

// ownPeriods prices a fee whose period is not that of the bill: each of its
// periods that begins in the bill (advance) or ends in it (arrears).
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
		if due >= r.terms.After {
			return nil
		}
		if due < r.terms.First {
			continue
		}
		own := r.terms.Within(first, after)
		if f, a := own.Service(); f == a {
			continue
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
	return nil
}
