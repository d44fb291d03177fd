package sip

import (
	"net/url"
	"strings"

	lib "github.com/emiago/sipgo/sip"

	"waihu/internal/fault"
)

// Referral is the wish of the other side of a call that somebody else is called
// in its place (REFER). Whether, and at whose cost, is for who gets it to decide;
// it is answered within seconds, or asked again. It is used from one goroutine.
type Referral struct {
	Call     *Call  // on which it was asked
	To       string // SIP address, without header fields
	Replaces *Call  // the other call it has with us, where it wants both joined; nil: none
	// Taking is the Replaces field for the call to To, where that joins a call of
	// somebody else: give it to Invite.Replaces. Empty: none.
	Taking string

	req      *lib.Request
	tx       lib.ServerTransaction
	answered bool
	over     bool
}

// onRefer takes a REFER within a call, if anybody takes them.
func (e *Endpoint) onRefer(req *lib.Request, tx lib.ServerTransaction) {
	if e.cfg.Refer == nil {
		e.onOther(req, tx)
		return
	}
	c := e.find(req)
	switch {
	case c == nil || !c.isTaken():
		_ = tx.Respond(e.response(req, 481, "Call/Transaction Does Not Exist"))
		return
	case !c.inOrder(req):
		_ = tx.Respond(e.response(req, 500, "Request Out Of Order"))
		return
	}
	r := &Referral{Call: c, req: req, tx: tx}
	if why := r.read(req.GetHeaders("Refer-To")); why != nil {
		_ = tx.Respond(e.response(req, why.code, why.why))
		return
	}
	defer func() {
		if !r.answered {
			r.Refuse(603, "Declined")
		} else if !r.over {
			_ = r.Tell(500, "Server Internal Error") // nobody waits for ever
		}
	}()
	e.cfg.Refer(r)
}

// read reads whom the other side wants called.
func (r *Referral) read(list []lib.Header) *refused {
	if len(list) != 1 {
		return bad("One Refer-To Is Needed")
	}
	a, ok := parseNameAddr(list[0].Value())
	to, fields, _ := strings.Cut(a.uri, "?")
	if !ok || !sipURI(to) {
		return bad("Malformed Header Field Refer-To")
	}
	r.To = to
	for field := range strings.SplitSeq(fields, "&") {
		name, value, _ := strings.Cut(field, "=")
		if !strings.EqualFold(name, "Replaces") {
			continue // other fields are not ours to be told
		}
		value, err := url.PathUnescape(value)
		named, ok := parseReplaces(value)
		if err != nil || !ok || strings.ContainsAny(value, "\r\n") {
			return bad("Malformed Header Field Refer-To")
		}
		if r.Replaces = r.Call.e.named(named); r.Replaces == nil {
			r.Taking = value
		}
	}
	return nil
}

// Refuse says that nobody will be called.
func (r *Referral) Refuse(code int, reason string) {
	if !r.answered {
		r.answered, r.over = true, true
		_ = r.tx.Respond(r.Call.e.response(r.req, code, reason))
	}
}

// Accept says that somebody will be. Tell must follow.
func (r *Referral) Accept() error {
	if r.answered {
		return fault.New(fault.Conflict, "the referral is answered already")
	}
	r.answered = true
	if err := r.tx.Respond(r.Call.e.response(r.req, 202, "Accepted", r.Call.contact())); err != nil {
		return err
	}
	return r.Call.notify(100, "Trying", false)
}

// Tell tells how the call stands that was asked for: a SIP status and its
// phrase. A final one ends the referral.
func (r *Referral) Tell(code int, reason string) error {
	if !r.answered || r.over {
		return fault.New(fault.Conflict, "the referral is not accepted, or over")
	}
	r.over = code >= 200
	return r.Call.notify(code, reason, r.over)
}
