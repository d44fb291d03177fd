package dialer

import (
	"cmp"
	"slices"
	"time"

	"waihu/internal/calling/agent"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/lead"
	"waihu/internal/calling/pacing"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// called takes in what happened to a call.
func (e *Engine) called(ev Event) error {
	switch v := ev.(type) {
	case Dialed:
		return e.with(v.Try, func(c *call) error {
			c.Trunk, c.Call = v.Trunk, v.Call
			return c.Dial(e.now)
		})
	case Withheld:
		return e.with(v.Try, func(c *call) error {
			if c.State != attempt.Decided {
				return fault.New(fault.Conflict, "try %s was dialed: it cannot be withheld", c.ID)
			}
			due := v.Again
			if due.IsZero() {
				due = e.now.Add(TrunkWait)
			}
			e.denied[v.Rule]++
			e.putBack(c, "", due)
			return nil
		})
	case Rings:
		return e.with(v.Try, func(c *call) error { return c.Ring(e.now) })
	case Answered:
		return e.with(v.Try, e.answered)
	case Told:
		return e.with(v.Try, func(c *call) error { return e.tell(c, v.By) })
	case Parted:
		return e.with(v.Try, e.part)
	case Unjoined:
		return e.with(v.Try, e.unjoined)
	case Pressed:
		return e.with(v.Try, func(c *call) error { return e.press(c, v.Key) })
	case Said:
		return e.with(v.Try, func(c *call) error {
			switch {
			case c.said:
				e.do(Hang{Try: c.ID})
			case c.alone != nil && c.seat == nil && c.State == attempt.Talking:
				e.saidAlone(c)
			}
			return nil
		})
	case ForAgent:
		return e.with(v.Try, func(c *call) error {
			if c.alone == nil || !c.alone.robot || c.alone.queue || c.seat != nil || c.State != attempt.Talking {
				return fault.New(fault.Conflict, "try %s is in no dialogue", c.ID)
			}
			e.ask(c)
			return nil
		})
	case Asked:
		return e.with(v.Try, func(c *call) error { return e.asked(c, v.Answers) })
	case Came, Left, NotTaken: // nothing of the dialer's changes
		return nil
	case Settled:
		return e.with(v.Try, func(c *call) error { return e.settle(c, v.Wish) })
	case Spoken:
		return e.with(v.Try, e.spoken)
	case AgentUp:
		return e.with(v.Try, e.agentUp)
	case AgentDown:
		return e.with(v.Try, e.agentDown)
	case Over:
		return e.with(v.Try, func(c *call) error { return e.over(c, v) })
	}
	return fault.New(fault.Internal, "the dialer knows no event %T", ev)
}

func (e *Engine) with(try id.ID, f func(*call) error) error {
	c := e.calls[try]
	if c == nil {
		return fault.New(fault.NotFound, "try %s is none of campaign %q that is open", try, e.plan.Name)
	}
	e.keep(c)
	return f(c)
}

// answered is somebody or something that picked up.
func (e *Engine) answered(c *call) error {
	if c.State == attempt.Decided { // the news of dialing came behind
		if err := c.Dial(e.now); err != nil {
			return err
		}
	}
	if err := c.Answer("", e.now); err != nil {
		return err
	}
	if !e.cfg.Detects || e.plan.Mode == campaign.Manual || e.plan.Mode == campaign.Preview || e.plan.Mode == campaign.TwoLegs { // there the agent listens
		return e.tell(c, usage.Person)
	}
	return nil
}

// tell is who answered. A person waits for an agent; a machine is let go.
func (e *Engine) tell(c *call, by usage.AnsweredBy) error {
	if c.State != attempt.Answered || c.told {
		return nil // too late to change anything
	}
	c.told, c.AnsweredBy = true, by
	if e.plan.Mode.Alone() && c.seat == nil {
		return e.meet(c, by)
	}
	if by == usage.Machine || by == usage.Fax {
		e.learn(c, pacing.Machine, c.Attempt.Answered)
		e.do(Hang{Try: c.ID})
		return nil
	}
	c.person = e.now
	e.learn(c, pacing.Person, c.Attempt.Answered)
	e.cfg.Ledger.Answer(e.dayNumber())
	e.waiting = append(e.waiting, c)
	return nil
}

// serve gives those who wait to agents: their own first, then whoever is free.
func (e *Engine) serve() {
	for i := 0; i < len(e.waiting); {
		c := e.waiting[i]
		s := c.seat
		if s == nil {
			if s = e.freeFor(c); s == nil {
				i++
				continue
			}
		}
		change, err := s.Join(c.ID, e.now)
		if e.changed(s, change, err) != nil || c.Join(s.User, e.now) != nil {
			i++
			continue
		}
		c.seat, s.call, c.alone = s, c, nil
		e.waiting = slices.Delete(e.waiting, i, i+1)
		e.keep(c)
		e.do(Join{Try: c.ID, Agent: s.User})
	}
}

// unjoined is an agent who could not be connected: they pause, and the call ends,
// since somebody heard nothing for too long.
func (e *Engine) unjoined(c *call) error {
	if c.State != attempt.Talking || c.seat == nil || c.missed || c.parted {
		return nil
	}
	c.missed, c.seat.Then, c.seat.ThenFor = true, agent.Paused, agent.Missed
	if !c.Inbound {
		e.abandoned()
	}
	e.do(Hang{Try: c.ID})
	return nil
}

// abandoned counts a person nobody spoke to.
func (e *Engine) abandoned() { e.cfg.Ledger.Abandon(e.dayNumber()) }

func (e *Engine) dayNumber() int { return int(e.day) }

// deadline is when something is done about a call by the clock; zero: never.
func (e *Engine) deadline(c *call) timex.Instant {
	switch c.State {
	case attempt.Decided:
		if c.shown {
			return c.until
		}
	case attempt.Dialing, attempt.Ringing:
		if !c.taking {
			return c.Dialed.Add(e.ring() + RingGrace)
		}
	case attempt.Answered:
		if !c.told {
			return c.Attempt.Answered.Add(DetectionWait)
		}
		if slices.Contains(e.waiting, c) {
			return c.person.Add(e.patience(c))
		}
	case attempt.Talking:
		if c.alone != nil && c.seat == nil {
			return c.alone.until
		}
	case attempt.Ended:
		if c.alone != nil {
			return c.alone.until
		}
	}
	return 0
}

// expire does what is due by the clock.
func (e *Engine) expire() {
	for _, c := range slices.Clone(e.order) {
		if at := e.deadline(c); at.IsZero() || e.now < at {
			continue
		}
		switch c.State {
		case attempt.Decided:
			if c.legs {
				_ = e.agentDown(c) // nobody picked up in time
				continue
			}
			_ = e.sendShown(c) // one that may not be dialed is put back, which is all there is to do
		case attempt.Talking:
			e.quiet(c)
		case attempt.Dialing, attempt.Ringing:
			e.takeBack(c)
		case attempt.Answered:
			e.outOfPatience(c)
		case attempt.Ended:
			_ = e.spoken(c) // as good as said: it is too late
		}
	}
	for _, s := range slices.Clone(e.seats) {
		if s.IsLate(e.now) {
			_ = e.wroteUp(s, attempt.System)
		}
		switch {
		case s.gone.IsZero():
		case e.now >= s.gone.Add(GoneWait):
			e.away(s)
		case s.State == agent.Ready && e.now >= s.gone.Add(AwayWait):
			c, err := s.Pause(agent.Gone, e.now)
			_ = e.changed(s, c, err) // who is ready can pause
		}
	}
}

// outOfPatience is somebody nobody came to: an answer that was not told apart counts
// as a person; a person is told the message of the campaign, or let go.
func (e *Engine) outOfPatience(c *call) {
	e.keep(c)
	if !c.told {
		_ = e.tell(c, usage.Person) // an answered call that is not told apart can always be
		return
	}
	if c.seat == nil && e.free() != nil {
		return // serve has an agent for them
	}
	if c.Inbound {
		if c.Join("", e.now) == nil {
			c.alone = &alone{}
			e.noAgent(c)
		}
		return
	}
	e.waiting = slices.DeleteFunc(e.waiting, func(o *call) bool { return o == c })
	e.abandoned()
	if e.plan.Message == "" {
		e.do(Hang{Try: c.ID})
		return
	}
	if c.Join("", e.now) == nil {
		c.said = true
		e.do(Say{Try: c.ID, Prompt: e.plan.Message})
	}
}

// away is an agent who did not come back.
func (e *Engine) away(s *seat) {
	switch s.State {
	case agent.Talking:
		s.gone = e.now // the end of the call comes by Over
		e.do(Hang{Try: s.call.ID})
	default:
		_ = e.logOut(s.User)
	}
}

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
