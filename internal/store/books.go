package store

import (
	"waihu/internal/charging/ledger"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// Balance is what stands in an account, debits positive.
type Balance struct {
	Account ledger.Account `json:"account"`
	Amount  money.Amount   `json:"amount"`
}

// Journal keeps the books of each company.
type Journal interface {
	// Append checks and books an entry, giving it its number, At and hash. The same
	// kind and ref again gives the entry that was booked, if its postings are
	// equal, and a Conflict if not.
	Append(c id.Company, e ledger.Entry) (ledger.Entry, error)
	ByRef(c id.Company, kind, ref string) (*ledger.Entry, error)
	// Entries are those behind a number, in order; account "" is any.
	Entries(c id.Company, account ledger.Account, after int64, limit int) ([]ledger.Entry, error)
	Balance(c id.Company, a ledger.Account, cur money.Currency) (money.Amount, error)
	Balances(c id.Company) ([]Balance, error)
	// Head is the number and hash of the last entry.
	Head(c id.Company) (int64, ledger.Hash, error)
}

// Status is where a document is in its life.
type Status string

const (
	Draft   Status = "draft"
	Issued  Status = "issued"
	Partly  Status = "partly_paid"
	Paid    Status = "paid"
	Voided  Status = "void"
	Overdue Status = "overdue"
)

// DocumentKind is invoice or credit note.
type DocumentKind string

const (
	Invoice    DocumentKind = "invoice"
	CreditNote DocumentKind = "credit_note"
)

// Document is an invoice or credit note. Body never changes once it is issued.
type Document struct {
	Company  id.Company
	ID       id.ID
	Kind     DocumentKind
	Contract id.ID
	Of       id.ID // for a credit note: the invoice
	First    timex.Date
	After    timex.Date // day after the last
	Status   Status
	Series   string
	Number   string // empty while a draft
	Total    money.Amount
	Paid     money.Amount // so far
	Credited money.Amount
	IssuedOn timex.Date
	DueOn    timex.Date
	Dunned   int   // steps taken
	Position int64 // usage was taken up to here
	Revision int64
	Body     []byte // canonical JSON of the document
	Seal     string
	Created  timex.Instant
	Updated  timex.Instant
}

// DocumentQuery asks for documents; zero fields do not narrow. An order other than
// that of identifiers needs a Kind, and no Contract and no DueUntil.
type DocumentQuery struct {
	Kind     DocumentKind
	Contract id.ID
	Status   []Status
	DueUntil timex.Date // due on that day or before
	Page     Page
}

// Documents keeps invoices and credit notes.
type Documents interface {
	// Put keeps a document under the rules of Records.Put. Beside it, one
	// invoice that is not void may cover a day of a contract: two periods that
	// overlap are a Conflict, the guard against billing twice. What is issued
	// keeps body, number, total and dates: changing them is a Conflict. Paid and
	// Credited are of the currency of Total. Number is unique in a company.
	Put(d *Document) error
	Get(c id.Company, i id.ID) (*Document, error)
	ByNumber(c id.Company, number string) (*Document, error)
	List(c id.Company, q DocumentQuery) ([]Document, error)
	// Next counts a series up, 1, 2, ..., without gaps: an undone transaction
	// gives its number back.
	Next(c id.Company, series string) (int64, error)
}

// Hold is prepaid money put aside for a running call.
type Hold struct {
	Wallet  string
	Call    string
	Money   money.Amount
	Seconds int64 // included seconds put aside
	Until   timex.Instant
}

// Holds keeps what is put aside.
type Holds interface {
	Put(c id.Company, h Hold) error // takes the place of the call's hold
	Get(c id.Company, wallet, call string) (*Hold, error)
	Delete(c id.Company, wallet, call string) error
	// Sum locks the wallet until the transaction ends and gives what is held,
	// so that two calls never spend one balance. In a view it locks nothing.
	Sum(c id.Company, wallet string, cur money.Currency) (money.Amount, int64, error)
	Expired(c id.Company, now timex.Instant, limit int) ([]Hold, error)
}
