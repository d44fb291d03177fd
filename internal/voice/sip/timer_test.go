package sip

import (
	"strings"
	"testing"
	"time"
)

// TestSessionTimerBounds: a peer that wants a longer timer gets it for the whole call, one
// that answers with a shorter one than we take changes nothing, and one that asks for such a
// one within the call is refused with what we take.
func TestSessionTimerBounds(t *testing.T) {
	us, peer := endpoint(t, Config{}), byHand(t)
	call, _ := place(t, us, "sip:100@"+peer.addr(), nil)
	ask, from := peer.until("INVITE")
	if !strings.Contains(ask, "Session-Expires: 1800\r\n") || !strings.Contains(ask, "Min-SE: 90\r\n") {
		t.Errorf("%s", ask)
	}
	peer.send(from, echo(ask, "422 Session Interval Too Small", "a", "Min-SE: 3600\r\nContent-Length: 0\r\n\r\n"))
	peer.until("ACK")
	wants := func() string {
		m, _ := peer.until("INVITE")
		if !strings.Contains(m, "Session-Expires: 3600\r\n") || !strings.Contains(m, "Min-SE: 3600\r\n") {
			t.Errorf("%s", m)
		}
		return m
	}
	peer.send(from, echo(wants(), "200 OK", "a", "Session-Expires: 1;refresher=uac\r\nContact: <sip:"+peer.addr()+">\r\n"+sdpBody(peer.addr())))
	peer.until("ACK")
	await(t, "answer", call.Answered())
	changed := make(chan error, 1)
	go func() { changed <- call.Reinvite(t.Context()) }()
	peer.send(from, echo(wants(), "200 OK", "a", "Contact: <sip:"+peer.addr()+">\r\n"+sdpBody(peer.addr())))
	peer.until("ACK")
	if err := <-changed; err != nil {
		t.Error(err)
	}
	for i, c := range []struct {
		method, timer string
		status        int
	}{{"UPDATE", "5;refresher=uac", 422}, {"INVITE", "89", 422}, {"UPDATE", "90", 200}} {
		m := handMade(c.method, peer.addr(), call.ID(), i+1, "Supported: timer\r\nSession-Expires: "+c.timer+"\r\nContent-Length: 0\r\n\r\n")
		m = strings.NewReplacer("From: <sip:x@127.0.0.1>;tag=x", "From: <sip:100@127.0.0.1>;tag=a", "To: <sip:100@127.0.0.1>", "To: <sip:x@127.0.0.1>;tag="+call.ours).Replace(m)
		peer.send(from, m)
		got, _ := peer.until("SIP/2.0 ")
		if statusOf(got) != c.status || c.status == 422 && !strings.Contains(got, "Min-SE: 90\r\n") {
			t.Errorf("%s with %s: %s", c.method, c.timer, got)
		}
	}
	for value, want := range map[string]time.Duration{"1;refresher=uac": 90 * time.Second, "200": 200 * time.Second, "x": 0} {
		if got := call.interval(value); got != want {
			t.Errorf("%s: %v, want %v", value, got, want)
		}
	}
	go call.Hangup()
	bye, _ := peer.until("BYE")
	peer.send(from, echo(bye, "200 OK", "a", "Content-Length: 0\r\n\r\n"))
	await(t, "end", call.Done())
}
