package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/store/storetest"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// TestServerGoneAndBack crashes the server while two programs write, and starts
// it again, three times: what was acknowledged is there, once, and the same
// connections' pool goes on working.
func TestServerGoneAndBack(t *testing.T) {
	own, err := storetest.StartCluster("synchronous_commit=on")
	if err != nil {
		t.Fatal(err)
	}
	defer own.Close()
	dsn, err := own.Database("faults")
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	db, err := Open(ctx, dsn, Options{Conns: 4})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	company := id.Company{ID: id.ID{1}}
	lot := func(writer, n int) error {
		calls := make([]store.ChargedCall, 10)
		for i := range calls {
			calls[i].Call = usage.Call{ID: fmt.Sprint(n, "-", i), Source: fmt.Sprint("w", writer), Start: timex.Instant(1_790_000_000_000_000 + int64(n))}
		}
		return db.Update(ctx, func(tx store.Tx) error { _, err := tx.Usage().AddCalls(company, calls); return err })
	}
	var acked [2]int
	failures := 0
	for round := range 3 {
		var wg sync.WaitGroup
		var written atomic.Int64
		lost := make([]error, len(acked))
		for w := range acked {
			wg.Go(func() {
				for lost[w] == nil { // until the server is gone
					if lost[w] = lot(w, acked[w]); lost[w] == nil {
						acked[w]++
						written.Add(1)
					}
				}
			})
		}
		for written.Load() < 20 {
			if err := db.Ready(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if err := own.Kill(); err != nil {
			t.Fatal(err)
		}
		wg.Wait()
		if err := db.Ready(ctx); err == nil {
			t.Error("a server that is gone is ready")
		}
		for _, err := range lost {
			if u := (*store.Unavailable)(nil); err != nil && !errors.As(err, &u) {
				t.Errorf("a server that is gone is not told from a fault of ours: %v", err)
			}
			if err != nil {
				failures++
			}
		}
		if err := own.Start(); err != nil {
			t.Fatal(err)
		}
		for w := range acked {
			if err := again(func() error { return lot(w, acked[w]) }); err != nil { // the one that failed, handed in again
				t.Fatalf("round %d: %v", round, err)
			}
			acked[w]++
		}
		all := 0
		err := db.View(ctx, func(tx store.Tx) error {
			head, err := tx.Usage().Head(company)
			if err != nil {
				return err
			}
			for w := range acked {
				for n := range acked[w] {
					for i := range 10 {
						if _, err := tx.Usage().CallByID(company, fmt.Sprint("w", w), fmt.Sprint(n, "-", i), timex.MustDate("2026-09-01")); err != nil {
							return err
						}
						all++
					}
				}
			}
			if head != int64(all) {
				return fmt.Errorf("position %d, %d calls", head, all)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if failures == 0 {
		t.Error("nobody noticed that the server was gone")
	}
}

// TestAConnectionThatWasClosed: the driver may notice by itself that the server went
// away, and says to what asks next only that the connection is closed.
func TestAConnectionThatWasClosed(t *testing.T) {
	ctx, db := context.Background(), fresh(t, Options{Conns: 2})
	conn, err := db.pool.Acquire(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	err = db.run(ctx, conn, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1", func(tx store.Tx) error {
		if err := conn.Conn().PgConn().Close(ctx); err != nil {
			return err
		}
		_, err := tx.Usage().Head(id.Company{ID: id.ID{1}})
		return err
	})
	if u := (*store.Unavailable)(nil); !errors.As(err, &u) {
		t.Errorf("a server that is gone is not told from a fault of ours: %v", err)
	}
}

// again runs something until connections that died with the server are used up.
func again(f func() error) (err error) {
	for range 10 {
		if err = f(); err == nil {
			return nil
		}
	}
	return err
}
