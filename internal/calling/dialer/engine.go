package dialer

import (
	"slices"
	"time"

	"waihu/internal/calling/agent"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/lead"
	"waihu/internal/calling/pacing"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/timex"
)

// Rules say whether a number of a lead may be called at an instant. They are pure.
type Rules interface {
	// May is asked for every dial, at the instant it leaves. A refusal names its rule,
	// and when the number may be called again; zero: not by waiting.
	May(c *Candidate, n phone.Number, at timex.Instant) (rule string, again timex.Instant)
}

// Config is what an engine begins with.
type Config struct {
	Campaign     id.ID
	Plan         campaign.Campaign
	Dispositions []attempt.Disposition // of the company
	NewTry       func(at timex.Instant) (id.ID, error)
	Rules        Rules
	Pacer        *pacing.Pacer
	Ledger       *pacing.Ledger // of abandoned calls, with the days before
	Zone         *time.Location // whose days the ledger counts
	Detects      bool           // answers are told apart: Told follows Answered
	Patience     time.Duration  // how long who answered may wait for an agent; 0: DefaultPatience
}

// Bounds and waits of an engine.
const (
	MaxAgents       = pacing.MaxAgents
	MaxTries        = pacing.MaxDials // open at once
	MaxOffered      = 2_000           // leads of a list that are held
	MaxAhead        = 600             // leads in the order they are dialed
	DefaultPatience = 2 * time.Second // in the United States and the United Kingdom, after the greeting
	DetectionWait   = 6 * time.Second // an answer nobody tells apart in so long is a person; a machine is told by its length after five (package detect)
	RingGrace       = 10 * time.Second
	UndoWait        = 5 * time.Second  // after the call, or after it was chosen there: what a call came to can be taken back so long
	AwayWait        = 8 * time.Second  // for the telephone of an agent who is ready: a page that is loaded anew is back within it
	GoneWait        = 30 * time.Second // for an agent who is gone; in the middle of a call, too
	TrunkWait       = 5 * time.Minute  // until a lead no trunk would carry is tried again
	SkipWait        = 30 * time.Minute // until a lead an agent skipped is shown again
	FetchWait       = 15 * time.Second // until an empty list is asked again
	FetchMost       = time.Minute      // at most, however late the next is due: others may be brought in
	TickEvery       = time.Second      // while something may have to be dialed
)

// RefuseKey is what somebody presses during the message of a campaign, or while they hear
// that nobody is there and they are called back, not to be
// called again: every message says so.
const RefuseKey = "9"

// Effects are what came of an event: first what is to be kept, all of it at once,
// then what is to be done, in this order.
type Effects struct {
	Tries   []attempt.Attempt
	Leads   []lead.Lead
	Changes []agent.Change
	Answers []KeyAnswer // to questions of the script, by keys
	Acts    []Act
	Wake    timex.Instant // hand in a Tick then; zero: no need
}

// Engine runs a campaign. It belongs to one goroutine.
type Engine struct {
	cfg   Config
	plan  campaign.Campaign
	codes []attempt.Disposition // of campaign and company
	now   timex.Instant

	agents  map[string]*seat
	seats   []*seat // the same, in the order they logged in
	ready   []*seat // those who wait, the longest first
	calls   map[id.ID]*call
	order   []*call // the same, in the order they were decided
	waiting []*call // answered, no agent yet, the longest first
	sent    []*call // dialed and not told to the laws yet, in the order they were placed

	lists  []*listed // of the plan, in its order
	mixer  *campaign.Mixer
	ahead  []*next // in the order they are dialed
	taken  map[id.ID]bool
	caps   Capped
	shown  map[phone.Number]int // calls of today by the number that was shown
	day    timex.Date
	paced  pacing.Why
	denied map[string]int // leads that were not dialed when their turn came, by rule
	start  timex.Instant  // of the next dial, where the plan has a rate

	out   Effects
	dirty []*call // to be kept
}

