package meter_test

import (
	"encoding/json"
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

// termsFor are the terms of one period.
func termsFor(t testing.TB, period, zone string) *contract.Terms {
	t.Helper()
	d, loc := datesOf(t, period), zoneOf(t, zone)
	return &contract.Terms{Plan: &catalog.Plan{}, Loc: loc, First: d.First, After: d.After, Period: timex.Days(d.First, d.After, loc)}
}

// local is an instant written as local time; empty is none.
func local(t testing.TB, s string, loc *time.Location) timex.Instant {
	t.Helper()
	if s == "" {
		return 0
	}
	at, err := time.ParseInLocation("2006-01-02 15:04:05", s, loc)
	if err != nil {
		at, err = time.ParseInLocation("2006-01-02", s, loc)
	}
	if err != nil {
		t.Fatal(err)
	}
	return timex.At(at)
}

func boolOf(b bool) *bool { return &b }

// logins are sessions of "user from to" in June 2026, Shanghai.
func logins(t testing.TB, rows ...[3]string) []usage.Session {
	t.Helper()
	loc := zoneOf(t, "Asia/Shanghai")
	var out []usage.Session
	for i, r := range rows {
		out = append(out, usage.Session{ID: fmt.Sprint(i), Source: "pbx", User: r[0], Type: "agent", From: local(t, "2026-06-"+r[1], loc), To: local(t, "2026-06-"+r[2], loc)})
	}
	return out
}

func TestCountSeatsOfSessions(t *testing.T) {
	day := logins(t, [3]string{"ann", "02 09:00:00", "02 12:00:00"}, [3]string{"bob", "02 11:30:00", "02 18:00:00"},
		[3]string{"ann", "02 11:00:00", "02 11:45:00"}, [3]string{"cy", "02 12:00:00", "02 12:10:00"}, [3]string{"cy", "30 22:00:00", "30 23:00:00"})
	day[4].To = local(t, "2026-07-01 06:00:00", zoneOf(t, "Asia/Shanghai"))
	night := logins(t, [3]string{"ann", "01 22:00:00", "02 06:00:00"}, [3]string{"ann", "02 06:00:00", "02 07:00:00"},
		[3]string{"bob", "03 16:00:00", "04"}, [3]string{"cy", "05 10:00:00", "05 10:00:00"})
	states := logins(t, [3]string{"ann", "02 09:00:00", "02 10:00:00"}, [3]string{"bob", "02 09:00:00", "02 10:00:00"}, [3]string{"cy", "02 09:00:00", "02 10:00:00"})
	states[0].State, states[1].State = usage.Offline, usage.Paused
	for _, c := range []struct {
		name     string
		comp     catalog.Component
		sessions []usage.Session
		want     string
		count    int64
	}{
		{"active", catalog.Component{Measure: catalog.SeatsActive}, day, "3", 5},
		{"peak, one user twice is one", catalog.Component{Measure: catalog.SeatsConcurrentPeak}, day, "2", 5},
		{"peak, each log-in its own", catalog.Component{Measure: catalog.SeatsConcurrentPeak, MergeUser: boolOf(false)}, day, "3", 5},
		{"peak, short levels ignored", catalog.Component{Measure: catalog.SeatsConcurrentPeak, IgnoreBelow: catalog.Duration(41 * time.Minute)}, day, "1", 5},
		{"peak, exactly the bound", catalog.Component{Measure: catalog.SeatsConcurrentPeak, IgnoreBelow: catalog.Duration(40 * time.Minute)}, day, "2", 5},
		{"percentile of a month mostly empty", catalog.Component{Measure: catalog.SeatsConcurrentP95}, day, "0", 5},
		{"days", catalog.Component{Measure: catalog.SeatDays}, day, "4", 5},
		{"days over midnight and up to it", catalog.Component{Measure: catalog.SeatDays}, night, "4", 4},
		{"no length is a log-in", catalog.Component{Measure: catalog.SeatsActive}, night, "3", 4},
		{"offline does not count", catalog.Component{Measure: catalog.SeatsActive}, states, "2", 2},
		{"states named", catalog.Component{Measure: catalog.SeatsActive, Where: catalog.Filter{State: []usage.State{usage.Paused, usage.Offline}}}, states, "2", 2},
		{"another seat type", catalog.Component{Measure: catalog.SeatsActive, Where: catalog.Filter{SeatType: []string{"robot"}}}, states, "0", 0},
		{"seat type in other letters", catalog.Component{Measure: catalog.SeatsActive, Where: catalog.Filter{SeatType: []string{"Agent"}}}, states, "2", 2},
	} {
		got, err := meter.CountSeats(&c.comp, nil, c.sessions, termsFor(t, "2026-06", "Asia/Shanghai"))
		if err != nil || got.Raw.String() != c.want || got.Count != c.count {
			t.Errorf("%s: %s of %d facts, %v; want %s of %d", c.name, got.Raw, got.Count, err, c.want, c.count)
		}
	}
}

// seatsOf are seats of "id from to" in Shanghai; an empty end is open.
func seatsOf(t testing.TB, rows ...[3]string) []usage.Seat {
	t.Helper()
	loc := zoneOf(t, "Asia/Shanghai")
	var out []usage.Seat
	for _, r := range rows {
		out = append(out, usage.Seat{ID: r[0], Source: "hr", User: r[0], Type: "agent", From: local(t, r[1], loc), To: local(t, r[2], loc)})
	}
	return out
}

func TestCountSeatsOfPlaces(t *testing.T) {
	// s1 changes hands on the 10th; s2 leaves as s3 comes; s4 was gone before.
	seats := seatsOf(t, [3]string{"s1", "2026-01-01", "2026-06-10 09:00:00"}, [3]string{"s1", "2026-06-10 09:00:00", ""},
		[3]string{"s2", "2026-05-01", "2026-06-16"}, [3]string{"s3", "2026-06-16", "2026-06-28"}, [3]string{"s4", "2026-01-01", "2026-06-01"},
		[3]string{"s5", "2026-06-20 10:00:00", "2026-06-20 10:30:00"}, [3]string{"s1", "2026-06-11", "2026-06-12"})
	for measure, want := range map[catalog.Measure]string{
		catalog.SeatsHighest: "3", catalog.SeatsNamed: "4", catalog.SeatsAtEnd: "1",
		catalog.SeatsAverage: exact.Int(30*48 + 27*48 + 1).Div(exact.Int(30 * 48)).String(),
	} {
		got, err := meter.CountSeats(&catalog.Component{Measure: measure}, seats, nil, termsFor(t, "2026-06", "Asia/Shanghai"))
		if err != nil || got.Raw.String() != want || got.Count != 6 {
			t.Errorf("%s: %s of %d facts, %v; want %s of 6", measure, got.Raw, got.Count, err, want)
		}
	}
}

func TestCountSeatsOfAFixedQuantity(t *testing.T) {
	terms := termsFor(t, "2026-06", "Asia/Shanghai")
	terms.Quantities = map[string]exact.Number{"seats": exact.Int(10)}
	terms.Changes = map[string][]contract.Change{"seats": {{On: timex.MustDate("2026-06-12"), Quantity: exact.Int(7)}, {On: timex.MustDate("2026-06-10"), Quantity: exact.Int(15)},
		{On: timex.MustDate("2026-06-20"), Quantity: exact.Int(11)}}}
	for measure, want := range map[catalog.Measure]string{
		catalog.SeatsHighest: "15", catalog.SeatsNamed: "19", catalog.SeatsAtEnd: "11", catalog.SeatsAverage: "9.9",
	} {
		got, err := meter.CountSeats(&catalog.Component{ID: "seats", Measure: measure}, nil, nil, terms)
		if err != nil || got.Raw.String() != want {
			t.Errorf("%s: %s, %v; want %s", measure, got.Raw, err, want)
		}
	}
	terms.Quantities["seats"] = exact.MustParse("1.5")
	if _, err := meter.CountSeats(&catalog.Component{ID: "seats", Measure: catalog.SeatsHighest}, nil, nil, terms); fault.KindOf(err) != fault.Invalid {
		t.Errorf("half a seat was counted: %v", err)
	}
	terms.Quantities["seats"] = exact.Int(-1)
	if _, err := meter.CountSeats(&catalog.Component{ID: "seats", Measure: catalog.SeatsAssigned}, nil, nil, terms); fault.KindOf(err) != fault.Invalid {
		t.Errorf("fewer than no seats were counted: %v", err)
	}
}

func TestCountSeatsRefuses(t *testing.T) {
	terms := termsFor(t, "2026-06", "Asia/Shanghai")
	back := logins(t, [3]string{"ann", "02 10:00:00", "02 09:00:00"})
	if _, err := meter.CountSeats(&catalog.Component{Measure: catalog.SeatsActive}, nil, back, terms); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a session that ends before it starts was counted: %v", err)
	}
	seats := seatsOf(t, [3]string{"s1", "2026-06-02", "2026-06-01"})
	for _, m := range []catalog.Measure{catalog.SeatsAssigned, catalog.SeatsHighest} {
		if _, err := meter.CountSeats(&catalog.Component{Measure: m}, seats, nil, terms); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: a seat that ends before it starts was counted: %v", m, err)
		}
	}
	if _, err := meter.CountSeats(&catalog.Component{Measure: catalog.TalkTime}, nil, nil, terms); fault.KindOf(err) != fault.Invalid {
		t.Errorf("talk time was counted as seats: %v", err)
	}
}

