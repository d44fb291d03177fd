package meter_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/timex"
)

func datesOf(t testing.TB, s string) meter.Dates {
	t.Helper()
	first, after, err := timex.ParsePeriod(s)
	if err != nil {
		t.Fatal(err)
	}
	return meter.Dates{First: first, After: after}
}

func zoneOf(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := timex.LoadZone(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestShare(t *testing.T) {
	ny := zoneOf(t, "America/New_York")
	for _, c := range []struct {
		by              catalog.Proration
		service, period string
		num, den        string
	}{
		{catalog.ByDay, "2026-06-16..2026-07-01", "2026-06", "15", "30"},
		{"", "2026-05-16..2026-07-09", "2026-06", "30", "30"},
		{catalog.ByDay, "2026-07-01..2026-07-09", "2026-06", "0", "30"},
		{catalog.ByDay, "2024-02-29..2024-03-01", "2024-02", "1", "29"},
		{catalog.BySecond, "2026-03-08", "2026-03", "82800", "2674800"},    // a day of 23 hours
		{catalog.BySecond, "2026-11-01", "2026-11", "90000", "2595600"},    // and one of 25
		{catalog.BySecond, "2026-06-01", "2026-06", "86400", "2592000"},    //
		{catalog.Fixed30, "2026-05-02..2026-06-01", "2026-05", "30", "30"}, // 30 of 31 days
		{catalog.Fixed30, "2026-05-03..2026-06-01", "2026-05", "29", "30"},
		{catalog.Fixed30, "2026-02", "2026-02", "30", "30"}, // whole, though 28 days
		{catalog.Fixed30, "2026-02-02..2026-03-01", "2026-02", "27", "30"},
		{catalog.Fixed30, "2026-01-01..2026-02-15", "2026-01-01..2026-04-01", "45", "90"},
		{catalog.Fixed30, "2026-03-01..2026-03-02", "2026-02-28..2026-03-31", "1", "30"},
		{catalog.Thirty360, "2023-05-23..2023-06-15", "2023-05-15..2023-06-15", "22", "30"},
		{catalog.Thirty360, "2026-02-15..2026-03-01", "2026-02", "16", "30"},
		{catalog.Thirty360, "2026-05-30", "2026-05-30", "1", "1"}, // no day of 360, yet the whole period
		{catalog.NoProration, "2026-06-30..2026-07-01", "2026-06", "1", "1"},
		{catalog.NoProration, "2026-07-01..2026-07-02", "2026-06", "0", "1"},
		{catalog.AnyUse, "2026-06-30..2026-07-01", "2026-06", "1", "1"},
		{catalog.AnyUse, "2026-01-31..2026-02-02", "2026-01-01..2026-04-01", "2", "3"},
		{catalog.AnyUse, "2026-03-29..2026-03-30", "2026-02-28..2026-03-31", "1", "1"},
	} {
		got := meter.Share(c.by, datesOf(t, c.service), datesOf(t, c.period), ny)
		if got.Num.String() != c.num || got.Den.String() != c.den {
			t.Errorf("%s %s of %s: %s/%s, want %s/%s", c.by, c.service, c.period, got.Num, got.Den, c.num, c.den)
		}
	}
}

func TestShareOfNothingIsZero(t *testing.T) {
	d := timex.MustDate("2026-06-01")
	for _, by := range []catalog.Proration{catalog.ByDay, catalog.BySecond, catalog.Fixed30, catalog.Thirty360, catalog.NoProration, catalog.AnyUse} {
		for _, period := range []meter.Dates{{First: d, After: d}, {First: d + 9, After: d}} {
			if got := meter.Share(by, meter.Dates{First: d - 9, After: d + 9}, period, time.UTC); !got.Num.IsZero() || got.Den.Sign() <= 0 {
				t.Errorf("%s of no days is %s/%s", by, got.Num, got.Den)
			}
		}
	}
	if got := meter.ShareOfTime(timex.Period{From: 5, To: 3}, timex.Period{From: 9, To: 9}); !got.Value().IsZero() {
		t.Errorf("share of no time is %s", got.Value())
	}
}

// Parts of a period split at any date sum to the whole, and no part is below
// zero or above one.
func TestSharesOfPartsAddUp(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	loc := zoneOf(t, "Europe/Paris")
	for range 2000 {
		first := timex.MustDate("2024-01-01") + timex.Date(r.IntN(900))
		period := meter.Dates{First: first, After: first + 1 + timex.Date(r.IntN(100))}
		cut := period.First + timex.Date(r.IntN(int(period.Days())+1))
		for _, by := range []catalog.Proration{catalog.ByDay, catalog.BySecond, catalog.Fixed30, catalog.Thirty360, catalog.NoProration, catalog.AnyUse} {
			a := meter.Share(by, meter.Dates{First: period.First, After: cut}, period, loc).Value()
			b := meter.Share(by, meter.Dates{First: cut, After: period.After}, period, loc).Value()
			whole := meter.Share(by, period, period, loc).Value()
			if !whole.Equal(exact.One) || a.Sign() < 0 || exact.One.Less(a) || b.Sign() < 0 || exact.One.Less(b) {
				t.Fatalf("%s of %v cut at %s: %s and %s of %s", by, period, cut, a, b, whole)
			}
			adds := by == catalog.ByDay || by == catalog.BySecond || by == catalog.Thirty360
			if adds && !a.Add(b).Equal(whole) {
				t.Fatalf("%s of %v cut at %s: %s + %s is not 1", by, period, cut, a, b)
			}
		}
	}
}

func TestServedLeavesOutTheTrial(t *testing.T) {
	june := datesOf(t, "2026-06")
	for _, c := range []struct{ start, end, trial, want string }{
		{"", "", "14d", "2026-06-01 2026-07-01"},
		{"2026-06-10", "", "0d", "2026-06-10 2026-07-01"},
		{"2026-06-10", "", "14d", "2026-06-24 2026-07-01"},
		{"2026-05-25", "", "14d", "2026-06-08 2026-07-01"},
		{"2026-06-10", "2026-06-20", "5d", "2026-06-15 2026-06-20"},
		{"2026-06-10", "2026-06-12", "5d", "2026-06-12 2026-06-12"},
		{"2026-06-10", "", "36h", "2026-06-12 2026-07-01"}, // a started day of trial is free
	} {
		terms := &contract.Terms{First: june.First, After: june.After, Loc: time.UTC}
		if c.start != "" {
			terms.Start = timex.MustDate(c.start)
		}
		if c.end != "" {
			terms.End = timex.MustDate(c.end)
		}
		trial, err := catalog.ParseDuration(c.trial)
		if err != nil {
			t.Fatal(err)
		}
		got := meter.Served(&catalog.Component{Trial: trial}, terms)
		if s := got.First.String() + " " + got.After.String(); s != c.want {
			t.Errorf("%+v: served %s", c, s)
		}
	}
}
