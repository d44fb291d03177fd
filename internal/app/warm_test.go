package app_test

import (
	"context"
	"testing"
)

func TestWarm(t *testing.T) {
	b := newJoined(t)
	b.publish(planText)
	one := b.customer("one", fiveSeats)
	b.calls(one, "2026-03-02 02:00:00", 60)
	b.at("2026-03-20 03:00:00")
	ctx := context.Background()
	if _, ready, err := b.Glance(ctx, one.company, one.contract, one.company, false); err != nil || ready {
		t.Fatalf("before: %v, %v", ready, err)
	}
	if err := b.Warm(ctx); err != nil {
		t.Fatal(err)
	}
	if _, ready, err := b.Glance(ctx, one.company, one.contract, one.company, false); err != nil || !ready {
		t.Errorf("after: %v, %v", ready, err)
	}
}
