package rating_test

import (
	"testing"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/rating"
	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

func login(w *world, user string, day, from, hours int) {
	w.sessions = append(w.sessions, usage.Session{ID: user, Source: "test", User: user, State: usage.Ready, From: w.at(day, from), To: w.at(day, from+hours)})
}

func TestCountedSeatsOfPartOfAPeriod(t *testing.T) {
	w := newWorld(catalog.Component{ID: "seats", Measure: catalog.SeatsActive, UnitPrice: price("31")})
	w.start = timex.MustDate("2026-03-22") // 10 of 31 days
	login(w, "ann", 25, 9, 8)
	login(w, "ann", 26, 9, 8)
	login(w, "bob", 25, 9, 8)
	l := w.line(t, "seats")
	wants(t, "2 x 31 x 10/31", l.Exact, "20")
	if r := rule(l, "proration"); r["num"] != "10" || r["den"] != "31" || l.Proration == nil || !l.Proration.Share().Equal(num("10").Div(num("31"))) {
		t.Errorf("%v", r)
	}
	if l.First != w.start || l.After != w.after {
		t.Errorf("of %s to %s", l.First, l.After)
	}
}

func TestTrial(t *testing.T) {
	c := catalog.Component{ID: "fee", Measure: catalog.Recurring, UnitPrice: price("31"), Trial: catalog.Duration(14 * 24 * time.Hour)}
	w := newWorld(c)
	w.start = timex.MustDate("2026-03-01")
	l := w.line(t, "fee")
	wants(t, "17 of 31 days", l.Exact, "17")
	if r := rule(l, "trial"); r["days"] != "14" || r["until"] != "2026-03-15" {
		t.Errorf("%v", r)
	}
}

func TestPeakIsExplained(t *testing.T) {
	yes := true
	w := newWorld(catalog.Component{ID: "peak", Measure: catalog.SeatsConcurrentPeak, UnitPrice: price("10"), IgnoreBelow: span(1800), MergeUser: &yes},
		catalog.Component{ID: "p95", Measure: catalog.SeatsConcurrentP95, UnitPrice: price("10")},
		catalog.Component{ID: "time", Measure: catalog.SystemTime, UnitPrice: price("1"), Unit: catalog.Hour},
		catalog.Component{ID: "days", Measure: catalog.SeatDays, UnitPrice: price("2")})
	login(w, "ann", 3, 9, 8)
	login(w, "ann", 3, 9, 4) // on two systems
	login(w, "bob", 3, 12, 1)
	w.sessions = append(w.sessions, usage.Session{ID: "x", User: "cai", From: w.at(3, 12), To: w.at(3, 12).Add(20 * time.Minute)})
	rated := w.rate(t)
	l := find(t, rated, "peak")
	wants(t, "two for an hour; three for 20 minutes do not count", l.Billed, "2")
	if r := rule(l, "peak_ignored"); r["level"] != "3" || r["held"] != "1200" || r["at"] != "2026-03-03 12:00:00" {
		t.Errorf("%v", r)
	}
	if rule(l, "ignore_below")["seconds"] != "1800" || rule(l, "peak_at")["at"] != "2026-03-03 12:00:00" {
		t.Errorf("%v", l.Rules)
	}
	wants(t, "nobody for 95 % of the month", find(t, rated, "p95").Billed, "0")
	wants(t, "8 h + 1 h + 20 min", find(t, rated, "time").Raw, "28/3")
	wants(t, "three users on one day", find(t, rated, "days").Exact, "6")
}

func TestSystemTimeIsExplained(t *testing.T) {
	w := newWorld(catalog.Component{ID: "time", Measure: catalog.SystemTime, UnitPrice: price("1"), Unit: catalog.Hour, RoundTotal: &catalog.Multiple{To: num("1")}})
	login(w, "ann", 3, 9, 8)
	login(w, "ann", 3, 9, 4)
	w.sessions = append(w.sessions, usage.Session{ID: "x", User: "cai", State: usage.Paused, From: w.at(3, 12), To: w.at(3, 12).Add(20*time.Minute + time.Millisecond)}, usage.Session{ID: "y", User: "cai", State: usage.Offline, From: w.at(4, 1), To: w.at(4, 2)})
	l := w.line(t, "time")
	wants(t, "8 h 20 min and a little, up to the hour", l.Exact, "9")
	if rule(l, "merge_same_user")["merge"] != "yes" || rule(l, "state")["state"] != "paused" || rule(l, "state")["seconds"] != "1201" {
		t.Errorf("%v", l.Rules)
	}
}

func TestAssignedSeatsComeAndGo(t *testing.T) {
	w := newWorld(catalog.Component{ID: "seats", Measure: catalog.SeatsAssigned, UnitPrice: price("31"), SeatDecrease: catalog.CreditDays})
	w.hold("seats", 1, contract.Change{On: timex.MustDate("2026-03-11"), Quantity: num("3")}, contract.Change{On: timex.MustDate("2026-03-21"), Quantity: num("2")})
	l := w.line(t, "seats")
	wants(t, "31 + 10 x 3 ... in seat-days: 10 + 30 + 22", l.Exact, "62")
	if rule(l, "seat_decrease")["rule"] != "credit" || rule(l, "fixed_quantity")["changes"] != "2" || len(l.Parts) != 3 {
		t.Errorf("%v %+v", l.Rules, l.Parts)
	}
	w = newWorld(catalog.Component{ID: "seats", Measure: catalog.SeatsAssigned, UnitPrice: price("unknown")})
	w.hold("seats", 4)
	if l = w.line(t, "seats"); !l.Unknown || rule(l, "seat_increase") != nil || rule(l, "fixed_quantity")["quantity"] != "4" {
		t.Errorf("%v", l.Rules)
	}
}

func TestTieredRuns(t *testing.T) {
	tiers := &catalog.Tiers{Mode: catalog.Graduated, Rows: []catalog.Tier{{UpTo: bound(2), UnitPrice: price("31"), Flat: num("5")}, {UpTo: bound(4), UnitPrice: price("unknown")}, {UnitPrice: price("1")}}}
	w := newWorld(catalog.Component{ID: "seats", Measure: catalog.SeatsAssigned, Tiers: tiers})
	w.hold("seats", 2)
	if l := w.line(t, "seats"); l.Unknown || !l.Exact.Equal(num("67")) {
		t.Errorf("two seats: %s, unknown %v", l.Exact, l.Unknown)
	}
	w.hold("seats", 3)
	l := w.line(t, "seats")
	if !l.Unknown || !l.Exact.Equal(num("67")) || rule(l, "unknown_price")["what"] != "seats" {
		t.Errorf("three seats: %s, unknown %v", l.Exact, l.Unknown)
	}
	tiers.Mode = catalog.Volume
	tiers.Rows[1].UnitPrice = price("15.5")
	w.hold("seats", 2, contract.Change{On: timex.MustDate("2026-03-11"), Quantity: num("4")})
	l = w.line(t, "seats")
	wants(t, "10 days of 2 x 31 + 5, 21 of 4 x 15.5", l.Exact, "1972/31")
	if len(l.Parts) != 2 || l.Parts[0].Key != "tier:1@2026-03-01" || l.Parts[1].Key != "tier:2@2026-03-11" || rule(l, "inversion_ahead") == nil {
		t.Errorf("%+v %v", l.Parts, l.Rules)
	}
}

func TestModulesAndRentals(t *testing.T) {
	w := newWorld(catalog.Component{ID: "seats", Measure: catalog.SeatsAssigned, UnitPrice: price("0")},
		catalog.Component{ID: "modules", Measure: catalog.ModuleDays, UnitPrice: price("31"), PerSeatOf: "seats", OffDay: catalog.OffDayCharged},
		catalog.Component{ID: "numbers", Measure: catalog.Rentals, UnitPrice: price("31"), Where: catalog.Filter{Item: []string{"number"}}, Proration: catalog.NoProration},
		catalog.Component{ID: "devices", Measure: catalog.Rentals, UnitPrice: price("unknown"), Where: catalog.Filter{Item: []string{"device"}}})
	w.plan.Modules = []catalog.Module{{ID: "recording"}, {ID: "core", Class: catalog.Base}}
	w.hold("seats", 2)
	w.modules = []usage.Module{{ID: "1", Module: "Recording", From: w.at(11, 0), To: w.at(20, 0)}}
	w.rentals = []usage.Rental{{ID: "1", Item: "number", From: w.at(11, 0)}, {ID: "2", Item: "number", From: w.at(31, 0)}, {ID: "3", Item: "device", From: w.at(30, 0)}, {ID: "4", Item: "device", From: w.at(31, 0)}}
	rated := w.rate(t)
	l := find(t, rated, "modules")
	wants(t, "core and 10 days of recording for two seats", l.Exact, "82")
	if rule(l, "base_module")["module"] != "core" || rule(l, "off_day")["rule"] != "charged" || rule(l, "per_seat")["seats"] != "2" || l.Evidence.Facts != "modules" || l.Evidence.Count != 1 {
		t.Errorf("%v %+v", l.Rules, l.Evidence)
	}
	wants(t, "two numbers, any part whole", find(t, rated, "numbers").Exact, "62")
	if l = find(t, rated, "devices"); !l.Unknown || len(l.Parts) != 2 || l.Evidence.Facts != "rentals" {
		t.Errorf("%+v", l)
	}
}

func TestSeatFactsAreEvidence(t *testing.T) {
	w := newWorld(catalog.Component{ID: "seats", Measure: catalog.SeatsNamed, UnitPrice: price("5")})
	w.seats = []usage.Seat{{ID: "1", User: "ann", From: w.at(1, 0), To: w.at(9, 0)}, {ID: "2", User: "bob", From: w.at(10, 0)}}
	l := w.line(t, "seats")
	wants(t, "two seats", l.Exact, "10")
	if l.Evidence.Facts != "seats" || l.Evidence.Count != 2 || l.Evidence.Digest == "" {
		t.Errorf("%+v", l.Evidence)
	}
}

func TestEvents(t *testing.T) {
	w := newWorld(catalog.Component{ID: "sms", Measure: catalog.Events, UnitPrice: price("0.1"), Where: catalog.Filter{Kind: []string{"sms"}}},
		catalog.Component{ID: "pay", Measure: catalog.Events, UnitPrice: price("0.1"), FeeEach: num("1"), MinEach: num("2"), MaxEach: num("5"), Included: &catalog.Included{Quantity: num("15")}, Where: catalog.Filter{Kind: []string{"Payment"}}})
	for i, n := range []string{"3", "4"} {
		w.events = append(w.events, usage.Event{ID: n, Kind: "SMS", Quantity: num(n), At: w.at(3+i, 0)})
	}
	for i, n := range []string{"10", "10", "30", "100"} {
		w.events = append(w.events, usage.Event{ID: string(rune('a' + i)), Kind: "payment", Quantity: num(n), At: w.at(3+i, 0)})
	}
	rated := w.rate(t)
	l := find(t, rated, "sms")
	wants(t, "capitals do not matter", l.Exact, "0.7")
	if l.Evidence.Count != 2 || l.Parts[0].Count != 2 || rule(l, "where_kind")["value"] != "sms" {
		t.Errorf("%+v", l)
	}
	l = find(t, rated, "pay")
	wants(t, "free; 5 left of it at least 2; 3 + 1; at most 5", l.Exact, "11")
	if rule(l, "each_min")["calls"] != "1" || rule(l, "each_max")["calls"] != "1" {
		t.Errorf("%v", l.Rules)
	}
	wants(t, "included", l.Included, "15")
	w.plan.Components[1].UnitPrice = price("unknown")
	if l = w.line(t, "pay"); !l.Unknown {
		t.Error("an unknown price of each event is known")
	}
}

func TestOneOffAndOwnPeriods(t *testing.T) {
	w := newWorld(
		catalog.Component{ID: "setup", Measure: catalog.OneOff, UnitPrice: price("500")},
		catalog.Component{ID: "training", Measure: catalog.OneOff, UnitPrice: price("80"), On: timex.MustDate("2026-03-20"), Quantity: num("3")},
		catalog.Component{ID: "later", Measure: catalog.OneOff, UnitPrice: price("80"), On: timex.MustDate("2026-04-01")},
		catalog.Component{ID: "yearly", Measure: catalog.Recurring, UnitPrice: price("1200"), Every: timex.Year, Timing: catalog.Advance},
		catalog.Component{ID: "weekly", Measure: catalog.Recurring, UnitPrice: price("7"), Every: timex.Week})
	rated := w.rate(t)
	if len(rated.Lines) != 1+5 { // weeks that end in March: the 2nd, 9th, 16th, 23rd and 30th are Mondays
		t.Errorf("without a start: %d lines", len(rated.Lines))
	}
	wants(t, "on its day", find(t, rated, "training").Exact, "240")
	if l := find(t, rated, "weekly@2026-02-23"); l.First != timex.MustDate("2026-02-23") || l.After != timex.MustDate("2026-03-02") {
		t.Errorf("%s to %s", l.First, l.After)
	}
	w.start = timex.MustDate("2026-03-11")
	w.hold("setup", 2)
	rated = w.rate(t)
	l := find(t, rated, "setup")
	wants(t, "when the contract starts", l.Exact, "1000")
	if rule(l, "one_off")["on"] != "2026-03-11" {
		t.Errorf("%v", l.Rules)
	}
	l = find(t, rated, "yearly@2026-03-11")
	wants(t, "a year ahead", l.Exact, "1200")
	if rule(l, "advance")["first"] != "2026-03-11" {
		t.Errorf("%v", l.Rules)
	}
	w.end = timex.MustDate("2026-03-20")
	wants(t, "nine days of a week that ends after it: the second week has 2", find(t, w.rate(t), "weekly@2026-03-18").Exact, "2")
}

func TestFactsThatCannotBeCounted(t *testing.T) {
	for name, broken := range map[string]func(w *world){
		"seats": func(w *world) {
			w.seats = []usage.Seat{{ID: "1", Source: "x", User: "ann", From: w.at(9, 0), To: w.at(8, 0)}}
		},
		"sessions": func(w *world) { w.sessions = []usage.Session{{ID: "1", From: w.at(8, 0), To: w.at(9, 0)}} },
		"modules": func(w *world) {
			w.modules = []usage.Module{{ID: "1", Module: "x", From: w.at(9, 0), To: w.at(8, 0)}}
		},
		"rentals": func(w *world) {
			w.rentals = []usage.Rental{{ID: "1", Item: "x", From: w.at(9, 0), To: w.at(8, 0)}}
		},
		"tiers": func(w *world) { w.plan.Components[0].Tiers.Rows[0].UpTo = bound(0) },
		"quantity": func(w *world) {
			w.hold("base", -1)
		},
	} {
		w := newWorld(catalog.Component{ID: "seats", Measure: catalog.SeatsAssigned, Tiers: &catalog.Tiers{Mode: catalog.Graduated, Rows: []catalog.Tier{{UpTo: bound(5), UnitPrice: price("1")}, {UnitPrice: price("1")}}}},
			catalog.Component{ID: "time", Measure: catalog.SystemTime, UnitPrice: price("1")}, catalog.Component{ID: "modules", Measure: catalog.ModuleDays, UnitPrice: price("1")},
			catalog.Component{ID: "rentals", Measure: catalog.Rentals, UnitPrice: price("1")}, catalog.Component{ID: "base", Measure: catalog.Recurring, UnitPrice: price("1")},
			catalog.Component{ID: "weekly", Measure: catalog.Recurring, UnitPrice: price("1"), Every: timex.Week})
		terms := w.gather(t).Terms
		broken(w)
		if name == "quantity" {
			terms.Quantities["base"] = num("-1")
		}
		_, err := rating.Rate(w.under(t, terms))
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTooManyPeriodsOfAFee: a bill that would have to leave periods of a fee out
// is none.
func TestTooManyPeriodsOfAFee(t *testing.T) {
	w := newWorld(catalog.Component{ID: "daily", Measure: catalog.Recurring, UnitPrice: price("1"), Every: timex.Day})
	w.first, w.after = timex.MustDate("2024-01-01"), timex.MustDate("2025-01-01")
	if rated, err := rating.Rate(w.gather(t)); err != nil || len(rated.Lines) != 366 {
		t.Errorf("a leap year: %d lines, %v", len(rated.Lines), err)
	}
	w.after = timex.MustDate("2026-01-01")
	if _, err := rating.Rate(w.gather(t)); fault.KindOf(err) != fault.Invalid {
		t.Errorf("two years: %v", err)
	}
}
