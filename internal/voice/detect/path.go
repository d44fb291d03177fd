package detect

import "math"

// A call is laid along a template by dynamic time warping: each vector of the
// template is held to one of the call, in order, from half to twice its speed.
// The announcement may begin anywhere in the call.
//
// Announcements of one carrier differ in two or three syllables only. So
// beside the mean distance the worst stretch along the way counts: a fifth of a
// second of other words is enough to refuse a match.

const (
	meanMost  = 2.9  // mean distance of a match that is barely one
	worstMost = 4.4  // of its worst stretch
	bend      = 0.25 // what going faster or slower costs
	stretched = 0.2  // weight of the newest vector in a stretch
)

// cell is the best way to one vector of the template at one vector of the call.
type cell struct{ total, stretch, worst float32 }

const (
	nowhere = math.MaxFloat32
	noMatch = 100.0
)

// path is a call along one template: the cells of the last two vectors.
type path struct {
	of               *template
	now, last, older []cell
	off              float64 // the nearest it was of late
	at               int     // and the frame it was
}

func newPath(t *template) path {
	p := path{of: t, off: noMatch}
	for _, c := range []*[]cell{&p.now, &p.last, &p.older} {
		*c = make([]cell, len(t.said))
		for i := range *c {
			(*c)[i].total = nowhere
		}
	}
	return p
}

// add takes a vector of the call and tells how far the template is from what
// ends with it: 0 is the same, 1 barely a match.
func (p *path) add(v *vector) float64 {
	p.now, p.last, p.older = p.older, p.now, p.last
	for i := range p.now {
		d := far(v, &p.of.said[i])
		if i == 0 {
			p.now[0] = cell{d, min(d, meanMost), 0}
			continue
		}
		from, cost := p.last[i-1], d
		if o := p.older[i-1]; o.total < nowhere && o.total+bend < from.total {
			from, cost = o, d+bend
		}
		if i > 1 {
			if o := p.last[i-2]; o.total < nowhere && o.total+d+bend < from.total {
				from, cost = o, 2*d+bend
			}
		}
		if from.total >= nowhere {
			p.now[i].total = nowhere
			continue
		}
		s := from.stretch + stretched*(d-from.stretch)
		p.now[i] = cell{from.total + cost, s, max(from.worst, s)}
	}
	end := p.now[len(p.now)-1]
	if end.total >= nowhere {
		return noMatch
	}
	return max(float64(end.total)/float64(len(p.now))/meanMost, float64(end.worst)/worstMost)
}
