// Package retention says how long a recording is kept, and when it may be
// deleted. It is pure: what it decides about lies in files (voice/vault) and is
// known to the books (app).
//
// It owns the rules: the longest of them counts, time is only ever added, and a
// legal hold stops the clock's effect for as long as it lasts. It does not own
// deleting.
//
// What always holds: nothing is due before its time, nor while anybody holds it;
// what was deleted keeps its digest, its length and the reason, so that it can be
// shown that it was there and why it is not.
package retention

import (
	"time"

	"waihu/internal/fault"
	"waihu/internal/timex"
)

// Bounds of what is kept about one recording.
const (
	MaxDays   = 36_500 // a hundred years
	MaxRules  = 16
	MaxHolds  = 16
	MaxReason = 2_000 // characters
)

// Rule is a reason to keep recordings for some days: a law, a contract, a
// campaign.
type Rule struct {
	Name string `json:"name"`
	Days int    `json:"days"`
}

// Hold stops deleting until it is released: a dispute, a court.
type Hold struct {
	Name   string        `json:"name"` // unique among those of a recording
	Reason string        `json:"reason"`
	Since  timex.Instant `json:"since"`
}

// State is what became of a recording.
type State string

const (
	Open    State = "open"    // being recorded, or its end was never told
	Kept    State = "kept"    // whole, with its digest
	Leaving State = "leaving" // it is being deleted and can be read no more
	Deleted State = "deleted"
)

// Terms are how long a recording is kept.
type Terms struct {
	State State         `json:"state"`
	Made  timex.Instant `json:"made"` // when it began
	Rules []Rule        `json:"rules"`
	Until timex.Instant `json:"until"` // from then on it may be deleted
	Holds []Hold        `json:"holds,omitempty"`
	Gone  timex.Instant `json:"gone,omitzero"` // when it was decided to delete it
	Why   string        `json:"why,omitempty"`
}

// Begin is the terms of a recording that begins now: the longest rule counts, in
// days of 24 hours. No rule, or one that makes no sense, is of kind Invalid.
func Begin(now timex.Instant, rules []Rule) (Terms, error) {
	t := Terms{State: Open, Made: now}
	return t, t.Add(rules...)
}

// Add adds rules; they can lengthen the time and never shorten it.
func (t *Terms) Add(rules ...Rule) error {
	if len(rules) == 0 || len(t.Rules)+len(rules) > MaxRules {
		return fault.New(fault.Invalid, "%d rules of retention beside %d; expected at least one, and at most %d in all", len(rules), len(t.Rules), MaxRules)
	}
	for _, r := range rules {
		if r.Name == "" || len(r.Name) > MaxReason || r.Days < 0 || r.Days > MaxDays {
			return fault.New(fault.Invalid, "a rule of retention needs a name and 0 to %d days; %q has %d", MaxDays, fault.Shorten(r.Name, 40), r.Days)
		}
	}
	if err := t.here(); err != nil {
		return err
	}
	for _, r := range rules {
		t.Rules = append(t.Rules, r)
		t.Until = max(t.Until, t.Made.Add(time.Duration(r.Days)*24*time.Hour))
	}
	return nil
}

// here refuses what comes too late.
func (t *Terms) here() error {
	if t.State == Leaving || t.State == Deleted {
		return fault.New(fault.Conflict, "the recording was deleted at %s: %s", t.Gone, t.Why)
	}
	return nil
}

// Hold keeps it from being deleted until the hold of this name is released.
func (t *Terms) Hold(h Hold) error {
	if h.Name == "" || h.Reason == "" || len(h.Name) > MaxReason || len(h.Reason) > MaxReason {
		return fault.New(fault.Invalid, "a hold needs a name and a reason of at most %d characters", MaxReason)
	}
	if err := t.here(); err != nil {
		return err
	}
	for _, o := range t.Holds {
		if o.Name == h.Name {
			return fault.New(fault.Conflict, "the recording is held by %q already", fault.Shorten(h.Name, 40))
		}
	}
	if len(t.Holds) == MaxHolds {
		return fault.New(fault.Conflict, "the recording is held %d times, which is the most", MaxHolds)
	}
	t.Holds = append(t.Holds, h)
	return nil
}

// Release ends the hold of a name.
func (t *Terms) Release(name string) error {
	for i, h := range t.Holds {
		if h.Name == name {
			t.Holds = append(t.Holds[:i:i], t.Holds[i+1:]...)
			return nil
		}
	}
	return fault.New(fault.NotFound, "nothing called %q holds the recording", fault.Shorten(name, 40))
}

// longest is how long a call may be recorded, with room to spare: what is open for
// longer than that is of a process that ended.
const longest = 24 * time.Hour

// Due tells whether it may be deleted now.
func (t *Terms) Due(now timex.Instant) bool {
	over := t.State == Kept || t.State == Open && now >= t.Made.Add(longest)
	return over && len(t.Holds) == 0 && now >= t.Until
}

// Drop decides that a recording goes that was begun and in which nothing is: the
// call had no sound, or the disk failed (lost). One that is more than begun is of kind Conflict.
func (t *Terms) Drop(now timex.Instant, lost bool) error {
	switch {
	case t.State != Open:
		return fault.New(fault.Conflict, "it is %s: only one that was begun can be dropped", t.State)
	case len(t.Holds) > 0:
		return fault.New(fault.Conflict, "the recording is held: %s", fault.Shorten(t.Holds[0].Reason, 200))
	}
	t.State, t.Gone, t.Why = Leaving, now, "nothing was recorded: the call had no sound"
	if lost {
		t.Why = "nothing was recorded: the disk could not be written to"
	}
	return nil
}

// Delete decides that it goes. What is not due is of kind Conflict and says why.
func (t *Terms) Delete(now timex.Instant, why string) error {
	switch {
	case t.State == Leaving || t.State == Deleted:
		return t.here()
	case why == "" || len(why) > MaxReason:
		return fault.New(fault.Invalid, "deleting needs a reason of at most %d characters", MaxReason)
	case len(t.Holds) > 0:
		return fault.New(fault.Conflict, "the recording is held: %s", fault.Shorten(t.Holds[0].Reason, 200))
	case !t.Due(now):
		return fault.New(fault.Conflict, "the recording must be kept until %s", t.Until)
	}
	t.State, t.Gone, t.Why = Leaving, now, why
	return nil
}
