package rtp

import "time"

// Statistics count one stream that is received (RFC 3550, appendix A). They are
// not safe for two goroutines at once.
type Statistics struct {
	began    bool
	ssrc     uint32
	first    uint32 // extended
	highest  uint32 // extended: cycles and sequence
	received uint32 // without repeats
	repeated uint32
	jitter   float64 // samples
	transit  int64
	gaps     uint32 // runs of missing packets
	before   uint32 // expected of streams that ended in this call
	seen     uint64 // the last 64 sequence numbers, the lowest bit is the highest number
	wall     time.Time

	// at the last report
	expected0, received0 uint32
}

// maxGap is how far a sequence may jump and still be the same stream: two
// seconds. Beyond it the peer began anew without saying so (trap 7).
const maxGap = 100

// Packet counts a packet that arrived now and tells whether it is new: false is
// a repeat, which must not be played.
func (s *Statistics) Packet(p *Packet, now time.Time) bool {
	delta := int16(p.Sequence - uint16(s.highest))
	if !s.began || p.Source != s.ssrc || delta > maxGap || delta < -maxGap {
		s.begin(p)
	} else if delta > 0 {
		if delta > 1 {
			s.gaps++
		}
		s.highest += uint32(delta)
		s.seen = s.seen<<uint16(delta) | 1 // after a jump nothing of before is left
	} else if back := uint16(-delta); back >= 64 || s.seen>>back&1 == 1 {
		s.repeated++
		return false
	} else {
		s.seen |= 1 << back
	}
	s.received++
	s.arrived(p, now)
	return true
}

// begin starts on a stream; what the one before expected is kept.
func (s *Statistics) begin(p *Packet) {
	if s.began {
		s.before += s.highest - s.first + 1
	}
	s.began, s.ssrc, s.seen, s.transit, s.wall = true, p.Source, 1, 0, time.Time{}
	s.first, s.highest = 1<<16|uint32(p.Sequence), 1<<16|uint32(p.Sequence)
}

// arrived moves the jitter: a sixteenth of the way to how much this packet's
// transit differs from the last.
func (s *Statistics) arrived(p *Packet, now time.Time) {
	if s.wall.IsZero() {
		s.wall, s.transit = now, -int64(p.Timestamp)
		return
	}
	transit := int64(now.Sub(s.wall)*sampleRate/time.Second) - int64(p.Timestamp)
	d := int64(int32(uint32(transit - s.transit)))
	s.transit = transit
	if d = max(d, -d); d < sampleRate { // a jump of a second is a new beginning of timestamps, not jitter
		s.jitter += (float64(d) - s.jitter) / 16
	}
}

// Expected is how many packets should have come.
func (s *Statistics) Expected() uint32 {
	if !s.began {
		return 0
	}
	return s.before + s.highest - s.first + 1
}

// Received is how many came, repeats not counted.
func (s *Statistics) Received() uint32 { return s.received }

// Lost is how many never came.
func (s *Statistics) Lost() uint32 { return s.Expected() - min(s.received, s.Expected()) }

// Jitter is how much transit times vary.
func (s *Statistics) Jitter() time.Duration {
	return time.Duration(s.jitter * float64(time.Second) / sampleRate)
}

// block is what we tell the peer of its stream since the last time.
func (s *Statistics) block() Block {
	expected, received := s.Expected()-s.expected0, s.received-s.received0
	b := Block{Source: s.ssrc, Total: int32(s.Lost()), Highest: s.highest, Jitter: uint32(s.jitter)}
	if expected > received {
		b.Lost = float64(expected-received) / float64(expected)
	}
	s.expected0, s.received0 = s.Expected(), s.received
	return b
}
