package sip

import (
	lib "github.com/emiago/sipgo/sip"
)

// The book holds the calls that go on, by Call-ID and our tag.

// Calls is how many calls there are.
func (e *Endpoint) Calls() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.calls)
}

// add takes a call into the book; false: there are too many, or we close.
func (e *Endpoint) add(c *Call) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed || len(e.calls) >= e.cfg.MaxCalls {
		return false
	}
	e.calls[c.key()] = c
	return true
}

func (e *Endpoint) drop(c *Call) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.calls, c.key())
}

// find is the call a request within a dialog belongs to.
func (e *Endpoint) find(req *lib.Request) *Call {
	ours, _ := req.To().Params.Get("tag")
	theirs, _ := req.From().Params.Get("tag")
	e.mu.Lock()
	c := e.calls[req.CallID().Value()+" "+ours]
	e.mu.Unlock()
	if c == nil || ours == "" || c.theirTag() != theirs {
		return nil
	}
	return c
}

// findEarly is find, or the call a request belongs to before its answer: of one that
// we placed, the side that was heard last.
func (e *Endpoint) findEarly(req *lib.Request) *Call {
	if c := e.find(req); c != nil {
		return c
	}
	ours, _ := req.To().Params.Get("tag")
	theirs, _ := req.From().Params.Get("tag")
	e.mu.Lock()
	c := e.calls[req.CallID().Value()+" "+ours]
	e.mu.Unlock()
	if c == nil || theirs == "" || ours == "" {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.theirs != "" || c.early != theirs || c.ended {
		return nil
	}
	return c
}

// agreedEarly tells whether offer and answer of the INVITE were exchanged before it
// was answered.
func (c *Call) agreedEarly() bool {
	c.agreeing.Lock()
	defer c.agreeing.Unlock()
	return c.described != nil && isSDP(c.in.req) || c.outgoing && !c.Times().Early.IsZero()
}
