package sip

import (
	"strconv"
	"strings"
	"time"

	lib "github.com/emiago/sipgo/sip"
)

// unwelcome is the answer to a call that is not taken; nil: it is, and account
// is who logged in to place it.
func (e *Endpoint) unwelcome(req *lib.Request) (account string, no *lib.Response) {
	if no = e.unfit(req); no != nil {
		return "", no
	}
	if e.cfg.Trusted != nil && e.cfg.Trusted(sourceOf(req), req.Recipient.User) {
		return "", nil
	}
	return e.stranger(req)
}

// unfit is the answer to a call nobody could take as it is; nil: it can be.
func (e *Endpoint) unfit(req *lib.Request) *lib.Response {
	if e.cfg.Serve == nil {
		return e.response(req, 480, "Temporarily Unavailable")
	}
	if h := req.GetHeader("Content-Encoding"); h != nil && !strings.EqualFold(h.Value(), "identity") {
		return e.response(req, 415, "Unsupported Media Type", header("Accept-Encoding", "identity"))
	}
	if len(req.Body()) > 0 && !isSDP(req) {
		return e.response(req, 415, "Unsupported Media Type", header("Accept", "application/sdp"))
	}
	if h := req.GetHeader("Accept"); h != nil && !acceptsSDP(req.GetHeaders("Accept")) {
		return e.response(req, 406, "Not Acceptable")
	}
	return e.tooShort(req)
}

func acceptsSDP(list []lib.Header) bool {
	for _, h := range list {
		for one := range strings.SplitSeq(h.Value(), ",") {
			kind, _, _ := strings.Cut(strings.TrimSpace(one), ";")
			switch strings.ToLower(strings.TrimSpace(kind)) {
			case "application/sdp", "application/*", "*/*":
				return true
			}
		}
	}
	return false
}

// seconds reads the number of a Session-Expires; 0: it is none.
func seconds(value string) time.Duration {
	digits, _, _ := strings.Cut(value, ";")
	n, err := strconv.ParseUint(strings.TrimSpace(digits), 10, 31)
	if err != nil {
		return 0
	}
	return time.Duration(n) * time.Second
}

// stranger asks who calls, where callers must log in.
func (e *Endpoint) stranger(req *lib.Request) (account string, no *lib.Response) {
	if e.door == nil {
		return "", nil
	}
	value := ""
	if h := req.GetHeader("Authorization"); h != nil {
		value = h.Value()
	}
	v := e.door.ask(sourceOf(req), string(req.Method), value)
	switch {
	case v.in:
		return v.user, nil
	case v.code == 503:
		return "", e.response(req, 503, "Too Many Failed Log-Ins", header("Retry-After", v.retry))
	}
	return "", e.response(req, 401, "Unauthorized", header("WWW-Authenticate", v.challenge))
}
