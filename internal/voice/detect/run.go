package detect

import (
	"math"
	"slices"

	"waihu/internal/voice/audio"
)

// run is a tone: frames in a row with the same one or two sines.
type run struct {
	from, to int // frames; to is the first behind it
	hz       [2]float64
	dual     bool
	share    float64 // mean of what the tone has of all power
	wander   float64 // mean distance of the frequency from frame to frame, Hz
	level    float64 // dB
	ripple   float64 // mean change of the level from frame to frame within it, dB
	key      bool    // a key was heard in it
}

func (r *run) frames() int { return r.to - r.from }

// like tells whether two runs are the same tone.
func (r *run) like(o *run) bool {
	return r.dual == o.dual && math.Abs(r.hz[0]-o.hz[0]) < 15 && (!r.dual || math.Abs(r.hz[1]-o.hz[1]) < 15)
}

const (
	toneFloor   = -46.0 // dB; quieter tones are not looked at
	holdShare   = 0.6   // and so much is enough where a tone goes on
	toneShare   = 0.75  // of the power of a frame is in one or two sines
	secondLeast = 0.06  // of the power makes a second sine
	drift       = 50.0  // Hz a tone may seem to move within a run: two tones near each other beat
	bridged     = 3     // frames without the tone that do not end it: lost packets, turned phases
	shortest    = 3     // frames of a run; less is a click
	keptRuns    = 12    // cadences need no more
)

// tones gathers runs out of looks. It keeps the last keptRuns.
type tones struct {
	now    growing
	on     bool
	missed int
	runs   []run // that are over
}

// growing is a run under way.
type growing struct {
	run
	n, duals             int
	low, high, alone     float64 // sums of frequencies
	shares, moved, steps float64
	levels, turns        float64
	last                 look
}

// tonal tells whether a look is of a tone of which so much is seen.
func (l *look) tonal(share float64) bool {
	return l.db > toneFloor && l.peaks[0].share+l.second() >= share
}

// second is the share of the second sine where there is one.
func (l *look) second() float64 {
	if l.peaks[1].share < secondLeast {
		return 0
	}
	return l.peaks[1].share
}

// goesOn tells whether a look belongs to the run under way: its stronger sine
// is one of the run's.
func (g *growing) goesOn(l *look) bool {
	hz := l.peaks[0].hz
	if 2*g.duals > g.n {
		n := float64(g.duals)
		return math.Abs(hz-g.low/n) < drift || math.Abs(hz-g.high/n) < drift
	}
	return math.Abs(hz-g.alone/float64(g.n)) < drift
}

// add takes the next look and tells of a run that is over.
func (t *tones) add(at int, l look) (over *run) {
	tonal := l.tonal(toneShare)
	switch {
	case t.on && l.tonal(holdShare) && t.now.goesOn(&l):
		t.missed = 0
		t.now.take(at, l)
		return nil
	case t.on && tonal: // another tone
		over = t.close()
	case t.on:
		if t.missed++; t.missed > bridged {
			over = t.close()
		}
		return over
	}
	if tonal {
		t.now, t.on, t.missed = growing{run: run{from: at}}, true, 0
		t.now.take(at, l)
	}
	return over
}

// take adds a look to the run.
func (g *growing) take(at int, l look) {
	g.to = at + 1
	first, second := l.peaks[0], l.second()
	g.shares += first.share + second
	g.alone += first.hz
	g.levels += l.db
	if second > 0 {
		g.duals++
		g.low += min(first.hz, l.peaks[1].hz)
		g.high += max(first.hz, l.peaks[1].hz)
	}
	if g.n > 1 { // the first frame may begin in its middle
		g.moved += min(drift, math.Abs(first.hz-g.last.peaks[0].hz))
		g.turns += math.Abs(l.db - g.last.db)
		g.steps++
	}
	g.n++
	g.last = l
}

// close ends the run under way; one that is too short is none.
func (t *tones) close() *run {
	g := &t.now
	t.on, t.missed = false, 0
	if g.n < shortest {
		return nil
	}
	r := g.run
	n := float64(g.n)
	r.share, r.level = g.shares/n, g.levels/n
	if g.steps > 1 { // the last step may be into the end of the tone
		r.wander, r.ripple = g.moved/g.steps, g.turns/g.steps
	}
	if r.dual = 2*g.duals > g.n; r.dual {
		r.hz = [2]float64{g.low / float64(g.duals), g.high / float64(g.duals)}
	} else {
		r.hz[0] = g.alone / n
	}
	if len(t.runs) == keptRuns {
		t.runs = slices.Delete(t.runs, 0, 1)
	}
	t.runs = append(t.runs, r)
	return &t.runs[len(t.runs)-1]
}

// pairs are tones so near to each other that a look takes them for one.
var pairs = [][2]float64{{440, 480}, {400, 450}}

// part takes a run that seems to be one sine apart where Goertzel's filter finds
// a pair in it.
func (r *run) part(p *past) {
	s := p.part(r.from+1, r.to-1, audio.Rate/5)
	if r.dual || len(s) < audio.Rate/10 {
		return
	}
	for _, q := range pairs {
		a, b := audio.Power(s, q[0]), audio.Power(s, q[1])
		if a > 0.15 && b > 0.15 && a+b > 0.7 && audio.Power(s, (q[0]+q[1])/2) < 0.5 {
			r.dual, r.hz = true, q
			return
		}
	}
}
