package dialer

import (
	"slices"
	"strings"
	"time"

	"waihu/internal/calling/agent"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/pacing"
	"waihu/internal/fault"
	"waihu/internal/phone"
	"waihu/internal/timex"
)

// dial places what may be placed now.
func (e *Engine) dial() {
	if !e.isRunning() || e.present() == 0 && !e.plan.Mode.Alone() {
		for _, c := range slices.Clone(e.order) {
			if c.shown {
				e.putBack(c, "", e.now)
			} else if c.Answered.IsZero() {
				e.takeBack(c)
			}
		}
		if e.paced = (pacing.Why{}); e.present() == 0 {
			e.paced.Reason = pacing.ByAgents
		}
		return
	}
	e.arrange()
	e.callbacks()
	switch e.plan.Mode {
	case campaign.Preview, campaign.TwoLegs:
		e.forEachReady(true)
	case campaign.Progressive:
		e.forEachReady(false)
	case campaign.Predictive:
		e.pace()
	case campaign.Broadcast, campaign.Robot:
		e.flood()
	}
}

// present are the agents who are logged in and not paused.
func (e *Engine) present() (n int) {
	for _, s := range e.seats {
		if s.State != agent.Paused {
			n++
		}
	}
	return n
}

// callbacks give agents the leads that wait for them alone.
func (e *Engine) callbacks() {
	if e.plan.Mode == campaign.Manual {
		return
	}
	for i := 0; i < len(e.ahead); i++ {
		n := e.ahead[i]
		if a := n.Lead.Callback; a == nil || a.Agent == "" {
			continue
		} else if s := e.agents[a.Agent]; s == nil || !s.waits() || s.leavingBy(e.now) || e.room() == 0 || e.mayNot(n) != "" {
			continue
		} else if taken := e.takeFor(s, i); taken != nil {
			i--
		}
	}
}

// takeFor begins the try of the lead at a place for an agent.
func (e *Engine) takeFor(s *seat, i int) *call {
	n := e.ahead[i]
	e.ahead = slices.Delete(e.ahead, i, i+1)
	delete(e.taken, n.Lead.ID)
	return e.begin(n, s, e.plan.Mode == campaign.Preview || e.plan.Mode == campaign.TwoLegs)
}

// forEachReady begins a try for each agent who waits: shown first, or dialed at once.
func (e *Engine) forEachReady(shown bool) {
	e.paced = pacing.Why{Agents: e.present(), Ready: len(e.ready), Reason: pacing.ByAgents}
	for _, s := range slices.Clone(e.ready) {
		if s.leavingBy(e.now) {
			e.paced.Reason = pacing.ByLeaving
			continue
		}
		if e.room() == 0 {
			e.paced.Reason = e.capped()
			return
		}
		n := e.takeNext(s)
		if n == nil {
			e.paced.Reason = pacing.ByLeads
			continue
		}
		e.begin(n, s, shown)
	}
}

// room is how many dials the caps still allow.
func (e *Engine) room() int {
	n := MaxTries - len(e.calls)
	for _, c := range []int{e.caps.Channels, e.caps.Starts, e.caps.Attempts} {
		if c >= 0 {
			n = min(n, c)
		}
	}
	return max(n, 0)
}

// capped names the cap that leaves no room.
func (e *Engine) capped() pacing.Reason {
	switch {
	case e.caps.Attempts == 0:
		return pacing.ByBudget
	case e.caps.Channels == 0:
		return pacing.ByChannels
	case e.caps.Starts == 0:
		return pacing.ByRate
	}
	return pacing.ByBounds
}

// pace asks how many dials the risk allows, and which are to be taken back.
func (e *Engine) pace() {
	s := pacing.State{Now: e.now.Time(), Waiting: len(e.waiting), Caps: pacing.Caps(e.caps), Ledger: e.cfg.Ledger}
	for _, a := range e.seats {
		if a.gone.IsZero() || a.State == agent.Talking {
			s.Agents = append(s.Agents, a.paced())
		}
	}
	dials := e.flying()
	for _, c := range dials {
		s.Dials = append(s.Dials, c.paced())
	}
	s.Next = e.chances(nil)
	d := e.cfg.Pacer.Decide(&s)
	e.paced = d.Why
	for _, i := range d.Cancel {
		e.takeBack(dials[i])
	}
	for range min(d.Place, e.room()) {
		n := e.takeNext(nil)
		if n == nil {
			return
		}
		e.begin(n, nil, false)
	}
}

// flying are the dials that may still be answered by somebody who wants an agent.
func (e *Engine) flying() (dials []*call) {
	for _, c := range e.order {
		if c.seat == nil && !c.taking && !c.said && (c.Answered.IsZero() || !c.told) && c.State != attempt.Ended {
			dials = append(dials, c)
		}
	}
	return dials
}

