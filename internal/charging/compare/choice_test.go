package compare_test

import (
	"testing"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/compare"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/offer"
	"waihu/internal/exact"
)

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
