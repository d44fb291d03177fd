package sip

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo"
	lib "github.com/emiago/sipgo/sip"

	"waihu/internal/fault"
)

const (
	maxDatagram  = 1300             // bytes of a request that may go by UDP (RFC 3261, 18.1.1)
	socketBuffer = 1 << 20          // 208 KiB overflow under load (trap 8)
	closeGrace   = 2 * time.Second  // for what is under way when the endpoint closes
	tcpIdle      = 90 * time.Minute // beyond three refreshes of a session
	readyTries   = 1000             // of a millisecond
	maxTCP       = 512              // connections that others opened
	allowed      = "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE"
)

// Config is how an endpoint is set up. Zero values take what stands beside them.
type Config struct {
	Listen netip.AddrPort // UDP and TCP; not 0.0.0.0, for it is told to peers
	Agent  string         // User-Agent; "Waihu"
	Serve  func(*Call)    // takes a call that arrives; nil: none is taken
	// Secret is the secret of a caller's log-in; nil: callers need none.
	Secret func(user string) (string, bool)
	Realm  string // of that log-in; "waihu"

	MaxCalls   int           // calls at once, both ways; 1,000
	Rate       int           // requests a second of one source; 50
	Burst      int           // at once; 200
	Expires    time.Duration // session timer we ask for; 30 min
	MinExpires time.Duration // the shortest we take; 90 s
	Log        *slog.Logger  // what went wrong; nil: nobody is told
}

func (c *Config) defaults() {
	for _, n := range []struct {
		at *int
		is int
	}{{&c.MaxCalls, 1000}, {&c.Rate, 50}, {&c.Burst, 200}} {
		if *n.at == 0 {
			*n.at = n.is
		}
	}
	if c.Agent == "" {
		c.Agent = "Waihu"
	}
	if c.Realm == "" {
		c.Realm = "waihu"
	}
	if c.Expires == 0 {
		c.Expires = 30 * time.Minute
	}
	if c.MinExpires == 0 {
		c.MinExpires = 90 * time.Second
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
}

// Endpoint is one SIP address that places and takes calls.
type Endpoint struct {
	cfg    Config
	ua     *sipgo.UserAgent
	client *sipgo.Client
	gate   *gate
	door   *doorkeeper // nil: everybody may call
	udp    net.PacketConn
	tcp    net.Listener
	done   sync.WaitGroup
	now    func() time.Time

	mu     sync.Mutex
	closed bool
	calls  map[string]*Call // by Call-ID and our tag
	busy   atomic.Int64     // handlers at work
}

// once for the process: what the library keeps for everybody.
var library sync.Once

// Open listens.
func Open(cfg Config) (_ *Endpoint, err error) {
	cfg.defaults()
	defer fault.Wrap(&err, "opening SIP at %v", cfg.Listen)
	if !cfg.Listen.IsValid() || cfg.Listen.Addr().IsUnspecified() {
		return nil, fault.New(fault.Invalid, "the address %v cannot be told to peers; expected one of this machine with a port, such as 192.0.2.1:5060", cfg.Listen)
	}
	library.Do(func() {
		lib.UDPMTUSize = maxMessage // responses go back the way the request came, whatever their size; requests are moved to TCP by us
		lib.SetDefaultLogger(slog.New(slog.DiscardHandler))
	})
	e := &Endpoint{cfg: cfg, now: time.Now, calls: map[string]*Call{}}
	t := newThrottle(cfg.Rate, cfg.Burst, time.Now)
	if e.gate, err = newGate(t, time.Now); err != nil {
		return nil, err
	}
	e.gate.reply = e.reply
	if cfg.Secret != nil {
		if e.door, err = newDoorkeeper(cfg.Realm, cfg.Secret, t, time.Now); err != nil {
			return nil, err
		}
	}
	if err := e.listenAny(); err != nil {
		return nil, err
	}
	if err := e.start(); err != nil {
		return nil, errors.Join(err, e.udp.Close(), e.tcp.Close())
	}
	return e, nil
}

func (e *Endpoint) start() error {
	quiet := slog.New(slog.DiscardHandler)
	ua, err := sipgo.NewUA(sipgo.WithUserAgent(e.cfg.Agent),
		sipgo.WithUserAgentTransportLayerOptions(lib.WithTransportLayerReadFilter(e.gate.filter), lib.WithTransportLayerLogger(quiet),
			lib.WithTransportLayerTransports(lib.TransportsConfig{TCP: &lib.TransportTCP{ReadTimeout: tcpIdle, WriteTimeout: closeGrace}})),
		sipgo.WithUserAgentTransactionLayerOptions(lib.WithTransactionLayerLogger(quiet)))
	if err != nil {
		return err
	}
	server, err := sipgo.NewServer(ua, sipgo.WithServerLogger(quiet))
	if err != nil {
		return err
	}
	if e.client, err = sipgo.NewClient(ua, sipgo.WithClientLogger(quiet)); err != nil {
		return err
	}
	e.ua = ua
	for method, handle := range map[lib.RequestMethod]sipgo.RequestHandler{lib.INVITE: e.onInvite, lib.ACK: e.onAck, lib.CANCEL: e.onCancel, lib.BYE: e.onBye, lib.OPTIONS: e.onOptions, lib.UPDATE: e.onUpdate} {
		server.OnRequest(method, e.safe(handle))
	}
	server.OnNoRoute(e.safe(e.onOther))
	e.done.Add(2)
	defer e.ready()
	go func() {
		defer e.done.Done()
		for !e.isClosed() {
			_ = ua.TransportLayer().ServeUDP(e.udp) // it ends when the socket is closed, or to be opened anew by errRotate
		}
	}()
	go func() {
		defer e.done.Done()
		_ = ua.TransportLayer().ServeTCP(e.tcp)
	}()
	return nil
}

// safe lets no handler take the process down; the request is answered 500.
func (e *Endpoint) safe(handle sipgo.RequestHandler) sipgo.RequestHandler {
	return func(req *lib.Request, tx lib.ServerTransaction) {
		e.busy.Add(1)
		defer e.busy.Add(-1)
		defer func() {
			if r := recover(); r != nil {
				e.cfg.Log.Error("a SIP handler fell over", "method", string(req.Method), "panic", fmt.Sprint(r))
				if req.Method != lib.ACK {
					_ = tx.Respond(e.response(req, 500, "Server Internal Error"))
				}
			}
		}()
		handle(req, tx)
	}
}

// reply sends what the gate answers.
func (e *Endpoint) reply(transport string, to net.Addr, b []byte) {
	if transport == "UDP" {
		_, _ = e.udp.WriteTo(b, to)
		return
	}
	pool := e.ua.TransportLayer().Pool(transport)
	if pool == nil {
		return
	}
	if c, is := pool.Get(to.String()).(*lib.TCPConnection); is && c != nil {
		_, _ = c.Write(b)
		_, _ = c.TryClose()
	}
}

// Addr is where it listens.
func (e *Endpoint) Addr() netip.AddrPort { return e.cfg.Listen }

// Counts is what the gate did so far.
func (e *Endpoint) Counts() Counts {
	e.gate.mu.Lock()
	defer e.gate.mu.Unlock()
	return e.gate.counts
}

// Calls is how many calls there are.
func (e *Endpoint) Calls() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.calls)
}

