package staffing

import (
	"math"
	"time"

	"waihu/internal/fault"
)

// Dialing is a load of calls that are placed.
type Dialing struct {
	PerHour  float64       // attempts
	Answered float64       // share of attempts a person answers
	Handle   time.Duration // mean of talk and wrap-up of an answered call
	Ring     time.Duration // mean from dialling to a person's answer
	Wasted   time.Duration // mean of an attempt nobody answers
	Abandons float64       // most of the answered calls that may find no agent; 0: none, one dial for each free agent
}

// The figures of an idealised simulation of 4 h shifts (answer probability
// 0.25, 110 s handling, a person answers after 12 s, other attempts take 19.2 s
// on average: 15 % 3 s, 25 % 15 s, 60 % 25 s): the share of time agents were
// busy with at most 3 % abandoned, and the bound for a dialer that knows all
// outcomes.
const (
	SimulatedRing   = 12 * time.Second
	SimulatedWasted = 19200 * time.Millisecond
	simulatedShare  = 0.25
	simulatedHandle = 110 * time.Second
	simulatedCap    = 0.03
	outcomeBound    = 0.97
)

// simulated is the utilisation of marginal-risk pacing by number of agents.
var simulated = []struct{ agents, busy float64 }{{1, 0.61}, {5, 0.72}, {10, 0.79}, {20, 0.85}, {50, 0.92}}

// Erlangs is the handling work: agents busy if there were one for each answer.
func (d Dialing) Erlangs() float64 { return d.PerHour * d.Answered * d.Handle.Hours() }

// Progressive is the share of time an agent is busy where one number is dialled
// for each free agent: handling over handling and the time to the next answer.
func (d Dialing) Progressive() float64 {
	if d.Answered <= 0 || d.Handle <= 0 {
		return 0
	}
	search := d.Ring.Seconds() + (1/d.Answered-1)*d.Wasted.Seconds()
	return d.Handle.Seconds() / (d.Handle.Seconds() + search)
}

// Busy is the share of time so many agents are busy under paced dialling that
// keeps the abandoned calls below the cap.
//
// For other answer rates and handling times than those simulated it keeps the
// part of the way from progressive dialling to the bound that the simulation
// reached with as many agents; for a smaller cap it gains less, as the Erlang
// loss formula does. Both are assumptions, and the report says so.
func (d Dialing) Busy(agents int) float64 {
	base := d.Progressive()
	if agents < 1 || base == 0 {
		return 0
	}
	if base >= outcomeBound {
		return base
	}
	standard := Dialing{Answered: simulatedShare, Handle: simulatedHandle, Ring: SimulatedRing, Wasted: SimulatedWasted}.Progressive()
	way := (simulatedBusy(float64(agents)) - standard) / (outcomeBound - standard)
	return base + max(0, way)*d.allowance(agents)*(outcomeBound-base)
}

// allowance is what part of the gain a cap on abandoned calls leaves.
func (d Dialing) allowance(agents int) float64 {
	if d.Abandons <= 0 {
		return 0
	}
	if d.Abandons >= simulatedCap {
		return 1 // more than was simulated is not counted on
	}
	return lossBusy(agents, d.Abandons) / lossBusy(agents, simulatedCap)
}

// lossBusy is the utilisation of dialling at a constant rate with so much loss.
func lossBusy(agents int, loss float64) float64 {
	low, high := 0.0, 2*float64(agents) // Erlang B of the upper end is above any cap here
	for range 60 {
		if mid := (low + high) / 2; ErlangB(agents, mid) > loss {
			high = mid
		} else {
			low = mid
		}
	}
	return low * (1 - loss) / float64(agents)
}

// simulatedBusy reads the table, in a straight line over the logarithm of the
// agents; beyond its end it stays at the last figure.
func simulatedBusy(agents float64) float64 {
	for i := 1; i < len(simulated); i++ {
		a, b := simulated[i-1], simulated[i]
		if agents <= b.agents {
			at := (math.Log(max(agents, a.agents)) - math.Log(a.agents)) / (math.Log(b.agents) - math.Log(a.agents))
			return a.busy + at*(b.busy-a.busy)
		}
	}
	return simulated[len(simulated)-1].busy
}

// Check says what is wrong; of kind Invalid.
func (d Dialing) Check() error {
	switch {
	case d.PerHour < 0 || math.IsNaN(d.PerHour) || d.Handle < 0 || d.Ring < 0 || d.Wasted < 0:
		return fault.New(fault.Invalid, "attempts and times cannot be below nothing")
	case !(d.Answered >= 0 && d.Answered <= 1):
		return fault.New(fault.Invalid, "an answer rate of %g is no share: say one from 0 to 1, such as 0.25", d.Answered)
	case d.Erlangs() > MaxAgents/2:
		return fault.New(fault.Invalid, "%g erlangs of handling are more than seats can be planned for: at most %d", d.Erlangs(), MaxAgents/2)
	}
	return nil
}

// Agents is the fewest agents that make so many attempts an hour.
func (d Dialing) Agents() (int, error) {
	if err := d.Check(); err != nil || d.Erlangs() <= 0 {
		return 0, err
	}
	for n := int(math.Ceil(d.Erlangs())); n <= MaxAgents; n++ { // bounded by MaxAgents; each step is a few dozen operations
		if float64(n)*d.Busy(n) >= d.Erlangs() {
			return n, nil
		}
	}
	return 0, fault.New(fault.Invalid, "%g erlangs of handling need more than %d agents", d.Erlangs(), MaxAgents)
}
