package sip

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"syscall"

	"waihu/internal/fault"
)

// Unsent is what kept a request from being sent, as far as it is known.
type Unsent string

const (
	NobodyListens Unsent = "nobody_listens" // the machine refused the connection
	NoSuchName    Unsent = "no_such_name"   // the name has no address
	NoPath        Unsent = "no_path"        // the network knows no way
	TooSlow       Unsent = "too_slow"       // no connection came about in time
	NotTrusted    Unsent = "not_trusted"    // its certificate
	NotSecure     Unsent = "not_secure"     // it does not speak TLS, or not ours
	WentAway      Unsent = "went_away"      // the connection was closed
	OtherUnsent   Unsent = "other"          // the log has it
)

// unsentFor reads it from an error of the library or the system, whose words are
// for the log.
func unsentFor(err error) Unsent {
	var name *net.DNSError
	var untrusted *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var slow net.Error
	switch {
	case errors.As(err, &untrusted):
		return NotTrusted
	case errors.As(err, &record), errors.As(err, &alert):
		return NotSecure
	case errors.As(err, &name):
		return NoSuchName
	case errors.Is(err, syscall.ECONNREFUSED):
		return NobodyListens
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.EADDRNOTAVAIL):
		return NoPath
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &slow) && slow.Timeout():
		return TooSlow
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), fault.KindOf(err) == fault.NotFound:
		return WentAway
	}
	return OtherUnsent
}

// unsent is how a call ended whose request could not be sent.
func (c *Call) unsent(to, transport string, err error) Ending {
	why := unsentFor(err)
	c.e.cfg.Log.Warn("a call could not be sent", "call", c.id, "to", to, "transport", transport, "why", string(why), "error", err.Error())
	return Ending{By: Network, Why: Unreachable, Code: 503, Cause: 38, Unsent: why, Err: err}
}
