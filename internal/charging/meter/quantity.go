package meter

import (
	"maps"
	"slices"

	"waihu/internal/exact"
	"waihu/internal/timex"
)

// Quantity is what the facts of one period come to for one component of seats,
// logged-in time, modules or rentals. It does not depend on the order of facts.
type Quantity struct {
	Raw   exact.Number // in Unit; where there are Parts, the sum of their Amount
	Unit  string       // seat, seat_day, second, module or item
	Count int64        // facts it was made of; 0 where the contract fixes the quantity
	Parts []Part       // assigned seats, modules, rentals: who is charged for how much of the period
	Runs  []Run        // assigned seats and fixed quantities: the level charged, day by day
	Steps []Step       // what decided, for people
}

// Part is some things that are all charged for the same share of the period.
type Part struct {
	Key      string       // module, or kind of item; empty for seats
	Dates                 // from the first charged day to the last; there may be gaps
	Quantity exact.Number // how many
	Share    Fraction     // of the period, each
	Count    int64        // facts
}

// Amount is how many whole periods the part makes.
func (p *Part) Amount() exact.Number { return p.Quantity.Mul(p.Share.Value()) }

// Run is a stretch of one level.
type Run struct {
	Dates              // local dates; those touched, where changes count by the second
	Time  timex.Period // the stretch itself
	Level exact.Number
}

// Step names something that decided a quantity, with its figures.
type Step struct {
	Key  string
	Args map[string]string
}

func step(key string, pairs ...string) Step {
	s := Step{Key: key, Args: make(map[string]string, len(pairs)/2)}
	for i := 0; i+1 < len(pairs); i += 2 {
		s.Args[pairs[i]] = pairs[i+1]
	}
	return s
}

// between is a half-open stretch of instants or of dates.
type between[T timex.Instant | timex.Date] struct{ from, to T }

// unite joins stretches that overlap or touch, in order; empty ones go.
func unite[T timex.Instant | timex.Date](in []between[T]) []between[T] {
	sorted := slices.Clone(in)
	slices.SortFunc(sorted, func(a, b between[T]) int { return order(a.from, b.from) })
	out := sorted[:0]
	for _, s := range sorted {
		last := len(out) - 1
		switch {
		case s.to <= s.from:
		case last >= 0 && s.from <= out[last].to:
			out[last].to = max(out[last].to, s.to)
		default:
			out = append(out, s)
		}
	}
	return out
}

func order[T ~int32 | ~int64 | ~string](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// clip is the part of a fact's stretch in a period; a zero end is open.
func clip(from, to timex.Instant, in timex.Period) between[timex.Instant] {
	if to.IsZero() {
		to = in.To
	}
	return between[timex.Instant]{max(from, in.From), min(to, in.To)}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
