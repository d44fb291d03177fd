package rating

import (
	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// Line is one priced line, with everything that made its amount.
type Line struct {
	ID        string          `json:"id"`        // component, or component/package; unique in an invoice
	Component string          `json:"component"` // empty on lines of the plan as a whole
	Kind      Kind            `json:"kind"`
	Name      lang.Text       `json:"name"`
	Category  string          `json:"category,omitempty"`
	Measure   catalog.Measure `json:"measure,omitempty"`
	Unit      string          `json:"unit"` // second minute hour call seat seat_day module event item period amount

	First timex.Date `json:"first"` // service period, local dates
	After timex.Date `json:"after"` // day after the last

	Raw      exact.Number `json:"raw"`      // as measured, in Unit
	Billed   exact.Number `json:"billed"`   // after increments, roundings, minimum quantities
	Included exact.Number `json:"included"` // part of Billed that cost nothing
	Charged  exact.Number `json:"charged"`  // Billed - Included: what is priced

	Parts     []Part       `json:"parts"`               // tiers or rates; they sum to Gross
	Proration *Fraction    `json:"proration,omitempty"` // of the whole line, where one fraction applies
	Gross     exact.Number `json:"gross"`               // before discount, minimum and maximum
	Discount  exact.Number `json:"discount"`            // taken off, positive
	Raised    exact.Number `json:"raised"`              // added to reach the minimum, positive
	Capped    exact.Number `json:"capped"`              // taken off to keep the maximum, positive
	Exact     exact.Number `json:"exact"`               // Gross - Discount + Raised - Capped
	Amount    money.Amount `json:"amount"`              // Exact, rounded once
	Unknown   bool         `json:"unknown,omitempty"`   // a price nobody knows is in it: Amount is what is known, no more

	TaxClass string       `json:"tax_class,omitempty"`
	TaxRate  exact.Number `json:"tax_rate"` // 0.06 for 6 %

	Rules    []Rule   `json:"rules"` // what decided, in the order it was applied
	Evidence Evidence `json:"evidence"`

	about []string // components a line of the plan as a whole is about; none: all
}

// Kind says what a line is.
type Kind string

const (
	Charge     Kind = "charge"
	MinSpend   Kind = "minimum_spend"
	MaxSpend   Kind = "maximum_spend"
	DiscountOf Kind = "discount"

	Shortfall        Kind = "commitment"        // of a commitment longer than a period
	ServiceCredit    Kind = "service_credit"    // given back for a service level that was missed
	EarlyTermination Kind = "early_termination" // for ending a contract before its term
)

// Part is a piece of a line at one price.
type Part struct {
	Key       string       `json:"key"`  // tier:2, prefix:8613, row:mobile, seat-days, 2026-03-10
	Name      lang.Text    `json:"name"` // destination, row or tier as people know it
	Count     int64        `json:"count,omitempty"`
	Raw       exact.Number `json:"raw"`        // in the line's unit
	Quantity  exact.Number `json:"quantity"`   // priced quantity, in the line's unit
	UnitPrice exact.Number `json:"unit_price"` // a unit
	Flat      exact.Number `json:"flat"`       // fees of this part: tier flat, connect fees, calls at their minimum or maximum
	Proration *Fraction    `json:"proration,omitempty"`
	Exact     exact.Number `json:"exact"`
	Unknown   bool         `json:"unknown,omitempty"` // the price is not known: UnitPrice and Exact are nought, not a price
}

// Fraction is a share of a period: Num of Den, counted by Basis.
type Fraction struct {
	Num   exact.Number      `json:"num"`
	Den   exact.Number      `json:"den"`
	Basis catalog.Proration `json:"basis"`
}

// Share is Num / Den; no fraction is the whole.
func (f *Fraction) Share() exact.Number {
	if f == nil {
		return exact.One
	}
	return f.Num.Div(f.Den)
}

// Rule names something that decided a line, with its figures. lang has the
// sentence under "rule." + Key.
type Rule struct {
	Key  string            `json:"key"`
	Args map[string]string `json:"args,omitempty"`
}

// Evidence is what stands behind a line.
type Evidence struct {
	Facts  string `json:"facts,omitempty"` // calls, sessions, seats, modules, rentals, events
	Count  int64  `json:"count"`
	Digest string `json:"digest,omitempty"` // usage.Digest over them
}
