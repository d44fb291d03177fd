package sip

import (
	"strings"

	lib "github.com/emiago/sipgo/sip"
)

// replaced is a dialog named by a Replaces field, as whoever gets it sees it
// (RFC 3891).
type replaced struct {
	id, ours, theirs string
	earlyOnly        bool
}

// parseReplaces reads the value of a Replaces field; false: it is none.
func parseReplaces(value string) (r replaced, ok bool) {
	id, rest, _ := strings.Cut(value, ";")
	list, ok := parseParams(";" + rest)
	r.id = strings.TrimSpace(id)
	for _, p := range list {
		switch strings.ToLower(p.name) {
		case "to-tag":
			r.ours = p.value
		case "from-tag":
			r.theirs = p.value
		case "early-only":
			r.earlyOnly = true
		}
	}
	plain := !strings.ContainsFunc(r.id, func(c rune) bool { return c <= ' ' || c == 0x7F || c == ',' })
	return r, ok && r.id != "" && plain && isToken(r.ours) && isToken(r.theirs)
}

// named is the call a Replaces field means; nil: there is none.
func (e *Endpoint) named(r replaced) *Call {
	e.mu.Lock()
	c := e.calls[r.id+" "+r.ours]
	e.mu.Unlock()
	if c == nil || c.theirTag() != r.theirs {
		return nil
	}
	return c
}

// takesPlace looks for the call an INVITE is to take the place of. The second is
// the answer if it cannot; nil and nil: it means to take nobody's.
func (e *Endpoint) takesPlace(req *lib.Request) (*Call, *lib.Response) {
	list := req.GetHeaders("Replaces")
	if len(list) == 0 {
		return nil, nil
	}
	r, ok := parseReplaces(list[0].Value())
	if !ok || len(list) > 1 {
		return nil, e.response(req, 400, "Malformed Header Field Replaces")
	}
	old := e.named(r)
	switch {
	case old == nil || !old.isTaken() && !old.outgoing: // a call that rings here is not picked up by others (RFC 3891, 3)
		return nil, e.response(req, 481, "Call/Transaction Does Not Exist")
	case old.isAnswered() && r.earlyOnly:
		return nil, e.response(req, 486, "Busy Here")
	}
	select {
	case <-old.Done():
		return nil, e.response(req, 603, "Declined")
	default:
		return old, nil
	}
}

// Replaces is the running call this one takes the place of, which is hung up when
// this one is answered; nil: none.
func (c *Call) Replaces() *Call { return c.old }

// asReplaces is the Replaces field that means this call, for its other side.
func (c *Call) asReplaces() string {
	return c.id + ";to-tag=" + c.theirTag() + ";from-tag=" + c.ours
}
