package rtp

import (
	"net/netip"
	"time"
)

// Wire is a path that is the peer's alone and encrypted, such as the one to a
// browser: it has no addresses to guard, and what comes over it is the peer's.
// What is written to it must not be kept.
type Wire interface {
	WriteRTP([]byte) error
	WriteRTCP([]byte) error
	Close() // what is written afterwards is lost
}

// Over is a session over a wire. Whoever holds the wire hands in what comes, until
// Close.
func Over(w Wire) (*Session, error) {
	s, err := newSession(time.Now)
	if err != nil {
		return nil, err
	}
	s.wire = w
	return s, nil
}

// Feed hands in one packet of RTP.
func (s *Session) Feed(b []byte) { s.receive(b, netip.AddrPort{}) }

// FeedReport hands in one packet of RTCP.
func (s *Session) FeedReport(b []byte) { s.report(b, netip.AddrPort{}) }
