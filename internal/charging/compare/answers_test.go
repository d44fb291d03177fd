package compare_test

import (
	"strings"
	"testing"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/compare"
	"waihu/internal/charging/offer"
	"waihu/internal/exact"
	"waihu/internal/money"
	"waihu/internal/usage"
)

// yearOf is a year of calls, more in some months than in others, by three people.
func yearOf(perMonth ...int) *facts {
	f := &facts{}
	for m, n := range perMonth {
		from := day("2026-01-01").AddMonths(m).Start(time.UTC).Add(9 * time.Hour)
		before := len(f.calls)
		f.talked(from, repeat(60, n)...)
		for i := before; i < len(f.calls); i++ {
			f.calls[i].Agent = string(rune('a' + i%3))
			f.calls[i].To = "1380013" + string(rune('0'+i%10)) + string(rune('0'+i/10%10)) + string(rune('0'+i/100%10))
		}
	}
	return f
}

var wavy = []int{100, 200, 300, 400, 300, 200, 100, 200, 300, 400, 300, 200}

// Volume, length and connect rate are changes of the calls themselves, billed
// like any calls: a minute plan follows them, a seat plan does not.
func TestWhatIf(t *testing.T) {
	f := yearOf(wavy...)
	for i := range 1000 { // attempts that failed: the connect rate is three in four
		f.talked(day("2026-03-02").Start(time.UTC).Add(time.Duration(i)*time.Minute), 0)
	}
	cmp, err := compare.New(compare.Input{Candidates: []compare.Candidate{candidate(minutePlan("minutes", "0.1", "60/60")), candidate(seatPlan("seats", "30"))}})
	if err != nil {
		t.Fatal(err)
	}
	f.give(t, cmp)
	for change, want := range map[string][2]string{ // 3,000 calls of a minute; three people
		"volume=+0%":       {"300.00", "1080.00"},
		"volume=-50%":      {"150.00", "1080.00"},
		"volume=+100%":     {"600.00", "1080.00"},
		"length=+50%":      {"600.00", "1080.00"}, // 90 seconds are two minutes
		"length=-50%":      {"300.00", "1080.00"}, // 30 seconds are one
		"answer_rate=+10%": {"340.00", "1080.00"}, // 400 more of 4,000 are answered
		"seats=-34%":       {"300.00", "720.00"},
		"seats=+100%":      {"300.00", "2160.00"},
	} {
		ch, err := compare.ParseChange(change)
		if err != nil {
			t.Fatal(err)
		}
		for i, id := range []string{"minutes", "seats"} {
			got, note, err := cmp.WhatIf(id, ch, 12)
			if err != nil || note != "" || got.Low.Decimal() != want[i] {
				t.Errorf("%s: %s costs %s, want %s (%s, %v)", change, id, got.Low.Decimal(), want[i], note, err)
			}
		}
	}
	if _, note, err := cmp.WhatIf("seats", compare.Change{Kind: compare.ModuleChange, Names: []string{"+none"}}, 12); note != "no_module" || err != nil {
		t.Errorf("a module nobody has: %q, %v", note, err)
	}
	for _, bad := range []string{"", "volume", "volume=20", "volume=-120%", "colour=+1%", "module=recording", "length=+x%"} {
		if c, err := compare.ParseChange(bad); err == nil {
			t.Errorf("%q was read as %+v", bad, c)
		}
	}
}

// Modules come and go with their fee, also those an offer has from the start.
func TestModuleChange(t *testing.T) {
	p := seatPlan("seats", "30")
	p.Modules = []catalog.Module{{ID: "recording"}, {ID: "quality"}}
	p.Components = append(p.Components, catalog.Component{ID: "modules", Measure: catalog.ModuleDays, UnitPrice: price("50")})
	c := candidate(p)
	c.Offer.Modules = []string{"recording"}
	r := result(t, compare.Input{Candidates: []compare.Candidate{c}, Months: []int{1}, Must: []string{"quality"}, Changes: []compare.Change{{Kind: compare.ModuleChange, Names: []string{"+quality"}}, {Kind: compare.ModuleChange, Names: []string{"-Recording"}}}}, yearOf(5))
	if got := r.Offers[0].Horizons[0].Total.Low.Decimal(); got != "140.00" {
		t.Errorf("three seats and a module cost %s, want 140.00", got)
	}
	n := len(r.WhatIf)
	if up, down := r.WhatIf[n-2].Costs[0].Total.Low.Decimal(), r.WhatIf[n-1].Costs[0].Total.Low.Decimal(); up != "190.00" || down != "90.00" {
		t.Errorf("with another module %s, without any %s; want 190.00 and 90.00", up, down)
	}
}

