package cdr

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/deck"
	"waihu/internal/charging/meter"
	"waihu/internal/timex"
)

// ratioRounds is how often the two take turns: enough for a median that a busy
// machine does not move much.
const ratioRounds = 11

// BenchmarkAsteriskToTotals takes a Master.csv of a million rows to totals by a
// deck of 5,000 prefixes, in turns with scanFile on the same file (read by the
// megabyte, bytes.IndexByte for each line end), both on one processor and with
// the collector's work. It reports how many times the scan the medians and the
// fastest rounds take.
func BenchmarkAsteriskToTotals(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	file := filepath.Join(b.TempDir(), "Master.csv")
	if err := os.WriteFile(file, benchData(b, benchRows), 0o600); err != nil {
		b.Fatal(err)
	}
	terms := centreTerms(b)
	var scans, ours []time.Duration
	for b.Loop() {
		for range ratioRounds {
			scans = append(scans, lasted(func() {
				if n := scanFile(b, file); n != benchRows {
					b.Fatal(n)
				}
			}))
			ours = append(ours, lasted(func() { toTotals(b, terms, file) }))
		}
	}
	slices.Sort(scans)
	slices.Sort(ours)
	middle := len(scans) / 2
	b.ReportMetric(float64(ours[middle])/float64(scans[middle]), "x-newline-scan")
	b.ReportMetric(float64(ours[0])/float64(scans[0]), "x-newline-scan-fastest")
	b.ReportMetric(float64(ours[middle])/benchRows, "ns/row")
	b.ReportMetric(float64(scans[middle])/benchRows, "scan-ns/row")
}

// lasted is how long f takes, without what others left for the collector.
func lasted(f func()) time.Duration {
	runtime.GC()
	begin := time.Now()
	f()
	return time.Since(begin)
}

func toTotals(b *testing.B, terms *contract.Terms, file string) {
	m, err := meter.New(terms, meter.Options{})
	if err != nil {
		b.Fatal(err)
	}
	report, err := NewIntake(m, Options{Zone: terms.Loc, Repeats: true}).File(context.Background(), file)
	if err != nil || report.Counts.Accepted != benchRows {
		b.Fatal(err, report.Counts)
	}
	if g, err := m.Finish(); err != nil || g.Calls["talk"].Matched < benchRows/3 {
		b.Fatal(err, g.Counts)
	}
}

// centreTerms charge talk time in March 2026 by the deck of an outbound centre
// in China: mostly parts of the ranges of mobile numbers.
func centreTerms(b testing.TB) *contract.Terms {
	r := rand.New(rand.NewPCG(2, 11))
	rates := map[string]deck.Rate{}
	for _, country := range []string{"86", "852", "886", "65", "81", "44", "49", "1"} {
		rates[country] = deck.Rate{Price: 100_000_000, Per: 60, First: 60, Next: 60}
	}
	for len(rates) < 5_000 {
		prefix := fmt.Sprintf("861%d", 30_000+r.IntN(70_000))
		rates[prefix[:5+r.IntN(4)]] = deck.Rate{Price: int64(1+r.IntN(3000)) * 100_000, Per: 60, First: 30, Next: 6}
	}
	var entries []deck.Entry
	for prefix, rate := range rates {
		entries = append(entries, deck.Entry{Prefix: prefix, Name: "destination", Rate: rate})
	}
	d, problems := deck.Build(entries)
	if err := problems.Err(); err != nil {
		b.Fatal(err)
	}
	t := &contract.Terms{Loc: zone("Asia/Shanghai"), First: timex.MustDate("2026-03-01"), After: timex.MustDate("2026-04-01"), Decks: map[string]*deck.Deck{"d": d}}
	t.Period = timex.Days(t.First, t.After, t.Loc)
	t.Plan = &catalog.Plan{ID: "centre", Home: "CN", Components: []catalog.Component{{ID: "talk", Measure: catalog.TalkTime, Deck: "d"}}}
	return t
}
