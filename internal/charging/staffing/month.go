package staffing

import (
	"math"
	"slices"
	"time"

	"waihu/internal/timex"
)

// HalfHour is the load of one half hour.
type HalfHour struct {
	From     timex.Instant
	Calls    int64         // incoming calls, answered or not
	Served   int64         // of them answered; 0: all
	Attempts int64         // outgoing attempts
	Answered int64         // of them answered
	Busy     time.Duration // talk and wrap-up of incoming calls
	Dialed   time.Duration // talk and wrap-up of answered outgoing calls
}

// Length of a HalfHour.
const Length = 30 * time.Minute

// Manner is how a centre works, beside its load.
type Manner struct {
	Goal     Goal
	Patience time.Duration // of callers; 0: nobody leaves
	Ring     time.Duration // of outgoing calls, until a person answers
	Wasted   time.Duration // of attempts nobody answers
	Absence  float64       // share of paid time nobody sits there: leave, training, breaks
}

// Reason names something that decided a recommendation: a key of package lang
// under "seats.why." and its figures.
type Reason struct {
	Key  string            `json:"key"`
	Args map[string]string `json:"args,omitempty"`
}

// Sized is the recommendation for one month.
type Sized struct {
	Month      timex.Date    `json:"month"`     // its first day
	Seats      int           `json:"seats"`     // in use at a time, so that the month as a whole reaches the goal
	Peak       int           `json:"peak"`      // so that every single half hour does
	Assigned   int           `json:"assigned"`  // people to have, with absence
	Busiest    timex.Instant `json:"busiest"`   // half hour that needs most
	Incoming   int64         `json:"incoming"`  // incoming calls
	Level      float64       `json:"level"`     // service level of the month with Seats; 1 without incoming calls
	Occupancy  float64       `json:"occupancy"` // of Seats in the half hours with calls
	Worked     int           `json:"half_hours"`
	HandleTime time.Duration `json:"handle_time"` // of all calls
	Reasons    []Reason      `json:"reasons"`
}

// Size recommends seats for the half hours of one month. Half hours without
// calls do not count. Errors are of kind Invalid.
func Size(month timex.Date, load []HalfHour, m Manner) (Sized, error) {
	out := Sized{Month: month, Level: 1}
	if err := m.check(); err != nil {
		return out, err
	}
	worked := make([]HalfHour, 0, len(load))
	for _, h := range load {
		if h.Calls > 0 || h.Attempts > 0 {
			worked = append(worked, h)
			out.HandleTime += h.Busy + h.Dialed
			out.Incoming += h.Calls
		}
	}
	out.Worked = len(worked)
	if out.Worked == 0 {
		out.Reasons = append(out.Reasons, reason("empty"))
		return out, nil
	}
	var need []int // seats each half hour needs by itself
	for _, h := range worked {
		n, err := m.needs(h)
		if err != nil {
			return out, err
		}
		if need = append(need, n); n > out.Peak {
			out.Peak, out.Busiest = n, h.From
		}
	}
	seats, why, err := m.whole(worked, need)
	if err != nil {
		return out, err
	}
	out.Seats, out.Peak = max(seats, 1), max(out.Peak, 1)
	seats = out.Seats
	out.Level, _ = m.served(worked, seats)
	out.Occupancy = min(1, out.HandleTime.Hours()/(float64(seats)*Length.Hours()*float64(len(worked))))
	out.Assigned = int(math.Ceil(float64(seats)/(1-m.Absence) - 1e-9))
	out.Reasons = append(why, m.reasons(&out, worked)...)
	return out, nil
}

// needs is the seats one half hour needs by itself: for incoming and outgoing
// calls together, as agents who take calls do not dial meanwhile.
func (m Manner) needs(h HalfHour) (int, error) {
	q, err := Needed(m.incoming(h), m.Goal)
	if err != nil {
		return 0, err
	}
	n, err := m.dialing([]HalfHour{h}).Agents()
	return q.Agents + n, err
}

func (m Manner) incoming(h HalfHour) Calls {
	c := Calls{PerHour: float64(h.Calls) / Length.Hours(), Patience: m.Patience}
	if h.Calls > 0 {
		served := h.Served
		if served == 0 {
			served = h.Calls
		}
		c.Handle = h.Busy / time.Duration(served)
	}
	return c
}

// dialing is the mean outgoing load of some half hours.
func (m Manner) dialing(list []HalfHour) Dialing {
	var attempts, answered int64
	var busy time.Duration
	for _, h := range list {
		attempts, answered, busy = attempts+h.Attempts, answered+h.Answered, busy+h.Dialed
	}
	d := Dialing{PerHour: float64(attempts) / (Length.Hours() * float64(max(len(list), 1))), Ring: m.Ring, Wasted: m.Wasted, Abandons: m.Goal.Abandons}
	if attempts > 0 {
		d.Answered = float64(answered) / float64(attempts)
	}
	if answered > 0 {
		d.Handle = busy / time.Duration(answered)
	}
	return d
}

// whole is the fewest seats with which the month as a whole is served: incoming
// calls reach the goal on the mean of all of them, and outgoing work, which can
// wait for a quieter hour, is done within the month.
func (m Manner) whole(worked []HalfHour, need []int) (int, []Reason, error) {
	dial := m.dialing(worked)
	out, err := dial.Agents()
	if err != nil {
		return 0, nil, err
	}
	var why []Reason
	if out > 0 {
		why = append(why, reason("dialing", "attempts", whole(dial.PerHour), "rate", share(dial.Answered), "handle", seconds(dial.Handle),
			"busy", share(dial.Busy(out)), "progressive", share(dial.Progressive()), "seats", whole(float64(out))))
	}
	low, high := 0, slices.Max(need)
	for high-low > 1 { // more seats never serve worse
		if mid := (low + high) / 2; m.reaches(worked, mid) {
			high = mid
		} else {
			low = mid
		}
	}
	incoming := high
	if !slices.ContainsFunc(worked, func(h HalfHour) bool { return h.Calls > 0 }) {
		return max(out, 1), why, nil
	}
	why = append(why, reason("incoming", "level", share(m.Goal.Level), "within", seconds(m.Goal.Within), "seats", whole(float64(incoming))))
	return min(incoming+out, slices.Max(need)), why, nil
}

func (m Manner) reaches(worked []HalfHour, seats int) bool {
	busy, time := 0.0, 0.0
	for _, h := range worked {
		if h.Calls > 0 {
			busy, time = busy+h.Busy.Hours(), time+Length.Hours()
		}
	}
	level, lost := m.served(worked, seats)
	if m.Patience > 0 && m.Goal.Abandons > 0 && lost > m.Goal.Abandons {
		return false
	}
	return level >= m.Goal.Level && (m.Goal.Occupancy == 0 || time == 0 || busy <= m.Goal.Occupancy*float64(seats)*time)
}

// served is the share of all incoming calls answered in time, and the share lost.
func (m Manner) served(worked []HalfHour, seats int) (level, lost float64) {
	calls := 0.0
	for _, h := range worked {
		if h.Calls > 0 {
			q := Serve(seats, m.incoming(h), m.Goal.Within)
			calls += float64(h.Calls)
			level += float64(h.Calls) * q.Level
			lost += float64(h.Calls) * q.Abandons
		}
	}
	if calls == 0 {
		return 1, 0
	}
	return level / calls, lost / calls
}
