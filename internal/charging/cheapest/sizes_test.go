package cheapest_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/cheapest"
	"waihu/internal/exact"
	"waihu/internal/timex"
)

// sized is a random plan with packages that come in sizes; the price of a size
// need not rise with it.
func sized(r *rand.Rand) *catalog.Plan {
	p := randomPlan(r, "sized")
	for i := range 1 + r.IntN(2) {
		fee := fmt.Sprint("fee", i)
		pk := catalog.Package{ID: fmt.Sprint("pack", i), AppliesTo: []string{"talk"}, ChargedBy: fee}
		for k, n := range []int64{10, 50, 120, 400}[:2+r.IntN(3)] {
			pk.Sizes = append(pk.Sizes, catalog.Size{ID: fmt.Sprint("s", k), Quantity: exact.Int(n), Price: cents(int64(r.IntN(4000)))})
		}
		own := pk.Sizes[r.IntN(len(pk.Sizes))]
		pk.Quantity = own.Quantity
		p.Components = append(p.Components, catalog.Component{ID: fee, Measure: catalog.Recurring, UnitPrice: own.Price})
		p.Packages = append(p.Packages, pk)
	}
	return p
}

// The size found is never dearer than any size there is, billed by itself.
func TestSizesAgainstEveryOther(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 21))
		in := &instance{}
		first := timex.MustDate("2026-01-01")
		for i := range 1 + r.IntN(2) {
			facts := calls(r, first.AddMonths(i), r.IntN(60))
			in.facts = append(in.facts, facts)
			in.months = append(in.months, month(first.AddMonths(i), facts))
		}
		p := sized(r)
		if err := p.Validate().Err(); err != nil {
			t.Fatal(err)
		}
		o := cheapest.Offer{ID: "sized", Plan: p}
		for _, c := range cheapest.Menu(p, 3) {
			if c.ID != "seats" {
				o.Choices = append(o.Choices, c)
			}
		}
		if len(o.Choices) != len(p.Packages) {
			t.Fatalf("seed %d: %d choices for %d packages", seed, len(o.Choices), len(p.Packages))
		}
		found, err := cheapest.Search([]cheapest.Offer{o}, in.months, in.need)
		if err != nil {
			t.Fatal(err)
		}
		var least exact.Number
		for n, m := range everyMix(&o) {
			plan := *p
			plan.Components, plan.Packages = append([]catalog.Component(nil), p.Components...), append([]catalog.Package(nil), p.Packages...)
			picked := map[string]string{}
			for i, c := range o.Choices {
				for _, s := range p.Packages[i].Sizes {
					if s.Quantity.String() == c.Options[m[i]].ID {
						picked[c.ID] = s.ID
					}
				}
			}
			plan.Take(picked) // as a contract takes it, not as the menu does
			bare := cheapest.Offer{ID: "one", Plan: &plan}
			total, ok := in.totalOf(t, &bare, nil, nil)
			if !ok {
				t.Fatalf("seed %d: a size cannot be had", seed)
			}
			if n == 0 || total.Less(least) {
				least = total
			}
		}
		if got := found.Offers[0]; !got.Proven || !got.Total.Equal(least) {
			t.Errorf("seed %d: found %s (proven %v), the least of all sizes is %s", seed, got.Total, got.Proven, least)
		}
	}
}

// The size a plan has costs what it has been agreed to cost, whatever the list says.
func TestAgreedPriceOfASize(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 21))
		in := &instance{}
		first := timex.MustDate("2026-01-01")
		facts := calls(r, first, 20)
		in.facts, in.months = append(in.facts, facts), append(in.months, month(first, facts))
		p := sized(r)
		for i := range p.Packages {
			c, _ := p.Component(p.Packages[i].ChargedBy)
			c.UnitPrice = cents(1)
		}
		o := cheapest.Offer{ID: "sized", Plan: p}
		for _, c := range cheapest.Menu(p, 3) {
			if c.ID != "seats" {
				c.Options = c.Options[:1]
				o.Choices = append(o.Choices, c)
			}
		}
		found, err := cheapest.Search([]cheapest.Offer{o}, in.months, in.need)
		if err != nil {
			t.Fatal(err)
		}
		bare := cheapest.Offer{ID: "one", Plan: p}
		if want, ok := in.totalOf(t, &bare, nil, nil); !ok || !found.Offers[0].Total.Equal(want) {
			t.Errorf("seed %d: %s as it is, %s was found for it", seed, want, found.Offers[0].Total)
		}
	}
}

// everyMix lists all mixes of an offer.
func everyMix(o *cheapest.Offer) (out [][]int) {
	out = [][]int{{}}
	for _, c := range o.Choices {
		var next [][]int
		for _, m := range out {
			for i := range c.Options {
				next = append(next, append(append([]int(nil), m...), i))
			}
		}
		out = next
	}
	return out
}
