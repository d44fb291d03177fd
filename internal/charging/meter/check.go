package meter

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// longSession is how long a session may last before somebody should look at it:
// no shift is longer than a day, a log-out that was never recorded is.
const longSession = 24 * time.Hour

// Doubts are warnings about facts that are counted as they stand, and that somebody
// should look at: sessions of more than 24 hours, one seat assigned twice at a
// time (it is counted once). Their order does not depend on that of the facts.
func (g *Gathered) Doubts() fault.Problems {
	var out fault.Problems
	for i := range g.Sessions {
		s := &g.Sessions[i]
		if _, bad := checkSession(s); bad { // its component says so
			continue
		}
		if length := s.To.Sub(s.From); length > longSession {
			out = append(out, fault.Problem{Path: factName("session", s.Source, s.ID), Value: length.String(), Warning: true,
				What: "the session is longer than 24 hours", Expected: "a log-out within a day",
				Fix: "look whether the log-out was recorded; the whole time is counted as it stands"})
		}
	}
	slices.SortFunc(out, func(a, b fault.Problem) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Value, b.Value))
	})
	return append(out, doubledSeats(g.Seats)...)
}

// checkSession finds what makes one session impossible to count.
func checkSession(s *usage.Session) (fault.Problem, bool) {
	name := factName("session", s.Source, s.ID)
	switch {
	case s.User == "":
		return fault.Problem{Path: name, What: "the session names no user", Expected: "who was logged in", Fix: "give the user, or leave the record out"}, true
	case s.From.IsZero():
		return fault.Problem{Path: name, What: "the session has no start", Expected: "when the user logged in", Fix: "give the start, or leave the record out"}, true
	case s.To.IsZero():
		return fault.Problem{Path: name, What: "the session has no end", Expected: "when the user logged out", Fix: "give the end; for a user still logged in, the instant the facts were taken"}, true
	}
	return endsEarly("session", s.Source, s.ID, s.From, s.To)
}

// endsEarly finds a fact that ends before it starts; a zero end is open.
func endsEarly(kind, source, id string, from, to timex.Instant) (fault.Problem, bool) {
	if to.IsZero() || from <= to {
		return fault.Problem{}, false
	}
	return fault.Problem{Path: factName(kind, source, id), Value: to.String(), What: "the " + kind + " ends before it starts",
		Expected: "an end not before " + from.String(), Fix: "mend the times or the time zone of the source"}, true
}

func factName(kind, source, id string) string {
	if id == "" {
		id = "without identifier"
	}
	if source == "" {
		return kind + " " + id
	}
	return fmt.Sprintf("%s %s of %s", kind, id, source)
}

// doubledSeats finds seats that are assigned twice at a time.
func doubledSeats(seats []usage.Seat) fault.Problems {
	var out fault.Problems
	byID := map[string][]*usage.Seat{}
	for i := range seats {
		s := &seats[i]
		if _, bad := endsEarly("seat", s.Source, s.ID, s.From, s.To); !bad && s.ID != "" {
			key := factKey(s.Source, s.ID, i)
			byID[key] = append(byID[key], s)
		}
	}
	for _, key := range sortedKeys(byID) {
		out = append(out, doubled(byID[key])...)
	}
	return out
}

// doubled finds overlaps among the facts of one seat.
func doubled(list []*usage.Seat) fault.Problems {
	slices.SortFunc(list, func(a, b *usage.Seat) int {
		if a.From != b.From {
			return order(a.From, b.From)
		}
		return order(a.User+"\x00"+a.To.String(), b.User+"\x00"+b.To.String())
	})
	var out fault.Problems
	before := list[0]
	for _, s := range list[1:] {
		if before.To.IsZero() || s.From < before.To {
			out = append(out, fault.Problem{Path: factName("seat", s.Source, s.ID), Value: s.From.String(), Warning: true,
				What: fmt.Sprintf("the seat is assigned to %q while it is still assigned to %q", s.User, before.User), Expected: "one assignment at a time",
				Fix: "end the first before the second; the seat is counted once"})
		}
		if !before.To.IsZero() && (s.To.IsZero() || s.To > before.To) {
			before = s
		}
	}
	return out
}
