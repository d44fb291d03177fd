package telephone

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"waihu/internal/app"
	"waihu/internal/calling/dialer"
	"waihu/internal/fault"
	"waihu/internal/floor"
	"waihu/internal/id"
	"waihu/internal/outbound"
	"waihu/internal/phone"
	"waihu/internal/usage"
	"waihu/internal/voice"
	"waihu/internal/voice/detect"
	"waihu/internal/voice/exchange"
	"waihu/internal/voice/prompt"
	"waihu/internal/voice/trunk"
)

// stopWait is how long calls may take to tell the books their end when the service
// stops: what the books are not told by then waits in the spool.
const stopWait = 10 * time.Second

// floorLines are the lines of the calling floor: calls of the dialer over the exchange,
// paid for over the desk.
type floorLines struct {
	t       *Telephone
	running context.Context // until the service stops
	cancel  func()
	busy    sync.WaitGroup

	mu    sync.Mutex
	calls map[id.ID]*dialed
	who   func(ctx context.Context, from, to phone.Number) (*floor.Caller, error) // nil: nobody takes calls
}

func newFloorLines(t *Telephone) *floorLines {
	f := &floorLines{t: t, calls: map[id.ID]*dialed{}}
	f.running, f.cancel = context.WithCancel(context.Background())
	return f
}

// Floor are the lines the dialer calls over.
func (t *Telephone) Floor() floor.Lines { return t.floor }

// stop ends the calls, and begins none.
func (f *floorLines) stop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cancel()
}

// wait waits for calls that end.
func (f *floorLines) wait() error {
	done := make(chan struct{})
	go func() { f.busy.Wait(); close(done) }()
	late := time.NewTimer(stopWait)
	defer late.Stop()
	select {
	case <-done:
		return nil
	case <-late.C:
		return fault.New(fault.Conflict, "calls have ended that the books were not told of within %s: they are ended when it is back", stopWait)
	}
}

// dialed is a call of the dialer.
type dialed struct {
	f     *floorLines
	o     floor.Outgoing
	line  *exchange.Line
	in    *arrived // they called us; nil: we call them
	to    string   // as it is dialled
	lang  string   // of the company
	begun time.Time

	mu    sync.Mutex
	tell  func(dialer.Event)
	began bool             // a trunk was asked
	up    bool             // answered
	by    usage.AnsweredBy // known before the answer was told
	over  bool
	tape  *tape
}

// Place is part of floor.Lines.
func (f *floorLines) Place(ctx context.Context, o floor.Outgoing, tell func(dialer.Event)) (err error) {
	defer fault.Wrap(&err, "place %s", callName(o.Try))
	company, err := f.t.sys.GetCompany(ctx, o.Company)
	if err != nil {
		return err
	}
	d := &dialed{f: f, o: o, to: number(o.Number), lang: company.Lang, tell: tell, begun: time.Now()}
	if err := f.enter(d); err != nil {
		return err
	}
	placing, stop := context.WithCancel(f.running)
	begun, done := make(chan struct{}), make(chan error, 1)
	go func() {
		defer f.busy.Done()
		defer stop()
		defer f.leave(d)
		done <- d.run(placing, begun)
	}()
	gaveUp := context.AfterFunc(ctx, stop)
	defer gaveUp()
	select {
	case <-begun:
		return nil
	case err := <-done:
		return err
	}
}

// enter takes a call in. The books are asked for its notice first: while they take their
// time, other calls go on.
func (f *floorLines) enter(d *dialed) (err error) {
	reserved := exchange.Reserved{Early: !d.o.Detect}
	if d.o.Notice != "" {
		reserved.Notice = d.soundOr(d.o.Notice, prompt.Recorded)
	}
	if d.o.Agent != "" {
		reserved.Agent = standingName(d.o.Company, d.o.Agent)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.running.Err() != nil {
		return fault.New(fault.Conflict, "the service stops")
	}
	d.line, err = f.t.x.Line(callName(d.o.Try), reserved, exchange.Told{
		Rings:    func() { d.say(dialer.Rings{Try: d.o.Try}) },
		Answered: d.answered,
		Parted:   func() { d.say(dialer.Parted{Try: d.o.Try}) },
		Kept:     d.kept,
	})
	if err == nil {
		f.calls[d.o.Try] = d
		f.busy.Add(1)
	}
	return err
}

func (f *floorLines) leave(d *dialed) {
	d.line.Close()
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.calls, d.o.Try)
}

// of is a call that runs.
func (f *floorLines) of(try id.ID) (*dialed, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if d := f.calls[try]; d != nil {
		return d, nil
	}
	return nil, fault.New(fault.NotFound, "call %s does not run here", callName(try))
}

// callName is what a call of the dialer is called, here and in the books.
func callName(try id.ID) string { return try.Named("call") }

// number is a number as trunks read it.
func number(n interface {
	IsZero() bool
	String() string
}) string {
	if n.IsZero() {
		return ""
	}
	return "+" + n.String()
}

