package cheapest

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// bills makes the bills of one offer for one part of the usage: each fact is
// metered once for all mixes that look alike to a meter, and rated again under
// each mix's terms.
type bills struct {
	offer    *Offer
	months   []Month
	need     *Need
	segments []int
	loc      *time.Location
	gathered map[string]*meter.Gathered // by what a meter sees, and month
	rated    int
}

// bill is one bill of a mix.
type bill struct {
	total   exact.Number
	invoice *invoice.Invoice
	refused *Refusal // why the mix cannot be had; nil: it can
}

func newBills(o *Offer, months []Month, need *Need, segments []int) (*bills, error) {
	b := &bills{offer: o, months: months, need: need, segments: segments, loc: need.Zone, gathered: map[string]*meter.Gathered{}}
	if b.loc == nil {
		loc, err := timex.LoadZone(o.Plan.Zone)
		if err != nil {
			return nil, fault.New(fault.Invalid, "offer %s: %v", o.ID, err)
		}
		b.loc = loc
	}
	return b, nil
}

// chain is the bills of one mix, month after month.
type chain struct {
	b       *bills
	applied applied
	terms   *contract.Terms
	key     string
	opening []contract.Opening
	refused *Refusal
}

// begin makes a mix ready. A plan that does not hold with the mix is refused,
// not an error.
func (b *bills) begin(m mix) (*chain, error) {
	out := &chain{b: b, applied: b.offer.apply(m, b.need)}
	if err := out.applied.plan.Validate().Err(); err != nil {
		out.refused = &Refusal{Offer: b.offer.ID, Reason: ReasonPlan, What: err.Error()}
		return out, nil
	}
	if missing := b.offer.missing(out.applied.plan, b.need.Modules); missing != "" {
		out.refused = &Refusal{Offer: b.offer.ID, Reason: ReasonModule, What: missing}
		return out, nil
	}
	first := b.months[0]
	stated := contract.Stated{Start: cmp.Or(b.need.Start, first.First), End: b.need.End, Quantities: out.applied.quantities}
	for _, id := range out.applied.modules {
		stated.Modules = append(stated.Modules, contract.ModuleTerm{Module: id, From: stated.Start})
	}
	terms, problems := contract.TermsFor(contract.Inputs{Plan: out.applied.plan, Decks: b.offer.Decks, Loc: b.loc, First: first.First, After: first.After, Holidays: b.need.Holidays, Stated: stated})
	if err := problems.Err(); err != nil {
		return nil, fmt.Errorf("offer %s: %w", b.offer.ID, err)
	}
	out.terms, out.key = terms, visible(out.applied.plan)
	return out, nil
}

// missing is a module that must be had and that an offer does not know.
func (o *Offer) missing(p *catalog.Plan, modules []string) string {
	for _, m := range modules {
		_, known := p.Module(m)
		known = known || slices.Contains(o.Has, m) || slices.ContainsFunc(p.Components, func(c catalog.Component) bool {
			return c.Measure == catalog.ModuleDays && len(c.Where.Module) > 0 && takesModule(&c, m)
		})
		if !known {
			return m
		}
	}
	return ""
}

// next makes the bill of the i-th month; months come in their order.
func (c *chain) next(i int) (bill, error) {
	if c.refused != nil {
		return bill{refused: c.refused}, nil
	}
	month := c.b.months[i]
	terms := c.terms
	if i > 0 {
		terms = c.terms.Within(month.First, month.After)
	}
	terms.Opening = c.opening
	g, err := c.b.gather(c.key, i, terms)
	if err != nil {
		return bill{}, err
	}
	inv, err := invoice.Draft(g, invoice.Heading{})
	if err != nil {
		return bill{}, fmt.Errorf("offer %s, month from %s: %w", c.b.offer.ID, month.First, err)
	}
	c.b.rated++
	c.opening = nil
	for _, left := range inv.Carry {
		c.opening = append(c.opening, contract.Opening{Package: left.Package, Seat: left.Seat, Granted: left.Granted, Expires: left.Expires, Left: left.Left})
	}
	out := bill{total: inv.Net.Exact().Mul(c.b.offer.rate()), invoice: inv}
	if c.b.need.Tax {
		out.total = inv.Total.Exact().Mul(c.b.offer.rate())
	}
	out.refused = c.b.offer.refuses(inv)
	return out, nil
}

// refuses finds what makes a bill no answer: calls nobody prices, prices nobody
// knows.
func (o *Offer) refuses(inv *invoice.Invoice) *Refusal {
	if len(inv.Unknown) > 0 {
		return &Refusal{Offer: o.ID, Reason: ReasonUnknown, What: inv.Unknown[0]}
	}
	for _, u := range inv.Unpriced {
		if u.Facts == "calls" || u.Facts == "events" {
			return &Refusal{Offer: o.ID, Reason: ReasonUnpriced, What: u.Facts, Count: u.Count}
		}
	}
	return nil
}

// gather is what a month's facts come to under terms; they are metered the
// first time only.
func (b *bills) gather(key string, i int, terms *contract.Terms) (*meter.Gathered, error) {
	at := fmt.Sprintf("%d %s", i, key)
	g := b.gathered[at]
	if g == nil {
		bare := *terms
		bare.Modules = nil
		m, err := meter.New(&bare, meter.Options{})
		if err != nil {
			return nil, fmt.Errorf("offer %s: %w", b.offer.ID, err)
		}
		var sink usage.Sink = m
		if !b.need.AnyUse {
			sink = withoutModules{m}
		}
		if err := b.months[i].Facts(b.segments, sink); err != nil {
			return nil, err
		}
		if g, err = m.Finish(); err != nil {
			return nil, err
		}
		b.gathered[at] = g
	}
	out := *g
	out.Terms = terms
	out.Modules = slices.Concat(g.Modules, terms.Modules)
	return &out, nil
}

// withoutModules leaves the modules of the usage out: those that must be had
// are switched on by the terms.
type withoutModules struct{ *meter.Meter }

func (withoutModules) Module(usage.Module) error { return nil }

// visible is all of a plan that a meter can see, as a key. What only rating
// looks at is taken out: prices and limits of what is not calls, least
// quantities, sizes of packages. Too much in the key only means more metering.
func visible(p *catalog.Plan) string {
	v := *p
	v.Minimums, v.Maximums, v.Discounts, v.Termination, v.Offer = nil, nil, nil, nil, nil
	v.Components = slices.Clone(p.Components)
	for i := range v.Components {
		c := &v.Components[i]
		c.Commitment, c.Discount, c.Minimum, c.Maximum = exact.Zero, nil, exact.Zero, exact.Zero
		if c.Included != nil {
			same := *c.Included
			same.Quantity = exact.One
			c.Included = &same
		}
		if !c.Measure.OfCalls() {
			c.UnitPrice, c.Tiers, c.Block, c.Quantity, c.On = catalog.Price{}, nil, nil, exact.Zero, 0
		}
	}
	v.Packages = slices.Clone(p.Packages)
	for i := range v.Packages {
		v.Packages[i].Quantity = exact.One
	}
	return string(catalog.Canonical(&v))
}
