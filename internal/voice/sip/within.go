package sip

import (
	"context"
	"math/rand/v2"
	"strconv"
	"time"

	lib "github.com/emiago/sipgo/sip"

	"waihu/internal/fault"
)

// reinvited takes an INVITE within a running call: hold, moved sound, or none at
// all, which asks us for an offer. Whatever is wrong with it, the call goes on.
func (c *Call) reinvited(req *lib.Request, tx lib.ServerTransaction) {
	e := c.e
	if !c.inOrder(req) {
		_ = tx.Respond(e.response(req, 500, "Request Out Of Order"))
		return
	}
	c.mu.Lock()
	ours, w, ended := c.inviting, c.waiting, c.ended
	c.mu.Unlock()
	switch {
	case ended:
		_ = tx.Respond(e.response(req, 481, "Call/Transaction Does Not Exist"))
		return
	case ours:
		_ = tx.Respond(e.response(req, 491, "Request Pending"))
		return
	case w != nil && !w.offered: // who changes the call has our answer, whether its ACK came or not
		w.once.Do(func() { close(w.acked) })
	case !c.sawAnswer():
		_ = tx.Respond(e.response(req, 500, "The Last One Is Not Confirmed", header("Retry-After", strconv.Itoa(rand.IntN(11)))))
		return
	}
	if no := e.tooShort(req); no != nil {
		_ = tx.Respond(no)
		return
	}
	_ = tx.Respond(e.response(req, 100, "Trying"))
	body, err := c.agreeAgain(req)
	if err != nil {
		_ = tx.Respond(e.response(req, 488, "Not Acceptable Here"))
		return
	}
	res := e.response(req, 200, "OK", c.contact(), header("Allow", e.allowed()), header("Supported", "timer, replaces"), header("Content-Type", "application/sdp"))
	res.SetBody(body)
	c.offerTimer(res, req)
	confirmation := c.await(req.CSeq().SeqNo, !isSDP(req))
	if tx.Respond(res) != nil {
		confirmation.once.Do(func() { close(confirmation.acked) })
		return
	}
	c.startTimer(res, false)
	c.confirm(confirmation, tx, res)
}

// inTime waits a round trip for c to be closed.
func inTime(c <-chan struct{}) bool {
	t := time.NewTimer(lib.T1)
	defer t.Stop()
	select {
	case <-c:
		return true
	case <-t.C:
		return false
	}
}

// agreeAgain answers an offer within the call, or makes one.
func (c *Call) agreeAgain(req *lib.Request) (body []byte, err error) {
	c.mu.Lock()
	c.retarget(req.Contact())
	c.mu.Unlock()
	c.agreeing.Lock()
	defer c.agreeing.Unlock()
	if isSDP(req) {
		return c.media.Answer(req.Body(), true)
	}
	return c.media.Offer()
}

// onUpdate refreshes a session, or moves its sound without an ACK (RFC 3311).
func (e *Endpoint) onUpdate(req *lib.Request, tx lib.ServerTransaction) {
	c := e.findEarly(req)
	switch {
	case c == nil:
		_ = tx.Respond(e.response(req, 481, "Call/Transaction Does Not Exist"))
		return
	case !c.inOrder(req):
		_ = tx.Respond(e.response(req, 500, "Request Out Of Order"))
		return
	case isSDP(req) && c.isInviting(): // both ask at once (RFC 3311, 5.2)
		_ = tx.Respond(e.response(req, 491, "Request Pending"))
		return
	case isSDP(req) && !c.isTaken() && !c.agreedEarly():
		_ = tx.Respond(e.response(req, 500, "The First Offer Is Not Answered Yet", header("Retry-After", strconv.Itoa(rand.IntN(11))))) // RFC 3311, 5.2
		return
	}
	if no := e.tooShort(req); no != nil {
		_ = tx.Respond(no)
		return
	}
	res := e.response(req, 200, "OK", c.contact(), header("Allow", e.allowed()), header("Supported", "timer, replaces"))
	if isSDP(req) {
		body, err := c.agreeAgain(req)
		if err != nil {
			_ = tx.Respond(e.response(req, 488, "Not Acceptable Here"))
			return
		}
		res.AppendHeader(header("Content-Type", "application/sdp"))
		res.SetBody(body)
	}
	if !c.isTaken() { // the time of a session begins with the answer
		_ = tx.Respond(res)
		return
	}
	c.offerTimer(res, req)
	_ = tx.Respond(res)
	c.startTimer(res, false)
}

