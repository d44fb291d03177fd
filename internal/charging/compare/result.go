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
	Why       string     `json:"why,omitempty"`      // one_by_one: what asked for it
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
	Month  timex.Date   `json:"month"`  // first day of the real month that was moved
	Now    exact.Number `json:"now"`    // where the usage is on the axis
	Points []Crossing   `json:"points"` // none: one offer is cheaper everywhere in From..To
	From   exact.Number `json:"from"`
	To     exact.Number `json:"to"`
	Curve  []CurvePoint `json:"curve"`
	Why    string       `json:"why,omitempty"` // why there is no curve: an open price
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
	Cost  money.Amount `json:"cost"`  // of A at the lower end of the bracket
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

// RoundingCost is what billing increments alone cost.
type RoundingCost struct {
	Seconds int64         `json:"seconds"` // true seconds of talk
	Calls   int64         `json:"calls"`   // answered
	Mean    exact.Number  `json:"mean"`    // seconds of an answered call
	Billed  []BilledAt    `json:"billed"`  // by increment, whatever the offer
	Offers  []RoundedCost `json:"offers"`
}

// BilledAt is what an increment makes of the real lengths.
type BilledAt struct {
	Increment string       `json:"increment"`
	Seconds   int64        `json:"seconds"`
	Ratio     exact.Number `json:"ratio"` // billed over true
}

// RoundedCost is what one offer would cost under each increment.
type RoundedCost struct {
	Offer  string          `json:"offer"`
	Own    []string        `json:"own"` // its increments
	Months int             `json:"months"`
	Costs  []IncrementCost `json:"costs"`
	Extra  Range           `json:"extra"`          // what its own rounding costs beyond 1/1
	Note   string          `json:"note,omitempty"` // no_time: it does not price talk time; deck: the deck keeps its own increments
}

// IncrementCost is the cost at an increment.
type IncrementCost struct {
	Increment string `json:"increment"`
	Total     Range  `json:"total"`
}

// Waste is what an offer makes one pay for nothing, over the real months.
type Waste struct {
	Offer     string       `json:"offer"`
	Months    int          `json:"months"`
	IdleSeats exact.Number `json:"idle_seats"` // seats paid and not used, mean of the months
	Idle      money.Amount `json:"idle"`
	Expired   exact.Number `json:"expired"`           // minutes included and not used
	ExpiredAt money.Amount `json:"expired_value"`     // at the price beyond the package; what it would have bought, not what it cost
	Modules   []string     `json:"modules,omitempty"` // paid and not on the list of needs
	ModuleFee money.Amount `json:"module_fee"`
	Minimum   money.Amount `json:"minimum"` // paid to reach a minimum or a commitment
	Total     money.Amount `json:"total"`   // Idle + ModuleFee + Minimum
	Share     exact.Number `json:"share"`   // of the cost
}

// Volatility is the spread of the bill under resampled real blocks.
type Volatility struct {
	Block      string        `json:"block"`  // month or week
	Blocks     int           `json:"blocks"` // real ones to draw from
	Length     int           `json:"length"` // neighbouring blocks drawn together
	Months     int           `json:"months"` // of a replicate
	Replicates int           `json:"replicates"`
	Seed       uint64        `json:"seed"`
	Budget     *money.Amount `json:"budget,omitempty"` // a month
	Offers     []Spread      `json:"offers"`
	Why        string        `json:"why,omitempty"` // why there is none: too_few
}

// Spread is the distribution of one offer's bills.
type Spread struct {
	Offer        string    `json:"offer"`
	Monthly      Quantiles `json:"monthly"`                 // of one month's bill
	Total        Quantiles `json:"total"`                   // of the replicate
	CV           float64   `json:"cv"`                      // standard deviation over mean, of the monthly bill
	Exceeds      *float64  `json:"exceeds,omitempty"`       // share of months above the budget
	ExceedsTotal *float64  `json:"exceeds_total,omitempty"` // share of replicates above months x budget
	Wins         float64   `json:"wins"`                    // share of replicates in which no offer is cheaper
	Open         bool      `json:"open,omitempty"`
}

