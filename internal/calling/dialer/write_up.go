package dialer

import (
	"cmp"

	"waihu/internal/calling/agent"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/lead"
	"waihu/internal/fault"
)

// dispose is what an agent says a call came to.
func (e *Engine) dispose(v Disposed) error {
	s, err := e.seat(v.User)
	if err != nil {
		return err
	}
	c := s.call
	if c == nil || c.State != attempt.Talking && c.State != attempt.Ended {
		return fault.New(fault.Conflict, "agent %s has no call that a disposition belongs to", v.User)
	}
	d, known := attempt.Find(e.codes, v.Code)
	v.Notes = cmp.Or(v.Notes, c.notes)
	switch {
	case !known || d.Auto || d.Off:
		return fault.New(fault.Invalid, "there is no disposition %q that an agent may choose in campaign %q", v.Code, e.plan.Name)
	case d.Notes && v.Notes == "" || len(v.Notes) > attempt.MaxNotes:
		return fault.New(fault.Invalid, "disposition %q: notes of 1 to %d bytes were expected", v.Code, attempt.MaxNotes)
	case d.Flags.Callback && (v.Callback == nil || v.Callback.At <= e.now || v.Callback.Zone == ""):
		return fault.New(fault.Invalid, "disposition %q: an instant after now and its zone were expected", v.Code)
	}
	c.chosen, c.notes = &v, v.Notes
	if s.State == agent.WrapUp && !v.Kept {
		return e.wroteUp(s, s.User)
	}
	s.WriteUntil(min(s.late, e.now.Add(UndoWait)))
	e.wish(c, d, &v)
	return nil
}

// retract takes back what was chosen: the call is to be written up as before.
func (e *Engine) retract(user string) error {
	s, err := e.seat(user)
	if err != nil {
		return err
	}
	c := s.call
	if c == nil || c.chosen == nil || s.State != agent.Talking && s.State != agent.WrapUp {
		return fault.New(fault.Conflict, "agent %s has chosen nothing that can be taken back", user)
	}
	c.chosen, c.Wish = nil, attempt.Wish{}
	s.WriteUntil(s.late)
	e.keep(c)
	return nil
}

// noted is what the agent has written of the call until now: it goes with the call to
// whoever has it next, and is closed with it.
func (e *Engine) noted(v Noted) error {
	s, err := e.seat(v.User)
	switch {
	case err != nil:
		return err
	case s.call == nil:
		return fault.New(fault.Conflict, "agent %s has no call to take notes of", v.User)
	case len(v.Notes) > attempt.MaxNotes:
		return fault.New(fault.Invalid, "notes of at most %d bytes were expected", attempt.MaxNotes)
	}
	c := s.call
	if c.notes = v.Notes; c.chosen != nil && c.Wish.By == c.chosen.User {
		c.Wish.Notes = cmp.Or(c.notes, c.chosen.Notes)
		e.keep(c)
	}
	return nil
}

// wroteUp ends the writing up with what was chosen, else with no code: by is who ended it.
func (e *Engine) wroteUp(s *seat, by string) error {
	c := s.call
	if c == nil {
		return fault.New(fault.Conflict, "agent %s has nothing to write up", s.User)
	}
	if v := c.chosen; v != nil { // notes it cannot be without may have been wiped out since
		return e.written(s, v.Code, cmp.Or(c.notes, v.Notes), v.User, v.Callback)
	}
	return e.written(s, attempt.NoCode, c.notes, by, nil)
}

// wish keeps what was chosen before the end, so that no crash loses it.
func (e *Engine) wish(c *call, d attempt.Disposition, v *Disposed) {
	c.Wish = attempt.Wish{Code: d.Code, Flags: d.Flags, Notes: v.Notes, By: v.User}
	if a := v.Callback; a != nil && d.Flags.Callback {
		c.Wish.At, c.Wish.Zone, c.Wish.Agent, c.Wish.Number = a.At, a.Zone, a.Agent, a.Number
	}
	e.keep(c)
}

// written closes the call an agent writes up, and lets the agent go on.
func (e *Engine) written(s *seat, code, notes, by string, callback *lead.Appointment) error {
	c := s.call
	if c == nil || s.State != agent.WrapUp {
		return fault.New(fault.Conflict, "agent %s has nothing to write up", s.User)
	}
	e.cfg.Pacer.Laws.Wrapped(e.now.Sub(s.Since).Seconds())
	c.seat, s.call = nil, nil
	change, err := s.Done(e.now)
	if err := e.changed(s, change, err); err != nil {
		return err
	}
	if c.State == attempt.Talking { // it goes on without them
		c.chosen = &Disposed{User: by, Code: code, Notes: notes, Callback: callback}
		if d, known := attempt.Find(e.codes, code); known {
			e.wish(c, d, c.chosen)
		}
		return nil
	}
	return e.close(c, code, notes, by, callback)
}

// close gives a try its disposition and its lead the outcome.
func (e *Engine) close(c *call, code, notes, by string, callback *lead.Appointment) error {
	d, ok := attempt.Find(e.codes, code)
	if !ok {
		return fault.New(fault.Internal, "try %s: there is no disposition %q", c.ID, code)
	}
	if err := c.Dispose(d, notes, by, e.now); err != nil {
		return err
	}
	e.keep(c)
	e.forget(c)
	return c.lead.Conclude(lead.Outcome{At: e.now, Attempt: c.ID, Result: c.Result, SIP: c.SIP, Cause: c.Cause, Disposition: d, Callback: callback, Inbound: c.Inbound}, &e.plan.Retry)
}
