package detect

import "time"

const (
	restAfterBeep = 25 // frames: half a second; music goes on before that
	restAfterTone = 45 // where the tone may be the first of several
	restAfterRing = 80 // longer than between any tones that are not ringing
)

// quiet finds what a tone was by the rest behind it: a beep, or a first ring.
func (d *Detector) quiet(l *look) *Finding {
	if r := d.pending; r.to > 0 {
		need := restAfterBeep
		if networkTone(&r) {
			need = restAfterTone
		}
		switch rest := d.frames - r.to; {
		case rest > 2 && l.db > r.level-12:
			d.pending = run{}
		case rest >= need:
			d.pending = run{}
			return &Finding{Kind: Beep, Hertz: r.hz[0], From: long(r.from), To: long(r.to), Confidence: r.sure()}
		}
	}
	if r := d.ring; r.to > 0 && d.answered < 0 {
		switch rest := d.frames - r.to; {
		case rest > 2 && l.db > r.level-12:
			d.ring = run{}
		case rest >= restAfterRing:
			d.ring = run{}
			if p := first(&r, rest); p != nil {
				return d.tone(p, r.from, r.to, 0.7)
			}
		}
	}
	return nil
}

// beeps tells whether a tone is one that a machine may make: one steady sine of
// 0.12 to 1.2 s, of any frequency a voice does not hold, and not one of many as in music.
func (r *run) beeps(runs []run) bool {
	n := r.frames()
	if r.dual || n < 6 || n > 60 || r.hz[0] > 3000 || r.level < -40 || !r.steady() {
		return false
	}
	near := 0
	for i := range runs {
		if o := &runs[i]; o.from != r.from && r.from-o.to < 100 && o.frames() >= 6 && o.wander < 8 && o.hz[0] > 380 {
			near++
		}
	}
	return near < 2
}

// steady tells whether a tone is held as no voice holds one.
func (r *run) steady() bool {
	return r.frames() > 5 && r.hz[0] > 390 && r.share > 0.88 && r.wander < max(4, r.hz[0]/150) && r.ripple < 1.2
}

// sure is how sure a beep is: steadier and purer is surer.
func (r *run) sure() float64 {
	return 0.99 - min(0.15, 0.05*r.ripple) - min(0.1, 0.02*r.wander) - max(0, 0.5*(0.98-r.share))
}

// retract takes a beep back when another steady tone follows within three
// seconds: that is music.
func (d *Detector) retract(r *run) {
	n := len(d.result.Findings)
	if n == 0 {
		return
	}
	last := d.result.Findings[n-1]
	if last.Kind != Beep || long(r.from)-last.To > 3*time.Second || within(r.hz[0], last.Hertz, 12) {
		return
	}
	d.result.Findings = d.result.Findings[:n-1]
	if d.result.Decision.Reason == ThenBeep {
		d.result.Decision, d.decided = d.before, d.before.Party != ""
	}
}

// belowVoice is how much softer than the voice before it a beep may be, in dB.
const belowVoice = 14.0

// hasSpoken tells whether there was voice for 0.4 s between the answer and a frame.
func (d *Detector) hasSpoken(until int) bool {
	var n int
	for _, s := range d.voice.stretches() {
		n += max(0, min(s.to, until-d.answered)-s.from)
	}
	return n >= 20
}
