package compare_test

import (
	"strings"
	"testing"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/compare"
	"waihu/internal/charging/contract"
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

// Term, notice and leaving are dates and amounts; what is not said is not made
// up.
func TestFlexibility(t *testing.T) {
	bound := candidate(seatPlan("bound", "100"))
	days, auto := 30, true
	var err error
	if bound.Offer.Term, err = contract.ParseTerm("1 year"); err != nil {
		t.Fatal(err)
	}
	bound.Offer.NoticeDays, bound.Offer.AutoRenew = &days, &auto
	bound.Offer.Termination = &catalog.Termination{Share: catalog.Percent{Number: num("0.5")}, Amount: num("10")}
	bound.Offer.Downsize = offer.Downsize{When: offer.TermEnd}
	free := candidate(seatPlan("free", "110"))
	free.Offer.NoTerm, free.Offer.Downsize = true, offer.Downsize{When: offer.PeriodEnd}
	free.Offer.Fees = []offer.Fee{{Category: offer.SetUp, Answer: offer.Charged, Amount: price("60"), Per: offer.Once}}
	silent := candidate(seatPlan("silent", "120"))
	r := result(t, compare.Input{Candidates: []compare.Candidate{bound, free, silent}, Current: "silent", Months: []int{12}}, yearOf(3))
	flex := map[string]compare.Flexibility{}
	for _, x := range r.Flexibility {
		flex[x.Offer] = x
	}
	b := flex["bound"] // three seats of 100 from 1 February 2026
	if b.TermEnds.String() != "2027-02-01" || b.NoticeBy.String() != "2027-01-02" || b.ExitOn != b.TermEnds || b.DownsizeOn != b.TermEnds ||
		b.ExitCost.Low.Decimal() != "910.00" || b.Committed.Low.Decimal() != "3600.00" || b.DownsizeCost.Low.Decimal() != "1200.00" {
		t.Errorf("bound: %+v, exit %+v, committed %+v, downsize %+v", b, b.ExitCost, b.Committed, b.DownsizeCost)
	}
	x := flex["free"]
	if x.ExitOn.String() != "2026-02-01" || !x.ExitCost.Low.IsZero() || x.DownsizeOn.String() != "2026-03-01" || x.SwitchCost.Low.Decimal() != "60.00" {
		t.Errorf("free: %+v", x)
	}
	if !x.SwitchCost.Open {
		t.Error("what leaving the silent offer costs is not said, so the cost of switching is not known")
	}
	if s := flex["silent"]; s.TermKnown || s.ExitCost != nil || s.ExitOn != 0 || s.DownsizeOn != 0 || len(s.Notes) != 3 {
		t.Errorf("silent: %+v", s)
	}
	checkPhrases(t, r)
}

// What leaving costs has all its parts: months of fees too. Once the term is over
// it costs nothing, and where nobody told the term, nobody can tell.
func TestExitCost(t *testing.T) {
	clause := catalog.Termination{Share: catalog.Percent{Number: num("0.5")}, Months: 2, Amount: num("10")}
	asked := []offer.Fee{{Category: offer.EarlyEnd, Answer: offer.Charged, Amount: price("500"), Per: offer.Once}}
	for _, x := range []struct {
		name, term string
		clause     *catalog.Termination
		fees       []offer.Fee
		want       string
	}{
		{"all parts", "1 year", &clause, nil, "1510.00"}, // half of six months of 300, two of them, and 10
		{"its term is over", "6 months", &clause, nil, "0.00"},
		{"no term told", "", &clause, nil, ""},
		{"a fee of the checklist", "1 year", nil, asked, "500.00"},
		{"the fee after the term", "6 months", nil, asked, "0.00"},
	} {
		c := candidate(seatPlan("seats", "100"))
		c.Offer.Termination, c.Offer.Fees = x.clause, x.fees
		if x.term != "" {
			var err error
			if c.Offer.Term, err = contract.ParseTerm(x.term); err != nil {
				t.Fatal(err)
			}
		}
		got := ""
		if cost := result(t, compare.Input{Candidates: []compare.Candidate{c, candidate(minutePlan("minutes", "0.1", "60/60"))}, Current: "seats", Months: []int{12}}, yearOf(3)).Flexibility; cost[0].ExitCost != nil {
			got = cost[0].ExitCost.Low.Decimal()
		} else if cost[1].ExitCost != nil {
			got = cost[1].ExitCost.Low.Decimal()
		}
		if got != x.want {
			t.Errorf("%s: leaving costs %q, want %q", x.name, got, x.want)
		}
	}
}

// Marks that are not known make a range; the weight at which another offer comes
// first is the first such weight.
func TestScores(t *testing.T) {
	cheap, good := candidate(seatPlan("cheap", "100")), candidate(seatPlan("good", "200"))
	grade := func(o *offer.Offer, quality, support, functions int) {
		o.Service.QualityGrade, o.Service.SupportGrade, o.Service.FunctionGrade = &quality, &support, &functions
		o.NoTerm, o.Downsize.When = true, offer.AnyTime
	}
	grade(cheap.Offer, 2, 2, 2)
	grade(good.Offer, 10, 10, 10)
	in := compare.Input{Candidates: []compare.Candidate{cheap, good}, Months: []int{12}}
	s := result(t, in, yearOf(3)).Scores
	// price 100 and 50; the rest 20 and 100, flexibility 100 each: 0.5*100+0.4*20+10 = 68, 0.5*50+0.4*100+10 = 75
	if s.Best != "good" || !s.Offers[0].Low.Equal(num("75")) || !s.Offers[1].High.Equal(num("68")) || !s.Certain {
		t.Errorf("%+v", s)
	}
	for _, w := range s.Switches {
		if w.Criterion == compare.Price && (w.To != 57 || w.Best != "cheap") { // 100w + 36(1-w) against 50w + 100(1-w): even at 64/114
			t.Errorf("the price must weigh %d, want 57: %+v", w.To, w)
		}
	}
	cheap.Offer.Service.QualityGrade = nil
	if s := result(t, in, yearOf(3)).Scores; s.Offers[1].High.Sub(s.Offers[1].Low).Cmp(num("15")) != 0 {
		t.Errorf("an unknown mark of weight 15 must make a range of 15: %+v", s.Offers[1])
	}
	in.Weights = map[compare.Criterion]int{compare.Price: 100}
	if s := result(t, in, yearOf(3)).Scores; s.Best != "cheap" {
		t.Errorf("by price alone %s is best", s.Best)
	}
}

// Another offer wins where its line crosses: 40 a month against 0.1 a minute at
// 400 calls a month, a third more than now.
func TestSensitivityAndRegret(t *testing.T) {
	flat := plan("flat", catalog.Component{ID: "fee", Measure: catalog.Recurring, UnitPrice: price("40")})
	flat.Unmetered = []string{"calls", "sessions", "seats"}
	r := result(t, compare.Input{Candidates: []compare.Candidate{candidate(flat), candidate(minutePlan("minutes", "0.1", "60/60"))}}, yearOf(300, 300, 300, 300, 300, 300))
	found := false
	for _, s := range r.Sensitivity {
		if s.Input == "volume" && s.Moves {
			found = true
			if s.Best != "flat" || s.Low.Less(num("0.32")) || num("0.35").Less(s.High) {
				t.Errorf("flat wins from %s to %s more calls, want about a third", s.Low, s.High)
			}
		}
		if s.Input == "price" && !s.Move.Equal(exact.Frac(-1, 4)) {
			t.Errorf("flat must cost %s less, want a quarter", s.Move)
		}
	}
	if !found {
		t.Error("no volume at which flat wins")
	}
	for _, g := range r.Regret {
		if g.Offer == "minutes" && (g.Most.Decimal() != "240.00" || g.In != "volume:+100%") {
			t.Errorf("minutes cost at most %s too much, in %s; want 240.00 at twice the calls", g.Most.Decimal(), g.In)
		}
		if g.Offer == "flat" && g.Most.Decimal() != "300.00" {
			t.Errorf("flat costs at most %s too much, want 300.00 at half the calls", g.Most.Decimal())
		}
	}
}

// What is cheapest after the step that was tried need not be what is cheapest
// first: 20 and half the price of a minute wins at a third more calls, 42 flat
// only at two fifths more, and at half as many more it is the cheapest.
func TestSensitivityFindsTheFirstToWin(t *testing.T) {
	flat := func(id, fee string, more ...catalog.Component) compare.Candidate {
		p := plan(id, append(more, catalog.Component{ID: "fee", Measure: catalog.Recurring, UnitPrice: price(fee)})...)
		p.Unmetered = []string{"calls", "sessions", "seats"}
		return candidate(p)
	}
	half := minutePlan("half", "0.05", "60/60").Components[0]
	r := result(t, compare.Input{Candidates: []compare.Candidate{candidate(minutePlan("minutes", "0.1", "60/60")), flat("mixed", "20", half), flat("flat", "42")}}, yearOf(300, 300, 300, 300, 300, 300))
	for _, s := range r.Sensitivity {
		if s.Input == "volume" && s.Moves {
			if s.Best != "mixed" || s.Low.Less(num("0.32")) || num("0.35").Less(s.High) || !s.Move.Equal(s.High) {
				t.Errorf("%s wins from %s to %s more calls, want mixed at about a third", s.Best, s.Low, s.High)
			}
			return
		}
	}
	t.Error("no volume at which another offer wins")
}

// What choosing costs counts the usage as it is: where it is dearest to be wrong
// there, the most is that.
func TestRegretOfUsageAsItIs(t *testing.T) {
	f := &facts{}
	f.talked(day("2026-04-02").Start(time.UTC), repeat(60, 10)...)
	p := plan("base", catalog.Component{ID: "fee", Measure: catalog.Recurring, UnitPrice: price("0")},
		catalog.Component{ID: "talk", Measure: catalog.TalkTime, UnitPrice: price("0")})
	p.Unmetered = []string{"seats", "sessions"}
	dear := minutePlan("dear", "1", "60/60")
	dear.Maximums = []catalog.Limit{{ID: "most", Amount: exact.Int(10)}}
	for _, g := range result(t, compare.Input{Candidates: []compare.Candidate{candidate(p), candidate(dear)}, Months: []int{1}}, f).Regret {
		if g.Offer == "dear" && (g.Most.Decimal() != "10.00" || g.In != "as_is") {
			t.Errorf("at most %s in %s, want 10.00 as it is", g.Most.Decimal(), g.In)
		}
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
