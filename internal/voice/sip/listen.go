package sip

import (
	"errors"
	"net"
	"net/netip"
	"sync"
)

func (e *Endpoint) listen() error {
	udp, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(e.cfg.Listen))
	if err != nil {
		return err
	}
	_, _ = udp.SetReadBuffer(socketBuffer), udp.SetWriteBuffer(socketBuffer) // a kernel that gives less still works
	// Port 0 asks for any: TCP takes the one UDP was given.
	e.cfg.Listen = netip.AddrPortFrom(e.cfg.Listen.Addr(), uint16(udp.LocalAddr().(*net.UDPAddr).Port))
	tcp, err := net.ListenTCP("tcp", net.TCPAddrFromAddrPort(e.cfg.Listen))
	if err != nil {
		return errors.Join(err, udp.Close())
	}
	e.udp, e.tcp = udp, limited(tcp, maxTCP)
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

// limit lets so many connections in at once.
type limit struct {
	net.Listener
	places chan struct{}
}

func limited(l net.Listener, most int) net.Listener {
	return &limit{l, make(chan struct{}, most)}
}

// Accept closes at once what has no place.
func (l *limit) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		select {
		case l.places <- struct{}{}:
			return &placed{Conn: c, leave: sync.OnceFunc(func() { <-l.places })}, nil
		default:
			_ = c.Close()
		}
	}
}

type placed struct {
	net.Conn
	leave func()
}

func (p *placed) Close() error {
	p.leave()
	return p.Conn.Close()
}
