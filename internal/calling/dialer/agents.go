package dialer

import (
	"slices"

	"waihu/internal/calling/agent"
	"waihu/internal/calling/attempt"
	"waihu/internal/fault"
	"waihu/internal/timex"
)

func (e *Engine) seat(user string) (*seat, error) {
	s := e.agents[user]
	if s == nil {
		return nil, fault.New(fault.NotFound, "agent %s is not logged in to campaign %q", user, e.plan.Name)
	}
	return s, nil
}

// changed notes a change of an agent and keeps the order of those who wait.
func (e *Engine) changed(s *seat, c agent.Change, err error) error {
	if err != nil || c.To == "" {
		return err
	}
	e.out.Changes = append(e.out.Changes, c)
	e.line(s)
	if s.State == agent.Out {
		delete(e.agents, s.User)
		e.seats = slices.DeleteFunc(e.seats, func(o *seat) bool { return o == s })
	}
	return nil
}

// waits tells whether a call may be sent to an agent: ready, and not away.
func (s *seat) waits() bool { return s.State == agent.Ready && s.gone.IsZero() }

// line keeps the order of those who wait: by when they were ready, so that who was away
// for a moment has their place again.
func (e *Engine) line(s *seat) {
	i := slices.Index(e.ready, s)
	switch {
	case s.waits() && i < 0:
		at := len(e.ready)
		for at > 0 && e.ready[at-1].Since > s.Since {
			at--
		}
		e.ready = slices.Insert(e.ready, at, s)
	case !s.waits() && i >= 0:
		e.ready = slices.Delete(e.ready, i, i+1)
	}
}

func (e *Engine) logIn(v LoggedIn) error {
	if v.User == "" || e.agents[v.User] != nil || len(e.agents) == MaxAgents {
		return fault.New(fault.Conflict, "agent %q cannot log in: is logged in already, or %d others are", v.User, MaxAgents)
	}
	s := &seat{Agent: agent.New(v.User, v.Seat), leaves: v.Leaves, barred: v.Barred}
	c, err := s.LogIn(e.now)
	if err == nil {
		if s.barred {
			s.Reason = agent.Forced
		}
		e.agents[v.User] = s
		e.seats = append(e.seats, s)
	}
	return e.changed(s, c, err)
}

func (e *Engine) isReady(user string) error {
	s, err := e.seat(user)
	switch {
	case err != nil:
		return err
	case s.barred:
		return fault.New(fault.Conflict, "agent %s was paused by a supervisor: a supervisor lets them go on", user)
	case s.State == agent.WrapUp && s.Then == "":
		return e.wroteUp(s, s.User)
	}
	c, err := s.Ready(e.now)
	if err == nil {
		s.gone = 0
	}
	return e.changed(s, c, err)
}

func (e *Engine) pause(v Pausing) error {
	s, err := e.seat(v.User)
	if err != nil {
		return err
	}
	if s.barred && !v.Forced {
		return fault.New(fault.Conflict, "agent %s was paused by a supervisor already", v.User)
	}
	c, err := s.Pause(v.Reason, e.now)
	if err == nil {
		s.barred = v.Forced
	}
	return e.changed(s, c, err)
}

// unbar ends what a supervisor's pause holds back. The agent stays paused until they say
// that they are ready: nobody is called for a chair that may be empty.
func (e *Engine) unbar(user string) error {
	s, err := e.seat(user)
	if err != nil || !s.barred {
		return err
	}
	s.barred = false
	switch {
	case s.State == agent.Paused:
		s.Reason = agent.Freed
	case s.Then == agent.Paused && s.ThenFor == agent.Forced:
		s.Then, s.ThenFor = "", ""
	}
	return nil
}

// logOut lets an agent go: in a conversation after it, else at once.
func (e *Engine) logOut(user string) error {
	s, err := e.seat(user)
	if err != nil {
		return err
	}
	switch s.State {
	case agent.WrapUp:
		if err := e.wroteUp(s, s.User); err != nil {
			return err
		}
	case agent.Reserved:
		if err := e.unreserve(s.call); err != nil {
			return err
		}
	}
	if e.agents[user] == nil { // gone with the end of the call, as was asked for
		return nil
	}
	c, err := s.LogOut(e.now)
	return e.changed(s, c, err)
}

