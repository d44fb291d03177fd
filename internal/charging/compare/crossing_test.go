package compare_test

import (
	"testing"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/compare"
)

// The cost told at a break-even point is what both offers cost there: at 50 calls
// of a minute, 7.50 by the minute, and 2.00 and 5.50 by six seconds with a fee.
func TestACrossingCostsWhatBothCostThere(t *testing.T) {
	six := minutePlan("six", "0.11", "6/6")
	six.Components = append(six.Components, catalog.Component{ID: "fee", Measure: catalog.Recurring, UnitPrice: price("2")})
	r := result(t, compare.Input{Candidates: []compare.Candidate{candidate(minutePlan("minutes", "0.15", "60/60")), candidate(six)}}, yearOf(100))
	seen := false
	for _, b := range r.BreakEvens {
		if b.Axis != compare.MinutesPerSeat {
			continue
		}
		for _, p := range b.Points {
			seen = true
			if !p.Exact || p.Below != "minutes" || p.Cost.Decimal() != "7.50" {
				t.Errorf("%+v costs %s, want 7.50", p, p.Cost.Decimal())
			}
		}
	}
	if !seen {
		t.Errorf("no point: %+v", r.BreakEvens)
	}
}

// Costs that climb by steps are not straight because attempts nobody answered lie
// beside the point: only the bracket is sure.
func TestUnansweredAttemptsMakeNoCrossingExact(t *testing.T) {
	f := &facts{}
	for i := range 100 {
		at := day("2026-01-01").Start(time.UTC).Add(time.Duration(i) * 20 * time.Minute)
		f.talked(at, 5, 0, 0, 0, 0, 119, 0, 0, 0, 0)
	}
	flat := candidate(plan("flat", catalog.Component{ID: "fee", Measure: catalog.Recurring, UnitPrice: price("40.07")}, catalog.Component{ID: "talk", Measure: catalog.TalkTime, UnitPrice: price("0")}))
	r := result(t, compare.Input{Candidates: []compare.Candidate{candidate(minutePlan("minutes", "0.15", "60/60")), flat}, Months: []int{1}}, f)
	b := r.BreakEvens[0]
	if len(b.Points) != 1 || b.Points[0].Exact {
		t.Errorf("%+v", b.Points)
	}
}
