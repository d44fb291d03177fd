package deck

import (
	"math/rand/v2"
	"testing"

	"waihu/internal/exact"
)

func TestLongestFor(t *testing.T) {
	minute := Rate{Price: 120_000_000, Per: 60, First: 60, Next: 6, Connect: 50_000_000}
	for _, c := range []struct {
		name     string
		rate     Rate
		balance  string
		included int64
		count    Count
		want     int64
	}{
		{"whole blocks must be covered", minute, "0.50", 0, Count{}, 222}, // the quotient alone says 225
		{"the first block does not fit", minute, "0.16", 0, Count{}, 0},
		{"the connect fee does not fit", minute, "0.04", 600, Count{}, 0},
		{"included seconds come first", minute, "0.05", 90, Count{}, 90},
		{"included seconds, then money", minute, "0.17", 60, Count{}, 120},
		{"exactly the price", Rate{Price: 1, Per: 1, First: 1, Next: 1}, "0.000000010", 0, Count{}, 10},
		{"free of charge", Rate{Per: 60, First: 60, Next: 60}, "0", 0, Count{}, Endless},
		{"nothing left", minute, "0", 0, Count{}, 0},
		{"overdrawn", Rate{Per: 60, First: 60, Next: 60}, "-0.01", 0, Count{}, 0},
		{"the most a call costs", Rate{Price: 1e9, Per: 1, First: 1, Next: 1, MaxCost: 10e9}, "10", 0, Count{}, Endless},
		{"less than the most", Rate{Price: 1e9, Per: 1, First: 1, Next: 1, MaxCost: 10e9}, "9.5", 0, Count{}, 9},
		{"less than the least", Rate{Price: 1e9, Per: 1, First: 1, Next: 1, MinCost: 10e9}, "9.5", 0, Count{}, 0},
		{"the grace time is free", Rate{Price: 1e9, Per: 1, First: 60, Next: 60, Grace: 5}, "1", 0, Count{}, 5},
		{"the grace time is taken off", Rate{Price: 1e9, Per: 60, First: 60, Next: 60, Grace: 5}, "1", 0, Count{Subtract: true}, 65},
		{"the grace time is added", Rate{Price: 1e9, Per: 60, First: 60, Next: 60, Grace: 5}, "1", 0, Count{Add: true}, 55},
		{"steps from zero", Rate{Price: 1e9, Per: 1, First: 45, Next: 30}, "89", 0, Count{FromZero: true}, 60},
		{"blocked", Rate{Price: 1, Per: 1, First: 1, Next: 1, Status: Blocked}, "100", 0, Count{}, 0},
		{"unknown", Rate{Per: 1, First: 1, Next: 1, Status: Unknown}, "100", 0, Count{}, 0},
		{"beyond any clock", Rate{Price: 1, Per: 60, First: 1, Next: 1}, "9000000000", 1 << 62, Count{}, Endless},
	} {
		if got := c.rate.LongestFor(exact.MustParse(c.balance), c.included, c.count); got != c.want {
			t.Errorf("%s: %d s, want %d", c.name, got, c.want)
		}
	}
}

// TestLongestIsLongest: what it says can be paid, and a second more cannot.
func TestLongestIsLongest(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 11))
	pick := func(of ...int64) int64 { return of[rng.IntN(len(of))] }
	for range 4000 {
		r := Rate{Price: pick(0, 1, 7_000_000, 120_000_000, 1e9), Per: int32(pick(1, 60, 3600)), First: int32(pick(1, 6, 30, 45, 60)),
			Next: int32(pick(1, 6, 30, 60)), Minimum: int32(pick(0, 0, 30, 180)), Grace: int32(pick(0, 0, 2, 70)), Connect: pick(0, 0, 50_000_000),
			MinCost: pick(0, 0, 0, 200_000_000)}
		if rng.IntN(4) == 0 {
			r.MaxCost = r.MinCost + pick(1, 500_000_000)
		}
		count := Count{FromZero: rng.IntN(2) == 0}
		switch rng.IntN(3) {
		case 0:
			count.Subtract = true
		case 1:
			count.Add = true
		}
		included := pick(0, 0, 59, 60, 61, 600)
		balance := exact.Scaled(pick(0, 1, 49_999_999, 50_000_000, 199_999_999, 1e9, rng.Int64N(3e9)), 9)
		cost := func(s int64) exact.Number { return r.CostBeyond(r.Billed(s, count), included) }
		got := r.LongestFor(balance, included, count)
		if got == Endless {
			if far := int64(1e9); balance.Less(cost(far)) {
				t.Fatalf("%+v %+v: endless on %s, yet %d s cost %s", r, count, balance, far, cost(far))
			}
			continue
		}
		if got > 0 && balance.Less(cost(got)) {
			t.Fatalf("%+v %+v: %d s cost %s, there is %s", r, count, got, cost(got), balance)
		}
		if next := cost(got + 1); next.Cmp(balance) <= 0 {
			t.Fatalf("%+v %+v: %d s said to be the longest on %s with %d included, yet a second more costs %s", r, count, got, balance, included, next)
		}
	}
}

func TestCostBeyondNothingIncluded(t *testing.T) {
	for _, r := range []Rate{
		{Price: 120_000_000, Per: 60, First: 60, Next: 6, Connect: 50_000_000},
		{Price: 1e9, Per: 1, First: 1, Next: 1, MinCost: 10e9, MaxCost: 20e9},
	} {
		for _, billed := range []int64{0, 1, 9, 15, 60, 3600} {
			if got, want := r.CostBeyond(billed, 0), r.Cost(billed); !got.Equal(want) {
				t.Errorf("%+v: %d s cost %s beyond nothing, %s in all", r, billed, got, want)
			}
		}
	}
}
