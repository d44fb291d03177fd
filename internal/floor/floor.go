package floor

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"waihu/internal/app"
	"waihu/internal/calling/compliance"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/robot"
	"waihu/internal/timex"
)

// Waits and bounds of a floor.
const (
	lease       = 15 * time.Second // of a campaign; renewed each renewEvery
	renewEvery  = 5 * time.Second
	takeUpEvery = 5 * time.Second                  // campaigns that run without agents
	lookEvery   = 15 * time.Second                 // at seats, modules and contracts of who is logged in
	sweepEvery  = time.Minute                      // for what nodes that are gone left behind
	linger      = 30 * time.Second                 // a campaign without agents and calls is let go after it
	keepFor     = lease - renewEvery - time.Second // the books may be out of reach so long before a campaign is let go: while the right to dial lasts
	placing     = 30 * time.Second                 // for lines to begin a call
	mostPlacing = 64                               // calls of a campaign that are being begun at once
	maxMail     = 100_000                          // of one campaign, not yet looked at

	campaignsAtOnce = 200 // of a company, read at once

	mostCollisions = 3 // with others who write the same, until it is theirs
)

// Config is what a floor works with.
type Config struct {
	System *app.System
	Lines  Lines
	Packs  *compliance.Packs
	Log    *slog.Logger
	Robots *robot.Lanes                                                         // how dialogue servers are asked
	Detect bool                                                                 // answers are told apart
	Taken  float64                                                              // share of persons who are taken for machines then, as it was measured
	Name   func(ctx context.Context, c id.Company, user string) (string, error) // of an agent, as people read it
}

// Floor is the live floor of this node.
type Floor struct {
	cfg    Config
	ctx    context.Context // of all that goes on; ends with Close
	stop   context.CancelFunc
	group  sync.WaitGroup
	logins turns[who]   // of one agent, one log-in after the other
	taking turns[which] // of one campaign, who takes it up and who closes what is left of it

	mu      sync.Mutex
	closing bool // no campaign is taken up any more
	drivers map[which]*driver
	stuck   map[which]string // campaigns that go on alone and cannot be taken up, and why
	users   map[who]*driver  // where agents are logged in
	there   map[who]bool     // whose standing leg is on the line
	hearing map[who]id.ID    // the call a supervisor who is there heard last
	streams map[id.Company]*stream
}

// which is a campaign of a company, and who a user.
type (
	which struct {
		c  id.Company
		of id.ID
	}
	who struct {
		c    id.Company
		user string
	}
)

// Refusal is what an agent or a supervisor cannot have now; Code is a stable name.
type Refusal struct {
	Code string
	Err  error
}

func (r *Refusal) Error() string { return r.Err.Error() }
func (r *Refusal) Unwrap() error { return r.Err }

func refused(code, form string, args ...any) error {
	return &Refusal{code, fault.New(fault.Conflict, form, args...)}
}

// Open makes a floor. What this node left behind when it was here last is closed
// first: its agents are logged out, its tries are lost.
func Open(ctx context.Context, cfg Config) (*Floor, error) {
	f := &Floor{cfg: cfg, drivers: map[which]*driver{}, stuck: map[which]string{}, users: map[who]*driver{}, there: map[who]bool{}, streams: map[id.Company]*stream{}, hearing: map[who]id.ID{}}
	f.ctx, f.stop = context.WithCancel(context.WithoutCancel(ctx))
	if err := f.sweep(ctx, true); err != nil {
		f.stop()
		return nil, err
	}
	cfg.Lines.Standing(f.standing)
	cfg.Lines.Incoming(f.caller)
	f.every(lookEvery, f.lookAfter)
	f.every(takeUpEvery, f.takeUp)
	f.every(sweepEvery, func(ctx context.Context) error { return f.sweep(ctx, false) })
	return f, nil
}

// closeWait is how long the end of what goes on may take.
const closeWait = 5 * time.Second

// otherNode is the code of a campaign that another node dials.
const otherNode = "other_node"

