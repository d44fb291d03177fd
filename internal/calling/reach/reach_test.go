package reach

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

var monday = time.Date(2026, 9, 21, 9, 0, 0, 0, time.UTC)

// TestWhatIsSeenIsBelievedByAndBy: few calls lean on others, many stand alone, old ones
// are forgotten, and a chance is one.
func TestWhatIsSeenIsBelievedByAndBy(t *testing.T) {
	var b Book
	if p := b.Chance("x", monday); p != usual {
		t.Errorf("nothing was seen: %v", p)
	}
	for range 3 {
		b.See("x", monday, true)
	}
	few := b.Chance("x", monday)
	for range 500 {
		b.See("x", monday, true)
		b.See("y", monday, false)
		b.See("y", monday.Add(9*time.Hour), true)
	}
	many, elsewhere, unknown := b.Chance("x", monday), b.Chance("y", monday), b.Chance("z", monday.Add(9*time.Hour))
	if few <= usual || few > 0.6 || many < 0.9 || elsewhere > 0.15 || unknown < b.Chance("z", monday) {
		t.Errorf("few %v, many %v, elsewhere %v, unknown %v", few, many, elsewhere, unknown)
	}
	for range 40 {
		b.See("x", monday.Add(52*7*24*time.Hour), false)
	}
	if p := b.Chance("x", monday); p > 0.4 {
		t.Errorf("a year later it is still %v", p)
	}
}

func TestChoose(t *testing.T) {
	var b Book
	w := Wish{Area: "x", From: monday, Until: monday.Add(48 * time.Hour), Lot: 7, May: func(at time.Time) bool { return at.Hour() >= 9 && at.Hour() < 20 }}
	if at := b.Choose(w); at != monday {
		t.Errorf("nothing was seen: %s", at)
	}
	for range 60 {
		b.See("x", monday, false)
		b.See("x", monday.Add(9*time.Hour), true)  // 18 o'clock
		b.See("x", monday.Add(-3*time.Hour), true) // 6: nobody may call then
		b.See("x", monday.Add(80*time.Hour), true) // too late
	}
	if at := b.Choose(w); at.Day() != 21 || at.Hour() != 18 {
		t.Errorf("%s", at)
	}
	w.May = func(time.Time) bool { return false }
	if at := b.Choose(w); at != monday {
		t.Errorf("no hour is allowed: %s", at)
	}
	w.May, w.Until = nil, monday
	if at := b.Choose(w); at != monday {
		t.Errorf("there is no choice: %s", at)
	}
}

// TestAChoiceKeepsItsEnds, whatever was seen.
func TestAChoiceKeepsItsEnds(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 64))
	var b Book
	for range 2_000 {
		b.See(fmt.Sprint(r.IntN(5)), monday.Add(time.Duration(r.IntN(2000))*time.Hour), r.IntN(3) == 0)
		from := monday.Add(time.Duration(r.IntN(90_000)) * time.Minute)
		w := Wish{Area: fmt.Sprint(r.IntN(6)), From: from, Until: from.Add(time.Duration(r.IntN(9_000)) * time.Minute), Lot: r.Uint64(), May: func(at time.Time) bool { return at.Hour()%5 > 1 }}
		at := b.Choose(w)
		if at.Before(w.From) || at.After(w.Until) || at != w.From && !w.May(at) {
			t.Fatalf("%s for %+v", at, w)
		}
	}
}

// world is a list that is called for three weeks, one policy against another.
type world struct {
	likes    func(area, hour int) float64 // chance of an answer
	learns   bool
	capacity int // calls an hour
}

type due struct {
	at    time.Time
	lead  int
	tries int
}
type dues []due

func (d dues) Len() int { return len(d) }
func (d dues) Less(i, j int) bool {
	return d[i].at.Before(d[j].at) || d[i].at.Equal(d[j].at) && d[i].lead < d[j].lead
}
func (d dues) Swap(i, j int) { d[i], d[j] = d[j], d[i] }
func (d *dues) Push(x any)   { *d = append(*d, x.(due)) }
func (d *dues) Pop() any     { o := *d; x := o[len(o)-1]; *d = o[:len(o)-1]; return x }

