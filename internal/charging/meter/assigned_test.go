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
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// fixedTerms are terms of June 2026 with a quantity of "x" and changes
// "day:level".
func fixedTerms(t testing.TB, opening int64, changes ...string) *contract.Terms {
	t.Helper()
	terms := termsFor(t, "2026-06", "Asia/Shanghai")
	terms.Quantities = map[string]exact.Number{"x": exact.Int(opening)}
	terms.Changes = map[string][]contract.Change{}
	for _, s := range changes {
		var day int
		var level int64
		if _, err := fmt.Sscanf(s, "%d:%d", &day, &level); err != nil {
			t.Fatal(err)
		}
		terms.Changes["x"] = append(terms.Changes["x"], contract.Change{On: terms.First + timex.Date(day-1), Quantity: exact.Int(level)})
	}
	return terms
}

func TestChargeAssigned(t *testing.T) {
	moves := []string{"11:13", "16:8", "21:10"}
	twice := []string{"11:13", "11:10"}
	for _, c := range []struct {
		name    string
		comp    catalog.Component
		changes []string
		want    string // seat-days of 30
	}{
		{"paid peak", catalog.Component{}, moves, "360"},
		{"every increase", catalog.Component{PaidPeak: catalog.EveryIncrease}, moves, "380"},
		{"full period", catalog.Component{SeatIncrease: catalog.WholePeriod}, moves, "390"},
		{"full period, every increase", catalog.Component{SeatIncrease: catalog.WholePeriod, PaidPeak: catalog.EveryIncrease}, moves, "450"},
		{"credit", catalog.Component{SeatDecrease: catalog.CreditDays}, moves, "305"},
		{"credit, full period", catalog.Component{SeatDecrease: catalog.CreditDays, SeatIncrease: catalog.WholePeriod}, moves, "335"},
		{"credit, full period, every increase", catalog.Component{SeatDecrease: catalog.CreditDays, SeatIncrease: catalog.WholePeriod, PaidPeak: catalog.EveryIncrease}, moves, "375"},
		{"same day collapses", catalog.Component{}, twice, "300"},
		{"highest of the day, credit", catalog.Component{SameDay: catalog.MaxOfDay, SeatDecrease: catalog.CreditDays}, twice, "303"},
		{"highest of the day, paid", catalog.Component{SameDay: catalog.MaxOfDay}, twice, "360"},
		{"every change, paid", catalog.Component{SameDay: catalog.EveryChange}, twice, "360"},
		{"every change, credited at once", catalog.Component{SameDay: catalog.EveryChange, SeatDecrease: catalog.CreditDays}, twice, "300"},
		{"every change and increase", catalog.Component{SameDay: catalog.EveryChange, PaidPeak: catalog.EveryIncrease}, []string{"11:8", "11:10"}, "340"},
		{"from the first day", catalog.Component{}, []string{"1:4"}, "120"},
		{"after the period", catalog.Component{}, []string{"31:99"}, "300"},
	} {
		c.comp.ID, c.comp.Measure = "x", catalog.SeatsAssigned
		got, err := meter.CountSeats(&c.comp, nil, nil, fixedTerms(t, 10, c.changes...))
		if err != nil || !got.Raw.Equal(exact.MustParse(c.want).Div(exact.Int(30))) {
			t.Errorf("%s: %s seat-days, %v; want %s", c.name, got.Raw.Mul(exact.Int(30)), err, c.want)
		}
	}
}

func TestChargeAssignedExplainsItself(t *testing.T) {
	c := &catalog.Component{ID: "x", Measure: catalog.SeatsAssigned}
	got, err := meter.CountSeats(c, nil, nil, fixedTerms(t, 10, "11:13", "16:8", "21:10"))
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, r := range got.Runs {
		text += fmt.Sprintf("%s..%s %s; ", r.First, r.After, r.Level)
	}
	for _, p := range got.Parts {
		text += fmt.Sprintf("%s x %s/%s; ", p.Quantity, p.Share.Num, p.Share.Den)
	}
	if want := "2026-06-01..2026-06-11 10; 2026-06-11..2026-07-01 13; 10 x 30/30; 3 x 20/30; "; text != want {
		t.Errorf("explained as %q, want %q", text, want)
	}
}

