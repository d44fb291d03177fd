package rtp

import (
	"net"
	"net/netip"
	"time"

	"waihu/internal/voice/audio"
)

// read hands every datagram to take until the socket is closed.
func (s *Session) read(c *net.UDPConn, take func([]byte, netip.AddrPort)) {
	defer s.done.Done()
	b := make([]byte, maxDatagram)
	for {
		n, from, err := c.ReadFromUDPAddrPort(b)
		if err != nil {
			if s.isClosed() {
				return
			}
			continue // a peer that is gone shows as an error of the next read
		}
		take(b[:n], netip.AddrPortFrom(from.Addr().Unmap(), from.Port()))
	}
}

// receive takes one datagram of RTP, and hands it on to those that relay it.
func (s *Session) receive(b []byte, from netip.AddrPort) {
	var p Packet
	kind, law, to := s.take(&p, b, from)
	if kind == nothing {
		return
	}
	for _, t := range to {
		t.pass(s, &p, kind, law)
	}
}

// What a packet carries.
const (
	nothing = iota // that matters here
	sound
	event
)

// take counts a packet and puts it where it belongs: sound into the buffer, keys
// among those heard.
func (s *Session) take(p *Packet, b []byte, from netip.AddrPort) (kind int, law audio.Law, to []*Session) {
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.secure.open(b)
	if err != nil || p.Parse(b) != nil {
		s.foreign++
		return nothing, 0, nil
	}
	if (s.wire == nil && !s.latch.admit(from, p)) || !s.stats.Packet(p, now) {
		return nothing, 0, nil
	}
	s.last = now
	s.worst = max(s.worst, s.stats.jitter)
	switch {
	case p.Type == s.agreed.Type && s.agreed.Receives:
		s.buffer.Put(p.Timestamp, p.Payload)
		s.peak = max(s.peak, s.buffer.Wait())
		return sound, s.agreed.Law, s.forwards
	case p.Type != 0 && (p.Type == s.agreed.Event || p.Type == s.agreed.Heard):
		if key := s.events.packet(p); key != 0 {
			s.press(key)
		}
		return event, 0, s.forwards
	}
	return nothing, 0, nil
}

// press keeps a key of the peer for whoever asks, within bounds.
func (s *Session) press(key byte) {
	if len(s.pressed) < keysKept {
		s.pressed = append(s.pressed, key)
	}
	select {
	case s.heard <- key:
	default:
	}
}

// Pressed appends the keys the peer pressed since it was last called: a bridge
// asks each beat, beside Keys. Beyond keysKept they are dropped.
func (s *Session) Pressed(dst []byte) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	dst = append(dst, s.pressed...)
	s.pressed = s.pressed[:0]
	return dst
}

// report takes one datagram of RTCP; only the host the sound comes from is
// believed.
func (s *Session) report(b []byte, from netip.AddrPort) {
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.wire == nil && from.Addr() != s.latch.to().Addr() {
		return
	}
	b, err := s.secure.openReport(b)
	if err != nil {
		s.foreign++
		return
	}
	r, err := ParseRTCP(b, s.out.Source)
	if err != nil {
		s.foreign++
		return
	}
	s.last = now
	if r.Sender {
		s.lastSR, s.lastSRAt = uint32(r.NTP>>16), now
	}
	if r.About.reported {
		if r.About.Total > s.told.Total {
			s.toldGaps++
		}
		s.told = r.About
		if t := roundTrip(r.About, now); t > 0 && t < 10*time.Second {
			s.trip = t
		}
	}
}
