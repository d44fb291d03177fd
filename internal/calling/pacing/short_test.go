package pacing

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestWhatMayBeLostIsNotExceeded: at most one time in a thousand more calls want
// an agent than the bound says, by all combinations; and where everybody who may
// come finds an agent, nothing may be lost.
func TestWhatMayBeLostIsNotExceeded(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for range 300 {
		terms := make([]float64, 1+r.IntN(12))
		var c crowd
		slots, waiting := 1+r.IntN(6), r.IntN(8)/6
		c.clear(slots)
		for i := range terms {
			terms[i] = 0.01 + 0.98*r.Float64()
			c.add(same(terms[i]))
		}
		for j := range horizons {
			c.certain[j] += waiting
		}
		last := same(terms[len(terms)-1])
		most := c.short(nil, waiting, 0)
		if len(terms) <= slots && most != float64(waiting) {
			t.Fatalf("%d calls, %d agents, %d waiting: %g may be lost", len(terms), slots, waiting, most)
		}
		if more := c.short(last, waiting, 0); more < most {
			t.Fatalf("%g may be lost, with one dial more %g", most, more)
		}
		above := slots + int(math.Floor(most)) - waiting + 1
		if p := brute(terms, above); p > 0.001 {
			t.Fatalf("%d agents, %v: %g may be lost, more than that has a chance of %g", slots, terms, most, p)
		}
	}
}

// TestBoundsThatAreIndependentAreNotAdded: two that do not go wrong together are
// less than their sum and more than each.
func TestBoundsThatAreIndependentAreNotAdded(t *testing.T) {
	var c crowd
	c.clear(3)
	for range 40 {
		c.add(same(0.1))
	}
	const beside = 5
	alone, both := c.short(nil, 0, 0), c.short(nil, 0, beside)
	if both <= max(alone, beside) || both >= alone+beside {
		t.Errorf("bounds of %g and %d are %g together", alone, beside, both)
	}
}