func TestSystemTime(t *testing.T) {
	list := logins(t, [3]string{"ann", "02 09:00:00", "02 10:00:00"}, [3]string{"ann", "02 09:30:00", "02 10:30:00"}, [3]string{"bob", "02 09:00:00", "02 09:00:01"},
		[3]string{"cy", "30 23:00:00", "30 23:30:00"}, [3]string{"dee", "02 09:00:00", "02 12:00:00"})
	list[0].State, list[1].State, list[4].State = usage.Ready, usage.Talking, usage.Offline
	list[2].To -= 250_000
	list[3].To = local(t, "2026-07-01 09:00:00", zoneOf(t, "Asia/Shanghai"))
	for _, c := range []struct {
		comp catalog.Component
		want string
	}{
		{catalog.Component{}, "9000.75"},
		{catalog.Component{MergeUser: boolOf(false)}, "10800.75"},
		{catalog.Component{Where: catalog.Filter{State: []usage.State{usage.Talking}}}, "3600"},
		{catalog.Component{Where: catalog.Filter{State: []usage.State{usage.Offline}}}, "10800"},
	} {
		got, err := meter.SystemTime(&c.comp, list, termsFor(t, "2026-06", "Asia/Shanghai"))
		if err != nil || got.Raw.String() != c.want || got.Unit != "second" {
			t.Errorf("%v: %s %s, %v; want %s", c.comp.Where.Words(), got.Raw, got.Unit, err, c.want)
		}
	}
}

