package webrtc

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/pion/dtls/v3"
	"github.com/pion/ice/v4"
	"github.com/pion/srtp/v3"

	"waihu/internal/fault"
	"waihu/internal/voice/rtp"
)

const (
	maxDatagram  = 1500
	replayWindow = 128 // packets that may be late
)

// path is the way to a browser once it is found: one reader, and a writer that is
// called by the session alone.
type path struct {
	ready chan struct{} // closed when sound can go
	lost  chan struct{} // closed when it never will again

	mu   sync.Mutex
	err  error
	conn *ice.Conn
	out  *srtp.Context // nil: no keys yet
	in   *srtp.Context
	room []byte // of the packet that is written
}

func newPath() *path {
	return &path{ready: make(chan struct{}), lost: make(chan struct{}), room: make([]byte, 0, maxDatagram)}
}

// errNoPath is why a packet before the handshake is not sent.
var errNoPath = errors.New("the path is not there yet")

// WriteRTP is part of rtp.Wire.
func (p *path) WriteRTP(b []byte) error {
	return p.write(func(out *srtp.Context) ([]byte, error) { return out.EncryptRTP(p.room[:0], b, nil) })
}

// WriteRTCP is part of rtp.Wire.
func (p *path) WriteRTCP(b []byte) error {
	return p.write(func(out *srtp.Context) ([]byte, error) { return out.EncryptRTCP(p.room[:0], b, nil) })
}

func (p *path) write(encrypt func(*srtp.Context) ([]byte, error)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.out == nil {
		return errNoPath
	}
	b, err := encrypt(p.out)
	if err != nil {
		return err
	}
	_, err = p.conn.Write(b)
	return err
}

// Close is part of rtp.Wire: nothing is sent from now on.
func (p *path) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.out = nil
}

func (p *path) why() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// run finds the browser, shakes hands, and reads until the path ends.
func (p *path) run(ctx context.Context, e *Endpoint, agent *ice.Agent, session *rtp.Session, f *far, active bool) {
	err := p.travel(ctx, e, agent, session, f, active)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.out, p.err = nil, err
	close(p.lost)
}

func (p *path) travel(ctx context.Context, e *Endpoint, agent *ice.Agent, session *rtp.Session, f *far, active bool) error {
	short, stop := context.WithTimeout(ctx, e.cfg.Patience)
	defer stop()
	conn, err := find(short, e, agent, f)
	if err != nil {
		return fault.New(fault.Conflict, "the browser was not found: it sent no check to %v within %v (%v)", e.at, e.cfg.Patience, err)
	}
	hands := newHands(conn)
	defer hands.Close()
	var reading sync.WaitGroup
	reading.Add(1)
	defer reading.Wait()
	defer agent.Close() // which ends the reader
	go func() {
		defer reading.Done()
		defer hands.Close()
		p.read(conn, hands, session)
	}()
	secured, err := shake(short, e, hands, f, active)
	if err != nil {
		return fault.New(fault.Conflict, "no handshake with the browser: %v", err)
	}
	defer secured.Close()
	if err := p.keys(secured, conn, active); err != nil {
		return err
	}
	close(p.ready)
	return watch(ctx, agent, secured)
}

// find waits for the browser's checks; the other half makes them.
func find(ctx context.Context, e *Endpoint, agent *ice.Agent, f *far) (*ice.Conn, error) {
	for _, c := range f.candidates {
		if there, err := ice.UnmarshalCandidate(c); err == nil { // a name or a form we do not know: its checks will show where it is
			_ = agent.AddRemoteCandidate(there)
		}
	}
	if e.cfg.asks {
		return agent.Dial(ctx, f.ufrag, f.pwd)
	}
	return agent.Accept(ctx, f.ufrag, f.pwd)
}

