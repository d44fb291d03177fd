package sip

import (
	"context"
	"net/netip"
	"strconv"
	"strings"
	"time"

	lib "github.com/emiago/sipgo/sip"

	"waihu/internal/fault"
)

// incoming is what a call that arrives has beside what every call has.
type incoming struct {
	req *lib.Request
	tx  lib.ServerTransaction
}

// onInvite takes a call that arrives, or an INVITE within one.
func (e *Endpoint) onInvite(req *lib.Request, tx lib.ServerTransaction) {
	if tag, _ := req.To().Params.Get("tag"); tag != "" {
		if c := e.find(req); c != nil {
			c.reinvited(req, tx)
		} else {
			_ = tx.Respond(e.response(req, 481, "Call/Transaction Does Not Exist"))
		}
		return
	}
	account, no := e.unwelcome(req)
	if no != nil {
		_ = tx.Respond(no)
		return
	}
	old, no := e.takesPlace(req)
	if no != nil {
		_ = tx.Respond(no)
		return
	}
	c := e.newCall(false)
	c.old = old
	c.account, c.pinned = account, account != "" || byWebSocket(req.Transport())
	c.browser = byWebSocket(req.Transport()) && !e.opened(req.Source())
	c.secure = strings.EqualFold(req.Recipient.Scheme, "sips")
	c.id, c.invite, c.transport, c.peer = req.CallID().Value(), req, req.Transport(), req.Source()
	c.theirs, _ = req.From().Params.Get("tag")
	c.heard = int64(req.CSeq().SeqNo)
	req.To().Params.Add("tag", c.ours) // every answer has it from now on
	us, them := req.To().AsFrom(), req.From().AsTo()
	c.us, c.them = &us, &them
	for _, h := range req.GetHeaders("Record-Route") {
		c.routes = append(c.routes, h.Value())
	}
	c.target = req.From().Address // of old callers without a Contact
	c.retarget(req.Contact())
	c.in = &incoming{req, tx}
	if !e.add(c) {
		_ = tx.Respond(e.response(req, 503, "Service Unavailable", header("Retry-After", "5")))
		return
	}
	c.mark(func(t *Times) *time.Time { return &t.Placed })
	if !tx.OnCancel(func(r *lib.Request) { go c.canceled(r) }) {
		c.end(Ending{By: Them, Why: Canceled, Code: 487})
		e.drop(c) // given up before anybody knew of it: what it would have taken, such as a planned call, stays
		close(c.gone)
		return
	}
	_ = tx.Respond(e.response(req, 100, "Trying"))
	c.serve()
}

// serve hands the call to whoever takes calls, and stays until it has ended: the
// library ends the transaction when we return.
func (c *Call) serve() {
	defer func() {
		if r := recover(); r != nil {
			c.e.cfg.Log.Error("a call fell over", "call", c.id)
			c.finish(500, "Server Internal Error", Ending{By: Us, Why: Broken, Code: 500})
		}
		c.Hangup()
		if !c.isAnswered() {
			c.finish(480, "Temporarily Unavailable", Ending{By: Us, Why: Refused, Code: 480})
			c.e.drop(c)
			close(c.gone)
			return
		}
		<-c.gone
	}()
	c.e.cfg.Serve(c)
}

// Caller and Called are the numbers of a call that arrived.
func (c *Call) Caller() string { return c.invite.From().Address.User }

// Called is whom it is for.
func (c *Call) Called() string { return c.invite.Recipient.User }

// Addressed is whom the caller meant, whatever the request was sent on to: a registrar
// puts our log-in where the number was.
func (c *Call) Addressed() string { return c.invite.To().Address.User }

// Source is the address a call that arrived came from.
func (c *Call) Source() netip.Addr { return sourceOf(c.invite) }

// Account is the log-in the call came with, or the registered phone it goes to;
// empty: neither.
func (c *Call) Account() string { return c.account }

// Quit is closed when the call should end before it was answered, because the
// endpoint closes.
func (c *Call) Quit() <-chan struct{} { return c.quit }

// canceled: the caller gave up. The library has answered both requests.
func (c *Call) canceled(r *lib.Request) {
	how := Ending{By: Them, Why: Canceled, Code: 487}
	var reasons []string
	for _, h := range r.GetHeaders("Reason") {
		reasons = append(reasons, h.Value())
	}
	how.Cause, how.Reason = reasonOf(reasons)
	c.end(how)
}

// onCancel is a CANCEL that matches nothing: too late, or never.
func (e *Endpoint) onCancel(req *lib.Request, tx lib.ServerTransaction) {
	_ = tx.Respond(e.response(req, 481, "Call/Transaction Does Not Exist"))
}

