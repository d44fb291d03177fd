package shift

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/serve"
	"waihu/internal/sim/desk"
	"waihu/internal/voice/rtp"
	"waihu/internal/voice/sip"
)

// Run is the whole shift: the service and the agents, until every lead was tried.
func Run(ctx context.Context, s Setup) (_ *Result, err error) {
	far, err := Carrier(&s)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, far.Close()) }()
	x, err := Prepare(ctx, s, far.Addr())
	if err != nil {
		return nil, err
	}
	began := time.Now()
	ctx, stop := context.WithTimeout(ctx, s.Most)
	defer stop()
	if err := x.Serve(ctx, func(ctx context.Context) error { return x.Work(ctx) }); err != nil {
		return nil, err
	}
	return x.Result(context.WithoutCancel(ctx), time.Since(began))
}

// Serve runs the service until do returns.
func (x *Shift) Serve(ctx context.Context, do func(context.Context) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	log := slog.New(slog.NewTextHandler(x.Out, &slog.HandlerOptions{Level: slog.LevelWarn}))
	go func() { ended <- serve.Run(ctx, &x.cfg, log, io.Discard) }()
	if err := x.up(ctx, ended); err != nil {
		return err
	}
	err := do(ctx)
	stop()
	return errors.Join(err, <-ended)
}

// up waits until the service answers.
func (x *Shift) up(ctx context.Context, ended chan error) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		c, err := net.Dial("tcp", x.cfg.HTTP.Listen)
		if err == nil {
			return c.Close()
		}
		select {
		case err := <-ended:
			return errors.Join(err, fault.New(fault.Conflict, "the service did not start"))
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// oneAtATime is a writer for several goroutines.
type oneAtATime struct {
	mu sync.Mutex
	to io.Writer
}

func (o *oneAtATime) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.to.Write(b)
}

// lookPause is between two looks at how far the list is.
const lookPause = time.Second

// Work lets the agents work until every lead was tried, or the context ends.
func (x *Shift) Work(ctx context.Context) error {
	phone, err := sip.Open(sip.Config{Listen: netip.AddrPortFrom(home, 0)})
	if err != nil {
		return err
	}
	ports, err := rtp.NewPorts(home, x.First+750, x.First+999)
	if err != nil {
		return errors.Join(err, phone.Close())
	}
	if x.Guest {
		fmt.Fprintf(x.Out, "a desk is free at http://%s: %s, password %q\n", x.cfg.HTTP.Listen, guest, password)
	}
	work, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan error, 1)
	go func() {
		done <- desk.Run(work, desk.Config{Address: "http://" + x.cfg.HTTP.Listen, Campaign: x.campaign.Named("cmp"), Agents: x.logins, Phone: phone, Ports: ports, Talk: x.Talk, Wrap: x.Wrap, Seed: x.Seed,
			Tell: func(who, what string) { fmt.Fprintf(x.Out, "%s: %s\n", who, what) }})
	}()
	b, err := serve.Open(ctx, &x.cfg) // beside the service, to look at its books
	if err == nil {
		err = errors.Join(x.follow(ctx, b.System), b.DB.Close())
	}
	stop()
	return errors.Join(err, <-done, phone.Close())
}

// follow waits until the list is called to its end.
func (x *Shift) follow(ctx context.Context, sys *app.System) error {
	tick := time.NewTicker(lookPause)
	defer tick.Stop()
	for told := 0; ; {
		t, err := sys.TallyOf(ctx, x.company, x.campaign)
		if err != nil {
			return err
		}
		if n := t.Total.Tries * 10 / x.Leads; n > told {
			told = n
			fmt.Fprintf(x.Out, "%d of %d leads tried, %d conversations, %d abandoned\n", t.Total.Tries, x.Leads, t.Total.Conversations, t.Total.Abandoned)
		}
		if t.Total.Tries >= x.Leads {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil // as far as it came
		case <-tick.C:
		}
	}
}
