package dialer

import (
	"slices"

	"waihu/internal/calling/agent"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/lead"
	"waihu/internal/id"
	"waihu/internal/timex"
)

// Post is an agent as others see them: what they do, and the call they have.
type Post struct {
	agent.Agent
	Gone  timex.Instant    // not heard of since; zero: there
	Call  *attempt.Attempt // of Reserved, Talking and WrapUp
	Lead  *lead.Lead       // of it
	Shown bool             // the call waits for the agent's choice
	By    timex.Instant    // shown: dialed by itself then; zero: never
	Said  *Disposed        // what the agent has chosen, and can still change; nil: nothing
	Notes string           // that were written of the call
	Ahead int              // of Ready: who gets calls before them
	Of    string           // who helps: the agent whose call it is
	With  []string         // agents who help in the call, in the order they came
}

// Post is that of an agent; false: nobody of that name is logged in.
func (e *Engine) Post(user string) (Post, bool) {
	s := e.agents[user]
	if s == nil {
		return Post{}, false
	}
	p := Post{Agent: s.Agent, Gone: s.gone, Ahead: max(slices.Index(e.ready, s), 0)}
	c := s.call
	if c == nil && s.helps != nil {
		if c = s.helps; c.seat != nil {
			p.Of = c.seat.User
		}
	}
	if c != nil {
		try, who := c.Attempt, c.lead.Clone()
		p.Call, p.Lead, p.Shown, p.By = &try, &who, c.shown, c.until
		if s.call != nil { // who helps has nothing to say of it
			p.Said, p.Notes = c.chosen, c.notes
		}
		for _, o := range e.helped(s.call) {
			p.With = append(p.With, o.User)
		}
	}
	return p, true
}

// Ready are the agents who can take a call now, who waits longest first.
func (e *Engine) Ready() []agent.Agent {
	out := make([]agent.Agent, len(e.ready))
	for i, s := range e.ready {
		out[i] = s.Agent
	}
	return out
}

// Users are those who are logged in, in the order they came.
func (e *Engine) Users() []string {
	out := make([]string, len(e.seats))
	for i, s := range e.seats {
		out[i] = s.User
	}
	return out
}

// Try is one that is open; false: there is none of that name.
func (e *Engine) Try(try id.ID) (attempt.Attempt, bool) {
	c := e.calls[try]
	if c == nil {
		return attempt.Attempt{}, false
	}
	return c.Attempt, true
}

// Open is how many tries are.
func (e *Engine) Open() int { return len(e.calls) }

// Unanswered are the tries that were decided or dialed and that nobody answered yet.
func (e *Engine) Unanswered() (out []attempt.Attempt) {
	for _, c := range e.order {
		if c.Answered.IsZero() && !c.taking && c.State != attempt.Ended {
			out = append(out, c.Attempt)
		}
	}
	return out
}
