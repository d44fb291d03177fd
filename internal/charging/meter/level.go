package meter

import (
	"slices"
	"sort"
	"time"

	"waihu/internal/exact"
	"waihu/internal/timex"
)

// Level is a whole number that changes at instants and holds in between: seats
// assigned, users logged in. Two changes at one instant are one change, so who
// leaves when another comes does not overlap with them.
type Level struct {
	opening int64
	at      []timex.Instant // ascending, each a real change
	n       []int64         // from at[i] on
}

// Delta is a change of a level from an instant on.
type Delta struct {
	At timex.Instant
	By int64
}

// NewLevel is a level that was opening for all time before the first change.
// The changes may come in any order.
func NewLevel(opening int64, changes []Delta) Level {
	sorted := slices.Clone(changes)
	slices.SortFunc(sorted, func(a, b Delta) int { return order(a.At, b.At) })
	l, n := Level{opening: opening}, opening
	for i := 0; i < len(sorted); {
		at, before := sorted[i].At, n
		for ; i < len(sorted) && sorted[i].At == at; i++ {
			n += sorted[i].By
		}
		if n != before {
			l.at, l.n = append(l.at, at), append(l.n, n)
		}
	}
	return l
}

// Overlaps is how many of the stretches hold at each instant; empty ones never do.
func Overlaps(stretches []timex.Period) Level {
	deltas := make([]Delta, 0, 2*len(stretches))
	for _, s := range stretches {
		if !s.IsEmpty() {
			deltas = append(deltas, Delta{s.From, 1}, Delta{s.To, -1})
		}
	}
	return NewLevel(0, deltas)
}

// At is the level at an instant.
func (l Level) At(i timex.Instant) int64 {
	k := sort.Search(len(l.at), func(k int) bool { return l.at[k] > i })
	if k == 0 {
		return l.opening
	}
	return l.n[k-1]
}

// AtEnd is the level just before a period ends; 0 for an empty period.
func (l Level) AtEnd(p timex.Period) int64 {
	if p.IsEmpty() {
		return 0
	}
	return l.At(p.To - 1)
}

// each visits the stretches of constant level within a period, in order.
func (l Level) each(p timex.Period, visit func(stretch timex.Period, n int64)) {
	if p.IsEmpty() {
		return
	}
	from, n := p.From, l.At(p.From)
	k := sort.Search(len(l.at), func(k int) bool { return l.at[k] > p.From })
	for ; k < len(l.at) && l.at[k] < p.To; k++ {
		visit(timex.Period{From: from, To: l.at[k]}, n)
		from, n = l.at[k], l.n[k]
	}
	visit(timex.Period{From: from, To: p.To}, n)
}

// Highest is the highest level in a period and when it was first reached; 0 and
// the zero Instant for an empty period.
func (l Level) Highest(p timex.Period) (n int64, at timex.Instant) {
	first := true
	l.each(p, func(s timex.Period, here int64) {
		if first || here > n {
			n, at, first = here, s.From, false
		}
	})
	return n, at
}

// Entered is the level a period begins with plus every increase within it: all
// that was there at some moment, if nothing comes back once it has left.
func (l Level) Entered(p timex.Period) int64 {
	sum, before := int64(0), int64(0)
	l.each(p, func(_ timex.Period, here int64) {
		sum += max(here-before, 0)
		before = here
	})
	return sum
}

// Mean is the time-weighted mean over a period, exactly; 0 for an empty period.
func (l Level) Mean(p timex.Period) exact.Number {
	if p.IsEmpty() {
		return exact.Zero
	}
	sum := exact.Zero
	for _, h := range l.profile(p) {
		sum = sum.Add(exact.Int(h.n).Mul(exact.Int(h.micros)))
	}
	return sum.Div(exact.Int(int64(p.To - p.From)))
}

// TimeAtOrAbove is the total time in a period for which the level was n or more.
func (l Level) TimeAtOrAbove(p timex.Period, n int64) time.Duration {
	micros := int64(0)
	for _, h := range l.profile(p) {
		if h.n >= n {
			micros += h.micros
		}
	}
	return time.Duration(micros) * time.Microsecond
}

// Peak is the highest n for which the total time at n or above, in however many
// pieces, reaches ignoreBelow. A bound of 0 asks for any time at all. It is 0
// where nothing reaches the bound.
func (l Level) Peak(p timex.Period, ignoreBelow time.Duration) int64 {
	bound, total := max(micros(ignoreBelow), 1), int64(0)
	for _, h := range l.profile(p) {
		if total += h.micros; total >= bound {
			return max(h.n, 0)
		}
	}
	return 0
}

// Percentile is the smallest n such that the level was above n for at most
// (100 - percent) hundredths of the period. Percentile(p, 95) of a level that
// was 20 for exactly 5 % of the time and 12 for the rest is 12. The whole
// period counts, also the time at 0; it is 0 for an empty period.
func (l Level) Percentile(p timex.Period, percent int64) int64 {
	above, n := exact.Zero, int64(0)
	allowed := exact.Int(int64(p.To - p.From)).Mul(exact.Frac(100-percent, 100))
	for _, h := range l.profile(p) {
		if allowed.Less(above) {
			break
		}
		n, above = h.n, above.Add(exact.Int(h.micros))
	}
	return n
}

// held is the total time at exactly one level.
type held struct{ n, micros int64 }

// profile is the time at each level within a period, highest level first.
func (l Level) profile(p timex.Period) []held {
	byLevel := map[int64]int64{}
	l.each(p, func(s timex.Period, n int64) { byLevel[n] += int64(s.To - s.From) })
	out := make([]held, 0, len(byLevel))
	for n, m := range byLevel {
		out = append(out, held{n, m})
	}
	slices.SortFunc(out, func(a, b held) int { return order(b.n, a.n) })
	return out
}

// micros is a duration in microseconds, a part of one counted whole.
func micros(d time.Duration) int64 { return int64((d + time.Microsecond - 1) / time.Microsecond) }
