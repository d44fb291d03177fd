package service

import (
	"math/rand/v2"
	"testing"
	"time"

	"waihu/internal/charging/contract"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/timex"
)

func at(s string) timex.Instant {
	t, err := time.Parse("2006-01-02 15:04:05", s)
	if err != nil {
		panic(err)
	}
	return timex.At(t)
}

func march() timex.Period {
	return timex.Days(timex.MustDate("2026-03-01"), timex.MustDate("2026-04-01"), time.UTC)
}

func TestAvailabilityByMinute(t *testing.T) {
	for what, c := range map[string]struct {
		outages []Outage
		up, due int64
	}{
		"nothing":             {nil, 44640, 44640},
		"a second":            {[]Outage{{From: at("2026-03-05 10:00:30"), To: at("2026-03-05 10:00:31")}}, 44639, 44640},
		"over a minute's end": {[]Outage{{From: at("2026-03-05 10:00:59"), To: at("2026-03-05 10:01:01")}}, 44638, 44640},
		"two at once":         {[]Outage{{From: at("2026-03-05 10:00:00"), To: at("2026-03-05 10:10:00")}, {From: at("2026-03-05 10:05:00"), To: at("2026-03-05 10:20:00")}}, 44620, 44640},
		"planned":             {[]Outage{{From: at("2026-03-05 10:00:00"), To: at("2026-03-05 11:00:00"), Planned: true}}, 44580, 44580},
		"within planned":      {[]Outage{{From: at("2026-03-05 10:00:00"), To: at("2026-03-05 11:00:00"), Planned: true}, {From: at("2026-03-05 10:50:00"), To: at("2026-03-05 11:10:00")}}, 44570, 44580},
		"from before on":      {[]Outage{{From: at("2026-02-05 10:00:00"), To: at("2026-03-01 00:10:00")}}, 44630, 44640},
		"it goes on":          {[]Outage{{From: at("2026-03-31 23:50:00")}}, 44630, 44640},
		"another month":       {[]Outage{{From: at("2026-04-01 00:00:00")}}, 44640, 44640},
	} {
		if up, due := Up(c.outages, march()); up != c.up || due != c.due {
			t.Errorf("%s: %d of %d minutes, want %d of %d", what, up, due, c.up, c.due)
		}
	}
}

// TestUpCountsMinutes compares with counting every minute by itself.
func TestUpCountsMinutes(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 3))
	p := timex.Period{From: at("2026-03-01 00:00:00"), To: at("2026-03-01 06:00:00")}
	for range 300 {
		var list []Outage
		for range r.IntN(8) {
			from := p.From.Add(time.Duration(r.IntN(8*3600)-3600) * time.Second)
			list = append(list, Outage{From: from, To: from.Add(time.Duration(1+r.IntN(5000)) * time.Second), Planned: r.IntN(3) == 0})
		}
		up, due := int64(0), int64(0)
		for m := p.From; m < p.To; m += minute {
			planned, down := false, false
			for _, o := range list {
				touches := o.From < m+minute && o.To > m
				planned = planned || touches && o.Planned
				down = down || touches && !o.Planned
			}
			if !planned {
				due++
				if !down {
					up++
				}
			}
		}
		if gotUp, gotDue := Up(list, p); gotUp != up || gotDue != due {
			t.Fatalf("%d of %d, by hand %d of %d: %+v", gotUp, gotDue, up, due, list)
		}
	}
}

func TestAttain(t *testing.T) {
	levels := []contract.ServiceLevel{{Metric: Availability, Target: "99.9%"}, {Metric: "mos", Target: "4.2"}, {Metric: "dropped_calls", Target: "2%", Better: contract.Lower}, {Metric: "other", Target: "1"}}
	samples := []Sample{{"mos", at("2026-03-02 00:00:00"), exact.MustParse("4.0"), 3}, {"mos", at("2026-03-03 00:00:00"), exact.MustParse("5"), 1}, {"mos", at("2026-04-03 00:00:00"), exact.MustParse("1"), 100}, {"dropped_calls", at("2026-03-02 00:00:00"), exact.MustParse("0.03"), 1}}
	got, err := Attain(levels, []Outage{{From: at("2026-03-05 10:00:00"), To: at("2026-03-05 10:45:00")}}, samples, march())
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []Attained{
		{Availability, "99.9%", "99.8991%", exact.MustParse("0.998991"), false, true},
		{"mos", "4.2", "4.25", exact.MustParse("4.25"), true, true},
		{"dropped_calls", "2%", "3%", exact.MustParse("0.03"), false, true},
		{"other", "1", "", exact.Zero, false, false},
	} {
		g := got[i]
		if g.Metric != want.Metric || g.Measured != want.Measured || !g.Value.Equal(want.Value) || g.Met != want.Met || g.Known != want.Known {
			t.Errorf("%+v, want %+v", g, want)
		}
	}
	if f := Figures(got); len(f) != 3 || f["mos"] != "4.25" {
		t.Errorf("%v", f)
	}
	if _, err := Attain([]contract.ServiceLevel{{Metric: "mos", Target: "good"}}, nil, nil, march()); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a target that is no figure: %v", err)
	}
}

