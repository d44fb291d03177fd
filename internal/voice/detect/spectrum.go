package detect

import (
	"math"
	"math/bits"
	"slices"

	"waihu/internal/voice/audio"
)

// window is how many samples a look takes: the frame and 12 ms before it. Its
// bins are 31 Hz apart, so tones 90 Hz apart are two.
const (
	window = 256
	bins   = window/2 + 1
	binHz  = float64(audio.Rate) / window
)

// lobe is how far a tone spreads on each side under the window's shape.
const lobe = 2

// tables are what every transform needs; they are never written to again.
var tables = newTransform()

type transform struct {
	hann    [window]float64
	twiddle [window / 2]complex128
	order   [window]int
}

func newTransform() *transform {
	t := &transform{}
	for i := range window {
		t.hann[i] = 0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/window)
		t.order[i] = int(bits.Reverse8(uint8(i)))
	}
	for i := range t.twiddle {
		s, c := math.Sincos(-2 * math.Pi * float64(i) / window)
		t.twiddle[i] = complex(c, s)
	}
	return t
}

// spectrum is the power of each bin of the last window samples.
func spectrum(samples []int16) (out [bins]float64) {
	var x [window]complex128
	for i, from := range tables.order {
		x[i] = complex(float64(samples[from])*tables.hann[from], 0)
	}
	for half := 1; half < window; half *= 2 {
		step := window / (2 * half)
		for at := 0; at < window; at += 2 * half {
			for k := range half {
				a, b := x[at+k], x[at+k+half]*tables.twiddle[k*step]
				x[at+k], x[at+k+half] = a+b, a-b
			}
		}
	}
	for i := range out {
		re, im := real(x[i]), imag(x[i])
		out[i] = re*re + im*im
	}
	return out
}

// peak is one sine in a spectrum: where it is and how much of all power it has.
type peak struct{ hz, share float64 }

// peaks are the two strongest, the stronger first. What is below lowBin is the
// hum of mains and no tone of a telephone.
func peaks(s *[bins]float64) (out [2]peak) {
	left := *s
	var all float64
	for _, p := range left[lowBin:] {
		all += p
	}
	if all == 0 {
		return out
	}
	for n := range out {
		top := lowBin
		for i := lowBin; i < bins; i++ {
			if left[i] > left[top] {
				top = i
			}
		}
		var sum float64
		for i := max(lowBin, top-lobe); i <= min(bins-1, top+lobe); i++ {
			sum += left[i]
			left[i] = 0
		}
		out[n] = peak{between(s, top) * binHz, sum / all}
	}
	return out
}

// between finds a tone between two bins: under this window's shape the ratio of
// the top bin and its greater neighbour tells where.
func between(s *[bins]float64, top int) float64 {
	if top <= 1 || top >= bins-1 || s[top] == 0 {
		return float64(top)
	}
	side, sign := s[top+1], 1.0
	if s[top-1] > side {
		side, sign = s[top-1], -1
	}
	r := math.Sqrt(side / s[top])
	return float64(top) + sign*max(0, min(0.5, (2*r-1)/(1+r)))
}

// look is what one frame shows.
type look struct {
	db    float64 // loudness of the frame in dB below the loudest sine
	band  float64 // the same of where voices are
	peaks [2]peak
}

// band is the loudness where voices are and traffic and hum are not, in dB.
func band(s *[bins]float64) float64 {
	var sum float64
	for _, p := range s[lowBin : highBin+1] {
		sum += p
	}
	const full = window * window * 3.0 / 32 * math.MaxInt16 * math.MaxInt16 // of a sine that fills the range, under the window's shape
	return max(silent, 10*math.Log10(sum/full+1e-12))
}

// The bins of voices: 280 to 3,400 Hz.
const (
	lowBin  = 9
	highBin = 109
)

// silent is the loudness of digital silence.
const silent = -96.0

// decibels of a frame: 0 is a sine that fills the range.
func decibels(frame []int16) float64 {
	l := audio.Loudness(frame) * math.Sqrt2 / math.MaxInt16
	if l < 1e-5 {
		return silent
	}
	return max(silent, 20*math.Log10(l))
}

// past are the last samples heard, for tones that are looked at when they end.
type past struct {
	samples [pastLen]int16
	heard   int // samples in all
}

// pastLen is how many samples are kept: 0.6 s.
const pastLen = 30 * audio.FrameSamples

func (p *past) add(frame []int16) {
	copy(p.samples[:], p.samples[len(frame):])
	copy(p.samples[pastLen-len(frame):], frame)
	p.heard += len(frame)
}

// window are the last samples a look needs.
func (p *past) window() []int16 { return p.samples[pastLen-window:] }

// part is at most n samples of the frames from one to another (not included),
// out of their middle; empty: they are gone.
func (p *past) part(from, to, n int) []int16 {
	first := p.heard - pastLen
	a, b := max(from*audio.FrameSamples, first), to*audio.FrameSamples
	if b <= a || b > p.heard {
		return nil
	}
	if cut := (b - a - n) / 2; cut > 0 {
		a, b = a+cut, a+cut+n
	}
	return slices.Clip(p.samples[a-first : b-first])
}
