package audit

import (
	"waihu/internal/charging/catalog"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/money"
)

// state is the lines of a bill half way between ours and the vendor's: it
// begins as the contract's side and ends as the vendor's.
type state struct {
	plan  *catalog.Plan
	order []string
	lines map[string][]invoice.Taxed
	names map[string]lang.Text
	taxed bool         // totals contain tax
	other money.Amount // of tax and total, beside what the lines come to
}

// keyOf names the line of a bill a rated line belongs to: its component, or
// itself where it is of the plan as a whole.
func keyOf(l *rating.Line) string {
	if l.Component != "" {
		return l.Component
	}
	return l.ID
}

// newState begins with an invoice of ours.
func newState(inv *invoice.Invoice, plan *catalog.Plan, taxed bool) *state {
	s := &state{plan: plan, lines: map[string][]invoice.Taxed{}, names: map[string]lang.Text{}, taxed: taxed, other: money.Zero(plan.Currency)}
	for i := range inv.Lines {
		l := &inv.Lines[i]
		key := s.open(keyOf(l), l.Name)
		s.lines[key] = append(s.lines[key], invoice.Taxed{Amount: l.Amount, Rate: l.TaxRate})
	}
	return s
}

// open makes sure that a line has its place.
func (s *state) open(key string, name lang.Text) string {
	if _, known := s.names[key]; !known {
		s.names[key] = name
		s.order = append(s.order, key)
	}
	return key
}

// amount is what a line comes to now.
func (s *state) amount(key string) (money.Amount, error) {
	sum := money.Zero(s.plan.Currency)
	for _, t := range s.lines[key] {
		var err error
		if sum, err = sum.Add(t.Amount); err != nil {
			return sum, beyond(err)
		}
	}
	return sum, nil
}

// rate is the tax rate of a line: of the contract's line, else that of the
// plan's default class on a day.
func (s *state) rate(key string, inv *invoice.Invoice) exact.Number {
	if list := s.lines[key]; len(list) > 0 {
		return list[len(list)-1].Rate
	}
	class := s.plan.Tax.Default
	if c, ok := s.plan.Component(key); ok && c.TaxClass != "" {
		class = c.TaxClass
	}
	rate, _ := s.plan.Tax.RateOn(class, inv.After-1)
	return rate
}

// set makes a line one amount.
func (s *state) set(key string, a money.Amount, rate exact.Number) {
	s.lines[key] = []invoice.Taxed{{Amount: a, Rate: rate}}
}

// sums are the sum of the lines, and what comes on top of it: tax, and what the
// bill's own totals say.
func (s *state) sums() (net, tax money.Amount, err error) {
	net, tax = money.Zero(s.plan.Currency), s.other
	var all []invoice.Taxed
	for _, key := range s.order {
		for _, t := range s.lines[key] {
			if net, err = net.Add(t.Amount); err != nil {
				return net, tax, beyond(err)
			}
			all = append(all, t)
		}
	}
	if !s.taxed || s.plan.Tax.Prices == catalog.TaxInclusive {
		return net, tax, nil
	}
	totals, err := invoice.Taxes(all, false, s.plan.Tax.Rounding, s.plan.Currency)
	if err != nil {
		return net, tax, err
	}
	for _, t := range totals {
		if tax, err = tax.Add(t.Tax); err != nil {
			return net, tax, beyond(err)
		}
	}
	return net, tax, nil
}

func beyond(err error) error { return fault.New(fault.Overflow, "%v", err) }

// asMoney is an exact figure of a bill as an amount, as it stands.
func asMoney(n exact.Number, c money.Currency) (money.Amount, error) {
	a, err := money.Round(n, c, exact.HalfAway, 6)
	if err != nil {
		return a, beyond(err)
	}
	return a, nil
}
