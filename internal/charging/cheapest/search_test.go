package cheapest_test

import (
	"slices"
	"strings"
	"testing"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/cheapest"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/timex"
)

// TestNeverDearerThanAnyMix holds the search to an oracle that bills every mix
// from the calls themselves.
func TestNeverDearerThanAnyMix(t *testing.T) {
	apart, several := 0, 0
	for seed := range uint64(16) {
		in := randomInstance(seed)
		got, err := cheapest.Search(in.offers, in.months, in.need)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for i := range in.offers {
			o := &in.offers[i]
			least, ok := in.leastOf(t, o, nil)
			at := slices.IndexFunc(got.Offers, func(f cheapest.Found) bool { return f.Offer == o.ID })
			if ok != (at >= 0) {
				t.Fatalf("seed %d, %s: found %v, there is one: %v", seed, o.ID, at >= 0, ok)
			}
			if at < 0 {
				continue
			}
			f := got.Offers[at]
			if !f.Proven || !f.Total.Equal(least) {
				t.Errorf("seed %d, %s: %s, every mix tried: %s (%+v)", seed, o.ID, f.Total, least, f.Mix)
			}
			mix := make([]int, len(o.Choices))
			for c, p := range f.Mix {
				mix[c] = slices.IndexFunc(o.Choices[c].Options, func(x cheapest.Option) bool { return x.ID == p.Option })
			}
			if total, can := in.totalOf(t, o, mix, nil); !can || !total.Equal(f.Total.Number) {
				t.Errorf("seed %d, %s: the mix %v costs %s, said %s", seed, o.ID, f.Mix, total, f.Total)
			}
			for m := range f.Monthly {
				if f.Floor != nil && f.Monthly[m].Less(f.Floor[m].Number) {
					t.Errorf("seed %d, %s: month %d costs %s, below its floor %s", seed, o.ID, m, f.Monthly[m], f.Floor[m])
				}
			}
			if f.Apart > 1 {
				apart++
			} else {
				several++
			}
		}
	}
	if apart < 3 || several < 3 {
		t.Errorf("%d offers were searched apart, %d as a whole: the instances do not test both", apart, several)
	}
}

// TestPartsToDifferentOffers gives two campaigns to two offers in every way.
func TestPartsToDifferentOffers(t *testing.T) {
	mixed := 0
	for seed := range uint64(6) {
		in := randomInstance(1000 + seed)
		in.need.Segments = 2
		if seed%2 == 0 && len(in.offers) == 2 {
			favours(in.offers[0].Plan, "0")
			favours(in.offers[1].Plan, "1")
		}
		got, err := cheapest.Search(in.offers, in.months, in.need)
		if err != nil {
			t.Fatal(err)
		}
		least, ok := exact.Zero, false
		take := func(n exact.Number, can bool) {
			if can && (!ok || n.Less(least)) {
				least, ok = n, true
			}
		}
		for i := range in.offers {
			take(in.leastOf(t, &in.offers[i], nil))
			for j := range in.offers {
				if i == j {
					continue
				}
				a, canA := in.leastOf(t, &in.offers[i], []int{0})
				b, canB := in.leastOf(t, &in.offers[j], []int{1})
				take(a.Add(b), canA && canB)
			}
		}
		if ok != (len(got.Best) > 0) || ok && !got.Total.Equal(least) {
			t.Errorf("seed %d: %s, every way tried: %s", seed, got.Total, least)
		}
		if len(got.Best) > 1 {
			mixed++
		}
		for _, r := range got.Regrets {
			if r.Over.Sign() < 0 || r.Most.Sign() < 0 || r.Most.Less(r.Mean.Number) {
				t.Errorf("seed %d: %+v", seed, r)
			}
		}
	}
	if mixed == 0 {
		t.Error("no instance was cheapest with two offers: nothing was tested")
	}
}

// TestTheBoundIsSaid: a search that is cut short does not call its answer proven.
func TestTheBoundIsSaid(t *testing.T) {
	in := randomInstance(3)
	in.need.Bills = 2
	got, err := cheapest.Search(in.offers, in.months, in.need)
	if err != nil {
		t.Fatal(err)
	}
	if got.Proven || len(got.Offers) == 0 || got.Offers[0].Proven {
		t.Errorf("%+v", got)
	}
}

func TestPruningLooksAtLess(t *testing.T) {
	in := randomInstance(3)
	o := &in.offers[0]
	o.Plan.Minimums, o.Plan.Maximums, o.Plan.Discounts, o.Plan.Tax = nil, nil, nil, catalog.Tax{}
	seats := cheapest.Choice{ID: "seats"}
	for n := 3; n < 200; n++ {
		seats.Options = append(seats.Options, cheapest.Option{ID: exact.Int(int64(n)).String(), Quantities: map[string]exact.Number{"seats": exact.Int(int64(n))}})
	}
	o.Choices[0] = seats
	in.need.Tax = false
	got, err := cheapest.Search(in.offers[:1], in.months, in.need)
	if err != nil {
		t.Fatal(err)
	}
	f := got.Offers[0]
	if !f.Proven || int64(f.Rated) >= f.Mixes*int64(len(in.months)) {
		t.Errorf("%d bills rated for %d mixes of %d months", f.Rated, f.Mixes, len(in.months))
	}
}

func TestRefusals(t *testing.T) {
	in := randomInstance(5)
	in.offers = in.offers[:1]
	o := &in.offers[0]
	o.Choices = nil
	in.need.Modules = []string{"recording"}
	got, err := cheapest.Search(in.offers, in.months, in.need)
	if err != nil || len(got.Offers) != 0 || got.Refused[0].Reason != cheapest.ReasonModule || got.Proven {
		t.Errorf("%+v, %v", got, err)
	}
	o.Has = []string{"recording"}
	if got, err = cheapest.Search(in.offers, in.months, in.need); err != nil || len(got.Offers) != 1 {
		t.Errorf("a module that is part of the offer: %+v, %v", got, err)
	}
	o.Plan.Components[2].UnitPrice = catalog.Price{Set: true, Unknown: true}
	if got, err = cheapest.Search(in.offers, in.months, in.need); err != nil || len(got.Offers) != 0 || got.Refused[0].Reason != cheapest.ReasonUnknown {
		t.Errorf("an unknown price made a total: %+v, %v", got, err)
	}
	in.facts[0] = calls(newRand(1), timex.MustDate("2026-01-01"), 3)
	in.months[0] = month(timex.MustDate("2026-01-01"), in.facts[0])
	o.Plan.Components = o.Plan.Components[:1]
	if got, err = cheapest.Search(in.offers, in.months, in.need); err != nil || len(got.Offers) != 0 || got.Refused[0].Reason != cheapest.ReasonUnpriced {
		t.Errorf("calls nobody prices made a total: %+v, %v", got, err)
	}
	for says, bad := range map[string]func() error{
		"give 1 to 64":   func() error { _, err := cheapest.Search(nil, in.months, in.need); return err },
		"give 1 to 3660": func() error { _, err := cheapest.Search(in.offers, nil, in.need); return err },
		"at most 4":      func() error { _, err := cheapest.Search(in.offers, in.months, cheapest.Need{Segments: 5}); return err },
		"0 options": func() error {
			_, err := cheapest.Search([]cheapest.Offer{{ID: "x", Plan: o.Plan, Choices: []cheapest.Choice{{ID: "c"}}}}, in.months, in.need)
			return err
		},
	} {
		if err := bad(); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
}
