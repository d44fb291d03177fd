package rating

import (
	"slices"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/money"
)

// shares prices components that are a share of others, as soon as all they are
// a share of is priced.
func (r *rater) shares() error {
	open := map[string]*catalog.Component{}
	for i := range r.plan.Components {
		if c := &r.plan.Components[i]; c.Measure == catalog.PercentOf {
			open[c.ID] = c
		}
	}
	for len(open) > 0 {
		before := len(open)
		for i := range r.plan.Components {
			c := open[r.plan.Components[i].ID]
			if c == nil || slices.ContainsFunc(c.Of, func(id string) bool { return open[id] != nil }) {
				continue
			}
			if err := r.share(c); err != nil {
				return err
			}
			delete(open, c.ID)
		}
		if len(open) == before {
			return fault.New(fault.Invalid, "components that are shares of each other in a circle cannot be priced")
		}
	}
	return nil
}

func (r *rater) share(c *catalog.Component) error {
	l := r.line(c)
	for _, o := range r.lines {
		if slices.Contains(c.Of, o.Component) {
			l.Raw = l.Raw.Add(o.Exact)
			l.Unknown = l.Unknown || o.Unknown
		}
	}
	l.Billed, l.Charged = l.Raw, l.Raw
	l.Parts = []Part{{Key: "share", Name: l.Name, Raw: l.Raw, Quantity: l.Raw, UnitPrice: c.Percent.Number, Exact: l.Raw.Mul(c.Percent.Number)}}
	l.Rules = append(l.Rules, called(rule("percent_of", "percent", c.Percent.Number.String(), "of", strings.Join(c.Of, ", "), "base", l.Raw.String()), "of", r.componentNames(c.Of...)))
	if err := r.finish(c, l); err != nil {
		return err
	}
	r.add(l)
	return nil
}

// Group is a "cheaper of": what each option came to.
type Group struct {
	ID      string
	Name    lang.Text
	Options []Option
}

// Option is one way to charge. Lines of the chosen option stand on the invoice,
// not here.
type Option struct {
	ID     string
	Name   lang.Text
	Chosen bool
	Total  money.Amount
	Lines  []Line
}

// cheapest keeps, of each group, the option with the lowest total; the first
// listed wins a tie. An option with an unknown price is never chosen over one
// that is known.
func (r *rater) cheapest() ([]Group, error) {
	var out []Group
	for gi := range r.plan.Cheapest {
		group := &r.plan.Cheapest[gi]
		g := Group{ID: group.ID, Name: group.Name.Or(group.ID)}
		best, bestUnknown := -1, false
		for oi := range group.Options {
			o := &group.Options[oi]
			total, unknown, err := r.totalOf(o.Components)
			if err != nil {
				return nil, err
			}
			g.Options = append(g.Options, Option{ID: o.ID, Name: o.Name.Or(o.ID), Total: total})
			if best < 0 || bestUnknown && !unknown || bestUnknown == unknown && total.Cmp(g.Options[best].Total) < 0 {
				best, bestUnknown = oi, unknown
			}
		}
		for oi := range group.Options {
			if oi == best {
				g.Options[oi].Chosen = true
				for _, l := range r.lines {
					if slices.Contains(group.Options[oi].Components, l.Component) {
						l.Rules = append(l.Rules, called(rule("cheapest_chosen", "option", group.Options[oi].ID), "option", group.Options[oi].Name))
					}
				}
				continue
			}
			g.Options[oi].Lines = r.removeLines(group.Options[oi].Components, group.Options[best].Components)
		}
		out = append(out, g)
	}
	return out, nil
}

// minimumSpend is the name of a line that makes up a minimum, where the plan
// has none.
var minimumSpend = lang.Text{En: "Minimum spend", Hant: "最低消費", Hans: "最低消费"}

func named(t, otherwise lang.Text) lang.Text {
	if t == (lang.Text{}) {
		return otherwise
	}
	return t
}

func (r *rater) totalOf(components []string) (money.Amount, bool, error) {
	sum, unknown := money.Zero(r.plan.Currency), false
	for _, l := range r.lines {
		if !slices.Contains(components, l.Component) {
			continue
		}
		var err error
		if sum, err = sum.Add(l.Amount); err != nil {
			return sum, false, fault.New(fault.Overflow, "%v", err)
		}
		unknown = unknown || l.Unknown
	}
	for _, id := range components { // usage without a price is no cheaper way
		if cc := r.g.Calls[id]; cc != nil && cc.Refused > 0 {
			unknown = true
		}
	}
	return sum, unknown, nil
}

// removeLines takes the lines of components off the bill, but for those to keep.
func (r *rater) removeLines(components, keep []string) []Line {
	var gone []Line
	r.lines = slices.DeleteFunc(r.lines, func(l *Line) bool {
		if slices.Contains(components, l.Component) && !slices.Contains(keep, l.Component) {
			gone = append(gone, *l)
			return true
		}
		return false
	})
	return gone
}

