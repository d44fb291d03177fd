package sip

import (
	"context"
	"strings"
	"time"

	lib "github.com/emiago/sipgo/sip"
)

// attempt is one INVITE under way.
type attempt struct {
	c     *Call
	in    Invite
	req   *lib.Request
	tx    lib.ClientTransaction
	back  bool              // something came back
	want  *Ending           // we gave it up, for this reason
	mild  bool              // who answers all the same is not cut off
	sent  bool              // the CANCEL
	over  *time.Timer       // the wait after a CANCEL, or for anything at all
	acked map[string]uint32 // RSeq of the last provisional answer that was acknowledged, by tag
	ring  *time.Timer       // from the first response, and anew from the first ringing
}

// wait looks at what comes back and at the timers (trap 4: the library's own
// wait does not end before 32 s).
func (a *attempt) wait(ctx context.Context) *lib.Response {
	a.over, a.ring = time.NewTimer(a.in.NoResponse), time.NewTimer(time.Hour)
	a.ring.Stop()
	defer a.over.Stop()
	defer a.ring.Stop()
	quit, canceled, back := a.c.quit, ctx.Done(), a.c.back
	for {
		select {
		case res := <-a.tx.Responses():
			if res.IsProvisional() {
				a.provisional(res)
				continue
			}
			return a.final(res)
		case <-a.tx.Done():
			a.lost(Ending{By: Network, Why: NoResponse, Code: 408, Cause: 18})
			return nil
		case <-a.over.C:
			a.lost(Ending{By: Network, Why: NoResponse, Code: 408, Cause: 18})
			go a.drain()
			return nil
		case <-a.ring.C:
			a.giveUp(Ending{By: Us, Why: NotAnswered, Code: 487, Cause: 19})
		case <-quit:
			quit, a.mild = nil, false
			a.giveUp(Ending{By: Us, Why: Canceled, Code: 487})
		case <-canceled:
			canceled, a.mild = nil, false
			a.giveUp(Ending{By: Us, Why: Canceled, Code: 487})
		case <-back:
			back, a.mild = nil, a.want == nil
			a.giveUp(Ending{By: Us, Why: Canceled, Code: 487})
		}
	}
}

// lost ends the call: as we wanted, if we had given it up.
func (a *attempt) lost(how Ending) {
	if a.want != nil {
		how = *a.want
	}
	a.c.end(how)
}

// provisional notes how far the call is.
func (a *attempt) provisional(res *lib.Response) {
	c := a.c
	if !a.back {
		a.back = true
		a.over.Stop()
		a.ring.Reset(a.in.Ring) // a 100 alone is no reason to wait for ever
	}
	c.mark(func(t *Times) *time.Time { return &t.Trying })
	if a.want != nil {
		a.cancel()
		return
	}
	if !a.prack(res) {
		return
	}
	if tag, has := res.To().Params.Get("tag"); has {
		c.mu.Lock()
		c.early = tag
		c.mu.Unlock()
	}
	if res.StatusCode > 100 && c.Times().Ringing.IsZero() && c.Times().Early.IsZero() {
		a.ring.Reset(a.in.Ring)
	}
	if res.StatusCode == 180 {
		c.mark(func(t *Times) *time.Time { return &t.Ringing })
	}
	if isSDP(res) {
		c.agreeing.Lock()
		err := c.media.Accept(res.Body(), false)
		c.agreeing.Unlock()
		if err == nil { // what cannot be agreed yet may be in the 200
			c.mark(func(t *Times) *time.Time { return &t.Early })
		}
	}
}

func isSDP(m interface {
	ContentType() *lib.ContentTypeHeader
	Body() []byte
}) bool {
	h := m.ContentType()
	if h == nil || len(m.Body()) == 0 {
		return false
	}
	kind, _, _ := strings.Cut(h.Value(), ";")
	return strings.EqualFold(strings.TrimSpace(kind), "application/sdp")
}

