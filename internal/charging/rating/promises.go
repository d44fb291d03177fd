package rating

import (
	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/exact"
	"waihu/internal/lang"
)

// promised is the name of a line that makes up a commitment, where the contract
// has none.
var promised = lang.Text{En: "Commitment not reached", Hant: "承諾用量差額", Hans: "承诺用量差额"}

// overage is the commitment whose quantity a component counts toward at another
// price once it is reached; nil is none.
func (r *rater) overage(c *catalog.Component) *contract.Promise {
	for i := range r.terms.Promises {
		if p := &r.terms.Promises[i]; p.Component == c.ID && p.Quantity != nil && p.Overage.Set && c.UnitPrice.Set {
			return p
		}
	}
	return nil
}

// priced prices the charged quantity of a line: what is beyond a commitment of
// the year at the price agreed for it.
func (r *rater) priced(c *catalog.Component, l *Line) priced {
	p := r.overage(c)
	if p == nil {
		return quantity(c, l.Charged)
	}
	within := exact.Min(l.Charged, exact.Max(p.Need().Sub(p.Reached), exact.Zero))
	beyond := l.Charged.Sub(within)
	out := quantity(c, within)
	if beyond.Sign() > 0 {
		out.parts = append(out.parts, Part{Key: "overage", Name: overageName, Raw: beyond, Quantity: beyond, UnitPrice: p.Overage.Number, Exact: beyond.Mul(p.Overage.Number)})
	}
	out.rules = append(out.rules, rule("overage", "quantity", p.Need().String(), "unit", l.Unit, "before", p.Reached.String(), "beyond", beyond.String(), "price", p.Overage.String()))
	return out
}

var overageName = lang.Text{En: "Beyond the commitment", Hant: "超出承諾用量", Hans: "超出承诺用量"}

// promises adds what the period counts to its long commitments, and charges
// what is missing of those whose year ends.
func (r *rater) promises() error {
	var lines []*Line
	for i := range r.terms.Promises {
		p := &r.terms.Promises[i]
		now, unknown := r.toward(p)
		reached := p.Reached.Add(now)
		if !p.Due {
			r.standing = append(r.standing, contract.Toward{Commitment: p.ID, First: p.First, Reached: reached})
			continue
		}
		l := r.shortfall(p, reached, unknown)
		if l == nil {
			continue
		}
		if err := l.round(r.plan.Currency); err != nil {
			return err
		}
		lines = append(lines, l)
	}
	for _, l := range lines {
		r.add(l)
	}
	return nil
}

// toward is what the lines of the period count toward a commitment: quantities
// as charged, amounts as they stand.
func (r *rater) toward(p *contract.Promise) (n exact.Number, unknown bool) {
	for _, l := range r.lines {
		switch {
		case p.Quantity != nil && l.Component == p.Component:
			n = n.Add(l.Charged)
		case p.Quantity == nil && counts(p.Components, l):
			n = n.Add(l.Amount.Exact())
			unknown = unknown || l.Unknown
		}
	}
	return n, unknown
}

// shortfall is the line that makes up a commitment; nil where it was reached.
// Where a price that counts toward it is not known the shortfall is not either.
func (r *rater) shortfall(p *contract.Promise, reached exact.Number, unknown bool) *Line {
	missing := exact.Max(p.Need().Sub(reached), exact.Zero)
	if missing.IsZero() {
		return nil
	}
	l := &Line{ID: "commitment:" + p.ID, Kind: Shortfall, Name: named(p.Name, promised), about: p.Components, Unit: "amount", First: p.First, After: p.After,
		TaxClass: r.taxClass(p.TaxClass), Raw: reached, Billed: p.Need(), Charged: missing}
	part := Part{Key: "true_up", Name: l.Name, Quantity: exact.One, UnitPrice: missing, Exact: missing}
	if p.Quantity != nil {
		part, unknown = r.missingUnits(p, l, missing)
	}
	if unknown {
		part.UnitPrice, part.Exact, part.Unknown = exact.Zero, exact.Zero, true
		r.unknown(l)
	}
	l.Parts = []Part{part}
	l.Gross, l.Exact = part.Exact, part.Exact
	l.rule("long_commitment", "need", p.Need().String(), "unit", l.Unit, "first", p.First.String(), "after", p.After.String(), "reached", reached.String(), "missing", missing.String())
	return l
}

// missingUnits prices what is missing of a quantity.
func (r *rater) missingUnits(p *contract.Promise, l *Line, missing exact.Number) (part Part, unknown bool) {
	c, _ := r.plan.Component(p.Component) // the contract was checked against the plan
	price := p.Price
	if !price.Set {
		price = c.UnitPrice
	}
	l.Unit, l.about, l.Category = unitOf(c), []string{c.ID}, c.Category
	if p.TaxClass == "" {
		l.TaxClass = r.taxClass(c.TaxClass)
	}
	return Part{Key: "unit", Name: l.Name, Raw: missing, Quantity: missing, UnitPrice: price.Number, Exact: missing.Mul(price.Number)}, price.Unknown
}