// The spread is that of real months: minutes move with the calls, seats do not;
// one seed gives one answer, and a budget is exceeded as often as months are.
func TestVolatility(t *testing.T) {
	budget := num("35")
	in := compare.Input{Candidates: []compare.Candidate{candidate(minutePlan("minutes", "0.1", "60/60")), candidate(seatPlan("seats", "30"))}, Budget: &budget, Replicates: 2000, Seed: 7}
	r := result(t, in, yearOf(wavy...))
	v := r.Volatility
	if v.Block != "month" || v.Blocks != 12 || v.Length != 2 || v.Seed != 7 || len(v.Offers) != 2 {
		t.Fatalf("%+v", v)
	}
	minutes, seats := v.Offers[0], v.Offers[1]
	if seats.CV != 0 || seats.Monthly.P5 != seats.Monthly.P95 || *seats.Exceeds != 1 || seats.Monthly.Mean.Decimal() != "90.00" {
		t.Errorf("seats move: %+v", seats)
	}
	if minutes.Monthly.P5.Decimal() != "10.00" || minutes.Monthly.P95.Decimal() != "40.00" || minutes.Wins != 1 {
		t.Errorf("minutes: %+v", minutes)
	}
	if *minutes.Exceeds < 0.14 || *minutes.Exceeds > 0.19 { // two months of twelve
		t.Errorf("the budget is exceeded in %v of months, two of twelve do", *minutes.Exceeds)
	}
	again := result(t, in, yearOf(wavy...))
	if again.Volatility.Offers[0].Total != minutes.Total {
		t.Error("the same seed gives another answer")
	}
	in.Seed = 8
	if other := result(t, in, yearOf(wavy...)); other.Volatility.Offers[0].Total == minutes.Total {
		t.Error("another seed gives the same answer")
	}
}

// With few months real weeks are drawn; a month made of equal weeks is the same
// bill every time, and single weeks too few to draw from are told.
func TestWeeks(t *testing.T) {
	f := seated(2)
	for d := day("2026-04-01"); d < day("2026-05-01"); d++ {
		f.talked(d.Start(time.UTC).Add(10*time.Hour), repeat(60, 10)...)
	}
	in := compare.Input{Candidates: []compare.Candidate{candidate(minutePlan("minutes", "0.1", "60/60")), candidate(seatPlan("seats", "30"))}, Months: []int{1}}
	v := result(t, in, f).Volatility
	if v.Block != "week" || v.Blocks != 4 || v.Why != "" || v.Offers[0].CV != 0 || v.Offers[0].Monthly.P50.Decimal() != "30.00" {
		t.Errorf("%+v", v)
	}
	few := &facts{}
	few.talked(day("2026-04-01").Start(time.UTC), 60)
	in.First, in.After = day("2026-04-01"), day("2026-05-01")
	in.Profile = true // nothing is kept one by one
	if v := result(t, in, few).Volatility; v.Why != "too_few" {
		t.Errorf("%+v", v)
	}
}

// A call after a short one to the same number is a redial; what such calls cost
// is the bill less the bill without them.
func TestPoorQualityAsMoney(t *testing.T) {
	f := &facts{}
	from := day("2026-04-01").Start(time.UTC)
	f.talked(from, 5, 120, 0, 0, 0, 60)
	numbers := []string{"1", "1", "2", "2", "3", "3"}
	for i := range f.calls {
		f.calls[i].To = numbers[i]
	}
	f.calls[5].Cause = "NETWORK_OUT_OF_ORDER"
	r := result(t, compare.Input{Candidates: []compare.Candidate{candidate(minutePlan("minutes", "0.1", "60/60"))}, Seats: 1, Months: []int{1}}, f)
	s := r.Service
	if s.Short != 1 || s.Redials != 1 || s.Dropped != 1 {
		t.Errorf("%d short, %d redials, %d dropped; want one each", s.Short, s.Redials, s.Dropped)
	}
	q := s.Offers[0]
	if q.Short.Decimal() != "0.10" || q.Redials.Decimal() != "0.20" || q.Dropped.Decimal() != "0.10" || q.All.Decimal() != "0.40" {
		t.Errorf("they cost %+v", q)
	}
}

