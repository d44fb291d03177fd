package sip

import (
	"context"
	"time"

	lib "github.com/emiago/sipgo/sip"
)

// Check asks the other side, within the call, whether it is still there (OPTIONS):
// one that lost its power says no BYE, and its call would go on until a session
// timer ends it, at somebody's cost. A side that knows nothing of the call, or does
// not answer within half of what a transaction may take, has lost it: the call
// ends. It waits for the answer; a call that was not answered is left alone.
func (c *Call) Check() { c.check(32 * lib.T1) }

func (c *Call) check(patience time.Duration) {
	if !c.isAnswered() {
		return
	}
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		select {
		case <-c.done:
			stop()
		case <-ended:
		}
	}()
	how := Ending{By: Network, Why: Lost, Code: 408, Cause: 102}
	if res, err := c.ask(ctx, c.request(lib.OPTIONS)); err == nil {
		if res.StatusCode != 408 && res.StatusCode != 481 {
			return
		}
		how.Code = res.StatusCode
	}
	c.bye(how)
}
