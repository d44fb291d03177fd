package detect

import "slices"

// lasting finds what is known before it is over: the answer of a fax.
func (d *Detector) lasting() *Finding {
	if g := &d.tones.now; d.tones.on && g.n == 50 {
		return d.fax(&run{from: g.from, to: g.to, hz: [2]float64{g.alone / float64(g.n)}, share: g.shares / float64(g.n), dual: 2*g.duals > g.n})
	}
	return nil
}

// fax tones (ITU-T T.30): the called side sends 2,100 Hz for seconds, the
// calling side 1,100 Hz for half a second every three and a half.
func (d *Detector) fax(r *run) *Finding {
	if r.dual || r.share < 0.85 {
		return nil
	}
	f := &Finding{Kind: FaxTone, From: long(r.from), To: long(r.to)}
	switch n := r.frames(); {
	case within(r.hz[0], 2100, 20) && n >= 50:
		f.Detail, f.Confidence = "CED", 0.95
	case within(r.hz[0], 1100, 38) && within(float64(n), 25, 5) && r.steady() && d.secondCNG(r):
		f.Detail, f.Confidence = "CNG", 0.95
		d.result.Findings = slices.DeleteFunc(d.result.Findings, func(old Finding) bool { return old.Kind == Beep && within(old.Hertz, 1100, 38) })
	default:
		return nil
	}
	for _, old := range d.result.Findings {
		if old.Kind == f.Kind && old.Detail == f.Detail {
			return nil
		}
	}
	return f
}

func within(v, middle, off float64) bool { return v >= middle-off && v <= middle+off }

// secondCNG tells whether the same tone was heard three seconds before.
func (d *Detector) secondCNG(r *run) bool {
	for i := range d.tones.runs {
		if o := &d.tones.runs[i]; o.like(r) && within(float64(r.from-o.to), 150, 15) {
			return true
		}
	}
	return false
}
