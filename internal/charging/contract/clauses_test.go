package contract_test

import (
	"strings"
	"testing"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/exact"
	"waihu/internal/timex"
)

// bound is a contract of a year.
func bound() *contract.Contract {
	return &contract.Contract{ID: "c", Plan: "p@1", Start: day("2026-01-01"), Term: contract.Term{Count: 12, Unit: timex.Month}}
}

// with is a contract changed by one clause.
func with(change func(*contract.Contract)) *contract.Contract {
	c := bound()
	change(c)
	return c
}

func promise(p contract.Commitment) func(*contract.Contract) {
	return func(c *contract.Contract) { c.Commitments = []contract.Commitment{p} }
}

func level(s contract.ServiceLevel) func(*contract.Contract) {
	return func(c *contract.Contract) { c.ServiceLevels = []contract.ServiceLevel{s} }
}

// TestBadClauses: every mistake is found by Validate or Check and says what it
// is about.
func TestBadClauses(t *testing.T) {
	year := timex.Year
	low := contract.LevelStep{WorseThan: "95%", Credit: percent("50%")}
	for want, change := range map[string]func(*contract.Contract){
		"a negative commitment":                        promise(contract.Commitment{ID: "x", Amount: num("-1")}),
		"overage and price are of a unit":              promise(contract.Commitment{ID: "x", Amount: num("1"), Every: year, Overage: price("1")}),
		"a price of a commitment that is negative":     promise(contract.Commitment{ID: "x", Component: "flat", Quantity: num("1"), Every: year, Price: price("-1")}),
		"are for commitments longer than a billing":    promise(contract.Commitment{ID: "x", Component: "flat", Quantity: num("1"), Price: price("1")}),
		"not longer than a billing period":             promise(contract.Commitment{ID: "x", Component: "flat", Quantity: num("1"), Every: timex.Week}),
		"on a component without unit_price":            promise(contract.Commitment{ID: "x", Component: "talk", Quantity: num("1"), Every: year, Overage: price("1")}),
		"nobody says what a missing unit costs":        promise(contract.Commitment{ID: "x", Component: "talk", Quantity: num("1"), Every: year}),
		"is what the contract fixes":                   promise(contract.Commitment{ID: "x", Component: "lines", Quantity: num("1"), Every: year}),
		"no such component":                            promise(contract.Commitment{ID: "x", Component: "nobody", Quantity: num("1"), Every: year}),
		"the metric is there twice":                    func(c *contract.Contract) { c.ServiceLevels = make([]contract.ServiceLevel, 2) },
		"two tables: credit and steps":                 level(contract.ServiceLevel{Metric: "a", Target: "99%", Credit: percent("1%"), Steps: []contract.LevelStep{low}}),
		"not a figure like the target":                 level(contract.ServiceLevel{Metric: "a", Target: "99%", Steps: []contract.LevelStep{{WorseThan: "95", Credit: percent("1%")}}}),
		"steps out of order":                           level(contract.ServiceLevel{Metric: "a", Target: "99%", Steps: []contract.LevelStep{low, low}}),
		"a step without a credit":                      level(contract.ServiceLevel{Metric: "a", Target: "99%", Steps: []contract.LevelStep{{WorseThan: "95%"}}}),
		"service_levels[0].components[0]":              level(contract.ServiceLevel{Metric: "a", Target: "99%", Components: []string{"nobody"}}),
		"the target is not a number":                   level(contract.ServiceLevel{Metric: "a", Target: "good"}),
		"more decimals than CNY":                       func(c *contract.Contract) { c.Prepayment = &contract.Prepayment{Amount: exact.Scaled(1, 3)} },
		"a contract without a term never ends":         func(c *contract.Contract) { c.Term, c.Termination = contract.Term{}, &catalog.Termination{} },
		"early_termination.months: with this contract": func(c *contract.Contract) { c.Termination = &catalog.Termination{Months: -1} },
		"a negative quantity": func(c *contract.Contract) {
			c.Trial = &contract.Trial{For: c.Term, Included: map[string]exact.Number{"talk": exact.Int(-1)}}
		},
		"has no allowance for a trial": func(c *contract.Contract) {
			c.Trial = &contract.Trial{For: c.Term, Included: map[string]exact.Number{"seats": exact.Int(1)}}
		},
		"trial.components[0]":    func(c *contract.Contract) { c.Trial = &contract.Trial{For: c.Term, Components: []string{"nobody"}} },
		"ramps[0].after: no age": func(c *contract.Contract) { c.Ramps = []contract.Ramp{{}} },
		"too many":               func(c *contract.Contract) { c.Packs = make([]contract.Pack, 1001) },
		"signed on":              func(c *contract.Contract) { c.SignedOn = day("2025-01-01") },
	} {
		c := with(change)
		p := plan()
		p.Effective = day("2025-06-01")
		found := append(c.Validate(), c.Check(p)...)
		if !strings.Contains(found.Error(), want) {
			t.Errorf("no finding of %q in:\n%v", want, found)
		}
	}
}

