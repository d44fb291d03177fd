package compare

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"waihu/internal/exact"
	"waihu/internal/usage"
)

// reseat leaves or adds seats: those who were logged in least go first, and new
// ones are like those who were there most. Calls stay as they are.
func (c *Comparison) reseat(l *load, factor exact.Number) {
	users := c.usersByUse(l)
	want, err := exact.Int(int64(len(users))).Mul(factor).Round(exact.HalfAway, 0).Int64()
	if err != nil || want < 0 {
		want = 0
	}
	if factor.Sign() > 0 {
		want = max(want, 1)
	}
	copies := map[string]int{}
	for i := range min(want, maxSeats) {
		copies[users[int(i)%len(users)]]++
	}
	n := 0
	for i := range l.sessions {
		n += copies[l.sessions[i].User]
	}
	sessions := make([]usage.Session, 0, n)
	for _, s := range l.sessions {
		for k := range copies[s.User] {
			sessions = append(sessions, renamedSession(s, k))
		}
	}
	var places []usage.Seat
	for _, p := range l.places {
		for k := range copies[holder(&p)] {
			places = append(places, renamedSeat(p, k))
		}
	}
	if l.seats != nil { // on top of a change before
		factor = factor.Mul(*l.seats)
	}
	l.sessions, l.places, l.seats = sessions, places, &factor
}

// maxSeats bounds what a change makes of seats.
const maxSeats = 1_000_000

func renamedSession(s usage.Session, k int) usage.Session {
	if k > 0 {
		s.ID, s.User = s.ID+"+"+strconv.Itoa(k), s.User+"+"+strconv.Itoa(k)
	}
	return s
}

func renamedSeat(s usage.Seat, k int) usage.Seat {
	if k > 0 {
		s.ID, s.User = s.ID+"+"+strconv.Itoa(k), s.User+"+"+strconv.Itoa(k)
	}
	return s
}

// holder is whose a seat is: its user, or the seat itself.
func holder(s *usage.Seat) string {
	if s.User != "" {
		return s.User
	}
	return s.ID
}

// usersByUse lists users and seats, most logged in first.
func (c *Comparison) usersByUse(l *load) []string {
	used := map[string]int64{}
	for i := range l.places {
		used[holder(&l.places[i])] += 0
	}
	for i := range l.sessions {
		s := &l.sessions[i]
		used[s.User] += int64(s.To - s.From)
	}
	out := make([]string, 0, len(used))
	for u := range used {
		out = append(out, u)
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(cmp.Compare(used[b], used[a]), strings.Compare(a, b)) })
	return out
}
