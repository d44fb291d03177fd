package forecast

import (
	"math"
	"slices"

	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// Figure is what is forecast.
type Figure string

const (
	Attempts     Figure = "attempts"
	Minutes      Figure = "minutes"
	AverageSeats Figure = "average_seats"
	PeakSeats    Figure = "peak_seats"
)

// Predicted is one month ahead: four in five times it should lie between Low
// and High.
type Predicted struct {
	Month    Month   `json:"month"`
	Low      float64 `json:"low"`
	Expected float64 `json:"expected"`
	High     float64 `json:"high"`
}

// Outlook is one figure as it was and as it may become.
type Outlook struct {
	Figure  Figure      `json:"figure"`
	Known   int         `json:"known_months"`
	Few     bool        `json:"few,omitempty"` // too few months to judge methods by: the range is a rule of thumb
	Method  Method      `json:"method"`
	Scores  []Score     `json:"scores,omitempty"` // best first
	History []float64   `json:"history"`
	Months  []Predicted `json:"months"`
}

// MaxAhead bounds how far ahead anything is forecast.
const MaxAhead = 36

// Ahead forecasts attempts, minutes and seats for the months after the last
// whole one. cal may be nil. Errors are of kind Invalid.
func (o *Observed) Ahead(ahead int, cal *timex.Calendar) ([]Outlook, error) {
	if ahead < 1 || ahead > MaxAhead {
		return nil, fault.New(fault.Invalid, "%d months ahead cannot be told: say 1 to %d", ahead, MaxAhead)
	}
	months := o.Months
	if len(months) > 1 && months[0].Partial {
		months = months[1:]
	}
	if len(months) > 1 && months[len(months)-1].Partial {
		months = months[:len(months)-1]
	}
	var days [][]DayCount
	for i := range months {
		days = append(days, months[i].Days)
	}
	values := func(of func(m *ObservedMonth) float64) []float64 {
		out := make([]float64, len(months))
		for i := range months {
			out[i] = of(&months[i])
		}
		return out
	}
	from := months[0].Month
	return []Outlook{
		outlook(Attempts, ahead, &series{from, values(func(m *ObservedMonth) float64 { return float64(m.Count.Attempts) }), days, func(c *Count) float64 { return float64(c.Attempts) }, cal}),
		outlook(Minutes, ahead, &series{from, values(func(m *ObservedMonth) float64 { return float64(m.Count.Seconds) / 60 }), days, func(c *Count) float64 { return float64(c.Seconds) / 60 }, cal}),
		outlook(AverageSeats, ahead, &series{from: from, values: values(func(m *ObservedMonth) float64 { return m.Seats.Average.Float() }), cal: cal}),
		outlook(PeakSeats, ahead, &series{from: from, values: values(func(m *ObservedMonth) float64 { return float64(m.Seats.Peak) }), cal: cal}),
	}, nil
}

// outlook chooses the method with the least error in the back-test.
func outlook(f Figure, ahead int, s *series) Outlook {
	out := Outlook{Figure: f, Known: len(s.values), History: s.values, Method: LastMonth}
	scores := s.scores(ahead)
	if len(s.values) < leastKnown+leastErrors || len(scores) == 0 {
		out.Few = true
		out.Months = s.thumb(ahead)
		return out
	}
	slices.SortStableFunc(scores, func(a, b Score) int {
		switch {
		case a.MAE < b.MAE:
			return -1
		case a.MAE > b.MAE:
			return 1
		}
		return 0
	})
	scores[0].Chosen = true
	out.Scores, out.Method = scores, scores[0].Method
	for h := 1; h <= ahead; h++ {
		v, ok := s.predict(out.Method, h)
		if !ok {
			v, _ = s.predict(LastMonth, h)
		}
		share, ok := scores[0].spread(h, len(s.values))
		if !ok {
			share = thumbSpread
		}
		share = max(share, leastSpread)
		out.Months = append(out.Months, Predicted{s.month(len(s.values) - 1 + h), max(0, v*(1-share)), v, v * (1 + share)})
	}
	return out
}

// leastSpread is the least half width of any range: a past that was the same
// every month does not make the future so.
const leastSpread = 0.02

// thumbSpread is the least half width of the range where there are too few
// months to know errors from.
const thumbSpread = 0.3

// thumb forecasts from too few months: as the last month, within the greatest
// change from month to month seen so far, doubled, but 30 % at least; from one
// month alone between a half and the double.
func (s *series) thumb(ahead int) []Predicted {
	levels := s.levels(s.byWorkdays())
	share := thumbSpread
	for i := 1; i < len(levels); i++ {
		share = max(share, 2*math.Abs(levels[i]-levels[i-1])/max(levels[i-1], tiny))
	}
	share = min(share, 1)
	var out []Predicted
	for h := 1; h <= ahead; h++ {
		v, _ := s.predict(LastMonth, h)
		p := Predicted{s.month(len(s.values) - 1 + h), v * (1 - share), v, v * (1 + share)}
		if len(s.values) == 1 {
			p.Low, p.High = v/2, v*2
		}
		out = append(out, p)
	}
	return out
}

// Scenario is a place in the range.
type Scenario string

const (
	Low      Scenario = "low"
	Expected Scenario = "expected"
	High     Scenario = "high"
)

// Scenarios lists them.
func Scenarios() []Scenario { return []Scenario{Low, Expected, High} }

// In is the figure of a month in a scenario.
func (p Predicted) In(s Scenario) float64 {
	switch s {
	case Low:
		return p.Low
	case High:
		return p.High
	}
	return p.Expected
}

// Cost is what a month ahead costs in each scenario, as bills say it.
type Cost struct {
	Month  Month                     `json:"month"`
	Totals map[Scenario]money.Amount `json:"totals"`
	Open   bool                      `json:"open,omitempty"` // a price nobody knows, or usage without a price: no more than what is known
}

// Become is a profile of the months ahead in one scenario: each month with the
// minutes that were forecast, and with seats in step, so that the ordinary
// engine can say what it costs. p is the described usage the outlooks are of.
func (p *Profile) Become(outlooks []Outlook, in Scenario, calendars map[string]*timex.Calendar) (*Profile, error) {
	out := *p
	out.Months = nil
	out.Season, out.Growth = nil, catalog.Percent{}
	usual := out.Totals(p.From, 0)
	base := float64(usual.Sum().Seconds) / 60
	by := map[Figure][]Predicted{}
	for _, o := range outlooks {
		by[o.Figure] = o.Months
	}
	for i, m := range by[Minutes] {
		average := thousandths(by[AverageSeats][i].In(in))
		n := MonthNeed{Month: m.Month, Factor: &catalog.Percent{Number: millionths(m.In(in) / max(base, tiny))}, Average: &average}
		n.Peak = max(int(math.Round(by[PeakSeats][i].In(in))), int(ceil(average)))
		out.Months = append(out.Months, n)
	}
	if len(out.Months) > 0 {
		out.From = out.Months[0].Month
	}
	return &out, out.makeRoom(calendars)
}

// millionths is a share as a number, to six decimals.
func millionths(x float64) exact.Number {
	return exact.Scaled(int64(math.Round(min(max(x, 0), 100)*1e6)), 6)
}

// thousandths is a statistic as a number, to three decimals.
func thousandths(x float64) exact.Number {
	return exact.Scaled(int64(math.Round(min(max(x, 0), 1e12)*1000)), 3)
}
