package sip

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"time"

	lib "github.com/emiago/sipgo/sip"
)

// Media makes offers and answers for one leg, in SDP. Its methods are called
// from one goroutine at a time.
type Media interface {
	Offer() ([]byte, error)
	// Answer answers an offer; anew is true for one within a running call. An
	// error of kind Conflict is answered 488.
	Answer(offer []byte, anew bool) ([]byte, error)
	// Accept takes the answer to the last offer.
	Accept(answer []byte, anew bool) error
}

// Call is one call, from its INVITE to its end. Safe for several goroutines.
type Call struct {
	e        *Endpoint
	outgoing bool
	id       string // Call-ID
	ours     string // our tag
	account  string // of the phone on the other side; empty: it is none of ours
	old      *Call  // whose place it takes; nil: nobody's
	secure   bool   // their address is sips
	browser  bool   // came over a WebSocket that the other side opened
	pinned   bool   // requests go to where it was heard from, whatever its Contact says

	answered chan struct{} // closed when it is answered
	done     chan struct{} // closed when it has ended
	gone     chan struct{} // closed when nothing of it is under way any more
	quit     chan struct{} // closed when we want it to end
	hang     func()
	rang     chan struct{} // closed when it rings, or is heard before the answer
	back     chan struct{} // closed when it is taken back, should nobody answer
	take     func()

	agreeing  sync.Mutex // one exchange of offer and answer at a time
	media     Media
	in        *incoming // of a call that arrived
	described []byte    // what we said in answer to its INVITE

	mu        sync.Mutex
	theirs    string        // their tag
	early     string        // their tag of the last provisional answer, of a call we placed
	us, them  lib.Header    // From and To of requests we send
	target    lib.Uri       // where requests within the dialog go
	routes    []string      // Route fields, in order
	transport string        // the one the other side was last heard by
	peer      string        // address they were heard from
	named     string        // where our INVITE went, as it was asked for; empty: it did not go out yet
	sequence  uint32        // CSeq of our last request
	heard     int64         // CSeq of theirs; -1: none yet
	invite    *lib.Request  // first INVITE
	ack       *lib.Request  // our last ACK, to be sent again
	waiting   *confirmation // our 2xx that waits for its ACK
	told      chan fragment // what comes of a transfer we asked for; nil: we did not
	inviting  bool          // a re-INVITE of ours is under way
	user      string        // log-in, for challenges within the dialog
	secret    string
	asked     bool // for the log-in; once more only if that was too old
	watched   bool // of a call we placed: watch stays with it; dial alone looks
	times     Times
	ending    Ending
	ended     bool
	refresh   *time.Timer
	least     time.Duration // session timer the other side wants at least; 0: it did not say
	word      string        // why we hang up, for the other side's people; empty: nothing is said
}

// confirmation is a 2xx of ours that waits for its ACK.
type confirmation struct {
	sequence uint32
	acked    chan struct{}
	offered  bool // the ACK brings the answer
	once     sync.Once
}

func (e *Endpoint) newCall(outgoing bool) *Call {
	c := &Call{e: e, outgoing: outgoing, ours: rand.Text()[:16], answered: make(chan struct{}), done: make(chan struct{}), gone: make(chan struct{}), quit: make(chan struct{}),
		rang: make(chan struct{}), back: make(chan struct{}), heard: -1}
	c.hang = sync.OnceFunc(func() { close(c.quit) })
	c.take = sync.OnceFunc(func() { close(c.back) })
	return c
}

func (c *Call) key() string { return c.id + " " + c.ours }

func (c *Call) theirTag() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.theirs
}

// ID is the Call-ID.
func (c *Call) ID() string { return c.id }

// Answered is closed when the call is answered.
func (c *Call) Answered() <-chan struct{} { return c.answered }

// Done is closed when the call has ended.
func (c *Call) Done() <-chan struct{} { return c.done }

// Times is when what happened so far.
func (c *Call) Times() Times {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.times
}

// Ending is how it ended, once Done is closed.
func (c *Call) Ending() Ending {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ending
}

