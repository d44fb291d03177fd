package sdp_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"waihu/internal/fault"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/sdp"
)

func session(laws ...audio.Law) *sdp.Session {
	return sdp.NewSession(netip.MustParseAddrPort("192.0.2.1:4000"), 77, laws...)
}

// offer is a description as a peer writes it.
func offer(c, media string) []byte {
	return []byte("v=0\r\no=peer 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 " + c + "\r\nt=0 0\r\n" + media)
}

// TestTwoSessionsAgree: our own offer is answered by our own answer, in every
// pair of laws they share.
func TestTwoSessionsAgree(t *testing.T) {
	both := []audio.Law{audio.MuLaw, audio.ALaw}
	for _, laws := range [][]audio.Law{{audio.ALaw}, {audio.MuLaw}, both} {
		caller, callee := session(both...), sdp.NewSession(netip.MustParseAddrPort("[2001:db8::1]:5000"), 1, laws...)
		answer, heard, err := callee.Answer(caller.Offer())
		if err != nil {
			t.Fatal(err)
		}
		got, err := caller.Accept(answer)
		if err != nil {
			t.Fatalf("%v\n%s", err, answer)
		}
		if got.Law != laws[0] || heard.Law != laws[0] || got.Remote.String() != "[2001:db8::1]:5000" || got.Event != 101 || !got.Sends || !got.Receives {
			t.Errorf("%v: caller has %+v, callee %+v", laws, got, heard)
		}
	}
}

// TestHold is trap 7: each direction has its answer, whoever wants what.
func TestHold(t *testing.T) {
	for _, c := range []struct {
		offered, want, answered sdp.Direction
		sends, receives         bool
	}{
		{sdp.SendRecv, sdp.SendRecv, sdp.SendRecv, true, true},
		{sdp.SendOnly, sdp.SendRecv, sdp.RecvOnly, false, true},
		{sdp.RecvOnly, sdp.SendRecv, sdp.SendOnly, true, false},
		{sdp.Inactive, sdp.SendRecv, sdp.Inactive, false, false},
		{sdp.SendOnly, sdp.SendOnly, sdp.Inactive, false, false},
		{sdp.SendRecv, sdp.SendOnly, sdp.SendOnly, true, false},
		{sdp.SendRecv, sdp.Inactive, sdp.Inactive, false, false},
	} {
		s := session()
		s.Want(c.want)
		answer, a, err := s.Answer(offer("192.0.2.9", "m=audio 6000 RTP/AVP 8\r\na="+string(c.offered)))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(answer), "a="+string(c.answered)+"\r\n") || a.Sends != c.sends || a.Receives != c.receives {
			t.Errorf("%s while we want %s: answered\n%s%+v", c.offered, c.want, answer, a)
		}
	}
	answer, a, err := session().Answer(offer("0.0.0.0", "m=audio 6000 RTP/AVP 8\r\n"))
	if err != nil || a.Sends || !strings.Contains(string(answer), "a=recvonly") {
		t.Errorf("a hold by 0.0.0.0 is answered %v\n%s", err, answer)
	}
}

// TestLastLineWithoutEnd is trap 7: a description may stop without CRLF, end
// lines with LF alone, and inherit its direction from the session.
func TestLastLineWithoutEnd(t *testing.T) {
	for _, text := range []string{"v=0\r\nc=IN IP4 192.0.2.9\r\nm=audio 6000 RTP/AVP 0", "v=0\nc=IN IP4 192.0.2.9\na=sendonly\nm=audio 6000 RTP/AVP 0\na=sendrecv"} {
		if _, a, err := session().Answer([]byte(text)); err != nil || a.Law != audio.MuLaw || !a.Sends {
			t.Errorf("%q: %+v, %v", text, a, err)
		}
	}
}

