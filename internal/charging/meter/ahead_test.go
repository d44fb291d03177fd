package meter_test

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/deck"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/usage"
)

// mixedTerms price by a deck large enough for calls to be gathered, some of
// whose prefixes are blocked, beside a row without a deck.
func mixedTerms(t testing.TB, rounding *catalog.Rounding) (*contract.Terms, []string) {
	t.Helper()
	terms, prefixes := deckTerms(t, 30_000)
	entries := []deck.Entry{{Rate: deck.Rate{Price: 9, Per: 60, First: 60, Next: 60}}} // every other number
	d := terms.Decks["d"]
	for i := range d.Len() {
		e := deck.Entry{Prefix: d.Prefix(deck.Index(i)), Rate: *d.Rate(deck.Index(i))}
		if i%50 == 0 {
			e.Rate = deck.Rate{Per: 60, First: 60, Next: 60, Status: deck.Blocked}
		}
		entries = append(entries, e)
	}
	d, problems := deck.Build(entries)
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	terms.Decks["d"] = d
	talk := &terms.Plan.Components[0]
	talk.Deck, talk.RoundEach = "", rounding
	talk.ConnectFee = catalog.Price{Number: exact.MustParse("0.02"), Set: true}
	talk.Rates = []catalog.RateRow{{ID: "deck", Default: true, Deck: "d", LegFactor: 2},
		{ID: "survey", Match: catalog.Filter{Purpose: []usage.Purpose{usage.Survey}}, UnitPrice: catalog.Price{Number: exact.One, Set: true}}}
	return terms, append(prefixes, "9990", "0", "1")
}

// TestGatheringChangesNothing compares meters that may gather calls, whole and
// in parts, with one that is asked about each call at once and so cannot.
func TestGatheringChangesNothing(t *testing.T) {
	for _, rounding := range []*catalog.Rounding{nil, {Decimals: 3}} {
		terms, prefixes := mixedTerms(t, rounding)
		calls := answered(terms, prefixes, 5000, seconds(0, 200))
		r := rand.New(rand.NewPCG(5, 6))
		for i := range calls {
			if r.IntN(5) == 0 {
				calls[i].Purpose = usage.Survey
			}
			if r.IntN(20) == 0 {
				calls[i].To = []string{"sip:somebody@a-name-that-is-long.example", "anonymous", ""}[r.IntN(3)]
			}
		}
		told := 0
		plain := meterOf(t, terms, meter.Options{Detail: func(*meter.Charged) { told++ }})
		countAll(plain, calls)
		want := finished(t, plain)
		if told < 4000 || len(want.Unpriced) != 2 {
			t.Fatalf("%d told, unpriced %v: the test does not test enough", told, want.Unpriced)
		}
		for _, cut := range []int{0, 1, 63, 64, 2500, 5000} {
			a, b := meterOf(t, terms, meter.Options{}), meterOf(t, terms, meter.Options{})
			countAll(a, calls[:cut])
			countAll(b, calls[cut:])
			if err := a.Merge(b); err != nil {
				t.Fatal(err)
			}
			if got := finished(t, a); !reflect.DeepEqual(got.Calls, want.Calls) || !reflect.DeepEqual(got.Unpriced, want.Unpriced) || got.Counts != want.Counts {
				t.Errorf("rounding %v, cut at %d: %v %v, want %v %v", rounding, cut, got.Counts, got.Unpriced, want.Counts, want.Unpriced)
			}
		}
	}
}

// TestTwoDecksNameACallOnce: a call that two components have no price for is one
// call without a price, gathered or not.
func TestTwoDecksNameACallOnce(t *testing.T) {
	terms, prefixes := deckTerms(t, 30_000)
	again := terms.Plan.Components[0]
	again.ID = "again"
	terms.Plan.Components = append(terms.Plan.Components, again)
	calls := answered(terms, append(prefixes[:10:10], "999", "0"), 300, seconds(0, 200))
	plain := meterOf(t, terms, meter.Options{Detail: func(*meter.Charged) {}})
	countAll(plain, calls)
	m := meterOf(t, terms, meter.Options{})
	countAll(m, calls)
	got, want := finished(t, m), finished(t, plain)
	if len(want.Unpriced) != 1 || len(want.Unpriced[0].Refused) != 2 || !reflect.DeepEqual(got.Unpriced, want.Unpriced) {
		t.Errorf("unpriced %+v, want %+v", got.Unpriced, want.Unpriced)
	}
}

func finished(t testing.TB, m *meter.Meter) *meter.Gathered {
	t.Helper()
	g, err := m.Finish()
	if err != nil {
		t.Fatal(err)
	}
	return g
}
