// Package voice is calls with sound: it puts signalling (sip), sound (rtp), what
// is agreed (sdp) and what is kept (record) together.
//
// It owns the leg, which beats each 20 ms, and placing one call and telling what
// came of it. It does not own campaigns, nor what a call costs: a placed call
// becomes a usage fact, and charging takes it from there.
//
// A bridge (voice/bridge) takes the beat of its legs over through Lead.
//
// What always holds: a leg gives its ports back when it is closed; what is
// played, heard and recorded goes by one beat, so that a recording has both
// sides where they were; an attempt has exactly one fact, whatever happened.
package voice

import (
	"crypto/rand"
	"encoding/binary"
	mrand "math/rand/v2"
	"os"
	"sync"
	"time"

	"waihu/internal/voice/audio"
	"waihu/internal/voice/record"
	"waihu/internal/voice/rtp"
	"waihu/internal/voice/sdp"
	"waihu/internal/voice/webrtc"
)

// Leg is the sound of one side of a call. It is safe for several goroutines.
type Leg struct {
	rtp  *rtp.Session
	shut func() // of the session and what is below it
	once sync.Once

	mu      sync.Mutex
	terms   terms
	agreed  chan struct{}   // closed once sound can go
	lost    <-chan struct{} // closed when the path is; nil: nobody would tell
	ready   <-chan struct{} // closed when the path is found; nil: it is there once sound is agreed
	holds   chan bool       // the other side holds us, or does no more; the last word counts
	held    bool            // it does
	closed  bool
	led     bool // somebody else keeps the beat
	beating *beating
	law     audio.Law
	player  player
	spoiled Spoil
	chance  *mrand.Rand
	file    *os.File
	rec     *record.Recorder
	kept    audio.Law // law of the recording
	hear    func(theirs []int16, received bool)
}

// Spoil makes what a leg sends a bad line.
type Spoil struct {
	Loss   float64       // share of packets that are lost, 0 to 1
	Jitter time.Duration // packets are late by up to this
	Seed   uint64        // one seed loses the same packets
}

// terms are what is agreed with the other side, as sdp or a browser's path has it.
type terms interface {
	Want(sdp.Direction)
	Offer() ([]byte, error)
	Answer(offer []byte) ([]byte, sdp.Agreed, error)
	Accept(answer []byte) (sdp.Agreed, error)
}

// plain are the terms of a line over RTP.
type plain struct{ *sdp.Session }

func (p plain) Offer() ([]byte, error) { return p.Session.Offer(), nil }

// NewBrowserLeg is the sound of a call with a browser; closing the leg closes the
// path.
func NewBrowserLeg(p *webrtc.Peer) *Leg {
	l := newLeg(p.Session(), p, p.Close)
	l.lost, l.ready = p.Lost(), p.Connected()
	return l
}

// NewLeg takes a pair of ports. laws are what it speaks, the first preferred;
// none: A-law, then µ-law.
func NewLeg(ports *rtp.Ports, laws ...audio.Law) (*Leg, error) {
	s, err := ports.Open()
	if err != nil {
		return nil, err
	}
	var seed [8]byte
	if _, err := rand.Read(seed[:]); err != nil {
		s.Close()
		return nil, err
	}
	return newLeg(s, plain{sdp.NewSession(s.Local(), binary.BigEndian.Uint64(seed[:]), laws...)}, s.Close), nil
}

func newLeg(s *rtp.Session, t terms, shut func()) *Leg {
	return &Leg{rtp: s, terms: t, shut: shut, agreed: make(chan struct{}), holds: make(chan bool, 1)}
}

// Spoil makes what is sent from now on a bad line.
func (l *Leg) Spoil(s Spoil) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.spoiled, l.chance = s, mrand.New(mrand.NewPCG(s.Seed, s.Seed))
}

// Hear calls back with each frame of 20 ms of the other side, and whether any
// of it was received. It must not wait. It is set before the call begins. The
// frame is good until it returns. In a bridge the last call may still be under
// way when Close returns.
func (l *Leg) Hear(f func(theirs []int16, received bool)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hear = f
}

