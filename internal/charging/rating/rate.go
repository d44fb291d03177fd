package rating

import (
	"slices"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/money"
)

// Rated is a period priced: its lines in the order of the plan, before tax.
type Rated struct {
	Lines  []Line
	Groups []Group           // "the cheaper of", with what was not charged
	Carry  []Left            // included quantities that live on
	Notes  []Rule            // about the bill as a whole
	Toward []contract.Toward // how far long commitments have come
}

// rater prices one period.
type rater struct {
	g     *meter.Gathered
	terms *contract.Terms
	plan  *catalog.Plan
	lines []*Line
	pots  *pots
	seats map[string]exact.Number // billed seats by component, once asked

	standing []contract.Toward
}

// Rate prices what a period's facts came to. Errors are of kind Overflow or
// Invalid; a price nobody knows is no error but marks the line Unknown.
func Rate(g *meter.Gathered) (_ *Rated, err error) {
	defer fault.Wrap(&err, "rating.Rate(%s)", g.Terms.Plan.ID)
	r := &rater{g: g, terms: g.Terms, plan: g.Terms.Plan, seats: map[string]exact.Number{}}
	if first, after := g.Terms.Service(); first == after {
		return &Rated{}, nil // no service, nothing to charge
	}
	// Places and fixed fees come first: what is included with usage can depend on
	// billed seats.
	if err := r.each(func(c *catalog.Component) bool { return !isUsage(c) }); err != nil {
		return nil, err
	}
	r.pots = openPots(r.terms, r.seatsOf, r.agents())
	r.pots.burnCalls(g)
	if err := r.each(isUsage); err != nil {
		return nil, err
	}
	r.sort()
	out := &Rated{Carry: r.pots.leftovers(), Notes: r.notes()}
	if err := r.wholeBill(out); err != nil {
		return nil, err
	}
	if err := r.clauses(); err != nil {
		return nil, err
	}
	for _, l := range r.lines {
		out.Lines = append(out.Lines, *l)
	}
	out.Toward = r.standing
	return out, nil
}

// wholeBill applies what looks at several lines, each step on what the one
// before left: shares of a price, then the cheaper way, then amounts off, then
// what is a share of other lines, then the least and the most.
func (r *rater) wholeBill(out *Rated) (err error) {
	percent := func(d *catalog.Discount) bool { return d.Percent != nil }
	amount := func(d *catalog.Discount) bool { return d.Percent == nil }
	share := func(l *Line) bool { return l.Measure == catalog.PercentOf }
	other := func(l *Line) bool { return !share(l) }
	if err := r.planDiscounts(percent, other); err != nil {
		return err
	}
	if out.Groups, err = r.cheapest(); err != nil {
		return err
	}
	if err := r.planDiscounts(amount, other); err != nil {
		return err
	}
	if err := r.shares(); err != nil {
		return err
	}
	if err := r.planDiscounts(percent, share); err != nil {
		return err
	}
	r.sort()
	return r.limits()
}

// sort puts the lines into the order of the plan: the order they are printed in
// and the one a maximum fills.
func (r *rater) sort() {
	place := map[string]int{}
	for i := range r.plan.Components {
		place[r.plan.Components[i].ID] = i
	}
	slices.SortStableFunc(r.lines, func(a, b *Line) int { return place[a.Component] - place[b.Component] })
}

// each prices the components that are asked for, in the order of the plan.
func (r *rater) each(asked func(*catalog.Component) bool) error {
	for i := range r.plan.Components {
		c := &r.plan.Components[i]
		if c.Measure == catalog.PercentOf || !asked(c) {
			continue
		}
		if err := r.component(c); err != nil {
			return fault.New(fault.KindOf(err), "component %s: %v", c.ID, err)
		}
	}
	return nil
}

func isUsage(c *catalog.Component) bool {
	switch c.Measure {
	case catalog.TalkTime, catalog.Calls, catalog.Events, catalog.SystemTime, catalog.SeatDays:
		return true
	}
	return c.PerSeatOf != ""
}

// component prices one component into one line, or one line for each period of
// its own that falls due.
func (r *rater) component(c *catalog.Component) error {
	switch {
	case c.Measure.OfCalls():
		return r.calls(c)
	case c.Measure == catalog.OneOff:
		return r.oneOff(c)
	case c.Every != "" && c.Every != r.terms.Cycle().Unit:
		return r.ownPeriods(c)
	}
	return r.measured(c, r.terms)
}

// add books a line.
func (r *rater) add(l *Line) { r.lines = append(r.lines, l) }

// line begins the line of a component.
func (r *rater) line(c *catalog.Component) *Line {
	first, after := r.terms.Service()
	return &Line{ID: c.ID, Component: c.ID, Kind: Charge, Name: c.Name.Or(c.ID), Category: c.Category, Measure: c.Measure,
		Unit: unitOf(c), First: first, After: after, TaxClass: r.taxClass(c.TaxClass), Amount: money.Zero(r.plan.Currency)}
}

func (r *rater) taxClass(named string) string {
	if named == "" {
		return r.plan.Tax.Default
	}
	return named
}

// unitOf names the unit of a component's quantity.
func unitOf(c *catalog.Component) string {
	switch c.Measure {
	case catalog.TalkTime, catalog.SystemTime:
		if c.Unit == "" {
			return string(catalog.Minute)
		}
		return string(c.Unit)
	case catalog.Calls:
		return "call"
	case catalog.SeatDays:
		return "seat_day"
	case catalog.ModuleDays:
		if c.PerSeatOf != "" {
			return "seat"
		}
		return "module"
	case catalog.Events:
		return "event"
	case catalog.Rentals:
		return "item"
	case catalog.Recurring, catalog.OneOff:
		return "item"
	case catalog.PercentOf:
		return "amount"
	}
	return "seat"
}

