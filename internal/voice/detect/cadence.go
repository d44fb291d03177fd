package detect

import (
	"math"
	"slices"
)

// plan is one tone of a country: its frequencies and how long it sounds and
// rests, in milliseconds (ITU-T E.180 and its supplement 2).
type plan struct {
	kind    Kind
	where   string
	hz      []float64
	off     float64 // Hz the network may be off
	cadence []int   // on, off, on, off, ...
}

// plans are the tones of mainland China, Hong Kong, Taiwan, North America and
// Europe.
var plans = []plan{
	{Busy, "CN", []float64{450}, 25, []int{350, 350}},
	{Congestion, "CN", []float64{450}, 25, []int{700, 700}},
	{Ringback, "CN", []float64{450}, 25, []int{1000, 4000}},
	{Busy, "HK TW US", []float64{480, 620}, 12, []int{500, 500}},
	{Congestion, "HK TW US", []float64{480, 620}, 12, []int{250, 250}},
	{Ringback, "US", []float64{440, 480}, 12, []int{2000, 4000}},
	{Ringback, "TW", []float64{440, 480}, 12, []int{1000, 2000}},
	{Ringback, "HK", []float64{440, 480}, 12, []int{400, 200, 400, 3000}},
	{Busy, "EU", []float64{425}, 15, []int{500, 500}},
	{Congestion, "EU", []float64{425}, 15, []int{250, 250}},
	{Ringback, "EU", []float64{425}, 15, []int{1000, 4000}},
	{Busy, "ES", []float64{425}, 15, []int{200, 200}},
	{Ringback, "ES", []float64{425}, 15, []int{1500, 3000}},
	{Busy, "FR", []float64{440}, 12, []int{500, 500}},
	{Ringback, "FR", []float64{440}, 12, []int{1500, 3500}},
	{Busy, "GB", []float64{400}, 12, []int{375, 375}},
	{Congestion, "GB", []float64{400}, 12, []int{400, 350, 225, 525}},
	{Ringback, "GB", []float64{400, 450}, 12, []int{400, 200, 400, 2000}},
}

// often is how many times a tone that repeats must have sounded: three times
// for one with equal parts, which speech or music may hit upon twice.
func (p *plan) often() int {
	if p.kind == Ringback {
		return len(p.cadence)/2 + 1
	}
	return max(3, len(p.cadence)/2+1)
}

// distance is how far a run's frequencies are from a plan's, in parts of what
// is allowed; more than 1: it is another tone.
func (p *plan) distance(r *run) float64 {
	if r.dual != (len(p.hz) == 2) {
		return 2
	}
	var most float64
	for i, hz := range p.hz {
		most = max(most, math.Abs(r.hz[i]-hz)/p.off)
	}
	return most
}

// span is how far a time is from a plan's, in parts of what is allowed: an
// eighth of it, and never less than 35 ms, for frames are 20 ms.
func span(frames, milliseconds int) float64 {
	return math.Abs(float64(20*frames-milliseconds)) / max(35, float64(milliseconds)/8)
}

// fits is how far the last runs are from a plan, from 0 to 1; more: they do not
// fit. The cadence may begin with any of its parts.
func (p *plan) fits(runs []run) float64 {
	n := p.often()
	if len(runs) < n {
		return 2
	}
	runs = runs[len(runs)-n:]
	best := 2.0
	for begin := 0; begin < len(p.cadence); begin += 2 {
		best = min(best, p.fitsFrom(runs, begin))
	}
	return best
}

func (p *plan) fitsFrom(runs []run, begin int) float64 {
	var worst, sum float64
	add := func(d float64) { worst, sum = max(worst, d), sum+d }
	for i := range runs {
		r, at := &runs[i], (begin+2*i)%len(p.cadence)
		add(p.distance(r))
		add(span(r.frames(), p.cadence[at]))
		if i+1 < len(runs) {
			add(span(runs[i+1].from-r.to, p.cadence[at+1]))
		}
	}
	if worst > 1 {
		return 2
	}
	return sum / float64(3*len(runs)-1)
}

// cadence is the plan the last runs fit best.
func cadence(runs []run) (best *plan, off float64) {
	off = 1
	for i := range plans {
		if d := plans[i].fits(runs); d < off {
			best, off = &plans[i], d
		}
	}
	return best, off
}

// first is the plan of ringing that a single run followed by so many frames of
// rest may be the first ring of: the rest is longer than that of any other tone.
func first(r *run, rest int) *plan {
	var best *plan
	off := 1.0
	for i := range plans {
		p := &plans[i]
		if p.kind != Ringback || len(p.cadence) > 2 || 20*rest > p.cadence[1] {
			continue
		}
		if d := max(p.distance(r), span(r.frames(), p.cadence[0])); d <= off {
			best, off = p, d
		}
	}
	return best
}

// networkTone tells whether a run has the frequencies of a plan: such a tone may be
// the first of several, so that it is waited for longer.
func networkTone(r *run) bool {
	return slices.ContainsFunc(plans, func(p plan) bool { return p.distance(r) <= 1 })
}
