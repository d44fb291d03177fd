package cheapest_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/cheapest"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// instance is a small problem: offers, months, and what there is to choose.
type instance struct {
	offers []cheapest.Offer
	months []cheapest.Month
	facts  [][]usage.Call // by month; the campaign is the segment
	need   cheapest.Need
}

func price(s string) catalog.Price { return catalog.PriceOf(exact.MustParse(s)) }

func cents(n int64) catalog.Price { return catalog.PriceOf(exact.Scaled(n, 2)) }

// calls makes the calls of a month.
func calls(r *rand.Rand, first timex.Date, n int) []usage.Call {
	var out []usage.Call
	for i := range n {
		at := first.Start(time.UTC).Add(time.Duration(r.Int64N(27*86400)) * time.Second)
		talk := time.Duration(1+r.IntN(400)) * time.Second
		line := usage.Mobile
		if r.IntN(3) == 0 {
			line = usage.Landline
		}
		out = append(out, usage.Call{ID: fmt.Sprint(first, i), Source: "t", Direction: usage.Outbound, Result: usage.Answered, Line: line, Reach: usage.Local,
			To: "13800138000", Agent: fmt.Sprint("a", r.IntN(4)), Campaign: fmt.Sprint(r.IntN(2)), Start: at, Answer: at, End: at.Add(talk), Total: talk, Talk: talk})
	}
	return out
}

func month(first timex.Date, facts []usage.Call) cheapest.Month {
	return cheapest.Month{First: first, After: first.AddMonths(1), Facts: func(segments []int, sink usage.Sink) error {
		for i := range facts {
			if len(segments) > 0 && !slices.ContainsFunc(segments, func(s int) bool { return facts[i].Campaign == fmt.Sprint(s) }) {
				continue
			}
			if err := sink.Call(&facts[i]); err != nil {
				return err
			}
		}
		return nil
	}}
}

// randomPlan has seats by tiers, two ways to charge talk, a package, sometimes
// things that look at several lines.
func randomPlan(r *rand.Rand, id string) *catalog.Plan {
	modes := []catalog.TierMode{catalog.Volume, catalog.Graduated}
	bound := exact.Int(int64(3 + r.IntN(3)))
	p := &catalog.Plan{ID: id, Version: 1, Currency: money.MustCurrency("CNY"), Zone: "UTC", Home: "CN", Unmetered: []string{"sessions"}, Components: []catalog.Component{
		{ID: "seats", Measure: catalog.Recurring, Quantity: exact.Int(3), Tiers: &catalog.Tiers{Mode: modes[r.IntN(2)], Rows: []catalog.Tier{{UpTo: &bound, UnitPrice: cents(int64(500 + r.IntN(1000)))}, {UnitPrice: cents(int64(300 + r.IntN(500)))}}}},
		{ID: "talk", Measure: catalog.TalkTime, UnitPrice: cents(int64(10 + r.IntN(20))), Increment: catalog.Increment{First: 60, Next: 60}},
		{ID: "support", Measure: catalog.Recurring, UnitPrice: cents(int64(r.IntN(1000))), PerSeatOf: "seats"},
	}}
	if r.IntN(2) == 0 {
		p.Components[1].Rates = []catalog.RateRow{{ID: "mobile", Match: catalog.Filter{Line: []usage.Line{usage.Mobile}}, UnitPrice: cents(int64(10 + r.IntN(20)))}, {ID: "other", Default: true, UnitPrice: cents(15)}}
		p.Components[1].UnitPrice = catalog.Price{}
	}
	if r.IntN(3) == 0 {
		p.Components[1].Included = &catalog.Included{Quantity: exact.Int(int64(5 + r.IntN(30))), Per: catalog.PerSeatCount, SeatsOf: "seats"}
	}
	switch r.IntN(6) {
	case 0:
		p.Minimums = []catalog.Limit{{ID: "least", Amount: exact.Int(int64(20 + r.IntN(60)))}}
	case 1:
		p.Maximums = []catalog.Limit{{ID: "most", Amount: exact.Int(int64(20 + r.IntN(60)))}}
	case 2:
		p.Discounts = []catalog.Discount{{ID: "off", Amount: exact.Int(10)}}
	case 3:
		share := catalog.Percent{Number: exact.Frac(1, 10)}
		p.Discounts = []catalog.Discount{{ID: "off", Percent: &share}}
	case 4:
		p.Tax = catalog.Tax{Prices: catalog.TaxInclusive, Default: "t", Classes: []catalog.TaxClass{{ID: "t", Rates: []catalog.TaxRate{{Rate: catalog.Percent{Number: exact.Frac(6, 100)}}}}}}
	}
	return p
}

