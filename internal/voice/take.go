package voice

import (
	"context"
	"time"

	"waihu/internal/voice/sip"
)

// MostRinging is how long a call that came in rings at most: whoever takes it decides
// long before.
const MostRinging = 6 * time.Minute

// Take stays with a call that came in, from its ringing to its end, and gives its leg
// back. It does not answer: whoever stands beside it does, or refuses it. From is who
// calls, Number what they dialled.
func Take(ctx context.Context, call *sip.Call, leg *Leg, o Order) *Report {
	defer leg.Close()
	_ = call.Ring() // who gave up is seen below
	go leg.Attend(call, o.Quiet)
	go ringing(call)
	beside := make(chan struct{})
	go func() {
		defer close(beside)
		if o.Beside != nil {
			o.Beside(call, leg)
		}
	}()
	keys := follow(ctx, call, leg, listen(leg, nil, nil), &o)
	<-beside
	return &Report{ID: o.ID, From: o.From, To: o.Number, Trunk: o.Trunk, Keys: keys, Times: call.Times(), Ending: call.Ending(), Figures: leg.Figures(), Law: leg.rtp.Law()}
}

// ringing refuses a call that is hung up before it was answered, or that nobody answers.
func ringing(call *sip.Call) {
	late := time.NewTimer(MostRinging)
	defer late.Stop()
	select {
	case <-call.Answered():
		return
	case <-call.Done():
		return
	case <-call.Quit():
	case <-late.C:
	}
	call.Refuse(480, "Temporarily Unavailable", 0)
}
