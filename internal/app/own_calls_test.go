package app_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// tick moves the clock of the books on.
func (b *books) tick(d time.Duration) { b.clock.Add(int64(d / time.Microsecond)) }

func (b *books) beginCall(who customer, call, to string) (app.Attempt, error) {
	return b.BeginCall(context.Background(), who.company, app.BeginCall{Contract: who.contract, Call: call, To: to, From: "02088880001", Class: "mobile", Owner: "me"})
}

// talkedFor is the fact of an attempt that talked.
func talkedFor(a app.Attempt, talk time.Duration) *usage.Call {
	start := a.Begun.Add(5 * time.Millisecond)
	return &usage.Call{ID: a.Call, Source: "waihu", Direction: usage.Outbound, Result: usage.Answered, To: a.To, From: a.From, Start: start, Answer: start.Add(3 * time.Second), End: start.Add(3*time.Second + talk), Talk: talk}
}

func wantReason(t *testing.T, what string, err error, reason app.CallReason) {
	t.Helper()
	var r *app.CallRefused
	if !errors.As(err, &r) || r.Reason != reason {
		t.Errorf("%s: %v, want the reason %s", what, err, reason)
	}
}

func (b *books) funds(who customer) app.Funds {
	b.t.Helper()
	return must(b.Balance(context.Background(), who.company, "main"))
}

// TestLifeOfACallWePlace: money is aside before it begins and more while it
// goes on; it is charged once, and what is left comes back.
func TestLifeOfACallWePlace(t *testing.T) {
	b, who := prepaid(t)
	ctx := context.Background()
	b.topUp(who.company, "k", "1.00")
	a := must(b.beginCall(who, "a", mobile))
	if a.Held != yuan("0.2725") || a.Seconds != 60 || a.Longest != 240 || b.funds(who).Held != a.Held {
		t.Errorf("%+v", a)
	}
	if open := must(b.OpenCalls(ctx, who.company)); len(open) != 1 || open[0].Call != "a" || open[0].Owner != "me" {
		t.Errorf("%+v", open)
	}
	_, err := b.beginCall(who, "a", mobile)
	wantReason(t, "the same call", err, app.CallIsRunning)
	b.tick(30 * time.Second)
	more := must(b.GoOnCalling(ctx, who.company, app.GoingOn{Call: "a", Answered: a.Begun.Add(4 * time.Second), Seconds: 120}))
	if more.Seconds != 120 || more.Held != yuan("0.4905") || more.Answered == 0 || b.funds(who).Held != more.Held {
		t.Errorf("two minutes: %+v", more)
	}
	most := must(b.GoOnCalling(ctx, who.company, app.GoingOn{Call: "a", Seconds: 600}))
	if most.Seconds != 240 || most.Longest != 240 || most.Answered != more.Answered {
		t.Errorf("ten minutes: %+v", most)
	}
	if again := must(b.GoOnCalling(ctx, who.company, app.GoingOn{Call: "a", Seconds: 600})); again.Seconds != 240 || again.Longest != 240 {
		t.Errorf("once more: %+v", again)
	}
	fact := talkedFor(a, 61*time.Second)
	b.tick(70 * time.Second)
	if end := must(b.EndCall(ctx, who.company, fact)); end.Cost != yuan("0.4905") {
		t.Errorf("%+v", end)
	}
	if f := b.funds(who); f.Available != yuan("0.5095") || f.Held.Sign() != 0 {
		t.Errorf("%+v", f)
	}
	_, err = b.EndCall(ctx, who.company, fact)
	wantKind(t, "ended twice", err, fault.NotFound)
	_, err = b.GoOnCalling(ctx, who.company, app.GoingOn{Call: "a", Seconds: 60})
	wantKind(t, "a call that is over goes on", err, fault.NotFound)
	_, err = b.beginCall(who, "a", mobile)
	wantReason(t, "an identifier that was used", err, app.CallIsRunning)
	b.view(func(tx store.Tx) error {
		kept, err := tx.Usage().CallByID(who.company, "waihu", "a", day("2026-03-01"))
		if err == nil && (kept.Call.Start != a.Begun || kept.Call.Account != "one" || kept.Contract != who.contract) {
			t.Errorf("%+v", kept)
		}
		return err
	})
	quiet := must(b.beginCall(who, "q", landline))
	if _, err := b.EndCall(ctx, who.company, &usage.Call{ID: "q", Result: usage.Busy, To: quiet.To, End: quiet.Begun.Add(time.Second)}); err != nil {
		t.Error(err)
	}
	if f := b.funds(who); f.Available != yuan("0.5095") || f.Held.Sign() != 0 {
		t.Errorf("a busy number: %+v", f)
	}
	b.replays(who.company)
	b.sound()
}

