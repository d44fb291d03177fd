package deck_test

import (
	"fmt"
	"runtime"
	"sort"
	"strings"
	"testing"

	"waihu/internal/phone"
)

// The other ways to find a longest prefix that were weighed against the deck's
// tree, kept so that docs/adr/0003-prefix-matching.md can be measured again:
//
//	go test -run '^$' -bench Contenders ./internal/charging/deck

type contender interface{ find(phone.Number) int }

var powers = [16]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// byMap asks a Go map for every length, longest first.
type byMap struct {
	rows    map[phone.Number]int
	longest int
}

func newByMap(prefixes []string) contender {
	m := byMap{rows: map[phone.Number]int{}}
	for i, p := range prefixes {
		n, _ := phone.Parse(p)
		m.rows[n] = i
		m.longest = max(m.longest, n.Len())
	}
	return m
}

func (m byMap) find(n phone.Number) int {
	for l := min(m.longest, n.Len()); l > 0; l-- {
		if i, ok := m.rows[phone.Of(n.Value()/powers[n.Len()-l], l)]; ok {
			return i
		}
	}
	return -1
}

// byHash does the same with an open table, half full.
type byHash struct {
	keys    []phone.Number
	rows    []int32
	longest int
}

func newByHash(prefixes []string) contender {
	size := 1
	for size < 2*len(prefixes) {
		size *= 2
	}
	h := &byHash{keys: make([]phone.Number, size), rows: make([]int32, size)}
	for i, p := range prefixes {
		n, _ := phone.Parse(p)
		at := h.slot(n)
		h.keys[at], h.rows[at] = n, int32(i)
		h.longest = max(h.longest, n.Len())
	}
	return h
}

// slot is where n is, or where it would go.
func (h *byHash) slot(n phone.Number) uint64 {
	mask := uint64(len(h.keys) - 1)
	at := uint64(n) * 0x9E3779B97F4A7C15 >> 24 & mask
	for h.keys[at] != 0 && h.keys[at] != n {
		at = (at + 1) & mask
	}
	return at
}

func (h *byHash) find(n phone.Number) int {
	for l := min(h.longest, n.Len()); l > 0; l-- {
		if at := h.slot(phone.Of(n.Value()/powers[n.Len()-l], l)); h.keys[at] != 0 {
			return int(h.rows[at])
		}
	}
	return -1
}

// byIntervals cuts the prefixes into disjoint stretches and searches them by
// halves: all of them (first 1), or those of the first digits that a table names.
type byIntervals struct {
	table  []int32 // of the first digits: where their stretches begin
	unit   uint64  // numbers to a slot of the table
	starts []uint64
	rows   []int32
}

func newByIntervals(prefixes []string, first int) contender {
	type edge struct{ from, to uint64 }
	edges := make([]edge, len(prefixes))
	points := []uint64{0}
	for i, p := range prefixes {
		n, _ := phone.Parse(p)
		from := n.Value() * powers[15-n.Len()]
		edges[i] = edge{from, from + powers[15-n.Len()]}
		points = append(points, from, edges[i].to)
	}
	for c := range powers[first] { // a stretch begins where a slot does
		points = append(points, c*powers[15-first])
	}
	sort.Slice(points, func(i, j int) bool { return points[i] < points[j] })
	b := &byIntervals{unit: powers[15-first]}
	whole := newByMap(prefixes).(byMap)
	for i, p := range points {
		if p == 1e15 || i > 0 && p == points[i-1] {
			continue
		}
		for uint64(len(b.table)) <= p/b.unit {
			b.table = append(b.table, int32(len(b.starts)))
		}
		b.starts, b.rows = append(b.starts, p), append(b.rows, int32(whole.find(phone.Of(p, 15))))
	}
	b.table = append(b.table, int32(len(b.starts)))
	return b
}

func (b *byIntervals) find(n phone.Number) int {
	p := n.Value() * powers[15-n.Len()]
	slot := p / b.unit
	low, size := int(b.table[slot]), int(b.table[slot+1]-b.table[slot])
	for size > 1 {
		half := size / 2
		if b.starts[low+half] <= p {
			low += half
		}
		size -= half
	}
	return int(b.rows[low])
}

func BenchmarkContenders(b *testing.B) {
	entries := worldDeck(200_000, 0)
	calls := callsTo(entries, 1<<20)
	prefixes := make([]string, len(entries))
	for i, e := range entries {
		prefixes[i] = strings.Clone(e.Prefix)
	}
	d := build(b, entries...)
	for _, c := range []struct {
		name string
		make func([]string) contender
	}{
		{"map", newByMap},
		{"hash", newByHash},
		{"intervals", func(p []string) contender { return newByIntervals(p, 0) }},
		{"table4+intervals", func(p []string) contender { return newByIntervals(p, 4) }},
		{"table5+intervals", func(p []string) contender { return newByIntervals(p, 5) }},
		{"table6+intervals", func(p []string) contender { return newByIntervals(p, 6) }},
	} {
		before := liveHeap()
		f := c.make(prefixes)
		size := liveHeap() - before
		for _, n := range calls[:10_000] {
			if i, ok := d.Match(n, 20200); !ok || d.Prefix(i) != prefixes[f.find(n)] {
				b.Fatal(fmt.Sprintf("%s: %s", c.name, n))
			}
		}
		b.Run(c.name, func(b *testing.B) {
			sum := 0
			for i := range b.N {
				sum += f.find(calls[i&(1<<20-1)])
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mmatch/s")
			b.ReportMetric(float64(size)/1e6, "live-MB")
			runtime.KeepAlive(sum)
		})
	}
}
