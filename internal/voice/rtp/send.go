package rtp

import (
	"net/netip"
	"time"

	"waihu/internal/fault"
)

// Send sends one frame of G.711; nil is silence that is not sent. Its timestamp
// moves on all the same.
func (s *Session) Send(payload []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if payload != nil || s.keys.busy() {
		s.relay.give(&s.out)
	}
	defer func() { s.out.Timestamp += frame }()
	if s.untilNext--; s.untilNext <= 0 {
		s.untilNext = reportEvery
		s.sendReport(false)
	}
	if !s.agreed.Sends || s.closed {
		s.paused = true
		return
	}
	p := s.out
	if s.agreed.Event != 0 && s.keys.next(s.out.Timestamp) {
		var first bool
		var b [4]byte
		p.Payload, first = s.keys.payload(b[:0])
		p.Type, p.Timestamp, p.Marker = s.agreed.Event, s.keys.began, first
		s.write(&p)
		s.paused = true
		return
	}
	if payload == nil {
		s.paused = true
		return
	}
	p.Payload, p.Marker = payload, s.paused
	s.paused = false
	s.write(&p)
}

// Lose is Send where the packet is lost on the way: the peer misses it. Bad
// lines are played with it.
func (s *Session) Lose() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.agreed.Sends && !s.closed {
		s.out.Sequence++
	}
	s.out.Timestamp += frame
}

// write sends a packet to wherever the peer is.
func (s *Session) write(p *Packet) {
	s.bytes = p.Append(s.bytes[:0])
	var err error
	if s.wire != nil {
		err = s.wire.WriteRTP(s.bytes)
	} else {
		to := s.latch.to()
		if !to.IsValid() || to.Addr().IsUnspecified() {
			return
		}
		var b []byte
		if b, err = s.secure.seal(s.bytes); err != nil {
			return // no key lasts for ever: after 2^48 packets it may not be used
		}
		_, err = s.pair.rtp.WriteToUDPAddrPort(b, to)
	}
	s.out.Sequence++
	if err == nil {
		s.packets++
		s.octets += uint32(len(p.Payload))
	}
}

// Press sends keys one after another. A peer that takes no telephone events is
// of kind Conflict; keys that are none, or too many at once, of kind Invalid.
func (s *Session) Press(what string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.agreed.Event == 0 {
		return fault.New(fault.Conflict, "the other side takes no telephone events: keys cannot be sent to it")
	}
	if !s.keys.press(what) {
		return fault.New(fault.Invalid, "%q cannot be pressed; expected at most %d of %s", fault.Shorten(what, 80), maxKeys, digits)
	}
	return nil
}

// Pressing tells whether keys are still to be sent.
func (s *Session) Pressing() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.keys.busy()
}

// sendReport sends what we know, with a goodbye at the end.
func (s *Session) sendReport(bye bool) {
	to := s.latch.to()
	if s.wire == nil && (!to.IsValid() || to.Addr().IsUnspecified() || to.Port() == 65535) {
		return
	}
	now := s.now()
	var about *Block
	if s.stats.began {
		b := s.stats.block()
		if s.lastSR != 0 {
			b.LastSR, b.SinceSR = s.lastSR, uint32(now.Sub(s.lastSRAt)<<16/time.Second)
		}
		about = &b
	}
	b := appendReport(nil, sent{s.out.Source, now, s.out.Timestamp, s.packets, s.octets}, about, bye)
	if s.wire != nil {
		_ = s.wire.WriteRTCP(b) // best effort by nature
		return
	}
	b, err := s.secure.sealReport(b)
	if err != nil {
		return
	}
	_, _ = s.pair.rtcp.WriteToUDPAddrPort(b, netip.AddrPortFrom(to.Addr(), to.Port()+1)) // likewise
}
