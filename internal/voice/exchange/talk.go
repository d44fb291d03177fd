package exchange

import (
	"math"
	"os"
	"time"

	"waihu/internal/fault"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/record"
)

// Hold lets the customer hear music and be heard by nobody, or ends that. What is
// said meanwhile is not recorded.
func (l *Line) Hold(on bool) error { return l.hold(byAgent, on) }

// holdFor holds for the telephone of somebody in the call.
func (l *Line) holdFor(s *stand, on bool) error {
	l.mu.Lock()
	mine := l.seat == s
	l.mu.Unlock()
	if !mine { // a guest who holds hears nothing, and the others talk on
		return nil
	}
	return l.hold(byTelephone, on)
}

func (l *Line) hold(why holding, on bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.bridge == nil || !l.answered {
		return l.nobody()
	}
	if l.holds &^= why; on {
		l.holds |= why
	}
	l.apply()
	return nil
}

func (l *Line) nobody() error {
	return fault.New(fault.Conflict, "call %s has nobody who talks now", l.name)
}

// apply does in the bridge what holds.
func (l *Line) apply() {
	if l.bridge == nil {
		return
	}
	switch held := l.holds != 0; {
	case held == l.held:
	case held:
		l.held = true
		_ = l.bridge.Hold(l.leg, l.x.music) // a customer who is leaving needs none
	default:
		l.held = false
		_ = l.bridge.Resume(l.leg)
	}
	l.leg.MarkHold(l.held) // where the leg itself is recorded
	pause := l.paused || l.holds != 0
	l.bridge.Pause(pause)
	l.leg.Pause(pause)
}

// Record keeps what is said from the moment somebody speaks with them: agents left,
// customers right. The file is the caller's to close after Close. Whether it is kept is
// told (Told.Kept).
func (l *Line) Record(f *os.File) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tape = f
	if l.joined {
		l.record()
		l.apply()
	}
}

func (l *Line) record() {
	if l.tape == nil || l.bridge == nil {
		return
	}
	lost, err := l.bridge.Record(l.tape)
	l.tape = nil
	l.told.Kept(err)
	if err != nil {
		l.sum.Lost = true
		return
	}
	go func() { // it ends with the recording
		if err, is := <-lost; is {
			l.told.Kept(err)
		}
	}()
}

// Recorded is what the recording came to, once the call is over; without a digest
// nothing was recorded.
func (l *Line) Recorded() record.Sum {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sum
}

// PauseRecording leaves out what is said from now on, or ends that.
func (l *Line) PauseRecording(on bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.bridge == nil {
		return l.nobody()
	}
	l.paused = on
	l.apply()
	return nil
}

// Press sends keys to the customer.
func (l *Line) Press(keys string) error {
	l.mu.Lock()
	leg := l.leg
	answered := l.answered
	l.mu.Unlock()
	if leg == nil || !answered {
		return l.nobody()
	}
	return leg.Press(keys)
}

// Say plays a prompt to the customer. What it returns is closed when it is played, or
// the call is over; nil: nobody is there to hear it.
func (l *Line) Say(sound []int16) <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.leg == nil || !l.answered {
		return nil
	}
	l.stopWaiting() // whoever has it said ends the call, or hands it on
	return l.leg.Play(sound, false)
}

// Drop leaves a message: the agent parts at once, the message is played, and then it is
// hung up.
func (l *Line) Drop(sound []int16) error {
	l.mu.Lock()
	if l.leg == nil || !l.answered {
		l.mu.Unlock()
		return l.nobody()
	}
	l.part()
	for s := range l.guests {
		l.letGo(s)
		delete(l.guests, s)
	}
	l.stopWaiting()
	call, played := l.call, l.leg.Play(sound, false)
	l.mu.Unlock()
	go func() { // it ends with the call, which ends what is played
		<-played
		call.Hangup()
	}()
	return nil
}

// music is what is heard on hold until somebody has a better one: a slow chord, broken
// up and down, of twelve seconds.
func music() []int16 {
	var out []int16
	for _, hertz := range []float64{261.6, 329.6, 392, 523.3, 392, 329.6, 220, 261.6, 329.6, 440, 329.6, 261.6} {
		note := audio.Tone{Hertz: []float64{hertz}, Level: 0.12}.Samples(time.Second)
		for i := range note {
			note[i] = int16(float64(note[i]) * min(1, float64(i)/200) * math.Exp(-3*float64(i)/float64(len(note))))
		}
		out = append(out, note...)
	}
	return out
}
