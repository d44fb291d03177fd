//go:build unix

package app_test

import (
	"context"
	"fmt"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/store/sqlite"
	"waihu/internal/timex"
)

// BenchmarkClose closes a month of 1,000 companies with 1,000 calls each,
// invoices, journal, messages and all: over a database in memory, and over one
// that is on disk before a transaction returns.
func BenchmarkClose(b *testing.B) {
	b.Run("memory", func(b *testing.B) { benchmarkClose(b, memory) })
	b.Run("disk", func(b *testing.B) {
		benchmarkClose(b, func(clock func() timex.Instant) (store.DB, error) {
			return sqlite.Open(filepath.Join(b.TempDir(), "books.db"), sqlite.Options{Clock: clock})
		})
	})
}

func benchmarkClose(b *testing.B, open opener) {
	const companies, calls = 1_000, 1_000
	for b.Loop() {
		b.StopTimer()
		x := newBooksIn(b, open)
		x.publish(planText)
		x.populate(companies, calls)
		x.at("2026-04-01 03:00:00")
		b.StartTimer()
		start, cpu := time.Now(), processorSeconds(b)
		run := x.close("2026-04-01")
		if run.Counts.Issued != companies {
			b.Fatalf("%+v", run.Counts)
		}
		b.ReportMetric(float64(companies*calls)/time.Since(start).Seconds(), "calls/s")
		b.ReportMetric(float64(companies)/time.Since(start).Seconds(), "invoices/s")
		b.ReportMetric(processorSeconds(b)-cpu, "cpu-s/op") // on a busy machine the wall clock tells little
	}
}

// processorSeconds is what this process has used of all processors.
func processorSeconds(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

// populate makes companies with contracts and calls, some to a transaction.
func (b *books) populate(companies, calls int) {
	b.t.Helper()
	seconds := make([]int, calls)
	for i := range seconds {
		seconds[i] = 1 + i*37%600
	}
	from := day("2026-03-02").Start(shanghai)
	for i := range companies {
		who := b.customer(fmt.Sprintf("c%04d", i), fiveSeats)
		var list []store.ChargedCall
		for _, c := range answered("k", from, seconds...) {
			c.Agent, c.Trunk = "ann", "trunk-1"
			list = append(list, store.ChargedCall{Contract: who.contract, Call: *c})
		}
		b.update(func(tx store.Tx) error {
			_, err := tx.Usage().AddCalls(who.company, list)
			return err
		})
	}
}

// BenchmarkDraft drafts the month of one company with many calls.
func BenchmarkDraft(b *testing.B) {
	x := newBooks(b)
	x.publish(planText)
	x.populate(1, 20_000)
	var who customer
	x.view(func(tx store.Tx) error {
		list, err := tx.Records().List(id.Platform, app.KindCompany, store.Key{}, store.Page{Limit: 1})
		if err != nil {
			return err
		}
		who.company = id.Company{ID: list[0].ID}
		contracts, err := tx.Records().List(who.company, app.KindContract, store.Key{}, store.Page{Limit: 1})
		if err == nil {
			who.contract = contracts[0].ID
		}
		return err
	})
	b.ResetTimer()
	for b.Loop() {
		must(x.DraftInvoice(context.Background(), who.company, who.contract, 0))
	}
	b.ReportMetric(20_000*float64(b.N)/b.Elapsed().Seconds(), "calls/s")
}
