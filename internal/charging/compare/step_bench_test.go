package compare_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"waihu/internal/charging/compare"
	"waihu/internal/exact"
)

// BenchmarkUnder is a position of the sliders for eight offers under a million
// calls of a year.
func BenchmarkUnder(b *testing.B) {
	var offers []compare.Candidate
	for i, increment := range []string{"60/60", "30/6", "6/6", "1/1", "60/30", "15/15"} {
		offers = append(offers, candidate(minutePlan(fmt.Sprint("minutes", i), "0.1", increment)))
	}
	offers = append(offers, candidate(seatPlan("seats", "30")), candidate(seatPlan("dear", "90")))
	c, err := compare.New(compare.Input{Candidates: offers, Only: []compare.Answer{compare.AnswerRounding}})
	if err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	one := &facts{}
	one.talked(day("2026-01-01").Start(time.UTC), 60)
	call := one.calls[0]
	for i := range 1_000_000 {
		call.Start = day("2026-01-01").Start(time.UTC).Add(time.Duration(i) * 31 * time.Second)
		call.Answer, call.Talk, call.Agent = call.Start, time.Duration(1+r.IntN(900))*time.Second, string(rune('a'+i%40))
		if err := c.Call(&call); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := c.Result(); err != nil {
		b.Fatal(err)
	}
	for name, changes := range map[string][]compare.Change{
		"volume": {{Kind: compare.VolumeChange, By: exact.Frac(1, 5)}},
		"all":    {{Kind: compare.VolumeChange, By: exact.Frac(1, 5)}, {Kind: compare.LengthChange, By: exact.Frac(1, 10)}, {Kind: compare.SeatsChange, By: exact.Frac(1, 4)}},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := c.Under(changes, 12); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