// counts tells which lines a discount or limit is about: those of its
// components, or all. A line that makes up a minimum counts where all that it
// is about counts.
func counts(components []string, l *Line) bool {
	if len(components) == 0 {
		return true
	}
	if l.Component != "" {
		return slices.Contains(components, l.Component)
	}
	return len(l.about) > 0 && !slices.ContainsFunc(l.about, func(id string) bool { return !slices.Contains(components, id) })
}

// planDiscounts takes the discounts that are asked for off the lines that are
// asked for. A fixed amount is shared out by what the lines cost, to the minor
// unit.
func (r *rater) planDiscounts(which func(*catalog.Discount) bool, from func(*Line) bool) error {
	for di := range r.plan.Discounts {
		d := &r.plan.Discounts[di]
		if !r.inForce(d) || !which(d) {
			continue
		}
		var lines []*Line
		var weights []exact.Number
		for _, l := range r.lines {
			if from(l) && counts(d.Components, l) && l.Exact.Sign() > 0 {
				lines, weights = append(lines, l), append(weights, l.Exact)
			}
		}
		if len(lines) == 0 {
			continue
		}
		offs := make([]exact.Number, len(lines))
		if d.Percent != nil {
			for i, l := range lines {
				offs[i] = l.Exact.Mul(d.Percent.Number)
			}
		} else if err := splitOff(d.Amount, weights, offs, r.plan.Currency); err != nil {
			return err
		}
		for i, l := range lines {
			l.Discount = l.Discount.Add(offs[i])
			l.Exact = l.Exact.Sub(offs[i])
			l.Rules = append(l.Rules, discountRule(d, offs[i]))
			if err := l.round(r.plan.Currency); err != nil {
				return err
			}
		}
	}
	return nil
}

// splitOff shares an amount over weights, no more than they are worth.
func splitOff(amount exact.Number, weights, offs []exact.Number, c money.Currency) error {
	whole, err := money.ToMinor(exact.Min(amount, exact.Sum(weights...)), c)
	if err != nil {
		return fault.New(fault.Overflow, "a discount of %s: %v", amount, err)
	}
	parts, err := whole.Split(weights, c.Exponent())
	if err != nil {
		return err
	}
	for i, p := range parts {
		offs[i] = exact.Min(p.Exact(), weights[i])
	}
	return nil
}

// limits applies the least and the most a period costs. What is missing to a
// minimum is a line of its own; a maximum is filled in line order.
func (r *rater) limits() error {
	for i := range r.plan.Minimums {
		m := &r.plan.Minimums[i]
		want := r.prorated(m)
		have := exact.Zero
		for _, l := range r.lines {
			switch {
			case !counts(m.Components, l):
			case m.Base == catalog.ExactLines:
				have = have.Add(l.Exact)
			default:
				have = have.Add(l.Amount.Exact())
			}
		}
		if have.Cmp(want) >= 0 {
			continue
		}
		first, after := r.terms.Service()
		l := &Line{ID: "minimum_spend:" + m.ID, Kind: MinSpend, Name: named(m.Name, minimumSpend), about: m.Components, Unit: "amount", First: first, After: after,
			Raw: have, Billed: want, Charged: want.Sub(have), Gross: want.Sub(have), Exact: want.Sub(have), TaxClass: r.taxClass(m.TaxClass)}
		l.Parts = []Part{{Key: "true_up", Name: l.Name, Quantity: exact.One, UnitPrice: l.Exact, Exact: l.Exact}}
		l.rule("minimum_spend", "minimum", want.String(), "reached", have.String(), "raised", l.Exact.String())
		if m.Base == catalog.ExactLines {
			l.rule("minimum_base_exact")
		}
		if err := l.round(r.plan.Currency); err != nil {
			return err
		}
		r.add(l)
	}
	for i := range r.plan.Maximums {
		if err := r.cap(&r.plan.Maximums[i]); err != nil {
			return err
		}
	}
	return nil
}

func (r *rater) cap(m *catalog.Limit) error {
	most, err := money.ToMinor(r.prorated(m), r.plan.Currency) // as lines are, so that they can sum to it
	if err != nil {
		return fault.New(fault.Overflow, "maximum spend %s: %v", m.ID, err)
	}
	left := most.Exact()
	for _, l := range r.lines {
		if !counts(m.Components, l) {
			continue
		}
		if over := l.Amount.Exact().Sub(left); over.Sign() > 0 {
			kept := l.Amount.Exact().Sub(over)
			l.Capped = l.Capped.Add(l.Exact.Sub(kept))
			l.Exact = kept
			l.rule("maximum_spend", "maximum", most.Exact().String(), "capped", over.String())
			if err := l.round(r.plan.Currency); err != nil {
				return err
			}
		}
		left = left.Sub(l.Amount.Exact())
	}
	return nil
}

// prorated is a limit for the part of the period that was served.
func (r *rater) prorated(m *catalog.Limit) exact.Number {
	if !m.Prorate {
		return m.Amount
	}
	first, after := r.terms.Service()
	return m.Amount.Mul(exact.Frac(int64(after-first), int64(r.terms.After-r.terms.First)))
}
