package dialer

import (
	"cmp"
	"slices"

	"waihu/internal/calling/campaign"
	"waihu/internal/calling/pacing"
	"waihu/internal/fault"
	"waihu/internal/timex"
)

// offered takes in the leads of a list. One that is held or in a try already is
// passed over: it was read before that was kept.
func (e *Engine) offered(v Offered) error {
	i := slices.IndexFunc(e.lists, func(l *listed) bool { return l.id == v.List })
	if i < 0 {
		return nil // of a list the campaign had when it asked
	}
	l := e.lists[i]
	l.asked = false
	if v.Exhausted {
		l.notTill = e.now.Add(FetchWait)
		if v.Again > e.now {
			l.notTill = min(v.Again, e.now.Add(FetchMost))
		}
	}
	before := len(l.held)
	for _, c := range v.Leads {
		if len(l.held) == MaxOffered {
			return fault.New(fault.Invalid, "campaign %q: more than %d leads of a list were offered", e.plan.Name, MaxOffered)
		}
		if c.Lead.List != v.List || !c.Lead.State.Waits() || e.taken[c.Lead.ID] {
			continue
		}
		e.taken[c.Lead.ID] = true
		l.held = append(l.held, c)
	}
	if len(l.held) == before { // nothing that is not at hand already
		l.notTill = max(l.notTill, e.now.Add(FetchWait))
	}
	return nil
}

// atHand is how many leads are kept at hand.
func (e *Engine) atHand() int {
	n := 6 * len(e.agents)
	if e.plan.Mode.Alone() {
		n = max(n, 2*cmp.Or(e.plan.Rate.Channels, campaign.DefaultChannels))
	}
	return min(max(20, n), MaxAhead)
}

// arrange fills the order of dialing from the lists, as they are mixed.
func (e *Engine) arrange() {
	has := func(i int) bool { return len(e.lists[i].held) > 0 }
	for len(e.ahead) < e.atHand() {
		i := e.mixer.Next(has)
		if i < 0 {
			return
		}
		l := e.lists[i]
		e.ahead = append(e.ahead, &next{Candidate: l.held[0]})
		l.held = slices.Delete(l.held, 0, 1)
	}
}

// fetch asks for leads where few are left.
func (e *Engine) fetch() {
	if !e.isRunning() || len(e.agents) == 0 && !e.plan.Mode.Alone() {
		return
	}
	for _, l := range e.lists {
		if !l.asked && len(l.held) < e.atHand()/2 && e.now >= l.notTill {
			l.asked = true
			e.do(Fetch{List: l.id, Want: min(e.atHand()+len(e.taken), MaxOffered)}) // those at hand are among the first that are due
		}
	}
}

// forbidden takes a lead out: one that is not in a try yet is dropped, one that
// rings is taken back, one who is spoken to is forbidden at the end.
func (e *Engine) forbidden(v Forbidden) error {
	e.drop(v)
	for _, c := range slices.Clone(e.order) {
		if c.Lead != v.Lead {
			continue
		}
		if err := c.lead.Forbid(v.Rule); err != nil {
			return err
		}
		e.keep(c)
		if c.shown {
			e.putBack(c, v.Rule, 0)
		} else if c.Answered.IsZero() {
			e.takeBack(c)
		}
	}
	return nil
}

func (e *Engine) drop(v Forbidden) {
	if !e.taken[v.Lead] {
		return
	}
	gone := func(c Candidate) bool { return c.Lead.ID == v.Lead }
	for _, l := range e.lists {
		l.held = slices.DeleteFunc(l.held, gone)
	}
	e.ahead = slices.DeleteFunc(e.ahead, func(n *next) bool { return gone(n.Candidate) })
	delete(e.taken, v.Lead)
}

// chanceAge is how long a lead's chance is believed before it is worked out again.
const chanceAge = 30_000_000 // microseconds

// chances are those of the first leads, in their order.
func (e *Engine) chances(out []float64) []float64 {
	for _, n := range e.ahead {
		if n.at.IsZero() || e.now-n.at > chanceAge {
			facts := facts(&n.Candidate, e.now)
			n.chance, n.at = e.cfg.Pacer.Laws.Chance(&facts), e.now
		}
		out = append(out, n.chance)
	}
	return out
}

// facts are what answers are learned by.
func facts(c *Candidate, at timex.Instant) pacing.Lead {
	f := pacing.Lead{Attempt: c.Lead.Attempts + 1, Area: c.Area, Last: c.Lead.Outcome}
	if c.Zone != nil {
		t := at.In(c.Zone)
		f.Hour, f.Weekday = t.Hour(), int(t.Weekday())
	}
	return f
}

// takeNext is the first lead that may be dialed now, for an agent or (nil) for
// whoever will be free. Those that may not are let go and counted by rule: who
// keeps the lists offers them again when their time comes.
func (e *Engine) takeNext(s *seat) *next {
	for i := 0; i < len(e.ahead); {
		n := e.ahead[i]
		if a := n.Lead.Callback; a != nil && a.Agent != "" && (s == nil || a.Agent != s.User) {
			i++ // their own agent calls them
			continue
		}
		e.ahead = slices.Delete(e.ahead, i, i+1)
		delete(e.taken, n.Lead.ID)
		if rule := e.mayNot(n); rule != "" {
			e.denied[rule]++
			continue
		}
		return n
	}
	return nil
}

// mayNot names what keeps a lead from being dialed at this instant; empty: nothing.
func (e *Engine) mayNot(n *next) string {
	number := n.Lead.Next()
	switch {
	case number.IsZero():
		return "no_number"
	case n.Lead.Due > e.now:
		return "not_due"
	}
	rule, _ := e.cfg.Rules.May(&n.Candidate, number, e.now)
	return rule
}
