package webrtc

import (
	"net"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/transport/v5/packetio"
)

// hands is the part of the path that the handshake goes over: it sends by the path
// and gets what the reader puts there.
type hands struct {
	*ice.Conn
	got *packetio.Buffer
}

// heldDatagrams bounds what of a handshake waits to be read: more is dropped and
// sent again.
const heldDatagrams = 32

func newHands(c *ice.Conn) *hands {
	h := &hands{c, packetio.NewBuffer()}
	h.got.SetLimitCount(heldDatagrams)
	return h
}

func (h *hands) put(b []byte) { _, _ = h.got.Write(b, nil) }

// ReadFrom is part of net.PacketConn.
func (h *hands) ReadFrom(b []byte) (int, net.Addr, error) {
	n, _, err := h.got.Read(b, nil)
	return n, h.RemoteAddr(), err
}

// WriteTo is part of net.PacketConn: the path knows where to.
func (h *hands) WriteTo(b []byte, _ net.Addr) (int, error) { return h.Conn.Write(b) }

// SetReadDeadline is part of net.PacketConn.
func (h *hands) SetReadDeadline(t time.Time) error { return h.got.SetReadDeadline(t) }

// SetDeadline is part of net.PacketConn; what is written never waits.
func (h *hands) SetDeadline(t time.Time) error { return h.got.SetReadDeadline(t) }

// Close ends reading; the path is closed by whoever holds it.
func (h *hands) Close() error { return h.got.Close() }
