package clause

import (
	"waihu/internal/money"
	"waihu/internal/timex"
)

// Clause is one point of the checklist.
type Clause string

const (
	Renewal          Clause = "renewal"
	RenewalSeats     Clause = "renewal_seats"
	PriceNotice      Clause = "price_notice"
	PriceCap         Clause = "price_cap"
	EarlyTermination Clause = "early_termination"
	MinimumSeats     Clause = "minimum_seats"
	MinimumSpend     Clause = "minimum_spend"
	Commitment       Clause = "commitment"
	SeatsBack        Clause = "seats_back"
	Expiry           Clause = "expiry"
	Prepayment       Clause = "prepayment"
	Rounding         Clause = "rounding"
	TaxIncluded      Clause = "tax"
	DataSource       Clause = "data_source"
	Objection        Clause = "objection"
	Withholding      Clause = "withholding"
	BillingStart     Clause = "billing_start"
	LateInterest     Clause = "late_interest"
	Suspension       Clause = "suspension"
	NumberRelease    Clause = "number_release"
	NumberHold       Clause = "number_hold"
	Porting          Clause = "porting"
	ServiceLevels    Clause = "service_levels"
	CreditCap        Clause = "credit_cap"
	CreditRequest    Clause = "credit_request"
	Exclusions       Clause = "exclusions"
	CutOff           Clause = "cut_off"
	Retention        Clause = "retention"
	DataExport       Clause = "data_export"
	Licences         Clause = "licences"
	Venue            Clause = "venue"
	Document         Clause = "document"
)

// Checklist lists the clauses in the order in which they are checked.
func Checklist() []Clause {
	return []Clause{Renewal, RenewalSeats, PriceNotice, PriceCap, EarlyTermination, MinimumSeats, MinimumSpend, Commitment, SeatsBack, Expiry, Prepayment, Rounding, TaxIncluded,
		DataSource, Objection, Withholding, BillingStart, LateInterest, Suspension, NumberRelease, NumberHold, Porting, ServiceLevels, CreditCap, CreditRequest, Exclusions,
		CutOff, Retention, DataExport, Licences, Venue, Document}
}

// Status is what became of a clause.
type Status string

const (
	Present Status = "present" // there, and nothing to say against it
	Missing Status = "missing" // the contract is silent
	Risky   Status = "risky"   // there, and it can turn against the buyer
	Costs   Status = "costs"   // there, and it costs money when something happens
	Void    Status = "void"    // it does not apply: it hangs on another clause that is not there
)

// Severity is how much a finding matters.
type Severity string

const (
	None   Severity = "none"
	Low    Severity = "low"
	Medium Severity = "medium"
	High   Severity = "high"
)

// Finding is a clause checked. lang has its sentences: clause.name, clause.why
// and clause.ask with the clause, clause.says with Says, clause.when with When.
type Finding struct {
	Clause   Clause            `json:"clause"`
	Status   Status            `json:"status"`
	Severity Severity          `json:"severity"`
	Says     string            `json:"says"` // what the contract has
	Args     map[string]string `json:"args,omitempty"`
	Costs    *Exposure         `json:"costs,omitempty"` // nil: not to be computed from the terms
}

// Exposure is what a clause costs, and when.
type Exposure struct {
	Amount money.Amount      `json:"amount"` // as prices are: before tax, or with it
	When   string            `json:"when"`
	Args   map[string]string `json:"args,omitempty"`
}

// Checked is a contract held against the checklist.
type Checked struct {
	Contract string       `json:"contract"`
	AsOf     timex.Date   `json:"as_of"`
	Ends     timex.Date   `json:"ends,omitzero"` // day after the last of the term that runs; 0: open
	Fixed    money.Amount `json:"fixed"`         // what a period costs in which nothing is used
	Known    bool         `json:"fixed_known"`   // false: a price nobody knows is in it
	Findings []Finding    `json:"findings"`
}

// Worst is the highest severity among the findings.
func (c *Checked) Worst() Severity {
	worst := None
	for i := range c.Findings {
		if s := c.Findings[i].Severity; s.rank() > worst.rank() {
			worst = s
		}
	}
	return worst
}

func (s Severity) rank() int {
	switch s {
	case High:
		return 3
	case Medium:
		return 2
	case Low:
		return 1
	}
	return 0
}

// Count is how many findings have a status.
func (c *Checked) Count(s Status) int {
	n := 0
	for i := range c.Findings {
		if c.Findings[i].Status == s {
			n++
		}
	}
	return n
}
