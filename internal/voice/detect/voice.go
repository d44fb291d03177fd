package detect

// Voice is told from rest by a floor of noise that is learnt from the call
// itself: the loudness that a tenth of all frames so far do not reach. What is
// well above it, and not far below the loudest, is voice.

const (
	quietest  = -66.0 // dB; a floor below this is taken for this
	above     = 9.0   // dB above the floor is voice
	below     = 15.0  // dB below the loudest is rest: a television, or who speaks behind
	leastLoud = -50.0 // dB; nothing below is voice
	gapLeast  = 4     // frames of rest that end a stretch of voice
	wordLeast = 3     // frames of voice; less is a click
	wordGap   = 6     // frames of rest between two words
	waited    = 35    // frames of rest after which it waits for an answer: 0.7 s
)

// maxHistory is how much of an answered call is looked at for voice: 30 s.
const maxHistory = 1500

// voice keeps how loud each frame was, and which of them were a tone.
type voice struct {
	db      [maxHistory]float32
	n       int
	counted int      // frames that are no tone
	count   [101]int // of those, of each decibel from -100 to 0
}

func (v *voice) add(db float64) {
	if v.n == maxHistory {
		return
	}
	v.db[v.n] = float32(db)
	v.n++
	v.counted++
	v.count[place(v.db[v.n-1])]++
}

// place is where a loudness is counted.
func place(db float32) int { return 100 + int(max(-100, min(0, db))) }

// tone says that frames of the last n were a tone: neither voice nor noise.
func (v *voice) tone(n int) {
	if v.n == maxHistory {
		return // the last n are not kept
	}
	for i := max(0, v.n-n); i < v.n; i++ {
		if v.db[i] > noneAtAll {
			v.counted--
			v.count[place(v.db[i])]--
			v.db[i] = noneAtAll
		}
	}
}

// noneAtAll stands for a frame that does not count.
const noneAtAll = -1000

// assumed is how many frames of rest are taken to have been before the first:
// somebody who talks at once has no rest to tell the noise by.
const assumed = 10

// quantile is the loudness that so many of a hundred frames do not reach.
func (v *voice) quantile(percent int) float64 {
	left := (v.counted+assumed)*percent/100 - assumed
	if left < 0 {
		return silent
	}
	for i, n := range v.count {
		if left -= n; left < 0 {
			return float64(i - 100)
		}
	}
	return 0
}

// threshold is the loudness from which a frame is voice.
func (v *voice) threshold() float64 {
	floor := max(quietest, v.quantile(10))
	return max(leastLoud, floor+above, v.quantile(98)-below)
}

// stretch is voice without a rest, in frames.
type stretch struct{ from, to int }

// stretches are those of the call so far.
func (v *voice) stretches() (out []stretch) {
	limit := float32(v.threshold())
	for i := 0; i < v.n; i++ {
		if v.db[i] < limit {
			continue
		}
		if n := len(out); n > 0 && i-out[n-1].to < gapLeast {
			out[n-1].to = i + 1
		} else {
			if n > 0 && out[n-1].to-out[n-1].from < wordLeast {
				out = out[:n-1]
			}
			out = append(out, stretch{i, i + 1})
		}
	}
	if n := len(out); n > 0 && out[n-1].to-out[n-1].from < wordLeast {
		out = out[:n-1]
	}
	return out
}
