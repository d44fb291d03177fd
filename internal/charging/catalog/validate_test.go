package catalog_test

import (
	"strings"
	"testing"

	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
)

func TestSoundPlanHasNoErrors(t *testing.T) {
	if found := plan().Validate(); found.Err() != nil {
		t.Error(found)
	}
}

func TestEmptyPlanIsReportedWhole(t *testing.T) {
	found := (&catalog.Plan{Version: -1}).Validate()
	for _, path := range []string{"plan", "version", "currency", "time_zone", "components"} {
		seen := false
		for _, p := range found {
			seen = seen || p.Path == path
		}
		if !seen {
			t.Errorf("nothing about %s in %v", path, found)
		}
	}
}

func TestTooManyComponents(t *testing.T) {
	p := plan()
	for range catalog.MaxComponents {
		p.Components = append(p.Components, p.Components[1])
	}
	if found := p.Validate(); !strings.Contains(found.Error(), "502 components") {
		t.Error(found)
	}
}

func TestFindingsAreBounded(t *testing.T) {
	p := plan()
	for range 400 {
		p.Discounts = append(p.Discounts, catalog.Discount{ID: "d"})
	}
	if found := p.Validate(); len(found) != 201 || !strings.Contains(found[200].What, "more findings") {
		t.Errorf("%d findings, %v", len(found), found[len(found)-1])
	}
}

func TestInversions(t *testing.T) {
	tiers := catalog.Tiers{Mode: catalog.Volume, Rows: []catalog.Tier{{UpTo: num("5"), UnitPrice: price("800")}, {UpTo: num("10"), UnitPrice: price("720")}, {UnitPrice: price("640")}}}
	got := tiers.Inversions()
	if len(got) != 1 || got[0].Row != 1 || got[0].More.String() != "11" || got[0].CostMore.String() != "7040" || got[0].CostLast.String() != "7200" {
		t.Errorf("%+v", got)
	}
	tiers.Rows[2].UnitPrice = catalog.Price{Set: true, Unknown: true}
	if got := tiers.Inversions(); len(got) != 0 {
		t.Errorf("an unknown price counts as %+v", got)
	}
	tiers.Mode = catalog.Graduated
	if got := tiers.Inversions(); len(got) != 0 {
		t.Errorf("graduated: %+v", got)
	}
}

// TestLargestPlan checks ten matrices of a thousand rows, each row
// compared with each other.
func TestLargestPlan(t *testing.T) {
	matrices := func(n int) *catalog.Plan {
		p := plan()
		for i := range n {
			c := catalog.Component{ID: "c" + string(rune('a'+i)), Measure: catalog.TalkTime}
			for j := range 1000 {
				c.Rates = append(c.Rates, catalog.RateRow{Match: catalog.Filter{Outcome: []string{"o" + exact.Int(int64(j)).String()}}, UnitPrice: price("1")})
			}
			p.Components = append(p.Components, c)
		}
		return p
	}
	if found := matrices(10).Validate(); found.Err() != nil {
		t.Error(found.Errors())
	}
	if found := matrices(11).Validate(); !strings.Contains(found.Error(), "11000 rate rows") {
		t.Error(found)
	}
}

func TestTakes(t *testing.T) {
	for _, c := range []struct {
		m    catalog.Measure
		key  string
		want bool
	}{{catalog.TalkTime, "increment", true}, {catalog.SeatsAssigned, "increment", false}, {catalog.OneOff, "on", true}, {catalog.Calls, "id", true}, {catalog.PercentOf, "unit_price", false}} {
		if c.m.Takes(c.key) != c.want {
			t.Errorf("%s takes %s: %v", c.m, c.key, !c.want)
		}
	}
	if got := catalog.ModuleDays.Filters(); len(got) != 1 || got[0] != "module" {
		t.Errorf("filters of modules: %v", got)
	}
}
