package app_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/store"
)

// BenchmarkClose closes a month of 1,000 companies with 1,000 calls each over a
// database in memory: invoices, journal, messages and all.
func BenchmarkClose(b *testing.B) {
	const companies, calls = 1_000, 1_000
	for b.Loop() {
		b.StopTimer()
		x := newBooks(b)
		x.publish(planText)
		x.populate(companies, calls)
		x.at("2026-04-01 03:00:00")
		b.StartTimer()
		start := time.Now()
		run := x.close("2026-04-01")
		if run.Counts.Issued != companies {
			b.Fatalf("%+v", run.Counts)
		}
		b.ReportMetric(float64(companies*calls)/time.Since(start).Seconds(), "calls/s")
		b.ReportMetric(float64(companies)/time.Since(start).Seconds(), "invoices/s")
	}
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
