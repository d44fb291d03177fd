package invoice

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/meter"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// Heading is what an invoice says beside its lines.
type Heading struct {
	Contract string
	Seller   Party
	Buyer    Party
}

// Draft makes the invoice of a period: a pure function of the facts gathered,
// their terms and the heading. Preview, draft and final are this same call.
func Draft(g *meter.Gathered, h Heading) (_ *Invoice, err error) {
	defer fault.Wrap(&err, "invoice.Draft(%s)", g.Terms.Plan.ID)
	rated, err := rating.Rate(g)
	if err != nil {
		return nil, err
	}
	t := g.Terms
	inv := &Invoice{Version: Version, Status: Drafted, Contract: h.Contract, Seller: h.Seller, Buyer: h.Buyer,
		Plan:     PlanRef{ID: t.Plan.ID, Version: t.Plan.Version, Name: t.Plan.Name.Or(t.Plan.ID), Digest: t.Digest},
		Currency: t.Plan.Currency, Zone: t.Loc.String(), Period: t.Period, First: t.First, After: t.After,
		Lines: rated.Lines, Notes: rated.Notes, TaxInclusive: t.Plan.Tax.Prices == catalog.TaxInclusive}
	for i := range inv.Lines {
		l := &inv.Lines[i]
		if l.Unknown {
			inv.Unknown = append(inv.Unknown, l.ID)
		}
		if l.TaxClass == "" {
			continue
		}
		rate, ok := t.Plan.Tax.RateOn(l.TaxClass, l.After-1)
		if !ok {
			return nil, fault.New(fault.Invalid, "line %s: tax class %q has no rate on %s; add one to the plan", l.ID, l.TaxClass, l.After-1)
		}
		l.TaxRate = rate
	}
	for _, group := range rated.Groups {
		for _, o := range group.Options {
			inv.Alternatives = append(inv.Alternatives, Alternative{Group: group.ID, Option: o.ID, Name: o.Name, Chosen: o.Chosen, Total: o.Total, Lines: o.Lines})
		}
	}
	called := map[string]lang.Text{}
	for _, pk := range t.Plan.AllPackages() {
		called[pk.ID] = pk.Name
	}
	for _, c := range rated.Carry {
		inv.Carry = append(inv.Carry, Carry{Package: c.Package, Name: called[c.Package], Seat: c.Seat, Granted: c.Granted, Expires: c.Expires, Left: c.Left, Unit: c.Unit})
	}
	inv.Unpriced = unpriced(g.Unpriced, t.Plan, rated.Groups)
	c := g.Counts
	inv.Facts = Facts{Calls: c.Calls, Sessions: c.Sessions, Seats: c.Seats, Modules: c.Modules, Rentals: c.Rentals, Events: c.Events, Outside: c.Outside, Digest: g.Digest}
	if err := inv.total(t.Plan.Tax.Rounding); err != nil {
		return inv, err
	}
	if err := inv.drawDown(t); err != nil {
		return inv, err
	}
	inv.Standing = inv.handOn(rated)
	return inv, nil
}

// total sums the lines and works out the tax.
func (inv *Invoice) total(rounding catalog.TaxRounding) (err error) {
	inv.Subtotal = money.Zero(inv.Currency)
	for _, l := range inv.Lines {
		if inv.Subtotal, err = inv.Subtotal.Add(l.Amount); err != nil {
			return fault.New(fault.Overflow, "the sum of the lines: %v", err)
		}
	}
	amounts := make([]Taxed, len(inv.Lines))
	for i, l := range inv.Lines {
		amounts[i] = Taxed{Amount: l.Amount, Rate: l.TaxRate}
	}
	if inv.Taxes, err = Taxes(amounts, inv.TaxInclusive, rounding, inv.Currency); err != nil {
		return err
	}
	inv.Net, inv.Tax = money.Zero(inv.Currency), money.Zero(inv.Currency)
	for _, t := range inv.Taxes {
		if inv.Net, err = inv.Net.Add(t.Net); err != nil {
			return beyond(err)
		}
		if inv.Tax, err = inv.Tax.Add(t.Tax); err != nil {
			return beyond(err)
		}
	}
	if inv.Total, err = inv.Net.Add(inv.Tax); err != nil {
		return beyond(err)
	}
	return nil
}

