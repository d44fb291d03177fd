package voice

import (
	"fmt"
	"time"

	"waihu/internal/timex"
	"waihu/internal/usage"
	"waihu/internal/voice/sip"
)

// Source is where facts of our own calls come from.
const Source = "waihu"

// Fact is the attempt as charging reads it: one, whatever came of it.
func (r *Report) Fact() *usage.Call {
	at := func(t time.Time) timex.Instant {
		if t.IsZero() {
			return 0
		}
		return timex.At(t)
	}
	result, cause := r.Outcome()
	c := &usage.Call{ID: r.ID, Source: Source, Direction: usage.Outbound, Mode: usage.Manual, Result: result, By: r.by(),
		From: r.From, To: r.To, Cause: fmt.Sprintf("%d", cause),
		Start: at(r.Times.Placed), Answer: at(r.Times.Answered), End: at(r.Times.Ended)}
	c.Total = c.End.Sub(c.Start)
	if r.Answered() {
		c.Talk = c.End.Sub(c.Answer)
	}
	return c
}

// ResultOf is how an attempt ended, as facts have it.
func ResultOf(e sip.Ending, answered bool) usage.Result {
	switch {
	case answered:
		return usage.Answered
	case e.Why == sip.NotAnswered || e.Why == sip.NoResponse:
		return usage.NoAnswer
	case e.Why == sip.Canceled:
		return usage.Canceled
	case e.Why == sip.Unreachable:
		return usage.Congestion
	}
	switch e.Code {
	case 486, 600:
		return usage.Busy
	case 408, 480:
		return usage.NoAnswer
	case 403, 603, 607, 608:
		return usage.Rejected
	case 404, 410, 484, 604:
		return usage.Unassigned
	case 500, 502, 503, 504:
		return usage.Congestion
	}
	return usage.Failed
}
