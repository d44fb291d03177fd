package cheapest

import (
	"slices"
	"strconv"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/usage"
)

// Advice is one thing that would have been cheaper, or was paid and not used.
// lang has its sentence under "advice." + Key.
type Advice struct {
	Key       string            `json:"key"` // idle_seats, one_more, expired, expiring, unused_module, cheaper_plan, absent_user
	Component string            `json:"component,omitempty"`
	Args      map[string]string `json:"args"`
	Amount    money.Amount      `json:"amount"` // what the period would have cost less, before tax; nothing where that cannot be told
}

// maxAdvice bounds a list: after so many, one has enough to do.
const maxAdvice = 50

// Advise looks at one period's usage and bill for what was wasted and what a
// change of size would have saved, each worked out by rating the same facts
// again. used counts how often each module was used, by its identifier; a module
// that is not in it was not looked at. Errors are those of rating.
func Advise(g *meter.Gathered, used map[string]int64) (_ []Advice, err error) {
	defer fault.Wrap(&err, "cheapest.Advise(%s)", g.Terms.Plan.ID)
	a := &adviser{g: g}
	if a.inv, err = invoice.Draft(g, invoice.Heading{}); err != nil {
		return nil, err
	}
	for i := range g.Terms.Plan.Components {
		c := &g.Terms.Plan.Components[i]
		if err := a.idle(c); err != nil {
			return nil, err
		}
		if err := a.tier(c); err != nil {
			return nil, err
		}
		if err := a.module(c, used); err != nil {
			return nil, err
		}
	}
	a.expired()
	a.expiring()
	slices.SortStableFunc(a.out, func(x, y Advice) int { return y.Amount.Cmp(x.Amount) })
	return a.out[:min(len(a.out), maxAdvice)], nil
}

// adviser works on one period.
type adviser struct {
	g   *meter.Gathered
	inv *invoice.Invoice
	out []Advice
}

// again is what the period comes to under changed terms, and whether that is a
// bill somebody could have.
func (a *adviser) again(change func(t *contract.Terms, p *catalog.Plan)) (*invoice.Invoice, bool, error) {
	t, p := *a.g.Terms, *a.g.Terms.Plan
	p.Components = slices.Clone(p.Components)
	t.Plan = &p
	change(&t, &p)
	if p.Validate().Err() != nil {
		return nil, false, nil
	}
	g := *a.g
	g.Terms = &t
	inv, err := invoice.Draft(&g, invoice.Heading{})
	if err != nil {
		return nil, false, err
	}
	return inv, len(inv.Unknown) <= len(a.inv.Unknown), nil
}

// saves books advice if the changed terms are cheaper.
func (a *adviser) saves(key string, c *catalog.Component, args map[string]string, change func(t *contract.Terms, p *catalog.Plan)) error {
	then, ok, err := a.again(change)
	if err != nil || !ok || then.Net.Cmp(a.inv.Net) >= 0 {
		return err
	}
	saved, err := a.inv.Net.Sub(then.Net)
	if err != nil {
		return fault.New(fault.Overflow, "%v", err)
	}
	lang.Put(args, "name", c.Name.Or(c.ID))
	args["saved"], args["currency"] = lang.Decimal(lang.English, saved), saved.Currency().String()
	a.out = append(a.out, Advice{Key: key, Component: c.ID, Args: args, Amount: saved})
	return nil
}

// idle finds seats that are paid for and were never in use at the same time: a
// fixed quantity above the most users logged in, a least quantity above the
// seats counted.
func (a *adviser) idle(c *catalog.Component) error {
	switch {
	case isSeats(a.g.Terms.Plan, c) && (c.Measure.OfPlaces() || c.Measure == catalog.Recurring):
		paid, fixed := a.quantity(c)
		used, known, err := a.inUse(c)
		if err != nil || !fixed || !known || !used.Less(paid) {
			return err
		}
		return a.saves("idle_seats", c, map[string]string{"paid": paid.String(), "used": used.String(), "idle": paid.Sub(used).String()},
			func(t *contract.Terms, _ *catalog.Plan) { t.State(c.ID, used) })
	case c.Measure.OfSeats() && c.Measure.OfLogins() && c.Measure != catalog.SeatDays && c.Commitment.Sign() > 0:
		q, err := meter.CountSeats(c, a.g.Seats, a.g.Sessions, a.g.Terms)
		if err != nil || !q.Raw.Less(c.Commitment) {
			return err
		}
		return a.saves("idle_seats", c, map[string]string{"paid": c.Commitment.String(), "used": q.Raw.String(), "idle": c.Commitment.Sub(q.Raw).String()},
			func(_ *contract.Terms, p *catalog.Plan) { component(p, c.ID).Commitment = q.Raw })
	}
	return nil
}

// isSeats tells whether a component is places people sit in: seats, or a fixed
// quantity that others are sold or included for.
func isSeats(p *catalog.Plan, c *catalog.Component) bool {
	if c.Measure.OfSeats() {
		return true
	}
	for i := range p.Components {
		o := &p.Components[i]
		if o.PerSeatOf == c.ID || o.Included != nil && o.Included.SeatsOf == c.ID {
			return true
		}
	}
	return slices.ContainsFunc(p.Packages, func(k catalog.Package) bool { return k.SeatsOf == c.ID })
}

