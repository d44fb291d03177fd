package compliance

import (
	"slices"
	"time"

	"waihu/internal/timex"
)

// Ask says whether a number may be called at an instant, into a, whose memory is
// used again. Once a has grown, nothing is allocated.
func (b *Book) Ask(q *Query, at timex.Instant, a *Answer) {
	a.Holds = a.Holds[:0]
	a.Until, a.Again = 0, 0
	e := b.eye(q)
	e.holds = &a.Holds
	first := e.look(at)
	a.OK = !first.held
	if a.OK {
		a.Until = first.until
		return
	}
	e.holds = nil
	a.Again = e.again(at, first)
}

// May is Ask's yes or no alone, for going through many leads.
func (b *Book) May(q *Query, at timex.Instant) bool {
	e := b.eye(q)
	e.quick = true
	return !e.look(at).held
}

// maxLooks bounds the search for the next instant: hours of two zones that never
// agree are left behind at a few edges a day.
const maxLooks = 600

// again goes from one release to the next until nothing holds the call back. Every
// release is the first instant at which its rule lets go, so none is passed over.
func (e *eye) again(at timex.Instant, s sight) timex.Instant {
	limit := at.Add(Horizon)
	for range maxLooks {
		if s.release == 0 || s.release > limit {
			return 0
		}
		t := s.release
		if s = e.look(t); !s.held {
			return t
		}
	}
	return 0
}

// eye looks at one query.
type eye struct {
	b      *Book
	q      *Query
	first  group
	second group // of the address, where it is another place
	zones  [MaxZones * 2]wall
	n      int
	quick  bool // the first rule that holds is enough
	holds  *[]Hold
}

// sight is what was seen at an instant.
type sight struct {
	held    bool
	forever bool
	release timex.Instant // held: when the last of the rules lets go; zero: one never does
	until   timex.Instant // not held: when one may begin to hold
	limit   timex.Instant
}

func (b *Book) eye(q *Query) eye {
	e := eye{b: b, q: q}
	e.first, e.second = b.groups(q)
	e.enter(q.ByNumber.Zones)
	e.enter(q.ByAddress.Zones)
	return e
}

// groups are the rules of the place of the number and, where it is another, of that
// of the address.
func (b *Book) groups(q *Query) (first, second group) {
	first = b.groupOf(q.ByNumber.Code)
	if q.ByAddress.Code != "" && q.ByAddress.Code != q.ByNumber.Code {
		second = b.groupOf(q.ByAddress.Code)
	}
	return first, second
}

// enter adds zones that are not there yet.
func (e *eye) enter(zones []*time.Location) {
	for _, z := range zones {
		there := slices.ContainsFunc(e.zones[:e.n], func(w wall) bool { return w.loc == z })
		if !there && e.n < len(e.zones) {
			e.zones[e.n] = wall{loc: z, from: far}
			e.n++
		}
	}
}

// look asks every rule of both places at an instant.
func (e *eye) look(t timex.Instant) sight {
	s := sight{limit: t.Add(Horizon)}
	s.until = s.limit
	for _, i := range e.first.asked {
		e.rule(&e.b.asked[i], t, &s)
		if s.held && e.quick {
			return s
		}
	}
	for _, i := range e.second.asked {
		if _, both := slices.BinarySearch(e.first.asked, i); !both {
			e.rule(&e.b.asked[i], t, &s)
		}
		if s.held && e.quick {
			return s
		}
	}
	if s.forever {
		s.release = 0
	}
	return s
}

// active tells whether a rule holds at an instant, and when that changes.
func (r *ready) active(t timex.Instant) (on bool, next timex.Instant) {
	if t < r.from {
		return false, r.from
	}
	if t >= r.to {
		return false, far
	}
	on, next = true, r.to
	for _, p := range r.lifted {
		switch {
		case p.Contains(t):
			on = false
		case p.From > t && on:
			next = min(next, p.From)
		}
	}
	if !on {
		next = r.back(t)
	}
	return on, next
}

// back is when a rule that is lifted may hold again.
func (r *ready) back(t timex.Instant) timex.Instant {
	next := far
	for _, p := range r.lifted {
		if p.Contains(t) {
			next = min(next, p.To)
		}
	}
	return next
}

// rule asks one rule.
func (e *eye) rule(r *ready, t timex.Instant, s *sight) {
	on, change := r.active(t)
	if !on {
		s.until = min(s.until, change)
		return
	}
	if len(r.Lines) > 0 && e.q.Line != AnyLine && !slices.Contains(r.Lines, e.q.Line) {
		return
	}
	if c := &e.q.Consent; len(r.Unless) > 0 && slices.Contains(r.Unless, c.Basis) {
		if c.valid(t) {
			if c.Until != 0 {
				s.until = min(s.until, c.Until)
			}
			return
		}
		if t < c.At {
			change = min(change, c.At)
		}
	}
	k := keeper{e: e, r: r, t: t, s: s, change: change}
	switch r.Kind {
	case Hours:
		k.hours()
	case Attempts:
		k.attempts()
	case Spacing:
		k.spacing()
	case Agreed:
		k.consent()
	case List:
		k.list()
	case Refusal:
		k.refusal()
	case Shown:
		k.caller()
	case Where:
		k.place()
	}
}