// Thin usage is told, not hidden; currencies need a rate, tax a basis.
func TestLimitsAreTold(t *testing.T) {
	f := &facts{}
	f.talked(day("2026-01-20").Start(time.UTC), repeat(60, 50)...)
	f.talked(day("2026-03-20").Start(time.UTC), 60)
	euro := minutePlan("euro", "0.1", "60/60")
	euro.Currency = money.MustCurrency("EUR")
	inclusive := minutePlan("inclusive", "0.1", "60/60")
	inclusive.Tax.Prices = catalog.TaxInclusive
	weekly := minutePlan("weekly", "0.1", "60/60")
	weekly.Period.Every = "week"
	taxed := candidate(minutePlan("taxed", "0.106", "60/60"))
	taxed.Offer.Tax = &offer.Tax{Prices: catalog.TaxInclusive, Rate: catalog.Percent{Number: num("0.06")}}
	r := result(t, compare.Input{Candidates: []compare.Candidate{candidate(minutePlan("minutes", "0.1", "60/60")), candidate(euro), candidate(inclusive), candidate(weekly), taxed}, Seats: 2}, f)
	var notes, refused []string
	for _, n := range r.Notes {
		notes = append(notes, strings.TrimPrefix(n.Key, "compare.note."))
	}
	for _, x := range r.Refused {
		refused = append(refused, x.Offer+" "+strings.TrimPrefix(x.Why.Key, "compare.refused."))
	}
	if got := strings.Join(notes, " "); got != "empty_month one_call cut cut seats_stated" {
		t.Errorf("told: %s", got)
	}
	if got := strings.Join(refused, ", "); got != "euro no_rate, inclusive no_tax" {
		t.Errorf("refused: %s", got)
	}
	if a, b := r.Offers[0].Horizons[1].Total, r.Offers[1].Horizons[1].Total; a.Low.Cmp(b.Low) != 0 {
		t.Errorf("0.106 with 6 %% tax is 0.1 without: %s and %s", a.Low, b.Low)
	}
	checkPhrases(t, r)
	for says, in := range map[string]compare.Input{
		"no offers":      {},
		"one another id": {Candidates: []compare.Candidate{candidate(minutePlan("a", "1", "1/1")), candidate(minutePlan("a", "1", "1/1"))}},
		"from 1 to 120":  {Candidates: []compare.Candidate{candidate(minutePlan("a", "1", "1/1"))}, Months: []int{0}},
		"more than 0":    {Candidates: []compare.Candidate{candidate(minutePlan("a", "1", "1/1"))}, Rates: []compare.Rate{{From: money.MustCurrency("EUR")}}},
	} {
		if _, err := compare.New(in); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %q", err, says)
		}
	}
	none, err := compare.New(compare.Input{Candidates: []compare.Candidate{candidate(minutePlan("a", "1", "1/1"))}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := none.Result(); err == nil || !strings.Contains(err.Error(), "there is no usage") {
		t.Errorf("no usage: %v", err)
	}
	if err := none.Call(&usage.Call{ID: "x", Start: 1}); err == nil || !strings.Contains(err.Error(), "has answered") {
		t.Errorf("a call after the answer: %v", err)
	}
	fresh, err := compare.New(compare.Input{Candidates: []compare.Candidate{candidate(minutePlan("a", "1", "1/1"))}})
	if err != nil {
		t.Fatal(err)
	}
	if err := fresh.Call(&usage.Call{ID: "x"}); err == nil {
		t.Error("a call without a start was taken")
	}
}

// What is wasted: seats nobody used, minutes that expired, what was paid to reach
// a minimum, modules nobody needs.
func TestWaste(t *testing.T) {
	p := plan("package", catalog.Component{ID: "seats", Measure: catalog.SeatsAssigned, UnitPrice: price("100")},
		catalog.Component{ID: "talk", Measure: catalog.TalkTime, Included: &catalog.Included{Quantity: exact.Int(1000)}, UnitPrice: price("0.2")},
		catalog.Component{ID: "modules", Measure: catalog.ModuleDays, Where: catalog.Filter{Module: []string{"recording"}}, UnitPrice: price("31")})
	p.Modules = []catalog.Module{{ID: "recording"}}
	p.Minimums = []catalog.Limit{{ID: "least", Amount: exact.Int(600)}}
	p.Unmetered = []string{"sessions"}
	c := candidate(p)
	c.Offer.Modules = []string{"recording"}
	f := seated(3)
	f.seats = append(f.seats, usage.Seat{ID: "spare", Source: "test", User: "nobody", From: day("2026-04-01").Start(time.UTC), To: day("2026-05-01").Start(time.UTC)})
	f.talked(day("2026-04-02").Start(time.UTC), repeat(60, 100)...)
	w := result(t, compare.Input{Candidates: []compare.Candidate{c}, Months: []int{1}, Must: []string{"quality"}}, f).Waste[0]
	if !w.IdleSeats.Equal(exact.One) || w.Idle.Decimal() != "100.00" || !w.Expired.Equal(num("900")) || w.ExpiredAt.Decimal() != "180.00" ||
		w.ModuleFee.Decimal() != "31.00" || w.Minimum.Decimal() != "169.00" || w.Total.Decimal() != "300.00" || !w.Share.Equal(exact.Frac(1, 2)) {
		t.Errorf("%+v", w)
	}
}

// What is left is often a fraction of a minute; and calls that expire are no
// minutes.
func TestWasteInFractions(t *testing.T) {
	persecond := catalog.Component{ID: "talk", Measure: catalog.TalkTime, Increment: catalog.Increment{First: 1, Next: 1}, UnitPrice: price("0.3")}
	promised, packed := persecond, persecond
	promised.Commitment = exact.Int(100)
	packed.Included = &catalog.Included{Quantity: exact.Int(100)}
	answered := catalog.Component{ID: "answered", Measure: catalog.Calls, Included: &catalog.Included{Quantity: exact.Int(50)}, UnitPrice: price("1")}
	f := &facts{}
	f.talked(day("2026-04-02").Start(time.UTC), 20, 20)
	in := compare.Input{Candidates: []compare.Candidate{candidate(plan("promised", promised)), candidate(plan("packed", packed, answered))}, Months: []int{1}}
	for _, w := range result(t, in, f).Waste {
		switch w.Offer {
		case "promised": // 40 seconds of 100 minutes: 99 1/3 minutes at 0.3
			if w.Minimum.Decimal() != "29.80" || w.Total.Decimal() != "29.80" {
				t.Errorf("promised: %+v", w)
			}
		case "packed": // the same minutes and 48 calls
			if !w.Expired.Equal(exact.Frac(298, 3)) || w.ExpiredAt.Decimal() != "77.80" {
				t.Errorf("packed: %+v", w)
			}
		}
	}
}

// An offer by seat that is cheapest because no record tells a seat is not left
// standing as an answer.
func TestCheapestForLackOfSeats(t *testing.T) {
	f := &facts{}
	f.talked(day("2026-03-10").Start(time.UTC), 60, 60, 60)
	bySeat := plan("by-seat", catalog.Component{ID: "seats", Measure: catalog.SeatsActive, UnitPrice: price("100")}, catalog.Component{ID: "talk", Measure: catalog.TalkTime, UnitPrice: price("0")})
	in := compare.Input{Candidates: []compare.Candidate{candidate(bySeat), candidate(minutePlan("minutes", "0.1", "60/60"))}}
	has := func(r *compare.Result) bool {
		for _, p := range r.Answer {
			if p.Key == "compare.answer.no_seats" {
				return true
			}
		}
		return false
	}
	if r := result(t, in, f); r.Recommendation.Offer != "by-seat" || !has(r) {
		t.Errorf("%s is advised without a word about its seats: %+v", r.Recommendation.Offer, r.Answer)
	} else {
		checkPhrases(t, r)
	}
	in.Seats = 2
	if r := result(t, in, f); r.Recommendation.Offer != "minutes" || has(r) {
		t.Errorf("with two seats: %s, %+v", r.Recommendation.Offer, r.Answer)
	}
}

// A package whose source says nothing of the minutes beyond it can be held against
// another offer as far as it reaches.
func TestBreakEvenReachesAsFarAsPricesAreKnown(t *testing.T) {
	bundle := plan("bundle", catalog.Component{ID: "fee", Measure: catalog.Recurring, UnitPrice: price("9")},
		catalog.Component{ID: "talk", Measure: catalog.TalkTime, Included: &catalog.Included{Quantity: num("200")}, UnitPrice: catalog.Price{Set: true, Unknown: true}})
	f := yearOf(60)
	r := result(t, compare.Input{Candidates: []compare.Candidate{candidate(minutePlan("minutes", "0.1", "60/60")), candidate(bundle)}, Months: []int{1}}, f)
	for _, b := range r.BreakEvens {
		if b.Axis != compare.MinutesPerSeat {
			continue
		}
		if b.Why != "" || len(b.Points) != 1 || len(b.Curve) == 0 {
			t.Fatalf("minutes a seat: %+v", b)
		}
		last := b.Curve[len(b.Curve)-1]
		if !last.At.Equal(b.To) || last.B.Decimal() != "9.00" {
			t.Errorf("looked at up to %s, where the package costs %s", b.To, last.B.Decimal())
		}
		if p := b.Points[0]; !p.Exact || p.Cost.Decimal() != "9.00" || p.Below != "minutes" {
			t.Errorf("they meet at %+v", p)
		}
	}
}
