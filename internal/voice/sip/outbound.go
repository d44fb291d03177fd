package sip

import (
	"bufio"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha1"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	lib "github.com/emiago/sipgo/sip"

	"waihu/internal/fault"
)

// WebSockets that we open, to carriers. We open them ourselves and hand them to the
// library as if they had come in: its own client answers no ping, takes the content
// of one for the next frame, and loses what comes in several.

const (
	maxOpened    = 1024             // WebSockets of ours at once
	pulse        = 30 * time.Second // between two pings of ours (RFC 7118, 6)
	maxHandshake = 16 << 10         // bytes of the answer to ours
)

// hatch is a listener where nobody comes in but what we opened.
type hatch struct {
	at    net.Addr
	conns chan net.Conn
	done  chan struct{}
	shut  func()
}

func newHatch(at net.Addr) *hatch {
	h := &hatch{at: at, conns: make(chan net.Conn), done: make(chan struct{})}
	h.shut = sync.OnceFunc(func() { close(h.done) })
	return h
}

func (h *hatch) Accept() (net.Conn, error) {
	select {
	case c := <-h.conns:
		return c, nil
	case <-h.done:
		return nil, net.ErrClosed
	}
}

func (h *hatch) Addr() net.Addr { return h.at }

func (h *hatch) Close() error { h.shut(); return nil }

// way is a WebSocket of ours to one destination.
type way struct {
	done chan struct{} // closed when it is open, or will not be
	over chan struct{} // closed when it is closed, or was never open
	to   string        // the address it leads to
	err  error         // why it is not open
}

func (w *way) isOver() bool {
	select {
	case <-w.over:
		return true
	default:
		return false
	}
}

// isOpen tells whether it was opened: before, nobody but who opens it reads where it leads.
func (w *way) isOpen() bool {
	select {
	case <-w.done:
		return w.err == nil
	default:
		return false
	}
}

// webSocket sees that a WebSocket leads to where a request goes, and aims it there.
// With stay it must stand already: a browser cannot be opened from here.
func (e *Endpoint) webSocket(ctx context.Context, req *lib.Request, stay bool) error {
	transport, to := req.Transport(), req.Destination()
	if !byWebSocket(transport) || e.connected(transport, to) {
		return nil
	}
	if stay {
		return fault.New(fault.NotFound, "the connection from %s is gone", to)
	}
	w, err := e.way(transport, to)
	if err != nil {
		return err
	}
	select {
	case <-w.done:
	case <-ctx.Done():
		return ctx.Err()
	}
	if w.err != nil {
		return fmt.Errorf("opening a WebSocket to %s: %w", to, w.err)
	}
	req.SetDestination(w.to)
	return nil
}

// opened tells whether we opened the WebSocket that something came by.
func (e *Endpoint) opened(from string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, w := range e.ways { // of maxOpened
		if w.isOpen() && w.to == from && !w.isOver() {
			return true
		}
	}
	return false
}

// way is the WebSocket to a destination; where none stands or is being opened, one is.
func (e *Endpoint) way(transport, to string) (*way, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	key := transport + " " + to
	if w := e.ways[key]; w != nil && !w.isOver() {
		return w, nil
	}
	for k, w := range e.ways {
		if w.isOver() {
			delete(e.ways, k)
		}
	}
	if e.closed || len(e.ways) >= maxOpened {
		return nil, fault.New(fault.Conflict, "no WebSocket is opened to %s: %d stand, of %d that may; or we are closing", to, len(e.ways), maxOpened)
	}
	w := &way{done: make(chan struct{}), over: make(chan struct{})}
	e.ways[key] = w
	e.tasks.Go(func() {
		defer close(w.done)
		if w.err = e.openWay(transport, to, w); w.err != nil && !w.isOver() {
			close(w.over)
		}
	})
	return w, nil
}