// beyond gives the errors of money within one currency their kind.
func beyond(err error) error { return fault.New(fault.Overflow, "%v", err) }

// Taxed is an amount with its tax rate.
type Taxed struct {
	Amount money.Amount
	Rate   exact.Number // 0.06 for 6 %
}

// Taxes works out the tax of amounts, a total a rate, in order of first
// appearance. Tax is rounded half away to the minor unit: once per rate, or per
// line. Inclusive amounts contain their tax: the net is rounded and the tax is
// the rest, so that both sum to what was asked. Errors are of kind Overflow, or
// Invalid for an amount in another currency.
func Taxes(amounts []Taxed, inclusive bool, rounding catalog.TaxRounding, c money.Currency) ([]TaxTotal, error) {
	var out []TaxTotal
	var gross []money.Amount // of each rate, as the lines stand
	for _, a := range amounts {
		if a.Amount.Currency() != c {
			return nil, fault.New(fault.Invalid, "%s among amounts in %s", a.Amount, c)
		}
		i := 0
		for i < len(out) && !out[i].Rate.Equal(a.Rate) {
			i++
		}
		if i == len(out) {
			out = append(out, TaxTotal{Rate: a.Rate, Net: money.Zero(c), Tax: money.Zero(c)})
			gross = append(gross, money.Zero(c))
		}
		var err error
		if gross[i], err = gross[i].Add(a.Amount); err != nil {
			return nil, beyond(err)
		}
		if rounding == catalog.TaxPerLine {
			if err := out[i].addTax(a.Amount, a.Rate, inclusive, c); err != nil {
				return nil, err
			}
		}
	}
	if rounding != catalog.TaxPerLine {
		for i := range out {
			if err := out[i].addTax(gross[i], out[i].Rate, inclusive, c); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// addTax splits one amount into net and tax and adds both.
func (t *TaxTotal) addTax(a money.Amount, rate exact.Number, inclusive bool, c money.Currency) error {
	net, tax, err := split(a, rate, inclusive, c)
	if err == nil {
		t.Net, err = t.Net.Add(net)
	}
	if err == nil {
		t.Tax, err = t.Tax.Add(tax)
	}
	if err != nil {
		return beyond(err)
	}
	return nil
}

// split works out net and tax of one amount.
func split(a money.Amount, rate exact.Number, inclusive bool, c money.Currency) (net, tax money.Amount, err error) {
	if !inclusive {
		tax, err = money.ToMinor(a.Exact().Mul(rate), c)
		return a, tax, err
	}
	if net, err = money.ToMinor(a.Exact().Div(exact.One.Add(rate)), c); err == nil {
		tax, err = a.Sub(net)
	}
	return net, tax, err
}

// Digest is the SHA-256 of the invoice as canonical JSON, its seal left out.
func (inv *Invoice) Digest() (string, error) {
	open := *inv
	open.Seal = ""
	b, err := json.Marshal(&open)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}

// Close seals the invoice: from here on a change shows.
func (inv *Invoice) Close() (err error) {
	inv.Seal, err = inv.Digest()
	return err
}

// Issue gives a draft its number and dates and seals it. An invoice is issued
// once.
func (inv *Invoice) Issue(number string, on, due timex.Date) error {
	if inv.Status != Drafted {
		return fault.New(fault.Conflict, "invoice %s is issued already; a correction is a credit note", inv.Number)
	}
	if len(inv.Unknown) > 0 {
		return fault.New(fault.Unknown, "lines %v have a price nobody knows: such an invoice cannot be issued", inv.Unknown)
	}
	inv.Status, inv.Number, inv.IssuedOn, inv.DueOn = Issued, number, on, due
	return inv.Close()
}
