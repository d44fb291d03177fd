package agent

import (
	"time"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// State is what an agent is doing.
type State string

const (
	Out      State = "out" // not logged in
	Paused   State = "paused"
	Ready    State = "ready"
	Reserved State = "reserved" // for a try that is ringing, or that is shown before it is dialed
	Talking  State = "talking"
	WrapUp   State = "wrap_up" // ACW: the disposition, and what must be written
)

// States lists them in their order.
func States() []State { return []State{Out, Paused, Ready, Reserved, Talking, WrapUp} }

// Reasons of pauses the system gives. Others are a company's own words.
const (
	LoggedIn = "log_in" // nobody is ready before they say so
	Gone     = "gone"   // the browser or the phone is not heard of
	Missed   = "missed" // a call was given and not taken
	Forced   = "forced" // by a supervisor
	Freed    = "freed"  // a supervisor ended a pause; nobody is ready before they say so
)

// MaxReason bounds a reason, in bytes.
const MaxReason = 80

// Agent is one agent at one moment.
type Agent struct {
	User    string        `json:"user"`
	Seat    string        `json:"seat,omitempty"` // type of it: agent, supervisor, robot
	State   State         `json:"state"`
	Since   timex.Instant `json:"since"`
	Reason  string        `json:"reason,omitempty"`   // of Paused
	Attempt id.ID         `json:"attempt,omitzero"`   // of Reserved, Talking and WrapUp
	Until   timex.Instant `json:"until,omitzero"`     // of WrapUp: it ends by itself
	Then    State         `json:"then,omitempty"`     // after the call: Paused or Out; empty: Ready
	ThenFor string        `json:"then_for,omitempty"` // reason of that pause
	Logged  timex.Instant `json:"logged,omitzero"`    // in since
}

// Change is one step, to be kept: the stretch before it is over.
type Change struct {
	User    string        `json:"user"`
	Seat    string        `json:"seat,omitempty"`
	From    State         `json:"from"`
	Since   timex.Instant `json:"since"` // From began
	To      State         `json:"to"`
	At      timex.Instant `json:"at"`
	Reason  string        `json:"reason,omitempty"` // of From, if that was a pause
	Attempt id.ID         `json:"attempt,omitzero"` // of From
}

// Session is the stretch that a change ended, as a fact of usage; false: it is
// none, because nobody was logged in or no time passed. Reserved is ready: who
// waits for an answer is waiting.
func (c *Change) Session(source string) (usage.Session, bool) {
	if c.From == Out || c.At <= c.Since {
		return usage.Session{}, false
	}
	state := usage.State(c.From)
	if c.From == Reserved {
		state = usage.Ready
	}
	return usage.Session{ID: c.User + "@" + c.Since.String(), Source: source, User: c.User, Type: c.Seat, State: state, From: c.Since, To: c.At}, true
}

// New is an agent who is not logged in.
func New(user, seat string) Agent { return Agent{User: user, Seat: seat, State: Out} }

// LogIn begins a stay; the agent is paused until ready.
func (a *Agent) LogIn(at timex.Instant) (Change, error) {
	if a.State != Out {
		return Change{}, a.cannot("log in")
	}
	c, err := a.become(Paused, at)
	if err == nil {
		a.Reason, a.Logged = LoggedIn, at
	}
	return c, err
}

// Ready makes an agent free for calls. Before the end of a call and of its writing up it
// takes back a pause that was asked for.
func (a *Agent) Ready(at timex.Instant) (Change, error) {
	switch {
	case a.State == Reserved || a.State == Talking || a.State == WrapUp && a.Then != "":
		a.Then, a.ThenFor = "", ""
		return Change{}, nil
	case a.State == Paused || a.State == WrapUp:
		return a.become(Ready, at)
	}
	return Change{}, a.cannot("be ready")
}

// Pause makes a pause with a reason, after the call and its writing up if there is one. A
// change whose To is empty is none: it comes later.
func (a *Agent) Pause(reason string, at timex.Instant) (Change, error) {
	if reason == "" || len(reason) > MaxReason {
		return Change{}, fault.New(fault.Invalid, "agent %s: a pause needs a reason of 1 to %d bytes", a.User, MaxReason)
	}
	switch a.State {
	case Reserved, Talking, WrapUp:
		a.Then, a.ThenFor = Paused, reason
		return Change{}, nil
	case Paused, Ready:
		c, err := a.become(Paused, at)
		if err == nil {
			a.Reason = reason
		}
		return c, err
	}
	return Change{}, a.cannot("pause")
}

// Reserve gives a ready agent a try that is ringing or shown.
func (a *Agent) Reserve(try id.ID, at timex.Instant) (Change, error) {
	if a.State != Ready || try.IsZero() {
		return Change{}, a.cannot("be reserved")
	}
	return a.with(try, Reserved, at)
}

// Release takes the try back: nobody answered, or the agent skipped it. An agent
// who did not take a call pauses for Missed: missed says so.
func (a *Agent) Release(missed bool, at timex.Instant) (Change, error) {
	if a.State != Reserved {
		return Change{}, a.cannot("be released")
	}
	next := *a
	if missed && a.Then == "" {
		next.Then, next.ThenFor = Paused, Missed
	}
	c, err := next.after(at)
	if err == nil {
		*a = next
	}
	return c, err
}

// Join begins a conversation: of the try the agent is reserved for, or of one a
// ready agent gets without being reserved.
func (a *Agent) Join(try id.ID, at timex.Instant) (Change, error) {
	if try.IsZero() || a.State != Ready && (a.State != Reserved || a.Attempt != try) {
		return Change{}, a.cannot("be joined")
	}
	return a.with(try, Talking, at)
}

// HangUp ends the conversation; the writing up may last so long.
func (a *Agent) HangUp(wrapUp time.Duration, at timex.Instant) (Change, error) {
	if a.State != Talking {
		return Change{}, a.cannot("hang up")
	}
	c, err := a.with(a.Attempt, WrapUp, at)
	if err == nil {
		a.Until = at.Add(max(wrapUp, 0))
	}
	return c, err
}

// Done ends the writing up: the disposition is given, or its time is over.
func (a *Agent) Done(at timex.Instant) (Change, error) {
	if a.State != WrapUp {
		return Change{}, a.cannot("be done")
	}
	return a.after(at)
}

// WriteUntil lets the writing up end by itself at another instant.
func (a *Agent) WriteUntil(at timex.Instant) {
	if a.State == WrapUp {
		a.Until = at
	}
}

// IsLate tells whether the time for writing up is over.
func (a *Agent) IsLate(at timex.Instant) bool { return a.State == WrapUp && at >= a.Until }

// LogOut ends a stay. In a call it is asked for and comes after it: a change
// whose To is empty is none. A try the agent was reserved for needs another.
func (a *Agent) LogOut(at timex.Instant) (Change, error) {
	switch a.State {
	case Out:
		return Change{}, a.cannot("log out")
	case Talking:
		a.Then, a.ThenFor = Out, ""
		return Change{}, nil
	}
	return a.become(Out, at)
}

// after is what follows a call: what was asked for in it, else the agent is ready.
func (a *Agent) after(at timex.Instant) (Change, error) {
	to, reason := a.Then, a.ThenFor
	if to == "" {
		to = Ready
	}
	c, err := a.become(to, at)
	if err == nil {
		a.Reason = reason
	}
	return c, err
}

// with goes to a state of a try; what was asked for stays asked for.
func (a *Agent) with(try id.ID, to State, at timex.Instant) (Change, error) {
	then, reason := a.Then, a.ThenFor
	c, err := a.become(to, at)
	if err == nil {
		a.Attempt, a.Then, a.ThenFor = try, then, reason
	}
	return c, err
}

// become is every change: it ends one stretch and begins the next.
func (a *Agent) become(to State, at timex.Instant) (Change, error) {
	if at < a.Since {
		return Change{}, fault.New(fault.Invalid, "agent %s: %s at %s, and is %s since %s: time does not go back", a.User, to, at, a.State, a.Since)
	}
	c := Change{User: a.User, Seat: a.Seat, From: a.State, Since: a.Since, To: to, At: at, Reason: a.Reason, Attempt: a.Attempt}
	next := Agent{User: a.User, Seat: a.Seat, State: to, Since: at, Logged: a.Logged}
	if to == Out {
		next.Logged = 0
	}
	*a = next
	return c, nil
}

func (a *Agent) cannot(do string) error {
	return fault.New(fault.Conflict, "agent %s is %s and cannot %s", a.User, a.State, do)
}
