package compare_test

import (
	"slices"
	"testing"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/compare"
	"waihu/internal/charging/offer"
)

// A flat fee that says nothing of calls is not the cheapest: nobody knows what
// its calls cost. One that says they are free is.
func TestAnOfferWithoutAPriceForCallsIsNoTotal(t *testing.T) {
	silent := plan("silent", catalog.Component{ID: "fee", Measure: catalog.Recurring, UnitPrice: price("1")})
	free := plan("free", catalog.Component{ID: "fee", Measure: catalog.Recurring, UnitPrice: price("900")})
	free.Unmetered = []string{"calls"}
	r := result(t, compare.Input{Candidates: []compare.Candidate{candidate(silent), candidate(free), candidate(minutePlan("minutes", "0.1", "60/60"))}}, yearOf(wavy...))
	if r.Recommendation.Offer != "minutes" {
		t.Errorf("recommended: %s", r.Recommendation.Offer)
	}
	for i := range r.Offers {
		o := &r.Offers[i]
		open := o.Offer == "silent"
		for _, h := range o.Horizons {
			if h.Total.Open != open {
				t.Errorf("%s over %d months: open is %v", o.Offer, h.Months, h.Total.Open)
			}
		}
		calls := slices.ContainsFunc(o.Unpriced, func(u compare.Unpriced) bool { return u.Facts == "calls" && u.Open && u.Count == 3000 })
		if calls != open {
			t.Errorf("%s: %+v", o.Offer, o.Unpriced)
		}
	}
	for _, s := range r.WhatIf {
		if s.Best == "silent" {
			t.Errorf("%s: what cannot be totalled wins", s.ID)
		}
	}
}

// Alone, it is asked about in place of being recommended.
func TestWhatAnOfferLeavesOutIsAskedFor(t *testing.T) {
	silent := plan("silent", catalog.Component{ID: "fee", Measure: catalog.Recurring, UnitPrice: price("1")})
	r := result(t, compare.Input{Candidates: []compare.Candidate{candidate(silent)}}, yearOf(10))
	if r.Recommendation.Offer != "" || r.Answer[0].Key != "compare.answer.open" || r.Answer[0].Args["unknown"] != "1" {
		t.Errorf("%+v, recommended %q", r.Answer, r.Recommendation.Offer)
	}
	if next := r.Recommendation.Next; len(next) == 0 || next[0].Key != "compare.ask.usage" || next[0].Args["count"] != "10" {
		t.Errorf("asked: %+v", next)
	}
}

// An offer that goes by seats of one kind has no price for another kind; one
// that does not go by assigned seats leaves none out.
func TestSeatsWithoutAPriceAreOpenWhereThePlanGoesByThem(t *testing.T) {
	agents := plan("agents", catalog.Component{ID: "seats", Measure: catalog.SeatsAssigned, Where: catalog.Filter{SeatType: []string{"agent"}}, UnitPrice: price("300")})
	agents.Unmetered = []string{"calls", "sessions"}
	logins := plan("logins", catalog.Component{ID: "seats", Measure: catalog.SeatsActive, UnitPrice: price("1")})
	logins.Unmetered = []string{"calls"}
	f := seated(3)
	f.seats[0].Type, f.seats[1].Type, f.seats[2].Type = "agent", "agent", "supervisor"
	for _, o := range result(t, compare.Input{Candidates: []compare.Candidate{candidate(agents), candidate(logins)}}, f).Offers {
		if total := o.Horizons[0].Total; total.Open != (o.Offer == "agents") {
			t.Errorf("%s: %+v", o.Offer, total)
		}
	}
}

// An offer that another one's range reaches below is not told as the cheapest
// without saying so, whether or not a third one cannot be totalled.
func TestOverlapIsToldBesideOpenOffers(t *testing.T) {
	wide := candidate(minutePlan("wide", "0.1", "60/60"))
	wide.Plan.Components[0].UnitPrice = catalog.Price{Set: true, Unknown: true}
	wide.Offer.Prices = []offer.PriceRange{{Component: "talk", Low: num("0.05"), High: num("0.4")}}
	in := compare.Input{Candidates: []compare.Candidate{candidate(minutePlan("minutes", "0.1", "60/60")), wide,
		candidate(plan("silent", catalog.Component{ID: "fee", Measure: catalog.Recurring, UnitPrice: price("1")}))}}
	r := result(t, in, yearOf(wavy...))
	var keys []string
	for _, p := range r.Answer {
		keys = append(keys, p.Key)
	}
	if want := []string{"compare.answer.best", "compare.answer.some_open", "compare.answer.overlap"}; !slices.Equal(keys, want) || r.Recommendation.Certain {
		t.Errorf("told %v, certain: %v", keys, r.Recommendation.Certain)
	}
	year := r.Offers[0].Horizons[1].Total
	for _, g := range r.Regret {
		// Half the price of the minutes at best: at twice the calls half of their cost may be too much.
		if g.Offer == "minutes" && (g.In != "volume:+100%" || g.Most != year.Low) {
			t.Errorf("minutes cost at most %s too much, in %s; want %s", g.Most.Decimal(), g.In, year.Low.Decimal())
		}
	}
}

