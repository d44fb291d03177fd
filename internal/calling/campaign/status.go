package campaign

import (
	"waihu/internal/fault"
	"waihu/internal/timex"
)

// State is where a campaign is.
type State string

const (
	Draft    State = "draft"
	Running  State = "running"
	Paused   State = "paused"
	Finished State = "finished"
	Archived State = "archived"
)

// States lists them in their order.
func States() []State { return []State{Draft, Running, Paused, Finished, Archived} }

// Cause is why a campaign is paused, as far as a program can tell.
type Cause string

const (
	ByPerson Cause = "person"
	ByBudget Cause = "budget" // its budget, a spending limit or a balance
	ByRule   Cause = "rule"   // a rule of a pack: abandonment, for one
	ByTrunk  Cause = "trunk"  // no trunk may carry its calls
	ByAgents Cause = "agents" // nobody is logged in
	BySystem Cause = "system" // anything else
)

// Choices lists them.
func (Cause) Choices() []string {
	return []string{"person", "budget", "rule", "trunk", "agents", "system"}
}

// Status is the state with who brought it about, when and why.
type Status struct {
	State State         `json:"state"`
	Since timex.Instant `json:"since"`
	By    string        `json:"by,omitempty"`    // a user or key; empty: the system
	Cause Cause         `json:"cause,omitempty"` // of Paused
	Why   string        `json:"why,omitempty"`   // words, or the name of a rule
	First timex.Instant `json:"first,omitzero"`  // it ran for the first time
}

// MaxWhy bounds the words of a reason, in bytes.
const MaxWhy = 500

// Start lets a campaign run. Its plan must have no problem.
func (c *Campaign) Start(by string, at timex.Instant) error {
	if c.Status.State != Draft && c.Status.State != Paused {
		return c.cannot("be started")
	}
	if err := c.Problems().Err(); err != nil {
		return err
	}
	return c.become(Status{State: Running, Since: at, By: by})
}

// Pause stops dialing; calls under way go on.
func (c *Campaign) Pause(by string, cause Cause, why string, at timex.Instant) error {
	if c.Status.State != Running {
		return c.cannot("be paused")
	}
	if cause == "" || why == "" || len(why) > MaxWhy {
		return fault.New(fault.Invalid, "pausing a campaign: a cause was expected, and 1 to %d bytes that say why", MaxWhy)
	}
	return c.become(Status{State: Paused, Since: at, By: by, Cause: cause, Why: why})
}

// Resume starts what the system paused for a cause that is gone. What a person
// paused, only a person starts.
func (c *Campaign) Resume(cause Cause, at timex.Instant) error {
	if c.Status.State != Paused || c.Status.Cause != cause || cause == ByPerson {
		return fault.New(fault.Conflict, "campaign %q is %s by %s: only what the system paused for %s can be resumed by it", c.Name, c.Status.State, c.Status.Cause, cause)
	}
	return c.Start("", at)
}

// Finish ends a campaign for good.
func (c *Campaign) Finish(by, why string, at timex.Instant) error {
	if c.Status.State != Running && c.Status.State != Paused {
		return c.cannot("be finished")
	}
	return c.become(Status{State: Finished, Since: at, By: by, Why: fault.Shorten(why, MaxWhy)})
}

// Archive puts away what was finished or never started.
func (c *Campaign) Archive(by string, at timex.Instant) error {
	if c.Status.State != Draft && c.Status.State != Finished {
		return c.cannot("be archived")
	}
	return c.become(Status{State: Archived, Since: at, By: by})
}

// CanChange tells whether the plan may be changed: while it runs as well, but
// not once it is finished.
func (c *Campaign) CanChange() error {
	if c.Status.State == Finished || c.Status.State == Archived {
		return c.cannot("be changed")
	}
	return nil
}

func (c *Campaign) become(s Status) error {
	if s.Since < c.Status.Since {
		return fault.New(fault.Invalid, "campaign %q: %s at %s, and it is %s since %s: time does not go back", c.Name, s.State, s.Since, c.Status.State, c.Status.Since)
	}
	if s.First = c.Status.First; s.State == Running && s.First.IsZero() {
		s.First = s.Since
	}
	c.Status = s
	return nil
}

func (c *Campaign) cannot(do string) error {
	return fault.New(fault.Conflict, "campaign %q is %s and cannot %s", c.Name, c.Status.State, do)
}
