package forecast

import (
	"math"
	"slices"
)

// Score is how a method did in the back-test: it was asked for every month it
// could have been asked for, knowing only the months before.
type Score struct {
	Method  Method  `json:"method"`
	MAE     float64 `json:"mae"`     // mean absolute error
	MAPE    float64 `json:"mape"`    // mean absolute error as a share of what came, over months that had something
	Points  int     `json:"points"`  // forecasts it was judged by
	Covered int     `json:"covered"` // of Asked, how many came to lie within the range
	Asked   int     `json:"asked"`   // forecasts for which a range could be made from earlier errors
	Chosen  bool    `json:"chosen,omitempty"`
	misses  []miss
}

// miss is one forecast of the back-test and what came.
type miss struct {
	known, ahead int // months known, months ahead
	said, came   float64
}

// off is the error as a share of what was said.
func (m miss) off() float64 { return (m.came - m.said) / max(math.Abs(m.said), tiny) }

// tiny keeps shares of nothing finite.
const tiny = 1e-9

// leastKnown is the months a back-test begins with, leastPoints the fewest
// forecasts by which a method can be judged.
const (
	leastKnown  = 3
	leastPoints = 3
)

// scores back-tests all methods on the same months. The seasonal method, which
// needs a year, takes part where it can be judged; then all are judged by the
// months it can tell.
func (s *series) scores(ahead int) []Score {
	all := s.backtest(Methods(), ahead)
	if len(all) > 0 && all[0].Points >= 2*leastPoints {
		return all
	}
	return s.backtest(slices.DeleteFunc(Methods(), func(m Method) bool { return m == SeasonalNaive }), ahead)
}

func (s *series) backtest(methods []Method, ahead int) []Score {
	out := make([]Score, len(methods))
	for i, m := range methods {
		out[i].Method = m
	}
	for known := leastKnown; known < len(s.values); known++ {
		then := s.upTo(known)
		for h := 1; h <= ahead && known+h <= len(s.values); h++ {
			said := make([]float64, len(methods))
			able := true
			for i, m := range methods {
				var ok bool
				said[i], ok = then.predict(m, h)
				able = able && ok
			}
			for i := range methods {
				if able {
					out[i].misses = append(out[i].misses, miss{known, h, said[i], s.values[known+h-1]})
				}
			}
		}
	}
	for i := range out {
		out[i].judge()
	}
	if len(out) > 0 && out[0].Points < leastPoints {
		return nil
	}
	return out
}

// judge works out the errors.
func (s *Score) judge() {
	shares, counted := 0.0, 0
	for _, m := range s.misses {
		s.MAE += math.Abs(m.came - m.said)
		if m.came > 0 {
			shares += math.Abs(m.came-m.said) / m.came
			counted++
		}
		if share, ok := s.spread(m.ahead, m.known); ok {
			s.Asked++
			if math.Abs(m.off()) <= share {
				s.Covered++
			}
		}
	}
	s.Points = len(s.misses)
	if s.Points > 0 {
		s.MAE /= float64(s.Points)
	}
	if counted > 0 {
		s.MAPE = shares / float64(counted)
	}
}

// leastErrors is the fewest errors a range is made from.
const leastErrors = 3

// spread is the half width of the range for a forecast so many months ahead, as
// a share of it: such that four in five should fall within. It is made from the
// errors that were known after so many months: of the same distance where there
// are enough, else of one month ahead, widened with the root of the distance.
func (s *Score) spread(ahead, known int) (float64, bool) {
	same, one := 0.0, 0.0
	nSame, nOne := 0, 0
	for _, m := range s.misses {
		if m.known+m.ahead > known {
			continue
		}
		e := m.off() * m.off()
		if m.ahead == ahead {
			same, nSame = same+e, nSame+1
		}
		if m.ahead == 1 {
			one, nOne = one+e, nOne+1
		}
	}
	switch {
	case nSame >= leastErrors:
		return student(nSame) * math.Sqrt(same/float64(nSame)), true
	case nOne >= leastErrors:
		return student(nOne) * math.Sqrt(one/float64(nOne)*float64(ahead)), true
	}
	return 0, false
}

// studentTable is the t of which four in five lie within, by degrees of freedom
// from 1.
var studentTable = []float64{3.078, 1.886, 1.638, 1.533, 1.476, 1.440, 1.415, 1.397, 1.383, 1.372, 1.363, 1.356, 1.350, 1.345, 1.341}

func student(n int) float64 {
	if n <= len(studentTable) {
		return studentTable[n-1]
	}
	return 1.33 // 1.337 at 16, 1.282 without end: a little wide
}
