package floor

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"waihu/internal/app"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/dialer"
	"waihu/internal/calling/pacing"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/timex"
)

// driver runs one campaign: it hands what happens to the dialer's engine, one event
// after the other, keeps what comes of it, and only then does it. One goroutine does
// all of that; others post to it.
type driver struct {
	f *Floor
	which
	mail   *mail
	life   context.Context // until the driver ends
	die    context.CancelFunc
	done   chan struct{}
	plan   app.Campaign
	pays   id.ID // contract
	engine *dialer.Engine
	rules  *app.CallingRules
	desks  map[string]*desk // of who is logged in
	calls  map[id.ID]*line  // calls the lines were asked for and that are not over
	robots robots           // conversations a dialogue server leads
	slots  chan struct{}    // of mostPlacing
	wake   timex.Instant    // of the engine; zero: none
	second timex.Instant    // the last look at caps and plan
	held   timex.Instant    // the lease was renewed
	empty  timex.Instant    // nobody is logged in since; zero: somebody is
	broke  brake
	tally  app.Tally
	ledger *pacing.Ledger
	counts []LeadCount
	leads  timex.Instant  // counts are of
	flying int            // dials nobody answered, as desks are told
	soon   []pacing.Range // when the next call comes, by who is ahead, likewise
	known  int            // tries whose ends the laws were told
	stale  bool           // the campaign's state is to be told again
	told   timex.Instant
	over   bool

	draining bool
	open     atomic.Int64 // calls, for others to read
	alone    atomic.Bool  // it runs without anybody logged in, likewise
}

// brake is why a driver places nothing for a while.
type brake struct {
	until    timex.Instant // for want of lines
	why      string
	retry    timex.Instant // paused for want of money: looked at again then
	patience time.Duration
}

func newDriver(f *Floor, w which, with *app.Dialing) (*driver, error) {
	rules, err := app.NewCallingRules(f.cfg.Packs, &with.Campaign)
	if err != nil {
		return nil, err
	}
	if err := f.cfg.System.LearnWhenTheyAnswer(f.ctx, w.c, w.of, rules); err != nil {
		return nil, err
	}
	life, die := context.WithCancel(f.ctx)
	d := &driver{f: f, life: life, die: die, which: w, mail: newMail(), done: make(chan struct{}), plan: with.Campaign, pays: with.Contract, rules: rules, tally: with.Tally,
		desks: map[string]*desk{}, calls: map[id.ID]*line{}, slots: make(chan struct{}, mostPlacing), held: now(), empty: now(), stale: true}
	d.known = len(with.Past)
	if f.cfg.Robots != nil {
		d.robots.counts.Whole = &f.cfg.Robots.Counts
	}
	d.alone.Store(d.plan.Mode.Alone())
	d.ledger = &pacing.Ledger{Share: shareOf(&with.Campaign)}
	if d.detects() {
		d.ledger.Misses = f.cfg.Taken
	}
	for _, day := range with.Tally.Days {
		d.ledger.Add(pacing.Day{Number: int(day.Day), Answered: day.Answered, Abandoned: day.Abandoned})
	}
	ring := time.Duration(with.Campaign.RingSeconds) * time.Second
	d.engine, err = dialer.New(dialer.Config{Campaign: w.of, Plan: with.Campaign.Campaign, Dispositions: with.Dispositions, NewTry: f.cfg.System.IDs.At, Rules: rules,
		Pacer: pacing.New(pacing.Goal{RingLimit: ring}, with.Laws(f.cfg.Packs)), Ledger: d.ledger, Zone: with.Zone, Detects: f.cfg.Detect})
	if err == nil { // nothing is dialed before the caps were looked at
		var fx dialer.Effects
		fx, err = d.engine.Handle(now(), dialer.Capped{Channels: 0, Starts: pacing.NoCap, Attempts: pacing.NoCap})
		d.post(func() {
			for _, a := range fx.Acts { // where nobody need log in, leads are asked for at once
				d.act(a, nil)
			}
		})
	}
	return d, err
}

// shareOf is the share of abandoned calls a campaign aims below.
func shareOf(c *app.Campaign) float64 {
	if c.Goal.Abandon > 0 {
		return float64(c.Goal.Abandon) / 10_000
	}
	return pacing.DefaultShare
}

