package app_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"waihu/internal/app"
	"waihu/internal/fault"
)

// TestGlance: a page does not wait for a reading of all usage; many who do wait
// wait for one, and what it comes to so far follows the calls.
func TestGlance(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	who := b.customer("one", "")
	ctx := context.Background()
	b.at("2026-03-10 00:00:00")
	look := func(wait bool) (app.Glance, bool) {
		t.Helper()
		g, ready, err := b.Glance(ctx, who.company, who.contract, who.company, wait)
		if err != nil {
			t.Fatal(err)
		}
		return g, ready
	}
	if g, ready := look(false); ready || g.First != day("2026-03-01") || g.Plan.En == "" {
		t.Errorf("before anything was read: %+v", g)
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if g, ready, err := b.Glance(ctx, who.company, who.contract, who.company, true); err != nil || !ready || g.SoFar != yuan("1350") {
				t.Errorf("%v %v %v", g.SoFar, ready, err)
			}
		})
	}
	group.Wait()
	b.ingest(who.company, aCall(1, "2026-03-09 02:00:00", 900))
	if g, ready := look(false); !ready || g.SoFar != yuan("1351.80") {
		t.Errorf("a call later: %v, ready %v", g.SoFar, ready)
	} else {
		var got []string
		for _, p := range g.Parts {
			got = append(got, p.Name.En+" "+p.Amount.String())
		}
		if told := strings.Join(got, ", "); told != "support 1200.00 CNY, seats 100.00 CNY, setup 50.00 CNY, talk 1.80 CNY" {
			t.Errorf("its parts: %s", told)
		}
	}
	b.at("2026-03-11 00:00:00")
	if _, ready := look(false); ready {
		t.Error("the forecast of yesterday is kept")
	}
	_, _, err := b.Glance(ctx, b.company("two"), who.contract, who.company, true)
	wantKind(t, "another company's contract", err, fault.NotFound)
	ended, stop := context.WithCancel(ctx)
	stop()
	if _, _, err := b.Glance(ended, who.company, who.contract, who.company, true); err == nil {
		t.Error("nobody waits any more, and it was made")
	}
}