// An offer that may cost less, once its price is known, leaves it undecided which
// is cheapest; one of which enough is known to be dearer does not.
func TestWhatOpenPricesDecideIsNotCountedAsCheapest(t *testing.T) {
	minutes := candidate(minutePlan("minutes", "0.1", "60/60"))
	fee := func(id, per string) compare.Candidate {
		return candidate(plan(id, catalog.Component{ID: "fee", Measure: catalog.Recurring, UnitPrice: price(per)}))
	}
	wide := candidate(minutePlan("wide", "0.1", "60/60"))
	wide.Plan.Components[0].UnitPrice = catalog.Price{Set: true, Unknown: true}
	wide.Offer.Prices = []offer.PriceRange{{Component: "talk", Low: num("0.05"), High: num("0.4")}}
	for name, c := range map[string]struct {
		other compare.Candidate
		open  bool
	}{
		"a lower bound below":       {fee("silent", "1"), true},
		"a lower bound above":       {fee("silent", "100000"), false},
		"a range that begins below": {wide, true},
	} {
		for usage, f := range map[string]*facts{"months": yearOf(wavy...), "weeks": yearOf(60, 60, 60)} {
			r := result(t, compare.Input{Candidates: []compare.Candidate{minutes, c.other}}, f)
			for _, p := range r.Recommendation.Reasons { // where nobody calls for weeks, minutes cost nothing for certain
				if p.Key == "compare.reason.wins" && (p.Args["share"] == "1") == c.open {
					t.Errorf("%s, %s: cheapest in %s of the periods", name, usage, p.Args["share"])
				}
			}
			told := slices.ContainsFunc(r.Recommendation.Reasons, func(p compare.Phrase) bool { return p.Key == "compare.reason.holds_open" })
			certain := 0
			for _, s := range r.WhatIf {
				if !s.Undecided && s.Note == "" {
					certain++
				}
			}
			if told != c.open || c.open && certain != 0 || !c.open && certain == 0 {
				t.Errorf("%s, %s: undecided told: %v, %d what-ifs decided", name, usage, told, certain)
			}
			if v := r.Volatility; v.Why == "" && (v.Undecided > 0) != c.open || usage == "months" && c.open && v.Undecided != v.Replicates {
				t.Errorf("%s, %s: %d of %d periods undecided", name, usage, v.Undecided, v.Replicates)
			}
		}
	}
}

// An offer that cannot be totalled leaves it open who is cheapest. That is not
// losing: which of the others leads is told beside it.
func TestWhoLeadsIsToldBesideWhatIsUndecided(t *testing.T) {
	in := compare.Input{Candidates: []compare.Candidate{candidate(minutePlan("minutes", "0.1", "60/60")), candidate(minutePlan("dearer", "0.2", "60/60")),
		candidate(plan("silent", catalog.Component{ID: "fee", Measure: catalog.Recurring, UnitPrice: price("1")}))}}
	r := result(t, in, yearOf(wavy...))
	told := map[string]map[string]string{}
	for _, p := range r.Recommendation.Reasons {
		told[p.Key] = p.Args
	}
	for _, never := range []string{"compare.reason.holds", "compare.reason.wins"} {
		if a := told[never]; a != nil {
			t.Errorf("%s is told where all is undecided: %v", never, a)
		}
	}
	if a := told["compare.reason.holds_open"]; a["leads"] != a["tried"] || a["undecided"] != a["tried"] {
		t.Errorf("what-ifs: %v", a)
	}
	if a := told["compare.reason.wins_open"]; a["leads"] != "1" {
		t.Errorf("resampled periods: %v", a)
	}
	for _, s := range r.Volatility.Offers {
		if want := map[string]float64{"minutes": 1}[s.Offer]; s.Leads != want || s.Wins != 0 {
			t.Errorf("%s leads in %v and wins %v of the periods", s.Offer, s.Leads, s.Wins)
		}
	}
}
