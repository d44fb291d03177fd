package app_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

func TestAuditTrail(t *testing.T) {
	b, ctx := newBooks(t), context.Background()
	c := b.company("one")
	b.at("2026-03-01 00:00:00")
	for i := range 1_200 {
		if i == 600 {
			b.at("2026-03-02 00:00:00")
		}
		b.update(func(tx store.Tx) error {
			return tx.Audit().Append(&store.AuditEntry{Company: c, At: tx.Now(), Actor: fmt.Sprintf("user user_%d", i%3), Action: []string{"invoice.issue", "invoice", "invoices.x"}[i%3], Target: fmt.Sprintf("inv_%d", i)})
		})
	}
	got := must(b.AuditTrail(ctx, c, app.TrailQuery{Limit: 2}))
	if got.Length != 1_200 || len(got.Entries) != 2 || got.Entries[0].Seq != 1_200 || got.More != 1_199 {
		t.Errorf("%d, %d, %d", got.Length, len(got.Entries), got.More)
	}
	count := func(q app.TrailQuery) (n int) {
		q.Limit = 100
		last := int64(0)
		for { // bounded: Before falls, or rises
			page := must(b.AuditTrail(ctx, c, q))
			n += len(page.Entries)
			for _, e := range page.Entries {
				if last != 0 && (e.Seq > last) != q.Up {
					t.Errorf("%+v: %d stands behind %d", q, e.Seq, last)
				}
				last = e.Seq
			}
			if q.Before = page.More; page.More == 0 {
				return n
			}
		}
	}
	second := timex.Days(day("2026-03-02"), day("2026-03-03"), time.UTC)
	for want, q := range map[int]app.TrailQuery{
		1_200: {}, 800: {Action: "invoice"}, 400: {Actor: "USER_1"}, 1: {Target: "inv_1199"}, 600: {Period: second}, 200: {Period: second, Actor: "user_2"}, 0: {Actor: "nobody"},
	} {
		if got := count(q); got != want {
			t.Errorf("%+v: %d, want %d", q, got, want)
		}
		if q.Up = true; count(q) != want {
			t.Errorf("%+v: %d, want %d", q, count(q), want)
		}
	}
	if broken, length, err := b.CheckTrail(ctx, c); broken != 0 || length != 1_200 || err != nil {
		t.Errorf("%d of %d, %v", broken, length, err)
	}
	if got := must(b.AuditTrail(ctx, id.Platform, app.TrailQuery{Limit: 5})); strings.Contains(fmt.Sprint(got.Entries), "inv_") {
		t.Error("the platform sees a company's entries in its own log")
	}
}
