package invoice

import (
	"waihu/internal/charging/contract"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// Version is the version of this structure as JSON.
const Version = 1

// Status is where an invoice is in its life.
type Status string

const (
	Drafted Status = "draft"
	Issued  Status = "issued"
)

// Invoice is what a customer pays for a period, and why.
type Invoice struct {
	Version  int            `json:"version"`
	Status   Status         `json:"status"`
	Number   string         `json:"number,omitempty"` // empty while a draft
	Plan     PlanRef        `json:"plan"`
	Contract string         `json:"contract,omitempty"`
	Seller   Party          `json:"seller"`
	Buyer    Party          `json:"buyer"`
	Currency money.Currency `json:"currency"`
	Zone     string         `json:"time_zone"`
	Period   timex.Period   `json:"period"`
	First    timex.Date     `json:"first"` // local dates of the period
	After    timex.Date     `json:"after"` // day after the last
	IssuedOn timex.Date     `json:"issued_on,omitzero"`
	DueOn    timex.Date     `json:"due_on,omitzero"`

	Lines        []rating.Line `json:"lines"`
	Alternatives []Alternative `json:"alternatives,omitempty"` // "the cheaper of": what was not charged
	TaxInclusive bool          `json:"tax_inclusive"`
	Subtotal     money.Amount  `json:"subtotal"` // sum of the lines as they stand
	Taxes        []TaxTotal    `json:"taxes"`
	Net          money.Amount  `json:"net"`
	Tax          money.Amount  `json:"tax"`
	Total        money.Amount  `json:"total"` // Net + Tax

	Unknown  []string      `json:"unknown,omitempty"`  // lines with a price nobody knows: Total is a lower bound, not a total
	Unpriced []Unpriced    `json:"unpriced,omitempty"` // usage no component prices: never free by accident
	Notes    []rating.Rule `json:"notes,omitempty"`
	Facts    Facts         `json:"facts"`
	Carry    []Carry       `json:"carry,omitempty"` // included quantities that live on
	Inputs   Inputs        `json:"inputs"`

	Prepaid  *Prepaid           `json:"prepaid,omitempty"`  // what of the total was paid ahead
	Standing *contract.Standing `json:"standing,omitempty"` // what runs on to the next invoice beside packages

	Seal string `json:"seal,omitempty"` // digest over everything else
}

// Inputs is what was stated beside plan and facts: with it the invoice can be
// made again.
type Inputs struct {
	Start      timex.Date        `json:"start,omitzero"` // first local day of service; none: before the period
	End        timex.Date        `json:"end,omitzero"`   // day after the last; none: open
	Quantities map[string]string `json:"quantities,omitempty"`
	Modules    []string          `json:"modules,omitempty"` // id, or id from..to
	Opening    []Carry           `json:"opening,omitempty"` // what the invoice before left over

	Standing *contract.Standing `json:"standing,omitempty"` // what ran on from it
	Levels   map[string]string  `json:"levels,omitempty"`   // service levels as measured, by metric
	Adjusted []Adjusted         `json:"adjusted,omitempty"` // earlier invoices whose differences it books
}

// PlanRef names the plan version an invoice was made with.
type PlanRef struct {
	ID      string    `json:"id"`
	Version int       `json:"version"`
	Name    lang.Text `json:"name"`
	Digest  string    `json:"digest"` // SHA-256 of the terms in force, canonical JSON
}

// Party is a seller or a buyer.
type Party struct {
	Name    string `json:"name,omitempty" plan:"name" doc:"Legal name."`
	TaxID   string `json:"tax_id,omitempty" plan:"tax_id" doc:"統一編號, 统一社会信用代码, VAT number ..."`
	Address string `json:"address,omitempty" plan:"address" doc:"Address on the invoice."`
	Email   string `json:"email,omitempty" plan:"email" doc:"Address for invoices."`
	Phone   string `json:"phone,omitempty" plan:"phone" doc:"Telephone."`
	Bank    string `json:"bank,omitempty" plan:"bank" doc:"Bank and account."`
	Country string `json:"country,omitempty" plan:"country" doc:"ISO country code."`
}

// TaxTotal is the tax of one rate.
type TaxTotal struct {
	Rate exact.Number `json:"rate"` // 0.06 for 6 %
	Net  money.Amount `json:"net"`
	Tax  money.Amount `json:"tax"`
}

// Alternative is a way to charge that "the cheaper of" did not choose.
type Alternative struct {
	Group  string        `json:"group"`
	Option string        `json:"option"`
	Name   lang.Text     `json:"name"`
	Chosen bool          `json:"chosen"`
	Total  money.Amount  `json:"total"`
	Lines  []rating.Line `json:"lines,omitempty"` // of options not chosen
}

// Unpriced is usage that no component prices.
type Unpriced struct {
	Facts    string   `json:"facts"` // calls, sessions, events ...
	Reason   string   `json:"reason"`
	Count    int64    `json:"count"`
	Seconds  int64    `json:"seconds,omitempty"`
	Examples []string `json:"examples,omitempty"` // a few identifiers
}

// Facts is what went into an invoice.
type Facts struct {
	Calls    int64  `json:"calls"`
	Sessions int64  `json:"sessions"`
	Seats    int64  `json:"seats"`
	Modules  int64  `json:"modules"`
	Rentals  int64  `json:"rentals"`
	Events   int64  `json:"events"`
	Outside  int64  `json:"outside"` // facts outside the period, not used
	Digest   string `json:"digest"`  // over every fact used, whatever their order
}

// Carry is what is left of an included quantity for later periods.
type Carry struct {
	Package string       `json:"package"`
	Name    lang.Text    `json:"name,omitzero"`  // of the package, where it has one
	Seat    string       `json:"seat,omitempty"` // for packages of each seat
	Granted timex.Date   `json:"granted"`        // first day of the period it was given for
	Expires timex.Date   `json:"expires"`        // day after the last it can be used
	Left    exact.Number `json:"left"`           // in the component's unit
	Unit    string       `json:"unit"`
}
