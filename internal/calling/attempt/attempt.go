package attempt

import (
	"time"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// State is how far a try has come.
type State string

const (
	Decided  State = "decided"  // it is kept and not yet dialed
	Dialing  State = "dialing"  // the trunk was asked
	Ringing  State = "ringing"  // it rings, or early sound is heard
	Answered State = "answered" // picked up; nobody speaks to them yet
	Talking  State = "talking"  // with an agent, a robot or a message
	Ended    State = "ended"    // the line is free; the disposition is missing
	Closed   State = "closed"   // it has its disposition
	Withheld State = "withheld" // decided and then not dialed, by a rule
)

// States lists them in their order.
func States() []State {
	return []State{Decided, Dialing, Ringing, Answered, Talking, Ended, Closed, Withheld}
}

// Open tells whether a try still has something before it.
func (s State) Open() bool { return s != Closed && s != Withheld }

// Attempt is one try. It is kept whenever its state changes.
type Attempt struct {
	ID       id.ID        `json:"id,omitzero"`
	Campaign id.ID        `json:"campaign"`
	List     id.ID        `json:"list"`
	Lead     id.ID        `json:"lead"`
	Number   phone.Number `json:"number"`
	CallerID phone.Number `json:"caller_id,omitempty"`
	Trunk    string       `json:"trunk,omitempty"`
	Mode     usage.Mode   `json:"mode,omitempty"`
	Ordinal  int          `json:"ordinal"`         // of this lead: 1, 2, ...
	Agent    string       `json:"agent,omitempty"` // decided for, or joined with
	Call     string       `json:"call,omitempty"`  // identifier of its fact in usage

	State    State         `json:"state"`
	Decided  timex.Instant `json:"decided"`
	Dialed   timex.Instant `json:"dialed,omitzero"`
	Rang     timex.Instant `json:"rang,omitzero"`
	Answered timex.Instant `json:"answered,omitzero"`
	Joined   timex.Instant `json:"joined,omitzero"` // somebody or something speaks to them
	Ended    timex.Instant `json:"ended,omitzero"`
	Closed   timex.Instant `json:"closed,omitzero"` // or withheld

	Result      usage.Result     `json:"result,omitempty"`
	AnsweredBy  usage.AnsweredBy `json:"answered_by,omitempty"`
	SIP         int              `json:"sip,omitempty"`   // last status of the carrier
	Cause       int              `json:"cause,omitempty"` // Q.850
	Rule        string           `json:"rule,omitempty"`  // what withheld it
	Disposition string           `json:"disposition,omitempty"`
	Flags       Flags            `json:"flags,omitzero"` // of the disposition, as it was then
	Notes       string           `json:"notes,omitempty"`
	By          string           `json:"by,omitempty"` // who gave the disposition: an agent, or system

	Wish    Wish   `json:"wish,omitzero"`     // chosen before the end
	Pressed string `json:"pressed,omitempty"` // keys of the called person, the last MaxPressed
	Inbound bool   `json:"inbound,omitempty"` // they called back
	Billed  int64  `json:"billed,omitempty"`  // seconds of its fact in usage; 0: not told
}

// Wish is a disposition that was chosen while the try went on. It is kept as soon as
// it is said, so that no crash loses it.
type Wish struct {
	Code   string        `json:"code,omitempty"`
	Flags  Flags         `json:"flags,omitzero"`
	Notes  string        `json:"notes,omitempty"`
	By     string        `json:"by,omitempty"` // an agent, ByKeys or ByDialogue
	At     timex.Instant `json:"at,omitzero"`  // of a callback
	Zone   string        `json:"zone,omitempty"`
	Agent  string        `json:"agent,omitempty"` // the callback is theirs alone
	Number phone.Number  `json:"number,omitempty"`
}

// Who besides agents says what a try came to.
const (
	ByKeys     = "keys"     // the called person, by pressing keys
	ByDialogue = "dialogue" // a dialogue server
)

// Final tells whether the called person said it themselves, so that it holds at once
// and not only from the end of the call on.
func (w *Wish) Final() bool { return w.By == ByKeys || w.By == ByDialogue }

// MaxPressed bounds the keys of a try that are kept.
const MaxPressed = 64

// Press notes a key.
func (a *Attempt) Press(key string) {
	a.Pressed += key
	a.Pressed = a.Pressed[max(0, len(a.Pressed)-MaxPressed):]
}

// MaxNotes bounds what an agent writes, in bytes.
const MaxNotes = 4000

// System is By where nobody chose.
const System = "system"

// Decide begins a try at an instant. It is to be kept before it is dialed.
func (a *Attempt) Decide(at timex.Instant) error {
	if a.State != "" {
		return a.cannot("be decided")
	}
	if a.ID.IsZero() || a.Campaign.IsZero() || a.Lead.IsZero() || a.Number.IsZero() || a.Ordinal < 1 {
		return fault.New(fault.Invalid, "a try needs an identifier, a campaign, a lead, a number and an ordinal from 1 on")
	}
	a.State, a.Decided = Decided, at
	return nil
}

// Withhold ends a try that was decided and may not be dialed after all.
func (a *Attempt) Withhold(rule string, at timex.Instant) error {
	if a.State != Decided {
		return a.cannot("be withheld")
	}
	if rule == "" {
		return fault.New(fault.Invalid, "what withholds a try was expected: the name of a rule")
	}
	return a.step(Withheld, at, &a.Closed, func() { a.Rule = rule })
}

// Dial tells that a trunk was asked.
func (a *Attempt) Dial(at timex.Instant) error {
	if a.State != Decided {
		return a.cannot("be dialed")
	}
	return a.step(Dialing, at, &a.Dialed, nil)
}

// Ring tells that it rings. Carriers say so more than once: the first counts.
func (a *Attempt) Ring(at timex.Instant) error {
	if a.State == Ringing {
		return nil
	}
	if a.State != Dialing {
		return a.cannot("ring")
	}
	return a.step(Ringing, at, &a.Rang, nil)
}

// Answer tells that it was picked up, by whom or what if that is known.
func (a *Attempt) Answer(by usage.AnsweredBy, at timex.Instant) error {
	if a.State != Dialing && a.State != Ringing {
		return a.cannot("be answered")
	}
	return a.step(Answered, at, &a.Answered, func() { a.Result, a.AnsweredBy = usage.Answered, by })
}

// Join tells that somebody or something speaks to them; agent is empty for a
// robot or a message.
// An agent may come to who hears a message or a robot.
func (a *Attempt) Join(agent string, at timex.Instant) error {
	if a.State == Talking && agent != "" && a.Agent == "" {
		a.Agent = agent
		return nil
	}
	if a.State != Answered {
		return a.cannot("be joined")
	}
	return a.step(Talking, at, &a.Joined, func() {
		if agent != "" {
			a.Agent = agent
		}
	})
}

// End tells that the line is free. result is what an unanswered try came to and
// not looked at for one that was answered; SIP status and Q.850 cause may be 0.
func (a *Attempt) End(result usage.Result, sip, cause int, at timex.Instant) error {
	switch a.State {
	case Dialing, Ringing:
		if result == "" || result == usage.Answered {
			return fault.New(fault.Invalid, "a try that nobody answered ended as %q: busy, no_answer, rejected, unassigned, congestion, canceled or failed was expected", result)
		}
	case Answered, Talking:
		result = usage.Answered
	default:
		return a.cannot("end")
	}
	return a.step(Ended, at, &a.Ended, func() { a.Result, a.SIP, a.Cause = result, sip, cause })
}

// Seconds are those the line was answered, as usage counts them: a part of one is a whole.
func (a *Attempt) Seconds() int64 {
	if a.Billed > 0 || a.Answered.IsZero() || a.Ended.IsZero() {
		return a.Billed
	}
	return int64((a.Ended.Sub(a.Answered) + time.Second - 1) / time.Second)
}

// IsAbandoned tells whether a person answered and nobody and nothing spoke to
// them. One nobody knows about is taken for a person.
func (a *Attempt) IsAbandoned() bool {
	return !a.Answered.IsZero() && a.Joined.IsZero() && !a.Ended.IsZero() && a.AnsweredBy != usage.Machine && a.AnsweredBy != usage.Fax
}

// Proposed is the code the system gives where no agent chooses: of an answered
// try that had an agent it is NoCode.
func (a *Attempt) Proposed() string {
	switch {
	case a.Result != usage.Answered:
		return CodeOf(a.Result)
	case a.IsAbandoned():
		return Abandoned
	case a.AnsweredBy == usage.Machine || a.AnsweredBy == usage.Fax:
		return ByMachine
	case a.Agent == "":
		return Message
	}
	return NoCode
}

// Dispose closes an ended try. A disposition with Notes needs some.
func (a *Attempt) Dispose(d Disposition, notes, by string, at timex.Instant) error {
	if a.State != Ended {
		return a.cannot("have a disposition")
	}
	if d.Code == "" || by == "" || len(notes) > MaxNotes || d.Notes && notes == "" {
		return fault.New(fault.Invalid, "disposition %q by %q with %d bytes of notes: a code, who chose it and at most %d bytes were expected, and notes where the disposition asks for them", d.Code, by, len(notes), MaxNotes)
	}
	return a.step(Closed, at, &a.Closed, func() {
		a.Disposition, a.Flags, a.Notes, a.By = d.Code, d.Flags, notes, by
	})
}

// Lose closes a try the system lost sight of, after a crash, from wherever it
// was, and gives what it came to: what somebody had chosen already, else Lost. One
// that was decided and never dialed is closed as well, and counts: nobody can tell
// whether the trunk was asked.
func (a *Attempt) Lose(at timex.Instant) (d Disposition, err error) {
	if !a.State.Open() || a.State == "" {
		return d, a.cannot("be lost")
	}
	at = max(at, a.latest())
	if a.State == Decided {
		a.State, a.Dialed = Dialing, at
	}
	if a.State != Ended {
		if err := a.End(usage.Failed, 0, 0, at); err != nil {
			return d, err
		}
	}
	d, _ = Find(nil, Lost)
	notes, by := "", System
	if w := &a.Wish; w.Code != "" {
		d, notes, by = Disposition{Code: w.Code, Flags: w.Flags}, w.Notes, w.By
	}
	return d, a.Dispose(d, notes, by, at)
}

// step goes to a state at an instant that is not before the last.
func (a *Attempt) step(to State, at timex.Instant, mark *timex.Instant, also func()) error {
	if last := a.latest(); at < last {
		return fault.New(fault.Invalid, "try %s: %s at %s, and its last change was at %s: time does not go back", a.ID, to, at, last)
	}
	a.State, *mark = to, at
	if also != nil {
		also()
	}
	return nil
}

func (a *Attempt) latest() timex.Instant {
	return max(a.Decided, a.Dialed, a.Rang, a.Answered, a.Joined, a.Ended, a.Closed)
}

func (a *Attempt) cannot(do string) error {
	state := a.State
	if state == "" {
		state = "not begun"
	}
	return fault.New(fault.Conflict, "try %s is %s and cannot %s", a.ID, state, do)
}
