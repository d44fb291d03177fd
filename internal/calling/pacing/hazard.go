package pacing

import "math"

// edges of the bins in which lengths of time are counted, in seconds.
var edges = [...]float64{0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 22, 26, 30, 36, 44, 52, 62, 75, 90, 105, 125, 150, 180, 215, 255, 305, 365, 440, 525, 630, 755, 905, 1090, 1300, 1600, 2000, 2500, 3600}

// Strength of what is assumed against what was seen, and how soon it is forgotten.
const (
	binWeight   = 1.5 // lengths each bin is assumed to have seen at the mean rate of ending
	priorEvents = 4   // lengths seen before any was
	memory      = 300 // lengths after which a report weighs 1/e
)

// lengths is a law of how long something lasts, learned as a life table: of
// those that lasted until a bin, how many ended in it.
type lengths struct {
	ended, lived [len(edges)]float64 // by bin: ends, and seconds lived in it
	ends, total  float64
	cumulated    [len(edges)]float64 // hazard summed up to the edge
	last         float64             // hazard beyond the last edge
	stale        bool
}

// newLengths is a law that knows a mean only.
func newLengths(mean float64) *lengths {
	return &lengths{ends: priorEvents, total: priorEvents * mean, stale: true}
}

// see learns one length.
func (l *lengths) see(seconds float64) {
	if !(seconds >= 0) || math.IsInf(seconds, 1) {
		return
	}
	const keep = 1 - 1.0/memory
	l.ends, l.total = l.ends*keep+1, l.total*keep+seconds
	for i := range edges {
		l.ended[i] *= keep
		l.lived[i] *= keep
		switch next := edge(i + 1); {
		case seconds >= next:
			l.lived[i] += next - edges[i]
		case seconds >= edges[i]:
			l.lived[i] += seconds - edges[i]
			l.ended[i]++
		}
	}
	l.stale = true
}

func edge(i int) float64 {
	if i < len(edges) {
		return edges[i]
	}
	return math.Inf(1)
}

// mean is the mean length.
func (l *lengths) mean() float64 { return max(l.total/l.ends, 0.1) }

// settle sums the hazard up after reports.
func (l *lengths) settle() {
	if !l.stale {
		return
	}
	l.stale = false
	sum, mean := 0.0, l.mean()
	for i := range edges {
		l.cumulated[i] = sum
		l.last = (l.ended[i] + binWeight) / (l.lived[i] + binWeight*mean)
		if i+1 < len(edges) {
			sum += l.last * (edges[i+1] - edges[i])
		}
	}
}

// beyond is the chance that something lasts longer than so many seconds.
func (l *lengths) beyond(seconds float64) float64 {
	n := len(edges)
	if seconds >= edges[n-1] {
		return math.Exp(-l.cumulated[n-1] - l.last*(seconds-edges[n-1]))
	}
	i := bin(seconds)
	at := (seconds - edges[i]) / (edges[i+1] - edges[i])
	return math.Exp(-l.cumulated[i] - at*(l.cumulated[i+1]-l.cumulated[i]))
}

// bin is the last edge that is not above a length below the last edge.
func bin(seconds float64) int {
	low, high := 0, len(edges)-1
	for high-low > 1 {
		if mid := (low + high) / 2; edges[mid] <= seconds {
			low = mid
		} else {
			high = mid
		}
	}
	return low
}
