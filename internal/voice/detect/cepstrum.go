package detect

import "math"

// What is said is written down as vectors of 40 ms: the shape of the spectrum on
// the ear's scale (mel-frequency cepstrum), without its loudness, so that a
// louder or softer line is the same.

const (
	filters  = 20
	cepstra  = 12
	lowMel   = 150.0 // Hz
	highMel  = 3500.0
	dynamics = 3e-2 // a band this far below the loudest is not told from noise
)

type vector [cepstra]float32

// ear is the filters and the transform of the cepstrum; never written to again.
var ear = newEar()

type earTables struct {
	weight [filters][bins]float64
	cosine [cepstra][filters]float64
}

func newEar() *earTables {
	e := &earTables{}
	mel := func(hz float64) float64 { return 1127 * math.Log(1+hz/700) }
	low, step := mel(lowMel), (mel(highMel)-mel(lowMel))/(filters+1)
	for f := range filters {
		middle := low + float64(f+1)*step
		for b := range bins {
			e.weight[f][b] = max(0, 1-math.Abs(mel(float64(b)*binHz)-middle)/step)
		}
	}
	for c := range cepstra {
		for f := range filters {
			e.cosine[c][f] = math.Cos(math.Pi*float64(c+1)*(float64(f)+0.5)/filters) * math.Sqrt(2.0/filters)
		}
	}
	return e
}

// cepstrum is the shape of a spectrum.
func cepstrum(s *[bins]float64) (v vector) {
	var bands [filters]float64
	var top float64
	for f := range bands {
		for b, w := range ear.weight[f] {
			bands[f] += w * s[b]
		}
		top = max(top, bands[f])
	}
	for f := range bands {
		bands[f] = math.Log(max(bands[f], top*dynamics, 1))
	}
	for c := range v {
		var sum float64
		for f, b := range bands {
			sum += ear.cosine[c][f] * b
		}
		v[c] = float32(sum)
	}
	return v
}

// far is how far two shapes are from each other: 0 the same, about 3 two
// sounds of one voice.
func far(a, b *vector) float32 {
	var sum float32
	for i := range a {
		d := a[i] - b[i]
		sum += d * d
	}
	return float32(math.Sqrt(float64(sum)))
}

// writer makes vectors of frames. Rests have none: how long somebody waits
// between two words says nothing.
type writer struct {
	past  past
	n     int
	sum   [bins]float64
	top   float64       // the loudest of late, dB
	noise [bins]float64 // of rests
	loud  int
}

const (
	restBelow  = 28.0 // dB below the loudest of late is rest
	restLeast  = -48.0
	learning   = 0.1
	forgetting = 0.05 // dB a frame by which the loudest is forgotten
)

// add takes a frame and gives a vector with each second frame of voice.
func (w *writer) add(frame []int16) (vector, bool) {
	w.past.add(frame)
	db := decibels(frame)
	w.top = max(db, w.top-forgetting)
	if w.n == 0 {
		w.top = db
	}
	w.n++
	s := spectrum(w.past.window())
	if db < max(restLeast, w.top-restBelow) {
		for i, p := range s {
			w.noise[i] += learning * (p - w.noise[i])
		}
		return vector{}, false
	}
	for i, p := range s {
		w.sum[i] += max(0.05*p, p-w.noise[i])
	}
	if w.loud++; w.loud%2 != 0 {
		return vector{}, false
	}
	v := cepstrum(&w.sum)
	clear(w.sum[:])
	return v, true
}
