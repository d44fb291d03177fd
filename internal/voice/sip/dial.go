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
	To      string // sip:13800138000@192.0.2.1:5060, with ;transport=tcp for TCP; empty where Account is given
	Account string // of a registered phone, which is called instead
	Proxy   string // SIP address of the outbound proxy, which gets every request first; empty: none
	// Routes are proxies the first request goes through, instead of Proxy: those that a
	// registration of ours was told (Registered.Routes).
	Routes     []string
	Replaces   string // a Replaces field: the call of theirs this one takes the place of; empty: none
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
	if in.From == "" {
		in.From = "anonymous"
	}
	if !escaped(in.From, "-_.!~*'()&=+$,;?/") || strings.ContainsAny(in.Name, "\"\\\r\n") {
		return nil, fault.New(fault.Invalid, "%q cannot be a calling number; expected digits or a name without spaces", fault.Shorten(in.From, 80))
	}
	if _, ok := parseReplaces(in.Replaces); in.Replaces != "" && !ok {
		return nil, fault.New(fault.Invalid, "%q names no call to take the place of", fault.Shorten(in.Replaces, 80))
	}
	if in.NoResponse == 0 {
		in.NoResponse = 5 * time.Second
	}
	if in.Ring == 0 {
		in.Ring = time.Minute
	}
	c := e.newCall(true)
	c.id, c.media, c.user, c.secret = rand.Text(), in.Media, in.User, in.Secret
	to, err := c.toward(in)
	if err != nil {
		return nil, err
	}
	from := lib.FromHeader{DisplayName: in.Name, Address: lib.Uri{Scheme: to.Scheme, User: in.From, Host: e.host()}}
	from.Params.Add("tag", c.ours)
	c.us, c.them = &from, &lib.ToHeader{Address: to}
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

// toward notes where the call goes, and how. It returns whom the call is for.
func (c *Call) toward(in Invite) (lib.Uri, error) {
	if in.Account == "" {
		to, transport, err := address(in.To)
		if err != nil {
			return to, err
		}
		c.target, c.secure = to, strings.EqualFold(to.Scheme, "sips")
		if c.routes, c.transport, err = through(in.Proxy, transport); len(in.Routes) > 0 {
			c.routes, c.transport, err = over(in.Routes)
		}
		to.UriParams, to.Headers = nil, nil
		return to, err
	}
	p, err := c.e.reach(in.Account)
	if err != nil {
		return lib.Uri{}, err
	}
	if err := lib.ParseUri(p.Contact, &c.target); err != nil {
		return lib.Uri{}, fault.New(fault.Internal, "the phone of %q registered as %q, which is not read again: %v", in.Account, p.Contact, err)
	}
	c.account, c.pinned, c.peer, c.transport, c.secure = p.Account, true, p.Source, p.Transport, strings.EqualFold(c.target.Scheme, "sips")
	if p.Path != "" {
		c.routes, _ = splitList(p.Path) // it was read when the phone registered
	}
	return lib.Uri{Scheme: c.target.Scheme, User: in.Account, Host: c.e.host()}, nil
}

// dial sends the INVITE until something final comes of it, and stays with the
// call to its end.
func (c *Call) dial(ctx context.Context, in Invite, offer []byte) {
	req := c.first(offer)
	req.AppendHeader(header("Supported", "100rel"))
	if in.Replaces != "" {
		req.AppendHeader(header("Replaces", in.Replaces))
		req.AppendHeader(header("Require", "replaces"))
	}
	var last Ending
	for range retries {
		res := c.attempt(ctx, in, req)
		if c.watched {
			return
		}
		if res == nil {
			break
		}
		last = finalOf(res)
		if !c.next(req, res) {
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
func (c *Call) first(offer []byte) *lib.Request {
	req := c.request(lib.INVITE)
	req.AppendHeader(header("Allow", c.e.allowed()))
	req.AppendHeader(header("Supported", "timer, replaces"))
	c.askTimer(req)
	req.AppendHeader(header("Content-Type", "application/sdp"))
	req.SetBody(offer)
	return req
}

// next makes the INVITE what a refusal asks for; false: it asks for nothing we
// can give.
func (c *Call) next(req *lib.Request, res *lib.Response) bool {
	switch res.StatusCode {
	case 401, 407:
		return c.authorize(req, res)
	case 422:
		if !c.longer(res) {
			return false
		}
		c.askTimer(req)
		return true
	}
	return false
}

// attempt sends one INVITE. It returns a final refusal, or nil when the call was
// answered or has ended.
func (c *Call) attempt(ctx context.Context, in Invite, req *lib.Request) *lib.Response {
	c.mu.Lock()
	if c.named == "" {
		c.named = req.Destination()
	}
	if byWebSocket(req.Transport()) { // the one before may be gone since
		req.SetDestination(c.named)
	}
	c.mu.Unlock()
	tx, err := c.e.send(ctx, req, c.pinned)
	if err != nil {
		c.end(c.unsent(req.Destination(), req.Transport(), err))
		return nil
	}
	a := &attempt{c: c, in: in, req: req, tx: tx}
	tx.OnRetransmission(a.again)
	c.mu.Lock()
	c.invite, c.transport = req, req.Transport()
	c.mu.Unlock()
	return a.wait(ctx)
}

// establish takes over what a 2xx says of the dialog.
func (c *Call) establish(req *lib.Request, res *lib.Response) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.theirs, _ = res.To().Params.Get("tag")
	c.them = lib.HeaderClone(res.To())
	if !c.pinned { // a phone stays where it registered from
		c.peer = res.Source()
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
