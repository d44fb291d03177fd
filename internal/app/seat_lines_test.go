package app_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/lang"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// fourLines is a plan of seats in four ways, one line each.
const fourLines = `plan: seats
version: 1
currency: CNY
time_zone: Asia/Shanghai
tax: {default: none, classes: [{id: none, rates: [{rate: 0%}]}]}
unmetered: [calls, sessions, seats]
modules: [{id: recording}]
components:
  - {id: peak, measure: seats_concurrent_peak, where: {seat_type: [agent]}, commitment: 3, ignore_below: 10m, unit_price: 100}
  - {id: lanes, measure: seats_active, where: {seat_type: [robot]}, unit_price: 50}
  - {id: own, measure: seats_assigned, where: {seat_type: [supervisor]}, unit_price: 200}
  - {id: seats, measure: recurring, unit_price: 10}
  - {id: recording, measure: module, where: {module: recording}, per_seat_of: peak, unit_price: 8}
`

// withSeats is a company of that plan that bought two seats, and a campaign of it.
func withSeats(t *testing.T) (f *floor, who customer) {
	f = &floor{books: newJoined(t)}
	f.publish(fourLines)
	f.c = f.company("one")
	who = customer{f.c, f.contractIn(f.c, "contract: S-1\nplan: seats@1\nstart: 2026-03-01\nterm: 12 months\nquantities: {seats: 2}\nmodules: [recording]\n", "")}
	_, f.camp = f.running("spring")
	return f, who
}

func TestSeatLines(t *testing.T) {
	f, who := withSeats(t)
	ctx := context.Background()
	for i, seat := range []string{"amy", "bo"} { // bo never comes
		must(f.Begin(ctx, who.company, app.Begin{Contract: who.contract, What: app.SeatStretch, Of: seat, Type: "supervisor", At: day("2026-03-01").Start(time.UTC).Add(time.Duration(i))}))
	}
	in := func(user, kind, from string, length time.Duration) usage.Fact {
		at, err := time.Parse("2006-01-02 15:04", from)
		if err != nil {
			t.Fatal(err)
		}
		return &usage.Session{ID: user + from, Source: "pbx", User: user, Type: kind, From: timex.At(at), To: timex.At(at.Add(length))}
	}
	facts := []usage.Fact{in("amy", "supervisor", "2026-03-02 01:00", time.Hour), in("lane", "robot", "2026-03-02 01:00", time.Hour)}
	for i := range 5 { // four at once for an hour, five for five minutes
		length := time.Hour
		if i == 4 {
			length = 5 * time.Minute
		}
		facts = append(facts, in(fmt.Sprint("agent", i), "agent", "2026-03-02 01:00", length))
	}
	f.at("2026-03-04 02:00:00")
	f.ingest(who.company, facts...)
	got := must(f.Floor(ctx, who.company, who.contract))
	want := []string{
		"peak peak paid 4 used 4 high 5 now 0 idle 0 0.00 fewer 108.00 days 0 5 0 0",
		"lanes active paid 1 used 1 high 1 now 0 idle 0 0.00 fewer 50.00 days 0 1 0 0",
		"own named paid 2 used 1 high 1 now 0 idle 1 200.00 fewer 200.00 days",
		"seats bought paid 2 used 7 high 7 now 0 idle 0 0.00 fewer 10.00 days 0 7 0 0",
	}
	if told := seatsTold(&got); told != strings.Join(want, "\n") {
		t.Errorf("seats:\n%s\nwant:\n%s", told, strings.Join(want, "\n"))
	}
	if p := got.Modules[0]; !p.On || p.Line != "recording" || lang.Decimal(lang.English, p.Cost) != "32.00" {
		t.Errorf("%+v", p)
	}
	if m := got.Modules[0]; m.Told || m.Uses != 0 {
		t.Errorf("nobody told of recordings: %+v", m)
	}
	start := timex.At(time.Date(2026, 3, 3, 1, 0, 0, 0, time.UTC))
	for i, name := range []string{"", "rec_1"} {
		f.ingest(who.company, &usage.Call{ID: fmt.Sprint("c", i), Source: "waihu", Direction: usage.Outbound, Result: usage.Answered, To: "+8613800138000", Start: start, Answer: start, End: start.Add(time.Minute), Talk: time.Minute, Course: &usage.Course{EndedBy: usage.TheirSide, Recording: name}})
		if m := must(f.Floor(ctx, who.company, who.contract)).Modules[0]; !m.Told || m.Uses != int64(i) {
			t.Errorf("%d calls were recorded, as the page says %d (told: %v)", i, m.Uses, m.Told)
		}
	}
}

// TestSeatsNow: who logs in on the floor is there at once, before it is usage, and gone
// as soon as they log out.
func TestSeatsNow(t *testing.T) {
	f, who := withSeats(t)
	ctx := context.Background()
	f.at("2026-03-04 02:00:00")
	if got := must(f.Floor(ctx, who.company, who.contract)); len(got.Places) != 0 || got.Seats[0].Now != 0 || got.Seats[0].Paid.String() != "3" || got.Seats[0].Idle.String() != "3" {
		t.Errorf("nobody came: %s", seatsTold(&got))
	}
	first := must(f.SitDown(ctx, f.c, f.camp.ID, "li"))
	must(f.SitDown(ctx, f.c, f.camp.ID, "wu"))
	if got := must(f.Standstill(ctx, f.c)); got.Sessions != 2 {
		t.Errorf("a hold would stop %d people, want the 2 at their desks", got.Sessions)
	}
	got := must(f.Floor(ctx, who.company, who.contract))
	if l := got.Seats[0]; l.Now != 2 || l.High != 2 || l.Days[len(l.Days)-1].High != 2 || len(got.Places) != 2 {
		t.Errorf("two are logged in: %s", seatsTold(&got))
	}
	if p := got.Places[0]; p.User != "li" || !p.Logged || p.State != first.State || p.Here != first.Since || p.At != f.camp.ID || p.Node != "n1" || p.Idle() {
		t.Errorf("%+v", p)
	}
	f.tick(5 * time.Second)
	if err := f.StandUp(ctx, f.c, first.ID); err != nil {
		t.Fatal(err)
	}
	if got = must(f.Floor(ctx, who.company, who.contract)); got.Seats[0].Now != 1 || got.Places[0].Logged || got.Places[0].Last == 0 {
		t.Errorf("li is gone: %s %+v", seatsTold(&got), got.Places[0])
	}
}

func seatsTold(f *app.Floor) string {
	var out []string
	for i := range f.Seats {
		l := &f.Seats[i]
		fewer := "?"
		if l.Fewer != nil {
			fewer = lang.Decimal(lang.English, l.Fewer.Saved)
		}
		days := ""
		for _, d := range l.Days {
			days += fmt.Sprint(" ", d.High)
		}
		out = append(out, fmt.Sprintf("%s %s paid %s used %s high %d now %d idle %s %s fewer %s days%s", l.Component.ID, l.Kind, l.Paid, l.Used, l.High, l.Now, l.Idle, lang.Decimal(lang.English, l.IdleCost), fewer, days))
	}
	return strings.Join(out, "\n")
}
