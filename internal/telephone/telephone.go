package telephone

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/outbound"
	"waihu/internal/planfile"
	"waihu/internal/timex"
	"waihu/internal/usage"
	"waihu/internal/voice"
	"waihu/internal/voice/exchange"
	"waihu/internal/voice/record"
	"waihu/internal/voice/retention"
	"waihu/internal/voice/rtp"
	"waihu/internal/voice/sip"
	"waihu/internal/voice/trunk"
	"waihu/internal/voice/webrtc"
)

// Config is how calling is set up.
type Config struct {
	Listen   netip.AddrPort // SIP: telephones and trunks
	Browsers netip.AddrPort // WebSocket of browsers; zero: none
	Media    netip.AddrPort // sound of browsers, one UDP port
	Told     netip.Addr     // address that browsers are told for it; none: that of Media
	Secure   *tls.Config    // of the WebSocket; nil: plain, behind a proxy or on this machine
	Ports    string         // for sound: 40000-40199
	Trunks   string         // file
	KeepDays int            // of recordings
	Ends     string         // folder for ends of calls that the books cannot be told; empty: none is kept
	Lines    Lines          // log-ins of desk telephones; nil: there are none
	Log      *slog.Logger
}

// Lines are the log-ins of desk telephones, which hold until they are ended.
type Lines interface {
	// LineDigest is what a log-in is checked with, in access.LineRealm, and whether
	// there is one.
	LineDigest(ctx context.Context, account string) (ha1 string, good bool, err error)
	// LineHolder is whose it is.
	LineHolder(ctx context.Context, account string) (c id.Company, user id.ID, err error)
}

// asking bounds how long a log-in waits for the books.
const asking = 5 * time.Second

// Telephone is calling that runs.
type Telephone struct {
	cfg    Config
	sys    *app.System
	passes *exchange.Passes
	web    *webrtc.Endpoint
	x      *exchange.Exchange
	desk   *outbound.Desk
	shares *outbound.Shares
	spool  *outbound.Spool // nil: none
	floor  *floorLines
	opened chan struct{} // closed once calls can be taken, or never will be
}

// isOpen waits until calls can be taken: whoever calls may be heard before Open has
// returned. False: it failed.
func (t *Telephone) isOpen() bool {
	<-t.opened
	return t.desk != nil
}

// Open begins to take agents' calls. Calls that this node left behind are ended
// first.
func Open(ctx context.Context, sys *app.System, cfg Config) (_ *Telephone, err error) {
	defer fault.Wrap(&err, "voice")
	t := &Telephone{cfg: cfg, sys: sys, opened: make(chan struct{})}
	board, trunks, err := boardOf(cfg.Trunks)
	if err != nil {
		return nil, err
	}
	ports, err := rtp.ParsePorts(cfg.Listen.Addr(), cfg.Ports)
	if err != nil {
		return nil, err
	}
	if t.passes, err = exchange.NewPasses(); err != nil {
		return nil, err
	}
	if cfg.Ends != "" {
		if t.spool, err = outbound.OpenSpool(cfg.Ends); err != nil {
			return nil, err
		}
	}
	if err := t.TellEnds(ctx); err != nil && cfg.Log != nil {
		cfg.Log.Error("ends of calls wait to be told", "error", err)
	}
	if err := t.endLeft(ctx); err != nil { // after what is known better
		return nil, err
	}
	if t.shares, err = outbound.KeepShares(ctx, sys, board); err != nil {
		return nil, err
	}
	defer func() {
		if err == nil {
			return
		}
		if t.web != nil {
			err = errors.Join(err, t.web.Close())
		}
		err = errors.Join(err, t.shares.Close(context.WithoutCancel(ctx)))
	}()
	phones := sip.Config{Listen: cfg.Listen, Secret: t.passes.Secret, Realm: access.LineRealm, Trusted: board.Trusts, Paths: trunk.Paths(trunks), Log: cfg.Log}
	if cfg.Lines != nil {
		phones.Kept = func(account string) (string, bool, error) {
			ctx, stop := context.WithTimeout(context.Background(), asking)
			defer stop()
			return cfg.Lines.LineDigest(ctx, account)
		}
	}
	if cfg.Browsers.IsValid() {
		if t.web, err = webrtc.Open(webrtc.Config{Listen: cfg.Media, Told: cfg.Told}); err != nil {
			return nil, err
		}
		if phones.ListenWS = cfg.Browsers; cfg.Secure != nil {
			phones.ListenWS, phones.ListenWSS, phones.TLS = netip.AddrPort{}, cfg.Browsers, cfg.Secure
		}
	}
	t.floor = newFloorLines(t)
	if t.x, err = exchange.Open(exchange.Config{SIP: phones, Ports: ports, Web: t.web, Connect: t.connect, Whose: t.whose, Incoming: t.floor.incoming}); err != nil {
		return nil, err
	}
	err = watch(t.x.Phone(), board, trunks, sip.Watching{})
	if err == nil {
		err = register(t.x.Phone(), board, trunks, os.Getenv, cfg.Log)
	}
	if err != nil {
		close(t.opened) // Close waits for calls that wait for this
		return nil, errors.Join(err, t.x.Close())
	}
	t.desk = &outbound.Desk{Books: sys, Owner: sys.Node, Spool: t.spool, Lines: &voice.Lines{Endpoint: t.x.Phone(), Ports: ports, Board: board, Secret: os.Getenv, More: t.shares.More}}
	close(t.opened)
	return t, nil
}

