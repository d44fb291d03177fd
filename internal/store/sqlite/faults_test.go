package sqlite

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	sqlite3 "modernc.org/sqlite/lib"

	"waihu/internal/charging/ledger"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// soak tells how many times as long the tests of faults run: WAIHU_SOAK in the
// environment, 1 if it is not set.
func soak(t *testing.T) int {
	s := os.Getenv("WAIHU_SOAK")
	if s == "" {
		return 1
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		t.Fatalf("WAIHU_SOAK is %q: a number from 1 on was expected", s)
	}
	return n
}

var (
	company = id.Company{ID: id.ID{1}}
	cny     = money.MustCurrency("CNY")
)

const lotSize = 20

// keepLot keeps the n-th lot of calls and books it.
func keepLot(db *DB, n int) error {
	calls := make([]store.ChargedCall, lotSize)
	for i := range calls {
		start := timex.Instant(1_772_323_200_000_000) + timex.Instant(n*lotSize+i)*60_000_000*30
		calls[i] = store.ChargedCall{Contract: id.ID{2}, Call: usage.Call{ID: fmt.Sprintf("%d-%d", n, i), Source: "pbx", To: "13800138000", Start: start, Talk: time.Minute},
			Charges: []store.Charge{{Component: "talk", Label: "row:talk", Raw: 60, Billed: 60, Cost: money.Micros(120_000, cny)}}}
	}
	return db.Update(context.Background(), func(tx store.Tx) error {
		out, err := tx.Usage().AddCalls(company, calls)
		if err != nil {
			return err
		}
		added := int64(0)
		for _, o := range out {
			if o == store.Added {
				added++
			}
		}
		if added == 0 {
			return nil
		}
		sum := money.Micros(120_000*added, cny)
		if err := tx.Usage().AddTallies(company, []store.Tally{{Contract: id.ID{2}, First: 1, Component: "talk", Label: "row:talk", Calls: added, Cost: sum}}); err != nil {
			return err
		}
		_, err = tx.Journal().Append(company, ledger.Entry{Kind: "usage", Ref: strconv.Itoa(n), Postings: []ledger.Posting{{Account: "unbilled", Amount: sum}, {Account: "revenue:voice", Amount: sum.Neg()}}})
		return err
	})
}

// counted is a sink that counts calls by lot.
type counted struct {
	usage.Sink
	lots map[string]int
	all  int
}

func (c *counted) Call(call *usage.Call) error {
	lot := call.ID[:len(call.ID)-len(call.ID[indexByte(call.ID):])]
	c.lots[lot]++
	c.all++
	return nil
}

func indexByte(s string) int {
	for i := range s {
		if s[i] == '-' {
			return i
		}
	}
	return len(s)
}

// sound checks that the books are whole: every lot in them complete, the journal
// and the tallies equal to the calls, the chain unbroken, the file undamaged. It
// gives the lots that are there.
func sound(db *DB) (lots map[string]int, err error) {
	if err := db.Check(context.Background()); err != nil {
		return nil, err
	}
	c := &counted{lots: map[string]int{}}
	err = db.View(context.Background(), func(tx store.Tx) error {
		whole := timex.Period{From: 1, To: 4_000_000_000_000_000}
		if err := tx.Usage().Each(context.Background(), company, id.ID{}, whole, 0, c); err != nil {
			return err
		}
		for lot, n := range c.lots {
			if n != lotSize {
				return fmt.Errorf("lot %s has %d calls", lot, n)
			}
		}
		head, err := tx.Usage().Head(company)
		if err != nil || head != int64(c.all) {
			return fmt.Errorf("position %d with %d calls, %v", head, c.all, err)
		}
		entries, err := tx.Journal().Entries(company, "", 0, store.MaxPage)
		if err != nil {
			return err
		}
		if _, err := ledger.Verify(entries, 0, ledger.Hash{}); err != nil {
			return err
		}
		var sums ledger.Balances
		for i := range entries {
			if err := sums.Book(&entries[i]); err != nil {
				return err
			}
		}
		want := money.Micros(int64(c.all)*120_000, cny)
		if got := sums.Of("unbilled", cny); got != want || len(entries) != len(c.lots) {
			return fmt.Errorf("%s in %d entries is booked, the calls came to %s", got, len(entries), want)
		}
		ts, err := tx.Usage().Tallies(company, id.ID{2}, 1)
		if err == nil && c.all > 0 && (len(ts) != 1 || ts[0].Calls != int64(c.all) || ts[0].Cost != want) {
			return fmt.Errorf("tallies %+v, %d calls", ts, c.all)
		}
		return err
	})
	return c.lots, err
}

