package bridge

import (
	"testing"

	"waihu/internal/voice/audio"
)

// TestTwoAreRelayed: each hears the other packet by packet as it comes, in its
// own law, as one stream with the numbers of our side; nothing waits for a beat.
func TestTwoAreRelayed(t *testing.T) {
	for i, laws := range [][2]audio.Law{{audio.ALaw, audio.ALaw}, {audio.ALaw, audio.MuLaw}, {audio.MuLaw, audio.ALaw}} {
		r := newRig(t, 18000+uint16(i)*40)
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
	r := newRig(t, 18120)
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
	customer.out.Sequence = 8
	customer.say(8, 1<<31, sound) // the next packet, and an hour later by its own count
	agent.drain()
	if last, got := agent.heard[5], agent.heard[6]; got.Sequence != last.Sequence+1 || int32(got.Timestamp-last.Timestamp) < audio.FrameSamples || int32(got.Timestamp-last.Timestamp) > 3*audio.FrameSamples {
		t.Errorf("after a jump in time %+v follows %+v", got, last)
	}
}

// TestStrangersAreNotRelayed is trap 9 over a bridge: what a third address sends
// to a leg reaches nobody, also when the peer is silent; after a new agreement the
// peer's new address is relayed and its old one is not.
func TestStrangersAreNotRelayed(t *testing.T) {
	r := newRig(t, 18600)
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

// TestKeysPass: keys go both ways as events, in a relay as they came and in a mix
// anew; who hears nothing of a leg hears none of its keys.
func TestKeysPass(t *testing.T) {
	r := newRig(t, 18320)
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

// TestOurKeysInterruptARelay: keys that we press go to the peer in the same stream,
// in their place on its clock, and the relay goes on behind them.
func TestOurKeysInterruptARelay(t *testing.T) {
	r := newRig(t, 19800)
	customer, agent := r.phone(Customer, audio.ALaw, 440), r.phone(Agent, audio.ALaw, 700)
	r.step(8)
	customer.heard = nil
	if err := customer.leg.Press("42"); err != nil {
		t.Fatal(err)
	}
	r.step(40)
	var keys []byte
	for i, q := range customer.heard {
		if q.Type == 101 && (len(keys) == 0 || keys[len(keys)-1] != q.Payload[0]) {
			keys = append(keys, q.Payload[0])
		}
		if i == 0 {
			continue
		}
		before := customer.heard[i-1]
		if q.Source != before.Source || q.Sequence != before.Sequence+1 || int32(q.Timestamp-before.Timestamp) < 0 {
			t.Errorf("%d at %d follows %d at %d", q.Sequence, q.Timestamp, before.Sequence, before.Timestamp)
		}
	}
	if string(keys) != "\x04\x02" {
		t.Errorf("keys %v", keys)
	}
	customer.heard = nil
	r.hears(customer, agent)
}