// favours makes a plan that is cheap for one campaign and dear for the others.
func favours(p *catalog.Plan, campaign string) {
	p.Components[0].Tiers = &catalog.Tiers{Mode: catalog.Graduated, Rows: []catalog.Tier{{UnitPrice: cents(10)}}}
	p.Components[1].UnitPrice, p.Components[1].Included = catalog.Price{}, nil
	p.Components[1].Rates = []catalog.RateRow{{ID: "own", Match: catalog.Filter{Campaign: []string{campaign}}, UnitPrice: cents(5)}, {ID: "other", Default: true, UnitPrice: cents(50)}}
	p.Components[2].UnitPrice = cents(10)
	p.Minimums, p.Maximums, p.Discounts = nil, nil, nil
}

// randomChoices are seats to buy, a package to take, a method, a least quantity.
func randomChoices(r *rand.Rand, p *catalog.Plan) []cheapest.Choice {
	seats := cheapest.Choice{ID: "seats"}
	for n := 3; n < 7; n++ {
		seats.Options = append(seats.Options, cheapest.Option{ID: fmt.Sprint(n), Quantities: map[string]exact.Number{"seats": exact.Int(int64(n))}})
	}
	pack := cheapest.Choice{ID: "pack", Options: []cheapest.Option{{ID: "none"}}}
	for _, size := range []int64{60, 200} {
		quantity := catalog.Included{Quantity: exact.Int(size)}
		if size == 200 && r.IntN(2) == 0 {
			quantity.Rollover = &catalog.Rollover{Periods: 1}
		}
		fee := catalog.Component{ID: "pack-fee", Measure: catalog.Recurring, UnitPrice: cents(size * int64(5+r.IntN(15)))}
		if size == 60 && r.IntN(2) == 0 { // a prepaid block: paid once, used up over two months
			fee.Measure = catalog.OneOff
			quantity.From, quantity.To = timex.MustDate("2026-01-01"), timex.MustDate("2026-03-01")
		}
		pack.Options = append(pack.Options, cheapest.Option{ID: fmt.Sprint(size),
			Adds:     []catalog.Component{fee},
			Packages: []catalog.Package{{ID: "pack", AppliesTo: []string{"talk"}, Included: quantity}}})
	}
	out := []cheapest.Choice{seats, pack}
	if r.IntN(2) == 0 {
		out = append(out, cheapest.Choice{ID: "set-up", Options: []cheapest.Option{{ID: "no"}, {ID: "yes", Adds: []catalog.Component{{ID: "set-up", Measure: catalog.OneOff, UnitPrice: cents(int64(500 + r.IntN(3000)))}},
			Prices: map[string]contract.Override{"support": {UnitPrice: cents(int64(r.IntN(300)))}}}}})
	}
	if r.IntN(2) == 0 {
		six := catalog.Component{ID: "talk-six", Measure: catalog.TalkTime, UnitPrice: cents(int64(15 + r.IntN(20))), Increment: catalog.Increment{First: 6, Next: 6}}
		out = append(out, cheapest.Choice{ID: "method", Options: []cheapest.Option{{ID: "minute"}, {ID: "six", Without: []string{"talk"}, Adds: []catalog.Component{six}}, {ID: "neither", Without: []string{"talk"}}}})
	}
	if r.IntN(3) == 0 {
		out = append(out, cheapest.Choice{ID: "commit", Options: []cheapest.Option{{ID: "no"}, {ID: "hundred", Commits: map[string]exact.Number{"talk": exact.Int(100)}}}})
	}
	return out
}