// shake is the handshake of DTLS. The certificate must be one that the description
// named.
func shake(ctx context.Context, e *Endpoint, over *hands, f *far, active bool) (*dtls.Conn, error) {
	named := func(raw [][]byte, _ [][]*x509.Certificate) error {
		if len(raw) == 0 || !slices.Contains(f.prints, fingerprint(raw[0])) {
			return fmt.Errorf("its certificate is not the one its description named")
		}
		return nil
	}
	cfg := &dtls.Config{Certificates: []tls.Certificate{e.cert}, SRTPProtectionProfiles: []dtls.SRTPProtectionProfile{dtls.SRTP_AEAD_AES_128_GCM, dtls.SRTP_AES128_CM_HMAC_SHA1_80},
		ClientAuth: dtls.RequireAnyClientCert, ExtendedMasterSecret: dtls.RequireExtendedMasterSecret, InsecureSkipVerify: true, VerifyPeerCertificate: named, LoggerFactory: silent()} // verified by its digest
	make := dtls.Server
	if active {
		make = dtls.Client
	}
	c, err := make(over, over.RemoteAddr(), cfg)
	if err != nil {
		return nil, err
	}
	if err := c.HandshakeContext(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// keys takes the keys of SRTP out of the handshake.
func (p *path) keys(c *dtls.Conn, conn *ice.Conn, active bool) error {
	profile, ok := c.SelectedSRTPProtectionProfile()
	state, known := c.ConnectionState()
	if !ok || !known {
		return fault.New(fault.Conflict, "the browser agreed on no way to encrypt sound")
	}
	cfg := srtp.Config{Profile: srtp.ProtectionProfile(profile)}
	if err := cfg.ExtractSessionKeysFromDTLS(&state, active); err != nil {
		return err
	}
	out, err := srtp.CreateContext(cfg.Keys.LocalMasterKey, cfg.Keys.LocalMasterSalt, cfg.Profile)
	if err != nil {
		return err
	}
	in, err := srtp.CreateContext(cfg.Keys.RemoteMasterKey, cfg.Keys.RemoteMasterSalt, cfg.Profile, srtp.SRTPReplayProtection(replayWindow), srtp.SRTCPReplayProtection(replayWindow))
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conn, p.out, p.in = conn, out, in
	return nil
}

// decipher is the context of what comes in; nil: no keys yet.
func (p *path) decipher() *srtp.Context {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.in
}

// read takes what comes until the path is closed, by its first byte (RFC 7983).
func (p *path) read(conn *ice.Conn, hands *hands, session *rtp.Session) {
	b, plain := make([]byte, maxDatagram), make([]byte, 0, maxDatagram)
	var in *srtp.Context
	var streams rtp.Streams
	for {
		n, err := conn.Read(b)
		if err != nil {
			return
		}
		if n < 2 {
			continue
		}
		switch first := b[0]; {
		case first >= 20 && first <= 63:
			hands.put(b[:n])
		case first >= 128 && first <= 191:
			if in == nil {
				if in = p.decipher(); in == nil {
					continue // sound before the keys are known
				}
			}
			if kind := b[1]; kind >= 192 && kind <= 223 {
				if got, err := in.DecryptRTCP(plain[:0], b[:n], nil); err == nil {
					if !streams.Take(binary.BigEndian.Uint32(got[4:])) {
						return // no browser sends so many
					}
					session.FeedReport(got)
				}
			} else if got, err := in.DecryptRTP(plain[:0], b[:n], nil); err == nil {
				if !streams.Take(binary.BigEndian.Uint32(got[8:])) {
					return
				}
				session.Feed(got)
			}
		}
	}
}

// watch waits until the browser says goodbye, or is not heard of any more.
func watch(ctx context.Context, agent *ice.Agent, c *dtls.Conn) error {
	gone := make(chan error, 1)
	go func() {
		_, err := c.Read(make([]byte, maxDatagram)) // nothing is ever said over it but goodbye
		gone <- err
	}()
	silent := make(chan struct{})
	var once sync.Once
	if err := agent.OnConnectionStateChange(func(s ice.ConnectionState) {
		if s == ice.ConnectionStateFailed {
			once.Do(func() { close(silent) })
		}
	}); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-silent:
		return fault.New(fault.Conflict, "the browser is not heard of any more")
	case err := <-gone:
		return fault.New(fault.Conflict, "the browser ended the path: %v", err)
	}
}
