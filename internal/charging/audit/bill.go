package audit

import (
	"time"

	"waihu/internal/exact"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// Bill is what a vendor asks for, as it stands on the vendor's paper: figures
// are taken as they are, never mended.
type Bill struct {
	Name     string // of the file, for messages
	Number   string
	Currency money.Currency
	First    timex.Date // period as stated; 0: the bill does not say
	After    timex.Date // day after the last
	IssuedOn timex.Date
	Lines    []Line
	Taxes    []Tax         // as stated; empty: the bill shows no tax and is compared before tax
	Subtotal *exact.Number // sum of the lines as stated; nil: not stated
	Total    *exact.Number // amount asked for; nil: lines and taxes are
	Calls    []CallList
}

// Line is one priced line of a bill.
type Line struct {
	Row       int    // where it stands in the file, from 1
	Text      string // what the vendor calls it
	Component string // component (or other line) of the contract it is for; empty: none
	Part      string // rate row of the component, where the bill has a line for each
	Usage     string // where no component is: the kind of usage it charges (calls, events:sms ...)
	Quantity  *exact.Number
	UnitPrice *exact.Number
	Amount    exact.Number
	First     timex.Date // as stated; 0: the line does not say
	After     timex.Date
}

// Tax is a tax as a bill states it.
type Tax struct {
	Row    int
	Rate   *exact.Number // 0.06 for 6 %; nil: not stated
	Amount exact.Number
}

// CallList is a vendor's list of calls of one component.
type CallList struct {
	Name      string // of the file or sheet
	Component string
	Tolerance time.Duration // by which the starts of one call may differ
	// Read gives every row to take, in the order of the list, as often as it is
	// asked. An error of take ends it.
	Read func(take func(*CallRow) error) error
}

// CallRow is one call as a vendor charged it.
type CallRow struct {
	Row     int
	ID      string // as in our records; empty: the list has none
	From    string
	To      string
	Start   timex.Instant
	Seconds int64 // charged; NoSeconds: the list has none
	Micros  int64 // amount in millionths of the currency's unit
}

// Amount is what the vendor asks for the call.
func (r *CallRow) Amount() exact.Number { return exact.Scaled(r.Micros, microDecimals) }

// microDecimals is how many decimals amounts of calls have at most.
const microDecimals = 6

// NoSeconds is the duration of a row that states none.
const NoSeconds = -1
