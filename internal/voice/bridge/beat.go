package bridge

import (
	"math/bits"

	"waihu/internal/voice/audio"
)

// beat is 20 ms of all legs.
func (b *Bridge) beat() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range b.members {
		if m == nil {
			continue
		}
		m.leaving = m.leaving || m.lead.Over()
		if m.leaving && b.free(m) {
			b.release(m)
		}
	}
	for _, m := range b.members {
		if m != nil {
			m.heard, m.raw = m.lead.Take()
		}
	}
	b.record()
	for _, m := range b.members {
		if m != nil {
			b.say(m)
			b.press(m)
		}
	}
}

// free tells whether a leg that leaves has faded everywhere.
func (b *Bridge) free(m *member) bool {
	if m.open != 0 || m.from != nil || b.tape.has(m) {
		return false
	}
	for _, o := range b.members {
		if o != nil && (o.from == m || o.open&m.bit() != 0) {
			return false
		}
	}
	return true
}

func (m *member) bit() set { return 1 << m.slot }

// speaks tells whether anybody may hear a leg.
func (m *member) speaks() bool { return !m.held && !m.leaving }

// sources is whom a leg should hear.
func (b *Bridge) sources(m *member) (s set) {
	if m.held || m.leaving || m.lead.Sounding() {
		return 0
	}
	for _, o := range b.members {
		if o != nil && o != m && o.speaks() && m.role.Hears(o.role) {
			s |= o.bit()
		}
	}
	return s
}

// say sends a leg its 20 ms: what it relays is sent already, a mix is made, and
// between the two it is silent for a moment.
func (b *Bridge) say(m *member) {
	want := b.sources(m)
	if m.from != nil {
		if want == m.from.bit() && m.fades == 0 || !b.faded(m) {
			m.lead.Pass(m.from.lead)
			return
		}
	}
	single := bits.OnesCount16(uint16(want)) == 1
	switch {
	case m.open == 0 && single:
		m.from = b.members[bits.TrailingZeros16(uint16(want))]
		m.lead.Relay(m.from.lead)
		m.lead.Pass(m.from.lead)
	case m.open == 0 && want == 0:
		m.lead.Own()
	default:
		if single {
			want = 0 // the mix ends before the relay begins
		}
		var sum [audio.FrameSamples]int32
		m.open = b.mix(sum[:], m.open, want)
		m.lead.Say(sum[:])
	}
}

// faded ends a relay; false: not yet.
func (b *Bridge) faded(m *member) bool {
	m.fades++
	if !m.lead.Fade() && m.fades < patience {
		return false
	}
	m.lead.Relay(nil)
	m.from, m.fades = nil, 0
	return true
}

// mix sums those who are wanted, those who are new from silence, and those who
// are wanted no more down to it. It tells who is in the mix now.
func (b *Bridge) mix(sum []int32, open, want set) set {
	for all := open | want; all != 0; all &= all - 1 {
		slot := bits.TrailingZeros16(uint16(all))
		m := b.members[slot]
		gain := audio.Steady
		switch bit := m.bit(); {
		case open&bit == 0:
			gain = audio.Rising
		case want&bit == 0:
			gain = audio.Falling
		}
		audio.AddTo(sum, m.heard, gain)
	}
	return want
}

// press hands keys on to the parties that hear a leg in a mix; a relay hands them
// on by itself. A side that takes no keys is not told.
func (b *Bridge) press(m *member) {
	b.keys = m.lead.Pressed(b.keys[:0])
	if len(b.keys) == 0 || !m.speaks() {
		return
	}
	for _, o := range b.members {
		if o != nil && o.from == nil && o.role.party() && b.sources(o)&m.bit() != 0 {
			_ = o.leg.Press(string(b.keys)) // it says no where keys cannot be sent, and there is nobody to tell
		}
	}
}
