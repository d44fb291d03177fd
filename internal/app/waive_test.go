package app_test

import (
	"context"
	"strings"
	"testing"

	"waihu/internal/app"
	"waihu/internal/charging/ledger"
	"waihu/internal/fault"
	"waihu/internal/store"
)

// TestWaive: usage that somebody leaves uncharged holds no bill run, stays listed
// with the decision, changes no total, and is charged once it is assigned after all.
func TestWaive(t *testing.T) {
	b := newBooks(t)
	c, first, _ := two(b)
	ctx := context.Background()
	b.ingest(c, aCall(1, "2026-03-10 08:00:00", 1200), aCall(2, "2026-03-11 08:00:00", 60))
	b.at("2026-04-01 03:00:00")
	if run := b.close("2026-04-01"); run.Counts.Held != 2 {
		t.Errorf("with strays: %+v", run.Counts)
	}
	ask := app.Waive{Key: "k", Choice: app.Choice{IDs: []string{"c1"}}, Why: "a test of the trunk"}
	done := must(b.Waive(ctx, c, ask))
	if done.Calls != 1 || done.Seconds != 1200 || done.Stretches != 0 || done.Left != 0 || done.Reason != "a test of the trunk" || done.Choice.IDs[0] != "c1" {
		t.Errorf("%+v", done)
	}
	if again := must(b.Waive(ctx, c, ask)); again.ID != done.ID {
		t.Errorf("the same key: %+v", again)
	}
	ask.Key = "l"
	_, err := b.Waive(ctx, c, ask)
	wantKind(t, "what is left uncharged already", err, fault.NotFound)
	_, err = b.Assign(ctx, c, app.Assign{Key: "a", Contract: first, Choice: app.Choice{IDs: []string{"c1"}}, Note: "x"})
	wantKind(t, "assigned by a choice that does not ask for what was decided", err, fault.NotFound)
	if run := b.close("2026-04-01"); run.Counts.Held != 2 {
		t.Errorf("with one that nobody decided about: %+v", run.Counts)
	}
	if more := must(b.Waive(ctx, c, app.Waive{Key: "m", Why: "so is the other"})); more.Calls != 1 || more.Seconds != 60 {
		t.Errorf("all that is left: %+v", more)
	}
	if run := b.close("2026-04-01"); run.Counts.Issued != 2 || run.Counts.Held != 0 {
		t.Errorf("with all of them decided: %+v", run.Counts)
	}
	b.sound()
	list := must(b.StrayFacts(ctx, c, app.Choice{Waived: true}, 0, 10))
	if len(list) != 2 || list[0].Waiver != done.ID || list[0].Reason != app.SeveralContracts {
		t.Errorf("what is left uncharged: %+v", list)
	}
	if open := must(b.Strays(ctx, c, app.Choice{})); len(open) != 0 {
		t.Errorf("still to decide: %+v", open)
	}
	given := b.assign(c, "n", first, app.Choice{Waived: true, IDs: []string{"c1"}})
	if given.Calls != 1 || given.Late != 1 || given.Left != 0 {
		t.Errorf("assigned after all: %+v", given)
	}
	if got := b.balance(c, ledger.Accruing(first.String(), day("2026-03-01"), "voice")); got != "2.40" {
		t.Errorf("accrued: %s", got)
	}
	if list := must(b.Waivers(ctx, c, store.Page{Limit: 10})); len(list) != 2 || list[0].ID != done.ID {
		t.Errorf("decisions: %+v", list)
	}
	b.sound()
}

// TestWaiveRefuses: a decision has a reason, and is about what is still to decide.
func TestWaiveRefuses(t *testing.T) {
	b := newBooks(t)
	c, _, _ := two(b)
	b.ingest(c, aCall(1, "2026-03-10 08:00:00", 60))
	for what, x := range map[string]struct {
		in   app.Waive
		kind fault.Kind
	}{
		"no reason":          {app.Waive{Key: "a"}, fault.Invalid},
		"a reason too long":  {app.Waive{Key: "b", Why: strings.Repeat("x", 2001)}, fault.Invalid},
		"what was decided":   {app.Waive{Key: "c", Why: "x", Choice: app.Choice{Waived: true}}, fault.Invalid},
		"nothing of its day": {app.Waive{Key: "d", Why: "x", Choice: app.Choice{From: day("2026-03-12").Start(shanghai)}}, fault.NotFound},
	} {
		_, err := b.Waive(context.Background(), c, x.in)
		wantKind(t, what, err, x.kind)
	}
}
