package sip

import (
	"strings"

	lib "github.com/emiago/sipgo/sip"
)

// request makes a request within the dialog. An ACK has the number of its INVITE.
func (c *Call) request(method lib.RequestMethod) *lib.Request {
	c.mu.Lock()
	defer c.mu.Unlock()
	if method != lib.ACK {
		c.sequence++
	}
	return c.numbered(method, c.sequence)
}

// numbered makes a request of a number; the lock is held.
func (c *Call) numbered(method lib.RequestMethod, sequence uint32) *lib.Request {
	req := lib.NewRequest(method, c.target)
	routes := c.routes
	if len(routes) > 0 {
		var first lib.Uri
		if a, ok := parseNameAddr(routes[0]); ok && lib.ParseUri(a.uri, &first) == nil && !first.UriParams.Has("lr") {
			// A strict router: its address is asked for, ours goes last (RFC 3261, 12.2.1.1).
			target := c.target
			routes = append(append([]string(nil), routes[1:]...), "<"+target.String()+">")
			req.Recipient = first
		}
	}
	for _, r := range routes {
		req.AppendHeader(header("Route", r))
	}
	req.AppendHeader(lib.HeaderClone(c.us))
	req.AppendHeader(lib.HeaderClone(c.them))
	id := lib.CallIDHeader(c.id)
	req.AppendHeader(&id)
	req.AppendHeader(&lib.CSeqHeader{SeqNo: sequence, MethodName: method})
	if method != lib.BYE {
		req.AppendHeader(c.contact())
	}
	req.SetTransport(c.transport)
	c.aim(req)
	return req
}

// aim says where a request within the dialog is sent. Over a connection that is
// the one the dialog lives on, while it stands (trap 6). A phone is called where
// it was heard from: what it calls itself is an address of its own network, or of
// none (trap 3).
func (c *Call) aim(req *lib.Request) {
	if c.account != "" && c.transport != overUDP && !c.e.connected(c.transport, c.peer) {
		c.found(c.e.Phones(c.account))
	}
	switch {
	case c.peer == "":
	case c.pinned, c.e.connected(c.transport, c.peer):
		req.SetDestination(c.peer)
	case byWebSocket(c.transport) && c.named != "": // to be opened anew, by the name that its certificate has
		req.SetDestination(c.named)
	case len(c.routes) == 0 && strings.HasSuffix(strings.ToLower(req.Recipient.Host), ".invalid"):
		req.SetDestination(c.peer)
	}
}

// found takes the connection a phone registered by anew, after the one of its
// call was lost; the lock is held.
func (c *Call) found(phones []Phone) {
	called, _, _ := strings.Cut(c.target.String(), ";") // its parameters within a call are others (RFC 5626)
	for _, p := range phones {
		if registered, _, _ := strings.Cut(p.Contact, ";"); registered == called {
			c.peer, c.transport = p.Source, p.Transport
		}
	}
}

// contact is our address within the dialog.
func (c *Call) contact() lib.Header { return c.e.contact(c.transport, c.secure) }

// retarget takes the address of a Contact as the place further requests go to.
func (c *Call) retarget(h *lib.ContactHeader) {
	if h != nil && h.Address.Host != "" {
		c.target = *h.Address.Clone()
	}
}

// authorize answers the challenge of a response; false: it cannot.
func (c *Call) authorize(req *lib.Request, res *lib.Response) bool {
	c.mu.Lock()
	user, secret, before := c.user, c.secret, c.asked
	c.asked = true
	c.mu.Unlock()
	return authorize(req, res, user, secret, before && req.Method == lib.INVITE)
}

// authorize puts the answer to the challenge of a response into a request; false:
// there is none. before tells that the secret was answered with already: then
// only a challenge that grew old is answered, for a wrong secret would be locked
// out.
func authorize(req *lib.Request, res *lib.Response, user, secret string, before bool) bool {
	ask, answer := "WWW-Authenticate", "Authorization"
	if res.StatusCode == 407 {
		ask, answer = "Proxy-Authenticate", "Proxy-Authorization"
	}
	if secret == "" {
		return false
	}
	req.RemoveHeader(answer)
	for _, h := range res.GetHeaders(ask) {
		asked, ok := parseChallenge(h.Value())
		if !ok || before && !strings.EqualFold(asked["stale"], "true") {
			continue
		}
		if value, ok := asked.answer(user, secret, string(req.Method), req.Recipient.String()); ok {
			req.AppendHeader(header(answer, value))
			return true
		}
	}
	return false
}

// sendAck acknowledges a 2xx and keeps the ACK, to be sent again when the 2xx
// comes again (trap 5).
func (c *Call) sendAck(sequence uint32, body []byte, auth *lib.Request) {
	c.mu.Lock()
	ack := c.numbered(lib.ACK, sequence)
	c.mu.Unlock()
	copyLogIn(auth, ack)
	if body != nil {
		ack.AppendHeader(header("Content-Type", "application/sdp"))
		ack.SetBody(body)
	}
	c.e.dress(ack)
	c.mu.Lock()
	c.ack = ack.Clone() // what is written is changed by it, and may be asked for again meanwhile
	c.mu.Unlock()
	c.write(ack)
}

// againAck sends the last ACK again.
func (c *Call) againAck() {
	c.mu.Lock()
	ack := c.ack
	c.mu.Unlock()
	if ack != nil {
		c.write(ack.Clone())
	}
}

// write sends an ACK, which has no transaction.
func (c *Call) write(ack *lib.Request) {
	ctx, stop := background()
	defer stop()
	if c.e.webSocket(ctx, ack, c.pinned) == nil {
		_ = c.e.ua.TransportLayer().WriteMsg(ack) // lost or not: the 2xx comes again
	}
}
