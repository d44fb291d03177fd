package postgres

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"waihu/internal/charging/ledger"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/store/storetest"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// cluster is the server of all tests here.
var cluster *storetest.Cluster

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var err error
		if cluster, err = storetest.StartCluster("fsync=off"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer func() {
			if err := cluster.Close(); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		}()
		return m.Run()
	}())
}

var databases atomic.Int64

func fresh(t *testing.T, o Options) *DB {
	t.Helper()
	dsn, err := cluster.Database(fmt.Sprint("t", databases.Add(1)))
	if err != nil {
		t.Fatal(err)
	}
	db, err := Open(context.Background(), dsn, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T, clock func() timex.Instant) store.DB {
		return fresh(t, Options{Clock: clock, Conns: 8})
	})
}

func TestBackupIsTheServers(t *testing.T) {
	if err := fresh(t, Options{}).Backup(context.Background(), "x"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("%v", err)
	}
}

// TestWrongAddress: what cannot be reached is said when it is opened.
func TestWrongAddress(t *testing.T) {
	for _, dsn := range []string{"host=/nowhere/at/all user=x", "postgres://[::1"} {
		if _, err := Open(context.Background(), dsn, Options{}); err == nil {
			t.Errorf("%s was opened", dsn)
		}
	}
}

// TestTwoNodes: two programs write to one company at once. Positions rise by one
// in the order of commits, and instants never go back.
func TestTwoNodes(t *testing.T) {
	dsn, err := cluster.Database("nodes")
	if err != nil {
		t.Fatal(err)
	}
	var nodes [2]*DB
	for i := range nodes {
		clock := timex.Instant(1_800_000_000_000_000 - int64(i)*3_600_000_000) // the second is an hour behind
		if nodes[i], err = Open(context.Background(), dsn, Options{Clock: func() timex.Instant { return clock }}); err != nil {
			t.Fatal(err)
		}
		defer nodes[i].Close()
	}
	const each, lot = 12, 20
	company := id.Company{ID: id.ID{1}}
	seen := make([][]int64, len(nodes))
	var wg sync.WaitGroup
	for n, db := range nodes {
		wg.Go(func() {
			for k := range each {
				calls := make([]store.ChargedCall, lot)
				for i := range calls {
					calls[i].Call = usage.Call{ID: fmt.Sprint(n, k, i), Source: fmt.Sprint("s", k), Start: timex.Instant(1_790_000_000_000_000 + int64(k)*86_400_000_000*5)}
				}

				err := db.Update(store.For(context.Background(), company), func(tx store.Tx) (err error) {
					if _, err = tx.Usage().AddCalls(company, calls); err == nil {
						_, err = tx.Journal().Append(company, ledger.Entry{Kind: "usage", Ref: fmt.Sprint(n, k), Postings: []ledger.Posting{{Account: "a", Amount: money.Micros(1, money.MustCurrency("CNY"))}, {Account: "b", Amount: money.Micros(-1, money.MustCurrency("CNY"))}}})
					}
					return err
				})
				if err != nil {
					t.Error(err)
					return
				}
				for i := range calls {
					seen[n] = append(seen[n], calls[i].Position)
				}
			}
		})
	}
	wg.Wait()
	all := slices.Sorted(slices.Values(slices.Concat(seen...)))
	for i, p := range all {
		if p != int64(i+1) {
			t.Fatalf("position %d stands where %d was expected", p, i+1)
		}
	}
	err = nodes[0].View(context.Background(), func(tx store.Tx) error {
		es, err := tx.Journal().Entries(company, "", 0, 1000)
		if len(es) != each*len(nodes) || !slices.IsSortedFunc(es, func(a, b ledger.Entry) int { return int(a.At - b.At) }) {
			t.Errorf("%d entries, or their instants go back", len(es))
		}
		return err
	})
	if err != nil || len(all) != each*len(nodes)*lot {
		t.Errorf("%d calls, %v", len(all), err)
	}
}

// TestWritersWaitInARow: writers of a company that say so do not collide.
func TestWritersWaitInARow(t *testing.T) {
	db := fresh(t, Options{})
	company := id.Company{ID: id.ID{1}}
	ctx := store.For(context.Background(), company)
	var runs atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 10 {
				err := db.Update(ctx, func(tx store.Tx) error {
					runs.Add(1)
					_, err := tx.Documents().Next(company, "A")
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if runs.Load() != 80 {
		t.Errorf("80 transactions took %d runs", runs.Load())
	}
	gone, cancel := context.WithCancel(ctx)
	err := db.Update(ctx, func(store.Tx) error {
		cancel()
		return db.Update(gone, func(store.Tx) error { return nil })
	})
	if err != context.Canceled {
		t.Errorf("a writer whose caller went away while it waited: %v", err)
	}
}
