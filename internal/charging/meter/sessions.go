package meter

import (
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// SystemTime is the time users were logged in, in exact seconds and never
// rounded, over the sessions whose type and state the component takes; absent
// states are all but offline. Sessions are cut to the period. Two log-ins of
// one user at a time are one unless the component says otherwise; the steps
// tell each state's own time, and states that overlap are then counted in both.
//
// Sessions that cannot be counted are Problems.
func SystemTime(c *catalog.Component, sessions []usage.Session, terms *contract.Terms) (_ Quantity, err error) {
	defer fault.Wrap(&err, "component %s", c.ID)
	in, err := gatherLogins(c, sessions, Served(c, terms).in(terms.Loc))
	if err != nil {
		return Quantity{}, err
	}
	q := Quantity{Raw: seconds(in.micros()), Unit: "second", Count: in.count, Steps: in.steps}
	q.Steps = append(q.Steps, step("users", "users", text(int64(len(in.users)))))
	for _, s := range sortedKeys(in.states) {
		q.Steps = append(q.Steps, step("state", "state", s, "seconds", seconds(in.states[s].micros()).String()))
	}
	if apart := in.apart().Sub(q.Raw); apart.Sign() > 0 {
		q.Steps = append(q.Steps, step("same_user_merged", "seconds", apart.String()))
	}
	return q, nil
}

// LoggedIn is how many are logged in at each instant of a period, of the sessions that
// a component of seats or of logged-in time takes: the level its peak is found in.
// Errors are those of SystemTime.
func LoggedIn(c *catalog.Component, sessions []usage.Session, terms *contract.Terms) (_ Level, err error) {
	defer fault.Wrap(&err, "component %s", c.ID)
	in, err := gatherLogins(c, sessions, Served(c, terms).in(terms.Loc))
	if err != nil {
		return Level{}, err
	}
	return in.level(), nil
}

// logins is the sessions a component takes, by user.
type logins struct {
	users  map[string][]between[timex.Instant]
	states map[string]*logins // the same, state by state
	merge  bool
	count  int64
	steps  []Step
}

func newLogins(c *catalog.Component) *logins {
	return &logins{users: map[string][]between[timex.Instant]{}, merge: c.MergeUser == nil || *c.MergeUser}
}

// gatherLogins finds the sessions of a component within a period.
func gatherLogins(c *catalog.Component, sessions []usage.Session, p timex.Period) (*logins, error) {
	out := newLogins(c)
	out.states = map[string]*logins{}
	var problems fault.Problems
	stateless := int64(0)
	for i := range sessions {
		s := &sessions[i]
		if !anyFold(c.Where.SeatType, s.Type) {
			continue
		}
		if found, bad := checkSession(s); bad {
			problems = append(problems, found)
			continue
		}
		in, inside := within(s, p)
		if !inside {
			continue
		}
		if !takesState(c.Where.State, s.State) {
			if s.State == "" {
				stateless++
			}
			continue
		}
		out.add(s.User, in)
		byState := out.states[string(s.State)]
		if byState == nil {
			byState = newLogins(c)
			out.states[string(s.State)] = byState
		}
		byState.add(s.User, in)
	}
	if stateless > 0 { // never free without a word
		out.steps = append(out.steps, step("sessions_without_state", "left_out", text(stateless)))
	}
	return out, problems.Err()
}

func (l *logins) add(user string, in between[timex.Instant]) {
	l.users[user] = append(l.users[user], in)
	l.count++
}

// takesState tells whether a state counts: any but offline unless states are named.
func takesState(want []usage.State, have usage.State) bool {
	if len(want) == 0 {
		return have != usage.Offline
	}
	return anyOf(want, have)
}

// within is the part of a session in a period. A log-in of no length is inside
// if its instant is.
func within(s *usage.Session, p timex.Period) (between[timex.Instant], bool) {
	in := between[timex.Instant]{max(s.From, p.From), min(s.To, p.To)}
	return in, in.from < in.to || s.From == s.To && p.Contains(s.From)
}

// stretches is when each user counts, one user after the other.
func (l *logins) stretches() []timex.Period {
	var out []timex.Period
	for _, user := range sortedKeys(l.users) {
		list := l.users[user]
		if l.merge {
			list = unite(list)
		}
		for _, s := range list {
			out = append(out, timex.Period{From: s.from, To: s.to})
		}
	}
	return out
}

// level is how many log-ins there are at each instant.
func (l *logins) level() Level { return Overlaps(l.stretches()) }

func (l *logins) micros() int64 {
	sum := int64(0)
	for _, s := range l.stretches() {
		sum += int64(s.To - s.From)
	}
	return sum
}

// apart is the seconds with no log-ins merged.
func (l *logins) apart() exact.Number {
	sum := int64(0)
	for _, list := range l.users {
		for _, s := range list {
			sum += int64(s.to - s.from)
		}
	}
	return seconds(sum)
}

// userDays is how many pairs of a user and a local date there are with a
// log-in. A shift over midnight is two; one that ends at midnight is not.
func (l *logins) userDays(loc *time.Location) int64 {
	sum := int64(0)
	for _, list := range l.users {
		days := make([]between[timex.Date], 0, len(list))
		for _, s := range list {
			first, after := timex.Period{From: s.from, To: max(s.to, s.from+1)}.Dates(loc)
			days = append(days, between[timex.Date]{first, after})
		}
		for _, d := range unite(days) {
			sum += int64(d.to - d.from)
		}
	}
	return sum
}
