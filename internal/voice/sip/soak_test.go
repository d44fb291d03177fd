package sip

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"waihu/internal/voice/soak"
)

// floor is two endpoints between which calls come and go. All that goes wrong is an
// error of the test.
type floor struct {
	*testing.T
	us, them *Endpoint
	mute     *net.UDPConn // a peer that says nothing by itself
}

// TestSoakSignalling lets calls of every kind come and go: talked, held, hung up by
// either side, given up, refused, handed over, taken the place of, over UDP and TCP,
// and those whose other side vanishes before the ACK or before the BYE. What they
// took must come back. WAIHU_SOAK makes it longer.
func TestSoakSignalling(t *testing.T) {
	f := &floor{T: t, mute: listenUDP(t)}
	cfg := Config{MinExpires: time.Second, Expires: time.Hour, MaxCalls: 2000, Serve: f.take}
	cfg.Refer = f.wish
	f.them = endpoint(t, cfg)
	cfg.Secret = logIns
	cfg.Serve = func(c *Call) { c.Refuse(480, "Temporarily Unavailable", 0) }
	f.us = endpoint(t, cfg)
	place := []func(to string){f.talk, f.hold, f.theyHangUp, f.giveUp, f.refused, f.handOver, f.takePlace, f.wrongLogIn}
	soak.Run(t, 600*soak.Times(t), func(n int) {
		slots := make(chan struct{}, 32)
		var all sync.WaitGroup
		for i := range n {
			slots <- struct{}{}
			all.Go(func() {
				defer func() { <-slots }()
				switch {
				case i%50 == 0:
					f.vanish(i, "")
				case i%50 == 1:
					f.vanish(i, "ACK")
				default:
					place[i%len(place)]([]string{"", ";transport=tcp"}[i/len(place)%2])
				}
			})
		}
		all.Wait()
	}, f.left)
}

// left is what of a call is still there.
func (f *floor) left() string {
	var b strings.Builder
	for name, e := range map[string]*Endpoint{"us": f.us, "them": f.them} {
		e.gate.mu.Lock()
		streams := len(e.gate.streams)
		e.gate.mu.Unlock()
		if e.Calls() != 0 || streams != 0 || e.busy.Load() != 0 {
			fmt.Fprintf(&b, "%s: %d calls, %d halves of messages, %d handlers; ", name, e.Calls(), streams, e.busy.Load())
		}
	}
	return b.String()
}

// take is what the called side does, by the number.
func (f *floor) take(c *Call) {
	switch c.Called() {
	case "busy":
		c.Refuse(486, "Busy Here", 0)
	case "ring":
		_ = c.Ring()
		<-c.Done()
	default:
		_ = c.Ring()
		if c.Answer(newSound(40010)) != nil {
			return
		}
		if c.Called() == "brief" {
			return // hung up by them
		}
		<-c.Done()
	}
}

// wish follows a REFER: the called side calls whom it was told.
func (f *floor) wish(r *Referral) {
	if r.Accept() != nil {
		return
	}
	c, err := f.them.Place(context.Background(), Invite{To: r.To, Media: newSound(40050)})
	if err != nil {
		f.Error(err)
		return
	}
	select {
	case <-c.Answered():
		_ = r.Tell(200, "OK")
	case <-c.Done():
		_ = r.Tell(c.Ending().Code, "No")
	}
	c.Hangup()
}

// begin places a call and waits until it is answered, or has ended.
func (f *floor) begin(number, rest string, change func(*Invite)) *Call {
	in := Invite{To: uri(f.them, number, rest), From: "02012345678", Media: newSound(40002)}
	if change != nil {
		change(&in)
	}
	c, err := f.us.Place(context.Background(), in)
	if err != nil {
		f.Error(err)
		return nil
	}
	select {
	case <-c.Answered():
	case <-c.Done():
	}
	return c
}

// finish hangs up and waits for the end, which must be one of these.
func (f *floor) finish(c *Call, by Side, why Why) {
	c.Hangup()
	<-c.gone
	if e := c.Ending(); e.By != by || e.Why != why {
		f.Errorf("%+v, want %v %v", e, by, why)
	}
}

func (f *floor) talk(to string) { f.finish(f.begin("100", to, nil), Us, Bye) }

func (f *floor) hold(to string) {
	c := f.begin("100", to, nil)
	for range 2 {
		if err := c.Reinvite(context.Background()); err != nil {
			f.Error(err)
		}
	}
	f.finish(c, Us, Bye)
}

func (f *floor) theyHangUp(to string) {
	c := f.begin("brief", to, nil)
	<-c.Done()
	f.finish(c, Them, Bye)
	if c.Times().Answered.IsZero() {
		f.Error("answered and hung up at once is told as not answered")
	}
}

func (f *floor) giveUp(to string) {
	in := Invite{To: uri(f.them, "ring", to), From: "02012345678", Media: newSound(40002)}
	ctx, stop := context.WithCancel(context.Background())
	c, err := f.us.Place(ctx, in)
	if err != nil {
		f.Error(err)
	}
	for c.Times().Ringing.IsZero() {
		time.Sleep(time.Millisecond)
	}
	stop()
	f.finish(c, Us, Canceled)
}

func (f *floor) refused(to string) { f.finish(f.begin("busy", to, nil), Them, Refused) }

func (f *floor) handOver(to string) {
	c := f.begin("100", to, nil)
	_ = c.Transfer(context.Background(), uri(f.them, "busy", "")) // the called side is told no, which is told to us
	f.finish(c, Us, Bye)
}

func (f *floor) takePlace(to string) {
	old := f.begin("100", to, nil)
	f.finish(f.begin("100", to, func(in *Invite) { in.Replaces = old.asReplaces() }), Us, Bye)
	<-old.Done()
	f.finish(old, Them, Bye)
}

// wrongLogIn is refused by our own door.
func (f *floor) wrongLogIn(to string) {
	c, err := f.them.Place(context.Background(), Invite{To: uri(f.us, "100", to), User: "nobody", Secret: "wrong", Media: newSound(40002)})
	if err != nil {
		f.Error(err)
		return
	}
	<-c.gone
}

// vanish is a caller that is gone after its INVITE, or after its ACK: no BYE ever
// comes, and none of ours is answered.
func (f *floor) vanish(i int, last string) {
	at := f.mute.LocalAddr().String()
	id := fmt.Sprintf("gone%d-%d", i, time.Now().UnixNano())
	send := func(method, rest string) {
		if _, err := f.mute.WriteToUDPAddrPort([]byte(handMade(method, at, id, 1, rest)), f.them.Addr()); err != nil {
			f.Error(err)
		}
	}
	send("INVITE", "Supported: timer\r\nSession-Expires: 1;refresher=uac\r\n"+sdpBody(at))
	if last == "" {
		return
	}
	for range 1000 { // until it is answered: an ACK before that belongs to nothing
		c := f.of(id)
		if c != nil && c.wasAccepted() {
			text := strings.Replace(handMade("ACK", at, id, 1, "Content-Length: 0\r\n\r\n"), "To: <sip:100@127.0.0.1>", "To: <sip:100@127.0.0.1>;tag="+c.ours, 1)
			if _, err := f.mute.WriteToUDPAddrPort([]byte(text), f.them.Addr()); err != nil {
				f.Error(err)
			}
			return
		}
		time.Sleep(time.Millisecond)
	}
	f.Errorf("%s was never answered", id)
}

// of is their call of a Call-ID.
func (f *floor) of(id string) *Call {
	f.them.mu.Lock()
	defer f.them.mu.Unlock()
	for _, c := range f.them.calls {
		if c.id == id {
			return c
		}
	}
	return nil
}
