package sip

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"waihu/internal/fault"
)

// sipfrag is a NOTIFY of sipp that tells of a call it placed.
func sipfrag(number int, state, line string) string {
	m := within("NOTIFY", number, "Event: refer", "Subscription-State: "+state, "Content-Type: message/sipfrag")
	return strings.Replace(m, "Content-Length: 0\n", "Content-Length: [len]\n\n"+line+"\n", 1)
}

// TestSippIsHandedOver: sipp took our call, gets REFER, and tells how the call
// it placed goes: it is answered, refused, refused at once, or never told of.
func TestSippIsHandedOver(t *testing.T) {
	caller := endpoint(t, Config{})
	const to = "sip:200@192.0.2.9"
	start := []string{gets("INVITE", dialog...), sends(answer("200 OK", describe(40020, "sendrecv"))), gets("ACK"), gets("REFER", must("Refer-To: ."+to+"."), must("Referred-By: .sip:127.0.0.1."))}
	end := []string{gets("BYE"), says(answer("200 OK"))}
	tells := func(lines ...string) (steps []string) {
		steps = append(steps, says(answer("202 Accepted")))
		for i, line := range lines {
			state := "active;expires=60"
			if i == len(lines)-1 {
				state = "terminated;reason=noresource"
			}
			steps = append(steps, sends(sipfrag(20+i, state, line)), gets("200"))
		}
		return steps
	}
	for _, c := range []struct {
		name  string
		steps []string
		want  string // in the error; empty: none
	}{
		{"answered", tells("SIP/2.0 100 Trying", "SIP/2.0 180 Ringing", "SIP/2.0 200 OK"), ""},
		{"refused", tells("SIP/2.0 100 Trying", "SIP/2.0 486 Busy Here"), "486 Busy Here"},
		{"declined", []string{says(answer("603 Declined"))}, "603 Declined"},
		{"forgotten", tells("SIP/2.0 100 Trying"), "no more"},
	} {
		at, wait := sipp(t, "", append(append(append([]string(nil), start...), c.steps...), end...))
		call, _ := place(t, caller, "sip:100@"+at, nil)
		await(t, "answer", call.Answered())
		err := call.Transfer(t.Context(), to)
		if c.want == "" && err != nil || c.want != "" && (fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v", c.name, err)
		}
		call.Hangup()
		await(t, "end", call.gone)
		wait()
		if err := call.Transfer(t.Context(), to); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a call that ended is handed over: %v", err)
		}
	}
}

// TestSippHandsUsOver: sipp asks us to call somebody; it is told what comes of
// it, or refused; what it asks wrongly is refused too.
func TestSippHandsUsOver(t *testing.T) {
	calls, media := make(chan *Call, 1), make(chan *sound, 1)
	callee := endpoint(t, Config{Serve: answering(t, calls, media), Refer: func(r *Referral) {
		if r.To != "sip:200@192.0.2.9;user=phone" || r.Replaces != nil {
			r.Refuse(403, "Forbidden")
			return
		}
		if err := r.Tell(180, "Ringing"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("told before it was accepted: %v", err)
		}
		if err := r.Accept(); err != nil {
			t.Error(err)
		}
		if err := r.Tell(200, "OK"); err != nil {
			t.Error(err)
		}
		if err := r.Tell(200, "OK"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("told after it was over: %v", err)
		}
	}})
	told := func(state, line string) []string {
		return []string{gets("NOTIFY", must("Event: refer"), must("Subscription-State: "+state), must(line)), says(answer("200 OK"))}
	}
	steps := []string{sends(ask("INVITE", 1, describe(40030, "sendrecv"))), perhaps("100"), perhaps("180"), gets("200", must("Allow: [^\r]*REFER")), says(ask("ACK", 1)),
		sends(ask("REFER", 3, "Refer-To: <sip:200@192.0.2.9;user=phone?Subject=x>")), gets("202")}
	steps = append(steps, told("active", "SIP/2.0 100 Trying")...)
	steps = append(steps, told("terminated", "SIP/2.0 200 OK")...)
	for i, c := range [][2]string{{"Refer-To: <sip:elsewhere@192.0.2.9>", "403"}, {"Refer-To: <mailto:x@192.0.2.9>", "400"}, {"X-None: 1", "400"}, {"Refer-To: <sip:2@h?Replaces=x>", "400"}, {"Refer-To: <sip:2@h>\nRefer-To: <sip:3@h>", "400"}} {
		steps = append(steps, sends(ask("REFER", 4+i, c[0])), gets(c[1]))
	}
	steps = append(steps, sends(ask("NOTIFY", 20, "Event: refer", "Subscription-State: active")), gets("481"), sends(ask("NOTIFY", 21, "Event: presence", "Subscription-State: active")), gets("489"),
		sends(ask("BYE", 22)), gets("200"))
	_, wait := sipp(t, callee.Addr().String(), steps)
	wait()
	await(t, "end", (<-calls).Done())
}