// Hangup ends the call: CANCEL or 480 before it is answered, BYE after. It does
// not wait: Done is closed when it has ended. It may be called again.
func (c *Call) Hangup() { c.hang() }

// HangupFor is Hangup, and tells the other side's telephone why, in words of ours
// (RFC 3326): letters, digits, spaces and commas.
func (c *Call) HangupFor(why string) {
	c.mu.Lock()
	c.word = why
	c.mu.Unlock()
	c.hang()
}

// TakeBack gives a call up that we placed and nobody answered (CANCEL). Who answers all
// the same, before it is heard of, is there, and the call goes on: Hangup would cut
// them off. It may be called again, and does nothing to a call that was answered.
func (c *Call) TakeBack() { c.take() }

// Rang is closed when a call we placed rings, or is heard before the answer.
func (c *Call) Rang() <-chan struct{} { return c.rang }

// mark notes when something first happened.
func (c *Call) mark(at func(*Times) *time.Time) {
	now := c.e.now()
	c.mu.Lock()
	defer c.mu.Unlock()
	before := c.times.Ringing.IsZero() && c.times.Early.IsZero()
	if t := at(&c.times); t.IsZero() {
		*t = now
	}
	if before && !(c.times.Ringing.IsZero() && c.times.Early.IsZero()) {
		close(c.rang)
	}
}

// isAnswered tells whether it ever was.
func (c *Call) isAnswered() bool {
	select {
	case <-c.answered:
		return true
	default:
		return false
	}
}

// pickUp notes the answer; false: it has ended already.
func (c *Call) pickUp() bool {
	now := c.e.now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return false
	}
	if c.times.Answered.IsZero() {
		c.times.Answered = now
		close(c.answered)
		if c.old != nil {
			c.old.Hangup()
		}
	}
	return true
}

// end notes the ending; only the first counts.
func (c *Call) end(how Ending) bool {
	now := c.e.now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return false
	}
	if how.Cause == 0 {
		how.Cause = CauseOf(how.Code)
	}
	c.ended, c.ending, c.times.Ended = true, how, now
	if c.refresh != nil {
		c.refresh.Stop()
	}
	if c.waiting != nil && how.By == Them { // who hangs up has our 2xx; of ours it is sent on until it is acknowledged
		c.waiting.once.Do(func() { close(c.waiting.acked) })
	}
	close(c.done)
	return true
}

// watch ends an answered call when we want it to end, and takes it out of the
// book when it has.
func (c *Call) watch() {
	defer close(c.gone)
	defer c.e.drop(c)
	select {
	case <-c.done:
	case <-c.quit:
		c.bye(Ending{By: Us, Why: Bye, Code: 200, Cause: 16})
	}
}

// bye ends the call from our side.
func (c *Call) bye(how Ending) {
	if !c.end(how) {
		return
	}
	c.waitAcked()
	ctx, stop := context.WithTimeout(context.Background(), 64*lib.T1)
	defer stop()
	req := c.request(lib.BYE)
	if how.Cause != 0 {
		req.AppendHeader(header("Reason", fmt.Sprintf("Q.850;cause=%d", how.Cause)))
	}
	c.mu.Lock()
	word := c.word
	c.mu.Unlock()
	if word != "" {
		req.AppendHeader(header("Reason", fmt.Sprintf("SIP;cause=200;text=%q", word)))
	}
	res, err := c.ask(ctx, req)
	if err == nil && (res.StatusCode == 401 || res.StatusCode == 407) {
		if again := c.request(lib.BYE); c.authorize(again, res) {
			_, _ = c.ask(ctx, again) // it has ended, whatever they say
		}
	}
}

// waitAcked: the called side may not send BYE before its 2xx was acknowledged
// or has timed out (RFC 3261, 15), both of which confirm sees to. One that comes
// before the 2xx belongs to no call yet, and the call would go on at their side.
func (c *Call) waitAcked() {
	c.mu.Lock()
	w := c.waiting
	c.mu.Unlock()
	if w != nil {
		<-w.acked
	}
}
