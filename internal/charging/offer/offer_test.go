package offer_test

import (
	"slices"
	"strings"
	"testing"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/offer"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

func plan() *catalog.Plan {
	return &catalog.Plan{ID: "p", Version: 1, Currency: money.MustCurrency("CNY"), Zone: "UTC",
		Offer:      &catalog.OfferNote{Vendor: "Vendor", Source: "page", ReadOn: timex.MustDate("2026-11-01"), Confidence: "A"},
		Components: []catalog.Component{{ID: "seats", Measure: catalog.SeatsAssigned, UnitPrice: catalog.PriceOf(exact.Int(100))}, {ID: "talk", Measure: catalog.TalkTime, UnitPrice: catalog.Price{Set: true, Unknown: true}}}}
}

func TestChecklistIsFixedAndNamed(t *testing.T) {
	if n := len(offer.Categories()); n != 29 {
		t.Errorf("%d questions", n)
	}
	for _, c := range offer.Categories() {
		for _, tag := range lang.Tags() {
			if offer.NameOf(c).In(tag) == string(c) {
				t.Errorf("%s has no name in %s", c, tag)
			}
		}
	}
}

func TestParseAnswer(t *testing.T) {
	for text, want := range map[string]offer.Fee{
		"":                       {Answer: offer.Unknown},
		"?":                      {Answer: offer.Unknown},
		"included # so they say": {Answer: offer.Included, Note: "so they say"},
		"no":                     {Answer: offer.Never},
		"500 once":               {Answer: offer.Charged, Amount: catalog.PriceOf(exact.Int(500)), Per: offer.Once},
		"unknown month":          {Answer: offer.Charged, Amount: catalog.Price{Set: true, Unknown: true}, Per: offer.EachMonth},
		"300 occasion 2":         {Answer: offer.Charged, Amount: catalog.PriceOf(exact.Int(300)), Per: offer.Occasion, Times: exact.Int(2)},
		"plan talk":              {Answer: offer.Charged, Component: "talk"},
	} {
		want.Category = offer.SetUp
		got, err := offer.ParseAnswer(offer.SetUp, text)
		if err != nil || string(catalog.Canonical(got)) != string(catalog.Canonical(want)) {
			t.Errorf("%q: %s, %v", text, catalog.Canonical(got), err)
		}
	}
	if f, err := offer.ParseAnswer(offer.SetUp, "10..20 month"); err != nil || f.Low.String() != "10" || f.High.String() != "20" {
		t.Errorf("a range: %+v, %v", f, err)
	}
	if f, err := offer.ParseAnswer(offer.Rounding, "yes"); err != nil || f.Answer != offer.Charged {
		t.Errorf("a rule: %+v, %v", f, err)
	}
	for _, text := range []string{"yes", "lots", "500", "500 fortnight", "1e3 once", "10..x month", "5 renewal", "3 month 2"} {
		if f, err := offer.ParseAnswer(offer.SetUp, text); err == nil {
			t.Errorf("%q was taken as %+v", text, f)
		}
	}
}

// Whatever is typed, an answer is read or refused, and what is read passes
// through a file unchanged in meaning.
func FuzzParseAnswer(f *testing.F) {
	for _, s := range []string{"500 once", "10..20 month", "yes", "5% renewal", "300 occasion 2 # note", "plan x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		fee, err := offer.ParseAnswer(offer.SetUp, s)
		if err == nil && fee.Answer == offer.Charged && !fee.Amount.Set && fee.Low == nil && fee.Percent == nil && fee.Component == "" {
			t.Errorf("%q is charged, but not how much", s)
		}
	})
}