// TestSippTakesThePlaceOfACall: an INVITE with Replaces is the new call, and the
// old one is hung up; one that names no call, or one that is not up for it, is
// refused.
func TestSippTakesThePlaceOfACall(t *testing.T) {
	calls, media := make(chan *Call, 2), make(chan *sound, 2)
	callee := endpoint(t, Config{Serve: answering(t, calls, media)})
	caller := endpoint(t, Config{})
	first, _ := place(t, caller, uri(callee, "100", ""), nil)
	await(t, "answer", first.Answered())
	old := <-calls
	for _, c := range [][2]string{{"none;to-tag=a;from-tag=b", "481"}, {old.ID() + ";to-tag=" + old.ours + ";from-tag=x", "481"}, {"nonsense", "400"}, {first.asReplaces() + ";early-only", "486"}} {
		_, wait := sipp(t, callee.Addr().String(), []string{sends(ask("INVITE", 1, "Require: replaces", "Replaces: "+c[0], describe(40030, "sendrecv"))), perhaps("100"), gets(c[1]), says(ask("ACK", 1))})
		wait()
	}
	_, wait := sipp(t, callee.Addr().String(), []string{sends(ask("INVITE", 1, "Require: replaces", "Replaces: "+first.asReplaces(), describe(40030, "sendrecv"))), perhaps("100"), perhaps("180"), gets("200"), says(ask("ACK", 1)),
		"<pause milliseconds=\"100\"/>\n", sends(ask("BYE", 3)), gets("200")})
	next := <-calls
	await(t, "end of the old call", first.Done())
	if e := old.Ending(); next.Replaces() != old || e.By != Us || e.Why != Bye || first.Ending().By != Them {
		t.Errorf("%p is not %p, %+v", next.Replaces(), old, e)
	}
	wait()
	await(t, "end", next.gone)
}

// TestAttendedTransfer: an agent called a customer and then a colleague, and
// hands the customer over: the customer's side calls the colleague's with
// Replaces, and both calls of the agent end.
func TestAttendedTransfer(t *testing.T) {
	calls, media := make(chan *Call, 3), make(chan *sound, 3)
	colleague := endpoint(t, Config{Serve: answering(t, calls, media)})
	var customer *Endpoint
	customer = endpoint(t, Config{Serve: answering(t, calls, media), Refer: func(r *Referral) {
		if err := r.Accept(); err != nil {
			t.Error(err)
		}
		c, err := customer.Place(context.Background(), Invite{To: r.To, Replaces: r.Taking, Media: newSound(40050)})
		if err != nil {
			t.Error(err)
			return
		}
		<-c.Answered()
		if err := r.Tell(200, "OK"); err != nil {
			t.Error(err)
		}
		calls <- c
	}})
	agent := endpoint(t, Config{})
	one, _ := place(t, agent, uri(customer, "1", ""), nil)
	await(t, "the customer", one.Answered())
	<-calls
	two, _ := place(t, agent, uri(colleague, "2", ""), nil)
	await(t, "the colleague", two.Answered())
	old := <-calls
	if err := one.TransferTo(t.Context(), two); err != nil {
		t.Fatal(err)
	}
	joined, asked := <-calls, <-calls
	if joined.outgoing {
		joined, asked = asked, joined
	}
	if joined.Replaces() != old {
		t.Error("it takes nobody's place")
	}
	one.Hangup()
	await(t, "end", one.gone)
	await(t, "end of the consultation", two.gone)
	if e := two.Ending(); e.By != Them {
		t.Errorf("%+v", e)
	}
	asked.Hangup()
	await(t, "end", joined.gone)
	if err := one.TransferTo(t.Context(), one); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a call is handed over to itself: %v", err)
	}
}

// TestSippSeesWhoseCallIsMeant: the REFER of an attended transfer names the other
// call, escaped; an INVITE that takes the place of a call names that, and
// requires that it is understood.
func TestSippSeesWhoseCallIsMeant(t *testing.T) {
	caller := endpoint(t, Config{})
	end := []string{gets("BYE"), says(answer("200 OK"))}
	first, waitFirst := sipp(t, "", append([]string{gets("INVITE"), sends(answer("200 OK", describe(40020, "sendrecv"))), gets("ACK")}, end...))
	two, _ := place(t, caller, "sip:200@"+first, nil)
	await(t, "answer", two.Answered())
	second, waitSecond := sipp(t, "", append([]string{gets("INVITE", dialog...), sends(answer("200 OK", describe(40020, "sendrecv"))), gets("ACK"),
		gets("REFER", must("Refer-To: .sip:sipp@"+first+";transport=UDP.Replaces="+two.ID()+"%3Bto-tag%3Dsipp1%3Bfrom-tag%3D"+two.ours+".")), says(answer("202 Accepted")),
		sends(sipfrag(20, "terminated;reason=noresource", "SIP/2.0 200 OK")), gets("200")}, end...))
	one, _ := place(t, caller, "sip:100@"+second, nil)
	await(t, "answer", one.Answered())
	if err := one.TransferTo(t.Context(), two); err != nil {
		t.Error(err)
	}
	one.Hangup()
	two.Hangup()
	await(t, "end", one.gone)
	await(t, "end", two.gone)
	waitFirst()
	waitSecond()
	third, waitThird := sipp(t, "", []string{gets("INVITE", must("Replaces: x@y;to-tag=1;from-tag=2"), must("Require: replaces")), sends(answer("486 Busy Here")), gets("ACK")})
	call, _ := place(t, caller, "sip:300@"+third, func(in *Invite) { in.Replaces = "x@y;to-tag=1;from-tag=2" })
	await(t, "end", call.Done())
	waitThird()
	if _, err := caller.Place(t.Context(), Invite{To: "sip:300@" + third, Replaces: "nobody", Media: newSound(40002)}); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
}