// Soon is when the agents who are ready get their next call, in the order of Ready; those
// of whom it cannot be said are left out at the end. Where each dial is placed for an
// agent, nobody who is ready has one coming.
func (e *Engine) Soon() []pacing.Range {
	if e.plan.Mode != campaign.Predictive {
		return nil
	}
	s := pacing.State{Now: e.now.Time()}
	for _, c := range e.flying() {
		s.Dials = append(s.Dials, c.paced())
	}
	return e.cfg.Pacer.Soon(&s, len(e.ready), e.isRunning() && e.goesOn())
}

// goesOn tells whether what ends will be replaced by other dials.
func (e *Engine) goesOn() bool {
	switch e.paced.Reason {
	case pacing.ByBudget, pacing.ByClosing, pacing.ByLeaving, pacing.ByAgents, pacing.ByBounds:
		return false
	}
	return len(e.ahead) > 0 || slices.ContainsFunc(e.lists, func(l *listed) bool { return len(l.held) > 0 })
}

// paced is an agent as pacing sees it.
func (s *seat) paced() pacing.Agent {
	a := pacing.Agent{Since: s.Since.Time()}
	if !s.leaves.IsZero() {
		a.Leaves = s.leaves.Time()
	}
	switch s.State {
	case agent.Ready:
		a.Status = pacing.Ready
	case agent.Reserved:
		a.Status = pacing.Reserved
	case agent.Talking:
		a.Status = pacing.Talking
	case agent.WrapUp:
		a.Status = pacing.WrapUp
	default:
		a.Status = pacing.Paused
	}
	if s.Then != "" && a.Leaves.IsZero() { // a pause or the end was asked for
		a.Leaves = s.Since.Time()
	}
	return a
}

func (c *call) paced() pacing.Dial {
	d := pacing.Dial{Placed: c.Decided.Time(), Chance: c.chance}
	if !c.Rang.IsZero() {
		d.Ringing = c.Rang.Time()
	}
	if !c.Answered.IsZero() {
		d.Answered = c.Answered.Time()
	}
	return d
}

// begin decides a try of a lead, for an agent or for whoever will be free. Nothing
// is dialed before that is kept.
func (e *Engine) begin(n *next, s *seat, shown bool) *call {
	try, err := e.cfg.NewTry(e.now)
	if err != nil {
		return nil
	}
	c := &call{lead: n.Lead.Clone(), facts: facts(&n.Candidate, e.now), shown: shown, zone: n.Zone}
	c.chance = e.cfg.Pacer.Laws.Chance(&c.facts)
	number := c.lead.Next()
	c.Attempt = attempt.Attempt{ID: try, Campaign: e.cfg.Campaign, List: c.lead.List, Lead: c.lead.ID, Number: number, CallerID: e.callerID(number),
		Mode: e.plan.Mode.Usage(), Ordinal: c.lead.Attempts + 1}
	if s != nil {
		c.Agent = s.User
	}
	early := s != nil && c.lead.Callback != nil && c.lead.Callback.Agent == s.User
	if err := c.Decide(e.now); err != nil {
		return nil
	}
	if err := c.lead.Begin(try, number, e.now, early); err != nil {
		return nil
	}
	if s != nil {
		change, err := s.Reserve(try, e.now)
		if e.changed(s, change, err) != nil {
			return nil
		}
		c.seat, s.call = s, c
	}
	e.calls[try] = c
	e.order = append(e.order, c)
	e.taken[c.Lead] = true
	e.keep(c)
	if !shown {
		e.send(c)
		return c
	}
	if e.plan.Mode == campaign.TwoLegs {
		c.legs, c.until = true, e.now.Add(e.ring()+RingGrace)
		e.do(CallAgent{Try: try, Agent: s.User, Ring: e.ring()})
		return c
	}
	if e.plan.PreviewFor > 0 {
		c.until = e.now.Add(time.Duration(e.plan.PreviewFor) * time.Second)
	}
	e.do(Show{Agent: s.User, Try: try, Until: c.until})
	return c
}

// send dials a try that is decided.
func (e *Engine) send(c *call) {
	c.shown, c.legs, c.until = false, false, 0
	d := Dial{Try: c.ID, Number: c.Number, CallerID: c.CallerID, Ring: e.ring()}
	if c.seat != nil {
		d.Agent = c.seat.User
	}
	e.shown[c.CallerID]++
	e.sent = append(e.sent, c)
	for _, left := range []*int{&e.caps.Channels, &e.caps.Starts, &e.caps.Attempts} {
		if *left > 0 {
			*left--
		}
	}
	e.do(d)
}

