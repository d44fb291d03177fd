package pacing

import "time"

// Lead is what is known of a lead before it is dialled.
type Lead struct {
	Hour    int    // 0 to 23, of the called person's clock
	Weekday int    // 0 is Sunday
	Attempt int    // 1: the first
	Area    string // prefix, carrier or region, as the campaign groups them; empty: not known
	Last    string // what came of the attempt before, such as a disposition; empty: none
}

// Outcome is how an attempt ended before an agent could take it.
type Outcome uint8

// Outcomes.
const (
	Person    Outcome = iota // a person answered
	Machine                  // a machine answered and was told apart
	Nobody                   // busy, invalid, failed or rung out
	Cancelled                // we took it back: nobody knows who would have answered
)

// Attempt is what became of a dial, told once.
type Attempt struct {
	Lead    Lead
	At      time.Time // of the end
	Chance  float64   // as told in Dial.Chance
	Outcome Outcome
	Seconds float64 // from placing to answer, end or cancelling
}
