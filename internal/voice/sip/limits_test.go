package sip

import (
	"context"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"waihu/internal/fault"
)

// TestLogIn: the right secret gets in, over 401; wrong ones and strangers get
// the same answer, and after a handful of tries no more tries (trap 10).
func TestLogIn(t *testing.T) {
	calls, media := make(chan *Call, 2), make(chan *sound, 2)
	callee := endpoint(t, Config{Serve: answering(t, calls, media), Secret: func(user string) (string, bool) { return "se:cr\"et", user == "alice" }})
	caller := endpoint(t, Config{})
	log := func(user, secret string) Ending {
		c, _ := place(t, caller, uri(callee, "100", ""), func(in *Invite) { in.User, in.Secret = user, secret })
		select {
		case <-c.Answered():
			c.Hangup()
		case <-c.Done():
		}
		await(t, "end", c.Done())
		return c.Ending()
	}
	if e := log("alice", "se:cr\"et"); e.Why != Bye {
		t.Errorf("the right secret: %+v", e)
	}
	if a, b := log("alice", "wrong"), log("nobody", "wrong"); a.Code != 401 || a != b {
		t.Errorf("a wrong secret: %+v, nobody: %+v", a, b)
	}
	var last Ending
	for range 20 {
		if last = log("alice", "guess"); last.Code == 503 {
			break
		}
	}
	if last.Code != 503 || last.Retry != 10*time.Second {
		t.Errorf("guessing goes on: %+v", last)
	}
}

// TestAChallengeIsForOneLogIn: it holds for a minute, for the source that was asked, once,
// and only if it is ours; what is remembered of those that were used has a bound, and what
// is too old is forgotten (trap 10).
func TestAChallengeIsForOneLogIn(t *testing.T) {
	now, here, there := time.Unix(1_790_000_000, 0), netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	clock := func() time.Time { return now }
	limits := newThrottle(1000, 1000, clock)
	never := func(netip.Addr, string) bool { return false }
	door, err := newDoorkeeper("waihu", logIns, nil, limits, never, clock)
	if err != nil {
		t.Fatal(err)
	}
	asked := func() challenge { c, _ := parseChallenge(door.ask(here, "REGISTER", "").challenge); return c }
	shows := func(c challenge, from netip.Addr) verdict {
		proof, _ := c.answer("alice", "wonder", "REGISTER", "sip:h")
		return door.ask(from, "REGISTER", proof)
	}
	stale := func(what string, v verdict) {
		t.Helper()
		if v.in || v.code != 401 || !strings.Contains(v.challenge, "stale=true") {
			t.Errorf("%s: %+v", what, v)
		}
	}
	c := asked()
	stale("from elsewhere", shows(c, there))
	if v := shows(c, here); !v.in || v.user != "alice" {
		t.Fatalf("the right secret: %+v", v)
	}
	stale("a second time", shows(c, here))
	stale("one that is not ours", shows(challenge{"realm": "waihu", "nonce": strings.Repeat("A", len(c["nonce"])), "qop": "auth"}, here))
	c = asked()
	now = now.Add(nonceLife)
	stale("a minute later", shows(c, here))
	c = asked()
	for i := range maxUsed {
		door.used[strconv.Itoa(i)] = now
	}
	stale("as many are remembered as may be", shows(c, here))
	now = now.Add(nonceLife + time.Second)
	if v := shows(asked(), here); !v.in || len(door.used) != 1 {
		t.Errorf("a minute after a flood: %+v, %d are remembered", v, len(door.used))
	}
}

// TestTrustedAddress: a carrier that is known by its address calls without a
// log-in; it registers nobody.
func TestTrustedAddress(t *testing.T) {
	calls, media := make(chan *Call, 1), make(chan *sound, 1)
	server := endpoint(t, Config{Register: true, Secret: logIns, Serve: answering(t, calls, media), Trusted: func(from netip.Addr, called string) bool {
		return from == netip.MustParseAddr("127.0.0.1") && called == "100"
	}})
	caller := endpoint(t, Config{})
	out, _ := place(t, caller, uri(server, "100", ""), nil)
	await(t, "answer", out.Answered())
	if in := <-calls; in.Account() != "" || in.pinned {
		t.Errorf("a call of %q", in.Account())
	} else if in.Source() != netip.MustParseAddr("127.0.0.1") || in.Addressed() != "100" {
		t.Errorf("from %s for %q", in.Source(), in.Addressed())
	}
	out.Hangup()
	await(t, "end", out.gone)
	out, _ = place(t, caller, uri(server, "floor", ""), nil)
	await(t, "end", out.Done())
	if e := out.Ending(); e.Code != 401 {
		t.Errorf("a name is called from there without a log-in: %+v", e)
	}
	phone := byHand(t)
	phone.send(server.Addr(), register(phone, "alice", "x", 1, "Contact: <sip:alice@h>\r\n"))
	phone.until("SIP/2.0 401")
	strange := endpoint(t, Config{Listen: netip.MustParseAddrPort("127.0.0.2:0")})
	out, _ = place(t, strange, uri(server, "100", ""), nil)
	await(t, "end", out.Done())
	if e := out.Ending(); e.Code != 401 {
		t.Errorf("a stranger: %+v", e)
	}
}

// TestCapacity: beyond the bound calls are refused with a time to come back.
func TestCapacity(t *testing.T) {
	calls, media := make(chan *Call, 1), make(chan *sound, 1)
	callee := endpoint(t, Config{MaxCalls: 1, Serve: answering(t, calls, media)})
	caller := endpoint(t, Config{MaxCalls: 2})
	first, _ := place(t, caller, uri(callee, "100", ""), nil)
	await(t, "answer", first.Answered())
	second, _ := place(t, caller, uri(callee, "100", ""), nil)
	await(t, "end", second.Done())
	if e := second.Ending(); e.Code != 503 || e.Retry != 5*time.Second {
		t.Errorf("%+v", e)
	}
	first.Hangup()
	await(t, "end", first.Done())
}

// TestWhatCannotBePlaced says what is wrong.
func TestWhatCannotBePlaced(t *testing.T) {
	caller := endpoint(t, Config{})
	for _, in := range []Invite{{To: "100"}, {To: "sip:100@192.0.2.1", From: "a b"}, {To: "sip:100@192.0.2.1", Name: "\"x"}} {
		in.Media = newSound(40002)
		if _, err := caller.Place(context.Background(), in); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", in, err)
		}
	}
	if _, err := Open(Config{}); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
	c, _ := place(t, caller, "sip:100@127.0.0.1:1;transport=tcp", nil)
	await(t, "end", c.Done())
	if e := c.Ending(); e.Why != Unreachable || e.By != Network || e.Unsent != NobodyListens {
		t.Errorf("%+v", e)
	}
}
