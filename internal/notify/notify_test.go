package notify_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/notify"
	"waihu/internal/store"
	"waihu/internal/store/sqlite"
	"waihu/internal/timex"
)

// world is an outbox whose clock the test sets, and a receiver on this machine.
type world struct {
	*testing.T
	post *notify.Post
	db   store.DB
	now  timex.Instant
	c    id.Company

	mu     sync.Mutex
	answer func(http.ResponseWriter, *http.Request)
	got    []delivery
	server *httptest.Server
}

type delivery struct {
	header http.Header
	body   []byte
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, now: timex.At(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC))}
	db, err := sqlite.Memory(sqlite.Options{Clock: func() timex.Instant { return w.now }})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	seal, err := access.NewSealer(make([]byte, access.SealerKeySize))
	must(t, err)
	w.db = db
	ids := id.NewMaker(rand.Reader)
	w.post = &notify.Post{DB: db, IDs: ids, Seal: seal, Guard: &notify.Guard{Allowed: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}}
	i, err := ids.At(w.now)
	must(t, err)
	w.c = id.Company{ID: i}
	w.server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		w.mu.Lock()
		w.got = append(w.got, delivery{r.Header.Clone(), b})
		answer := w.answer
		w.mu.Unlock()
		if answer != nil {
			answer(rw, r)
		}
	}))
	t.Cleanup(w.server.Close)
	return w
}

func (w *world) after(d time.Duration) { w.now = w.now.Add(d) }

func (w *world) update(f func(store.Tx) error) {
	w.Helper()
	must(w.T, w.db.Update(w.Context(), f))
}

// endpoint adds a webhook and gives its secret.
func (w *world) endpoint(url string, topics ...string) (e *notify.Endpoint, secret string) {
	w.Helper()
	w.update(func(tx store.Tx) (err error) {
		e, secret, err = w.post.Add(tx, w.c, url, topics, "")
		return err
	})
	return e, secret
}

func (w *world) announce(topic string) {
	w.Helper()
	w.update(func(tx store.Tx) error {
		return notify.Announce(tx, w.post.IDs, w.c, topic, map[string]string{"number": "INV-1"})
	})
}

// send works until nothing is due.
func (w *world) send() {
	w.Helper()
	must(w.T, w.post.Due(w.Context(), notify.Webhook))
	must(w.T, w.post.Due(w.Context(), notify.Mail))
}

func (w *world) messages(state string) (out []store.Message) {
	w.Helper()
	must(w.T, w.db.View(w.Context(), func(tx store.Tx) (err error) {
		out, err = tx.Outbox().List(w.c, state, store.Page{Limit: 100})
		return err
	}))
	return out
}

