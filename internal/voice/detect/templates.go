package detect

import (
	"time"

	"waihu/internal/fault"
	"waihu/internal/voice/audio"
)

// Labelled is an announcement an operator has recorded and labelled.
type Labelled struct {
	Class   Class
	Name    string
	Samples []int16
}

// Bounds of what is known.
const (
	MaxTemplates = 200
	MinSaid      = 800 * time.Millisecond // of voice; less is like too much else
	MaxSaid      = 15 * time.Second
)

// vectorLen is how much voice a vector is.
const vectorLen = 2 * frame

// Templates knows announcements by recordings of them. It works without a
// network and without training. It is safe for many calls at once.
type Templates struct{ all []template }

type template struct {
	class  Class
	name   string
	said   []vector
	length time.Duration // with its rests
}

// NewTemplates reads what was labelled. One that is too short or too long, or
// has no class, is of kind Invalid.
func NewTemplates(of []Labelled) (*Templates, error) {
	if len(of) > MaxTemplates {
		return nil, fault.New(fault.Invalid, "%d announcements; at most %d are compared with a call", len(of), MaxTemplates)
	}
	t := &Templates{}
	for _, l := range of {
		if _, known := ParseClass(string(l.Class)); !known {
			return nil, fault.New(fault.Invalid, "%s: %q is no class of announcement; expected %s", l.Name, l.Class, ClassNames())
		}
		one := template{class: l.Class, name: l.Name, said: written(l.Samples), length: time.Duration(len(l.Samples)) * time.Second / audio.Rate}
		if said := time.Duration(len(one.said)) * vectorLen; said < MinSaid || one.length > MaxSaid {
			return nil, fault.New(fault.Invalid, "%s: %.1f s of voice in %.1f s; expected at least %.1f s of voice, and %.0f s at most: cut out what is said",
				l.Name, said.Seconds(), one.length.Seconds(), MinSaid.Seconds(), MaxSaid.Seconds())
		}
		t.all = append(t.all, one)
	}
	return t, nil
}

// written is the vectors of a recording.
func written(samples []int16) (out []vector) {
	var w writer
	for ; len(samples) >= audio.FrameSamples; samples = samples[audio.FrameSamples:] {
		if v, ok := w.add(samples[:audio.FrameSamples]); ok {
			out = append(out, v)
		}
	}
	return out
}

// Listen is part of Recogniser.
func (t *Templates) Listen() Listener {
	l := &following{paths: make([]path, len(t.all)), told: map[Class]hearing{}}
	for i := range t.all {
		l.paths[i] = newPath(&t.all[i])
	}
	return l
}

// following follows one call along every template.
type following struct {
	w      writer
	paths  []path
	frames int
	found  int               // the frame of the first match that is not told yet; 0: there is none
	told   map[Class]hearing // each class that was told
}

// hearing is how surely a class was told, and the frame before which it cannot
// have been said again.
type hearing struct {
	until int
	sure  float64
}

const (
	settled  = 20   // frames a match waits for a better one that ends a little later: 0.4 s
	apart    = 75   // frames at least until the same class is told anew: before, it is the same once more
	lately   = 60   // frames a near miss counts against a match
	tellFrom = 0.75 // confidence; less is not told
)

// Hear is part of Listener.
func (l *following) Hear(samples []int16) (Match, bool) {
	l.frames++
	if v, ok := l.w.add(samples); ok {
		for i := range l.paths {
			p := &l.paths[i]
			if off := p.add(&v); off <= p.off || l.frames-p.at > lately {
				p.off, p.at = off, l.frames
			}
			if p.off <= 1 && l.found == 0 && p.at == l.frames && !l.heard(p) {
				l.found = l.frames
			}
		}
	}
	if l.found == 0 || l.frames-l.found < settled {
		return Match{}, false
	}
	l.found = 0
	return l.tell()
}

// heard tells whether a path's class was told just now.
func (l *following) heard(p *path) bool {
	h, ok := l.told[p.of.class]
	return ok && l.frames < h.until
}

// tell takes the nearest template, and how much farther the nearest of another
// class is. The same class heard again is surer.
func (l *following) tell() (Match, bool) {
	var best *path
	for i := range l.paths {
		if p := &l.paths[i]; best == nil || p.off < best.off {
			best = p
		}
	}
	rival := noMatch
	for i := range l.paths {
		if p := &l.paths[i]; p.of.class != best.of.class {
			rival = min(rival, p.off)
		}
	}
	sure := (1 - 0.3*best.off*best.off) * (1 - max(0, 1.15-rival/best.off))
	if sure < tellFrom || l.heard(best) {
		return Match{}, false
	}
	if old, ok := l.told[best.of.class]; ok {
		sure = 1 - (1-sure)*(1-old.sure)
	}
	sure = min(sure, 0.99)
	l.told[best.of.class] = hearing{l.frames + max(apart, int(best.of.length*3/4/frame)), sure}
	return Match{Class: best.of.class, Name: best.of.name, Length: best.of.length + settled*frame, Confidence: sure}, true
}
