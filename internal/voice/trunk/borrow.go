package trunk

import (
	"slices"
	"time"

	"waihu/internal/timex"
)

// Borrow is what one process tells of a pool and wants of it, where others use its
// numbers too.
type Borrow struct {
	Pool  string
	Day   timex.Date
	Daily int // calls of one number in a day, of all processes together
	// Numbers have in Calls how many more are wanted (below nought: given back), and
	// else what came of calls since that was told last.
	Numbers []Used
}

// Lent is what is known of a number in all processes, with the calls that were lent as if
// they had been placed, and how many the process that asked got.
type Lent struct {
	Used
	Got int
}

// block is how many calls of a number are lent at once: a twentieth of its day. What a
// process that dies had left of them is not placed on that day.
func block(daily int) int { return max(1, daily/20) }

// Borrow is what is to be told of a pool and wanted of it, also of numbers that seemed used
// up where a call waits for one; false: nothing.
func (b *Board) Borrow(pool string, more bool, now time.Time) (out Borrow, ask bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.pools[pool]
	if t == nil {
		return out, false
	}
	t.begin(timex.At(now).DateIn(b.loc), b.seed)
	out = Borrow{Pool: pool, Day: t.day, Daily: t.pool.Daily}
	for i := range t.used {
		n := t.untold(i)
		if t.lent[i] == 0 && !t.used[i].Resting && (more || t.used[i].Calls < t.pool.Daily) {
			n.Calls = block(t.pool.Daily)
		}
		if n != (Used{Number: n.Number}) {
			out.Numbers = append(out.Numbers, n)
		}
	}
	return out, len(out.Numbers) > 0
}

// untold is what came of a number's calls and was not told yet.
func (t *turns) untold(i int) Used {
	u, told := &t.used[i], &t.told[i]
	return Used{Number: u.Number, Answered: u.Answered - told.Answered, Short: u.Short - told.Short, Alarms: u.Alarms - told.Alarms, Resting: u.Resting && !told.Resting}
}

// Lend takes up the answer to what was told, and tells whether a call may be placed that
// could not before.
func (b *Board) Lend(asked Borrow, got []Lent) (more bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.pools[asked.Pool]
	if t == nil || t.day != asked.Day {
		return false // that day is over
	}
	told := map[string]Used{}
	for _, n := range asked.Numbers {
		told[n.Number] = n
	}
	at := map[string]int{}
	for i := range t.used {
		at[t.used[i].Number] = i
	}
	for _, n := range got {
		i, own := at[n.Number]
		if !own {
			continue // another file has it in the pool
		}
		since, was := t.untold(i), told[n.Number] // what came while the books were asked is still to be told
		t.lent[i] += n.Got
		t.told[i] = n.Used
		u := &t.used[i]
		*u = Used{Number: n.Number, Calls: n.Calls - t.lent[i], Answered: n.Answered + since.Answered - was.Answered, Short: n.Short + since.Short - was.Short,
			Alarms: n.Alarms + since.Alarms - was.Alarms, Resting: u.Resting || n.Resting}
		u.Resting = u.Resting || t.tired(u)
		more = more || n.Got > 0 && !u.Resting
	}
	return more
}

// GiveBack is what is left of what was lent, which is used no more, with what is still to
// be told.
func (b *Board) GiveBack(pool string) (out Borrow, ask bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.pools[pool]
	if t == nil || t.used == nil {
		return out, false
	}
	out = Borrow{Pool: pool, Day: t.day, Daily: t.pool.Daily}
	for i := range t.used {
		n := t.untold(i)
		if n.Calls, t.lent[i] = -t.lent[i], 0; n != (Used{Number: n.Number}) {
			out.Numbers = append(out.Numbers, n)
		}
	}
	return out, len(out.Numbers) > 0
}

// Pools are their names, in the order of the file.
func (b *Board) Pools() []string {
	out := make([]string, len(b.cfg.Pools))
	for i := range b.cfg.Pools {
		out[i] = b.cfg.Pools[i].Name
	}
	return out
}

// PoolOf is the pool a trunk takes its calling numbers from; empty: none.
func (b *Board) PoolOf(name string) string {
	if i := slices.IndexFunc(b.cfg.Trunks, func(t Trunk) bool { return t.Name == name }); i >= 0 {
		return b.cfg.Trunks[i].Callers
	}
	return ""
}

// Rests are the trunks that rest, and until when.
func (b *Board) Rests(now time.Time) (out []Remembered) {
	for _, s := range b.States(now) {
		if !s.Rests.IsZero() {
			out = append(out, Remembered{Name: s.Name, Rests: timex.At(s.Rests)})
		}
	}
	return out
}

// LetRest lets trunks rest as long as others know they should.
func (b *Board) LetRest(all []Remembered) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range all {
		if i := slices.IndexFunc(b.cfg.Trunks, func(t Trunk) bool { return t.Name == r.Name }); i >= 0 {
			b.trunks[i].rest(r.Rests.Time())
		}
	}
}
