package sip

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"waihu/internal/fault"
)

// logIns are the accounts of these tests.
func logIns(user string) (string, bool) {
	secret, known := map[string]string{"alice": "wonder", "bob": "build"}[user]
	return secret, known
}

// register is a REGISTER of a phone made by hand.
func register(w *wire, user, id string, number int, rest string) string {
	return strings.NewReplacer("<sip:100@127.0.0.1>", "<sip:"+user+"@127.0.0.1>", "sip:100@", "sip:").Replace(handMade("REGISTER", w.addr(), id, number, rest+"Content-Length: 0\r\n\r\n"))
}

var asksFor = regexp.MustCompile(`(?m)^WWW-Authenticate: (.*)\r$`)

// logsIn sends a REGISTER, answers the challenge and returns what came of it.
func logsIn(w *wire, e *Endpoint, user, secret, id string, number int, rest string) string {
	w.t.Helper()
	w.send(e.Addr(), register(w, user, id, number, rest))
	m, _ := w.until("SIP/2.0 ")
	asked := asksFor.FindStringSubmatch(m)
	if asked == nil {
		return m
	}
	c, _ := parseChallenge(asked[1])
	proof, _ := c.answer(user, secret, "REGISTER", "sip:127.0.0.1")
	w.send(e.Addr(), register(w, user, id, number+1, "Authorization: "+proof+"\r\n"+rest))
	m, _ = w.until("SIP/2.0 ")
	return m
}

// TestRegisterWithWhatIsKept: a phone whose secret we do not have logs in by what is
// kept of it; another secret does not, nor is somebody told wrong whom we cannot look up.
func TestRegisterWithWhatIsKept(t *testing.T) {
	kept := func(user string) (string, bool, error) {
		switch user {
		case "desk":
			return challenge{}.sum("desk", "waihu", "oak"), true, nil
		case "away":
			return "", false, errors.New("the books are away")
		}
		return "", false, nil
	}
	server, phone := endpoint(t, Config{Register: true, Secret: logIns, Kept: kept}), byHand(t)
	for i, c := range []struct {
		user, secret string
		status       int
	}{{"alice", "wonder", 200}, {"desk", "oak", 200}, {"desk", "elm", 401}, {"nobody", "oak", 401}, {"away", "oak", 503}, {strings.Repeat("x", 300), "oak", 401}} {
		if m := logsIn(phone, server, c.user, c.secret, fmt.Sprint("k", i), 1, "Contact: <sip:x@10.0.0.9>\r\n"); statusOf(m) != c.status {
			t.Errorf("%s with %s, want %d\n%s", c.user, c.secret, c.status, m)
		}
	}
	server.door.throttle.mu.Lock()
	defer server.door.throttle.mu.Unlock()
	if n := len(server.door.throttle.failures); n > 10 {
		t.Errorf("%d names are remembered", n)
	}
}

