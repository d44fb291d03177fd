package app_test

import (
	"context"
	"fmt"
	"testing"

	"waihu/internal/store"
	"waihu/internal/store/postgres"
	"waihu/internal/store/storetest"
	"waihu/internal/timex"
)

// TestBooksOnAServer does what is hard for a server, where transactions collide
// and are run again: one key from many sides, credit for one call, a cap for three, strays that many
// assign, and a year of bills with crashes against the naive ledger.
func TestBooksOnAServer(t *testing.T) {
	cluster, err := storetest.StartCluster("fsync=off")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cluster.Close(); err != nil {
			t.Error(err)
		}
	})
	n := 0
	fresh := func(t *testing.T) *books {
		n++
		dsn, err := cluster.Database(fmt.Sprint("books", n))
		if err != nil {
			t.Fatal(err)
		}
		return newBooksIn(t, func(clock func() timex.Instant) (store.DB, error) {
			return postgres.Open(context.Background(), dsn, postgres.Options{Clock: clock, Conns: 8})
		})
	}
	t.Run("one key", func(t *testing.T) { oneKey(t, fresh(t)) })
	t.Run("thirty reservations", func(t *testing.T) { thirty(t, fresh(t)) })
	t.Run("a spend cap", func(t *testing.T) { spendCap(t, fresh(t)) })
	t.Run("one assignment", func(t *testing.T) { oneAssignment(t, fresh(t)) })
	t.Run("disputes", func(t *testing.T) { disputes(t, fresh(t)) })
	t.Run("a year", func(t *testing.T) { newYear(t, fresh(t), 3, 7).run() })
}
