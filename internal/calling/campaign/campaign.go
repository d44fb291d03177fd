package campaign

import (
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/lead"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/phone"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Mode is how a campaign dials.
type Mode string

const (
	Manual      Mode = "manual"      // an agent chooses and dials
	Preview     Mode = "preview"     // an agent sees the lead first: dial, skip, or the time runs out
	Progressive Mode = "progressive" // one call for each agent who is free
	Predictive  Mode = "predictive"  // as many as the risk of an abandoned call allows
	Broadcast   Mode = "broadcast"   // a message and keys to press, an agent on demand
	Robot       Mode = "robot"       // a dialogue run by a program
	TwoLegs     Mode = "two_legs"    // the agent's leg first, then the customer's (雙呼)
)

// Choices lists them.
func (Mode) Choices() []string {
	return []string{"manual", "preview", "progressive", "predictive", "broadcast", "robot", "two_legs"}
}

// Usage is the mode as facts of calls tell it.
func (m Mode) Usage() usage.Mode {
	switch m {
	case Broadcast, Robot:
		return usage.Robot
	case TwoLegs:
		return usage.Manual
	}
	return usage.Mode(m)
}

// Agents tells whether the mode dials for agents who wait.
func (m Mode) Agents() bool { return m == Preview || m == Progressive || m == Predictive }

// Mix is how the lists of a campaign take turns.
type Mix string

const (
	InOrder Mix = "in_order" // the first list until nothing of it is due, then the next
	ByShare Mix = "by_share" // in the proportion of their shares
)

// Choices lists them.
func (Mix) Choices() []string { return []string{"in_order", "by_share"} }

// Share is a list of a campaign.
type Share struct {
	List  id.ID `json:"list"`
	Share int   `json:"share,omitempty"` // 1 to MaxShare with ByShare
}

// CallerID is a number a campaign shows.
type CallerID struct {
	Number phone.Number `json:"number"`
	For    string       `json:"for,omitempty"`   // beginning of called numbers it is shown to; empty: any
	Daily  int          `json:"daily,omitempty"` // calls a day at most; 0: no limit of its own
}

// Target is a number agents may hand a call to, or bring into it.
type Target struct {
	Name   string       `json:"name"`
	Number phone.Number `json:"number"`
}

// Goal is what the dialer is to reach.
type Goal struct {
	// Abandon is the share of abandoned calls among those a person answered
	// that is aimed at, in 1/10,000: 300 is 3 %.
	Abandon int `json:"abandon,omitempty"`
	// Conversation is the most a conversation may cost on average; zero: not looked at.
	Conversation money.Amount `json:"conversation,omitzero"`
	// Sales and Conversations end the campaign once there are so many; 0: never.
	Sales         int `json:"sales,omitempty"`
	Conversations int `json:"conversations,omitempty"`
}

// Budget is what a campaign may spend; zero amounts do not bound.
type Budget struct {
	Total money.Amount `json:"total,omitzero"`
	Daily money.Amount `json:"daily,omitzero"`
}

// Campaign is the plan.
type Campaign struct {
	Name    string        `json:"name"`
	Purpose usage.Purpose `json:"purpose"`
	Mode    Mode          `json:"mode"`
	Lists   []Share       `json:"lists"`
	Mix     Mix           `json:"mix,omitempty"`    // empty: in order
	Groups  []string      `json:"groups,omitempty"` // of agents; empty: every agent of the company
	// Dispositions stand over those of the company.
	Dispositions []attempt.Disposition `json:"dispositions,omitempty"`
	CallerIDs    []CallerID            `json:"caller_ids"`
	Hours        Hours                 `json:"hours"`
	Retry        lead.Rules            `json:"retry"`
	Goal         Goal                  `json:"goal,omitzero"`
	Budget       Budget                `json:"budget,omitzero"`
	Asked        []AskedList           `json:"asked,omitempty"`           // do-not-call lists its leads were asked of
	Lifted       []Lift                `json:"lifted,omitempty"`          // rules that do not hold for it
	RingSeconds  int                   `json:"ring_seconds,omitempty"`    // no answer after; 0: DefaultRing
	WrapUp       int                   `json:"wrap_up_seconds,omitempty"` // at most, then NoCode; 0: DefaultWrapUp
	PreviewFor   int                   `json:"preview_seconds,omitempty"` // until a preview dials by itself; 0: it waits
	Message      string                `json:"message,omitempty"`         // prompt for a person no agent comes to
	Voicemail    string                `json:"voicemail,omitempty"`       // prompt an agent leaves on a machine
	Notice       string                `json:"notice,omitempty"`          // prompt said before a conversation that is recorded
	Contract     id.ID                 `json:"contract,omitzero"`         // whose prices its calls have; zero: the only one that serves
	Record       bool                  `json:"record,omitempty"`          // conversations, both sides
	Targets      []Target              `json:"targets,omitempty"`         // whom agents may hand a call to
	Script       Script                `json:"script,omitzero"`
	Form         []Field               `json:"form,omitempty"`
	Guide        Guide                 `json:"guide,omitzero"`
	Menu         Menu                  `json:"menu,omitzero"` // of a broadcast
	Rate         Rate                  `json:"rate,omitzero"` // of broadcasts and robot lanes
	Robot        RobotLane             `json:"robot,omitzero"`

	Status Status `json:"status"`
}

// RobotLane is the dialogue server of a robot lane.
type RobotLane struct {
	URL      string `json:"url,omitempty"`      // where each turn is asked; https
	Fallback string `json:"fallback,omitempty"` // prompt said where the server fails, then the call ends
	Turns    int    `json:"turns,omitempty"`    // of a call at most; 0: DefaultTurns
}

// Guide is the script with versions that agents are led through, and whose answers
// are kept.
type Guide struct {
	Script  id.ID `json:"script"`
	Version int   `json:"version,omitempty"` // 0: the newest when a call begins
}

// AskedList is a do-not-call list of others that was asked about every lead.
type AskedList struct {
	List string        `json:"list"` // as the rules name it: us.national, cn.decline
	At   timex.Instant `json:"at"`
}

// Lift is a rule about calling that does not hold for a campaign, and why. Who
// said so is in the audit log.
type Lift struct {
	Rule   string `json:"rule"`
	Reason string `json:"reason"` // MinLift to MaxWhy bytes: a sentence
}

// Bounds and defaults of a campaign.
const (
	MaxName       = 120
	MaxLists      = 50
	MaxTargets    = 50
	MaxShare      = 1000
	MaxCallerIDs  = 500
	MaxAsked      = 50
	MaxLifted     = 100
	MinLift       = 10
	MaxGroups     = 50
	MinRing       = 15 // seconds; the United States and the United Kingdom ask for it
	MaxRing       = 120
	DefaultRing   = 25
	DefaultWrapUp = 60
	MaxWrapUp     = 3600
	MaxPreview    = 600
	MaxAbandon    = 1000 // 10 %
	MaxTurns      = 200
	DefaultTurns  = 50
	MaxURL        = 1000
	DefaultGoal   = 280 // below 3 %, so that a short shift holds it too
)

// New is a draft with every default in it.
func New(name string, purpose usage.Purpose, mode Mode, at timex.Instant) Campaign {
	return Campaign{Name: name, Purpose: purpose, Mode: mode, Mix: InOrder, Hours: DefaultHours(), Retry: lead.DefaultRules(),
		Goal: Goal{Abandon: DefaultGoal}, RingSeconds: DefaultRing, WrapUp: DefaultWrapUp, Status: Status{State: Draft, Since: at}}
}
