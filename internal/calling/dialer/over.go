package dialer

import (
	"cmp"
	"slices"
	"time"

	"waihu/internal/calling/attempt"
	"waihu/internal/calling/lead"
	"waihu/internal/calling/pacing"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// over is a line that is free.
func (e *Engine) over(c *call, v Over) error {
	if c.State == attempt.Decided {
		if err := c.Dial(e.now); err != nil {
			return err
		}
	}
	waited := slices.Contains(e.waiting, c)
	talked := c.State == attempt.Talking && c.seat != nil
	if v.Result == "" || v.Result == usage.Answered && c.Attempt.Answered.IsZero() {
		v.Result = usage.Failed
	}
	if c.taking && v.Result == usage.Canceled && e.now >= c.Dialed.Add(e.ring()) {
		v.Result = usage.NoAnswer // it was let ring as long as any
	}
	if err := c.End(v.Result, v.SIP, v.Cause, e.now); err != nil {
		return err
	}
	c.Billed = v.Seconds
	e.waiting = slices.DeleteFunc(e.waiting, func(o *call) bool { return o == c })
	if err := e.helpersGo(c); err != nil {
		return err
	}
	switch {
	case c.Inbound: // nobody was dialed: no law and no ledger is about it
	case c.Attempt.Answered.IsZero():
		e.unanswered(c)
	case !c.told && e.plan.Mode.Alone() && c.seat == nil:
		e.learn(c, pacing.Person, c.Attempt.Answered)
	case !c.told: // they hung up before anything knew who they were
		e.learn(c, pacing.Person, c.Attempt.Answered)
		e.cfg.Ledger.Answer(e.dayNumber())
		e.abandoned()
	case waited: // they hung up before an agent came
		e.abandoned()
	}
	switch {
	case c.parted && c.seat != nil: // the agent is writing up
		return nil
	case c.parted:
		return e.close(c, c.chosen.Code, c.chosen.Notes, c.chosen.User, c.chosen.Callback)
	}
	if talked {
		return e.talked(c)
	}
	if a := c.alone; a != nil {
		if a.waited = waited; a.robot && !a.spoken {
			a.until = e.now.Add(SpokenWait)
			return nil
		}
		return e.closeAlone(c)
	}
	if s := c.seat; s != nil {
		c.seat, s.call = nil, nil
		change, err := s.Release(false, e.now)
		if err := e.changed(s, change, err); err != nil {
			return err
		}
	}
	code := c.Proposed()
	if c.said {
		code = attempt.Abandoned // a message is no conversation
	}
	if w := &c.Wish; w.Code != "" {
		return e.close(c, w.Code, w.Notes, w.By, lead.Wished(w))
	}
	return e.close(c, code, "", attempt.System, nil)
}

// unanswered learns from a dial nobody answered. That a trunk failed tells nothing
// about people.
func (e *Engine) unanswered(c *call) {
	switch c.Result {
	case usage.Canceled:
		e.learn(c, pacing.Cancelled, e.now)
	case usage.Busy, usage.NoAnswer, usage.Rejected, usage.Unassigned:
		e.learn(c, pacing.Nobody, e.now)
	}
}

// part takes the agent, or the dialogue, off a call that goes on.
func (e *Engine) part(c *call) error {
	if a := c.alone; a != nil && a.robot && c.seat == nil && !a.queue {
		a.until = 0 // a dialogue handed it on: they talk as long as they like
	}
	if c.State != attempt.Talking || c.seat == nil || c.parted {
		return nil
	}
	c.parted = true
	if err := e.helpersGo(c); err != nil {
		return err
	}
	return e.talked(c)
}

// talked is a conversation that is over: the agent writes up. What they chose during it
// can be taken back for a moment, or is final.
func (e *Engine) talked(c *call) error {
	s := c.seat
	e.cfg.Pacer.Laws.Talked(e.now.Sub(c.Joined).Seconds())
	wrap := time.Duration(cmp.Or(e.plan.WrapUp, 60)) * time.Second
	change, err := s.HangUp(wrap, e.now)
	if err := e.changed(s, change, err); err != nil {
		return err
	}
	s.late = s.Until
	switch v := c.chosen; {
	case c.missed:
		return e.written(s, attempt.Abandoned, "", attempt.System, nil)
	case v == nil:
	case v.Kept:
		s.WriteUntil(min(s.late, e.now.Add(UndoWait)))
	default:
		return e.wroteUp(s, s.User)
	}
	return nil
}

// learn notes how a dial ended, once.
func (e *Engine) learn(c *call, o pacing.Outcome, at timex.Instant) {
	began := cmp.Or(c.Dialed, c.Decided)
	c.report = &pacing.Attempt{Lead: c.facts, At: at.Time(), Chance: c.chance, Outcome: o, Seconds: at.Sub(began).Seconds()}
	e.teach()
}

// teach tells the laws how dials ended, in the order in which they were placed: answers
// come sooner than the lack of one, and where many were placed at once the laws would
// believe first that everybody answers, and then that nobody does.
func (e *Engine) teach() {
	for len(e.sent) > 0 && (e.sent[0].report != nil || e.calls[e.sent[0].ID] == nil) { // who is over without one tells nothing
		if r := e.sent[0].report; r != nil {
			e.cfg.Pacer.Laws.Attempted(r)
		}
		e.sent = e.sent[1:]
	}
}
