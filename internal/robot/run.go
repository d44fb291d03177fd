package robot

import (
	"context"
	"time"

	"waihu/internal/calling/dialogue"
	"waihu/internal/fault"
	"waihu/internal/timex"
)

// Call is a call on the lines, as a dialogue drives it. What happens to it comes by the
// channel given to Run: Played once for each utterance, also for one that was broken off,
// keys, words, Unserved, and Ended at last. None of its functions waits for sound.
type Call interface {
	Say(prompt string)               // by its key, breaking off what is played
	Play(wav []byte)                 // likewise
	Settle(o dialogue.Outcome) error // of kind Invalid: it is none of the campaign's; else it could not be kept
	Answer(answers map[string]string)
	HandOver(target string) // empty: to an agent
	HangUp()
}

// Bounds of a call.
const (
	overTime  = 2 * time.Second // for the last turn, whose reply nobody reads
	settleFor = time.Minute     // for books that are away, to keep what a call came to
	settleGap = 5 * time.Second // between two tries of that, at most
)

// Run drives a call until it has ended, or until ctx has: then it hangs up.
func Run(ctx context.Context, c *Client, s *dialogue.Session, who dialogue.Person, call Call, events <-chan dialogue.Event) {
	r := runner{client: c, session: s, call: call, replies: make(chan dialogue.Event, 1)}
	var asking context.Context
	asking, r.stop = context.WithCancel(ctx)
	defer r.stop()
	r.handle(asking, dialogue.Answered{Person: who})
	clock := time.NewTimer(time.Hour)
	defer clock.Stop()
	done := ctx.Done()
	for !s.IsOver() {
		clock.Reset(r.wait())
		select {
		case ev := <-events:
			r.happened(asking, ev)
		case ev := <-r.replies:
			r.handle(asking, ev)
		case <-clock.C:
			r.handle(asking, dialogue.Tick{})
		case <-done:
			call.HangUp()
			done = nil // Ended follows
		}
	}
	if s.WasLate() {
		c.Counts.add(late)
	}
}

// runner is one call.
type runner struct {
	client  *Client
	session *dialogue.Session
	call    Call
	replies chan dialogue.Event // one turn is asked at a time
	stop    context.CancelFunc
	playing int // utterances whose Played is to come: of the last one it counts
}

// wait is how long until the session must be woken.
func (r *runner) wait() time.Duration {
	at := r.session.Wake()
	if at.IsZero() {
		return time.Hour
	}
	return max(time.Until(at.Time()), 0)
}

// happened takes in what happened on the lines. The end of an utterance that was broken
// off says nothing of the one that broke it off.
func (r *runner) happened(ctx context.Context, ev dialogue.Event) {
	if _, played := ev.(dialogue.Played); played {
		if r.playing = max(r.playing-1, 0); r.playing > 0 {
			return
		}
	}
	r.handle(ctx, ev)
}

func (r *runner) handle(ctx context.Context, ev dialogue.Event) {
	unsettled := false
	for _, a := range r.session.Handle(timex.At(time.Now()), ev) {
		switch v := a.(type) {
		case dialogue.Ask:
			go r.ask(ctx, v.Turn)
		case dialogue.Tell:
			r.tell(v.Turn)
		case dialogue.Utter:
			r.utter(ctx, v.What)
		case dialogue.Settle:
			if unsettled = !r.settle(ctx, v.Outcome); unsettled && !r.session.IsOver() {
				return
			}
		case dialogue.Answer:
			if !unsettled {
				r.call.Answer(v.Answers)
			}
		case dialogue.HandOver:
			r.call.HandOver(v.Target)
		case dialogue.HangUp:
			r.call.HangUp()
		}
	}
}

// settle has it kept what the call came to, and tells whether it is. What is none of the
// campaign's is the server's fault; that our books are away is ours: they are asked again,
// since it may be that somebody will never be called again.
func (r *runner) settle(ctx context.Context, o dialogue.Outcome) bool {
	var err error
	for wait, began := 50*time.Millisecond, time.Now(); ; wait = min(2*wait, settleGap) {
		if err = r.call.Settle(o); err == nil {
			return true
		}
		if fault.KindOf(err) == fault.Invalid {
			r.client.Counts.add(wrong)
			r.handle(ctx, dialogue.Refused{})
			return false
		}
		if time.Since(began) > settleFor {
			break
		}
		again := time.NewTimer(wait)
		select {
		case <-again.C:
			continue
		case <-ctx.Done():
			again.Stop()
		}
		break
	}
	r.client.Counts.add(unkept)
	r.handle(ctx, dialogue.Unkept{})
	return false
}

// ask brings the reply, or that there is none. There is room for it: the next turn is
// asked once it was looked at.
func (r *runner) ask(ctx context.Context, t dialogue.Turn) {
	reply, err := r.client.Ask(ctx, &t)
	var ev dialogue.Event = dialogue.Replied{Turn: t.Turn, Reply: reply}
	if err != nil {
		ev = dialogue.Failed{Turn: t.Turn}
	}
	r.replies <- ev
}

// tell lets the server know that the call is over, for so long and no longer.
func (r *runner) tell(t dialogue.Turn) {
	r.stop()
	ctx, cancel := context.WithTimeout(context.Background(), overTime)
	defer cancel()
	_, _ = r.client.Ask(ctx, &t) // counted by the client; there is nothing to do about it
}

// utter plays something. A file that cannot be had is passed over, as if it were
// silence: the dialogue goes on, and its server sees no difference but time.
func (r *runner) utter(ctx context.Context, u dialogue.Utterance) {
	if u.WAV == "" {
		r.playing++
		r.call.Say(u.Prompt)
		return
	}
	wav, err := r.client.Fetch(ctx, u.WAV)
	if err != nil {
		r.client.Counts.add(failed)
		r.handle(ctx, dialogue.Played{})
		return
	}
	r.playing++
	r.call.Play(wav)
}