func TestContradictionsAreRefused(t *testing.T) {
	price := catalog.PriceOf(exact.Int(5))
	share := &catalog.Termination{Share: catalog.Percent{Number: exact.Frac(1, 2)}}
	ten, five, days, ninety := exact.Int(10), exact.Int(5), -1, 90
	for says, change := range map[string]func(*offer.Offer){
		"not charged and has an amount": func(o *offer.Offer) {
			o.Fees = []offer.Fee{{Category: offer.SetUp, Answer: offer.Included, Amount: price, Per: offer.Once}}
		},
		"counted twice": func(o *offer.Offer) {
			o.Fees = []offer.Fee{{Category: offer.SetUp, Answer: offer.Charged, Amount: price, Per: offer.Once, Component: "seats"}}
		},
		"not how much": func(o *offer.Offer) { o.Fees = []offer.Fee{{Category: offer.SetUp, Answer: offer.Charged}} },
		"not what for": func(o *offer.Offer) {
			o.Fees = []offer.Fee{{Category: offer.SetUp, Answer: offer.Charged, Amount: price}}
		},
		"not a range": func(o *offer.Offer) {
			o.Fees = []offer.Fee{{Category: offer.SetUp, Answer: offer.Charged, Low: &ten, High: &five, Per: offer.Once}}
		},
		"answered twice": func(o *offer.Offer) {
			o.Fees = []offer.Fee{{Category: offer.SetUp, Answer: offer.Never}, {Category: offer.SetUp, Answer: offer.Included}}
		},
		"and no term":                  func(o *offer.Offer) { o.NoTerm, o.Term = true, contract.Term{Count: 12, Unit: timex.Month} },
		"left at any time and leaving": func(o *offer.Offer) { o.NoTerm, o.Termination = true, share },
		"leaving early costs nothing": func(o *offer.Offer) {
			o.Termination, o.Fees = share, []offer.Fee{{Category: offer.EarlyEnd, Answer: offer.Never}}
		},
		"left at any time and leaving early costs": func(o *offer.Offer) { o.NoTerm, o.Termination = true, &catalog.Termination{Months: 2} },
		"says leaving early costs nothing: the two": func(o *offer.Offer) {
			o.Termination, o.Fees = &catalog.Termination{Months: 1}, []offer.Fee{{Category: offer.EarlyEnd, Answer: offer.Never}}
		},
		"leaving costs 13 months, the whole term is 12 months": func(o *offer.Offer) {
			o.Term, o.Termination = contract.Term{Count: 12, Unit: timex.Month}, &catalog.Termination{Months: 13}
		},
		"not a number of months": func(o *offer.Offer) { o.Termination = &catalog.Termination{Months: -1} },
		"not a share": func(o *offer.Offer) {
			o.Termination = &catalog.Termination{Share: catalog.Percent{Number: exact.Frac(3, 2)}}
		},
		"a negative fee":          func(o *offer.Offer) { o.Termination = &catalog.Termination{Amount: exact.Int(-1)} },
		"there is no term to end": func(o *offer.Offer) { o.NoTerm, o.Downsize.When = true, offer.TermEnd },
		"it binds for the notice": func(o *offer.Offer) {
			o.NoticeDays, o.Term = &ninety, contract.Term{Count: 1, Unit: timex.Month}
		},
		"negative notice":             func(o *offer.Offer) { o.NoticeDays = &days },
		"the price of seats is known": func(o *offer.Offer) { o.Prices = []offer.PriceRange{{Component: "seats", Low: five, High: ten}} },
		"no such component": func(o *offer.Offer) {
			o.Fees = []offer.Fee{{Category: offer.LineRent, Answer: offer.Charged, Component: "none"}}
		},
		"ended before it was read": func(o *offer.Offer) { o.ValidUntil = timex.MustDate("2026-10-01") },
		"no such module":           func(o *offer.Offer) { o.Modules = []string{"none"} },
		"illustrative, not facts":  func(o *offer.Offer) { o.Confidence = offer.ConfidenceC },
	} {
		o := offer.FromPlan(plan())
		change(o)
		found := false
		for _, p := range o.Check(plan()) {
			found = found || strings.Contains(p.What, says)
		}
		if !found {
			t.Errorf("nothing says %q: %v", says, o.Check(plan()))
		}
	}
	if err := offer.FromPlan(plan()).Check(plan()).Err(); err != nil {
		t.Errorf("a plan alone: %v", err)
	}
}

// The plan an offer starts from is never changed, and a minimum spend is not
// reached by hidden fees.
func TestPlanAtLeavesThePlanAlone(t *testing.T) {
	p := plan()
	p.Minimums = []catalog.Limit{{ID: "least", Amount: exact.Int(1000)}}
	before := string(catalog.Canonical(p))
	o := offer.FromPlan(p)
	o.Prices = []offer.PriceRange{{Component: "talk", Low: exact.Frac(1, 10), High: exact.Frac(1, 5)}}
	o.Fees = []offer.Fee{{Category: offer.SetUp, Answer: offer.Charged, Amount: catalog.PriceOf(exact.Int(5)), Per: offer.Once}}
	high, err := o.PlanAt(p, offer.High, true, false)
	if err != nil {
		t.Fatal(err)
	}
	if after := string(catalog.Canonical(p)); after != before {
		t.Errorf("the plan became %s", after)
	}
	if c, _ := high.Component("talk"); c.UnitPrice.String() != "0.2" {
		t.Errorf("the upper end of the price is %s", c.UnitPrice)
	}
	if _, ok := high.Component(offer.FeeID(offer.SetUp)); !ok || len(high.Minimums[0].Components) != 2 {
		t.Errorf("the fee or the limit's components: %+v", high.Minimums)
	}
	if err := high.Validate().Err(); err != nil {
		t.Errorf("an offer's plan must be a plan: %v", err)
	}
}

// What two components charge is told, unless a choice charges one or the other.
func TestUsageChargedTwiceIsTold(t *testing.T) {
	two := func() *catalog.Plan {
		p := plan()
		p.Components = append(p.Components, catalog.Component{ID: "line", Measure: catalog.TalkTime, UnitPrice: catalog.PriceOf(exact.One)})
		return p
	}
	told := func(p *catalog.Plan) bool {
		return slices.ContainsFunc(offer.FromPlan(p).Check(p), func(f fault.Problem) bool {
			return f.Warning && f.What == "line charges the same talk_time as talk: both are charged"
		})
	}
	if p := two(); !told(p) {
		t.Error(offer.FromPlan(p).Check(p))
	}
	apart, narrow := two(), two()
	apart.Cheapest = []catalog.Cheapest{{ID: "c", Options: []catalog.CheapestOption{{ID: "a", Components: []string{"talk"}}, {ID: "b", Components: []string{"line"}}}}}
	narrow.Components[2].Where.Direction = []usage.Direction{usage.Inbound}
	for _, p := range []*catalog.Plan{apart, narrow} {
		if told(p) {
			t.Error(offer.FromPlan(p).Check(p))
		}
	}
}
