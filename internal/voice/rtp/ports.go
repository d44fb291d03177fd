package rtp

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"waihu/internal/fault"
)

// Rest is how long a port rests before it is lent again: longer than a stream
// goes on after its call has ended.
const Rest = 5 * time.Second

// socketBuffer is how much a socket may hold that was not read yet. A second of
// one stream is 10 KB; kernels double what is asked.
const socketBuffer = 64 << 10

// Ports lends pairs of ports of one address: an even one for RTP and the next
// for RTCP.
type Ports struct {
	addr netip.Addr
	now  func() time.Time

	mu   sync.Mutex
	free []rested // the longest rested first
	lent int
}

type rested struct {
	port  uint16
	since time.Time
}

// NewPorts is a pool of the even ports from first to last, both included.
func NewPorts(addr netip.Addr, first, last uint16) (*Ports, error) {
	p := &Ports{addr: addr, now: time.Now}
	for port := int(first) + int(first)%2; port < int(last); port += 2 {
		p.free = append(p.free, rested{port: uint16(port)})
	}
	if len(p.free) == 0 || !addr.IsValid() || first < 1024 {
		return nil, fault.New(fault.Invalid, "the ports %d to %d of %v hold no pair for RTP; expected an address and a range from 1024 such as 40000 to 41999", first, last, addr)
	}
	return p, nil
}

// ParseRange reads a range of ports such as 40000-40199.
func ParseRange(text string) (first, last uint16, err error) {
	if n, err := fmt.Sscanf(text, "%d-%d", &first, &last); n != 2 || err != nil || strings.Count(text, "-") != 1 {
		return 0, 0, fault.New(fault.Invalid, "%q is no range of ports; expected one such as 40000-40199", fault.Shorten(text, 40))
	}
	return first, last, nil
}

// ParsePorts is a pool of the ports of a range.
func ParsePorts(addr netip.Addr, text string) (*Ports, error) {
	first, last, err := ParseRange(text)
	if err != nil {
		return nil, err
	}
	return NewPorts(addr, first, last)
}

// Free is how many pairs are left, resting ones counted.
func (p *Ports) Free() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.free)
}

// Lent is how many pairs are out.
func (p *Ports) Lent() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lent
}

// pair is two open sockets.
type pair struct {
	port      uint16
	rtp, rtcp *net.UDPConn
}

// lend opens the pair that rested longest. A port somebody else holds goes to
// the end of the line; each is tried once.
func (p *Ports) lend() (pair, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for range len(p.free) {
		r := p.free[0]
		if !r.since.IsZero() && p.now().Sub(r.since) < Rest {
			break
		}
		p.free = p.free[1:]
		if got, err := p.open(r.port); err == nil {
			p.lent++
			return got, nil
		}
		p.free = append(p.free, rested{r.port, p.now()})
	}
	return pair{}, fault.New(fault.Conflict, "no port for sound is free: %d are lent and %d rest for %v or belong to somebody else; give a larger range", p.lent, len(p.free), Rest)
}

func (p *Ports) open(port uint16) (pair, error) {
	a, err := listen(netip.AddrPortFrom(p.addr, port))
	if err != nil {
		return pair{}, err
	}
	b, err := listen(netip.AddrPortFrom(p.addr, port+1))
	if err != nil {
		a.Close()
		return pair{}, err
	}
	return pair{port, a, b}, nil
}

func listen(at netip.AddrPort) (*net.UDPConn, error) {
	c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(at))
	if err != nil {
		return nil, err
	}
	_ = c.SetReadBuffer(socketBuffer) // a kernel that gives less still works
	return c, nil
}

// back takes a pair back to rest.
func (p *Ports) back(l pair) {
	l.rtp.Close()
	l.rtcp.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lent--
	p.free = append(p.free, rested{l.port, p.now()})
}
