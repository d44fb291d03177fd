package pacing

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"
)

// brute is the chance that at least room of the terms come true, over all their
// combinations.
func brute(terms []float64, room int) float64 {
	sum := 0.0
	for set := range uint(1) << len(terms) {
		if bits.OnesCount(set) < room {
			continue
		}
		p := 1.0
		for i, q := range terms {
			if set>>i&1 == 1 {
				p *= q
			} else {
				p *= 1 - q
			}
		}
		sum += p
	}
	return sum
}

func same(v float64) *moments {
	var m moments
	for j := range m {
		m[j] = v
	}
	return &m
}

// TestPoissonBinomialAgreesWithBruteForce, also with certain terms and after
// terms were taken out again.
func TestPoissonBinomialAgreesWithBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		terms := make([]float64, 1+r.IntN(10))
		var c crowd
		slots := 1 + r.IntN(8)
		c.clear(slots)
		for i := range terms {
			switch r.IntN(8) {
			case 0:
				terms[i] = 0
			case 1:
				terms[i] = 1
			default:
				terms[i] = r.Float64()
			}
			c.add(same(terms[i]))
		}
		extra := same(r.Float64() * takable)
		c.add(extra)
		if !c.take(extra) {
			t.Fatal("a term below one half cannot be taken out")
		}
		for j := range horizons {
			if got, want := c.full(j), brute(terms, slots); math.Abs(got-want) > 1e-9 {
				t.Fatalf("%d slots, %v: %g, by all combinations %g", slots, terms, got, want)
			}
		}
	}
}

// TestNormalTailIsNearTheExactOne where it takes over.
func TestNormalTailIsNearTheExactOne(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		var c crowd
		c.clear(mostExact)
		for range mostExact + r.IntN(30) {
			c.add(same(r.Float64() * r.Float64()))
		}
		exact := c.full(0)
		near := tail(mostExact, c.mean[0], c.spread[0], c.skew[0])
		if math.Abs(exact-near) > 0.004 {
			t.Errorf("exact %.5f, normal %.5f", exact, near)
		}
	}
}
