package sip

import (
	"strings"
	"testing"

	lib "github.com/emiago/sipgo/sip"
)

// silence is a transaction nothing more comes of.
type silence struct {
	lib.ClientTransaction
	gone chan struct{}
}

func (s silence) Responses() <-chan *lib.Response { return nil }
func (s silence) Done() <-chan struct{}           { return nil }
func (s silence) Terminate()                      { close(s.gone) }

// TestWhatIsNeverAnsweredIsGivenUp: a transaction whose other side said 100 and then
// nothing, not even to CANCEL, would stay for ever.
func TestWhatIsNeverAnsweredIsGivenUp(t *testing.T) {
	t.Parallel() // it waits more than it works
	tx := silence{gone: make(chan struct{})}
	go (&attempt{tx: tx}).drain()
	await(t, "end of the transaction", tx.gone)
}

// canceled is a transaction whose CANCEL was quicker.
type canceled struct{ lib.ServerTransaction }

func (canceled) OnCancel(lib.FnTxCancel) bool { return false }
func (canceled) Respond(*lib.Response) error  { return nil }

// TestGivenUpBeforeItIsTaken: a call whose CANCEL came with its INVITE is nobody's.
func TestGivenUpBeforeItIsTaken(t *testing.T) {
	callee := endpoint(t, Config{Serve: func(*Call) { t.Error("it is served") }})
	m, err := lib.ParseMessage([]byte(handMade("INVITE", "127.0.0.1:5060", "one", 1, sdpBody("127.0.0.1:5060"))))
	if err != nil {
		t.Fatal(err)
	}
	callee.onInvite(m.(*lib.Request), canceled{})
	if n := callee.Calls(); n != 0 {
		t.Errorf("%d calls are left", n)
	}
}

// TestBothOfferAtOnce: an UPDATE with an offer that crosses our re-INVITE is refused
// at once, and the re-INVITE goes on.
func TestBothOfferAtOnce(t *testing.T) {
	caller, peer := endpoint(t, Config{}), byHand(t)
	call, _ := place(t, caller, "sip:100@"+peer.addr(), nil)
	invite, from := peer.until("INVITE")
	peer.send(from, echo(invite, "200 OK", "a", sdpBody(peer.addr())))
	peer.until("ACK")
	await(t, "answer", call.Answered())
	changed := make(chan struct{})
	go func() {
		defer close(changed)
		if err := call.Reinvite(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	again, _ := peer.until("INVITE")
	ask := handMade("UPDATE", peer.addr(), call.ID(), 1, sdpBody(peer.addr()))
	peer.send(from, strings.NewReplacer("From: <sip:x@127.0.0.1>;tag=x", "From: <sip:100@127.0.0.1>;tag=a", "To: <sip:100@127.0.0.1>", "To: <sip:x@127.0.0.1>;tag="+call.ours).Replace(ask))
	if m, _ := peer.until("SIP/2.0 "); statusOf(m) != 491 {
		t.Errorf("%s", m)
	}
	peer.send(from, echo(again, "200 OK", "a", sdpBody(peer.addr())))
	peer.until("ACK")
	await(t, "change", changed)
	call.Hangup()
	bye, _ := peer.until("BYE")
	peer.send(from, echo(bye, "200 OK", "a", "Content-Length: 0\r\n\r\n"))
	await(t, "end", call.Done())
}