// TestStatedLevels: a figure is compared with a promise, or refused.
func TestStatedLevels(t *testing.T) {
	c := with(level(contract.ServiceLevel{Metric: "up", Target: "99.9%", Maximum: percent("30%"),
		Steps: []contract.LevelStep{{WorseThan: "99.9%", Credit: percent("5%")}, {WorseThan: "99%", Amount: exact.Int(70)}}}))
	c.ServiceLevels = append(c.ServiceLevels, contract.ServiceLevel{Metric: "mood", Target: "good"})
	in := contract.Inputs{Contract: c}
	for measured, want := range map[string]string{"99.9%": "", "99.95%": "", "99.5%": "1/20 0", "99%": "1/20 0", "98.99%": "0 70"} {
		in.Stated.Levels = map[string]string{"up": measured}
		got, _ := terms(t, in)
		words := ""
		if len(got.Levels) == 1 {
			words = strings.ReplaceAll(got.Levels[0].Credit.String(), "0.05", "1/20") + " " + got.Levels[0].Amount.String()
			if got.Levels[0].Most.String() != "0.3" {
				t.Errorf("%s: at most %s", measured, got.Levels[0].Most)
			}
		}
		if words != want {
			t.Errorf("%s: %q, want %q", measured, words, want)
		}
	}
	for metric, measured := range map[string]string{"up": "99.5", "mood": "1", "down": "1%"} {
		in.Stated.Levels = map[string]string{metric: measured}
		in.Plan, in.First, in.After = plan(), day("2026-03-01"), day("2026-04-01")
		if out, problems := contract.TermsFor(in); out != nil || problems.Err() == nil {
			t.Errorf("%s of %s was taken", measured, metric)
		}
	}
	in.Contract = nil
	if _, problems := contract.TermsFor(in); problems.Err() == nil {
		t.Error("a service level without a contract was taken")
	}
}

func TestRunsOn(t *testing.T) {
	for _, c := range []struct {
		change func(*contract.Contract)
		want   bool
	}{{func(*contract.Contract) {}, false}, {promise(contract.Commitment{ID: "x", Amount: num("1")}), false}, {promise(contract.Commitment{ID: "x", Amount: num("1"), Every: timex.Year}), true},
		{func(c *contract.Contract) { c.Prepayment = &contract.Prepayment{Percent: percent("1%")} }, false},
		{func(c *contract.Contract) { c.Prepayment = &contract.Prepayment{Amount: exact.One} }, true}} {
		if got := with(c.change).RunsOn(); got != c.want {
			t.Errorf("%t, want %t", got, c.want)
		}
	}
}

