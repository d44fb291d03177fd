package forecast

import (
	"math"

	"waihu/internal/exact"
)

// Bounds of what a profile can describe. A month of three million attempts is
// more than 400 seats dial.
const (
	MaxMonths   = 120
	MaxSeats    = 10_000
	MaxAttempts = 3_000_000  // of one month
	maxTotal    = 50_000_000 // of all months asked for
	maxTypes    = 100
)

// TypeNeed is one type of call in one month, in whole numbers.
type TypeNeed struct {
	ID       string `json:"id"`
	Attempts int64  `json:"attempts"`
	Answered int64  `json:"answered"`
	Seconds  int64  `json:"seconds"`
}

// MonthTotals is what the facts of a month come to, exactly.
type MonthTotals struct {
	Month   Month        `json:"month"`
	Factor  exact.Number `json:"factor"` // of the usual month
	Average exact.Number `json:"average_seats"`
	Peak    int          `json:"peak_seats"`
	Minimum int          `json:"minimum_seats"`
	Types   []TypeNeed   `json:"types"`
}

// Sum is all types together.
func (t *MonthTotals) Sum() TypeNeed {
	var out TypeNeed
	for _, n := range t.Types {
		out.Attempts += n.Attempts
		out.Answered += n.Answered
		out.Seconds += n.Seconds
	}
	return out
}

// Totals works out what a month has; k counts months from the first asked for.
func (p *Profile) Totals(m Month, k int) MonthTotals {
	out := MonthTotals{Month: m, Factor: p.growthAfter(k).Mul(p.seasonOf(m))}
	out.Average, out.Peak, out.Minimum = p.seatsIn(m, k)
	for i := range p.Months {
		if o := &p.Months[i]; o.Month == m {
			if o.Factor != nil {
				out.Factor = o.Factor.Number
			}
			if o.Average != nil {
				out.Average, out.Peak, out.Minimum = *o.Average, o.Peak, o.Minimum
			}
		}
	}
	out.Peak = max(out.Peak, int(ceil(out.Average)))
	seconds, answered, attempts := p.usual(out.Factor)
	for i := range p.Calls {
		n := TypeNeed{ID: p.Calls[i].ID, Seconds: seconds[i], Answered: answered[i], Attempts: attempts[i]}
		if n.Seconds < n.Answered || n.Seconds > 0 && n.Answered == 0 { // a call talks for a second at least; talk needs a call
			n.Answered = min(n.Seconds, max(n.Answered, 1))
		}
		n.Attempts = max(n.Attempts, n.Answered)
		out.Types = append(out.Types, n)
	}
	return out
}

// growthAfter is the growth after so many months: whole years by the rate, the
// months of a year in equal steps.
func (p *Profile) growthAfter(k int) exact.Number {
	out := exact.One
	year := exact.One.Add(p.Growth.Number)
	for range k / 12 {
		out = out.Mul(year)
	}
	return out.Mul(exact.One.Add(p.Growth.Number.Mul(exact.Frac(int64(k%12), 12))))
}

func (p *Profile) seasonOf(m Month) exact.Number {
	for _, s := range p.Season {
		if s.Month == m.OfYear() {
			return s.Factor.Number
		}
	}
	return exact.One
}

// seatsIn is the seats of a month before single months are looked at: those of
// its month of the year, else the usual ones; both grow, neither has a season.
func (p *Profile) seatsIn(m Month, k int) (average exact.Number, peak, minimum int) {
	average, peak, minimum = p.Seats.Average, p.Seats.Peak, p.Seats.Minimum
	for _, s := range p.Seats.ByMonth {
		if s.Month == m.OfYear() {
			average, peak, minimum = s.Average, s.Peak, s.Minimum
		}
	}
	g := p.growthAfter(k)
	return average.Mul(g), int(ceil(exact.Int(int64(peak)).Mul(g))), int(floor(exact.Int(int64(minimum)).Mul(g)))
}

// usual is seconds, answered calls and attempts by type, times a factor, each
// rounded in the sum and shared out, so that the sums are right too.
func (p *Profile) usual(factor exact.Number) (seconds, answered, attempts []int64) {
	var s, a, t []exact.Number
	for i := range p.Calls {
		c := &p.Calls[i]
		talk := c.Minutes.Mul(exact.Int(60))
		calls := exact.Int(c.Answered)
		if c.Answered == 0 {
			calls = exact.Zero
			if l := c.length(p); l.MeanSeconds() > 0 {
				calls = talk.Div(exact.Int(max(1, int64(math.Round(1000*l.MeanSeconds()))))).Mul(exact.Int(1000)).Round(exact.HalfAway, 0)
			}
			if calls.IsZero() && talk.Sign() > 0 {
				calls = exact.One
			}
		}
		tries := exact.Int(c.Attempts)
		if c.Attempts == 0 {
			if tries = calls; c.AnswerRate != nil && c.AnswerRate.Sign() > 0 {
				tries = calls.Div(c.AnswerRate.Number).Round(exact.HalfAway, 0)
			}
		}
		s, a, t = append(s, talk.Mul(factor)), append(a, calls.Mul(factor)), append(t, tries.Mul(factor))
	}
	return wholes(s), wholes(a), wholes(t)
}

// wholes rounds numbers to whole ones that sum to their rounded sum, by largest
// remainder, ties to the lowest index.
func wholes(list []exact.Number) []int64 {
	out := make([]int64, len(list))
	rests := make([]exact.Number, len(list))
	left, _ := exact.Sum(list...).Round(exact.HalfAway, 0).Int64()
	for i, n := range list {
		out[i] = floor(n)
		rests[i] = n.Sub(exact.Int(out[i]))
		left -= out[i]
	}
	for ; left > 0; left-- { // at most as many as there are numbers
		best := 0
		for i := range rests {
			if rests[best].Less(rests[i]) {
				best = i
			}
		}
		out[best]++
		rests[best] = exact.Int(-1)
	}
	return out
}

// ceil and floor are whole numbers around one that Validate found to be small.
func ceil(n exact.Number) int64  { v, _ := n.Round(exact.Ceiling, 0).Int64(); return v }
func floor(n exact.Number) int64 { v, _ := n.Round(exact.Floor, 0).Int64(); return v }
