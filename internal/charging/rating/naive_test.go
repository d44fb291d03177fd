package rating_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
	"waihu/internal/usage"
)

// tariff is a price of calls as a person would write it down. It knows nothing
// of the engine: seconds are walked through, money is a big.Rat.
type tariff struct {
	first, next       int64
	fromZero          bool
	grace             int64
	subtract, add     bool
	minimum           int64
	connect           *big.Rat
	least, most       *big.Rat // nil: none
	perMinute         *big.Rat
	legs              int64
	decimals          int // of each call; -1: exact
	bands             []naiveBand
	perMinuteLandline *big.Rat // nil: all lines cost the same
}

type naiveBand struct {
	from, step int64
	perMinute  *big.Rat
}

// billed counts increments until the call is covered.
func (n *tariff) billed(talk int64) int64 {
	if talk == 0 {
		return 0
	}
	switch {
	case n.grace > 0 && n.add:
		talk += n.grace
	case n.grace > 0 && n.subtract:
		talk -= n.grace
	case n.grace > 0 && talk <= n.grace:
		talk = 0
	}
	if talk <= 0 {
		return 0
	}
	if talk < n.minimum {
		talk = n.minimum
	}
	billed := n.first
	if talk > n.first && n.fromZero {
		billed = 0
	}
	for billed < talk {
		billed += n.next
	}
	return billed
}

// cost is what one call costs.
func (n *tariff) cost(talk int64, landline bool) *big.Rat {
	price := n.perMinute
	if landline && n.perMinuteLandline != nil {
		price = n.perMinuteLandline
	}
	sum := new(big.Rat)
	switch {
	case len(n.bands) > 0:
		if talk == 0 {
			return sum
		}
		sum.Add(sum, n.connect)
		at := int64(0)
		for at < talk {
			b := n.bands[0]
			for _, c := range n.bands {
				if c.from <= at {
					b = c
				}
			}
			for range b.step { // a started step is charged whole
				sum.Add(sum, new(big.Rat).Quo(b.perMinute, big.NewRat(60, 1)))
			}
			at += b.step
		}
	default:
		billed := n.billed(talk)
		if billed == 0 {
			return sum
		}
		sum.Mul(price, big.NewRat(billed, 60))
		sum.Add(sum, n.connect)
		if n.most != nil && sum.Cmp(n.most) > 0 {
			sum.Set(n.most)
		}
		if n.least != nil && sum.Cmp(n.least) < 0 {
			sum.Set(n.least)
		}
	}
	if n.decimals >= 0 {
		sum.SetString(sum.FloatString(n.decimals)) // half away from zero
	}
	return sum.Mul(sum, big.NewRat(max(n.legs, 1), 1))
}

func toNumber(t *testing.T, r *big.Rat) exact.Number {
	t.Helper()
	var out exact.Number
	if err := out.UnmarshalJSON([]byte(`"` + r.RatString() + `"`)); err != nil {
		t.Fatal(err)
	}
	return out
}

// component is the same tariff in the plan language.
func (n *tariff) component(t *testing.T) catalog.Component {
	price := func(r *big.Rat) catalog.Price { return catalog.PriceOf(toNumber(t, r)) }
	out := catalog.Component{ID: "talk", Measure: catalog.TalkTime, Increment: catalog.Increment{First: int32(n.first), Next: int32(n.next)},
		ConnectFee: price(n.connect), Grace: span(n.grace), MinDuration: span(n.minimum)}
	if n.fromZero {
		out.Grid = catalog.MultipleFromZero
	}
	switch {
	case n.grace > 0 && n.add:
		out.GraceRule = catalog.AddGrace
	case n.grace > 0 && n.subtract:
		out.GraceRule = catalog.SubtractGrace
	}
	if n.least != nil {
		out.MinEach = toNumber(t, n.least)
	}
	if n.most != nil {
		out.MaxEach = toNumber(t, n.most)
	}
	if n.decimals >= 0 {
		out.RoundEach = &catalog.Rounding{Decimals: n.decimals}
	}
	switch {
	case len(n.bands) > 0:
		out.Increment = catalog.Increment{}
		row := catalog.RateRow{ID: "bands", Default: true, LegFactor: int(n.legs)}
		for _, b := range n.bands {
			row.Bands = append(row.Bands, catalog.Band{From: span(b.from), Step: span(b.step), UnitPrice: price(b.perMinute)})
		}
		out.Rates = []catalog.RateRow{row}
	case n.perMinuteLandline != nil || n.legs > 0:
		out.Rates = []catalog.RateRow{{ID: "all", Default: true, UnitPrice: price(n.perMinute), LegFactor: int(n.legs)}}
		if n.perMinuteLandline != nil {
			out.Rates = append(out.Rates, catalog.RateRow{ID: "landline", Match: catalog.Filter{Line: []usage.Line{usage.Landline}}, UnitPrice: price(n.perMinuteLandline), LegFactor: int(n.legs)})
		}
	default:
		out.UnitPrice = price(n.perMinute)
	}
	return out
}

