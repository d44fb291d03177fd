package pacing

import "math"

// mostExact is up to how many agents the law of the crowd is worked out exactly;
// beyond, a normal law with its skewness is as good and cheaper.
const mostExact = 12

// doubts are the variances, relative to the square, of what laws expect: all
// answers together are more or fewer than expected, as are all releases.
type doubts struct{ answers, releases float64 }

// crowd is the law of how many agents will be wanted at each horizon: a sum of
// independent yes-or-no terms, one for each agent who may still be busy and each
// dial that may be answered (Poisson-binomial).
type crowd struct {
	slots   int                          // agents there are
	certain [horizons]int                // terms that are sure
	unsure  [horizons]int                // terms that are not
	law     [horizons][mostExact]float64 // chance of exactly so many of the unsure terms, below slots
	mean    moments                      // of the unsure terms
	spread  moments                      // their variance
	skew    moments                      // their third central moment
	calls   moments                      // the part of mean that dials are
	frees   moments                      // agents busy now who are expected to be free
	doubt   doubts
}

func (c *crowd) clear(slots int) {
	*c = crowd{slots: slots}
	for j := range c.law {
		c.law[j][0] = 1
	}
}

func (c *crowd) exact() bool { return c.slots <= mostExact }

// sure adds a term that is certain at one horizon.
func (c *crowd) sure(j int) { c.certain[j]++ }

const (
	never  = 1e-9
	always = 1 - 1e-9
)

// add adds a dial by its chance to be answered by each horizon.
func (c *crowd) add(q *moments) {
	for j, v := range q {
		c.calls[j] += v
		c.addAt(j, v)
	}
}

func (c *crowd) addAt(j int, v float64) {
	switch {
	case v <= never:
		return
	case v >= always:
		c.certain[j]++
		return
	}
	c.sum(j, v, 1)
	if !c.exact() {
		return
	}
	law := c.law[j][:c.slots]
	for k := len(law) - 1; k > 0; k-- {
		law[k] += v * (law[k-1] - law[k])
	}
	if len(law) > 0 {
		law[0] -= v * law[0]
	}
}

func (c *crowd) sum(j int, v, sign float64) {
	c.unsure[j] += int(sign)
	c.mean[j] += sign * v
	c.spread[j] += sign * v * (1 - v)
	c.skew[j] += sign * v * (1 - v) * (1 - 2*v)
}

// takable is the greatest chance of a term that can be taken out of an exact law
// again without its small errors growing.
const takable = 0.5

// take takes a dial out again; false: it cannot, and nothing was changed.
func (c *crowd) take(q *moments) bool {
	if c.exact() {
		for _, v := range q {
			if v > takable {
				return false
			}
		}
	}
	for j, v := range q {
		c.calls[j] -= v
		if v <= never {
			continue
		}
		if v >= always { // not in an exact law
			c.certain[j]--
			continue
		}
		c.sum(j, v, -1)
		if !c.exact() {
			continue
		}
		law, below := c.law[j][:c.slots], 0.0
		for k := range law {
			below = max((law[k]-v*below)/(1-v), 0)
			law[k] = below
		}
	}
	return true
}

// full is the chance that all agents are wanted, at one horizon.
func (c *crowd) full(j int) float64 {
	room := c.slots - c.certain[j]
	switch {
	case room <= 0:
		return 1
	case c.unsure[j] < room:
		return 0
	case c.exact():
		less := 0.0
		for _, v := range c.law[j][:room] {
			less += v
		}
		return max(1-less, 0)
	}
	return tail(float64(room), c.mean[j], c.spread[j]+c.doubts(j, c.calls[j]), c.skew[j])
}

// doubts are the variance that the laws' own doubt adds, with so many answers
// expected.
func (c *crowd) doubts(j int, calls float64) float64 {
	return c.doubt.answers*calls*calls + c.doubt.releases*c.frees[j]*c.frees[j]
}

// tail is the chance that a sum of many terms is at least room: a normal law
// with continuity and skewness corrected.
func tail(room, mean, spread, skew float64) float64 {
	if spread < 1e-6 {
		if mean > room-0.5 {
			return 1
		}
		return 0
	}
	sd := math.Sqrt(spread)
	x := (room - 0.5 - mean) / sd
	p := 0.5*math.Erfc(x/math.Sqrt2) - skew/(sd*spread)*(1-x*x)*math.Exp(-x*x/2)/(6*math.Sqrt(2*math.Pi))
	return min(max(p, 0), 1)
}

// risk is the chance that an answer of a dial placed now finds everybody wanted,
// over when it may be answered.
func (c *crowd) risk() float64 {
	sum := 0.0
	for j := range horizons {
		sum += c.full(j)
	}
	return sum / horizons
}

// riskOf is the same for a dial in flight, by when it may be answered.
func (c *crowd) riskOf(q *moments) float64 {
	sum, total, before := 0.0, 0.0, 0.0
	for j, v := range q {
		if w := v - before; w > 0 {
			sum, total = sum+w*c.full(j), total+w
		}
		before = v
	}
	if total <= never {
		return 0
	}
	return sum / total
}

// most is the greatest chance over all horizons that all agents are wanted.
func (c *crowd) most() float64 {
	most := 0.0
	for j := range horizons {
		most = max(most, c.full(j))
	}
	return most
}