// errClosing is of who comes while the floor closes.
var errClosing = refused("closing", "this node stops: log in again in a moment")

// Close lets all campaigns go: what rings is cancelled, who talks is cut off, and all of
// it is kept.
func (f *Floor) Close() {
	f.mu.Lock()
	f.closing = true
	var all []*driver
	for _, d := range f.drivers {
		all = append(all, d)
	}
	f.mu.Unlock()
	enough := time.NewTimer(closeWait)
	defer enough.Stop()
	for _, d := range all {
		d.post(d.drain)
	}
	for _, d := range all {
		select {
		case <-d.done:
		case <-enough.C:
			enough.Reset(0)
			f.stop() // books that are away are waited for no longer
			d.post(func() { d.end(fault.New(fault.Conflict, "its calls did not end in time")) })
			<-d.done
		}
	}
	f.stop()
	f.group.Wait()
}

// every does something again and again until the floor is closed.
func (f *Floor) every(pause time.Duration, do func(context.Context) error) {
	f.group.Go(func() {
		tick := time.NewTicker(pause)
		defer tick.Stop()
		for {
			select {
			case <-f.ctx.Done():
				return
			case <-tick.C:
			}
			if err := do(f.ctx); err != nil && f.ctx.Err() == nil {
				f.log("the floor was not looked after", "error", err)
			}
		}
	})
}

func (f *Floor) log(what string, args ...any) {
	if f.cfg.Log != nil {
		f.cfg.Log.Error(what, args...)
	}
}

// sweep closes what nodes that are gone left behind; own: this one, too.
func (f *Floor) sweep(ctx context.Context, own bool) error {
	return f.cfg.System.EachCompany(ctx, func(x app.Company) error {
		c := id.Company{ID: x.ID}
		_, err := f.cfg.System.ClearSittings(ctx, c, own)
		left, failed := f.cfg.System.LeftOpen(ctx, c)
		if err = errors.Join(err, failed); err != nil {
			return err
		}
		for _, of := range left {
			if err := f.closeLeft(ctx, which{c, of}); err != nil {
				return err
			}
		}
		return nil
	})
}

func (f *Floor) closeLeft(ctx context.Context, w which) error {
	over, err := f.taking.take(ctx, w) // so that nobody takes it up meanwhile
	if err != nil {
		return err
	}
	f.mu.Lock()
	d := f.drivers[w]
	f.mu.Unlock()
	if d != nil {
		over() // it is asked: nobody waits for that
		return d.closeVisits(ctx)
	}
	defer over()
	_, err = f.cfg.System.CloseLeft(ctx, w.c, w.of, lease)
	return err
}

// stream is that of a company.
func (f *Floor) stream(c id.Company) *stream {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.streams[c]
	if s == nil {
		s = newStream()
		f.streams[c] = s
	}
	return s
}

// drive gives the driver of a campaign, and takes the campaign up where nobody did.
func (f *Floor) drive(ctx context.Context, w which) (*driver, error) {
	if d, err := f.driven(w); d != nil || err != nil {
		return d, err
	}
	over, err := f.taking.take(ctx, w)
	if err != nil {
		return nil, err
	}
	defer over()
	d, err := f.driven(w) // somebody took it up meanwhile
	if d != nil || err != nil {
		return d, err
	}
	with, err := f.cfg.System.TakeCampaign(ctx, w.c, w.of, lease)
	if err != nil {
		if fault.KindOf(err) == fault.Conflict {
			if node, failed := f.cfg.System.CampaignNode(ctx, w.c, w.of); failed == nil && node != "" && node != f.cfg.System.Node {
				return nil, refused(otherNode, "campaign %s is dialed by node %s: log in there", w.of.Named("cmp"), node)
			}
		}
		return nil, err
	}
	if d, err = newDriver(f, w, &with); err != nil {
		return nil, errors.Join(err, f.cfg.System.LetGoCampaign(ctx, w.c, w.of))
	}
	f.mu.Lock()
	closing := f.closing
	if !closing {
		f.drivers[w] = d
		f.group.Go(d.run) // within the lock: Close waits for what is there before it
	}
	f.mu.Unlock()
	if closing {
		return nil, errors.Join(errClosing, f.cfg.System.LetGoCampaign(ctx, w.c, w.of))
	}
	return d, nil
}

