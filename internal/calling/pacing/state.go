package pacing

import "time"

// Status is what an agent is doing.
type Status uint8

// Statuses of agents. Those logged out are not told at all.
const (
	Ready    Status = iota // can take a call now
	Reserved               // a call is being connected to the agent
	Talking
	WrapUp // after-call work
	Paused // counts only where Returns is known
)

// Agent is one who is logged in for the campaign.
type Agent struct {
	Status  Status
	Since   time.Time // when the agent entered the status
	Leaves  time.Time // a break or the end of the shift: no call after it; zero: not planned
	Returns time.Time // of a paused agent; zero: not known
}

// Dial is a call on its way to a person: placed, not yet with an agent.
type Dial struct {
	Placed   time.Time
	Ringing  time.Time // first 180 or early media; zero: the phone does not ring yet
	Answered time.Time // somebody or something answered and is being told apart; zero: nobody yet
	Chance   float64   // that a person answers, as it was told when it was placed (Next)
}

// NoCap is a cap that is not there; any number below nothing is.
const NoCap = -1

// Caps are what else bounds dialing now.
type Caps struct {
	Channels int // further calls the trunks can carry
	Starts   int // calls that may be started now under the rate caps
	Attempts int // attempts the budget still pays for
}

// State is a campaign at one moment.
type State struct {
	Now     time.Time
	Agents  []Agent   // at most MaxAgents
	Dials   []Dial    // at most MaxDials
	Waiting int       // persons on the line without an agent
	Next    []float64 // chance that a person answers, of the leads to dial next, in their order (Laws.Chance)
	Caps    Caps
	Ledger  *Ledger   // of the campaign; nil: nothing may be abandoned
	Closes  time.Time // no person may be reached after it; zero: not today
}

// Bounds of a state; agents and dials beyond them are a fault of the caller and
// nothing more is placed.
const (
	MaxAgents = 2000
	MaxDials  = 10000
	MaxPlace  = 256 // dials one decision places
)