func TestBound(t *testing.T) {
	c := bound()
	for _, k := range []struct {
		renewal *contract.Renewal
		end     string
		want    string
	}{
		{nil, "2026-05-01", "2027-01-01"},
		{&contract.Renewal{Auto: true}, "2028-05-01", "2027-01-01"},
		{&contract.Renewal{Auto: true, Term: contract.Term{Count: 6, Unit: timex.Month}}, "2027-01-01", "2027-01-01"},
		{&contract.Renewal{Auto: true, Term: contract.Term{Count: 6, Unit: timex.Month}}, "2027-01-02", "2027-07-01"},
		{&contract.Renewal{Auto: true, Term: contract.Term{Count: 6, Unit: timex.Month}}, "2028-01-01", "2028-01-01"},
	} {
		c.Renewal = k.renewal
		if got := c.Bound(day(k.end)); got != day(k.want) {
			t.Errorf("%+v ending %s binds until %s, want %s", k.renewal, k.end, got, k.want)
		}
	}
	c.Term = contract.Term{}
	if c.Bound(day("2026-05-01")) != 0 {
		t.Error("a contract without a term binds")
	}
}

// TestDigestOfClauses: each clause that can move a price moves the digest, and a
// contract without them has the digest of its plain terms.
func TestDigestOfClauses(t *testing.T) {
	in := contract.Inputs{Contract: bound()}
	plain, _ := terms(t, in)
	seen := map[string]string{plain.Digest: "no clause"}
	note := func(what string, in contract.Inputs) {
		got, _ := terms(t, in)
		if before, there := seen[got.Digest]; there {
			t.Errorf("%s has the digest of %s", what, before)
		}
		seen[got.Digest] = what
	}
	year := promise(contract.Commitment{ID: "x", Amount: num("1000"), Every: timex.Year})
	reached := func(n string) *contract.Standing {
		return &contract.Standing{Toward: []contract.Toward{{Commitment: "x", First: day("2026-01-01"), Reached: exact.MustParse(n)}}}
	}
	note("a commitment", contract.Inputs{Contract: with(year), Before: reached("1")})
	note("one further on", contract.Inputs{Contract: with(year), Before: reached("2")})
	note("money paid ahead", contract.Inputs{Contract: bound(), Before: &contract.Standing{Prepaid: exact.One}})
	note("a payment", contract.Inputs{Contract: with(func(c *contract.Contract) {
		c.Prepayment = &contract.Prepayment{Amount: exact.One, Every: timex.Month}
	})})
	missed := contract.Inputs{Contract: with(level(contract.ServiceLevel{Metric: "up", Target: "9", Credit: percent("5%")}))}
	missed.Stated.Levels = map[string]string{"up": "8"}
	note("a service level", missed)
	leave := with(func(c *contract.Contract) {
		c.Termination, c.End = &catalog.Termination{Amount: exact.One}, day("2026-04-01")
	})
	note("leaving", contract.Inputs{Contract: leave})
	ramp := with(func(c *contract.Contract) {
		c.Termination, c.End = &catalog.Termination{Amount: exact.One}, day("2026-04-01")
		c.Ramps = []contract.Ramp{{After: contract.Term{Count: 6, Unit: timex.Month}, Agreement: contract.Agreement{Prices: map[string]contract.Override{"lines": {UnitPrice: price("1")}}}}}
	})
	note("leaving before a ramp", contract.Inputs{Contract: ramp})
}

// TestPrepaymentUnknown: a balance nobody states is said to be taken as nothing.
func TestPrepaymentUnknown(t *testing.T) {
	c := with(func(c *contract.Contract) { c.Prepayment = &contract.Prepayment{Amount: exact.Int(100)} })
	got, problems := terms(t, contract.Inputs{Contract: c})
	if got.Prepays() || !strings.Contains(problems.Error(), "is not known") {
		t.Errorf("%v", problems)
	}
	year := with(promise(contract.Commitment{ID: "x", Amount: num("1000"), Every: timex.Year, To: day("2027-06-01")}))
	if _, problems = terms(t, contract.Inputs{Contract: year}); !strings.Contains(problems.Warnings().Error(), "is not known") {
		t.Errorf("%v", problems)
	}
}
