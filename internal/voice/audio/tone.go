package audio

import (
	"math"
	"time"
)

// Tone is a sum of sines that sounds for On and rests for Off, over and over;
// Off of 0 sounds without end. Level is the peak of the sum, from 0 to 1.
type Tone struct {
	Hertz []float64
	Level float64
	On    time.Duration
	Off   time.Duration
}

// Beep is what an answering machine plays before it records.
func Beep() Tone { return Tone{Hertz: []float64{1000}, Level: 0.5} }

// Samples is d of the tone from its beginning.
func (t Tone) Samples(d time.Duration) []int16 {
	out := make([]int16, samplesOf(d))
	on, cycle := samplesOf(t.On), samplesOf(t.On+t.Off)
	for i := range out {
		if t.Off > 0 && i%cycle >= on {
			continue
		}
		var sum float64
		for _, hz := range t.Hertz {
			sum += math.Sin(2 * math.Pi * hz * float64(i) / Rate)
		}
		out[i] = int16(sum / float64(max(1, len(t.Hertz))) * t.Level * math.MaxInt16)
	}
	return out
}

func samplesOf(d time.Duration) int { return int(d * Rate / time.Second) }

// Power is how much of a frequency is in samples, as a share of all their
// power: 1 for a pure tone of it, near 0 for silence and for anything else
// (Goertzel's filter).
func Power(samples []int16, hertz float64) float64 {
	if len(samples) == 0 {
		return 0
	}
	k := 2 * math.Cos(2*math.Pi*hertz/Rate)
	var a, b, all float64
	for _, s := range samples {
		v := float64(s)
		all += v * v
		a, b = v+k*a-b, a
	}
	if all == 0 {
		return 0
	}
	return min(1, (a*a+b*b-k*a*b)*2/(all*float64(len(samples))))
}

// Loudness is the root of the mean square of samples, from 0 to 32767.
func Loudness(samples []int16) float64 {
	var all float64
	for _, s := range samples {
		all += float64(s) * float64(s)
	}
	return math.Sqrt(all / float64(max(1, len(samples))))
}
