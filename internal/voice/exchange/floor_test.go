package exchange_test

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"waihu/internal/voice"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/exchange"
	"waihu/internal/voice/rtp"
	"waihu/internal/voice/sip"
	"waihu/internal/voice/trunk"
)

// ear hears one side of a call as it is now.
type ear struct {
	mu   sync.Mutex
	last [10][]int16
	n    int
}

func (e *ear) frame(heard []int16, _ bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.last[e.n%len(e.last)] = slices.Clone(heard)
	e.n++
}

// hears tells whether a tone is in most of the last frames.
func (e *ear) hears(hertz float64) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := 0
	for _, f := range e.last {
		if len(f) > 0 && audio.Loudness(f) > 300 && audio.Power(f, hertz) > 0.2 {
			n++
		}
	}
	return n > len(e.last)/2
}

// quiet tells whether nothing was in the last frames.
func (e *ear) quiet() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return !slices.ContainsFunc(e.last[:], func(f []int16) bool { return len(f) == 0 || audio.Loudness(f) > 50 })
}

// side is somebody on the telephone: a customer, an agent, a supervisor.
type side struct {
	ear
	call *sip.Call
	leg  *voice.Leg
}

// stage is an exchange with a floor, somebody to call and telephones of agents.
type stage struct {
	*testing.T
	x        *exchange.Exchange
	close    func() error
	lines    voice.Lines
	phones   *sip.Endpoint // of agents
	outside  *sip.Endpoint // of everybody who is called
	desks    *rtp.Ports
	theirs   *rtp.Ports
	mu       sync.Mutex
	here     []string   // what was told of standing legs
	answered chan *side // those who answered
}

// pitch is the tone of whoever is called at a number.
func pitch(number string) float64 { return 400 + 100*float64(number[len(number)-1]-'0') }

func perform(t *testing.T, back time.Duration) *stage {
	t.Helper()
	s := &stage{T: t, desks: must(rtp.NewPorts(home, 21000, 21099)), theirs: must(rtp.NewPorts(home, 21100, 21199)), answered: make(chan *side, 10)}
	ours := must(rtp.NewPorts(home, 21200, 21299))
	s.outside = must(sip.Open(sip.Config{Listen: netip.AddrPortFrom(home, 0), Serve: s.serve}))
	cfg := &trunk.Config{Home: "CN", Zone: "Asia/Shanghai", Allow: []trunk.Class{trunk.Mobile},
		Trunks: []trunk.Trunk{{Name: "one", Address: s.outside.Addr().String(), Channels: 20, Rate: 100, Dial: trunk.AsGiven}}}
	if problems := cfg.Validate(); problems.Err() != nil {
		t.Fatal(problems)
	}
	s.x = must(exchange.Open(exchange.Config{SIP: sip.Config{Listen: netip.AddrPortFrom(home, 0), Secret: func(string) (string, bool) { return "a secret", true }}, Ports: ours, Return: back,
		Whose: func(_ context.Context, agent string) (string, error) { return agent, nil }}))
	s.lines = voice.Lines{Endpoint: s.x.Phone(), Ports: ours, Board: trunk.NewBoard(cfg, time.UTC, 1)}
	s.close = sync.OnceValue(s.x.Close)
	s.phones = must(sip.Open(sip.Config{Listen: netip.AddrPortFrom(home, 0)}))
	s.x.Standing(func(who string, here bool) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.here = append(s.here, map[bool]string{true: "+", false: "-"}[here]+who)
	})
	t.Cleanup(func() {
		for _, close := range []func() error{s.phones.Close, s.close, s.outside.Close} {
			if err := close(); err != nil {
				t.Error(err)
			}
		}
		s.until("all ports are back", func() bool { return ours.Lent()+s.theirs.Lent() == 0 })
	})
	return s
}

// until waits for what must come to be.
func (s *stage) until(what string, is func() bool) {
	s.Helper()
	for deadline := time.Now().Add(15 * time.Second); !is(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.Fatalf("it did not come to be that %s", what)
		}
	}
}

