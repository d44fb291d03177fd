package carrier_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"waihu/internal/voice"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/carrier"
	"waihu/internal/voice/rtp"
	"waihu/internal/voice/script"
	"waihu/internal/voice/sip"
	"waihu/internal/voice/trunk"
)

// TestATrunkOverTLSIsEncrypted: sound over such a trunk, also one over a WebSocket, is
// encrypted without anybody saying so; where the file says plain, a carrier that wants it encrypted refuses, and
// nothing falls back.
func TestATrunkOverTLSIsEncrypted(t *testing.T) {
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	web := httptest.NewUnstartedServer(nil)
	web.StartTLS() // for its certificate, which is of 127.0.0.1
	defer web.Close()
	roots := x509.NewCertPool()
	roots.AddCert(web.Certificate())
	home := netip.MustParseAddr("127.0.0.1")
	theirs, err := rtp.NewPorts(home, 15560, 15569)
	must(err)
	ours, err := rtp.NewPorts(home, 15570, 15579)
	must(err)
	any := netip.AddrPortFrom(home, 0)
	secure, socket := netip.AddrPortFrom(home, 15588), netip.AddrPortFrom(home, 15589)
	c, err := carrier.Open(carrier.Config{Listen: any, Secure: secure, WSS: socket, TLS: &tls.Config{Certificates: web.TLS.Certificates, MinVersion: tls.VersionTLS12}, Ports: theirs, SRTP: true,
		Script: &script.Script{Name: "tls", Lines: []script.Line{{To: "*", Does: script.Answer}}}})
	must(err)
	defer c.Close()
	e, err := sip.Open(sip.Config{Listen: any, TLS: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}})
	must(err)
	defer e.Close()
	for _, c := range []struct {
		at    netip.AddrPort
		by    trunk.Transport
		sound trunk.Sound
		code  int
	}{{secure, trunk.TLS, "", 200}, {secure, trunk.TLS, trunk.Encrypted, 200}, {secure, trunk.TLS, trunk.Plain, 488}, {socket, trunk.WSS, "", 200}} {
		cfg := &trunk.Config{Home: "CN", Zone: "UTC", Allow: []trunk.Class{trunk.Mobile}, Trunks: []trunk.Trunk{{Name: "one", Address: c.at.String(), Transport: c.by, Sound: c.sound, Channels: 1, Rate: 10}}}
		must(cfg.Validate().Err())
		lines := voice.Lines{Endpoint: e, Ports: ours, Board: trunk.NewBoard(cfg, time.UTC, 1)}
		r, _, err := lines.PlaceOver(t.Context(), voice.Order{Number: "13800138000", Talk: 300 * time.Millisecond, Play: audio.Tone{Hertz: []float64{440}, Level: 0.4}.Samples(time.Second)})
		must(err)
		if r.Ending.Code != c.code || c.code == 200 && r.Figures.Received == 0 {
			t.Errorf("%s, %q: %+v, %d packets heard", c.by, c.sound, r.Ending, r.Figures.Received)
		}
	}
	if (&trunk.Trunk{}).Encrypts() || (&trunk.Trunk{Transport: trunk.TCP}).Encrypts() || (&trunk.Trunk{Transport: trunk.WS}).Encrypts() || !(&trunk.Trunk{Sound: trunk.Encrypted}).Encrypts() {
		t.Error("what is encrypted by itself is what goes over TLS, or over a WebSocket in it")
	}
}
