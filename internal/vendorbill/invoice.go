package vendorbill

import (
	"waihu/internal/charging/audit"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
)

// FromInvoice makes a bill of an invoice in our own form, as a vendor that uses
// Waihu sends it.
func FromInvoice(name string, inv *invoice.Invoice) *audit.Bill {
	b := &audit.Bill{Name: name, Number: inv.Number, Currency: inv.Currency, First: inv.First, After: inv.After, IssuedOn: inv.IssuedOn}
	for i := range inv.Lines {
		b.Lines = append(b.Lines, lineOf(i+1, &inv.Lines[i]))
	}
	for i := range inv.Taxes {
		b.Taxes = append(b.Taxes, audit.Tax{Rate: &inv.Taxes[i].Rate, Amount: inv.Taxes[i].Tax.Exact()})
	}
	subtotal, total := inv.Subtotal.Exact(), inv.Total.Exact()
	b.Subtotal, b.Total = &subtotal, &total
	return b
}

// lineOf is a line with its quantity and, where there is one, its price.
func lineOf(row int, l *rating.Line) audit.Line {
	out := audit.Line{Row: row, Text: l.Name.En, Component: l.Component, Amount: l.Amount.Exact(), First: l.First, After: l.After}
	if l.Component == "" {
		out.Component = l.ID
		return out
	}
	if len(l.Parts) == 0 {
		return out
	}
	price := l.Parts[0].UnitPrice
	for i := range l.Parts {
		if p := &l.Parts[i]; p.Key == "fees" || p.Unknown || !p.UnitPrice.Equal(price) {
			return out
		}
	}
	q := exact.Sum(l.Charged)
	out.Quantity, out.UnitPrice = &q, &price
	return out
}
