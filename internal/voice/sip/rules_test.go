package sip

import (
	"bytes"
	"strings"
	"testing"

	lib "github.com/emiago/sipgo/sip"
)

// request is a good INVITE with lines changed.
func request(change ...string) string {
	s := "INVITE sip:100@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bK1;rport\r\nMax-Forwards: 70\r\nFrom: \"A\" <sip:a@192.0.2.2>;tag=1\r\n" +
		"To: <sip:100@192.0.2.1>\r\nCall-ID: c1@x\r\nCSeq: 1 INVITE\r\nContact: <sip:a@192.0.2.2>\r\nContent-Length: 4\r\n\r\nbody"
	return strings.NewReplacer(change...).Replace(s)
}

// TestRules: one broken rule each, and the status it is answered with; 0 is
// silence.
func TestRules(t *testing.T) {
	for _, c := range []struct {
		from, to string
		code     int
	}{
		{"SIP/2.0\r\nVia", "SIP/7.0\r\nVia", 505}, {"INVITE sip", "IN VITE sip", 400}, {" SIP/2.0\r\nVia", "\r\nVia", 400}, {" SIP/2.0\r\nVia", " HTTP/1.1\r\nVia", 400},
		{"INVITE sip", "I(VITE sip", 0}, {"INVITE sip:100@192.0.2.1 SIP/2.0", "nonsense", 0}, {"INVITE sip:100@192.0.2.1 SIP/2.0", "SIP/2.0 4294967301 OK", 0},
		{"sip:100@192.0.2.1 ", "<sip:100@192.0.2.1> ", 400}, {"sip:100@192.0.2.1 ", "sip:100@192.0.2.1;a b ", 400}, {"sip:100@192.0.2.1 ", "sip:100@192.0.2.1?Route=x ", 400},
		{"sip:100@192.0.2.1 ", "tel:100 ", 416}, {"sip:100@192.0.2.1 ", "sip:100@192.0.2.1:0 ", 400}, {"sip:100@192.0.2.1 ", "sip:1%0@192.0.2.1 ", 400}, {"sip:100@192.0.2.1 ", "sip:100@[::1%0] ", 400},
		{"From: ", "X: ", 400}, {"To: ", "X: ", 400}, {"Call-ID: ", "X: ", 400}, {"CSeq: ", "X: ", 400},
		{"CSeq: 1 INVITE", "CSeq: 1 OPTIONS", 400}, {"CSeq: 1", "CSeq: 2147483648", 400}, {"CSeq: 1", "CSeq: x", 400},
		{"Call-ID:", "Call-ID: a\r\nCall-ID:", 400}, {"Max-Forwards: 70", "Max-Forwards: 300", 400}, {"Max-Forwards: 70", "Max-Forwards: x", 400},
		{"Content-Length: 4", "Content-Length: 5", 400}, {"Content-Length: 4", "Content-Length: -4", 400}, {"Content-Length: 4", "Content-Length: 4\r\nl: 4", 400},
		{"\"A\"", "\"A", 400}, {"\"A\"", "A,B", 400}, {"<sip:a@192.0.2.2>;tag", "<sip:a@192.0.2.2;tag", 400}, {";tag=1", ";tag=\"", 400}, {";tag=1", "tag", 400},
		{"To: <sip:100@192.0.2.1>", "To: sip:100@192.0.2.1?x", 400}, {"Contact: <sip:a@192.0.2.2>", "Contact: ,", 400}, {"Contact: <", "Contact: \"x <", 400},
		{";branch=z9hG4bK1", ";branch=z9hG4bK", 400}, {"Via: SIP/2.0/UDP", "Via: SIP/3.0/UDP", 400}, {"192.0.2.2:5060;branch", "192.0.2.2:99999;branch", 400}, {"Via: SIP/2.0/UDP 1", "Via: SIP/2.0/U(P 1", 400},
		{"Contact:", "Require: 100rel, timer\r\nContact:", 420}, {"Contact:", "Date: Mon, 02 Jan 2006 15:04:05 EST\r\nContact:", 400}, {"Contact:", "Expires: soon\r\nContact:", 400},
		{"Contact:", "X: \x01\r\nContact:", 400}, {"Contact:", "no colon\r\nContact:", 400}, {"body", "", 400}, {"INVITE", "ACK", 200}, {"Contact:", "Require: timer\r\nContact:", 200}, {"body", "body and more", 200},
	} {
		text := request(c.from, c.to)
		_, m, why := inspect([]byte(text))
		switch {
		case c.code == 200 && why != nil:
			t.Errorf("%q: %d %s", c.to, why.code, why.why)
		case c.code != 200 && (why == nil || why.code != c.code):
			t.Errorf("%q: %+v, want %d", c.to, why, c.code)
		case c.code >= 400 && !bytes.Contains(m.reply(why, "t"), []byte("branch=z9hG4bK")) && !strings.Contains(c.to, "X: "):
			t.Errorf("%q: the answer does not name its request\n%s", c.to, m.reply(why, "t"))
		case c.code == 0 && m.reply(why, "t") != nil:
			t.Errorf("%q is answered", c.to)
		}
	}
	for _, change := range [][2]string{{"INVITE", "ACK"}} {
		if _, m, why := inspect([]byte(request(change[0], change[1], "From: ", "X: "))); why == nil || m.reply(why, "t") != nil {
			t.Errorf("a broken ACK is answered: %+v", why)
		}
	}
	if _, _, why := inspect(append([]byte(request()), make([]byte, maxMessage)...)); why == nil || why.code != 0 && why.code != 513 {
		t.Errorf("a message beyond its bound: %+v", why)
	}
	if _, _, why := inspect([]byte(request("Contact:", strings.Repeat("X: y\r\n", maxLines)+"Contact:"))); why == nil || why.code != 400 {
		t.Errorf("too many fields: %+v", why)
	}
}

