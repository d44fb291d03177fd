package offer

import (
	"slices"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/timex"
)

// Offer is one vendor's offer as an offer file states it. What the plan file
// says (currency, prices, where it was read) is not repeated here.
type Offer struct {
	ID         string     `plan:"offer,required" doc:"Identifier of the offer: letters, digits, - _ and dots."`
	Plan       string     `plan:"plan,required" doc:"The plan offered: a file beside the offer, or id@version."`
	Name       lang.Text  `plan:"name" doc:"Name for people; the plan's if absent."`
	Vendor     string     `plan:"vendor" doc:"Who offers it; the plan's offer note if absent."`
	Source     string     `plan:"source" doc:"Where it was read: a page, a quotation; the plan's offer note if absent."`
	ReadOn     timex.Date `plan:"read_on" doc:"Day it was read; the plan's offer note if absent."`
	ValidUntil timex.Date `plan:"valid_until" doc:"Last day it can be accepted; absent: not said."`
	Confidence Confidence `plan:"confidence" doc:"A the vendor's own page or quotation, B a dated transcription, C a secondary article, D hearsay. C and D are shown as illustrative."`

	Quantities map[string]exact.Number `plan:"quantities" doc:"Fixed quantities by component: numbers rented, seats bought."`
	Modules    []string                `plan:"modules" doc:"Modules of the plan that are switched on from the start."`
	Sizes      map[string]string       `plan:"sizes" doc:"Sizes offered of packages that come in several, by package; the plan's own if absent."`
	Prices     []PriceRange            `plan:"prices" doc:"Ends of prices the plan leaves unknown."`
	Tax        *Tax                    `plan:"tax" doc:"Tax, where the plan has no tax classes."`
	Fees       []Fee                   `plan:"fees" doc:"Answers to the hidden-fee checklist; a category without an answer is unknown."`

	Term        contract.Term        `plan:"term" doc:"Least term, for example 12 months; absent: not said."`
	NoTerm      bool                 `plan:"no_term" doc:"It can be left at the end of any billing period."`
	NoticeDays  *int                 `plan:"notice_days" doc:"Days of notice before the end; absent: not said."`
	AutoRenew   *bool                `plan:"auto_renew" doc:"It goes on by itself unless notice is given; absent: not said."`
	Termination *catalog.Termination `plan:"early_termination" doc:"What leaving before the term costs; the plan's if absent."`
	Downsize    Downsize             `plan:"downsize" doc:"When fewer seats can be had."`
	Service     Service              `plan:"service" doc:"Service and support terms."`
	Functions   map[string]Function  `plan:"functions" doc:"Functions a buyer may need, by name: included, module, no or unknown. Modules of the plan need no entry."`
	Notes       []string             `plan:"notes" doc:"What the source leaves open."`
}

// Confidence is how far an offer can be trusted.
type Confidence string

const (
	ConfidenceA Confidence = "A" // the vendor's own page or quotation
	ConfidenceB Confidence = "B" // a dated transcription by somebody else
	ConfidenceC Confidence = "C" // a secondary article: illustrative
	ConfidenceD Confidence = "D" // hearsay: illustrative
)

func (Confidence) Choices() []string { return []string{"A", "B", "C", "D"} }

// IsFact tells whether an offer may be shown as a dated fact.
func (c Confidence) IsFact() bool { return c == ConfidenceA || c == ConfidenceB }

// PriceRange is where a price that the plan calls unknown lies, as somebody
// stated it. Without it the total cannot be told.
type PriceRange struct {
	Component string       `plan:"component,required" doc:"Component with the unknown price."`
	Row       string       `plan:"row" doc:"Rate row of the component, by its id."`
	Low       exact.Number `plan:"low,required" doc:"Lowest price of a unit."`
	High      exact.Number `plan:"high,required" doc:"Highest price of a unit."`
	Source    string       `plan:"source" doc:"Who stated it."`
}

// Tax is what an offer says about tax where the plan has no tax classes.
type Tax struct {
	Prices catalog.TaxPrices `plan:"prices,required" doc:"exclusive or inclusive."`
	Rate   catalog.Percent   `plan:"rate,required" doc:"For example 6%; 0% if none is due."`
}

// Answer is what a vendor said to one question of the checklist.
type Answer string

const (
	Included Answer = "included" // part of the price
	Charged  Answer = "charged"  // costs extra: as stated, or as the plan prices it
	Never    Answer = "no"       // not charged, or not part of this offer at all
	Unknown  Answer = "unknown"  // nobody said
)

func (Answer) Choices() []string { return []string{"included", "charged", "no", "unknown"} }

// Basis is what a fee is for.
type Basis string

const (
	Once       Basis = "once"     // one-off, when service begins
	EachPeriod Basis = "period"   // every billing period of the plan
	EachMonth  Basis = "month"    // every calendar month
	EachYear   Basis = "year"     // every year, from the start of service
	EachSeat   Basis = "seat"     // every billing period, for each billed seat
	EachMinute Basis = "minute"   // talk time, by the started minute
	EachCall   Basis = "call"     // answered calls
	EachTry    Basis = "attempt"  // every attempt
	Occasion   Basis = "occasion" // each time it happens; Times says how often in a year
	OnRenewal  Basis = "renewal"  // a share of the price from the end of the term on
)

