package sip

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	lib "github.com/emiago/sipgo/sip"
)

// Bounds of the gate.
const (
	maxSources  = 16384            // addresses one UDP listener has heard before it is opened anew
	maxStreams  = 1024             // TCP connections with half a message
	streamGrace = 32 * time.Second // after which half a message is given up
)

// errRotate ends a listener underneath, which keeps every address it ever heard;
// the endpoint opens it anew on the same socket.
var errRotate = errors.New("the listener has heard its share of addresses")

// gate stands between the network and the library: everything that is read
// passes through it, on every transport, before it is parsed.
type gate struct {
	throttle *throttle
	now      func() time.Time
	salt     [16]byte
	reply    func(transport string, to net.Addr, b []byte)

	mu      sync.Mutex
	sources map[string]struct{}
	streams map[string]*stream
	counts  Counts
	said    []word // of the message at hand, sent once the lock is free
}

// word is an answer that is to be sent.
type word struct {
	to net.Addr
	b  []byte
}

// Counts is what the gate did.
type Counts struct {
	Passed    uint64
	Refused   uint64 // answered with an error
	Dropped   uint64 // not answered
	Throttled uint64
}

// stream is a TCP connection with half a message.
type stream struct {
	data  []byte
	since time.Time
}

func newGate(t *throttle, now func() time.Time) (*gate, error) {
	g := &gate{throttle: t, now: now, sources: map[string]struct{}{}, streams: map[string]*stream{}}
	_, err := rand.Read(g.salt[:])
	return g, err
}

// filter is the hook of the library. What it answers is sent without the lock: a
// connection whose other side does not read holds up itself alone.
func (g *gate) filter(p lib.TransportReadProps, data []byte) ([]byte, error) {
	plain, said, err := g.judge(p, data)
	for _, a := range said {
		g.reply(p.Transport, a.to, a.b)
	}
	return plain, err
}

// judge gives what passes, and what is answered.
func (g *gate) judge(p lib.TransportReadProps, data []byte) (plain []byte, said []word, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	plain, err = g.read(p, data)
	said, g.said = g.said, nil
	return plain, said, err
}

// read takes what a socket delivered; the lock is held.
func (g *gate) read(p lib.TransportReadProps, data []byte) ([]byte, error) {
	if p.Transport == overTCP || p.Transport == overTLS {
		return g.stream(p, data)
	}
	if len(bytes.Trim(data, "\r\n\x00")) == 0 { // a keep-alive; one over a WebSocket is answered by the library (RFC 7118, 6)
		return data[:pinged(p, data)], nil
	}
	plain := g.one(p, data)
	if plain == nil || p.Transport != overUDP {
		return plain, nil // each message of a WebSocket is a whole one of SIP
	}
	g.sources[p.RemoteAddr.String()] = struct{}{}
	if len(g.sources) > maxSources {
		clear(g.sources)
		return nil, errRotate
	}
	return plain, nil
}

// pinged is how much of a keep-alive is passed on.
func pinged(p lib.TransportReadProps, data []byte) int {
	if p.Transport != overUDP && string(data) == "\r\n\r\n" {
		return len(data)
	}
	return 0
}

// one judges one message; nil is not passed on.
func (g *gate) one(p lib.TransportReadProps, data []byte) []byte {
	plain, m, why := inspect(data)
	if why == nil {
		if _, err := parse(plain); err != nil {
			why = m.blame(bad("Malformed Message"))
		}
	}
	slow := false
	if why == nil && m.method != "" && m.method != "ACK" {
		why = g.throttle.admit(hostOf(p.RemoteAddr), m)
		if slow = why != nil; slow {
			g.counts.Throttled++
		}
	}
	if why == nil {
		g.counts.Passed++
		return plain
	}
	if b := m.reply(why, g.tag(m)); b != nil && (slow || g.throttle.speak(hostOf(p.RemoteAddr))) {
		g.counts.Refused++
		g.said = append(g.said, word{replyTo(p, m), b})
	} else {
		g.counts.Dropped++
	}
	return nil
}

