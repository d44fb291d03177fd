package telephone

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/floor"
	"waihu/internal/outbound"
	"waihu/internal/phone"
	"waihu/internal/voice"
	"waihu/internal/voice/sip"
	"waihu/internal/voice/trunk"
)

// arrived is what a call that came in has beside one of the dialer.
type arrived struct {
	call   *sip.Call
	leg    *voice.Leg
	answer sync.Once
	up     chan struct{} // closed once the line knows that it was answered
}

// Incoming is part of floor.Lines.
func (f *floorLines) Incoming(who func(ctx context.Context, from, to phone.Number) (*floor.Caller, error)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.who = who
}

// incoming takes a call of a trunk and stays with it to its end. It reaches the campaign
// that called its caller, or nobody: it is never sent on anywhere.
func (f *floorLines) incoming(call *sip.Call) {
	if !f.t.isOpen() {
		call.Refuse(503, "Service Unavailable", time.Second)
		return
	}
	board := f.t.desk.Lines.Board
	in, why := board.Admit(call.Source(), time.Now())
	if in == nil {
		code, reason := turnedAway(why)
		call.Refuse(code, reason, time.Second)
		return
	}
	defer in.Release()
	err := f.take(call, in.Trunk)
	if err == nil {
		return
	}
	code, reason := 480, "Temporarily Unavailable"
	if fault.KindOf(err) == fault.NotFound {
		code, reason = 404, "Not Found"
	}
	call.Refuse(code, reason, 0)
	if log := f.t.cfg.Log; log != nil && code != 404 {
		log.Warn("a call that came in was not taken", "trunk", in.Trunk.Name, "error", err.Error())
	}
}

// turnedAway is what a trunk is told that brings more than it may.
func turnedAway(why trunk.Reason) (code int, reason string) {
	if why == trunk.Full || why == trunk.TooFast {
		return 486, "Busy Here"
	}
	return 403, "Forbidden"
}

// take finds whom a call is from, and lets the books and the campaign have it. An error
// says that it was not answered.
func (f *floorLines) take(call *sip.Call, over *trunk.Trunk) error {
	f.mu.Lock()
	ask := f.who
	f.mu.Unlock()
	board := f.t.desk.Lines.Board
	from, known := board.Number(call.Caller())
	to, ours := board.Number(call.Called())
	if !ours { // a registrar sends it on to our log-in
		to, ours = board.Number(call.Addressed())
	}
	if ask == nil || !known || !ours {
		return fault.New(fault.NotFound, "nobody can be told by %q, who calls %q", fault.Shorten(call.Caller(), 40), fault.Shorten(call.Called(), 40))
	}
	ctx, stop := context.WithTimeout(f.running, asking)
	defer stop()
	who, err := ask(ctx, from, to)
	if err != nil {
		return err
	}
	company, err := f.t.sys.GetCompany(ctx, who.Company)
	if err != nil {
		return err
	}
	leg, err := voice.NewLeg(f.t.desk.Lines.Ports)
	if err != nil {
		return err
	}
	defer leg.Close()
	if over.Encrypts() {
		if err := leg.Encrypt(); err != nil {
			return err
		}
	}
	d := &dialed{f: f, o: who.Outgoing, to: number(to), lang: company.Lang, tell: who.Tell, begun: time.Now(), began: true, in: &arrived{call: call, leg: leg, up: make(chan struct{})}}
	if err := f.enter(d); err != nil {
		return err
	}
	defer f.busy.Done()
	defer f.leave(d)
	return d.receive(who, over.Name)
}

// receive lets the line ring and stays with it until the books know its end.
func (d *dialed) receive(who *floor.Caller, over string) error {
	var refused error
	o := voice.Order{Number: d.to, From: number(d.o.Number), Trunk: over, OnKey: d.key, Beside: func(call *sip.Call, leg *voice.Leg) {
		came := make(chan error, 1)
		go func() { // the campaign may answer before it has come back
			ctx, stop := context.WithTimeout(d.f.running, asking)
			defer stop()
			err := who.Came(ctx)
			if came <- err; err != nil {
				call.Hangup()
			}
		}()
		d.line.Beside(call, leg)
		refused = <-came
	}}
	w := outbound.Wish{Company: d.o.Company, Contract: d.o.Contract, Call: callName(d.o.Try), Campaign: campaignName(d.o.Campaign), Order: o, Ended: d.ended}
	_, err := d.f.t.desk.Take(d.f.running, w, func(ctx context.Context, o voice.Order) *voice.Report { return voice.Take(ctx, d.in.call, d.in.leg, o) })
	d.tape.finish(d.f.t, d.o.Company, d.line.Recorded())
	var no *app.CallRefused
	if err != nil && !errors.As(err, &no) && d.f.t.cfg.Log != nil {
		d.f.t.cfg.Log.Error("a call that came in is not told to the books", "call", callName(d.o.Try), "error", err)
	}
	return cmp.Or(err, refused)
}

// pickUp answers a call that came in, the first time somebody is to be heard; false: they
// gave up. A call of ours is answered by them.
func (d *dialed) pickUp() bool {
	if d.in == nil {
		return true
	}
	d.in.answer.Do(func() { _ = d.in.call.Answer(d.in.leg) }) // one that fails has ended
	select {
	case <-d.in.up:
		return true
	case <-d.in.call.Done():
		return false
	}
}

// hang ends a call, or refuses one that came in and was not answered.
func (d *dialed) hang() {
	if d.in != nil {
		d.in.call.Hangup()
		return
	}
	d.line.Hang()
}