func TestChargeAssignedByProration(t *testing.T) {
	for by, want := range map[catalog.Proration]string{
		catalog.ByDay: "12", catalog.BySecond: "12", catalog.Fixed30: "12", catalog.Thirty360: "12", catalog.NoProration: "13", catalog.AnyUse: "13",
	} {
		c := &catalog.Component{ID: "x", Measure: catalog.SeatsAssigned, Proration: by}
		got, err := meter.CountSeats(c, nil, nil, fixedTerms(t, 10, "11:13", "16:8"))
		if err != nil || got.Raw.String() != want {
			t.Errorf("%s: %s seats, %v; want %s", by, got.Raw, err, want)
		}
	}
}

func TestChargeAssignedBySecond(t *testing.T) {
	terms := termsFor(t, "2026-03", "America/New_York")
	at := func(s string) timex.Instant { return local(t, s, terms.Loc) }
	seats := []usage.Seat{{ID: "1", From: 1}, {ID: "2", From: at("2026-03-08 12:00:00"), To: at("2026-03-09 12:00:00")}}
	c := &catalog.Component{ID: "x", Measure: catalog.SeatsAssigned, Proration: catalog.BySecond, SameDay: catalog.EveryChange, SeatDecrease: catalog.CreditDays}
	month := exact.Int(743 * 3600) // a month with a day of 23 hours
	for rule, extra := range map[catalog.SameDay]int64{catalog.EveryChange: 24 * 3600, catalog.EndOfDay: 23 * 3600, catalog.MaxOfDay: 47 * 3600} {
		c.SameDay = rule
		got, err := meter.CountSeats(c, seats, nil, terms)
		if want := month.Add(exact.Int(extra)).Div(month); err != nil || !got.Raw.Equal(want) {
			t.Errorf("%s: %s, %v; want %s", rule, got.Raw, err, want)
		}
	}
}

func TestAContractThatStartsWithinThePeriod(t *testing.T) {
	terms := fixedTerms(t, 10, "21:12")
	terms.Start = terms.First + 15
	for increase, want := range map[catalog.SeatIncrease]string{catalog.DaysLeft: "170", catalog.WholePeriod: "180"} {
		c := &catalog.Component{ID: "x", Measure: catalog.SeatsAssigned, SeatIncrease: increase}
		got, err := meter.CountSeats(c, nil, nil, terms)
		if err != nil || got.Raw.Mul(exact.Int(30)).String() != want {
			t.Errorf("%s: %s seat-days, %v; want %s", increase, got.Raw.Mul(exact.Int(30)), err, want)
		}
	}
	terms.Start = terms.After + 1
	if got, err := meter.CountSeats(&catalog.Component{ID: "x", Measure: catalog.SeatsAssigned}, nil, nil, terms); err != nil || !got.Raw.IsZero() {
		t.Errorf("a contract not yet begun has %s seats, %v", got.Raw, err)
	}
}

func TestARecurringQuantityNeedsNoFacts(t *testing.T) {
	terms := termsFor(t, "2026-06", "Asia/Shanghai")
	for _, c := range []catalog.Component{{ID: "fee", Measure: catalog.Recurring}, {ID: "fee", Measure: catalog.Recurring, Quantity: exact.MustParse("2.5")}} {
		levels, _, err := meter.AssignedLevels(&c, nil, terms)
		want := exact.Max(c.Quantity, exact.One)
		if got := meter.ChargeAssigned(&c, levels, terms); err != nil || !got.Raw.Equal(want) {
			t.Errorf("%s, %v; want %s", got.Raw, err, want)
		}
	}
}

// booked is what one booking for each change of a day's level comes to, in
// seat-days: an account of the same rules kept in another way.
func booked(c *catalog.Component, days []int64) int64 {
	n := int64(len(days))
	sum, top := days[0]*n, days[0]
	for d := int64(1); d < n; d++ {
		was, is, left := days[d-1], days[d], n-d
		first := left // days a new seat pays
		if c.SeatIncrease == catalog.WholePeriod {
			first = n
		}
		credit := c.SeatDecrease == catalog.CreditDays
		switch rise := is - was; {
		case rise < 0 && credit:
			sum += rise * left
		case rise > 0 && c.PaidPeak == catalog.EveryIncrease:
			sum += rise * first
		case rise > 0:
			above := max(is-max(top, was), 0)
			sum += above * first
			if credit { // back to a level paid before and credited since
				sum += (rise - above) * left
			}
		}
		top = max(top, is)
	}
	return sum
}

