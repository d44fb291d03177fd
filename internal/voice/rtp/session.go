package rtp

import (
	"crypto/rand"
	"encoding/binary"
	"net/netip"
	"sync"
	"time"

	"waihu/internal/voice/audio"
	"waihu/internal/voice/sdp"
)

// Frame is the time of one frame, the beat of every leg.
const Frame = 20 * time.Millisecond

const (
	maxDatagram = 2048
	keysKept    = 64  // keys heard that nobody asked for yet
	firstReport = 50  // frames until the first RTCP report: a second
	reportEvery = 250 // and between reports: five seconds
)

// Session is the sound of one leg: a pair of ports until Close. Send and Take
// are called once each Frame by whoever keeps the beat; all else by anybody.
type Session struct {
	ports *Ports // nil over a wire
	pair  pair
	wire  Wire // nil over ports
	local netip.AddrPort
	now   func() time.Time
	heard chan byte
	done  sync.WaitGroup

	mu       sync.Mutex
	closed   bool
	agreed   sdp.Agreed
	last     time.Time // the peer was last heard of, or agreed with
	latch    latch
	stats    Statistics
	worst    float64 // highest jitter
	events   events
	buffer   *Buffer
	foreign  uint32 // datagrams that were no RTP
	peak     int    // longest wait of the buffer
	lastSR   uint32
	lastSRAt time.Time
	trip     time.Duration
	told     Block // what the peer last said of our stream
	toldGaps uint32

	secure   secure
	forwards []*Session // those that may relay what arrives here; never changed in place
	pressed  []byte     // keys since Pressed was asked

	out       Packet
	relay     relay
	keys      keys
	paused    bool // nothing was sent in the last frame
	packets   uint32
	octets    uint32
	untilNext int
	bytes     []byte
	voiced    []byte // sound that passes, in our law
}

// Open takes a pair of ports and begins to listen. Nothing is heard before
// Agree.
func (p *Ports) Open() (*Session, error) {
	l, err := p.lend()
	if err != nil {
		return nil, err
	}
	s, err := newSession(p.now)
	if err != nil {
		p.back(l)
		return nil, err
	}
	s.ports, s.pair, s.local = p, l, netip.AddrPortFrom(p.addr, l.port)
	s.done.Add(2)
	go s.read(l.rtp, s.receive)
	go s.read(l.rtcp, s.report)
	return s, nil
}

func newSession(now func() time.Time) (*Session, error) {
	var seed [12]byte
	if _, err := rand.Read(seed[:]); err != nil {
		return nil, err
	}
	s := &Session{now: now, heard: make(chan byte, keysKept), buffer: NewBuffer(audio.ALaw), paused: true, untilNext: firstReport}
	s.out = Packet{Source: binary.BigEndian.Uint32(seed[:]), Timestamp: binary.BigEndian.Uint32(seed[4:]), Sequence: binary.BigEndian.Uint16(seed[8:])}
	return s, nil
}

// Local is the address of RTP; none over a wire.
func (s *Session) Local() netip.AddrPort { return s.local }

// Keys are the keys the peer presses, in order. Beyond keysKept they are
// dropped.
func (s *Session) Keys() <-chan byte { return s.heard }

// Agree takes what was agreed. A new agreement, or one with another address,
// opens the latch again.
func (s *Session) Agree(a sdp.Agreed, anew bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.secure.agree(&a); err != nil {
		return err
	}
	s.last = s.now()
	if anew || a.Remote != s.agreed.Remote {
		s.latch.open(a.Remote)
	}
	if a.Law != s.buffer.law {
		s.buffer = NewBuffer(a.Law)
	}
	s.agreed = a
	s.out.Type = a.Type
	return nil
}

// Quiet is for how long nothing has come from the peer, neither sound nor reports.
func (s *Session) Quiet() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now().Sub(s.last)
}

// Take fills a frame with what is due and tells whether any of it was received.
func (s *Session) Take(dst []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buffer.Take(dst)
}

// Law is the law that was agreed.
func (s *Session) Law() audio.Law {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.agreed.Law
}

func (s *Session) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// Close says goodbye and gives the ports back. It may be called again.
func (s *Session) Close() {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.closed = true
	s.sendReport(true)
	s.mu.Unlock()
	s.Relay(nil)
	if s.wire != nil {
		s.wire.Close()
		return
	}
	s.ports.back(s.pair)
	s.done.Wait()
}