// seatsOf is how many seats a component bills: the highest level it charges,
// not less than committed. What is included or sold for each seat goes by it,
// whichever comes first in the plan and whatever part of the period it costs.
func (r *rater) seatsOf(id string) exact.Number {
	if n, known := r.seats[id]; known {
		return n
	}
	n := exact.Zero
	if c, ok := r.plan.Component(id); ok && (c.Measure.OfSeats() || c.Measure == catalog.Recurring) {
		if q, err := r.quantity(c, r.terms); err == nil { // else its own line says what is wrong
			n = q.Raw
			for i := range q.Runs {
				if i == 0 {
					n = exact.Zero
				}
				n = exact.Max(n, q.Runs[i].Level)
			}
			n = exact.Max(r.rounded(c, n, nil), c.Commitment)
		}
	}
	r.seats[id] = n
	return n
}

// agents are the names of all agents that packages of each seat may meet.
func (r *rater) agents() []string {
	seen := map[string]bool{}
	var out []string
	for _, c := range r.plan.Components {
		cc := r.g.Calls[c.ID]
		if cc == nil {
			continue
		}
		for _, name := range cc.Seats[1:] {
			if !seen[name] {
				seen[name] = true
				out = append(out, name)
			}
		}
	}
	return out
}

// finish applies the last steps of a line: discount, minimum, maximum in the
// component's order, then the one rounding.
func (r *rater) finish(c *catalog.Component, l *Line) error {
	for _, p := range l.Parts {
		l.Gross = l.Gross.Add(p.Exact)
	}
	l.Exact = l.Gross
	order := c.Order
	if len(order) == 0 {
		order = catalog.DefaultSteps()
	} else {
		l.rule("order", "steps", joinSteps(order))
	}
	for _, step := range order {
		switch step {
		case catalog.StepDiscount:
			r.discount(c.Discount, l)
		case catalog.StepMinimum:
			if l.Exact.Less(c.Minimum) && l.First < l.After { // nothing is due where nothing is served
				l.Raised = c.Minimum.Sub(l.Exact)
				l.Exact = c.Minimum
				l.rule("minimum", "minimum", c.Minimum.String(), "raised", l.Raised.String())
			}
		case catalog.StepMaximum:
			if c.Maximum.Sign() > 0 && c.Maximum.Less(l.Exact) {
				l.Capped = l.Exact.Sub(c.Maximum)
				l.Exact = c.Maximum
				l.rule("maximum", "maximum", c.Maximum.String(), "capped", l.Capped.String())
			}
		}
	}
	return l.round(r.plan.Currency)
}

// discount takes a component's own discount off a line.
func (r *rater) discount(d *catalog.Discount, l *Line) {
	if d == nil || !r.inForce(d) {
		return
	}
	off := d.Amount
	if d.Percent != nil {
		off = l.Exact.Mul(d.Percent.Number)
	}
	off = exact.Min(off, l.Exact)
	if off.Sign() <= 0 {
		return
	}
	l.Discount = l.Discount.Add(off)
	l.Exact = l.Exact.Sub(off)
	l.Rules = append(l.Rules, discountRule(d, off))
}

// discountRule says what a discount took off.
func discountRule(d *catalog.Discount, off exact.Number) Rule {
	out := rule("discount", "off", off.String())
	if d.ID != "" || d.Name != (lang.Text{}) {
		out = withName(out, "name", d.Name.Or(d.ID))
	}
	if d.Percent != nil {
		out.Args["percent"] = d.Percent.Number.String()
	}
	return out
}

// inForce tells whether a discount holds for the period: dates refer to the
// day the period begins.
func (r *rater) inForce(d *catalog.Discount) bool {
	return (d.From == 0 || r.terms.First >= d.From) && (d.To == 0 || r.terms.First < d.To)
}

// round rounds the line's exact amount once, to the currency's minor unit.
func (l *Line) round(c money.Currency) (err error) {
	if l.Amount, err = money.ToMinor(l.Exact, c); err != nil {
		return fault.New(fault.Overflow, "line %s: %v", l.ID, err)
	}
	return nil
}

// rule names something that decided the line.
func (l *Line) rule(key string, args ...string) {
	l.Rules = append(l.Rules, rule(key, args...))
}

func rule(key string, args ...string) Rule {
	out := Rule{Key: key}
	for i := 0; i+1 < len(args); i += 2 {
		if out.Args == nil {
			out.Args = map[string]string{}
		}
		out.Args[args[i]] = args[i+1]
	}
	return out
}

func joinSteps(steps []catalog.Step) string {
	words := make([]string, len(steps))
	for i, step := range steps {
		words[i] = string(step)
	}
	return strings.Join(words, ",")
}

// notes are about the bill as a whole: what expired unused.
func (r *rater) notes() []Rule {
	var out []Rule
	expired := r.pots.expired()
	for _, pk := range r.plan.AllPackages() {
		if left, ok := expired[pk.ID]; ok {
			comp, _ := r.plan.Component(pk.AppliesTo[0])
			out = append(out, called(rule("expired", "package", pk.ID, "quantity", left.String(), "unit", unitOf(comp)), "package", pk.Name))
		}
	}
	return out
}
