package pacing

import (
	"math"
	"time"
)

// Range is between which seconds from now something comes, in three cases of five: in
// one of five it comes sooner, in one later. Both are zero where nobody can say.
type Range struct{ Least, Most int }

// How far and for how many a forecast is made, and what it rests on.
const (
	soonMost   = 90  // seconds looked ahead: later is not known
	soonAgents = 50  // who wait; those behind them are told nothing
	soonSeen   = 20  // persons' answers that must have been seen
	soonSide   = 0.2 // of cases left out at either side
	soonStep   = 5   // seconds a range is rounded to, outward
)

// Soon is when those who wait get their next call, who waits longest first. It knows
// what rings: how long it has, and how long phones ring before a person answers. While
// dialing goes on, what ends is taken to be replaced, so that as many ring as now.
func (p *Pacer) Soon(s *State, ready int, goesOn bool) []Range {
	ready = min(ready, soonAgents)
	if ready == 0 || p.Laws.ring.seen() < soonSeen+0.3*ringPrior {
		return nil
	}
	ahead := p.answers(s, goesOn)
	out := make([]Range, ready)
	least, most := 0, 0
	for i := range out {
		for least <= soonMost && atLeast(i+1, ahead[least]) < soonSide {
			least++
		}
		most = max(most, least)
		for most <= soonMost && atLeast(i+1, ahead[most]) < 1-soonSide {
			most++
		}
		if most > soonMost {
			return out[:i] // nor can it be said of those behind
		}
		out[i] = Range{Least: least / soonStep * soonStep, Most: max((most+soonStep-1)/soonStep, 1) * soonStep}
	}
	return out
}

// answers are how many answers by persons are expected within each second from now.
func (p *Pacer) answers(s *State, goesOn bool) (ahead [soonMost + 1]float64) {
	ring := p.Laws.ring
	ring.settle()
	var byAge [ringBins]float64 // chances of dials in flight, by their age
	told, chances, flying := 0.0, 0.0, 0.0
	for i := range s.Dials {
		d := &s.Dials[i]
		if !d.Answered.IsZero() {
			told += ring.person()
			continue
		}
		b := ringBin(s.Now.Sub(d.Placed).Seconds())
		chance := min(max(d.Chance, 0), 1)
		chances, flying = chances+chance, flying+1
		if all := chance*(1-ring.answered[b]) + (1-chance)*(1-ring.ended[b]); all > never {
			byAge[b] += chance / all
		}
	}
	rate := 0.0 // answers a second that new dials come to in the end
	if goesOn && flying > 0 {
		mean := chances / flying
		rate = mean * flying / max(mean*lasting(&ring.answered)+(1-mean)*lasting(&ring.ended), 1)
	}
	fresh := 0.0
	for h := range ahead {
		t := float64(h)
		fresh += rate * ring.by(t-0.5)
		ahead[h] = fresh
		if h > 0 {
			ahead[h] += told
		}
		for b, scale := range byAge {
			if age := float64(b) * ringStep; scale > 0 {
				ahead[h] += scale * max(ring.by(age+t)-ring.answered[b], 0)
			}
		}
	}
	return ahead
}

// lasting is the mean of a law, in seconds.
func lasting(law *[ringBins + 1]float64) (mean float64) {
	for _, by := range law[:ringBins] {
		mean += (1 - by) * ringStep
	}
	return mean
}

// atLeast is the chance of n or more where mean are expected.
func atLeast(n int, mean float64) float64 {
	term := math.Exp(-mean)
	less := 0.0
	for k := range n {
		less += term
		term *= mean / float64(k+1)
	}
	return 1 - less
}

// Within tells whether something that took so long came within a range.
func (r Range) Within(d time.Duration) bool {
	return d >= time.Duration(r.Least)*time.Second && d <= time.Duration(r.Most)*time.Second
}
