package sip

import (
	"context"
	"crypto/rand"
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

func (e *Endpoint) listen() error {
	udp, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(e.cfg.Listen))
	if err != nil {
		return err
	}
	_, _ = udp.SetReadBuffer(socketBuffer), udp.SetWriteBuffer(socketBuffer) // a kernel that gives less still works
	// Port 0 asks for any: TCP takes the one UDP was given.
	e.cfg.Listen = netip.AddrPortFrom(e.cfg.Listen.Addr(), uint16(udp.LocalAddr().(*net.UDPAddr).Port))
	tcp, err := net.ListenTCP("tcp", net.TCPAddrFromAddrPort(e.cfg.Listen))
	if err != nil {
		return errors.Join(err, udp.Close())
	}
	e.udp, e.tcp = udp, limited(tcp, maxTCP)
	return nil
}

// anyTries is how often a pair of ports is looked for where any will do.
const anyTries = 20

// listenAny listens at the address of the configuration; any port is one that
// UDP and TCP both have.
func (e *Endpoint) listenAny() (err error) {
	asked := e.cfg.Listen
	for range anyTries {
		e.cfg.Listen = asked
		if err = e.listen(); err == nil || asked.Port() != 0 {
			return err
		}
	}
	return err
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

// ready waits until the library knows the socket we listen at: a request sent
// before that would open another on the same port. It takes a moment at the
// start, and when the listener is opened anew.
func (e *Endpoint) ready() {
	pool := e.ua.TransportLayer().Pool("UDP")
	for range readyTries {
		if c := pool.Get(e.cfg.Listen.String()); c != nil {
			_, _ = c.TryClose()
			return
		}
		time.Sleep(time.Millisecond)
	}
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

// Ping asks a peer with OPTIONS and tells how long its answer took. An answer of
// any status is an answer.
func (e *Endpoint) Ping(ctx context.Context, uri string) (time.Duration, error) {
	var to lib.Uri
	if err := lib.ParseUri(uri, &to); err != nil || !sipURI(uri) {
		return 0, fault.New(fault.Invalid, "%q is no SIP address; expected one such as sip:192.0.2.1:5060", fault.Shorten(uri, 80))
	}
	req := lib.NewRequest(lib.OPTIONS, to)
	req.AppendHeader(header("From", fmt.Sprintf("<sip:waihu@%s>;tag=%s", e.cfg.Listen.Addr(), rand.Text()[:10])))
	req.AppendHeader(header("To", "<"+uri+">"))
	req.AppendHeader(header("Call-ID", rand.Text()))
	req.AppendHeader(header("CSeq", "1 OPTIONS"))
	began := e.now()
	_, err := e.ask(ctx, req)
	return e.now().Sub(began), err
}

// ask sends a request that is no INVITE and waits for its final answer.
func (e *Endpoint) ask(ctx context.Context, req *lib.Request) (*lib.Response, error) {
	tx, err := e.send(ctx, req)
	if err != nil {
		return nil, err
	}
	defer tx.Terminate()
	for {
		select {
		case res := <-tx.Responses():
			if !res.IsProvisional() {
				return res, nil
			}
		case <-tx.Done():
			return nil, fault.New(fault.NotFound, "%s to %s: no answer", req.Method, req.Recipient.String())
		case <-ctx.Done():
			return nil, fault.New(fault.NotFound, "%s to %s: no answer: %v", req.Method, req.Recipient.String(), ctx.Err())
		}
	}
}

// send gives a request its Via and its transport, and begins its transaction.
// One that is too long for a datagram goes by TCP, and by UDP after all if
// nobody listens there (RFC 3261, 18.1.1).
func (e *Endpoint) send(ctx context.Context, req *lib.Request) (lib.ClientTransaction, error) {
	e.dress(req)
	e.ready()
	if req.Transport() == "UDP" && len(req.String()) > maxDatagram {
		long := req.Clone()
		setTransport(long, "TCP")
		long.Laddr = lib.Addr{}
		if tx, err := e.client.TransactionRequest(ctx, long, asIs); err == nil {
			setTransport(req, "TCP")
			req.Laddr = lib.Addr{}
			return tx, nil
		}
	}
	return e.client.TransactionRequest(ctx, req, asIs)
}

// asIs keeps the library from adding fields to a request.
func asIs(*sipgo.Client, *lib.Request) error { return nil }

// sourceOf is the address a request came from.
func sourceOf(req *lib.Request) netip.Addr {
	p, err := netip.ParseAddrPort(req.Source())
	if err != nil {
		return netip.Addr{}
	}
	return p.Addr().Unmap()
}

// dress adds what every request has.
func (e *Endpoint) dress(req *lib.Request) {
	transport := req.Transport()
	req.RemoveHeader("Via")
	via := &lib.ViaHeader{ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: transport, Host: e.cfg.Listen.Addr().String(), Port: int(e.cfg.Listen.Port())}
	if e.cfg.Listen.Addr().Is6() {
		via.Host = "[" + via.Host + "]"
	}
	via.Params.Add("branch", "z9hG4bK"+rand.Text())
	via.Params.Add("rport", "")
	req.PrependHeader(via)
	if req.MaxForwards() == nil {
		hops := lib.MaxForwardsHeader(70)
		req.AppendHeader(&hops)
	}
	if req.GetHeader("User-Agent") == nil {
		req.AppendHeader(header("User-Agent", e.cfg.Agent))
	}
	if req.ContentLength() == nil {
		req.SetBody(req.Body())
	}
	setTransport(req, transport)
	if transport == "UDP" { // from the port we listen at
		req.Laddr = lib.Addr{IP: e.cfg.Listen.Addr().AsSlice(), Port: int(e.cfg.Listen.Port())}
	}
}

func setTransport(req *lib.Request, transport string) {
	req.SetTransport(transport)
	req.Via().Transport = transport
}

// limit lets so many connections in at once.
type limit struct {
	net.Listener
	places chan struct{}
}

func limited(l net.Listener, most int) net.Listener {
	return &limit{l, make(chan struct{}, most)}
}

// Accept closes at once what has no place.
func (l *limit) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		select {
		case l.places <- struct{}{}:
			return &placed{Conn: c, leave: sync.OnceFunc(func() { <-l.places })}, nil
		default:
			_ = c.Close()
		}
	}
}

type placed struct {
	net.Conn
	leave func()
}

func (p *placed) Close() error {
	p.leave()
	return p.Conn.Close()
}
