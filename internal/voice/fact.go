package voice

import (
	"fmt"
	"math"
	"time"

	"waihu/internal/timex"
	"waihu/internal/usage"
	"waihu/internal/voice/rtp"
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
		From: r.From, To: r.To, Trunk: r.Trunk, Cause: fmt.Sprintf("%d", cause),
		Start: at(r.Times.Placed), Answer: at(r.Times.Answered), End: at(r.Times.Ended)}
	c.Total = c.End.Sub(c.Start)
	if r.Answered() {
		c.Talk = c.End.Sub(c.Answer)
	}
	c.Course = r.course(at)
	return c
}

// course is how the attempt went, as the fact has it.
func (r *Report) course(at func(time.Time) timex.Instant) *usage.Course {
	c := &usage.Course{EndedBy: usage.Side(r.Ending.By), Cause: int64(r.Ending.Cause), Status: int64(r.Ending.Code), Why: string(r.Ending.Why),
		Trying: at(r.Times.Trying), Ringing: at(r.Times.Ringing), Early: at(r.Times.Early), Heard: qualityOf(r.Figures.Heard), Told: qualityOf(r.Figures.Told)}
	c.Detected, c.Sure = r.heard()
	if r.Sum.SHA256 != "" {
		c.Recording, c.RecordingSHA256 = r.Recording, r.Sum.SHA256
	}
	return c
}

// qualityOf is how one direction sounded, as facts have it: nothing where
// nothing was expected.
func qualityOf(q rtp.Quality) usage.Quality {
	if q.Expected == 0 {
		return usage.Quality{}
	}
	return usage.Quality{MOS: usage.MOS(math.Round(100 * q.MOS())), Packets: int64(q.Expected), Lost: int64(q.Lost), Late: int64(q.Late), Jitter: q.Jitter}
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
