package rtp

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"net"
	"testing"

	"waihu/internal/voice/sdp"
)

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// keystream is AES in counter mode as RFC 3711, section 4.1.1, has it, written
// down a second time to judge the library by.
func keystream(t *testing.T, key, salt []byte, ssrc uint32, index uint64, n int) []byte {
	t.Helper()
	iv := make([]byte, 16)
	copy(iv, salt)
	var mixed [16]byte
	binary.BigEndian.PutUint32(mixed[4:], ssrc)
	binary.BigEndian.PutUint64(mixed[6:], binary.BigEndian.Uint64(mixed[6:])^index)
	for i := range iv {
		iv[i] ^= mixed[i]
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]byte, n)
	cipher.NewCTR(block, iv).XORKeyStream(out, out)
	return out
}

// TestVectorsOfTheStandard: the key stream is that of RFC 3711, appendix B.2; with
// the master key and salt of B.3 a packet comes out as the session keys printed
// there make it, its tag included, before and after the sequence wraps.
func TestVectorsOfTheStandard(t *testing.T) {
	want := unhex(t, "E03EAD0935C95E80E166B16DD92B4EB4D23513162B02D0F72A43A2FE4A5F97AB41E95B3BB0A2E8DD477901E4FCA894C0")
	if got := keystream(t, unhex(t, "2B7E151628AED2A6ABF7158809CF4F3C"), unhex(t, "F0F1F2F3F4F5F6F7F8F9FAFBFCFD"), 0, 0, len(want)); !bytes.Equal(got, want) {
		t.Fatalf("% X", got)
	}
	master := sdp.Key(unhex(t, "E1F97A0D3E018BE0D64FA32C06DE41390EC675AD498AFEEBB6960B3AABE6"))
	key, salt := unhex(t, "C61E7A93744F39EE10734AFE3FF7A087"), unhex(t, "30CBBC08863D8C85D49DB34A9AE1")
	auth := unhex(t, "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4")
	var here, there secure
	for _, c := range []struct {
		s            *secure
		ours, theirs sdp.Key
	}{{&here, master, sdp.Key{}}, {&there, sdp.Key{}, master}} {
		if err := c.s.agree(&sdp.Agreed{Secure: true, Ours: c.ours, Theirs: c.theirs}); err != nil {
			t.Fatal(err)
		}
	}
	for n := range uint64(4) {
		index := 65534 + n
		p := Packet{Type: 8, Sequence: uint16(index), Timestamp: uint32(n * frame), Source: 0xCAFEBABE, Payload: bytes.Repeat([]byte{0xAB}, frame)}
		plain := p.Append(nil)
		sealed, err := here.seal(plain)
		if err != nil {
			t.Fatal(err)
		}
		wire := append([]byte(nil), plain...)
		for i, k := range keystream(t, key, salt, p.Source, index, frame) {
			wire[headerLen+i] ^= k
		}
		mac := hmac.New(sha1.New, auth)
		mac.Write(wire)
		mac.Write(binary.BigEndian.AppendUint32(nil, uint32(index>>16)))
		if wire = append(wire, mac.Sum(nil)[:10]...); !bytes.Equal(sealed, wire) {
			t.Errorf("packet %d is\n% X\nwant\n% X", index, sealed, wire)
		}
		opened, err := there.open(wire)
		if err != nil || !bytes.Equal(opened, plain) {
			t.Errorf("packet %d opens as % X, %v", index, opened, err)
		}
		if _, err := there.open(wire); err == nil {
			t.Errorf("packet %d is taken twice", index)
		}
		wire[headerLen+3] ^= 1
		if _, err := there.open(wire); err == nil {
			t.Errorf("packet %d was changed on the way and is taken", index)
		}
	}
}

// TestStreamsHaveABound: a peer that begins a stream a packet leaves nothing
// behind that grows, and is heard on.
func TestStreamsHaveABound(t *testing.T) {
	var here, there secure
	a := sdp.Agreed{Secure: true, Ours: sdp.Key{1}, Theirs: sdp.Key{1}}
	for _, s := range []*secure{&here, &there} {
		if err := s.agree(&a); err != nil {
			t.Fatal(err)
		}
	}
	for n := range uint32(5 * maxStreams) {
		p := Packet{Type: 8, Source: n, Payload: []byte("sound")}
		b, err := here.seal(p.Append(nil))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := there.open(b); err != nil || len(there.streams.known) > maxStreams {
			t.Fatalf("stream %d: %v, %d are known", n, err, len(there.streams.known))
		}
	}
	before := there.in
	if err := there.agree(&a); err != nil || there.in != before {
		t.Error("a new agreement with the same key counts anew")
	}
	a.Theirs[0]++
	if err := there.agree(&a); err != nil || there.in == before {
		t.Error("a new key is not taken")
	}
}

