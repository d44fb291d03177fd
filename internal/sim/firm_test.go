package sim

import (
	"fmt"
	"testing"
	"time"

	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/timex/holiday"
	"waihu/internal/usage"
)

// tally counts facts and their digest.
type tally struct {
	calls, answered, sessions int
	digest                    usage.Digest
	elements                  usage.Elements
	bad                       string
}

func (t *tally) Call(c *usage.Call) error {
	t.calls++
	if c.IsAnswered() {
		t.answered++
	}
	if c.End < c.Start || c.IsAnswered() != (c.Talk > 0) || c.Answer != 0 && c.End.Sub(c.Answer) != c.Talk || c.Cost.Micros() != int64((c.Talk+6*time.Second-1)/(6*time.Second))*6_000 {
		t.bad = fmt.Sprintf("%+v", *c)
	}
	t.digest.Add(t.elements.Of(c))
	return nil
}

func (t *tally) Session(s usage.Session) error {
	t.sessions++
	t.digest.Add(t.elements.Of(&s))
	return nil
}
func (t *tally) Seat(usage.Seat) error     { return nil }
func (t *tally) Module(usage.Module) error { return nil }
func (t *tally) Rental(usage.Rental) error { return nil }
func (t *tally) Event(usage.Event) error   { return nil }

func firm(t *testing.T) *Firm {
	t.Helper()
	zone, err := timex.LoadZone("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	calendars, err := holiday.Calendars()
	if err != nil {
		t.Fatal(err)
	}
	return &Firm{Name: "floor", Zone: zone, Calendar: calendars["cn"], Purpose: usage.Sales, Mode: usage.Predictive, Agents: 10, Robots: 2, Opens: 9, Closes: 18,
		Cost: money.Micros(60_000, money.MustCurrency("CNY")), Tries: 30, Answered: 0.3, Talk: 45, Season: [12]float64{1: 0.5}, From: "+862150000000",
		Numbers: []Numbers{{"+86139", 8, usage.Mobile, "", 9}, {"+8621", 8, usage.Landline, usage.Local, 1}}}
}

func TestFirmDay(t *testing.T) {
	f := firm(t)
	day := func(date string, seed uint64) *tally {
		var out tally
		if err := f.Day(seed, timex.MustDate(date), &out); err != nil {
			t.Fatal(err)
		}
		if out.bad != "" {
			t.Errorf("%s: a call that cannot be: %s", date, out.bad)
		}
		return &out
	}
	full := day("2026-03-02", 1)
	if again := day("2026-03-02", 1); !again.digest.Equal(&full.digest) {
		t.Error("two runs of one day differ")
	}
	if other := day("2026-03-02", 2); other.digest.Equal(&full.digest) {
		t.Error("two seeds give one day")
	}
	if share := float64(full.answered) / float64(full.calls); share < 0.25 || share > 0.35 {
		t.Errorf("%.2f answered, want about 0.30", share)
	}
	if full.sessions < 16 || full.sessions > 22 {
		t.Errorf("%d sessions of ten agents and two robots", full.sessions)
	}
	if half := day("2026-02-04", 1); half.calls > full.calls*3/4 {
		t.Errorf("February brings %d calls beside %d: half the load was asked", half.calls, full.calls)
	}
	if n := day("2026-10-01", 1).calls; n != 0 {
		t.Errorf("%d calls on the National Day", n)
	}
	if n := day("2026-02-28", 1).calls; n == 0 {
		t.Error("no calls on a make-up working day")
	}
	if n := day("2026-03-01", 1).calls; n != 0 {
		t.Errorf("%d calls on a Sunday", n)
	}
}

func BenchmarkFirmDay(b *testing.B) {
	f := Firm{Name: "floor", Zone: time.UTC, Purpose: usage.Sales, Agents: 100, Opens: 9, Closes: 18, Tries: 30, Answered: 0.3, Talk: 45, Numbers: []Numbers{{"+86139", 8, "", "", 1}}}
	var out tally
	for b.Loop() {
		if err := f.Day(1, timex.MustDate("2026-03-02"), &out); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(out.calls)/b.Elapsed().Seconds(), "calls/s")
}
