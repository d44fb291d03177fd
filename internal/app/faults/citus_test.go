//go:build citus

package faults

import (
	"context"
	"testing"

	"waihu/internal/store/postgres"
	"waihu/internal/store/storetest"
)

// TestTwoNodesOnCitus is TestTwoNodesOneDatabase on two machines under one
// coordinator.
func TestTwoNodesOnCitus(t *testing.T) {
	servers, err := storetest.StartCitus("fsync=off")
	if err != nil {
		t.Fatal(err)
	}
	defer servers.Close()
	dsn, err := servers.Database("nodes")
	if err != nil {
		t.Fatal(err)
	}
	db, err := postgres.Open(context.Background(), dsn, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := servers.LayOut("nodes", "../../store/postgres/citus.sql"); err != nil {
		t.Fatal(err)
	}
	twoNodes(t, dsn)
}
