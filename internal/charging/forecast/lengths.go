package forecast

import (
	"math"
	"math/bits"
	"slices"
	"time"

	"waihu/internal/charging/catalog"
)

// MeanSeconds is the mean of a law, in seconds; 0 where it has none.
func (l *Length) MeanSeconds() float64 {
	if l.Shape != Histogram {
		return time.Duration(l.Mean).Seconds()
	}
	sum, from := 0.0, 0.0
	for _, b := range l.Bins {
		to := time.Duration(b.UpTo).Seconds()
		sum += b.Share.Float() * (from + to) / 2
		from = to
	}
	return sum
}

// quantile is the talk time, in seconds, that a share of calls does not exceed.
func (l *Length) quantile(share float64) float64 {
	switch l.Shape {
	case Exponential:
		return -math.Log1p(-share) * l.MeanSeconds()
	case Histogram:
		return l.binned(share)
	}
	cv := 1.0
	if !l.CV.IsZero() {
		cv = l.CV.Float()
	}
	spread := math.Log1p(cv * cv) // variance of the logarithm
	return l.MeanSeconds() * math.Exp(math.Sqrt2*math.Erfinv(2*share-1)*math.Sqrt(spread)-spread/2)
}

func (l *Length) binned(share float64) float64 {
	from, below := 0.0, 0.0
	for _, b := range l.Bins {
		to, part := time.Duration(b.UpTo).Seconds(), b.Share.Float()
		if share <= below+part && part > 0 {
			return from + (to-from)*(share-below)/part
		}
		from, below = to, below+part
	}
	return from
}

// longestCall bounds a talk time: four hours.
const longestCall = 4 * 3600

// lengths makes so many talk times of whole seconds, at least one each, that
// follow the law and sum exactly to total: the law at equally spaced shares,
// scaled, by largest remainder. total is not less than count.
func (l *Length) lengths(count int, total int64, longest float64) []int64 {
	weights := make([]int64, count)
	for i := range weights {
		x := l.quantile((float64(i) + 0.5) / float64(count))
		weights[i] = max(1, int64(math.Round(1000*min(x, longest, longestCall))))
	}
	out := apportion(total-int64(count), weights)
	for i := range out {
		out[i]++
	}
	return out
}

// apportion splits total by weights into whole parts that sum to it, by largest
// remainder, ties to the lowest index. Weights are not negative; where all are
// zero the parts are equal.
func apportion(total int64, weights []int64) []int64 {
	out := make([]int64, len(weights))
	var sum uint64
	for _, w := range weights {
		sum += uint64(w)
	}
	if len(weights) == 0 || total <= 0 {
		return out
	}
	if sum == 0 {
		weights, sum = slices.Repeat([]int64{1}, len(weights)), uint64(len(weights))
	}
	type rest struct {
		i int
		r uint64
	}
	rests := make([]rest, len(weights))
	left := total
	for i, w := range weights {
		hi, lo := bits.Mul64(uint64(total), uint64(w))
		q, r := bits.Div64(hi, lo, sum) // hi < sum: a weight is not more than the sum, and total is below 2^63
		out[i], rests[i] = int64(q), rest{i, r}
		left -= int64(q)
	}
	slices.SortStableFunc(rests, func(a, b rest) int {
		switch {
		case a.r > b.r:
			return -1
		case a.r < b.r:
			return 1
		}
		return 0
	})
	for k := range left { // fewer than there are weights
		out[rests[k].i]++
	}
	return out
}

// span is a duration in whole seconds, or a default where it is not given.
func span(d catalog.Duration, otherwise int64) int64 {
	if d == 0 {
		return otherwise
	}
	return catalog.Span(d)
}
