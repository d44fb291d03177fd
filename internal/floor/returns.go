package floor

import (
	"cmp"
	"context"
	"errors"
	"time"

	"waihu/internal/app"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/dialer"
	"waihu/internal/id"
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
	d, err := f.drive(ctx, which{c, found.Campaign.ID})
	var no *Refusal
	if errors.As(err, &no) && no.Code == otherNode {
		return f.visited(ctx, c, from, to, &found)
	}
	if err != nil {
		return nil, err
	}
	out, err := f.comes(c, from, to, &found, d.pays)
	if err != nil {
		return nil, err
	}
	out.Record, out.Kept = found.Campaign.Record, func(failed error) { d.post(func() { d.taped(out.Try, failed) }) }
	if err := d.ask(ctx, func() error { out.Notice = d.saidFirst(out.Lead, from); return nil }); err != nil {
		return nil, err
	}
	out.Tell = func(ev dialer.Event) { d.post(func() { d.heard(out.Try, ev) }) }
	out.Came = func(ctx context.Context) error { return d.ask(ctx, func() error { return d.cameIn(ctx, out, &found) }) }
	return out, nil
}

// comes is a call that comes in, as the lines take it.
func (f *Floor) comes(c id.Company, from, to phone.Number, found *app.CalledBack, pays id.ID) (*Caller, error) {
	try, err := f.cfg.System.IDs.At(now())
	return &Caller{Outgoing: Outgoing{Company: c, Contract: pays, Try: try, Campaign: found.Campaign.ID, List: found.Lead.List, Lead: found.Lead.ID, Number: from, CallerID: to,
		Mode: usage.Manual, Purpose: found.Campaign.Purpose}}, err
}

// cameIn is somebody who calls back, as the engine is told.
func (f *Floor) cameIn(who *Caller, found *app.CalledBack) dialer.CameIn {
	zone, err := f.cfg.Packs.Zone(cmp.Or(found.Zone, "UTC"))
	if err != nil {
		zone = time.UTC
	}
	return dialer.CameIn{Try: who.Try, Lead: dialer.Candidate{Lead: found.Lead.Lead, Zone: zone}, Number: who.Number, To: who.CallerID, Closed: found.Closed}
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
	ev := d.f.cameIn(who, found)
	ev.Closed = ev.Closed || d.plan.Status.State == campaign.Finished
	d.calls[who.Try] = &line{began: true}
	d.open.Store(int64(len(d.calls)))
	err := d.handle(ev)
	if err != nil {
		d.ended(who.Try)
	}
	return err
}
