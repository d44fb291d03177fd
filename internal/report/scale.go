package report

import (
	"math"
	"strconv"

	"waihu/internal/exact"
	"waihu/internal/lang"
)

// scale maps values to places, with marks at round numbers.
type scale struct {
	low, high float64 // values at both ends
	from, to  float64 // places
	step      float64
}

// newScale covers the values and zero, with about so many marks; its ends are
// marks where round says so, else the values themselves.
func newScale(low, high float64, about int, round bool) scale {
	low, high = min(low, 0), max(high, 0)
	if !(high > low) { // also what is no number
		low, high = 0, 1
	}
	s := scale{low: low, high: high, step: niceStep((high - low) / float64(max(about, 1)))}
	if round {
		s.low, s.high = math.Floor(low/s.step)*s.step, math.Ceil(high/s.step-1e-9)*s.step
	}
	return s
}

// niceStep is the next of 1, 2, 5, 10 ... and their tenths.
func niceStep(raw float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 5} {
		if raw <= m*power*(1+1e-9) {
			return m * power
		}
	}
	return 10 * power
}

func (s scale) place(v float64) float64 {
	v = min(max(v, s.low), s.high)
	return s.from + (v-s.low)/(s.high-s.low)*(s.to-s.from)
}

// mostTicks bounds the marks of an axis.
const mostTicks = 40

func (s scale) ticks() []float64 {
	var out []float64
	for i := math.Ceil(s.low/s.step - 1e-9); i*s.step <= s.high+s.step*1e-9 && len(out) < mostTicks; i++ {
		out = append(out, i*s.step)
	}
	return out
}

// name writes a mark of the scale.
func (s scale) name(tag lang.Tag, v float64, share bool) string {
	decimals := max(0, int(-math.Floor(math.Log10(s.step)+1e-9)))
	n, err := exact.Parse(strconv.FormatFloat(v+0, 'f', min(decimals, 12), 64))
	if err != nil { // beyond what can be written: a mark without a name
		return ""
	}
	if share {
		return lang.Percent(tag, n)
	}
	return lang.Number(tag, n)
}