// serve is whoever is called: a number that ends in 9 rings and never answers.
func (s *stage) serve(call *sip.Call) {
	leg, err := voice.NewLeg(s.theirs)
	if err != nil {
		s.Error(err)
		return
	}
	defer leg.Close()
	c := &side{call: call, leg: leg}
	leg.Hear(c.frame)
	_ = call.Ring()
	if strings.HasSuffix(call.Called(), "9") {
		<-call.Done()
		return
	}
	if call.Answer(leg) != nil {
		return
	}
	leg.Play(audio.Tone{Hertz: []float64{pitch(call.Called())}, Level: 0.4}.Samples(time.Second), true)
	s.answered <- c
	<-call.Done()
}

// stand lets an agent's telephone stand on the floor; it says a tone.
func (s *stage) stand(who string, hertz float64) *side {
	s.Helper()
	leg := must(voice.NewLeg(s.desks))
	a := &side{leg: leg}
	leg.Hear(a.frame)
	a.call = must(s.phones.Place(s.Context(), sip.Invite{To: "sip:floor@" + s.x.Phone().Addr().String(), From: who, User: who, Secret: "a secret", Media: leg}))
	s.Cleanup(func() {
		a.call.Hangup()
		<-a.call.Done()
		if _, err := leg.Close(); err != nil {
			s.Error(err)
		}
	})
	s.until(who+" stands", func() bool {
		select {
		case <-a.call.Answered():
			return s.x.Stands(who)
		case <-a.call.Done():
			s.Fatalf("%+v", a.call.Ending())
		default:
		}
		return false
	})
	leg.Play(audio.Tone{Hertz: []float64{hertz}, Level: 0.4}.Samples(time.Second), true)
	return a
}

// placed is a call that runs.
type placed struct {
	*exchange.Line
	customer *side
	told     chan string
	kept     chan error
	over     chan *voice.Report
}

// place calls a number. Nobody waits for its end but who asks.
func (s *stage) place(number string, r exchange.Reserved) *placed {
	s.Helper()
	p := &placed{told: make(chan string, 10), kept: make(chan error, 10), over: make(chan *voice.Report, 1)}
	p.Line = must(s.x.Line("call "+number, r, exchange.Told{Rings: func() { p.told <- "rings" }, Answered: func() { p.told <- "answered" }, Parted: func() { p.told <- "parted" },
		NotTaken: func() { p.told <- "not taken" }, Kept: func(failed error) { p.kept <- failed }}))
	go func() {
		report, _, err := s.lines.PlaceOver(context.WithoutCancel(s.Context()), voice.Order{Number: number, Beside: p.Beside})
		if err != nil {
			s.Error(err)
		}
		p.Close()
		p.over <- report
	}()
	if !strings.HasSuffix(number, "9") {
		p.customer = <-s.answered
		s.Cleanup(p.customer.call.Hangup)
		s.until("the answer is told", func() bool { return <-p.told == "answered" })
	}
	return p
}

// call is a number whose holder says 400 Hz and a hundred a step more.
func mobile(n byte) string { return "1380000000" + string('0'+n) }

// outside lets somebody called be called into a call.
func (s *stage) third(p *placed, number string, hand bool) {
	s.Helper()
	beside, done, err := p.Third(hand)
	if err != nil {
		s.Fatal(err)
	}
	go func() {
		if _, _, err := s.lines.PlaceOver(context.WithoutCancel(s.Context()), voice.Order{Number: number, Beside: beside, Ring: 500 * time.Millisecond}); err != nil {
			s.Error(err)
		}
		done()
	}()
}

// TestBothHearThatTheyAreRecorded, before they hear each other, and once.
func TestBothHearThatTheyAreRecorded(t *testing.T) {
	s := perform(t, 0)
	ann := s.stand("ann", 1000)
	p := s.place(mobile(1), exchange.Reserved{Notice: audio.Tone{Hertz: []float64{2000}, Level: 0.4}.Samples(time.Second)})
	if err := p.Join("ann"); err != nil {
		t.Fatal(err)
	}
	s.until("both hear the notice, and nobody else", func() bool {
		return ann.hears(2000) && p.customer.hears(2000) && !ann.hears(500) && !p.customer.hears(1000)
	})
	s.until("both hear each other", func() bool { return ann.hears(500) && p.customer.hears(1000) })
	if err := p.Join("ann"); err != nil {
		t.Fatal(err)
	}
	if ann.hears(2000) || p.customer.hears(2000) {
		t.Error("whoever was joined again is told again")
	}
	p.Hang()
	<-p.over
}
