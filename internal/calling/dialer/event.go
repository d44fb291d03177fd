package dialer

import (
	"time"

	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/lead"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Event is something that happened.
type Event interface{ event() }

// Events of the campaign.
type (
	// Planned: the plan or its state changed. Dispositions are the company's.
	Planned struct {
		Plan         campaign.Campaign
		Dispositions []attempt.Disposition
	}
	// Capped: what trunks, rates and money allow from now on, apart from what is in
	// flight already. Starts and Attempts are used up by dialing.
	Capped struct{ Channels, Starts, Attempts int } // pacing.NoCap: not bounded
	// Offered answers a Fetch: leads of a list that are due, in their order.
	// Exhausted says there are no more now; Again is when one will be, if it is known.
	Offered struct {
		List      id.ID
		Leads     []Candidate
		Exhausted bool
		Again     timex.Instant
	}
	// Forbidden: this lead may not be called any more, as when they refused elsewhere.
	Forbidden struct {
		Lead id.ID
		Rule string
	}
	// Tick: time has passed.
	Tick struct{}
)

// Events of agents.
type (
	LoggedIn struct {
		User, Seat string
		Leaves     timex.Instant // a break or the end of the shift; zero: not planned
		Barred     bool          // a pause that a supervisor made goes on
	}
	LoggedOut struct{ User string }
	IsReady   struct{ User string }
	// Pausing: the agent wants a pause; Forced: a supervisor made it, and ends it (Unbarred).
	Pausing struct {
		User, Reason string
		Forced       bool
	}
	Unbarred struct{ User string }
	// Gone: the agent's browser or phone is not heard of; Back: it is again.
	Gone struct{ User string }
	Back struct{ User string }
	// Chosen answers a Show: dial the lead, or skip it.
	Chosen struct {
		User string
		Dial bool
	}
	// Wanted: an agent dials a lead by hand.
	Wanted struct {
		User string
		Lead Candidate
	}
	// Disposed: the agent says what the call came to, while it lasts or after it. Kept says
	// that it may be taken back (Retracted) until UndoWait after that, or after the call.
	Disposed struct {
		User, Code, Notes string
		Callback          *lead.Appointment
		Kept              bool
	}
	Retracted struct{ User string }
	// Noted: what the agent has written of the call until now.
	Noted struct{ User, Notes string }
	// HungUp: the agent ends the call.
	HungUp struct{ User string }
	// Helped: the agent let another, who was ready, join the conversation.
	Helped struct{ User, To string }
	// Passed: the agent gave the conversation to another, who was ready or helped in it.
	Passed struct{ User, To string }
)

// Events of calls.
type (
	Dialed struct {
		Try         id.ID
		Trunk, Call string
	}
	// Withheld: it was not dialed after all, by a rule or for want of a trunk; Again
	// is when the lead may be tried; zero: by the wait for trunks.
	Withheld struct {
		Try   id.ID
		Rule  string
		Again timex.Instant
	}
	Rings    struct{ Try id.ID }
	Answered struct{ Try id.ID }
	// Told: detection says who answered.
	Told struct {
		Try id.ID
		By  usage.AnsweredBy
	}
	// Pressed: the called person pressed a key.
	Pressed struct {
		Try id.ID
		Key string
	}
	// ForAgent: a dialogue hands the called person to an agent.
	ForAgent struct{ Try id.ID }
	// Settled: a dialogue says what the call came to. It may go on.
	Settled struct {
		Try  id.ID
		Wish attempt.Wish // Flags and By are the engine's to say
	}
	// Spoken: a dialogue says nothing more of the call.
	Spoken struct{ Try id.ID }
	// Asked: a dialogue asked questions of the script, and this was answered.
	Asked struct {
		Try     id.ID
		Answers map[string]string
	}
	// AgentUp answers a CallAgent: the agent's telephone was picked up; AgentDown: it
	// was not, or was hung up before the customer was dialed.
	AgentUp   struct{ Try id.ID }
	AgentDown struct{ Try id.ID }
	// CameIn: somebody who was called calls back and is on the line.
	CameIn struct {
		Try    id.ID // a new one, of whoever answers the line
		Lead   Candidate
		Number phone.Number // they call from: one of the lead's
		To     phone.Number // they dialed
		Closed bool         // nobody is there at this hour
	}
	// Parted: the agent, or the dialogue, is off the call, which goes on without: it was
	// handed to a third party, or a message is left. The agent writes up.
	Parted struct{ Try id.ID }
	// Came: a third party who was called into the call, by a number, is in it.
	Came struct {
		Try    id.ID
		Number phone.Number
	}
	// Left: they are not any more.
	Left struct {
		Try    id.ID
		Number phone.Number
	}
	// NotTaken: they did not come; who had the call has it.
	NotTaken struct {
		Try    id.ID
		Number phone.Number
	}
	// Unjoined: the agent could not be connected with who answered.
	Unjoined struct{ Try id.ID }
	// Said: the message was played to its end.
	Said struct{ Try id.ID }
	// Over: the line is free.
	Over struct {
		Try        id.ID
		Result     usage.Result
		SIP, Cause int
		Seconds    int64 // of its fact, where one is kept
	}
)

func (Planned) event()   {}
func (Capped) event()    {}
func (Offered) event()   {}
func (Forbidden) event() {}
func (Tick) event()      {}
func (LoggedIn) event()  {}
func (LoggedOut) event() {}
func (IsReady) event()   {}
func (Pausing) event()   {}
func (Unbarred) event()  {}
func (Retracted) event() {}
func (Noted) event()     {}
func (Gone) event()      {}
func (Back) event()      {}
func (Chosen) event()    {}
func (Wanted) event()    {}
func (Disposed) event()  {}
func (HungUp) event()    {}
func (Helped) event()    {}
func (Passed) event()    {}
func (Dialed) event()    {}
func (Withheld) event()  {}
func (Rings) event()     {}
func (Answered) event()  {}
func (Told) event()      {}
func (Pressed) event()   {}
func (Parted) event()    {}
func (Came) event()      {}
func (Left) event()      {}
func (NotTaken) event()  {}
func (Asked) event()     {}
func (ForAgent) event()  {}
func (Settled) event()   {}
func (Spoken) event()    {}
func (AgentUp) event()   {}
func (AgentDown) event() {}
func (CameIn) event()    {}
func (Unjoined) event()  {}
func (Said) event()      {}
func (Over) event()      {}

// Candidate is a lead that may be dialed.
type Candidate struct {
	Lead lead.Lead
	Area string         // as answers are learned by: prefix, carrier or region
	Zone *time.Location // of the called person, for the hour answers are learned by
}

// Act is something to do once what was returned with it is kept.
type Act interface{ act() }

type (
	// Dial a number; give up after Ring. Report Dialed or Withheld, then Rings,
	// Answered, Told, Over.
	Dial struct {
		Try              id.ID
		Number, CallerID phone.Number
		Ring             time.Duration
		Agent            string // who is reserved for it; empty: nobody yet
	}
	// Cancel a dial nobody answered. If somebody does meanwhile it is an answer like others.
	Cancel struct{ Try id.ID }
	// Join an agent with who answered.
	Join struct {
		Try   id.ID
		Agent string
	}
	// Leave takes an agent off a call that goes on without them.
	Leave struct {
		Try   id.ID
		Agent string
	}
	// CallAgent rings the agent's telephone before anybody is dialed; give up after
	// Ring. Report AgentUp or AgentDown. When the try is over the leg is to be hung up.
	CallAgent struct {
		Try   id.ID
		Agent string
		Ring  time.Duration
	}
	// Unserved tells the dialogue that no agent came, and the call is its own again.
	Unserved struct{ Try id.ID }
	// Converse lets the dialogue server speak with who answered. Report ForAgent, Asked
	// and Settled, Over, and Spoken, before or after Over: what the call came to waits
	// for it.
	Converse struct {
		Try  id.ID
		Lead lead.Lead
	}
	// Say a prompt to who answered, then report Said. What is played to them is broken
	// off. To a machine it begins behind the beep.
	Say struct {
		Try    id.ID
		Prompt string
	}
	// Hang up, then report Over.
	Hang struct{ Try id.ID }
	// Show a lead to an agent, who chooses until an instant; zero: without one.
	Show struct {
		Agent string
		Try   id.ID
		Until timex.Instant
	}
	// Fetch leads of a list that are due, by calling Offered.
	Fetch struct {
		List id.ID
		Want int
	}
)

func (Dial) act()      {}
func (Cancel) act()    {}
func (Join) act()      {}
func (Leave) act()     {}
func (Say) act()       {}
func (Hang) act()      {}
func (Show) act()      {}
func (Unserved) act()  {}
func (Converse) act()  {}
func (CallAgent) act() {}
func (Fetch) act()     {}
