package demo

import (
	"math"
	"time"

	"waihu/internal/voice/audio"
)

// speaker is a made-up person with a voice of some pitch: no words, but vowels in
// syllables as speech has them, so that people and the detection of machines take it for
// somebody who speaks.
type speaker struct{ hertz float64 }

// vowels are the two lowest formants of some, in hertz.
var vowels = [][2]float64{{730, 1090}, {270, 2290}, {530, 1840}, {570, 840}, {300, 870}}

const (
	syllable = 180 * time.Millisecond
	harmonic = 3400.0 // none above is heard on a telephone
)

// say speaks for a time. The pitch falls towards the end, as it does in a sentence.
func (s speaker) say(d time.Duration) []int16 {
	out := make([]int16, int(d.Seconds()*audio.Rate))
	each := int(syllable.Seconds() * audio.Rate)
	phase := 0.0
	var loud []float64 // of each harmonic, in this syllable
	for n := range out {
		if n%each == 0 {
			loud = s.loud(vowels[(n/each*3+n/each/4)%len(vowels)])
		}
		done := float64(n) / float64(len(out))
		phase += 2 * math.Pi * s.hertz * (1.1 - 0.2*done + 0.05*math.Sin(9*done)) / audio.Rate
		v := 0.0
		for k, a := range loud {
			v += a * math.Sin(float64(k+1)*phase)
		}
		within := float64(n%each) / float64(each)
		out[n] = int16(9_000 * v * math.Pow(math.Sin(math.Pi*within), 0.6))
	}
	return out
}

// loud is how loud the harmonics of a voice are that says a vowel.
func (s speaker) loud(formants [2]float64) (out []float64) {
	sum := 0.0
	for f := s.hertz; f < harmonic; f += s.hertz {
		a := 0.03
		for i, at := range formants {
			x := (f - at) / (90 + 40*float64(i))
			a += 1 / (1 + x*x) / float64(1+i)
		}
		out, sum = append(out, a), sum+a
	}
	for i := range out {
		out[i] *= 2 / sum
	}
	return out
}

// quiet says nothing for a time.
func quiet(d time.Duration) []int16 { return make([]int16, int(d.Seconds()*audio.Rate)) }
