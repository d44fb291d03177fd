package pacing

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Pacer paces one campaign. It is not safe for use by several goroutines: the
// campaign's event loop owns it.
type Pacer struct {
	Laws *Laws // what was learned; a caller may carry it from day to day

	goal   Goal
	tables tables
	steer  steer
	crowd  crowd
	terms  []moments // chance of each dial in flight to be answered by each horizon
	old    []int     // dials that may be taken back
	gone   int       // agents who will be away at every horizon
	room   float64   // of the ledger, as it is expected
	beside float64   // how much less it surely is not
}

// Defaults of a goal.
const (
	defaultPatience  = 2 * time.Second
	defaultMinRing   = 15 * time.Second
	defaultRingLimit = 25 * time.Second
)

// New makes a pacer. Laws may be nil: learning starts from what is usual.
func New(goal Goal, laws *Laws) *Pacer {
	for _, d := range []struct {
		to    *time.Duration
		usual time.Duration
	}{{&goal.Patience, defaultPatience}, {&goal.MinRing, defaultMinRing}, {&goal.RingLimit, defaultRingLimit}} {
		if *d.to == 0 {
			*d.to = d.usual
		}
	}
	if laws == nil {
		laws = NewLaws(goal.RingLimit.Seconds())
	}
	p := &Pacer{Laws: laws, goal: goal}
	p.steer.level = math.Log(firstRisk)
	return p
}

// Decide says what to dial and what to take back now. Call it whenever something
// happened (an answer, a free agent, an end) and at least each second.
func (p *Pacer) Decide(s *State) Decision {
	var d Decision
	if len(s.Agents) > MaxAgents || len(s.Dials) > MaxDials {
		d.Why.Reason = ByBounds
		return d
	}
	p.tables.settle(p.Laws, s, p.goal.Patience.Seconds())
	p.gather(s, &d.Why)
	risk, spent := p.steer.allowed(s.Ledger, d.Why.Agents, p.Laws.Handling(), d.Why.Expected)
	d.Why.Allowed = risk
	p.room, p.beside = 0, 0
	if s.Ledger != nil {
		p.room, p.beside = s.Ledger.expects()
		d.Why.Room = p.room - p.beside
		if answered, abandoned := s.Ledger.Totals(); answered > 0 {
			d.Why.Abandoned = float64(abandoned) / float64(answered)
		}
	}
	by := ByRisk
	if spent {
		by = ByLedger
	}
	if most, bound := p.worth(s, risk); bound {
		d.Why.Allowed, by = most, ByCost
	}
	p.cancel(s, &d)
	p.place(s, &d, by)
	d.Why.InFlight = len(s.Dials) - len(d.Cancel) + d.Place
	d.Why.Horizon = time.Duration(p.tables.mean * float64(time.Second))
	return d
}

// gather adds all agents and dials to the crowd.
func (p *Pacer) gather(s *State, why *Why) {
	slots := 0
	for i := range s.Agents {
		a := &s.Agents[i]
		if a.Status != Paused {
			why.Agents++
		}
		if a.Status == Ready {
			why.Ready++
		}
		if a.Status != Paused || !a.Returns.IsZero() {
			slots++
		}
	}
	p.crowd.clear(slots)
	p.gone = 0
	p.crowd.doubt = p.Laws.doubts()
	for i := range s.Agents {
		p.agent(s, &s.Agents[i], why)
	}
	for j := range horizons {
		p.crowd.certain[j] += s.Waiting
	}
	p.terms = slices.Grow(p.terms[:0], len(s.Dials))[:len(s.Dials)]
	for i := range s.Dials {
		q, person := p.dial(s, &s.Dials[i])
		p.terms[i] = q
		why.Expected += person
		p.crowd.add(&q)
	}
}

// agent adds one agent: busy for others at a horizon with a chance.
func (p *Pacer) agent(s *State, a *Agent, why *Why) {
	var row *moments
	since := s.Now.Sub(a.Since).Seconds()
	switch a.Status {
	case Paused:
		if a.Returns.IsZero() {
			return
		}
	case Reserved:
		row = &p.tables.talking[0]
	case Talking:
		row = &p.tables.talking[ageRow(since)]
	case WrapUp:
		row = &p.tables.wrapped[ageRow(since)]
	}
	leaves, returns := 0.0, 0.0
	if !a.Leaves.IsZero() {
		leaves = a.Leaves.Sub(s.Now).Seconds()
	}
	if a.Status == Paused {
		returns = a.Returns.Sub(s.Now).Seconds() - p.goal.Patience.Seconds()
	}
	if !a.Leaves.IsZero() && leaves <= p.tables.at[0] || a.Status == Paused && returns > p.tables.at[horizons-1] {
		p.gone++
	}
	for j, h := range p.tables.at {
		switch {
		case !a.Leaves.IsZero() && leaves <= h, a.Status == Paused && returns > h:
			p.crowd.sure(j)
		case row != nil:
			p.crowd.addAt(j, row[j])
			p.crowd.frees[j] += 1 - row[j]
			why.Releases += (1 - row[j]) / horizons
		}
	}
}

