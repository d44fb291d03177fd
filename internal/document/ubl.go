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

// Elements of UBL 2.1 as far as EN 16931 uses them here; BT and BG are the
// terms of that standard. An element without content is left out.

type ublInvoice struct {
	XMLName  xml.Name      `xml:"Invoice"`
	NS       string        `xml:"xmlns,attr"`
	CAC      string        `xml:"xmlns:cac,attr"`
	CBC      string        `xml:"xmlns:cbc,attr"`
	Spec     string        `xml:"cbc:CustomizationID"` // BT-24
	Profile  string        `xml:"cbc:ProfileID"`       // BT-23
	ID       string        `xml:"cbc:ID"`              // BT-1
	Issued   string        `xml:"cbc:IssueDate"`       // BT-2
	Due      string        `xml:"cbc:DueDate,omitempty"`
	Type     string        `xml:"cbc:InvoiceTypeCode"` // BT-3
	Note     string        `xml:"cbc:Note,omitempty"`
	Currency string        `xml:"cbc:DocumentCurrencyCode"`     // BT-5
	BuyerRef string        `xml:"cbc:BuyerReference,omitempty"` // BT-10
	Period   *ublPeriod    `xml:"cac:InvoicePeriod"`
	Contract *ublReference `xml:"cac:ContractDocumentReference"`
	Seller   ublRole       `xml:"cac:AccountingSupplierParty"`
	Buyer    ublRole       `xml:"cac:AccountingCustomerParty"`
	Means    *ublMeans     `xml:"cac:PaymentMeans"`
	Tax      ublTax        `xml:"cac:TaxTotal"`
	Sum      ublSum        `xml:"cac:LegalMonetaryTotal"`
	Lines    []ublLine     `xml:"cac:InvoiceLine"`
}

type ublPeriod struct {
	Start string `xml:"cbc:StartDate"`
	End   string `xml:"cbc:EndDate"`
}

type ublReference struct {
	ID string `xml:"cbc:ID"`
}

type ublRole struct {
	Party ublParty `xml:"cac:Party"`
}

type ublParty struct {
	Endpoint *ublEndpoint `xml:"cbc:EndpointID"` // BT-34, BT-49
	Name     string       `xml:"cac:PartyName>cbc:Name"`
	Address  *ublAddress  `xml:"cac:PostalAddress"`
	Tax      *ublPartyTax `xml:"cac:PartyTaxScheme"`
	Legal    ublLegal     `xml:"cac:PartyLegalEntity"`
	Contact  *ublContact  `xml:"cac:Contact"`
}

type ublEndpoint struct {
	Scheme string `xml:"schemeID,attr"`
	ID     string `xml:",chardata"`
}

type ublAddress struct {
	Street  string `xml:"cbc:StreetName,omitempty"`
	Country string `xml:"cac:Country>cbc:IdentificationCode"`
}

type ublPartyTax struct {
	ID     string `xml:"cbc:CompanyID"` // BT-31, BT-48
	Scheme string `xml:"cac:TaxScheme>cbc:ID"`
}

type ublLegal struct {
	Name string `xml:"cbc:RegistrationName"`    // BT-27, BT-44
	ID   string `xml:"cbc:CompanyID,omitempty"` // BT-30, BT-47
}

type ublContact struct {
	Phone string `xml:"cbc:Telephone,omitempty"`
	Email string `xml:"cbc:ElectronicMail,omitempty"`
}

type ublMeans struct {
	Code    string `xml:"cbc:PaymentMeansCode"`
	Account string `xml:"cac:PayeeFinancialAccount>cbc:ID"` // BT-84
}

type ublAmount struct {
	Currency string `xml:"currencyID,attr"`
	Value    string `xml:",chardata"`
}

type ublTax struct {
	Amount ublAmount    `xml:"cbc:TaxAmount"` // BT-110
	Parts  []ublTaxPart `xml:"cac:TaxSubtotal"`
}

type ublTaxPart struct {
	Base     ublAmount   `xml:"cbc:TaxableAmount"` // BT-116
	Tax      ublAmount   `xml:"cbc:TaxAmount"`     // BT-117
	Category ublCategory `xml:"cac:TaxCategory"`
}

type ublCategory struct {
	ID      string `xml:"cbc:ID"`      // BT-118, BT-151
	Percent string `xml:"cbc:Percent"` // BT-119, BT-152
	Scheme  string `xml:"cac:TaxScheme>cbc:ID"`
}

type ublSum struct {
	Lines     ublAmount `xml:"cbc:LineExtensionAmount"` // BT-106
	Exclusive ublAmount `xml:"cbc:TaxExclusiveAmount"`  // BT-109
	Inclusive ublAmount `xml:"cbc:TaxInclusiveAmount"`  // BT-112
	Payable   ublAmount `xml:"cbc:PayableAmount"`       // BT-115
}

type ublLine struct {
	ID       string      `xml:"cbc:ID"` // BT-126
	Note     string      `xml:"cbc:Note,omitempty"`
	Quantity ublQuantity `xml:"cbc:InvoicedQuantity"`    // BT-129
	Net      ublAmount   `xml:"cbc:LineExtensionAmount"` // BT-131
	Period   *ublPeriod  `xml:"cac:InvoicePeriod"`
	Name     string      `xml:"cac:Item>cbc:Name"` // BT-153
	Category ublCategory `xml:"cac:Item>cac:ClassifiedTaxCategory"`
	Price    ublAmount   `xml:"cac:Price>cbc:PriceAmount"` // BT-146
}

type ublQuantity struct {
	Unit  string `xml:"unitCode,attr"`
	Value string `xml:",chardata"`
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
		Sum: ublSum{amount(inv.Net), amount(inv.Net), amount(inv.Total), amount(inv.Total)},
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
		made, err := money.ToMinor(l.Charged.Mul(price), net.Currency())
		if err == nil && made == net && len(decimals(decimal(l.Charged))) <= decimalPlaces {
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
