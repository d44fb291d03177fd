package compare

import (
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// Bound is the smallest bill possible for the usage: the cheapest mix of
// methods, seats and package sizes. Package cheapest works it out.
type Bound struct {
	Months int      `json:"months"`
	Total  Range    `json:"total"`
	Proven bool     `json:"proven"`          // nothing can be cheaper; else it is the best found
	Offer  string   `json:"offer,omitempty"` // it is a mix of this one, at the lower end of its prices
	Mix    []Choice `json:"mix,omitempty"`   // sizes and promises chosen in it
	Gap    Range    `json:"gap"`             // recommended offer less this
	Notes  []Phrase `json:"notes,omitempty"`

	Offers []OfferBound `json:"offers,omitempty"` // those that can be totalled, in the order of Result.Offers
}

// OfferBound is the smallest bill with one offer alone, beside the offer as it is.
type OfferBound struct {
	Offer  string   `json:"offer"`
	AsIs   Range    `json:"as_is"`            // as offered, over the months of the bound
	Own    Range    `json:"own"`              // with the sizes that suit it best
	Mix    []Choice `json:"mix,omitempty"`    // those sizes, at the lower end of its prices
	Regret Range    `json:"regret"`           // AsIs less the smallest bill of all offers
	Proven bool     `json:"proven,omitempty"` // nothing of this offer is cheaper than Own
}

// Choice is how much is taken of something that can be chosen.
type Choice struct {
	Of   lang.Text    `json:"of"`
	Take exact.Number `json:"take"`
}

// Advice is one change of size that would save: seats, package, lanes.
type Advice struct {
	Offer  string       `json:"offer,omitempty"` // none: it holds whatever the offer
	What   Phrase       `json:"what"`
	From   exact.Number `json:"from,omitzero"`
	To     exact.Number `json:"to,omitzero"`
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
