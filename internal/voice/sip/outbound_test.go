package sip

import (
	"bufio"
	"context"
	"crypto/sha1"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"waihu/internal/fault"
)

// TestCallsOverAWebSocketOfOurs: a carrier is called over WS and WSS, asked with
// OPTIONS and registered at, and calls back over the same connection; either side
// changes and ends a call there.
func TestCallsOverAWebSocketOfOurs(t *testing.T) {
	trust, _ := secured(t)
	calls, media := make(chan *Call, 1), make(chan *sound, 1)
	carrier := endpoint(t, Config{ListenWS: loopbackAny, ListenWSS: loopbackAny, TLS: trust, Register: true, Secret: logIns, Serve: answering(t, calls, media)})
	heard, theirs := make(chan *Call, 1), make(chan *sound, 1)
	us := endpoint(t, Config{TLS: &tls.Config{RootCAs: trust.RootCAs, MinVersion: tls.VersionTLS12}, Serve: answering(t, heard, theirs)})
	logIn := func(in *Invite) { in.User, in.Secret = "alice", "wonder" }
	for _, c := range [][3]string{{overWS, "sip:", ";transport=ws"}, {overWSS, "sip:", ";transport=wss"}, {overWSS, "sips:", ";transport=ws"}} {
		transport, at := c[0], carrier.at(c[0]).String()
		if _, err := us.Ping(t.Context(), c[1]+"ping@"+at+c[2]); err != nil {
			t.Fatal(err)
		}
		for _, theyEnd := range []bool{false, true} {
			out, _ := place(t, us, c[1]+"100@"+at+c[2], logIn)
			await(t, "answer", out.Answered())
			in := <-calls
			<-media
			if !in.FromBrowser() || out.FromBrowser() {
				t.Error("who opened a WebSocket is not taken for a browser, or we are")
			}
			via := in.invite.Via()
			if contact := in.invite.Contact().Value(); in.transport != transport || via.Transport != transport || !strings.Contains(contact, ";transport=ws") || strings.Contains(in.invite.String(), "transport=wss") {
				t.Errorf("by %s, from %s", in.transport, contact)
			}
			ends, other := out, in
			if theyEnd {
				ends, other = in, out
			}
			if err := other.Reinvite(context.Background()); err != nil {
				t.Error(err)
			}
			ends.Hangup()
			await(t, "end", in.gone)
			await(t, "end", out.gone)
			if e := ends.Ending(); e.By != Us || e.Why != Bye {
				t.Errorf("%+v", e)
			}
		}
		r, err := us.Register(Registering{At: c[1] + at + c[2], Account: "alice", Secret: "wonder"})
		if err != nil {
			t.Fatal(err)
		}
		reached(t, "registered", func() bool { return r.State().Up })
		back, _ := place(t, carrier, "", func(in *Invite) { in.Account = "alice" })
		await(t, "answer", back.Answered())
		in := <-heard
		<-theirs
		if in.FromBrowser() {
			t.Error("a carrier who calls over a WebSocket of ours is taken for a browser")
		}
		in.Hangup()
		await(t, "end", back.gone)
		r.Close()
		places := carrier.listeners[transport].(webSockets).Listener.(*limit)
		places.mu.Lock()
		n := places.count
		places.mu.Unlock()
		if n != 1 || len(carrier.Phones("alice")) != 0 {
			t.Errorf("all that went over %d connections", n)
		}
	}
	web := httptest.NewServer(http.NotFoundHandler())
	defer web.Close()
	stranger := endpoint(t, Config{TLS: &tls.Config{RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12}})
	for to, want := range map[string]Unsent{carrier.at(overWSS).String() + ";transport=wss": NotTrusted, web.Listener.Addr().String() + ";transport=wss": NotSecure, web.Listener.Addr().String() + ";transport=ws": WentAway} {
		out, _ := place(t, stranger, "sip:100@"+to, nil)
		await(t, "end", out.Done())
		if e := out.Ending(); e.Why != Unreachable || e.Unsent != want {
			t.Errorf("%s: %+v", to, e)
		}
	}
}

// carrierEnd is a carrier made by hand that takes WebSockets.
type carrierEnd struct {
	*streamed
	path string  // that was asked for
	mask [4]byte // of the frame it heard last
}

