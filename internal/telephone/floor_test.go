package telephone_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/calling/dialer"
	"waihu/internal/fault"
	"waihu/internal/floor"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
	"waihu/internal/voice"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/prompt"
	"waihu/internal/voice/retention"
	"waihu/internal/voice/vault"
)

// told is what a dialer is told of its calls.
type told chan dialer.Event

// want waits for the next thing that is told.
func want[E dialer.Event](t *testing.T, from told) (e E) {
	t.Helper()
	select {
	case got := <-from:
		e, ok := got.(E)
		if !ok {
			t.Fatalf("%T %+v is told, want %T", got, got, e)
		}
		return e
	case <-time.After(20 * time.Second):
		t.Fatalf("%T is not told", e)
	}
	return e
}

// outgoing is a call of the dialer.
func (o *office) outgoing(number string) floor.Outgoing {
	n, ok := phone.Parse(number)
	if !ok {
		o.Fatalf("%s is no number", number)
	}
	id := func() id.ID { return must(o.sys.IDs.At(timex.At(time.Now()))) }
	return floor.Outgoing{Company: o.company, Contract: o.contract, Try: id(), Campaign: id(), List: id(), Lead: id(), Number: n, Ring: 10 * time.Second, Mode: usage.Predictive, Purpose: usage.Sales}
}

// place places one.
func (o *office) place(out floor.Outgoing) told {
	o.Helper()
	t := make(told, 100)
	if err := o.phones.Floor().Place(o.Context(), out, func(e dialer.Event) { t <- e }); err != nil {
		o.Fatal(err)
	}
	return t
}

// here tells who stands on the floor.
type here struct {
	sync.Mutex
	who map[string]bool
}

// stand lets an agent's telephone stand on the floor until the test ends.
func (o *office) stand(agent string) {
	o.Helper()
	user, secret, _, err := o.phones.Pass(o.company, agent)
	if err != nil {
		o.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		r, err := voice.Place(ctx, o.agent, o.ports, voice.Order{To: "sip:floor@" + o.phones.Host(), From: agent, User: user, Secret: secret, Talk: time.Hour,
			Play: audio.Tone{Hertz: []float64{1000}, Level: 0.4}.Samples(30 * time.Second)})
		if err != nil || !r.Answered() {
			o.Errorf("%s does not stand: %+v, %v", agent, r, err)
		}
	}()
	o.Cleanup(func() { stop(); <-done })
	var h here
	came := make(chan struct{})
	var once sync.Once
	o.phones.Floor().Standing(func(c id.Company, user string, is bool) {
		h.Lock()
		defer h.Unlock()
		if is && c == o.company && user == agent {
			once.Do(func() { close(came) })
		}
	})
	select {
	case <-came:
	case <-time.After(20 * time.Second):
		o.Fatalf("%s does not stand", agent)
	}
}

