package sip

import (
	"bufio"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// listenUDP is a socket that answers nothing by itself.
func listenUDP(t *testing.T) *net.UDPConn {
	t.Helper()
	c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// wire is a peer made by hand: what it sends is what the test says.
type wire struct {
	t *testing.T
	c *net.UDPConn
}

func byHand(t *testing.T) *wire { return &wire{t, listenUDP(t)} }

func (w *wire) addr() string { return w.c.LocalAddr().String() }

// read is the next message that is no repeat of what skip names; empty: none came.
func (w *wire) read(wait time.Duration) (string, netip.AddrPort) {
	w.t.Helper()
	if err := w.c.SetReadDeadline(time.Now().Add(wait)); err != nil {
		w.t.Fatal(err)
	}
	b := make([]byte, 65536)
	n, from, err := w.c.ReadFromUDPAddrPort(b)
	if err != nil {
		return "", from
	}
	return string(b[:n]), from
}

func (w *wire) send(to netip.AddrPort, text string) {
	w.t.Helper()
	if _, err := w.c.WriteToUDPAddrPort([]byte(text), to); err != nil {
		w.t.Fatal(err)
	}
}

// until reads until a message begins with a word.
func (w *wire) until(first string) (string, netip.AddrPort) {
	w.t.Helper()
	for range 100 {
		if m, from := w.read(bound); strings.HasPrefix(m, first) {
			return m, from
		} else if m == "" {
			break
		}
	}
	w.t.Fatalf("no %s came", first)
	return "", netip.AddrPort{}
}

// echo is an answer to a request, with the fields it must repeat.
func echo(request, status, tag, rest string) string {
	var b strings.Builder
	b.WriteString("SIP/2.0 " + status + "\r\n")
	for line := range strings.SplitSeq(request, "\r\n") {
		name, _, _ := strings.Cut(line, ":")
		switch name {
		case "Via", "From", "Call-ID", "CSeq":
			b.WriteString(line + "\r\n")
		case "To":
			if !strings.Contains(line, "tag=") {
				line += ";tag=" + tag
			}
			b.WriteString(line + "\r\n")
		}
	}
	return b.String() + rest
}

// sdpBody is a description as the end of a message.
func sdpBody(contact string) string {
	const text = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40020 RTP/AVP 8\r\n"
	return fmt.Sprintf("Contact: <sip:x@%s>\r\nContent-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s", contact, len(text), text)
}

// TestAnswerThatComesAgain is trap 5: our ACK was lost, the 200 comes again and
// again, and each is acknowledged; the call goes on.
func TestAnswerThatComesAgain(t *testing.T) {
	caller, peer := endpoint(t, Config{}), byHand(t)
	call, _ := place(t, caller, "sip:100@"+peer.addr(), nil)
	invite, from := peer.until("INVITE")
	ok := echo(invite, "200 OK", "a", sdpBody(peer.addr()))
	for range 3 {
		peer.send(from, ok)
		if ack, _ := peer.until("ACK"); !strings.Contains(ack, "CSeq: 1 ACK") || !strings.Contains(ack, "tag=a") {
			t.Errorf("%s", ack)
		}
	}
	await(t, "answer", call.Answered())
	call.Hangup()
	bye, _ := peer.until("BYE")
	peer.send(from, echo(bye, "200 OK", "a", "Content-Length: 0\r\n\r\n"))
	await(t, "end", call.Done())
}

// TestSecondAnswerOfAFork: a 200 of somebody else to the same INVITE is
// acknowledged and ended with BYE; the first call goes on.
func TestSecondAnswerOfAFork(t *testing.T) {
	caller, peer := endpoint(t, Config{}), byHand(t)
	call, _ := place(t, caller, "sip:100@"+peer.addr(), nil)
	invite, from := peer.until("INVITE")
	peer.send(from, echo(invite, "200 OK", "a", sdpBody(peer.addr())))
	peer.until("ACK")
	await(t, "answer", call.Answered())
	peer.send(from, echo(invite, "200 OK", "b", sdpBody(peer.addr())))
	if ack, _ := peer.until("ACK"); !strings.Contains(ack, "tag=b") {
		t.Errorf("%s", ack)
	}
	bye, _ := peer.until("BYE")
	if !strings.Contains(bye, "tag=b") || closed(call.Done()) {
		t.Errorf("%s\n%+v", bye, call.Ending())
	}
	peer.send(from, echo(bye, "200 OK", "b", "Content-Length: 0\r\n\r\n"))
	call.Hangup()
	bye, _ = peer.until("BYE")
	peer.send(from, echo(bye, "200 OK", "a", "Content-Length: 0\r\n\r\n"))
	await(t, "end", call.gone)
}

// TestContactThatIsNoAddress is trap 3: what a browser calls itself is not looked
// up; requests go back to where it was heard from. A route is followed first.
func TestContactThatIsNoAddress(t *testing.T) {
	caller, peer := endpoint(t, Config{}), byHand(t)
	for _, route := range []string{"", "Record-Route: <sip:" + peer.addr() + ";lr>\r\n"} {
		call, _ := place(t, caller, "sip:100@"+peer.addr(), nil)
		invite, from := peer.until("INVITE")
		peer.send(from, echo(invite, "200 OK", "a", route+sdpBody("df7jal23ls0d.invalid;transport=ws")))
		ack, _ := peer.until("ACK")
		if !strings.Contains(ack, "df7jal23ls0d.invalid") || (route != "") != strings.Contains(ack, "Route: <sip:"+peer.addr()) {
			t.Errorf("%s", ack)
		}
		await(t, "answer", call.Answered())
		call.Hangup()
		bye, _ := peer.until("BYE")
		peer.send(from, echo(bye, "200 OK", "a", "Content-Length: 0\r\n\r\n"))
		await(t, "end", call.gone)
	}
}

// TestLateAnswer: we gave up because nothing came back; the 200 that comes at
// last is acknowledged and ended, or somebody would talk to nobody.
func TestLateAnswer(t *testing.T) {
	caller, peer := endpoint(t, Config{}), byHand(t)
	call, _ := place(t, caller, "sip:100@"+peer.addr(), func(in *Invite) { in.NoResponse = 60 * time.Millisecond })
	invite, from := peer.until("INVITE")
	await(t, "end", call.Done())
	peer.send(from, echo(invite, "200 OK", "a", sdpBody(peer.addr())))
	peer.until("ACK")
	bye, _ := peer.until("BYE")
	peer.send(from, echo(bye, "200 OK", "a", "Content-Length: 0\r\n\r\n"))
	if e := call.Ending(); e.Why != NoResponse {
		t.Errorf("%+v", e)
	}
}

// TestTryingAndNoMore: a peer that says 100 and then nothing is given up by the
// ring timer; its refusal of the CANCEL ends the wait.
func TestTryingAndNoMore(t *testing.T) {
	caller, peer := endpoint(t, Config{}), byHand(t)
	call, _ := place(t, caller, "sip:100@"+peer.addr(), func(in *Invite) { in.Ring = 100 * time.Millisecond })
	invite, from := peer.until("INVITE")
	peer.send(from, echo(invite, "100 Trying", "a", "Content-Length: 0\r\n\r\n"))
	cancel, _ := peer.until("CANCEL")
	peer.send(from, echo(cancel, "200 OK", "a", "Content-Length: 0\r\n\r\n"))
	peer.send(from, echo(invite, "487 Request Terminated", "a", "Content-Length: 0\r\n\r\n"))
	peer.until("ACK")
	await(t, "end", call.Done())
	if e := call.Ending(); e.By != Us || e.Why != NotAnswered || !call.Times().Ringing.IsZero() {
		t.Errorf("%+v", e)
	}
}

// TestNoConfirmation: an answer of ours that nobody acknowledges is sent again,
// then the call is ended with BYE.
func TestNoConfirmation(t *testing.T) {
	t.Parallel() // it waits more than it works
	calls, media := make(chan *Call, 1), make(chan *sound, 1)
	callee, peer := endpoint(t, Config{Serve: answering(t, calls, media)}), byHand(t)
	peer.send(callee.Addr(), handMade("INVITE", peer.addr(), "one", 1, sdpBody(peer.addr())))
	call := <-calls
	for range 4 {
		peer.until("SIP/2.0 200")
	}
	bye, from := peer.until("BYE")
	peer.send(from, echo(bye, "200 OK", "x", "Content-Length: 0\r\n\r\n"))
	await(t, "end", call.Done())
	if e := call.Ending(); e.By != Network || e.Why != NotConfirmed {
		t.Errorf("%+v", e)
	}
}

// TestNoByeBeforeTheAck: a call that is hung up as soon as it is answered is ended
// once the caller has the answer: a BYE that comes before belongs to no call, and the
// caller would talk to nobody.
func TestNoByeBeforeTheAck(t *testing.T) {
	callee, peer := endpoint(t, Config{Serve: func(c *Call) {
		if err := c.Answer(newSound(40010)); err != nil {
			t.Error(err)
		}
	}}), byHand(t)
	peer.send(callee.Addr(), handMade("INVITE", peer.addr(), "one", 1, sdpBody(peer.addr())))
	answer := ""
	for range 4 { // the answer is sent again until it is acknowledged
		for answer, _ = peer.read(bound); strings.HasPrefix(answer, "SIP/2.0 100"); answer, _ = peer.read(bound) {
		}
		if !strings.HasPrefix(answer, "SIP/2.0 200") {
			t.Fatalf("before the ACK came %s", answer)
		}
	}
	_, tag, _ := strings.Cut(answer, "\r\nTo: ")
	to, _, _ := strings.Cut(tag, "\r\n")
	peer.send(callee.Addr(), strings.Replace(handMade("ACK", peer.addr(), "one", 1, "Content-Length: 0\r\n\r\n"), "<sip:100@127.0.0.1>\r\nCall-ID", to+"\r\nCall-ID", 1))
	bye, from := peer.until("BYE")
	peer.send(from, echo(bye, "200 OK", "x", "Content-Length: 0\r\n\r\n"))
}

// handMade is a request of a peer made by hand.
func handMade(method, by, id string, number int, rest string) string {
	return fmt.Sprintf("%s sip:100@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%s%d%s;rport\r\nMax-Forwards: 70\r\nFrom: <sip:x@127.0.0.1>;tag=x\r\nTo: <sip:100@127.0.0.1>\r\nCall-ID: %s\r\nCSeq: %d %s\r\n%s",
		method, by, id, number, method, id, number, method, rest)
}

// TestDialogStaysOnItsConnection is trap 6: the Contact names a port where nobody
// listens; over TCP our BYE takes the connection the call came by.
func TestDialogStaysOnItsConnection(t *testing.T) {
	calls, media := make(chan *Call, 1), make(chan *sound, 1)
	callee := endpoint(t, Config{Serve: answering(t, calls, media)})
	c, err := net.Dial("tcp", callee.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(bound)); err != nil {
		t.Fatal(err)
	}
	invite := strings.ReplaceAll(handMade("INVITE", c.LocalAddr().String(), "tcp", 1, sdpBody("127.0.0.1:1;transport=tcp")), "/UDP", "/TCP")
	fmt.Fprint(c, invite)
	call := <-calls
	fmt.Fprint(c, strings.NewReplacer("INVITE", "ACK", "/UDP", "/TCP", "To: <sip:100@127.0.0.1>", "To: <sip:100@127.0.0.1>;tag="+call.ours).Replace(handMade("INVITE", c.LocalAddr().String(), "tcp", 1, "Content-Length: 0\r\n\r\n")))
	call.Hangup()
	lines := bufio.NewScanner(c)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "BYE ") {
			break
		}
	}
	var bye strings.Builder
	for lines.Scan() && lines.Text() != "" {
		bye.WriteString(lines.Text() + "\r\n")
	}
	fmt.Fprint(c, echo(bye.String(), "200 OK", "x", "Content-Length: 0\r\n\r\n"))
	await(t, "end", call.gone)
	if e := call.Ending(); e.By != Us || e.Why != Bye || !strings.Contains(bye.String(), "CSeq: 1 BYE") {
		t.Errorf("%+v\n%s", e, bye.String())
	}
}

// TestSocketBuffers is trap 8: a megabyte, or as much as the kernel gives.
func TestSocketBuffers(t *testing.T) {
	raw, err := endpoint(t, Config{}).udp.(*net.UDPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("/proc/sys/net/core/rmem_max")
	if err != nil {
		t.Fatal(err)
	}
	most, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	err = raw.Control(func(fd uintptr) {
		if got, err := syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF); err != nil || got < 2*min(socketBuffer, most) {
			t.Errorf("the socket holds %d bytes, %v", got, err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}
