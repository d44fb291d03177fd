package meter_test

import (
	"testing"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/fault"
)

func tiersOf(rows ...catalog.Tier) *catalog.Tiers {
	return &catalog.Tiers{Mode: catalog.Graduated, Rows: rows}
}

func tier(upTo, unit, flat string) catalog.Tier {
	out := catalog.Tier{UnitPrice: catalog.PriceOf(exact.MustParse(unit)), Flat: exact.MustParse(flat)}
	if upTo != "" {
		n := exact.MustParse(upTo)
		out.UpTo = &n
	}
	return out
}

func TestGraduatedProrated(t *testing.T) {
	tiers := tiersOf(tier("5", "10", "100"), tier("15", "5", "50"), tier("", "2", "0"))
	blocks := tiersOf(tier("", "90", "0"))
	blocks.Rows[0].Block = exact.Int(10)
	notAtZero := *tiers
	notAtZero.FlatAtZero = boolOf(false)
	for _, c := range []struct {
		name    string
		tiers   *catalog.Tiers
		opening int64
		changes []string
		want    string
	}{
		{"nothing used", tiers, 0, nil, "100"},
		{"nothing used, no flat", &notAtZero, 0, nil, "0"},
		{"from the 10th", tiers, 0, []string{"10:2"}, "114"},
		{"second tier reached", tiers, 0, []string{"10:2", "16:7"}, "184"},
		{"flat kept after the tier is left", tiers, 6, []string{"16:1"}, "182.5"}, // 5x10/2 + 1x10/2 + 1x5/2 + 100 + 50
		{"started blocks", blocks, 10, []string{"16:11"}, "135"},
	} {
		terms := fixedTerms(t, c.opening, c.changes...)
		comp := &catalog.Component{ID: "x", Measure: catalog.SeatsAssigned, SeatDecrease: catalog.CreditDays, Tiers: c.tiers}
		q, err := meter.CountSeats(comp, nil, nil, terms)
		if err != nil {
			t.Fatal(err)
		}
		parts, err := meter.GraduatedProrated(comp, q.Runs, terms)
		sum, units := exact.Zero, exact.Zero
		for _, p := range parts {
			sum, units = sum.Add(p.Exact), units.Add(p.Units.Value())
		}
		if err != nil || sum.String() != c.want {
			t.Errorf("%s: %s, %v; want %s", c.name, sum, err, c.want)
		}
		if c.tiers != blocks && !units.Equal(q.Raw) {
			t.Errorf("%s: tiers hold %s seats of %s", c.name, units, q.Raw)
		}
	}
}

func TestGraduatedProratedRefuses(t *testing.T) {
	terms := fixedTerms(t, 8)
	levels := []meter.Run{{Dates: meter.Dates{First: terms.First, After: terms.After}, Time: terms.Period, Level: exact.Int(8)}}
	unknown := tiersOf(tier("5", "10", "0"), catalog.Tier{UnitPrice: catalog.Price{Set: true, Unknown: true}})
	for name, c := range map[string]struct {
		tiers *catalog.Tiers
		kind  fault.Kind
	}{
		"no tiers": {nil, fault.Invalid}, "volume": {&catalog.Tiers{Mode: catalog.Volume}, fault.Invalid},
		"bounds fall": {tiersOf(tier("5", "1", "0"), tier("5", "1", "0")), fault.Invalid}, "unknown price": {unknown, fault.Unknown},
	} {
		if _, err := meter.GraduatedProrated(&catalog.Component{ID: "x", Tiers: c.tiers}, levels, terms); fault.KindOf(err) != c.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
	levels[0].Level = exact.Int(5)
	if _, err := meter.GraduatedProrated(&catalog.Component{ID: "x", Tiers: unknown}, levels, terms); err != nil {
		t.Errorf("an unknown price nobody reaches: %v", err)
	}
}
