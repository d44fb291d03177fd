package meter_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// modulesOf are activations "module from to" in Shanghai; an empty end is open.
func modulesOf(t testing.TB, rows ...[3]string) []usage.Module {
	t.Helper()
	loc := zoneOf(t, "Asia/Shanghai")
	var out []usage.Module
	for i, r := range rows {
		out = append(out, usage.Module{ID: fmt.Sprint(i), Source: "crm", Module: r[0], From: local(t, r[1], loc), To: local(t, r[2], loc)})
	}
	return out
}

func sharesOf(q meter.Quantity) string {
	text := ""
	for _, p := range q.Parts {
		text += fmt.Sprintf("%s %s x %s/%s; ", p.Key, p.Quantity, p.Share.Num, p.Share.Den)
	}
	return text
}

func TestCountModules(t *testing.T) {
	tenDays := [3]string{"qa", "2026-06-01", "2026-06-10"}
	again := [][3]string{{"qa", "2026-06-05 09:00:00", "2026-06-08 10:00:00"}, {"qa", "2026-06-08 15:00:00", "2026-06-08 18:00:00"}, {"QA", "2026-06-07", "2026-06-11"}}
	moment := [3]string{"qa", "2026-06-12 09:00:00", "2026-06-12 10:00:00"}
	for _, c := range []struct {
		name string
		comp catalog.Component
		rows [][3]string
		want string
	}{
		{"still on", catalog.Component{}, [][3]string{{"qa", "2026-06-16 23:59:00", ""}}, "qa 1 x 15/30; "},
		{"off day free", catalog.Component{}, [][3]string{tenDays}, "qa 1 x 9/30; "},
		{"off day charged", catalog.Component{OffDay: catalog.OffDayCharged}, [][3]string{tenDays}, "qa 1 x 10/30; "},
		{"days are united", catalog.Component{}, again, "qa 1 x 6/30; "},
		{"carried in", catalog.Component{}, [][3]string{{"qa", "2026-05-20", "2026-06-11"}}, "qa 1 x 10/30; "},
		{"gone before", catalog.Component{}, [][3]string{{"qa", "2026-04-01", "2026-05-15"}}, ""},
		{"gone before, no refund", catalog.Component{Proration: catalog.NoProration}, [][3]string{{"qa", "2026-04-01", "2026-05-15"}}, ""},
		{"gone at the first instant", catalog.Component{Proration: catalog.AnyUse}, [][3]string{{"qa", "2026-04-01", "2026-06-01"}}, ""},
		{"one hour, off day free", catalog.Component{}, [][3]string{moment}, "qa 1 x 0/30; "},
		{"one hour, off day charged", catalog.Component{OffDay: catalog.OffDayCharged}, [][3]string{moment}, "qa 1 x 1/30; "},
		{"one hour, by second", catalog.Component{Proration: catalog.BySecond}, [][3]string{moment}, "qa 1 x 3600/2592000; "},
		{"one hour, any use", catalog.Component{Proration: catalog.AnyUse}, [][3]string{moment}, "qa 1 x 1/1; "},
		{"one hour, to the period's end", catalog.Component{Proration: catalog.NoProration}, [][3]string{moment}, "qa 1 x 19/30; "},
		{"whole, to the period's end", catalog.Component{Proration: catalog.NoProration}, [][3]string{tenDays}, "qa 1 x 30/30; "},
		{"months of 30 days", catalog.Component{Proration: catalog.Thirty360}, [][3]string{tenDays}, "qa 1 x 9/30; "},
		{"another module", catalog.Component{Where: catalog.Filter{Module: []string{"tts"}}}, [][3]string{tenDays}, ""},
		{"several", catalog.Component{}, [][3]string{{"tts", "2026-06-01", ""}, tenDays}, "qa 1 x 9/30; tts 1 x 30/30; "},
	} {
		c.comp.Measure = catalog.ModuleDays
		got, err := meter.CountModules(&c.comp, modulesOf(t, c.rows...), termsFor(t, "2026-06", "Asia/Shanghai"))
		if err != nil || sharesOf(got) != c.want {
			t.Errorf("%s: %q, %v; want %q", c.name, sharesOf(got), err, c.want)
		}
	}
}

func TestBaseModulesAreWhole(t *testing.T) {
	terms := termsFor(t, "2026-06", "Asia/Shanghai")
	terms.Plan.Modules = []catalog.Module{{ID: "core", Class: catalog.Base}, {ID: "QA"}, {ID: "other", Class: catalog.Base}}
	terms.Start = terms.First + 20
	c := &catalog.Component{Measure: catalog.ModuleDays, Where: catalog.Filter{Module: []string{"core", "qa"}}}
	got, err := meter.CountModules(c, modulesOf(t, [3]string{"core", "2026-06-25", "2026-06-26"}, [3]string{"qa", "2026-06-01", ""}), terms)
	if want := "QA 1 x 10/30; core 1 x 1/1; "; err != nil || sharesOf(got) != want {
		t.Errorf("%q, %v; want %q", sharesOf(got), err, want)
	}
	terms.End = terms.First
	if got, err := meter.CountModules(c, nil, terms); err != nil || !got.Raw.IsZero() {
		t.Errorf("a contract that does not serve pays for %s modules, %v", got.Raw, err)
	}
}

func rentalsOf(t testing.TB, rows ...[4]string) []usage.Rental {
	t.Helper()
	loc := zoneOf(t, "Asia/Shanghai")
	var out []usage.Rental
	for _, r := range rows {
		out = append(out, usage.Rental{ID: r[0], Source: "stock", Item: r[1], From: local(t, r[2], loc), To: local(t, r[3], loc)})
	}
	return out
}

