package trunk

import (
	"math/rand/v2"
	"time"

	"waihu/internal/timex"
)

// Health of a calling number, where the file does not say otherwise.
const (
	usualAlarms = 3
	usualAfter  = 50
	shortTalk   = 6 * time.Second
)

// turns are the numbers of a pool on one day.
type turns struct {
	pool  *Pool
	day   timex.Date
	order []int // numbers in the order of their turns, drawn for the day
	used  []Used
	told  []Used // as others know them, where they use the numbers too
	lent  []int  // calls of each number this process may place, likewise
}

// Used is what a calling number did on a day.
type Used struct {
	Number   string `json:"number"`
	Calls    int    `json:"calls"`
	Answered int    `json:"answered,omitempty"`
	Short    int    `json:"short,omitempty"`  // answered, and over within six seconds
	Alarms   int    `json:"alarms,omitempty"` // refused as unwanted: 607, 608
	Resting  bool   `json:"resting,omitempty"`
}

// begin starts a day with nothing used. A clock that went back begins no day anew.
func (t *turns) begin(day timex.Date, seed uint64) {
	if t.used != nil && day <= t.day {
		return
	}
	t.day, t.used, t.told, t.lent = day, make([]Used, len(t.pool.Numbers)), make([]Used, len(t.pool.Numbers)), make([]int, len(t.pool.Numbers))
	for i, n := range t.pool.Numbers {
		t.used[i].Number = n
	}
	t.order = rand.New(rand.NewPCG(seed, uint64(day))).Perm(len(t.used))
}

// take is the number whose turn it is: of those that may be used, the one with
// the fewest calls today. Where others use them too, it is one that was lent. Empty:
// none may.
func (t *turns) take(day timex.Date, seed uint64, divided bool) string {
	t.begin(day, seed)
	best := -1
	for _, i := range t.order {
		if u := &t.used[i]; u.Calls < t.pool.Daily && !u.Resting && (!divided || t.lent[i] > 0) && (best < 0 || u.Calls < t.used[best].Calls) {
			best = i
		}
	}
	if best < 0 {
		return ""
	}
	t.used[best].Calls++
	if divided {
		t.lent[best]--
	}
	return t.used[best].Number
}

// note counts what came of a call, on its own day, and lets a number rest that
// people or networks complain about.
func (t *turns) note(number string, day timex.Date, e End) {
	if day != t.day {
		return
	}
	for i := range t.used {
		if u := &t.used[i]; u.Number == number {
			u.count(e)
			u.Resting = u.Resting || t.tired(u)
		}
	}
}

func (u *Used) count(e End) {
	if e.Answered {
		u.Answered++
		if e.Talk < shortTalk {
			u.Short++
		}
	}
	if e.Code == 607 || e.Code == 608 {
		u.Alarms++
	}
}

// tired tells whether a number should rest until the next day.
func (t *turns) tired(u *Used) bool {
	alarms, after := t.pool.Alarms, t.pool.After
	if alarms == 0 {
		alarms = usualAlarms
	}
	if after == 0 {
		after = usualAfter
	}
	switch {
	case u.Alarms >= alarms:
		return true
	case u.Calls < after:
		return false
	}
	return float64(u.Answered) < float64(t.pool.Answered)*float64(u.Calls) ||
		t.pool.Short > 0 && float64(u.Short) > float64(t.pool.Short)*float64(u.Answered)
}

// Callers are the numbers of a pool as they are on the day, in the order of the
// file; nil: there is no such pool.
func (b *Board) Callers(pool string, now time.Time) []Used {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.pools[pool]
	if t == nil {
		return nil
	}
	t.begin(timex.At(now).DateIn(b.loc), b.seed)
	return append([]Used(nil), t.used...)
}
