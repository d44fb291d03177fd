package sip

import (
	"context"
	"crypto/rand"
	"strconv"
	"strings"
	"time"

	lib "github.com/emiago/sipgo/sip"

	"waihu/internal/fault"
)

// Invite is a call to place.
type Invite struct {
	To         string // sip:13800138000@192.0.2.1:5060, with ;transport=tcp for TCP
	From       string // calling number; "anonymous" if empty
	Name       string // calling name; may be empty
	User       string // log-in
	Secret     string
	NoResponse time.Duration // until anything comes back; 5 s
	Ring       time.Duration // from ringing, or a first response without it, to giving up; 60 s
	Media      Media
}

// retries are how often one call is sent again because of what came back: a
// challenge, one more that is stale, a session timer that was too short.
const retries = 4

// Place places a call and returns at once. Canceling ctx gives the call up while
// it is not answered; after that it is ended with Hangup. What cannot be placed
// at all is an error; all else is the call's Ending.
func (e *Endpoint) Place(ctx context.Context, in Invite) (*Call, error) {
	var to lib.Uri
	if err := lib.ParseUri(in.To, &to); err != nil || !sipURI(in.To) {
		return nil, fault.New(fault.Invalid, "%q is no SIP address; expected one such as sip:13800138000@192.0.2.1:5060", fault.Shorten(in.To, 80))
	}
	if in.From == "" {
		in.From = "anonymous"
	}
	if !escaped(in.From, "-_.!~*'()&=+$,;?/") || strings.ContainsAny(in.Name, "\"\\\r\n") {
		return nil, fault.New(fault.Invalid, "%q cannot be a calling number; expected digits or a name without spaces", fault.Shorten(in.From, 80))
	}
	if in.NoResponse == 0 {
		in.NoResponse = 5 * time.Second
	}
	if in.Ring == 0 {
		in.Ring = time.Minute
	}
	c := e.newCall(true)
	c.id = rand.Text()
	c.media, c.user, c.secret, c.target, c.transport = in.Media, in.User, in.Secret, to, "UDP"
	if t, ok := to.UriParams.Get("transport"); ok && strings.EqualFold(t, "tcp") {
		c.transport = "TCP"
	}
	from := lib.FromHeader{DisplayName: in.Name, Address: lib.Uri{Scheme: "sip", User: in.From, Host: e.cfg.Listen.Addr().String()}}
	if e.cfg.Listen.Addr().Is6() {
		from.Address.Host = "[" + from.Address.Host + "]"
	}
	from.Params.Add("tag", c.ours)
	bare := to
	bare.UriParams, bare.Headers = nil, nil
	c.us, c.them = &from, &lib.ToHeader{Address: bare}
	offer, err := in.Media.Offer()
	if err != nil {
		return nil, err
	}
	if !e.add(c) {
		return nil, fault.New(fault.Conflict, "%d calls are going on, as many as may be at once; wait, or raise the bound", e.cfg.MaxCalls)
	}
	c.mark(func(t *Times) *time.Time { return &t.Placed })
	go c.dial(ctx, in, offer)
	return c, nil
}

// dial sends the INVITE until something final comes of it, and stays with the
// call to its end.
func (c *Call) dial(ctx context.Context, in Invite, offer []byte) {
	expires := c.e.cfg.Expires
	req := c.first(offer, expires)
	var last Ending
	for range retries {
		res := c.attempt(ctx, in, req)
		if c.isAnswered() {
			return // watch stays with it
		}
		if res == nil {
			break
		}
		last = finalOf(res)
		if !c.next(req, res, &expires) {
			break
		}
		c.mu.Lock()
		c.sequence++
		req.ReplaceHeader(&lib.CSeqHeader{SeqNo: c.sequence, MethodName: lib.INVITE})
		c.mu.Unlock()
	}
	c.end(last) // no effect on a call that has ended
	c.e.drop(c)
	close(c.gone)
}

// first is the INVITE.
func (c *Call) first(offer []byte, expires time.Duration) *lib.Request {
	req := c.request(lib.INVITE)
	req.AppendHeader(header("Allow", allowed))
	req.AppendHeader(header("Supported", "timer"))
	req.AppendHeader(header("Session-Expires", strconv.Itoa(int(expires/time.Second))))
	req.AppendHeader(header("Min-SE", strconv.Itoa(int(c.e.cfg.MinExpires/time.Second))))
	req.AppendHeader(header("Content-Type", "application/sdp"))
	req.SetBody(offer)
	return req
}

// next makes the INVITE what a refusal asks for; false: it asks for nothing we
// can give.
func (c *Call) next(req *lib.Request, res *lib.Response, expires *time.Duration) bool {
	switch res.StatusCode {
	case 401, 407:
		return c.authorize(req, res)
	case 422: // session timer too short (RFC 4028, 7.3)
		h := res.GetHeader("Min-SE")
		if h == nil {
			return false
		}
		n, err := strconv.ParseUint(h.Value(), 10, 31)
		if err != nil || time.Duration(n)*time.Second <= *expires || n > 7200 {
			return false
		}
		*expires = time.Duration(n) * time.Second
		req.RemoveHeader("Session-Expires")
		req.RemoveHeader("Min-SE")
		req.AppendHeader(header("Session-Expires", h.Value()))
		req.AppendHeader(header("Min-SE", h.Value()))
		return true
	}
	return false
}

