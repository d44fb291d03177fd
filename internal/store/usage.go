package store

import (
	"context"

	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Outcome is what became of a fact that was handed in.
type Outcome string

const (
	Added   Outcome = "added"
	Same    Outcome = "same"     // it was there, equal in every field: nothing was done
	Ended   Outcome = "ended"    // a stretch that was open has its end now
	Differs Outcome = "conflict" // its source and identifier are there with other content: nothing was done
)

// Charge is what one call came to at one price, at list price: included
// quantities, tiers and discounts are sums of a period.
type Charge struct {
	Component string
	Label     string // key of the price: row:mobile, prefix:8613 ...
	Raw       int64  // talk seconds
	Billed    int64  // billed seconds
	Cost      money.Amount
	Reason    string // why there is no price
}

// ChargedCall is a call with the contract it belongs to and what it came to.
type ChargedCall struct {
	Call     usage.Call
	Contract id.ID // zero: it belongs to none
	Charges  []Charge
	Position int64 // set when it was added
}

// Stretch is a fact that is not a call: *usage.Seat, *usage.Session,
// *usage.Module, *usage.Rental or *usage.Event.
type Stretch struct {
	Fact     usage.Fact
	Contract id.ID
	Reason   string // why it belongs to none
	Position int64
}

// Stray is a fact that belongs to no contract.
type Stray struct {
	Fact     usage.Fact // *usage.Call, or what a Stretch can be
	Reason   string     // why: of a call, that of its charge
	Position int64
	Waiver   id.ID // the decision to leave it uncharged; zero: nobody decided yet
}

// StrayQuery asks for strays in the order of positions. Zero fields do not narrow.
type StrayQuery struct {
	Touches timex.Period // calls and events that begin in it, stretches that share a moment with it
	Kind    FactKind
	Reason  string
	Source  string
	Account *string  // "" is those that name none
	IDs     []string // of facts, at most MaxStrayIDs
	Waived  *bool    // only those that are left uncharged, or only those that are not
	After   int64    // position
	Limit   int      // 1 to MaxStrays
}

// Bounds of a query for strays.
const (
	MaxStrays   = 10_000
	MaxStrayIDs = 100
)

// StraySum is strays that are alike.
type StraySum struct {
	Reason  string
	Kind    FactKind
	Source  string
	Account string
	Count   int64
	Seconds int64 // talked
	First   timex.Instant
	Last    timex.Instant // the last of them begins
}

// Tally is a running total of one price in one billing period, at list price.
type Tally struct {
	Contract  id.ID
	First     timex.Date // first local day of the billing period
	Component string
	Label     string
	Calls     int64
	Raw       int64 // seconds
	Billed    int64 // seconds
	Cost      money.Amount
}

// CallQuery asks for calls in the order of time, newest first or with Up oldest
// first: the orders an index serves. Zero fields do not narrow.
type CallQuery struct {
	Period    timex.Period // of Start; needed
	Contract  id.ID
	Component string // only calls charged at this component
	Label     string
	Agent     string
	Campaign  string
	Trunk     string
	To        string // beginning of the called number, with or without its plus
	From      string // the calling number, with or without its plus
	Result    usage.Result
	Unpriced  bool // only calls that have no price, or not at every component that takes them
	Up        bool
	Before    CallCursor // only calls before it; with Up only those behind it
	Limit     int        // 1 to 1000
}

// MaxLooked bounds the calls one query looks at, so that none takes long however
// rare what it asks for is.
const MaxLooked = 5_000

// CallPage is a part of what a query asks for.
type CallPage struct {
	Calls []ChargedCall
	Next  CallCursor // Before of the next query; zero: there is no more
}

// CallCursor is the place of a call in that order.
type CallCursor struct {
	Start    timex.Instant
	Position int64
}

// Usage keeps facts. Source and ID are unique in a company: for calls within the
// month (UTC) in which they start, since months are kept apart.
type Usage interface {
	// AddCalls keeps those calls that are not there yet and sets their
	// Position; one outcome a call, in order.
	AddCalls(c id.Company, calls []ChargedCall) ([]Outcome, error)
	// AddStretches does the same for other facts. One that differs from what is
	// there only by having an end is Ended: it gets a new position, and up to
	// positions before it the stretch still counts as open.
	AddStretches(c id.Company, facts []Stretch) ([]Outcome, error)
	// Strays gives facts that belong to no contract. StraySums adds them up by what
	// they have in common, the most first, at most MaxPage sums; After and Limit of
	// its query do not count.
	Strays(c id.Company, q StrayQuery) ([]Stray, error)
	StraySums(c id.Company, q StrayQuery) ([]StraySum, error)
	// Assign gives strays to a contract, calls with their charges. Each is found by
	// its Position and gets a new one, as if it had come now: up to positions before
	// that it belonged to none. One that is no stray any more is a Conflict.
	Assign(c id.Company, contract id.ID, calls []ChargedCall, stretches []Stretch) error
	// Waive marks strays as left uncharged by a decision. Each is found by its
	// position, stays a stray, and can be assigned later. One that is none any more,
	// or is marked already, is a Conflict.
	Waive(c id.Company, waiver id.ID, positions []int64) error
	// AddTallies adds to running totals.
	AddTallies(c id.Company, t []Tally) error
	// Tallies are the running totals of a billing period; first 0: of all.
	Tallies(c id.Company, contract id.ID, first timex.Date) ([]Tally, error)
	// Head is the last position of the company.
	Head(c id.Company) (int64, error)
	// Each hands out every fact of a contract (zero: of any) that concerns a
	// period, as known up to a position (0: all): calls and events within it,
	// other facts that overlap or touch it. Calls do not outlive the sink's
	// method.
	Each(ctx context.Context, c id.Company, contract id.ID, p timex.Period, upTo int64, sink usage.Sink) error
	// Late tells which months of a contract got facts behind a position: the
	// local dates are those of UTC.
	Late(c id.Company, contract id.ID, after int64) ([]timex.Period, error)
	// Calls gives up to Limit calls. It may give fewer, even none, and a Next:
	// MaxLooked calls were looked at.
	Calls(c id.Company, q CallQuery) (CallPage, error)
	CallByID(c id.Company, source, callID string, month timex.Date) (*ChargedCall, error)
}