// TestOtherMediaIsRefusedInPlace: an answer has the offer's lines in its order.
func TestOtherMediaIsRefusedInPlace(t *testing.T) {
	answer, a, err := session().Answer(offer("192.0.2.9", "m=video 7000 RTP/AVP 96\r\nm=audio 6000 RTP/SAVP 8\r\nm=audio 6002 RTP/AVP 18 97 96\r\nc=IN IP4 192.0.2.10\r\n"+
		"a=rtpmap:97 PCMA/8000\r\na=rtpmap:96 telephone-event/8000\r\nm=application 7002 udp wb\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.SplitSeq(string(answer), "\r\n") {
		if strings.HasPrefix(line, "m=") {
			lines = append(lines, line)
		}
	}
	want := "[m=video 0 RTP/AVP 96 m=audio 0 RTP/SAVP 8 m=audio 4000 RTP/AVP 97 96 m=application 0 udp wb]"
	if fmt.Sprint(lines) != want || a.Type != 97 || a.Event != 96 || a.Remote.String() != "192.0.2.10:6002" {
		t.Errorf("%v\n%+v", lines, a)
	}
}

// TestVersionRisesWithChange: the same words keep their version, others do not.
func TestVersionRisesWithChange(t *testing.T) {
	s := session()
	first, again := string(s.Offer()), string(s.Offer())
	s.Want(sdp.SendOnly)
	third := string(s.Offer())
	if first != again || !strings.Contains(first, "o=- 38 1 ") || !strings.Contains(third, "o=- 38 2 ") {
		t.Errorf("%s\n%s\n%s", first, again, third)
	}
}

// TestWhatCannotBeAgreed: nothing in common is Conflict, nonsense is Invalid.
func TestWhatCannotBeAgreed(t *testing.T) {
	for _, c := range []struct {
		media string
		kind  fault.Kind
	}{
		{"m=audio 6000 RTP/AVP 18\r\n", fault.Conflict}, {"m=audio 0 RTP/AVP 8\r\n", fault.Conflict}, {"m=audio 6000 RTP/SAVPF 8\r\n", fault.Conflict}, {"", fault.Conflict},
		{"m=audio 6000 RTP/AVP 8\r\na=rtpmap:8 PCMA/16000\r\n", fault.Conflict},
		{"m=audio 70000 RTP/AVP 8\r\n", fault.Invalid}, {"m=audio\r\n", fault.Invalid}, {"m=audio 6000 RTP/AVP 200\r\n", fault.Invalid}, {"nonsense\r\n", fault.Invalid},
		{"c=IN IP4 media.example\r\n", fault.Invalid}, {"c=IN IP4\r\n", fault.Invalid}, {"m=audio 6000 RTP/AVP 8\r\na=rtpmap:8 PCMA\r\n", fault.Invalid}, {"m=audio 6000 RTP/AVP 8\r\na=rtpmap:8 PCMA/x\r\n", fault.Invalid},
		{strings.Repeat("m=audio 6000 RTP/AVP 8\r\n", 9), fault.Invalid}, {"m=audio 6000 RTP/AVP" + strings.Repeat(" 8", 70) + "\r\n", fault.Invalid},
		{strings.Repeat("a=x\r\n", 300), fault.Invalid}, {"a=" + strings.Repeat("x", 9000) + "\r\n", fault.Invalid},
	} {
		if _, _, err := session().Answer(offer("192.0.2.9", c.media)); fault.KindOf(err) != c.kind {
			t.Errorf("%q: %v is not of kind %s", fault.Shorten(c.media, 60), err, c.kind)
		}
	}
	if _, err := session().Accept([]byte("x")); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
	if _, err := session(audio.MuLaw).Accept(offer("192.0.2.9", "m=audio 6000 RTP/AVP 8\r\n")); fault.KindOf(err) != fault.Conflict {
		t.Errorf("an answer in a law we do not speak: %v", err)
	}
	if _, err := sdp.Parse([]byte("o=- 1 1 IN IP4 192.0.2.1")); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a description without a version: %v", err)
	}
}

// FuzzAnswer: any offer is answered within what was offered, or refused; our
// answer can be read, and its lines are as many as the offer's.
func FuzzAnswer(f *testing.F) {
	f.Add(offer("192.0.2.9", "m=audio 6000 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=sendonly"))
	f.Add(offer("0.0.0.0", "m=video 7000 RTP/AVP 96\r\nm=audio 6000 RTP/AVP 0\r\n"))
	f.Add(session().Offer())
	f.Add(offer("192.0.2.9", "m=audio 6000 RTP/SAVP 8\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA|2^31\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		encrypted := session()
		encrypted.Secure(sdp.Key{1})
		if answer, a, err := encrypted.Answer(b); err == nil && (!a.Secure || !strings.Contains(string(answer), "RTP/SAVP")) {
			t.Errorf("a session that encrypts agreed on\n%s", answer)
		}
		answer, a, err := session().Answer(b)
		if err != nil {
			if answer != nil {
				t.Error("an answer and an error")
			}
			return
		}
		theirs, err := sdp.Parse(b)
		if err != nil {
			t.Fatal(err)
		}
		mine, err := sdp.Parse(answer)
		if err != nil {
			t.Fatalf("our answer cannot be read: %v\n%s", err, answer)
		}
		if len(mine.Media) != len(theirs.Media) {
			t.Errorf("%d media lines answered with %d", len(theirs.Media), len(mine.Media))
		}
		used := 0
		for i, m := range mine.Media {
			if m.Port == 0 {
				continue
			}
			used++
			if m.Way.Sends() && !theirs.Media[i].Way.Receives() || m.Way.Receives() && !theirs.Media[i].Way.Sends() || a.Sends != m.Way.Sends() {
				t.Errorf("%s answered with %s", theirs.Media[i].Way, m.Way)
			}
		}
		if used != 1 || !a.Remote.IsValid() || a.Remote.Port() == 0 {
			t.Errorf("%d lines used, %+v", used, a)
		}
	})
}

