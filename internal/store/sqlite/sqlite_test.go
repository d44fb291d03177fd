package sqlite

import (
	"testing"

	"waihu/internal/store"
	"waihu/internal/store/storetest"
	"waihu/internal/timex"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T, clock func() timex.Instant) store.DB {
		db, err := Memory(Options{Clock: clock})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		return db
	})
}