// run places the call and stays with it until the books know its end. An error without
// begun says that nothing was sent.
func (d *dialed) run(ctx context.Context, begun chan<- struct{}) error {
	o := &d.o
	order := voice.Order{Number: d.to, From: number(o.CallerID), Ring: o.Ring, Beside: d.line.Beside, OnWho: d.who, OnKey: d.key}
	if o.Detect {
		order.Detect = &detect.Config{}
	}
	order.OnTrunk = func(trunk, _ string) {
		if d.begin(trunk) {
			close(begun)
		}
	}
	w := outbound.Wish{Company: o.Company, Contract: o.Contract, Call: callName(o.Try), Agent: o.Agent, Campaign: campaignName(o.Campaign), Order: order, Ended: d.ended}
	out, err := d.f.t.desk.Place(ctx, w)
	if err == nil && out.Report == nil {
		err = &voice.NoWay{Number: order.Number, Tries: out.Tries}
	}
	d.tape.finish(d.f.t, o.Company, d.line.Recorded())
	return d.f.t.refusedFor(err)
}

// say tells something of the call, until it is over.
func (d *dialed) say(e dialer.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.over {
		d.tell(e)
	}
}

// key tells a key of the other side.
func (d *dialed) key(k byte) { d.say(dialer.Pressed{Try: d.o.Try, Key: string(k)}) }

// begin tells that a trunk was asked, the first time.
func (d *dialed) begin(trunk string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.began {
		return false
	}
	d.began = true
	d.tell(dialer.Dialed{Try: d.o.Try, Trunk: trunk, Call: callName(d.o.Try)})
	return true
}

// answered tells the answer, and who it was where that is known already.
func (d *dialed) answered() {
	if d.o.Record {
		d.record()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.up = true; d.over {
		return
	}
	if d.in != nil { // whoever answered knows
		close(d.in.up)
		return
	}
	d.tell(dialer.Answered{Try: d.o.Try})
	if d.by != "" {
		d.tell(dialer.Told{Try: d.o.Try, By: d.by})
	}
}

// who tells who answered, never before that somebody did.
func (d *dialed) who(by usage.AnsweredBy) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.over:
	case d.up:
		d.tell(dialer.Told{Try: d.o.Try, By: by})
	default:
		d.by = by
	}
}

// ended tells that the line is free, before the books are told what the call came to,
// and adds to its fact what the voice does not know.
func (d *dialed) ended(done *outbound.Done) {
	over := dialer.Over{Try: d.o.Try, Result: usage.Congestion, Cause: int(done.Fact.Course.Cause), Seconds: done.Fact.Seconds()}
	if r := done.Report; r != nil {
		over.Result, over.Cause = r.Outcome()
		over.SIP = r.Ending.Code
	}
	d.mu.Lock()
	if d.began && !d.over {
		d.tell(over)
	}
	d.over = true
	d.mu.Unlock()
	f := done.Fact
	f.Mode, f.Purpose = d.o.Mode, d.o.Purpose
	f.Agent = d.agent()
	f.Course.Recording, f.Course.RecordingSHA256 = d.tape.told(d.line.Recorded())
}

// agent is who spoke first, in the words of the books; empty: nobody did.
func (d *dialed) agent() string {
	return agentIn(d.line.Agent())
}

// campaignName is a campaign as facts have it; empty: it was none's.
func campaignName(c id.ID) string {
	if c.IsZero() {
		return ""
	}
	return c.Named("cmp")
}

// refusedFor is why nothing was sent, in the words of the books.
func (t *Telephone) refusedFor(err error) error {
	var never *trunk.Refusal
	if errors.As(err, &never) {
		return &app.CallRefused{Reason: app.CallReason(never.Reason), Err: fault.New(fault.Invalid, "%v", err)}
	}
	var full *voice.NoWay
	if errors.As(err, &full) { // it may be tried again soon
		return fault.New(fault.Conflict, "%v", err)
	}
	var no *app.CallRefused
	if err != nil && !errors.As(err, &no) && t.cfg.Log != nil {
		t.cfg.Log.Warn("a call was not placed, or not to its end", "error", err.Error())
	}
	return err
}

// standingName is an agent of a company, as the exchange knows them.
func standingName(c id.Company, agent string) string { return c.Named("co") + between + agent }

// whose is whose standing leg a log-in's is.
func (t *Telephone) whose(ctx context.Context, user string) (string, error) {
	c, agent, err := t.holder(ctx, user)
	if err != nil {
		return "", err
	}
	return standingName(c, agent), nil
}

// Standing is part of floor.Lines.
func (f *floorLines) Standing(told func(c id.Company, user string, here bool)) {
	f.t.x.Standing(func(who string, here bool) {
		company, agent, _ := strings.Cut(who, between)
		if c, err := id.ParseNamed("co", company); err == nil { // it was made of one
			told(id.Company{ID: c}, agent, here)
		}
	})
}
