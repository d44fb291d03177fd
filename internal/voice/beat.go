package voice

import (
	"time"

	"waihu/internal/voice/audio"
	"waihu/internal/voice/rtp"
)

// beating is a leg that keeps its own beat.
type beating struct{ stop, done chan struct{} }

// begin lets the leg beat by itself, if it may; the lock is held.
func (l *Leg) begin() {
	if !l.hasAgreed() || l.closed || l.led || l.beating != nil {
		return
	}
	b := &beating{make(chan struct{}), make(chan struct{})}
	l.beating = b
	go func() {
		defer close(b.done)
		f := frames{out: make([]byte, audio.FrameSamples), in: make([]byte, audio.FrameSamples), heard: make([]int16, audio.FrameSamples)}
		rtp.Beat(b.stop, l.late, func() { l.frame(&f) })
	}()
}

// end ends the leg's own beat and waits for it.
func (l *Leg) end() {
	l.mu.Lock()
	b := l.beating
	l.beating = nil
	l.mu.Unlock()
	if b != nil {
		close(b.stop)
		<-b.done
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

// frames are what one beat says and hears.
type frames struct {
	out, in []byte
	heard   []int16
}

// frame is one beat of a leg by itself.
func (l *Leg) frame(f *frames) {
	l.own(f.out)
	l.take(f.in, f.heard)
	l.keep(f.out, f.in)
}

// own sends 20 ms of what the leg plays by itself.
func (l *Leg) own(out []byte) {
	l.mu.Lock()
	if l.rtp.Pressing() {
		l.law.Fill(out) // keys are sent instead of sound; what is played waits
	} else {
		l.player.fill(out, l.law)
	}
	lose := l.spoiled.Loss > 0 && l.chance.Float64() < l.spoiled.Loss
	l.mu.Unlock()
	if lose {
		l.rtp.Lose()
	} else {
		l.rtp.Send(out)
	}
}

// take takes 20 ms of the other side, and tells it to whoever wants to hear.
func (l *Leg) take(in []byte, heard []int16) (received bool) {
	received = l.rtp.Take(in)
	l.mu.Lock()
	law, hear := l.law, l.hear
	if l.closed {
		hear = nil
	}
	l.mu.Unlock()
	law.DecodeTo(heard, in)
	if hear != nil {
		hear(heard, received)
	}
	return received
}

// keep records both sides of a beat, in the law the recording began with.
func (l *Leg) keep(out, in []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.rec == nil {
		return
	}
	l.law.Convert(out, l.kept)
	l.law.Convert(in, l.kept)
	l.rec.Frame(out, in)
}

func (l *Leg) records() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.rec != nil
}
