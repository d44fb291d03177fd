package deck

import (
	"math"
	"math/rand/v2"
	"testing"

	"waihu/internal/exact"
	"waihu/internal/money"
)

// TestCostMicrosIsTheExactCost: the fast path is the exact cost, rounded once.
func TestCostMicrosIsTheExactCost(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 8))
	cny := money.MustCurrency("CNY")
	size := func() int64 { return rng.Int64() >> rng.IntN(64) }
	refused := 0
	for range 50_000 {
		r := &Rate{Price: size(), Per: int32(1 + rng.IntN(3600)), First: 1, Next: 1, Connect: size() * rng.Int64N(2), MinCost: size() * rng.Int64N(2), MaxCost: size() * rng.Int64N(2)}
		billed, legs := size()>>20, 1+rng.Int64N(3)
		want, err := money.Round(r.Cost(billed).Mul(exact.Int(legs)), cny, exact.HalfAway, 6)
		got, ok := r.CostMicros(billed, legs)
		if !ok {
			refused++
			if err == nil && want.Micros() < math.MaxInt64/1000 {
				t.Fatalf("%+v, %d s, %d legs: refused, it is %s", r, billed, legs, want)
			}
			continue
		}
		if err != nil || got != want.Micros() {
			t.Fatalf("%+v, %d s, %d legs: %d, exactly %s (%v)", r, billed, legs, got, want, err)
		}
	}
	if refused == 0 || refused > 40_000 {
		t.Errorf("%d of 50000 were too large: the test does not look at both sides", refused)
	}
}
