package offer

import (
	"slices"

	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/timex"
)

// End is one end of what is only known as a range.
type End int

const (
	Low End = iota
	High
)

// FeePrefix begins the identifiers of components that are fees of the checklist.
const FeePrefix = "fee-"

// FeeID is the identifier of the component a category's fee becomes.
func FeeID(c Category) string { return FeePrefix + string(c) }

// PlanAt is the plan at one end of its open prices: with the stated hidden fees
// as components, or without; aged, with what renewal adds. The plan it starts
// from is left as it is. Errors are of kind Invalid: the offer does not fit the
// plan.
func (o *Offer) PlanAt(p *catalog.Plan, end End, fees, aged bool) (*catalog.Plan, error) {
	out := *p
	out.Components, out.Packages = slices.Clone(p.Components), slices.Clone(p.Packages)
	out.Take(o.Sizes)
	if o.Tax != nil {
		if len(p.Tax.Classes) > 0 {
			return nil, fault.New(fault.Invalid, "offer %s states a tax, its plan has tax classes already: keep one of the two", o.ID)
		}
		const stated = "stated"
		out.Tax = catalog.Tax{Prices: o.Tax.Prices, Rounding: p.Tax.Rounding, Default: stated, Classes: []catalog.TaxClass{{ID: stated, Rates: []catalog.TaxRate{{Rate: o.Tax.Rate}}}}}
	}
	for _, r := range o.Prices {
		if err := o.setPrice(&out, r, end); err != nil {
			return nil, err
		}
	}
	if !fees {
		return &out, nil
	}
	o.narrow(&out, p)
	for _, f := range o.Fees {
		c, ok, err := o.component(p, f, end, aged)
		if err != nil {
			return nil, err
		}
		if ok {
			out.Components = append(out.Components, c)
		}
	}
	return &out, nil
}

// setPrice puts an end of a range where the plan has an unknown price.
func (o *Offer) setPrice(p *catalog.Plan, r PriceRange, end End) error {
	at := slices.IndexFunc(p.Components, func(c catalog.Component) bool { return c.ID == r.Component })
	if at < 0 {
		return fault.New(fault.Invalid, "offer %s: prices: the plan has no component %q", o.ID, r.Component)
	}
	n := r.Low
	if end == High {
		n = r.High
	}
	c := &p.Components[at]
	if r.Row == "" {
		if !c.UnitPrice.Unknown {
			return fault.New(fault.Invalid, "offer %s: prices: the price of %s is known; write unit_price: unknown in the plan, or leave the range out", o.ID, r.Component)
		}
		c.UnitPrice = catalog.PriceOf(n)
		return nil
	}
	row := slices.IndexFunc(c.Rates, func(row catalog.RateRow) bool { return row.ID == r.Row })
	if row < 0 || !c.Rates[row].UnitPrice.Unknown {
		return fault.New(fault.Invalid, "offer %s: prices: component %s has no rate row %q with an unknown price", o.ID, r.Component, r.Row)
	}
	c.Rates = slices.Clone(c.Rates)
	c.Rates[row].UnitPrice = catalog.PriceOf(n)
	return nil
}

// narrow keeps what looks at the whole bill to what it looked at before fees
// were added: a minimum spend is not reached by hidden fees.
func (o *Offer) narrow(out, p *catalog.Plan) {
	var all []string
	for i := range p.Components {
		all = append(all, p.Components[i].ID)
	}
	limits := func(in []catalog.Limit) []catalog.Limit {
		in = slices.Clone(in)
		for i := range in {
			if len(in[i].Components) == 0 {
				in[i].Components = all
			}
		}
		return in
	}
	out.Minimums, out.Maximums = limits(p.Minimums), limits(p.Maximums)
	out.Discounts = slices.Clone(p.Discounts)
	for i := range out.Discounts {
		if len(out.Discounts[i].Components) == 0 {
			out.Discounts[i].Components = all
		}
	}
}

