package floor

import (
	"cmp"
	"context"
	"time"

	"waihu/internal/app"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/dialer"
	"waihu/internal/phone"
	"waihu/internal/usage"
)

// Caller is somebody who was called and calls back, as the lines take them.
type Caller struct {
	Outgoing // what a call to them would be; its CallerID is the number they dial
	// Came hands them to the campaign once the line rings, and the books have the call. An
	// error: it has nobody for them, and is told nothing more.
	Came func(context.Context) error
	Tell func(dialer.Event) // as that of Lines.Place, without Dialed, Rings, Answered and Told
}

// caller finds whom a call is from, and the campaign they reach. It is taken up where
// nobody is logged in: somebody must tell them.
func (f *Floor) caller(ctx context.Context, from, to phone.Number) (*Caller, error) {
	c, found, err := f.cfg.System.FindReturn(ctx, from, to)
	if err != nil {
		return nil, err
	}
	f.logins.Lock()
	d, err := f.drive(ctx, which{c, found.Campaign.ID})
	f.logins.Unlock()
	if err != nil {
		return nil, err
	}
	try, err := f.cfg.System.IDs.At(now())
	if err != nil {
		return nil, err
	}
	out := &Caller{Outgoing: Outgoing{Company: c, Contract: d.pays, Try: try, Campaign: d.of, List: found.Lead.List, Lead: found.Lead.ID, Number: from, CallerID: to,
		Mode: usage.Manual, Purpose: found.Campaign.Purpose, Record: found.Campaign.Record, Notice: found.Campaign.Record, Kept: func(failed error) { d.post(func() { d.taped(try, failed) }) }}}
	out.Tell = func(ev dialer.Event) { d.post(func() { d.heard(try, ev) }) }
	out.Came = func(ctx context.Context) error { return d.ask(ctx, func() error { return d.cameIn(ctx, out, &found) }) }
	return out, nil
}

// cameIn hands somebody who calls back to the engine. A campaign that is over has nobody
// for them either.
func (d *driver) cameIn(ctx context.Context, who *Caller, found *app.CalledBack) error {
	if err := ctx.Err(); err != nil { // nobody waits any more
		return err
	}
	if d.draining {
		return errClosing
	}
	zone, err := d.f.cfg.Packs.Zone(cmp.Or(found.Zone, "UTC"))
	if err != nil {
		zone = time.UTC
	}
	closed := found.Closed || d.plan.Status.State == campaign.Finished
	d.calls[who.Try] = &line{began: true}
	d.open.Store(int64(len(d.calls)))
	err = d.handle(dialer.CameIn{Try: who.Try, Lead: dialer.Candidate{Lead: found.Lead.Lead, Zone: zone}, Number: who.Number, To: who.CallerID, Closed: closed})
	if err != nil {
		d.ended(who.Try)
	}
	return err
}
