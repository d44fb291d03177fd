package dialer

import (
	"slices"

	"waihu/internal/calling/agent"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
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
