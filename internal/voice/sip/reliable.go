package sip

import (
	"fmt"
	"strconv"
	"strings"

	lib "github.com/emiago/sipgo/sip"
)

// maxBranches is how many sides of a forked call have their provisional answers
// acknowledged.
const maxBranches = 8

// prack acknowledges a provisional answer that asks for it (RFC 3262); false: it
// came before, or one before it is missing, and it is not looked at.
func (a *attempt) prack(res *lib.Response) bool {
	number, asked := rseq(res)
	if !asked {
		return true
	}
	tag, has := res.To().Params.Get("tag")
	last, known := a.acked[tag]
	if !has || known && number != last+1 || !known && len(a.acked) >= maxBranches {
		return false
	}
	if a.acked == nil {
		a.acked = map[string]uint32{}
	}
	a.acked[tag] = number
	side := a.side(res)
	a.c.mu.Lock()
	a.c.sequence++
	req := side.numbered(lib.PRACK, a.c.sequence)
	a.c.mu.Unlock()
	req.AppendHeader(header("RAck", fmt.Sprintf("%d %d INVITE", number, a.req.CSeq().SeqNo)))
	copyLogIn(a.req, req)
	go func() { // its answer changes nothing: the call goes on, or is given up by its own timers
		ctx, stop := background()
		defer stop()
		_, _ = a.c.ask(ctx, req)
	}()
	return true
}

// rseq is the number of a provisional answer that asks to be acknowledged.
func rseq(res *lib.Response) (number uint32, asked bool) {
	h := res.GetHeader("RSeq")
	if h == nil || res.StatusCode <= 100 {
		return 0, false
	}
	for _, r := range res.GetHeaders("Require") {
		for tag := range strings.SplitSeq(r.Value(), ",") {
			asked = asked || strings.EqualFold(strings.TrimSpace(tag), "100rel")
		}
	}
	n, err := strconv.ParseUint(strings.TrimSpace(h.Value()), 10, 32)
	return uint32(n), asked && err == nil && n > 0
}

// side is one side that answered our INVITE, as a dialog of its own.
func (a *attempt) side(res *lib.Response) *Call {
	side := a.c.e.newCall(true)
	side.id, side.ours, side.us, side.transport, side.target, side.sequence = a.c.id, a.c.ours, a.c.us, a.req.Transport(), a.req.Recipient, a.req.CSeq().SeqNo
	side.pinned, side.peer, side.secure = a.c.pinned, a.c.peer, a.c.secure
	side.establish(a.req, res)
	return side
}

// copyLogIn takes over what a request logged in with.
func copyLogIn(from, to *lib.Request) {
	for _, name := range []string{"Authorization", "Proxy-Authorization"} {
		if h := from.GetHeader(name); h != nil {
			to.AppendHeader(lib.HeaderClone(h))
		}
	}
}