// Want says which way sound is to go; it is agreed with the next exchange.
func (l *Leg) Want(d sdp.Direction) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.terms.Want(d)
}

// Encrypt encrypts the sound of the leg (SRTP), from its first exchange on; a peer
// that does not is refused. The keys go with the descriptions: whoever can read
// the signalling can read them, so it belongs on TLS.
func (l *Leg) Encrypt() error {
	var key sdp.Key
	if _, err := rand.Read(key[:]); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if p, is := l.terms.(plain); is { // a browser's sound is encrypted as it is
		p.Session.Secure(key)
	}
	return nil
}

// Offer is part of sip.Media.
func (l *Leg) Offer() ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.terms.Offer()
}

// Answer is part of sip.Media.
func (l *Leg) Answer(offer []byte, anew bool) ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, a, err := l.terms.Answer(offer)
	if err != nil {
		return nil, err
	}
	return b, l.agree(a, anew)
}

// Accept is part of sip.Media.
func (l *Leg) Accept(answer []byte, anew bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	a, err := l.terms.Accept(answer)
	if err != nil {
		return err
	}
	return l.agree(a, anew)
}

// agree takes what was agreed; the first time, the beat begins.
func (l *Leg) agree(a sdp.Agreed, anew bool) error {
	if err := l.rtp.Agree(a, anew); err != nil {
		return err
	}
	l.law = a.Law
	if l.held == a.Sends {
		l.held = !a.Sends
		select {
		case <-l.holds: // nobody heard of it yet
		default:
		}
		l.holds <- l.held
	}
	if l.file != nil && l.rec == nil {
		r, err := record.New(l.file, a.Law)
		if err != nil {
			return err
		}
		l.rec, l.kept = r, a.Law
	}
	if !l.hasAgreed() {
		close(l.agreed)
	}
	l.begin()
	return nil
}

// Agreed is closed once the first agreement is made: sound can go from then on.
func (l *Leg) Agreed() <-chan struct{} { return l.agreed }

// Holds tells when the other side puts us on hold, so that it hears nothing, and when
// it takes us back. Whoever is slow hears the last of it.
func (l *Leg) Holds() <-chan bool { return l.holds }

// Lost is closed when the path to a browser is lost; over RTP, which does not know,
// it never is.
func (l *Leg) Lost() <-chan struct{} { return l.lost }

// Ready is closed once what is said arrives: a browser's path is found after the call
// was answered, and nobody hears what was said before.
func (l *Leg) Ready() <-chan struct{} {
	if l.ready == nil {
		return l.agreed
	}
	return l.ready
}

func (l *Leg) hasAgreed() bool {
	select {
	case <-l.agreed:
		return true
	default:
		return false
	}
}

// Record keeps both sides in a file, from the first agreement on. The file is
// the caller's to close, after Close.
func (l *Leg) Record(f *os.File) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.file = f
}

// Pause begins or ends a pause of the recording.
func (l *Leg) Pause(on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.rec != nil {
		l.rec.Pause(on)
	}
}

// Press sends keys, Keys hears them.
func (l *Leg) Press(keys string) error { return l.rtp.Press(keys) }

// Pressing tells whether keys are still being sent.
func (l *Leg) Pressing() bool { return l.rtp.Pressing() }

// Keys are the keys the other side presses.
func (l *Leg) Keys() <-chan byte { return l.rtp.Keys() }

// Figures are what the leg came to so far.
func (l *Leg) Figures() rtp.Figures { return l.rtp.Figures() }

// Close ends the sound, gives the ports back, and sums up the recording: the
// zero Sum if nothing was recorded.
func (l *Leg) Close() (sum record.Sum, err error) {
	l.once.Do(func() {
		l.mu.Lock()
		l.closed = true
		l.mu.Unlock()
		l.end()
		l.shut()
		l.mu.Lock()
		l.player.quiet()
		rec := l.rec
		l.rec, l.file = nil, nil
		l.mu.Unlock()
		if rec != nil { // it takes a while, and a bridge may still ask after the leg
			sum, err = rec.Close()
		}
	})
	return sum, err
}
