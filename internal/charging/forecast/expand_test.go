package forecast_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/forecast"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/phone"
	"waihu/internal/timex"
	"waihu/internal/timex/holiday"
	"waihu/internal/usage"
)

// kept is a sink that keeps everything.
type kept struct {
	calls    []usage.Call
	seats    []usage.Seat
	sessions []usage.Session
	modules  []usage.Module
	rentals  []usage.Rental
	events   []usage.Event
}

func (k *kept) Call(c *usage.Call) error      { k.calls = append(k.calls, *c); return nil }
func (k *kept) Seat(s usage.Seat) error       { k.seats = append(k.seats, s); return nil }
func (k *kept) Session(s usage.Session) error { k.sessions = append(k.sessions, s); return nil }
func (k *kept) Module(m usage.Module) error   { k.modules = append(k.modules, m); return nil }
func (k *kept) Rental(r usage.Rental) error   { k.rentals = append(k.rentals, r); return nil }
func (k *kept) Event(e usage.Event) error     { k.events = append(k.events, e); return nil }

func calendars(t testing.TB) map[string]*timex.Calendar {
	t.Helper()
	c, err := holiday.Calendars()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// small is a profile of three seats in which everything is used.
func small() *forecast.Profile {
	p := forecast.ReadyProfile("sales")
	p.ID = "small"
	p.Seats = forecast.SeatNeed{Average: exact.MustParse("2.5"), Peak: 4, Minimum: 1}
	p.Calls[0].Minutes, p.Calls[1].Minutes, p.Calls[2].Minutes = exact.Int(3000), exact.MustParse("700.5"), exact.Int(300)
	p.Growth = catalog.Percent{Number: exact.Frac(24, 100)}
	p.Events = []forecast.EventNeed{{Kind: "sms", Quantity: exact.Int(100)}}
	return p
}

func expand(t testing.TB, p *forecast.Profile, months int, seed uint64) (*kept, *forecast.Made) {
	t.Helper()
	if err := p.Validate().Err(); err != nil {
		t.Fatal(err)
	}
	k := &kept{}
	made, err := p.Expand(forecast.Plan{Months: months, Seed: seed, Cal: calendars(t)}, k)
	if err != nil {
		t.Fatal(err)
	}
	return k, made
}

// TestExpandHitsItsTotals counts the facts of every month and type again.
func TestExpandHitsItsTotals(t *testing.T) {
	for _, seed := range []uint64{1, 77} {
		p := small()
		k, made := expand(t, p, 5, seed)
		got := map[string]forecast.TypeNeed{}
		loc, _ := timex.LoadZone(p.Zone)
		for i := range k.calls {
			c := &k.calls[i]
			key := string(c.Line) + string(c.Reach)
			month := forecast.MonthOf(c.Start.DateIn(loc)).String()
			n := got[month+key]
			n.Attempts++
			if c.IsAnswered() {
				n.Answered++
				n.Seconds += c.Seconds()
			}
			got[month+key] = n
		}
		for _, m := range made.Months {
			for i, want := range m.Types {
				key := m.Month.String() + string(p.Calls[i].Line) + string(p.Calls[i].Reach)
				n := got[key]
				n.ID = want.ID
				if n != want {
					t.Errorf("seed %d, %s %s: %+v, want %+v", seed, m.Month, want.ID, n, want)
				}
			}
		}
	}
	// The totals stated are those made: 4,000.5 minutes in a usual month.
	if sum := small().Totals(forecast.MustMonth("2026-03"), 0); sum.Sum().Seconds != 4000*60+30 {
		t.Errorf("%+v", sum)
	}
	if sum := small().Totals(forecast.MustMonth("2026-02"), 0); sum.Sum().Seconds != (4000*60+30)*7/10 {
		t.Errorf("the season of February: %+v", sum)
	}
	if sum := small().Totals(forecast.MustMonth("2027-03"), 12); sum.Sum().Seconds != exactInt(t, exact.Int(4000*60+30).Mul(exact.Frac(124, 100))) {
		t.Errorf("a year of growth: %+v", sum)
	}
}

func exactInt(t *testing.T, n exact.Number) int64 {
	t.Helper()
	v, err := n.Round(exact.HalfAway, 0).Int64()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestExpandAgreesWithTheMeter: the ordinary meter counts the seats and seconds
// that the profile states.
func TestExpandAgreesWithTheMeter(t *testing.T) {
	p := small()
	k, made := expand(t, p, 3, 5)
	plan := &catalog.Plan{ID: "count", Version: 1, Currency: money.MustCurrency("CNY"), Zone: p.Zone, Home: "CN", Components: []catalog.Component{
		{ID: "peak", Measure: catalog.SeatsConcurrentPeak, UnitPrice: catalog.PriceOf(exact.One)},
		{ID: "days", Measure: catalog.SeatDays, UnitPrice: catalog.PriceOf(exact.One)},
		{ID: "assigned", Measure: catalog.SeatsAssigned, UnitPrice: catalog.PriceOf(exact.One)},
		{ID: "talk", Measure: catalog.TalkTime, Unit: catalog.Second, Increment: catalog.Increment{First: 1, Next: 1}, UnitPrice: catalog.PriceOf(exact.One)},
	}}
	for _, m := range made.Months {
		terms, problems := contract.TermsFor(contract.Inputs{Plan: plan, First: m.Month.First(), After: m.Month.After(), Holidays: calendars(t)})
		if problems.Err() != nil {
			t.Fatal(problems)
		}
		me, err := meter.New(terms, meter.Options{})
		if err != nil {
			t.Fatal(err)
		}
		k.giveTo(t, me)
		g, err := me.Finish()
		if err != nil {
			t.Fatal(err)
		}
		if got := g.Calls["talk"].Slots[0].Raw; got != m.Sum().Seconds {
			t.Errorf("%s: %d seconds, want %d", m.Month, got, m.Sum().Seconds)
		}
		count := func(id string) exact.Number {
			c, _ := plan.Component(id)
			q, err := meter.CountSeats(c, g.Seats, g.Sessions, terms)
			if err != nil {
				t.Fatal(err)
			}
			return q.Raw
		}
		if n := count("peak"); !n.Equal(exact.Int(int64(m.Peak))) {
			t.Errorf("%s: a peak of %s, want %d", m.Month, n, m.Peak)
		}
		if n := count("assigned"); !n.Equal(exact.Int(int64(m.Peak))) {
			t.Errorf("%s: %s assigned, want %d", m.Month, n, m.Peak)
		}
		days := map[timex.Date]int{}
		loc, _ := timex.LoadZone(p.Zone)
		for _, s := range k.sessions {
			if m.Month.Period(loc).Contains(s.From) && s.From.In(loc).Hour() == 9 {
				days[s.From.DateIn(loc)]++
			}
		}
		want := m.Average.Mul(exact.Int(int64(len(days)))).Round(exact.HalfAway, 0)
		if n := count("days"); !n.Equal(want) {
			t.Errorf("%s: %s seat days, want %s on %d days", m.Month, n, want, len(days))
		}
		least := 99
		for _, n := range days {
			least = min(least, n)
		}
		if least != m.Minimum {
			t.Errorf("%s: never fewer than %d seats, want %d on one day", m.Month, least, m.Minimum)
		}
	}
}

func (k *kept) giveTo(t testing.TB, out usage.Sink) {
	t.Helper()
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := range k.calls {
		check(out.Call(&k.calls[i]))
	}
	for _, s := range k.seats {
		check(out.Seat(s))
	}
	for _, s := range k.sessions {
		check(out.Session(s))
	}
	for _, m := range k.modules {
		check(out.Module(m))
	}
	for _, r := range k.rentals {
		check(out.Rental(r))
	}
	for _, e := range k.events {
		check(out.Event(e))
	}
}

// TestExpandIsAWorld: the same seed makes the same facts, another seed others;
// a month is the same whatever months are made with it; an agent is on one call
// at a time, within a session; numbers are of the kind they say.
func TestExpandIsAWorld(t *testing.T) {
	a, _ := expand(t, small(), 3, 9)
	b, _ := expand(t, small(), 3, 9)
	if !reflect.DeepEqual(a, b) {
		t.Error("one seed made two worlds")
	}
	if c, _ := expand(t, small(), 3, 10); reflect.DeepEqual(a.calls, c.calls) {
		t.Error("two seeds made one world")
	}
	if c, _ := expand(t, small(), 1, 9); !reflect.DeepEqual(a.calls[:len(c.calls)], c.calls) {
		t.Error("January depends on what comes after it")
	}
	until := map[string]timex.Instant{}
	ids := map[string]bool{}
	for i := range a.calls {
		c := &a.calls[i]
		if ids[c.ID] {
			t.Fatalf("call %s is there twice", c.ID)
		}
		ids[c.ID] = true
		n, ok := phone.Normalize(c.To, "CN")
		if class := phone.Classify(n); !ok || string(class.Kind) != string(c.Line) || class.Region != "CN" {
			t.Fatalf("%s is %+v, not %s", c.To, class, c.Line)
		}
		if c.Agent == "" {
			continue
		}
		if c.Start < until[c.Agent] {
			t.Fatalf("%s is on two calls at %s", c.Agent, c.Start)
		}
		until[c.Agent] = c.End
		if !loggedIn(a.sessions, c) {
			t.Fatalf("%s calls at %s without being logged in", c.Agent, c.Start)
		}
	}
}

func loggedIn(sessions []usage.Session, c *usage.Call) bool {
	for _, s := range sessions {
		if s.User == c.Agent && s.From <= c.Start && c.End <= s.To {
			return true
		}
	}
	return false
}

func TestReadyProfiles(t *testing.T) {
	for _, name := range forecast.Ready() {
		p := forecast.ReadyProfile(name)
		if problems := p.Validate(); len(problems) > 0 {
			t.Errorf("%s: %v", name, problems)
		}
		if _, err := p.Plan(forecast.Plan{Months: 12, Cal: calendars(t)}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !p.Template || len(p.Sources) == 0 {
			t.Errorf("%s does not say that it is a template, or where it is from", name)
		}
	}
	if forecast.ReadyProfile("other") != nil {
		t.Error("there is no profile of that name")
	}
}

func TestRefusedProfiles(t *testing.T) {
	for _, c := range []struct {
		name, says string
		change     func(*forecast.Profile)
	}{
		{"peak below average", "the peak is below the average", func(p *forecast.Profile) { p.Seats.Peak = 2 }},
		{"minimum above average", "the minimum is above the average", func(p *forecast.Profile) { p.Seats.Minimum = 3 }},
		{"fewer attempts than answers", "fewer attempts", func(p *forecast.Profile) { p.Calls[0].Answered, p.Calls[0].Attempts = 1000, 999 }},
		{"calls of no length", "less than a second", func(p *forecast.Profile) { p.Calls[0].Answered = 3000*60 + 1 }},
		{"hours that end early", "end before they begin", func(p *forecast.Profile) { p.Hours[0].To = p.Hours[0].From }},
		{"hours that overlap", "overlap", func(p *forecast.Profile) { p.Hours[1].From = p.Hours[0].From }},
		{"month thirteen", "not a month of the year", func(p *forecast.Profile) { p.Season[0].Month = 13 }},
		{"shares that do not sum", "the shares sum to 90%", func(p *forecast.Profile) {
			p.Length = forecast.Length{Shape: forecast.Histogram, Bins: []forecast.Bin{{UpTo: catalog.Duration(time.Minute), Share: catalog.Percent{Number: exact.Frac(9, 10)}}}}
		}},
		{"too many calls", "not the talk minutes of a month", func(p *forecast.Profile) { p.Calls[0].Minutes = exact.Int(1e12) }},
		{"a zone nobody knows", "not an IANA time zone", func(p *forecast.Profile) { p.Zone = "Mars" }},
		{"nobody left after a year", "not the growth of a year", func(p *forecast.Profile) { p.Growth = catalog.Percent{Number: exact.Int(-1)} }},
		{"a budget without currency", "no currency", func(p *forecast.Profile) { p.Budget = exact.One }},
		{"no length", "how long these calls talk", func(p *forecast.Profile) { p.Length = forecast.Length{} }},
	} {
		p := small()
		c.change(p)
		if err := p.Validate().Err(); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	for _, c := range []struct {
		name, says string
		months     int
		change     func(*forecast.Profile)
	}{
		{"no time for the talk", "more seats or hours", 1, func(p *forecast.Profile) { p.Calls[0].Minutes = exact.Int(60_000) }},
		{"a month without a working day", "no working hours", 1, func(p *forecast.Profile) {
			p.Hours[0].Days, p.Calendar = []catalog.DayWord{catalog.Holiday}, "none"
			p.Hours = p.Hours[:1]
		}},
		{"too many months", "1 to 120 months", 121, func(*forecast.Profile) {}},
		{"growth without end", "at most", 120, func(p *forecast.Profile) { p.Growth = catalog.Percent{Number: exact.Int(9)} }},
	} {
		p := small()
		c.change(p)
		if _, err := p.Expand(forecast.Plan{Months: c.months, Cal: calendars(t)}, &kept{}); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestProfilesOfOneCallAndOfNone(t *testing.T) {
	p := small()
	p.Calls = p.Calls[:1]
	p.Calls[0].Minutes, p.Calls[0].AnswerRate = exact.One, nil
	k, _ := expand(t, p, 1, 1)
	if len(k.calls) != 1 || k.calls[0].Seconds() != 60 {
		t.Errorf("%d calls: %+v", len(k.calls), k.calls)
	}
	p.Calls[0].Minutes = exact.Zero
	if k, _ = expand(t, p, 1, 1); len(k.calls) != 0 || len(k.sessions) == 0 {
		t.Errorf("%d calls, %d sessions", len(k.calls), len(k.sessions))
	}
}

func ExampleProfile_Expand() {
	p := forecast.ReadyProfile("service")
	made, err := p.Expand(forecast.Plan{Months: 1, Seed: 1}, &kept{})
	fmt.Println(err, made.Months[0].Month, made.Months[0].Sum().Answered, made.Months[0].Sum().Seconds)
	// Output: <nil> 2026-01 17000 3060000
}

// A profile of a size nobody has is refused at once, with the bound, before a
// fact of it is made.
func TestHugeProfilesAreRefusedWithTheBound(t *testing.T) {
	for _, c := range []struct {
		name, path, expected string
		change               func(*forecast.Profile)
	}{
		{"100,000 seats", "seats.average", "0 to 10000", func(p *forecast.Profile) { p.Seats.Average, p.Seats.Peak = exact.Int(100_000), 100_000 }},
		{"a peak of 100,000 seats", "seats.peak", "0 to 10000", func(p *forecast.Profile) { p.Seats.Peak = 100_000 }},
		{"a thousand million minutes", "calls[0].minutes", "0 to 720000000", func(p *forecast.Profile) { p.Calls[0].Minutes, p.Calls[0].Answered = exact.Int(1e9), 3_000_000 }},
		{"ten million calls", "calls[0].answered", "0 to 3000000", func(p *forecast.Profile) { p.Calls[0].Answered = 10_000_000 }},
		{"growth of 100,000 %", "growth", "-90% to 900%", func(p *forecast.Profile) { p.Growth = catalog.Percent{Number: exact.Int(1000)} }},
	} {
		p := small()
		c.change(p)
		found := p.Validate()
		if !slices.ContainsFunc(found, func(f fault.Problem) bool { return f.Path == c.path && strings.HasPrefix(f.Expected, c.expected) }) {
			t.Errorf("%s: %v", c.name, found)
		}
		out := &kept{}
		if _, err := p.Expand(forecast.Plan{Months: 12, Cal: calendars(t)}, out); fault.KindOf(err) != fault.Invalid || len(out.calls)+len(out.sessions)+len(out.seats) > 0 {
			t.Errorf("%s: %d calls were made, %v", c.name, len(out.calls), err)
		}
	}
}

// Each call type within its bound, together beyond it: the sum is told.
func TestManyLargeCallTypesAreRefusedByTheirSum(t *testing.T) {
	p := small()
	p.Seats.Average, p.Seats.Peak = exact.Int(10_000), 10_000
	p.Calls[0].Minutes, p.Calls[0].Answered, p.Calls[0].AnswerRate = exact.Int(3_000_000), 3_000_000, &catalog.Percent{Number: exact.Frac(1, 100)}
	out := &kept{}
	if _, err := p.Expand(forecast.Plan{Months: 1, Cal: calendars(t)}, out); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "at most 3000000 a month") || len(out.calls) > 0 {
		t.Errorf("%d calls, %v", len(out.calls), err)
	}
}

// TestExpandGivesCallsInOrder: by time, named in that order, and by agents who
// are logged in.
func TestExpandGivesCallsInOrder(t *testing.T) {
	k, _ := expand(t, small(), 2, 3)
	seated := map[string][]timex.Period{}
	for _, s := range k.sessions {
		seated[s.User] = append(seated[s.User], timex.Period{From: s.From, To: s.To})
	}
	n, month := 0, ""
	for i := range k.calls {
		c := &k.calls[i]
		if n++; c.ID[:7] != month {
			n, month = 1, c.ID[:7]
		}
		if want := fmt.Sprintf("%s-%d", month, n); c.ID != want {
			t.Fatalf("call %d is %s, want %s", i, c.ID, want)
		}
		if n > 1 && c.Start < k.calls[i-1].Start {
			t.Errorf("%s begins before the one given before it", c.ID)
		}
		if c.IsAnswered() && !slices.ContainsFunc(seated[c.Agent], func(p timex.Period) bool { return p.From <= c.Start && c.End <= p.To }) {
			t.Errorf("%s: %q was not logged in", c.ID, c.Agent)
		}
	}
}