// quantity is the fixed quantity of a component.
func (a *adviser) quantity(c *catalog.Component) (exact.Number, bool) {
	if n, ok := a.g.Terms.Quantities[c.ID]; ok {
		return n, true
	}
	if c.Measure != catalog.Recurring {
		return exact.Zero, false
	}
	if !c.Quantity.IsGiven() {
		return exact.One, true
	}
	return c.Quantity, true
}

// inUse is the most users logged in at a time; known is false where no session
// tells.
func (a *adviser) inUse(c *catalog.Component) (exact.Number, bool, error) {
	if len(a.g.Sessions) == 0 {
		return exact.Zero, false, nil
	}
	peak := &catalog.Component{ID: c.ID, Measure: catalog.SeatsConcurrentPeak, Where: catalog.Filter{SeatType: c.Where.SeatType}}
	q, err := meter.CountSeats(peak, nil, a.g.Sessions, a.g.Terms)
	return q.Raw, true, err
}

func component(p *catalog.Plan, id string) *catalog.Component {
	c, _ := p.Component(id) // the plan is a copy of the one it was found in
	return c
}

// tier finds prices that fall for the whole quantity just beyond what was
// charged: one more lane costs less.
func (a *adviser) tier(c *catalog.Component) error {
	if c.Tiers == nil || c.Tiers.Mode != catalog.Volume {
		return nil
	}
	for i := range a.inv.Lines {
		l := &a.inv.Lines[i]
		if l.Component != c.ID {
			continue
		}
		for _, row := range c.Tiers.Rows {
			if row.UpTo == nil || row.UpTo.Less(l.Charged) {
				continue
			}
			next := row.UpTo.Add(exact.One)
			return a.saves("one_more", c, map[string]string{"now": l.Charged.String(), "then": next.String(), "more": next.Sub(l.Charged).String(), "unit": l.Unit},
				func(t *contract.Terms, p *catalog.Plan) {
					if _, fixed := a.quantity(c); fixed {
						t.State(c.ID, next)
						return
					}
					component(p, c.ID).Commitment = next
				})
		}
	}
	return nil
}

// module finds modules that are paid and were not used.
func (a *adviser) module(c *catalog.Component, used map[string]int64) error {
	if c.Measure != catalog.ModuleDays || len(c.Where.Module) != 1 {
		return nil
	}
	id := c.Where.Module[0]
	n, looked := used[id]
	m, known := a.g.Terms.Plan.Module(id)
	if !looked || n > 0 || known && m.Class == catalog.Base {
		return nil
	}
	modules := slices.DeleteFunc(slices.Clone(a.g.Modules), func(f usage.Module) bool { return takesModule(c, f.Module) })
	if len(modules) == len(a.g.Modules) {
		return nil // it is not on
	}
	own := &adviser{g: new(meter.Gathered), inv: a.inv}
	*own.g = *a.g
	own.g.Modules = modules
	err := own.saves("unused_module", c, map[string]string{"module": id}, func(*contract.Terms, *catalog.Plan) {})
	a.out = append(a.out, own.out...)
	return err
}

// expired finds included quantities that ended unused. What they are worth is
// not said: no price stands on them.
func (a *adviser) expired() {
	for _, n := range a.inv.Notes {
		if n.Key != "expired" {
			continue
		}
		a.lost("expired", n.Args["package"], map[string]string{"quantity": n.Args["quantity"], "unit": n.Args["unit"]})
	}
}

// soon is how many days ahead an expiry is told of.
const soon = 31

// expiring finds what is left of included quantities and will not be for long.
func (a *adviser) expiring() {
	for _, c := range a.inv.Carry {
		if c.Expires <= a.inv.After+soon && c.Left.Sign() > 0 {
			a.lost("expiring", c.Package, map[string]string{"quantity": c.Left.String(), "unit": c.Unit, "date": c.Expires.String()})
		}
	}
}

func (a *adviser) lost(key, id string, args map[string]string) {
	name := lang.Text{En: id}
	for _, pk := range a.g.Terms.Plan.AllPackages() {
		if pk.ID == id {
			name = pk.Name.Or(pk.ID)
		}
	}
	lang.Put(args, "name", name)
	a.out = append(a.out, Advice{Key: key, Component: id, Args: args, Amount: money.Zero(a.inv.Currency)})
}

// Billed is what one plan cost, or would have cost, in a period, with a price
// for everything.
type Billed struct {
	ID    string
	Name  lang.Text
	Total money.Amount

	Version int // of the plan, where it is another one of today's: the name alone would not tell them apart
}

// CheaperPlan is advice to change to the cheapest of some plans, if one in the
// currency of today's was cheaper.
func CheaperPlan(today Billed, others []Billed) (Advice, bool) {
	best := today
	for _, o := range others {
		if o.Total.Currency() == today.Total.Currency() && o.Total.Cmp(best.Total) < 0 {
			best = o
		}
	}
	saved, err := today.Total.Sub(best.Total)
	if err != nil || saved.Sign() <= 0 {
		return Advice{}, false
	}
	args := map[string]string{"saved": lang.Decimal(lang.English, saved), "currency": saved.Currency().String(), "total": lang.Decimal(lang.English, best.Total), "today": lang.Decimal(lang.English, today.Total)}
	lang.Put(args, "name", best.Name.Or(best.ID))
	if best.Version > 0 {
		args["version"] = strconv.Itoa(best.Version)
	}
	return Advice{Key: "cheaper_plan", Component: best.ID, Args: args, Amount: saved}, true
}