// TestRegister: what a phone asks of the registrar, one after another, and what
// the book has then.
func TestRegister(t *testing.T) {
	server, phone := endpoint(t, Config{Register: true, Secret: logIns}), byHand(t)
	for i, c := range []struct {
		rest   string
		status int
		has    string // in the answer
		book   int    // phones of the account after it
	}{
		{"", 200, "", 0},
		{"Contact: <sip:alice@10.0.0.9>\r\n", 200, "<sip:alice@10.0.0.9>;expires=600", 1},
		{"Contact: <sip:alice@10.0.0.9>;expires=90\r\nExpires: 3600\r\n", 200, "expires=90", 1},
		{"Contact: <sip:alice@10.0.0.9>\r\nExpires: 4294967295\r\n", 200, "expires=3600", 1},
		{"Contact: <sip:alice@10.0.0.8>;expires=soon\r\n", 200, "<sip:alice@10.0.0.8>;expires=600", 2},
		{"Contact: <sip:alice@10.0.0.9>;expires=59\r\n", 423, "Min-Expires: 60", 2},
		{"Contact: *\r\n", 400, "", 2},
		{"Contact: *\r\nExpires: 60\r\n", 400, "", 2},
		{"Contact: *\r\nContact: <sip:alice@10.0.0.9>\r\nExpires: 0\r\n", 400, "", 2},
		{"Contact: mailto:alice@10.0.0.9\r\n", 400, "", 2},
		{"Contact: <sip:alice@10.0.0.9>;expires=0\r\n", 200, "<sip:alice@10.0.0.8>", 1},
		{"Contact: <sip:a@10.0.0.1>;+sip.instance=\"<urn:uuid:1>\"\r\n", 200, "", 2},
		{"Contact: <sip:b@10.0.0.2>;+sip.instance=\"<urn:uuid:1>\"\r\n", 200, "<sip:b@10.0.0.2>", 2}, // the same phone with another address
		{"Contact: <sip:1@h>, <sip:2@h>, <sip:3@h>, <sip:4@h>\r\n", 200, "<sip:4@h>", 5},
		{"Contact: <sip:1@h>, <sip:2@h>, <sip:3@h>, <sip:4@h>, <sip:5@h>, <sip:6@h>\r\n", 403, "", 5},
		{"Contact: *\r\nExpires: 0\r\n", 200, "", 0},
	} {
		m := logsIn(phone, server, "alice", "wonder", "r", 10*i+1, c.rest)
		if got := server.Phones("alice"); statusOf(m) != c.status || !strings.Contains(m, c.has) || len(got) != c.book {
			t.Errorf("%q: %d phones, want %d\n%s", c.rest, len(got), c.book, m)
		}
	}
	m := logsIn(phone, server, "alice", "wonder", "again", 5, "User-Agent: hand\r\nContact: <sip:alice@10.0.0.9>\r\n")
	if p := server.Phones("alice"); len(p) != 1 || p[0].Source != phone.addr() || p[0].Transport != "UDP" || p[0].Agent != "hand" || p[0].Contact != "sip:alice@10.0.0.9" {
		t.Errorf("%+v\n%s", p, m)
	}
	if m := logsIn(phone, server, "alice", "wonder", "again", 1, "Contact: <sip:alice@10.0.0.9>;expires=0\r\n"); statusOf(m) != 500 {
		t.Errorf("an older request counts: %s", m)
	}
}

// TestRegisterAsSomebodyElse: a log-in registers its own account and no other;
// guesses at accounts that are there and that are not get the same answer, and
// after a handful none at all (trap 10).
func TestRegisterAsSomebodyElse(t *testing.T) {
	server, phone := endpoint(t, Config{Register: true, Secret: logIns}), byHand(t)
	phone.send(server.Addr(), register(phone, "bob", "x", 1, ""))
	m, _ := phone.until("SIP/2.0 401")
	c, _ := parseChallenge(asksFor.FindStringSubmatch(m)[1])
	proof, _ := c.answer("alice", "wonder", "REGISTER", "sip:127.0.0.1")
	phone.send(server.Addr(), register(phone, "bob", "x", 2, "Authorization: "+proof+"\r\nContact: <sip:bob@h>\r\n"))
	if m, _ := phone.until("SIP/2.0 "); statusOf(m) != 403 || len(server.Phones("bob")) != 0 {
		t.Errorf("%s", m)
	}
	changes := regexp.MustCompile(`nonce="[^"]*"|tag=[^\r;]*|branch=[^;]*|Call-ID: \S*|<sip:(bob|nobody)@127|CSeq: \d+`)
	var answers []string
	for _, user := range []string{"bob", "nobody"} {
		answers = append(answers, changes.ReplaceAllString(logsIn(phone, server, user, "guess", "g"+user, 1, ""), "-"))
	}
	if answers[0] != answers[1] || statusOf(answers[0]) != 401 {
		t.Errorf("somebody:\n%s\nnobody:\n%s", answers[0], answers[1])
	}
	for i := range 10 {
		m = logsIn(phone, server, "bob", fmt.Sprint(i), fmt.Sprintf("t%d", i), 1, "")
	}
	if statusOf(m) != 503 || !strings.Contains(m, "Retry-After: 10") {
		t.Errorf("guessing goes on: %s", m)
	}
	if m := logsIn(phone, server, "bob", "build", "late", 1, ""); statusOf(m) != 503 {
		t.Errorf("who guessed too often gets in: %s", m)
	}
}

