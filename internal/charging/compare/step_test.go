package compare_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"waihu/internal/charging/compare"
	"waihu/internal/exact"
	"waihu/internal/fault"
)

func change(t *testing.T, s string) compare.Change {
	t.Helper()
	c, err := compare.ParseChange(s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Two changes at once are what twice the calls of twice the length would cost.
func TestUnderSeveralChanges(t *testing.T) {
	offers := func() []compare.Candidate {
		return []compare.Candidate{candidate(minutePlan("minutes", "0.1", "60/60")), candidate(minutePlan("six", "0.09", "6/6")), candidate(seatPlan("seats", "30"))}
	}
	f, doubled := yearOf(wavy...), &facts{}
	for range 2 {
		for _, c := range f.calls {
			c.ID, c.Talk = fmt.Sprint("d", len(doubled.calls)), 2*c.Talk
			doubled.calls = append(doubled.calls, c)
		}
	}
	of := func(f *facts) (*compare.Comparison, *compare.Result) {
		cmp, err := compare.New(compare.Input{Candidates: offers()})
		if err != nil {
			t.Fatal(err)
		}
		f.give(t, cmp)
		r, err := cmp.Result()
		if err != nil {
			t.Fatal(err)
		}
		return cmp, r
	}
	cmp, before := of(f)
	_, after := of(doubled)
	var many sync.WaitGroup
	for range 4 { // sliders of several people on one comparison
		many.Go(func() {
			step, err := cmp.Under([]compare.Change{{Kind: compare.VolumeChange, By: exact.One}, {Kind: compare.LengthChange, By: exact.One}}, 12)
			if err != nil {
				t.Error(err)
				return
			}
			for i, s := range step.Costs {
				at := slices.IndexFunc(after.Offers, func(c compare.Cost) bool { return c.Offer == s.Offer })
				if want := after.Offers[at].Horizons[1].Total; s.Total != want || s.Offer != before.Offers[i].Offer {
					t.Errorf("%s costs %v, twice the calls of twice the length cost %v", s.Offer, s.Total, want)
				}
			}
			if step.Best != after.Recommendation.Offer {
				t.Errorf("best %s, want %s", step.Best, after.Recommendation.Offer)
			}
		})
	}
	many.Wait()
	one, err := cmp.Under([]compare.Change{change(t, "seats=+100%"), change(t, "seats=-50%"), change(t, "module=+none")}, 12, "seats")
	if err != nil || len(one.Costs) != 1 || !one.Costs[0].Change.IsZero() || len(one.Skipped) != 1 || one.Skipped[0].Why != "no_module" {
		t.Errorf("there and back, with a module nobody has: %+v, %v", one, err)
	}
}

func TestUnderRefuses(t *testing.T) {
	cmp, err := compare.New(compare.Input{Candidates: []compare.Candidate{candidate(seatPlan("seats", "30"))}})
	if err != nil {
		t.Fatal(err)
	}
	yearOf(10).give(t, cmp)
	if _, err := cmp.Under(nil, 12); fault.KindOf(err) != fault.Conflict {
		t.Errorf("before the answer: %v", err)
	}
	if _, err := cmp.Result(); err != nil {
		t.Fatal(err)
	}
	for name, ask := range map[string]func() error{
		"no months":    func() error { _, err := cmp.Under(nil, 0); return err },
		"many changes": func() error { _, err := cmp.Under(make([]compare.Change, 21), 12); return err },
		"far too much": func() error {
			_, err := cmp.Under([]compare.Change{{Kind: compare.VolumeChange, By: exact.Int(11)}}, 12)
			return err
		},
		"far too much together": func() error {
			tenfold := compare.Change{Kind: compare.SeatsChange, By: exact.Int(9)}
			_, err := cmp.Under([]compare.Change{tenfold, {Kind: compare.SeatsChange, By: num("-0.5")}, tenfold}, 12)
			return err
		},
		"unknown offers": func() error { _, err := cmp.Under(nil, 12, "none"); return err },
	} {
		if kind := fault.KindOf(ask()); kind != fault.Invalid && kind != fault.NotFound {
			t.Errorf("%s: %s", name, kind)
		}
	}
}

// A question asked again of the same usage has the answer a new comparison has.
func TestAgainIsANewComparison(t *testing.T) {
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 8))
		world := randomFacts(r, 3)
		if seed%2 == 0 {
			world.sessions, world.seats = nil, nil // seats are worked out, and differ by what is stated
		}
		in := compare.Input{Candidates: []compare.Candidate{randomPlan(r, "a"), randomPlan(r, "b")}, First: day("2026-01-01"), After: day("2026-04-01"), Replicates: 20}
		other := in
		budget := exact.Int(500)
		other.Seats, other.Budget, other.Months, other.Tax = 7, &budget, []int{2, 12}, compare.Inclusive
		first, err := compare.New(in)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := first.Again(other); fault.KindOf(err) != fault.Conflict {
			t.Errorf("again while gathering: %v", err)
		}
		fresh, err := compare.New(other)
		if err != nil {
			t.Fatal(err)
		}
		world.give(t, first)
		world.give(t, fresh)
		if _, err := first.Result(); err != nil {
			t.Fatal(err)
		}
		again, err := first.Again(other)
		if err != nil {
			t.Fatal(err)
		}
		got, want := resultText(t, again), resultText(t, fresh)
		if got != want {
			t.Errorf("seed %d: asked again\n%s\nasked anew\n%s", seed, got, want)
		}
		if resultText(t, first) != resultText(t, mustAgain(t, again, in)) {
			t.Errorf("seed %d: the way back gives another answer", seed)
		}
		other.After = day("2026-03-01")
		if _, err := first.Again(other); fault.KindOf(err) != fault.Conflict {
			t.Errorf("other months: %v", err)
		}
	}
}

func mustAgain(t *testing.T, c *compare.Comparison, in compare.Input) *compare.Comparison {
	t.Helper()
	out, err := c.Again(in)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func resultText(t *testing.T, c *compare.Comparison) string {
	t.Helper()
	r, err := c.Result()
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
