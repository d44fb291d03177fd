//go:build citus

package postgres

import (
	"context"
	"fmt"
	"testing"

	"waihu/internal/store"
	"waihu/internal/store/storetest"
	"waihu/internal/timex"
)

// TestCitus holds a database that is laid onto two machines to what every store
// promises, but for one thing: a view of several companies is of one moment on
// each machine, the moment it first read there, and not of one for all.
func TestCitus(t *testing.T) {
	servers, err := storetest.StartCitus("fsync=off")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := servers.Close(); err != nil {
			t.Error(err)
		}
	})
	storetest.Run(t, func(t *testing.T, clock func() timex.Instant) store.DB {
		name := fmt.Sprint("c", databases.Add(1))
		dsn, err := servers.Database(name)
		if err != nil {
			t.Fatal(err)
		}
		return laid(t, servers, name, dsn, Options{Clock: clock, Conns: 8})
	}, "snapshots")
}

// laid opens a database once for its schema, lays it out, and opens it again.
func laid(t *testing.T, servers *storetest.Citus, name, dsn string, o Options) *DB {
	t.Helper()
	db, err := Open(context.Background(), dsn, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := servers.LayOut(name, "citus.sql"); err != nil {
		t.Fatal(err)
	}
	if db, err = Open(context.Background(), dsn, o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}
