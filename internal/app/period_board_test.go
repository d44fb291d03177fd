package app_test

import (
	"context"
	"testing"

	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/store"
)

// TestPeriodBoard follows a period from running to issued, beside one that is
// held for usage without a price.
func TestPeriodBoard(t *testing.T) {
	b, one, two := withUnpriced(t)
	ctx := context.Background()
	look := func(on string) map[id.Company]app.BoardRow {
		t.Helper()
		rows, next, err := b.PeriodBoard(ctx, day(on), store.Page{})
		if err != nil || !next.After.IsZero() {
			t.Fatalf("%v, %v", err, next)
		}
		out := map[id.Company]app.BoardRow{}
		for _, r := range rows {
			out[r.Company] = r
		}
		return out
	}
	b.at("2026-03-20 03:00:00")
	if got := look("2026-03-10"); got[two.company].State != app.BoardRunning || got[one.company].State != app.BoardHeld || got[one.company].Why == "" {
		t.Errorf("while it runs: %+v", got)
	}
	b.at("2026-04-01 03:00:00")
	drafted := look("2026-03-10")[two.company]
	if drafted.State != app.BoardDrafted || drafted.First != day("2026-03-01") || !drafted.Before.Currency().IsZero() {
		t.Errorf("over: %+v", drafted)
	}
	run := b.close("2026-04-01")
	got := look("2026-03-31")
	if x := got[two.company]; x.State != app.BoardIssued || x.Number == "" || x.Total != drafted.Total {
		t.Errorf("issued: %+v, drafted %s", x, drafted.Total)
	}
	if got[one.company].State != app.BoardHeld {
		t.Errorf("held: %+v", got[one.company])
	}
	if next := look("2026-04-10")[two.company]; next.Before != drafted.Total || next.State != app.BoardRunning {
		t.Errorf("the month behind it: %+v", next)
	}
	if len(look("2026-02-10")) != 0 {
		t.Error("a contract is on the board before it serves")
	}
	steps, more, err := b.RunSteps(ctx, run.ID, 10)
	if err != nil || more || len(steps) != 2 || steps[0].State != "held" || steps[0].Name == "" || steps[1].Number == "" {
		t.Errorf("%+v, %v", steps, err)
	}
	if steps, more, err = b.RunSteps(ctx, run.ID, 1); err != nil || !more || len(steps) != 1 || steps[0].State != "held" {
		t.Errorf("the first of them: %+v, %v", steps, err)
	}
	found, err := b.FindRun(ctx, app.ClosePeriod{Until: day("2026-04-01"), Issue: day("2026-04-02")})
	if err != nil || found == nil || found.ID != run.ID || must(b.ReadRun(ctx, run.ID)).Counts.Held != 1 {
		t.Errorf("%+v, %v", found, err)
	}
	if found, err = b.FindRun(ctx, app.ClosePeriod{Until: day("2026-05-01"), Issue: day("2026-05-02")}); err != nil || found != nil {
		t.Errorf("a run that was not begun: %+v, %v", found, err)
	}
}