func TestChargeAssignedEqualsItsBookings(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 17))
	for range 300 {
		days := make([]int64, 30)
		var changes []string
		level := r.Int64N(6)
		for d := range days {
			if d > 0 && r.IntN(4) == 0 {
				level = r.Int64N(9)
				changes = append(changes, fmt.Sprintf("%d:%d", d+1, level))
			}
			days[d] = level
		}
		for i := range 8 {
			c := &catalog.Component{ID: "x", Measure: catalog.SeatsAssigned}
			if i&1 > 0 {
				c.SeatIncrease = catalog.WholePeriod
			}
			if i&2 > 0 {
				c.SeatDecrease = catalog.CreditDays
			}
			if i&4 > 0 {
				c.PaidPeak = catalog.EveryIncrease
			}
			got, err := meter.CountSeats(c, nil, nil, fixedTerms(t, days[0], changes...))
			if want := exact.Frac(booked(c, days), 30); err != nil || !got.Raw.Equal(want) {
				t.Fatalf("%s %s %s of %v: %s, %v; want %s", c.SeatIncrease, c.SeatDecrease, c.PaidPeak, days, got.Raw, err, want)
			}
		}
	}
}

// With days credited, a contract cut at any date costs what the whole costs;
// and the seats of one day never pay for more than that day.
func TestAssignedDaysAddUp(t *testing.T) {
	r := rand.New(rand.NewPCG(19, 23))
	for range 60 {
		terms := termsFor(t, "2026-06", "Europe/Paris")
		seats, _ := randomFacts(r, terms.Loc)
		for _, by := range []catalog.Proration{catalog.ByDay, catalog.BySecond, catalog.Thirty360} {
			for _, rule := range []catalog.SameDay{catalog.EndOfDay, catalog.EveryChange} {
				c := &catalog.Component{ID: "x", Measure: catalog.SeatsAssigned, Proration: by, SameDay: rule, SeatDecrease: catalog.CreditDays}
				whole := assignedRaw(t, c, seats, terms)
				cut := terms.First + 1 + timex.Date(r.IntN(29))
				early, late := *terms, *terms
				early.End, late.Start = cut, cut
				if sum := assignedRaw(t, c, seats, &early).Add(assignedRaw(t, c, seats, &late)); !sum.Equal(whole) {
					t.Fatalf("%s %s cut at %s: %s, whole %s", by, rule, cut, sum, whole)
				}
			}
		}
	}
}

func assignedRaw(t *testing.T, c *catalog.Component, seats []usage.Seat, terms *contract.Terms) exact.Number {
	t.Helper()
	q, err := meter.CountSeats(c, seats, nil, terms)
	if err != nil {
		t.Fatal(err)
	}
	sum := exact.Zero
	for i := range q.Parts {
		sum = sum.Add(q.Parts[i].Amount())
	}
	if !sum.Equal(q.Raw) {
		t.Fatalf("parts make %s of %s", sum, q.Raw)
	}
	for i := 1; i < len(q.Runs); i++ {
		if q.Runs[i].Time.From != q.Runs[i-1].Time.To {
			t.Fatalf("run %d begins at %s, the one before ends at %s", i, q.Runs[i].Time.From, q.Runs[i-1].Time.To)
		}
	}
	return q.Raw
}

// Every same-day rule against days walked one by one.
func TestSameDayRulesAgainstEachDay(t *testing.T) {
	r := rand.New(rand.NewPCG(29, 31))
	for range 60 {
		terms := termsFor(t, "2026-06", "Asia/Shanghai")
		seats, _ := randomFacts(r, terms.Loc)
		end, high := int64(0), int64(0)
		for d := terms.First; d < terms.After; d++ {
			last, most := levelsOfDay(seats, timex.Days(d, d+1, terms.Loc))
			end, high = end+last, high+most
		}
		for rule, want := range map[catalog.SameDay]int64{catalog.EndOfDay: end, catalog.MaxOfDay: high} {
			c := &catalog.Component{ID: "x", Measure: catalog.SeatsAssigned, SameDay: rule, SeatDecrease: catalog.CreditDays}
			if got := assignedRaw(t, c, seats, terms); !got.Equal(exact.Frac(want, 30)) {
				t.Fatalf("%s: %s seats, want %d/30", rule, got, want)
			}
		}
	}
}

// levelsOfDay is the last and the highest number of seats of a day, looked at
// every quarter of an hour: the facts change at no other instants.
func levelsOfDay(seats []usage.Seat, day timex.Period) (last, high int64) {
	for at := day.From; at < day.To; at = at.Add(15 * time.Minute) {
		ids := map[string]bool{}
		for _, s := range seats {
			if s.From <= at && (s.To.IsZero() || at < s.To) {
				ids[s.ID] = true
			}
		}
		last = int64(len(ids))
		high = max(high, last)
	}
	return last, high
}
