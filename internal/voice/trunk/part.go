package trunk

import "time"

// Part is what one process may use of a trunk that others use too.
type Part struct {
	Channels int
	Rate     int // calls begun in any one second
}

// spare is what a process holds beyond what it uses, so that most calls need not wait
// until more is asked for: a tenth.
func spare(most int) int { return max(1, most/10) }

// Divide makes the trunks shared: from now on none is used beyond the part this
// process was given. It is done before the first call.
func (b *Board) Divide() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.divided = true
}

// Propose is the part of a trunk this process should have, more where a call waits for
// it, and the most there is; false: there is no such trunk, or what it has will do
// until then. What it has beyond is used no more from now on: it may be somebody
// else's as soon as it is given back.
func (b *Board) Propose(name string, more bool, now, until time.Time) (want, most Part, ask bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.trunks {
		t, l := &b.cfg.Trunks[i], &b.trunks[i]
		if t.Name != name {
			continue
		}
		most = Part{t.Channels, t.Rate}
		begun := 0
		for _, at := range l.begun {
			if !at.IsZero() && now.Sub(at) < time.Second {
				begun++
			}
		}
		want = Part{min(most.Channels, l.open+spare(most.Channels)), min(most.Rate, begun+spare(most.Rate))}
		if more {
			want = Part{min(most.Channels, max(want.Channels, l.part.Channels+spare(most.Channels))), min(most.Rate, max(want.Rate, l.part.Rate+spare(most.Rate)))}
		}
		if l.until.After(until) && want == l.part {
			return want, most, false
		}
		l.part = Part{min(l.part.Channels, want.Channels), min(l.part.Rate, want.Rate)}
		return want, most, true
	}
	return want, most, false
}

// Give notes the part of a trunk this process was given, until a time at which it has
// none any more, and tells whether it is more than before.
func (b *Board) Give(name string, p Part, until time.Time) (more bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.trunks {
		if l := &b.trunks[i]; b.cfg.Trunks[i].Name == name {
			more = p.Channels > l.part.Channels || p.Rate > l.part.Rate
			l.part, l.until = p, until
		}
	}
	return more
}

// Names are the trunks, in the order of the file.
func (b *Board) Names() []string {
	out := make([]string, len(b.cfg.Trunks))
	for i := range b.cfg.Trunks {
		out[i] = b.cfg.Trunks[i].Name
	}
	return out
}

// bounds are what a trunk carries now; the lock is held.
func (b *Board) bounds(t *Trunk, l *load, now time.Time) Part {
	switch {
	case !b.divided:
		return Part{t.Channels, t.Rate}
	case !now.Before(l.until):
		return Part{}
	}
	return l.part
}

// tooFast tells whether as many calls as may began within the last second.
func (l *load) tooFast(rate int, now time.Time) bool {
	if rate <= 0 {
		return true
	}
	at := l.begun[(l.next-rate+len(l.begun))%len(l.begun)] // the first of the last so many
	return !at.IsZero() && now.Sub(at) < time.Second
}
