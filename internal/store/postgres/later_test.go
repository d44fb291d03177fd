package postgres

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/store/tables"
)

// TestWhatWaitsIsHandedIn: statements that wait are seen by the one after them, in
// their order, as they were when they were handed over, also more than may wait, and
// also by a cursor; and one of them that fails spoils the transaction.
func TestWhatWaitsIsHandedIn(t *testing.T) {
	ctx, db := context.Background(), fresh(t, Options{Conns: 2})
	conn, err := db.pool.Acquire(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	e := &engine{ctx: ctx, db: db, conn: conn.Conn()}
	if _, err := e.exec("CREATE TEMPORARY TABLE waits (n BIGINT PRIMARY KEY, body BYTEA NOT NULL)"); err != nil {
		t.Fatal(err)
	}
	const add = "INSERT INTO waits (n, body) VALUES (?, ?)"
	body := []byte{0}
	all := func(by func(string, []any, func(tables.Row) error) error) (got []string) {
		t.Helper()
		if err := by("SELECT n, body FROM waits ORDER BY n", nil, func(r tables.Row) error {
			got = append(got, fmt.Sprint(r.Int(0), r.Bytes(1)))
			return e.Later("UPDATE waits SET body = ? WHERE n = ?", []byte{9}, r.Int(0))
		}); err != nil {
			t.Fatal(err)
		}
		return got
	}
	for _, how := range []func(string, []any, func(tables.Row) error) error{e.Query, e.Scan} {
		if _, err := e.exec("BEGIN"); err != nil {
			t.Fatal(err)
		}
		const rows = 2*maxWaiting + 3
		for n := range rows {
			body[0] = byte(n)
			if err := e.Later(add, n, body); err != nil {
				t.Fatal(err)
			}
		}
		got := all(how)
		if len(got) != rows {
			t.Fatalf("%d rows were read, %d expected", len(got), rows)
		}
		for n, row := range got {
			if want := fmt.Sprint(n, []byte{byte(n)}); row != want {
				t.Errorf("row %s, expected %s", row, want)
			}
		}
		if got := all(how); got[0] != "0 [9]" || got[rows-1] != fmt.Sprint(rows-1, []byte{9}) {
			t.Errorf("what was written while rows were read is not there: %s, %s", got[0], got[rows-1])
		}
		if _, err := e.exec("ROLLBACK"); err != nil {
			t.Fatal(err)
		}
	}
	for _, next := range []func() error{
		func() error { _, err := e.Exec("DELETE FROM waits WHERE n = ?", 2); return err },
		func() error { return e.Query("SELECT 1", nil, func(tables.Row) error { return nil }) },
		func() error { return e.Scan("SELECT 1", nil, func(tables.Row) error { return nil }) },
		func() error { _, err := e.exec("COMMIT"); return err },
	} {
		if _, err := e.exec("BEGIN"); err != nil {
			t.Fatal(err)
		}
		for range 2 { // the same key twice
			if err := e.Later(add, 1, body); err != nil {
				t.Fatal(err)
			}
		}
		if pg := (*pgconn.PgError)(nil); !errors.As(next(), &pg) || pg.Code != "23505" {
			t.Errorf("a statement that waited and failed is not told: %v", pg)
		}
		if _, err := e.exec("ROLLBACK"); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAViewIsToldItMayNotWrite at once: nothing of a view is ever handed in later.
func TestAViewIsToldItMayNotWrite(t *testing.T) {
	db := fresh(t, Options{Conns: 2})
	err := db.View(t.Context(), func(tx store.Tx) error {
		return tx.Leases().Release("lease", "node")
	})
	if err == nil {
		t.Error("a view wrote, and nobody was told")
	}
	err = db.View(t.Context(), func(tx store.Tx) error { _, err := tx.Usage().Head(id.Company{ID: id.ID{1}}); return err })
	if err != nil {
		t.Errorf("the connection of a view that failed is no good any more: %v", err)
	}
}
