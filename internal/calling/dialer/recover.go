package dialer

import (
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/lead"
	"waihu/internal/fault"
	"waihu/internal/timex"
)

// Recover closes tries that a process which is gone left open: nobody can tell what
// became of them, so each counts against every limit, and its lead is judged as
// after any other try: by what somebody chose before, a refusal or a callback, if
// they did. It gives what is to be kept; done again it gives nothing.
// leads are those of the tries, in their order.
func Recover(now timex.Instant, tries []attempt.Attempt, leads []lead.Lead, rules *lead.Rules) (out Effects, err error) {
	if len(tries) != len(leads) {
		return out, fault.New(fault.Internal, "%d tries and %d leads: one of each was expected", len(tries), len(leads))
	}
	for i := range tries {
		t, l := tries[i], leads[i].Clone()
		if !t.State.Open() {
			continue
		}
		d, err := t.Lose(now)
		if err != nil {
			return out, err
		}
		out.Tries = append(out.Tries, t)
		if l.State != lead.Executing || l.Attempt != t.ID {
			continue // it was judged already, and only the try was not closed
		}
		if err := l.Conclude(lead.Outcome{At: t.Closed, Attempt: t.ID, Result: t.Result, Disposition: d, Callback: lead.Wished(&t.Wish), Inbound: t.Inbound}, rules); err != nil {
			return out, err
		}
		out.Leads = append(out.Leads, l)
	}
	return out, nil
}
