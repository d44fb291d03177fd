package sip

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// torture6 are the situations of RFC 5118, in messages of our own: what each is
// answered with.
var torture6 = []struct {
	name    string
	status  int
	message string
}{
	{"4.1 a reference in its brackets", 200, "OPTIONS sip:[2001:db8::10] SIP/2.0\nTo: sip:user@example.com\nFrom: sip:user@example.com;tag=81x2\nVia: SIP/2.0/UDP [2001:db8::9:1]:5999;branch=z9hG4bK{id};rport\nCall-ID: {id}\nMax-Forwards: 70\nContact: \"Caller\" <sip:caller@[2001:db8::1]>\nCSeq: 98176 OPTIONS\nContent-Length: 0\n\n"},
	{"4.2 none around it", 400, "OPTIONS sip:2001:db8::10 SIP/2.0\nTo: sip:user@example.com\nFrom: sip:user@example.com;tag=81x2\nVia: SIP/2.0/UDP [2001:db8::9:1]:5999;branch=z9hG4bK{id};rport\nCall-ID: {id}\nMax-Forwards: 70\nContact: \"Caller\" <sip:caller@[2001:db8::1]>\nCSeq: 98176 OPTIONS\nContent-Length: 0\n\n"},
	{"4.3 what looks like a port is part of it", 200, "OPTIONS sip:[2001:db8::10:5070] SIP/2.0\nTo: sip:user@example.com\nFrom: sip:user@example.com;tag=81x2\nVia: SIP/2.0/UDP [2001:db8::9:1]:5999;branch=z9hG4bK{id};rport\nCall-ID: {id}\nMax-Forwards: 70\nContact: \"Caller\" <sip:caller@[2001:db8::1]>\nCSeq: 98176 OPTIONS\nContent-Length: 0\n\n"},
	{"4.4 a port behind it", 200, "OPTIONS sip:[2001:db8::10]:5070 SIP/2.0\nTo: sip:user@example.com\nFrom: sip:user@example.com;tag=81x2\nVia: SIP/2.0/UDP [2001:db8::9:1]:5999;branch=z9hG4bK{id};rport\nCall-ID: {id}\nMax-Forwards: 70\nContact: \"Caller\" <sip:caller@[2001:db8::1]>\nCSeq: 98176 OPTIONS\nContent-Length: 0\n\n"},
	{"4.5 brackets in received", 481, "BYE sip:[2001:db8::10] SIP/2.0\nTo: sip:user@example.com;tag=bd76ya\nFrom: sip:user@example.com;tag=81x2\nVia: SIP/2.0/UDP [2001:db8::9:1]:5999;received=[2001:db8::9:255];branch=z9hG4bK{id};rport\nCall-ID: {id}\nMax-Forwards: 70\nCSeq: 321 BYE\nContent-Length: 0\n\n"},
	{"4.5 none in received", 481, "BYE sip:[2001:db8::10] SIP/2.0\nTo: sip:user@example.com;tag=bd76ya\nFrom: sip:user@example.com;tag=81x2\nVia: SIP/2.0/UDP [2001:db8::9:1]:5999;received=2001:db8::9:255;branch=z9hG4bK{id};rport\nCall-ID: {id}\nMax-Forwards: 70\nCSeq: 321 BYE\nContent-Length: 0\n\n"},
	{"4.6 sound at it", 200, "INVITE sip:user@[2001:db8::10] SIP/2.0\nTo: sip:user@[2001:db8::10]\nFrom: sip:user@example.com;tag=81x2\nVia: SIP/2.0/UDP [2001:db8::20]:5999;branch=z9hG4bK{id};rport\nCall-ID: {id}\nMax-Forwards: 70\nContact: \"Caller\" <sip:caller@[2001:db8::20]>\nCSeq: 8612 INVITE\nContent-Type: application/sdp\n\nv=0\r\no=assistant 971731711378798081 0 IN IP6 2001:db8::20\r\ns=Live video feed for today's meeting\r\nc=IN IP6 2001:db8::20\r\nt=3338481189 3370017201\r\nm=audio 6000 RTP/AVP 8\r\nm=video 6024 RTP/AVP 107\r\na=rtpmap:107 H263-1998/90000\r\n"},
	{"4.7 both kinds in one header", 481, "BYE sip:user@host.example.net SIP/2.0\nVia: SIP/2.0/UDP [2001:db8::9:1]:6050;branch=z9hG4bK{id};rport\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKjhja8781hjuaij65144\nVia: SIP/2.0/TCP [2001:db8::9:255];branch=z9hG4bK451jj;received=192.0.2.200\nCall-ID: {id}\nMax-Forwards: 70\nCSeq: 89187 BYE\nTo: sip:user@example.net;tag=9817--94\nFrom: sip:user@example.com;tag=81x2\nContent-Length: 0\n\n"},
	{"4.8 both kinds in one description", 200, "INVITE sip:user@[2001:db8::10] SIP/2.0\nTo: sip:user@[2001:db8::10]\nFrom: sip:user@example.com;tag=81x2\nVia: SIP/2.0/UDP [2001:db8::9:1]:5999;branch=z9hG4bK{id};rport\nCall-ID: {id}\nMax-Forwards: 70\nContact: \"Caller\" <sip:caller@[2001:db8::9:1]>\nCSeq: 8912 INVITE\nContent-Type: application/sdp\n\nv=0\r\no=bob 280744730 28977631 IN IP4 host.example.com\r\ns=\r\nt=0 0\r\nm=audio 22334 RTP/AVP 0\r\nc=IN IP4 192.0.2.1\r\nm=video 6024 RTP/AVP 107\r\nc=IN IP6 2001:db8::1\r\na=rtpmap:107 H263-1998/90000\r\n"},
	{"4.9 an IPv4 address within it", 200, "INVITE sip:user@example.com SIP/2.0\nTo: sip:user@example.com\nFrom: sip:user@east.example.com;tag=81x2\nVia: SIP/2.0/UDP [::ffff:192.0.2.10]:19823;branch=z9hG4bK{id};rport\nVia: SIP/2.0/UDP [::ffff:192.0.2.2];branch=z9hG4bKbh19\nCall-ID: {id}\nContact: \"T. desk phone\" <sip:ted@[::ffff:192.0.2.2]>\nCSeq: 612 INVITE\nMax-Forwards: 70\nContent-Type: application/sdp\n\nv=0\r\no=assistant 971731711378798081 0 IN IP6 ::ffff:192.0.2.2\r\ns=Call me soon, please!\r\nc=IN IP6 ::ffff:192.0.2.2\r\nt=3338481189 3370017201\r\nm=audio 6000 RTP/AVP 8\r\n"},
	{"4.10 three colons", 400, "OPTIONS sip:user@[2001:db8:::192.0.2.1] SIP/2.0\nTo: sip:user@[2001:db8:::192.0.2.1]\nFrom: sip:user@example.com;tag=810x2\nVia: SIP/2.0/UDP lab1.east.example.com;branch=z9hG4bK{id};rport\nCall-ID: {id}\nCSeq: 689 OPTIONS\nMax-Forwards: 70\nContent-Length: 0\n\n"},
	{"4.10 two colons", 200, "OPTIONS sip:user@[2001:db8::192.0.2.1] SIP/2.0\nTo: sip:user@[2001:db8::192.0.2.1]\nFrom: sip:user@example.com;tag=810x2\nVia: SIP/2.0/UDP lab1.east.example.com;branch=z9hG4bK{id};rport\nCall-ID: {id}\nCSeq: 689 OPTIONS\nMax-Forwards: 70\nContent-Length: 0\n\n"},
}

