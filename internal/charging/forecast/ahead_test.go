package forecast_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"waihu/internal/charging/forecast"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/timex"
)

// observedWorld is usage of so many months whose days have so many minutes.
func observedWorld(from string, months int, minutes func(i int, d timex.Date) float64) *forecast.Observed {
	o := &forecast.Observed{Zone: "Asia/Shanghai", SeatsBy: forecast.BySessions}
	first := forecast.MustMonth(from)
	for i := range months {
		m := forecast.ObservedMonth{Month: first + forecast.Month(i)}
		for d := m.Month.First(); d < m.Month.After(); d++ {
			s := int64(60 * minutes(i, d))
			day := forecast.DayCount{Date: d, Count: forecast.Count{Attempts: s / 30, Answered: s / 90, Seconds: s}, Seats: 5}
			m.Days = append(m.Days, day)
			m.Count.Attempts += day.Attempts
			m.Count.Answered += day.Answered
			m.Count.Seconds += s
		}
		m.Seats = forecast.SeatUse{Average: exact.Int(int64(5 + i%2)), Peak: 6 + i%2, Minimum: 4}
		o.Months = append(o.Months, m)
	}
	return o
}

func minutesOf(t *testing.T, o *forecast.Observed, ahead int) forecast.Outlook {
	t.Helper()
	list, err := o.Ahead(ahead, calendars(t)["cn"])
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 4 || list[1].Figure != forecast.Minutes {
		t.Fatalf("%+v", list)
	}
	return list[1]
}

// TestMonthsDifferByTheirDays: the same work each workday and half of it on days
// off makes months that differ by up to a third (the Spring Festival); a
// forecast by kinds of day sees that.
func TestMonthsDifferByTheirDays(t *testing.T) {
	cal := calendars(t)["cn"]
	work := func(_ int, d timex.Date) float64 {
		if cal.IsWorkday(d) {
			return 2000
		}
		return 1000
	}
	o := observedWorld("2025-01", 13, work)
	out := minutesOf(t, o, 3)
	if out.Few || out.Scores[0].MAPE > 0.02 {
		t.Fatalf("%+v", out.Scores)
	}
	for i, m := range observedWorld("2026-02", 3, work).Months {
		if got, want := out.Months[i].Expected, float64(m.Count.Seconds)/60; math.Abs(got-want) > 0.03*want || out.Months[i].Low > want || out.Months[i].High < want {
			t.Errorf("%s: %+v, came %g", m.Month, out.Months[i], want)
		}
	}
}

func TestATrendIsFollowed(t *testing.T) {
	o := observedWorld("2025-01", 12, func(i int, _ timex.Date) float64 { return 1000 + 100*float64(i) })
	out := minutesOf(t, o, 2)
	if out.Method != forecast.Drift && out.Method != forecast.DampedTrend {
		t.Errorf("%s was chosen for a trend: %+v", out.Method, out.Scores)
	}
	if last := out.History[11]; out.Months[0].Expected < last*0.95 { // January has a day less of work than December, but a tenth more a day
		t.Errorf("%+v after %g", out.Months[0], last)
	}
}

// TestTheBackTestKnowsOnlyThePast: a shock in the last month cannot change what
// was said before it, and the score says how far off that was.
func TestTheBackTestKnowsOnlyThePast(t *testing.T) {
	flat := observedWorld("2025-03", 8, func(int, timex.Date) float64 { return 1000 })
	shock := observedWorld("2025-03", 8, func(i int, _ timex.Date) float64 {
		if i == 7 {
			return 2000
		}
		return 1000
	})
	calm, hit := minutesOf(t, flat, 1), minutesOf(t, shock, 1)
	for i := range calm.Scores {
		if calm.Scores[i].Points != 5 {
			t.Errorf("%+v", calm.Scores[i])
		}
	}
	// One forecast of five was off by half of what came.
	for _, s := range hit.Scores {
		if s.Method == forecast.MeanMonth {
			for _, c := range calm.Scores {
				if c.Method == s.Method && math.Abs(s.MAPE-c.MAPE-0.1) > 0.02 {
					t.Errorf("the score is %g, calm %g: a miss of half in one of five is 0.1 more", s.MAPE, c.MAPE)
				}
			}
		}
	}
}

// TestRangesCoverWhatTheySay: over many noisy companies four in five months
// should lie within the range.
func TestRangesCoverWhatTheySay(t *testing.T) {
	in, all := 0, 0
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 3))
		noise := make([]float64, 16)
		for i := range noise {
			noise[i] = math.Exp(0.12 * r.NormFloat64())
		}
		world := func(i int, _ timex.Date) float64 { return 1000 * noise[i] }
		out := minutesOf(t, observedWorld("2024-09", 13, world), 3)
		for h, m := range observedWorld("2024-09", 16, world).Months[13:] {
			came := float64(m.Count.Seconds) / 60
			if all++; out.Months[h].Low <= came && came <= out.Months[h].High {
				in++
			}
		}
	}
	if share := float64(in) / float64(all); share < 0.65 || share > 0.95 {
		t.Errorf("%d of %d months lie within a range that says four in five", in, all)
	}
}

func TestTooFewMonths(t *testing.T) {
	for months, want := range map[int]bool{1: true, 2: true, 5: true, 6: false} {
		out := minutesOf(t, observedWorld("2026-01", months, func(int, timex.Date) float64 { return 1000 }), 2)
		if out.Few != want || len(out.Months) != 2 {
			t.Errorf("%d months: %+v", months, out)
		}
		p := out.Months[0]
		if out.Few && (p.High < 1.29*p.Expected || p.Low > 0.71*p.Expected) {
			t.Errorf("%d months: the range is not wide: %+v", months, p)
		}
	}
	one := minutesOf(t, observedWorld("2026-01", 1, func(int, timex.Date) float64 { return 0 }), 1)
	if p := one.Months[0]; p.Expected != 0 || p.High != 0 || math.IsNaN(p.Low) {
		t.Errorf("an empty month: %+v", p)
	}
	if _, err := observedWorld("2026-01", 1, func(int, timex.Date) float64 { return 1 }).Ahead(37, nil); fault.KindOf(err) != fault.Invalid {
		t.Errorf("%v", err)
	}
}

// TestForecastUsageCanBePriced: a scenario becomes a profile whose facts have
// the minutes that were forecast.
func TestForecastUsageCanBePriced(t *testing.T) {
	k, _ := expand(t, small(), 7, 4)
	o := gathered(t, k)
	list, err := o.Ahead(2, calendars(t)["cn"])
	if err != nil {
		t.Fatal(err)
	}
	p, err := o.Describe("mine", "cn", calendars(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range forecast.Scenarios() {
		next, err := p.Become(list, s, calendars(t))
		if err != nil {
			t.Fatal(err)
		}
		_, made := expand(t, next, 2, 1)
		for i, m := range made.Months {
			want := list[1].Months[i].In(s)
			if got := float64(m.Sum().Seconds) / 60; math.Abs(got-want) > 1 || m.Month != list[1].Months[i].Month {
				t.Errorf("%s %s: %g minutes, forecast %g", s, m.Month, got, want)
			}
		}
	}
	if next := list[1].Months[0].Month; next.First() != timex.NewDate(2026, time.August, 1) {
		t.Errorf("the month after July is %s", next)
	}
}
