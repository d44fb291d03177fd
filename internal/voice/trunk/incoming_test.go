package trunk

import (
	"net/netip"
	"strings"
	"testing"
	"time"
)

// TestWhatATrunkBrings: a carrier is known by its address where it calls numbers; it brings
// no more at once, and no faster, than it may, whatever is called out over it.
func TestWhatATrunkBrings(t *testing.T) {
	b := NewBoard(&Config{Home: "CN", Trunks: []Trunk{
		{Name: "out", Address: "192.0.2.9:5060", Channels: 1, Rate: 1},
		{Name: "a", Address: "192.0.2.1:5060", User: "acme", Channels: 1, Rate: 2, Incoming: 3},
		{Name: "b", Address: "sip.example.net:5060", Channels: 1, Rate: 9, Incoming: 1, Sources: []string{"198.51.100.0/28", "2001:db8::1"}},
	}}, time.UTC, 1)
	a, now := netip.MustParseAddr("192.0.2.1"), time.Unix(1_800_000_000, 0)
	for called, is := range map[string]bool{"+862161234567": true, "02161234567": true, "acme": true, "floor": false, "call_1": false, "": false} {
		if b.Trusts(a, called) != is {
			t.Errorf("%q: %v", called, !is)
		}
	}
	for from, is := range map[string]bool{"::ffff:192.0.2.1": true, "192.0.2.9": false, "198.51.100.3": true, "198.51.100.16": false, "2001:db8::1": true} {
		if b.Trusts(netip.MustParseAddr(from), "+862161234567") != is {
			t.Errorf("%s: %v", from, !is)
		}
	}
	if b.Trusts(netip.MustParseAddr("198.51.100.3"), "") {
		t.Error("a trunk without a log-in is called by no name")
	}
	admit := func(at time.Time, want Reason) *Admitted {
		t.Helper()
		in, why := b.Admit(a, at)
		if why != want || (in == nil) == (want == "") {
			t.Fatalf("%+v, %q", in, why)
		}
		return in
	}
	first := admit(now, "")
	admit(now, "")
	admit(now.Add(time.Second/2), TooFast)
	admit(now.Add(time.Second), "")
	admit(now.Add(3*time.Second), Full)
	first.Release()
	first.Release()
	if admit(now.Add(3*time.Second), "").Trunk.Name != "a" || b.States(now)[1].In != 3 || b.States(now)[1].Open != 0 {
		t.Errorf("%+v", b.States(now))
	}
	if in, why := b.Admit(netip.MustParseAddr("192.0.2.9"), now); in != nil || why != NotServed {
		t.Errorf("one that brings none: %q", why)
	}
}

// TestWhatATrunkMayNotSay of what it brings.
func TestWhatATrunkMayNotSay(t *testing.T) {
	for path, bad := range map[string]Trunk{
		"incoming":   {Address: "192.0.2.1:5060", Incoming: -1},
		"sources":    {Address: "sip.example.net:5060", Incoming: 1},
		"sources[0]": {Address: "192.0.2.1:5060", Incoming: 1, Sources: []string{"0.0.0.0/0", "192.0.2.1"}},
	} {
		found := ""
		bad.checkIncoming("", func(at, _, _ string) { found = at })
		if found != path {
			t.Errorf("%s: %q is found", path, found)
		}
	}
	idle := Trunk{Address: "192.0.2.1:5060", Sources: []string{"192.0.2.1"}}
	idle.checkIncoming("", func(at, _, _ string) {
		if at != "sources" {
			t.Error(at)
		}
	})
}

// TestAnAddressWithAPath is one of a WebSocket alone.
func TestAnAddressWithAPath(t *testing.T) {
	for address, c := range map[string]struct {
		by         Transport
		found      bool
		host, path string
	}{
		"sip.example.net:5060":         {UDP, false, "sip.example.net:5060", "/"},
		"sip.example.net:443/ws?acme=": {WSS, false, "sip.example.net:443", "/ws?acme="},
		"192.0.2.1:80/":                {WS, false, "192.0.2.1:80", "/"},
		"192.0.2.1:5060/ws":            {TLS, true, "192.0.2.1:5060", "/ws"},
		"192.0.2.1:80/w s":             {WS, true, "192.0.2.1:80", "/w s"},
		"192.0.2.1/ws":                 {WS, true, "192.0.2.1", "/ws"},
	} {
		cfg := Config{Trunks: []Trunk{{Name: "a", Address: address, Transport: c.by, Channels: 1, Rate: 1}}}
		found := false
		cfg.checkTrunk(0, func(path, _, _ string) { found = found || strings.HasSuffix(path, "address") })
		if o := &cfg.Trunks[0]; found != c.found || o.Host() != c.host || o.Path() != c.path || (Paths(cfg.Trunks)[c.host] == c.path) != (c.path != "/") {
			t.Errorf("%s: found %v, %s %s, %v", address, found, o.Host(), o.Path(), Paths(cfg.Trunks))
		}
	}
}