// TestTheDialerCalls: what happens is told in order, an agent is joined, and the call is
// one fact with its try, campaign, agent and recording, charged like others.
func TestTheDialerCalls(t *testing.T) {
	o := open(t, "100.00")
	lines := o.phones.Floor()
	o.stand(ann)
	out := o.outgoing("8613800138000")
	out.Record = true
	events := o.place(out)
	call := out.Try.Named("call")
	if e := want[dialer.Dialed](t, events); e.Try != out.Try || e.Trunk != "one" || e.Call != call {
		t.Errorf("%+v", e)
	}
	want[dialer.Rings](t, events)
	want[dialer.Answered](t, events)
	if err := lines.Join(out.Try, ann); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(lines.Hold(out.Try, true), lines.Hold(out.Try, false), lines.Press(out.Try, "1"), lines.PauseRecording(out.Try, true), lines.PauseRecording(out.Try, false)); err != nil {
		t.Error(err)
	}
	lines.Say(out.Try, string(prompt.Wait))
	want[dialer.Said](t, events)
	if err := lines.Part(out.Try); fault.KindOf(err) != fault.Conflict {
		t.Errorf("the customer is left alone: %v", err)
	}
	if all := o.phones.Running(o.company); len(all) != 1 || all[0].Agent != ann {
		t.Errorf("%+v", all)
	}
	if err := lines.Drop(out.Try, string(prompt.Wait)); err != nil {
		t.Error(err)
	}
	if all := o.phones.Running(o.company); len(all) != 1 || all[0].Agent != "" {
		t.Errorf("whoever has parted is named: %+v", all)
	}
	lines.Hang(out.Try)
	over := want[dialer.Over](t, events)
	f := o.facts(1)[0]
	if over.Result != usage.Answered || over.SIP != 200 || over.Cause != 16 || over.Seconds != f.Call.Seconds() || over.Seconds == 0 {
		t.Errorf("%+v, and the fact has %d seconds", over, f.Call.Seconds())
	}
	if c := f.Call; c.ID != call || c.Agent != ann || c.Campaign != out.Campaign.Named("cmp") || c.To != "+8613800138000" || c.Mode != usage.Predictive || c.Purpose != usage.Sales || len(f.Charges) != 1 {
		t.Errorf("%+v %+v", f.Call, f.Charges)
	}
	var kept []app.Recording
	for deadline := time.Now().Add(20 * time.Second); (len(kept) == 0 || kept[0].State == retention.Open) && time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		kept = must(o.sys.RecordingsOf(t.Context(), o.company, call))
	}
	if len(kept) != 1 || kept[0].SHA256 == "" || f.Call.Course.Recording != kept[0].ID.Named("rec") || f.Call.Course.RecordingSHA256 != kept[0].SHA256 {
		t.Errorf("%+v, the fact says %+v", kept, f.Call.Course)
	}
	if err := lines.Join(out.Try, ann); fault.KindOf(err) != fault.NotFound && fault.KindOf(err) != fault.Conflict {
		t.Error(err)
	}
	lines.Hang(out.Try) // it is over already
}

// TestARecordingThatHasNoFile: the floor is told while the call goes on, the fact names a
// recording without a digest, and the recording says why nothing is in it.
func TestARecordingThatHasNoFile(t *testing.T) {
	o := open(t, "100.00")
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, o.company.String()), nil, 0o600); err != nil { // in the place of the company's folder
		t.Fatal(err)
	}
	v := must(vault.Open(folder))
	t.Cleanup(func() { _ = v.Close() })
	o.sys.Vault = v
	o.stand(ann)
	out := o.outgoing("8613800138000")
	told := make(chan error, 10)
	out.Record, out.Kept = true, func(failed error) { told <- failed }
	events := o.place(out)
	want[dialer.Dialed](t, events)
	want[dialer.Rings](t, events)
	want[dialer.Answered](t, events)
	if failed := <-told; failed == nil {
		t.Error("the floor is told that it is recorded")
	}
	if err := o.phones.Floor().Join(out.Try, ann); err != nil {
		t.Fatal(err)
	}
	o.phones.Floor().Hang(out.Try)
	want[dialer.Over](t, events)
	course := o.facts(1)[0].Call.Course
	kept := must(o.sys.RecordingsOf(t.Context(), o.company, out.Try.Named("call")))
	if len(kept) != 1 || course.Recording != kept[0].ID.Named("rec") || course.RecordingSHA256 != "" {
		t.Errorf("%+v, the fact says %+v", kept, course)
	}
}

