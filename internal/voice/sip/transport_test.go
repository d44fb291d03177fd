package sip

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"net/netip"
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
	if e := out.Ending(); e.Why != Unreachable || e.Unsent != NotTrusted || e.Reason != "" || e.Err == nil {
		t.Errorf("%+v", e)
	}
	for _, c := range []Config{{Listen: loopbackAny, ListenTLS: loopbackAny}, {Listen: loopbackAny, ListenWSS: loopbackAny, TLS: &tls.Config{MinVersion: tls.VersionTLS12}}} {
		if _, err := Open(c); fault.KindOf(err) != fault.Invalid {
			t.Errorf("TLS without a certificate: %v", err)
		}
	}
	if _, err := caller.Place(context.Background(), Invite{To: "sip:100@127.0.0.1;transport=sctp", Media: newSound(40002)}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("by what nobody speaks: %v", err)
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

// TestPlaces: one source gets a quarter of the connections, all together no more
// than there are, and what is closed makes room.
func TestPlaces(t *testing.T) {
	l := limited(nil, 8)
	a, b := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	if !l.enter(a) || !l.enter(a) || l.enter(a) || !l.enter(b) {
		t.Errorf("%+v", l.of)
	}
	l.exit(a)
	if !l.enter(a) {
		t.Error("a place that was left is not given again")
	}
	for i := range 10 {
		l.enter(netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}))
	}
	if l.count != 8 {
		t.Errorf("%d of 8", l.count)
	}
	for addr, n := range l.of {
		for range n {
			l.exit(addr)
		}
	}
	if l.count != 0 || len(l.of) != 0 {
		t.Errorf("%d are left, %v", l.count, l.of)
	}
}
