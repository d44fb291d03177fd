package sip

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"waihu/internal/fault"
)

// secured is a configuration for TLS with a certificate for 127.0.0.1, which it
// trusts, and that certificate.
func secured(t *testing.T) (*tls.Config, []byte) {
	t.Helper()
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return &tls.Config{Certificates: s.TLS.Certificates, RootCAs: roots, MinVersion: tls.VersionTLS12}, s.Certificate().Raw
}

// TestCallsOverTLS: by sips and by ;transport=tls, ended and changed from either
// side, over the one connection; who shows a certificate that is not trusted is
// not called.
func TestCallsOverTLS(t *testing.T) {
	trust, _ := secured(t)
	calls, media := make(chan *Call, 1), make(chan *sound, 1)
	callee := endpoint(t, Config{ListenTLS: loopbackAny, TLS: trust, Serve: answering(t, calls, media)})
	caller := endpoint(t, Config{TLS: &tls.Config{RootCAs: trust.RootCAs, MinVersion: tls.VersionTLS12}})
	for _, to := range []string{"sips:100@%s", "sip:100@%s;transport=tls"} {
		for _, calleeEnds := range []bool{false, true} {
			out, _ := place(t, caller, fmt.Sprintf(to, callee.at(overTLS)), nil)
			await(t, "answer", out.Answered())
			in := <-calls
			<-media
			ends := out
			if calleeEnds {
				ends = in
			}
			if in.transport != overTLS || in.secure != strings.HasPrefix(to, "sips") || !strings.HasPrefix(in.target.String(), to[:4]) {
				t.Errorf("by %s, secure %v, from %s", in.transport, in.secure, in.target.String())
			}
			if err := ends.Reinvite(context.Background()); err != nil {
				t.Error(err)
			}
			ends.Hangup()
			await(t, "end", in.gone)
			await(t, "end", out.gone)
			if e := ends.Ending(); e.By != Us || e.Why != Bye {
				t.Errorf("%+v", e)
			}
		}
	}
	stranger := endpoint(t, Config{TLS: &tls.Config{RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12}})
	out, _ := place(t, stranger, "sips:100@"+callee.at(overTLS).String(), nil)
	await(t, "end", out.Done())
	if e := out.Ending(); e.Why != Unreachable || !strings.Contains(e.Reason, "certificate") {
		t.Errorf("%+v", e)
	}
	for _, c := range []Config{{Listen: loopbackAny, ListenTLS: loopbackAny}, {Listen: loopbackAny, ListenWSS: loopbackAny, TLS: &tls.Config{MinVersion: tls.VersionTLS12}}} {
		if _, err := Open(c); fault.KindOf(err) != fault.Invalid {
			t.Errorf("TLS without a certificate: %v", err)
		}
	}
	if _, err := caller.Place(context.Background(), Invite{To: "sip:100@127.0.0.1;transport=ws", Media: newSound(40002)}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a browser is called: %v", err)
	}
}

// streamed is a peer made by hand on a connection.
type streamed struct {
	t  *testing.T
	c  net.Conn
	in *bufio.Reader
}

func (s *streamed) send(text string) {
	s.t.Helper()
	if _, err := io.WriteString(s.c, text); err != nil {
		s.t.Fatal(err)
	}
}

// until reads messages until one begins with a word.
func (s *streamed) until(first string) string {
	s.t.Helper()
	for range 100 {
		var m strings.Builder
		length := 0
		for {
			line, err := s.in.ReadString('\n')
			if err != nil {
				s.t.Fatalf("no %s came: %v", first, err)
			}
			m.WriteString(line)
			if digits, is := strings.CutPrefix(line, "Content-Length: "); is {
				length, _ = strconv.Atoi(strings.TrimSpace(digits))
			}
			if line == "\r\n" {
				break
			}
		}
		if _, err := io.CopyN(&m, s.in, int64(length)); err != nil {
			s.t.Fatal(err)
		}
		if strings.HasPrefix(strings.TrimLeft(m.String(), "\r\n"), first) {
			return m.String()
		}
	}
	s.t.Fatalf("no %s came", first)
	return ""
}

// connect opens a connection to one of the transports.
func connect(t *testing.T, e *Endpoint, transport string, trust *tls.Config) *streamed {
	t.Helper()
	c, err := net.Dial("tcp", e.at(transport).String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(bound)); err != nil {
		t.Fatal(err)
	}
	if trust != nil {
		client := trust.Clone()
		client.ServerName = "127.0.0.1"
		c = tls.Client(c, client)
	}
	return &streamed{t, c, bufio.NewReader(c)}
}

