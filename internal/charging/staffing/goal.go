package staffing

import (
	"math"
	"time"

	"waihu/internal/fault"
)

// Goal is how well calls must be served.
type Goal struct {
	Level     float64       // share of calls answered within Within, 0.8
	Within    time.Duration // 20s
	Occupancy float64       // most an agent may be busy, 0.85; 0 or 1: no cap
	Abandons  float64       // most that may be lost; 0: no cap. Incoming calls only with patience
}

// Defaults are the figures most centres state: 80 in 100 within 20 s, agents
// busy for at most 85 % of their time, 3 % abandoned.
func Defaults() Goal {
	return Goal{Level: 0.80, Within: 20 * time.Second, Occupancy: 0.85, Abandons: 0.03}
}

// Check says what is wrong with a goal; of kind Invalid.
func (g Goal) Check() error {
	share := func(x float64) bool { return x >= 0 && x <= 1 && !math.IsNaN(x) }
	switch {
	case !share(g.Level) || g.Level == 1:
		return fault.New(fault.Invalid, "a service level of %g cannot be planned for: say a share from 0 up to but not 1, such as 0.8", g.Level)
	case !share(g.Occupancy):
		return fault.New(fault.Invalid, "an occupancy of %g is no share: say one from 0 to 1, such as 0.85", g.Occupancy)
	case !share(g.Abandons):
		return fault.New(fault.Invalid, "an abandon rate of %g is no share: say one from 0 to 1, such as 0.03", g.Abandons)
	case g.Within < 0:
		return fault.New(fault.Invalid, "a wait of %s is below nothing: say one such as 20s", g.Within)
	}
	return nil
}

// MaxAgents bounds every search for a number of seats.
const MaxAgents = 20_000

// met tells whether a queue reaches the goal.
func (g Goal) met(q Queue, patience bool) bool {
	return q.Level >= g.Level && (g.Occupancy == 0 || q.Occupancy <= g.Occupancy) && (!patience || g.Abandons == 0 || q.Abandons <= g.Abandons)
}

// Needed is the fewest agents that reach the goal. A load that needs more than
// MaxAgents is Invalid.
func Needed(c Calls, g Goal) (Queue, error) {
	if err := g.Check(); err != nil {
		return Queue{}, err
	}
	if c.PerHour < 0 || c.Handle < 0 || c.Patience < 0 || math.IsNaN(c.PerHour) || c.Erlangs() > MaxAgents {
		return Queue{}, fault.New(fault.Invalid, "a load of %g calls an hour of %s is not one seats can be planned for: at most %d erlangs", c.PerHour, c.Handle, MaxAgents)
	}
	if c.Erlangs() <= 0 {
		return Serve(0, c, g.Within), nil
	}
	// More agents never serve worse, so the fewest is found by halving.
	low, high := 0, 1 // low does not do
	for !g.met(Serve(high, c, g.Within), c.Patience > 0) {
		if low = high; high >= MaxAgents {
			return Queue{}, fault.New(fault.Invalid, "%g erlangs need more than %d agents for this goal", c.Erlangs(), MaxAgents)
		}
		high = min(2*high, MaxAgents)
	}
	for high-low > 1 {
		if mid := (low + high) / 2; g.met(Serve(mid, c, g.Within), c.Patience > 0) {
			high = mid
		} else {
			low = mid
		}
	}
	return Serve(high, c, g.Within), nil
}