// attempt sends one INVITE. It returns a final refusal, or nil when the call was
// answered or has ended.
func (c *Call) attempt(ctx context.Context, in Invite, req *lib.Request) *lib.Response {
	tx, err := c.e.send(ctx, req)
	if err != nil {
		c.end(Ending{By: Network, Why: Unreachable, Code: 503, Cause: 38, Reason: err.Error()})
		return nil
	}
	a := &attempt{c: c, in: in, req: req, tx: tx}
	tx.OnRetransmission(a.again)
	c.mu.Lock()
	c.invite, c.transport = req, req.Transport()
	c.mu.Unlock()
	return a.wait(ctx)
}

// attempt is one INVITE under way.
type attempt struct {
	c    *Call
	in   Invite
	req  *lib.Request
	tx   lib.ClientTransaction
	back bool        // something came back
	want *Ending     // we gave it up, for this reason
	sent bool        // the CANCEL
	over *time.Timer // the wait after a CANCEL, or for anything at all
	ring *time.Timer // from the first response, and anew from the first ringing
}

// wait looks at what comes back and at the timers (trap 4: the library's own
// wait does not end before 32 s).
func (a *attempt) wait(ctx context.Context) *lib.Response {
	a.over, a.ring = time.NewTimer(a.in.NoResponse), time.NewTimer(time.Hour)
	a.ring.Stop()
	defer a.over.Stop()
	defer a.ring.Stop()
	quit, canceled := a.c.quit, ctx.Done()
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
			quit = nil
			a.giveUp(Ending{By: Us, Why: Canceled, Code: 487})
		case <-canceled:
			canceled = nil
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
	case a.want != nil: // the answer crossed our CANCEL: take it, and hang up at once
		c.bye(*a.want)
	case err != nil:
		c.bye(Ending{By: Us, Why: NotAgreed, Code: 488, Reason: err.Error()})
	case c.pickUp():
		c.mu.Lock()
		c.asked = false
		c.mu.Unlock()
		c.startTimer(res, true)
		go c.watch()
	}
	return nil
}

// establish takes over what a 2xx says of the dialog.
func (c *Call) establish(req *lib.Request, res *lib.Response) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.theirs, _ = res.To().Params.Get("tag")
	c.them = lib.HeaderClone(res.To())
	c.peer = res.Source()
	if c.peer == "" || c.transport == "TCP" {
		c.peer = req.Destination()
	}
	c.routes = nil
	hops := res.GetHeaders("Record-Route")
	for i := len(hops) - 1; i >= 0; i-- {
		c.routes = append(c.routes, hops[i].Value())
	}
	c.retarget(res.Contact())
}

// acceptFinal takes the description of the 2xx. One that was early already need
// not be repeated.
func (c *Call) acceptFinal(res *lib.Response) error {
	c.agreeing.Lock()
	defer c.agreeing.Unlock()
	if isSDP(res) {
		return c.media.Accept(res.Body(), false)
	}
	if !c.Times().Early.IsZero() {
		return nil
	}
	return fault.New(fault.Conflict, "the 200 to our offer has no description")
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
	other := a.c.e.newCall(true)
	other.id, other.ours, other.us, other.transport, other.target, other.sequence = a.c.id, a.c.ours, a.c.us, a.req.Transport(), a.req.Recipient, a.req.CSeq().SeqNo
	other.establish(a.req, res)
	other.sendAck(other.sequence, nil, a.req)
	other.bye(Ending{By: Us, Why: Canceled, Code: 487})
}

// drain reads on after we gave up waiting: an answer that comes late is
// acknowledged and ended.
func (a *attempt) drain() {
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
		case <-a.tx.Done():
			return
		}
	}
}

// finalOf is the ending a refusal makes.
func finalOf(res *lib.Response) Ending {
	how := Ending{By: Them, Why: Refused, Code: res.StatusCode, Reason: res.Reason}
	var reasons []string
	for _, h := range res.GetHeaders("Reason") {
		reasons = append(reasons, h.Value())
	}
	how.Cause, _ = reasonOf(reasons)
	if h := res.GetHeader("Retry-After"); h != nil {
		digits, _, _ := strings.Cut(h.Value(), ";")
		digits, _, _ = strings.Cut(digits, "(")
		if n, err := strconv.ParseUint(strings.TrimSpace(digits), 10, 31); err == nil {
			how.Retry = time.Duration(n) * time.Second
		}
	}
	if h := res.Contact(); res.IsRedirection() && h != nil {
		how.Moved = h.Address.String()
	}
	return how
}