// boardOf reads the trunks.
func boardOf(file string) (*trunk.Board, []trunk.Trunk, error) {
	cfg, problems := planfile.LoadTrunks(os.DirFS(filepath.Dir(file)), filepath.Base(file))
	if problems.Err() != nil {
		return nil, nil, problems
	}
	zone, err := timex.LoadZone(cfg.Zone)
	if err != nil {
		return nil, nil, err
	}
	return trunk.NewBoard(cfg, zone, rand.Uint64()), cfg.Trunks, nil
}

// endLeft ends what calls of this node left behind, in every company.
func (t *Telephone) endLeft(ctx context.Context) error {
	return t.sys.EachCompany(ctx, func(c app.Company) error {
		n, err := t.sys.CutOffCalls(ctx, id.Company{ID: c.ID}, t.sys.Node)
		if n > 0 && t.cfg.Log != nil {
			t.cfg.Log.Warn("calls that were cut off have been ended", "company", c.ID.Named("co"), "calls", n)
		}
		// A recording that cannot be mended keeps nobody from calling.
		if _, failed := t.sys.MendRecordings(ctx, id.Company{ID: c.ID}); failed != nil && t.cfg.Log != nil {
			t.cfg.Log.Error("what was recorded before is not whole", "company", c.ID.Named("co"), "error", failed)
		}
		return err
	})
}

// TellEnds tells the books the ends of calls that wait. An error says that some still do.
func (t *Telephone) TellEnds(ctx context.Context) error {
	if t.spool == nil {
		return nil
	}
	told, late, err := t.spool.Tell(ctx, t.sys)
	if told+late > 0 && t.cfg.Log != nil {
		t.cfg.Log.Warn("ends of calls that waited have been told", "calls", told, "ended_by_others", late)
	}
	waiting, refused, failed := t.spool.Waiting()
	if err = errors.Join(err, failed); err == nil && waiting+refused > 0 {
		err = fault.New(fault.Conflict, "%d ends of calls wait for the books in %s, and %d were refused: see the log of when they were", waiting, t.cfg.Ends, refused)
	}
	return err
}

// EndsWaiting is how many ends of calls the books do not know.
func (t *Telephone) EndsWaiting() int {
	if t.spool == nil {
		return 0
	}
	waiting, refused, err := t.spool.Waiting()
	if err != nil && t.cfg.Log != nil {
		t.cfg.Log.Error("the folder for ends of calls cannot be read", "error", err)
	}
	return waiting + refused
}

// Close ends the calls and stops.
func (t *Telephone) Close() error {
	t.floor.stop()
	err := errors.Join(t.x.Close(), t.floor.wait())
	if t.web != nil {
		err = errors.Join(err, t.web.Close())
	}
	ctx, stop := context.WithTimeout(context.Background(), asking)
	defer stop()
	return errors.Join(err, t.shares.Close(ctx))
}

// Host is the address telephones call.
func (t *Telephone) Host() string { return t.x.Phone().Addr().String() }

// Browsers is where a browser opens its WebSocket; empty: nowhere.
func (t *Telephone) Browsers() string {
	if t.web == nil {
		return ""
	}
	scheme := "ws"
	if t.cfg.Secure != nil {
		scheme = "wss"
	}
	return scheme + "://" + t.x.Phone().WebSocket().String()
}

// between parts the company from the agent in the name of a pass.
const between = "-"

// Pass is a log-in for an agent of a company.
func (t *Telephone) Pass(c id.Company, agent string) (user, secret string, until time.Time, err error) {
	p, err := t.passes.Give(c.Named("co") + between + agent)
	return p.User, p.Secret, p.Until, err
}

// connect is what an agent's call is.
func (t *Telephone) connect(ctx context.Context, user, name string, _ bool) (string, exchange.Placing, error) {
	if !t.isOpen() {
		return "", nil, fault.New(fault.Conflict, "the service stops")
	}
	c, agent, err := t.holder(ctx, user)
	if err != nil {
		return "", nil, err
	}
	call, err := id.ParseNamed("call", name)
	if name == access.NextCall {
		call, err = t.next(ctx, c, agent)
	}
	if err != nil {
		return "", nil, fault.New(fault.NotFound, "%q is no planned call", fault.Shorten(name, 80))
	}
	p, err := t.sys.TakePlannedCall(ctx, c, call, agent)
	if err != nil {
		return "", nil, err
	}
	return callName(p.ID), func(ctx context.Context, beside func(*sip.Call, *voice.Leg)) (*voice.Report, error) {
		return t.place(ctx, c, &p, beside)
	}, nil
}

