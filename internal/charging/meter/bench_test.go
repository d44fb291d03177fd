package meter_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/deck"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/usage"
)

// deckTerms are terms of March 2026 with one component of talk time, priced by
// a deck of so many prefixes: half of them exchanges of one country code.
func deckTerms(t testing.TB, prefixes int) (*contract.Terms, []string) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	var entries []deck.Entry
	var list []string
	seen := map[string]bool{}
	for len(entries) < prefixes { // bounded: there are 12 million prefixes to draw from
		p := fmt.Sprintf("1%06d", 200_000+r.IntN(700_000))
		if r.IntN(2) == 0 {
			p = fmt.Sprint(20+r.IntN(80)) + fmt.Sprint(r.IntN(100_000))
		}
		if seen[p] {
			continue
		}
		seen[p] = true
		rate := deck.Rate{Price: int64(1+r.IntN(3000)) * 100_000, Per: 60, First: 30, Next: 6, MaxCost: int64(r.IntN(2)) * 3 * deck.Nano}
		entries = append(entries, deck.Entry{Prefix: p, Name: "destination", Rate: rate})
		list = append(list, p)
	}
	d, problems := deck.Build(entries)
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	terms := callTerms(t, catalog.Component{ID: "talk", Measure: catalog.TalkTime, Deck: "d"})
	terms.Decks = map[string]*deck.Deck{"d": d}
	return terms, list
}

// callTerms are terms of March 2026 with some components.
func callTerms(t testing.TB, components ...catalog.Component) *contract.Terms {
	terms := termsFor(t, "2026-03", "Asia/Shanghai")
	terms.Plan = &catalog.Plan{ID: "bench", Home: "CN", Components: components}
	return terms
}

// answered are answered calls to numbers below the prefixes, 11 to 13 digits
// long, over the whole month.
func answered(terms *contract.Terms, prefixes []string, count int, talk func(*rand.Rand) time.Duration) []usage.Call {
	r := rand.New(rand.NewPCG(3, 4))
	out := make([]usage.Call, count)
	for i := range out {
		to := prefixes[r.IntN(len(prefixes))]
		for n := 11 + r.IntN(3); len(to) < n; {
			to += string(rune('0' + r.IntN(10)))
		}
		start := terms.Period.From.Add(time.Duration(i) * 2 * time.Second)
		length := talk(r)
		out[i] = usage.Call{ID: fmt.Sprint(i), Source: "bench", Direction: usage.Outbound, Result: usage.Answered, From: "8001", To: "+" + to,
			Start: start, Answer: start.Add(5 * time.Second), End: start.Add(5*time.Second + length), Total: 5*time.Second + length, Talk: length}
	}
	return out
}

func seconds(least, most int) func(*rand.Rand) time.Duration {
	return func(r *rand.Rand) time.Duration { return time.Duration(least+r.IntN(most-least+1)) * time.Second }
}

