package sip

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"waihu/internal/fault"
	"waihu/internal/voice/sdp"
)

// TestCallsEndFromEitherSide, over UDP and TCP, and both sides say whose side
// it was.
func TestCallsEndFromEitherSide(t *testing.T) {
	for _, rest := range []string{"", ";transport=tcp"} {
		for _, callerEnds := range []bool{true, false} {
			p := call(t, rest, Config{}, Config{})
			ends, other := p.out, p.in
			if !callerEnds {
				ends, other = other, ends
			}
			ends.Hangup()
			await(t, "end", other.Done())
			await(t, "end", ends.Done())
			a, b := ends.Ending(), other.Ending()
			if a.By != Us || a.Why != Bye || a.Cause != 16 || b.By != Them || b.Why != Bye || b.Cause != 16 {
				t.Errorf("%s: %+v, %+v", rest, a, b)
			}
			x := p.out.Times()
			if x.Placed.IsZero() || x.Trying.IsZero() || x.Answered.IsZero() || x.Ended.Before(x.Answered) {
				t.Errorf("%+v", x)
			}
			if got, _ := p.outSound.agreed(); got.Remote.Port() != 40010 || !got.Sends {
				t.Errorf("%+v", got)
			}
		}
	}
}

// TestRefusals: each status is told with its cause, and with what comes beside it.
func TestRefusals(t *testing.T) {
	callee := endpoint(t, Config{Serve: func(c *Call) {
		var code int
		if _, err := fmt.Sscan(c.Called(), &code); err != nil {
			t.Error(err)
		}
		c.Refuse(code, "No", 7*time.Second)
	}})
	caller := endpoint(t, Config{})
	for code, cause := range map[int]int{404: 1, 410: 22, 480: 18, 484: 28, 486: 17, 488: 88, 500: 41, 503: 34, 600: 17, 603: 21, 604: 1, 607: 21, 608: 21} {
		c, _ := place(t, caller, uri(callee, fmt.Sprint(code), ""), nil)
		await(t, "end", c.Done())
		if e := c.Ending(); e.By != Them || e.Why != Refused || e.Code != code || e.Cause != cause || e.Retry != 7*time.Second || !c.Times().Answered.IsZero() {
			t.Errorf("%d: %+v", code, e)
		}
	}
}

// TestHandlerThatFallsOver is trap 1: the call ends with 500, the process lives.
func TestHandlerThatFallsOver(t *testing.T) {
	calls, media := make(chan *Call, 1), make(chan *sound, 1)
	good := answering(t, calls, media)
	callee := endpoint(t, Config{Serve: func(c *Call) {
		if c.Called() == "bad" {
			panic("on purpose")
		}
		good(c)
	}})
	caller := endpoint(t, Config{})
	c, _ := place(t, caller, uri(callee, "bad", ""), nil)
	await(t, "end", c.Done())
	if e := c.Ending(); e.Code != 500 {
		t.Errorf("%+v", e)
	}
	c, _ = place(t, caller, uri(callee, "good", ""), nil)
	await(t, "answer", c.Answered())
	c.Hangup()
	await(t, "end", c.Done())
}

// TestOwnTimers is trap 4: a peer that says nothing, and one that rings for
// ever, are given up by our own timers; ringing longer than the library's timer
// B is not.
func TestOwnTimers(t *testing.T) {
	t.Parallel() // it waits more than it works
	caller := endpoint(t, Config{})
	silent := listenUDP(t)
	c, _ := place(t, caller, "sip:100@"+silent.LocalAddr().String(), func(in *Invite) { in.NoResponse = 100 * time.Millisecond })
	await(t, "end", c.Done())
	if e := c.Ending(); e.By != Network || e.Why != NoResponse || e.Code != 408 {
		t.Errorf("%+v", e)
	}
	rung := make(chan *Call, 1)
	callee := endpoint(t, Config{Serve: func(c *Call) {
		_ = c.Ring()
		<-c.Done()
		rung <- c
	}})
	c, _ = place(t, caller, uri(callee, "100", ""), func(in *Invite) { in.Ring = 4 * time.Second }) // timer B is 3.2 s here
	await(t, "end", c.Done())
	if e := c.Ending(); e.By != Us || e.Why != NotAnswered || e.Cause != 19 {
		t.Errorf("%+v", e)
	}
	if e := (<-rung).Ending(); e.By != Them || e.Why != Canceled || e.Code != 487 {
		t.Errorf("the called side has %+v", e)
	}
}

