package pacing

import "math"

// edges of the bins in which lengths of time are counted, in seconds.
var edges = [...]float64{0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 22, 26, 30, 36, 44, 52, 62, 75, 90, 105, 125, 150, 180, 215, 255, 305, 365, 440, 525, 630, 755, 905, 1090, 1300, 1600, 2000, 2500, 3600}

// Strength of what is assumed against what was seen, and how soon it is forgotten.
const (
	passed      = 8   // lengths assumed to have passed each bin, ending at the mean rate
	priorEvents = 4   // lengths seen before any was
	memory      = 300 // lengths after which a report weighs 1/e
)

// lengths is a law of how long something lasts, learned as a life table: of
// those that lasted until a bin, how many ended in it.
type lengths struct {
	ended, lived [len(edges)]float64 // by bin: ends, and seconds lived in it
	ends, total  float64
	cumulated    [len(edges)]float64 // hazard summed up to the edge
	hazard       float64             // of all, with those still going on
}

// newLengths is a law that knows a mean only.
func newLengths(mean float64) *lengths {
	return &lengths{ends: priorEvents, total: priorEvents * mean, hazard: 1 / mean}
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
}

func edge(i int) float64 {
	if i < len(edges) {
		return edges[i]
	}
	return math.Inf(1)
}

// mean is the mean length.
func (l *lengths) mean() float64 { return 1 / min(l.hazard, 10) }

// unfinished are lengths still going on: agents by the bin they are in, and the
// seconds they have lived in it. Without them the first reports, which are the
// short ones, would be taken for all.
type unfinished struct {
	in    [len(edges)]int
	lived [len(edges)]float64
}

func (u *unfinished) see(seconds float64) {
	if !(seconds >= 0) {
		return
	}
	i := len(edges) - 1
	if seconds < edges[i] {
		i = bin(seconds)
	}
	u.in[i]++
	u.lived[i] += seconds - edges[i]
}

// settle sums the hazard up.
func (l *lengths) settle(u *unfinished) {
	ends, total, through := l.ends, l.total, 0
	for i := len(edges) - 1; i >= 0; i-- {
		if i+1 < len(edges) {
			u.lived[i] += float64(through) * (edges[i+1] - edges[i])
		}
		through += u.in[i]
		total += u.lived[i]
	}
	l.hazard = ends / total
	sum := 0.0
	for i := range edges {
		l.cumulated[i] = sum
		if i+1 < len(edges) {
			wide := edges[i+1] - edges[i]
			sum += wide * (l.ended[i] + passed*wide*l.hazard) / (l.lived[i] + u.lived[i] + passed*wide)
		}
	}
}

// spread writes the chance of lasting longer than each whole second; edges are
// whole seconds.
func (l *lengths) spread(to *seconds) {
	to[0] = 1
	i, keep := 0, math.Exp(-l.cumulated[1])
	for s := 1; s < len(to); s++ {
		to[s] = to[s-1] * keep
		for i+1 < len(edges)-1 && float64(s) >= edges[i+1] {
			i++
			keep = math.Exp(-(l.cumulated[i+1] - l.cumulated[i]) / (edges[i+1] - edges[i]))
		}
	}
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
