package sip

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
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
	in    *bufio.Reader
	ready []byte // of a message, not read yet

	mu     sync.Mutex
	agreed bool   // the handshake is over
	left   int    // bytes of the frame that is being written
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

// frame reads one; a client masks every frame (RFC 6455, 5.1).
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
	if err != nil || length > uint64(most) || head[1]&frameMasked == 0 {
		return 0, nil, errors.Join(err, errors.New("a frame that is too long, or not masked"))
	}
	mask := head[10:14]
	if _, err := io.ReadFull(w.in, mask); err != nil {
		return 0, nil, err
	}
	payload = make([]byte, length)
	_, err = io.ReadFull(w.in, payload)
	for i := range payload {
		payload[i] ^= mask[i%4]
	}
	return head[0], payload, err
}

// frame is one of ours, which is not masked; payload is that of a control frame.
func frame(kind byte, payload []byte) []byte {
	return append([]byte{frameFinal | kind, byte(len(payload))}, payload...)
}

// frameOf is a message as one frame of a client, with a mask that changes nothing.
func frameOf(m []byte) []byte {
	b := binary.BigEndian.AppendUint64([]byte{frameFinal | frameText, frameMasked | 127}, uint64(len(m)))
	return append(append(b, 0, 0, 0, 0), m...)
}

// answer writes a control frame, or keeps it until the frame before is written.
func (w *webSocket) answer(b []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.left > 0 {
		w.pong = b
		return nil
	}
	_, err := w.Conn.Write(b)
	return err
}

// Write follows the frames of the library, which writes a head and a payload.
func (w *webSocket) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n, err := w.Conn.Write(b)
	if err != nil {
		return n, err
	}
	if !w.agreed {
		w.agreed = bytes.HasPrefix(b, []byte("HTTP/1.1 101"))
		return n, nil
	}
	if w.left == 0 {
		w.left = sizeOf(b)
	}
	w.left -= n
	if w.left == 0 && w.pong != nil {
		_, err = w.Conn.Write(w.pong)
		w.pong = nil
	}
	return n, err
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
