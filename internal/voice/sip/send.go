package sip

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/netip"
	"time"

	"github.com/emiago/sipgo"
	lib "github.com/emiago/sipgo/sip"

	"waihu/internal/fault"
)

// ready waits until the library knows the socket we listen at: a request sent
// before that would open another on the same port. It takes a moment at the
// start, and when the listener is opened anew.
func (e *Endpoint) ready() {
	pool := e.ua.TransportLayer().Pool(overUDP)
	for range readyTries {
		if c := pool.Get(e.cfg.Listen.String()); c != nil {
			_, _ = c.TryClose()
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// Ping asks a peer with OPTIONS and tells how long its answer took. An answer of
// any status is an answer.
func (e *Endpoint) Ping(ctx context.Context, uri string) (time.Duration, error) {
	took, _, err := e.ping(ctx, uri, "")
	return took, err
}

// ping asks over a proxy, if there is one, and gives the status of the answer too.
func (e *Endpoint) ping(ctx context.Context, uri, proxy string) (time.Duration, int, error) {
	req, err := e.outside(lib.OPTIONS, uri, proxy)
	if err != nil {
		return 0, 0, err
	}
	req.AppendHeader(header("From", fmt.Sprintf("<sip:waihu@%s>;tag=%s", e.host(), rand.Text()[:10])))
	req.AppendHeader(header("To", "<"+uri+">"))
	req.AppendHeader(header("Call-ID", rand.Text()))
	req.AppendHeader(header("CSeq", "1 OPTIONS"))
	began := e.now()
	res, err := e.ask(ctx, req)
	if err != nil {
		return 0, 0, err
	}
	return e.now().Sub(began), res.StatusCode, nil
}

// outside makes a request that belongs to no call, to an address, over a proxy
// if there is one.
func (e *Endpoint) outside(method lib.RequestMethod, uri, proxy string) (*lib.Request, error) {
	to, transport, err := address(uri)
	if err != nil {
		return nil, err
	}
	routes, transport, err := through(proxy, transport)
	if err != nil {
		return nil, err
	}
	req := lib.NewRequest(method, to)
	for _, r := range routes {
		req.AppendHeader(header("Route", r))
	}
	req.SetTransport(transport)
	return req, nil
}

// ask sends a request that belongs to no call and waits for its final answer.
func (e *Endpoint) ask(ctx context.Context, req *lib.Request) (*lib.Response, error) {
	return e.exchange(ctx, req, false)
}

// ask sends a request of the call that is no INVITE.
func (c *Call) ask(ctx context.Context, req *lib.Request) (*lib.Response, error) {
	return c.e.exchange(ctx, req, c.pinned)
}

func (e *Endpoint) exchange(ctx context.Context, req *lib.Request, stay bool) (*lib.Response, error) {
	tx, err := e.send(ctx, req, stay)
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
// nobody listens there (RFC 3261, 18.1.1). A phone is only where it registered
// from: with stay, its request goes there whatever its length.
func (e *Endpoint) send(ctx context.Context, req *lib.Request, stay bool) (lib.ClientTransaction, error) {
	e.dress(req)
	e.ready()
	if err := e.webSocket(ctx, req, stay); err != nil {
		return nil, err
	}
	if !stay && req.Transport() == overUDP && len(req.String()) > maxDatagram {
		long := req.Clone()
		setTransport(long, overTCP)
		long.Laddr = lib.Addr{}
		if tx, err := e.client.TransactionRequest(ctx, long, asIs); err == nil {
			setTransport(req, overTCP)
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
	via := &lib.ViaHeader{ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: transport, Host: e.host(), Port: int(e.at(transport).Port())}
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
	if transport == overUDP { // from the port we listen at
		req.Laddr = lib.Addr{IP: e.cfg.Listen.Addr().AsSlice(), Port: int(e.cfg.Listen.Port())}
	}
}

func setTransport(req *lib.Request, transport string) {
	req.SetTransport(transport)
	req.Via().Transport = transport
}