// post gives the driver something to do; false: it has ended.
func (d *driver) post(do func()) bool { return d.mail.post(do) }

// ask lets the driver do something and waits for its answer.
func (d *driver) ask(ctx context.Context, do func() error) error {
	answer := make(chan error, 1)
	if !d.post(func() { answer <- do() }) {
		return refused("not_logged_in", "the campaign was let go: log in again")
	}
	select {
	case err := <-answer:
		return err
	case <-d.done:
		select {
		case err := <-answer:
			return err
		default:
			return refused("not_logged_in", "the campaign was let go: log in again")
		}
	case <-ctx.Done():
		return ctx.Err()
	}
}

// tick is how often a driver looks at the clock while nothing happens.
const tick = time.Second

func (d *driver) run() {
	defer close(d.done)
	timer := time.NewTimer(tick)
	defer timer.Stop()
	for !d.over {
		for _, do := range d.mail.take() {
			do()
			if d.over {
				break
			}
		}
		if d.over {
			return
		}
		d.byTheClock()
		wait := tick
		if d.wake > 0 {
			wait = min(wait, max(d.wake.Sub(now()), 0))
		}
		timer.Reset(wait)
		select {
		case <-d.mail.bell:
		case <-timer.C:
		}
	}
}

// handle is one event: what came of it is kept, then done.
func (d *driver) handle(ev dialer.Event) error {
	fx, wrong := d.engine.Handle(now(), ev)
	d.wake = fx.Wake
	no, err := d.f.keep(d.which, d.rules, &fx)
	if err != nil {
		d.end(err)
		return err
	}
	d.noted(&fx)
	for try := range no { // one who called back, and whom another campaign calls at this moment
		if x := d.calls[try]; x != nil && x.began {
			d.cancel(try)
		}
	}
	for _, a := range fx.Acts {
		d.act(a, no)
	}
	d.stale = d.stale || len(fx.Tries)+len(fx.Changes) > 0
	return wrong
}

// keep keeps what came of an event. Books that are out of reach are tried again for a
// while: calls that go on are not hurt by it, and what happens meanwhile waits.
func (f *Floor) keep(w which, rules *app.CallingRules, fx *dialer.Effects) (map[id.ID]dialer.Withheld, error) {
	wait := 50 * time.Millisecond
	for n, began := 1, now(); ; n, wait = n+1, min(2*wait, time.Second) {
		no, err := f.cfg.System.KeepCalling(f.ctx, w.c, w.of, rules, fx)
		kind := fault.KindOf(err)
		final := kind == fault.Invalid || kind == fault.Conflict && n == mostCollisions // another closed its tries
		if err == nil || f.ctx.Err() != nil || now().Sub(began) > keepFor || final {
			return no, err
		}
		f.log("a campaign's calls are not kept yet", "campaign", w.of.Named("cmp"), "error", err)
		time.Sleep(wait)
	}
}

// act does one thing that was decided.
func (d *driver) act(a dialer.Act, no map[id.ID]dialer.Withheld) {
	switch v := a.(type) {
	case dialer.Fetch:
		offered, err := d.f.cfg.System.OfferLeads(d.f.ctx, d.c, d.rules, v)
		if err != nil { // an empty offer is asked again soon
			d.f.log("leads were not read", "campaign", d.of.Named("cmp"), "error", err)
			offered = dialer.Offered{List: v.List, Exhausted: true}
		}
		d.post(func() { d.happened(offered) })
	case dialer.Dial:
		if held, is := no[v.Try]; is {
			d.post(func() { d.happened(held) })
			return
		}
		d.place(v)
	case dialer.Cancel:
		d.cancel(v.Try)
	case dialer.Hang:
		d.cancel(v.Try)
	case dialer.Join:
		if _, is := no[v.Try]; is {
			return
		}
		d.talked(v.Try)
		if err := d.f.cfg.Lines.Join(v.Try, v.Agent); err != nil {
			d.post(func() { d.happened(dialer.Unjoined{Try: v.Try}) })
		}
	case dialer.Leave:
		if err := d.f.cfg.Lines.Supervise(v.Try, v.Agent, None); err != nil {
			d.f.log("an agent was not taken off a call", "error", err) // it is over, and they with it
		}
	case dialer.Say:
		if _, is := no[v.Try]; is {
			return
		}
		d.says(v.Try)
		d.f.cfg.Lines.Say(v.Try, v.Prompt)
	case dialer.CallAgent: // the agent's leg stands: there is nobody to ring
		if held, is := no[v.Try]; is {
			d.post(func() { d.happened(held) })
			return
		}
		d.post(func() { d.happened(dialer.AgentUp{Try: v.Try}) })
	case dialer.Converse:
		d.converse(v)
	case dialer.Unserved:
		d.unserved(v.Try)
	case dialer.Show: // the desk tells it
		if held, is := no[v.Try]; is {
			d.post(func() { d.happened(held) })
		}
	}
}