// lost is an agent who is not heard of any more. A conversation is kept for a while, and
// who is ready stays so for a moment, without a call.
func (e *Engine) lost(user string) error {
	s, err := e.seat(user)
	if err != nil || !s.gone.IsZero() {
		return err
	}
	s.gone = e.now
	e.line(s)
	if s.helps != nil { // the call is another's, and goes on
		if err := e.leaves(s); err != nil {
			return err
		}
	}
	if s.State == agent.Reserved {
		return e.unreserve(s.call)
	}
	return nil
}

// back is an agent who is heard of again, and joined again with the call that was kept.
func (e *Engine) back(user string) error {
	s, err := e.seat(user)
	if err != nil || s.gone.IsZero() {
		return err
	}
	s.gone = 0
	e.line(s)
	if s.State == agent.Talking {
		e.do(Join{Try: s.call.ID, Agent: s.User})
	}
	return nil
}

// unreserve takes a try back from an agent it was reserved for. One that was only
// shown is put back; one that is ringing rings on if somebody else is free.
func (e *Engine) unreserve(c *call) error {
	s := c.seat
	c.seat, s.call = nil, nil
	if c.shown {
		e.putBack(c, "", e.now)
	} else if e.free() == nil {
		e.takeBack(c)
	}
	change, err := s.Release(false, e.now)
	return e.changed(s, change, err)
}

// free is an agent who can take a call now: the one who waits longest.
func (e *Engine) free() *seat {
	if len(e.ready) == 0 {
		return nil
	}
	return e.ready[0]
}

// hangUp ends the conversation of an agent.
func (e *Engine) hangUp(user string) error {
	s, err := e.seat(user)
	if err != nil {
		return err
	}
	if s.helps != nil {
		return e.leaves(s)
	}
	if s.call == nil || s.State == agent.WrapUp {
		return fault.New(fault.Conflict, "agent %s is in no call", user)
	}
	c := s.call
	if c.State == attempt.Talking {
		e.do(Hang{Try: c.ID})
		return nil
	}
	if c.shown {
		e.putBack(c, "", e.now.Add(SkipWait))
		return nil
	}
	e.takeBack(c)
	return nil
}

// pair are the seats of two agents, who must both be logged in.
func (e *Engine) pair(one, other string) (a, b *seat, err error) {
	if a, err = e.seat(one); err == nil {
		b, err = e.seat(other)
	}
	return a, b, err
}

// pass gives a conversation to another agent, who takes it at once, or is in it.
func (e *Engine) pass(v Passed) error {
	s, t, err := e.pair(v.User, v.To)
	if err != nil {
		return err
	}
	c := s.call
	inIt := t.helps != nil && t.helps == c
	if s.State != agent.Talking || c == nil || !t.waits() && !inIt {
		return fault.New(fault.Conflict, "agent %s is %s and agent %s is %s: talking and ready, with a telephone, were expected", v.User, s.State, v.To, t.State)
	}
	c.seat, s.call, t.helps, c.chosen, c.Wish = nil, nil, nil, nil, attempt.Wish{}
	for _, step := range []struct {
		of *seat
		do func() (agent.Change, error)
	}{
		{s, func() (agent.Change, error) { return s.HangUp(0, e.now) }},
		{s, func() (agent.Change, error) { return s.Done(e.now) }},
		{t, func() (agent.Change, error) {
			if inIt {
				return agent.Change{}, nil
			}
			return t.Join(c.ID, e.now)
		}},
	} {
		change, err := step.do()
		if err := e.changed(step.of, change, err); err != nil {
			return err
		}
	}
	c.seat, t.call, c.Agent = t, c, t.User
	e.keep(c)
	return nil
}

// leavingBy tells whether an agent takes no call any more.
func (s *seat) leavingBy(at timex.Instant) bool { return !s.leaves.IsZero() && at >= s.leaves }
