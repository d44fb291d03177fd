package document

import "encoding/xml"

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

	Of *ublOriginal `xml:"-"` // of a credit note
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
	Lines     ublAmount  `xml:"cbc:LineExtensionAmount"` // BT-106
	Exclusive ublAmount  `xml:"cbc:TaxExclusiveAmount"`  // BT-109
	Inclusive ublAmount  `xml:"cbc:TaxInclusiveAmount"`  // BT-112
	Prepaid   *ublAmount `xml:"cbc:PrepaidAmount"`       // BT-113
	Payable   ublAmount  `xml:"cbc:PayableAmount"`       // BT-115
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
