package audit

import (
	"waihu/internal/charging/invoice"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// Result is a bill audited.
type Result struct {
	Bill     string         `json:"bill"`
	Number   string         `json:"number,omitempty"`
	IssuedOn timex.Date     `json:"issued_on,omitzero"`
	Contract string         `json:"contract,omitempty"`
	Seller   invoice.Party  `json:"seller"`
	Buyer    invoice.Party  `json:"buyer"`
	Currency money.Currency `json:"currency"`
	Zone     string         `json:"time_zone"`
	First    timex.Date     `json:"first"`
	After    timex.Date     `json:"after"` // day after the last

	Billed     money.Amount `json:"billed"`
	Expected   money.Amount `json:"expected"`
	Difference money.Amount `json:"difference"` // Billed - Expected
	Explained  money.Amount `json:"explained"`  // Difference without what is unexplained
	WithTax    bool         `json:"with_tax"`   // false: the bill shows no tax, and all amounts are before tax

	Causes   []Sum            `json:"causes"`   // those there are, in the order of replacement
	Findings []Finding        `json:"findings"` // they sum to Difference
	Lines    []Compared       `json:"lines"`
	Calls    *CallCounts      `json:"calls,omitempty"` // where the bill lists its calls
	Own      *invoice.Invoice `json:"-"`               // what the contract and our records come to
}

// Sum is what one cause comes to.
type Sum struct {
	Cause  Cause        `json:"cause"`
	Count  int          `json:"findings"`
	Amount money.Amount `json:"amount"`
}

// Finding is one replacement of a figure: why, where, and what it is worth.
type Finding struct {
	Cause    Cause             `json:"cause"`
	Line     string            `json:"line,omitempty"` // component or line of the contract; empty: the bill as a whole
	Name     lang.Text         `json:"name"`
	Rows     []int             `json:"rows,omitempty"` // of the bill
	Key      string            `json:"key"`            // of the sentence that tells it: audit.why.KEY
	Args     map[string]string `json:"args,omitempty"`
	Net      money.Amount      `json:"net"`    // as lines are: before tax, or with it where prices contain it
	Tax      money.Amount      `json:"tax"`    // that goes with it
	Amount   money.Amount      `json:"amount"` // what the total changed by
	Evidence []Evidence        `json:"evidence,omitempty"`
	Count    int64             `json:"evidence_count"` // of all evidence, also what is not listed here
}

// Compared is a line of the contract's side beside the bill's.
type Compared struct {
	Line     string       `json:"line"`
	Name     lang.Text    `json:"name"`
	Rows     []int        `json:"rows,omitempty"`
	Billed   money.Amount `json:"billed"`
	Expected money.Amount `json:"expected"`
}

// EvidenceKept is how many pieces of evidence a finding keeps; all of them go to
// Inputs.Evidence.
const EvidenceKept = 20

// Evidence is a call, or a stretch somebody had a seat, that stands behind a
// finding.
type Evidence struct {
	Cause  Cause         `json:"cause"`
	Line   string        `json:"line"`
	Row    int           `json:"row,omitempty"` // of the vendor's list of calls
	Kind   string        `json:"kind"`          // call, seat, session, module, rental
	ID     string        `json:"id,omitempty"`
	Source string        `json:"source,omitempty"`
	Who    string        `json:"who,omitempty"`  // agent or user
	What   string        `json:"what,omitempty"` // called number, seat type, module, item
	From   timex.Instant `json:"from,omitzero"`
	To     timex.Instant `json:"to,omitzero"`

	// Of calls; NoSeconds where a side does not have it.
	Talk     int64  `json:"talk"`     // our records
	Due      int64  `json:"due"`      // charged seconds by the contract
	Billed   int64  `json:"billed"`   // charged seconds by the vendor
	DueCost  string `json:"due_cost"` // decimals, at list price
	CostBill string `json:"billed_cost"`
}

// CallCounts is what became of a vendor's rows and of our own calls.
type CallCounts struct {
	Rows       int64 `json:"rows"`       // in the vendor's lists
	Matched    int64 `json:"matched"`    // with a call of ours
	Agreed     int64 `json:"agreed"`     // of them, the same to the last digit the vendor writes
	Duplicates int64 `json:"duplicates"` // rows for a call that another row is for
	NoRecord   int64 `json:"no_record"`  // rows without a call of ours
	Missing    int64 `json:"missing"`    // calls of ours with a price and without a row
}
