package storetest

import (
	"context"
	"sync"
	"testing"
	"time"

	"waihu/internal/fault"
	"waihu/internal/store"
	"waihu/internal/timex"
)

func put(tx store.Tx, n int, body string) error {
	return tx.Records().Put(&store.Record{Company: acme, Kind: "plan", ID: num(n), Body: []byte(body)})
}

func has(tx store.Tx, n int) bool {
	_, err := tx.Records().Get(acme, "plan", num(n))
	return err == nil
}

func transactions(t *testing.T, b *bench) {
	if err := b.db.Ready(context.Background()); err != nil {
		t.Fatal(err)
	}
	b.update(func(tx store.Tx) error { return put(tx, 1, "{}") })
	err := b.db.Update(context.Background(), func(tx store.Tx) error {
		if err := put(tx, 2, "{}"); err != nil {
			return err
		}
		if !has(tx, 2) {
			t.Error("a transaction does not see what it wrote")
		}
		return errUndo
	})
	if err != errUndo {
		t.Errorf("the error of the function came back as %v", err)
	}
	b.view(func(tx store.Tx) error {
		if !has(tx, 1) || has(tx, 2) {
			t.Errorf("first there: %v, undone there: %v", has(tx, 1), has(tx, 2))
		}
		return nil
	})
	if err := b.db.View(context.Background(), func(tx store.Tx) error { return put(tx, 3, "{}") }); err == nil {
		t.Error("a view wrote")
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("a panic was swallowed")
			}
		}()
		_ = b.db.Update(context.Background(), func(tx store.Tx) error {
			if err := put(tx, 4, "{}"); err != nil {
				return err
			}
			panic("in a transaction")
		})
	}()
	b.update(func(tx store.Tx) error {
		if has(tx, 4) {
			t.Error("a transaction that panicked was kept")
		}
		return nil
	})
	gone, cancel := context.WithCancel(context.Background())
	err = b.db.Update(gone, func(tx store.Tx) error {
		cancel()
		return put(tx, 5, "{}")
	})
	if err == nil {
		t.Error("a cancelled transaction was kept without a word")
	}
	b.view(func(tx store.Tx) error { equal(t, "cancelled is there", has(tx, 5), false); return nil })
}

// spoilt: a refusal is an answer and spoils nothing.
func spoilt(t *testing.T, b *bench) {
	b.update(func(tx store.Tx) error {
		if err := put(tx, 1, "{}"); err != nil {
			return err
		}
		kindIs(t, "the same record", put(tx, 1, "{}"), fault.Conflict)
		_, err := tx.Records().Get(acme, "plan", num(9))
		kindIs(t, "no record", err, fault.NotFound)
		return put(tx, 2, "{}")
	})
	b.view(func(tx store.Tx) error {
		equal(t, "both are there", has(tx, 1) && has(tx, 2), true)
		return nil
	})
}

func now(t *testing.T, b *bench) {
	var last timex.Instant
	b.update(func(tx store.Tx) error {
		last = tx.Now()
		equal(t, "now", last, timex.Instant(b.clock.Load()))
		b.pass(time.Second)
		equal(t, "now within the transaction", tx.Now(), last)
		return put(tx, 1, "{}")
	})
	b.pass(-time.Hour)
	b.update(func(tx store.Tx) error {
		if err := put(tx, 2, "{}"); err != nil {
			return err
		}
		r, err := tx.Records().Get(acme, "plan", num(2))
		if err == nil && r.Created < last {
			t.Errorf("the clock was set back, and so was a company's record: %s after %s", r.Created, last)
		}
		return err
	})
	b.view(func(tx store.Tx) error {
		r, err := tx.Records().Get(acme, "plan", num(1))
		if err == nil {
			equal(t, "created", r.Created, last)
		}
		return err
	})
}

// ended: nothing of a transaction works after it.
func ended(t *testing.T, b *bench) {
	var kept store.Tx
	b.update(func(tx store.Tx) error { kept = tx; return put(tx, 1, "{}") })
	if err := put(kept, 2, "{}"); err == nil {
		t.Error("a transaction that has ended still writes")
	}
	b.view(func(tx store.Tx) error { equal(t, "written after the end", has(tx, 2), false); return nil })
}

// snapshots: a view goes on seeing the moment it began.
func snapshots(t *testing.T, b *bench) {
	b.update(func(tx store.Tx) error { return put(tx, 1, "{}") })
	b.view(func(tx store.Tx) error {
		b.update(func(tx store.Tx) error { return put(tx, 2, "{}") })
		equal(t, "seen of what came later", has(tx, 2), false)
		return nil
	})
	b.view(func(tx store.Tx) error { equal(t, "seen afterwards", has(tx, 2), true); return nil })
}

// manyAtOnce: read, then write what was read plus one; no step may be lost.
func manyAtOnce(t *testing.T, b *bench) {
	const workers, steps = 6, 15
	b.update(func(tx store.Tx) error { return put(tx, 1, "") })
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for range steps {
				err := b.db.Update(context.Background(), func(tx store.Tx) error {
					r, err := tx.Records().Get(acme, "plan", num(1))
					if err != nil {
						return err
					}
					r.Body = append(r.Body, 'x')
					return tx.Records().Put(r)
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	b.view(func(tx store.Tx) error {
		r, err := tx.Records().Get(acme, "plan", num(1))
		if err == nil {
			equal(t, "steps", len(r.Body), workers*steps)
			equal(t, "revision", r.Revision, workers*steps+1)
		}
		return err
	})
}
