package serve

import (
	"io"
	"log"
	"net"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"waihu/internal/lang"
	"waihu/internal/voice/carrier"
	"waihu/internal/voice/rtp"
	"waihu/internal/voice/script"
	"waihu/internal/voice/trunk"
)

// whats are the findings by name, but those that depend on this machine.
func whats(t *testing.T, found []VoiceFinding) (out []string) {
	t.Helper()
	for _, f := range found {
		keys := []string{"doctor." + f.What}
		if f.Level != Well {
			keys = append(keys, "doctor."+f.What+"_fix")
		}
		for _, k := range keys {
			if !lang.Has(k) {
				t.Errorf("no phrase says %s", k)
			}
		}
		if !slices.Contains([]string{"clock", "clock_free", "buffers"}, f.What) {
			out = append(out, f.What)
		}
	}
	return out
}

func loopback(port uint16) netip.AddrPort {
	return netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port)
}

// TestExamineVoice: a trunk that answers, one that does not, one nobody knows, one
// whose secret is missing; a folder that can be written to.
func TestExamineVoice(t *testing.T) {
	ports, err := rtp.NewPorts(loopback(0).Addr(), 15940, 15949)
	if err != nil {
		t.Fatal(err)
	}
	peer, err := carrier.Open(carrier.Config{Listen: loopback(0), Ports: ports, Script: script.Default(), User: "acme", Secret: "wonder"})
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	silent, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(loopback(0)))
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	v := VoiceSetup{Listen: loopback(0), First: 15950, Last: 15959, Recordings: t.TempDir(), Secret: func(name string) string { return map[string]string{"GOOD": "wonder", "WRONG": "wander"}[name] }, Trunks: &trunk.Config{Trunks: []trunk.Trunk{
		{Name: "there", Address: peer.Addr().String(), Channels: 1, User: "u", Secret: "NOBODY_SET_THIS"},
		{Name: "knows us", Address: peer.Addr().String(), Channels: 1, Registrar: peer.Addr().String(), User: "acme", Secret: "GOOD"},
		{Name: "does not", Address: peer.Addr().String(), Channels: 1, Registrar: peer.Addr().String(), User: "acme", Secret: "WRONG"},
		{Name: "silent", Address: silent.LocalAddr().String(), Channels: 1},
		{Name: "nameless", Address: "no-such-host.invalid:5060", Channels: 1}}}}
	found := ExamineVoice(t.Context(), v)
	if got, want := whats(t, found), []string{"address", "ports", "folder", "sip_port_free", "trunk", "trunk", "trunk", "trunk_silent", "trunk_unknown", "trunk_registered", "trunk_apart", "secret"}; !slices.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
}

// TestExamineVoiceOverTLS: a trunk whose certificate nobody trusts, one that speaks no
// TLS, and one that takes no connection are told apart from one that is silent.
func TestExamineVoiceOverTLS(t *testing.T) {
	web := httptest.NewUnstartedServer(nil)
	web.Config.ErrorLog = log.New(io.Discard, "", 0) // it is told of the handshake that is refused
	web.StartTLS()
	defer web.Close()
	plain := httptest.NewServer(nil)
	defer plain.Close()
	gone, err := net.ListenTCP("tcp", net.TCPAddrFromAddrPort(loopback(0)))
	if err != nil {
		t.Fatal(err)
	}
	closed := gone.Addr().String()
	gone.Close()
	v := VoiceSetup{Listen: loopback(0), First: 15966, Last: 15969, Trunks: &trunk.Config{}}
	for name, at := range map[string]string{"trunk_certificate": web.Listener.Addr().String(), "trunk_no_tls": plain.Listener.Addr().String(), "trunk_closed": closed} {
		for _, by := range []trunk.Transport{trunk.TLS, trunk.WSS} {
			v.Trunks.Trunks = []trunk.Trunk{{Name: name, Address: at, Transport: by, Channels: 1}}
			found := ExamineVoice(t.Context(), v)
			if got := whats(t, found); !slices.Contains(got, name) || found[len(found)-1].Args["why"] == "" {
				t.Errorf("%s: found %v, want %s with its reason", by, got, name)
			}
		}
	}
}

// TestExamineVoiceFindsWhatIsWrong, each where it can be made so.
func TestExamineVoiceFindsWhatIsWrong(t *testing.T) {
	held, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(loopback(0).Addr(), 15960)))
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	far := &trunk.Config{Trunks: []trunk.Trunk{{Name: "far", Address: "203.0.113.9:5060", Channels: 50}}}
	for want, v := range map[string]VoiceSetup{
		"address_any":     {Listen: netip.MustParseAddrPort("0.0.0.0:5060")},
		"address_foreign": {Listen: netip.MustParseAddrPort("203.0.113.1:5060")},
		"ports_none":      {Listen: loopback(0), First: 15960, Last: 15961},
		"ports_taken":     {Listen: loopback(0), First: 15960, Last: 15965},
		"sip_port":        {Listen: loopback(15960), First: 15962, Last: 15963},
		"folder_closed":   {Listen: loopback(0), First: 15962, Last: 15963, Recordings: file},
	} {
		if got := whats(t, ExamineVoice(t.Context(), v)); !slices.Contains(got, want) {
			t.Errorf("found %v, want %s", got, want)
		}
	}
	for want, x := range map[string]*voiceExam{"address_loopback": {VoiceSetup: VoiceSetup{Listen: loopback(5060), Trunks: far}}, "ports_few": {VoiceSetup: VoiceSetup{Listen: loopback(0), First: 15962, Last: 15965, Trunks: far}}} {
		x.address()
		x.sound()
		if got := whats(t, x.out); !slices.Contains(got, want) {
			t.Errorf("found %v, want %s", got, want)
		}
	}
	x := &voiceExam{}
	x.clock(false, true)
	x.clock(true, true)
	x.clock(true, false)
	if len(x.out) != 2 || x.out[0].What != "clock_free" || x.out[1].Level != Well {
		t.Errorf("%+v", x.out)
	}
	for at, inner := range map[string]bool{"10.1.2.3": true, "192.168.0.4": true, "100.64.9.9": true, "fd00::1": true, "203.0.113.1": false, "2001:db8::1": false} {
		if isInner(netip.MustParseAddr(at)) != inner {
			t.Errorf("%s is inner: %v", at, !inner)
		}
	}
}
