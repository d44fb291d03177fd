package telephone

import (
	"net/netip"
	"testing"
	"time"

	"waihu/internal/voice"
	"waihu/internal/voice/carrier"
	"waihu/internal/voice/rtp"
	"waihu/internal/voice/script"
	"waihu/internal/voice/sip"
	"waihu/internal/voice/trunk"
)

// TestATrunkIsRegisteredAt: where we are registered calls are placed, the way the registrar
// wants; where it refuses us none is, and the board says why. The end takes the
// registration back.
func TestATrunkIsRegisteredAt(t *testing.T) {
	home := netip.MustParseAddr("127.0.0.1")
	any := netip.AddrPortFrom(home, 0)
	theirs, err := rtp.NewPorts(home, 38000, 38009)
	if err != nil {
		t.Fatal(err)
	}
	peer, err := carrier.Open(carrier.Config{Listen: any, Ports: theirs, User: "acme", Secret: "wonder", Script: &script.Script{Name: "one", Lines: []script.Line{{To: "*", Does: script.Answer}}}})
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	at := peer.Addr().String()
	trunks := []trunk.Trunk{{Name: "good", Address: at, Registrar: at, User: "acme", Secret: "GOOD", Lease: script.Span(2 * time.Minute), Channels: 1, Rate: 100, Prefixes: []string{"86138"}},
		{Name: "wrong", Address: at, Registrar: at, User: "acme", Secret: "WRONG", Channels: 1, Rate: 100, Prefixes: []string{"86139"}}}
	cfg := &trunk.Config{Home: "CN", Zone: "UTC", Allow: []trunk.Class{trunk.Mobile}, Trunks: trunks}
	if err := cfg.Validate().Err(); err != nil {
		t.Fatal(err)
	}
	board := trunk.NewBoard(cfg, time.UTC, 1)
	phone, err := sip.Open(sip.Config{Listen: any})
	if err != nil {
		t.Fatal(err)
	}
	defer phone.Close()
	secret := func(name string) string { return map[string]string{"GOOD": "wonder", "WRONG": "wander"}[name] }
	if err := register(phone, board, trunks, secret, nil); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		s := board.States(time.Now())
		if s[0].Apart == "" && s[1].Apart == "401 Unauthorized" {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%+v", s)
		}
	}
	if all := peer.Registered("acme"); len(all) != 1 || all[0].Source != phone.Addr().String() {
		t.Errorf("%+v", all)
	}
	ours, err := rtp.NewPorts(home, 38010, 38019)
	if err != nil {
		t.Fatal(err)
	}
	lines := voice.Lines{Endpoint: phone, Ports: ours, Board: board, Secret: secret}
	if r, _, err := lines.PlaceOver(t.Context(), voice.Order{Number: "13800138000", From: "1", Talk: 50 * time.Millisecond}); err != nil || !r.Answered() {
		t.Errorf("%+v, %v", r, err)
	}
	if _, tries, err := lines.PlaceOver(t.Context(), voice.Order{Number: "13900139000", From: "1"}); err == nil || len(tries) != 1 || tries[0].Reason != trunk.Apart {
		t.Errorf("%+v, %v", tries, err)
	}
	if err := phone.Close(); err != nil {
		t.Error(err)
	}
	if all := peer.Registered("acme"); len(all) != 0 {
		t.Errorf("we left, and are registered still: %+v", all)
	}
}

// TestCallsGoAsTheRegistrarWants: over the proxies it named, wherever the trunk itself is.
func TestCallsGoAsTheRegistrarWants(t *testing.T) {
	home := netip.MustParseAddr("127.0.0.1")
	any := netip.AddrPortFrom(home, 0)
	theirs, err := rtp.NewPorts(home, 38020, 38029)
	if err != nil {
		t.Fatal(err)
	}
	way, err := carrier.Open(carrier.Config{Listen: any, Ports: theirs, Script: &script.Script{Name: "way", Lines: []script.Line{{To: "*", Does: script.Busy}}}})
	if err != nil {
		t.Fatal(err)
	}
	defer way.Close()
	cfg := &trunk.Config{Home: "CN", Zone: "UTC", Allow: []trunk.Class{trunk.Mobile}, Trunks: []trunk.Trunk{{Name: "one", Address: "192.0.2.1:5060", Channels: 1, Rate: 100}}}
	board := trunk.NewBoard(cfg, time.UTC, 1)
	board.Registration("one", trunk.Standing{Until: time.Now().Add(time.Hour), Routes: []string{"<sip:" + way.Addr().String() + ";lr>"}})
	phone, err := sip.Open(sip.Config{Listen: any})
	if err != nil {
		t.Fatal(err)
	}
	defer phone.Close()
	ours, err := rtp.NewPorts(home, 38030, 38039)
	if err != nil {
		t.Fatal(err)
	}
	lines := voice.Lines{Endpoint: phone, Ports: ours, Board: board}
	if r, _, err := lines.PlaceOver(t.Context(), voice.Order{Number: "13800138000", From: "1"}); err != nil || r.Ending.Code != 486 {
		t.Errorf("%+v, %v", r, err)
	}
}
