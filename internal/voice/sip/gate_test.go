package sip

import (
	"net"
	"strings"
	"testing"
	"time"

	lib "github.com/emiago/sipgo/sip"
)

// TestWhoDoesNotReadHoldsUpNobody: an answer that waits, since the other side of its
// connection does not read, keeps nobody else's messages waiting.
func TestWhoDoesNotReadHoldsUpNobody(t *testing.T) {
	g, err := newGate(newThrottle(1000, 1000, time.Now), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	waits, free := make(chan struct{}), make(chan struct{})
	g.reply = func(string, net.Addr, []byte) {
		close(waits)
		<-free
	}
	from := func(transport string, port int) lib.TransportReadProps {
		at := net.IPv4(127, 0, 0, 1)
		if transport == overUDP {
			return lib.TransportReadProps{Transport: transport, LocalAddr: &net.UDPAddr{IP: at}, RemoteAddr: &net.UDPAddr{IP: at, Port: port}}
		}
		return lib.TransportReadProps{Transport: transport, LocalAddr: &net.TCPAddr{IP: at}, RemoteAddr: &net.TCPAddr{IP: at, Port: port}}
	}
	good := handMade("OPTIONS", "127.0.0.1:5060", "good", 1, "Content-Length: 0\r\n\r\n")
	broken, passed := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(broken)
		if b, err := g.filter(from(overTCP, 1), []byte(strings.Replace(good, "Max-Forwards: 70", "Max-Forwards: much", 1))); len(b) != 0 || err != nil {
			t.Errorf("%q, %v", b, err)
		}
	}()
	await(t, "answer", waits)
	go func() {
		defer close(passed)
		if b, err := g.filter(from(overUDP, 2), []byte(good)); len(b) == 0 || err != nil {
			t.Errorf("%q, %v", b, err)
		}
	}()
	await(t, "message of somebody else", passed)
	close(free)
	await(t, "end", broken)
}
