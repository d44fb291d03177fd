package sip

import (
	"time"

	lib "github.com/emiago/sipgo/sip"

	"waihu/internal/fault"
)

// A 2xx of ours is sent again until its ACK comes.

// await is a 2xx that waits for its ACK.
func (c *Call) await(sequence uint32, offered bool) *confirmation {
	w := &confirmation{sequence: sequence, acked: make(chan struct{}), offered: offered}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting = w
	return w
}

// confirm sends a 2xx again until its ACK comes (RFC 3261, 13.3.1.4); a call
// that is never confirmed is ended.
func (c *Call) confirm(w *confirmation, tx lib.ServerTransaction, res *lib.Response) {
	again, every := time.NewTimer(lib.T1), lib.T1
	defer again.Stop()
	over := time.NewTimer(64 * lib.T1)
	defer over.Stop()
	for {
		select {
		case <-w.acked:
			return
		case <-again.C:
			_ = tx.Respond(res)
			every = min(2*every, lib.T2)
			again.Reset(every)
		case <-over.C:
			w.once.Do(func() { close(w.acked) })
			c.bye(Ending{By: Network, Why: NotConfirmed, Code: 408, Cause: 102})
			return
		}
	}
}

// onAck confirms a 2xx. It is never answered.
func (e *Endpoint) onAck(req *lib.Request, _ lib.ServerTransaction) {
	c := e.find(req)
	if c == nil {
		return
	}
	c.mu.Lock()
	w := c.waiting
	c.mu.Unlock()
	if w == nil || w.sequence != req.CSeq().SeqNo {
		return
	}
	w.once.Do(func() {
		if w.offered {
			c.agreeing.Lock()
			var err error = fault.New(fault.Conflict, "the ACK to our offer has no answer")
			if isSDP(req) {
				err = c.media.Accept(req.Body(), true)
			}
			c.agreeing.Unlock()
			if err != nil {
				go c.bye(Ending{By: Us, Why: NotAgreed, Code: 488, Reason: err.Error()})
			}
		}
		close(w.acked)
	})
}

// sawAnswer waits, as long as a message may be on its way, for an ACK that has the answer to
// our offer: requests are handled side by side, and the one behind it may overtake it.
func (c *Call) sawAnswer() bool {
	c.mu.Lock()
	w := c.waiting
	c.mu.Unlock()
	return w == nil || !w.offered || inTime(w.acked)
}

// wasAccepted tells whether we sent a 2xx.
func (c *Call) wasAccepted() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.waiting != nil
}

// isTaken tells whether the other side knows it as answered: its next request may
// overtake us noting our own answer.
func (c *Call) isTaken() bool {
	return c.isAnswered() || c.wasAccepted() && c.pickUp()
}
