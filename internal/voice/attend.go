package voice

import (
	"cmp"
	"time"

	"waihu/internal/voice/sip"
)

// usualQuiet is how long nothing comes from the other side before it is asked
// whether it is still there: some send nothing while nobody speaks.
const usualQuiet = 20 * time.Second

// Attend asks the other side whether it is still there whenever nothing has come
// from it for quiet (20 s if 0), neither sound nor reports, and ends the call of one
// that is not. It returns when the call has ended. The path to a browser tells by
// itself when it is lost.
func (l *Leg) Attend(call *sip.Call, quiet time.Duration) {
	if l.lost != nil {
		return
	}
	quiet = cmp.Or(quiet, usualQuiet)
	next := time.NewTimer(quiet)
	defer next.Stop()
	for {
		select {
		case <-call.Done():
			return
		case <-next.C:
		}
		left := quiet - l.rtp.Quiet()
		if left <= 0 {
			call.Check()
			left = quiet
		}
		next.Reset(left)
	}
}
