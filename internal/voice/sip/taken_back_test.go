package sip

import (
	"strings"
	"testing"
)

// TestWhoAnswersACallThatIsTakenBackIsNotCutOff: the answer crosses our CANCEL, and the
// call goes on until it is hung up, with the words for the other side's people.
func TestWhoAnswersACallThatIsTakenBackIsNotCutOff(t *testing.T) {
	caller, peer := endpoint(t, Config{}), byHand(t)
	call, _ := place(t, caller, "sip:100@"+peer.addr(), nil)
	invite, from := peer.until("INVITE")
	peer.send(from, echo(invite, "180 Ringing", "a", "Content-Length: 0\r\n\r\n"))
	await(t, "ringing", call.Rang())
	call.TakeBack()
	cancel, _ := peer.until("CANCEL")
	peer.send(from, echo(cancel, "200 OK", "a", "Content-Length: 0\r\n\r\n"))
	peer.send(from, echo(invite, "200 OK", "a", sdpBody(peer.addr())))
	peer.until("ACK")
	await(t, "answer", call.Answered())
	call.TakeBack() // it does nothing any more
	call.HangupFor("the floor is full")
	bye, _ := peer.until("BYE")
	if !strings.Contains(bye, `SIP;cause=200;text="the floor is full"`) || !strings.Contains(bye, "Q.850;cause=16") {
		t.Errorf("%s", bye)
	}
	peer.send(from, echo(bye, "200 OK", "a", "Content-Length: 0\r\n\r\n"))
	await(t, "end", call.Done())
}

// TestACallThatIsTakenBackEnds where nobody answers.
func TestACallThatIsTakenBackEnds(t *testing.T) {
	caller, peer := endpoint(t, Config{}), byHand(t)
	call, _ := place(t, caller, "sip:100@"+peer.addr(), nil)
	invite, from := peer.until("INVITE")
	peer.send(from, echo(invite, "180 Ringing", "a", "Content-Length: 0\r\n\r\n"))
	call.TakeBack()
	cancel, _ := peer.until("CANCEL")
	peer.send(from, echo(cancel, "200 OK", "a", "Content-Length: 0\r\n\r\n"))
	peer.send(from, echo(invite, "487 Request Terminated", "a", "Content-Length: 0\r\n\r\n"))
	await(t, "end", call.Done())
	if e := call.Ending(); e.Why != Canceled || e.By != Us {
		t.Errorf("%+v", e)
	}
}