// Quantiles of amounts; each is a bill that was really made, or a sum of such. An
// offer with a range counts with the middle of its two bills.
type Quantiles struct {
	P5   money.Amount `json:"p5"`
	P25  money.Amount `json:"p25"`
	P50  money.Amount `json:"p50"`
	P75  money.Amount `json:"p75"`
	P95  money.Amount `json:"p95"`
	Mean money.Amount `json:"mean"`
}

// Scenario is a change of the usage and what all offers cost then.
type Scenario struct {
	ID     string         `json:"id"`   // volume:+20%, length:-50%, answer_rate:+10%, seats:-20%, module:+recording
	Kind   string         `json:"kind"` // volume, length, answer_rate, seats, module
	Value  string         `json:"value"`
	Name   Phrase         `json:"name"`
	Months int            `json:"months"`
	Costs  []ScenarioCost `json:"costs"` // in the order of Offers
	Best   string         `json:"best"`
	Note   string         `json:"note,omitempty"` // why it cannot be: no_seats, no_unanswered, no_module
}

// ScenarioCost is one offer in a scenario.
type ScenarioCost struct {
	Offer      string       `json:"offer"`
	Total      Range        `json:"total"`
	Change     money.Amount `json:"change"`     // against no change, lower ends
	Elasticity float64      `json:"elasticity"` // share of change of cost over share of change of usage; 0 where the usage did not change by a share
}

// Flexibility is how an offer can be made smaller or left.
type Flexibility struct {
	Offer        string             `json:"offer"`
	TermMonths   int                `json:"term_months"` // 0: none
	TermKnown    bool               `json:"term_known"`
	TermEnds     timex.Date         `json:"term_ends,omitzero"`      // if it began today
	NoticeBy     timex.Date         `json:"notice_by,omitzero"`      // last day to give notice
	Downsize     offer.DownsizeWhen `json:"downsize,omitempty"`      // empty: not said
	DownsizeOn   timex.Date         `json:"downsize_on,omitzero"`    // first day with fewer seats
	DownsizeCost *Range             `json:"downsize_cost,omitempty"` // seat fees until then, for one seat
	ExitOn       timex.Date         `json:"exit_on,omitzero"`        // first day one can be out without a fee
	ExitCost     *Range             `json:"exit_cost,omitempty"`     // of leaving six months after the start; absent: not said
	ExitMonths   int                `json:"exit_months"`             // months left of the term then
	Committed    *Range             `json:"committed,omitempty"`     // recurring fees of the whole term
	SwitchCost   *Range             `json:"switch_cost,omitempty"`   // one-off fees of coming, and of leaving the current offer
	Payback      int                `json:"payback,omitempty"`       // months after which the switch has paid, 0: never or no current offer
	AutoRenew    *bool              `json:"auto_renew,omitempty"`
	Notes        []Phrase           `json:"notes,omitempty"`
}

// ServiceCost is poor quality of calls as money: what calls that need not have
// been cost under each offer.
type ServiceCost struct {
	ShortSeconds int64         `json:"short_seconds"` // an answered call below this is short
	RedialWithin int64         `json:"redial_within"` // seconds after the end of a short call to the same number
	Short        int64         `json:"short"`
	Redials      int64         `json:"redials"`
	Dropped      int64         `json:"dropped"` // answered calls that ended for a cause of the network
	Offers       []QualityCost `json:"offers"`
}

// QualityCost is what those calls cost: the bill less the bill without them.
type QualityCost struct {
	Offer   string       `json:"offer"`
	Short   money.Amount `json:"short"`
	Redials money.Amount `json:"redials"`
	Dropped money.Amount `json:"dropped"`
	All     money.Amount `json:"all"` // without any of them: not the sum, a call can be several
	Months  int          `json:"months"`
}

// Criterion is what vendors are scored on.
type Criterion string

const (
	Price       Criterion = "price"
	FunctionFit Criterion = "functions"
	Quality     Criterion = "quality"
	Support     Criterion = "support"
	Flexible    Criterion = "flexibility"
)

// Criteria lists them.
func Criteria() []Criterion { return []Criterion{Price, FunctionFit, Quality, Support, Flexible} }