func shanghai() *Hours {
	loc, err := timex.LoadZone("Asia/Shanghai")
	if err != nil {
		panic(err)
	}
	return &Hours{Loc: loc, From: 9 * 60, To: 18 * 60}
}

func TestClocks(t *testing.T) {
	h := shanghai()
	opened := at("2026-03-06 09:30:00") // Friday 17:30 there
	if due, err := h.Deadline(opened, time.Hour); err != nil || due != at("2026-03-09 01:30:00") {
		t.Errorf("half an hour on Friday, half on Monday: %s, %v", due, err)
	}
	if d, err := h.Elapsed(opened, at("2026-03-09 01:30:00")); err != nil || d != time.Hour {
		t.Errorf("%s, %v", d, err)
	}
	ticket := Ticket{Opened: opened, Answered: at("2026-03-09 01:00:00"), Waiting: []timex.Period{{From: at("2026-03-09 01:00:00"), To: at("2026-03-09 03:00:00")}}}
	first, resolution, err := ticket.Clocks(h, Promise{First: 20 * time.Minute, Resolution: 2 * time.Hour}, at("2026-03-09 04:00:00"))
	if err != nil || first.Took != 30*time.Minute || !first.Missed || first.Runs {
		t.Errorf("first answer: %+v, %v", first, err)
	}
	if resolution.Took != 90*time.Minute || resolution.Missed || !resolution.Runs || resolution.Due != at("2026-03-09 04:30:00") {
		t.Errorf("resolution, the customer's two hours taken off: %+v", resolution)
	}
	always := &Hours{}
	if due, err := always.Deadline(opened, time.Hour); err != nil || due != opened.Add(time.Hour) {
		t.Errorf("a desk that always works: %s, %v", due, err)
	}
	h.Calendar = timex.NewCalendar("cn", map[timex.Date]bool{timex.MustDate("2026-03-09"): true, timex.MustDate("2026-03-07"): false})
	if due, err := h.Deadline(opened, time.Hour); err != nil || due != at("2026-03-07 01:30:00") {
		t.Errorf("a Saturday that is worked: %s, %v", due, err)
	}
	night := &Hours{Loc: h.Loc, From: 600, To: 600}
	if _, err := night.Deadline(opened, time.Hour); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a desk that never works: %v", err)
	}
}

// TestBoundsOfClocks: what is too long is said, a desk at night works past
// midnight's minute, and what has not begun took nothing.
func TestBoundsOfClocks(t *testing.T) {
	h := shanghai()
	opened := at("2026-03-06 09:30:00")
	if _, err := h.Elapsed(opened, opened.Add(20*365*24*time.Hour)); fault.KindOf(err) != fault.Invalid {
		t.Errorf("twenty years: %v", err)
	}
	for what, x := range map[string]Ticket{"first answer": {Opened: at("1990-01-01 00:00:00")}, "resolution": {Opened: opened, Answered: opened, Waiting: []timex.Period{{From: opened, To: opened.Add(20 * 365 * 24 * time.Hour)}}, Resolved: opened.Add(20 * 365 * 24 * time.Hour)}} {
		if _, _, err := x.Clocks(h, Promise{}, opened.Add(time.Hour)); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", what, err)
		}
	}
	if d, err := h.Elapsed(opened, opened); err != nil || d != 0 {
		t.Errorf("no time at all: %s, %v", d, err)
	}
	late := &Hours{Loc: h.Loc, From: 20 * 60, Weekends: true}
	if d, err := late.Elapsed(at("2026-03-07 11:00:00"), at("2026-03-07 17:00:00")); err != nil || d != 4*time.Hour {
		t.Errorf("from eight to midnight, on a Saturday: %s, %v", d, err)
	}
	if due, err := late.Deadline(at("2026-03-07 11:00:00"), time.Hour); err != nil || due != at("2026-03-07 13:00:00") {
		t.Errorf("due %s, %v", due, err)
	}
}