func TestDeliveryIsSigned(t *testing.T) {
	w := newWorld(t)
	_, secret := w.endpoint(w.server.URL, "invoice.*")
	w.endpoint(w.server.URL, "contract.signed")
	w.announce("invoice.issued")
	w.send()
	if len(w.got) != 1 {
		t.Fatalf("%d deliveries, want the one that takes the topic", len(w.got))
	}
	d := w.got[0]
	must(t, notify.Verify(secret, d.header, d.body, w.now.Time()))
	var body struct {
		Type      string
		Timestamp string
		Data      map[string]string
	}
	must(t, json.Unmarshal(d.body, &body))
	if body.Type != "invoice.issued" || body.Timestamp != "2026-03-01T09:00:00Z" || body.Data["number"] != "INV-1" || !strings.HasPrefix(d.header.Get("webhook-id"), "msg_") {
		t.Errorf("delivery %s %v", d.body, d.header)
	}
	for name, err := range map[string]error{
		"another secret":  notify.Verify("whsec_AAAA", d.header, d.body, w.now.Time()),
		"a changed body":  notify.Verify(secret, d.header, append(d.body, ' '), w.now.Time()),
		"an old delivery": notify.Verify(secret, d.header, d.body, w.now.Add(6*time.Minute).Time()),
	} {
		if err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if n := len(w.messages("waiting")) + len(w.messages("dead")); n != 0 {
		t.Errorf("%d messages are left", n)
	}
}

func TestBothSecretsSignForADay(t *testing.T) {
	w := newWorld(t)
	e, before := w.endpoint(w.server.URL)
	var after string
	w.update(func(tx store.Tx) (err error) {
		after, err = w.post.Rotate(tx, w.c, e.ID)
		return err
	})
	w.announce("a.b")
	w.send()
	must(t, notify.Verify(before, w.got[0].header, w.got[0].body, w.now.Time()))
	must(t, notify.Verify(after, w.got[0].header, w.got[0].body, w.now.Time()))
	w.after(25 * time.Hour)
	w.announce("a.b")
	w.send()
	must(t, notify.Verify(after, w.got[1].header, w.got[1].body, w.now.Time()))
	if notify.Verify(before, w.got[1].header, w.got[1].body, w.now.Time()) == nil {
		t.Error("the secret before still signs after a day")
	}
}

// TestReceiverDownForADay loses nothing: every message arrives, under one
// identifier however often it was tried.
func TestReceiverDownForADay(t *testing.T) {
	w := newWorld(t)
	w.endpoint(w.server.URL)
	w.answer = func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusServiceUnavailable) }
	for range 20 {
		w.announce("call.ended")
	}
	end := w.now.Add(24 * time.Hour)
	for w.now < end {
		w.send()
		w.after(10 * time.Minute)
	}
	w.answer = nil
	tried := len(w.got)
	w.got = nil
	for range 48 {
		w.send()
		w.after(time.Hour)
	}
	seen := map[string]int{}
	for _, d := range w.got {
		seen[d.header.Get("webhook-id")]++
	}
	if len(seen) != 20 || len(w.messages("waiting"))+len(w.messages("dead")) != 0 {
		t.Errorf("%d of 20 messages arrived, %d wait, %d are dead", len(seen), len(w.messages("waiting")), len(w.messages("dead")))
	}
	if perMessage := tried / 20; perMessage < 4 || perMessage > 8 {
		t.Errorf("a message was tried %d times in a day", perMessage)
	}
}

func TestFiveDaysOfFailureSwitchOff(t *testing.T) {
	w := newWorld(t)
	gate := access.Gate{DB: w.db, IDs: w.post.IDs}
	w.update(func(tx store.Tx) error {
		_, _, err := gate.AddUser(tx, access.NewUser{Email: "admin@example.com", Name: "Admin", Lang: lang.Traditional, Members: []access.Member{{Company: w.c, Role: access.CustomerAdmin}}})
		return err
	})
	e, _ := w.endpoint(w.server.URL)
	w.answer = func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusInternalServerError) }
	for range 6 * 24 {
		w.announce("call.ended")
		w.send()
		w.after(time.Hour)
	}
	w.update(func(tx store.Tx) (err error) {
		e, err = w.post.Endpoint(tx, w.c, e.ID)
		return err
	})
	if !strings.Contains(e.Disabled, "five days") {
		t.Fatalf("it is not off after six days: %+v", e)
	}
	tried := len(w.got)
	w.announce("call.ended")
	w.send()
	if len(w.got) != tried {
		t.Error("it was tried although it is off")
	}
	var letters []store.Message
	for _, m := range append(w.messages("waiting"), w.messages("dead")...) {
		if m.Channel == notify.Mail {
			letters = append(letters, m)
		}
	}
	if len(letters) != 1 || letters[0].To != "admin@example.com" {
		t.Errorf("%d letters tell of it", len(letters))
	}
	on := true
	w.answer = nil
	w.update(func(tx store.Tx) error {
		_, err := w.post.Change(tx, w.c, e.ID, notify.EndpointChange{On: &on})
		return err
	})
	dead := w.messages("dead")
	if len(dead) == 0 {
		t.Fatal("nothing is dead")
	}
	w.update(func(tx store.Tx) error { // sent again by hand, it arrives
		_, err := w.post.Again(tx, w.c, dead[len(dead)-1].ID)
		return err
	})
	w.got = nil
	w.send()
	if len(w.got) == 0 {
		t.Error("a message that was sent again did not arrive")
	}
}

