package sip

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
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
	maxTCP       = 1024             // connections that others opened, of each transport
)

// Endpoint is one SIP address that places and takes calls.
type Endpoint struct {
	cfg       Config
	ua        *sipgo.UserAgent
	client    *sipgo.Client
	gate      *gate
	door      *doorkeeper // nil: everybody may call
	phones    *registrar  // nil: no phone may register
	udp       net.PacketConn
	listeners map[string]net.Listener // by transport: TCP, and those the configuration names
	hatches   map[string]*hatch       // where WebSockets of ours come in
	done      sync.WaitGroup
	tasks     sync.WaitGroup // registrations and health, which end with quit
	quit      context.Context
	stop      context.CancelFunc
	now       func() time.Time

	mu     sync.Mutex
	closed bool
	asking int              // registrations and health
	calls  map[string]*Call // by Call-ID and our tag
	ways   map[string]*way  // WebSockets of ours, by transport and destination
	busy   atomic.Int64     // handlers at work
}

// once for the process: what the library keeps for everybody.
var library sync.Once

// Open listens.
func Open(cfg Config) (_ *Endpoint, err error) {
	cfg.defaults()
	defer fault.Wrap(&err, "opening SIP at %v", cfg.Listen)
	if err := cfg.check(); err != nil {
		return nil, err
	}
	library.Do(func() {
		lib.UDPMTUSize = maxMessage // responses go back the way the request came, whatever their size; requests are moved to TCP by us
		lib.SetDefaultLogger(slog.New(slog.DiscardHandler))
	})
	e := &Endpoint{cfg: cfg, now: time.Now, calls: map[string]*Call{}, ways: map[string]*way{}}
	e.quit, e.stop = context.WithCancel(context.Background())
	t := newThrottle(cfg.Rate, cfg.Burst, time.Now)
	if e.gate, err = newGate(t, time.Now); err != nil {
		return nil, err
	}
	e.gate.reply = e.reply
	if cfg.Secret != nil {
		if e.door, err = newDoorkeeper(cfg.Realm, cfg.Secret, cfg.Kept, t, e.isPhone, time.Now); err != nil {
			return nil, err
		}
	}
	if cfg.Register {
		e.phones = newRegistrar(cfg.MaxPhones, cfg.MinLease, time.Now)
	}
	if err := e.listenAny(); err != nil {
		return nil, err
	}
	if err := e.start(); err != nil {
		return nil, errors.Join(err, e.closeSockets())
	}
	return e, nil
}

func (e *Endpoint) start() error {
	quiet := slog.New(slog.DiscardHandler)
	ua, err := e.agent(quiet)
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
	for method, handle := range map[lib.RequestMethod]sipgo.RequestHandler{lib.INVITE: e.onInvite, lib.ACK: e.onAck, lib.CANCEL: e.onCancel, lib.BYE: e.onBye, lib.OPTIONS: e.onOptions, lib.UPDATE: e.onUpdate, lib.REGISTER: e.onRegister, lib.REFER: e.onRefer, lib.NOTIFY: e.onNotify} {
		server.OnRequest(method, e.safe(handle))
	}
	server.OnNoRoute(e.safe(e.onOther))
	e.carry()
	e.ready()
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
	if transport == overUDP {
		_, _ = e.udp.WriteTo(b, to)
		return
	}
	pool := e.ua.TransportLayer().Pool(transport)
	if pool == nil {
		return
	}
	if c := pool.Get(to.String()); c != nil {
		if w, is := c.(io.Writer); is {
			_, _ = w.Write(b)
		}
		_, _ = c.TryClose()
	}
}

// Addr is where it listens.
func (e *Endpoint) Addr() netip.AddrPort { return e.cfg.Listen }

// WebSocket is where browsers open theirs, encrypted or not; not valid: nowhere.
func (e *Endpoint) WebSocket() netip.AddrPort {
	for _, transport := range []string{overWSS, overWS} {
		if l := e.listeners[transport]; l != nil {
			return l.Addr().(*net.TCPAddr).AddrPort()
		}
	}
	return netip.AddrPort{}
}

// Counts is what the gate did so far.
func (e *Endpoint) Counts() Counts {
	e.gate.mu.Lock()
	defer e.gate.mu.Unlock()
	return e.gate.counts
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
	e.stop()
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
	e.tasks.Wait() // each within its own grace
	err := errors.Join(e.closeSockets(), e.ua.Close())
	e.done.Wait()
	return err
}
