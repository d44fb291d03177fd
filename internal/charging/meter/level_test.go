package meter_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/timex"
)

// ticks makes a level of pairs of small instants from 1 on.
func ticks(pairs ...int64) meter.Level {
	var list []timex.Period
	for i := 0; i+1 < len(pairs); i += 2 {
		list = append(list, timex.Period{From: timex.Instant(pairs[i]), To: timex.Instant(pairs[i+1])})
	}
	return meter.Overlaps(list)
}

func TestLevelHandOverDoesNotOverlap(t *testing.T) {
	l := ticks(10, 20, 20, 30, 15, 15, 25, 5)
	p := timex.Period{From: 1, To: 41}
	if n, at := l.Highest(p); n != 1 || at != 10 {
		t.Errorf("highest is %d at %d, want 1 at 10", n, int64(at))
	}
	for at, want := range map[timex.Instant]int64{1: 0, 9: 0, 10: 1, 19: 1, 20: 1, 29: 1, 30: 0} {
		if got := l.At(at); got != want {
			t.Errorf("level at %d is %d, want %d", int64(at), got, want)
		}
	}
	if got := l.Mean(p); !got.Equal(exact.Frac(1, 2)) {
		t.Errorf("mean is %s, want 0.5", got)
	}
	if got := l.AtEnd(timex.Period{From: 1, To: 30}); got != 1 {
		t.Errorf("level just before 30 is %d, want 1", got)
	}
}

func TestPeakIgnoresShortLevels(t *testing.T) {
	// Three at once for 5 + 5 microseconds, two for 40 more.
	l := ticks(0+1, 51, 1, 51, 11, 16, 31, 36)
	p := timex.Period{From: 1, To: 101}
	for bound, want := range map[int64]int64{0: 3, 1: 3, 10: 3, 11: 2, 50: 2, 51: 0, 1000: 0} {
		if got := l.Peak(p, time.Duration(bound)*time.Microsecond); got != want {
			t.Errorf("peak ignoring below %d us is %d, want %d", bound, got, want)
		}
	}
	if got := l.TimeAtOrAbove(p, 3); got != 10*time.Microsecond {
		t.Errorf("three at once for %s, want 10us", got)
	}
}

func TestPercentileIsExceededAtMostFivePercent(t *testing.T) {
	p := timex.Period{From: 1, To: 1001}
	for above, want := range map[int64]int64{0: 1, 49: 1, 50: 1, 51: 2} {
		l := ticks(1, 1001, 1, 1+above)
		if got := l.Percentile(p, 95); got != want {
			t.Errorf("two for %d of 1000: %d, want %d", above, got, want)
		}
	}
	if got := ticks(1, 41).Percentile(p, 95); got != 0 {
		t.Errorf("one for 4 %% of the period: %d, want 0", got)
	}
}

func TestLevelOfNothing(t *testing.T) {
	var l meter.Level
	empty := timex.Period{From: 9, To: 9}
	n, at := l.Highest(empty)
	if n != 0 || at != 0 || l.AtEnd(empty) != 0 || !l.Mean(empty).IsZero() || l.Peak(empty, 0) != 0 || l.Percentile(empty, 95) != 0 || l.Entered(empty) != 0 {
		t.Error("an empty period has a level")
	}
}

// brute is a level counted microsecond by microsecond.
func brute(list []timex.Period, p timex.Period) (ns []int64) {
	for i := p.From; i < p.To; i++ {
		n := int64(0)
		for _, s := range list {
			if s.Contains(i) {
				n++
			}
		}
		ns = append(ns, n)
	}
	return ns
}

func FuzzLevel(f *testing.F) {
	f.Add([]byte{10, 20, 15, 30, 20, 25}, uint8(5), uint8(60), uint8(3))
	f.Add([]byte{1, 1, 90, 4}, uint8(0), uint8(10), uint8(0))
	f.Fuzz(func(t *testing.T, ends []byte, from, length, bound uint8) {
		if len(ends) > 40 {
			ends = ends[:40]
		}
		var list []timex.Period
		for i := 0; i+1 < len(ends); i += 2 {
			list = append(list, timex.Period{From: timex.Instant(ends[i]), To: timex.Instant(ends[i+1])})
		}
		p := timex.Period{From: timex.Instant(from), To: timex.Instant(from) + timex.Instant(length)}
		checkLevel(t, list, p, int64(bound))
		rand.New(rand.NewPCG(1, uint64(len(ends)))).Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		checkLevel(t, list, p, int64(bound))
	})
}

func checkLevel(t *testing.T, list []timex.Period, p timex.Period, bound int64) {
	l, ns := meter.Overlaps(list), brute(list, p)
	sum, high, low := int64(0), int64(0), int64(1<<40)
	for i, n := range ns {
		sum, high, low = sum+n, max(high, n), min(low, n)
		if got := l.At(p.From + timex.Instant(i)); got != n {
			t.Fatalf("level at %d is %d, want %d", int64(p.From)+int64(i), got, n)
		}
	}
	if len(ns) == 0 {
		return
	}
	if got, _ := l.Highest(p); got != high {
		t.Fatalf("highest is %d, want %d", got, high)
	}
	mean := l.Mean(p)
	if !mean.Equal(exact.Frac(sum, int64(len(ns)))) || mean.Less(exact.Int(low)) || exact.Int(high).Less(mean) {
		t.Fatalf("mean is %s of %d over %d, between %d and %d", mean, sum, len(ns), low, high)
	}
	atLeast := func(k int64) (c int64) {
		for _, n := range ns {
			if n >= k {
				c++
			}
		}
		return c
	}
	peak := int64(0)
	for k := int64(1); k <= high; k++ {
		if got := l.TimeAtOrAbove(p, k); got != time.Duration(atLeast(k))*time.Microsecond {
			t.Fatalf("time at or above %d is %s, want %d us", k, got, atLeast(k))
		}
		if atLeast(k) >= max(bound, 1) {
			peak = k
		}
	}
	if got := l.Peak(p, time.Duration(bound)*time.Microsecond); got != peak {
		t.Fatalf("peak is %d, want %d", got, peak)
	}
	q := low
	for 100*atLeast(q+1) > 5*int64(len(ns)) {
		q++
	}
	if got := l.Percentile(p, 95); got != q {
		t.Fatalf("95th percentile is %d, want %d", got, q)
	}
}
