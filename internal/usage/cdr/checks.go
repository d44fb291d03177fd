package cdr

import (
	"math/bits"
	"slices"
	"time"

	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Check is the name of something that Intake looks at in every call.
type Check string

const (
	NoID              Check = "no_id"
	NoStart           Check = "no_start"
	StartTooEarly     Check = "start_too_early"
	StartTooLate      Check = "start_too_late"
	EndBeforeStart    Check = "end_before_start"
	NegativeDuration  Check = "negative_duration"
	AnswerBeforeStart Check = "answer_before_start"
	AnswerAfterEnd    Check = "answer_after_end"
	TalkOverTotal     Check = "talk_over_total"
	ClockJump         Check = "clock_jump"
	Runaway           Check = "runaway"
	Unanswered        Check = "talk_unanswered"
	ClocksBack        Check = "clocks_back"
	LongSession       Check = "long_session"
)

// Choices lists the checks. The first six refuse a record, the others flag it.
func (Check) Choices() []string {
	out := make([]string, len(checks))
	for i, c := range checks {
		out[i] = string(c.name)
	}
	return out
}

// checks are the checks in the order of their bits in a checked.
var checks = [...]struct {
	name           Check
	what, expected string
	refuse         bool
}{
	{NoID, "the record has no identifier", "one that is unique in its source", true},
	{NoStart, "the record does not say when it started", "a start time", true},
	{StartTooEarly, "it starts too long ago", "a start from 1990 on: the switch's clock was not set", true},
	{StartTooLate, "it starts in the future", "a start that has passed: the clock or the zone is wrong", true},
	{EndBeforeStart, "it ends before it starts", "an end after the start", true},
	{NegativeDuration, "a duration is negative", "0 or more", true},
	{AnswerBeforeStart, "it was answered before it started", "start, answer, end in this order", false},
	{AnswerAfterEnd, "it was answered after it ended", "start, answer, end in this order", false},
	{TalkOverTotal, "it talked longer than it lasted", "talk time within the whole", false},
	{ClockJump, "its talk time is not the time from answer to end: the clock was set in mid-call", "a difference of at most 2 s", false},
	{Runaway, "it talked for very long: it may have hung", "less than 12 h", false},
	{Unanswered, "it has talk time, but was not answered", "no talk time, or the result answered", false},
	{ClocksBack, "the clocks went back in mid-call, so it seems to end before it starts: its end is taken from start and duration", "stamps with a zone, or epochs", false},
	{LongSession, "the log-in is very long: a log-out may be missing", "less than 24 h, and an end", false},
}

// Limits are the thresholds of the checks. The zero value has those named.
type Limits struct {
	Runaway   time.Duration // talk time from which a call is flagged; 12 h
	Session   time.Duration // log-in from which a session of a person is flagged; 24 h
	ClockJump time.Duration // how far talk may be from end - answer; 2 s
	Earliest  timex.Instant // the first start that is believed; 1990-01-01
	Latest    timex.Instant // the last; the end of 2200. Give the present moment and a day
	Refuse    []Check       // checks that refuse the record instead of flagging it
}

// checker applies the checks.
type checker struct {
	Limits
	refuse uint32
}

func newChecker(l Limits) checker {
	if l.Runaway == 0 {
		l.Runaway = 12 * time.Hour
	}
	if l.Session == 0 {
		l.Session = 24 * time.Hour
	}
	if l.ClockJump == 0 {
		l.ClockJump = 2 * time.Second
	}
	if l.Earliest == 0 {
		l.Earliest = timex.MustDate("1990-01-01").Start(time.UTC)
	}
	if l.Latest == 0 {
		l.Latest = lastInstant
	}
	c := checker{Limits: l}
	for i, k := range checks {
		if k.refuse || slices.Contains(l.Refuse, k.name) {
			c.refuse |= 1 << i
		}
	}
	return c
}

// call is the set of checks a call fails, a bit for each. Unless the records are
// settled, an end that the clocks put before the start is put right.
func (k *checker) call(c *usage.Call, settled bool) (failed uint32) {
	if c.End != 0 && c.End < c.Start && c.Total > 0 && !settled {
		// The duration tells when it ended.
		if back := c.Start.Add(c.Total).Sub(c.End); back == time.Hour || back == 30*time.Minute {
			c.End = c.Start.Add(c.Total)
			failed |= bit(12)
		}
	}
	failed |= k.stretch(c.ID, c.Start, c.End)
	if c.Total < 0 || c.Talk < 0 {
		failed |= bit(5)
	}
	if c.Answer != 0 {
		if c.Answer < c.Start {
			failed |= bit(6)
		}
		if c.End != 0 {
			if c.Answer > c.End {
				failed |= bit(7)
			}
			if jump := c.End.Sub(c.Answer) - c.Talk; jump > k.ClockJump || jump < -k.ClockJump {
				failed |= bit(9)
			}
		}
	}
	if c.Talk > 0 {
		if c.Talk > c.Total && c.Total != 0 {
			failed |= bit(8)
		}
		if c.Talk >= k.Runaway {
			failed |= bit(10)
		}
		if c.Result != usage.Answered {
			failed |= bit(11)
		}
	}
	return failed
}

// session is the set of checks a session fails. Robots are logged in for weeks.
func (k *checker) session(s *usage.Session) (failed uint32) {
	failed = k.stretch(s.ID, s.From, s.To)
	if s.Type != robotSeat && (s.To == 0 || s.To.Sub(s.From) >= k.Session) {
		failed |= bit(13)
	}
	return failed
}

// robotSeat is the type of seat of a robot, as plans name it in seat_type.
const robotSeat = "robot"

// stretch is the set of checks a stretch of time fails, whatever it is of.
func (k *checker) stretch(id string, from, to timex.Instant) (failed uint32) {
	if id == "" {
		failed |= bit(0)
	}
	switch {
	case from == 0:
		failed |= bit(1)
	case from < k.Earliest:
		failed |= bit(2)
	case from > k.Latest:
		failed |= bit(3)
	}
	if to != 0 && to < from {
		failed |= bit(4)
	}
	return failed
}

func bit(i int) uint32 { return 1 << i }

// problem is what check i has to say.
func problem(i int, value string) fault.Problem {
	c := checks[i]
	return fault.Problem{Path: "check " + string(c.name), Value: value, What: c.what, Expected: c.expected, Warning: !c.refuse}
}

// callValue is what stands in a call that a check is about.
func callValue(i int, c *usage.Call) string {
	switch checks[i].name {
	case StartTooEarly, StartTooLate:
		return c.Start.String()
	case EndBeforeStart:
		return c.Start.String() + " to " + c.End.String()
	case AnswerBeforeStart, AnswerAfterEnd:
		return c.Start.String() + ", " + c.Answer.String() + ", " + c.End.String()
	case NegativeDuration, TalkOverTotal:
		return c.Talk.String() + " of " + c.Total.String()
	case ClockJump:
		return c.Talk.String() + " and " + c.End.Sub(c.Answer).String()
	case ClocksBack:
		return c.Start.String() + " and " + c.Total.String()
	case LongSession:
		if c.End == 0 {
			return c.Start.String() + " to no end"
		}
		return c.End.Sub(c.Start).String()
	case Runaway, Unanswered:
		return c.Talk.String()
	}
	return ""
}

// each calls f with the number of every check in a set.
func each(failed uint32, f func(i int)) {
	for ; failed != 0; failed &= failed - 1 {
		f(bits.TrailingZeros32(failed))
	}
}
