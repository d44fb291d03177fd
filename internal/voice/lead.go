package voice

import (
	"waihu/internal/fault"
	"waihu/internal/voice/audio"
)

// Lead is the beat of a leg in the hands of a bridge, which beats for all its
// legs at once. Each beat Take is called once, then one of Own, Say and Pass. It
// is for one goroutine.
type Lead struct {
	leg     *Leg
	in, out []byte
	heard   []int16
}

// Lead hands the beat of a leg over. A leg whose beat somebody has, or that is
// closed, is of kind Conflict.
func (l *Leg) Lead() (*Lead, error) {
	l.mu.Lock()
	if l.led || l.closed {
		defer l.mu.Unlock()
		return nil, fault.New(fault.Conflict, "the leg is closed, or in a bridge already: it must leave that first")
	}
	l.led = true
	l.mu.Unlock()
	l.end()
	d := &Lead{leg: l, in: make([]byte, audio.FrameSamples), out: make([]byte, audio.FrameSamples), heard: make([]int16, audio.FrameSamples)}
	l.rtp.Pressed(nil) // what was pressed before belongs to nobody here
	return d, nil
}

// Release gives the beat back to the leg.
func (d *Lead) Release() {
	d.leg.rtp.Relay(nil)
	d.leg.mu.Lock()
	defer d.leg.mu.Unlock()
	d.leg.led = false
	d.leg.begin()
}

// Over tells whether the leg was closed.
func (d *Lead) Over() bool {
	d.leg.mu.Lock()
	defer d.leg.mu.Unlock()
	return d.leg.closed
}

// Sounding tells whether the leg has something of its own to send: what it plays,
// or keys.
func (d *Lead) Sounding() bool {
	d.leg.mu.Lock()
	defer d.leg.mu.Unlock()
	return d.leg.player.sounding() || d.leg.rtp.Pressing()
}

// Law is the law of the leg.
func (d *Lead) Law() audio.Law {
	d.leg.mu.Lock()
	defer d.leg.mu.Unlock()
	return d.leg.law
}

// Take is 20 ms of the other side: as samples, and as they came, in the leg's law.
// Both are good until the next call.
func (d *Lead) Take() (heard []int16, raw []byte) {
	d.leg.take(d.in, d.heard)
	return d.heard, d.in
}

// Pressed appends the keys that were pressed since the last beat.
func (d *Lead) Pressed(dst []byte) []byte { return d.leg.rtp.Pressed(dst) }

// Own sends what the leg plays by itself, or its keys, or silence.
func (d *Lead) Own() {
	d.leg.own(d.out)
	d.leg.keep(d.out, d.in)
}

// Say sends a sum of sounds.
func (d *Lead) Say(sum []int32) {
	d.Law().EncodeSum(d.out, sum)
	d.leg.rtp.Send(d.out)
	d.leg.keep(d.out, d.in)
}

// Relay lets what another leg's side says go to this leg's side as it comes; nil
// ends it at once, Fade within a packet.
func (d *Lead) Relay(from *Lead) {
	if from == nil {
		d.leg.rtp.Relay(nil)
		return
	}
	d.leg.rtp.Relay(from.leg.rtp)
}

// Fade ends a relay with its next packet and tells whether it has ended.
func (d *Lead) Fade() bool { return d.leg.rtp.Fade() }

// Pass is the beat of a leg that relays: its clock goes on, and a recording of the
// leg gets what passes, as the beat has it.
func (d *Lead) Pass(from *Lead) {
	d.leg.rtp.Send(nil)
	if d.leg.records() {
		d.Law().EncodeTo(d.out, from.heard)
		d.leg.keep(d.out, d.in)
	}
}
