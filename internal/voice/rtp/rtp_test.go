package rtp

import (
	"bytes"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"waihu/internal/voice/audio"
)

// TestPacketReadsBack: what is appended parses as the same packet; padding,
// contributing sources and an extension are stepped over.
func TestPacketReadsBack(t *testing.T) {
	want := Packet{Type: 8, Marker: true, Sequence: 65535, Timestamp: 4000000000, Source: 7, Payload: []byte("sound")}
	var got Packet
	if err := got.Parse(want.Append(nil)); err != nil || !bytes.Equal(got.Payload, want.Payload) || got.Sequence != want.Sequence || got.Timestamp != want.Timestamp || !got.Marker || got.Type != 8 || got.Source != 7 {
		t.Errorf("%+v, %v", got, err)
	}
	full := []byte{0xB1, 8, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 9, 9, 9, 9, 0xBE, 0xDE, 0, 1, 1, 2, 3, 4, 'a', 'b', 0, 2}
	if err := got.Parse(full); err != nil || string(got.Payload) != "ab" {
		t.Errorf("%q, %v", got.Payload, err)
	}
	for n := range 26 {
		if err := got.Parse(full[:n]); err == nil && n < 24 {
			t.Errorf("%d bytes of a packet with an extension pass for a packet", n)
		}
	}
}

// TestStatisticsCount: loss, repeats and reordering over a wrap of the sequence.
func TestStatisticsCount(t *testing.T) {
	var s Statistics
	now := time.Unix(0, 0)
	at := func(n int) bool {
		p := Packet{Sequence: uint16(65530 + n), Timestamp: uint32(n * frame), Source: 1}
		return s.Packet(&p, now.Add(time.Duration(n)*Frame))
	}
	for _, n := range []int{0, 1, 2, 4, 3, 5, 8, 9, 15} { // 6, 7 and 10 to 14 are lost
		if !at(n) {
			t.Errorf("packet %d passes for a repeat", n)
		}
	}
	if at(9) || at(5) {
		t.Error("a repeat passes for new")
	}
	if s.Expected() != 16 || s.Received() != 9 || s.Lost() != 7 || s.Jitter() > 5*time.Millisecond {
		t.Errorf("expected %d, received %d, lost %d, jitter %v", s.Expected(), s.Received(), s.Lost(), s.Jitter())
	}
	if b := s.block(); b.Total != 7 || b.Lost < 0.43 || b.Lost > 0.44 {
		t.Errorf("%+v", b)
	}
	if b := s.block(); b.Lost != 0 {
		t.Errorf("nothing came since the last report, and %v of it is lost", b.Lost)
	}
}

// TestALatePacketAfterAGapIsNew: what came before a long gap says nothing of the numbers
// within it.
func TestALatePacketAfterAGapIsNew(t *testing.T) {
	var s Statistics
	for _, n := range []uint16{10, 10 + 80, 10 + 80 - 63} {
		if !s.Packet(&Packet{Sequence: n, Source: 1}, time.Unix(0, 0)) {
			t.Errorf("packet %d passes for a repeat", n)
		}
	}
}

// TestAnotherStreamIsNoLoss is trap 7: a jump of SSRC or sequence is a new
// stream, and what the old one lost stays counted.
func TestAnotherStreamIsNoLoss(t *testing.T) {
	var s Statistics
	now := time.Unix(0, 0)
	for _, p := range []Packet{{Sequence: 10, Source: 1}, {Sequence: 12, Source: 1}, {Sequence: 40000, Source: 2}, {Sequence: 40001, Source: 2}, {Sequence: 100, Source: 2}} {
		s.Packet(&p, now)
	}
	if s.Expected() != 6 || s.Lost() != 1 {
		t.Errorf("expected %d, lost %d", s.Expected(), s.Lost())
	}
}

// TestJitterOfEvenDelay is none, and of swinging delay half of the swing or so.
func TestJitterOfEvenDelay(t *testing.T) {
	var even, swung Statistics
	for n := range 500 {
		p := Packet{Sequence: uint16(n), Timestamp: uint32(n * frame), Source: 1}
		now := time.Unix(9, 0).Add(time.Duration(n) * Frame)
		even.Packet(&p, now)
		swung.Packet(&p, now.Add(time.Duration(n%2)*10*time.Millisecond))
	}
	if even.Jitter() > 100*time.Microsecond || swung.Jitter() < 9*time.Millisecond || swung.Jitter() > 11*time.Millisecond {
		t.Errorf("even %v, swung %v", even.Jitter(), swung.Jitter())
	}
}

