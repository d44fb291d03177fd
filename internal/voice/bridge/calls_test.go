package bridge_test

import (
	"bytes"
	"context"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"waihu/internal/voice"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/bridge"
	"waihu/internal/voice/carrier"
	"waihu/internal/voice/rtp"
	"waihu/internal/voice/script"
	"waihu/internal/voice/sip"
)

// lines is a carrier with a customer and an agent who each say something of their
// own; the agent's side encrypts.
func lines(t *testing.T, secure bool, hertz float64) (*carrier.Carrier, chan carrier.Told) {
	t.Helper()
	folder, told := t.TempDir(), make(chan carrier.Told, 1)
	said := make([]byte, audio.Rate)
	audio.MuLaw.EncodeTo(said, audio.Tone{Hertz: []float64{hertz}, Level: 0.3}.Samples(time.Second))
	if err := os.WriteFile(filepath.Join(folder, "said.wav"), append(audio.Header(audio.MuLaw, 1, int64(len(said))), said...), 0o600); err != nil {
		t.Fatal(err)
	}
	first := uint16(18680)
	if secure {
		first += 10
	}
	ports, err := rtp.NewPorts(netip.MustParseAddr("127.0.0.1"), first, first+9)
	if err != nil {
		t.Fatal(err)
	}
	s := script.Script{Lines: []script.Line{{To: "*", Does: script.Answer, Sound: "said.wav"}}}
	c, err := carrier.Open(carrier.Config{Listen: netip.MustParseAddrPort("127.0.0.1:0"), Ports: ports, Script: &s, Folder: folder, SRTP: secure, Tell: func(x carrier.Told) { told <- x }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if ports.Lent() != 0 {
			t.Errorf("%d pairs of ports did not come back", ports.Lent())
		}
	})
	return c, told
}

// TestTwoCallsAreBridged: two calls over SIP, one side encrypted, hear each other
// as calls do: by the clock, each carrier with its own tone; the recording has one
// on each side.
func TestTwoCallsAreBridged(t *testing.T) {
	ports, err := rtp.NewPorts(netip.MustParseAddr("127.0.0.1"), 18660, 18679)
	if err != nil {
		t.Fatal(err)
	}
	phone, err := sip.Open(sip.Config{Listen: netip.MustParseAddrPort("127.0.0.1:0")})
	if err != nil {
		t.Fatal(err)
	}
	defer phone.Close()
	b := bridge.New()
	defer b.Close()
	f, err := os.Create(filepath.Join(t.TempDir(), "call.wav"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	heard := make(chan bool)
	var calls []*sip.Call
	var legs []*voice.Leg
	var told []chan carrier.Told
	for i, role := range []bridge.Role{bridge.Customer, bridge.Agent} {
		c, t2 := lines(t, role == bridge.Agent, 400+300*float64(i))
		leg, err := voice.NewLeg(ports)
		if err != nil {
			t.Fatal(err)
		}
		frames := 0
		leg.Hear(func(theirs []int16, received bool) {
			if i == 0 || !received {
				return
			}
			if frames++; frames == 60 {
				close(heard)
			}
		})
		if role == bridge.Agent {
			if err := leg.Encrypt(); err != nil {
				t.Fatal(err)
			}
		}
		call, err := phone.Place(context.Background(), sip.Invite{To: "sip:1@" + c.Addr().String(), From: "2", Media: leg})
		if err != nil {
			t.Fatal(err)
		}
		<-call.Answered()
		if err := b.Join(leg, role); err != nil {
			t.Fatal(err)
		}
		calls, legs, told = append(calls, call), append(legs, leg), append(told, t2)
	}
	if _, err := b.Record(f); err != nil {
		t.Fatal(err)
	}
	<-heard
	if _, err := b.StopRecording(); err != nil {
		t.Error(err)
	}
	for i, call := range calls {
		call.Hangup()
		<-call.Done()
		if x := <-told[i]; x.Figures.Received < 30 || x.Figures.Injected > 0 || x.Figures.Foreign > 0 {
			t.Errorf("side %d received %+v", i, x.Figures)
		}
		if _, err := legs[i].Close(); err != nil {
			t.Error(err)
		}
	}
	whole, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	w, err := audio.ReadWAV(bytes.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	for i, hertz := range []float64{400, 700} {
		side := w.Channels[1-i] // the agent, who is the second, is left
		if own, other := audio.Power(side, hertz), audio.Power(side, 1100-hertz); own < 0.2 || other > 0.01 {
			t.Errorf("side %d has %.3f of its own tone and %.3f of the other", i, own, other)
		}
	}
	if ports.Lent() != 0 {
		t.Errorf("%d pairs of ports did not come back", ports.Lent())
	}
}
