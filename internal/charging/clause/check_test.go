package clause_test

import (
	"slices"
	"testing"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/clause"
	"waihu/internal/charging/contract"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// plan sells seats at 150, numbers at 30 and talk time by six seconds.
func plan() *catalog.Plan {
	six := catalog.Percent{Number: exact.Scaled(6, 2)}
	return &catalog.Plan{ID: "p", Version: 1, Currency: money.MustCurrency("CNY"), Zone: "Asia/Shanghai",
		Tax: catalog.Tax{Default: "s", Classes: []catalog.TaxClass{{ID: "s", Rates: []catalog.TaxRate{{Rate: six}}}}},
		Components: []catalog.Component{
			{ID: "seats", Measure: catalog.SeatsAssigned, UnitPrice: catalog.PriceOf(exact.Int(150))},
			{ID: "numbers", Measure: catalog.Rentals, UnitPrice: catalog.PriceOf(exact.Int(30))},
			{ID: "talk", Measure: catalog.TalkTime, UnitPrice: catalog.PriceOf(exact.Scaled(12, 2)), Increment: catalog.Increment{First: 6, Next: 6}},
		}}
}

// signed is a contract of a year from January with ten seats and four numbers:
// 1,620 a month whatever is used.
func signed() *contract.Contract {
	c := &contract.Contract{ID: "c", Plan: "p", Start: timex.MustDate("2026-01-01"), Term: contract.Term{Count: 12, Unit: timex.Month}}
	c.Quantities = map[string]contract.Held{"seats": {Quantity: exact.Int(10)}, "numbers": {Quantity: exact.Int(4)}}
	return c
}

func check(t *testing.T, c *contract.Contract, p *catalog.Plan, on string) *clause.Checked {
	t.Helper()
	if err := c.Validate().Err(); err != nil {
		t.Fatal(err)
	}
	if err := c.Check(p).Err(); err != nil {
		t.Fatal(err)
	}
	out, err := clause.Check(clause.Inputs{Contract: c, Plan: p, AsOf: timex.MustDate(on)})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func yes(b bool) *bool                 { return &b }
func days(n int) *int                  { return &n }
func percent(n int64) *catalog.Percent { return &catalog.Percent{Number: exact.Scaled(n, 2)} }
func of(c *clause.Checked, id clause.Clause) clause.Finding {
	return c.Findings[slices.IndexFunc(c.Findings, func(f clause.Finding) bool { return f.Clause == id })]
}

// TestEveryClauseIsJudged: an empty contract has a finding for each clause, in
// the order of the list, and each has its sentences.
func TestEveryClauseIsJudged(t *testing.T) {
	bare := &contract.Contract{ID: "c", Plan: "p", Start: timex.MustDate("2026-01-01")}
	for _, c := range []*contract.Contract{bare, signed(), trapped(), good()} {
		out := check(t, c, plan(), "2026-06-01")
		if len(out.Findings) != len(clause.Checklist()) {
			t.Fatalf("%d findings of %d clauses", len(out.Findings), len(clause.Checklist()))
		}
		for i, id := range clause.Checklist() {
			f := out.Findings[i]
			if f.Clause != id {
				t.Errorf("finding %d is of %s, want %s", i, f.Clause, id)
			}
			keys := []string{"clause.name." + string(id), "clause.why." + string(id), "clause.ask." + string(id), "clause.says." + f.Says, "clause.status." + string(f.Status), "clause.severity." + string(f.Severity)}
			if f.Costs != nil {
				keys = append(keys, "clause.when."+f.Costs.When)
			}
			for _, key := range keys {
				if !lang.Has(key) {
					t.Errorf("no phrase %s", key)
				}
			}
			if (f.Status == clause.Present || f.Status == clause.Void) != (f.Severity == clause.None) {
				t.Errorf("%s is %s and of severity %s", id, f.Status, f.Severity)
			}
		}
	}
}

// trapped has every trap, good has none.
func trapped() *contract.Contract {
	c := signed()
	c.Quantities["seats"] = contract.Held{Quantity: exact.Int(10), Changes: []contract.Change{{On: timex.MustDate("2026-03-01"), Quantity: exact.Int(16)}, {On: timex.MustDate("2026-05-01"), Quantity: exact.Int(12)}}}
	c.Renewal = &contract.Renewal{Auto: true, NoticeDays: 90, Term: contract.Term{Count: 1, Unit: timex.Year}}
	c.Termination = &catalog.Termination{Share: *percent(80), Months: 2, Amount: exact.Int(500)}
	c.PriceNoticeDays, c.ObjectionDays, c.DataSource = 7, 7, "the seller's records"
	c.Prepayment = &contract.Prepayment{Every: timex.Quarter}
	c.Minimums = []catalog.Limit{{ID: "floor", Amount: exact.Int(1500)}}
	c.ServiceLevels = []contract.ServiceLevel{{Metric: "availability", Target: "99.5%", Credit: percent(5), RequestDays: 7}}
	c.Clauses = &contract.Clauses{RenewalSeats: contract.HighestSeats, PriceCap: percent(20), MayWithhold: yes(false), BillingStarts: contract.OnSignature, LateInterest: percent(1), SuspensionDays: days(3),
		ReleaseDays: days(15), NumberHold: percent(80), NumbersPortable: yes(false), CreditCap: percent(10), Exclusions: []string{"carriers"}, RetentionDays: days(7), DataExport: yes(false), CutOffRefund: yes(false)}
	return c
}

func good() *contract.Contract {
	c := signed()
	c.Renewal = &contract.Renewal{}
	c.PriceNoticeDays, c.ObjectionDays, c.DataSource, c.DocumentReference = 60, 60, "the buyer's call records", "safe 3"
	c.ServiceLevels = []contract.ServiceLevel{{Metric: "availability", Target: "99.9%", Credit: percent(10), RequestDays: 60}}
	c.Clauses = &contract.Clauses{MayWithhold: yes(true), BillingStarts: contract.OnAcceptance, SuspensionDays: days(15), ReleaseDays: days(90), NumberHold: percent(0), NumbersPortable: yes(true),
		RetentionDays: days(90), DataExport: yes(true), CutOffRefund: yes(true), Licences: []string{"value-added telecom"}, Venue: "Shenzhen"}
	return c
}

// TestWhatTrapsCost: amounts computed from the terms on 1 June 2026, when twelve
// seats and four numbers cost 12 x 150 + 4 x 30 = 1,920 a month.
func TestWhatTrapsCost(t *testing.T) {
	out := check(t, trapped(), plan(), "2026-06-01")
	if out.Fixed.Decimal() != "1920.00" || out.Ends != timex.MustDate("2027-01-01") || !out.Known {
		t.Fatalf("fixed %s until %s", out.Fixed, out.Ends)
	}
	for _, c := range []struct {
		id       clause.Clause
		status   clause.Status
		severity clause.Severity
		amount   string
	}{
		{clause.Renewal, clause.Risky, clause.High, "23040.00"},          // twelve months
		{clause.RenewalSeats, clause.Risky, clause.High, "600.00"},       // 16 - 12 seats
		{clause.PriceNotice, clause.Risky, clause.Medium, "192.00"},      // a tenth
		{clause.PriceCap, clause.Costs, clause.Low, "384.00"},            // a fifth
		{clause.EarlyTermination, clause.Costs, clause.High, "15092.00"}, // 7 months x 1,920 x 80 % + 2 x 1,920 + 500
		{clause.MinimumSeats, clause.Costs, clause.Medium, "1800.00"},
		{clause.MinimumSpend, clause.Costs, clause.Medium, "1500.00"},
		{clause.SeatsBack, clause.Costs, clause.Low, "150.00"},
		{clause.Prepayment, clause.Risky, clause.Medium, "5760.00"}, // a quarter
		{clause.DataSource, clause.Risky, clause.Medium, ""},
		{clause.Objection, clause.Risky, clause.Medium, ""},
		{clause.Withholding, clause.Risky, clause.Medium, ""},
		{clause.BillingStart, clause.Risky, clause.Medium, "1920.00"},
		{clause.LateInterest, clause.Costs, clause.Low, "576.00"}, // 30 days of 1 %
		{clause.Suspension, clause.Risky, clause.High, ""},
		{clause.NumberRelease, clause.Risky, clause.High, ""},
		{clause.NumberHold, clause.Costs, clause.Medium, "96.00"}, // 80 % of 120
		{clause.Porting, clause.Risky, clause.High, ""},
		{clause.ServiceLevels, clause.Present, clause.None, ""},
		{clause.CreditCap, clause.Costs, clause.Medium, "1728.00"}, // what 10 % does not give back
		{clause.CreditRequest, clause.Risky, clause.Medium, ""},
		{clause.Exclusions, clause.Risky, clause.Low, ""},
		{clause.CutOff, clause.Risky, clause.High, "1920.00"},
		{clause.Retention, clause.Risky, clause.High, ""},
		{clause.DataExport, clause.Risky, clause.Medium, ""},
		{clause.Licences, clause.Missing, clause.Medium, ""},
		{clause.Rounding, clause.Present, clause.None, ""},
		{clause.TaxIncluded, clause.Present, clause.None, ""},
	} {
		f := of(out, c.id)
		amount := ""
		if f.Costs != nil {
			amount = f.Costs.Amount.Decimal()
		}
		if f.Status != c.status || f.Severity != c.severity || amount != c.amount {
			t.Errorf("%s is %s, %s, costs %q; want %s, %s, %q", c.id, f.Status, f.Severity, amount, c.status, c.severity, c.amount)
		}
	}
	if f := of(out, clause.Renewal); f.Costs.Args["by"] != "2026-10-03" {
		t.Errorf("notice by %s", f.Costs.Args["by"])
	}
}

// TestGoodContract: nothing of high severity is left but what the term itself
// costs.
func TestGoodContract(t *testing.T) {
	for _, f := range check(t, good(), plan(), "2026-06-01").Findings {
		if f.Severity == clause.High && f.Clause != clause.EarlyTermination {
			t.Errorf("%s is %s", f.Clause, f.Status)
		}
	}
}

// TestSilence: what is not written down is missing, and judged by what it can
// cost.
func TestSilence(t *testing.T) {
	p := plan()
	p.Tax = catalog.Tax{}
	p.Components[2].Increment = catalog.Increment{}
	out := check(t, signed(), p, "2026-06-01")
	for _, c := range []struct {
		id       clause.Clause
		severity clause.Severity
		amount   string
	}{
		{clause.Rounding, clause.High, ""}, {clause.TaxIncluded, clause.High, "97.20"}, {clause.Objection, clause.High, ""}, {clause.DataSource, clause.High, ""},
		{clause.ServiceLevels, clause.High, ""}, {clause.PriceNotice, clause.High, "162.00"}, {clause.EarlyTermination, clause.High, "11340.00"}, {clause.Renewal, clause.Low, ""},
	} {
		f := of(out, c.id)
		amount := ""
		if f.Costs != nil {
			amount = f.Costs.Amount.Decimal()
		}
		if f.Status != clause.Missing || f.Severity != c.severity || amount != c.amount {
			t.Errorf("%s is %s, %s, costs %q; want missing, %s, %q", c.id, f.Status, f.Severity, amount, c.severity, c.amount)
		}
	}
	if out.Worst() != clause.High {
		t.Errorf("worst is %s", out.Worst())
	}
}

// TestRenewedTerms: after renewals the running term is the one around the day of
// the check.
func TestRenewedTerms(t *testing.T) {
	c := trapped()
	if out := check(t, c, plan(), "2028-06-01"); out.Ends != timex.MustDate("2029-01-01") {
		t.Errorf("ends %s", out.Ends)
	}
	c.Renewal.Auto = false
	if out := check(t, c, plan(), "2028-06-01"); out.Ends != timex.MustDate("2027-01-01") {
		t.Errorf("without renewal it ends %s", out.Ends)
	}
}

// TestLongCommitments: what must be used in a year costs its shortfall; an
// amendment takes the place of what it names, and what has ended is no matter.
func TestLongCommitments(t *testing.T) {
	minutes, amount, less := exact.Int(100_000), exact.Int(20_000), exact.Int(50_000)
	c := signed()
	if f := of(check(t, c, plan(), "2026-06-01"), clause.Commitment); f.Status != clause.Present || f.Costs != nil {
		t.Errorf("none: %+v", f)
	}
	c.Commitments = []contract.Commitment{{ID: "minutes", Component: "talk", Quantity: &minutes, Every: timex.Year}, {ID: "spend", Amount: &amount, Every: timex.Quarter},
		{ID: "gone", Amount: &amount, Every: timex.Quarter, From: timex.MustDate("2026-01-01"), To: timex.MustDate("2026-04-01")}}
	if f := of(check(t, c, plan(), "2026-06-01"), clause.Commitment); f.Status != clause.Costs || f.Costs == nil || f.Costs.Amount.Decimal() != "32000.00" || f.Args["n"] != "2" {
		t.Errorf("100,000 minutes at 0.12 and 20,000: %+v", f)
	}
	c.Amendments = []contract.Amendment{{ID: "A1", On: timex.MustDate("2026-07-01"), Agreement: contract.Agreement{Commitments: []contract.Commitment{{ID: "minutes", Component: "talk", Quantity: &less, Every: timex.Year}}}}}
	if f := of(check(t, c, plan(), "2026-06-01"), clause.Commitment); f.Costs == nil || f.Costs.Amount.Decimal() != "26000.00" {
		t.Errorf("half as many minutes: %+v", f)
	}
	unknown := plan()
	unknown.Components[2].UnitPrice = catalog.Price{Set: true, Unknown: true}
	if f := of(check(t, c, unknown, "2026-06-01"), clause.Commitment); f.Severity != clause.High || f.Costs != nil {
		t.Errorf("at a price nobody knows: %+v", f)
	}
}