// tag is the same for each repeat of a request, and nobody else's.
func (g *gate) tag(m *message) string {
	sum := sha256.Sum256(fmt.Appendf(g.salt[:len(g.salt):len(g.salt)], "%s %s", m.get("via"), m.get("call-id")))
	return hex.EncodeToString(sum[:8])
}

// replyTo is where an answer goes: over UDP to the address the request came
// from, at the port its Via names, or the port it came from where it asks for
// that (RFC 3261, 18.2.2; RFC 3581).
func replyTo(p lib.TransportReadProps, m *message) net.Addr {
	udp, is := p.RemoteAddr.(*net.UDPAddr)
	if !is || strings.Contains(strings.ToLower(m.get("via")), "rport") {
		return p.RemoteAddr
	}
	first, _, _ := strings.Cut(m.get("via"), ",")
	first, _, _ = strings.Cut(first, ";")
	port := 5060
	if at := strings.LastIndexByte(first, ':'); at >= 0 {
		if n, err := strconv.ParseUint(strings.TrimSpace(first[at+1:]), 10, 16); err == nil && n > 0 {
			port = int(n)
		}
	}
	return &net.UDPAddr{IP: udp.IP, Port: port, Zone: udp.Zone}
}

// stream cuts whole messages out of what a connection delivers. An error closes
// the connection: after a broken length nothing can be told apart.
func (g *gate) stream(p lib.TransportReadProps, data []byte) ([]byte, error) {
	key := p.LocalAddr.String() + " " + p.RemoteAddr.String()
	s := g.streams[key]
	if s == nil {
		s = &stream{since: g.now()}
	}
	s.data = append(s.data, data...)
	var out []byte
	for range maxMessage {
		if len(s.data) == 4 && string(s.data) == "\r\n\r\n" {
			out, s.data = append(out, s.data...), nil // a ping: the library answers it
		}
		s.data = bytes.TrimLeft(s.data, "\r\n")
		n, err := framed(s.data)
		if err != nil {
			g.one(p, s.data) // answers it, if it can be answered
			delete(g.streams, key)
			return nil, err
		}
		if n == 0 {
			break
		}
		out = append(out, g.one(p, s.data[:n])...)
		s.data, s.since = append([]byte(nil), s.data[n:]...), g.now()
	}
	if len(s.data) == 0 {
		delete(g.streams, key)
		return out, nil
	}
	if g.now().Sub(s.since) > streamGrace {
		delete(g.streams, key)
		return nil, errors.New("half a message for too long")
	}
	return out, g.keep(key, s)
}

// keep remembers half a message, within the bound.
func (g *gate) keep(key string, s *stream) error {
	if g.streams[key] == nil && len(g.streams) >= maxStreams {
		for k, old := range g.streams {
			if g.now().Sub(old.since) > streamGrace {
				delete(g.streams, k)
			}
		}
		if len(g.streams) >= maxStreams {
			return errors.New("too many connections with half a message")
		}
	}
	g.streams[key] = s
	return nil
}

// framed is the length of the first message of a stream; 0: it is not whole yet.
func framed(b []byte) (int, error) {
	end := bytes.Index(b, []byte("\r\n\r\n"))
	if end < 0 {
		if len(b) > maxMessage {
			return 0, errors.New("a message beyond its bound")
		}
		return 0, nil
	}
	m, _ := split(b[:end+4])
	length := 0
	if v := m.get("content-length"); v != "" {
		n, err := strconv.ParseUint(v, 10, 31)
		if err != nil || n > maxMessage {
			return 0, errors.New("a length that is none")
		}
		length = int(n)
	}
	if len(b) < end+4+length {
		return 0, nil
	}
	return end + 4 + length, nil
}

// parse asks the parser underneath, which may fall over.
func parse(b []byte) (msg lib.Message, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the parser fell over: %v", r)
		}
	}()
	return lib.ParseMessage(b)
}

func hostOf(a net.Addr) netip.Addr {
	p, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.Addr{}
	}
	return p.Addr().Unmap()
}
