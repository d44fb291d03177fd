package receive_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"waihu/internal/receive"
	"waihu/internal/store"
	"waihu/internal/usage/cdr"
)

// row is a call of Master.csv: the nth minute of the first of March.
func row(n int) string {
	at := fmt.Sprintf("2026-03-01 %02d:%02d", 9+n/60, n%60)
	return fmt.Sprintf(`"acc","8005","1380013%04d","out","""x"" <8005>","SIP/8005-%08d","SIP/trunk-%08d","Dial","SIP/trunk/1","%s:00","%s:05","%s:35",35,30,"ANSWERED","DOCUMENTATION","17724%05d.%d",""`+"\n",
		n, n, n, at, at, at, n, n)
}

func rows(from, to int) (s string) {
	for n := from; n < to; n++ {
		s += row(n)
	}
	return s
}

func (w *world) follower(path string) *receive.Follower {
	return &receive.Follower{DB: w.db, IDs: w.sys.IDs, To: w.sys, Company: w.c, Source: "pbx", Path: path, Options: cdr.Options{Format: "asterisk-csv"}}
}

func (w *world) step(f *receive.Follower, want int64) {
	w.Helper()
	n, err := f.Step(w.Context())
	must(w.T, err)
	if n != want {
		w.Fatalf("%d records were read, want %d", n, want)
	}
}

func (w *world) wantCalls(n int) {
	w.Helper()
	if got := len(w.calls()); got != n {
		w.Fatalf("%d calls are kept, want %d: %v", got, n, w.calls())
	}
}

func TestFollowerReadsWhatGrows(t *testing.T) {
	w := newWorld(t)
	path := in(t.TempDir(), "Master.csv")
	f := w.follower(path)
	w.step(f, 0) // there is no file yet
	write(t, path, rows(0, 3))
	w.step(f, 3)
	w.step(f, 0)
	half := row(3)
	appendTo(t, path, half[:40]) // Asterisk is in the middle of a line
	w.step(f, 0)
	appendTo(t, path, half[40:]+row(4))
	w.step(w.follower(path), 2) // another process goes on where the first was
	w.wantCalls(5)
	if p := w.place("pbx"); p.Read != 5 || p.Rejected != 0 {
		t.Errorf("place %+v", p)
	}
}

func TestFollowerReadsTheRestOfARotatedFile(t *testing.T) {
	for name, rotate := range map[string]func(t *testing.T, path string){
		"renamed": func(t *testing.T, path string) { must(t, os.Rename(path, path+".1")); write(t, path, rows(10, 12)) },
		"renamed, the new one is longer": func(t *testing.T, path string) {
			must(t, os.Rename(path, path+"-20260302"))
			write(t, path, rows(10, 30))
		},
		"renamed, nothing yet": func(t *testing.T, path string) { must(t, os.Rename(path, path+".1")) },
		"copied and cut": func(t *testing.T, path string) {
			b, err := os.ReadFile(path)
			must(t, err)
			write(t, path+".1", string(b))
			must(t, os.Truncate(path, 0))
			appendTo(t, path, rows(10, 12))
		},
		"twice": func(t *testing.T, path string) {
			must(t, os.Rename(path, path+".2"))
			write(t, path+".1", "")
			write(t, path, rows(10, 12))
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			path := in(t.TempDir(), "Master.csv")
			f := w.follower(path)
			write(t, path, rows(0, 3))
			w.step(f, 3)
			appendTo(t, path, rows(3, 6)) // written after the last look, before the rotation
			rotate(t, path)
			_, err := f.Step(t.Context())
			must(t, err)
			appendTo(t, path, rows(30, 31))
			_, err = f.Step(t.Context())
			must(t, err)
			got := w.calls()
			for n := range 6 {
				if !strings.Contains(strings.Join(got, " "), fmt.Sprintf("17724%05d.", n)) {
					t.Errorf("call %d is lost: %v", n, got)
				}
			}
			if !strings.Contains(strings.Join(got, " "), "1772400030.") {
				t.Errorf("the new file is not read: %v", got)
			}
		})
	}
}

func TestFollowerGoesOnAfterBadRecords(t *testing.T) {
	w := newWorld(t)
	path := in(t.TempDir(), "Master.csv")
	write(t, path, row(0)+"this is no record\n"+row(1)+`"a","quote","nobody closed`+"\n"+row(2)+row(3))
	f := w.follower(path)
	_, err := f.Step(t.Context())
	must(t, err)
	appendTo(t, path, rows(4, 8))
	_, err = f.Step(t.Context())
	must(t, err)
	got := strings.Join(w.calls(), " ")
	if !strings.Contains(got, "1772400000.") || !strings.Contains(got, "1772400001.") {
		t.Errorf("sound records were lost: %s", got)
	}
	if p := w.place("pbx"); p.Rejected == 0 || len(p.Why) == 0 {
		t.Errorf("nothing is said about the bad one: %+v", p)
	}
}

// TestFollowerIsNotHeldUpByATornLine: a switch that died while it wrote leaves a
// quote open; the calls behind it are read as they come, not when 256 KiB are there.
func TestFollowerIsNotHeldUpByATornLine(t *testing.T) {
	for name, torn := range map[string]string{
		"within a field":   `"acc","8005","138001` + "\n",
		"behind a quote":   `"acc","` + "\n",
		"before a newline": `"` + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			path := in(t.TempDir(), "Master.csv")
			write(t, path, rows(0, 2)+torn+strings.ReplaceAll(rows(2, 4), `"acc"`, `""`))
			f := w.follower(path)
			_, err := f.Step(t.Context())
			must(t, err)
			w.wantCalls(4)
			appendTo(t, path, rows(4, 6))
			w.step(f, 2)
			w.wantCalls(6)
			if p := w.place("pbx"); p.Rejected == 0 || len(p.Why) == 0 {
				t.Errorf("nothing is said about the torn line: %+v", p)
			}
		})
	}
}

// TestFollowerLosesNothingWhenItsTransactionFails: the place is that of the usage.
func TestFollowerLosesNothingWhenItsTransactionFails(t *testing.T) {
	w := newWorld(t)
	path := in(t.TempDir(), "Master.csv")
	write(t, path, rows(0, 3))
	f := w.follower(path)
	f.DB = failing{w.db}
	if _, err := f.Step(t.Context()); err == nil {
		t.Fatal("the failure was not told")
	}
	w.wantCalls(0)
	f.DB = w.db
	w.step(f, 3)
	w.wantCalls(3)
}

// failing undoes every transaction at its end.
type failing struct{ store.DB }

func (d failing) Update(ctx ctxt, f func(store.Tx) error) error {
	return d.DB.Update(ctx, func(tx store.Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		return errPulled
	})
}

func TestTwoFollowersReadOneFileOnce(t *testing.T) {
	w := newWorld(t)
	path := in(t.TempDir(), "Master.csv")
	write(t, path, rows(0, 50))
	errs := make(chan error)
	for range 4 {
		go func() {
			_, err := w.follower(path).Step(t.Context())
			errs <- err
		}()
	}
	for range 4 {
		must(t, <-errs)
	}
	w.wantCalls(50)
	if p := w.place("pbx"); p.Read != 50 {
		t.Errorf("%d records were counted", p.Read)
	}
}
