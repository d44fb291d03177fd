package sip

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// TestThousandsOfWebSockets: one source opens as many as it can: it holds a quarter of
// the places and no more, others still get in, and what it held comes back when it goes.
func TestThousandsOfWebSockets(t *testing.T) {
	server := endpoint(t, Config{ListenWS: loopbackAny, Register: true, Secret: logIns})
	at := server.WebSocket().String()
	const upgrade = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: sip\r\n\r\n"
	from := func(host string) (net.Conn, bool) {
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(host)}}
		c, err := d.Dial("tcp", at)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.SetDeadline(time.Now().Add(bound)); err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(c, upgrade) // one that has no place may be closed already
		b := make([]byte, 12)
		_, err = io.ReadFull(c, b)
		return c, err == nil && string(b) == "HTTP/1.1 101"
	}
	var open []net.Conn
	for range 1200 {
		c, in := from("127.0.0.1")
		if !in {
			c.Close()
			continue
		}
		open = append(open, c)
	}
	if len(open) != maxTCP/4 {
		t.Errorf("one source holds %d connections, want %d", len(open), maxTCP/4)
	}
	other, in := from("127.0.0.2")
	if !in {
		t.Error("nobody else gets in")
	}
	other.Close()
	for _, c := range open {
		c.Close()
	}
	for deadline := time.Now().Add(bound); ; time.Sleep(10 * time.Millisecond) {
		c, in := from("127.0.0.1")
		c.Close()
		if in {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the places did not come back")
		}
	}
}

// TestWhatABrowserMayNotSay: upgrades that are none, frames that are too long or never
// end and descriptions that are bombs end the connection or are refused; the server
// goes on.
func TestWhatABrowserMayNotSay(t *testing.T) {
	t.Parallel() // it waits more than it works
	server := endpoint(t, Config{ListenWS: loopbackAny, Serve: func(c *Call) { _ = c.Answer(newSound(40010)) }})
	for what, text := range map[string]string{
		"a header without end": "GET / HTTP/1.1\r\nX: " + strings.Repeat("x", 200_000),
		"many headers":         "GET / HTTP/1.1\r\n" + strings.Repeat("X: y\r\n", 50_000) + "\r\n",
		"no upgrade":           "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		"no HTTP":              strings.Repeat("INVITE\r\n", 10_000) + "\r\n\r\n",
	} {
		c, err := net.Dial("tcp", server.WebSocket().String())
		if err != nil {
			t.Fatal(err)
		}
		if err := c.SetDeadline(time.Now().Add(bound)); err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(c, text)
		if b, err := io.ReadAll(io.LimitReader(c, 1<<20)); strings.Contains(string(b), " 101 ") || err != nil && strings.Contains(err.Error(), "timeout") {
			t.Errorf("%s: %v\n%.200s", what, err, b)
		}
		c.Close()
	}
	b := browser(t, server, overWS, nil)
	bomb := "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n" + strings.Repeat("m=audio 40020 RTP/AVP 8\r\n", 1000)
	b.says(b.message(overWS, "INVITE", "bomb", 1, fmt.Sprintf("Contact: <sip:x@x.invalid;transport=ws>\r\nContent-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s", len(bomb), bomb)))
	if m := b.until("SIP/2.0 4"); statusOf(m) != 400 && statusOf(m) != 488 {
		t.Errorf("%s", m)
	}
	b.says(strings.Repeat("x", maxFramed+1))
	for kind := byte(1); kind != 0 && kind != 0x88; { // a close, or an end without one
		kind, _ = b.hears()
	}
	if _, err := server.Ping(t.Context(), "sip:"+server.Addr().String()); err != nil {
		t.Errorf("the server does not go on: %v", err)
	}
}
