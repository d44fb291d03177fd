package main

import (
	"fmt"
	"runtime"
	"slices"
	"syscall"
	"time"
)

// cost is what one run took: on the clock, and of all processors together.
type cost struct{ wall, cpu time.Duration }

// measure runs f once. The processor time does not count what other programs
// took meanwhile; it does count the garbage collector's share.
func measure(f func() error) (cost, error) {
	runtime.GC()
	cpu, wall := cpuTime(), time.Now()
	err := f()
	return cost{time.Since(wall), cpuTime() - cpu}, err
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// contender is one way to do some work.
type contender struct {
	name string
	run  func() error
}

// takeTurns runs all contenders in turn, so many times, after a run each that
// does not count, and gives the median cost of each; with no runs, that of the
// one which else does not count. Taking turns lets whatever disturbs the machine
// disturb them alike.
func takeTurns(runs int, list []contender) (map[string]cost, error) {
	all := map[string][]cost{}
	for i := range runs + 1 {
		for _, c := range list {
			took, err := measure(c.run)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", c.name, err)
			}
			if i > 0 || runs == 0 {
				all[c.name] = append(all[c.name], took)
			}
		}
	}
	medians := map[string]cost{}
	for name, costs := range all {
		medians[name] = median(costs)
	}
	return medians, nil
}

func median(costs []cost) cost {
	walls, cpus := make([]time.Duration, len(costs)), make([]time.Duration, len(costs))
	for i, c := range costs {
		walls[i], cpus[i] = c.wall, c.cpu
	}
	slices.Sort(walls)
	slices.Sort(cpus)
	return cost{walls[len(walls)/2], cpus[len(cpus)/2]}
}

// single runs f on one processor.
func single(f func() error) error {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	return f()
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(b) }

func ms(d time.Duration) string { return fmt.Sprintf("%.0f ms", float64(d)/1e6) }

// liveHeap is what the program holds, in bytes.
func liveHeap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// allocated is how many allocations there were so far.
func allocated() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.Mallocs)
}