// holder is whose log-in it is; it was good when the call came.
func (t *Telephone) holder(ctx context.Context, user string) (c id.Company, agent string, err error) {
	if holder, good := t.passes.Agent(user); good || t.cfg.Lines == nil {
		company, agent, ok := strings.Cut(holder, between)
		c, err := id.ParseNamed("co", company)
		if !ok || err != nil {
			return id.Company{}, "", fault.New(fault.Invalid, "%q is no agent's log-in", fault.Shorten(user, 80))
		}
		return id.Company{ID: c}, agent, nil
	}
	c, who, err := t.cfg.Lines.LineHolder(ctx, user)
	return c, who.Named("user"), err
}

// next is the call that waits longest for an agent.
func (t *Telephone) next(ctx context.Context, c id.Company, agent string) (id.ID, error) {
	all, err := t.sys.PlannedCalls(ctx, c, agent)
	if err == nil && len(all) == 0 {
		err = fault.New(fault.NotFound, "no call waits for the agent")
	}
	if err != nil {
		return id.ID{}, err
	}
	return all[0].ID, nil
}

// place places a planned call, with its recording.
func (t *Telephone) place(ctx context.Context, c id.Company, p *app.PlannedCall, beside func(*sip.Call, *voice.Leg)) (_ *voice.Report, err error) {
	d, err := t.floor.join(ctx, c, p)
	if err != nil {
		return nil, t.told(err)
	}
	defer t.floor.leave(d)
	w := outbound.Wish{Company: c, Contract: p.Contract, Call: p.ID.Named("call"), Agent: p.Agent, Campaign: p.Campaign, Order: voice.Order{Number: p.To, From: p.From, Beside: beside}}
	var kept app.Recording
	var f *os.File
	if p.Record {
		if kept, f, err = t.sys.BeginRecording(ctx, c, app.BeginRecording{Call: w.Call, Rules: []retention.Rule{{Name: "installation", Days: t.cfg.KeepDays}},
			About: app.RecordingAbout{Agent: p.Agent, Campaign: p.Campaign, Number: p.To, Direction: usage.Outbound}}); err != nil {
			return nil, t.told(err) // what must be recorded is not placed without
		}
		w.Order.Record, w.Order.Kept = f, kept.ID.Named("rec")
	}
	done, err := t.desk.Place(ctx, w)
	t.count(c, p.To, err)
	var report *voice.Report
	if done != nil {
		report = done.Report
		if report == nil && err == nil {
			err = &voice.NoWay{Number: p.To, Tries: done.Tries}
		}
	}
	if p.Record {
		var sum record.Sum
		if report != nil {
			sum = report.Sum
		}
		err = errors.Join(err, f.Close())
		_, failed := t.sys.FinishRecording(context.WithoutCancel(ctx), c, kept.ID, sum)
		err = errors.Join(err, failed)
	}
	return report, t.told(err)
}

// told notes what went wrong, and says why as an agent's telephone is to be told.
func (t *Telephone) told(err error) error {
	if err == nil {
		return nil
	}
	if t.cfg.Log != nil {
		t.cfg.Log.Warn("a call was not placed, or not to its end", "error", err.Error())
	}
	var never *trunk.Refusal
	if errors.As(err, &never) {
		return &exchange.Refusal{Reason: string(never.Reason), Err: fault.New(fault.Invalid, "%v", err)}
	}
	var no *app.CallRefused
	if errors.As(err, &no) {
		return &exchange.Refusal{Reason: string(no.Reason), Err: fault.New(fault.Conflict, "%v", err)}
	}
	var full *voice.NoWay
	if errors.As(err, &full) {
		return &exchange.Refusal{Reason: "no_trunk", Err: fault.New(fault.Conflict, "%v", err)}
	}
	return err
}

// AddressOf reads an address of this machine with a port.
func AddressOf(text string) (netip.AddrPort, error) {
	at, err := netip.ParseAddrPort(text)
	if err != nil || at.Addr().IsUnspecified() {
		return at, fault.New(fault.Invalid, "%q cannot be told to others; expected an address of this machine with a port, such as %s", fault.Shorten(text, 60), net.JoinHostPort("192.0.2.1", cmp.Or(portOf(text), "5060")))
	}
	return at, nil
}

func portOf(text string) string {
	_, port, _ := net.SplitHostPort(text)
	return port
}