func (e *Endpoint) isClosed() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.closed
}

// Close hangs up what is left, waits a little for the answers, and stops.
func (e *Endpoint) Close() error {
	e.mu.Lock()
	e.closed = true
	var left []*Call
	for _, c := range e.calls {
		left = append(left, c)
	}
	e.mu.Unlock()
	ctx, stop := context.WithTimeout(context.Background(), closeGrace)
	defer stop()
	for _, c := range left {
		c.Hangup()
	}
	for _, c := range left {
		select {
		case <-c.gone:
		case <-ctx.Done():
		}
	}
	for e.busy.Load() > 0 && ctx.Err() == nil { // answers to others that are being written
		time.Sleep(time.Millisecond)
	}
	err := errors.Join(e.udp.Close(), e.tcp.Close(), e.ua.Close())
	e.done.Wait()
	return err
}

// add takes a call into the book; false: there are too many, or we close.
func (e *Endpoint) add(c *Call) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed || len(e.calls) >= e.cfg.MaxCalls {
		return false
	}
	e.calls[c.key()] = c
	return true
}

func (e *Endpoint) drop(c *Call) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.calls, c.key())
}

// find is the call a request within a dialog belongs to.
func (e *Endpoint) find(req *lib.Request) *Call {
	ours, _ := req.To().Params.Get("tag")
	theirs, _ := req.From().Params.Get("tag")
	e.mu.Lock()
	c := e.calls[req.CallID().Value()+" "+ours]
	e.mu.Unlock()
	if c == nil || ours == "" || c.theirTag() != theirs {
		return nil
	}
	return c
}

// response is an answer with what every answer has.
func (e *Endpoint) response(req *lib.Request, code int, reason string, extra ...lib.Header) *lib.Response {
	res := lib.NewResponseFromRequest(req, code, reason, nil)
	res.AppendHeader(lib.NewHeader("Server", e.cfg.Agent))
	for _, h := range extra {
		res.AppendHeader(h)
	}
	return res
}

func header(name, value string) lib.Header { return lib.NewHeader(name, value) }

// onOptions says what we can do.
func (e *Endpoint) onOptions(req *lib.Request, tx lib.ServerTransaction) {
	_ = tx.Respond(e.response(req, 200, "OK", header("Allow", allowed), header("Accept", "application/sdp"), header("Supported", "timer")))
}

// known are methods of other documents: they are understood and not allowed.
const known = " REGISTER SUBSCRIBE NOTIFY REFER INFO MESSAGE PRACK PUBLISH "

func (e *Endpoint) onOther(req *lib.Request, tx lib.ServerTransaction) {
	code, reason := 501, "Not Implemented"
	if strings.Contains(known, " "+string(req.Method)+" ") {
		code, reason = 405, "Method Not Allowed"
	}
	_ = tx.Respond(e.response(req, code, reason, header("Allow", allowed)))
}

// contact is our address in dialogs.
func (e *Endpoint) contact(transport string) lib.Header {
	by := "<sip:" + e.cfg.Listen.String()
	if transport == "TCP" {
		by += ";transport=tcp"
	}
	return header("Contact", by+">")
}