func randomInstance(seed uint64) *instance {
	r := rand.New(rand.NewPCG(seed, 1))
	in := &instance{}
	first := timex.MustDate("2026-01-01")
	for i := range 1 + r.IntN(2) {
		facts := calls(r, first.AddMonths(i), r.IntN(40))
		in.facts = append(in.facts, facts)
		in.months = append(in.months, month(first.AddMonths(i), facts))
	}
	for i := range 1 + r.IntN(2) {
		p := randomPlan(r, fmt.Sprint("plan", i))
		in.offers = append(in.offers, cheapest.Offer{ID: p.ID, Plan: p, Choices: randomChoices(r, p)})
	}
	in.need.Tax = r.IntN(4) == 0
	return in
}

// totalOf bills a mix from the calls themselves, month by month, with nothing
// remembered: the oracle. ok is false for what cannot be had.
func (in *instance) totalOf(t testing.TB, o *cheapest.Offer, mix []int, segments []int) (total exact.Number, ok bool) {
	t.Helper()
	p := *o.Plan
	p.Components = slices.Clone(p.Components)
	quantities := maps.Clone(o.Quantities)
	if quantities == nil {
		quantities = map[string]exact.Number{}
	}
	for i, taken := range mix {
		opt := o.Choices[i].Options[taken]
		maps.Copy(quantities, opt.Quantities)
		for c := range p.Components {
			if n, ok := opt.Commits[p.Components[c].ID]; ok {
				p.Components[c].Commitment = n
			}
			if over, ok := opt.Prices[p.Components[c].ID]; ok {
				p.Components[c].UnitPrice = over.UnitPrice
			}
		}
		p.Components = append(p.Components, opt.Adds...)
		p.Packages = append(slices.Clone(p.Packages), opt.Packages...)
		for _, gone := range opt.Without {
			p.Components = slices.DeleteFunc(p.Components, func(c catalog.Component) bool { return c.ID == gone })
			p.Packages = slices.DeleteFunc(p.Packages, func(k catalog.Package) bool { return k.AppliesTo[0] == gone })
		}
	}
	if p.Validate().Err() != nil {
		return total, false // the options contradict the plan
	}
	var opening []contract.Opening
	for i, m := range in.months {
		terms, problems := contract.TermsFor(contract.Inputs{Plan: &p, First: m.First, After: m.After, Opening: opening,
			Stated: contract.Stated{Start: in.months[0].First, Quantities: quantities}})
		if problems.Err() != nil {
			t.Fatal(problems)
		}
		me, err := meter.New(terms, meter.Options{Evidence: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := in.months[i].Facts(segments, me); err != nil {
			t.Fatal(err)
		}
		g, err := me.Finish()
		if err != nil {
			t.Fatal(err)
		}
		inv, err := invoice.Draft(g, invoice.Heading{})
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range inv.Unpriced {
			if u.Facts == "calls" {
				return total, false
			}
		}
		opening = nil
		for _, c := range inv.Carry {
			opening = append(opening, contract.Opening{Package: c.Package, Seat: c.Seat, Granted: c.Granted, Expires: c.Expires, Left: c.Left})
		}
		if in.need.Tax {
			total = total.Add(inv.Total.Exact())
		} else {
			total = total.Add(inv.Net.Exact())
		}
	}
	return total, true
}

// leastOf tries every mix of an offer.
func (in *instance) leastOf(t testing.TB, o *cheapest.Offer, segments []int) (least exact.Number, ok bool) {
	t.Helper()
	mix := make([]int, len(o.Choices))
	for {
		if total, can := in.totalOf(t, o, mix, segments); can && (!ok || total.Less(least)) {
			least, ok = total, true
		}
		i := 0
		for ; i < len(mix); i++ {
			if mix[i]++; mix[i] < len(o.Choices[i].Options) {
				break
			}
			mix[i] = 0
		}
		if i == len(mix) {
			return least, ok
		}
	}
}

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 2)) }