// component is the component a fee becomes; ok is false where it adds nothing:
// not charged, priced by the plan already, a rule, or an occasion nobody expects.
func (o *Offer) component(p *catalog.Plan, f Fee, end End, aged bool) (c catalog.Component, ok bool, err error) {
	if f.Answer != Charged || f.Component != "" || f.Per == "" && !f.Amount.Unknown {
		return c, false, nil
	}
	c = catalog.Component{ID: FeeID(f.Category), Name: NameOf(f.Category),
		Category: string(f.Category), Measure: catalog.Recurring, UnitPrice: f.PriceAt(end), Proration: catalog.NoProration}
	if !p.ByMonth() && (f.Per == EachMonth || f.Per == Occasion) {
		perMonth(&c, p)
	}
	switch f.Per {
	case Once:
		c.Measure, c.Proration = catalog.OneOff, ""
	case EachYear:
		c.Every, c.Timing = timex.Year, catalog.Advance
	case EachSeat:
		if c.PerSeatOf, err = o.seatsOf(p, f); err != nil {
			return c, false, err
		}
	case EachMinute:
		c.Measure, c.Proration = catalog.TalkTime, ""
		c.Increment = catalog.Increment{First: 60, Next: 60}
	case EachCall, EachTry:
		c.Measure, c.Proration = catalog.Calls, ""
		if f.Per == EachCall {
			c.Where.Result = append(c.Where.Result, "answered")
		}
	case Occasion:
		if c.Quantity.IsZero() {
			c.Quantity = exact.One
		}
		c.Quantity = c.Quantity.Mul(f.Times.Div(exact.Int(12)))
		return c, f.Times.Sign() > 0, nil
	case OnRenewal:
		c = catalog.Component{ID: c.ID, Name: c.Name, Category: c.Category, Measure: catalog.PercentOf, Percent: f.Percent}
		for i := range p.Components {
			if m := p.Components[i].Measure; m != catalog.OneOff && m != catalog.PercentOf {
				c.Of = append(c.Of, p.Components[i].ID)
			}
		}
		return c, aged && f.Percent != nil && len(c.Of) > 0, nil
	}
	return c, true, nil
}

// perMonth makes a fee due each month in a plan whose bills are not monthly: by a
// period of its own, or as many at a time as the bill has months.
func perMonth(c *catalog.Component, p *catalog.Plan) {
	if p.Period.Every == timex.Month {
		c.Quantity, c.Proration = exact.Int(int64(p.Period.Count)), catalog.ByDay
		return
	}
	c.Every, c.Timing = timex.Month, catalog.Advance
}

// PriceAt is a fee's amount at one end of what is known of it.
func (f *Fee) PriceAt(end End) catalog.Price {
	if f.Low == nil || f.High == nil {
		return f.Amount
	}
	if end == Low {
		return catalog.PriceOf(*f.Low)
	}
	return catalog.PriceOf(*f.High)
}

// seatsOf is the component whose seats a fee is for.
func (o *Offer) seatsOf(p *catalog.Plan, f Fee) (string, error) {
	var found []string
	for i := range p.Components {
		c := &p.Components[i]
		if f.SeatsOf == c.ID {
			return c.ID, nil
		}
		if c.Measure.OfSeats() && c.Measure != catalog.SeatDays && c.PerSeatOf == "" {
			found = append(found, c.ID)
		}
	}
	if f.SeatsOf != "" || len(found) != 1 {
		return "", fault.New(fault.Invalid, "offer %s: fees: %s is for each seat, and the plan has %d components of seats; name one under seats_of", o.ID, f.Category, len(found))
	}
	return found[0], nil
}

// HasRanges tells whether the two ends of the offer differ.
func (o *Offer) HasRanges() bool {
	return len(o.Prices) > 0 || slices.ContainsFunc(o.Fees, func(f Fee) bool { return f.Low != nil })
}

// Renews tells whether renewal changes the price, and by how much.
func (o *Offer) Renews() bool {
	return slices.ContainsFunc(o.Fees, func(f Fee) bool { return f.Answer == Charged && f.Per == OnRenewal && f.Percent != nil })
}

// NameOf is a category's name in each language.
func NameOf(c Category) lang.Text {
	of := func(tag lang.Tag) string { return lang.Choice(tag, "fee_category", string(c)) }
	return lang.Text{En: of(lang.English), Hant: of(lang.Traditional), Hans: of(lang.Simplified)}
}