// TestTheDialerIsToldHowACallEnds, whatever comes of it, and why one is not placed.
func TestTheDialerIsToldHowACallEnds(t *testing.T) {
	o := open(t, "100.00")
	for number, result := range map[string]dialer.Over{"8613800000001": {Result: usage.Busy, SIP: 486, Cause: 17}, "8613800000002": {Result: usage.Congestion, SIP: 503, Cause: 34}} {
		out := o.outgoing(number)
		events := o.place(out)
		want[dialer.Dialed](t, events)
		for {
			e := <-events
			if _, rings := e.(dialer.Rings); rings {
				continue
			}
			if result.Try = out.Try; e != dialer.Event(result) {
				t.Errorf("%s: %+v", number, e)
			}
			break
		}
	}
	for number, why := range map[string]app.CallReason{"864008001234": app.NumberBlocked, "861012345678": app.NumberBlocked} {
		err := o.phones.Floor().Place(t.Context(), o.outgoing(number), func(e dialer.Event) { t.Errorf("%+v is told", e) })
		var no *app.CallRefused
		if !errors.As(err, &no) || no.Reason != why {
			t.Errorf("%s: %v", number, err)
		}
	}
	poor := open(t, "0.05")
	err := poor.phones.Floor().Place(t.Context(), poor.outgoing("8613800138000"), func(e dialer.Event) { t.Errorf("%+v is told", e) })
	var no *app.CallRefused
	if !errors.As(err, &no) || no.Reason != app.NoCredit {
		t.Error(err)
	}
}

// TestWhoAnsweredIsToldAfterTheAnswer, by what is heard.
func TestWhoAnsweredIsToldAfterTheAnswer(t *testing.T) {
	o := open(t, "100.00")
	out := o.outgoing("8613800000004") // a machine, by the script
	out.Detect = true
	events := o.place(out)
	want[dialer.Dialed](t, events)
	want[dialer.Rings](t, events)
	want[dialer.Answered](t, events)
	if e := want[dialer.Told](t, events); e.By != usage.Machine {
		t.Errorf("%+v", e)
	}
	if err := o.phones.Floor().Drop(out.Try, "prm_nobody_keeps"); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a message that cannot be had: %v", err)
	}
	if err := o.phones.Floor().Drop(out.Try, string(prompt.Goodbye)); err != nil {
		t.Fatal(err)
	}
	o.phones.Floor().Hang(out.Try) // its message is long
	want[dialer.Over](t, events)
	if f := o.facts(1)[0]; f.Call.By != usage.Machine {
		t.Errorf("%+v", f.Call)
	}
}

// TestSomebodyOutsideIsASecondCall: paid for on its own, and told as of the first.
func TestSomebodyOutsideIsASecondCall(t *testing.T) {
	o := open(t, "100.00")
	lines := o.phones.Floor()
	o.stand(ann)
	out := o.outgoing("8613800138000")
	events := o.place(out)
	want[dialer.Dialed](t, events)
	want[dialer.Rings](t, events)
	want[dialer.Answered](t, events)
	if err := lines.Join(out.Try, ann); err != nil {
		t.Fatal(err)
	}
	for to, kind := range map[floor.Target]fault.Kind{{}: "", {Agent: "user_bob"}: fault.Conflict, {Agent: ann, Number: out.Number}: fault.Invalid, {Number: must(parsed("864008001234"))}: fault.Invalid} {
		if err := lines.Confer(out.Try, to); kind == "" && err != nil || kind != "" && fault.KindOf(err) != kind {
			t.Errorf("%+v: %v", to, err)
		}
	}
	busy, free := must(parsed("8613800000001")), must(parsed("8613900000001"))
	if err := lines.Confer(out.Try, floor.Target{Number: busy}); err != nil {
		t.Fatal(err)
	}
	if e := want[dialer.NotTaken](t, events); e.Number != busy { // of who was refused nothing is told
		t.Errorf("%+v", e)
	}
	if err := lines.Transfer(out.Try, floor.Target{Number: free}); err != nil {
		t.Fatal(err)
	}
	if e := want[dialer.Came](t, events); e.Number != free {
		t.Errorf("%+v", e)
	}
	want[dialer.Parted](t, events)
	lines.Hang(out.Try)
	want[dialer.Over](t, events)
	var first, second *usage.Call
	for _, f := range o.facts(3) {
		switch c := f.Call; {
		case c.ID == out.Try.Named("call"):
			first = &c
		case c.To == "+8613900000001":
			second = &c
		}
	}
	if second.Session != first.ID || second.Course.OtherLeg != first.ID || second.To != "+8613900000001" || second.Result != usage.Answered || second.Campaign != first.Campaign || second.Agent != ann || first.Agent != ann {
		t.Errorf("%+v\n%+v", first, second)
	}
}