// TestPlainForm is trap 2: whatever a valid message looks like, what is passed on
// is read by the parser underneath as it was meant.
func TestPlainForm(t *testing.T) {
	plain, _, why := inspect([]byte("\r\nINVITE sip:u;x=1%40b@h.example SIP/2.0\r\nTO :\r\n sip:v@h.example ;   tag    = 1918181833n\r\n" +
		"from   : \"J \\\"\"       <sip:j@h.example>\r\n  ;\r\n  tag = 98asjd8\r\nMaX-fOrWaRdS: 0068\r\nCall-ID: w@x\r\ncseq: 0009\r\n  INVITE\r\n" +
		"v:  SIP  / 2.0  / TCP     s.example   ;\r\n  branch  =   z9hG4bK9ikj8  ,\r\n SIP  /    2.0   / UDP  192.168.255.111   ; branch= z9hG4bK30239\r\nm:\"Q <\\\"\" <sip:j@h.example> ; n = v ; q = 0.33\r\nl: 1\r\n\r\nbtrailing"))
	if why != nil {
		t.Fatalf("%+v", why)
	}
	msg, err := lib.ParseMessage(plain)
	if err != nil {
		t.Fatalf("%v\n%s", err, plain)
	}
	req := msg.(*lib.Request)
	tag, _ := req.To().Params.Get("tag")
	from, _ := req.From().Params.Get("tag")
	branch, _ := req.Via().Params.Get("branch")
	if tag != "1918181833n" || from != "98asjd8" || branch != "z9hG4bK9ikj8" || req.CSeq().SeqNo != 9 || len(req.GetHeaders("Via")) != 2 || string(req.Body()) != "b" || req.MaxForwards().Val() != 68 {
		t.Errorf("%s", plain)
	}
}

// FuzzInspect: whatever passes is taken by the parser underneath with the
// fields the handlers rely on, passes again and stays as it is.
func FuzzInspect(f *testing.F) {
	f.Add([]byte(request()))
	f.Add([]byte(request("Contact:", "Record-Route: <sip:p;lr>, \"x,y\" <sip:q>;a=b\r\nContact:")))
	f.Add([]byte("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\nCall-ID: x\r\nCSeq: 1 BYE\r\n\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		plain, m, why := inspect(b)
		if why != nil {
			m.reply(why, "t")
			return
		}
		again, _, why := inspect(plain)
		if why != nil || !bytes.Equal(again, plain) {
			t.Fatalf("%+v\n%q\n%q", why, plain, again)
		}
		msg, err := parse(plain)
		if err != nil {
			return // answered 400 by the gate
		}
		if msg.From() == nil || msg.To() == nil || msg.CallID() == nil || msg.CSeq() == nil || msg.Via() == nil {
			t.Fatalf("a mandatory field is not read of\n%s", plain)
		}
	})
}
