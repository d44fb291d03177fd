package trunk

import (
	"slices"
	"time"

	"waihu/internal/timex"
)

// Memory is what a board keeps when its process ends: trunks that rest, and what
// calling numbers did on their day. What goes on is not in it: calls end with
// their process.
type Memory struct {
	Trunks []Remembered `json:"trunks,omitempty"`
	Pools  []PoolDay    `json:"callers,omitempty"`
}

// Remembered is a trunk that rests or failed.
type Remembered struct {
	Name     string        `json:"name"`
	Rests    timex.Instant `json:"rests_until,omitzero"`
	Failures int           `json:"failures_in_a_row,omitempty"`
}

// PoolDay is the numbers of a pool that were used on a day.
type PoolDay struct {
	Pool string     `json:"pool"`
	Day  timex.Date `json:"day"`
	Used []Used     `json:"used"`
}

// Memory is what is to be kept of the board.
func (b *Board) Memory(now time.Time) (m Memory) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.trunks {
		l, r := &b.trunks[i], Remembered{Name: b.cfg.Trunks[i].Name, Failures: b.trunks[i].failures}
		if now.Before(l.rests) {
			r.Rests = timex.At(l.rests)
		}
		if r.Rests != 0 || r.Failures != 0 {
			m.Trunks = append(m.Trunks, r)
		}
	}
	for i := range b.cfg.Pools {
		t := b.pools[b.cfg.Pools[i].Name]
		used := slices.DeleteFunc(slices.Clone(t.used), func(u Used) bool { return u.Calls == 0 })
		if len(used) > 0 {
			m.Pools = append(m.Pools, PoolDay{t.pool.Name, t.day, used})
		}
	}
	return m
}

// Recall takes up what was kept, for what the file still has. It is done before
// the first call.
func (b *Board) Recall(m Memory) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range m.Trunks {
		if i := slices.IndexFunc(b.cfg.Trunks, func(t Trunk) bool { return t.Name == r.Name }); i >= 0 && r.Failures >= 0 {
			b.trunks[i].failures = r.Failures
			if r.Rests != 0 {
				b.trunks[i].rests = r.Rests.Time()
			}
		}
	}
	for _, p := range m.Pools {
		t := b.pools[p.Pool]
		if t == nil {
			continue
		}
		t.begin(p.Day, b.seed)
		for _, u := range p.Used {
			if i := slices.IndexFunc(t.used, func(own Used) bool { return own.Number == u.Number }); i >= 0 {
				t.used[i] = u
			}
		}
	}
}
