package pacing

import "time"

// Goal is what a campaign wants; New fills what is zero.
type Goal struct {
	Patience  time.Duration // how long a person may wait for an agent; 2 s
	MinRing   time.Duration // a phone that rings is let ring so long; 15 s. Negative: no such rule
	RingLimit time.Duration // when the caller gives up; 25 s
	Costs     *Costs        // nil: agents' time is used as far as the ledger allows
	NoCancel  bool          // dials in flight are never taken back
}

// Costs are what conversations are made of, in millionths of one currency, as
// money.Amount counts. They only weigh one thing against the other here; nothing
// is booked from them. Unknown is zero.
type Costs struct {
	AgentHour int64 // a paid hour of an agent
	Attempt   int64 // an attempt, answered or not
	Answer    int64 // what an answer costs further, such as the first minute
	Abandon   int64 // what an abandoned person is worth avoiding, beside the ledger
}