// TestTorture6: every situation of RFC 5118 gets its answer of the running
// server, and the server goes on. Calls it took are hung up by the caller.
func TestTorture6(t *testing.T) {
	calls, media := make(chan *Call, 1), make(chan *sound, 1)
	server, peer := endpoint(t, Config{Serve: answering(t, calls, media)}), byHand(t)
	for i, c := range torture6 {
		id := fmt.Sprintf("six%d", i)
		peer.send(server.Addr(), onWire(c.message, peer.addr(), id))
		m := ""
		for m == "" || statusOf(m) < 200 {
			if m, _ = peer.read(2 * time.Second); m == "" {
				break
			}
		}
		if statusOf(m) != c.status || !strings.Contains(m, "Call-ID: "+id) {
			t.Errorf("%s: answered %q, want %d", c.name, m, c.status)
		}
		if statusOf(m) == 200 && strings.Contains(m, "INVITE\r\n") {
			call := <-calls
			s := <-media
			if a, _ := s.agreed(); !a.Remote.IsValid() {
				t.Errorf("%s: sound goes to %v", c.name, a.Remote)
			}
			<-call.answered
			call.end(Ending{By: Them, Why: Bye, Code: 200})
			<-call.gone
		}
		peer.send(server.Addr(), handMade("OPTIONS", peer.addr(), "p"+id, 1, "Content-Length: 0\r\n\r\n"))
		for {
			if m, _ := peer.read(2 * time.Second); m == "" {
				t.Fatalf("%s: the server does not go on", c.name)
			} else if statusOf(m) == 200 && strings.Contains(m, "Call-ID: p"+id) {
				break
			}
		}
	}
}
