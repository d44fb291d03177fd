// Package dunning says what happens to an invoice that is not paid: reminders, a
// warning, suspension, and release once the money is there.
//
// It owns the schedule of steps. It does not own messages (package app sends
// them) or what suspension forbids (whoever places calls asks for it).
//
// What always holds: steps are taken in order and each once; a day looked at
// twice does nothing the second time; days nobody looked at are caught up with
// the latest step, so that a customer does not get three letters in an hour;
// nothing is suspended that is not overdue.
//
// Its times: all are local days of the contract. An invoice is overdue from the
// day after DueOn.
package dunning

import (
	"waihu/internal/fault"
	"waihu/internal/timex"
)

// Action is what a step does.
type Action string

const (
	Remind  Action = "remind"
	Warn    Action = "warn"    // says when service will be suspended
	Suspend Action = "suspend" // no new calls
)

// Step is what happens after so many days.
type Step struct {
	Days   int    `json:"days"` // overdue, at least 1
	Action Action `json:"action"`
}

// Schedule is steps in the order of their days.
type Schedule []Step

// Usual is the schedule of contracts that name none.
func Usual() Schedule {
	return Schedule{{1, Remind}, {7, Remind}, {14, Warn}, {21, Suspend}}
}

// maxSteps and maxDays bound a schedule.
const (
	maxSteps = 20
	maxDays  = 3650
)

// Check tells whether the steps can be taken. Errors are of kind Invalid.
func (s Schedule) Check() error {
	if len(s) > maxSteps {
		return fault.New(fault.Invalid, "%d steps: at most %d", len(s), maxSteps)
	}
	for i, step := range s {
		if step.Days < 1 || step.Days > maxDays || i > 0 && step.Days <= s[i-1].Days {
			return fault.New(fault.Invalid, "step %d after %d days: 1 to %d, each later than the one before", i+1, step.Days, maxDays)
		}
		switch step.Action {
		case Remind, Warn, Suspend:
		default:
			return fault.New(fault.Invalid, "step %d does %q: remind, warn or suspend was expected", i+1, step.Action)
		}
	}
	return nil
}

// Next is the step to take today for an invoice of which so many were taken, and
// how many are taken then. ok is false where there is none.
func (s Schedule) Next(dueOn, today timex.Date, taken int) (step Step, now int, ok bool) {
	now = taken
	for i := max(taken, 0); i < len(s); i++ {
		if today < dueOn+timex.Date(s[i].Days) {
			break
		}
		step, now, ok = s[i], i+1, true
	}
	return step, now, ok
}

// SuspendsOn is the day service will be suspended if nothing is paid; 0: never.
func (s Schedule) SuspendsOn(dueOn timex.Date) timex.Date {
	for _, step := range s {
		if step.Action == Suspend {
			return dueOn + timex.Date(step.Days)
		}
	}
	return 0
}

// Suspended tells whether an invoice of which so many steps were taken holds
// service up. A customer is released when none of its open invoices does.
func (s Schedule) Suspended(taken int) bool {
	for i := range min(max(taken, 0), len(s)) {
		if s[i].Action == Suspend {
			return true
		}
	}
	return false
}