func meterOf(t testing.TB, terms *contract.Terms, o meter.Options) *meter.Meter {
	t.Helper()
	m, err := meter.New(terms, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// plainComponent is a price a minute in steps of six seconds.
func plainComponent() catalog.Component {
	return catalog.Component{ID: "talk", Measure: catalog.TalkTime, UnitPrice: catalog.Price{Number: exact.MustParse("0.15"), Set: true},
		Increment: catalog.Increment{First: 6, Next: 6}}
}

// callTypes is a matrix of call types with a price for the evening.
func callTypes(t testing.TB) *contract.Terms {
	price := func(s string) catalog.Price { return catalog.Price{Number: exact.MustParse(s), Set: true} }
	terms := callTerms(t, catalog.Component{ID: "talk", Measure: catalog.TalkTime, Rates: []catalog.RateRow{
		{ID: "mobile", Match: catalog.Filter{Line: []usage.Line{usage.Mobile}}, UnitPrice: price("0.2")},
		{ID: "abroad", Match: catalog.Filter{Reach: []usage.Reach{usage.International}}, UnitPrice: price("1.1")},
		{ID: "evening", Match: catalog.Filter{Schedule: []string{"evening"}, Direction: []usage.Direction{usage.Outbound}}, UnitPrice: price("0.08")},
		{ID: "default", Default: true, UnitPrice: price("0.1")},
	}})
	terms.Plan.Schedules = []catalog.Schedule{{ID: "evening", Windows: []catalog.Window{{From: catalog.Clock{Minute: 18 * 60, Set: true}}}}}
	return terms
}

// TestCallDoesNotAllocate holds the paths that millions of calls take to no
// allocation at all, priced or not.
func TestCallDoesNotAllocate(t *testing.T) {
	byDeck, prefixes := deckTerms(t, 2000)
	large, _ := deckTerms(t, 30_000)
	rounded, _ := deckTerms(t, 30_000)
	rounded.Plan.Components[0].RoundEach = &catalog.Rounding{Decimals: 4}
	events := callTerms(t, catalog.Component{ID: "calls", Measure: catalog.Calls, UnitPrice: catalog.Price{Number: exact.One, Set: true}})
	for _, c := range []struct {
		name    string
		terms   *contract.Terms
		numbers []string
		options meter.Options
	}{
		{"plain", callTerms(t, plainComponent()), prefixes, meter.Options{}},
		{"deck", byDeck, prefixes, meter.Options{}},
		{"large deck", large, prefixes, meter.Options{}},
		{"large deck, each call rounded", rounded, prefixes, meter.Options{}},
		{"deck, evidence", byDeck, prefixes, meter.Options{Evidence: true}},
		{"no prefix", byDeck, []string{"9990"}, meter.Options{}},
		{"no prefix of a large deck", large, []string{"9990"}, meter.Options{}},
		{"call types and hours", callTypes(t), prefixes, meter.Options{}},
		{"each call", events, prefixes, meter.Options{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			calls := answered(c.terms, c.numbers, 500, seconds(1, 200))
			m := meterOf(t, c.terms, c.options)
			count := func() {
				for i := range calls {
					if err := m.Call(&calls[i]); err != nil {
						t.Fatal(err)
					}
				}
			}
			count() // the first of each day, each reason and each example may
			if n := testing.AllocsPerRun(5, count); n != 0 {
				t.Errorf("%v allocations in %d calls", n, len(calls))
			}
		})
	}
}

func BenchmarkCall(b *testing.B) {
	byDeck, prefixes := deckTerms(b, 200_000)
	rounded, _ := deckTerms(b, 200_000)
	rounded.Plan.Components[0].RoundEach = &catalog.Rounding{Decimals: 4}
	for _, c := range []struct {
		name    string
		terms   *contract.Terms
		talk    func(*rand.Rand) time.Duration
		options meter.Options
	}{
		{"plain", callTerms(b, plainComponent()), seconds(1, 200), meter.Options{}},
		{"deck200k/mixed", byDeck, seconds(1, 200), meter.Options{}},
		{"deck200k/1s", byDeck, seconds(1, 1), meter.Options{}},
		{"deck200k/3600s", byDeck, seconds(3600, 3600), meter.Options{}},
		{"deck200k/rounded", rounded, seconds(1, 200), meter.Options{}},
		{"deck200k/evidence", byDeck, seconds(1, 200), meter.Options{Evidence: true}},
		{"calltypes", callTypes(b), seconds(1, 200), meter.Options{}},
	} {
		b.Run(c.name, func(b *testing.B) {
			calls := answered(c.terms, prefixes, 1<<18, c.talk)
			m := meterOf(b, c.terms, c.options)
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				if err := m.Call(&calls[i&(1<<18-1)]); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mcalls/s")
		})
	}
}

// BenchmarkTwoMeters counts halves of the calls on two goroutines and merges.
func BenchmarkTwoMeters(b *testing.B) {
	terms, prefixes := deckTerms(b, 200_000)
	calls := answered(terms, prefixes, 1<<19, seconds(1, 200))
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprint(workers), func(b *testing.B) {
			for b.Loop() {
				meters := make([]*meter.Meter, workers)
				var wait sync.WaitGroup
				for w := range meters {
					meters[w] = meterOf(b, terms, meter.Options{})
					part := calls[len(calls)*w/workers : len(calls)*(w+1)/workers]
					wait.Go(func() { countAll(meters[w], part) })
				}
				wait.Wait()
				for _, m := range meters[1:] {
					if err := meters[0].Merge(m); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(len(calls))*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mcalls/s")
		})
	}
}

func countAll(m *meter.Meter, calls []usage.Call) {
	for i := range calls {
		_ = m.Call(&calls[i]) // a Meter gives no error for a call
	}
}
