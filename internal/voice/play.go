package voice

import (
	"os"

	"waihu/internal/fault"
	"waihu/internal/voice/audio"
)

// maxPlayed is how much sound waits to be played: an hour.
const maxPlayed = 3600 * audio.Rate

// player is what a leg plays by itself. The leg's lock guards it.
type player struct {
	left   []int16       // of what is played
	sound  []int16       // played again
	again  bool          // begin anew at the end
	played chan struct{} // closed when all is played; nil: nothing is
	tail   [audio.FrameSamples]int16
	tailed bool // the tail is still to be played: the end of what was cut off
	begun  bool // some of it was played
	sum    [audio.FrameSamples]int32
}

// Play plays sound instead of what is played now, which goes down to silence
// within a frame. What it returns is closed when all is played, or something else
// is. Over and over: it is never all played. No sound ends what is played.
func (l *Leg) Play(samples []int16, overAndOver bool) <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := &l.player
	p.quiet()
	played := make(chan struct{})
	if len(samples) == 0 {
		close(played)
		return played
	}
	samples = samples[:min(len(samples), maxPlayed)]
	p.left, p.sound, p.again, p.played, p.begun = samples, samples, overAndOver, played, false
	return played
}

// sounding tells whether there is anything to play.
func (p *player) sounding() bool { return p.played != nil || p.tailed }

// quiet ends what is played; what would come next is kept to fade.
func (p *player) quiet() {
	if p.played != nil {
		close(p.played)
		clear(p.tail[copy(p.tail[:], p.left):])
		p.tailed = p.begun && len(p.left) > 0
	}
	p.left, p.played, p.again = nil, nil, false
}

// fill puts the next 20 ms of what is played into out.
func (p *player) fill(out []byte, law audio.Law) {
	if !p.sounding() {
		law.Fill(out)
		return
	}
	clear(p.sum[:])
	if p.tailed {
		audio.AddTo(p.sum[:], p.tail[:], audio.Falling)
		p.tailed = false
	}
	for n := 0; n < len(p.sum) && p.played != nil; {
		k := min(len(p.sum)-n, len(p.left))
		audio.AddTo(p.sum[n:], p.left[:k], audio.Steady)
		n += k
		p.left, p.begun = p.left[k:], true
		if len(p.left) > 0 {
			continue
		}
		if !p.again {
			p.quiet()
			break
		}
		p.left = p.sound
	}
	law.EncodeSum(out, p.sum[:])
}

// ReadSound reads a WAV file to be played.
func ReadSound(path string) ([]int16, error) {
	w, err := readWAV(path)
	if err != nil {
		return nil, err
	}
	return w.Mono(), nil
}

func readWAV(path string) (w audio.WAV, err error) {
	defer fault.Wrap(&err, "%s", path)
	f, err := os.Open(path)
	if err != nil {
		return w, err
	}
	defer f.Close()
	return audio.ReadWAV(f)
}
