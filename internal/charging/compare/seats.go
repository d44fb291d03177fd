package compare

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"waihu/internal/exact"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Where seats come from, as UsageSummary.SeatSource says it.
const (
	fromSessions = "sessions"
	fromSeats    = "seats"
	fromCalls    = "calls"
	fromStated   = "stated"
	fromNowhere  = "none"
)

// setSeats makes sure that seats and log-ins are there, so that an offer by seat
// does not seem free because a call record names no log-in. What is made up is
// told.
func (c *Comparison) setSeats() {
	c.source = fromSessions
	switch {
	case len(c.sessions) > 0:
	case c.in.Seats > 0:
		c.source = fromStated
		c.sessions = c.statedSessions()
		c.notes = append(c.notes, Phrase{"compare.note.seats_stated", map[string]string{"seats": strconv.Itoa(c.in.Seats)}})
	case len(c.shifts) > 0:
		c.source = fromCalls
		for _, s := range c.shifts {
			c.sessions = append(c.sessions, *s)
		}
		c.notes = append(c.notes, Phrase{Key: "compare.note.seats_from_calls"})
	case len(c.seats) > 0:
		c.source = fromSeats
		c.notes = append(c.notes, Phrase{Key: "compare.note.no_sessions"})
	default:
		c.source = fromNowhere
		c.notes = append(c.notes, Phrase{Key: "compare.note.no_seats"})
	}
	c.shifts = nil
	if len(c.seats) == 0 && len(c.sessions) > 0 {
		c.seats = c.seatsOfUsers()
	}
	c.sortFacts()
}

// Seated are the log-ins and seats that the bills of a Result were made from,
// with what was made up where no record told. They are not to be changed.
func (c *Comparison) Seated() ([]usage.Session, []usage.Seat) { return c.sessions, c.seats }

// statedSessions log every seat in from the first call of a local day to the end
// of the last.
func (c *Comparison) statedSessions() []usage.Session {
	days := map[timex.Date]timex.Period{}
	for _, s := range c.shifts {
		c.widen(days, s.From, s.To)
	}
	if len(days) == 0 {
		for i := range c.classes { // no agents: calls at the hours they are known by
			at := c.classes[i].kept.start
			c.widen(days, at, at)
		}
	}
	var out []usage.Session
	for _, d := range slices.Sorted(maps.Keys(days)) {
		p := days[d]
		for n := range c.in.Seats {
			name := "seat-" + strconv.Itoa(n+1)
			out = append(out, usage.Session{ID: name + "@" + d.String(), Source: fromStated, User: name, From: p.From, To: max(p.To, p.From+1_000_000)})
		}
	}
	return out
}

func (c *Comparison) widen(days map[timex.Date]timex.Period, from, to timex.Instant) {
	d := from.DateIn(c.loc)
	p, known := days[d]
	if !known {
		p = timex.Period{From: from, To: to}
	}
	days[d] = timex.Period{From: min(p.From, from), To: max(p.To, to)}
}

// seatsOfUsers gives each user a seat for the months in which the user logged in.
func (c *Comparison) seatsOfUsers() []usage.Seat {
	type stretch struct{ first, last int }
	byUser := map[string][]stretch{}
	of := c.usersByMonth(c.sessions)
	for m := range c.months {
		for _, user := range slices.Sorted(maps.Keys(of[m])) {
			list := byUser[user]
			if n := len(list); n > 0 && list[n-1].last == m-1 {
				list[n-1].last = m
			} else {
				list = append(list, stretch{m, m})
			}
			byUser[user] = list
		}
	}
	var out []usage.Seat
	const margin = 2 // days: months of other zones begin earlier, or end later
	for _, user := range slices.Sorted(maps.Keys(byUser)) {
		for i, s := range byUser[user] {
			seat := usage.Seat{ID: user + "#" + strconv.Itoa(i+1), Source: c.source, User: user, Type: usage.AgentSeat, From: c.months[s.first].first.Start(c.loc)}
			if s.first == 0 {
				seat.From = (c.months[0].first - margin).Start(c.loc)
			}
			if s.last+1 < len(c.months) {
				seat.To = c.months[s.last].after.Start(c.loc)
			}
			out = append(out, seat)
		}
	}
	return out
}

// usersByMonth is who logged in in each real month, and for how long in seconds.
func (c *Comparison) usersByMonth(sessions []usage.Session) []map[string]int64 {
	out := make([]map[string]int64, len(c.months))
	for m := range c.months {
		out[m] = map[string]int64{}
		p := timex.Days(c.months[m].first, c.months[m].after, c.loc)
		for i := range sessions {
			s := &sessions[i]
			if o := p.Overlap(timex.Period{From: s.From, To: cmpOr(s.To, p.To)}); !o.IsEmpty() {
				out[m][s.User] += int64(o.Length().Seconds())
			}
		}
	}
	return out
}

// usersIn is how many logged in in a period.
func (c *Comparison) usersIn(p timex.Period) int {
	seen := map[string]bool{}
	for i := range c.sessions {
		s := &c.sessions[i]
		if !p.Overlap(timex.Period{From: s.From, To: cmpOr(s.To, p.To)}).IsEmpty() {
			seen[s.User] = true
		}
	}
	return len(seen)
}

// summary is what the usage comes to in the months compared.
func (c *Comparison) summary() UsageSummary {
	out := UsageSummary{SeatSource: c.source, Classes: len(c.classes), Cells: len(c.cells)}
	for m := range c.months {
		from, to := c.within(timex.Days(c.months[m].first, c.months[m].after, c.loc))
		for i := from; i < to; i++ {
			n := c.cells[i].count
			out.Calls += n
			if c.isAnswered(i) {
				out.Answered += n
				out.Seconds += n * int64(c.cells[i].seconds)
			}
		}
	}
	out.Outside = c.calls - out.Calls
	users, meanSum := map[string]bool{}, int64(0)
	for _, of := range c.usersByMonth(c.sessions) {
		for user, seconds := range of {
			users[user] = true
			out.LoggedIn += seconds
		}
		meanSum += int64(len(of))
	}
	out.Seats = int64(len(users))
	out.MeanSeats = exact.Frac(meanSum, int64(len(c.months)))
	if len(c.sessions) == 0 {
		ids := map[string]bool{}
		for i := range c.seats {
			ids[c.seats[i].ID] = true
		}
		out.Seats, out.MeanSeats = int64(len(ids)), exact.Int(int64(len(ids)))
	}
	out.PeakSeats = peakOf(c.sessions)
	return out
}

// isAnswered tells whether the calls of a cell talked.
func (u *Usage) isAnswered(i int) bool {
	k := &u.classes[u.cells[i].class].kept
	return usage.Result(u.table.words[k.words[1]]) == usage.Answered && u.cells[i].seconds > 0
}

// peakOf is the most sessions at one moment; one that ends as another begins is
// not with it.
func peakOf(sessions []usage.Session) int64 {
	type turn struct {
		at   timex.Instant
		step int64
	}
	var turns []turn
	for i := range sessions {
		if s := &sessions[i]; s.To > s.From {
			turns = append(turns, turn{s.From, 1}, turn{s.To, -1})
		}
	}
	slices.SortFunc(turns, func(a, b turn) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.step, b.step)) })
	level, most := int64(0), int64(0)
	for _, t := range turns {
		level += t.step
		most = max(most, level)
	}
	return most
}

func lower(s string) string { return strings.ToLower(s) }