// Ring tells the caller that it rings.
func (c *Call) Ring() error {
	c.mark(func(t *Times) *time.Time { return &t.Ringing })
	return c.in.tx.Respond(c.e.response(c.in.req, 180, "Ringing", c.contact()))
}

// Progress lets the caller hear something before the answer.
func (c *Call) Progress(m Media) error {
	body, err := c.describe(m)
	if err != nil {
		return err
	}
	res := c.e.response(c.in.req, 183, "Session Progress", c.contact(), header("Content-Type", "application/sdp"))
	res.SetBody(body)
	c.mark(func(t *Times) *time.Time { return &t.Early })
	return c.in.tx.Respond(res)
}

// describe answers the offer of the INVITE, or makes one where it had none. What
// cannot be agreed refuses the call.
func (c *Call) describe(m Media) (body []byte, err error) {
	c.agreeing.Lock()
	defer c.agreeing.Unlock()
	if c.described != nil {
		return c.described, nil
	}
	c.media = m
	if isSDP(c.in.req) {
		body, err = m.Answer(c.in.req.Body(), false)
	} else {
		body, err = m.Offer()
	}
	if err != nil {
		code, reason := 488, "Not Acceptable Here"
		if fault.KindOf(err) == fault.Invalid {
			code, reason = 400, "Malformed Session Description"
		}
		c.finish(code, reason, Ending{By: Us, Why: NotAgreed, Code: code, Reason: err.Error()})
		return nil, err
	}
	c.described = body
	return body, nil
}

// Answer answers the call.
func (c *Call) Answer(m Media) error {
	body, err := c.describe(m)
	if err != nil {
		return err
	}
	res := c.e.response(c.in.req, 200, "OK", c.contact(), header("Allow", c.e.allowed()), header("Supported", "timer, replaces"), header("Content-Type", "application/sdp"))
	res.SetBody(body)
	c.offerTimer(res, c.in.req)
	w := c.await(c.in.req.CSeq().SeqNo, !isSDP(c.in.req))
	if err := c.in.tx.Respond(res); err != nil {
		c.end(Ending{By: Them, Why: Canceled, Code: 487})
		return fault.New(fault.Conflict, "the call was given up before it was answered: %v", err)
	}
	c.pickUp()
	go c.watch()
	go c.confirm(w, c.in.tx, res)
	c.startTimer(res, false)
	return nil
}

// Refuse refuses the call with a status; retry is when to try again, if it says so.
func (c *Call) Refuse(code int, reason string, retry time.Duration) {
	var extra []lib.Header
	if retry > 0 {
		extra = append(extra, header("Retry-After", strconv.Itoa(int(retry/time.Second))))
	}
	c.finish(code, reason, Ending{By: Us, Why: Refused, Code: code, Reason: reason}, extra...)
}

// finish sends a final refusal, once.
func (c *Call) finish(code int, reason string, how Ending, extra ...lib.Header) {
	if c.isAnswered() || !c.end(how) {
		return
	}
	extra = append(extra, header("Reason", "Q.850;cause="+strconv.Itoa(CauseOf(code))))
	_ = c.in.tx.Respond(c.e.response(c.in.req, code, reason, extra...))
}

// onBye: they hang up.
func (e *Endpoint) onBye(req *lib.Request, tx lib.ServerTransaction) {
	c := e.find(req)
	if c == nil {
		_ = tx.Respond(e.response(req, 481, "Call/Transaction Does Not Exist"))
		return
	}
	if !c.inOrder(req) {
		_ = tx.Respond(e.response(req, 500, "Request Out Of Order"))
		return
	}
	how := Ending{By: Them, Why: Bye, Code: 200, Cause: 16}
	var reasons []string
	for _, h := range req.GetHeaders("Reason") {
		reasons = append(reasons, h.Value())
	}
	if cause, text := reasonOf(reasons); cause != 0 {
		how.Cause, how.Reason = cause, text
	}
	if c.wasAccepted() || c.outgoing && c.theirTag() != "" {
		c.pickUp() // their BYE overtook us noting the answer
	}
	c.sawAnswer() // or its own ACK, which may say where sound went; without it the call ends all the same
	c.end(how)
	_ = tx.Respond(e.response(req, 200, "OK"))
}

// inOrder takes the number of a request within the dialog; false: it is older
// than one we had (RFC 3261, 12.2.2).
func (c *Call) inOrder(req *lib.Request) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := int64(req.CSeq().SeqNo)
	if n <= c.heard {
		return false
	}
	c.heard = n
	if c.pinned { // a phone that moved is answered where it is now
		c.peer, c.transport = req.Source(), req.Transport()
	}
	return true
}

// background is a context with a bound for one exchange.
func background() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), 64*lib.T1)
}

// FromBrowser tells whether the call came over a WebSocket that the other side opened: who
// calls over one of ours is a carrier.
func (c *Call) FromBrowser() bool { return c.browser }
