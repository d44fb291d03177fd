package rtp

import (
	"slices"

	"waihu/internal/voice/audio"
)

// relay is how the packets of another session go on in our stream: with our
// number of the stream, and their sequence numbers and timestamps moved so that
// the peer hears one stream, on one clock, whatever ours was before. Gaps and
// order stay as they came, so that the peer conceals what was lost on the way to
// us as well.
type relay struct {
	at      *Session // that hands us its packets
	from    *Session // whose packets may pass: at, until the relay has faded
	joined  bool     // the shifts below hold; if not, the next packet sets them
	source  uint32   // stream that is moved
	number  uint16   // what is added to its sequence numbers
	stamp   uint32   // and to its timestamps
	highest uint16   // its highest sequence number that passed
	run     int16    // packets back from there that belong to this joining, at most maxGap
	next    uint32   // timestamp behind the last sound that passed
	rising  bool     // the next sound comes up from silence
	falling bool     // the next sound goes down to silence and is the last
}

// Relay sends on what arrives at another session, packet by packet as it comes,
// sound and keys; nil: no more. Its first packet of sound comes up from silence.
// It waits in no buffer; whoever keeps the beat goes on with Send(nil), and sends
// no sound of its own meanwhile.
func (s *Session) Relay(from *Session) {
	s.mu.Lock()
	if s.closed {
		from = nil
	}
	before := s.relay.at
	s.relay.give(&s.out)
	s.relay.at, s.relay.from, s.relay.rising, s.relay.falling = from, from, true, false
	s.mu.Unlock()
	if before != nil && before != from {
		before.forward(s, false)
	}
	if from != nil && from != before {
		from.forward(s, true)
	}
}

// forward begins or ends handing packets to a session.
func (s *Session) forward(to *Session, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := slices.DeleteFunc(slices.Clone(s.forwards), func(f *Session) bool { return f == to })
	if on {
		kept = append(kept, to)
	}
	s.forwards = kept
}

// Fade lets the next packet of sound go down to silence and be the last. It tells
// whether it has passed; Relay(nil) then ends the relay.
func (s *Session) Fade() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.relay.falling = true
	return s.relay.from == nil
}

// give hands the stream back to our own sound: its clock goes on behind what
// passed, and the next packet that passes is joined to it anew.
func (r *relay) give(out *Packet) {
	if !r.joined {
		return
	}
	r.joined = false
	if int32(r.next-out.Timestamp) > 0 {
		out.Timestamp = r.next
	}
}

// pass sends a packet of another session on, if it is the one we relay.
func (s *Session) pass(from *Session, p *Packet, kind int, law audio.Law) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &s.relay
	if r.from != from || s.closed || !s.agreed.Sends || s.keys.busy() || kind == event && s.agreed.Event == 0 {
		return
	}
	began := r.place(p, &s.out)
	delta := int16(p.Sequence - r.highest)
	if delta < 0 && -delta > r.run {
		return // it is of before the joining: its number is somebody else's now
	}
	out := Packet{Type: s.agreed.Type, Source: s.out.Source, Sequence: p.Sequence + r.number, Timestamp: p.Timestamp + r.stamp, Marker: p.Marker || began}
	if kind == event {
		out.Type, out.Payload = s.agreed.Event, p.Payload
	} else {
		out.Payload = s.voice(p.Payload, law)
		if end := out.Timestamp + uint32(len(p.Payload)); int32(end-r.next) > 0 {
			r.next = end
		}
	}
	own := s.out.Sequence
	s.out.Sequence = out.Sequence
	s.write(&out)
	if delta < 0 {
		s.out.Sequence = own
	} else {
		r.highest, r.run = p.Sequence, min(r.run+delta, maxGap)
	}
	if kind == sound && r.falling {
		r.give(&s.out)
		r.from = nil
	}
}

// place sets the shifts where a stream begins to pass, or jumps: its first packet
// has our next sequence number, and our clock, which has gone on meanwhile. So a
// side that says nothing for a while, or counts time anew, is where it belongs. It
// tells whether it did.
func (r *relay) place(p *Packet, out *Packet) bool {
	number, stamp := int(int16(p.Sequence-r.highest)), int(int32(p.Timestamp+r.stamp-r.next))
	if r.joined && p.Source == r.source && max(number, -number) <= maxGap && max(stamp, -stamp) <= maxGap*frame {
		return false
	}
	r.give(out)
	r.joined, r.source = true, p.Source
	r.number, r.stamp = out.Sequence-p.Sequence, out.Timestamp-p.Timestamp
	r.highest, r.run, r.next = p.Sequence, 0, out.Timestamp
	return true
}

// voice is a payload in our law, faded where the relay begins or ends.
func (s *Session) voice(payload []byte, law audio.Law) []byte {
	r := &s.relay
	ours := s.agreed.Law
	if law == ours && !r.rising && !r.falling {
		return payload
	}
	s.voiced = append(s.voiced[:0], payload...)
	law.Convert(s.voiced, ours)
	switch {
	case r.falling:
		ours.Fade(s.voiced, false)
	case r.rising:
		ours.Fade(s.voiced, true)
	}
	r.rising = false
	return s.voiced
}