func open(at time.Time) bool { return at.Hour() >= 9 && at.Hour() < 21 && at.Weekday() != time.Sunday }

func nextOpen(at time.Time) time.Time {
	for !open(at) {
		at = at.Truncate(time.Hour).Add(time.Hour)
	}
	return at
}

// run calls every lead up to four times, not within four hours of the last, and tells
// how many were reached, and by how many calls.
func (w world) run(seed uint64, leads int) (reached, calls int) {
	var b Book
	var q dues
	luck := func(lead, try int) float64 { // the same for both policies
		return rand.New(rand.NewPCG(seed*1_000_003+uint64(lead), uint64(try))).Float64()
	}
	for i := range leads {
		q = append(q, due{nextOpen(monday.Add(time.Duration(i*5*24*60/leads) * time.Minute)), i, 0})
	}
	heap.Init(&q)
	used := map[int64]int{}
	end := monday.Add(21 * 24 * time.Hour)
	for len(q) > 0 {
		d := heap.Pop(&q).(due)
		if d.at.After(end) {
			continue
		}
		if hour := d.at.Unix() / 3600; used[hour] >= w.capacity {
			d.at = nextOpen(d.at.Truncate(time.Hour).Add(time.Hour))
			heap.Push(&q, d)
			continue
		}
		used[d.at.Unix()/3600]++
		area := d.lead % 6
		answered := luck(d.lead, d.tries) < w.likes(area, d.at.Hour())
		b.See(fmt.Sprint(area), d.at, answered)
		calls++
		d.tries++
		if answered {
			reached++
			continue
		}
		if d.tries == 4 {
			continue
		}
		from := nextOpen(d.at.Add(4 * time.Hour))
		d.at = from
		if w.learns {
			d.at = b.Choose(Wish{Area: fmt.Sprint(area), From: from, Until: from.Add(72 * time.Hour), May: open, Lot: uint64(d.lead) * 2654435761})
		}
		heap.Push(&q, d)
	}
	return reached, calls
}

// TestLearningReachesMore: with the same luck, the same leads, the same number of tries
// and the same calls an hour, choosing the hour reaches more of them; where all hours
// are alike it costs nothing.
func TestLearningReachesMore(t *testing.T) {
	home := func(area, hour int) float64 { // half the areas work by day, half are at home in the morning
		switch {
		case area < 3 && hour >= 18:
			return 0.38
		case area >= 3 && hour < 12:
			return 0.30
		}
		return 0.10
	}
	mild := func(area, hour int) float64 { return 0.15 + 0.5*(home(area, hour)-0.15) }
	flat := func(int, int) float64 { return 0.2 }
	for _, c := range []struct {
		name  string
		likes func(area, hour int) float64
		least float64 // of reached people, against calling as soon as it is allowed
	}{{"strong", home, 1.10}, {"mild", mild, 1.04}, {"flat", flat, 0.985}} {
		var plain, learned, plainCalls, learnedCalls int
		for seed := range uint64(4) {
			r, n := world{c.likes, false, 120}.run(seed, 3_000)
			plain, plainCalls = plain+r, plainCalls+n
			r, n = world{c.likes, true, 120}.run(seed, 3_000)
			learned, learnedCalls = learned+r, learnedCalls+n
		}
		ratio := float64(learned) / float64(plain)
		t.Logf("%s: reached %d of 12000 by %d calls, learned %d by %d: %.3f; calls for each %.2f and %.2f", c.name, plain, plainCalls, learned, learnedCalls, ratio, float64(plainCalls)/float64(plain), float64(learnedCalls)/float64(learned))
		if ratio < c.least {
			t.Errorf("%s: %.3f, at least %.3f was expected", c.name, ratio, c.least)
		}
	}
}
