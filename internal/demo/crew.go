package demo

import (
	"math/rand/v2"
	"time"

	"waihu/internal/calling/agent"
	"waihu/internal/calling/attempt"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// toldFor is how long before now the told calling began, and longestTry how long one of
// its calls lasts at most, with writing it up.
const (
	toldFor    = 75 * time.Minute
	longestTry = 4 * time.Minute
)

// toldCrew are the agents whose calling is told: one call after the other, each in the
// state they were in.
type toldCrew struct {
	members  []*toldAgent
	sessions []usage.Fact
}

// toldAgent is one of them; they wait for a call since some time, and have the next when
// they are free.
type toldAgent struct {
	user  string
	since timex.Instant
	free  timex.Instant
}

// logIn logs the crew of a firm in: a while ago, but not in a month that is closed.
func (t *teller) logIn(c *Customer) *toldCrew {
	from := max(t.upTo, t.thisMonth().Start(c.Calling.Zone))
	w := &toldCrew{}
	for n, user := range []string{"anna", "bo", "chen", "dora"} {
		since := from.Add(time.Duration(n) * 20 * time.Second)
		w.members = append(w.members, &toldAgent{user, since, since.Add(5 * time.Second)})
	}
	return w
}

// next is who is free first.
func (w *toldCrew) next() *toldAgent {
	first := w.members[0]
	for _, m := range w.members[1:] {
		if m.free < first.free {
			first = m
		}
	}
	return first
}

// worked is a try that is over: who had the conversation waited for it, talked and wrote
// it up until the moment that is given; nobody has one that nobody answered.
func (w *toldCrew) worked(m *toldAgent, a *attempt.Attempt, rng *rand.Rand) timex.Instant {
	m.free = a.Ended.Add(time.Duration(5+rng.IntN(20)) * time.Second)
	if a.Joined.IsZero() {
		return a.Ended
	}
	written := a.Ended.Add(time.Duration(5+rng.IntN(15)) * time.Second)
	w.was(m, agent.Ready, a.Joined)
	w.was(m, agent.Talking, a.Ended)
	w.was(m, agent.WrapUp, written)
	m.free = written.Add(time.Duration(5+rng.IntN(20)) * time.Second)
	return written
}

// was ends a state of an agent, as a floor does.
func (w *toldCrew) was(m *toldAgent, state agent.State, until timex.Instant) {
	change := agent.Change{User: m.user, Seat: "agent", From: state, Since: m.since, At: until}
	if s, is := change.Session("waihu"); is {
		w.sessions = append(w.sessions, &s)
	}
	m.since = until
}
