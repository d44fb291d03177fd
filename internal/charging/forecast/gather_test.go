package forecast_test

import (
	"slices"
	"testing"
	"time"

	"waihu/internal/charging/forecast"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

func gathered(t testing.TB, k *kept) *forecast.Observed {
	t.Helper()
	loc, err := timex.LoadZone("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	g := forecast.Gather(loc, "CN")
	k.giveTo(t, g)
	o, err := g.Finish()
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// TestGatherCountsExactly: what was made of a profile is found again.
func TestGatherCountsExactly(t *testing.T) {
	k, made := expand(t, small(), 13, 3)
	o := gathered(t, k)
	if len(o.Months) != 13 || o.SeatsBy != forecast.BySessions || o.Seats != 5 || o.Rentals["number"] != 10 || len(o.Modules) != 2 {
		t.Fatalf("%d months, seats by %s, %d seats, rentals %v, modules %v", len(o.Months), o.SeatsBy, o.Seats, o.Rentals, o.Modules)
	}
	calls := int64(0)
	for i, m := range o.Months {
		want := made.Months[i]
		if m.Month != want.Month || m.Partial || m.Seats.Peak != want.Peak || m.Seats.Minimum != want.Minimum {
			t.Errorf("%+v, want %+v", m.Seats, want)
		}
		n := want.Sum()
		if m.Count != (forecast.Count{Attempts: n.Attempts, Answered: n.Answered, Seconds: n.Seconds}) || len(m.Kinds) != 3 {
			t.Errorf("%s: %+v, want %+v", m.Month, m.Count, n)
		}
		days, load, attempts := forecast.Count{}, int64(0), int64(0)
		for _, d := range m.Days {
			days.Attempts += d.Attempts
			days.Seconds += d.Seconds
		}
		for _, h := range m.Load {
			load += int64(h.Dialed/time.Second) - 20*h.Answered
			attempts += h.Attempts
		}
		if days.Attempts != m.Count.Attempts || days.Seconds != m.Count.Seconds || load != m.Count.Seconds || attempts != m.Count.Attempts {
			t.Errorf("%s: days %+v, half hours %d s %d attempts, month %+v", m.Month, days, load, attempts, m.Count)
		}
		calls += m.Count.Answered
	}
	for _, l := range o.Lengths {
		calls -= l.Calls
	}
	if calls != 0 {
		t.Errorf("the lengths miss %d calls", calls)
	}
}

// TestDescribeIsExpandedAgain: usage, described and made again, has the same
// talk time in every month.
func TestDescribeIsExpandedAgain(t *testing.T) {
	k, made := expand(t, small(), 4, 3)
	for _, how := range []string{"sessions", "agents", "calls"} {
		u := *k
		if how != "sessions" {
			u.sessions = nil
		}
		if how == "calls" {
			u.calls = append([]usage.Call{}, k.calls...)
			for i := range u.calls {
				u.calls[i].Agent = ""
			}
		}
		o := gathered(t, &u)
		if string(o.SeatsBy) != how {
			t.Errorf("seats by %s, want %s", o.SeatsBy, how)
		}
		p, err := o.Describe("mine", "cn", calendars(t))
		if err != nil {
			t.Fatal(err)
		}
		_, again := expand(t, p, 4, 1)
		for i, m := range again.Months {
			want := made.Months[i].Sum()
			got := m.Sum()
			if d := got.Seconds - want.Seconds; d < -5 || d > 5 {
				t.Errorf("%s, %s: %d seconds, were %d", how, m.Month, got.Seconds, want.Seconds)
			}
			if how == "sessions" && (m.Peak != made.Months[i].Peak || got.Answered*100 < want.Answered*98 || got.Answered*98 > want.Answered*100) {
				t.Errorf("%s: %d calls, peak %d; were %d, %d", m.Month, got.Answered, m.Peak, want.Answered, made.Months[i].Peak)
			}
		}
		if how == "sessions" && (len(p.Hours) != 2 || p.Hours[0].From.String() != "09:00" || p.Hours[1].To.String() != "18:00") {
			t.Errorf("hours %+v", p.Hours)
		}
	}
}

func TestGatherOddUsage(t *testing.T) {
	loc, _ := timex.LoadZone("Asia/Shanghai")
	if _, err := forecast.Gather(loc, "").Finish(); fault.KindOf(err) != fault.Invalid {
		t.Errorf("nothing: %v", err)
	}
	// One call in a month, an empty month, one call that nobody answered.
	one := usage.Call{ID: "1", Direction: usage.Inbound, Result: usage.Answered, Start: timex.MustDate("2026-01-15").Start(loc), Talk: 61 * time.Second}
	none := usage.Call{ID: "2", Result: usage.Busy, To: "13800138000", Start: timex.MustDate("2026-03-02").Start(loc)}
	legB := none
	legB.LegB = true
	o := gathered(t, &kept{calls: []usage.Call{none, one, legB}})
	if len(o.Months) != 3 || o.Months[1].Count.Attempts != 0 || o.Months[0].Count.Seconds != 61 || o.Months[2].Count.Attempts != 1 {
		t.Fatalf("%+v", o.Months)
	}
	if !o.Months[0].Partial || !o.Months[2].Partial {
		t.Error("months of a single day are not whole")
	}
	if k := o.Months[2].Kinds[0]; k.Line != usage.Mobile {
		t.Errorf("the number tells a mobile: %+v", k)
	}
	p, err := o.Describe("odd", "", nil)
	if err != nil || p.Validate().Err() != nil {
		t.Fatalf("%v %v", err, p.Validate())
	}
	// A session that spans months, of one user logged in twice at a time.
	s := usage.Session{User: "a", From: timex.MustDate("2026-01-31").Start(loc), To: timex.MustDate("2026-02-02").Start(loc)}
	o = gathered(t, &kept{sessions: []usage.Session{s, s}})
	if o.Months[0].Seats.Peak != 1 || !o.Months[0].Seats.Average.Equal(exact.One) || o.Months[0].Seats.LoggedIn != 24*time.Hour {
		t.Errorf("%+v", o.Months[0].Seats)
	}
	far := none
	far.Start = timex.MustDate("2150-03-02").Start(loc)
	g := forecast.Gather(loc, "")
	(&kept{calls: []usage.Call{none, far}}).giveTo(t, g)
	if _, err := g.Finish(); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a clock a century off: %v", err)
	}
}

// TestWrapUpWithoutAnEnd: a log of work after a call that was never ended adds
// nothing, and above all takes nothing off.
func TestWrapUpWithoutAnEnd(t *testing.T) {
	from := timex.MustDate("2026-03-02").Start(time.UTC)
	k := &kept{calls: []usage.Call{{ID: "1", Direction: usage.Outbound, Result: usage.Answered, Start: from, Answer: from, End: from.Add(time.Minute), Talk: time.Minute}},
		sessions: []usage.Session{{User: "a", State: usage.WrapUp, From: from, To: from.Add(30 * time.Second)}, {User: "b", State: usage.WrapUp, From: from}}}
	if o := gathered(t, k); o.WrapUp != 30*time.Second {
		t.Errorf("%s of work after a call, want 30s", o.WrapUp)
	}
}

// TestHalfHoursAreOfOneDay: Nepal is five hours and three quarters ahead of UTC.
func TestHalfHoursAreOfOneDay(t *testing.T) {
	loc, err := timex.LoadZone("Asia/Kathmandu")
	if err != nil {
		t.Fatal(err)
	}
	g := forecast.Gather(loc, "")
	day := timex.MustDate("2026-03-01")
	for _, after := range []time.Duration{5 * time.Minute, 29 * time.Minute, 30 * time.Minute, 24*time.Hour - time.Second} {
		at := day.Start(loc).Add(after)
		if err := g.Call(&usage.Call{ID: after.String(), Direction: usage.Outbound, Result: usage.Answered, Start: at, Answer: at, End: at.Add(time.Minute), Talk: time.Minute}); err != nil {
			t.Fatal(err)
		}
	}
	o, err := g.Finish()
	if err != nil {
		t.Fatal(err)
	}
	if len(o.Months) != 1 || len(o.Months[0].Days) != 1 || o.Months[0].Days[0].Seats != 1 {
		t.Fatalf("%+v", o.Months)
	}
	var from []timex.Instant
	for _, h := range o.Months[0].Load {
		from = append(from, h.From)
	}
	start := day.Start(loc)
	if want := []timex.Instant{start, start.Add(30 * time.Minute), start.Add(23*time.Hour + 30*time.Minute)}; !slices.Equal(from, want) {
		t.Errorf("half hours from %v, want %v", from, want)
	}
}
