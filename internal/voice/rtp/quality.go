package rtp

import (
	"math"
	"time"
)

// Quality is how one direction of a leg sounded.
type Quality struct {
	Expected uint32
	Lost     uint32
	Gaps     uint32        // runs of lost packets
	Late     uint32        // samples that came too late to be played, in packets of 20 ms
	Jitter   time.Duration // at its highest
	Delay    time.Duration // mouth to ear, as far as it is known
}

// Share is how much never reached the ear, from 0 to 1.
func (q Quality) Share() float64 {
	return min(1, float64(q.Lost+q.Late)/float64(max(1, q.Expected)))
}

// MOS is what a listener would say of it from 1 (bad) to 5; 4.4 is the best a
// telephone can be. 0 is not known: nothing was expected. It is the E-model of
// ITU-T G.107 with its default values: 93.2 for a perfect line, what delay takes
// (the simple form of its appendix: 0.024 a ms, and 0.11 a ms beyond 177.3), and
// what loss takes for G.711 with concealment (Ie 0, Bpl 25.1 of G.113), where
// losses in runs are worse than losses that are spread.
func (q Quality) MOS() float64 {
	if q.Expected == 0 {
		return 0
	}
	ms := float64(q.Delay) / float64(time.Millisecond)
	delay := 0.024 * ms
	if ms > 177.3 {
		delay += 0.11 * (ms - 177.3)
	}
	loss := 100 * q.Share()
	r := 93.2 - delay - 95*loss/(loss/q.bursts()+25.1)
	return rating(r)
}

// bursts is how much longer losses run than they would by chance (BurstR).
func (q Quality) bursts() float64 {
	if q.Lost == 0 || q.Gaps == 0 {
		return 1
	}
	mean := float64(q.Lost) / float64(q.Gaps)
	chance := 1 / (1 - min(0.99, q.Share()))
	return max(1, mean/chance)
}

// rating turns the factor R into MOS (G.107, annex B).
func rating(r float64) float64 {
	switch {
	case r <= 0:
		return 1
	case r >= 100:
		return 4.5
	}
	return math.Max(1, 1+0.035*r+r*(r-60)*(100-r)*7e-6)
}
