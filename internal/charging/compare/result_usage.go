package compare

import (
	"waihu/internal/exact"
	"waihu/internal/money"
)

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
	Undecided  int           `json:"undecided,omitempty"` // replicates in which prices that are open decide who is cheapest
	Budget     *money.Amount `json:"budget,omitempty"`    // a month
	Offers     []Spread      `json:"offers"`
	Why        string        `json:"why,omitempty"` // why there is none: too_few, period
}

// Spread is the distribution of one offer's bills.
type Spread struct {
	Offer        string    `json:"offer"`
	Monthly      Quantiles `json:"monthly"`                 // of one month's bill
	Total        Quantiles `json:"total"`                   // of the replicate
	CV           float64   `json:"cv"`                      // standard deviation over mean, of the monthly bill
	Exceeds      *float64  `json:"exceeds,omitempty"`       // share of months above the budget
	ExceedsTotal *float64  `json:"exceeds_total,omitempty"` // share of replicates above months x budget
	Wins         float64   `json:"wins"`                    // share of replicates in which no other offer can be cheaper
	Leads        float64   `json:"leads"`                   // share of replicates in which it is cheapest of those that can be totalled, a range at its middle
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
	ID        string         `json:"id"`   // volume:+20%, length:-50%, answer_rate:+10%, seats:-20%, module:+recording
	Kind      string         `json:"kind"` // volume, length, answer_rate, seats, module
	Value     string         `json:"value"`
	Name      Phrase         `json:"name"`
	Months    int            `json:"months"`
	Costs     []ScenarioCost `json:"costs"`               // in the order of Offers
	Best      string         `json:"best"`                // by the middle of ranges, of those that can be totalled; empty: none can
	Undecided bool           `json:"undecided,omitempty"` // prices that are open decide who is cheapest
	Note      string         `json:"note,omitempty"`      // why it cannot be: no_seats, no_unanswered, no_module
}

// ScenarioCost is one offer in a scenario.
type ScenarioCost struct {
	Offer      string       `json:"offer"`
	Total      Range        `json:"total"`
	Change     money.Amount `json:"change"`     // against no change, lower ends
	Elasticity float64      `json:"elasticity"` // share of change of cost over share of change of usage; 0 where the usage did not change by a share
}