// driven is the driver of a campaign; nil: nobody drives it here.
func (f *Floor) driven(w which) (*driver, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closing {
		return nil, errClosing
	}
	return f.drivers[w], nil
}

// gone is a driver that has ended.
func (f *Floor) gone(d *driver) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.drivers[d.which] == d {
		delete(f.drivers, d.which)
	}
	for w, at := range f.users {
		if at == d {
			delete(f.users, w)
		}
	}
}

// of is the driver of a user; nil: they are logged in nowhere.
func (f *Floor) of(w who) *driver {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.users[w]
}

func (f *Floor) sits(w who, d *driver) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if d == nil {
		delete(f.users, w)
		return
	}
	f.users[w] = d
}

// standing is a leg that came or went.
func (f *Floor) standing(c id.Company, user string, here bool) {
	w := who{c, user}
	f.mu.Lock()
	if f.there[w] == here {
		f.mu.Unlock()
		return
	}
	if here {
		f.there[w] = true
	} else {
		delete(f.there, w)
	}
	d := f.users[w]
	f.mu.Unlock()
	if here {
		if err := f.stream(c).put("standing", user, user); err != nil {
			f.log("a standing leg was not told of", "error", err)
		}
	} else {
		f.stream(c).drop("standing", user)
	}
	if d != nil {
		d.post(func() { d.stood(user, here) })
	}
	if !here {
		f.hears(w, id.ID{})
	}
}

func (f *Floor) isThere(w who) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.there[w]
}

// Refused tells every campaign of a company that numbers were put on the do-not-call
// list: leads at hand that have one are let go, what rings there is taken back.
func (f *Floor) Refused(ctx context.Context, c id.Company, numbers []phone.Number, rule string) error {
	f.mu.Lock()
	var all []*driver
	for w, d := range f.drivers {
		if w.c == c {
			all = append(all, d)
		}
	}
	f.mu.Unlock()
	if len(all) == 0 {
		return nil
	}
	leads, err := f.cfg.System.LeadsWith(ctx, c, numbers)
	if err != nil {
		return err
	}
	for _, d := range all {
		d.post(func() { d.forbid(leads, rule) })
	}
	return nil
}

// Changed tells the driver of a campaign that its plan or state was changed, so that
// it need not find out by itself within a second. One that was started and that nobody
// logs in to is taken up.
func (f *Floor) Changed(c id.Company, of id.ID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if d := f.drivers[which{c, of}]; d != nil {
		d.post(func() { d.replan(true) })
		return
	}
	if f.closing {
		return
	}
	f.group.Go(func() { // within the lock: Close waits for what is begun before it
		camp, err := f.cfg.System.GetCampaign(f.ctx, c, of)
		if err == nil {
			f.takeUpOne(f.ctx, c, &camp)
		} else if f.ctx.Err() == nil {
			f.log("a campaign was not taken up yet", "campaign", of.Named("cmp"), "error", err)
		}
	})
}

// lookAfter asks the books what stands against who is logged in.
func (f *Floor) lookAfter(ctx context.Context) error {
	f.mu.Lock()
	companies := map[id.Company][]*driver{}
	for w, d := range f.drivers {
		companies[w.c] = append(companies[w.c], d)
	}
	f.mu.Unlock()
	if len(companies) == 0 {
		return nil
	}
	failed := f.cfg.System.FloorLives(ctx, slices.Collect(maps.Keys(companies)))
	for c, drivers := range companies {
		began := now()
		good, err := f.cfg.System.LookAfter(ctx, c)
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		for _, d := range drivers {
			d.post(func() { d.looked(good, began) })
			if d.alone.Load() {
				failed = errors.Join(failed, f.lookAlone(ctx, d))
			}
		}
	}
	return failed
}

// now is this moment.
func now() timex.Instant { return timex.At(time.Now()) }
