package bridge

import (
	"math"
	"testing"

	"waihu/internal/fault"
	"waihu/internal/voice/audio"
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

// TestTwoAreRelayed: each hears the other packet by packet as it comes, in its
// own law, as one stream with the numbers of our side; nothing waits for a beat.
func TestTwoAreRelayed(t *testing.T) {
	for i, laws := range [][2]audio.Law{{audio.ALaw, audio.ALaw}, {audio.ALaw, audio.MuLaw}, {audio.MuLaw, audio.ALaw}} {
		r := newRig(t, 15600+uint16(i)*40)
		customer, agent := r.phone(Customer, laws[0], 440), r.phone(Agent, laws[1], 700)
		r.step(3)
		r.hears(customer, agent)
		r.hears(agent, customer)
		agent.take()
		payload := customer.frame()
		customer.say(customer.out.Type, customer.out.Timestamp, payload)
		customer.out.Timestamp += audio.FrameSamples
		agent.drain()
		if len(agent.heard) != 1 {
			t.Fatalf("%v: %d packets came without a beat", laws, len(agent.heard))
		}
		laws[0].Convert(payload, laws[1])
		if got := agent.heard[0]; string(got.Payload) != string(payload) || got.Type != agent.out.Type || got.Source == customer.out.Source {
			t.Errorf("%v: passed as %+v", laws, got)
		}
	}
}

// TestLossAndOrderPass: what was lost on the way to us is missing in our stream as
// well, and what came late keeps its number and its time; a stream that jumps goes
// on in ours as if it had not (trap 7).
func TestLossAndOrderPass(t *testing.T) {
	r := newRig(t, 15720)
	customer, agent := r.phone(Customer, audio.ALaw, 440), r.phone(Agent, audio.ALaw, 700)
	r.step(4)
	agent.heard = nil
	sound := customer.frame()
	first := customer.out
	at := func(n uint16) {
		customer.out.Sequence = first.Sequence + n
		customer.say(8, first.Timestamp+uint32(n)*audio.FrameSamples, sound)
	}
	for _, n := range []uint16{0, 1, 4, 3, 5} {
		at(n)
	}
	agent.drain()
	base := agent.heard[0]
	for i, n := range []uint16{0, 1, 4, 3, 5} {
		if got := agent.heard[i]; got.Sequence != base.Sequence+n || got.Timestamp != base.Timestamp+uint32(n)*audio.FrameSamples {
			t.Errorf("packet %d passed as %d at %d", n, got.Sequence-base.Sequence, got.Timestamp-base.Timestamp)
		}
	}
	customer.out.Source, customer.out.Sequence = 99, 7
	customer.say(8, 12345, sound)
	agent.drain()
	if got := agent.heard[5]; got.Sequence != base.Sequence+6 || got.Source != base.Source || !got.Marker || int32(got.Timestamp-base.Timestamp) < 6*audio.FrameSamples-audio.FrameSamples {
		t.Errorf("after a jump %+v follows %+v", got, base)
	}
	customer.out.Sequence = 5 // of before the jump, as far as anybody can tell
	customer.say(8, 12345-2*audio.FrameSamples, sound)
	agent.drain()
	if len(agent.heard) != 6 {
		t.Error("a packet with a number that was given already passed")
	}
}

// TestSupervisors: a supervisor hears both and is heard by none, then by the agent
// alone, then by all; nothing leaks the other way, whatever came before.
func TestSupervisors(t *testing.T) {
	r := newRig(t, 15760)
	customer, agent := r.phone(Customer, audio.ALaw, 440), r.phone(Agent, audio.MuLaw, 700)
	supervisor := r.phone(Listen, audio.ALaw, 1100)
	second := r.phone(Listen, audio.ALaw, 1300)
	r.step(8)
	for _, c := range []struct {
		role                        Role
		customer, agent, supervisor []*phone
		second                      []*phone
	}{
		{Listen, []*phone{agent}, []*phone{customer}, []*phone{customer, agent}, []*phone{customer, agent}},
		{Whisper, []*phone{agent}, []*phone{customer, supervisor}, []*phone{customer, agent}, []*phone{customer, agent}},
		{Barge, []*phone{agent, supervisor}, []*phone{customer, supervisor}, []*phone{customer, agent}, []*phone{customer, agent, supervisor}},
		{Listen, []*phone{agent}, []*phone{customer}, []*phone{customer, agent}, []*phone{customer, agent}},
	} {
		if err := r.b.Turn(supervisor.leg, c.role); err != nil {
			t.Fatal(err)
		}
		r.step(8)
		t.Log(c.role)
		r.hears(customer, c.customer...)
		r.hears(agent, c.agent...)
		r.hears(supervisor, c.supervisor...)
		r.hears(second, c.second...)
	}
}

// TestHoldIsAlone: who is on hold hears music and nobody, and nobody hears it;
// then all is as before.
func TestHoldIsAlone(t *testing.T) {
	r := newRig(t, 15800)
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
	r := newRig(t, 15840)
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

// TestNothingClicks: whatever comes and goes, no step between two samples is
// larger than tones have that come and go within a frame. No frame of these tones
// begins where their wave does.
func TestNothingClicks(t *testing.T) {
	r := newRig(t, 15880)
	customer, agent := r.phone(Customer, audio.ALaw, 135), r.phone(Agent, audio.ALaw, 215)
	supervisor := r.phone(Listen, audio.ALaw, 315)
	tone := audio.Tone{Hertz: []float64{235}, Level: level}.Samples(1e9)
	r.step(8)
	customer.take()
	agent.take()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		r.step(5)
	}
	for range 3 {
		must(r.b.Turn(supervisor.leg, Whisper))
		must(r.b.Turn(supervisor.leg, Barge))
		must(r.b.Hold(customer.leg, tone))
		must(r.b.Resume(customer.leg))
		must(r.b.Turn(supervisor.leg, Listen))
		agent.leg.Play(tone[:777], false)
		must(nil)
		must(r.b.Hold(agent.leg, nil))
		must(r.b.Resume(agent.leg))
	}
	steep := func(hertz float64) float64 { return 2 * math.Pi * hertz / audio.Rate * level * math.MaxInt16 }
	for _, c := range []struct {
		p    *phone
		most float64
	}{{customer, steep(215) + steep(315)}, {agent, steep(135) + steep(315)}} {
		sound := c.p.take()
		worst := 0.0
		for i := 1; i < len(sound); i++ {
			worst = max(worst, math.Abs(float64(sound[i])-float64(sound[i-1])))
		}
		if worst > 1.15*c.most {
			t.Errorf("%v Hz: a step of %.0f, the tones have at most %.0f", c.p.hertz, worst, c.most)
		}
	}
}

// TestKeysPass: keys go both ways as events, in a relay as they came and in a mix
// anew; who hears nothing of a leg hears none of its keys.
func TestKeysPass(t *testing.T) {
	r := newRig(t, 15920)
	customer, agent := r.phone(Customer, audio.ALaw, 440), r.phone(Agent, audio.ALaw, 700)
	r.step(5)
	for _, pair := range [][2]*phone{{customer, agent}, {agent, customer}} {
		from, to := pair[0], pair[1]
		to.heard = nil
		began := from.out.Timestamp
		for n := range 6 {
			from.say(101, began, []byte{5, byte(n/5) << 7, 0, byte(n) * 20})
			to.drain()
		}
		from.out.Timestamp += 6 * audio.FrameSamples
		for n, got := range to.heard {
			if got.Type != 101 || got.Payload[0] != 5 || got.Timestamp != to.heard[0].Timestamp || got.Sequence != to.heard[0].Sequence+uint16(n) {
				t.Errorf("an event passed as %+v", got)
			}
		}
		if len(to.heard) != 6 {
			t.Errorf("%d packets of 6 passed", len(to.heard))
		}
		if k := <-from.leg.Keys(); k != '5' {
			t.Errorf("we heard %c", k)
		}
	}
	r.step(5)
	third := r.phone(Agent, audio.ALaw, 900)
	listener := r.phone(Listen, audio.ALaw, 1200)
	r.step(8)
	for _, p := range r.phones {
		p.heard = nil
	}
	customer.say(101, customer.out.Timestamp, []byte{11, 0, 0, 160})
	r.step(10)
	for p, want := range map[*phone]int{agent: 8, third: 8, listener: 0, customer: 0} {
		n := 0
		for _, q := range p.heard {
			if q.Type == 101 {
				n++
				if q.Payload[0] != 11 {
					t.Errorf("%v Hz: %+v", p.hertz, q)
				}
			}
		}
		if n != want {
			t.Errorf("%v Hz: %d packets of the key, want %d", p.hertz, n, want)
		}
	}
}

// TestSumsAreCut: many who speak at once are loud, and turn nothing over.
func TestSumsAreCut(t *testing.T) {
	r := newRig(t, 15960)
	listener := r.phone(Listen, audio.ALaw, 3000)
	listener.mute = true
	for range 12 {
		r.phone(Agent, audio.ALaw, 400)
	}
	r.step(8)
	listener.take()
	r.step(5)
	sound := listener.take()
	top := 0
	for i := range sound {
		if sound[i] == 32256 || sound[i] == -32256 {
			top++
		}
		if i > 0 && math.Abs(float64(sound[i])-float64(sound[i-1])) > 30000 {
			t.Fatalf("%d is followed by %d", sound[i-1], sound[i])
		}
	}
	if top < len(sound)/2 {
		t.Errorf("%d of %d samples are at the loudest", top, len(sound))
	}
}

// TestWhatABridgeRefuses says what is wrong, and a leg that ends leaves by itself.
func TestWhatABridgeRefuses(t *testing.T) {
	r := newRig(t, 16000)
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
	if err := r.b.Record(nil); fault.KindOf(err) != fault.Conflict {
		t.Errorf("recording a closed bridge: %v", err)
	}
}

// TestABeatAllocatesNothing, relayed or mixed.
func TestABeatAllocatesNothing(t *testing.T) {
	r := newRig(t, 16040)
	for i, role := range []Role{Customer, Agent, Listen, Whisper} {
		r.phone(role, audio.Law(i%2), 400+100*float64(i))
	}
	r.step(8)
	if n := testing.AllocsPerRun(100, r.b.beat); n > 0 {
		t.Errorf("%v allocations a beat", n)
	}
}

// TestABridgeBeats by itself, with legs that meet over it by the clock.
func TestABridgeBeats(t *testing.T) {
	r := newRig(t, 16080)
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

// TestStrangersAreNotRelayed is trap 9 over a bridge: what a third address sends
// to a leg reaches nobody, also when the peer is silent; after a new agreement the
// peer's new address is relayed and its old one is not.
func TestStrangersAreNotRelayed(t *testing.T) {
	r := newRig(t, 16200)
	customer, agent := r.phone(Customer, audio.ALaw, 440), r.phone(Agent, audio.ALaw, 700)
	stranger := r.outside(audio.ALaw, 1500)
	r.step(5)
	customer.mute = true
	agent.heard = nil
	for n := range 10 {
		stranger.inject(customer, uint16(n))
		r.step(1)
	}
	if len(agent.heard) != 0 {
		t.Errorf("%d packets of a stranger were relayed", len(agent.heard))
	}
	if f := customer.leg.Figures(); f.Injected != 10 {
		t.Errorf("%d packets were dropped, want 10", f.Injected)
	}
	moved := r.outside(audio.ALaw, 1900)
	customer.conn, moved.conn = moved.conn, customer.conn // moved has the old address now
	customer.mute = false
	customer.move()
	r.step(8)
	r.hears(agent, customer)
	r.hears(customer, agent)
	agent.heard = nil
	before := customer.leg.Figures().Injected
	moved.inject(customer, 1)
	agent.drain()
	if n := customer.leg.Figures().Injected - before; n != 1 || len(agent.heard) != 0 {
		t.Errorf("the old address is heard: %d dropped, %d relayed", n, len(agent.heard))
	}
}
