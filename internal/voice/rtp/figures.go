package rtp

import "time"

// Figures are what a leg came to.
type Figures struct {
	Heard    Quality // the peer's sound as it reached us
	Told     Quality // ours as the peer says it reached it; Expected 0: it never said
	Sent     uint32  // packets
	Received uint32
	Injected uint32 // packets of strangers that were dropped
	Foreign  uint32 // datagrams that could not be read, or not be believed
	Trip     time.Duration
}

// Figures are what the leg came to so far.
func (s *Session) Figures() Figures {
	s.mu.Lock()
	defer s.mu.Unlock()
	samples := func(n float64) time.Duration { return time.Duration(n * float64(time.Second) / sampleRate) }
	f := Figures{Sent: s.packets, Received: s.stats.Received(), Injected: s.latch.dropped, Foreign: s.foreign, Trip: s.trip}
	f.Heard = Quality{Expected: s.stats.Expected(), Lost: s.stats.Lost(), Gaps: s.stats.gaps, Late: s.buffer.late / frame, Jitter: samples(s.worst),
		Delay: s.trip/2 + Frame + samples(float64(s.peak))}
	if s.told.reported {
		lost := uint32(max(0, s.told.Total))
		f.Told = Quality{Expected: s.packets, Lost: lost, Gaps: max(s.toldGaps, min(1, lost)), Jitter: samples(float64(s.told.Jitter)), Delay: s.trip/2 + Frame + samples(startWait)}
		f.Told.Gaps = max(f.Told.Gaps, lost/2) // a report tells no runs: they are taken for short ones
	}
	return f
}
