package cdr

import (
	"strings"
	"time"

	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// agentStates are the states of a row of vicidial_agent_log in the order of
// time. Dead time, after the customer hung up, lies inside talk.
var agentStates = [agentStateCount]struct {
	state usage.State
	name  string
}{{usage.Paused, "pause"}, {usage.Ready, "wait"}, {usage.Talking, "talk"}, {usage.WrapUp, "dispo"}}

const agentStateCount = 4

// agentLog reports a row of vicidial_agent_log: a session for each state that
// lasted. The seconds count; the epochs tell where they begin.
func (v *vicidial) agentLog(at Row, row *namedRow) error {
	f := &finding{}
	id, user := row.text("agent_log_id"), row.text("user")
	if id == "" || user == "" {
		f.reject("agent_log_id", id, "the row has no agent_log_id or no user", "both")
	}
	var began [agentStateCount]timex.Instant
	var lasted [agentStateCount]time.Duration
	for i, s := range agentStates {
		v.epoch(row, f, s.name+"_epoch", "", &began[i])
		lasted[i] = v.seconds(row, f, s.name+"_sec")
	}
	if began[0].IsZero() {
		v.stamp(f, "event_time", row.text("event_time"), &began[0])
	}
	var sessions []usage.Session
	for i, s := range agentStates {
		if lasted[i] == 0 {
			continue
		}
		from := began[i]
		if from.IsZero() {
			from = endOf(sessions, began[0])
			f.flag(s.name+"_epoch", "", "seconds without their epoch: they follow what was before")
		}
		to := v.stateEnd(f, s.name, from, lasted[i], began[i+1:])
		if from <= 0 || to < from {
			f.reject(s.name+"_epoch", "", "the row does not say when the state began", "seconds since 1970")
		}
		sessions = append(sessions, usage.Session{ID: "agent_log/" + id + "/" + s.name, Source: v.source,
			User: user, Type: "agent", State: s.state, From: from, To: to})
	}
	row.locate(f)
	if len(sessions) == 0 && f.bad == nil {
		f.ignore = "the agent spent no time in any state"
	}
	return v.reportSessions(at, f, sessions)
}

// stateEnd is when a state ended. A full column tells nothing: the beginning of
// the next state is believed instead, where there is one.
func (v *vicidial) stateEnd(f *finding, name string, from timex.Instant, lasted time.Duration, later []timex.Instant) timex.Instant {
	if lasted < smallintMost {
		return from.Add(lasted)
	}
	f.flag(name+"_sec", "65535", "the column holds no more than 65,535 seconds: the true time may be longer, or was negative; the next state's beginning is taken where there is one")
	for _, next := range later {
		if next >= from && !next.IsZero() {
			return next
		}
	}
	return from.Add(lasted)
}

func endOf(sessions []usage.Session, otherwise timex.Instant) timex.Instant {
	if n := len(sessions); n > 0 {
		return sessions[n-1].To
	}
	return otherwise
}

// reportSessions reports a record that is sessions instead of a call.
func (v *vicidial) reportSessions(at Row, f *finding, sessions []usage.Session) error {
	v.out.Record(at)
	switch {
	case f.bad != nil:
		v.out.Reject(v.at(at, *f.bad))
		return nil
	case f.ignore != "":
		v.out.Ignore(f.ignore)
		return nil
	}
	for _, p := range f.flags {
		v.out.Flag(v.at(at, p))
	}
	for _, s := range sessions {
		if err := v.out.Session(s); err != nil {
			return err
		}
	}
	return nil
}

// maxLogins bounds how many agents a file may have.
const maxLogins = 100_000

// logins pairs the LOGIN and LOGOUT events of vicidial_user_log, in the order of
// the file. A log-out that is missing is the agent's next log-in, or the last
// event of the file, with a flag.
type logins struct {
	v     *vicidial
	open  map[string]*login // nil: seen, and logged out
	order []string          // users, in the order of their first log-in
	last  timex.Instant     // the latest event
}

type login struct {
	at   Row
	user string
	id   string
	from timex.Instant
	seen finding
}

func newLogins(v *vicidial) *logins {
	return &logins{v: v, open: map[string]*login{}}
}

func (l *logins) take(at Row, row *namedRow) error {
	f := &finding{}
	event := strings.ToUpper(row.text("event"))
	in, out := event == "LOGIN", strings.HasSuffix(event, "LOGOUT") // TIMEOUTLOGOUT too
	var when timex.Instant
	l.v.epoch(row, f, "event_epoch", "event_date", &when)
	user := row.text("user")
	switch {
	case !in && !out:
		f.ignore = fault.Shorten(event, 30) + " logs nobody in or out"
	case user == "":
		f.reject("user", "", "the event has no user", "the agent's name")
	case when.IsZero():
		f.reject("event_epoch", "", "the event has no time", "seconds since 1970")
	}
	row.locate(f)
	if f.bad != nil || f.ignore != "" {
		return l.v.reportSessions(at, f, nil)
	}
	l.last = max(l.last, when)
	if out {
		return l.logOut(at, user, when)
	}
	return l.logIn(&login{at: Row{at.Line, strings.Clone(at.Raw)}, user: strings.Clone(user),
		id: strings.Clone(row.text("user_log_id")), from: when, seen: *f})
}

func (l *logins) logIn(n *login) error {
	before, known := l.open[n.user]
	switch {
	case before != nil:
		before.seen.flag("event", "LOGIN", "no log-out: the session is closed at the agent's next log-in")
		if err := l.close(before, n.from); err != nil {
			return err
		}
	case !known && len(l.open) >= maxLogins:
		n.seen.reject("user", n.user, "the file has events of more agents than are kept in mind", "at most 100,000 agents a file")
		return l.v.reportSessions(n.at, &n.seen, nil)
	}
	if !known {
		l.order = append(l.order, n.user)
	}
	l.open[n.user] = n
	return nil
}

func (l *logins) logOut(at Row, user string, when timex.Instant) error {
	n := l.open[user]
	if n == nil {
		l.v.rejected(at, fault.Problem{What: "no log-in: the agent's session did not begin in this file", Value: user,
			Fix: "join the files of one system into one, in the order of time"})
		return nil
	}
	if err := l.close(n, when); err != nil {
		return err
	}
	l.v.ignored(at, "LOGOUT: it ends the session of the log-in before it")
	return nil
}

// close reports a session from its log-in to an instant.
func (l *logins) close(n *login, to timex.Instant) error {
	l.open[n.user] = nil
	if to < n.from {
		n.seen.reject("event_epoch", to.String(), "the agent logs out before the log-in", "events in the order of time")
	}
	if n.id == "" {
		n.id = n.user + "/" + n.from.String()
	}
	return l.v.reportSessions(n.at, &n.seen, []usage.Session{{ID: "user_log/" + n.id, Source: l.v.source,
		User: n.user, Type: "agent", From: n.from, To: to}})
}

// flush closes the sessions that are open at the end of the file.
func (l *logins) flush() error {
	for _, user := range l.order {
		if n := l.open[user]; n != nil {
			n.seen.flag("event", "LOGIN", "no log-out: the session is closed at the last event of the file")
			if err := l.close(n, l.last); err != nil {
				return err
			}
		}
	}
	return nil
}