func TestSystemTimeAcrossClockChanges(t *testing.T) {
	ny := zoneOf(t, "America/New_York")
	for day, want := range map[string]string{"2026-03-08": "18000", "2026-11-01": "25200", "2026-06-01": "21600"} {
		s := usage.Session{ID: "1", User: "ann", From: local(t, day, ny), To: local(t, day+" 06:00:00", ny)}
		got, err := meter.SystemTime(&catalog.Component{}, []usage.Session{s}, termsFor(t, day[:7], "America/New_York"))
		if err != nil || got.Raw.String() != want {
			t.Errorf("%s: %s seconds, %v; want %s", day, got.Raw, err, want)
		}
	}
}

// randomFacts are facts around June 2026.
func randomFacts(r *rand.Rand, loc *time.Location) (seats []usage.Seat, sessions []usage.Session) {
	start := timex.MustDate("2026-05-25").Start(loc)
	moment := func() timex.Instant { return start.Add(time.Duration(r.IntN(45*96)) * 15 * time.Minute) }
	for i := range 30 {
		from := moment()
		s := usage.Seat{ID: fmt.Sprint(r.IntN(12)), Source: "hr", User: fmt.Sprint(i), Type: []string{"agent", "robot"}[r.IntN(2)], From: from}
		if r.IntN(3) > 0 {
			s.To = from.Add(time.Duration(r.IntN(20*96)) * 15 * time.Minute)
		}
		seats = append(seats, s)
	}
	for i := range 60 {
		from := moment()
		sessions = append(sessions, usage.Session{ID: fmt.Sprint(i), Source: "pbx", User: fmt.Sprint(r.IntN(9)), Type: []string{"agent", "robot"}[r.IntN(2)],
			State: usage.State([]string{"", "ready", "talking", "offline"}[r.IntN(4)]), From: from, To: from.Add(time.Duration(r.IntN(60)) * 15 * time.Minute)})
	}
	return seats, sessions
}

func seatMeasures() []catalog.Measure {
	var out []catalog.Measure
	for _, m := range catalog.Measure("").Choices() {
		if catalog.Measure(m).OfSeats() {
			out = append(out, catalog.Measure(m))
		}
	}
	return out
}

// Shuffled facts give the same quantity, steps and all, and the measures stand
// in the order they must.
func TestSeatMeasuresHoldTogether(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 11))
	terms := termsFor(t, "2026-06", "Europe/Paris")
	for range 40 {
		seats, sessions := randomFacts(r, terms.Loc)
		var where catalog.Filter
		if r.IntN(2) == 0 {
			where.SeatType = []string{"agent"}
		}
		raw := map[catalog.Measure]exact.Number{}
		for _, m := range seatMeasures() {
			c := &catalog.Component{Measure: m, Where: where}
			before, err := meter.CountSeats(c, seats, sessions, terms)
			if err != nil {
				t.Fatal(err)
			}
			r.Shuffle(len(seats), func(i, j int) { seats[i], seats[j] = seats[j], seats[i] })
			r.Shuffle(len(sessions), func(i, j int) { sessions[i], sessions[j] = sessions[j], sessions[i] })
			after, _ := meter.CountSeats(c, seats, sessions, terms)
			if a, b := asJSON(t, before), asJSON(t, after); a != b {
				t.Fatalf("%s depends on the order of facts:\n%s\n%s", m, a, b)
			}
			raw[m] = before.Raw
		}
		rising := [][]catalog.Measure{
			{catalog.SeatsConcurrentP95, catalog.SeatsConcurrentPeak, catalog.SeatsActive, catalog.SeatDays},
			{catalog.SeatsAtEnd, catalog.SeatsHighest, catalog.SeatsNamed},
			{catalog.SeatsAverage, catalog.SeatsHighest},
			{catalog.SeatsAssigned, catalog.SeatsHighest},
		}
		for _, chain := range rising {
			for i := 1; i < len(chain); i++ {
				if raw[chain[i]].Less(raw[chain[i-1]]) {
					t.Fatalf("%s is %s, above %s, which is %s", chain[i-1], raw[chain[i-1]], chain[i], raw[chain[i]])
				}
			}
		}
	}
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
