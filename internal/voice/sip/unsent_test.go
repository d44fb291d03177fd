package sip

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"
)

// TestUnsent: whatever words are around it, what kept a request is known.
func TestUnsent(t *testing.T) {
	for err, want := range map[error]Unsent{
		&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}:                           NobodyListens,
		&net.DNSError{Err: "no such host", IsNotFound: true}:                          NoSuchName,
		&net.DNSError{Err: "timeout", IsTimeout: true}:                                NoSuchName,
		&net.OpError{Op: "dial", Err: syscall.ENETUNREACH}:                            NoPath,
		&net.OpError{Op: "dial", Err: syscall.ETIMEDOUT}:                              TooSlow,
		context.DeadlineExceeded:                                                      TooSlow,
		&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}:          NotTrusted,
		tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}: NotSecure,
		io.EOF:                  WentAway,
		syscall.EPIPE:           WentAway,
		errors.New("who knows"): OtherUnsent,
	} {
		if got := unsentFor(fmt.Errorf("of the library: %w", err)); got != want {
			t.Errorf("%v: %s, want %s", err, got, want)
		}
	}
}
