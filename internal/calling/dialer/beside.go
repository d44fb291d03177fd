package dialer

import (
	"waihu/internal/calling/agent"
	"waihu/internal/calling/attempt"
	"waihu/internal/fault"
)

// An agent who helps speaks in the call of another, who keeps it: the try, its
// disposition and its writing up stay theirs. Who helps is talking, and free again when
// they leave, when the call is over, or when it becomes theirs (Passed).

// help lets an agent who is ready, and whose telephone is there, join the conversation of
// another.
func (e *Engine) help(v Helped) error {
	s, t, err := e.pair(v.User, v.To)
	if err != nil {
		return err
	}
	if s.State != agent.Talking || s.call == nil || !t.waits() {
		return fault.New(fault.Conflict, "agent %s is %s and agent %s is %s: talking and ready, with a telephone, were expected", v.User, s.State, v.To, t.State)
	}
	change, err := t.Join(s.call.ID, e.now)
	if err == nil {
		t.helps = s.call
	}
	return e.changed(t, change, err)
}

// helped are those who help in a call, in the order they came.
func (e *Engine) helped(c *call) (out []*seat) {
	for _, s := range e.seats {
		if s.helps == c && c != nil {
			out = append(out, s)
		}
	}
	return out
}

// unhelp lets an agent go who helps: nothing is to be written up.
func (e *Engine) unhelp(s *seat) error {
	s.helps = nil
	change, err := s.HangUp(0, e.now)
	if err := e.changed(s, change, err); err != nil {
		return err
	}
	change, err = s.Done(e.now)
	return e.changed(s, change, err)
}

// leaves takes an agent who helps off a call that goes on.
func (e *Engine) leaves(s *seat) error {
	e.do(Leave{Try: s.helps.ID, Agent: s.User})
	return e.unhelp(s)
}

// helpersGo lets everybody go who helps in a call that is over or that its agent is off.
// With a call that is over their legs have left the line already.
func (e *Engine) helpersGo(c *call) error {
	for _, s := range e.helped(c) {
		do := e.leaves
		if c.State == attempt.Ended {
			do = e.unhelp
		}
		if err := do(s); err != nil {
			return err
		}
	}
	return nil
}
