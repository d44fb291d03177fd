package bridge

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"waihu/internal/voice"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/rtp"
)

// rig is a bridge and telephones whose every beat the test makes: nothing waits
// for a clock.
type rig struct {
	t      *testing.T
	b      *Bridge
	ports  *rtp.Ports
	phones []*phone
}

// phone is the other side of a leg: it says a tone and keeps what it hears.
type phone struct {
	t     *testing.T
	conn  *net.UDPConn
	to    *net.UDPAddr
	leg   *voice.Leg
	law   audio.Law
	hertz float64
	said  int // frames
	mute  bool
	out   rtp.Packet
	heard []rtp.Packet
	junk  uint32
}

func newRig(t *testing.T, first uint16) *rig {
	t.Helper()
	ports, err := rtp.NewPorts(netip.MustParseAddr("127.0.0.1"), first, first+39)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, b: still(), ports: ports}
	close(r.b.done)
	t.Cleanup(func() {
		r.b.Close()
		for _, p := range r.phones {
			p.leg.Close()
			p.conn.Close()
		}
		if ports.Lent() != 0 {
			t.Errorf("%d pairs of ports did not come back", ports.Lent())
		}
	})
	return r
}

// phone is one more, in the bridge.
func (r *rig) phone(role Role, law audio.Law, hertz float64) *phone {
	r.t.Helper()
	p := r.outside(law, hertz)
	if err := r.b.Join(p.leg, role); err != nil {
		r.t.Fatal(err)
	}
	p.agree()
	return p
}

// outside is one whose leg is in no bridge and has nothing agreed.
func (r *rig) outside(law audio.Law, hertz float64) *phone {
	r.t.Helper()
	leg, err := voice.NewLeg(r.ports, law)
	if err != nil {
		r.t.Fatal(err)
	}
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		r.t.Fatal(err)
	}
	p := &phone{t: r.t, conn: conn, leg: leg, law: law, hertz: hertz}
	p.out = rtp.Packet{Type: 8, Source: uint32(hertz), Sequence: uint16(65530 - len(r.phones)), Timestamp: ^uint32(0) - uint32(hertz)}
	if law == audio.MuLaw {
		p.out.Type = 0
	}
	r.phones = append(r.phones, p)
	return p
}

// agree exchanges descriptions with the leg; move does it once more, from another
// address.
func (p *phone) agree() { p.describe(false) }
func (p *phone) move()  { p.describe(true) }

func (p *phone) describe(anew bool) {
	p.t.Helper()
	at := p.conn.LocalAddr().(*net.UDPAddr)
	answer, err := p.leg.Answer(fmt.Appendf(nil, "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %d RTP/AVP %d 101\r\na=rtpmap:101 telephone-event/8000\r\n", at.Port, p.out.Type), anew)
	if err != nil {
		p.t.Fatal(err)
	}
	var port int
	if _, err := fmt.Sscanf(string(answer[bytes.Index(answer, []byte("m=audio")):]), "m=audio %d", &port); err != nil {
		p.t.Fatal(err)
	}
	p.to = &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}
}

// level is how loud a phone speaks.
const level = 0.2

// frame is the next 20 ms of the phone's tone.
func (p *phone) frame() []byte {
	n := (p.said + 1) * audio.FrameSamples
	samples := audio.Tone{Hertz: []float64{p.hertz}, Level: level}.Samples(time.Duration(n) * time.Second / audio.Rate)
	p.said = (p.said + 1) % 50 // tones of whole hertz begin anew after a second
	b := make([]byte, audio.FrameSamples)
	p.law.EncodeTo(b, samples[n-audio.FrameSamples:])
	return b
}

// say sends a packet, and settles: what is no RTP, sent behind it, is counted only
// when the leg is done with the packet.
func (p *phone) say(pt uint8, stamp uint32, payload []byte) {
	p.t.Helper()
	out := p.out
	out.Payload, out.Type, out.Timestamp = payload, pt, stamp
	if _, err := p.conn.WriteToUDP(out.Append(nil), p.to); err != nil {
		p.t.Fatal(err)
	}
	p.out.Sequence++
	p.settle()
}

