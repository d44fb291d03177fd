package compare

import (
	"cmp"
	"slices"

	"waihu/internal/charging/contract"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// repeated is a load whose facts beside calls are those of the timeline in a
// period: each cut at the ends of its month, moved, and put together again where
// pieces of one fact touch.
func (t *timeline) repeated(terms *contract.Terms) *load {
	l := *t.l
	u := *t.l.u
	l.u = &u
	l.sessions, l.places, l.modules, u.rentals, u.events = nil, nil, nil, nil, nil
	turns := t.turns(terms)
	for _, s := range t.l.sessions {
		for _, p := range stretchesOf(turns, s.From, s.To) {
			s.From, s.To = p.From, p.To
			l.sessions = append(l.sessions, s)
		}
	}
	for _, s := range t.l.places {
		for _, p := range stretchesOf(turns, s.From, s.To) {
			s.From, s.To = p.From, p.To
			l.places = append(l.places, s)
		}
	}
	for _, m := range t.l.modules {
		for _, p := range stretchesOf(turns, m.From, m.To) {
			m.From, m.To = p.From, p.To
			l.modules = append(l.modules, m)
		}
	}
	for _, r := range t.l.u.rentals {
		for _, p := range stretchesOf(turns, r.From, r.To) {
			r.From, r.To = p.From, p.To
			u.rentals = append(u.rentals, r)
		}
	}
	for i := range turns {
		of := timex.Days(turns[i].real.first, turns[i].real.after, turns[i].loc)
		for _, e := range t.l.u.events {
			if of.Contains(e.At) {
				e.At = turns[i].moved(e.At)
				u.events = append(u.events, e)
			}
		}
	}
	slices.SortStableFunc(u.events, func(a, b usage.Event) int { return cmp.Compare(a.At, b.At) })
	slices.SortStableFunc(l.sessions, func(a, b usage.Session) int { return cmp.Compare(a.From, b.From) })
	return &l
}

// stretchesOf is a stretch of time in the months of a timeline; to zero: without end.
func stretchesOf(turns []turn, from, to timex.Instant) (out []timex.Period) {
	for i := range turns {
		of := timex.Days(turns[i].real.first, turns[i].real.after, turns[i].loc)
		cut := of.Overlap(timex.Period{From: from, To: cmpOr(to, of.To)})
		if cut.IsEmpty() {
			continue
		}
		p := timex.Period{From: turns[i].moved(cut.From), To: turns[i].moved(cut.To)}
		if n := len(out); n > 0 && out[n-1].To == p.From {
			out[n-1].To = p.To
		} else if p.From < p.To {
			out = append(out, p)
		}
	}
	return out
}
