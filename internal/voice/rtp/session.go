package rtp

import (
	"crypto/rand"
	"encoding/binary"
	"net"
	"net/netip"
	"sync"
	"time"

	"waihu/internal/fault"
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

	out       Packet
	keys      keys
	paused    bool // nothing was sent in the last frame
	packets   uint32
	octets    uint32
	untilNext int
	bytes     []byte
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
func (s *Session) Agree(a sdp.Agreed, anew bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if anew || a.Remote != s.agreed.Remote {
		s.latch.open(a.Remote)
	}
	if a.Law != s.buffer.law {
		s.buffer = NewBuffer(a.Law)
	}
	s.agreed = a
	s.out.Type = a.Type
}

// Send sends one frame of G.711; nil is silence that is not sent. Its timestamp
// moves on all the same.
func (s *Session) Send(payload []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
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
		_, err = s.pair.rtp.WriteToUDPAddrPort(s.bytes, to)
	}
	s.out.Sequence++
	if err == nil {
		s.packets++
		s.octets += uint32(len(p.Payload))
	}
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
	return s.keys.now != 0 || s.keys.waiting != ""
}

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

func (s *Session) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// receive takes one datagram of RTP.
func (s *Session) receive(b []byte, from netip.AddrPort) {
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	var p Packet
	if p.Parse(b) != nil {
		s.foreign++
		return
	}
	if (s.wire == nil && !s.latch.admit(from, &p)) || !s.stats.Packet(&p, now) {
		return
	}
	s.worst = max(s.worst, s.stats.jitter)
	switch {
	case p.Type == s.agreed.Type:
		if s.agreed.Receives {
			s.buffer.Put(p.Timestamp, p.Payload)
			s.peak = max(s.peak, s.buffer.Wait())
		}
	case p.Type == s.agreed.Event && p.Type != 0:
		if key := s.events.packet(&p); key != 0 {
			select {
			case s.heard <- key:
			default:
			}
		}
	}
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
	r, err := ParseRTCP(b, s.out.Source)
	if err != nil {
		s.foreign++
		return
	}
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
	_, _ = s.pair.rtcp.WriteToUDPAddrPort(b, netip.AddrPortFrom(to.Addr(), to.Port()+1)) // likewise
}

// Figures are what a leg came to.
type Figures struct {
	Heard    Quality // the peer's sound as it reached us
	Told     Quality // ours as the peer says it reached it; Expected 0: it never said
	Sent     uint32  // packets
	Received uint32
	Injected uint32 // packets of strangers that were dropped
	Foreign  uint32 // datagrams that could not be read
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
	if s.wire != nil {
		s.wire.Close()
		return
	}
	s.ports.back(s.pair)
	s.done.Wait()
}
