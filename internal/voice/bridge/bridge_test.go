package bridge

import (
	"net/netip"
	"runtime"
	"testing"
	"time"

	"waihu/internal/fault"
	"waihu/internal/voice"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/rtp"
)

// TestWhoHearsWhom is the whole table: a row hears a column.
func TestWhoHearsWhom(t *testing.T) {
	all := []Role{Customer, Agent, Listen, Whisper, Barge}
	want := map[Role][]bool{
		Customer: {true, true, false, false, true},
		Agent:    {true, true, false, true, true},
		Listen:   {true, true, false, false, true},
		Whisper:  {true, true, false, false, true},
		Barge:    {true, true, false, false, true},
	}
	for hearer, row := range want {
		for i, of := range all {
			if hearer.Hears(of) != row[i] {
				t.Errorf("%s hears %s: %v", hearer, of, hearer.Hears(of))
			}
		}
	}
	if Role(9).String() != "unknown" || Whisper.String() != "whisper" {
		t.Error("a role has another name")
	}
}

// TestHoldIsAlone: who is on hold hears music and nobody, and nobody hears it;
// then all is as before.
func TestHoldIsAlone(t *testing.T) {
	r := newRig(t, 18200)
	customer, agent, second := r.phone(Customer, audio.ALaw, 440), r.phone(Agent, audio.ALaw, 700), r.phone(Agent, audio.ALaw, 900)
	music := r.outside(audio.ALaw, 2000)
	tone := audio.Tone{Hertz: []float64{music.hertz}, Level: level}.Samples(1e9)
	for range 2 {
		r.step(8)
		r.hears(customer, agent, second)
		if err := r.b.Hold(customer.leg, tone); err != nil {
			t.Fatal(err)
		}
		r.step(8)
		r.hears(customer, music)
		r.hears(agent, second)
		r.hears(second, agent)
		if err := r.b.Resume(customer.leg); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.b.Hold(customer.leg, nil); err != nil {
		t.Fatal(err)
	}
	r.step(8)
	r.hears(customer)
}

// TestPromptComesFirst: what a leg plays is heard to its end, then the bridge; a
// leg that leaves plays again by itself and hears nobody.
func TestPromptComesFirst(t *testing.T) {
	r := newRig(t, 18240)
	agent := r.phone(Agent, audio.ALaw, 700)
	prompt := r.outside(audio.ALaw, 2000)
	customer := r.outside(audio.ALaw, 440)
	played := customer.leg.Play(audio.Tone{Hertz: []float64{prompt.hertz}, Level: level}.Samples(500e6), false)
	if err := r.b.Join(customer.leg, Customer); err != nil {
		t.Fatal(err)
	}
	customer.agree()
	r.hears(customer, prompt)
	select {
	case <-played:
		t.Error("25 frames were played in 20")
	default:
	}
	r.step(8)
	<-played
	r.hears(customer, agent)
	left := make(chan error)
	go func() { left <- r.b.Leave(customer.leg) }()
	for gone := false; !gone; {
		r.step(1)
		select {
		case err := <-left:
			if gone = true; err != nil {
				t.Fatal(err)
			}
		default:
		}
	}
	if r.b.Legs() != 1 {
		t.Errorf("%d legs", r.b.Legs())
	}
	<-customer.leg.Play(audio.Tone{Hertz: []float64{prompt.hertz}, Level: level}.Samples(100e6), false) // it beats by itself
	r.step(5)
	r.hears(agent)
	if err := r.b.Join(customer.leg, Customer); err != nil {
		t.Fatal(err)
	}
	r.step(8)
	r.hears(agent, customer)
}

// TestWhatABridgeRefuses says what is wrong, and a leg that ends leaves by itself.
func TestWhatABridgeRefuses(t *testing.T) {
	r := newRig(t, 18400)
	customer, agent := r.phone(Customer, audio.ALaw, 440), r.phone(Agent, audio.ALaw, 700)
	stranger := r.outside(audio.ALaw, 900)
	for name, c := range map[string]struct {
		err  error
		kind fault.Kind
	}{
		"join twice":      {r.b.Join(customer.leg, Agent), fault.Conflict},
		"no role":         {r.b.Join(stranger.leg, 9), fault.Invalid},
		"turn to no role": {r.b.Turn(customer.leg, 9), fault.Invalid},
		"turn stranger":   {r.b.Turn(stranger.leg, Agent), fault.NotFound},
		"leave stranger":  {r.b.Leave(stranger.leg), fault.NotFound},
		"hold stranger":   {r.b.Hold(stranger.leg, nil), fault.NotFound},
	} {
		if fault.KindOf(c.err) != c.kind {
			t.Errorf("%s: %v", name, c.err)
		}
	}
	r.step(5)
	if _, err := agent.leg.Close(); err != nil {
		t.Fatal(err)
	}
	agent.to = nil
	r.step(6)
	if r.b.Legs() != 1 {
		t.Errorf("%d legs are left", r.b.Legs())
	}
	r.hears(customer)
	for r.b.Legs() < MaxLegs {
		r.phone(Listen, audio.ALaw, 1000)
	}
	if err := r.b.Join(stranger.leg, Listen); fault.KindOf(err) != fault.Conflict {
		t.Errorf("one too many: %v", err)
	}
	r.b.Close()
	if err := r.b.Join(stranger.leg, Listen); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a closed bridge: %v", err)
	}
	if _, err := r.b.Record(nil); fault.KindOf(err) != fault.Conflict {
		t.Errorf("recording a closed bridge: %v", err)
	}
}

