package staffing

import (
	"math"
	"time"
)

// ErlangB is the share of calls that find all servers busy, where such calls
// are lost. load is in erlangs. The recursion adds one server at a time and
// never leaves 0..1, so no factorial can overflow.
func ErlangB(servers int, load float64) float64 {
	if load <= 0 {
		if servers == 0 {
			return 1
		}
		return 0
	}
	b := 1.0
	for n := 1; n <= servers; n++ {
		b = load * b / (float64(n) + load*b)
	}
	return b
}

// ErlangC is the share of calls that must wait, where all callers wait however
// long it takes. It is 1 where the load is not below the servers.
func ErlangC(servers int, load float64) float64 {
	n := float64(servers)
	if load <= 0 {
		return 0
	}
	if load >= n {
		return 1
	}
	b := ErlangB(servers, load)
	return n * b / (n - load*(1-b))
}

// Queue is what callers meet with so many agents.
type Queue struct {
	Agents    int
	Load      float64       // erlangs offered
	Occupancy float64       // share of their time agents are busy
	Waits     float64       // share of calls that wait at all
	Level     float64       // share of all calls answered within the goal's time
	Abandons  float64       // share of callers who leave before they are answered
	MeanWait  time.Duration // of all callers; Forever where the queue never ends
}

// Forever is the mean wait where calls come faster than they are served.
const Forever = time.Duration(math.MaxInt64)

// Calls is a load of calls that come by themselves.
type Calls struct {
	PerHour  float64
	Handle   time.Duration // mean of talk and wrap-up
	Patience time.Duration // mean time a caller waits before leaving; 0: nobody leaves
}

// Erlangs is the load: calls in progress if none had to wait.
func (c Calls) Erlangs() float64 { return c.PerHour * c.Handle.Hours() }

// Serve is what callers meet with so many agents: Erlang C without patience,
// Erlang A with it. Level counts answers within the given time.
func Serve(agents int, c Calls, within time.Duration) Queue {
	q := Queue{Agents: agents, Load: c.Erlangs()}
	switch {
	case q.Load <= 0:
		q.Level = 1
	case agents < 1:
		q.Waits, q.Abandons, q.MeanWait = 1, 1, Forever
		if c.Patience > 0 {
			q.MeanWait = c.Patience
		}
	case c.Patience > 0:
		q.impatient(c, within)
	default:
		q.patient(c, within)
	}
	return q
}

// patient is Erlang C.
func (q *Queue) patient(c Calls, within time.Duration) {
	n := float64(q.Agents)
	q.Waits = ErlangC(q.Agents, q.Load)
	q.Occupancy = min(1, q.Load/n)
	if q.Load >= n {
		q.MeanWait = Forever
		return
	}
	spare := (n - q.Load) / c.Handle.Seconds() // how fast the queue gets shorter, calls a second
	q.Level = 1 - q.Waits*math.Exp(-spare*within.Seconds())
	q.MeanWait = time.Duration(q.Waits / spare * float64(time.Second))
}