// Scores is value for money with weights that a buyer sees and changes.
type Scores struct {
	Weights  map[Criterion]int `json:"weights"` // in hundredths; they sum to 100
	Offers   []Score           `json:"offers"`  // best first, by the middle of Low and High
	Best     string            `json:"best"`
	Certain  bool              `json:"certain"` // its lower end is above every other's upper end
	Switches []WeightSwitch    `json:"switches,omitempty"`
}

// Score is one offer's marks, each 0 to 100; an unknown one is anywhere between.
type Score struct {
	Offer string             `json:"offer"`
	Low   exact.Number       `json:"low"`
	High  exact.Number       `json:"high"`
	Marks map[Criterion]Mark `json:"marks"`
}

// Mark is one criterion's marks and where they come from.
type Mark struct {
	Low  exact.Number `json:"low"`
	High exact.Number `json:"high"`
	From string       `json:"from"` // price, needs, grade, availability, support_terms, exit, unknown
}

// WeightSwitch is the weight of a criterion, the others keeping their shares, at
// which another offer scores best.
type WeightSwitch struct {
	Criterion Criterion `json:"criterion"`
	From      int       `json:"from"` // weight now
	To        int       `json:"to"`   // first weight with another best; whole hundredths
	Best      string    `json:"best"`
}

// Sensitivity is how far one input must move before another offer is cheapest.
type Sensitivity struct {
	Input    string       `json:"input"`           // volume, length, answer_rate, seats, price, exchange_rate
	Offer    string       `json:"offer,omitempty"` // price: whose; exchange_rate: empty
	Currency string       `json:"currency,omitempty"`
	Move     exact.Number `json:"move"`           // share, -0.18 for 18 % less; where Moves is false: how far was tried
	Moves    bool         `json:"moves"`          // another offer wins at Move
	Best     string       `json:"best,omitempty"` // which
	Low      exact.Number `json:"low"`            // bracket of Move: bills on both sides were made
	High     exact.Number `json:"high"`
}

// Regret is what choosing an offer can cost beyond the best choice, over the
// scenarios of WhatIf.
type Regret struct {
	Offer string       `json:"offer"`
	Most  money.Amount `json:"most"`
	In    string       `json:"in"` // scenario with the most
	Mean  money.Amount `json:"mean"`
	Open  bool         `json:"open,omitempty"`
}

// Bound is the smallest bill possible for the usage: the cheapest mix of
// methods, seats and package sizes. Package cheapest works it out.
type Bound struct {
	Months int      `json:"months"`
	Total  Range    `json:"total"`
	Proven bool     `json:"proven"`        // nothing can be cheaper; else it is the best found
	Mix    []string `json:"mix,omitempty"` // components, packages and sizes chosen
	Gap    Range    `json:"gap"`           // recommended offer less this
	Notes  []Phrase `json:"notes,omitempty"`
}

// Advice is one change of size that would save: seats, package, lanes.
type Advice struct {
	Offer  string       `json:"offer"`
	What   Phrase       `json:"what"`
	From   exact.Number `json:"from"`
	To     exact.Number `json:"to"`
	Saving Range        `json:"saving"` // a month
	Risk   []Phrase     `json:"risk,omitempty"`
}

// Forecast is usage as it may become, and what offers would cost then.
type Forecast struct {
	Method string          `json:"method"`
	Months []ForecastMonth `json:"months"`
	Notes  []Phrase        `json:"notes,omitempty"`
}

// ForecastMonth is one month ahead.
type ForecastMonth struct {
	First   timex.Date      `json:"first"`
	Minutes [3]exact.Number `json:"minutes"` // low, expected, high
	Seats   [3]exact.Number `json:"seats"`
	Costs   []ForecastCost  `json:"costs,omitempty"`
}

// ForecastCost is one offer in a month ahead.
type ForecastCost struct {
	Offer    string       `json:"offer"`
	Low      money.Amount `json:"low"`
	Expected money.Amount `json:"expected"`
	High     money.Amount `json:"high"`
}

// Refusal is an offer that could not be compared.
type Refusal struct {
	Offer string    `json:"offer"`
	Name  lang.Text `json:"name"`
	Why   Phrase    `json:"why"`
	Error string    `json:"error"` // in English, for whoever must mend it
}
