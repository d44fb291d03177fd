package sip

import (
	"strings"

	lib "github.com/emiago/sipgo/sip"
)

// response is an answer with what every answer has.
func (e *Endpoint) response(req *lib.Request, code int, reason string, extra ...lib.Header) *lib.Response {
	res := lib.NewResponseFromRequest(req, code, reason, nil)
	res.AppendHeader(lib.NewHeader("Server", e.cfg.Agent))
	for _, h := range extra {
		res.AppendHeader(h)
	}
	return res
}

func header(name, value string) lib.Header { return lib.NewHeader(name, value) }

// allowed are the methods we take.
func (e *Endpoint) allowed() string {
	all := "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, NOTIFY"
	if e.cfg.Refer != nil {
		all += ", REFER"
	}
	if e.phones != nil {
		all += ", REGISTER"
	}
	return all
}

// onOptions says what we can do, and within a call that it goes on. One we know
// nothing of, since we began anew, is told so: its other side may end it.
func (e *Endpoint) onOptions(req *lib.Request, tx lib.ServerTransaction) {
	if tag, _ := req.To().Params.Get("tag"); tag != "" && e.find(req) == nil {
		_ = tx.Respond(e.response(req, 481, "Call/Transaction Does Not Exist"))
		return
	}
	_ = tx.Respond(e.response(req, 200, "OK", header("Allow", e.allowed()), header("Accept", "application/sdp"), header("Supported", "timer, replaces")))
}

// known are methods of other documents: they are understood and not allowed.
const known = " REGISTER SUBSCRIBE NOTIFY REFER INFO MESSAGE PRACK PUBLISH "

func (e *Endpoint) onOther(req *lib.Request, tx lib.ServerTransaction) {
	code, reason := 501, "Not Implemented"
	if strings.Contains(known, " "+string(req.Method)+" ") {
		code, reason = 405, "Method Not Allowed"
	}
	_ = tx.Respond(e.response(req, code, reason, header("Allow", e.allowed())))
}
