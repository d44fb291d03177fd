package corpus

import (
	"math"
	"math/rand/v2"
	"time"

	"waihu/internal/voice/audio"
)

// sound is put together in floats, as loud as it will be.
type sound struct {
	r   *rand.Rand
	out []float64
}

func samples(seconds float64) int { return int(seconds * audio.Rate) }

// rest is silence.
func (s *sound) rest(seconds float64) { s.out = append(s.out, make([]float64, samples(seconds))...) }

// say puts in what was said, at a level in dB below full.
func (s *sound) say(what []int16, db float64) {
	g := gain(db)
	for _, v := range what {
		s.out = append(s.out, g*float64(v)/math.MaxInt16)
	}
}

// tone puts in a sum of sines.
func (s *sound) tone(seconds, db float64, hz ...float64) {
	g := gain(db) / float64(len(hz))
	phase := s.r.Float64()
	for i := range samples(seconds) {
		var v float64
		for _, f := range hz {
			v += math.Sin(2 * math.Pi * (f*float64(i)/audio.Rate + phase))
		}
		s.out = append(s.out, g*v)
	}
}

// seconds is how long it is so far.
func (s *sound) seconds() float64 { return float64(len(s.out)) / audio.Rate }

func gain(db float64) float64 { return math.Pow(10, db/20) }

// noise lays a kind of noise under all of it.
func (s *sound) noise(kind string, db float64) {
	g := gain(db)
	var low, slow float64
	for i := range s.out {
		white := s.r.NormFloat64()
		switch kind {
		case "white":
			s.out[i] += g * white
		case "street": // low, and it swells
			low += 0.12 * (white - low)
			slow += 0.0004 * (s.r.NormFloat64() - slow)
			s.out[i] += g * 3.5 * low * (1 + 20*slow)
		case "hum":
			t := float64(i) / audio.Rate
			s.out[i] += g * (math.Sin(2*math.Pi*100*t) + 0.5*math.Sin(2*math.Pi*300*t) + 0.3*white)
		}
	}
}

// under lays other sound under it, over and over from somewhere in it.
func (s *sound) under(what []int16, db float64) {
	if len(what) == 0 {
		return
	}
	g, at := gain(db), s.r.IntN(len(what))
	for i := range s.out {
		s.out[i] += g * float64(what[(at+i)%len(what)]) / math.MaxInt16
	}
}

// music is a melody with its chords, of one of three timbres.
func music(r *rand.Rand, d time.Duration) []int16 {
	out := make([]float64, int(d*audio.Rate/time.Second))
	scale := []float64{1, 9.0 / 8, 5.0 / 4, 3.0 / 2, 5.0 / 3, 2, 9.0 / 4, 5.0 / 2}
	base, beat, timbre := 220+220*r.Float64(), 0.16+0.3*r.Float64(), r.IntN(3)
	for at := 0; at < len(out); {
		length := samples(beat * float64(1+r.IntN(3)))
		if r.IntN(8) == 0 { // a rest
			at += length
			continue
		}
		hz := base * scale[r.IntN(len(scale))]
		for i := 0; i < length && at+i < len(out); i++ {
			t := float64(i) / audio.Rate
			fade := min(1, t/0.01) * min(1, float64(length-i)/80)
			switch timbre {
			case 0: // plucked
				out[at+i] += math.Exp(-4*t) * (math.Sin(2*math.Pi*hz*t) + 0.5*math.Sin(4*math.Pi*hz*t) + 0.25*math.Sin(6*math.Pi*hz*t))
			case 1: // blown, with vibrato
				out[at+i] += fade * 0.8 * math.Sin(2*math.Pi*hz*t+0.8*math.Sin(2*math.Pi*5.5*t))
			default: // chords
				out[at+i] += fade * 0.4 * (math.Sin(2*math.Pi*hz*t) + math.Sin(2*math.Pi*1.25*hz*t) + math.Sin(2*math.Pi*1.5*hz*t))
			}
		}
		at += length
	}
	return trim(out)
}

// Line is how sound reaches us: coded in a law, with lost packets that are
// covered up as the jitter buffer does.
type Line struct {
	Law  audio.Law
	Loss float64
}

// send sends sound through a line: samples, and which frames were received.
func (l Line) send(r *rand.Rand, in []float64) (out []int16, received []bool) {
	n := len(in) / audio.FrameSamples
	out, received = make([]int16, n*audio.FrameSamples), make([]bool, n)
	for f := range n {
		received[f] = r.Float64() >= l.Loss
		for i := f * audio.FrameSamples; i < (f+1)*audio.FrameSamples; i++ {
			if v := in[i]; received[f] {
				out[i] = int16(max(-1, min(1, v)) * math.MaxInt16)
			} else if f > 0 {
				out[i] = out[i-audio.FrameSamples] / 2
			}
			out[i] = l.Law.Decode(l.Law.Encode(out[i]))
		}
	}
	return out, received
}
