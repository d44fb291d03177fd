package pacing

import "math"

// How times from placing a dial are counted.
const (
	ringStep   = 0.5 // seconds a bin
	ringBins   = 121 // the last is 60 s and beyond
	ringMemory = 1500
	ringPrior  = 16 // attempts that are assumed
)

// rings is what is known of the time from placing a dial to a person's answer,
// and to another end. Dials that were taken back are counted as not known
// further (Aalen and Johansen), so that taking back does not bend the law.
type rings struct {
	persons, others, cut [ringBins]float64     // weights by bin
	weight               float64               // of the next report; it grows, which is to forget
	answered, ended      [ringBins + 1]float64 // shares of persons, of others, before the bin begins
	machines, told       float64               // answers by machines; answers told apart
	stale                bool
	counted              float64 // persons seen, old ones less
}

// newRings assumes what is usual: a person takes a few rings; a share of the
// others ends at once, the rest at the ring limit.
func newRings(limit float64) *rings {
	r := &rings{weight: 1, machines: 1, told: 2, stale: true}
	sum := 0.0
	shape := [ringBins]float64{}
	for i := range shape {
		t := (float64(i) + 0.5) * ringStep
		if t < limit {
			shape[i] = t * t * math.Exp(-t/3.5) // Erlang of three stages, 10.5 s
		}
		sum += shape[i]
	}
	for i := range shape {
		r.persons[i] = ringPrior * 0.3 * shape[i] / sum
	}
	r.others[ringBin(3)] = ringPrior * 0.1
	r.others[ringBin(limit)] = ringPrior * 0.6
	return r
}

func ringBin(seconds float64) int {
	if !(seconds > 0) {
		return 0
	}
	return int(min(seconds/ringStep, ringBins-1))
}

func (r *rings) see(outcome Outcome, seconds float64) {
	r.weight *= 1 + 1.0/ringMemory
	r.counted *= 1 - 1.0/ringMemory
	b := ringBin(seconds)
	switch outcome {
	case Person:
		r.persons[b] += r.weight
		r.told += r.weight
		r.counted++
	case Cancelled:
		r.cut[b] += r.weight
	case Machine:
		r.others[b] += r.weight
		r.machines += r.weight
		r.told += r.weight
	default:
		r.others[b] += r.weight
	}
	if r.weight > 1e9 { // far from what a float holds
		r.shrink(1 / r.weight)
	}
	r.stale = true
}

func (r *rings) shrink(by float64) {
	for i := range r.persons {
		r.persons[i] *= by
		r.others[i] *= by
		r.cut[i] *= by
	}
	r.machines, r.told, r.weight = r.machines*by, r.told*by, r.weight*by
}

// settle works the two laws out after reports.
func (r *rings) settle() {
	if !r.stale {
		return
	}
	r.stale = false
	risk := 0.0
	for i := range r.persons {
		risk += r.persons[i] + r.others[i] + r.cut[i]
	}
	alive, answered, ended := 1.0, 0.0, 0.0
	for i := range r.persons {
		r.answered[i], r.ended[i] = answered, ended
		if risk > 1e-9 {
			a, e := alive*r.persons[i]/risk, alive*r.others[i]/risk
			answered, ended, alive = answered+a, ended+e, max(alive-a-e, 0)
		}
		risk -= r.persons[i] + r.others[i] + r.cut[i]
	}
	r.answered[ringBins], r.ended[ringBins] = answered, ended
	for i := range r.answered {
		r.answered[i] /= max(answered, 1e-12)
		r.ended[i] /= max(ended, 1e-12)
	}
}

// by is the share of persons who answer within so many seconds, of those who
// answer at all.
func (r *rings) by(seconds float64) float64 { return along(&r.answered, seconds) }

func along(law *[ringBins + 1]float64, seconds float64) float64 {
	if seconds <= 0 {
		return 0
	}
	at := seconds / ringStep
	if at >= ringBins {
		return 1
	}
	i := int(at)
	return law[i] + (at-float64(i))*(law[i+1]-law[i])
}

// quantile is when a share of the persons who answer has answered.
func (r *rings) quantile(share float64) float64 {
	for i := range ringBins {
		if low, high := r.answered[i], r.answered[i+1]; high >= share {
			if high <= low {
				return float64(i) * ringStep
			}
			return (float64(i) + (share-low)/(high-low)) * ringStep
		}
	}
	return ringBins * ringStep
}

// still is the chance that a person will answer a dial nobody has answered for
// so many seconds, where it was chance when the dial was placed.
func (r *rings) still(chance, seconds float64) float64 {
	person, other := chance*(1-along(&r.answered, seconds)), (1-chance)*(1-along(&r.ended, seconds))
	if person+other <= 1e-12 {
		return 0
	}
	return person / (person + other)
}

// person is the share of persons among answers.
func (r *rings) person() float64 { return 1 - r.machines/r.told }

// seen is how many persons' answers the law rests on.
func (r *rings) seen() float64 { return r.counted + 0.3*ringPrior }