// happened hands in an event nobody waits for an answer to: one that crossed another
// is refused, and its effects count.
func (d *driver) happened(ev dialer.Event) { _ = d.handle(ev) }

// forbid lets go of leads that may not be called any more.
func (d *driver) forbid(leads []id.ID, rule string) {
	for _, l := range leads {
		d.happened(dialer.Forbidden{Lead: l, Rule: rule})
	}
}

// drain ends what goes on, in order: agents are logged out, calls hung up, and all of
// it is kept. Then the driver ends.
func (d *driver) drain() {
	d.draining = true
	for _, user := range d.engine.Users() {
		d.happened(dialer.LoggedOut{User: user})
	}
	for try := range d.calls {
		d.cancel(try)
	}
	d.letGo()
}

// letGo ends the driver once nothing goes on.
func (d *driver) letGo() {
	if !d.over && len(d.calls) == 0 && len(d.engine.Users()) == 0 && d.engine.Open() == 0 {
		d.end(nil)
	}
}

// end ends the driver. With an error, what goes on is hung up, and closed by whoever
// takes the campaign up next, once the lease has run out.
func (d *driver) end(failed error) {
	if d.over {
		return
	}
	d.over = true
	d.die()
	if failed != nil {
		d.f.log("a campaign was let go", "campaign", d.of.Named("cmp"), "error", failed)
	}
	for try := range d.calls {
		d.f.cfg.Lines.Hang(try)
	}
	s := d.f.stream(d.c)
	ctx, stop := context.WithTimeout(context.WithoutCancel(d.f.ctx), placing)
	defer stop()
	for _, x := range d.desks {
		s.drop("agent", x.user)
		s.drop("desk", x.session)
		failed = errors.Join(failed, d.f.cfg.System.StandUp(ctx, d.c, x.sitting))
	}
	s.drop("campaign", d.of.Named("cmp"))
	d.f.gone(d)
	if failed == nil {
		failed = d.f.cfg.System.LetGoCampaign(ctx, d.c, d.of)
	}
	if failed != nil {
		d.f.log("a campaign was not let go in order", "campaign", d.of.Named("cmp"), "error", failed)
	}
	d.mail.close()
}

// noted takes the changes of agents and tries to their desks.
func (d *driver) noted(fx *dialer.Effects) {
	touched, counts := map[string]bool{}, map[*desk]bool{}
	for i := range fx.Changes {
		c := &fx.Changes[i]
		touched[c.User] = true
		if x := d.desks[c.User]; x != nil {
			counts[x] = true
		}
	}
	for i := range fx.Tries {
		a := &fx.Tries[i]
		touched[a.Agent] = true
		if x := d.desks[a.Agent]; x != nil && a.State == attempt.Closed {
			x.closed(a, &fx.Leads[i])
			counts[x] = true
		}
		if a.State == attempt.Closed {
			d.known++
		}
		if a.State == attempt.Closed && a.Flags.Refuse {
			d.refused(fx.Leads[i].Numbers)
		}
	}
	for x := range counts { // once, whatever an event changed
		d.count(x)
	}
	for user := range touched {
		d.show(user)
	}
}

// users are those who are logged in, in the order they came.
func (d *driver) users() []string {
	return slices.DeleteFunc(d.engine.Users(), func(u string) bool { return d.desks[u] == nil })
}