// TestMOS holds the E-model to its known ends: a clean line is 4.4, and more
// loss, longer runs and more delay are each worse.
func TestMOS(t *testing.T) {
	clean := Quality{Expected: 1000, Delay: 20 * time.Millisecond}
	if m := clean.MOS(); m < 4.38 || m > 4.42 {
		t.Errorf("a clean line is %.3f", m)
	}
	last := clean.MOS()
	for _, q := range []Quality{{Expected: 1000, Lost: 10, Gaps: 10}, {Expected: 1000, Lost: 50, Gaps: 50}, {Expected: 1000, Lost: 50, Gaps: 10}, {Expected: 1000, Lost: 50, Gaps: 10, Delay: 400 * time.Millisecond}, {Expected: 1000, Lost: 1000, Gaps: 1}} {
		if m := q.MOS(); m >= last || m < 1 {
			t.Errorf("%+v is %.2f, after %.2f", q, m, last)
		} else {
			last = m
		}
	}
	if (Quality{}).MOS() != 0 {
		t.Error("nothing heard has a score")
	}
}

// TestBufferOrdersAndConceals: packets of any length in any order come out in
// order, what is missing fades, and an old packet makes it wait longer.
func TestBufferOrdersAndConceals(t *testing.T) {
	b := NewBuffer(audio.ALaw)
	piece := func(n int) []byte { return bytes.Repeat([]byte{byte(0x10 + n)}, frame) }
	out := make([]byte, frame)
	if b.Take(out) || out[0] != audio.ALaw.Silence() {
		t.Error("an empty buffer gives sound")
	}
	const base = ^uint32(0) - 3*frame // the timestamp wraps while it plays
	put := func(n int) { b.Put(base+uint32(n*frame), piece(n)) }
	put(0)
	put(2)
	b.Put(base+frame, append(piece(1)[:80:80], nil...)) // two packets of 10 ms
	b.Put(base+frame+80, piece(1)[:80])
	var heard []byte
	for range 6 {
		b.Take(out)
		heard = append(heard, out[0])
	}
	// Three frames wait, then all in order.
	if !bytes.Equal(heard[3:], []byte{0x10, 0x11, 0x12}) {
		t.Errorf("% x", heard)
	}
	wait := b.Wait()
	var loud []float64
	samples := make([]int16, frame)
	for range 5 {
		b.Take(out)
		audio.ALaw.DecodeTo(samples, out)
		loud = append(loud, audio.Loudness(samples))
	}
	if !(loud[0] > loud[1] && loud[1] > loud[2] && loud[3] < 10) {
		t.Errorf("what is missing sounds %v", loud)
	}
	put(6)
	if b.Wait() <= wait || b.late == 0 {
		t.Errorf("after a late packet it waits %d, before %d; late %d", b.Wait(), wait, b.late)
	}
}

// TestBufferHoldsItsBounds: whatever comes, nothing waits longer than maxWait
// and a burst, and a stream that begins anew is heard.
func TestBufferHoldsItsBounds(t *testing.T) {
	b := NewBuffer(audio.MuLaw)
	r := rand.New(rand.NewPCG(3, 4))
	out := make([]byte, frame)
	var ts uint32
	for n := range 5000 {
		if n%500 == 0 {
			ts = r.Uint32()
		}
		ts += frame
		if r.IntN(10) > 0 {
			b.Put(ts+uint32(r.IntN(3)-1)*frame, make([]byte, r.IntN(2000)))
		}
		for range r.IntN(3) {
			b.Take(out)
		}
		if b.wait > maxWait || b.wait < startWait {
			t.Fatalf("waits %d", b.wait)
		}
	}
}

// TestKeysAreHeardOnce: each key pressed is told once and in order, though any
// packet but one of each is lost.
func TestKeysAreHeardOnce(t *testing.T) {
	const all = "0123456789*#ABCD11"
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		var k keys
		if !k.press("0123456789*#abcd11") || k.press("x") || k.press(string(make([]byte, maxKeys))) {
			t.Fatal("press takes what it should not, or not what it should")
		}
		var e events
		var heard []byte
		ts := r.Uint32()
		now, kept := byte(0), false
		for range 1000 {
			ts += frame
			if !k.next(ts) {
				continue
			}
			if k.frames == 0 {
				now, kept = k.now, false
			}
			payload, first := k.payload(nil)
			if first != (k.frames == 1 && k.ends == 0) {
				t.Fatal("the marker is not on the first packet")
			}
			if last := k.now == 0; r.IntN(10) < 7 && (!last || kept) {
				continue // lost
			}
			kept = true
			if got := e.packet(&Packet{Payload: payload, Timestamp: k.began}); got != 0 {
				heard = append(heard, got)
				if got != now {
					t.Fatalf("%c heard as %c", now, got)
				}
			}
		}
		if string(heard) != all {
			t.Errorf("seed %d: heard %s", seed, heard)
		}
	}
}

