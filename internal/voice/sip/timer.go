package sip

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	lib "github.com/emiago/sipgo/sip"

	"waihu/internal/fault"
)

// longestExpires is the longest session timer we let ourselves be asked for.
const longestExpires = 2 * time.Hour

// tooShort refuses a request whose session timer is shorter than we take (RFC 4028, 9), also
// within a call: a peer that asks for a second would have us refresh for ever.
func (e *Endpoint) tooShort(req *lib.Request) *lib.Response {
	h := req.GetHeader("Session-Expires")
	if h == nil {
		return nil
	}
	if n := seconds(h.Value()); n > 0 && n < e.cfg.MinExpires {
		return e.response(req, 422, "Session Interval Too Small", header("Min-SE", strconv.Itoa(int(e.cfg.MinExpires/time.Second))))
	}
	return nil
}

// askTimer puts the session timer we want into an INVITE: what the other side wanted at
// least, once it said so, for the rest of the call.
func (c *Call) askTimer(req *lib.Request) {
	c.mu.Lock()
	least := c.least
	c.mu.Unlock()
	for name, d := range map[string]time.Duration{"Session-Expires": max(c.e.cfg.Expires, least), "Min-SE": max(c.e.cfg.MinExpires, least)} {
		req.RemoveHeader(name)
		req.AppendHeader(header(name, strconv.Itoa(int(d/time.Second))))
	}
}

// longer notes what a 422 asks for (RFC 4028, 7.3); false: nothing we can give.
func (c *Call) longer(res *lib.Response) bool {
	h := res.GetHeader("Min-SE")
	if h == nil {
		return false
	}
	n := seconds(h.Value())
	c.mu.Lock()
	defer c.mu.Unlock()
	if n <= max(c.e.cfg.Expires, c.least) || n > longestExpires {
		return false
	}
	c.least = n
	return true
}

// interval is the time of a session as an answer has it, within bounds: one that is shorter
// than we said we take is that short for nobody.
func (c *Call) interval(value string) time.Duration {
	n := seconds(value)
	if n <= 0 {
		return 0
	}
	return max(n, c.e.cfg.MinExpires)
}

// offerTimer puts a session timer into a 2xx of ours, if the request asked for
// one: they refresh, for they wanted it (RFC 4028, 9).
func (c *Call) offerTimer(res *lib.Response, req *lib.Request) {
	h := req.GetHeader("Session-Expires")
	if h == nil {
		return
	}
	n := max(seconds(h.Value()), c.e.cfg.MinExpires) // one that was no number: what is too short was refused
	refresher := "uac"
	if strings.Contains(strings.ToLower(h.Value()), "refresher=uas") {
		refresher = "uas"
	}
	res.AppendHeader(header("Session-Expires", fmt.Sprintf("%d;refresher=%s", n/time.Second, refresher)))
	if refresher == "uac" {
		res.AppendHeader(header("Require", "timer"))
	}
}

// startTimer starts the session timer a 2xx agreed on: whoever refreshes does so
// at half time; the other ends a call that is not refreshed shortly before its
// time is up (RFC 4028, 10).
func (c *Call) startTimer(res *lib.Response, asked bool) {
	h := res.GetHeader("Session-Expires")
	if h == nil {
		return
	}
	n := c.interval(h.Value())
	if n <= 0 {
		return
	}
	// The caller of this exchange refreshes if it says uac, the called side if uas.
	ours := strings.Contains(strings.ToLower(h.Value()), "refresher=uac") == asked
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refresh != nil {
		c.refresh.Stop()
	}
	if c.ended {
		return
	}
	if ours {
		c.refresh = time.AfterFunc(n/2, c.refreshNow)
		return
	}
	c.refresh = time.AfterFunc(n-min(32*time.Second, n/3), func() {
		c.bye(Ending{By: Network, Why: Expired, Code: 408, Cause: 102})
	})
}

// refreshNow sends the same offer again. A call whose refresh is not answered is
// ended; one whose refresh crossed another change is refreshed by that.
func (c *Call) refreshNow() {
	ctx, stop := background()
	defer stop()
	if err := c.Reinvite(ctx); fault.KindOf(err) == fault.NotFound {
		c.bye(Ending{By: Network, Why: Expired, Code: 408, Cause: 102})
	}
}