// TestRegularIsNotShutOut: others guessed at an account from many places until
// it is closed to strangers; the phone that is registered still gets in.
func TestRegularIsNotShutOut(t *testing.T) {
	server, phone := endpoint(t, Config{Register: true, Secret: logIns}), byHand(t)
	logsIn(phone, server, "alice", "wonder", "first", 1, "Contact: <sip:alice@h>\r\n")
	from := func(last byte) *wire {
		c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, last)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return &wire{t, c}
	}
	for i := range accountBurst {
		if m := logsIn(from(byte(2+i/4)), server, "alice", "guess", fmt.Sprintf("g%d", i), 1, ""); statusOf(m) != 401 {
			t.Errorf("guess %d: %s", i, m)
		}
	}
	if m := logsIn(from(99), server, "alice", "wonder", "stranger", 1, ""); statusOf(m) != 503 {
		t.Errorf("a stranger: %s", m)
	}
	if m := logsIn(phone, server, "alice", "wonder", "again", 1, "Contact: <sip:alice@h>\r\n"); statusOf(m) != 200 {
		t.Errorf("the phone: %s", m)
	}
}

// TestOnePhoneThatIsWrongShutsOutNobody: behind one address, a telephone that is set up wrong
// is slowed down; one that logged in there before gets in, whoever guesses, and so does a new
// one soon; who guesses at the one that gets in learns no more than at nobody.
func TestOnePhoneThatIsWrongShutsOutNobody(t *testing.T) {
	now := time.Unix(1000, 0)
	limits := newThrottle(1000, 1000, func() time.Time { return now })
	door, err := newDoorkeeper("waihu", logIns, nil, limits, func(netip.Addr, string) bool { return false }, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	office := netip.MustParseAddr("192.0.2.7")
	try := func(user, secret string) int {
		v := door.ask(office, "REGISTER", "")
		c, _ := parseChallenge(v.challenge)
		proof, _ := c.answer(user, secret, "REGISTER", "sip:waihu")
		if v = door.ask(office, "REGISTER", proof); v.in {
			return 200
		}
		return v.code
	}
	if code := try("alice", "wonder"); code != 200 {
		t.Errorf("alice: %d", code)
	}
	for range 10 * 60 { // a telephone that asks each second, ten minutes long
		now = now.Add(time.Second)
		try("desk", "wrong")
	}
	if code := try("bob", "build"); code != 200 {
		t.Errorf("a telephone that is new there: %d", code)
	}
	for i := range 10 {
		try(fmt.Sprint("x", i), "guess") // many accounts: that is the source
	}
	for user, want := range map[string]int{"alice": 200, "carol": 503} {
		if code := try(user, "wonder"); code != want {
			t.Errorf("%s: %d, want %d", user, code, want)
		}
	}
	if a, b := try("alice", "guess"), try("nobody", "guess"); a != 503 || b != a {
		t.Errorf("a guess at who was let in: %d, at nobody: %d", a, b)
	}
	guesses := 0
	for range 3600 {
		now = now.Add(time.Second)
		if limits.mayTry(office, "alice", false) != shut {
			guesses++
			try("alice", "guess")
		}
	}
	if guesses > pairBurst+73 {
		t.Errorf("%d guesses at one account within an hour", guesses)
	}
}

// TestBookOfPhones: a registration ends by itself; in all there are so many and
// no more, and those that are over make room.
func TestBookOfPhones(t *testing.T) {
	now := time.Unix(1000, 0)
	r := newRegistrar(3, time.Minute, func() time.Time { return now })
	one := func(account, contact string, lease time.Duration) error {
		_, err := r.update(account, []binding{{Phone: Phone{Account: account, Contact: contact, Until: now.Add(lease)}, instance: contact, call: account, sequence: 1}})
		return err
	}
	for _, a := range []string{"a", "b", "c"} {
		if err := one(a, "sip:x", time.Minute); err != nil {
			t.Error(err)
		}
	}
	if err := one("d", "sip:x", time.Minute); fault.KindOf(err) != fault.Conflict || r.of("d") != nil {
		t.Errorf("a fourth of three: %v", err)
	}
	now = now.Add(time.Minute)
	if err := one("d", "sip:x", time.Minute); err != nil || len(r.of("d")) != 1 || len(r.of("a")) != 0 || r.count != 1 || len(r.accounts) != 1 {
		t.Errorf("%v, %d in all, %v", err, r.count, r.accounts)
	}
	r.most = 100
	for i, contact := range []string{"sip:desk", "sip:browser", "sip:desk"} { // the desk refreshes: the browser still came last
		b := binding{Phone: Phone{Account: "f", Contact: contact, Until: now.Add(time.Minute)}, instance: contact, call: contact, sequence: uint32(i) + 1}
		if _, err := r.update("f", []binding{b}); err != nil {
			t.Error(err)
		}
	}
	if list := r.of("f"); len(list) != 2 || list[1].Contact != "sip:browser" {
		t.Errorf("%+v", list)
	}
	for i := range 2 * perAccount {
		if err := one("e", fmt.Sprintf("sip:%d", i), time.Minute); err != nil {
			t.Error(err)
		}
	}
	if list := r.of("e"); len(list) != perAccount || list[0].Contact != "sip:5" {
		t.Errorf("%+v", list)
	}
}

// TestCallToAPhone is trap 3: the INVITE names what the phone calls itself and
// goes to where it registered from, as do ACK and BYE.
func TestCallToAPhone(t *testing.T) {
	server, phone := endpoint(t, Config{Register: true, Secret: logIns}), byHand(t)
	logsIn(phone, server, "alice", "wonder", "r", 1, "Contact: <sip:alice-1@10.255.0.9:5099;ob>\r\n")
	l, err := net.Listen("tcp", phone.addr()) // somebody else's, at the same port
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	call, _ := place(t, server, "", func(in *Invite) { in.Account, in.Name = "alice", strings.Repeat("long ", 300) })
	invite, from := phone.until("INVITE sip:alice-1@10.255.0.9:5099;ob ")
	if !strings.Contains(invite, "To: <sip:alice@127.0.0.1>") {
		t.Errorf("%s", invite)
	}
	phone.send(from, echo(invite, "200 OK", "a", sdpBody("10.255.0.9:5099")))
	phone.until("ACK sip:x@10.255.0.9:5099 ")
	await(t, "answer", call.Answered())
	call.Hangup()
	bye, _ := phone.until("BYE sip:x@10.255.0.9:5099 ")
	phone.send(from, echo(bye, "200 OK", "a", "Content-Length: 0\r\n\r\n"))
	await(t, "end", call.gone)
	if call.Account() != "alice" {
		t.Errorf("the call is with %q", call.Account())
	}
	if _, err := server.Place(t.Context(), Invite{Account: "bob", Media: newSound(40002)}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a phone that is not registered is called: %v", err)
	}
	if _, err := Open(Config{Listen: loopbackAny, Register: true}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a registrar without log-ins: %v", err)
	}
}

// TestBaresip: a real phone registers, is called and answers, calls out, holds, is
// hung up on and hangs up, and is gone when it leaves; over each transport it has.
func TestBaresip(t *testing.T) {
	calls, media := make(chan *Call, 1), make(chan *sound, 1)
	trust, authority := secured(t)
	server := endpoint(t, Config{Register: true, Secret: logIns, ListenTLS: loopbackAny, TLS: trust, Serve: answering(t, calls, media)})
	for _, transport := range []string{overUDP, overTCP, overTLS} {
		at := server.at(transport).String()
		phone := baresip(t, at, "alice", "wonder", transport, authority)
		phone.until(func() bool { return len(server.Phones("alice")) == 1 })
		p := server.Phones("alice")[0]
		if p.Transport != transport || !strings.HasPrefix(p.Agent, "baresip") {
			t.Errorf("%+v", p)
		}
		call, s := place(t, server, "", func(in *Invite) { in.Account = "alice" })
		await(t, "answer of the phone", call.Answered())
		if a, _ := s.agreed(); !a.Sends || !a.Receives {
			t.Errorf("%+v", a)
		}
		call.Hangup()
		await(t, "end", call.gone)

		for _, theyEnd := range []bool{false, true} {
			phone.does("dial", "sip:100@"+at+";transport="+transport)
			in, sound := <-calls, <-media
			if in.Account() != "alice" || in.Called() != "100" {
				t.Errorf("%q calls %q", in.Account(), in.Called())
			}
			confirmed(t, in)
			for _, way := range []string{"hold", "resume"} {
				phone.does(way, "")
				reached(t, way, func() bool { a, _ := sound.agreed(); return a.Sends == (way == "resume") })
			}
			want := Us
			if theyEnd {
				want = Them
				phone.does("hangup", "")
			} else {
				in.Hangup()
			}
			await(t, "end", in.gone)
			if e := in.Ending(); e.By != want || e.Why != Bye {
				t.Errorf("%+v", e)
			}
		}
		phone.leaves()
		if p := server.Phones("alice"); len(p) != 0 {
			t.Errorf("it left, and is still registered: %+v", slices.Clone(p))
		}
	}
}