// TestEncryptedSessionsAgree: each side learns the other's key, and the same
// words are said again as long as nothing changes.
func TestEncryptedSessionsAgree(t *testing.T) {
	caller, callee := session(), sdp.NewSession(netip.MustParseAddrPort("192.0.2.2:5000"), 1)
	caller.Secure(sdp.Key{1})
	callee.Secure(sdp.Key{2})
	offer := caller.Offer()
	if !strings.Contains(string(offer), "m=audio 4000 RTP/SAVP 8 0 101\r\n") || !strings.Contains(string(offer), "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n") {
		t.Errorf("%s", offer)
	}
	answer, theirs, err := callee.Answer(offer)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := caller.Accept(answer)
	if err != nil {
		t.Fatal(err)
	}
	if !ours.Secure || ours.Ours != (sdp.Key{1}) || ours.Theirs != (sdp.Key{2}) || !theirs.Secure || theirs.Ours != ours.Theirs || theirs.Theirs != ours.Ours {
		t.Errorf("%v\n%v", ours, theirs)
	}
	if string(caller.Offer()) != string(offer) {
		t.Error("the second offer is another")
	}
	if text := fmt.Sprintf("%v %+v %#v %s", ours.Ours, ours.Ours, ours.Ours, ours.Ours); text != "(key) (key) (key) (key)" {
		t.Errorf("a key is printed: %s", text)
	}
}

// TestWhichKeysAreTaken: of what a peer offers, the first we can do all of; a line
// with none is refused, and nothing falls back to plain sound.
func TestWhichKeysAreTaken(t *testing.T) {
	const key = "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	const suite = "AES_CM_128_HMAC_SHA1_80"
	for _, c := range []struct {
		lines string
		tag   string // answered; empty: refused
	}{
		{"a=crypto:3 " + suite + " inline:" + key, "3"},
		{"a=crypto:1 AES_256_CM_HMAC_SHA1_80 inline:" + key + "\r\na=crypto:2 " + suite + " inline:" + key + "|2^48", "2"},
		{"a=crypto:1 " + suite + " inline:" + key + "|2^20|1:4\r\na=crypto:7 " + suite + " inline:" + key + "|2097152", "7"},
		{"a=crypto:1 " + suite + " inline:" + key + " -OPTION WSH=64", "1"},
		{"a=crypto:1 " + suite + " inline:" + key + " UNENCRYPTED_SRTP", ""},
		{"a=crypto:1 " + suite + " inline:" + key + ";inline:" + key, ""},
		{"a=crypto:1 " + suite + " inline:" + key + "|2^10", ""},
		{"a=crypto:1 " + suite + " inline:" + key + "|2^64", ""},
		{"a=crypto:1 " + suite + " inline:AQ==", ""},
		{"a=crypto:x " + suite + " inline:" + key, ""},
		{"a=crypto:1 " + suite + " " + key, ""},
		{"a=crypto:1 " + suite, ""},
		{"a=sendrecv", ""},
	} {
		s := session()
		s.Secure(sdp.Key{9})
		answer, a, err := s.Answer(offer("192.0.2.9", "m=audio 6000 RTP/SAVP 8\r\n"+c.lines))
		if c.tag == "" {
			if fault.KindOf(err) != fault.Conflict {
				t.Errorf("%s: %v", c.lines, err)
			}
			continue
		}
		if err != nil || a.Theirs != (sdp.Key{1}) || a.Ours != (sdp.Key{9}) || !strings.Contains(string(answer), "a=crypto:"+c.tag+" "+suite) {
			t.Errorf("%s: %v, %+v\n%s", c.lines, err, a, answer)
		}
	}
	line := "a=crypto:1 " + suite + " inline:" + key + "\r\n"
	for _, media := range []string{"m=audio 6000 RTP/AVP 8\r\n" + line, "m=audio 6000 RTP/SAVP 8\r\n" + line + line, "m=audio 6000 RTP/SAVP 8\r\n" + strings.Replace(line, ":1", ":2", 1)} {
		s := session()
		s.Secure(sdp.Key{9})
		s.Offer()
		if _, err := s.Accept(offer("192.0.2.9", media)); fault.KindOf(err) != fault.Conflict {
			t.Errorf("%s is accepted: %v", media, err)
		}
	}
	if _, _, err := session().Answer(offer("192.0.2.9", "m=audio 6000 RTP/SAVP 8\r\n"+line)); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a plain session takes an encrypted line: %v", err)
	}
}

// TestEventsOfAnotherNumber: where the answer names its own payload type for telephone events,
// ours are sent with that, and theirs may come with it or with ours.
func TestEventsOfAnotherNumber(t *testing.T) {
	for number, heard := range map[int]uint8{96: 101, 101: 0} {
		s := session()
		s.Offer()
		a, err := s.Accept(offer("192.0.2.9", fmt.Sprintf("m=audio 6000 RTP/AVP 8 %d\r\na=rtpmap:%d telephone-event/8000\r\n", number, number)))
		if err != nil || int(a.Event) != number || a.Heard != heard {
			t.Errorf("%d: %+v, %v", number, a, err)
		}
	}
	s := session()
	s.Offer()
	if a, err := s.Accept(offer("192.0.2.9", "m=audio 6000 RTP/AVP 8\r\n")); err != nil || a.Event != 0 || a.Heard != 0 {
		t.Errorf("an answer without events: %+v, %v", a, err)
	}
}
