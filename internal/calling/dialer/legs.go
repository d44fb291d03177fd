package dialer

import (
	"cmp"
	"time"

	"waihu/internal/calling/agent"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/fault"
	"waihu/internal/usage"
)

// OwnerWait is how long somebody who calls back waits for the agent whose customer
// they are, before any other may take the call.
const OwnerWait = 15 * time.Second

// agentUp dials the customer once the agent has picked up, if they may still be
// dialed at this instant.
func (e *Engine) agentUp(c *call) error {
	if !c.legs || c.State != attempt.Decided {
		return nil // it was put back meanwhile
	}
	return e.sendShown(c)
}

// agentDown puts back a lead whose agent did not pick up; the agent pauses.
func (e *Engine) agentDown(c *call) error {
	if !c.legs || c.State != attempt.Decided {
		return nil
	}
	if s := c.seat; s != nil && s.Then == "" {
		s.Then, s.ThenFor = agent.Paused, agent.Missed
	}
	e.putBack(c, "", e.now)
	return nil
}

// What people who call back are told where the plan names no prompt.
const (
	SaidNobody = "nobody"
	SaidClosed = "closed"
)

// cameIn is somebody who was called and calls back: they wait for the agent whose
// customer they are, then for anybody; at a closed hour, and where nobody is logged in,
// they hear so and are called.
func (e *Engine) cameIn(v CameIn) error {
	if e.calls[v.Try] != nil || len(e.calls) >= MaxTries {
		return fault.New(fault.Conflict, "try %s is open already, or %d others are", v.Try, MaxTries)
	}
	for _, o := range e.order {
		if o.Lead == v.Lead.Lead.ID {
			return fault.New(fault.Conflict, "lead %s is being called at this moment", o.Lead)
		}
	}
	c := &call{lead: v.Lead.Lead.Clone(), facts: facts(&v.Lead, e.now), zone: v.Lead.Zone, told: true, person: e.now}
	c.Attempt = attempt.Attempt{ID: v.Try, Campaign: e.cfg.Campaign, List: c.lead.List, Lead: c.lead.ID, Number: v.Number, CallerID: v.To, Mode: usage.Manual, Ordinal: c.lead.Attempts + 1, Inbound: true}
	for _, step := range []func() error{
		func() error { return c.Decide(e.now) },
		func() error { return c.lead.Receive(v.Try, v.Number) },
		func() error { return c.Dial(e.now) },
		func() error { return c.Answer(usage.Person, e.now) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	e.drop(Forbidden{Lead: c.Lead})
	e.calls[v.Try] = c
	e.order = append(e.order, c)
	e.taken[c.Lead] = true
	e.keep(c)
	if !v.Closed && len(e.seats) > 0 {
		e.waiting = append(e.waiting, c)
		return nil
	}
	if err := c.Join("", e.now); err != nil {
		return err
	}
	c.alone = &alone{}
	if !v.Closed {
		e.noAgent(c)
		return nil
	}
	e.callBack(c, campaign.DefaultCallback*time.Minute, "called back at a closed hour")
	e.bye(c, cmp.Or(e.plan.Menu.Closed, SaidClosed))
	return nil
}

// freeFor is an agent who can take somebody who waits: the one who waits longest. Who
// calls back is their own agent's first, if that one is logged in.
func (e *Engine) freeFor(c *call) *seat {
	owner := e.agents[c.lead.Owner]
	if !c.Inbound || owner == nil || owner.State == agent.Paused {
		return e.free()
	}
	if owner.waits() {
		return owner
	}
	if e.now < c.person.Add(OwnerWait) {
		return nil
	}
	return e.free()
}

// patience is how long somebody waits for an agent.
func (e *Engine) patience(c *call) time.Duration {
	if c.Inbound {
		return max(e.queueWait(), e.cfg.Patience)
	}
	return e.cfg.Patience
}
