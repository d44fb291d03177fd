package sip

import (
	"strings"
	"testing"
	"time"
)

// TestPath: a phone that registered through proxies is called through them (RFC 3327),
// and the answer to its REGISTER names them.
func TestPath(t *testing.T) {
	server, proxy := endpoint(t, Config{Register: true, Secret: logIns}), byHand(t)
	way := "<sip:" + proxy.addr() + ";lr>, <sip:192.0.2.7;lr>"
	m := logsIn(proxy, server, "alice", "wonder", "path", 1, "Require: path\r\nPath: "+way+"\r\nContact: <sip:alice@10.0.0.9>\r\n")
	if statusOf(m) != 200 || !strings.Contains(m, "Path: "+way) {
		t.Fatalf("%s", m)
	}
	call, _ := place(t, server, "", func(in *Invite) { in.Account = "alice" })
	invite, from := proxy.until("INVITE sip:alice@10.0.0.9")
	if !strings.Contains(invite, "Route: <sip:"+proxy.addr()+";lr>\r\nRoute: <sip:192.0.2.7;lr>\r\n") {
		t.Errorf("%s", invite)
	}
	proxy.send(from, echo(invite, "486 Busy Here", "a", "Content-Length: 0\r\n\r\n"))
	proxy.until("ACK")
	await(t, "end", call.Done())
	for i, bad := range []string{"nonsense", strings.Repeat("<sip:192.0.2.7;lr>, ", maxPath) + way, "<mailto:x@y>"} {
		if m := logsIn(proxy, server, "alice", "wonder", "bad", 10*i+1, "Path: "+bad+"\r\nContact: <sip:alice@10.0.0.9>\r\n"); statusOf(m) != 400 {
			t.Errorf("%q\n%s", bad, m)
		}
	}
}

// TestServiceRoute: the way a registrar wants our calls to take (RFC 3608) is told, and
// taken where it is given.
func TestServiceRoute(t *testing.T) {
	us, carrier := endpoint(t, Config{}), byHand(t)
	way := "<sip:" + carrier.addr() + ";lr>"
	r, err := us.Register(Registering{At: "sip:" + carrier.addr(), Account: "us"})
	if err != nil {
		t.Fatal(err)
	}
	ask, from := carrier.until("REGISTER")
	if !strings.Contains(ask, "Supported: path") {
		t.Errorf("%s", ask)
	}
	carrier.send(from, echo(ask, "200 OK", "a", "Service-Route: "+way+", <sip:192.0.2.8;lr>\r\nContent-Length: 0\r\n\r\n"))
	for tick := time.NewTicker(time.Millisecond); !r.State().Up; {
		<-tick.C
	}
	call, _ := place(t, us, "sip:100@192.0.2.9", func(in *Invite) { in.Routes = r.State().Routes })
	invite, from := carrier.until("INVITE sip:100@192.0.2.9")
	if !strings.Contains(invite, "Route: "+way+"\r\nRoute: <sip:192.0.2.8;lr>\r\n") {
		t.Errorf("%s", invite)
	}
	carrier.send(from, echo(invite, "486 Busy Here", "a", "Content-Length: 0\r\n\r\n"))
	carrier.until("ACK")
	await(t, "end", call.Done())
	done := make(chan struct{})
	go func() { defer close(done); r.Close() }()
	ask, from = carrier.until("REGISTER")
	carrier.send(from, echo(ask, "200 OK", "a", "Content-Length: 0\r\n\r\n"))
	await(t, "leave", done)
}

// TestUpdateBeforeTheAnswer: sound moves before the call is answered (RFC 3311), on
// calls that we take and on those we place; before offer and answer are exchanged it
// cannot, and of a side nobody heard it is no call.
func TestUpdateBeforeTheAnswer(t *testing.T) {
	moved := func(by string) string { return strings.Replace(sdpBody(by), "audio 40020", "audio 40044", 1) }
	taken, media, on := make(chan *Call, 1), newSound(40010), make(chan struct{})
	callee, peer := endpoint(t, Config{Serve: func(c *Call) {
		if err := c.Ring(); err != nil {
			t.Error(err)
		}
		taken <- c
		<-on
		if err := c.Progress(media); err != nil {
			t.Error(err)
		}
		select {
		case <-c.Done():
		case <-c.Quit():
		}
	}}), byHand(t)
	peer.send(callee.Addr(), handMade("INVITE", peer.addr(), "one", 1, sdpBody(peer.addr())))
	call := <-taken
	update := func(number int, rest string) string {
		peer.send(callee.Addr(), strings.Replace(handMade("UPDATE", peer.addr(), "one", number, rest), "<sip:100@127.0.0.1>\r\nCall-ID", "<sip:100@127.0.0.1>;tag="+call.ours+"\r\nCall-ID", 1))
		for {
			if m, _ := peer.until("SIP/2.0 "); strings.Contains(m, " UPDATE\r\n") {
				return m
			}
		}
	}
	if m := update(2, moved(peer.addr())); statusOf(m) != 500 || !strings.Contains(m, "Retry-After") {
		t.Errorf("%s", m)
	}
	close(on)
	peer.until("SIP/2.0 183")
	if m := update(3, moved(peer.addr())); statusOf(m) != 200 || !strings.Contains(m, "m=audio 40010") {
		t.Errorf("%s", m)
	}
	if a, n := media.agreed(); n != 2 || a.Remote.Port() != 40044 {
		t.Errorf("%+v after %d", a, n)
	}
	if m := update(4, "Content-Length: 0\r\n\r\n"); statusOf(m) != 200 {
		t.Errorf("%s", m)
	}
	call.Hangup()
	peer.until("SIP/2.0 480")
	peer.send(callee.Addr(), strings.Replace(handMade("ACK", peer.addr(), "one", 1, "Content-Length: 0\r\n\r\n"), "<sip:100@127.0.0.1>\r\nCall-ID", "<sip:100@127.0.0.1>;tag="+call.ours+"\r\nCall-ID", 1))

	out, s := place(t, callee, "sip:100@"+peer.addr(), nil)
	invite, from := peer.until("INVITE")
	peer.send(from, echo(invite, "183 Session Progress", "early", sdpBody(peer.addr())))
	for out.Times().Early.IsZero() {
		time.Sleep(time.Millisecond)
	}
	for tag, status := range map[string]int{"early": 200, "nobody": 481} {
		ask := handMade("UPDATE", peer.addr(), out.ID(), 1, moved(peer.addr()))
		ask = strings.NewReplacer("From: <sip:x@127.0.0.1>;tag=x", "From: <sip:100@127.0.0.1>;tag="+tag, "To: <sip:100@127.0.0.1>", "To: <sip:x@127.0.0.1>;tag="+out.ours, "branch=z9hG4bK", "branch=z9hG4bK"+tag).Replace(ask)
		peer.send(from, ask)
		if m, _ := peer.until("SIP/2.0 "); statusOf(m) != status {
			t.Errorf("%s: %s", tag, m)
		}
	}
	if a, n := s.agreed(); n != 2 || a.Remote.Port() != 40044 {
		t.Errorf("%+v after %d", a, n)
	}
	peer.send(from, echo(invite, "486 Busy Here", "early", "Content-Length: 0\r\n\r\n"))
	peer.until("ACK")
	await(t, "end", out.Done())
}
