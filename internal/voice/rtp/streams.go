package rtp

// Streams are those one peer sent, by their SSRC: each leaves something behind where
// it is decrypted, so that there is a bound. Not safe for two goroutines at once.
type Streams struct {
	last  uint32
	known map[uint32]struct{}
}

// Take tells whether a stream is one of those known, or there was room for it.
func (s *Streams) Take(ssrc uint32) bool {
	if ssrc == s.last && s.known != nil {
		return true
	}
	if _, is := s.known[ssrc]; !is {
		if len(s.known) >= maxStreams {
			return false
		}
		if s.known == nil {
			s.known = map[uint32]struct{}{}
		}
		s.known[ssrc] = struct{}{}
	}
	s.last = ssrc
	return true
}