func TestCountRentals(t *testing.T) {
	rows := [][4]string{{"a", "number", "2026-01-01", ""}, {"b", "Number", "2026-06-16", ""}, {"c", "number", "2026-06-16", ""},
		{"c", "number", "2026-06-20", "2026-06-25"}, {"d", "device", "2026-06-10", "2026-06-13"}, {"e", "number", "2026-01-01", "2026-02-01"}}
	for _, c := range []struct {
		comp catalog.Component
		want string
		raw  string
	}{
		{catalog.Component{}, "device 1 x 3/30; number 1 x 30/30; number 2 x 15/30; ", "2.1"},
		{catalog.Component{Where: catalog.Filter{Item: []string{"device"}}, OffDay: catalog.OffDayCharged}, "device 1 x 4/30; ", exact.Frac(4, 30).String()},
		{catalog.Component{Proration: catalog.NoProration}, "device 1 x 1/1; number 3 x 1/1; ", "4"},
		{catalog.Component{Proration: catalog.AnyUse}, "device 1 x 1/1; number 3 x 1/1; ", "4"},
	} {
		c.comp.Measure = catalog.Rentals
		got, err := meter.CountRentals(&c.comp, rentalsOf(t, rows...), termsFor(t, "2026-06", "Asia/Shanghai"))
		if err != nil || sharesOf(got) != c.want || got.Raw.String() != c.raw {
			t.Errorf("%q of %s, %v; want %q of %s", sharesOf(got), got.Raw, err, c.want, c.raw)
		}
	}
}

func TestCountRentalsOfAFixedQuantity(t *testing.T) {
	// 10x10 + 5x12 + 1x9 + 4x8 + 10x4, and 3 + 1 + 4 on the days they go back.
	for off, want := range map[catalog.OffDay]string{catalog.OffDayFree: "241", catalog.OffDayCharged: "249"} {
		c := &catalog.Component{ID: "x", Measure: catalog.Rentals, OffDay: off}
		got, err := meter.CountRentals(c, nil, fixedTerms(t, 10, "11:12", "16:9", "17:8", "21:4"))
		if item := got.Raw.Mul(exact.Int(30)).String(); err != nil || item != want {
			t.Errorf("off day %s: %s item-days, %v; want %s", off, item, err, want)
		}
	}
}

// The union of days against a calendar with each day ticked off, and parts cut
// at any date against the whole.
func TestModuleDaysAddUp(t *testing.T) {
	r := rand.New(rand.NewPCG(37, 41))
	for range 150 {
		terms := termsFor(t, "2026-06", "Europe/Paris")
		start := timex.MustDate("2026-05-25").Start(terms.Loc)
		var facts []usage.Module
		for range 1 + r.IntN(6) {
			m := usage.Module{Module: "qa", From: start.Add(time.Duration(r.IntN(45*24)) * time.Hour)}
			if r.IntN(4) > 0 {
				m.To = m.From.Add(time.Duration(r.IntN(9*24)) * time.Hour)
			}
			facts = append(facts, m)
		}
		c := &catalog.Component{Measure: catalog.ModuleDays}
		if r.IntN(2) == 0 {
			c.OffDay = catalog.OffDayCharged
		}
		whole := modulesRaw(t, c, facts, terms)
		if want := ticked(c, facts, terms); !whole.Equal(exact.Frac(want, 30)) {
			t.Fatalf("%+v: %s, want %d/30", facts, whole, want)
		}
		r.Shuffle(len(facts), func(i, j int) { facts[i], facts[j] = facts[j], facts[i] })
		for _, by := range []catalog.Proration{catalog.ByDay, catalog.BySecond, catalog.Thirty360} {
			c.Proration = by
			early, late := *terms, *terms
			early.End = terms.First + 1 + timex.Date(r.IntN(29))
			late.Start = early.End
			if sum := modulesRaw(t, c, facts, &early).Add(modulesRaw(t, c, facts, &late)); !sum.Equal(modulesRaw(t, c, facts, terms)) {
				t.Fatalf("%s cut at %s: %s, whole %s", by, late.Start, sum, modulesRaw(t, c, facts, terms))
			}
		}
	}
}

func ticked(c *catalog.Component, facts []usage.Module, terms *contract.Terms) (days int64) {
	for d := terms.First; d < terms.After; d++ {
		for _, m := range facts {
			off := d + 1
			if !m.To.IsZero() {
				off = m.To.DateIn(terms.Loc)
			}
			if m.From.DateIn(terms.Loc) <= d && (d < off || d == off && c.OffDay == catalog.OffDayCharged) {
				days++
				break
			}
		}
	}
	return days
}

func modulesRaw(t *testing.T, c *catalog.Component, facts []usage.Module, terms *contract.Terms) exact.Number {
	t.Helper()
	q, err := meter.CountModules(c, facts, terms)
	if err != nil {
		t.Fatal(err)
	}
	return q.Raw
}

func TestModulesAndRentalsRefuse(t *testing.T) {
	terms := termsFor(t, "2026-06", "Asia/Shanghai")
	if _, err := meter.CountModules(&catalog.Component{}, modulesOf(t, [3]string{"qa", "2026-06-09", "2026-06-08"}), terms); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a module that ends before it starts was counted: %v", err)
	}
	if _, err := meter.CountRentals(&catalog.Component{}, rentalsOf(t, [4]string{"a", "line", "2026-06-09", "2026-06-08"}), terms); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a rental that ends before it starts was counted: %v", err)
	}
}
