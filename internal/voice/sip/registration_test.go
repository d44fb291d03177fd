package sip

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	lib "github.com/emiago/sipgo/sip"

	"waihu/internal/fault"
)

// reached waits until something others bring about is so.
func reached(t *testing.T, what string, is func() bool) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for began := time.Now(); !is(); <-tick.C {
		if time.Since(began) > bound {
			t.Fatalf("%s: it never was so", what)
		}
	}
}

// TestRegistration: we register at a carrier that asks who we are and for longer
// than we meant, are called over it, and take it back; over each transport.
func TestRegistration(t *testing.T) {
	trust, _ := secured(t)
	carrier := endpoint(t, Config{Register: true, Secret: logIns, MinLease: 40 * time.Minute, ListenTLS: loopbackAny, TLS: trust})
	calls, media := make(chan *Call, 1), make(chan *sound, 1)
	us := endpoint(t, Config{Serve: answering(t, calls, media), TLS: trust})
	for _, c := range [][3]string{{overUDP, "sip:", ""}, {overTCP, "sip:", ";transport=tcp"}, {overTLS, "sip:", ";transport=tls"}, {overTLS, "sips:", ""}} {
		transport, scheme := c[0], c[1]
		r, err := us.Register(Registering{At: scheme + carrier.at(transport).String() + c[2], Account: "alice", Secret: "wonder", Lease: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		reached(t, "registered", func() bool { return r.State().Up })
		s := r.State()
		if left := s.Until.Sub(s.Answered); left != 40*time.Minute || s.Next.Sub(s.Answered) != 30*time.Minute || s.Code != 200 || s.Failures != 0 || s.Since.IsZero() {
			t.Errorf("%+v", s)
		}
		out, _ := place(t, carrier, "", func(in *Invite) { in.Account = "alice" })
		await(t, "answer", out.Answered())
		in := <-calls
		<-media
		if !strings.Contains(in.invite.Recipient.String(), scheme+"alice@"+us.Addr().String()) || in.transport != transport || in.secure != (scheme == "sips:") {
			t.Errorf("%s by %s", in.invite.Recipient.String(), in.transport)
		}
		in.Hangup()
		await(t, "end", out.gone)
		r.Close()
		if s := r.State(); s.Up || len(carrier.Phones("alice")) != 0 {
			t.Errorf("%+v, %+v", s, carrier.Phones("alice"))
		}
	}
}

// TestRegistrationThatFails: a secret that is wrong is said once and not again at
// once; each failure waits longer, within a bound, and as long as the carrier
// asks for.
func TestRegistrationThatFails(t *testing.T) {
	t.Parallel() // it waits more than it works
	carrier := endpoint(t, Config{Register: true, Secret: logIns})
	us := endpoint(t, Config{})
	try := func(at, secret string) (*Registration, time.Duration) {
		r := &Registration{e: us, of: Registering{At: at, Account: "alice", User: "alice", Secret: secret, Retry: 30 * time.Second}, lease: time.Hour, id: "x", tag: "x"}
		return r, r.once(t.Context())
	}
	r, wait := try("sip:"+carrier.Addr().String(), "wrong")
	if s := r.State(); s.Up || s.Code != 401 || s.Why != "401 Unauthorized" || s.Failures != 1 || carrier.Counts().Passed != 2 || wait > 30*time.Second || wait < 15*time.Second {
		t.Errorf("%+v, %d requests, then %v", s, carrier.Counts().Passed, wait)
	}
	for range 20 {
		wait, _ = r.pause(30, nil, fault.New(fault.NotFound, "no answer"))
		if wait < longestRetry/2 || wait > longestRetry {
			t.Errorf("after thirty failures: %v", wait)
		}
	}
	res := lib.NewResponse(503, "Service Unavailable")
	res.AppendHeader(header("Retry-After", "600"))
	if wait, why := r.pause(1, res, nil); wait != 10*time.Minute || why != "503 Service Unavailable" {
		t.Errorf("%v, %s", wait, why)
	}
	silent := listenUDP(t)
	if r, _ := try("sip:"+silent.LocalAddr().String(), "wonder"); r.State().Code != 0 || !strings.Contains(r.State().Why, "no answer") || r.State().Since.IsZero() {
		t.Errorf("%+v", r.State())
	}
	for _, bad := range []Registering{{At: "carrier", Account: "a"}, {At: "sip:192.0.2.1", Account: ""}, {At: "sip:192.0.2.1", Account: "a b"}, {At: "sip:192.0.2.1", Account: "a", Proxy: "none"}} {
		if _, err := us.Register(bad); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

// TestConnectionOfARegistration: the carrier closes the connection we registered
// by; we register again over another, long before the time is over.
func TestConnectionOfARegistration(t *testing.T) {
	t.Parallel() // it waits more than it works
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	us := endpoint(t, Config{})
	r, err := us.Register(Registering{At: "sip:" + l.Addr().String() + ";transport=tcp", Account: "alice"})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		s := &streamed{t, c, bufio.NewReader(c)}
		m := s.until("REGISTER")
		s.send(echo(m, "200 OK", "c", "Content-Length: 0\r\n\r\n"))
		reached(t, "registered", func() bool { return r.State().Up })
		if !strings.Contains(m, fmt.Sprintf("CSeq: %d REGISTER", i+1)) {
			t.Errorf("%s", m)
		}
		if i == 0 {
			c.Close()
			continue
		}
		go func() { s.send(echo(s.until("REGISTER"), "200 OK", "c", "Content-Length: 0\r\n\r\n")) }()
		r.Close()
		c.Close()
	}
}

// TestLeaseThatIsGiven: the registrar says how long, for our contact and not for
// that of another phone of the same account.
func TestLeaseThatIsGiven(t *testing.T) {
	us, carrier := endpoint(t, Config{}), byHand(t)
	for rest, want := range map[string]time.Duration{
		"Contact: <sip:alice@10.0.0.1>;expires=7, <{us}>;expires=60\r\n": 45 * time.Second,
		"Expires: 120\r\n": 90 * time.Second,
		"":                 45 * time.Minute,
		"Expires: 1\r\n":   shortestLease * 3 / 4,
	} {
		r := &Registration{e: us, of: Registering{At: "sip:" + carrier.addr(), Account: "alice"}, lease: time.Hour, id: "x" + want.String(), tag: "x"}
		next := make(chan time.Duration, 1)
		go func() { next <- r.once(context.Background()) }()
		m, from := carrier.until("REGISTER")
		carrier.send(from, echo(m, "200 OK", "c", strings.Replace(rest, "{us}", "sip:alice@"+us.Addr().String(), 1)+"Content-Length: 0\r\n\r\n"))
		if got := <-next; got != want {
			t.Errorf("%q: refreshed after %v, want %v", rest, got, want)
		}
	}
}

// TestHealth: a peer that answers is up, one that says it takes no calls or says
// nothing is down after the misses that are allowed, and up again at once.
func TestHealth(t *testing.T) {
	us, peer := endpoint(t, Config{}), byHand(t)
	w, err := us.Watch(Watching{To: "sip:" + peer.addr(), Every: 5 * time.Millisecond, Within: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	answers := func(status string, is func(Health) bool) Health {
		t.Helper()
		for range 100 {
			m, from := peer.until("OPTIONS")
			if status != "" {
				peer.send(from, echo(m, status, "h", "Content-Length: 0\r\n\r\n"))
			}
			if w.Health().Code != 0 && is(w.Health()) {
				return w.Health()
			}
		}
		t.Fatalf("%q: %+v", status, w.Health())
		return Health{}
	}
	if h := w.Health(); h.Known || h.Up {
		t.Errorf("%+v", h)
	}
	up := func(h Health) bool { return h.Up }
	first := answers("200 OK", up)
	if first.Code != 200 || first.Since.IsZero() || first.Took <= 0 || !first.Known {
		t.Errorf("%+v", first)
	}
	down := answers("503 Service Unavailable", func(h Health) bool { return !h.Up })
	if down.Code != 503 || down.Misses < 2 || down.Why == "" || !down.Since.After(first.Since) {
		t.Errorf("%+v", down)
	}
	answers("404 Not Found", up)
	if h := answers("", func(h Health) bool { return !h.Up }); h.Code != 404 || !strings.Contains(h.Why, "no answer") || h.Answered.IsZero() {
		t.Errorf("%+v", h)
	}
	w.Close()
	w.Close()
	if _, err := us.Watch(Watching{To: "carrier"}); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
	us.asking = maxTasks
	if _, err := us.Watch(Watching{To: "sip:" + peer.addr()}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("one more than may be: %v", err)
	}
}