// cuts keeps lots through a recording layer, then cuts power at random moments,
// and counts how often something acknowledged was lost. Anything else that is
// wrong afterwards is an error.
func cuts(t *testing.T, synchronous string, lots, times int, seed uint64) (lost int) {
	f := newFiles(t)
	path := filepath.Join(t.TempDir(), "books.db")
	db, err := Open(path, Options{files: f.name, synchronous: synchronous})
	if err != nil {
		t.Fatal(err)
	}
	f.mark("opened")
	for n := range lots {
		if err := keepLot(db, n); err != nil {
			t.Fatal(err)
		}
		f.mark(strconv.Itoa(n))
		if n%10 == 9 {
			w := <-db.writer // what the log holds goes into the file while power is there
			if _, _, err := checkpoint(w, "PASSIVE"); err != nil {
				t.Fatal(err)
			}
			db.writer <- w
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	first := 0
	for i, o := range f.log {
		if o.kind == 'm' && o.path == "opened" {
			first = i
		}
	}
	rng := rand.New(rand.NewPCG(seed, 1))
	for n := range times {
		at := first + rng.IntN(len(f.log)-first)
		if wrong := cutOnce(t, f.log[:at], rng, &lost); wrong != nil {
			t.Fatalf("cut %d of seed %d, after operation %d of %d: %v", n, seed, at, len(f.log), wrong)
		}
	}
	return lost
}

func cutOnce(t *testing.T, log []op, rng *rand.Rand, lost *int) error {
	dir, err := os.MkdirTemp(t.TempDir(), "cut")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := powerCut(dir, log, rng); err != nil {
		return err
	}
	db, err := Open(filepath.Join(dir, "books.db"), Options{Relaxed: true})
	if err != nil {
		return err
	}
	defer db.Close()
	there, err := sound(db)
	if err != nil {
		return err
	}
	for _, o := range log {
		if o.kind == 'm' && o.path != "opened" && there[o.path] == 0 {
			*lost++
			break
		}
	}
	n := len(there) // work goes on
	if err := keepLot(db, n+100); err != nil {
		return err
	}
	_, err = sound(db)
	return err
}

// TestPowerCut: with every commit synced, nothing acknowledged is ever lost.
// Without, the same cuts lose some: the test sees what it is for.
func TestPowerCut(t *testing.T) {
	times := 60 * soak(t)
	if lost := cuts(t, "FULL", 40, times, 1); lost > 0 {
		t.Errorf("%d of %d power cuts lost what was acknowledged", lost, times)
	}
	lost := cuts(t, "NORMAL", 40, times, 2)
	t.Logf("%d cuts with FULL lost nothing; of as many with NORMAL %d lost something acknowledged", times, lost)
	if lost < times/4 {
		t.Errorf("only %d of %d power cuts lost something without syncs: the test does not see losses", lost, times)
	}
}

// TestDiskFull fills the disk at a random byte, again and again: what was not
// kept says so, what was kept stays, and with room again work goes on.
func TestDiskFull(t *testing.T) {
	for what, refusal := range map[string]int32{"full": sqlite3.SQLITE_FULL, "read-only": sqlite3.SQLITE_READONLY, "broken": sqlite3.SQLITE_IOERR_WRITE} {
		t.Run(what, func(t *testing.T) {
			f := newFiles(t)
			db, err := Open(filepath.Join(t.TempDir(), "books.db"), Options{files: f.name})
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			rng := rand.New(rand.NewPCG(4, 4))
			kept, refused := map[string]bool{}, 0
			for n := range 60 * soak(t) {
				f.allow(rng.IntN(60_000), refusal)
				err := keepLot(db, n)
				f.allow(-1, 0)
				if err != nil {
					refused++
					if u := (*store.Unavailable)(nil); !errors.As(err, &u) {
						t.Fatalf("a disk that refuses is not told from a fault of ours: %v", err)
					}
					if n%3 == 0 { // handed in again
						err = keepLot(db, n)
					}
				}
				if err == nil {
					kept[strconv.Itoa(n)] = true
				}
				if n%10 != 9 {
					continue
				}
				there, err := sound(db)
				if err != nil {
					t.Fatal(err)
				}
				if len(there) != len(kept) {
					t.Fatalf("%d lots are there, %d were acknowledged", len(there), len(kept))
				}
			}
			if refused < 10 || len(kept) < 10 {
				t.Errorf("%d refused, %d kept: the test does not see both", refused, len(kept))
			}
		})
	}
}

// TestBackupAndRestore drills what a backup is for: the copy, opened in the place
// of the lost file, has all that was acknowledged when it was made, and can go on.
func TestBackupAndRestore(t *testing.T) {
	dir := t.TempDir()
	db, err := Open(filepath.Join(dir, "books.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	stop, done := make(chan struct{}), make(chan int)
	go func() {
		n := 0
		for ; ; n++ {
			select {
			case <-stop:
				done <- n
				return
			default:
			}
			if err := keepLot(db, n); err != nil {
				t.Error(err)
			}
		}
	}()
	var copies []string
	for n := range 3 {
		path := filepath.Join(dir, fmt.Sprint("copy", n))
		if err := db.Backup(context.Background(), path); err != nil {
			t.Fatal(err)
		}
		copies = append(copies, path)
	}
	close(stop)
	written := <-done
	if err := db.Backup(context.Background(), copies[0]); err == nil {
		t.Error("a backup took the place of another")
	}
	last := filepath.Join(dir, "last")
	if err := db.Backup(context.Background(), last); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, path := range append(copies, last) {
		restored, err := Open(path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		there, err := sound(restored)
		if err != nil || path == last && len(there) != written {
			t.Errorf("%s: %d lots of %d, %v", path, len(there), written, err)
		}
		if err := keepLot(restored, written+1); err != nil {
			t.Error(err)
		}
		if err := restored.Close(); err != nil {
			t.Error(err)
		}
	}
}
