package compare

import (
	"waihu/internal/charging/offer"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// Version is the version of Result as JSON.
const Version = 1

// Result is everything a comparison found. All money is in Basis.Currency and on
// Basis.Tax, unless a field says otherwise. Offers are named by their ID.
type Result struct {
	Version int      `json:"version"`
	Answer  []Phrase `json:"answer"` // the answer in one sentence, then what limits it
	Basis   Basis    `json:"basis"`

	Offers         []Cost         `json:"offers"`                // 1: cheapest first at the horizon that decides; those that cannot be totalled after those that can
	Differences    []Difference   `json:"differences"`           // 1: each offer against the cheapest, with its biggest drivers
	Recommendation Recommendation `json:"recommendation"`        // 1
	BreakEvens     []BreakEven    `json:"break_evens,omitempty"` // 2
	HiddenFees     []FeeSheet     `json:"hidden_fees,omitempty"` // 3: one an offer, in the order of Offers
	Rounding       RoundingCost   `json:"rounding"`              // 4
	Waste          []Waste        `json:"waste,omitempty"`       // 5
	Volatility     *Volatility    `json:"volatility,omitempty"`  // 6
	WhatIf         []Scenario     `json:"what_if,omitempty"`     // 7
	Flexibility    []Flexibility  `json:"flexibility,omitempty"` // 8
	Service        *ServiceCost   `json:"service,omitempty"`     // 9: poor quality as money
	Scores         *Scores        `json:"scores,omitempty"`      // 9: vendors scored with weights
	Sensitivity    []Sensitivity  `json:"sensitivity,omitempty"` // 10
	Regret         []Regret       `json:"regret,omitempty"`      // 10
	Bound          *Bound         `json:"bound,omitempty"`       // 11: the smallest bill possible (package cheapest)
	RightSize      []Advice       `json:"right_size,omitempty"`  // of package staffing: plain data, filled by whoever calls both
	Forecast       *Forecast      `json:"forecast,omitempty"`    // of package forecast: plain data
	Refused        []Refusal      `json:"refused,omitempty"`     // offers that could not be compared at all, and why
	Notes          []Phrase       `json:"notes,omitempty"`       // assumptions and what the usage leaves open
}

// Phrase is a sentence to be written in the reader's language:
// lang.Phrase(tag, Key, Args). Numbers are exact.Number.String(), money is a
// decimal with the currency in its own argument, dates 2026-03-01; names come
// from lang.Put.
type Phrase struct {
	Key  string            `json:"key"`
	Args map[string]string `json:"args,omitempty"`
}

// In is the sentence in a language.
func (p Phrase) In(tag lang.Tag) string { return lang.Phrase(tag, p.Key, p.Args) }

// Range is an amount whose ends may differ, because a price has only ends. Open
// is an amount that cannot be totalled: a price nobody knows is in it, and Low
// is what is known, no more.
type Range struct {
	Low  money.Amount `json:"low"`
	High money.Amount `json:"high"`
	Open bool         `json:"open,omitempty"`
}

// IsPoint tells whether it is one known amount.
func (r Range) IsPoint() bool { return !r.Open && r.Low == r.High }

// Basis is what all figures stand on.
type Basis struct {
	Currency money.Currency `json:"currency"`
	Tax      TaxBasis       `json:"tax"`
	Rates    []Rate         `json:"rates,omitempty"` // exchange rates that were used
	Months   []int          `json:"months"`          // horizons, ascending
	Decides  int            `json:"decides"`         // the horizon the order and the recommendation go by
	First    timex.Date     `json:"first"`           // of the usage, in the zone of the first offer
	After    timex.Date     `json:"after"`           // day after the last; also "today"
	Periods  int            `json:"periods"`         // whole months of real usage
	Seed     uint64         `json:"seed"`
	Usage    UsageSummary   `json:"usage"`
	Fees     bool           `json:"fees"`              // costs contain the stated hidden fees
	Profile  bool           `json:"profile,omitempty"` // the usage was described, not recorded
	Current  string         `json:"current,omitempty"` // the offer in force today, if it was named
}

// TaxBasis says whether all amounts contain tax.
type TaxBasis string

const (
	Exclusive TaxBasis = "exclusive"
	Inclusive TaxBasis = "inclusive"
)

// Rate is an exchange rate somebody stated: one unit of From is Rate units of
// the currency of the comparison, on a day.
type Rate struct {
	From money.Currency `json:"from"`
	Rate exact.Number   `json:"rate"`
	On   timex.Date     `json:"on"`
}

// UsageSummary is what the usage comes to.
type UsageSummary struct {
	Calls      int64        `json:"calls"` // attempts in whole periods
	Answered   int64        `json:"answered"`
	Seconds    int64        `json:"seconds"`     // of talk
	Outside    int64        `json:"outside"`     // facts outside whole periods, not used
	Seats      int64        `json:"seats"`       // distinct users, or seats where there are no users
	PeakSeats  int64        `json:"peak_seats"`  // most users logged in at one moment
	MeanSeats  exact.Number `json:"mean_seats"`  // distinct users a month, mean
	LoggedIn   int64        `json:"logged_in"`   // seconds logged in; 0 where nothing tells
	SeatSource string       `json:"seat_source"` // sessions, seats, calls (derived from agents), stated, none
	Classes    int          `json:"classes"`     // kinds of call the offers tell apart
	Cells      int          `json:"cells"`       // kinds of call and length
}

// Cost is what one offer costs.
type Cost struct {
	Offer      string           `json:"offer"`
	Name       lang.Text        `json:"name"`
	Vendor     string           `json:"vendor,omitempty"`
	Source     string           `json:"source,omitempty"`
	ReadOn     timex.Date       `json:"read_on,omitzero"`
	Confidence offer.Confidence `json:"confidence,omitempty"`
	Fact       bool             `json:"fact"`     // confidence A or B; else the figures illustrate
	Currency   money.Currency   `json:"currency"` // the offer's own

	Horizons  []Horizon  `json:"horizons"`           // one for each of Basis.Months
	Monthly   []Month    `json:"monthly"`            // the bill of each real month, steady: without what falls due at the start
	PerSeat   Range      `json:"per_seat"`           // mean month over distinct users
	PerMinute Range      `json:"per_minute"`         // mean month over minutes of talk
	Unpriced  []Unpriced `json:"unpriced,omitempty"` // usage no component prices: the offer does not cover it
	Unknown   []string   `json:"unknown,omitempty"`  // lines with a price nobody knows
	Exact     string     `json:"exact"`              // compact or one_by_one: how calls were counted; totals are the same
	Why       string     `json:"why,omitempty"`      // one_by_one: the component that asked for it; period, where it is the billing period
}

// Horizon is what an offer costs over some months.
type Horizon struct {
	Months   int    `json:"months"`
	Total    Range  `json:"total"`    // with the hidden fees that were stated
	Plan     Range  `json:"plan"`     // the plan alone
	Fees     Range  `json:"fees"`     // Total - Plan
	Setup    Range  `json:"setup"`    // of Total: what falls due at the start, once
	Parts    []Part `json:"parts"`    // of the lower end: by measure, largest first; they sum to Total.Low
	BestLow  bool   `json:"best_low"` // no other offer can cost less than this one's lower end
	BestHigh bool   `json:"best_high"`
}

// Month is one real month's bill.
type Month struct {
	First timex.Date `json:"first"`
	After timex.Date `json:"after"`
	Total Range      `json:"total"`
}

// Part is a piece of a cost: lines of one component.
type Part struct {
	Component string       `json:"component"` // "" for lines of the plan as a whole; fee:CATEGORY for a stated fee
	Name      lang.Text    `json:"name"`
	Kind      string       `json:"kind"` // seats, time, module, volume, fixed, once, fee, minimum, discount, tax
	Amount    money.Amount `json:"amount"`
}

// Unpriced is usage an offer does not price.
type Unpriced struct {
	Facts   string `json:"facts"`
	Reason  string `json:"reason"`
	Count   int64  `json:"count"`
	Seconds int64  `json:"seconds,omitempty"`
	Open    bool   `json:"open,omitempty"` // it keeps the offer from being totalled
}

// Difference is why an offer costs more than the cheapest.
type Difference struct {
	Offer   string       `json:"offer"`
	Against string       `json:"against"`
	Months  int          `json:"months"`
	More    Range        `json:"more"`    // Offer - Against: from the least to the most it can be
	Drivers []Driver     `json:"drivers"` // at most three, largest first; of both lower ends
	Rest    money.Amount `json:"rest"`    // what the drivers leave of the difference of both lower ends
}

// Driver is a kind of cost that differs: by its size it moves the difference.
type Driver struct {
	Kind    string       `json:"kind"` // as Part.Kind
	Offer   money.Amount `json:"offer"`
	Against money.Amount `json:"against"`
	More    money.Amount `json:"more"` // Offer - Against
	Why     Phrase       `json:"why"`
}

// Recommendation is what to do.
type Recommendation struct {
	Offer   string   `json:"offer,omitempty"` // none where no offer can be totalled
	Certain bool     `json:"certain"`         // no other offer can cost less, whatever the open prices are
	Saving  Range    `json:"saving"`          // against the next one, at the deciding horizon
	Reasons []Phrase `json:"reasons"`
	But     []Phrase `json:"but,omitempty"`  // what speaks against it
	Next    []Phrase `json:"next,omitempty"` // what to ask before signing
}

// BreakEven is where two offers cost the same as one input moves, all else as it
// is, in a real month.
type BreakEven struct {
	A      string       `json:"a"`
	B      string       `json:"b"`
	Axis   Axis         `json:"axis"`
	Month  timex.Date   `json:"month"`  // first day of the real month that was moved, or of the first of them
	Months int          `json:"months"` // how many real months were moved together, and whose bills each cost is the sum of: 1, or all where an offer has a billing period of its own
	Now    exact.Number `json:"now"`    // where the usage is on the axis
	Points []Crossing   `json:"points"` // none: one offer is cheaper everywhere in From..To
	From   exact.Number `json:"from"`   // what was looked at: as far as both bills can be totalled
	To     exact.Number `json:"to"`
	Curve  []CurvePoint `json:"curve"`
	Why    string       `json:"why,omitempty"` // why there is no curve: open, a price nobody knows; many, more calls than are billed again one by one
}

// Axis is what moves.
type Axis string

const (
	MinutesPerSeat Axis = "minutes_per_seat" // talk minutes a month for each seat; 1 seat where there are none
	SeatCount      Axis = "seats"            // seats, each calling as now
	Utilisation    Axis = "utilisation"      // share of logged-in time that is talk
)

// Crossing is one break-even point.
type Crossing struct {
	At    exact.Number `json:"at"`    // on the axis
	Exact bool         `json:"exact"` // both bills were made at the point and are equal, or both are straight across the bracket; else only the bracket is sure
	Low   exact.Number `json:"low"`   // bracket: bills on both sides were made, and the cheaper one changes
	High  exact.Number `json:"high"`
	Below string       `json:"below"` // cheaper offer below
	Above string       `json:"above"` // cheaper offer above
	Cost  money.Amount `json:"cost"`  // of both at At; of an inexact one, where the chords cross
}

// CurvePoint is both costs at a place of the axis.
type CurvePoint struct {
	At exact.Number `json:"at"`
	A  money.Amount `json:"a"`
	B  money.Amount `json:"b"`
}

// FeeSheet is the hidden-fee checklist of one offer.
type FeeSheet struct {
	Offer   string      `json:"offer"`
	Answers []FeeAnswer `json:"answers"` // one for each category, in the order of the checklist
	Known   int         `json:"known"`   // answered questions
	Asked   int         `json:"asked"`   // all questions
	Totals  []FeeTotal  `json:"totals"`  // one for each of Basis.Months
}

// FeeAnswer is one answer with what it comes to.
type FeeAnswer struct {
	Category offer.Category `json:"category"`
	Answer   offer.Answer   `json:"answer"`
	InPlan   string         `json:"in_plan,omitempty"` // the component that prices it
	Per      offer.Basis    `json:"per,omitempty"`
	Amount   *FeeAmount     `json:"amount,omitempty"` // as stated, in the offer's currency
	Cost     *Range         `json:"cost,omitempty"`   // over the deciding horizon; absent where it is priced in the plan or not charged
	Listed   bool           `json:"listed,omitempty"` // falls due on an occasion nobody expects: shown, not summed
	Note     string         `json:"note,omitempty"`
}

// FeeAmount is a fee as it was stated.
type FeeAmount struct {
	Low      exact.Number   `json:"low"`
	High     exact.Number   `json:"high"`
	Unknown  bool           `json:"unknown,omitempty"`
	Percent  bool           `json:"percent,omitempty"` // a share: 0.05 for 5 %
	Currency money.Currency `json:"currency"`
}

// FeeTotal is total cost of ownership with and without hidden fees.
type FeeTotal struct {
	Months  int   `json:"months"`
	Without Range `json:"without"`
	With    Range `json:"with"`
}
