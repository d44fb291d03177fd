package sip

import (
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"waihu/internal/fault"
)

// listen opens UDP and TCP on one port, and what else the configuration names.
func (e *Endpoint) listen() (err error) {
	udp, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(e.cfg.Listen))
	if err != nil {
		return err
	}
	_, _ = udp.SetReadBuffer(socketBuffer), udp.SetWriteBuffer(socketBuffer) // a kernel that gives less still works
	// Port 0 asks for any: TCP takes the one UDP was given.
	e.cfg.Listen = netip.AddrPortFrom(e.cfg.Listen.Addr(), uint16(udp.LocalAddr().(*net.UDPAddr).Port))
	e.udp, e.listeners = udp, map[string]net.Listener{}
	e.hatches = map[string]*hatch{overWS: newHatch(udp.LocalAddr()), overWSS: newHatch(udp.LocalAddr())}
	for transport, at := range map[string]netip.AddrPort{overTCP: e.cfg.Listen, overTLS: e.cfg.ListenTLS, overWS: e.cfg.ListenWS, overWSS: e.cfg.ListenWSS} {
		if err = e.listenFor(transport, at); err != nil {
			return errors.Join(err, e.closeSockets())
		}
	}
	return nil
}

// listenFor opens one transport that has connections; an address that is not
// valid asks for none.
func (e *Endpoint) listenFor(transport string, at netip.AddrPort) error {
	if !at.IsValid() {
		return nil
	}
	l, err := net.ListenTCP("tcp", net.TCPAddrFromAddrPort(at))
	if err != nil {
		return err
	}
	open := net.Listener(l)
	if transport == overTLS || transport == overWSS {
		open = tls.NewListener(l, e.cfg.TLS)
	}
	open = limited(open, maxTCP)
	if byWebSocket(transport) {
		open = webSockets{open}
	}
	e.listeners[transport] = open
	return nil
}

// check sees that what the configuration names can be listened at.
func (c *Config) check() error {
	for _, at := range []netip.AddrPort{c.Listen, c.ListenTLS, c.ListenWS, c.ListenWSS} {
		if at != (netip.AddrPort{}) && (!at.IsValid() || at.Addr().IsUnspecified()) || !c.Listen.IsValid() {
			return fault.New(fault.Invalid, "the address %v cannot be told to peers; expected one of this machine with a port, such as 192.0.2.1:5060", at)
		}
	}
	if (c.ListenTLS.IsValid() || c.ListenWSS.IsValid()) && (c.TLS == nil || len(c.TLS.Certificates) == 0 && c.TLS.GetCertificate == nil) {
		return fault.New(fault.Invalid, "TLS is to be listened for, but there is no certificate to show")
	}
	if c.Register && c.Secret == nil {
		return fault.New(fault.Invalid, "phones are to register, but there are no log-ins to register with")
	}
	return nil
}

// anyTries is how often a pair of ports is looked for where any will do.
const anyTries = 20

// listenAny listens at the address of the configuration; any port is one that
// UDP and TCP both have.
func (e *Endpoint) listenAny() (err error) {
	asked := e.cfg.Listen
	for range anyTries {
		e.cfg.Listen = asked
		if err = e.listen(); err == nil || asked.Port() != 0 {
			return err
		}
	}
	return err
}

// limit lets so many connections in at once, and of one source no more than a
// quarter of them. An IPv6 line is one source.
type limit struct {
	net.Listener
	most int

	mu    sync.Mutex
	count int
	of    map[netip.Addr]int
}

func limited(l net.Listener, most int) *limit {
	return &limit{Listener: l, most: most, of: map[netip.Addr]int{}}
}

// Accept closes at once what has no place.
func (l *limit) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from := lineOf(hostOf(c.RemoteAddr()))
		if !l.enter(from) {
			_ = c.Close()
			continue
		}
		return &placed{Conn: c, leave: sync.OnceFunc(func() { l.exit(from) }), until: time.Now().Add(streamGrace)}, nil
	}
}

func (l *limit) enter(from netip.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.count >= l.most || l.of[from] >= l.most/4 {
		return false
	}
	l.count++
	l.of[from]++
	return true
}

func (l *limit) exit(from netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count--
	if l.of[from]--; l.of[from] == 0 {
		delete(l.of, from)
	}
}

// placed is a connection that has its place. One that says nothing at first, or
// does not get through its handshake, loses it soon.
type placed struct {
	net.Conn
	leave func()
	until time.Time
	spoke atomic.Bool
}

func (p *placed) Read(b []byte) (int, error) {
	n, err := p.Conn.Read(b)
	if n > 0 {
		p.spoke.Store(true)
	}
	return n, err
}

func (p *placed) SetReadDeadline(t time.Time) error {
	if !p.spoke.Load() && t.After(p.until) {
		t = p.until
	}
	return p.Conn.SetReadDeadline(t)
}

func (p *placed) Close() error {
	p.leave()
	return p.Conn.Close()
}
