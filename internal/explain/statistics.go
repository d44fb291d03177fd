package explain

import (
	"math"
	"strconv"

	"waihu/internal/exact"
	"waihu/internal/lang"
)

// figure writes a statistic with so many decimals. It is never money.
func figure(x float64, decimals int) exact.Number {
	const most = 1e15
	scale := math.Pow10(decimals)
	return exact.Scaled(int64(math.Round(min(max(x, -most), most)*scale)), decimals)
}

// shown is a statistic for a table.
func (w *writer) shown(x float64, decimals int) string {
	return lang.Fixed(w.tag, figure(x, decimals), decimals)
}

func (w *writer) count(n int64) string { return lang.Count(w.tag, n) }

// percent is a statistic as a percentage without decimals.
func (w *writer) percent(x float64) string { return lang.Percent(w.tag, figure(x, 2)) }

func digits(n int64) string { return strconv.FormatInt(n, 10) }