// seat is an agent at work.
type seat struct {
	agent.Agent
	leaves timex.Instant
	gone   timex.Instant // not heard of since; zero: there
	barred bool          // a supervisor made them pause: only one lets them go on
	late   timex.Instant // of WrapUp: it ends then, if nothing is chosen before
	call   *call         // of Reserved, Talking and WrapUp; Talking without one: who helps
	helps  *call         // of another agent; nil: none
}

// call is a try that is open, with its lead.
type call struct {
	attempt.Attempt
	lead   lead.Lead
	facts  pacing.Lead
	chance float64
	seat   *seat          // reserved, talking or writing up
	shown  bool           // to an agent, and not dialed yet
	until  timex.Instant  // shown: dialed by itself then; zero: never
	taking bool           // being taken back
	told   bool           // who answered is known ...
	person timex.Instant  // ... since then, if it is a person
	said   bool           // a message is played because no agent came
	alone  *alone         // they hear a broadcast, a dialogue or a last word; nil: none of them
	legs   bool           // shown: to nobody; the agent's telephone is called first
	zone   *time.Location // of the called person; nil: not known
	missed bool           // the agent could not be connected
	chosen *Disposed      // what it comes to, unless that is changed or taken back
	notes  string         // as they were written last
	parted bool           // the agent is off it
	kept   bool           // in dirty already

	report *pacing.Attempt // how it ended, for the laws; nil: that is not known, or tells them nothing
}

// listed are the leads of a list that are held.
type listed struct {
	id      id.ID
	held    []Candidate
	asked   bool          // a Fetch is not answered
	notTill timex.Instant // of the next Fetch
}

// next is a lead in the order of dialing.
type next struct {
	Candidate
	chance float64
	at     timex.Instant // when the chance was worked out
}

// New makes an engine that has seen nothing yet.
func New(cfg Config) (*Engine, error) {
	if cfg.NewTry == nil || cfg.Rules == nil || cfg.Pacer == nil || cfg.Ledger == nil || cfg.Zone == nil || cfg.Campaign.IsZero() {
		return nil, fault.New(fault.Internal, "a dialer needs a campaign, its identifiers, rules, pacer, ledger and zone")
	}
	if cfg.Patience <= 0 {
		cfg.Patience = DefaultPatience
	}
	e := &Engine{cfg: cfg, agents: map[string]*seat{}, calls: map[id.ID]*call{}, taken: map[id.ID]bool{}, shown: map[phone.Number]int{},
		denied: map[string]int{}, caps: Capped{Channels: pacing.NoCap, Starts: pacing.NoCap, Attempts: pacing.NoCap}}
	if err := e.planned(Planned{Plan: cfg.Plan, Dispositions: cfg.Dispositions}); err != nil {
		return nil, err
	}
	return e, nil
}

// Handle takes in an event and tells what came of it. An event that does not fit
// (a try nobody knows, an agent who is not logged in) is an error; what is due by
// the clock is done all the same, and the effects count.
func (e *Engine) Handle(now timex.Instant, ev Event) (Effects, error) {
	e.now = max(e.now, now)
	if d := e.now.DateIn(e.cfg.Zone); d != e.day {
		e.day = d
		clear(e.shown)
		clear(e.denied)
	}
	e.out = Effects{}
	err := e.take(ev)
	e.expire()
	e.serve()
	e.dial()
	e.fetch()
	for _, c := range e.dirty {
		e.out.Tries = append(e.out.Tries, c.Attempt)
		e.out.Leads = append(e.out.Leads, c.lead.Clone())
		c.kept = false
	}
	e.dirty = e.dirty[:0]
	e.out.Wake = e.wake()
	return e.out, err
}

