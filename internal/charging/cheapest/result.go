package cheapest

import (
	"waihu/internal/exact"
	"waihu/internal/lang"
)

// Answer is the smallest bill found, and how sure that is.
type Answer struct {
	Offers  []Found   `json:"offers"`            // the cheapest mix of each offer for all of the usage, cheapest first
	Best    []Share   `json:"best,omitempty"`    // what to buy: one offer, or one for each part of the usage
	Total   Money     `json:"total"`             // of Best, all months
	Proven  bool      `json:"proven"`            // no mix of the menu is cheaper
	Regrets []Regret  `json:"regrets,omitempty"` // of each offer, in the order of Offers
	Refused []Refusal `json:"refused,omitempty"` // offers no mix of which can be had, and why
}

// Money is an exact total in the common currency, before it is rounded.
type Money struct{ exact.Number }

// Found is the cheapest mix of one offer.
type Found struct {
	Offer   string    `json:"offer"`
	Name    lang.Text `json:"name"`
	Mix     []Pick    `json:"mix,omitempty"`
	Total   Money     `json:"total"`
	Monthly []Money   `json:"monthly"`
	Floor   []Money   `json:"floor"`  // the least each month could have cost, had it been known and chosen alone
	Mixes   int64     `json:"mixes"`  // there are; at most a count of 2^62
	Rated   int       `json:"rated"`  // bills that were rated
	Proven  bool      `json:"proven"` // no mix of this offer is cheaper
	Apart   int       `json:"apart"`  // groups of choices searched by themselves
}

// Pick is the option taken of a choice.
type Pick struct {
	Choice     string    `json:"choice"`
	ChoiceName lang.Text `json:"choice_name"`
	Option     string    `json:"option"`
	OptionName lang.Text `json:"option_name"`
}

// Share is an offer and the parts of the usage that go to it.
type Share struct {
	Segments []int `json:"segments,omitempty"` // none: all
	Found
}

// Regret is what choosing an offer before the months are known costs beyond the
// cheapest of the offers in each month.
type Regret struct {
	Offer string `json:"offer"`
	Most  Money  `json:"most"`
	In    int    `json:"in"`   // month with the most
	Mean  Money  `json:"mean"` // each month as likely as any other
	Over  Money  `json:"over"` // total less the answer's: what the bound would have saved
}

// Refusal is why an offer or a mix cannot be had.
type Refusal struct {
	Offer  string `json:"offer"`
	Reason Reason `json:"reason"`
	What   string `json:"what"`
	Count  int64  `json:"count,omitempty"`
}

// Reason says why. lang has its sentence under "cheapest.refused.".
type Reason string

const (
	ReasonUnknown  Reason = "unknown"  // a price nobody knows: What is the line
	ReasonUnpriced Reason = "unpriced" // usage no component prices: What are the facts
	ReasonModule   Reason = "module"   // a module that must be had is not offered: What is it
	ReasonLimit    Reason = "limit"    // none was found before the search was cut short
	ReasonPlan     Reason = "plan"     // the options contradict the plan: What are the problems
)
