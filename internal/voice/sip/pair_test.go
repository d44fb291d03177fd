package sip

import (
	"context"
	"flag"
	"net/netip"
	"os"
	"sync"
	"testing"
	"time"

	lib "github.com/emiago/sipgo/sip"

	"waihu/internal/voice/sdp"
)

// loopbackAny is any port of this machine.
var loopbackAny = netip.MustParseAddrPort("127.0.0.1:0")

// TestMain makes the timers of RFC 3261 ten times as fast, so that what they do
// can be waited for. Benchmarks have the real ones.
func TestMain(m *testing.M) {
	flag.Parse()
	if bench := flag.Lookup("test.bench"); bench != nil && bench.Value.String() != "" {
		os.Exit(m.Run())
	}
	lib.SetTimers(50*time.Millisecond, 400*time.Millisecond, 500*time.Millisecond)
	lib.Timer_D = 64 * lib.T1
	os.Exit(m.Run())
}

// sound is a Media without sound: it remembers what was agreed.
type sound struct {
	mu      sync.Mutex
	session *sdp.Session
	last    sdp.Agreed
	times   int
}

func newSound(port uint16) *sound {
	return &sound{session: sdp.NewSession(netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port), 1)}
}

func (s *sound) Offer() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.session.Offer(), nil
}

func (s *sound) Answer(offer []byte, _ bool) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, a, err := s.session.Answer(offer)
	if err == nil {
		s.last, s.times = a, s.times+1
	}
	return b, err
}

func (s *sound) Accept(answer []byte, _ bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, err := s.session.Accept(answer)
	if err == nil {
		s.last, s.times = a, s.times+1
	}
	return err
}

func (s *sound) want(d sdp.Direction) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.session.Want(d)
}

func (s *sound) agreed() (sdp.Agreed, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last, s.times
}

// endpoint opens one on a port of its own and sees that it closes with no call left.
func endpoint(t *testing.T, cfg Config) *Endpoint {
	t.Helper()
	if !cfg.Listen.IsValid() {
		cfg.Listen = loopbackAny
	}
	if cfg.Rate == 0 {
		cfg.Rate, cfg.Burst = 10_000, 10_000
	}
	e, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		if n := e.Calls(); n != 0 {
			e.mu.Lock()
			defer e.mu.Unlock()
			for _, c := range e.calls {
				t.Errorf("a call is left: outgoing %v, %+v, %+v", c.outgoing, c.Times(), c.Ending())
			}
		}
	})
	return e
}

// bound is how long a test waits for what must come; only a broken one waits that long.
const bound = 30 * time.Second

func await(t *testing.T, what string, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(bound):
		t.Fatalf("%s: it never came", what)
	}
}

// confirmed waits for the ACK to the last 2xx of a call.
func confirmed(t *testing.T, c *Call) {
	t.Helper()
	c.mu.Lock()
	w := c.waiting
	c.mu.Unlock()
	await(t, "confirmation", w.acked)
}

func place(t *testing.T, e *Endpoint, to string, change func(*Invite)) (*Call, *sound) {
	t.Helper()
	s := newSound(40002)
	in := Invite{To: to, From: "02012345678", Media: s}
	if change != nil {
		change(&in)
	}
	c, err := e.Place(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	return c, s
}

func uri(e *Endpoint, user, rest string) string {
	return "sip:" + user + "@" + e.Addr().String() + rest
}

// answering takes calls: it rings, answers, and stays until the call ends.
func answering(t *testing.T, calls chan<- *Call, media chan<- *sound) func(*Call) {
	return func(c *Call) {
		s := newSound(40010)
		if err := c.Ring(); err != nil {
			t.Error(err)
		}
		if err := c.Answer(s); err != nil {
			t.Error(err)
			return
		}
		calls <- c
		media <- s
		<-c.Done()
	}
}

// pair is a call that goes on between two endpoints.
type pair struct {
	out, in           *Call
	outSound, inSound *sound
}

func call(t *testing.T, rest string, a, b Config) pair {
	t.Helper()
	calls, media := make(chan *Call, 1), make(chan *sound, 1)
	b.Serve = answering(t, calls, media)
	callee := endpoint(t, b)
	caller := endpoint(t, a)
	var p pair
	p.out, p.outSound = place(t, caller, uri(callee, "100", rest), nil)
	await(t, "answer", p.out.Answered())
	p.in, p.inSound = <-calls, <-media
	return p
}
