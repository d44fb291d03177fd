package voice

import (
	"math"
	"strings"
	"sync"
	"time"

	"waihu/internal/usage"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/detect"
)

// patience is how long a machine's beep is waited for after the answer.
const patience = 20 * time.Second

// hearing listens to the other side of a leg. A nil hearing hears nothing and
// lets us speak at once.
type hearing struct {
	mu    sync.Mutex
	d     *detect.Detector
	since int           // frames since the answer; -1: it is not answered
	speak chan struct{} // closed when it is known who answered, and a machine has beeped
	open  bool          // speak is not closed yet
	tell  func(usage.AnsweredBy)
	told  bool // who answered
}

// listen begins to listen where that is wanted.
func listen(leg *Leg, c *detect.Config, tell func(usage.AnsweredBy)) *hearing {
	if c == nil {
		return nil
	}
	h := &hearing{d: detect.New(*c), since: -1, speak: make(chan struct{}), open: true, tell: tell, told: tell == nil}
	leg.Hear(h.frame)
	return h
}

// frame is called with each beat of the leg.
func (h *hearing) frame(samples []int16, received bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	found := h.d.Frame(samples, received)
	if h.since < 0 {
		return
	}
	who, known := h.d.Decision()
	if known && !h.told {
		h.told = true
		h.tell(partyOf(who.Party))
	}
	if !h.open {
		return
	}
	h.since++
	ready := known && who.Party != detect.Machine || time.Duration(h.since)*frameLen >= patience
	for _, f := range found {
		ready = ready || f.Kind == detect.Beep
	}
	if ready {
		h.open = false
		close(h.speak)
	}
}

// frameLen is one beat.
const frameLen = time.Second * audio.FrameSamples / audio.Rate

// answered says that the call was answered. What it returns is closed when we
// may speak.
func (h *hearing) answered() <-chan struct{} {
	if h == nil {
		now := make(chan struct{})
		close(now)
		return now
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.d.Answered()
	h.since = 0
	return h.speak
}

// result is what was heard; nil: nobody listened.
func (h *hearing) result() *detect.Result {
	if h == nil {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.d.Result()
	return &r
}

// Outcome is how the attempt ended and its cause (Q.850).
func (r *Report) Outcome() (usage.Result, int) {
	if result, cause, ok := r.Overruled(); ok {
		return result, cause
	}
	return ResultOf(r.Ending, r.Answered()), r.Ending.Cause
}

// Overruled is what was surely heard before the answer, where it says something
// else than how the call ended: a carrier that says a number does not exist often
// sends 480. What was heard counts.
func (r *Report) Overruled() (usage.Result, int, bool) {
	if r.Answered() || r.Heard == nil {
		return "", 0, false
	}
	f, ok := r.Heard.Cause()
	if !ok {
		return "", 0, false
	}
	result, cause, says := Means(f)
	return result, cause, says && (result != ResultOf(r.Ending, false) || cause != r.Ending.Cause)
}

// by is who answered, where somebody listened.
func (r *Report) by() usage.AnsweredBy {
	if r.Heard == nil || !r.Answered() {
		return ""
	}
	return partyOf(r.Heard.Decision.Party)
}

// partyOf is who answered, as facts have it: who cannot be told apart is a person.
func partyOf(p detect.Party) usage.AnsweredBy {
	switch p {
	case detect.Machine:
		return usage.Machine
	case detect.Fax:
		return usage.Fax
	}
	return usage.Person
}

// heard is what was at the other end as a fact has it, and how sure that is in
// percent: who answered, or what was heard before nobody did.
func (r *Report) heard() (what string, sure int64) {
	if r.Heard == nil {
		return "", 0
	}
	if r.Answered() {
		d := r.Heard.Decision
		return string(d.Party), int64(math.Round(100 * d.Confidence))
	}
	f, ok := r.Heard.Cause()
	if !ok {
		return "", 0
	}
	return strings.TrimSpace(string(f.Kind) + " " + f.Detail), int64(math.Round(100 * f.Confidence))
}

// Means is what a finding in early media says of a call, as a result and a cause
// (Q.850); false: nothing, such as that it is being connected.
func Means(f detect.Finding) (usage.Result, int, bool) {
	switch f.Kind {
	case detect.Busy:
		return usage.Busy, 17, true
	case detect.Congestion:
		return usage.Congestion, 42, true
	case detect.SIT:
		switch f.Detail {
		case "IC", "VC":
			return usage.Unassigned, 1, true
		case "NC'", "NC\"":
			return usage.Congestion, 34, true
		case "RO'", "RO\"":
			return usage.Congestion, 42, true
		}
	case detect.Spoken:
		m, ok := announced[detect.Class(f.Detail)]
		return m.result, m.cause, ok
	}
	return "", 0, false
}

// announced is what announcements mean.
var announced = map[detect.Class]struct {
	result usage.Result
	cause  int
}{
	detect.Vacant:      {usage.Unassigned, 1},
	detect.PowerOff:    {usage.NoAnswer, 20},
	detect.Suspended:   {usage.Failed, 27},
	detect.Unreachable: {usage.NoAnswer, 20},
	detect.Talking:     {usage.Busy, 17},
	detect.Unanswered:  {usage.NoAnswer, 19},
	detect.Barred:      {usage.Rejected, 21},
	detect.Overloaded:  {usage.Congestion, 42},
	detect.Voicemail:   {usage.NoAnswer, 19},
}
