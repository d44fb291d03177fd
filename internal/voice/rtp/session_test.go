package rtp

import (
	"bytes"
	"net"
	"net/netip"
	"testing"
	"time"

	"waihu/internal/fault"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/sdp"
)

var loopback = netip.MustParseAddr("127.0.0.1")

func pool(t *testing.T, first, last uint16) *Ports {
	t.Helper()
	p, err := NewPorts(loopback, first, last)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if p.Lent() != 0 {
			t.Errorf("%d pairs of ports did not come back", p.Lent())
		}
	})
	return p
}

func open(t *testing.T, p *Ports) *Session {
	t.Helper()
	s, err := p.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func agreed(to netip.AddrPort) sdp.Agreed {
	return sdp.Agreed{Remote: to, Law: audio.ALaw, Type: 8, Event: 101, Sends: true, Receives: true}
}

// until beats for both legs until a condition holds; the bound is for a broken test.
func until(t *testing.T, beat func(), holds func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for range 10_000 {
		<-tick.C
		beat()
		if holds() {
			return
		}
	}
	t.Fatal("it never came to hold")
}

// TestTwoLegsHearEachOther: sound and keys go both ways, a third address is
// dropped and heard nowhere, and both know what came.
func TestTwoLegsHearEachOther(t *testing.T) {
	p := pool(t, 15100, 15107)
	a, b := open(t, p), open(t, p)
	a.Agree(agreed(b.Local()), false)
	b.Agree(agreed(a.Local()), false)
	thief, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(a.Local()))
	if err != nil {
		t.Fatal(err)
	}
	defer thief.Close()
	injected := Packet{Type: 8, Source: 99, Payload: bytes.Repeat([]byte{0x2A}, frame)} // the loudest sound
	if err := a.Press("1#"); err != nil {
		t.Fatal(err)
	}
	ours, theirs := bytes.Repeat([]byte{0x11}, frame), bytes.Repeat([]byte{0x99}, frame)
	var heardA, heardB [256]int
	in := make([]byte, frame)
	var keys []byte
	until(t, func() {
		a.Send(ours)
		b.Send(theirs)
		injected.Sequence++
		injected.Timestamp += frame
		if _, err := thief.Write(injected.Append(nil)); err != nil {
			t.Fatal(err)
		}
		if _, err := thief.Write([]byte("no RTP")); err != nil {
			t.Fatal(err)
		}
		for _, l := range []struct {
			s *Session
			n *[256]int
		}{{a, &heardA}, {b, &heardB}} {
			if l.s.Take(in) {
				l.n[in[frame/2]]++
			}
		}
		select {
		case k := <-b.Keys():
			keys = append(keys, k)
		default:
		}
	}, func() bool {
		return len(keys) == 2 && heardA[0x99] > 50 && heardB[0x11] > 20 && a.Figures().Told.Expected > 0 && a.Figures().Injected > 20
	})
	if string(keys) != "1#" || heardA[0x2A] != 0 {
		t.Errorf("keys %s, %d frames of the injected sound were heard", keys, heardA[0x2A])
	}
	if f := a.Figures(); f.Heard.Lost != 0 || f.Heard.MOS() < 4 || f.Foreign == 0 {
		t.Errorf("%+v", f)
	}
}

// TestHeldLegIsSilent: what was not agreed is not sent, and not heard.
func TestHeldLegIsSilent(t *testing.T) {
	p := pool(t, 15110, 15117)
	a, b := open(t, p), open(t, p)
	held := agreed(b.Local())
	held.Sends = false
	a.Agree(held, false)
	deaf := agreed(a.Local())
	deaf.Receives = false
	b.Agree(deaf, false)
	frame20 := bytes.Repeat([]byte{0x11}, frame)
	a.Send(frame20)
	if f := a.Figures(); f.Sent != 0 {
		t.Errorf("a held leg sent %d packets", f.Sent)
	}
	a.Agree(agreed(b.Local()), true)
	until(t, func() { a.Send(frame20) }, func() bool { return b.Figures().Received > 10 })
	in := make([]byte, frame)
	if b.Take(in) {
		t.Error("a leg that wants nothing hears")
	}
	if err := b.Press("?"); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
	b.Agree(sdp.Agreed{}, true)
	if err := b.Press("1"); fault.KindOf(err) != fault.Conflict {
		t.Error(err)
	}
}

