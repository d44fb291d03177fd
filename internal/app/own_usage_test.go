package app_test

import (
	"context"
	"testing"

	"waihu/internal/app"
)

// Own usage is one company's, of the days asked for and the day on either side.
func TestOwnUsage(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	ours, theirs := b.customer("ours", ""), b.customer("theirs", "")
	b.calls(ours, "2026-03-10 09:00:00", 60, 61, 62)
	b.calls(ours, "2026-04-20 09:00:00", 63)
	b.calls(theirs, "2026-03-10 09:00:00", 64)
	got := &app.Remembered{}
	if err := b.OwnUsage(context.Background(), ours.company, day("2026-03-01"), day("2026-04-01"), got); err != nil {
		t.Fatal(err)
	}
	if len(got.Calls) != 3 || got.Calls[0].ID == got.Calls[1].ID {
		t.Errorf("%d calls, want the three of March", len(got.Calls))
	}
}
