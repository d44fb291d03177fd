package webrtc

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/logging"

	"waihu/internal/fault"
)

const (
	socketBuffer = 1 << 20              // 208 KiB overflow under load
	validFor     = 365 * 24 * time.Hour // the certificate: longer than a process lives
)

// Config is how an endpoint is set up.
type Config struct {
	Listen   netip.AddrPort // one UDP port for all browsers
	Told     netip.Addr     // the address browsers are told; none: that of Listen
	MaxPeers int            // at once; 0: 1,000
	Patience time.Duration  // for a browser to be found, and for its handshake; 0: 15 s

	asks bool // full ICE, which asks: the browser's half, for tests
}

// Endpoint is the port that browsers send to.
type Endpoint struct {
	cfg    Config
	at     netip.AddrPort // as browsers are told
	socket *net.UDPConn
	mux    *ice.UDPMuxDefault
	cert   tls.Certificate
	finger string // of the certificate, as descriptions have it

	mu     sync.Mutex
	closed bool
	peers  map[*Peer]struct{}
}

// silent is where the parts would log: what goes wrong is an error of a peer.
func silent() *logging.DefaultLoggerFactory {
	return &logging.DefaultLoggerFactory{Writer: io.Discard, DefaultLogLevel: logging.LogLevelDisabled}
}

// Open listens.
func Open(cfg Config) (_ *Endpoint, err error) {
	defer fault.Wrap(&err, "opening %v for browsers", cfg.Listen)
	if !cfg.Listen.IsValid() || cfg.Listen.Addr().IsUnspecified() {
		return nil, fault.New(fault.Invalid, "the address %v cannot be told to browsers; expected one of this machine with a port, such as 192.0.2.1:40000", cfg.Listen)
	}
	if cfg.MaxPeers == 0 {
		cfg.MaxPeers = 1000
	}
	if cfg.Patience == 0 {
		cfg.Patience = 15 * time.Second
	}
	e := &Endpoint{cfg: cfg, peers: map[*Peer]struct{}{}}
	if err := e.certify(); err != nil {
		return nil, err
	}
	if e.socket, err = net.ListenUDP("udp", net.UDPAddrFromAddrPort(cfg.Listen)); err != nil {
		return nil, err
	}
	_ = e.socket.SetReadBuffer(socketBuffer) // a kernel that gives less still works
	_ = e.socket.SetWriteBuffer(socketBuffer)
	e.at = e.socket.LocalAddr().(*net.UDPAddr).AddrPort()
	e.at = netip.AddrPortFrom(e.at.Addr().Unmap(), e.at.Port())
	if cfg.Told.IsValid() {
		e.at = netip.AddrPortFrom(cfg.Told, e.at.Port())
	}
	e.mux = ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: e.socket, Logger: silent().NewLogger("ice")})
	return e, nil
}

// certify makes the certificate of this process. Browsers do not ask who signed it:
// they are told its digest in the description.
func (e *Endpoint) certify() error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	number, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return err
	}
	now := time.Now()
	form := &x509.Certificate{SerialNumber: number, Subject: pkix.Name{CommonName: "Waihu"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(validFor)}
	raw, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	if err != nil {
		return err
	}
	e.cert, e.finger = tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, fingerprint(raw)
	return nil
}

// fingerprint is the digest of a certificate as descriptions have it (RFC 8122).
func fingerprint(raw []byte) string {
	sum := sha256.Sum256(raw)
	pairs := make([]string, len(sum))
	for i, b := range sum {
		pairs[i] = fmt.Sprintf("%02X", b)
	}
	return "sha-256 " + strings.Join(pairs, ":")
}

// Addr is where browsers are told to send.
func (e *Endpoint) Addr() netip.AddrPort { return e.at }

// Peers is how many there are.
func (e *Endpoint) Peers() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.peers)
}

// add takes a peer into the book; false: there are too many, or we close.
func (e *Endpoint) add(p *Peer) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed || len(e.peers) >= e.cfg.MaxPeers {
		return false
	}
	e.peers[p] = struct{}{}
	return true
}

func (e *Endpoint) drop(p *Peer) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.peers, p)
}

// Close closes every peer and the port.
func (e *Endpoint) Close() error {
	e.mu.Lock()
	e.closed = true
	left := make([]*Peer, 0, len(e.peers))
	for p := range e.peers {
		left = append(left, p)
	}
	e.mu.Unlock()
	for _, p := range left {
		p.Close()
	}
	return errors.Join(e.mux.Close(), ignoreClosed(e.socket.Close()))
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
