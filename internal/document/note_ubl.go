package document

import (
	"encoding/xml"
	"io"

	"waihu/internal/charging/invoice"
	"waihu/internal/fault"
)

// ublNote is a UBL CreditNote: the elements of an invoice in another order and
// under other names.
type ublNote struct {
	XMLName  xml.Name      `xml:"CreditNote"`
	NS       string        `xml:"xmlns,attr"`
	CAC      string        `xml:"xmlns:cac,attr"`
	CBC      string        `xml:"xmlns:cbc,attr"`
	Spec     string        `xml:"cbc:CustomizationID"`
	Profile  string        `xml:"cbc:ProfileID"`
	ID       string        `xml:"cbc:ID"`
	Issued   string        `xml:"cbc:IssueDate"`
	Type     string        `xml:"cbc:CreditNoteTypeCode"`
	Note     string        `xml:"cbc:Note,omitempty"` // BT-22
	Currency string        `xml:"cbc:DocumentCurrencyCode"`
	BuyerRef string        `xml:"cbc:BuyerReference,omitempty"`
	Period   *ublPeriod    `xml:"cac:InvoicePeriod"`
	Of       ublOriginal   `xml:"cac:BillingReference>cac:InvoiceDocumentReference"` // BG-3
	Contract *ublReference `xml:"cac:ContractDocumentReference"`
	Seller   ublRole       `xml:"cac:AccountingSupplierParty"`
	Buyer    ublRole       `xml:"cac:AccountingCustomerParty"`
	Terms    string        `xml:"cac:PaymentTerms>cbc:Note"` // BT-20
	Tax      ublTax        `xml:"cac:TaxTotal"`
	Sum      ublSum        `xml:"cac:LegalMonetaryTotal"`
	Lines    []ublNoteLine `xml:"cac:CreditNoteLine"`
}

type ublOriginal struct {
	ID     string `xml:"cbc:ID"`        // BT-25
	Issued string `xml:"cbc:IssueDate"` // BT-26
}

// ublNoteLine is a ublLine whose quantity is credited, not invoiced.
type ublNoteLine struct {
	ID       string      `xml:"cbc:ID"`
	Note     string      `xml:"cbc:Note,omitempty"`
	Quantity ublQuantity `xml:"cbc:CreditedQuantity"`
	Net      ublAmount   `xml:"cbc:LineExtensionAmount"`
	Period   *ublPeriod  `xml:"cac:InvoicePeriod"`
	Name     string      `xml:"cac:Item>cbc:Name"`
	Category ublCategory `xml:"cac:Item>cac:ClassifiedTaxCategory"`
	Price    ublAmount   `xml:"cac:Price>cbc:PriceAmount"`
}

// noteType is the code of a credit note (UNTDID 1001).
const noteType = "381"

// NoteUBL writes a credit note as UBL 2.1 of type 381 in the form of EN 16931
// and Peppol BIS Billing 3, checked as UBL checks an invoice.
func NoteUBL(w io.Writer, n *invoice.CreditNote) error {
	doc, err := ublOfNote(n)
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
	if err := enc.Encode(doc.note(n)); err != nil {
		return err
	}
	_, err = io.WriteString(w, "\n")
	return err
}

// CheckNoteUBL checks a credit note as CheckUBL checks an invoice.
func CheckNoteUBL(n *invoice.CreditNote) fault.Problems {
	doc, err := ublOfNote(n)
	if err != nil {
		return fault.Problems{{What: err.Error()}}
	}
	return doc.check()
}

func ublOfNote(n *invoice.CreditNote) (*ublInvoice, error) {
	doc, err := ublOf(asInvoice(n))
	if err != nil {
		return nil, err
	}
	doc.Type, doc.Note, doc.Of = noteType, clean(n.Reason), &ublOriginal{clean(n.Of.Number), dayOf(n.Of.IssuedOn)}
	return doc, nil
}

// note puts what an invoice would say under the names of a credit note.
func (d *ublInvoice) note(n *invoice.CreditNote) *ublNote {
	out := &ublNote{NS: "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2", CAC: d.CAC, CBC: d.CBC, Spec: d.Spec, Profile: d.Profile,
		ID: d.ID, Issued: d.Issued, Type: d.Type, Note: d.Note, Currency: d.Currency, BuyerRef: d.BuyerRef, Period: d.Period, Of: *d.Of, Contract: d.Contract,
		Seller: d.Seller, Buyer: d.Buyer, Terms: "Credit for invoice " + clean(n.Of.Number), Tax: d.Tax, Sum: d.Sum}
	for _, l := range d.Lines {
		out.Lines = append(out.Lines, ublNoteLine(l))
	}
	return out
}