// giveUp wants the call to end. CANCEL may not be sent before anything came
// back (RFC 3261, 9.1).
func (a *attempt) giveUp(how Ending) {
	if a.want != nil {
		return
	}
	a.want = &how
	if a.back {
		a.cancel()
	}
}

// cancel sends CANCEL once, and waits for the final answer within a bound.
func (a *attempt) cancel() {
	if a.sent {
		return
	}
	a.sent = true
	a.over.Reset(64 * lib.T1)
	req := lib.NewRequest(lib.CANCEL, a.req.Recipient)
	req.AppendHeader(lib.HeaderClone(a.req.Via()))
	for _, name := range []string{"Route", "From", "To", "Call-ID"} {
		lib.CopyHeaders(name, a.req, req)
	}
	req.AppendHeader(&lib.CSeqHeader{SeqNo: a.req.CSeq().SeqNo, MethodName: lib.CANCEL})
	hops := lib.MaxForwardsHeader(70)
	req.AppendHeader(&hops)
	req.SetBody(nil)
	req.SetTransport(a.req.Transport())
	req.SetDestination(a.req.Destination())
	req.Laddr = a.req.Laddr
	if a.c.e.webSocket(context.Background(), req, true) != nil { // it cannot be matched on another
		return
	}
	tx, err := a.c.e.client.TransactionRequest(context.Background(), req, asIs)
	if err != nil {
		return
	}
	go func() { // its answer says nothing that matters, but must be read
		defer tx.Terminate()
		select {
		case <-tx.Responses():
		case <-tx.Done():
		}
	}()
}

// final is the end of the INVITE.
func (a *attempt) final(res *lib.Response) *lib.Response {
	c := a.c
	c.mark(func(t *Times) *time.Time { return &t.Trying })
	if !res.IsSuccess() {
		if a.want != nil {
			c.end(*a.want)
			return nil
		}
		return res
	}
	c.establish(a.req, res)
	err := c.acceptFinal(res)
	c.sendAck(a.req.CSeq().SeqNo, nil, a.req)
	switch {
	case a.want != nil && !a.mild: // the answer crossed our CANCEL: take it, and hang up at once
		c.bye(*a.want)
	case err != nil:
		c.bye(Ending{By: Us, Why: NotAgreed, Code: 488, Reason: err.Error()})
	default:
		c.pickUp() // their BYE may have been quicker, and has noted the answer
		c.mu.Lock()
		c.asked = false
		c.mu.Unlock()
		c.startTimer(res, true)
		c.watched = true
		go c.watch()
	}
	return nil
}

// again is called for each repeat of a 2xx: the ACK was lost (trap 5). A 2xx of
// another branch of a forked call is acknowledged and ended.
func (a *attempt) again(res *lib.Response) {
	switch tag, _ := res.To().Params.Get("tag"); a.c.theirTag() {
	case "": // the first is not looked at yet
	case tag:
		a.c.againAck()
	default:
		go a.refuseFork(res)
	}
}

// refuseFork ends a second answer to one INVITE.
func (a *attempt) refuseFork(res *lib.Response) {
	other := a.side(res)
	other.sendAck(other.sequence, nil, a.req)
	other.bye(Ending{By: Us, Why: Canceled, Code: 487})
}

// drain reads on after we gave up waiting: an answer that comes late is
// acknowledged and ended. A transaction that had a first response never ends by
// itself: it is given up when nothing can be expected any more (RFC 3261, 9.1).
func (a *attempt) drain() {
	late := time.NewTimer(64 * lib.T1)
	defer late.Stop()
	for {
		select {
		case res := <-a.tx.Responses():
			if res.IsProvisional() {
				a.back = true
				a.sent = false
				a.cancel()
				a.over.Stop()
			} else if res.IsSuccess() {
				a.refuseFork(res)
				return
			} else {
				return
			}
		case <-late.C:
			a.tx.Terminate()
			return
		case <-a.tx.Done():
			return
		}
	}
}