func parsed(s string) (phone.Number, error) {
	n, ok := phone.Parse(s)
	if !ok {
		return n, fmt.Errorf("%s is no number", s)
	}
	return n, nil
}

// awayBooks are books that cannot be reached once that is said.
type awayBooks struct {
	store.DB
	mu   sync.Mutex
	away bool
}

func (b *awayBooks) gone() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.away {
		return &store.Unavailable{Err: errors.New("the test took it away")}
	}
	return nil
}

func (b *awayBooks) set(away bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.away = away
}

func (b *awayBooks) Update(ctx context.Context, f func(store.Tx) error) error {
	if err := b.gone(); err != nil {
		return err
	}
	return b.DB.Update(ctx, f)
}

func (b *awayBooks) View(ctx context.Context, f func(store.Tx) error) error {
	if err := b.gone(); err != nil {
		return err
	}
	return b.DB.View(ctx, f)
}

// TestTheDialerDoesNotWaitForTheBooks: they are away when a call ends, and the line is
// free for all that; its fact comes when they are back.
func TestTheDialerDoesNotWaitForTheBooks(t *testing.T) {
	o := open(t, "100.00")
	books := &awayBooks{DB: o.sys.DB}
	o.sys.DB = books
	out := o.outgoing("8613800138000")
	events := o.place(out)
	want[dialer.Dialed](t, events)
	want[dialer.Rings](t, events)
	want[dialer.Answered](t, events)
	books.set(true)
	o.phones.Floor().Hang(out.Try)
	want[dialer.Over](t, events)
	books.set(false)
	if f := o.facts(1)[0]; f.Call.ID != out.Try.Named("call") || f.Call.Result != usage.Answered {
		t.Errorf("%+v", f.Call)
	}
}

// TestAnAgentsOwnCallIsReached: a supervisor hears it, its recording pauses, and it is
// handed to an agent on the floor, while the telephone that called is let go.
func TestAnAgentsOwnCallIsReached(t *testing.T) {
	o := open(t, "100.00")
	name := o.plan("13800138000", true)
	call := must(id.ParseNamed("call", name))
	ended := make(chan *voice.Report, 1)
	go func() { ended <- o.call(name, 0) }()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if all := o.phones.Running(o.company); len(all) == 1 && !all[0].Answered.IsZero() {
			if r := all[0]; r.Call != call || r.Agent != ann || r.To != "13800138000" || r.Held || r.Paused {
				t.Errorf("%+v", r)
			}
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the call does not run")
		}
	}
	const bob, sue = "user_bob", "user_sue"
	o.stand(bob)
	o.stand(sue)
	on := func(do func(floor.Lines) error) {
		t.Helper()
		if err := o.phones.On(o.company, call, do); err != nil {
			t.Fatal(err)
		}
	}
	on(func(l floor.Lines) error { return l.Supervise(call, sue, floor.Whisper) })
	on(func(l floor.Lines) error { return l.PauseRecording(call, true) })
	if all := o.phones.Running(o.company); all[0].Hearing[sue] != floor.Whisper || !all[0].Paused {
		t.Errorf("%+v", all[0])
	}
	on(func(l floor.Lines) error { return l.Supervise(call, sue, floor.None) })
	on(func(l floor.Lines) error { return l.PauseRecording(call, false) })
	on(func(l floor.Lines) error { return l.Transfer(call, floor.Target{Agent: bob}) })
	if r := <-ended; !r.Answered() {
		t.Errorf("%+v", r.Ending)
	}
	if all := o.phones.Running(o.company); len(all) != 1 || all[0].Agent != bob || len(all[0].Hearing) != 0 {
		t.Errorf("%+v", all)
	}
	other := id.Company{ID: must(o.sys.AddCompany(t.Context(), app.Company{Name: "other", Email: "o@example.com"})).ID}
	if err := o.phones.On(other, call, func(floor.Lines) error { return nil }); fault.KindOf(err) != fault.NotFound || len(o.phones.Running(other)) != 0 {
		t.Errorf("another company: %v", err)
	}
	on(func(l floor.Lines) error { l.Hang(call); return nil })
	if f := o.facts(1)[0]; f.Call.ID != name || f.Call.Agent != ann || f.Call.Course.Recording == "" {
		t.Errorf("%+v", f.Call)
	}
}

