package webrtc

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"waihu/internal/fault"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/rtp"
)

// stunCheck is a check of ICE (RFC 8445) as a peer makes it by hand: who it is for and from,
// and the secret it is proved with.
func stunCheck(user, secret string) []byte {
	attribute := func(kind uint16, value []byte) []byte {
		b := binary.BigEndian.AppendUint16(nil, kind)
		b = append(binary.BigEndian.AppendUint16(b, uint16(len(value))), value...)
		return append(b, make([]byte, (4-len(value)%4)%4)...)
	}
	body := attribute(0x0006, []byte(user))
	body = append(body, attribute(0x0024, []byte{0x6e, 0, 0, 1})...)                    // PRIORITY
	body = append(body, attribute(0x802a, []byte{1, 2, 3, 4, 5, 6, 7, 8})...)           // ICE-CONTROLLING
	head := binary.BigEndian.AppendUint16(nil, 0x0001)                                  // a binding request
	head = binary.BigEndian.AppendUint16(head, uint16(len(body)+24))                    // with its proof
	head = append(binary.BigEndian.AppendUint32(head, 0x2112A442), rand.Text()[:12]...) // cookie and transaction
	proof := hmac.New(sha1.New, []byte(secret))
	proof.Write(head)
	proof.Write(body)
	return append(append(head, body...), attribute(0x0008, proof.Sum(nil))...)
}