// TestLatch is trap 9: the agreed address at once, a stranger after a proof, and
// nobody else until a new agreement.
func TestLatch(t *testing.T) {
	peer, other, third := netip.MustParseAddrPort("192.0.2.1:4000"), netip.MustParseAddrPort("192.0.2.2:4000"), netip.MustParseAddrPort("192.0.2.3:4000")
	var l latch
	if l.admit(peer, &Packet{}) {
		t.Error("sound before an agreement")
	}
	l.open(peer)
	if !l.admit(peer, &Packet{}) || l.admit(other, &Packet{}) || l.to() != peer {
		t.Error("the agreed address is not the one")
	}
	l.open(peer)
	for n := range 20 { // two strangers take turns: neither has a run
		if l.admit(other, &Packet{Sequence: uint16(n), Source: 1}) || l.admit(third, &Packet{Sequence: uint16(n), Source: 2}) {
			t.Fatal("a stranger without a run was taken")
		}
	}
	if l.to() != peer {
		t.Error("sound goes to a stranger")
	}
	for n := range proof {
		if got := l.admit(other, &Packet{Sequence: uint16(30 + n), Source: 1}); got != (n == proof-1) {
			t.Errorf("packet %d of a run: %v", n, got)
		}
	}
	if l.admit(peer, &Packet{}) || l.admit(third, &Packet{}) || l.to() != other {
		t.Error("the latch did not close behind an address translator")
	}
	l.open(third)
	if l.admit(other, &Packet{Sequence: 90}) || !l.admit(third, &Packet{}) {
		t.Error("a new agreement does not move the latch")
	}
}

// TestReportsRead: our own compound packet reads back, with loss of either sign.
func TestReportsRead(t *testing.T) {
	now := time.Unix(1_700_000_000, 250_000_000)
	for _, total := range []int32{0, 5, -5, 1<<23 - 1} {
		b := appendReport(nil, sent{ssrc: 9, now: now}, &Block{Source: 7, Lost: 0.5, Total: total, Jitter: 80, LastSR: 1, SinceSR: 2}, true)
		r, err := ParseRTCP(b, 7)
		if err != nil || r.Source != 9 || !r.Sender || !r.Bye || r.About.Lost != 0.5 || r.About.Total != total || r.About.Jitter != 80 {
			t.Errorf("%+v, %v", r, err)
		}
		if len(b)%4 != 0 {
			t.Errorf("%d bytes", len(b))
		}
	}
	sr := uint32(ntp(now) >> 16)
	if d := roundTrip(Block{LastSR: sr, SinceSR: 65536}, now.Add(1200*time.Millisecond)); d < 199*time.Millisecond || d > 201*time.Millisecond {
		t.Errorf("a round trip of 200 ms is %v", d)
	}
	if roundTrip(Block{LastSR: sr, SinceSR: 65536}, now) != 0 || roundTrip(Block{}, now) != 0 {
		t.Error("an impossible round trip has a length")
	}
}

// FuzzPacket: what parses appends to a packet with the same content.
func FuzzPacket(f *testing.F) {
	f.Add((&Packet{Type: 8, Payload: []byte("x")}).Append(nil))
	f.Add([]byte{0xB1, 8, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 9, 9, 9, 9, 0xBE, 0xDE, 0, 1, 1, 2, 3, 4, 'a', 'b', 0, 2})
	f.Fuzz(func(t *testing.T, b []byte) {
		var p, again Packet
		if p.Parse(b) != nil {
			return
		}
		if err := again.Parse(p.Append(nil)); err != nil || again.Sequence != p.Sequence || again.Timestamp != p.Timestamp || again.Type != p.Type || again.Marker != p.Marker || !bytes.Equal(again.Payload, p.Payload) {
			t.Errorf("%+v became %+v, %v", p, again, err)
		}
		var s Statistics
		s.Packet(&p, time.Unix(0, 0))
		var e events
		if key := e.packet(&p); key != 0 && e.packet(&p) != 0 {
			t.Error("one packet is two keys")
		}
		if s.Lost() != 0 || s.Expected() != 1 {
			t.Errorf("one packet: %+v", s)
		}
	})
}

// FuzzRTCP: reading ends, and a share of loss is a share.
func FuzzRTCP(f *testing.F) {
	f.Add(appendReport(nil, sent{ssrc: 9}, &Block{Source: 7}, true), uint32(7))
	f.Fuzz(func(t *testing.T, b []byte, ssrc uint32) {
		if r, err := ParseRTCP(b, ssrc); err == nil && (r.About.Lost < 0 || r.About.Lost > 1 || r.About.reported && r.About.Source != ssrc) {
			t.Errorf("%+v", r)
		}
	})
}