func TestGoneIsBelieved(t *testing.T) {
	w := newWorld(t)
	e, _ := w.endpoint(w.server.URL)
	w.answer = func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusGone) }
	w.announce("a.b")
	w.send()
	w.update(func(tx store.Tx) (err error) {
		e, err = w.post.Endpoint(tx, w.c, e.ID)
		return err
	})
	if e.Disabled == "" || len(w.messages("dead")) != 1 {
		t.Errorf("410 was not believed: %+v", e)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	w := newWorld(t)
	w.endpoint(w.server.URL)
	w.answer = func(rw http.ResponseWriter, r *http.Request) {
		http.Redirect(rw, r, "/elsewhere", http.StatusTemporaryRedirect)
	}
	w.announce("a.b")
	w.send()
	if len(w.got) != 1 {
		t.Errorf("%d requests, want the one that was redirected", len(w.got))
	}
	if m := w.messages("waiting"); len(m) != 1 || !strings.Contains(m[0].Error, "307") {
		t.Errorf("what waits: %+v", m)
	}
}

// TestInnerAddressesAreNotReached counts connections, not answers: none is made.
func TestInnerAddressesAreNotReached(t *testing.T) {
	w := newWorld(t)
	w.post.Guard = &notify.Guard{Allowed: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	reached := make(chan net.Conn, 1)
	go func() {
		if c, err := l.Accept(); err == nil {
			reached <- c
		}
	}()
	_, port, err := net.SplitHostPort(l.Addr().String())
	must(t, err)
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"} {
		w.endpoint("http://" + host + ":" + port)
	}
	w.post.Guard = &notify.Guard{} // nothing inner is allowed any more
	w.announce("a.b")
	w.send()
	if m := w.messages("waiting"); len(m) != 4 {
		t.Errorf("%d messages wait, want all 4", len(m))
	}
	select {
	case c := <-reached:
		t.Errorf("a connection was made from %s", c.RemoteAddr())
	default:
	}
}

// TestInnerAddressesAreNotAdded: what no delivery would go to is refused when it is
// added and when it is changed to, unless the configuration allows it.
func TestInnerAddressesAreNotAdded(t *testing.T) {
	w := newWorld(t)
	kept, _ := w.endpoint("http://127.0.0.1:1/in") // allowed here
	w.post.Guard = &notify.Guard{}
	for _, host := range strings.Fields("127.0.0.1 127.8.0.1 localhost LOCALHOST. a.localhost [::1] [::ffff:127.0.0.1] 169.254.169.254 [fe80::1] 10.0.0.1 0.0.0.0 2130706433 0x7f.1 0177.0.0.1") {
		err := w.db.Update(t.Context(), func(tx store.Tx) error {
			_, _, err := w.post.Add(tx, w.c, "http://"+host+":8420/in", nil, "")
			return err
		})
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "webhooks.allowed") {
			t.Errorf("%s was added: %v", host, err)
		}
		to := "http://" + host + "/in"
		err = w.db.Update(t.Context(), func(tx store.Tx) error {
			_, err := w.post.Change(tx, w.c, kept.ID, notify.EndpointChange{URL: &to})
			return err
		})
		if err == nil {
			t.Errorf("a webhook was changed to %s", host)
		}
	}
	for _, host := range strings.Fields("books.example.com 8.8.8.8 [2606:4700::1111] 3com.example") {
		w.endpoint("https://" + host + "/in")
	}
}

func TestGuard(t *testing.T) {
	g := &notify.Guard{Allowed: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}}
	for _, bad := range strings.Fields(`127.0.0.1 0.0.0.0 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 100.100.100.200 192.0.2.1 198.18.0.1 203.0.113.9
		224.0.0.1 255.255.255.255 240.0.0.1 :: ::1 fe80::1 fc00::1 fd00:ec2::254 ff02::1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 64:ff9b::a00:1 2002:a00:1:: 2001:db8::1 2001::1 fec0::1
		3fff::1 ::7f00:1 ::a00:1 64:ff9b::a00:1%eth0 2002:a00:1::%eth0 fe80::1%eth0 fc00::1%eth0`) {
		if g.Check(netip.MustParseAddr(bad)) == nil {
			t.Errorf("%s may be reached", bad)
		}
	}
	for _, good := range strings.Fields("8.8.8.8 1.1.1.1 172.32.0.1 10.1.2.3 2606:4700::1111 ::ffff:8.8.8.8") {
		if err := g.Check(netip.MustParseAddr(good)); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
}

