package webrtc

import (
	"errors"
	"math"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/ice/v4"

	"waihu/internal/fault"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/rtp"
	"waihu/internal/voice/sdp"
)

// endpoint is ours, or a browser's half.
func endpoint(t *testing.T, asks bool) *Endpoint {
	t.Helper()
	e, err := Open(Config{Listen: netip.MustParseAddrPort("127.0.0.1:0"), asks: asks})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil || e.Peers() != 0 {
			t.Errorf("closing: %v, %d peers left", err, e.Peers())
		}
	})
	return e
}

func peer(t *testing.T, e *Endpoint, laws ...audio.Law) *Peer {
	t.Helper()
	p, err := e.NewPeer(laws...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// exchange lets one offer and the other answer.
func exchange(t *testing.T, from, to *Peer, anew bool) (a, b sdp.Agreed) {
	t.Helper()
	offer := must(from.Offer())
	answer, b, err := to.Answer(offer)
	if err != nil {
		t.Fatal(err)
	}
	a, err = from.Accept(answer)
	if err != nil {
		t.Fatal(err)
	}
	from.Session().Agree(a, anew)
	to.Session().Agree(b, anew)
	return a, b
}

// connected waits for both halves.
func connected(t *testing.T, peers ...*Peer) {
	t.Helper()
	for _, p := range peers {
		select {
		case <-p.Connected():
		case <-p.Lost():
			t.Fatal(p.Err())
		case <-time.After(20 * time.Second):
			t.Fatal("no path within 20 s")
		}
	}
}

// beat sends and takes frames on both sides, a tone each; it gives what each heard. Frames
// that a busy machine made late are not caught up with: a burst is no call.
func beat(a, b *rtp.Session, frames int, hzA, hzB float64) (atA, atB []int16) {
	due := time.Now()
	for n := range frames {
		for _, s := range []struct {
			from, to *rtp.Session
			hz       float64
			heard    *[]int16
		}{{a, b, hzA, &atB}, {b, a, hzB, &atA}} {
			frame, in := make([]byte, audio.FrameSamples), make([]byte, audio.FrameSamples)
			for i := range frame {
				frame[i] = s.from.Law().Encode(int16(8000 * math.Sin(2*math.Pi*s.hz*float64(n*len(frame)+i)/audio.Rate)))
			}
			s.from.Send(frame)
			if s.to.Take(in) {
				for _, x := range in {
					*s.heard = append(*s.heard, s.to.Law().Decode(x))
				}
			}
		}
		if due = due.Add(rtp.Frame); time.Since(due) > 0 {
			due = time.Now()
		}
		time.Sleep(time.Until(due))
	}
	return atA, atB
}

// share is how much of the sound is this tone, 0 to 1.
func share(sound []int16, hz float64) float64 {
	var re, im, all float64
	for i, x := range sound {
		re += float64(x) * math.Cos(2*math.Pi*hz*float64(i)/audio.Rate)
		im += float64(x) * math.Sin(2*math.Pi*hz*float64(i)/audio.Rate)
		all += float64(x) * float64(x)
	}
	return 2 * (re*re + im*im) / all / float64(len(sound))
}

// TestSoundBothWays: whoever offers, a path is found, keys are agreed, each hears
// the other's tone and keys, and reports come back.
func TestSoundBothWays(t *testing.T) {
	for name, browserOffers := range map[string]bool{"the browser offers": true, "we offer": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			browser, ours := peer(t, endpoint(t, true)), peer(t, endpoint(t, false), audio.MuLaw)
			if browserOffers {
				exchange(t, browser, ours, false)
			} else {
				exchange(t, ours, browser, false)
			}
			connected(t, browser, ours)
			atBrowser, atOurs := beat(browser.Session(), ours.Session(), 80, 440, 1000)
			if len(atBrowser) < 8000 || share(atBrowser, 1000) < 0.9 || share(atOurs, 440) < 0.9 {
				t.Errorf("the browser heard %d samples, %.2f of them our tone; we heard %d, %.2f of them its tone", len(atBrowser), share(atBrowser, 1000), len(atOurs), share(atOurs, 440))
			}
			if err := browser.Session().Press("5#"); err != nil {
				t.Fatal(err)
			}
			beat(browser.Session(), ours.Session(), 40, 440, 1000)
			if a, b := <-ours.Session().Keys(), <-ours.Session().Keys(); a != '5' || b != '#' {
				t.Errorf("keys %c%c", a, b)
			}
			f := ours.Session().Figures()
			if f.Told.Expected == 0 || f.Received < 60 || f.Heard.Lost != 0 {
				t.Errorf("%+v", f)
			}
		})
	}
}

// TestManyOnOnePort: browsers at different addresses share our one port, and none
// hears another's call.
func TestManyOnOnePort(t *testing.T) {
	e := endpoint(t, false)
	var browsers, ours []*Peer
	for range 5 {
		browser, peer := peer(t, endpoint(t, true)), peer(t, e)
		exchange(t, browser, peer, false)
		browsers, ours = append(browsers, browser), append(ours, peer)
	}
	connected(t, append(browsers, ours...)...)
	var all sync.WaitGroup
	for i := range browsers {
		hertz := 400 + 200*float64(i)
		all.Go(func() {
			there, here := beat(browsers[i].Session(), ours[i].Session(), 50, hertz, hertz+100)
			if share(here, hertz) < 0.9 || share(there, hertz+100) < 0.9 {
				t.Errorf("call %d: %.2f of what came is its browser's tone, %.2f of what went is ours", i, share(here, hertz), share(there, hertz+100))
			}
		})
	}
	all.Wait()
}

