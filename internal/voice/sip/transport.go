package sip

import (
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/emiago/sipgo"
	lib "github.com/emiago/sipgo/sip"

	"waihu/internal/fault"
)

// Transports, as Via writes them.
const (
	overUDP = "UDP"
	overTCP = "TCP"
	overTLS = "TLS"
	overWS  = "WS"
	overWSS = "WSS"
)

// dialWait is how long a connection of ours may take to be opened.
const dialWait = 5 * time.Second

// byWebSocket tells whether a transport is a WebSocket: one that a browser opened, or
// that we opened to a carrier.
func byWebSocket(transport string) bool { return transport == overWS || transport == overWSS }

// address reads the address of somebody to call, and by which transport they are
// reached: UDP, unless it says ;transport= with another, or sips:. Over a WebSocket
// encryption is not told by its address but by its scheme (RFC 7118, 5.3): wss is ours.
func address(s string) (to lib.Uri, transport string, err error) {
	if err := lib.ParseUri(s, &to); err != nil || !sipURI(s) {
		return to, "", fault.New(fault.Invalid, "%q is no SIP address; expected one such as sip:13800138000@192.0.2.1:5060", fault.Shorten(s, 80))
	}
	secure := strings.EqualFold(to.Scheme, "sips")
	named, _ := to.UriParams.Get("transport")
	switch strings.ToUpper(named) {
	case "", overUDP:
		transport = overUDP
	case overTCP:
		transport = overTCP
	case overTLS:
		transport = overTLS
	case overWS, overWSS:
		transport = strings.ToUpper(named)
		to.UriParams.Add("transport", "ws") // SIP knows no other
	default:
		return to, "", fault.New(fault.Invalid, "%q names the transport %q; expected udp, tcp, tls, ws or wss", fault.Shorten(s, 80), named)
	}
	switch { // whatever else it names (RFC 3261, 26.2.2)
	case secure && byWebSocket(transport):
		transport = overWSS
	case secure:
		transport = overTLS
	}
	return to, transport, nil
}

// through is the route over an outbound proxy, and the transport to it; no proxy
// is no route.
func through(proxy, direct string) (routes []string, transport string, err error) {
	if proxy == "" {
		return nil, direct, nil
	}
	to, transport, err := address(proxy)
	if err != nil {
		return nil, "", err
	}
	if !to.UriParams.Has("lr") {
		to.UriParams.Add("lr", "")
	}
	return []string{"<" + to.String() + ">"}, transport, nil
}

// over is the way through proxies that are given as Route fields, and the transport
// to the first.
func over(routes []string) ([]string, string, error) {
	first, ok := parseNameAddr(routes[0])
	if !ok {
		return nil, "", fault.New(fault.Invalid, "%q is no route", fault.Shorten(routes[0], 80))
	}
	_, transport, err := address(first.uri)
	return routes, transport, err
}

// transports are those of the library, with our bounds.
func transports() lib.TransportsConfig {
	tcp := func() *lib.TransportTCP {
		return &lib.TransportTCP{ReadTimeout: tcpIdle, WriteTimeout: closeGrace, DialerCreate: func(local net.Addr) net.Dialer { return net.Dialer{Timeout: dialWait, LocalAddr: local} }}
	}
	none := func(string) string { return "" } // an address it cannot open: we do
	ws := func() *lib.TransportWS {
		return &lib.TransportWS{ReadTimeout: tcpIdle, WriteTimeout: closeGrace, DialURI: none}
	}
	return lib.TransportsConfig{TCP: tcp(), TLS: &lib.TransportTLS{TransportTCP: tcp()}, WS: ws(), WSS: &lib.TransportWSS{TransportWS: ws()}}
}

// agent makes what carries messages, with the gate in front of every transport.
func (e *Endpoint) agent(quiet *slog.Logger) (*sipgo.UserAgent, error) {
	return sipgo.NewUA(sipgo.WithUserAgent(e.cfg.Agent), sipgo.WithUserAgenTLSConfig(e.cfg.TLS),
		sipgo.WithUserAgentTransportLayerOptions(lib.WithTransportLayerReadFilter(e.gate.filter), lib.WithTransportLayerLogger(quiet), lib.WithTransportLayerTransports(transports())),
		sipgo.WithUserAgentTransactionLayerOptions(lib.WithTransactionLayerLogger(quiet)))
}

// carry reads what comes over every socket until it is closed.
func (e *Endpoint) carry() {
	layer := e.ua.TransportLayer()
	e.done.Go(func() {
		for !e.isClosed() {
			_ = layer.ServeUDP(e.udp) // it ends when the socket is closed, or to be opened anew by errRotate
		}
	})
	serve := map[string]func(net.Listener) error{overTCP: layer.ServeTCP, overTLS: layer.ServeTLS, overWS: layer.ServeWS, overWSS: layer.ServeWSS}
	for transport, l := range e.listeners {
		e.done.Go(func() { _ = serve[transport](l) })
	}
	for transport, h := range e.hatches {
		e.done.Go(func() { _ = serve[transport](h) })
	}
}

// closeSockets ends carry.
func (e *Endpoint) closeSockets() error {
	err := e.udp.Close()
	for _, l := range e.listeners {
		err = errors.Join(err, l.Close())
	}
	for _, h := range e.hatches {
		err = errors.Join(err, h.Close())
	}
	return err
}

// at is our address on a transport.
func (e *Endpoint) at(transport string) netip.AddrPort {
	if l := e.listeners[transport]; l != nil {
		return l.Addr().(*net.TCPAddr).AddrPort()
	}
	return e.cfg.Listen
}

// host is our address as it stands in a SIP address.
func (e *Endpoint) host() string {
	if a := e.cfg.Listen.Addr(); a.Is6() {
		return "[" + a.String() + "]"
	}
	return e.cfg.Listen.Addr().String()
}

// contact is our address in dialogs; secure where the other side is sips.
func (e *Endpoint) contact(transport string, secure bool) lib.Header {
	scheme, at := "sip", e.at(transport)
	if secure {
		scheme = "sips"
	}
	by := "<" + scheme + ":" + netip.AddrPortFrom(at.Addr().Unmap(), at.Port()).String()
	switch transport {
	case overTCP:
		by += ";transport=tcp"
	case overTLS:
		if !secure {
			by += ";transport=tls"
		}
	case overWS, overWSS:
		by += ";transport=ws"
	}
	return header("Contact", by+">")
}

// connected tells whether a connection to an address stands.
func (e *Endpoint) connected(transport, to string) bool {
	if transport == overUDP {
		return false
	}
	pool := e.ua.TransportLayer().Pool(transport)
	if pool == nil {
		return false
	}
	c := pool.Get(to)
	if c == nil {
		return false
	}
	_, _ = c.TryClose()
	return true
}