// TestPhoneJoinsItsCalls: a phone has two calls with us and wants them joined; the
// wish names both, and nobody is called.
func TestPhoneJoinsItsCalls(t *testing.T) {
	calls, media := make(chan *Call, 2), make(chan *sound, 2)
	server := endpoint(t, Config{Serve: answering(t, calls, media), Refer: func(r *Referral) {
		if r.Replaces == nil || r.Replaces == r.Call || r.Taking != "" {
			r.Refuse(403, "Forbidden")
			return
		}
		if err := r.Accept(); err != nil {
			t.Error(err)
		}
		if err := r.Tell(200, "OK"); err != nil {
			t.Error(err)
		}
		r.Replaces.Hangup()
	}})
	phone := endpoint(t, Config{})
	one, _ := place(t, phone, uri(server, "1", ""), nil)
	two, _ := place(t, phone, uri(server, "2", ""), nil)
	await(t, "the first", one.Answered())
	await(t, "the second", two.Answered())
	if err := one.TransferTo(t.Context(), two); err != nil {
		t.Error(err)
	}
	await(t, "end of the second", two.gone)
	one.Hangup()
	await(t, "end of the first", one.gone)
}

// TestBaresipTransfers: an agent's phone hands its call over to a number.
func TestBaresipTransfers(t *testing.T) {
	calls, media, wishes := make(chan *Call, 1), make(chan *sound, 1), make(chan *Referral, 1)
	server := endpoint(t, Config{Register: true, Secret: logIns, Serve: answering(t, calls, media), Refer: func(r *Referral) {
		if err := r.Accept(); err != nil {
			t.Error(err)
		}
		if err := r.Tell(200, "OK"); err != nil {
			t.Error(err)
		}
		wishes <- r
	}})
	phone := baresip(t, server.Addr().String(), "alice", "wonder", overUDP, nil)
	phone.until(func() bool { return len(server.Phones("alice")) == 1 })
	phone.does("dial", "sip:100@"+server.Addr().String())
	call := <-calls
	confirmed(t, call)
	phone.does("transfer", "sip:200@"+server.Addr().String())
	if r := <-wishes; r.Call != call || r.To != "sip:200@"+server.Addr().String() {
		t.Errorf("%+v", r)
	}
	call.Hangup()
	await(t, "end", call.gone)
	phone.leaves()
}

// TestProvisionalAnswers: sipp asks that its 183 and its 180 are acknowledged
// (100rel); each gets one PRACK, also when it comes twice, and one whose
// forerunner is missing gets none.
func TestProvisionalAnswers(t *testing.T) {
	caller := endpoint(t, Config{})
	reliable := func(status string, rseq int, rest ...string) string {
		return "SIP/2.0 " + status + "\nVia:[$via]\nFrom:[$them]\nTo:[$us];tag=sipp[call_number]\nCall-ID: [call_id]\nCSeq: 1 INVITE\nContact: <sip:sipp@[local_ip]:[local_port]>\n" + body(append([]string{"Require: 100rel", fmt.Sprintf("RSeq: %d", rseq)}, rest...))
	}
	final := strings.Replace(reliable("200 OK", 1, describe(40020, "sendrecv")), "Require: 100rel\nRSeq: 1\n", "", 1)
	early := reliable("183 Session Progress", 7, describe(40020, "sendrecv"))
	at, wait := sipp(t, "", []string{
		gets("INVITE", append([]string{must("Supported: 100rel"), keep("Via:", "via")}, dialog...)...),
		says(early), gets("PRACK", must("RAck: 7 1 INVITE"), must("CSeq: 2 PRACK")), says(answer("200 OK")),
		says(early), says(reliable("180 Ringing", 9)), says(reliable("180 Ringing", 8)), gets("PRACK", must("RAck: 8 1 INVITE"), must("CSeq: 3 PRACK"), must("To: [^\r]*tag=sipp")), says(answer("200 OK")),
		sends(final), gets("ACK", must("CSeq: 1 ACK")), gets("BYE", must("CSeq: 4 BYE")), says(answer("200 OK")),
	})
	call, s := place(t, caller, "sip:100@"+at, nil)
	await(t, "answer", call.Answered())
	if x := call.Times(); x.Early.IsZero() || x.Ringing.IsZero() || x.Early.After(x.Ringing) {
		t.Errorf("%+v", x)
	}
	if a, n := s.agreed(); n != 2 || a.Remote.Port() != 40020 {
		t.Errorf("%+v after %d", a, n)
	}
	call.Hangup()
	await(t, "end", call.gone)
	wait()
}
