package compare_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"waihu/internal/charging/compare"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/offer"
	"waihu/internal/usage"
)

// Every figure of a comparison stands on bills; each must be the bill that the
// plain way makes, whatever the plans see and however the facts came.
func TestEveryMonthIsItsBill(t *testing.T) {
	for seed := range uint64(40) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { monthsAreBills(t, seed) })
	}
}

func FuzzEveryMonthIsItsBill(f *testing.F) {
	f.Add(uint64(1000))
	f.Fuzz(func(t *testing.T, seed uint64) { monthsAreBills(t, seed) })
}

func monthsAreBills(t *testing.T, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 3))
	world := randomFacts(r, 3)
	if seed%2 == 1 { // many calls that look alike, at all hours
		for i := range world.calls {
			c := &world.calls[i]
			c.To, c.From, c.Line, c.Agent, c.Direction, c.LegB, c.Outcome = "13800138000", "02161234567", usage.Mobile, "ann", usage.Outbound, false, ""
		}
	}
	var cands []compare.Candidate
	for i := range 3 {
		c := randomPlan(r, fmt.Sprint("p", i))
		if err := c.Plan.Validate().Err(); err != nil {
			t.Fatal(err)
		}
		cands = append(cands, c)
	}
	basis := pick(r, compare.Exclusive, compare.Inclusive)
	cmp, err := compare.New(compare.Input{Candidates: cands, Tax: basis, First: day("2026-01-01"), After: day("2026-04-01"), Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	world.shuffled(r).give(t, cmp)
	for _, c := range cands {
		for m := range 3 {
			first := day("2026-01-01").AddMonths(m)
			for _, age := range []int{-1, 0, 5} {
				in := contract.Inputs{Plan: c.Plan, Decks: c.Decks, First: first, After: first.AddMonths(1)}
				if age >= 0 {
					in.Stated.Start = first.AddMonths(-age)
				}
				inv := world.bill(t, in)
				want := inv.Net.Exact()
				if basis == compare.Inclusive {
					want = inv.Total.Exact()
				}
				got, cur, err := cmp.Bill(c.Offer.ID, m, offer.Low, true, age)
				if err != nil {
					t.Fatal(err)
				}
				if !got.Equal(want) || cur != c.Plan.Currency {
					t.Errorf("offer %s, month %s, age %d: compared as %s, billed as %s", c.Offer.ID, first, age, got, want)
				}
			}
		}
	}
}

// One seed and any order of facts give one result.
func TestOrderAndSeedNeverShow(t *testing.T) {
	for seed := range uint64(3) {
		r := rand.New(rand.NewPCG(seed, 5))
		world := randomFacts(r, 7)
		cands := []compare.Candidate{randomPlan(r, "p0"), randomPlan(r, "p1"), randomPlan(r, "p2")}
		run := func(f *facts, workers int) string {
			cmp, err := compare.New(compare.Input{Candidates: cands, Replicates: 50, Workers: workers, Months: []int{1, 12}})
			if err != nil {
				t.Fatal(err)
			}
			f.give(t, cmp)
			res, err := cmp.Result()
			if err != nil {
				t.Fatal(err)
			}
			b, err := json.MarshalIndent(res, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			return string(b)
		}
		one, other := run(world, 1), run(world.shuffled(r), 3)
		if one != other {
			t.Fatalf("seed %d: another order of facts gives another result:\n%s", seed, firstDifference(one, other))
		}
	}
}

func firstDifference(a, b string) string {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return a[max(i-200, 0):min(i+100, len(a))] + "\nnot\n" + b[max(i-200, 0):min(i+100, len(b))]
		}
	}
	return "one is longer"
}

// A horizon is a chain of bills: each begins where the one before ended, with
// what that one left, and the contract grows older.
func TestHorizonIsAChainOfBills(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 7))
		world := randomFacts(r, 3)
		c := randomPlan(r, "p")
		cmp, err := compare.New(compare.Input{Candidates: []compare.Candidate{c}, Months: []int{3}, First: day("2026-01-01"), After: day("2026-04-01"), Only: []compare.Answer{"none"}})
		if err != nil {
			t.Fatal(err)
		}
		world.give(t, cmp)
		res, err := cmp.Result()
		if err != nil {
			t.Fatal(err)
		}
		total := num("0")
		var opening []contract.Opening
		for m := range 3 {
			first := day("2026-01-01").AddMonths(m)
			inv := world.bill(t, contract.Inputs{Plan: c.Plan, Decks: c.Decks, First: first, After: first.AddMonths(1), Opening: opening, Stated: contract.Stated{Start: day("2026-01-01")}})
			total, opening = total.Add(inv.Net.Exact()), nil
			for _, x := range inv.Carry {
				opening = append(opening, contract.Opening{Package: x.Package, Seat: x.Seat, Granted: x.Granted, Expires: x.Expires, Left: x.Left})
			}
		}
		if got := res.Offers[0].Horizons[0].Total.Low.Exact(); !got.Equal(total) {
			t.Errorf("seed %d: three months cost %s, their bills sum to %s", seed, got, total)
		}
		parts := num("0")
		for _, p := range res.Offers[0].Horizons[0].Parts {
			parts = parts.Add(p.Amount.Exact())
		}
		if !parts.Equal(total) {
			t.Errorf("seed %d: the parts sum to %s, the total is %s", seed, parts, total)
		}
	}
}
