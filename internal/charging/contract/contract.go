package contract

import (
	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// Contract is one customer's agreement on one plan.
type Contract struct {
	ID        string         `plan:"contract,required" doc:"Identifier of the contract: letters, digits, - _ and dots."`
	Plan      string         `plan:"plan,required" doc:"The plan bought: a file beside the contract, or id@version."`
	Name      lang.Text      `plan:"name" doc:"Name for people."`
	Seller    Party          `plan:"seller" doc:"Who charges."`
	Buyer     Party          `plan:"buyer" doc:"Who pays."`
	SignedOn  timex.Date     `plan:"signed_on" doc:"Day it was signed."`
	Start     timex.Date     `plan:"start,required" doc:"First local day of service."`
	End       timex.Date     `plan:"end" doc:"Day after the last day of service; absent: start plus term, or open."`
	Term      Term           `plan:"term" doc:"How long it binds, for example 12 months."`
	Zone      string         `plan:"time_zone" doc:"IANA zone of billing days; the plan's if absent."`
	Anchor    catalog.Anchor `plan:"anchor" doc:"Where billing periods begin: calendar or contract; the plan's if absent."`
	Currency  money.Currency `plan:"currency" doc:"If written, it must be the plan's."`
	Agreement `plan:",inline"`

	Ramps      []Ramp      `plan:"ramps" doc:"Terms that change with the age of the contract."`
	Amendments []Amendment `plan:"amendments" doc:"Later changes, each with the first day it holds."`

	Trial             *Trial               `plan:"trial" doc:"A time at the start that is free, or free up to an allowance."`
	Renewal           *Renewal             `plan:"renewal" doc:"What happens when the term ends."`
	PriceNoticeDays   int                  `plan:"price_change_notice_days" doc:"Days the seller must announce a new price before."`
	Termination       *catalog.Termination `plan:"early_termination" doc:"What leaving before the term costs; the plan's if absent."`
	Prepayment        *Prepayment          `plan:"prepayment" doc:"What is paid ahead, and the discount for it."`
	PaymentTermsDays  int                  `plan:"payment_terms_days" doc:"Days from the invoice to its due date."`
	DataSource        string               `plan:"data_source" doc:"Whose records decide, for example the seller's call records."`
	ObjectionDays     int                  `plan:"objection_days" doc:"Days to object to an invoice."`
	ServiceLevels     []ServiceLevel       `plan:"service_levels" doc:"What the seller promises, and the credit where it fails."`
	Clauses           *Clauses             `plan:"clauses" doc:"What else it says that money can hang on; waihu contract check reads it."`
	DocumentSHA256    string               `plan:"document_sha256" doc:"SHA-256 of the signed document, 64 hexadecimal digits."`
	DocumentReference string               `plan:"document" doc:"Where the signed document is kept."`
}

// Party is a seller or a buyer.
type Party struct {
	Name    string `plan:"name" doc:"Legal name."`
	TaxID   string `plan:"tax_id" doc:"統一編號, 统一社会信用代码, VAT number ..."`
	Address string `plan:"address" doc:"Address on the invoice."`
	Email   string `plan:"email" doc:"Address for invoices."`
	Phone   string `plan:"phone" doc:"Telephone."`
	Bank    string `plan:"bank" doc:"Bank and account."`
	Country string `plan:"country" doc:"ISO country code."`
}

// Agreement is what a contract can say about prices and quantities, and what
// ramps and amendments can change.
type Agreement struct {
	Quantities  map[string]Held     `plan:"quantities" doc:"Fixed quantities by component: seats bought, lines rented."`
	Modules     []ModuleTerm        `plan:"modules" doc:"Modules that are switched on by the contract."`
	Prices      map[string]Override `plan:"prices" doc:"Other prices and rules than the plan's, by component."`
	Discounts   []catalog.Discount  `plan:"discounts" doc:"Discounts; one with the id of the plan's takes its place."`
	Commitments []Commitment        `plan:"commitments" doc:"Least quantity or amount of a period; the shortfall is charged."`
	Minimums    []catalog.Limit     `plan:"minimum_spend" doc:"Least amount a period costs; one with the id of the plan's takes its place."`
	Maximums    []catalog.Limit     `plan:"maximum_spend" doc:"Most a period costs; one with the id of the plan's takes its place."`
	Sizes       map[string]string   `plan:"sizes" doc:"Sizes taken of packages that come in several, by package."`
	Packs       []Pack              `plan:"packs" doc:"Packages bought beside the plan, with their dates."`
}

// Held is a fixed quantity and its changes; a bare number is a quantity that
// does not change.
type Held struct {
	Quantity exact.Number `plan:"quantity,required" doc:"How many."`
	Changes  []Change     `plan:"changes" doc:"New quantities, each from a day on."`
}

// ModuleTerm is a module that is on for some days; a bare word is one that is
// on throughout.
type ModuleTerm struct {
	Module string     `plan:"module,required" doc:"Module."`
	From   timex.Date `plan:"from" doc:"First day it is on; absent: when the contract, ramp or amendment begins."`
	To     timex.Date `plan:"to" doc:"Day it goes off; absent: it stays on."`
}

// Override is what a contract changes of one component. A price form takes the
// place of whichever form the plan has.
type Override struct {
	UnitPrice    catalog.Price            `plan:"unit_price" doc:"Price of a unit."`
	Tiers        *catalog.Tiers           `plan:"tiers" doc:"Prices by quantity."`
	Block        *catalog.Block           `plan:"block" doc:"Price of a started block."`
	Rates        []catalog.RateRow        `plan:"rates" doc:"Call types, all of them."`
	Rows         map[string]catalog.Price `plan:"rows" doc:"Unit prices of single rate rows of the plan, by row id."`
	Deck         string                   `plan:"deck" doc:"Rate deck of the plan."`
	ConnectFee   catalog.Price            `plan:"connect_fee" doc:"Fee for each answered call."`
	Increment    catalog.Increment        `plan:"increment" doc:"First and next increment in seconds."`
	Percent      *catalog.Percent         `plan:"percent" doc:"For percent_of: the share."`
	Included     *catalog.Included        `plan:"included" doc:"Free quantity."`
	Commitment   *exact.Number            `plan:"commitment" doc:"Least quantity charged in a period; 0 for none."`
	Discount     *catalog.Discount        `plan:"discount" doc:"Discount on the component."`
	Minimum      *exact.Number            `plan:"minimum" doc:"Least it costs in a period; 0 for no least."`
	Maximum      *exact.Number            `plan:"maximum" doc:"Most it costs in a period; 0 for no most."`
	SeatIncrease catalog.SeatIncrease     `plan:"seat_increase" doc:"A seat added within a period: days_left or full_period."`
	SeatDecrease catalog.SeatDecrease     `plan:"seat_decrease" doc:"A seat given back within a period: period_end or credit."`
	PaidPeak     catalog.PaidPeak         `plan:"paid_peak" doc:"A seat added again: only_above or every_increase."`
	Timing       catalog.Timing           `plan:"timing" doc:"arrears or advance."`
	Proration    catalog.Proration        `plan:"proration" doc:"Part of a period."`
	Trial        catalog.Duration         `plan:"trial" doc:"Free days at the start of the contract, for example 14d."`

	TrialIncluded *exact.Number `plan:"trial_included" doc:"With trial, for talk_time and calls: so much is free in it instead of all."`
}

// Commitment is a promise to use or to spend. With a quantity it is one
// component's; with an amount it is what several cost together.
type Commitment struct {
	ID         string        `plan:"id,required" doc:"Identifier."`
	Name       lang.Text     `plan:"name" doc:"Name for people."`
	Component  string        `plan:"component" doc:"For a quantity: the component."`
	Quantity   *exact.Number `plan:"quantity" doc:"Least quantity charged in a period, or used in the time every names."`
	Components []string      `plan:"components" doc:"For an amount: what counts toward it; absent: all."`
	Amount     *exact.Number `plan:"amount" doc:"Least amount of a period, or of the time every names, before tax."`
	From       timex.Date    `plan:"from" doc:"First day of a period it holds for."`
	To         timex.Date    `plan:"to" doc:"Day after the last."`
	Prorate    bool          `plan:"prorate" doc:"For an amount: part of a period needs part of it. With every: part of a year does."`
	TaxClass   string        `plan:"tax" doc:"Tax class of the line that makes up the difference."`

	Every   timex.Unit     `plan:"every" doc:"How long it is for: quarter, half_year or year. What its periods count is added up and the shortfall charged when it ends; a billing period if absent."`
	Anchor  catalog.Anchor `plan:"anchor" doc:"With every: contract (default), from the first day it holds; calendar."`
	Price   catalog.Price  `plan:"price" doc:"With every: price of a unit that is missing at the end; the component's unit_price if absent."`
	Overage catalog.Price  `plan:"overage" doc:"With every: price of a unit beyond the quantity, from the moment it is reached; the component's unit_price if absent."`
}

// Pack is a package bought with the contract.
type Pack struct {
	catalog.Package `plan:",inline"`
	Price           catalog.Price `plan:"price" doc:"What it costs, once, on its first day; absent: nothing beside the plan."`
	TaxClass        string        `plan:"tax" doc:"Tax class of that price."`
}

// Ramp changes the terms when the contract reaches an age.
type Ramp struct {
	After     Term   `plan:"after,required" doc:"Age of the contract from which it holds, for example 3 months."`
	Note      string `plan:"note" doc:"Why."`
	Agreement `plan:",inline"`
}

// Amendment is a later change of the contract.
type Amendment struct {
	ID             string     `plan:"id,required" doc:"Identifier of the amendment."`
	On             timex.Date `plan:"on,required" doc:"First day it holds."`
	SignedOn       timex.Date `plan:"signed_on" doc:"Day it was signed."`
	Note           string     `plan:"note" doc:"Why."`
	End            timex.Date `plan:"end" doc:"New day after the last day of service."`
	DocumentSHA256 string     `plan:"document_sha256" doc:"SHA-256 of the signed document."`
	Agreement      `plan:",inline"`
}

// Renewal is what happens when the term ends.
type Renewal struct {
	Auto       bool `plan:"auto" doc:"The contract goes on unless notice is given."`
	NoticeDays int  `plan:"notice_days" doc:"Days before the end to give notice."`
	Term       Term `plan:"term" doc:"By how long it goes on each time."`
}

// Prepayment is what is paid ahead. It is a payment, not a fee: it changes no
// line and no tax, later bills are paid from it first.
type Prepayment struct {
	Every      timex.Unit       `plan:"every" doc:"How much time each payment covers, from the start of the contract; absent: it is paid once."`
	Amount     exact.Number     `plan:"amount" doc:"What is paid each time."`
	Percent    *catalog.Percent `plan:"discount" doc:"Discount on every period for paying ahead."`
	Components []string         `plan:"components" doc:"What the discount is for; absent: all."`
}

// ServiceLevel is a promise about the service. What was measured is stated for a
// bill; where it misses the target the bill has a line that gives the credit.
type ServiceLevel struct {
	Metric      string           `plan:"metric,required" doc:"What is measured, for example availability."`
	Target      string           `plan:"target,required" doc:"What is promised, for example 99.9%."`
	Credit      *catalog.Percent `plan:"credit" doc:"Share of the fees of the period that is given back."`
	Amount      exact.Number     `plan:"credit_amount" doc:"Amount that is given back."`
	Components  []string         `plan:"components" doc:"Fees the share is of; absent: all."`
	RequestDays int              `plan:"request_days" doc:"Days to ask for it."`
	Better      Better           `plan:"better" doc:"Which way is good: higher (default) or lower."`
	Steps       []LevelStep      `plan:"steps" doc:"Credits by how far the target was missed, the smallest first; instead of credit and credit_amount."`
	Maximum     *catalog.Percent `plan:"maximum" doc:"Most that is given back in a period, as a share of the fees; 100% if absent."`
	Note        string           `plan:"note" doc:"Exclusions and the like."`
}