// openWay opens a WebSocket and waits until the library reads it.
func (e *Endpoint) openWay(transport, to string, w *way) error {
	ctx, stop := context.WithTimeout(e.quit, dialWait)
	defer stop()
	c, err := e.dialWay(ctx, transport, to)
	if err != nil {
		return err
	}
	read := make(chan struct{})
	c.read, c.closed = sync.OnceFunc(func() { close(read) }), sync.OnceFunc(func() { close(w.over) })
	w.to = c.RemoteAddr().String()
	for handed := e.hatches[transport].conns; ; handed = nil {
		select {
		case handed <- c:
			continue
		case <-read:
			e.done.Go(func() {
				tick := time.NewTicker(pulse)
				defer tick.Stop()
				c.keep(w.over, tick.C)
			})
			return nil
		case <-ctx.Done():
			_ = c.Close()
			return ctx.Err()
		}
	}
}

// dialWay connects, encrypts where that is asked for, and agrees on a WebSocket.
func (e *Endpoint) dialWay(ctx context.Context, transport, to string) (_ *webSocket, err error) {
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp", to)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = c.Close()
		}
	}()
	if transport == overWSS {
		secure := tls.Client(c, e.trustOf(to))
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, err
		}
		c = secure
	}
	until, _ := ctx.Deadline() // it has one: that of openWay
	if err := c.SetDeadline(until); err != nil {
		return nil, err
	}
	w, err := handshake(c, to, cmp.Or(e.cfg.Paths[to], "/"))
	if err != nil {
		return nil, err
	}
	return w, c.SetDeadline(time.Time{})
}

// trustOf is whom we trust, for the name in an address.
func (e *Endpoint) trustOf(to string) *tls.Config {
	trust := &tls.Config{MinVersion: tls.VersionTLS12}
	if e.cfg.TLS != nil {
		trust = e.cfg.TLS.Clone()
	}
	if host, _, err := net.SplitHostPort(to); err == nil && trust.ServerName == "" {
		trust.ServerName = host
	}
	return trust
}

// handshake asks for a WebSocket with the protocol of SIP (RFC 7118, 4). The library
// is asked the same then, and its answer goes nowhere.
func handshake(c net.Conn, to, path string) (*webSocket, error) {
	var nonce [16]byte
	_, _ = rand.Read(nonce[:]) // it never fails
	key := base64.StdEncoding.EncodeToString(nonce[:])
	ask := "GET " + path + " HTTP/1.1\r\nHost: " + to + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " + key + "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: sip\r\n\r\n"
	if _, err := io.WriteString(c, ask); err != nil {
		return nil, err
	}
	bounded := &io.LimitedReader{R: c, N: maxHandshake}
	in := bufio.NewReader(bounded)
	res, err := http.ReadResponse(in, nil)
	if err != nil {
		return nil, err
	}
	_ = res.Body.Close()                                                  // a 101 has none; of a refusal only the status matters
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")) // RFC 6455, 4.2.2
	if h := res.Header; res.StatusCode != http.StatusSwitchingProtocols || h.Get("Sec-WebSocket-Accept") != base64.StdEncoding.EncodeToString(sum[:]) || !strings.EqualFold(h.Get("Sec-WebSocket-Protocol"), "sip") {
		return nil, fault.New(fault.NotFound, "%s serves no WebSocket for SIP: it answered %q, protocol %q; expected 101 and sip", to, fault.Shorten(res.Status, 80), fault.Shorten(h.Get("Sec-WebSocket-Protocol"), 40))
	}
	bounded.N = math.MaxInt64 // each frame has its own bound
	w := &webSocket{Conn: c, in: in, ready: []byte(ask), ours: true}
	w.heard.Store(true)
	return w, nil
}

// keep asks whether the other side is still there, and closes what is silent from
// one ping to the next: what is sent then opens another.
func (w *webSocket) keep(over <-chan struct{}, tick <-chan time.Time) {
	for {
		select {
		case <-tick:
		case <-over:
			return
		}
		if !w.heard.Swap(false) || w.answer(frame(framePing, nil)) != nil {
			_ = w.Close()
			return
		}
	}
}
