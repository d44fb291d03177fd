//go:build citus

package archive

import (
	"context"
	"testing"

	"waihu/internal/store/postgres"
	"waihu/internal/store/storetest"
)

// TestMoveToCitus moves books from SQLite to two machines under a coordinator,
// and back.
func TestMoveToCitus(t *testing.T) {
	servers, err := storetest.StartCitus("fsync=off")
	if err != nil {
		t.Fatal(err)
	}
	defer servers.Close()
	moves(t, laidOut(t, servers, "moved"))
}

// laidOut is an empty database with its schema, laid out.
func laidOut(t *testing.T, servers *storetest.Citus, name string) *postgres.DB {
	t.Helper()
	dsn, err := servers.Database(name)
	if err != nil {
		t.Fatal(err)
	}
	db, err := postgres.Open(context.Background(), dsn, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := servers.LayOut(name, "../store/postgres/citus.sql"); err != nil {
		t.Fatal(err)
	}
	return db
}
