package document

import (
	"encoding/xml"
	"io"
	"strconv"
	"strings"

	"waihu/internal/charging/invoice"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// UBL writes an invoice as UBL 2.1 XML in the form of EN 16931 and Peppol BIS
// Billing 3. It is checked first by CheckUBL: a broken rule is an Invalid error
// with every finding, and nothing is written. The checks are a part of the
// official ones (those need an XSLT engine), so a receiver may still find more.
func UBL(w io.Writer, inv *invoice.Invoice) error {
	doc, err := ublOf(inv)
	if err != nil {
		return err
	}
	if err := doc.check().Err(); err != nil {
		return err
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return err
	}
	_, err = io.WriteString(w, "\n")
	return err
}

const (
	ublSpec    = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
	ublProfile = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
)

// ublOf makes the document of an invoice, checked or not.
func ublOf(inv *invoice.Invoice) (*ublInvoice, error) {
	nets, err := netLines(inv)
	if err != nil {
		return nil, err
	}
	code := inv.Currency.String()
	amount := func(a money.Amount) ublAmount { return ublAmount{code, a.Decimal()} }
	doc := &ublInvoice{
		NS:   "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2",
		CAC:  "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
		CBC:  "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
		Spec: ublSpec, Profile: ublProfile, ID: clean(inv.Number), Issued: dayOf(inv.IssuedOn), Due: dayOf(inv.DueOn), Type: "380",
		Currency: code, BuyerRef: clean(inv.Contract),
		Seller: ublRole{ublPartyOf(&inv.Seller)}, Buyer: ublRole{ublPartyOf(&inv.Buyer)},
		Tax: ublTax{Amount: amount(inv.Tax)},
		Sum: ublSum{Lines: amount(inv.Net), Exclusive: amount(inv.Net), Inclusive: amount(inv.Total), Payable: amount(inv.ToPay())},
	}
	if p := inv.Prepaid; p != nil && !p.Used.IsZero() {
		used := amount(p.Used)
		doc.Sum.Prepaid = &used
	}
	if inv.After > inv.First {
		doc.Period = &ublPeriod{inv.First.String(), (inv.After - 1).String()}
	}
	if inv.Contract != "" {
		doc.Contract = &ublReference{clean(inv.Contract)}
	}
	if inv.Seller.Bank != "" {
		doc.Means = &ublMeans{"30", clean(inv.Seller.Bank)} // 30: credit transfer
	}
	for _, t := range inv.Taxes {
		doc.Tax.Parts = append(doc.Tax.Parts, ublTaxPart{amount(t.Net), amount(t.Tax), categoryOf(t.Rate)})
	}
	for i := range inv.Lines {
		doc.Lines = append(doc.Lines, ublLineOf(i+1, &inv.Lines[i], nets[i]))
	}
	return doc, nil
}

func dayOf(d timex.Date) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

func ublPartyOf(p *invoice.Party) ublParty {
	out := ublParty{Name: clean(p.Name), Legal: ublLegal{Name: clean(p.Name), ID: clean(p.TaxID)}}
	if p.Email != "" {
		out.Endpoint = &ublEndpoint{"EM", clean(p.Email)} // EM: an e-mail address, in Peppol's list of schemes
	}
	if p.Address != "" || p.Country != "" {
		out.Address = &ublAddress{clean(p.Address), clean(p.Country)}
	}
	if p.TaxID != "" {
		id := clean(p.TaxID)
		if !strings.HasPrefix(id, p.Country) {
			id = clean(p.Country) + id // BR-CO-09: tax numbers begin with their country
		}
		out.Tax = &ublPartyTax{id, "VAT"}
	}
	if p.Phone != "" || p.Email != "" {
		out.Contact = &ublContact{clean(p.Phone), clean(p.Email)}
	}
	return out
}

// categoryOf is the category of a tax rate: S standard or reduced, Z nought.
// Exemptions, exports and reverse charge have categories of their own, which a
// rate alone does not tell.
func categoryOf(rate exact.Number) ublCategory {
	id := "S"
	if rate.IsZero() {
		id = "Z"
	}
	return ublCategory{id, decimal(rate.Mul(exact.Int(100))), "VAT"}
}

// ublUnits are UN/ECE recommendation 20 codes; C62 is "one".
func ublUnit(unit string) string {
	switch unit {
	case "second":
		return "SEC"
	case "minute":
		return "MIN"
	case "hour":
		return "HUR"
	}
	return "C62"
}

// ublLineOf writes quantity and price where they make the line's amount, else
// one times the amount with the calculation as a note: the standard wants
// quantity x price = amount, and tiers have many prices.
func ublLineOf(no int, l *rating.Line, net money.Amount) ublLine {
	code := net.Currency().String()
	out := ublLine{ID: strconv.Itoa(no), Net: ublAmount{code, net.Decimal()}, Name: clean(lineName(lang.English, l)), Category: categoryOf(l.TaxRate)}
	if l.After > l.First {
		out.Period = &ublPeriod{l.First.String(), (l.After - 1).String()}
	}
	if price, ok := onePrice(l); ok && price.Sign() > 0 && len(l.Parts) == 1 {
		if l.Charged.Mul(price).Round(exact.HalfAway, 2).Equal(net.Exact()) && isDecimal(l.Charged) && isDecimal(price) {
			out.Quantity = ublQuantity{ublUnit(l.Unit), decimal(l.Charged)}
			out.Price = ublAmount{code, decimal(price)}
			return out
		}
	}
	out.Quantity, out.Price, out.Note = ublQuantity{"C62", "1"}, ublAmount{code, net.Decimal()}, clean(summary(lang.English, l))
	if net.Sign() < 0 { // BR-27: a price is never negative, a quantity may be
		out.Quantity.Value, out.Price.Value = "-1", net.Neg().Decimal()
	}
	return out
}

// netLines are the lines without tax. Where prices contain it, each line is
// rounded and the largest of each rate takes the rest, so that the lines sum to
// the net of their rate (BR-CO-10).
func netLines(inv *invoice.Invoice) ([]money.Amount, error) {
	out := make([]money.Amount, len(inv.Lines))
	for i := range inv.Lines {
		out[i] = inv.Lines[i].Amount
	}
	if !inv.TaxInclusive {
		return out, nil
	}
	for _, t := range inv.Taxes {
		rest, largest := t.Net, -1
		for i := range inv.Lines {
			l := &inv.Lines[i]
			if !l.TaxRate.Equal(t.Rate) {
				continue
			}
			var err error
			if out[i], err = money.ToMinor(l.Amount.Exact().Div(exact.One.Add(t.Rate)), inv.Currency); err != nil {
				return nil, err
			}
			if rest, err = rest.Sub(out[i]); err != nil {
				return nil, err
			}
			if largest < 0 || out[largest].Exact().Less(out[i].Exact()) {
				largest = i
			}
		}
		if largest >= 0 {
			var err error
			if out[largest], err = out[largest].Add(rest); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}