// TestDialogStaysOnItsTLSConnection is trap 6: neither the Contact nor a
// Record-Route that names another port opens a new connection.
func TestDialogStaysOnItsTLSConnection(t *testing.T) {
	trust, _ := secured(t)
	calls, media := make(chan *Call, 1), make(chan *sound, 1)
	callee := endpoint(t, Config{ListenTLS: loopbackAny, TLS: trust, Serve: answering(t, calls, media)})
	s := connect(t, callee, overTLS, trust)
	for i, route := range []string{"", "Record-Route: <sip:127.0.0.1:2;transport=tls;lr>\r\n"} {
		id := fmt.Sprint("tls", i)
		s.send(strings.ReplaceAll(handMade("INVITE", s.c.LocalAddr().String(), id, 1, route+sdpBody("127.0.0.1:1;transport=tls")), "/UDP", "/TLS"))
		call := <-calls
		<-media
		s.send(strings.NewReplacer("INVITE", "ACK", "/UDP", "/TLS", "To: <sip:100@127.0.0.1>", "To: <sip:100@127.0.0.1>;tag="+call.ours).Replace(handMade("INVITE", s.c.LocalAddr().String(), id, 1, "Content-Length: 0\r\n\r\n")))
		call.Hangup()
		bye := s.until("BYE ")
		s.send(echo(bye, "200 OK", "x", "Content-Length: 0\r\n\r\n"))
		await(t, "end", call.gone)
		if e := call.Ending(); e.Why != Bye || strings.Contains(bye, "Route: <sip:127.0.0.1:2;") != (route != "") {
			t.Errorf("%+v\n%s", e, bye)
		}
	}
}

// browser opens a WebSocket as a browser does, with the protocol of SIP.
func browser(t *testing.T, e *Endpoint, transport string, trust *tls.Config) *browserEnd {
	t.Helper()
	s := connect(t, e, transport, trust)
	s.send("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: sip\r\n\r\n")
	if m := s.until("HTTP/1.1 101"); !strings.Contains(m, "Sec-WebSocket-Protocol: sip") {
		t.Errorf("%s", m)
	}
	return &browserEnd{s}
}

type browserEnd struct{ *streamed }

// frame sends one frame, masked.
func (b *browserEnd) frame(first byte, text string) {
	head := binary.BigEndian.AppendUint16([]byte{first, 0x80 | 126}, uint16(len(text)))
	payload := []byte(text)
	for i := range payload {
		payload[i] ^= "mask"[i%4]
	}
	b.send(string(append(append(head, "mask"...), payload...)))
}

func (b *browserEnd) says(text string) { b.frame(0x81, text) }

// hears is the next frame.
func (b *browserEnd) hears() (kind byte, text string) {
	b.t.Helper()
	head := make([]byte, 2)
	if _, err := io.ReadFull(b.in, head); err != nil {
		return 0, ""
	}
	n := int(head[1])
	if n == 126 {
		more := make([]byte, 2)
		if _, err := io.ReadFull(b.in, more); err != nil {
			b.t.Fatal(err)
		}
		n = int(binary.BigEndian.Uint16(more))
	}
	payload := make([]byte, n)
	if _, err := io.ReadFull(b.in, payload); err != nil {
		b.t.Fatal(err)
	}
	return head[0], string(payload)
}

// until reads until a message begins with a word.
func (b *browserEnd) until(first string) string {
	b.t.Helper()
	for range 100 {
		if kind, m := b.hears(); strings.HasPrefix(m, first) {
			return m
		} else if kind == 0 {
			break
		}
	}
	b.t.Fatalf("no %s came", first)
	return ""
}