// TestEncryptedLegs hear each other, sound, keys and reports; what somebody says
// without the key from the very address of the peer is not heard; what is relayed
// to a plain leg is plain.
func TestEncryptedLegs(t *testing.T) {
	p := pool(t, 15140, 15149)
	a, b, plain := open(t, p), open(t, p), open(t, p)
	relayed, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer relayed.Close()
	keyed := func(to *Session, ours, theirs sdp.Key) sdp.Agreed {
		x := agreed(to.Local())
		x.Secure, x.Ours, x.Theirs = true, ours, theirs
		return x
	}
	for _, err := range []error{a.Agree(keyed(b, sdp.Key{1}, sdp.Key{2}), false), b.Agree(keyed(a, sdp.Key{2}, sdp.Key{1}), false), plain.Agree(agreed(relayed.LocalAddr().(*net.UDPAddr).AddrPort()), false)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	plain.Relay(b)
	if err := a.Press("7"); err != nil {
		t.Fatal(err)
	}
	sound, in := bytes.Repeat([]byte{0x11}, frame), make([]byte, frame)
	heard := 0
	loud := (&Packet{Type: 8, Source: 5, Payload: bytes.Repeat([]byte{0x2A}, frame)}).Append(nil)
	until(t, func() {
		a.Send(sound)
		if _, err := a.pair.rtp.WriteToUDPAddrPort(loud, b.Local()); err != nil {
			t.Fatal(err)
		}
		b.Send(nil)
		if b.Take(in) && in[0] == 0x11 {
			heard++
		}
		if in[0] == 0x2A {
			t.Fatal("what has no tag is heard")
		}
	}, func() bool {
		f := b.Figures()
		return heard > 20 && len(b.Keys()) == 1 && f.Foreign > 20 && b.lastReport() != 0
	})
	buf := make([]byte, maxDatagram)
	n, _, err := relayed.ReadFromUDPAddrPort(buf)
	var q Packet
	if err != nil || q.Parse(buf[:n]) != nil || len(q.Payload) != 4 && q.Payload[0] != 0x11 && q.Payload[0] != 0xD5 {
		t.Errorf("% X, %v", buf[:n], err)
	}
	if f := b.Figures(); f.Heard.Lost != 0 {
		t.Errorf("%+v", f)
	}
}

// FuzzOpen: whatever has no tag of the key is refused.
func FuzzOpen(f *testing.F) {
	f.Add((&Packet{Type: 8, Payload: make([]byte, frame)}).Append(nil))
	f.Add([]byte{0xB1, 8, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 9, 9, 9, 9, 0xBE, 0xDE, 0, 1, 1, 2, 3, 4, 'a', 'b', 0, 2})
	f.Fuzz(func(t *testing.T, b []byte) {
		var s secure
		if err := s.agree(&sdp.Agreed{Secure: true, Theirs: sdp.Key{1}}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.open(b); err == nil {
			t.Error("it is taken")
		}
		if _, err := s.openReport(b); err == nil {
			t.Error("it is taken as a report")
		}
	})
}

// lastReport is when the peer's last report was made, as it says.
func (s *Session) lastReport() uint32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lastSR
}

// TestTwoStreamsTakeTurns: streams that are known are told apart however often they
// change; what was received before is not received again.
func TestTwoStreamsTakeTurns(t *testing.T) {
	var here, there secure
	keys := sdp.Agreed{Secure: true, Ours: sdp.Key{1}, Theirs: sdp.Key{1}}
	for _, s := range []*secure{&here, &there} {
		if err := s.agree(&keys); err != nil {
			t.Fatal(err)
		}
	}
	var first []byte
	for n := range uint32(5 * maxStreams) {
		p := Packet{Source: 1 + n%2, Sequence: uint16(n / 2), Payload: []byte("sound")}
		b, err := here.seal(p.Append(nil))
		if err != nil {
			t.Fatal(err)
		}
		if b = bytes.Clone(b); first == nil {
			first = b
		}
		if _, err := there.open(b); err != nil {
			t.Fatalf("packet %d: %v", n, err)
		}
	}
	if _, err := there.open(first); err == nil {
		t.Error("a packet was received twice")
	}
}