func (Basis) Choices() []string {
	return []string{"once", "period", "month", "year", "seat", "minute", "call", "attempt", "occasion", "renewal"}
}

// Fee is the answer to one category of the checklist. A charged fee has an
// amount, the two ends of one, or the component of the plan that prices it.
type Fee struct {
	Category  Category         `plan:"category,required" doc:"Question of the checklist."`
	Answer    Answer           `plan:"answer,required" doc:"included, charged, no or unknown."`
	Amount    catalog.Price    `plan:"amount" doc:"What it costs; unknown is possible and makes the total unknown."`
	Low       *exact.Number    `plan:"low" doc:"Lowest amount, where only a range is known."`
	High      *exact.Number    `plan:"high" doc:"Highest amount."`
	Percent   *catalog.Percent `plan:"percent" doc:"For renewal: share added to the price."`
	Per       Basis            `plan:"per" doc:"once, period, month, year, seat, minute, call, attempt, occasion or renewal."`
	SeatsOf   string           `plan:"seats_of" doc:"For seat: component whose billed seats are counted; the plan's only seat component if absent."`
	Times     exact.Number     `plan:"times" doc:"For occasion: how often it is expected in a year; 0 if absent: it is listed and not summed."`
	Component string           `plan:"component" doc:"Component, or minimum spend, of the plan that prices it already."`
	Note      string           `plan:"note" doc:"What else was said."`
}

// Downsize is when a buyer can have fewer seats.
type Downsize struct {
	When       DownsizeWhen `plan:"when" doc:"any_time, period_end, term_end or never; absent: not said."`
	NoticeDays int          `plan:"notice_days" doc:"Days of notice."`
}

// DownsizeWhen is a rule for giving seats back.
type DownsizeWhen string

const (
	AnyTime   DownsizeWhen = "any_time"
	PeriodEnd DownsizeWhen = "period_end"
	TermEnd   DownsizeWhen = "term_end"
	NotAtAll  DownsizeWhen = "never"
)

func (DownsizeWhen) Choices() []string {
	return []string{"any_time", "period_end", "term_end", "never"}
}

// Service is what an offer says about service and support. Grades are a
// buyer's own judgement, 0 to 10; absent: not graded, which counts as any grade.
type Service struct {
	Availability  *catalog.Percent `plan:"availability" doc:"Promised availability, for example 99.9%."`
	Credit        string           `plan:"credit" doc:"What is given back when the promise fails."`
	SupportHours  SupportHours     `plan:"support_hours" doc:"business, extended or always; absent: not said."`
	Response      catalog.Duration `plan:"response" doc:"Promised time to a first answer, for example 4h."`
	QualityGrade  *int             `plan:"quality_grade" doc:"Your grade of the service, 0 to 10."`
	SupportGrade  *int             `plan:"support_grade" doc:"Your grade of the support, 0 to 10."`
	FunctionGrade *int             `plan:"function_grade" doc:"Your grade of how the functions fit, 0 to 10; worked out from your needs if absent."`
}

// SupportHours is when support answers.
type SupportHours string

const (
	BusinessHours SupportHours = "business"
	ExtendedHours SupportHours = "extended"
	AlwaysOpen    SupportHours = "always"
)

func (SupportHours) Choices() []string { return []string{"business", "extended", "always"} }

// Function is how an offer has a function.
type Function string

const (
	FunctionIncluded Function = "included"
	FunctionModule   Function = "module"
	FunctionNo       Function = "no"
	FunctionUnknown  Function = "unknown"
)

func (Function) Choices() []string { return []string{"included", "module", "no", "unknown"} }

// FeeOf is the answer to a category: Unknown where nobody gave one.
func (o *Offer) FeeOf(c Category) Fee {
	if i := slices.IndexFunc(o.Fees, func(f Fee) bool { return f.Category == c }); i >= 0 {
		return o.Fees[i]
	}
	return Fee{Category: c, Answer: Unknown}
}

// FromPlan is the offer a plan alone makes: its own note, and a checklist
// nobody has answered.
func FromPlan(p *catalog.Plan) *Offer {
	o := &Offer{ID: p.ID, Plan: p.ID}
	o.Complete(p)
	return o
}

// Complete fills what the offer leaves to the plan: name, and where it was read.
func (o *Offer) Complete(p *catalog.Plan) {
	if o.Name == (lang.Text{}) {
		o.Name = p.Name.Or(p.ID)
	}
	if o.Termination == nil {
		o.Termination = p.Termination
	}
	n := p.Offer
	if n == nil {
		return
	}
	if o.Vendor == "" {
		o.Vendor = n.Vendor
	}
	if o.Source == "" {
		o.Source = n.Source
	}
	if o.ReadOn == 0 {
		o.ReadOn = n.ReadOn
	}
	if o.Confidence == "" {
		o.Confidence = Confidence(n.Confidence)
	}
	if len(o.Notes) == 0 {
		o.Notes = n.Notes
	}
}