// third is a socket at an address nobody named.
func third(t *testing.T, e *Endpoint) *net.UDPConn {
	t.Helper()
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(e.Addr()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// answers tells whether anything comes back from the port within a moment, which is
// long where nothing may and short where something does.
func answers(t *testing.T, c *net.UDPConn) bool {
	t.Helper()
	if err := c.SetReadDeadline(time.Now().Add(300 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	n, err := c.Read(make([]byte, maxDatagram))
	return err == nil && n > 0
}

// talking is a call between a browser and us.
func talking(t *testing.T) (e *Endpoint, browser, ours *Peer) {
	t.Helper()
	e = endpoint(t, false)
	browser, ours = peer(t, endpoint(t, true)), peer(t, e)
	exchange(t, browser, ours, false)
	connected(t, browser, ours)
	return e, browser, ours
}

// goesOn sees that the browser is still heard: ten frames of its tone, whenever a busy
// machine lets them through.
func goesOn(t *testing.T, browser, ours *Peer) {
	t.Helper()
	heard := 0
	for deadline := time.Now().Add(20 * time.Second); heard < 10; {
		_, at := beat(browser.Session(), ours.Session(), 10, 440, 1000)
		for ; len(at) >= audio.FrameSamples; at = at[audio.FrameSamples:] {
			if share(at[:audio.FrameSamples], 440) > 0.9 {
				heard++
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d frames of the browser's tone are heard within 20 s", heard)
		}
	}
}

// TestChecksOfStrangers: a flood of checks for calls there are none of, for this call
// with a wrong secret, and broken ones, is not answered, takes nothing that grows, and
// the call goes on. The right secret is answered, which shows that the checks are checks.
func TestChecksOfStrangers(t *testing.T) {
	e, browser, ours := talking(t)
	name, secret, err := ours.agent.GetLocalUserCredentials()
	if err != nil {
		t.Fatal(err)
	}
	c := third(t, e)
	send := func(b []byte) {
		if _, err := c.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	user := name + ":" + browserName(t, browser)
	before := runtime.NumGoroutine()
	for i := range 4000 {
		b := stunCheck(fmt.Sprint("user", i, ":x"), "a secret of nobody's, or so")
		switch i % 4 {
		case 1:
			b = stunCheck(user, "a wrong secret, long enough")
		case 2:
			b = stunCheck(user, secret)[:20+i%60] // truncated
		case 3:
			b = stunCheck(strings.Repeat("x", 500)+fmt.Sprint(i), secret)
		}
		send(b)
		if i%200 == 0 {
			time.Sleep(time.Millisecond) // so that the socket holds them
		}
	}
	if answers(t, c) {
		t.Error("a stranger's check is answered")
	}
	if n := runtime.NumGoroutine() - before; n > 8 || e.Peers() != 1 {
		t.Errorf("%d goroutines more, %d peers", n, e.Peers())
	}
	goesOn(t, browser, ours)
	send(stunCheck(user, secret))
	if !answers(t, c) {
		t.Error("a check with the right secret is not answered: the test does not attack what it means to")
	}
	goesOn(t, browser, ours)
}

// browserName is the browser's half of the name of a check.
func browserName(t *testing.T, browser *Peer) string {
	t.Helper()
	name, _, err := browser.agent.GetLocalUserCredentials()
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// TestHandshakeFromAThirdAddress: a ClientHello from an address that was not checked
// is not answered, and disturbs no call; nor does sound from there.
func TestHandshakeFromAThirdAddress(t *testing.T) {
	e, browser, ours := talking(t)
	hello := append([]byte{22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 50, 1, 0, 0, 38, 0, 0, 0, 0, 0, 0, 0, 38, 254, 253}, make([]byte, 36)...)
	sound := append([]byte{0x80, 8, 0, 1, 0, 0, 0, 1, 0, 0, 0, 9}, make([]byte, 170)...)
	c := third(t, e)
	for range 200 {
		for _, b := range [][]byte{hello, sound} {
			if _, err := c.Write(b); err != nil {
				t.Fatal(err)
			}
		}
	}
	if answers(t, c) {
		t.Error("a stranger's handshake is answered")
	}
	goesOn(t, browser, ours)
	if f := ours.Session().Figures(); f.Foreign != 0 {
		t.Errorf("%+v", f)
	}
}

// TestReplayedAndBrokenSound: what comes from the browser's own address counts once, and
// only if it is whole and proved; whatever else comes from there does not end the call.
func TestReplayedAndBrokenSound(t *testing.T) {
	_, browser, ours := talking(t)
	goesOn(t, browser, ours)
	sequence := uint16(1000)
	seal := func() (conn net.Conn, sealed []byte) {
		sequence++
		plain := (&rtp.Packet{Type: 8, Source: 77, Sequence: sequence, Timestamp: 1 << 20, Payload: make([]byte, audio.FrameSamples)}).Append(nil)
		browser.path.mu.Lock()
		defer browser.path.mu.Unlock()
		sealed, err := browser.path.out.EncryptRTP(nil, plain, nil)
		if err != nil {
			t.Fatal(err)
		}
		return browser.path.conn, sealed
	}
	conn, sealed := seal()
	send := func(b []byte) {
		if _, err := conn.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	before := ours.Session().Figures().Received
	counted := func() uint64 { // when a packet that is good has come behind all that was sent
		_, last := seal()
		send(last)
		for deadline := time.Now().Add(20 * time.Second); ours.Session().Figures().Received == before && time.Now().Before(deadline); {
			time.Sleep(time.Millisecond)
		}
		n := uint64(ours.Session().Figures().Received - before)
		before = ours.Session().Figures().Received
		return n
	}
	for range 50 {
		send(sealed)
	}
	if n := counted() + counted(); n != 3 {
		t.Errorf("one packet that came 50 times, and two more, count as %d", n)
	}
	for n := range len(sealed) {
		send(sealed[:n+1])
	}
	broken := append([]byte(nil), sealed...)
	for i := range broken {
		broken[i] ^= 0x40
		send(broken)
		broken[i] ^= 0x40
	}
	for first := range 256 {
		send(append([]byte{byte(first)}, make([]byte, 1400)...))
		send(append([]byte{byte(first), 200, 255, 255}, make([]byte, 4)...)) // a report that says it is long
	}
	if n := counted() + counted(); n != 2 {
		t.Errorf("broken packets, and two that are whole, count as %d", n)
	}
	select {
	case <-ours.Lost():
		t.Fatal("the call ended: ", ours.Err())
	default:
	}
	goesOn(t, browser, ours)
}

// TestDescriptionsThatAreBombs: what is too much is refused or cut, and the answer is
// no longer than what was asked.
func TestDescriptionsThatAreBombs(t *testing.T) {
	e := endpoint(t, false)
	good := string(must(peer(t, endpoint(t, true)).Offer()))
	for what, bomb := range map[string]string{
		"candidates":   good + strings.Repeat("a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n", 1200),
		"fingerprints": good + strings.Repeat("a=fingerprint:sha-256 00\r\n", 2000),
		"media lines":  good + strings.Repeat("m=video 9 UDP/TLS/RTP/SAVPF 96\r\n", 1800),
		"formats":      strings.Replace(good, "SAVPF ", "SAVPF "+strings.Repeat("96 ", 20_000), 1),
		"a long line":  good + "a=" + strings.Repeat("x", 60_000) + "\r\n",
		"long secrets": strings.Replace(good, "a=ice-pwd:", "a=ice-pwd:"+strings.Repeat("p", 50_000), 1),
	} {
		p := peer(t, e)
		answer, _, err := p.Answer([]byte(bomb))
		if err != nil && fault.KindOf(err) != fault.Conflict && fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", what, err)
		}
		if len(answer) > len(bomb) {
			t.Errorf("%s: %d bytes are answered with %d", what, len(bomb), len(answer))
		}
		if p.far != nil && (len(p.far.candidates) > maxCandidates || len(p.far.prints) > maxPrints) {
			t.Errorf("%s: %d candidates and %d fingerprints are kept", what, len(p.far.candidates), len(p.far.prints))
		}
		p.Close()
	}
}
