package api_test

import (
	"context"
	"errors"
	"testing"

	"waihu/internal/api"
	"waihu/internal/store"
	"waihu/internal/store/sqlite"
)

// full is a database whose disk may be full.
type full struct {
	store.DB
	is bool
}

func (d *full) Update(ctx context.Context, f func(store.Tx) error) error {
	if d.is {
		return &store.Unavailable{Err: errors.New("database or disk is full")}
	}
	return d.DB.Update(ctx, f)
}

// TestAFullDiskIsSaid: usage that cannot be kept is refused for now, not for good and
// not as a fault of the program; with room again it is taken.
func TestAFullDiskIsSaid(t *testing.T) {
	memory, err := sqlite.Memory(sqlite.Options{})
	must(t, err)
	disk := &full{DB: memory}
	w := newWorldOn(t, disk, api.Config{AdjustLimit: "100"})
	w.served()
	disk.is = true
	said := w.ask(w.switchA, "POST", "/v1/events", callEvent(1))
	said.wantCode(503, "unavailable")
	if said.header.Get("Retry-After") != "30" {
		t.Errorf("again after %q", said.header.Get("Retry-After"))
	}
	disk.is = false
	w.ask(w.switchA, "POST", "/v1/events", callEvent(1)).want(200)
}