func TestAddressesOfWebhooks(t *testing.T) {
	w := newWorld(t)
	w.post.HTTPS = true
	for _, bad := range []string{"", "http://example.com", "ftp://example.com", "https://", "https://user:pass@example.com/", "javascript:alert(1)", "https://example.com/" + strings.Repeat("a", 2000)} {
		err := w.db.Update(t.Context(), func(tx store.Tx) error {
			_, _, err := w.post.Add(tx, w.c, bad, nil, "")
			return err
		})
		if err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

// mailbox is a mail server that keeps what it is given.
func mailbox(t *testing.T) (addr string, got <-chan string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { l.Close() })
	mails := make(chan string, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		r, data := bufio.NewReader(c), ""
		say := func(s string) { io.WriteString(c, s+"\r\n") }
		say("220 mail.example.com ESMTP")
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			switch cmd := strings.ToUpper(strings.TrimSpace(line)); {
			case strings.HasPrefix(cmd, "EHLO"):
				say("250-mail.example.com\r\n250 8BITMIME")
			case cmd == "DATA":
				say("354 go on")
				for {
					l, err := r.ReadString('\n')
					if err != nil || l == ".\r\n" {
						break
					}
					data += l
				}
				say("250 taken")
			case cmd == "QUIT":
				say("221 bye")
				mails <- data
				return
			default:
				say("250 fine")
			}
		}
	}()
	return l.Addr().String(), mails
}

func TestLettersGoOutInTheirLanguage(t *testing.T) {
	w := newWorld(t)
	addr, got := mailbox(t)
	host, port, err := net.SplitHostPort(addr)
	must(t, err)
	n, err := net.DefaultResolver.LookupPort(context.Background(), "tcp", port)
	must(t, err)
	w.post.Mail = &notify.SMTP{Host: host, Port: n, From: "billing@example.com", Plain: true}
	w.update(func(tx store.Tx) error {
		return notify.Write(tx, w.post.IDs, w.c, notify.Letter{To: "agent@example.com", Lang: lang.Simplified, Topic: "invitation", Args: map[string]string{"name": "Agent", "token": "t0ken", "address": "https://waihu.example.com"}})
	})
	w.send()
	mail := <-got
	for _, want := range []string{"To: <agent@example.com>", "From: <billing@example.com>", "Message-ID: <msg_", "=?UTF-8?"} {
		if !strings.Contains(mail, want) {
			t.Errorf("the mail has no %q:\n%s", want, mail)
		}
	}
	l := notify.Letter{Lang: lang.Simplified, Topic: "invitation", Args: map[string]string{"name": "Agent", "token": "t0ken", "address": "https://waihu.example.com"}}
	subject, body := l.Text()
	if subject != "您的外呼账号" || !strings.Contains(body, "https://waihu.example.com/invitation?token=t0ken") || !strings.Contains(body, "\n\n") {
		t.Errorf("%s\n%s", subject, body)
	}
	if len(w.messages("sent")) != 1 {
		t.Error("it is not noted as sent")
	}
}

func TestMailInsistsOnEncryption(t *testing.T) {
	w := newWorld(t)
	addr, _ := mailbox(t)
	host, port, err := net.SplitHostPort(addr)
	must(t, err)
	n, err := net.DefaultResolver.LookupPort(context.Background(), "tcp", port)
	must(t, err)
	s := &notify.SMTP{Host: host, Port: n, From: "billing@example.com"}
	if err := s.Send(t.Context(), "a@example.com", "s", "b", "m"); err == nil {
		t.Error("a mail was sent to a server without STARTTLS")
	}
	_ = w
}

// buggy is a mail server whose client has a bug.
type buggy struct{}

func (buggy) Send(context.Context, string, string, string, string) error { panic("a bug") }

// TestPanicInADelivery: a panic is the error of the work, and does not keep the
// other messages from going out.
func TestPanicInADelivery(t *testing.T) {
	w := newWorld(t)
	w.post.Mail = buggy{}
	w.update(func(tx store.Tx) error {
		return notify.Write(tx, w.post.IDs, w.c, notify.Letter{To: "mei@example.com", Topic: "invitation"})
	})
	w.announce("a.b")
	must(t, w.post.Due(t.Context(), notify.Webhook))
	if err := w.post.Due(t.Context(), notify.Mail); err == nil || !strings.Contains(err.Error(), "panicked: a bug") {
		t.Errorf("%v", err)
	}
	if len(w.messages("sent")) != 1 || len(w.messages("waiting")) != 1 {
		t.Errorf("%d sent, %d wait", len(w.messages("sent")), len(w.messages("waiting")))
	}
}
