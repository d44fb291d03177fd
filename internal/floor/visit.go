package floor

import (
	"context"
	"slices"
	"time"

	"waihu/internal/app"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/dialer"
	"waihu/internal/calling/pacing"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
)

// visitFor bounds a call that came in for a campaign of another node: a prompt and its end.
const visitFor = dialer.SaidWait + time.Minute

// visit is a call that came in here for a campaign that another node dials. Nobody of its
// agents can be joined here: they hear that nobody is there, and are called, as where
// nobody is logged in. It has an engine of its own that knows this call alone and may dial
// nobody, so that the try, the callback and a refusal by key are kept as any other's.
type visit struct {
	f *Floor
	which
	try    id.ID
	rules  *app.CallingRules
	engine *dialer.Engine
	mail   *mail
	over   bool
}

// closeVisits closes the tries of calls that came in at a node which is gone since: no
// other lasts as long, but those of this driver, whoever writes them up.
func (d *driver) closeVisits(ctx context.Context) error {
	tries, err := d.f.cfg.System.OpenReturns(ctx, d.c, d.of, now().Add(-2*visitFor))
	if err != nil || len(tries) == 0 {
		return err
	}
	ctx, enough := context.WithTimeout(ctx, tick) // who is busy is asked again a minute later
	defer enough()
	err = d.ask(ctx, func() error {
		tries = slices.DeleteFunc(tries, func(try id.ID) bool { _, own := d.engine.Try(try); return own })
		return nil
	})
	if err != nil {
		return nil
	}
	for _, try := range tries {
		if err := d.f.cfg.System.LoseTry(context.WithoutCancel(ctx), d.c, d.of, try); err != nil {
			return err
		}
	}
	return nil
}

// visited finds what a call that comes in needs of a campaign of another node.
func (f *Floor) visited(ctx context.Context, c id.Company, from, to phone.Number, found *app.CalledBack) (*Caller, error) {
	with, err := f.cfg.System.VisitCampaign(ctx, c, found.Campaign.ID)
	if err != nil {
		return nil, err
	}
	out, err := f.comes(c, from, to, found, with.Contract)
	if err != nil {
		return nil, err
	}
	v := &visit{f: f, which: which{c, found.Campaign.ID}, try: out.Try, mail: newMail()}
	if v.rules, err = app.NewCallingRules(f.cfg.Packs, &with.Campaign); err != nil {
		return nil, err
	}
	plan := with.Campaign.Campaign
	plan.Status.State = campaign.Paused // it fetches and dials nothing
	v.engine, err = dialer.New(dialer.Config{Campaign: v.of, Plan: plan, Dispositions: with.Dispositions, NewTry: f.cfg.System.IDs.At, Rules: v.rules,
		Pacer: pacing.New(pacing.Goal{}, with.Laws(f.cfg.Packs)), Ledger: &pacing.Ledger{}, Zone: with.Zone})
	if err != nil {
		return nil, err
	}
	out.Tell = func(ev dialer.Event) { v.mail.post(func() { _ = v.handle(ev) }) } // one that crossed another is refused
	out.Came = func(ctx context.Context) error { return v.begin(ctx, f.cameIn(out, found)) }
	return out, nil
}

// begin takes the call in, and stays with it in a goroutine of its own.
func (v *visit) begin(ctx context.Context, ev dialer.CameIn) error {
	if err := ctx.Err(); err != nil { // nobody waits any more
		return err
	}
	came := make(chan error, 1)
	v.mail.post(func() { came <- v.handle(ev) })
	v.f.mu.Lock()
	closing := v.f.closing
	if !closing {
		v.f.group.Go(v.run) // within the lock: Close waits for what is begun before it
	}
	v.f.mu.Unlock()
	if closing {
		return errClosing
	}
	return <-came
}

// run does what happens, one after the other, until the call is over. What was promised in
// it is kept from its beginning on: what a stop leaves open is closed by who dials the
// campaign or takes it up.
func (v *visit) run() {
	enough := time.NewTimer(visitFor)
	defer enough.Stop()
	clock := time.NewTicker(tick)
	defer clock.Stop()
	for !v.over {
		for _, do := range v.mail.take() {
			do()
		}
		if v.over {
			return
		}
		select {
		case <-v.mail.bell:
		case <-clock.C:
			v.mail.post(func() { _ = v.handle(dialer.Tick{}) })
		case <-enough.C:
			v.end(fault.New(fault.Conflict, "it did not end within %s", visitFor))
		case <-v.f.ctx.Done():
			v.end(nil)
		}
	}
}

// handle is one event: what came of it is kept, then done.
func (v *visit) handle(ev dialer.Event) error {
	fx, wrong := v.engine.Handle(now(), ev)
	no, err := v.f.keep(v.which, v.rules, &fx)
	if err != nil {
		v.end(err)
		return err
	}
	if _, is := no[v.try]; is { // somebody calls them at this moment: the books have no such try
		v.end(nil)
		return wrong
	}
	for _, a := range fx.Acts {
		switch act := a.(type) {
		case dialer.Say:
			v.f.cfg.Lines.Say(v.try, act.Prompt)
		case dialer.Hang:
			v.f.cfg.Lines.Hang(v.try)
		}
	}
	_, open := v.engine.Try(v.try)
	v.over = !open
	return wrong
}

// end lets the call go.
func (v *visit) end(failed error) {
	v.over = true
	v.f.cfg.Lines.Hang(v.try)
	if failed != nil && v.f.ctx.Err() == nil {
		v.f.log("a call that came in for a campaign of another node was let go", "campaign", v.of.Named("cmp"), "error", failed)
	}
}
