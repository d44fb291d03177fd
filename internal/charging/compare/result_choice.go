package compare

import (
	"waihu/internal/charging/offer"
	"waihu/internal/exact"
	"waihu/internal/money"
	"waihu/internal/timex"
)

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

// Regret is what choosing an offer can cost beyond the best choice, over the usage
// as it is and the scenarios of WhatIf.
type Regret struct {
	Offer string       `json:"offer"`
	Most  money.Amount `json:"most"`
	In    string       `json:"in"` // scenario with the most, or as_is
	Mean  money.Amount `json:"mean"`
	Open  bool         `json:"open,omitempty"`
}