// TestBrowserRegistersAndIsCalled is trap 3 over WS and WSS: a browser with an
// address that is none registers, is called over its own connection, and calls;
// when it closes, it is registered no more.
func TestBrowserRegistersAndIsCalled(t *testing.T) {
	trust, _ := secured(t)
	calls, media := make(chan *Call, 1), make(chan *sound, 1)
	server := endpoint(t, Config{ListenWS: loopbackAny, ListenWSS: loopbackAny, TLS: trust, Register: true, Secret: logIns, Serve: answering(t, calls, media)})
	for transport, trust := range map[string]*tls.Config{overWS: nil, overWSS: trust} {
		b := browser(t, server, transport, trust)
		speak := func(method, id string, number int, rest string) string {
			return strings.NewReplacer("/UDP", "/"+transport, "<sip:100@127.0.0.1>", "<sip:alice@127.0.0.1>").Replace(handMade(method, "x.invalid", id, number, rest))
		}
		proof := func(m, method string) string {
			c, _ := parseChallenge(asksFor.FindStringSubmatch(m)[1])
			p, _ := c.answer("alice", "wonder", method, "sip:127.0.0.1")
			return "Authorization: " + p + "\r\n"
		}
		b.says(speak("REGISTER", transport, 1, "\r\n")) // no Content-Length: a frame has one (RFC 7118, 5)
		m := b.until("SIP/2.0 401")
		b.says(speak("REGISTER", transport, 2, proof(m, "REGISTER")+"Contact: <sip:q1@x.invalid;transport=ws>\r\n\r\n"))
		b.until("SIP/2.0 200")
		if p := server.Phones("alice"); len(p) != 1 || p[0].Transport != transport {
			t.Fatalf("%+v", p)
		}
		call, _ := place(t, server, "", func(in *Invite) { in.Account = "alice" })
		invite := b.until("INVITE sip:q1@x.invalid;transport=ws ")
		b.says(echo(invite, "200 OK", "a", sdpBody("x.invalid;transport=ws")))
		if ack := b.until("ACK "); !strings.Contains(invite, "Via: SIP/2.0/"+transport+" ") || !strings.Contains(ack, "sip:x@x.invalid") {
			t.Errorf("%s\n%s", invite, ack)
		}
		await(t, "answer", call.Answered())
		call.Hangup()
		b.says(echo(b.until("BYE "), "200 OK", "a", "\r\n"))
		await(t, "end", call.gone)

		b.says(speak("INVITE", "i"+transport, 1, sdpBody("x.invalid;transport=ws")))
		m = b.until("SIP/2.0 401")
		b.says(speak("INVITE", "i"+transport, 2, proof(m, "INVITE")+sdpBody("x.invalid;transport=ws")))
		in := <-calls
		<-media
		if ok := b.until("SIP/2.0 200"); !strings.Contains(ok, "transport=ws>") || in.Account() != "alice" {
			t.Errorf("%q\n%s", in.Account(), ok)
		}
		b.says(strings.Replace(speak("ACK", "i"+transport, 2, "\r\n"), "To: <sip:alice@127.0.0.1>", "To: <sip:alice@127.0.0.1>;tag="+in.ours, 1))
		in.Hangup()
		b.says(echo(b.until("BYE "), "200 OK", "x", "\r\n"))
		await(t, "end", in.gone)

		b.c.Close()
		for tick := time.NewTicker(time.Millisecond); len(server.Phones("alice")) != 0; {
			<-tick.C
		}
	}
}

// TestFramesOfAWebSocket: pings are answered, messages in pieces and binary ones
// are read, a broken message is refused and one that is too long ends the
// connection; nothing else suffers.
func TestFramesOfAWebSocket(t *testing.T) {
	server := endpoint(t, Config{ListenWS: loopbackAny})
	b := browser(t, server, overWS, nil)
	options := func(id string) string {
		return strings.ReplaceAll(handMade("OPTIONS", "x.invalid", id, 1, "\r\n"), "/UDP", "/WS")
	}
	b.frame(0x89, "are you there")
	if kind, text := b.hears(); kind != 0x8A || text != "are you there" {
		t.Errorf("%x %q", kind, text)
	}
	b.says("\r\n\r\n")
	if kind, text := b.hears(); kind != 0x81 || text != "\r\n" {
		t.Errorf("a keep-alive: %x %q", kind, text)
	}
	whole := options("pieces")
	b.frame(0x01, whole[:20])
	b.frame(0x89, "") // between the pieces
	b.frame(0x00, whole[20:50])
	b.frame(0x80, whole[50:])
	b.until("SIP/2.0 200")
	b.frame(0x82, options("binary"))
	b.until("SIP/2.0 200")
	b.says(strings.Replace(options("bad"), "CSeq: 1 OPTIONS", "CSeq: 1 INVITE", 1))
	b.until("SIP/2.0 400")
	b.says("nonsense")
	b.says(options("goes-on"))
	b.until("SIP/2.0 200")
	b.frame(0x88, "")
	if kind, _ := b.hears(); kind != 0x88 {
		t.Errorf("a farewell: %x", kind)
	}
	for _, raw := range []string{"\x81\x05hello", "\x83\x80mask", "\x81\xFF\x00\x00\x00\x00\x7F\xFF\xFF\xFFmask", "\x89\xFE\x01\x00mask"} {
		b := browser(t, server, overWS, nil)
		b.send(raw)
		if kind, text := b.hears(); kind != 0 {
			t.Errorf("%q is answered: %x %q", raw, kind, text)
		}
	}
	if s := connect(t, server, overWS, nil); true {
		s.send("INVITE sip:100@127.0.0.1 SIP/2.0\r\n\r\n")
		if _, err := io.Copy(io.Discard, s.in); err != nil {
			t.Errorf("what is no WebSocket stays: %v", err)
		}
	}
}
