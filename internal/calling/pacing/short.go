package pacing

import "math"

// What may be lost of what is in flight is bounded together: losses come in
// bursts. When conversations last, every answer finds everybody busy, one after
// the other.
const (
	worst  = 4.0  // standard deviations; a shift has thousands of moments, each of which must hold
	margin = 0.3  // calls: what was just placed is not taken back at once
	idle   = 0.01 // risk below which taking a dial back saves nothing
)

// short is how many of those who want an agent by some horizon may find none, at
// the bound of confidence: they are all lost. Next is one more dial, or nil.
// Beside is another bound that is independent of it.
func (c *crowd) short(next *moments, waiting int, beside float64) float64 {
	most := 0.0
	for j := range horizons {
		mean, spread, calls, unsure := c.mean[j], c.spread[j], c.calls[j], c.unsure[j]
		if next != nil {
			v := next[j]
			mean, spread, calls, unsure = mean+v, spread+v*(1-v), calls+v, unsure+1
		}
		sure := c.certain[j] - waiting - c.slots
		if sure+unsure <= 0 {
			continue // even if all come there is an agent for each
		}
		likely := float64(sure) + mean + math.Hypot(worst*math.Sqrt(spread+c.doubts(j, calls)), beside)
		most = max(most, min(likely, float64(sure+unsure)+beside))
	}
	return most + float64(waiting)
}

// short is the same of a state.
func (p *Pacer) short(s *State, next *moments) float64 {
	return p.crowd.short(next, s.Waiting, p.beside)
}

// holdsLedger says whether the ledger has no room for what one more dial may lose.
func (p *Pacer) holdsLedger(s *State, d *Decision) bool {
	if d.Place >= len(s.Next) {
		return false
	}
	q := p.next(s, d)
	return p.short(s, &q) > max(p.room-margin, 0)
}

// next is the chance of the next lead to be answered by each horizon.
func (p *Pacer) next(s *State, d *Decision) moments {
	q, chance := p.tables.first, min(max(s.Next[d.Place], 0), 1)
	for j := range q {
		q[j] *= chance
	}
	return q
}