// isInviting tells whether an offer of ours within the call waits for its answer.
func (c *Call) isInviting() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.inviting
}

// glare is how often a re-INVITE that crossed theirs is tried again.
const glare = 4

// Reinvite offers anew what the Media wants now: hold, or its end. It waits for
// the answer. A refusal leaves the call as it was and is of kind Conflict.
func (c *Call) Reinvite(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "changing the running call")
	for range glare {
		res, err := c.reinvite(ctx)
		if err != nil || res == nil {
			return err
		}
		if res.StatusCode != 491 {
			return fault.New(fault.Conflict, "the other side refused: %d %s", res.StatusCode, res.Reason)
		}
		// Both asked at once: who placed the call waits longer (RFC 3261, 14.1).
		pause := time.Duration(rand.IntN(200)) * 10 * time.Millisecond
		if c.outgoing {
			pause += 2100 * time.Millisecond
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		case <-c.done:
		}
	}
	return fault.New(fault.Conflict, "both sides changed the call at once, %d times", glare)
}

// reinvite sends one INVITE within the call; nil and nil: it was accepted.
func (c *Call) reinvite(ctx context.Context) (*lib.Response, error) {
	c.agreeing.Lock()
	defer c.agreeing.Unlock()
	c.mu.Lock()
	if c.ended || !c.isAnswered() || c.inviting {
		c.mu.Unlock()
		return nil, fault.New(fault.Conflict, "the call is not going on, or is being changed already")
	}
	c.inviting = true
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		c.inviting = false
		c.mu.Unlock()
	}()
	body, err := c.media.Offer()
	if err != nil {
		return nil, err
	}
	req := c.first(body)
	res, err := c.exchange(ctx, req)
	for range retries {
		if err != nil || res.StatusCode != 401 && res.StatusCode != 407 && res.StatusCode != 422 {
			break
		}
		again := c.first(body)
		if !c.next(again, res) {
			break
		}
		req = again
		res, err = c.exchange(ctx, again)
	}
	switch {
	case err != nil:
		return nil, err
	case res.StatusCode == 408 || res.StatusCode == 481: // they know nothing of the call
		go c.bye(Ending{By: Network, Why: Expired, Code: res.StatusCode})
		return res, nil
	case !res.IsSuccess():
		return res, nil
	}
	c.mu.Lock()
	c.retarget(res.Contact())
	c.mu.Unlock()
	err = c.media.Accept(res.Body(), true)
	c.sendAck(req.CSeq().SeqNo, nil, req)
	if err != nil {
		go c.bye(Ending{By: Us, Why: NotAgreed, Code: 488, Reason: err.Error()})
		return nil, err
	}
	c.startTimer(res, true)
	return nil, nil
}

// exchange sends an INVITE within the call and waits for its final answer.
func (c *Call) exchange(ctx context.Context, req *lib.Request) (*lib.Response, error) {
	ctx, stop := context.WithTimeout(ctx, 64*lib.T1)
	defer stop()
	tx, err := c.e.send(ctx, req, c.pinned)
	if err != nil {
		return nil, err
	}
	tx.OnRetransmission(func(*lib.Response) { c.againAck() })
	for {
		select {
		case res := <-tx.Responses():
			if !res.IsProvisional() {
				return res, nil
			}
		case <-tx.Done():
			return nil, fault.New(fault.NotFound, "no answer")
		case <-ctx.Done():
			tx.Terminate() // after a first response it would not end by itself
			return nil, fault.New(fault.NotFound, "no answer: %v", ctx.Err())
		case <-c.done:
			tx.Terminate()
			return nil, fault.New(fault.Conflict, "the call ended")
		}
	}
}
