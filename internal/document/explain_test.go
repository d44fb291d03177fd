package document

import (
	"testing"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

func TestFormula(t *testing.T) {
	days := func(num, den int64) *rating.Fraction {
		return &rating.Fraction{Num: exact.Int(num), Den: exact.Int(den), Basis: catalog.ByDay}
	}
	for name, c := range map[string]struct {
		unit string
		p    rating.Part
		want string
	}{
		"plain":        {"minute", rating.Part{Key: "unit", Raw: num("10"), Quantity: num("10"), UnitPrice: num("0.12"), Exact: num("1.2")}, "10 minutes × 0.12 = 1.2"},
		"with a fee":   {"minute", rating.Part{Key: "row:a", Quantity: num("10"), UnitPrice: num("0.12"), Flat: num("3"), Exact: num("4.2")}, "10 minutes × 0.12 + 3 = 4.2"},
		"fees alone":   {"minute", rating.Part{Key: "fees", Flat: num("3"), Exact: num("3")}, "3"},
		"share after":  {"module", rating.Part{Key: "unit", Raw: num("1"), Quantity: num("1"), UnitPrice: num("310"), Proration: days(17, 31), Exact: num("170")}, "1 module × 310 × 17/31 (days) = 170"},
		"share within": {"module", rating.Part{Key: "rec", Raw: num("2"), Quantity: exact.Frac(34, 31), UnitPrice: num("310"), Proration: days(17, 31), Exact: num("340")}, "2 modules × 310 × 17/31 (days) = 340"},
		"seat-days": {"seat", rating.Part{Key: "tier:1", Raw: exact.Frac(155, 31), Quantity: exact.Frac(155, 31), UnitPrice: num("31"), Proration: days(155, 31), Exact: num("155")},
			"5 seats (155/31 (days)) × 31 = 155"},
		"blocks":     {"call", rating.Part{Key: "block", Raw: num("1001"), Quantity: num("2"), UnitPrice: num("200"), Exact: num("400")}, "2 blocks × 200 = 400"},
		"tier block": {"call", rating.Part{Key: "tier:2", Raw: num("1001"), Quantity: num("2"), UnitPrice: num("200"), Exact: num("400")}, "2 blocks × 200 = 400"},
		"no equation": {"minute", rating.Part{Key: "unit", Quantity: num("10"), UnitPrice: num("0.125"), Exact: num("1.3")}, // each call was rounded
			"10 minutes × 0.125, makes 1.3"},
		"endless": {"minute", rating.Part{Key: "unit", Quantity: exact.Frac(1, 3), UnitPrice: num("1"), Exact: exact.Frac(1, 3)}, "≈0.333333333 minutes × 1 ≈ 0.333333333"},
		"zero":    {"minute", rating.Part{Key: "unit", UnitPrice: num("1")}, "0 minutes × 1 = 0"},
	} {
		l := &rating.Line{Unit: c.unit, Parts: []rating.Part{c.p}}
		if got := formula(lang.English, l, &l.Parts[0]); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestPartName(t *testing.T) {
	name := text("Seats", "座席", "坐席")
	for _, c := range []struct {
		key, name string
		parts     int
		want      string
	}{
		{"tier:2", "", 2, "Tier 2"}, {"tier:1", "", 1, ""}, {"unit", "Seats", 1, ""}, {"prefix:8613", "", 2, "+8613"},
		{"row:mobile", "Mobile", 2, "Mobile"}, {"row:mobile", "", 1, "mobile"}, {"2026-03-10", "", 2, "10 Mar 2026"},
		{"tier:1@2026-03-10", "", 2, "Tier 1 from 10 Mar 2026 on"}, {"row:mobile@60s", "Mobile", 2, "Mobile from 0:01:00 on"}, {"fees", "Seats", 2, "Fixed fees"},
	} {
		l := &rating.Line{Name: name, Parts: make([]rating.Part, c.parts)}
		l.Parts[0] = rating.Part{Key: c.key, Name: lang.Text{En: c.name}}
		if got := partName(lang.English, l, &l.Parts[0]); got != c.want {
			t.Errorf("%s %q: %q, want %q", c.key, c.name, got, c.want)
		}
	}
}

// TestChoices: every choice a plan can name has a word in the three languages.
func TestChoices(t *testing.T) {
	for family, values := range map[string][]string{
		"grid": catalog.Grid("").Choices(), "grace_rule": catalog.GraceRule("").Choices(), "crossing": catalog.Crossing("").Choices(),
		"legs": catalog.Legs("").Choices(), "proration": catalog.Proration("").Choices(), "seat_decrease": catalog.SeatDecrease("").Choices(),
		"seat_increase": catalog.SeatIncrease("").Choices(), "same_day": catalog.SameDay("").Choices(), "paid_peak": catalog.PaidPeak("").Choices(),
		"tier_mode": catalog.TierMode("").Choices(), "scope": catalog.Scope("").Choices(), "per": catalog.Per("").Choices(),
		"burn": catalog.Burn("").Choices(), "pack_order": catalog.PackOrder("").Choices(), "step": catalog.Step("").Choices(),
		"timing": catalog.Timing("").Choices(), "tax_prices": catalog.TaxPrices("").Choices(), "tax_rounding": catalog.TaxRounding("").Choices(),
		"module_class": catalog.ModuleClass("").Choices(), "off_day": catalog.OffDay("").Choices(), "measure": catalog.Measure("").Choices(),
		"unit": catalog.UnitOf("").Choices(), "anchor": catalog.Anchor("").Choices(), "day": catalog.DayWord("").Choices(),
		"round": exact.Mode("").Choices(), "every": timex.Unit("").Choices(),
		"direction": usage.Direction("").Choices(), "result": usage.Result("").Choices(), "answered_by": usage.AnsweredBy("").Choices(),
		"mode": usage.Mode("").Choices(), "purpose": usage.Purpose("").Choices(), "line": usage.Line("").Choices(),
		"reach": usage.Reach("").Choices(), "state": usage.State("").Choices(),
	} {
		for _, v := range values {
			if !lang.Has("choice." + family + "." + v) {
				t.Errorf("no word for %s %s", family, v)
			}
		}
	}
}

// TestUnknown: a line with a price nobody knows makes the total a lower bound,
// in figures and without words.
func TestUnknown(t *testing.T) {
	inv := cnyInvoice(t)
	inv.Lines[1].Unknown = true
	inv.Unknown = []string{"calls"}
	rows := totals(lang.Simplified, inv)
	if last := rows[len(rows)-1]; last.label != "至少应付" || last.value != "≥ ¥13,559.87" {
		t.Errorf("%+v", last)
	}
	if amountText(lang.English, &inv.Lines[1]) != "≥ 2,622.66" || totalInWords(lang.Simplified, inv) != "" {
		t.Error("an unknown price looks like a known one")
	}
}

// TestAModuleForEachSeat: one module was on, and nine seats pay for it.
func TestAModuleForEachSeat(t *testing.T) {
	l := &rating.Line{Unit: "seat", Raw: exact.Int(1), Billed: exact.Int(9), Charged: exact.Int(9), Evidence: rating.Evidence{Facts: "modules", Count: 1}}
	for tag, want := range map[lang.Tag]string{lang.English: "measured 1 module, billed 9 seats", lang.Traditional: "實際 1 個模組，計費 9 個座席", lang.Simplified: "实际 1 个模块，计费 9 个坐席"} {
		if got := chain(tag, l); got != want {
			t.Errorf("%s: %s", tag, got)
		}
	}
}
