package sip

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestACallWhoseOtherSideIsGoneEnds: one that answers is left alone, one that knows
// nothing of the call has lost it.
func TestACallWhoseOtherSideIsGoneEnds(t *testing.T) {
	caller, peer := endpoint(t, Config{}), byHand(t)
	call, _ := place(t, caller, "sip:100@"+peer.addr(), nil)
	call.Check() // nothing to ask yet
	invite, from := peer.until("INVITE")
	peer.send(from, echo(invite, "200 OK", "a", sdpBody(peer.addr())))
	peer.until("ACK")
	await(t, "answer", call.Answered())
	for _, status := range []string{"200 OK", "405 Method Not Allowed", "481 Call/Transaction Does Not Exist"} {
		asked := make(chan struct{})
		go func() { defer close(asked); call.Check() }()
		options, from := peer.until("OPTIONS")
		if closed(call.Done()) {
			t.Fatalf("it ended before %s: %+v", status, call.Ending())
		}
		peer.send(from, echo(options, status, "a", "Content-Length: 0\r\n\r\n"))
		if strings.HasPrefix(status, "481") {
			bye, from := peer.until("BYE")
			peer.send(from, echo(bye, status, "a", "Content-Length: 0\r\n\r\n"))
		}
		await(t, "the answer to "+status, asked)
	}
	await(t, "end", call.Done())
	if e := call.Ending(); e.By != Network || e.Why != Lost || e.Code != 481 {
		t.Errorf("%+v", e)
	}
}

// TestASideThatSaysNothingIsGone: no answer in time is the same.
func TestASideThatSaysNothingIsGone(t *testing.T) {
	caller, peer := endpoint(t, Config{}), byHand(t)
	call, _ := place(t, caller, "sip:100@"+peer.addr(), nil)
	invite, from := peer.until("INVITE")
	peer.send(from, echo(invite, "200 OK", "a", sdpBody(peer.addr())))
	peer.until("ACK")
	await(t, "answer", call.Answered())
	go call.check(time.Millisecond)
	bye, from := peer.until("BYE")
	if e := call.Ending(); e.By != Network || e.Why != Lost || e.Code != 408 {
		t.Errorf("%+v", e)
	}
	peer.send(from, echo(bye, "481 Call/Transaction Does Not Exist", "a", "Content-Length: 0\r\n\r\n"))
	await(t, "end", call.gone)
}

// TestAskedWithinACallNobodyKnows: who began anew says so to whoever asks within a
// call of before.
func TestAskedWithinACallNobodyKnows(t *testing.T) {
	e, peer := endpoint(t, Config{}), byHand(t)
	ask := "OPTIONS sip:x@" + e.Addr().String() + " SIP/2.0\r\nVia: SIP/2.0/UDP " + peer.addr() + ";branch=z9hG4bKgone;rport\r\nMax-Forwards: 70\r\nFrom: <sip:a@x>;tag=a\r\n" +
		"To: <sip:b@x>%s\r\nCall-ID: gone\r\nCSeq: 9 OPTIONS\r\nContent-Length: 0\r\n\r\n"
	peer.send(e.Addr(), fmt.Sprintf(ask, ";tag=b"))
	if m, _ := peer.until("SIP/2.0"); !strings.HasPrefix(m, "SIP/2.0 481 ") {
		t.Error(m)
	}
}
