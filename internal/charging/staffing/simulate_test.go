package staffing_test

import (
	"container/heap"
	"math/rand/v2"
	"testing"
	"time"

	"waihu/internal/charging/staffing"
)

// event is when something happens in a simulated centre: an agent becomes free.
type frees []float64

func (f frees) Len() int           { return len(f) }
func (f frees) Less(i, j int) bool { return f[i] < f[j] }
func (f frees) Swap(i, j int)      { f[i], f[j] = f[j], f[i] }
func (f *frees) Push(x any)        { *f = append(*f, x.(float64)) }
func (f *frees) Pop() any {
	old := *f
	x := old[len(old)-1]
	*f = old[:len(old)-1]
	return x
}

// simulate runs calls through agents in order of arrival. A caller who would
// wait longer than his patience leaves and takes nobody's time.
func simulate(agents int, c staffing.Calls, within time.Duration, calls int, seed uint64) (waits, level, abandons float64) {
	r := rand.New(rand.NewPCG(seed, 7))
	free := make(frees, agents)
	heap.Init(&free)
	now, waited, soon, left := 0.0, 0, 0, 0
	for range calls {
		now += r.ExpFloat64() * 3600 / c.PerHour
		wait := max(0, free[0]-now)
		if wait > 0 {
			waited++
		}
		if c.Patience > 0 && wait > r.ExpFloat64()*c.Patience.Seconds() {
			left++
			continue
		}
		if wait <= within.Seconds() {
			soon++
		}
		free[0] = now + wait + r.ExpFloat64()*c.Handle.Seconds()
		heap.Fix(&free, 0)
	}
	n := float64(calls)
	return float64(waited) / n, float64(soon) / n, float64(left) / n
}

// TestFormulasAgreeWithASimulation plays the queue event by event.
func TestFormulasAgreeWithASimulation(t *testing.T) {
	for _, c := range []struct {
		agents   int
		perHour  float64
		patience time.Duration
	}{{14, 200, 0}, {12, 200, 0}, {12, 200, 2 * time.Minute}, {9, 200, time.Minute}, {4, 60, 30 * time.Second}, {55, 1000, 3 * time.Minute}} {
		load := staffing.Calls{PerHour: c.perHour, Handle: 3 * time.Minute, Patience: c.patience}
		const calls, seed = 400_000, 11
		q := staffing.Serve(c.agents, load, 20*time.Second)
		waits, level, abandons := simulate(c.agents, load, 20*time.Second, calls, seed)
		near(t, "waiting", q.Waits, waits, 0.012)
		near(t, "service level", q.Level, level, 0.012)
		near(t, "abandons", q.Abandons, abandons, 0.006)
	}
}

// dialOne plays one agent with a dialer that rings one number at a time, and
// gives the share of time the agent is busy.
func dialOne(answered float64, handle time.Duration, attempts int, seed uint64) float64 {
	r := rand.New(rand.NewPCG(seed, 8))
	busy, total := 0.0, 0.0
	for range attempts {
		if r.Float64() < answered {
			total += staffing.SimulatedRing.Seconds()
			talk := r.ExpFloat64() * handle.Seconds()
			busy, total = busy+talk, total+talk
			continue
		}
		switch p := r.Float64(); { // busy or invalid, machine, no answer
		case p < 0.15:
			total += 3
		case p < 0.40:
			total += 15
		default:
			total += 25
		}
	}
	return busy / total
}

func TestProgressiveAgreesWithASimulation(t *testing.T) {
	for _, p := range []float64{0.05, 0.25, 0.5} {
		d := staffing.Dialing{Answered: p, Handle: 110 * time.Second, Ring: staffing.SimulatedRing, Wasted: staffing.SimulatedWasted}
		near(t, "busy", d.Progressive(), dialOne(p, d.Handle, 300_000, 5), 0.006)
	}
}
