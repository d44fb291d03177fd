// Package soak measures whether what runs long stays as it is: memory, goroutines
// and files of this process, looked at again and again while calls come and go.
//
// It owns the looking and the bounds. It does not own the calls: each room that
// keeps something of a call has a test of its own that makes them. Tests only.
//
// What always holds: nothing is measured while a call goes on, so that a bound is
// about what stays behind; a longer run has the same bounds as a short one.
package soak

import (
	"math"
	"os"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Bounds of what may stay behind, for the whole run and not for each call.
const (
	moreHeap       = 1 << 20 // bytes, beyond what was held after the first round: maps keep the room they once had
	moreGoroutines = 8       // of connections that stand, whatever the number of calls
	moreFiles      = 8
	rounds         = 3 // the first warms up
	settled        = 90 * time.Second
)

// held is what the process has.
type held struct {
	heap              uint64
	goroutines, files int
}

func look() held {
	var m runtime.MemStats
	for range 2 { // what finalisers give back is gone with the second
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	h := held{heap: m.HeapAlloc, goroutines: runtime.NumGoroutine()}
	if list, err := os.ReadDir("/proc/self/fd"); err == nil {
		h.files = len(list)
	}
	return h
}

// Times is how many times as long as in make test a test runs: WAIHU_SOAK.
func Times(t testing.TB) int {
	t.Helper()
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

// Run lets calls come and go in three rounds of the same number, and sees after each
// that what they took came back: left says what of a call is still there, empty if
// nothing is. It begins when everything that stays for good is open.
func Run(t *testing.T, calls int, churn func(n int), left func() string) {
	t.Helper()
	most := look()
	most.heap, most.goroutines, most.files = math.MaxUint64, most.goroutines+moreGoroutines, most.files+moreFiles
	for round := range rounds {
		churn(calls / rounds)
		now := settle(t, most, left)
		t.Logf("after %d calls: %d KiB of memory, %d goroutines, %d files", (round+1)*(calls/rounds), now.heap>>10, now.goroutines, now.files)
		if round == 0 {
			most.heap = now.heap + moreHeap
		}
		if t.Failed() {
			return
		}
	}
}

// settle waits until all of a round is over: transactions rest for a while after
// their call.
func settle(t *testing.T, most held, left func() string) held {
	t.Helper()
	for deadline := time.Now().Add(settled); ; time.Sleep(100 * time.Millisecond) {
		now, still := look(), left()
		if still == "" && now.heap <= most.heap && now.goroutines <= most.goroutines && now.files <= most.files {
			return now
		}
		if time.Now().After(deadline) {
			var all strings.Builder
			_ = pprof.Lookup("goroutine").WriteTo(&all, 1)
			t.Fatalf("%v after the last call there are %+v, want at most %+v; %s\n%s", settled, now, most, still, all.String())
		}
	}
}
