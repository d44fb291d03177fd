package webrtc

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"github.com/pion/ice/v4"

	"waihu/internal/fault"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/rtp"
	"waihu/internal/voice/sdp"
)

// gathering bounds the taking up of our address: it asks nobody, so it is a matter of
// microseconds; a path that is lost meanwhile never tells.
const gathering = 5 * time.Second

// Peer is the path to one browser, and our side of what is agreed with it. It is
// safe for several goroutines.
type Peer struct {
	e       *Endpoint
	agent   *ice.Agent
	session *rtp.Session
	path    *path
	stop    context.CancelFunc
	done    sync.WaitGroup

	mu     sync.Mutex
	closed bool
	sdp    *sdp.Session
	far    *far   // what the browser said last; nil: nothing yet
	setup  string // our half of the handshake
}

// NewPeer prepares the path to a browser; it is looked for once its description is
// known. laws are what is spoken, the first preferred.
func (e *Endpoint) NewPeer(laws ...audio.Law) (_ *Peer, err error) {
	p := &Peer{e: e, setup: "actpass"}
	p.mu.Lock() // whoever closes the endpoint meanwhile waits until there is something to close
	defer p.mu.Unlock()
	if !e.add(p) {
		return nil, fault.New(fault.Conflict, "no more than %d browsers are connected at once", e.cfg.MaxPeers)
	}
	defer func() {
		if err != nil {
			p.closed = true
			e.drop(p)
		}
	}()
	var seed [8]byte
	if _, err := rand.Read(seed[:]); err != nil {
		return nil, err
	}
	p.sdp = sdp.NewSession(e.at, binary.BigEndian.Uint64(seed[:]), laws...)
	p.path = newPath()
	if p.session, err = rtp.Over(p.path); err != nil {
		return nil, err
	}
	p.agent, err = ice.NewAgentWithOptions(ice.WithICELite(!e.cfg.asks), ice.WithUDPMux(e.mux), ice.WithMulticastDNSMode(ice.MulticastDNSModeDisabled), ice.WithIncludeLoopback(),
		ice.WithCandidateTypes([]ice.CandidateType{ice.CandidateTypeHost}), ice.WithNetworkTypes([]ice.NetworkType{ice.NetworkTypeUDP4, ice.NetworkTypeUDP6}), ice.WithLoggerFactory(silent()))
	if err != nil {
		return nil, err
	}
	if err := p.gather(); err != nil {
		p.agent.Close()
		return nil, err
	}
	return p, nil
}

// gather takes our one address into the agent.
func (p *Peer) gather() error {
	ready := make(chan struct{})
	if err := p.agent.OnCandidate(func(c ice.Candidate) {
		if c == nil {
			close(ready)
		}
	}); err != nil {
		return err
	}
	if err := p.agent.GatherCandidates(); err != nil {
		return err
	}
	wait := time.NewTimer(gathering)
	defer wait.Stop()
	select {
	case <-ready:
		return nil
	case <-wait.C:
		return fault.New(fault.Internal, "our own address was not taken up within %v", gathering)
	}
}

// Session is the sound of the path.
func (p *Peer) Session() *rtp.Session { return p.session }

// Connected is closed once sound can go both ways.
func (p *Peer) Connected() <-chan struct{} { return p.path.ready }

// Lost is closed when the browser was not found, did not prove who it is, or has
// gone away without a word; Err says which.
func (p *Peer) Lost() <-chan struct{} { return p.path.lost }

// Err is why the path was lost.
func (p *Peer) Err() error { return p.path.why() }

// Want says which way sound is to go; it is agreed with the next exchange.
func (p *Peer) Want(d sdp.Direction) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sdp.Want(d)
}

// Offer is our description.
func (p *Peer) Offer() ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.describe(); err != nil {
		return nil, err
	}
	return p.sdp.Offer(), nil
}

// Answer answers a browser's offer. One that we cannot speak with is of kind
// Conflict.
func (p *Peer) Answer(offer []byte) ([]byte, sdp.Agreed, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f, err := readFar(offer)
	if err != nil {
		return nil, sdp.Agreed{}, err
	}
	if err := p.meet(f); err != nil {
		return nil, sdp.Agreed{}, err
	}
	if err := p.describe(); err != nil {
		return nil, sdp.Agreed{}, err
	}
	return p.sdp.Answer(offer)
}

// Accept takes the answer to our last offer.
func (p *Peer) Accept(answer []byte) (sdp.Agreed, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f, err := readFar(answer)
	if err != nil {
		return sdp.Agreed{}, err
	}
	a, err := p.sdp.Accept(answer)
	if err != nil {
		return a, err
	}
	return a, p.meet(f)
}

// describe writes our half of the path into the description; the lock is held.
func (p *Peer) describe() error {
	ufrag, pwd, err := p.agent.GetLocalUserCredentials()
	if err != nil {
		return err
	}
	mid := "0"
	if p.far != nil && p.far.mid != "" {
		mid = p.far.mid
	}
	p.sdp.Browser("mid:"+mid, "msid:waihu sound", "rtcp-mux", "ice-ufrag:"+ufrag, "ice-pwd:"+pwd, "fingerprint:"+p.e.finger, "setup:"+p.setup, "candidate:"+candidate(p.e.at), "end-of-candidates")
	return nil
}

// candidate is our one address, as ICE says it (RFC 8839).
func candidate(at netip.AddrPort) string {
	const priority = 126<<24 | 65535<<8 | 255 // a host, its only address, RTP
	return fmt.Sprintf("1 1 udp %d %s %d typ host", priority, at.Addr(), at.Port())
}

// meet takes the browser's half: the first begins the search, another secret begins
// it anew, which is how a browser moves to another network; the lock is held.
func (p *Peer) meet(f *far) error {
	before := p.far
	if p.closed {
		return fault.New(fault.Conflict, "the path is closed")
	}
	if before != nil && before.ufrag == f.ufrag && before.pwd == f.pwd {
		return nil
	}
	p.far = f
	if before == nil {
		if p.setup = "passive"; f.setup == "passive" {
			p.setup = "active"
		}
		active := p.setup == "active"
		ctx, stop := context.WithCancel(context.Background())
		p.stop = stop
		p.done.Add(1)
		go func() {
			defer p.done.Done()
			p.path.run(ctx, p.e, p.agent, p.session, f, active)
		}()
		return nil
	}
	if err := p.agent.Restart("", ""); err != nil {
		return err
	}
	if err := p.agent.SetRemoteCredentials(f.ufrag, f.pwd); err != nil {
		return err
	}
	return p.gather()
}

// Close ends the path. It may be called again.
func (p *Peer) Close() {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return
	}
	p.closed = true
	stop := p.stop
	p.mu.Unlock()
	p.session.Close() // its goodbye goes out first
	if stop != nil {
		stop()
	}
	p.done.Wait()       // with a goodbye to the browser
	_ = p.agent.Close() // whether it was closed already is the same to us
	p.e.drop(p)
}
