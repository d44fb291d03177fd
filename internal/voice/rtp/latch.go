package rtp

import "net/netip"

// proof is how many packets in a row a stranger must send, with sequence
// numbers that rise by one, before the latch takes it for the peer behind an
// address translator.
const proof = 4

// latch decides which address the sound of the peer comes from: the address
// that was agreed at once, another after some packets in a row, and then none
// but that until a new agreement (trap 9). Not safe for two goroutines at once.
type latch struct {
	agreed netip.AddrPort
	closed bool
	on     netip.AddrPort

	candidate netip.AddrPort
	ssrc      uint32
	sequence  uint16
	run       int
	dropped   uint32
}

// open forgets the source: the next packets decide.
func (l *latch) open(agreed netip.AddrPort) {
	l.agreed, l.closed, l.run = agreed, false, 0
	l.on = netip.AddrPort{}
}

// admit tells whether a packet of this source is the peer's.
func (l *latch) admit(from netip.AddrPort, p *Packet) bool {
	if l.closed {
		if from == l.on {
			return true
		}
		l.dropped++
		return false
	}
	if !l.agreed.IsValid() {
		return false // nothing was agreed yet: no sound is expected, and nobody is a stranger
	}
	if from == l.agreed {
		l.closed, l.on = true, from
		return true
	}
	if from == l.candidate && p.Source == l.ssrc && p.Sequence == l.sequence+1 {
		l.run++
	} else {
		l.candidate, l.ssrc, l.run = from, p.Source, 1
	}
	l.sequence = p.Sequence
	if l.run < proof {
		l.dropped++
		return false
	}
	l.closed, l.on = true, from
	return true
}

// to is where our sound goes: back to where the peer's comes from, once that is
// known.
func (l *latch) to() netip.AddrPort {
	if l.closed {
		return l.on
	}
	return l.agreed
}