// takes lets one WebSocket in, and answers what is asked for with fields.
func takes(t *testing.T, l net.Listener, status, protocol string) *carrierEnd {
	t.Helper()
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(bound)); err != nil {
		t.Fatal(err)
	}
	s := &carrierEnd{streamed: &streamed{t, c, bufio.NewReader(c)}}
	ask, err := http.ReadRequest(s.in)
	if err != nil || ask.Header.Get("Sec-WebSocket-Protocol") != "sip" || ask.Host != l.Addr().String() {
		t.Fatalf("%+v, %v", ask, err)
	}
	s.path = ask.RequestURI
	sum := sha1.Sum([]byte(ask.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	s.send("HTTP/1.1 " + status + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + base64.StdEncoding.EncodeToString(sum[:]) + "\r\nSec-WebSocket-Protocol: " + protocol + "\r\n\r\n")
	return s
}

// frame sends one frame, which is not masked.
func (s *carrierEnd) frame(first byte, text string) {
	s.t.Helper()
	s.send(string(append(binary.BigEndian.AppendUint16([]byte{first, 126}, uint16(len(text))), text...)))
}

// hears is the next frame, which is masked, and not as the one before.
func (s *carrierEnd) hears() (kind byte, text string) {
	s.t.Helper()
	var head [4]byte
	part := func(b []byte) {
		s.t.Helper()
		if _, err := io.ReadFull(s.in, b); err != nil {
			s.t.Fatal(err)
		}
	}
	part(head[:2])
	n := int(head[1] &^ frameMasked)
	if n == 126 {
		part(head[2:])
		n = int(binary.BigEndian.Uint16(head[2:]))
	}
	before := s.mask
	part(s.mask[:])
	payload := make([]byte, n)
	part(payload)
	if head[1]&frameMasked == 0 || s.mask == before {
		s.t.Errorf("%x with the mask %x after %x", head, s.mask, before)
	}
	for i := range payload {
		payload[i] ^= s.mask[i%4]
	}
	return head[0], string(payload)
}

// until reads until a message begins with a word.
func (s *carrierEnd) until(first string) string {
	s.t.Helper()
	for range 100 {
		if _, m := s.hears(); strings.HasPrefix(m, first) {
			return m
		}
	}
	s.t.Fatalf("no %s came", first)
	return ""
}

// TestAWebSocketOfOursThatIsLost: a call lives on over another one, opened where the
// call was sent although the carrier calls itself an address of none; so does a
// registration. Pings are answered whatever is in them, and messages come in pieces.
func TestAWebSocketOfOursThatIsLost(t *testing.T) {
	t.Parallel() // it waits more than it works
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	us := endpoint(t, Config{Paths: map[string]string{l.Addr().String(): "/ws?acme"}})
	call, _ := place(t, us, "sip:100@"+l.Addr().String()+";transport=ws", nil)
	s := takes(t, l, "101 Switching Protocols", "sip")
	if s.path != "/ws?acme" {
		t.Errorf("the path %q was asked for", s.path)
	}
	invite := s.until("INVITE sip:100@")
	s.frame(0x89, "are you there")
	if kind, text := s.hears(); kind != 0x8A || text != "are you there" {
		t.Errorf("%x %q", kind, text)
	}
	ok := echo(invite, "200 OK", "c", sdpBody("x.invalid;transport=ws"))
	s.frame(0x01, ok[:40])
	s.frame(0x8A, "")
	s.frame(0x80, ok[40:])
	if ack := s.until("ACK sip:x@x.invalid"); !strings.Contains(ack, "Via: SIP/2.0/WS ") {
		t.Errorf("%s", ack)
	}
	await(t, "answer", call.Answered())
	s.c.Close()
	reached(t, "the connection is gone", func() bool { return !us.connected(overWS, l.Addr().String()) })
	call.Hangup()
	s = takes(t, l, "101 Switching Protocols", "sip")
	s.frame(0x81, echo(s.until("BYE sip:x@x.invalid"), "200 OK", "c", "Content-Length: 0\r\n\r\n"))
	await(t, "end", call.gone)
	if e := call.Ending(); e.Why != Bye || e.By != Us {
		t.Errorf("%+v", e)
	}
	r, err := us.Register(Registering{At: "sip:" + l.Addr().String() + ";transport=ws", Account: "alice"})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		m := s.until("REGISTER")
		s.frame(0x81, echo(m, "200 OK", "c", "Content-Length: 0\r\n\r\n"))
		reached(t, "registered", func() bool { return r.State().Up })
		if !strings.Contains(m, fmt.Sprintf("CSeq: %d REGISTER", i+1)) {
			t.Errorf("%s", m)
		}
		if i == 0 {
			s.frame(0x88, "")
			s = takes(t, l, "101 Switching Protocols", "sip")
		}
	}
	go func() { s.frame(0x81, echo(s.until("REGISTER"), "200 OK", "c", "Content-Length: 0\r\n\r\n")) }()
	r.Close()
}

// TestWhoAnswersOurHandshakeWrongly: what is no WebSocket for SIP is said to be none.
func TestWhoAnswersOurHandshakeWrongly(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	us := endpoint(t, Config{})
	for _, wrong := range [][2]string{{"403 Forbidden", "sip"}, {"101 Switching Protocols", "chat"}, {"101 X", "sip\r\nX: " + strings.Repeat("x", maxHandshake)}} {
		call, _ := place(t, us, "sip:100@"+l.Addr().String()+";transport=ws", nil)
		takes(t, l, wrong[0], wrong[1])
		await(t, "end", call.gone)
		if e := call.Ending(); e.Why != Unreachable || e.Unsent != WentAway {
			t.Errorf("%v: %+v", wrong[0], e)
		}
	}
	for k := range maxOpened {
		us.ways[fmt.Sprint(k)] = &way{over: make(chan struct{})}
	}
	if _, err := us.way(overWS, l.Addr().String()); fault.KindOf(err) != fault.Conflict {
		t.Errorf("one more than may be: %v", err)
	}
}

// TestAWebSocketOfOursThatIsSilent: pings go on while something comes back, and what is
// silent is closed; the time of what was written before does not count.
func TestAWebSocketOfOursThatIsSilent(t *testing.T) {
	here, there := net.Pipe()
	over := make(chan struct{})
	w := &webSocket{Conn: here, in: bufio.NewReader(here), ours: true, closed: func() { close(over) }}
	if err := w.SetWriteDeadline(time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	tick := make(chan time.Time)
	go w.keep(over, tick)
	w.heard.Store(true)
	s := &carrierEnd{streamed: &streamed{t, there, bufio.NewReader(there)}}
	for range 3 {
		tick <- time.Now()
		if kind, text := s.hears(); kind != 0x89 || text != "" {
			t.Errorf("%x %q", kind, text)
		}
		go s.frame(0x8A, "")
		if _, _, err := w.frame(maxFramed); err != nil {
			t.Fatal(err)
		}
	}
	tick <- time.Now()
	s.hears()
	tick <- time.Now() // nothing came since
	await(t, "closed", over)
}