// TestCallsThatMayNotBegin: each says why, and puts nothing aside.
func TestCallsThatMayNotBegin(t *testing.T) {
	b, who := prepaid(t)
	ctx := context.Background()
	_, err := b.beginCall(who, "poor", mobile)
	wantReason(t, "without money", err, app.NoCredit)
	if !strings.Contains(err.Error(), "in wallet main") || !strings.Contains(err.Error(), "top it up") {
		t.Errorf("it does not say what to do: %v", err)
	}
	b.topUp(who.company, "k", "10.00")
	_, err = b.beginCall(who, "x", "8712345678")
	wantReason(t, "a blocked number", err, app.CallUnpriced)
	_, err = b.beginCall(who, "x", "4412345678")
	wantReason(t, "a number no deck has", err, app.CallUnpriced)
	limit := func(l app.CallLimits) {
		t.Helper()
		if err := b.SetCallLimits(ctx, who.company, l); err != nil {
			t.Fatal(err)
		}
	}
	limit(app.CallLimits{Classes: []string{"landline"}})
	_, err = b.beginCall(who, "x", mobile)
	wantReason(t, "a class", err, app.ClassBlocked)
	limit(app.CallLimits{Calls: 1})
	must(b.beginCall(who, "1", mobile))
	_, err = b.beginCall(who, "2", mobile)
	wantReason(t, "a second call", err, app.TooManyCalls)
	limit(app.CallLimits{Rate: 2})
	must(b.beginCall(who, "3", mobile))
	must(b.beginCall(who, "4", mobile))
	_, err = b.beginCall(who, "5", mobile)
	wantReason(t, "a third in a second", err, app.CallsTooFast)
	b.tick(time.Second)
	must(b.beginCall(who, "5", mobile))
	limit(app.CallLimits{Spend: yuan("1.20")}) // four calls hold 0.2725 each
	_, err = b.beginCall(who, "6", mobile)
	wantReason(t, "beyond the cap", err, app.SpendCapMet)
	if !strings.Contains(err.Error(), "raise the cap") {
		t.Errorf("it does not say what to do: %v", err)
	}
	if _, err := b.HoldCompany(ctx, who.company, "a test"); err != nil {
		t.Fatal(err)
	}
	_, err = b.beginCall(who, "7", mobile)
	wantReason(t, "a company that is held", err, app.CallsStopped)
	for what, l := range map[string]app.CallLimits{"calls": {Calls: -1}, "rate": {Rate: 101}, "spend": {Spend: yuan("0")}, "class": {Classes: []string{""}}} {
		wantKind(t, what, b.SetCallLimits(ctx, who.company, l), fault.Invalid)
	}
	_, err = b.BeginCall(ctx, who.company, app.BeginCall{Contract: who.contract, Call: "x", To: mobile})
	wantKind(t, "without an owner", err, fault.Invalid)
	if got := must(b.CallLimitsOf(ctx, who.company)); got.Spend != yuan("1.20") {
		t.Errorf("%+v", got)
	}
	if open := must(b.OpenCalls(ctx, who.company)); len(open) != 4 || b.funds(who).Held != yuan("1.09") {
		t.Errorf("%d open, %s held", len(open), b.funds(who).Held)
	}
}

// TestASpendCapWithoutAWallet bounds calls that are paid later: thirty that ask
// at once for a day that has room for three.
func TestASpendCapWithoutAWallet(t *testing.T) { spendCap(t, newBooks(t)) }

func spendCap(t *testing.T, b *books) {
	b.publish(planText)
	who := b.customer("later", "")
	ctx := context.Background()
	if a := must(b.beginCall(who, "free", mobile)); a.Seconds != 60 || a.Longest != 12*3600 || a.Held.Sign() != 0 {
		t.Errorf("without a cap: %+v", a)
	}
	if _, err := b.EndCall(ctx, who.company, talkedFor(app.Attempt{Call: "free", To: mobile, Begun: timex.Instant(b.clock.Load())}, time.Minute)); err != nil {
		t.Fatal(err)
	}
	minute := must(money.Parse("0.1308", cny)) // with 9 %
	total := must(money.Parse("0.60", cny))    // 0.1308 of the first call, and three more
	if err := b.SetCallLimits(ctx, who.company, app.CallLimits{Spend: total}); err != nil {
		t.Fatal(err)
	}
	var placed, capped atomic.Int64
	var group sync.WaitGroup
	for i := range 30 {
		group.Go(func() {
			a, err := b.beginCall(who, fmt.Sprint(i), mobile)
			var r *app.CallRefused
			switch {
			case err == nil && a.Held == minute:
				placed.Add(1)
			case errors.As(err, &r) && r.Reason == app.SpendCapMet:
				capped.Add(1)
			default:
				t.Error(a, err)
			}
		})
	}
	group.Wait()
	if placed.Load() != 3 || capped.Load() != 27 {
		t.Errorf("%d placed, %d refused", placed.Load(), capped.Load())
	}
	first := must(b.OpenCalls(ctx, who.company))[0]
	if more := must(b.GoOnCalling(ctx, who.company, app.GoingOn{Call: first.Call, Answered: first.Begun, Seconds: 600})); more.Seconds != 60 || more.Longest != 60 {
		t.Errorf("a running call goes beyond the cap: %+v", more)
	}
	b.tick(24 * time.Hour)
	if _, err := b.beginCall(who, "next day", mobile); err != nil {
		t.Errorf("what was spent yesterday counts today: %v", err)
	}
}