// TestAStolenLogInIsHeld: number after number that earns somebody money is refused, and
// then nothing is placed for the company until a person releases it. It is told, and so
// is the operator. Other numbers that may not be called do not count, nor what the dialer
// finds in a list.
func TestAStolenLogInIsHeld(t *testing.T) {
	o := open(t, "100.00")
	o.sys.Fraud = app.FraudBound{Refusals: 5, Within: time.Minute, Tell: "operator@example.com"}
	reach := o.phones.Reach()
	refused := func(number string) app.CallReason {
		t.Helper()
		err := o.phones.Floor().Place(t.Context(), o.outgoing(number), func(dialer.Event) {})
		var no *app.CallRefused
		if !errors.As(err, &no) {
			t.Fatalf("%s: %v", number, err)
		}
		return no.Reason
	}
	abroad := func(n int) string { return fmt.Sprintf("4790012%04d", n) }
	for n := range 10 {
		if why := refused(abroad(n)); why != app.NumberBlocked {
			t.Errorf("%s", why)
		}
		if r := o.call(o.plan("01012345678", false), 0); r.Ending.Code != 403 {
			t.Errorf("%+v", r.Ending)
		}
	}
	for n := range 5 { // when it is planned, and when it is placed
		if o.sys.Reach = nil; n%2 == 0 {
			o.sys.Reach = reach
			if _, err := o.sys.PlanCall(t.Context(), o.company, app.PlannedCall{Contract: o.contract, Agent: ann, To: "+" + abroad(n)}); err == nil {
				t.Fatal("it is planned")
			}
		} else if r := o.call(o.plan("+"+abroad(n), false), 0); r.Ending.Code != 403 {
			t.Errorf("%+v", r.Ending)
		}
	}
	var company app.Company
	for deadline := time.Now().Add(20 * time.Second); company.Held == "" && time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		company = must(o.sys.GetCompany(t.Context(), o.company))
	}
	if company.Held == "" || refused("8613800138000") != app.CallsStopped {
		t.Fatalf("%+v", company)
	}
	var told []string
	if err := o.sys.DB.View(t.Context(), func(tx store.Tx) error {
		list, err := tx.Outbox().List(o.company, "", store.Page{Limit: 100})
		for _, m := range list {
			if m.Topic == "calling.held" {
				told = append(told, m.Channel+" "+m.To)
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(told)
	if all := []string{"mail one@example.com", "mail operator@example.com", "webhook "}; !slices.Equal(told, all) {
		t.Errorf("%q", told)
	}
	must(o.sys.ReleaseCompany(t.Context(), o.company))
	want[dialer.Dialed](t, o.place(o.outgoing("8613800138000")))
}

// TestTheNodeStopsWhileCallsRun: they end, the dialer and the books are told, and none
// begins.
func TestTheNodeStopsWhileCallsRun(t *testing.T) {
	o := open(t, "100.00")
	out := o.outgoing("8613800138000")
	events := o.place(out)
	want[dialer.Dialed](t, events)
	want[dialer.Rings](t, events)
	want[dialer.Answered](t, events)
	if err := o.stop(); err != nil {
		t.Fatal(err)
	}
	if e := want[dialer.Over](t, events); e.Result != usage.Answered {
		t.Errorf("%+v", e)
	}
	if f := o.facts(1); f[0].Call.ID != out.Try.Named("call") || f[0].Call.Course.EndedBy != usage.OurSide {
		t.Errorf("%+v", f[0].Call)
	}
	if err := o.phones.Floor().Place(t.Context(), o.outgoing("8613800138000"), func(e dialer.Event) { t.Errorf("%+v is told", e) }); fault.KindOf(err) != fault.Conflict {
		t.Error(err)
	}
}