func span(s int64) catalog.Duration { return catalog.Duration(time.Duration(s) * time.Second) }

// roll makes a tariff that the plan language allows.
func roll(rng *rand.Rand) *tariff {
	pick := func(of ...int64) int64 { return of[rng.IntN(len(of))] }
	n := &tariff{first: pick(1, 6, 30, 45, 60), next: pick(1, 6, 30, 60), fromZero: rng.IntN(3) == 0, decimals: -1,
		connect: big.NewRat(pick(0, 0, 35, 300), 1000), perMinute: big.NewRat(rng.Int64N(9999), 10000)}
	if rng.IntN(3) == 0 {
		n.decimals = rng.IntN(7)
	}
	if rng.IntN(3) == 0 { // bands stand alone, their bounds on the steps before
		step, bound := pick(1, 6, 30), int64(0)
		for range 1 + rng.IntN(3) {
			n.bands = append(n.bands, naiveBand{bound, step, big.NewRat(rng.Int64N(9999), 10000)})
			bound, step = bound+step*(1+rng.Int64N(20)), pick(1, 6, 30, 60)
		}
		n.fromZero = false
		n.legs = pick(0, 1, 2)
		return n
	}
	n.minimum = pick(0, 0, 20, 180)
	if n.grace = pick(0, 0, 2, 50); n.grace > 0 {
		n.subtract, n.add = rng.IntN(3) == 0, false
		n.add = !n.subtract && rng.IntN(2) == 0
	}
	if rng.IntN(3) == 0 {
		n.least = big.NewRat(1+rng.Int64N(500), 1000)
	}
	if rng.IntN(3) == 0 {
		n.most = big.NewRat(600+rng.Int64N(3000), 1000)
	}
	if rng.IntN(2) == 0 {
		n.perMinuteLandline = big.NewRat(rng.Int64N(9999), 10000)
	}
	n.legs = pick(0, 0, 1, 3)
	return n
}

// TestTalkTimeAgainstNaive: what the engine counts by rate and multiplies once
// is, to the last digit, what each call costs by itself.
func TestTalkTimeAgainstNaive(t *testing.T) {
	for seed := range uint64(400) {
		rng := rand.New(rand.NewPCG(seed, 23))
		n := roll(rng)
		w := newWorld(n.component(t))
		want := new(big.Rat)
		for i := range 40 {
			talk := rng.Int64N(400)
			if rng.IntN(4) == 0 {
				talk = rng.Int64N(4)
			}
			call := usage.Call{ID: fmt.Sprint(i), Line: usage.Mobile, Talk: time.Duration(talk) * time.Second}
			if rng.IntN(2) == 0 {
				call.Line = usage.Landline
			}
			if talk > 0 && rng.IntN(3) == 0 { // a part second is a whole one
				call.Talk -= time.Duration(rng.IntN(999)) * time.Millisecond
			}
			w.call(call)
			want.Add(want, n.cost(talk, call.Line == usage.Landline))
		}
		got := w.line(t, "talk").Exact
		if !got.Equal(toNumber(t, want)) {
			t.Fatalf("seed %d: the engine says %s, call by call it is %s\n%+v", seed, got, want.RatString(), n)
		}
	}
}
