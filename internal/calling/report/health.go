package report

import "math"

// Verdict is what the figures say of a calling number.
type Verdict string

const (
	Healthy Verdict = "healthy" // no worse than the others, as far as can be told
	Worse   Verdict = "worse"   // its answers are fewer than chance explains
	TooFew  Verdict = "too_few" // too little was called to tell
	Alone   Verdict = "alone"   // no other number called for the same campaigns
)

// Health compares a calling number with the others of the same campaigns.
type Health struct {
	Verdict  Verdict
	Calls    int64   // compared: in campaigns where others called too
	Expected float64 // answers, had it been answered as all numbers of its campaigns were
	Doubt    float64 // chance of so few answers or fewer if it is like the others; of all numbers looked at together
}

func (h *Health) expected() Figure {
	if h.Calls == 0 {
		return Figure{}
	}
	return Figure{Part: int64(math.Round(h.Expected * 1000)), Whole: h.Calls * 1000}
}

// surely is the chance of a false alarm, over all numbers of one report together.
const surely = 0.01

// leastVariance is how much must have been called for the approximation by the
// normal law to hold.
const leastVariance = 5

// Judge compares calling numbers. Rows are by campaign and number; out are the
// numbers in the order they first came, their campaigns added up. It is the test
// of Cochran, Mantel and Haenszel with a stratum for each campaign: a number that
// calls a hard list is compared with the others that call it, and not with those
// that call an easy one. A number is called worse where chance alone would show so
// few answers in less than one report of a hundred, however many numbers it has
// (Bonferroni). The limit follows from the data; there is no fixed rate.
func Judge(rows []Row) (out []Row) {
	type stratum struct{ calls, answered float64 }
	of := map[string]stratum{}
	at := map[string]int{}
	for i := range rows {
		r := &rows[i]
		s := of[r.Campaign]
		of[r.Campaign] = stratum{s.calls + float64(r.Dials()), s.answered + float64(r.Picked())}
		n, known := at[r.Value]
		if !known {
			n, at[r.Value] = len(out), len(out)
			out = append(out, Row{Value: r.Value})
		}
		out[n].add(r)
	}
	excess, variance := make([]float64, len(out)), make([]float64, len(out))
	for i := range rows {
		r := &rows[i]
		s, n, k := of[r.Campaign], float64(r.Dials()), float64(r.Picked())
		if s.calls <= n || s.calls < 2 { // nobody to compare with
			continue
		}
		j := at[r.Value]
		mean := n * s.answered / s.calls
		out[j].Health.Calls += int64(n)
		out[j].Health.Expected += mean
		excess[j] += k - mean
		variance[j] += mean * (s.calls - s.answered) / s.calls * (s.calls - n) / (s.calls - 1)
	}
	for j := range out {
		h := &out[j].Health
		switch {
		case h.Calls == 0:
			h.Verdict = Alone
		case variance[j] < leastVariance:
			h.Verdict = TooFew
		default:
			z := (excess[j] + 0.5) / math.Sqrt(variance[j]) // 0.5: counts are whole
			h.Doubt = min(1, 0.5*math.Erfc(-z/math.Sqrt2)*float64(len(out)))
			h.Verdict = Healthy
			if h.Doubt < surely {
				h.Verdict = Worse
			}
		}
	}
	return out
}
