package sip

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Frames of a WebSocket (RFC 6455, 5.2).
const (
	frameMore   = 0x0
	frameText   = 0x1
	frameBinary = 0x2
	frameClose  = 0x8
	framePing   = 0x9
	framePong   = 0xA
	frameFinal  = 0x80
	frameMasked = 0x80
	maxControl  = 125
	maxFramed   = 32 << 10 // of one message: what the library reads at once
)

// webSockets are connections whose frames are put in order before the library
// reads them: it leaves the content of a ping in the stream, answers none, and
// loses what comes in several frames.
type webSockets struct{ net.Listener }

func (l webSockets) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &webSocket{Conn: c, in: bufio.NewReader(c)}, nil
}

// webSocket passes the handshake through as it is; after it, each message is
// read whole and given on as one frame.
type webSocket struct {
	net.Conn
	in     *bufio.Reader
	ready  []byte      // of a message, not read yet
	ours   bool        // we opened it: we mask what we write (RFC 6455, 5.3), and they do not
	read   func()      // called when the library reads its first message; nil: nobody waits for that
	closed func()      // called when it is closed; nil: nobody cares
	heard  atomic.Bool // a frame came since it was last looked at

	mu     sync.Mutex
	agreed bool   // the handshake is over
	left   int    // bytes of the frame that is being written
	out    []byte // what there is of that, where it is to be masked
	pong   []byte // waits until that is written; of several the last (RFC 6455, 5.5.3)
}

func (w *webSocket) isAgreed() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.agreed
}

func (w *webSocket) Read(b []byte) (int, error) {
	if len(w.ready) == 0 {
		if !w.isAgreed() {
			return w.in.Read(b)
		}
		if w.read != nil {
			w.read()
		}
		m, err := w.message()
		if err != nil {
			return 0, err
		}
		w.ready = frameOf(m)
	}
	n := copy(b, w.ready)
	w.ready = w.ready[n:]
	return n, nil
}

// message reads frames until a message is whole; what is between is done here.
func (w *webSocket) message() ([]byte, error) {
	var m []byte
	for frames := 0; frames < maxLines; frames++ {
		first, payload, err := w.frame(maxFramed - len(m))
		if err != nil {
			return nil, err
		}
		switch first &^ frameFinal {
		case framePing:
			err = w.answer(frame(framePong, payload))
		case framePong:
		case frameClose:
			_ = w.answer(frame(frameClose, payload))
			return nil, io.EOF
		case frameMore, frameText, frameBinary:
			if m = append(m, payload...); first&frameFinal != 0 && len(m) > 0 {
				return m, nil
			}
		default:
			err = errors.New("a frame of no known kind")
		}
		if err != nil {
			return nil, err
		}
	}
	return nil, errors.New("a message in too many frames")
}

// frame reads one; a client masks every frame, a server none (RFC 6455, 5.1).
func (w *webSocket) frame(most int) (first byte, payload []byte, err error) {
	var head [14]byte
	if _, err := io.ReadFull(w.in, head[:2]); err != nil {
		return 0, nil, err
	}
	length := uint64(head[1] &^ frameMasked)
	switch extra := map[uint64]int{126: 2, 127: 8}[length]; extra {
	case 2:
		_, err = io.ReadFull(w.in, head[2:4])
		length = uint64(binary.BigEndian.Uint16(head[2:4]))
	case 8:
		_, err = io.ReadFull(w.in, head[2:10])
		length = binary.BigEndian.Uint64(head[2:10])
	}
	if head[0]&0x0F >= frameClose {
		most = maxControl
	}
	if err != nil || length > uint64(most) || (head[1]&frameMasked == 0) != w.ours {
		return 0, nil, errors.Join(err, errors.New("a frame that is too long, or masked as it should not be"))
	}
	mask := head[10:14]
	if !w.ours {
		if _, err := io.ReadFull(w.in, mask); err != nil {
			return 0, nil, err
		}
	}
	payload = make([]byte, length)
	_, err = io.ReadFull(w.in, payload)
	for i := range payload {
		payload[i] ^= mask[i%4]
	}
	w.heard.Store(true)
	return head[0], payload, err
}

// frame is one that is not masked; payload is that of a control frame.
func frame(kind byte, payload []byte) []byte {
	return append([]byte{frameFinal | kind, byte(len(payload))}, payload...)
}

// frameOf is a message as one frame of a client, with a mask that changes nothing.
func frameOf(m []byte) []byte {
	b := binary.BigEndian.AppendUint64([]byte{frameFinal | frameText, frameMasked | 127}, uint64(len(m)))
	return append(append(b, 0, 0, 0, 0), m...)
}

// answer writes a control frame, or keeps it until the frame before is written. The
// time the library gave its last one to be written may be long over.
func (w *webSocket) answer(b []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ours {
		b = masked(b)
	}
	if w.left > 0 {
		w.pong = b
		return nil
	}
	if err := w.SetWriteDeadline(time.Now().Add(closeGrace)); err != nil {
		return err
	}
	_, err := w.Conn.Write(b)
	return err
}

// Write follows the frames of the library, which writes a head and a payload.
func (w *webSocket) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.agreed {
		w.agreed = bytes.HasPrefix(b, []byte("HTTP/1.1 101"))
		if w.ours { // who is asked by us need not be answered
			return len(b), nil
		}
		return w.Conn.Write(b)
	}
	if w.left == 0 {
		w.left = sizeOf(b)
	}
	w.left -= len(b)
	now := b
	if w.ours {
		if w.out = append(w.out, b...); w.left > 0 {
			return len(b), nil
		}
		now, w.out = masked(w.out), nil
	}
	if w.left == 0 {
		now, w.pong = append(now[:len(now):len(now)], w.pong...), nil
	}
	if _, err := w.Conn.Write(now); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Close tells who wants to know.
func (w *webSocket) Close() error {
	if w.closed != nil {
		w.closed()
	}
	return w.Conn.Close()
}

// masked is a whole frame with a mask nobody can foretell.
func masked(frame []byte) []byte {
	head := headOf(frame)
	var mask [4]byte
	_, _ = rand.Read(mask[:]) // it never fails
	b := append(append(make([]byte, 0, len(frame)+4), frame[:head]...), mask[:]...)
	b[1] |= frameMasked
	for i, c := range frame[head:] {
		b = append(b, c^mask[i%4])
	}
	return b
}

// headOf is how long the head is of a frame that is not masked.
func headOf(frame []byte) int {
	switch frame[1] {
	case 126:
		return 4
	case 127:
		return 10
	}
	return 2
}

// sizeOf is how long the frame is that begins with b, whose head is whole.
func sizeOf(b []byte) int {
	if len(b) < 2 {
		return len(b)
	}
	switch n := int(b[1]); {
	case n == 126 && len(b) >= 4:
		return 4 + int(binary.BigEndian.Uint16(b[2:]))
	case n == 127 && len(b) >= 10:
		return 10 + int(binary.BigEndian.Uint64(b[2:]))
	default:
		return 2 + n
	}
}
