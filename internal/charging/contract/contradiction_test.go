package contract_test

import (
	"strings"
	"testing"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/exact"
	"waihu/internal/timex"
)

func months(n int) contract.Term { return contract.Term{Count: n, Unit: timex.Month} }

// Clauses that cannot both hold are refused, or told with what is made of them.
func TestContradictoryClausesAreTold(t *testing.T) {
	more := exact.Frac(3, 2)
	for _, c := range []struct {
		name, path, says string
		warning          bool
		change           func(*contract.Contract)
	}{
		{"a notice longer than the term", "renewal.notice_days", "no day is left to give it on", false,
			func(c *contract.Contract) {
				c.Term, c.Renewal = months(12), &contract.Renewal{Auto: true, NoticeDays: 366}
			}},
		{"a notice longer than the renewal", "renewal.notice_days", "longer than the 1 month it renews for", true,
			func(c *contract.Contract) {
				c.Term, c.Renewal = months(12), &contract.Renewal{Auto: true, NoticeDays: 90, Term: months(1)}
			}},
		{"an end before the beginning", "end", "ends before it begins", false, func(c *contract.Contract) { c.End = day("2025-01-01") }},
		{"a fee for leaving an open contract", "early_termination", "never ends before it", true,
			func(c *contract.Contract) {
				c.Termination = &catalog.Termination{Share: catalog.Percent{Number: exact.Frac(1, 2)}}
			}},
		{"renewal without anything to renew", "renewal.auto", "neither a term nor an end to renew at", false,
			func(c *contract.Contract) { c.Renewal = &contract.Renewal{Auto: true, Term: months(12)} }},
		{"a fee for leaving beyond the term", "early_termination.months", "leaving costs 3 months, the whole term is 1 month", true,
			func(c *contract.Contract) { c.Term, c.Termination = months(1), &catalog.Termination{Months: 3} }},
		{"a prepayment discount over 100 %", "prepayment.discount", "not a share", false,
			func(c *contract.Contract) {
				c.Prepayment = &contract.Prepayment{Percent: &catalog.Percent{Number: more}}
			}},
		{"a fee for leaving over 100 %", "early_termination.share", "not a share", false,
			func(c *contract.Contract) {
				c.Term, c.Termination = months(12), &catalog.Termination{Share: catalog.Percent{Number: more}}
			}},
	} {
		one := &contract.Contract{ID: "c", Plan: "p@1", Start: day("2026-01-01")}
		c.change(one)
		found := one.Validate()
		if len(found) != 1 || found[0].Path != c.path || found[0].Warning != c.warning || !strings.Contains(found[0].What, c.says) {
			t.Errorf("%s: %v", c.name, found)
		}
	}
}

// A notice as long as the term can be given on the first day; a term that ends
// with the contract contradicts nothing.
func TestClausesThatJustHoldAreLeftAlone(t *testing.T) {
	c := &contract.Contract{ID: "c", Plan: "p@1", Start: day("2026-01-01"), Term: months(12), End: day("2027-01-01"), Renewal: &contract.Renewal{Auto: true, NoticeDays: 365, Term: months(12)}}
	if found := c.Validate(); len(found) > 0 {
		t.Error(found)
	}
}

// A term longer than the contract is told where nothing says what it costs.
func TestATermBeyondTheLastDayIsTold(t *testing.T) {
	c := &contract.Contract{ID: "c", Plan: "p@1", Start: day("2026-01-01"), Term: months(12), End: day("2026-06-01")}
	p := plan()
	p.Termination = nil
	found := c.Check(p)
	if len(found) != 1 || !found[0].Warning || found[0].Path != "end" || !strings.Contains(found[0].What, "binds until 2027-01-01, and nothing says") {
		t.Error(found)
	}
	c.Termination = &catalog.Termination{Share: catalog.Percent{Number: exact.Frac(1, 2)}}
	if found := c.Check(p); len(found) > 0 {
		t.Error(found)
	}
}