// TestCancel: canceled by Hangup and by context, before and after anything
// comes back.
func TestCancel(t *testing.T) {
	ringing := make(chan struct{})
	callee := endpoint(t, Config{Serve: func(c *Call) {
		_ = c.Ring()
		ringing <- struct{}{}
		<-c.Done()
	}})
	caller := endpoint(t, Config{})
	for _, how := range []string{"hang up", "context", "at once"} {
		ctx, stop := context.WithCancel(context.Background())
		c, err := caller.Place(ctx, Invite{To: uri(callee, "100", ""), Media: newSound(40002)})
		if err != nil {
			t.Fatal(err)
		}
		if how == "at once" {
			c.Hangup()
		}
		await(t, "ringing", ringing)
		if how == "hang up" {
			c.Hangup()
		}
		if how == "context" {
			stop()
		}
		await(t, "end", c.Done())
		if e := c.Ending(); e.By != Us || e.Why != Canceled || e.Cause != 16 {
			t.Errorf("%s: %+v", how, e)
		}
		stop()
	}
}

// TestHoldBothWays is trap 7: either side holds in each direction and takes it
// back, and both know who may send.
func TestHoldBothWays(t *testing.T) {
	p := call(t, "", Config{}, Config{})
	for _, side := range []struct {
		c           *Call
		ours, their *sound
	}{{p.out, p.outSound, p.inSound}, {p.in, p.inSound, p.outSound}} {
		for _, d := range []sdp.Direction{sdp.SendOnly, sdp.RecvOnly, sdp.Inactive, sdp.SendRecv} {
			side.ours.want(d)
			if err := side.c.Reinvite(context.Background()); err != nil {
				t.Fatalf("%s: %v", d, err)
			}
			a, _ := side.ours.agreed()
			b, _ := side.their.agreed()
			if a.Sends != d.Sends() || a.Receives != d.Receives() || b.Sends != d.Receives() || b.Receives != d.Sends() {
				t.Errorf("%s: %+v, %+v", d, a, b)
			}
		}
	}
	p.in.Hangup()
	await(t, "end", p.out.Done())
	if err := p.out.Reinvite(context.Background()); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a call that ended is changed: %v", err)
	}
}

// TestBothChangeAtOnce: 491 on both sides, then both come through.
func TestBothChangeAtOnce(t *testing.T) {
	t.Parallel() // it waits more than it works
	p := call(t, "", Config{}, Config{})
	errs := make(chan error, 2)
	for _, c := range []*Call{p.out, p.in} {
		go func() { errs <- c.Reinvite(context.Background()) }()
	}
	for range 2 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	p.out.Hangup()
	await(t, "end", p.in.Done())
}

// TestLongRequestGoesByTCP: beyond 1,300 bytes an INVITE leaves UDP.
func TestLongRequestGoesByTCP(t *testing.T) {
	calls, media := make(chan *Call, 1), make(chan *sound, 1)
	callee := endpoint(t, Config{Serve: answering(t, calls, media)})
	caller := endpoint(t, Config{})
	c, _ := place(t, caller, uri(callee, strings.Repeat("1", 1200), ""), nil)
	await(t, "answer", c.Answered())
	in := <-calls
	<-media
	if in.transport != "TCP" || len(in.Called()) != 1200 {
		t.Errorf("it came by %s", in.transport)
	}
	in.Hangup()
	await(t, "end", c.Done())
}

// TestSessionTimers: a session is refreshed again and again by whoever should;
// one that is not ends.
func TestSessionTimers(t *testing.T) {
	t.Parallel() // it waits more than it works
	fast := Config{Expires: 2 * time.Second, MinExpires: time.Second}
	p := call(t, "", fast, fast)
	for tick := time.NewTicker(10 * time.Millisecond); ; <-tick.C {
		if _, n := p.inSound.agreed(); n >= 3 {
			break
		}
		if closed(p.out.Done()) || closed(p.in.Done()) {
			t.Fatalf("a session that is refreshed ended: %+v", p.in.Ending())
		}
	}
	reached(t, "the caller falls silent", func() bool { // once no refresh is under way: its end would begin the next
		p.out.mu.Lock()
		defer p.out.mu.Unlock()
		if p.out.inviting || !p.out.refresh.Stop() {
			return false
		}
		p.out.inviting = true
		return true
	})
	await(t, "end", p.in.Done())
	if e := p.in.Ending(); e.Why != Expired {
		t.Errorf("%+v", e)
	}
	short := call(t, "", Config{Expires: time.Second, MinExpires: time.Second}, Config{MinExpires: 3 * time.Second}) // 422, then more
	if got := short.out.Times(); got.Answered.IsZero() {
		t.Error("not answered after 422")
	}
	short.out.Hangup()
	await(t, "end", short.in.Done())
}

// TestPing: OPTIONS is answered, and what is no address or not there is said.
func TestPing(t *testing.T) {
	callee, caller := endpoint(t, Config{}), endpoint(t, Config{})
	for _, rest := range []string{"", ";transport=tcp"} {
		if d, err := caller.Ping(context.Background(), "sip:"+callee.Addr().String()+rest); err != nil || d <= 0 {
			t.Error(d, err)
		}
	}
	ctx, stop := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer stop()
	if _, err := caller.Ping(ctx, "sip:"+listenUDP(t).LocalAddr().String()); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	if _, err := caller.Ping(ctx, "mailto:x"); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