func (e *Engine) take(ev Event) error {
	switch v := ev.(type) {
	case Tick:
		return nil
	case Planned:
		return e.planned(v)
	case Capped:
		e.caps = v
		return nil
	case Offered:
		return e.offered(v)
	case Forbidden:
		return e.forbidden(v)
	case LoggedIn:
		return e.logIn(v)
	case LoggedOut:
		return e.logOut(v.User)
	case IsReady:
		return e.isReady(v.User)
	case Pausing:
		return e.pause(v)
	case Unbarred:
		return e.unbar(v.User)
	case Noted:
		return e.noted(v)
	case Retracted:
		return e.retract(v.User)
	case Gone:
		return e.lost(v.User)
	case Back:
		return e.back(v.User)
	case Chosen:
		return e.choose(v)
	case Wanted:
		return e.want(v)
	case Disposed:
		return e.dispose(v)
	case HungUp:
		return e.hangUp(v.User)
	case Helped:
		return e.help(v)
	case Passed:
		return e.pass(v)
	case CameIn:
		return e.cameIn(v)
	}
	return e.called(ev)
}

// do adds something to be done.
func (e *Engine) do(a Act) { e.out.Acts = append(e.out.Acts, a) }

// keep marks a try and its lead as changed.
func (e *Engine) keep(c *call) {
	if !c.kept {
		c.kept = true
		e.dirty = append(e.dirty, c)
	}
}

// planned takes in a plan. Leads that are held of lists it no longer has are let go.
func (e *Engine) planned(p Planned) error {
	if p.Plan.Status.State == campaign.Running {
		if err := p.Plan.Problems().Err(); err != nil {
			return err
		}
		switch p.Plan.Mode {
		case campaign.Manual, campaign.Preview, campaign.Progressive, campaign.Predictive, campaign.Broadcast, campaign.Robot, campaign.TwoLegs:
		default:
			return fault.New(fault.Invalid, "campaign %q: the dialer knows no mode %s", p.Plan.Name, p.Plan.Mode)
		}
	}
	same := slices.EqualFunc(e.plan.Lists, p.Plan.Lists, func(a, b campaign.Share) bool { return a == b }) && e.plan.Mix == p.Plan.Mix && e.mixer != nil
	e.plan, e.codes = p.Plan, attempt.Over(p.Dispositions, p.Plan.Dispositions)
	if same {
		return nil
	}
	before := e.lists
	e.lists, e.mixer = nil, e.plan.Mixer()
	for _, s := range e.plan.Lists {
		i := slices.IndexFunc(before, func(l *listed) bool { return l.id == s.List })
		if i >= 0 {
			e.lists = append(e.lists, before[i])
			continue
		}
		e.lists = append(e.lists, &listed{id: s.List})
	}
	for _, n := range e.ahead {
		delete(e.taken, n.Lead.ID)
	}
	e.ahead = nil
	for _, l := range before {
		if !slices.Contains(e.lists, l) {
			for _, c := range l.held {
				delete(e.taken, c.Lead.ID)
			}
		}
	}
	return nil
}

// isRunning tells whether new calls may be made.
func (e *Engine) isRunning() bool { return e.plan.Status.State == campaign.Running }

// wake is when something is due by the clock.
func (e *Engine) wake() (at timex.Instant) {
	sooner := func(t timex.Instant) {
		if !t.IsZero() && (at.IsZero() || t < at) {
			at = t
		}
	}
	for _, c := range e.order {
		sooner(e.deadline(c))
	}
	for _, c := range e.waiting {
		if own := c.person.Add(OwnerWait); c.Inbound && own > e.now {
			sooner(own)
		}
	}
	for _, s := range e.seats {
		if s.State == agent.WrapUp {
			sooner(s.Until)
		}
		if !s.gone.IsZero() {
			sooner(s.gone.Add(GoneWait))
			if s.State == agent.Ready {
				sooner(s.gone.Add(AwayWait))
			}
		}
	}
	if e.isRunning() && (len(e.seats) > 0 || e.plan.Mode.Alone()) {
		sooner(e.now.Add(TickEvery))
		if e.plan.Mode.Alone() && e.start > e.now {
			sooner(e.start)
		}
	}
	return at
}