// TestPortsComeBackRested is trap 8: every pair returns, none is lent again
// before it rested, and one that belongs to somebody else is stepped over.
func TestPortsComeBackRested(t *testing.T) {
	taken, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 15121})
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	p := pool(t, 15120, 15125) // three pairs, the first cannot be had
	now := time.Unix(1000, 0)
	p.now = func() time.Time { return now }
	a, b := open(t, p), open(t, p)
	if a.Local().Port() != 15122 || b.Local().Port() != 15124 {
		t.Errorf("lent %v and %v", a.Local(), b.Local())
	}
	if _, err := p.Open(); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a fourth pair: %v", err)
	}
	a.Close()
	a.Close()
	if _, err := p.Open(); err == nil {
		t.Error("a port was lent before it rested")
	}
	if p.Free() != 2 || p.Lent() != 1 {
		t.Errorf("%d free, %d lent", p.Free(), p.Lent())
	}
	now = now.Add(Rest)
	if c := open(t, p); c.Local().Port() != 15122 {
		t.Errorf("lent %v", c.Local())
	}
	for _, r := range [][2]uint16{{0, 5}, {40000, 40000}, {40001, 40002}} {
		if _, err := NewPorts(loopback, r[0], r[1]); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%v: %v", r, err)
		}
	}
}

// TestAStreamThatJumpsIsHeard is trap 7: the peer changes SSRC, sequence and
// timestamp in the middle; it is heard on, and nothing of it counts as lost.
func TestAStreamThatJumpsIsHeard(t *testing.T) {
	p := pool(t, 15130, 15133)
	a := open(t, p)
	peer, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(a.Local()))
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	a.Agree(agreed(peer.LocalAddr().(*net.UDPAddr).AddrPort()), false)
	in := make([]byte, frame)
	for n, stream := range []Packet{{Type: 8, Source: 1, Sequence: 65530, Timestamp: 4294967000}, {Type: 8, Source: 2, Sequence: 100, Timestamp: 77}, {Type: 8, Source: 2, Sequence: 30000, Timestamp: 1 << 30}} {
		sound := bytes.Repeat([]byte{byte(0x10 + n)}, frame)
		heard := 0
		until(t, func() {
			stream.Payload = sound
			if _, err := peer.Write(stream.Append(nil)); err != nil {
				t.Fatal(err)
			}
			stream.Sequence++
			stream.Timestamp += frame
			if a.Take(in) && in[0] == sound[0] {
				heard++
			}
		}, func() bool { return heard > 10 })
	}
	if f := a.Figures(); f.Heard.Lost != 0 || f.Injected != 0 {
		t.Errorf("%+v", f)
	}
}

// TestEventsOnEitherNumber: a key is heard on the payload type of our offer and on that of
// the answer, and on no other.
func TestEventsOnEitherNumber(t *testing.T) {
	p := pool(t, 38040, 38047)
	a, b := open(t, p), open(t, p)
	hears := agreed(b.Local())
	hears.Event, hears.Heard = 96, 101
	a.Agree(hears, false)
	press := func(number uint8, key string) {
		sends := agreed(a.Local())
		sends.Event = number
		b.Agree(sends, false)
		if err := b.Press(key); err != nil {
			t.Fatal(err)
		}
	}
	var keys []byte
	beats := func(done func() bool) {
		until(t, func() {
			b.Send(bytes.Repeat([]byte{0x11}, frame))
			select {
			case k := <-a.Keys():
				keys = append(keys, k)
			default:
			}
		}, done)
	}
	for i, number := range []uint8{96, 101} {
		press(number, "12"[i:i+1])
		beats(func() bool { return len(keys) > i })
	}
	press(97, "3")
	beats(func() bool { return !b.Pressing() })
	press(101, "4")
	beats(func() bool { return len(keys) > 2 })
	if string(keys) != "124" {
		t.Errorf("heard %s", keys)
	}
}
