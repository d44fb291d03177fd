package deck

import (
	"waihu/internal/timex"
)

// Nano is how many units of a price make one unit of the currency: prices in a
// deck have at most nine decimals.
const Nano = 1_000_000_000

// Status says whether a rate has a price.
type Status uint8

const (
	Priced  Status = iota
	Blocked        // the destination may not be called
	Unknown        // a price nobody knows: never zero, the total cannot be told
)

// Rate is what one call costs as a function of its talk time. All durations are
// whole seconds; all money is in billionths of the currency's unit.
type Rate struct {
	Price   int64 // for Per seconds
	Per     int32 // 60 for a price a minute; at least 1
	First   int32 // first increment, at least 1
	Next    int32 // increments after it, at least 1
	Minimum int32 // shortest billed duration of an answered call
	Grace   int32 // see Options of the plan: calls this short are free, or it is taken off
	Connect int64 // per answered call
	MinCost int64 // least an answered call costs, 0 none
	MaxCost int64 // most a call costs, 0 none
	Status  Status

	ConnectFree bool // a connect fee of 0 is stated: no component's own takes its place
}

// Entry is one row of a deck.
type Entry struct {
	Prefix string     // digits, without plus
	Name   string     // destination as the deck calls it
	From   timex.Date // first day it holds; 0: always did
	Rate   Rate
	File   string // where the row stands, for messages; both may be empty
	Line   int    // from 1; 0 is not known
}
