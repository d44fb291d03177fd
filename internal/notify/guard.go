package notify

import (
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"waihu/internal/fault"
)

// Guard says which addresses may be connected to. It is asked at the moment of
// the connection, after names were looked up, so that a name which changes its
// address between the check and the connection gains nothing.
type Guard struct {
	Allowed []netip.Prefix // inner networks that may be reached all the same
}

// inner are networks that no delivery goes to, beside what package netip calls
// private, loopback, link-local, multicast and unspecified.
var inner = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),       // this network
	netip.MustParsePrefix("100.64.0.0/10"),   // shared by carriers; cloud metadata too
	netip.MustParsePrefix("192.0.0.0/24"),    // protocol assignments
	netip.MustParsePrefix("192.0.2.0/24"),    // examples
	netip.MustParsePrefix("192.88.99.0/24"),  // old relays
	netip.MustParsePrefix("198.18.0.0/15"),   // benchmarks
	netip.MustParsePrefix("198.51.100.0/24"), // examples
	netip.MustParsePrefix("203.0.113.0/24"),  // examples
	netip.MustParsePrefix("240.0.0.0/4"),     // reserved, broadcast
	netip.MustParsePrefix("::/96"),           // old form of any IPv4 address
	netip.MustParsePrefix("64:ff9b::/96"),    // translation of any IPv4 address
	netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("100::/64"),      // discarded
	netip.MustParsePrefix("2001::/23"),     // tunnels, protocol assignments
	netip.MustParsePrefix("2001:db8::/32"), // examples
	netip.MustParsePrefix("3fff::/20"),     // examples
	netip.MustParsePrefix("2002::/16"),     // tunnels that hide an IPv4 address
	netip.MustParsePrefix("fec0::/10"),     // old site-local
}

// Check tells why an address may not be connected to.
func (g *Guard) Check(a netip.Addr) error {
	a = a.WithZone("").Unmap() // no network contains an address with a zone
	for _, p := range g.Allowed {
		if p.Contains(a) {
			return nil
		}
	}
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return fault.New(fault.Invalid, "%s is not an address of the public internet: no delivery goes there", a)
	}
	for _, p := range inner {
		if p.Contains(a) {
			return fault.New(fault.Invalid, "%s is not an address of the public internet: no delivery goes there", a)
		}
	}
	return nil
}

// control is called with the address of a connection just before it is made.
func (g *Guard) control(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return fault.New(fault.Invalid, "%q is not an address that can be checked", address)
	}
	return g.Check(ap.Addr())
}

// deliveryTime bounds one delivery, from the look-up of the name to the end of
// the answer.
const deliveryTime = 15 * time.Second

// Client makes an HTTP client under the guard: it follows no redirect, uses no
// proxy and waits a bounded time.
func (g *Guard) Client() *http.Client { return g.ClientFor(2) }

// ClientFor is Client that keeps up to so many connections to one host for later.
func (g *Guard) ClientFor(kept int) *http.Client {
	dialer := &net.Dialer{Timeout: 5 * time.Second, Control: g.control}
	return &http.Client{
		Timeout: deliveryTime,
		Transport: &http.Transport{
			DialContext:            dialer.DialContext,
			TLSHandshakeTimeout:    5 * time.Second,
			ResponseHeaderTimeout:  10 * time.Second,
			MaxResponseHeaderBytes: 16 << 10,
			MaxIdleConnsPerHost:    kept,
			MaxIdleConns:           100,
			IdleConnTimeout:        30 * time.Second,
			ForceAttemptHTTP2:      true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
