package staffing

import (
	"strconv"
	"time"

	"waihu/internal/fault"
)

// check refuses what nothing can be planned with.
func (m Manner) check() error {
	if !(m.Absence >= 0 && m.Absence < 1) {
		return fault.New(fault.Invalid, "an absence of %g is no share: say one from 0 up to but not 1, such as 0.25", m.Absence)
	}
	return m.Goal.Check()
}

// reasons say what stands behind the figures of a month.
func (m Manner) reasons(s *Sized, worked []HalfHour) []Reason {
	out := []Reason{reason("occupancy", "occupancy", share(s.Occupancy), "hours", whole(s.HandleTime.Hours()), "open", whole(Length.Hours()*float64(len(worked))))}
	if s.Peak > s.Seats {
		out = append(out, reason("peak", "peak", whole(float64(s.Peak)), "more", whole(float64(s.Peak-s.Seats))))
	}
	if s.Assigned > s.Seats {
		out = append(out, reason("absence", "absence", share(m.Absence), "people", whole(float64(s.Assigned))))
	}
	return out
}

func reason(key string, pairs ...string) Reason {
	r := Reason{Key: key}
	for i := 0; i+1 < len(pairs); i += 2 {
		if r.Args == nil {
			r.Args = map[string]string{}
		}
		r.Args[pairs[i]] = pairs[i+1]
	}
	return r
}

// share writes a share as a decimal of three digits, whole a figure without any.
func share(x float64) string { return strconv.FormatFloat(x, 'f', 3, 64) }
func whole(x float64) string { return strconv.FormatFloat(x, 'f', 0, 64) }
func seconds(d time.Duration) string {
	return strconv.FormatInt(int64(d.Round(time.Second)/time.Second), 10)
}

// Waste is what paid seats were not used for.
type Waste struct {
	Paid        int           `json:"paid"`
	Used        int           `json:"used"` // most in use at a time
	Idle        int           `json:"idle"` // paid seats nobody ever sat in at the same time
	Utilisation float64       `json:"utilisation"`
	PaidTime    time.Duration `json:"paid_time"` // Paid seats for all hours the centre was open
	UsedTime    time.Duration `json:"used_time"` // logged in
}

// Idle compares seats paid for with seats in use while the centre was open.
func Idle(paid, used int, open, loggedIn time.Duration) Waste {
	w := Waste{Paid: paid, Used: used, Idle: max(0, paid-used), PaidTime: time.Duration(paid) * open, UsedTime: loggedIn}
	if w.PaidTime > 0 {
		w.Utilisation = float64(loggedIn) / float64(w.PaidTime)
	}
	return w
}
