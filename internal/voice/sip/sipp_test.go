package sip

import (
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// Real peers: sipp plays scenarios written here as steps. make test installs it;
// without it these tests fail.

// TestSippRefuses: 302, 486 and 503 of a real peer, each acknowledged and told.
func TestSippRefuses(t *testing.T) {
	caller := endpoint(t, Config{})
	for _, c := range []struct {
		status, field string
		want          Ending
	}{
		{"302 Moved Temporarily", "X-Test: 1", Ending{By: Them, Why: Refused, Code: 302, Cause: 127, Reason: "Moved Temporarily", Moved: "sip:sipp@"}},
		{"486 Busy Here", "Reason: Q.850;cause=17;text=\"busy\"", Ending{By: Them, Why: Refused, Code: 486, Cause: 17, Reason: "Busy Here"}},
		{"503 Service Unavailable", "Retry-After: 120 (later)", Ending{By: Them, Why: Refused, Code: 503, Cause: 34, Reason: "Service Unavailable", Retry: 2 * time.Minute}},
	} {
		at, wait := sipp(t, "", []string{gets("INVITE"), sends(answer(c.status, c.field)), gets("ACK")})
		call, _ := place(t, caller, "sip:100@"+at, nil)
		await(t, "end", call.Done())
		wait()
		got := call.Ending()
		if strings.HasPrefix(got.Moved, c.want.Moved) && c.want.Moved != "" {
			got.Moved = c.want.Moved
		}
		if got != c.want {
			t.Errorf("%s: %+v", c.status, got)
		}
	}
}

// TestSippAsksForALogIn: 407 is answered with a proof that names the request.
func TestSippAsksForALogIn(t *testing.T) {
	caller := endpoint(t, Config{})
	at, wait := sipp(t, "", []string{
		gets("INVITE"), sends(answer("407 Proxy Authentication Required", `Proxy-Authenticate: Digest realm="trunk", nonce="n1", qop="auth", algorithm=MD5, opaque="o"`)), gets("ACK"),
		gets("INVITE", must(`Proxy-Authorization: Digest username=.alice., realm=.trunk., nonce=.n1., uri=.sip:100@.*opaque=.o., qop=auth, nc=00000001`), must("CSeq: 2 INVITE")),
		sends(answer("200 OK", describe(40020, "sendrecv"))), gets("ACK"), gets("BYE"), says(answer("200 OK")),
	})
	call, _ := place(t, caller, "sip:100@"+at, func(in *Invite) { in.User, in.Secret = "alice", "secret" })
	await(t, "answer", call.Answered())
	call.Hangup()
	await(t, "end", call.Done())
	wait()
}

// TestSippIsHeardBeforeItAnswers: 183 with a description, then 200 without any
// new one; over UDP and TCP.
func TestSippIsHeardBeforeItAnswers(t *testing.T) {
	caller := endpoint(t, Config{})
	at, wait := sipp(t, "", []string{
		gets("INVITE"), says(answer("183 Session Progress", describe(40020, "sendrecv"))), "<pause milliseconds=\"100\"/>\n",
		sends(answer("200 OK", describe(40020, "sendrecv"))), gets("ACK"), gets("BYE"), says(answer("200 OK")),
	})
	call, s := place(t, caller, "sip:100@"+at, nil)
	await(t, "answer", call.Answered())
	times := call.Times()
	if a, _ := s.agreed(); times.Early.IsZero() || times.Answered.Sub(times.Early) < 50*time.Millisecond || a.Remote.Port() != 40020 {
		t.Errorf("%+v %+v", times, a)
	}
	call.Hangup()
	await(t, "end", call.Done())
	wait()
}

// TestSippLosesOurMessages: one in twenty, then a fifth of what sipp, as the called side, gets or
// sends is lost, ACKs among it, and every call is answered and ended.
func TestSippLosesOurMessages(t *testing.T) {
	t.Parallel() // it waits more than it works
	for _, percent := range []string{"5", "20"} {
		t.Run(percent, func(t *testing.T) { sippLoses(t, percent) })
	}
}

func sippLoses(t *testing.T, percent string) {
	const calls = 20
	caller := endpoint(t, Config{})
	at, _ := sipp(t, "", []string{gets("INVITE"), sends(answer("200 OK", describe(40020, "sendrecv"))), gets("ACK"), gets("BYE"), says(answer("200 OK"))}, "-m", "1000", "-lost", percent)
	ended := make(chan Ending, calls)
	for range calls {
		go func() {
			c, err := caller.Place(context.Background(), Invite{To: "sip:100@" + at, Media: newSound(40002)})
			if err != nil {
				t.Error(err)
				ended <- Ending{}
				return
			}
			<-c.Answered()
			time.AfterFunc(20*time.Millisecond, c.Hangup)
			<-c.Done()
			<-c.gone
			ended <- c.Ending()
		}()
	}
	for range calls {
		if e := <-ended; e.Why != Bye || e.By != Us {
			t.Errorf("%+v", e)
		}
	}
}

// TestSippAnswersWhatWeCancel: its 200 crosses our CANCEL. It is acknowledged
// and ended with BYE, and the call was never answered for us.
func TestSippAnswersWhatWeCancel(t *testing.T) {
	caller := endpoint(t, Config{})
	late := "SIP/2.0 200 OK\n[last_Via:]\n[last_From:]\nTo: <sip:100@[local_ip]>;tag=sipp[call_number]\n[last_Call-ID:]\nCSeq: 1 INVITE\nContact: <sip:sipp@[local_ip]:[local_port]>\n" + body([]string{describe(40020, "sendrecv")})
	at, wait := sipp(t, "", []string{gets("INVITE"), says(answer("180 Ringing")), gets("CANCEL"), says(answer("200 OK")), says(late), gets("ACK"), gets("BYE"), says(answer("200 OK"))})
	call, _ := place(t, caller, "sip:100@"+at, nil)
	for tick := time.NewTicker(time.Millisecond); call.Times().Ringing.IsZero(); {
		<-tick.C
	}
	call.Hangup()
	await(t, "end", call.Done())
	wait()
	if e := call.Ending(); e.By != Us || e.Why != Canceled || call.isAnswered() {
		t.Errorf("%+v", e)
	}
}

// TestSippChangesTheCallItTook is trap 7 for the caller: moved sound, hold in
// each direction with its answer, no offer at all, then BYE with a cause.
func TestSippChangesTheCallItTook(t *testing.T) {
	caller := endpoint(t, Config{})
	steps := []string{gets("INVITE", dialog...), sends(answer("200 OK", describe(40020, "sendrecv"))), gets("ACK")}
	number := 20
	for _, c := range [][2]string{{"sendrecv", "sendrecv"}, {"sendonly", "recvonly"}, {"recvonly", "sendonly"}, {"inactive", "inactive"}} {
		steps = append(steps, sends(within("INVITE", number, describe(40022, c[0]))), perhaps("100"), gets("200", must("a="+c[1])), says(within("ACK", number)))
		number++
	}
	steps = append(steps, sends(within("INVITE", number)), perhaps("100"), gets("200", must("m=audio 40002 RTP/AVP")), says(within("ACK", number, describe(40024, "sendrecv"))),
		sends(within("BYE", number+1, `Reason: Q.850;cause=31;text="normal"`)), gets("200"))
	at, wait := sipp(t, "", steps)
	call, s := place(t, caller, "sip:100@"+at, nil)
	await(t, "end", call.Done())
	wait()
	a, n := s.agreed()
	if e := call.Ending(); e.By != Them || e.Cause != 31 || e.Reason != "normal" || a.Remote.Port() != 40024 || !a.Sends || n != 6 {
		t.Errorf("%+v, %+v after %d exchanges", e, a, n)
	}
}

// TestSippCallsAndHolds is trap 7 for the called side, over UDP and TCP; the
// INVITE itself has no offer the second time.
func TestSippCallsAndHolds(t *testing.T) {
	for _, transport := range []string{"u1", "t1"} {
		for _, offerless := range []bool{false, true} {
			calls, media := make(chan *Call, 1), make(chan *sound, 1)
			callee := endpoint(t, Config{Serve: answering(t, calls, media)})
			first, confirm := []string{describe(40030, "sendrecv")}, []string(nil)
			if offerless {
				first, confirm = confirm, first
			}
			steps := []string{sends(ask("INVITE", 1, first...)), perhaps("100"), perhaps("180"), gets("200", must("m=audio 40010 RTP/AVP")), says(ask("ACK", 1, confirm...))}
			number := 3
			for _, c := range [][2]string{{"sendonly", "recvonly"}, {"recvonly", "sendonly"}, {"inactive", "inactive"}, {"sendrecv", "sendrecv"}} {
				steps = append(steps, sends(ask("INVITE", number, describe(40032, c[0]))), perhaps("100"), gets("200", must("a="+c[1])), says(ask("ACK", number)))
				number++
			}
			steps = append(steps, sends(ask("OPTIONS", number)), gets("200", must("Allow: INVITE")), sends(ask("BYE", number+1)), gets("200"))
			_, wait := sipp(t, callee.Addr().String(), steps, "-t", transport)
			wait()
			call, s := <-calls, <-media
			await(t, "end", call.Done())
			if a, n := s.agreed(); a.Remote.Port() != 40032 || n != 5 || call.Ending().By != Them {
				t.Errorf("%s: %+v after %d exchanges, %+v", transport, a, n, call.Ending())
			}
		}
	}
}

// TestSippCallsWithALogIn: sipp's own digest is let in, over 401.
func TestSippCallsWithALogIn(t *testing.T) {
	calls, media := make(chan *Call, 1), make(chan *sound, 1)
	callee := endpoint(t, Config{Serve: answering(t, calls, media), Secret: func(user string) (string, bool) { return "secret", user == "alice" }})
	_, wait := sipp(t, callee.Addr().String(), []string{
		sends(ask("INVITE", 1, describe(40030, "sendrecv"))), perhaps("100"), "<recv response=\"401\" auth=\"true\"/>\n", says(ask("ACK", 1)),
		sends(ask("INVITE", 2, "[authentication username=alice password=secret]", describe(40030, "sendrecv"))), perhaps("100"), perhaps("180"), gets("200"),
		says(strings.Replace(ask("ACK", 3), "CSeq: 3", "CSeq: 2", 1)), sends(ask("BYE", 4)), gets("200"),
	})
	wait()
	await(t, "end", (<-calls).Done())
}

// TestSippLosesMessages: with a tenth of all messages lost on sipp's side both
// ways, every call is answered, changed hands and ended.
func TestSippLosesMessages(t *testing.T) {
	t.Parallel() // it waits more than it works
	callee := endpoint(t, Config{Serve: func(c *Call) {
		if c.Answer(newSound(40010)) == nil {
			<-c.Done()
		}
	}})
	steps := []string{sends(ask("INVITE", 1, describe(40030, "sendrecv"))), perhaps("100"), perhaps("180"), gets("200"), says(ask("ACK", 1)), "<pause milliseconds=\"100\"/>\n", sends(ask("BYE", 3)),
		// Where our answers were lost until even their fourth repeat came after a tenth of the time the standard gives, we know the call no more.
		"<recv response=\"481\" optional=\"true\" next=\"9\"/>\n", gets("200"), "<label id=\"9\"/>\n", "<pause milliseconds=\"1\"/>\n"}
	_, wait := sipp(t, callee.Addr().String(), steps, "-m", "40", "-r", "40", "-lost", "10", "-default_behaviors", "all,-bye")
	wait()
	// A call whose end was lost on its way is given up by our own timers.
	reached(t, "no call is left", func() bool { return callee.Calls() == 0 })
}

// TestSippInCalm is the built-in caller of sipp: a hundred calls, nothing is sent twice.
func TestSippInCalm(t *testing.T) {
	callee := endpoint(t, Config{Serve: func(c *Call) {
		if c.Answer(newSound(40010)) == nil {
			<-c.Done()
		}
	}})
	ctx, stop := context.WithTimeout(context.Background(), bound)
	defer stop()
	cmd := exec.CommandContext(ctx, "sipp", "-sn", "uac", "-i", "127.0.0.1", "-m", "100", "-r", "200", "-nostdin", "-timeout_error", callee.Addr().String())
	cmd.Dir = t.TempDir()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