// dial is the chance that a dial in flight wants an agent by each horizon, and
// that it will ever.
func (p *Pacer) dial(s *State, d *Dial) (q moments, person float64) {
	if !d.Answered.IsZero() {
		person = p.Laws.ring.person()
		for j := range q {
			q[j] = person
		}
		return q, person
	}
	b := ringBin(s.Now.Sub(d.Placed).Seconds())
	chance := min(max(d.Chance, 0), 1)
	all := chance*p.tables.persons[b] + (1-chance)*p.tables.others[b]
	if all <= never {
		return q, 0
	}
	scale := chance / all
	for j, v := range p.tables.answers[b] {
		q[j] = min(scale*v, 1)
	}
	return q, scale * p.tables.persons[b]
}

// How much likelier than a new dial may be an old one is allowed to find
// everybody busy before it is taken back, and the least risk that is worth it.
const (
	cancelTimes = 2
	cancelLeast = 0.03
)

// cancel takes dials back that would too likely find everybody busy, the
// youngest first: those whose phone does not ring yet, then those that rang long
// enough.
func (p *Pacer) cancel(s *State, d *Decision) {
	if p.goal.NoCancel || len(s.Dials) == 0 {
		return
	}
	limit, short := max(cancelTimes*d.Why.Allowed, cancelLeast), p.short(s, nil) > max(p.room, 0)
	if short {
		limit = min(limit, idle)
	}
	if p.crowd.most() <= limit {
		return
	}
	p.old = p.old[:0]
	for i := range s.Dials {
		if x := &s.Dials[i]; x.Answered.IsZero() && (x.Ringing.IsZero() || s.Now.Sub(x.Ringing) >= p.goal.MinRing) {
			p.old = append(p.old, i)
		}
	}
	slices.SortFunc(p.old, func(a, b int) int {
		return cmp.Or(s.Dials[b].Placed.Compare(s.Dials[a].Placed), cmp.Compare(s.Dials[a].Chance, s.Dials[b].Chance), cmp.Compare(a, b))
	})
	for _, i := range p.old {
		if !p.crowd.take(&p.terms[i]) {
			continue // as good as answered
		}
		if p.crowd.riskOf(&p.terms[i]) <= limit {
			p.crowd.add(&p.terms[i])
			continue
		}
		d.Cancel = append(d.Cancel, i)
		_, person := p.dial(s, &s.Dials[i])
		d.Why.Expected -= person
		if short && p.short(s, nil) <= max(p.room, 0) {
			limit, short = max(cancelTimes*d.Why.Allowed, cancelLeast), false
		}
	}
}

// place adds dials while one more may be risked.
func (p *Pacer) place(s *State, d *Decision, by Reason) {
	for {
		d.Why.Risk = p.crowd.risk()
		if d.Why.Reason = p.holds(s, d, by); d.Why.Reason != "" {
			return
		}
		q := p.next(s, d)
		p.crowd.add(&q)
		d.Why.Expected += min(max(s.Next[d.Place], 0), 1)
		d.Place++
	}
}

// holds says why not one more dial; empty: nothing holds it.
func (p *Pacer) holds(s *State, d *Decision, by Reason) Reason {
	c, more := &s.Caps, d.Place+1
	switch {
	case d.Why.Agents == 0 && p.crowd.slots == 0:
		return ByAgents
	case !s.Closes.IsZero() && s.Now.Add(p.goal.RingLimit).After(s.Closes):
		return ByClosing
	case p.gone >= p.crowd.slots:
		return ByLeaving
	case c.Attempts >= 0 && more > c.Attempts:
		return ByBudget
	case d.Why.Risk > max(d.Why.Allowed, never*10):
		return by
	case p.holdsLedger(s, d):
		return ByLedger
	case c.Channels >= 0 && more > c.Channels:
		return ByChannels
	case c.Starts >= 0 && more > c.Starts:
		return ByRate
	case d.Place >= len(s.Next):
		return ByLeads
	case d.Place >= MaxPlace:
		return ByBounds
	}
	return ""
}