// TestABridgeBeats by itself, with legs that meet over it by the clock.
func TestABridgeBeats(t *testing.T) {
	r := newRig(t, 18480)
	b := New()
	defer b.Close()
	heard := make(chan bool, 1)
	for i, role := range []Role{Customer, Agent, Agent} {
		p := r.outside(audio.ALaw, 400+100*float64(i))
		if err := b.Join(p.leg, role); err != nil {
			t.Fatal(err)
		}
		p.agree()
		if i == 0 {
			p.leg.Hear(func(theirs []int16, received bool) {
				if received && audio.Power(theirs, 400) > 0.9 {
					select {
					case heard <- true:
					default:
					}
				}
			})
		}
	}
	first := r.phones[0]
	for ok := false; !ok; {
		first.say(8, first.out.Timestamp, first.frame())
		first.out.Timestamp += audio.FrameSamples
		select {
		case ok = <-heard:
		default:
		}
	}
	if err := b.Leave(first.leg); err != nil {
		t.Error(err)
	}
	if b.Legs() != 2 {
		t.Errorf("%d legs", b.Legs())
	}
}

// TestManyCallsLeaveNothing: calls that come and go over one bridge leave no leg,
// no port and no goroutine behind.
func TestManyCallsLeaveNothing(t *testing.T) {
	ports, err := rtp.NewPorts(netip.MustParseAddr("127.0.0.1"), 19400, 19799)
	if err != nil {
		t.Fatal(err)
	}
	b := still()
	close(b.done)
	defer b.Close()
	before := runtime.NumGoroutine()
	var last *voice.Leg
	for range 100 {
		legs := [2]*voice.Leg{}
		for i := range legs {
			if legs[i], err = voice.NewLeg(ports); err != nil {
				t.Fatal(err)
			}
			if err := b.Join(legs[i], Role(i)); err != nil {
				t.Fatal(err)
			}
		}
		b.beat()
		for _, l := range []*voice.Leg{last, legs[0]} { // the other side of a call ends a call later
			if l == nil {
				continue
			}
			if _, err := l.Close(); err != nil {
				t.Fatal(err)
			}
		}
		last = legs[1]
		for range 2 * patience {
			b.beat()
		}
		if b.Legs() != 1 {
			t.Fatalf("%d legs are left", b.Legs())
		}
	}
	if _, err := last.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 * patience {
		b.beat()
	}
	// A reader that has said it is done is counted until the scheduler has put it away.
	for end := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	if b.Legs() != 0 || ports.Lent() != 0 || runtime.NumGoroutine() > before {
		t.Errorf("%d legs, %d pairs of ports, %d goroutines more than before", b.Legs(), ports.Lent(), runtime.NumGoroutine()-before)
	}
}
