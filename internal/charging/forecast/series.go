package forecast

import (
	"time"

	"waihu/internal/timex"
)

// series is one figure of whole months in a row, with what tells why months
// differ. Values are floats: they are statistics.
type series struct {
	from   Month
	values []float64
	days   [][]DayCount           // of each month; nil: the figure is no sum of days
	of     func(c *Count) float64 // the figure of a day
	cal    *timex.Calendar        // nil: Monday to Friday
}

// upTo is the series as it was known after n months.
func (s *series) upTo(n int) *series {
	out := *s
	out.values = s.values[:n]
	if s.days != nil {
		out.days = s.days[:n]
	}
	return &out
}

func (s *series) month(i int) Month { return s.from + Month(i) }

// kinds of day: the days of the week, then days off by calendar, then make-up
// working days.
const (
	dayOff  = 7
	makeUp  = 8
	dayKind = 9
)

func kindOf(d timex.Date, cal *timex.Calendar) int {
	weekday := int(d.Weekday())
	switch weekend := weekday == 0 || weekday == 6; {
	case cal == nil:
		return weekday
	case cal.IsHoliday(d) && !weekend:
		return dayOff
	case weekend && cal.IsWorkday(d):
		return makeUp
	}
	return weekday
}

// weights are how much a day of each kind has beside the others, as the days of
// the series tell. A kind that was never seen is like a Sunday if it is a day
// off, else like the mean of Monday to Friday.
func (s *series) weights() [dayKind]float64 {
	var sum, count, out [dayKind]float64
	for i, list := range s.days {
		got := map[timex.Date]float64{}
		for j := range list {
			got[list[j].Date] = s.of(&list[j].Count)
		}
		for d := s.month(i).First(); d < s.month(i).After(); d++ {
			k := kindOf(d, s.cal)
			sum[k] += got[d]
			count[k]++
		}
	}
	work, days := 0.0, 0.0
	for k := time.Monday; k <= time.Friday; k++ {
		work, days = work+sum[k], days+count[k]
	}
	for k := range out {
		switch {
		case count[k] > 0:
			out[k] = sum[k] / count[k]
		case k == dayOff && count[0] > 0:
			out[k] = sum[0] / count[0]
		case days > 0:
			out[k] = work / days
		}
	}
	return out
}

// measure is what a month's figure is divided by before months are compared.
type measure func(m Month) float64

// plain compares months as they are.
func plain(Month) float64 { return 1 }

// byWorkdays compares what months have for each working day.
func (s *series) byWorkdays() measure {
	if s.days == nil {
		return plain
	}
	return func(m Month) float64 {
		n := 0.0
		for d := m.First(); d < m.After(); d++ {
			if isWorkday(d, s.cal) {
				n++
			}
		}
		return max(n, 1)
	}
}

// byDays compares months by the kinds of day they are made of.
func (s *series) byDays() measure {
	if s.days == nil {
		return plain
	}
	w := s.weights()
	return func(m Month) float64 {
		n := 0.0
		for d := m.First(); d < m.After(); d++ {
			n += w[kindOf(d, s.cal)]
		}
		if n <= 0 {
			return 1 // no day had anything: then months cannot be told apart by their days
		}
		return n
	}
}

// levels are the values divided by a measure.
func (s *series) levels(by measure) []float64 {
	out := make([]float64, len(s.values))
	for i, v := range s.values {
		out[i] = v / by(s.month(i))
	}
	return out
}
