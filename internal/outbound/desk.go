package outbound

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"time"

	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/usage"
	"waihu/internal/voice"
)

// Books is what the desk asks of them; app.System is one.
type Books interface {
	BeginCall(ctx context.Context, c id.Company, in app.BeginCall) (app.Attempt, error)
	GoOnCalling(ctx context.Context, c id.Company, in app.GoingOn) (app.Attempt, error)
	EndCall(ctx context.Context, c id.Company, fact *usage.Call) (app.EndedCall, error)
}

// Desk places calls for companies.
type Desk struct {
	Books Books
	Lines *voice.Lines
	Owner string        // who carries the calls, in the books
	Beat  time.Duration // between signs of life; 20 s if 0
	Spool *Spool        // keeps ends the books cannot be told; nil: nothing does
}

// Bounds of what the desk does again.
const (
	usualBeat = 20 * time.Second
	endTries  = 8                // to tell the books that a call ended
	endPause  = time.Second      // before the second of them; doubled for each further one
	mostPause = 30 * time.Second // all together a minute and a half: then it waits in the spool; without one, who finds the attempt ends it
)

// Wish is a call somebody asks for.
type Wish struct {
	Company  id.Company
	Contract id.ID
	Call     string // identifier, once in a company; one is drawn if empty
	Agent    string
	Campaign string
	Order    voice.Order // Number, From, Talk, Play, Record ...; To and the log-in are the trunk's
	// Ended is told when the call is over, before the books are, which may take longer: it
	// may add to the fact what the voice does not know. nil: nobody is.
	Ended func(*Done)
}

// Done is what came of it.
type Done struct {
	Call   string
	Report *voice.Report // nil: no trunk could be asked
	Tries  []voice.Try
	Fact   *usage.Call
	Ended  app.EndedCall
	Spent  bool // it was cut: no more was paid for
}

// Spent is how a call ended that was cut because nothing more was paid for.
const Spent = "spent"

// Place places a call and stays with it to its end. What may not be called at all
// is a *trunk.Refusal, what the books refuse an *app.CallRefused: then nothing
// was sent and nothing is left behind. Whatever else happens, the attempt has
// its fact in the books when this returns without an error.
func (d *Desk) Place(ctx context.Context, w Wish) (*Done, error) {
	class, err := d.Lines.Board.Class(w.Order.Number)
	if err == nil {
		_, err = d.Lines.Board.Order(w.Order.Number, time.Now())
	}
	if err != nil {
		return nil, err
	}
	call := cmp.Or(w.Call, rand.Text())
	attempt, err := d.Books.BeginCall(ctx, w.Company, app.BeginCall{Contract: w.Contract, Call: call, To: w.Order.Number, From: w.Order.From, Agent: w.Agent, Campaign: w.Campaign,
		Class: string(class), Owner: d.Owner})
	if err != nil {
		return nil, err
	}
	return d.carry(ctx, &w, attempt, func(ctx context.Context, o voice.Order) (*voice.Report, []voice.Try, error) {
		return d.Lines.PlaceOver(ctx, o)
	})
}

// Take takes a call that came in, over Order.Trunk, and is otherwise Place: take stays
// with it to its end, by the order it is given. Order.From is who calls, Number what they
// dialled.
func (d *Desk) Take(ctx context.Context, w Wish, take func(context.Context, voice.Order) *voice.Report) (*Done, error) {
	attempt, err := d.Books.BeginCall(ctx, w.Company, app.BeginCall{Contract: w.Contract, Call: w.Call, To: w.Order.Number, From: w.Order.From, Campaign: w.Campaign, Inbound: true, Owner: d.Owner})
	if err != nil {
		return nil, err
	}
	return d.carry(ctx, &w, attempt, func(ctx context.Context, o voice.Order) (*voice.Report, []voice.Try, error) {
		o.OnTrunk(o.Trunk, o.From)
		return take(ctx, o), nil, nil
	})
}

// carry stays with a call the books have, pays for it, and tells them its end.
func (d *Desk) carry(ctx context.Context, w *Wish, attempt app.Attempt, over func(context.Context, voice.Order) (*voice.Report, []voice.Try, error)) (_ *Done, err error) {
	m := newMeter(d, w.Company, attempt)
	o := w.Order
	o.ID, o.OnTrunk, o.OnAnswer = attempt.Call, m.over, m.answer
	if told := w.Order.OnTrunk; told != nil {
		o.OnTrunk = func(trunk, from string) { m.over(trunk, from); told(trunk, from) }
	}
	calling, stop := context.WithCancel(ctx)
	m.start(stop)
	defer m.stop() // what falls over on the way must not keep its attempt alive
	out := &Done{Call: attempt.Call}
	out.Report, out.Tries, err = over(calling, o)
	out.Spent = m.stop()
	stop()
	out.Fact = factOf(out, &o)
	if attempt.Inbound {
		out.Fact.Direction = usage.Inbound
	}
	if w.Ended != nil {
		w.Ended(out)
	}
	failed := err // of the voice: the attempt has its fact all the same
	if no := (*voice.NoWay)(nil); errors.As(err, &no) {
		failed = nil // that is what the fact says
	}
	out.Ended, err = d.end(context.WithoutCancel(ctx), w.Company, out.Fact)
	return out, errors.Join(failed, err)
}

// noCircuit is the cause (Q.850) of a call that no trunk could take.
const noCircuit = 34

// factOf is the fact of a call; also of one that no trunk was asked for.
func factOf(d *Done, o *voice.Order) *usage.Call {
	if d.Report == nil {
		return &usage.Call{ID: d.Call, Source: voice.Source, Direction: usage.Outbound, Mode: usage.Manual, Result: usage.Congestion, From: o.From, To: o.Number, Cause: "34",
			Course: &usage.Course{EndedBy: usage.OurSide, Cause: noCircuit, Why: "no trunk"}}
	}
	f := d.Report.Fact()
	if d.Spent {
		f.Course.Why = Spent
	}
	return f
}

// end tells the books, again and again for a while: a database that restarts must
// not cost the call its end. What books say that cannot be read now means nothing.
// Where they cannot be told the end is written down at once, for this process may not last
// either, and waits there if they stay away.
func (d *Desk) end(ctx context.Context, c id.Company, fact *usage.Call) (out app.EndedCall, err error) {
	spooled := d.Spool == nil
	defer func() {
		if d.Spool != nil && spooled && err == nil {
			err = errors.Join(err, d.Spool.drop(c, fact.ID))
		}
	}()
	pause := endPause
	for try := range endTries {
		if try > 0 {
			wait := time.NewTimer(pause)
			<-wait.C
			pause = min(2*pause, mostPause)
		}
		out, err = d.Books.EndCall(ctx, c, fact)
		switch {
		case err == nil:
			return out, nil
		case away(err):
		case fault.KindOf(err) == fault.NotFound:
			return out, nil // it was thought dead, and has its fact
		case fault.KindOf(err) != fault.Internal: // else it may be gone when it is tried again
			return out, err
		}
		if !spooled {
			failed := d.Spool.keep(c, fact) // there may be room when it is tried again
			err, spooled = errors.Join(err, failed), failed == nil
		}
	}
	return out, err
}
