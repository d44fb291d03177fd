// Package voice is calls with sound: it puts signalling (sip), sound (rtp), what
// is agreed (sdp) and what is kept (record) together.
//
// It owns the leg, which beats each 20 ms, and placing one call and telling what
// came of it. It does not own campaigns, nor what a call costs: a placed call
// becomes a usage fact, and charging takes it from there.
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

	"waihu/internal/fault"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/record"
	"waihu/internal/voice/rtp"
	"waihu/internal/voice/sdp"
)

// maxPlayed is how much sound waits to be played: an hour.
const maxPlayed = 3600 * audio.Rate

// lateness is how far a beat may fall behind before frames are left out: the
// machine was busy, and catching up in a burst would sound worse.
const lateness = 200 * time.Millisecond

// Leg is the sound of one side of a call. It is safe for several goroutines.
type Leg struct {
	rtp  *rtp.Session
	stop chan struct{}
	done sync.WaitGroup
	once sync.Once

	mu      sync.Mutex
	sdp     *sdp.Session
	agreed  bool
	law     audio.Law
	playing []int16
	played  chan struct{} // closed when all is played; nil: nothing is
	again   bool          // begin anew at the end
	sound   []int16       // what is played again
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
	return &Leg{rtp: s, stop: make(chan struct{}), sdp: sdp.NewSession(s.Local(), binary.BigEndian.Uint64(seed[:]), laws...)}, nil
}

// Spoil makes what is sent from now on a bad line.
func (l *Leg) Spoil(s Spoil) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.spoiled, l.chance = s, mrand.New(mrand.NewPCG(s.Seed, s.Seed))
}

// Hear calls back with each frame of 20 ms of the other side, and whether any
// of it was received. It must not wait. It is set before the call begins.
func (l *Leg) Hear(f func(theirs []int16, received bool)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hear = f
}

// Want says which way sound is to go; it is agreed with the next exchange.
func (l *Leg) Want(d sdp.Direction) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sdp.Want(d)
}

// Offer is part of sip.Media.
func (l *Leg) Offer() ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sdp.Offer(), nil
}

// Answer is part of sip.Media.
func (l *Leg) Answer(offer []byte, anew bool) ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, a, err := l.sdp.Answer(offer)
	if err != nil {
		return nil, err
	}
	return b, l.agree(a, anew)
}

// Accept is part of sip.Media.
func (l *Leg) Accept(answer []byte, anew bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	a, err := l.sdp.Accept(answer)
	if err != nil {
		return err
	}
	return l.agree(a, anew)
}

// agree takes what was agreed; the first time, the beat begins.
func (l *Leg) agree(a sdp.Agreed, anew bool) error {
	l.rtp.Agree(a, anew)
	l.law = a.Law
	if l.file != nil && l.rec == nil {
		r, err := record.New(l.file, a.Law)
		if err != nil {
			return err
		}
		l.rec, l.kept = r, a.Law
	}
	if !l.agreed {
		l.agreed = true
		l.done.Add(1)
		go l.beat()
	}
	return nil
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

// Play plays sound instead of what is played now. What it returns is closed when
// all is played, or something else is. Over and over: it is never all played.
func (l *Leg) Play(samples []int16, overAndOver bool) <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.quiet()
	samples = samples[:min(len(samples), maxPlayed)]
	l.playing, l.sound, l.again, l.played = samples, samples, overAndOver && len(samples) > 0, make(chan struct{})
	return l.played
}

// quiet ends what is played.
func (l *Leg) quiet() {
	if l.played != nil {
		close(l.played)
	}
	l.playing, l.played, l.again = nil, nil, false
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
		close(l.stop)
		l.done.Wait()
		l.rtp.Close()
		l.mu.Lock()
		defer l.mu.Unlock()
		l.quiet()
		if l.rec != nil {
			sum, err = l.rec.Close()
		}
	})
	return sum, err
}

// beat sends and takes a frame each 20 ms.
func (l *Leg) beat() {
	defer l.done.Done()
	due := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	out, in := make([]byte, audio.FrameSamples), make([]byte, audio.FrameSamples)
	heard := make([]int16, audio.FrameSamples)
	for {
		select {
		case <-l.stop:
			return
		case <-timer.C:
		}
		l.frame(out, in, heard)
		due = due.Add(rtp.Frame)
		if behind := time.Since(due); behind > lateness {
			due = due.Add(behind)
		}
		timer.Reset(time.Until(due) + l.late())
	}
}

// late is how late the next packet is on a bad line.
func (l *Leg) late() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.spoiled.Jitter <= 0 {
		return 0
	}
	return time.Duration(l.chance.Int64N(int64(l.spoiled.Jitter)))
}

// frame is one beat.
func (l *Leg) frame(out, in []byte, heard []int16) {
	l.mu.Lock()
	law, hear := l.law, l.hear
	if l.rtp.Pressing() {
		law.Fill(out) // keys are sent instead of sound; what is played waits
	} else {
		l.fill(out, law)
	}
	lose := l.spoiled.Loss > 0 && l.chance.Float64() < l.spoiled.Loss
	l.mu.Unlock()
	if lose {
		l.rtp.Lose()
	} else {
		l.rtp.Send(out)
	}
	received := l.rtp.Take(in)
	law.DecodeTo(heard, in)
	if hear != nil {
		hear(heard, received)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.rec == nil {
		return
	}
	if law != l.kept { // agreed anew in the other law: the file keeps its own
		relaw(out, law, l.kept)
		relaw(in, law, l.kept)
	}
	l.rec.Frame(out, in)
}

func relaw(b []byte, from, to audio.Law) {
	for i := range b {
		b[i] = to.Encode(from.Decode(b[i]))
	}
}

// fill puts the next 20 ms of what is played into out; the lock is held.
func (l *Leg) fill(out []byte, law audio.Law) {
	law.Fill(out)
	for n := 0; n < len(out) && l.played != nil; {
		k := law.EncodeTo(out[n:], l.playing)
		n += k
		l.playing = l.playing[k:]
		if len(l.playing) > 0 {
			continue
		}
		if !l.again {
			l.quiet()
			return
		}
		l.playing = l.sound
	}
}

// ReadSound reads a WAV file to be played.
func ReadSound(path string) (_ []int16, err error) {
	defer fault.Wrap(&err, "%s", path)
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	w, err := audio.ReadWAV(f)
	if err != nil {
		return nil, err
	}
	return w.Mono(), nil
}
