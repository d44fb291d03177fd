package sip

import (
	"crypto/tls"
	"log/slog"
	"net/netip"
	"time"
)

// Config is how an endpoint is set up. Zero values take what stands beside them.
type Config struct {
	Listen netip.AddrPort // UDP and TCP; not 0.0.0.0, for it is told to peers
	// Further addresses, each for one transport; zero: none. Browsers come by WS or WSS.
	ListenTLS netip.AddrPort
	ListenWS  netip.AddrPort
	ListenWSS netip.AddrPort
	TLS       *tls.Config // the certificate we show, and whom we trust when we call; nil: as the system does
	// Paths of WebSockets that we open, by host and port; "/" where none is named.
	Paths map[string]string
	Agent string          // User-Agent; "Waihu"
	Serve func(*Call)     // takes a call that arrives; nil: none is taken
	Refer func(*Referral) // is asked when the other side wants somebody else called; nil: that is not offered
	// Secret is the secret of a caller's log-in; nil: callers need none.
	Secret func(user string) (string, bool)
	// Kept is asked for users that Secret does not know, and gives what is kept of a
	// secret instead of it: MD5 of user, realm and secret as hexadecimal digits (HA1 of
	// RFC 7616). An error: nobody can say now, and the caller is to try again. nil:
	// there are no others.
	Kept  func(user string) (ha1 string, known bool, err error)
	Realm string // of that log-in; "waihu"
	// Trusted tells whose calls need no log-in: carriers that are told by their address,
	// where they call what carriers call. A datagram's address can be forged, and somebody
	// else may stand at a carrier's. nil: everybody logs in.
	Trusted func(from netip.Addr, called string) bool
	// Register lets phones register with the log-ins of Secret; calls go to them
	// by Invite.Account.
	Register  bool
	MaxPhones int           // registered at once; 10,000
	MinLease  time.Duration // the shortest registration; 60 s

	MaxCalls   int           // calls at once, both ways; 1,000
	Rate       int           // requests a second of one source; 50
	Burst      int           // at once; 200
	Expires    time.Duration // session timer we ask for; 30 min
	MinExpires time.Duration // the shortest we take; 90 s
	Log        *slog.Logger  // what went wrong; nil: nobody is told
}

func (c *Config) defaults() {
	for _, n := range []struct {
		at *int
		is int
	}{{&c.MaxCalls, 1000}, {&c.Rate, 50}, {&c.Burst, 200}, {&c.MaxPhones, 10_000}} {
		if *n.at == 0 {
			*n.at = n.is
		}
	}
	if c.Agent == "" {
		c.Agent = "Waihu"
	}
	if c.Realm == "" {
		c.Realm = "waihu"
	}
	if c.MinLease == 0 {
		c.MinLease = time.Minute
	}
	if c.Expires == 0 {
		c.Expires = 30 * time.Minute
	}
	if c.MinExpires == 0 {
		c.MinExpires = 90 * time.Second
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
}
