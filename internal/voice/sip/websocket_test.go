package sip

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

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
		b.registers(transport, transport)
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

		b.says(b.message(transport, "INVITE", "i"+transport, 1, sdpBody("x.invalid;transport=ws")))
		m := b.until("SIP/2.0 401")
		b.says(b.message(transport, "INVITE", "i"+transport, 2, proof(m, "INVITE")+sdpBody("x.invalid;transport=ws")))
		in := <-calls
		<-media
		if ok := b.until("SIP/2.0 200"); !strings.Contains(ok, "transport=ws>") || in.Account() != "alice" {
			t.Errorf("%q\n%s", in.Account(), ok)
		}
		b.says(strings.Replace(b.message(transport, "ACK", "i"+transport, 2, "\r\n"), "To: <sip:alice@127.0.0.1>", "To: <sip:alice@127.0.0.1>;tag="+in.ours, 1))
		in.Hangup()
		b.says(echo(b.until("BYE "), "200 OK", "x", "\r\n"))
		await(t, "end", in.gone)

		b.c.Close()
		for tick := time.NewTicker(time.Millisecond); len(server.Phones("alice")) != 0; {
			<-tick.C
		}
	}
}

// message is a request of a browser.
func (b *browserEnd) message(transport, method, id string, number int, rest string) string {
	return strings.NewReplacer("/UDP", "/"+transport, "<sip:100@127.0.0.1>", "<sip:alice@127.0.0.1>").Replace(handMade(method, "x.invalid", id, number, rest))
}

// proof answers a challenge as alice.
func proof(m, method string) string {
	c, _ := parseChallenge(asksFor.FindStringSubmatch(m)[1])
	p, _ := c.answer("alice", "wonder", method, "sip:127.0.0.1")
	return "Authorization: " + p + "\r\n"
}

// registers does so as alice, without Content-Length: a frame has one (RFC 7118, 5).
func (b *browserEnd) registers(transport, id string) {
	b.t.Helper()
	b.says(b.message(transport, "REGISTER", id, 1, "\r\n"))
	m := b.until("SIP/2.0 401")
	b.says(b.message(transport, "REGISTER", id, 2, proof(m, "REGISTER")+"Contact: <sip:q1@x.invalid;transport=ws>\r\n\r\n"))
	b.until("SIP/2.0 200")
}

// TestBrowserComesBack: its connection is lost in a call; it opens another and
// registers again, and the call goes on over that. A call whose browser never
// came back ends all the same.
func TestBrowserComesBack(t *testing.T) {
	server := endpoint(t, Config{ListenWS: loopbackAny, Register: true, Secret: logIns})
	for _, back := range []bool{true, false} {
		b := browser(t, server, overWS, nil)
		b.registers(overWS, fmt.Sprint("first", back))
		call, _ := place(t, server, "", func(in *Invite) { in.Account = "alice" })
		b.says(echo(b.until("INVITE "), "200 OK", "a", strings.Replace(sdpBody("x.invalid;transport=ws;ob"), "sip:x@", "sip:q1@", 1)))
		b.until("ACK ")
		await(t, "answer", call.Answered())
		b.c.Close()
		reached(t, "the connection is gone", func() bool { return len(server.Phones("alice")) == 0 })
		if back {
			b = browser(t, server, overWS, nil)
			b.registers(overWS, "second")
		}
		call.Hangup()
		if back {
			b.says(echo(b.until("BYE sip:q1@x.invalid"), "200 OK", "a", "\r\n"))
			b.c.Close()
			reached(t, "the connection is gone", func() bool { return len(server.Phones("alice")) == 0 })
		}
		await(t, "end", call.gone)
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

// FuzzFrames: whatever a browser, or a carrier, sends after the handshake, what is read is a
// message within its bound, or the connection ends.
func FuzzFrames(f *testing.F) {
	f.Add([]byte("\x81\x85maskhello\x01\x82maskab\x89\x80mask\x80\x81maskc\x88\x80mask"), false)
	f.Add([]byte("\x82\xFE\x00\x02maskab\x82\xFF\x00\x00\x00\x00\x00\x00\x00\x01maska"), false)
	f.Add([]byte("\x89\x02hi\x01\x02ab\x80\x01c\x82\x7E\x00\x02ab"), true)
	f.Fuzz(func(t *testing.T, b []byte, ours bool) {
		here, there := net.Pipe()
		defer here.Close()
		go io.Copy(io.Discard, there) //nolint:errcheck // what it answers
		w := &webSocket{Conn: here, in: bufio.NewReader(bytes.NewReader(b)), agreed: true, ours: ours}
		for read := 0; ; {
			m, err := w.message()
			if err != nil {
				return
			}
			if read += len(m); len(m) == 0 || len(m) > maxFramed || read > len(b) {
				t.Fatalf("%d bytes of %d", read, len(b))
			}
		}
	})
}

// FuzzReplaces: what is read of a Replaces field names the same call when it is
// written again.
func FuzzReplaces(f *testing.F) {
	f.Add("a@b;to-tag=1;from-tag=2;early-only")
	f.Add("a%40b;from-tag=2;to-tag=1")
	f.Fuzz(func(t *testing.T, s string) {
		r, ok := parseReplaces(s)
		if !ok {
			return
		}
		again, ok := parseReplaces(r.id + ";to-tag=" + r.ours + ";from-tag=" + r.theirs)
		if r.earlyOnly = false; !ok || again != r {
			t.Fatalf("%+v, %+v", r, again)
		}
	})
}