// TestCallsThatNobodyEnded become facts with the reason, once: those of an owner
// who begins anew, and those of which nothing was heard.
func TestCallsThatNobodyEnded(t *testing.T) {
	b, who := prepaid(t)
	ctx := context.Background()
	b.topUp(who.company, "k", "5.00")
	rang, talked, other := must(b.beginCall(who, "rang", mobile)), must(b.beginCall(who, "talked", mobile)), must(b.BeginCall(ctx, who.company, app.BeginCall{Contract: who.contract, Call: "other", To: mobile, Owner: "somebody", Class: "mobile"}))
	b.tick(70 * time.Second)
	must(b.GoOnCalling(ctx, who.company, app.GoingOn{Call: talked.Call, Answered: talked.Begun.Add(2 * time.Second), Seconds: 120}))
	must(b.GoOnCalling(ctx, who.company, app.GoingOn{Call: other.Call}))
	if n := must(b.CutOffCalls(ctx, who.company, "nobody")); n != 0 {
		t.Errorf("%d calls that live were cut off", n)
	}
	if n := must(b.CutOffCalls(ctx, who.company, "me")); n != 2 {
		t.Errorf("%d cut off, want 2", n)
	}
	look := func(call string) usage.Call {
		t.Helper()
		var out usage.Call
		b.view(func(tx store.Tx) error {
			kept, err := tx.Usage().CallByID(who.company, "waihu", call, day("2026-03-01"))
			if err == nil {
				out = kept.Call
			}
			return err
		})
		return out
	}
	if c := look(rang.Call); c.Result != usage.Failed || c.Talk != 0 || c.Course == nil || c.Course.Why != app.Interrupted || c.Course.EndedBy != usage.OurSide || c.Start != rang.Begun {
		t.Errorf("%+v %+v", c, c.Course)
	}
	if c := look(talked.Call); c.Result != usage.Answered || c.Seconds() != 69 || c.Course.Why != app.Interrupted {
		t.Errorf("%+v", c)
	}
	if f := b.funds(who); f.Held != other.Held || f.Balance != yuan("4.5095") {
		t.Errorf("%+v", f)
	}
	// The process was not dead, only slow: what it tells now changes nothing.
	_, err := b.EndCall(ctx, who.company, talkedFor(talked, 5*time.Minute))
	wantKind(t, "an end after the cut", err, fault.NotFound)
	b.tick(89 * time.Second)
	if n := must(b.CutOffCalls(ctx, who.company, "me")); n != 0 {
		t.Errorf("%d cut off before their time", n)
	}
	b.tick(2 * time.Second)
	if n := must(b.CutOffLostCalls(ctx)); n != 1 || look("other").Result != usage.Failed {
		t.Errorf("%d cut off after their time, want 1", n)
	}
	b.replays(who.company)
	b.sound()
}

// TestACrashBetweenTheFactAndItsEnd: the fact was kept and the attempt was not
// taken away; it is charged once, as the fact has it.
func TestACrashBetweenTheFactAndItsEnd(t *testing.T) {
	b, who := prepaid(t)
	ctx := context.Background()
	b.topUp(who.company, "k", "5.00")
	b.at("2026-03-31 23:59:59") // its start and a later one are of two months
	a := must(b.beginCall(who, "a", mobile))
	must(b.GoOnCalling(ctx, who.company, app.GoingOn{Call: "a", Answered: a.Begun.Add(3 * time.Second)}))
	fact := talkedFor(a, 130*time.Second)
	fact.Start, fact.Account, fact.Total = a.Begun, "one", fact.End.Sub(a.Begun)
	if got := b.ingest(who.company, fact); got.Outcomes[0].Outcome != store.Added {
		t.Fatal(got)
	}
	b.tick(10 * time.Minute)
	if n := must(b.CutOffCalls(ctx, who.company, "me")); n != 1 {
		t.Errorf("%d cut off", n)
	}
	if f := b.funds(who); f.Balance != yuan("4.2915") || f.Held.Sign() != 0 { // 0.05 and three minutes, with 9 %
		t.Errorf("%+v", f)
	}
	if open := must(b.OpenCalls(ctx, who.company)); len(open) != 0 {
		t.Errorf("%+v", open)
	}
	b.replays(who.company)
}
