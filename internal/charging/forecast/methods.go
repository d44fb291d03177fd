package forecast

// Method names a way to forecast. lang has its words under "forecast.method.".
type Method string

const (
	LastMonth     Method = "last_month"     // as the last month, for each working day
	MeanMonth     Method = "mean_month"     // as the mean of the last six months, by kinds of day
	SeasonalNaive Method = "seasonal_naive" // as the same month a year before, for each working day
	Drift         Method = "drift"          // the last month, and the mean change from the first to it
	DampedTrend   Method = "damped_trend"   // level and fading trend, by the kinds of day a month is made of
)

// Methods lists them.
func Methods() []Method { return []Method{LastMonth, MeanMonth, SeasonalNaive, Drift, DampedTrend} }

// predict is the value of the h-th month after the series, h from 1; ok is
// false where a method cannot tell. No value is below nothing.
func (s *series) predict(m Method, h int) (v float64, ok bool) {
	n := len(s.values)
	target := s.month(n - 1 + h)
	if n == 0 {
		return 0, false
	}
	switch m {
	case LastMonth:
		by := s.byWorkdays()
		return s.levels(by)[n-1] * by(target), true
	case MeanMonth:
		by := s.byDays()
		return mean(s.levels(by)[max(0, n-6):]) * by(target), true
	case SeasonalNaive:
		by, year := s.byWorkdays(), n-1+h-12*((h+11)/12)
		if year < 0 {
			return 0, false
		}
		return s.levels(by)[year] * by(target), true
	case Drift:
		if n < 2 {
			return 0, false
		}
		by := s.byWorkdays()
		l := s.levels(by)
		return max(0, l[n-1]+float64(h)*(l[n-1]-l[0])/float64(n-1)) * by(target), true
	}
	if n < 3 {
		return 0, false
	}
	by := s.byDays()
	return max(0, damped(s.levels(by), h)) * by(target), true
}

func mean(list []float64) float64 {
	sum := 0.0
	for _, v := range list {
		sum += v
	}
	return sum / float64(len(list))
}

// The weights a damped trend tries; those with the least squared error one
// month ahead are taken, the first of equals.
var (
	levelWeights = []float64{0.2, 0.4, 0.6, 0.8}
	trendWeights = []float64{0.05, 0.1, 0.3}
	dampings     = []float64{0.8, 0.9, 0.97}
)

// damped is Gardner and McKenzie's damped trend, h months ahead.
func damped(x []float64, h int) float64 {
	best, out := -1.0, 0.0
	for _, a := range levelWeights {
		for _, b := range trendWeights {
			for _, phi := range dampings {
				level, trend, squares := x[0], x[1]-x[0], 0.0
				for _, v := range x[1:] {
					ahead := level + phi*trend
					squares += (v - ahead) * (v - ahead)
					next := a*v + (1-a)*ahead
					trend = b*(next-level) + (1-b)*phi*trend
					level = next
				}
				if best >= 0 && squares >= best {
					continue
				}
				best, out = squares, level
				fade := 1.0
				for range h {
					fade *= phi
					out += fade * trend
				}
			}
		}
	}
	return out
}