// TestHoldAndAnotherNetwork: an exchange within the call changes which way sound
// goes and keeps the path; another ICE secret finds it anew.
func TestHoldAndAnotherNetwork(t *testing.T) {
	browser, ours := peer(t, endpoint(t, true)), peer(t, endpoint(t, false))
	exchange(t, browser, ours, false)
	connected(t, browser, ours)
	browser.Want(sdp.SendOnly)
	if a, b := exchange(t, browser, ours, true); a.Receives || b.Sends || !b.Receives {
		t.Errorf("on hold: the browser %+v, we %+v", a, b)
	}
	browser.Want(sdp.SendRecv)
	if err := browser.agent.Restart("", ""); err != nil {
		t.Fatal(err)
	}
	if err := browser.gather(); err != nil {
		t.Fatal(err)
	}
	answer, b, err := ours.Answer(must(browser.Offer()))
	if err != nil {
		t.Fatal(err)
	}
	f := must(readFar(answer))
	if f.ufrag == browser.far.ufrag {
		t.Error("answered with the old secret")
	}
	browser.far = f // a browser that restarted itself does so once
	a := must(browser.Accept(answer))
	if err := errors.Join(browser.agent.SetRemoteCredentials(f.ufrag, f.pwd), browser.agent.AddRemoteCandidate(must(ice.UnmarshalCandidate(f.candidates[0])))); err != nil {
		t.Fatal(err)
	}
	browser.Session().Agree(a, true)
	ours.Session().Agree(b, true)
	deadline := time.Now().Add(20 * time.Second)
	for heard := 0; heard < 4000; {
		_, at := beat(browser.Session(), ours.Session(), 10, 440, 1000)
		if heard += len(at); time.Now().After(deadline) {
			t.Fatalf("%d samples heard after the restart", heard)
		}
	}
}

// TestAnotherCertificate: who does not hold the key of the description is not
// spoken to.
func TestAnotherCertificate(t *testing.T) {
	browser, ours := peer(t, endpoint(t, true)), peer(t, endpoint(t, false))
	offer := string(must(browser.Offer()))
	at := strings.Index(offer, "sha-256 ") + len("sha-256 ")
	other := "00"
	if offer[at:at+2] == other {
		other = "01"
	}
	answer, b, err := ours.Answer([]byte(offer[:at] + other + offer[at+2:]))
	if err != nil {
		t.Fatal(err)
	}
	ours.Session().Agree(b, false)
	if _, err := browser.Accept(answer); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ours.Lost():
	case <-time.After(20 * time.Second):
		t.Fatal("not lost within 20 s")
	}
	if err := ours.Err(); fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("lost for %v", err)
	}
	ours.Session().Send(make([]byte, audio.FrameSamples))
	if f := ours.Session().Figures(); f.Sent != 0 {
		t.Errorf("%d packets sent to a stranger", f.Sent)
	}
}

// TestAGoodbye: a browser that closes is told of at once.
func TestAGoodbye(t *testing.T) {
	browser, ours := peer(t, endpoint(t, true)), peer(t, endpoint(t, false))
	exchange(t, browser, ours, false)
	connected(t, browser, ours)
	browser.Close()
	browser.Close()
	select {
	case <-ours.Lost():
	case <-time.After(20 * time.Second):
		t.Fatal("not told within 20 s")
	}
}

// TestStrangers: what comes to the port from elsewhere leads to nothing.
func TestStrangers(t *testing.T) {
	e := endpoint(t, false)
	browser, ours := peer(t, endpoint(t, true)), peer(t, e)
	exchange(t, browser, ours, false)
	connected(t, browser, ours)
	stranger, err := net.Dial("udp", e.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	for first := range 256 {
		for _, n := range []int{1, 2, 12, 200, 1400} {
			b := make([]byte, n)
			b[0] = byte(first)
			if _, err := stranger.Write(b); err != nil {
				t.Fatal(err)
			}
		}
	}
	_, at := beat(browser.Session(), ours.Session(), 40, 440, 1000)
	if f := ours.Session().Figures(); share(at, 440) < 0.9 || f.Foreign != 0 {
		t.Errorf("%.2f of what was heard is the browser's tone; %+v", share(at, 440), f)
	}
}

func TestRefused(t *testing.T) {
	e := endpoint(t, false)
	good := string(must(peer(t, endpoint(t, true)).Offer()))
	ours := peer(t, e)
	for what, change := range map[string][2]string{
		"no secret":      {"a=ice-pwd:", "a=x:"},
		"a short secret": {"a=ice-ufrag:", "a=ice-ufrag:abc\r\na=x:"},
		"no digest":      {"a=fingerprint:sha-256", "a=fingerprint:sha-1"},
		"no mux":         {"a=rtcp-mux", "a=x"},
		"no setup":       {"a=setup:actpass", "a=setup:holdconn"},
		"lite":           {"a=rtcp-mux", "a=rtcp-mux\r\na=ice-lite"},
		"plain":          {"UDP/TLS/RTP/SAVPF", "RTP/AVP"},
		"no G.711":       {"m=audio", "m=video"},
	} {
		if _, _, err := ours.Answer([]byte(strings.Replace(good, change[0], change[1], 1))); fault.KindOf(err) != fault.Conflict {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := Open(Config{Listen: netip.MustParseAddrPort("0.0.0.0:0")}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("an address for nobody: %v", err)
	}
	few := must(Open(Config{Listen: netip.MustParseAddrPort("127.0.0.1:0"), MaxPeers: 1}))
	defer few.Close()
	peer(t, few)
	if _, err := few.NewPeer(); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a second of one: %v", err)
	}
}
