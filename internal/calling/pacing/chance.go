package pacing

import (
	"math"
	"time"
)

// Bounds and pace of learning who answers.
const (
	usualChance  = 0.2
	maxAreas     = 4096 // areas and results known by name; later ones share one weight
	attemptsKept = 8
	baseDrift    = 0.10 // variance the log-odds of all gain in an hour
	partDrift    = 0.004
	baseDoubt    = 0.6 // variance before anything was seen
	partDoubt    = 0.06
)

// weight is a part of the log-odds: what is believed and how much it is doubted.
type weight struct {
	mean, doubt float64
	seen        time.Time
}

// answers is the chance that a person answers, by what is known of the lead:
// log-odds are a sum of parts, each learned with its own doubt (a logistic
// regression filtered as it goes).
type answers struct {
	base                   weight
	hours                  [24]weight
	weekdays               [7]weight
	attempts               [attemptsKept + 1]weight
	areas, lasts           map[string]*weight
	otherAreas, otherLasts weight
	noArea, noLast         weight
}

func newAnswers() *answers {
	a := &answers{base: weight{mean: math.Log(usualChance / (1 - usualChance)), doubt: baseDoubt}, areas: map[string]*weight{}, lasts: map[string]*weight{}}
	for _, list := range [][]weight{a.hours[:], a.weekdays[:], a.attempts[:]} {
		for i := range list {
			list[i].doubt = partDoubt
		}
	}
	for _, w := range []*weight{&a.otherAreas, &a.otherLasts, &a.noArea, &a.noLast} {
		w.doubt = partDoubt
	}
	return a
}

// parts are the weights a lead takes; those of a name nobody saw yet are made
// where learn says so.
func (a *answers) parts(lead *Lead, learn bool) [6]*weight {
	return [6]*weight{&a.base, &a.hours[min(max(lead.Hour, 0), 23)], &a.weekdays[min(max(lead.Weekday, 0), 6)], &a.attempts[min(max(lead.Attempt, 0), attemptsKept)],
		named(a.areas, lead.Area, &a.noArea, &a.otherAreas, learn), named(a.lasts, lead.Last, &a.noLast, &a.otherLasts, learn)}
}

func named(known map[string]*weight, name string, none, other *weight, learn bool) *weight {
	if name == "" {
		return none
	}
	if w := known[name]; w != nil {
		return w
	}
	if !learn || len(known) >= maxAreas {
		return other
	}
	w := &weight{doubt: partDoubt}
	known[name] = w
	return w
}

// chance is the chance of a person for the lead, a little nearer to one half
// where it is doubted.
func (a *answers) chance(lead *Lead) float64 {
	sum, doubt := 0.0, 0.0
	for _, w := range a.parts(lead, false) {
		sum, doubt = sum+w.mean, doubt+w.doubt
	}
	return odds(sum / math.Sqrt(1+math.Pi/8*doubt))
}

func odds(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// see learns that a person answered, or did not, or (between 0 and 1) that it
// will never be known.
func (a *answers) see(lead *Lead, at time.Time, person float64) {
	parts := a.parts(lead, true)
	sum, doubt := 0.0, 0.0
	for i, w := range parts {
		drift, most := partDrift, partDoubt
		if i == 0 {
			drift, most = baseDrift, baseDoubt
		}
		if hours := at.Sub(w.seen).Hours(); !w.seen.IsZero() && hours > 0 {
			w.doubt = min(w.doubt+drift*hours, most)
		}
		w.seen = at
		sum, doubt = sum+w.mean, doubt+w.doubt
	}
	p := odds(sum)
	information := p * (1 - p)
	gain := 1 / (1 + information*doubt)
	for _, w := range parts {
		w.mean += w.doubt * gain * (person - p)
		w.doubt -= w.doubt * w.doubt * information * gain
	}
}
