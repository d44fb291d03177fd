package sip

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	lib "github.com/emiago/sipgo/sip"

	"waihu/internal/fault"
)

// maxTransfer is how long is waited for what comes of a transfer.
const maxTransfer = 3 * time.Minute

// Transfer asks the other side to call somebody else instead of us (REFER, RFC
// 3515), and waits until it says what came of that. A refusal, and a call that
// did not come about, is an error of kind Conflict. The call goes on: when it was
// handed over, Hangup ends it.
func (c *Call) Transfer(ctx context.Context, to string) error {
	if _, _, err := address(to); err != nil {
		return err
	}
	return c.refer(ctx, "<"+to+">")
}

// TransferTo asks the other side to take our place in another running call of
// ours: that one's other side gets a call that replaces ours (RFC 3891).
func (c *Call) TransferTo(ctx context.Context, other *Call) error {
	if other == c || !other.isAnswered() || closedNow(other.done) {
		return fault.New(fault.Conflict, "a call can only be handed over to another that goes on")
	}
	other.mu.Lock()
	target := other.target.String()
	other.mu.Unlock()
	return c.refer(ctx, "<"+target+"?Replaces="+url.QueryEscape(other.asReplaces())+">")
}

func closedNow(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// refer sends REFER and follows what is told of it.
func (c *Call) refer(ctx context.Context, to string) (err error) {
	defer fault.Wrap(&err, "handing the call over")
	ctx, stop := context.WithTimeout(ctx, maxTransfer)
	defer stop()
	told := make(chan fragment, 8)
	c.mu.Lock()
	if c.ended || !c.isAnswered() || c.told != nil {
		c.mu.Unlock()
		return fault.New(fault.Conflict, "the call is not going on, or is being handed over already")
	}
	c.told = told
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.told = nil
	}()
	res, err := c.asks(ctx, lib.REFER, header("Refer-To", to), header("Referred-By", "<sip:"+c.e.host()+">"))
	switch {
	case err != nil:
		return err
	case !res.IsSuccess():
		return fault.New(fault.Conflict, "the other side refused: %d %s", res.StatusCode, res.Reason)
	}
	for {
		select {
		case f := <-told:
			switch {
			case f.code >= 300:
				return fault.New(fault.Conflict, "the call it placed did not come about: %d %s", f.code, f.reason)
			case f.code >= 200 || f.last && f.code == 0:
				return nil
			case f.last:
				return fault.New(fault.Conflict, "it tells no more of the call it placed: %d %s", f.code, f.reason)
			}
		case <-c.done:
			if c.Ending().By == Them {
				return nil // it left for the other call
			}
			return fault.New(fault.Conflict, "the call ended before it was handed over")
		case <-ctx.Done():
			return fault.New(fault.NotFound, "nothing was told of the call it placed: %v", ctx.Err())
		}
	}
}

// asks sends a request within the call that is no INVITE, and logs in where that
// is asked for.
func (c *Call) asks(ctx context.Context, method lib.RequestMethod, fields ...lib.Header) (*lib.Response, error) {
	var res *lib.Response
	for range retries {
		req := c.request(method)
		for _, h := range fields {
			req.AppendHeader(lib.HeaderClone(h))
		}
		if res != nil && !c.authorize(req, res) {
			return res, nil
		}
		var err error
		if res, err = c.ask(ctx, req); err != nil || res.StatusCode != 401 && res.StatusCode != 407 {
			return res, err
		}
	}
	return res, nil
}

// fragment is what a NOTIFY tells of a call somebody placed for us (message/sipfrag).
type fragment struct {
	code   int // 0: it has none
	reason string
	last   bool
}

// onNotify takes what is told of a transfer. What we did not ask for is refused.
func (e *Endpoint) onNotify(req *lib.Request, tx lib.ServerTransaction) {
	c := e.find(req)
	if c == nil {
		_ = tx.Respond(e.response(req, 481, "Call/Transaction Does Not Exist"))
		return
	}
	event, _, _ := strings.Cut(valueOf(req, "Event"), ";")
	c.mu.Lock()
	told := c.told
	c.mu.Unlock()
	switch {
	case !c.inOrder(req):
		_ = tx.Respond(e.response(req, 500, "Request Out Of Order"))
		return
	case !strings.EqualFold(strings.TrimSpace(event), "refer"):
		_ = tx.Respond(e.response(req, 489, "Bad Event", header("Allow-Events", "refer")))
		return
	case told == nil:
		_ = tx.Respond(e.response(req, 481, "Subscription Does Not Exist"))
		return
	}
	f := fragment{last: strings.HasPrefix(strings.ToLower(valueOf(req, "Subscription-State")), "terminated")}
	if rest, is := strings.CutPrefix(string(req.Body()), "SIP/2.0 "); is {
		line, _, _ := strings.Cut(rest, "\r\n")
		digits, reason, _ := strings.Cut(line, " ")
		f.code, _ = strconv.Atoi(digits)
		f.reason = fault.Shorten(strings.ToValidUTF8(reason, "?"), 80)
	}
	_ = tx.Respond(e.response(req, 200, "OK")) // before the call is hung up on what it tells
	select {
	case told <- f:
	default: // more than anybody needs to know
	}
}

// valueOf is the first field of a name; empty: there is none.
func valueOf(req *lib.Request, name string) string {
	if h := req.GetHeader(name); h != nil {
		return h.Value()
	}
	return ""
}

// notify tells the other side what came of a call it asked for.
func (c *Call) notify(code int, reason string, last bool) error {
	ctx, stop := background()
	defer stop()
	req := c.request(lib.NOTIFY)
	state := "active;expires=60"
	if last {
		state = "terminated;reason=noresource"
	}
	req.AppendHeader(header("Event", "refer"))
	req.AppendHeader(header("Subscription-State", state))
	req.AppendHeader(header("Content-Type", "message/sipfrag;version=2.0"))
	req.SetBody(fmt.Appendf(nil, "SIP/2.0 %d %s\r\n", code, reason))
	res, err := c.ask(ctx, req)
	if err == nil && !res.IsSuccess() {
		err = fault.New(fault.Conflict, "the other side does not want to know: %d %s", res.StatusCode, res.Reason)
	}
	return err
}
