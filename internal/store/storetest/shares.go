package storetest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"waihu/internal/fault"
	"waihu/internal/store"
)

// shareOf takes a share for a minute.
func (b *bench) shareOf(name, node string, want, most int) (got int) {
	b.update(func(tx store.Tx) (err error) {
		got, err = store.TakeShare(tx, name, node, want, most, time.Minute)
		return err
	})
	return got
}

// shares: together nodes have no more than there is; what is given back, or was of a
// node that shows no sign of life, is there for others.
func shares(t *testing.T, b *bench) {
	equal(t, "the first takes", b.shareOf("line", "a", 6, 10), 6)
	equal(t, "the second takes what is left", b.shareOf("line", "b", 6, 10), 4)
	equal(t, "the third takes", b.shareOf("line", "c", 1, 10), 0)
	equal(t, "of another thing", b.shareOf("rate", "c", 1, 10), 1)
	equal(t, "the first gives half back", b.shareOf("line", "a", 3, 10), 3)
	equal(t, "the second takes more", b.shareOf("line", "b", 9, 10), 7)
	equal(t, "there is less than before", b.shareOf("line", "a", 3, 8), 1)
	b.pass(time.Minute - time.Second)
	equal(t, "the second shows a sign of life", b.shareOf("line", "b", 5, 10), 5)
	b.pass(2 * time.Second)
	equal(t, "of a dead node", b.shareOf("line", "c", 9, 10), 5)
	b.view(func(tx store.Tx) error {
		of, err := store.Shares(tx, "line")
		if len(of) != 2 || of[0].Node != "b" || of[0].Amount != 5 || of[1].Node != "c" {
			t.Errorf("%+v", of)
		}
		return err
	})
	equal(t, "all given back", b.shareOf("line", "b", 0, 10), 0)
	equal(t, "then all is there", b.shareOf("line", "c", 20, 10), 10)
	for what, bad := range map[string]func(store.Tx) error{
		"no name": func(tx store.Tx) error { _, err := store.TakeShare(tx, "", "a", 1, 1, time.Minute); return err },
		"no node": func(tx store.Tx) error { _, err := store.TakeShare(tx, "x", "", 1, 1, time.Minute); return err },
		"less":    func(tx store.Tx) error { _, err := store.TakeShare(tx, "x", "a", -1, 1, time.Minute); return err },
		"no time": func(tx store.Tx) error { _, err := store.TakeShare(tx, "x", "a", 1, 1, 0); return err },
	} {
		b.refuse(what, fault.Invalid, bad)
	}
}

// sharesAtOnce: nodes that ask at the same time have no more than there is.
func sharesAtOnce(t *testing.T, b *bench) {
	var all sync.WaitGroup
	var sum atomic.Int64
	for i := range 20 {
		all.Go(func() {
			got := 0
			err := b.db.Update(context.Background(), func(tx store.Tx) (err error) {
				got, err = store.TakeShare(tx, "line", fmt.Sprint("node ", i), 3, 10, time.Minute)
				return err
			})
			if err != nil {
				t.Error(err)
			}
			sum.Add(int64(got))
		})
	}
	all.Wait()
	equal(t, "shares of all", sum.Load(), 10)
}
