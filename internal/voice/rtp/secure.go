package rtp

import (
	"encoding/binary"

	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"

	"waihu/internal/fault"
	"waihu/internal/voice/sdp"
)

const (
	replayed   = 128 // how far back packets are known, so that none is taken twice
	maxStreams = 64  // of one peer; then those that were are forgotten
	masterLen  = 16  // of a key; the rest is salt
)

// secure encrypts what is sent and opens what is received (RFC 3711), where that
// was agreed; where it was not, it leaves everything as it is. A context lives as
// long as its key, so that a new agreement with the same key goes on counting. Not
// safe for two goroutines at once.
type secure struct {
	on           bool
	ours, theirs sdp.Key
	out, in      *srtp.Context
	header       rtp.Header // of the packet at hand
	sealed       []byte
	opened       []byte
	streams      Streams // of the peer, since in was made
}

// agree takes the keys that were agreed.
func (c *secure) agree(a *sdp.Agreed) (err error) {
	if c.on = a.Secure; !c.on {
		return nil
	}
	if c.out == nil || a.Ours != c.ours {
		if c.out, err = context(a.Ours); err != nil {
			return err
		}
	}
	if c.in == nil || a.Theirs != c.theirs {
		if err := c.begin(a.Theirs); err != nil {
			return err
		}
	}
	c.ours, c.theirs = a.Ours, a.Theirs
	return nil
}

// begin makes a context for what is received.
func (c *secure) begin(theirs sdp.Key) (err error) {
	c.in, err = context(theirs)
	c.streams = Streams{}
	return err
}

func context(k sdp.Key) (*srtp.Context, error) {
	c, err := srtp.CreateContext(k[:masterLen], k[masterLen:], srtp.ProtectionProfileAes128CmHmacSha1_80, srtp.SRTPReplayProtection(replayed), srtp.SRTCPReplayProtection(replayed))
	if err != nil {
		return nil, fault.New(fault.Internal, "the keys of a call cannot be used: %v", err)
	}
	return c, nil
}

// seal encrypts a packet; what it returns is good until the next call.
func (c *secure) seal(b []byte) ([]byte, error) {
	if !c.on {
		return b, nil
	}
	sealed, err := c.out.EncryptRTP(c.sealed, b, &c.header)
	if err != nil {
		return nil, err
	}
	c.sealed = sealed[:0]
	return sealed, nil
}

// open decrypts a packet whose tag is right; what it returns is good until the
// next call.
func (c *secure) open(b []byte) ([]byte, error) {
	if !c.on {
		return b, nil
	}
	opened, err := c.in.DecryptRTP(c.opened, b, &c.header)
	if err != nil {
		return nil, err
	}
	c.opened = opened[:0]
	if !c.streams.Take(c.header.SSRC) {
		return opened, c.begin(c.theirs)
	}
	return opened, nil
}

// sealReport and openReport do the same with RTCP.
func (c *secure) sealReport(b []byte) ([]byte, error) {
	if !c.on {
		return b, nil
	}
	return c.out.EncryptRTCP(nil, b, nil)
}

func (c *secure) openReport(b []byte) ([]byte, error) {
	if !c.on {
		return b, nil
	}
	opened, err := c.in.DecryptRTCP(nil, b, nil)
	if err != nil {
		return nil, err
	}
	if !c.streams.Take(binary.BigEndian.Uint32(opened[4:])) { // one that is too short is an error
		return opened, c.begin(c.theirs)
	}
	return opened, nil
}
