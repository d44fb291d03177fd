package deck_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strconv"
	"testing"

	"waihu/internal/charging/deck"
	"waihu/internal/phone"
	"waihu/internal/timex"
)

// worldDeck is shaped like the decks carriers sell: three fifths North American
// exchanges (seven digits), the rest country codes with one to six digits more,
// a few countries having most of them. dated is the share of prefixes that have
// an older row as well.
func worldDeck(rows int, dated float64) []deck.Entry {
	r := rand.New(rand.NewPCG(1, 2))
	seen := map[string]bool{}
	var out []deck.Entry
	add := func(prefix string) {
		if seen[prefix] || len(out) >= rows {
			return
		}
		seen[prefix] = true
		rate := deck.Rate{Price: int64(1+r.IntN(3000)) * 100_000, Per: 60, First: 60, Next: 60}
		e := deck.Entry{Prefix: prefix, Name: "destination " + prefix[:min(4, len(prefix))], From: 20000, Rate: rate}
		out = append(out, e)
		if r.Float64() < dated && len(out) < rows {
			e.From = 20100
			out = append(out, e)
		}
	}
	add("1")
	for len(out) < rows*3/5 { // bounded: there are 640,000 exchanges to draw from
		add(fmt.Sprintf("1%d%d%d", 200+r.IntN(330), 2+r.IntN(8), r.IntN(100)))
	}
	countries := make([]string, 200)
	for i := range countries {
		countries[i] = strconv.Itoa(200 + r.IntN(799))
		if i%2 == 0 {
			countries[i] = strconv.Itoa(20 + r.IntN(80))
		}
		add(countries[i])
	}
	for len(out) < rows {
		c := countries[min(r.IntN(200), r.IntN(200), r.IntN(200))]
		add(c + digits(r, 1+r.IntN(3)+r.IntN(4), 10))
	}
	return out
}

// callsTo makes numbers of 11 to 13 digits below the prefixes of a deck, each
// row as likely as another: the hardest case for the caches.
func callsTo(entries []deck.Entry, count int) []phone.Number {
	r := rand.New(rand.NewPCG(3, 4))
	out := make([]phone.Number, count)
	for i := range out {
		p := entries[r.IntN(len(entries))].Prefix
		s := p + digits(r, max(0, 11+r.IntN(3)-len(p)), 10)
		out[i], _ = phone.Parse(s)
	}
	return out
}

func TestWorldDeckAgreesWithAMap(t *testing.T) {
	entries := worldDeck(20_000, 0.1)
	d, m := build(t, entries...), newNaive(entries)
	for i, n := range callsTo(entries, 20_000) {
		agree(t, d, m, n.String(), timex.Date(19990+i%3*100))
	}
}

func liveHeap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestDeckIsSmall(t *testing.T) {
	deep := func(rows int) []deck.Entry { // whatever the prefixes: crowds of fifteen digits
		r := rand.New(rand.NewPCG(7, 8))
		var out []deck.Entry
		for len(out) < rows {
			crowd := digits(r, 11, 10)
			for i := range 10 {
				out = append(out, deck.Entry{Prefix: crowd + fmt.Sprintf("%04d", i*1001), From: 20000, Rate: minute})
			}
		}
		return out
	}
	for _, c := range []struct {
		name    string
		entries []deck.Entry
		limit   uint64 // bytes a row
	}{{"world", worldDeck(50_000, 0), 70}, {"deep", deep(50_000), 130}} {
		before := liveHeap()
		d := build(t, c.entries...)
		after := liveHeap()
		if per := (after - before) / uint64(d.Len()); after > before && per > c.limit {
			t.Errorf("%s: %d bytes a row, limit %d", c.name, per, c.limit)
		} else {
			t.Logf("%s: %d bytes a row", c.name, per)
		}
		runtime.KeepAlive(c.entries)
	}
}

func TestMatchDoesNotAllocate(t *testing.T) {
	entries := worldDeck(2000, 0.2)
	d, calls := build(t, entries...), callsTo(entries, 64)
	if n := testing.AllocsPerRun(10, func() {
		for _, c := range calls {
			d.Match(c, 20050)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkBuild200k(b *testing.B) {
	entries := worldDeck(200_000, 0)
	before := liveHeap()
	var d *deck.Deck
	for b.Loop() {
		d, _ = deck.Build(entries)
	}
	b.ReportMetric(float64(liveHeap()-before)/1e6, "live-MB")
	runtime.KeepAlive(d)
	runtime.KeepAlive(entries)
}

func BenchmarkMatch(b *testing.B) {
	for _, c := range []struct {
		name  string
		rows  int
		dated float64
		on    timex.Date
	}{
		{"200k/newest", 200_000, 0, 20200},
		{"200k/dated", 200_000, 0.3, 20050}, // a third of the deck changes later
		{"5k/newest", 5_000, 0, 20200},
	} {
		b.Run(c.name, func(b *testing.B) {
			entries := worldDeck(c.rows, c.dated)
			d, _ := deck.Build(entries)
			calls := callsTo(entries, 1<<20)
			sum, i := deck.Index(0), 0
			b.ResetTimer()
			for range b.N {
				at, _ := d.Match(calls[i&(1<<20-1)], c.on)
				sum += at
				i++
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mmatch/s")
			runtime.KeepAlive(sum)
		})
	}
}
