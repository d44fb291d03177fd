package dialing

import "math"

// mostOptimal is up to how many agents the best policy is worked out.
const mostOptimal = 8

// optimal is a world small enough to be solved: calls take an exponential time,
// every dial rings in two stages and then a person answers with a chance or
// nobody does; nobody waits. Its states are agents busy, dials in the first and
// in the second stage, which a real dialer could not tell apart: the best policy
// here is a bound for any that takes no dial back.
type optimal struct {
	agents, most  int     // dials at most in a stage
	talk, stage   float64 // rates a second of one call, one stage
	chance, price float64 // price of an abandoned call, in agent seconds
	value, next   []float64
	after         []float64 // value once dials were placed
	act           []int32   // state after placing
}

func newOptimal(agents int, chance float64) *optimal {
	o := &optimal{agents: agents, most: min(6+int(2.2*float64(agents)/chance/2), 40), talk: 1 / 110.0, stage: 2 / float64(markovRing), chance: chance}
	n := (agents + 1) * (o.most + 1) * (o.most + 1)
	o.value, o.next, o.after, o.act = make([]float64, n), make([]float64, n), make([]float64, n), make([]int32, n)
	return o
}

func (o *optimal) at(busy, first, second int) int {
	return (busy*(o.most+1)+first)*(o.most+1) + second
}

// choose finds the best number of dials to place in every state.
func (o *optimal) choose() {
	for b := range o.agents + 1 {
		for s := range o.most + 1 {
			best := o.at(b, o.most, s)
			for f := o.most; f >= 0; f-- {
				k := o.at(b, f, s)
				if o.value[k] >= o.value[best] {
					best = k
				}
				o.after[k], o.act[k] = o.value[best], int32(best)
			}
		}
	}
}

// steps calls to for each change of a state and its rate. A second stage that is
// full takes no further dial on: that is beyond what any good policy does.
func (o *optimal) steps(b, f, s int, to func(k int, rate float64, lost float64)) {
	if b > 0 {
		to(o.at(b-1, f, s), float64(b)*o.talk, 0)
	}
	if f > 0 && s < o.most {
		to(o.at(b, f-1, s+1), float64(f)*o.stage, 0)
	}
	if s == 0 {
		return
	}
	rate := float64(s) * o.stage
	to(o.at(b, f, s-1), rate*(1-o.chance), 0)
	if b < o.agents {
		to(o.at(b+1, f, s-1), rate*o.chance, 0)
	} else {
		to(o.at(b, f, s-1), rate*o.chance, 1)
	}
}

// top is a rate no state exceeds.
func (o *optimal) top() float64 {
	return float64(o.agents)*o.talk + 2*float64(o.most)*o.stage
}

// Bounds of the iteration.
const (
	mostRounds = 40_000
	enough     = 1e-6 // of the gain, in agents
)

// solve iterates values at a price until the gain is known.
func (o *optimal) solve() {
	top := o.top()
	for range mostRounds {
		o.choose()
		low, high := math.Inf(1), math.Inf(-1)
		for b := range o.agents + 1 {
			for f := range o.most + 1 {
				for s := range o.most + 1 {
					k := o.at(b, f, s)
					sum, left := float64(b)/top, 1.0
					o.steps(b, f, s, func(n int, rate, lost float64) {
						w := rate / top
						sum, left = sum+w*(o.after[n]-o.price*lost), left-w
					})
					o.next[k] = sum + left*o.after[k]
					d := o.next[k] - o.value[k]
					low, high = min(low, d), max(high, d)
				}
			}
		}
		o.value, o.next = o.next, o.value
		zero := o.value[0]
		for k := range o.value {
			o.value[k] -= zero
		}
		if (high-low)*top < enough*float64(o.agents) {
			break
		}
	}
	o.choose()
}

// measure plays the best policy of the price: the share of time agents are busy
// and the share of answers abandoned, by the law of its states.
func (o *optimal) measure() (used, lost float64) {
	law, next := make([]float64, len(o.value)), make([]float64, len(o.value))
	law[o.act[0]] = 1
	top := o.top()
	for round := range mostRounds {
		clear(next)
		busy, answers, lose := 0.0, 0.0, 0.0
		for b := range o.agents + 1 {
			for f := range o.most + 1 {
				for s := range o.most + 1 {
					k := o.at(b, f, s)
					p := law[k]
					if p < 1e-14 {
						continue
					}
					busy += p * float64(b)
					answers += p * float64(s) * o.stage * o.chance
					left := 1.0
					o.steps(b, f, s, func(n int, rate, lost float64) {
						w := rate / top
						next[o.act[n]] += p * w
						lose += p * rate * lost
						left -= w
					})
					next[k] += p * left
				}
			}
		}
		law, next = next, law
		change := math.Abs(busy/float64(o.agents)-used) + math.Abs(lose/max(answers, 1e-12)-lost)
		used, lost = busy/float64(o.agents), lose/max(answers, 1e-12)
		if change < 1e-9 && float64(round) > 300*top {
			break
		}
	}
	return used, lost
}

// Optimal is the highest share of time agents can be busy with at most a share
// abandoned, in the world of Memoryless; up to 8 agents.
func Optimal(agents int, chance, share float64) float64 {
	o := newOptimal(min(max(agents, 1), mostOptimal), chance)
	low, high := 0.0, 4000.0 // prices: too cheap, too dear
	var usedLow, lostLow, usedHigh, lostHigh float64
	lostLow = 1
	for range 14 {
		o.price = math.Sqrt((low + 1) * (high + 1))
		o.solve()
		used, lost := o.measure()
		if lost > share {
			low, usedLow, lostLow = o.price, used, lost
		} else {
			high, usedHigh, lostHigh = o.price, used, lost
		}
		if high-low < 0.01*low {
			break
		}
	}
	if lostLow >= 1 || lostLow <= lostHigh {
		return usedHigh
	}
	at := (share - lostHigh) / (lostLow - lostHigh) // both in turn, in time
	return usedHigh + at*(usedLow-usedHigh)
}