// inject sends a loud packet to another phone's leg and waits until it was judged.
func (p *phone) inject(victim *phone, n uint16) {
	p.t.Helper()
	b := (&rtp.Packet{Type: 8, Source: 7, Sequence: n, Payload: bytes.Repeat([]byte{0x2A}, audio.FrameSamples)}).Append(nil)
	if _, err := p.conn.WriteToUDP(b, victim.to); err != nil {
		p.t.Fatal(err)
	}
	victim.settle()
}

// settle waits until the leg has done all it does with what was sent to it before.
func (p *phone) settle() {
	p.t.Helper()
	if _, err := p.conn.WriteToUDP([]byte("done"), p.to); err != nil {
		p.t.Fatal(err)
	}
	p.junk++
	tick := time.NewTicker(50 * time.Microsecond)
	defer tick.Stop()
	for range 50_000 {
		if p.leg.Figures().Foreign >= p.junk {
			return
		}
		<-tick.C
	}
	p.t.Fatal("a leg does not take its packets")
}

// step is one beat of everything, n times.
func (r *rig) step(n int) {
	r.t.Helper()
	for range n {
		for _, p := range r.phones {
			if p.to == nil {
				continue
			}
			if !p.mute {
				p.say(p.out.Type, p.out.Timestamp, p.frame())
			}
			p.out.Timestamp += audio.FrameSamples
		}
		r.b.beat()
		for _, p := range r.phones {
			p.drain()
		}
	}
}

// drain reads what is there and waits for nothing.
func (p *phone) drain() {
	p.t.Helper()
	if p.to == nil {
		return
	}
	raw, err := p.conn.SyscallConn()
	if err != nil {
		p.t.Fatal(err)
	}
	b := make([]byte, 2048)
	for more := true; more; {
		if err := raw.Read(func(fd uintptr) bool {
			n, from, err := syscall.Recvfrom(int(fd), b, syscall.MSG_DONTWAIT)
			if more = err == nil; !more {
				return true
			}
			if at, ok := from.(*syscall.SockaddrInet4); !ok || at.Port != p.to.Port {
				return true // somebody else's stream, to who had this port before
			}
			var q rtp.Packet
			if err := q.Parse(append([]byte(nil), b[:n]...)); err != nil {
				p.t.Error(err)
			}
			p.heard = append(p.heard, q)
			return true
		}); err != nil {
			p.t.Fatal(err)
		}
	}
}

// take is what was heard since the last time, put together by timestamps; what
// nothing came for is silent. It sees that all of it is one stream: one number,
// sequence numbers without a gap, a clock that never goes back.
func (p *phone) take() []int16 {
	p.t.Helper()
	packets := p.heard
	p.heard = nil
	var out []int16
	for i, q := range packets {
		if q.Type == 101 {
			continue
		}
		if i > 0 {
			before := packets[i-1]
			if q.Source != before.Source || q.Sequence != before.Sequence+1 {
				p.t.Errorf("%v Hz: stream %d, packet %d follows %d, %d", p.hertz, q.Source, q.Sequence, before.Source, before.Sequence)
			}
		}
		at := int(int32(q.Timestamp - packets[0].Timestamp))
		if at < len(out) || at > len(out)+3*audio.FrameSamples {
			p.t.Errorf("%v Hz: a packet is at %d samples, the last ended at %d", p.hertz, at, len(out))
			continue
		}
		out = append(out, make([]int16, at-len(out))...)
		for _, b := range q.Payload {
			out = append(out, p.law.Decode(b))
		}
	}
	return out
}

// hears holds a phone to the tones it should hear and to none of the others, in
// what comes after some beats of change. The least that would be heard of a leak
// is a thousandth of a voice.
func (r *rig) hears(p *phone, those ...*phone) {
	r.t.Helper()
	p.take()
	r.step(20)
	sound := p.take()
	if len(sound) < 19*audio.FrameSamples {
		r.t.Fatalf("%v Hz was sent %d samples of 20 frames", p.hertz, len(sound))
	}
	sound = sound[:19*audio.FrameSamples/400*400] // whole waves of tones of 20 Hz steps
	for _, o := range r.phones {
		share := 0.0
		if l := audio.Loudness(sound); l > 16 {
			share = audio.Power(sound, o.hertz)
		}
		wanted := false
		for _, w := range those {
			wanted = wanted || w == o
		}
		if least := 0.8 / float64(max(1, len(those))); wanted && share < least || !wanted && share > 1e-3 {
			r.t.Errorf("%v Hz hears %v Hz: %.5f of its sound", p.hertz, o.hertz, share)
		}
	}
}