func (e *Engine) ring() time.Duration {
	if e.plan.RingSeconds > 0 {
		return time.Duration(e.plan.RingSeconds) * time.Second
	}
	return campaign.DefaultRing * time.Second
}

// callerID is the number to show to another: of those for the longest beginning of
// it that have calls left today the one shown least. Zero: the trunk's own.
func (e *Engine) callerID(to phone.Number) phone.Number {
	best, long := -1, -1
	text := strings.TrimPrefix(to.String(), "+")
	for i, n := range e.plan.CallerIDs {
		begins := strings.TrimPrefix(n.For, "+")
		if !strings.HasPrefix(text, begins) || n.Daily > 0 && e.shown[n.Number] >= n.Daily {
			continue
		}
		if len(begins) > long || len(begins) == long && e.shown[n.Number] < e.shown[e.plan.CallerIDs[best].Number] {
			best, long = i, len(begins)
		}
	}
	if best < 0 {
		return 0
	}
	return e.plan.CallerIDs[best].Number
}

// choose is what an agent said to a lead that was shown.
func (e *Engine) choose(v Chosen) error {
	s, err := e.seat(v.User)
	if err != nil {
		return err
	}
	c := s.call
	if c == nil || !c.shown || c.legs {
		return fault.New(fault.Conflict, "agent %s is shown no lead", v.User)
	}
	if !v.Dial {
		e.putBack(c, "", e.now.Add(SkipWait))
		return nil
	}
	return e.sendShown(c)
}

// sendShown dials a lead that was shown, if it may still be dialed at this instant.
func (e *Engine) sendShown(c *call) error {
	probe := Candidate{Lead: c.lead.Clone(), Area: c.facts.Area}
	if rule, again := e.cfg.Rules.May(&probe, c.Number, e.now); rule != "" {
		e.denied[rule]++
		e.putBack(c, "", max(again, e.now.Add(SkipWait)))
		return fault.New(fault.Conflict, "%s may not be called now: %s", c.Number, rule)
	}
	if e.room() == 0 {
		return fault.New(fault.Conflict, "no call can be made now: %s", e.capped())
	}
	e.send(c)
	return nil
}

// want is a lead that an agent dials by hand.
func (e *Engine) want(v Wanted) error {
	s, err := e.seat(v.User)
	switch {
	case err != nil:
		return err
	case !e.isRunning():
		return fault.New(fault.Conflict, "campaign %q is %s and dials nobody", e.plan.Name, e.plan.Status.State)
	case s.State != agent.Ready:
		return fault.New(fault.Conflict, "agent %s is %s: ready was expected", v.User, s.State)
	case !s.waits():
		return fault.New(fault.Conflict, "the telephone of agent %s is away", v.User)
	case e.room() == 0:
		return fault.New(fault.Conflict, "no call can be made now: %s", e.capped())
	}
	for _, c := range e.calls {
		if c.Lead == v.Lead.Lead.ID {
			return fault.New(fault.Conflict, "lead %s is being called", c.Lead)
		}
	}
	e.drop(Forbidden{Lead: v.Lead.Lead.ID})
	n := &next{Candidate: v.Lead}
	if rule := e.mayNot(n); rule != "" {
		e.denied[rule]++
		return fault.New(fault.Conflict, "lead %s may not be called now: %s", v.Lead.Lead.ID, rule)
	}
	if e.begin(n, s, e.plan.Mode == campaign.TwoLegs) == nil {
		return fault.New(fault.Conflict, "lead %s cannot be called: it is %s", v.Lead.Lead.ID, v.Lead.Lead.State)
	}
	return nil
}

// putBack ends a try that was never dialed; the lead is due again at an instant.
func (e *Engine) putBack(c *call, rule string, due timex.Instant) {
	why := rule
	if why == "" {
		why = "put_back"
	}
	if c.Withhold(why, e.now) != nil || c.lead.Withhold(c.ID, rule, due) != nil {
		return
	}
	e.keep(c)
	e.forget(c)
	if s := c.seat; s != nil {
		c.seat, s.call = nil, nil
		change, err := s.Release(false, e.now)
		_ = e.changed(s, change, err) // a reserved agent can always be released
	}
}

// takeBack cancels a dial nobody answered.
func (e *Engine) takeBack(c *call) {
	if c.taking || !c.Answered.IsZero() || !c.Ended.IsZero() {
		return
	}
	c.taking = true
	e.do(Cancel{Try: c.ID})
}

// forget lets go of a try that is over.
func (e *Engine) forget(c *call) {
	delete(e.calls, c.ID)
	delete(e.taken, c.Lead)
	if i := slices.Index(e.order, c); i >= 0 {
		e.order = slices.Delete(e.order, i, i+1)
	}
	e.teach()
}
