package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"path/filepath"
	"time"

	"waihu/internal/access"
	"waihu/internal/api"
	"waihu/internal/app"
	"waihu/internal/console"
	"waihu/internal/fault"
	"waihu/internal/floor"
	"waihu/internal/notify"
	"waihu/internal/robot"
	"waihu/internal/telephone"
	"waihu/internal/workspace"
)

// Bounds of the server, beside those of package api.
const (
	readTime  = 30 * time.Second // of a request; uploads go on for longer
	writeTime = 90 * time.Second // of an answer
	idleTime  = 2 * time.Minute
	lanes     = 4 // of intake with PostgreSQL; SQLite writes one by one

	robotsAtOnce = 100 // connections to one dialogue server that are kept open
)

// Service is the running service.
type Service struct {
	c       *Config
	log     *slog.Logger
	out     io.Writer
	books   *Books
	intake  *app.Intake
	api     *api.API
	console *console.Server
	shelf   *workspace.Shelf // what people compare and audit: pages and interface share it
	workers *workers
	metrics *metrics
	beside  Beside
	calls   *telephone.Telephone // nil: nobody calls here
	floor   *floor.Floor         // nil likewise
	robots  *robot.Lanes         // how dialogue servers are asked
}

// Run runs the service until the context ends, then stops it: no new requests,
// those under way are finished, work goes on at the next start. What a person
// must see, such as the first password, goes to out.
func Run(ctx context.Context, c *Config, log *slog.Logger, out io.Writer) error {
	return RunWith(ctx, c, log, out, Beside{})
}

// Beside is what a demonstration adds to the service.
type Beside struct {
	Work func(context.Context, *Books) error // one more worker; nil: none
	Tour *console.Tour                       // through the console; nil: none
}

// RunWith is Run with something beside it.
func RunWith(ctx context.Context, c *Config, log *slog.Logger, out io.Writer, beside Beside) (err error) {
	free, err := Own(c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, free()) }()
	books, err := Open(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, books.DB.Close()) }()
	s := &Service{c: c, log: log, out: out, books: books, workers: newWorkers(log), beside: beside}
	if err := s.prepare(ctx); err != nil {
		return err
	}
	s.intake = app.NewIntake(books.System, s.lanes())
	defer s.intake.Close()
	return s.run(ctx)
}

func (s *Service) lanes() int {
	if s.c.IsPostgres() {
		return lanes
	}
	return 1
}

// prepare sets up what is configured, and the first operator.
func (s *Service) prepare(ctx context.Context) error {
	address, err := s.address()
	if err != nil {
		return err
	}
	s.c.HTTP.Address = address
	if s.books.Gate.Passkeys, err = access.NewPasskeys(address); err != nil {
		return err
	}
	if s.c.Access.Issuer != "" {
		a := &s.c.Access
		s.books.Gate.Provider = access.NewProvider(access.ProviderConfig{Issuer: a.Issuer, Client: a.Client, Secret: a.Secret, Address: address, Factors: a.IssuerFactors})
		asked, stop := context.WithTimeout(ctx, providerWait)
		defer stop()
		if err := s.books.Gate.Provider.Check(asked); err != nil {
			s.log.Warn("nobody can log in at the provider until it answers; the service goes on", "error", err)
		}
	}
	password, err := s.books.Gate.FirstOperator(ctx, s.c.Access.Operator)
	if err != nil {
		return err
	}
	if password != "" {
		fmt.Fprintf(s.out, "first operator: %s\none-time password (shown this once, to be changed when it is used): %s\nor set everything up in the browser: %s/begin?token=%s\n", s.c.Access.Operator, password, address, password)
	}
	return nil
}

// address is what people open.
func (s *Service) address() (string, error) {
	if s.c.HTTP.Address != "" {
		return s.c.HTTP.Address, nil
	}
	host, port, err := net.SplitHostPort(s.c.HTTP.Listen)
	if err != nil {
		return "", fault.Problem{Path: "http.listen", What: "this is no address to listen on", Expected: "127.0.0.1:8420"}
	}
	if host == "" || host == "0.0.0.0" || host == "::" || host == "127.0.0.1" {
		host = "localhost"
	}
	scheme := "http"
	if s.c.HTTP.Certificate != "" {
		scheme = "https"
	}
	return scheme + "://" + net.JoinHostPort(host, port), nil
}

func (s *Service) post() (*notify.Post, error) {
	guard := &notify.Guard{}
	for _, n := range s.c.Webhooks.Allowed {
		p, err := netip.ParsePrefix(n)
		if err != nil {
			return nil, fault.Problem{Path: "webhooks.allowed", Value: n, What: "this is no network", Expected: "10.1.2.0/24"}
		}
		guard.Allowed = append(guard.Allowed, p)
	}
	p := &notify.Post{DB: s.books.DB, IDs: s.books.System.IDs, Seal: s.books.Seal, Guard: guard, HTTPS: s.c.Webhooks.HTTPS}
	if m := s.c.Mail; m.Host != "" {
		p.Mail = &notify.SMTP{Host: m.Host, Port: m.Port, From: m.From, User: m.User, Password: m.Password, Plain: m.Plain}
	}
	return p, nil
}

func (s *Service) run(ctx context.Context) (err error) {
	post, err := s.post()
	if err != nil {
		return err
	}
	s.robots = &robot.Lanes{Books: s.books.System, Seal: s.books.Seal, HTTP: post.Guard.ClientFor(robotsAtOnce)}
	s.metrics = newMetrics(s.books, s.workers)
	s.metrics.registry.MustRegister(dialogueCounts{&s.robots.Counts})
	h := s.c.HTTP
	if s.shelf, err = workspace.Open("", workspace.Limits{}, s.books.System, time.Now); err != nil {
		return err
	}
	calls, err := s.openTelephone(ctx)
	if err != nil {
		return err
	}
	if calls != nil {
		s.books.System.Reach = calls.Reach()
		defer func() { err = errors.Join(err, calls.Close()) }()
		s.calls = calls
		s.metrics.registry.MustRegister(trunkGauge{calls}, endsGauge(calls))
		fmt.Fprintf(s.out, "agents call %s %s\n", calls.Host(), calls.Browsers())
		if err := s.openFloor(ctx); err != nil {
			return err
		}
		defer s.floor.Close()
	}
	s.api, err = api.New(api.Deps{Telephone: phoneOf(calls), Running: runningOf(calls), Floor: s.floor, System: s.books.System, Gate: s.books.Gate, Post: post, Ingest: s.intake, Shelf: s.shelf, Log: s.log, Facts: s.metrics.counted, Seen: s.metrics.seen, Work: s.workers.publicly,
		Config: api.Config{KeyRate: float64(h.KeyRate), KeyBurst: h.KeyBurst, AddressRate: float64(h.AddressRate), AddressMax: h.AddressBurst, Proxies: h.Proxies, Origins: h.Origins,
			Address: h.Address, Uploads: filepath.Join(s.c.Data, "uploads"), AdjustLimit: s.c.Access.AdjustLimit}})
	if err != nil {
		return err
	}
	if s.console, err = console.New(console.Deps{Telephone: phoneOf(calls), Trunks: trunksOf(calls), Seated: seatedOf(s.floor), System: s.books.System, Gate: s.books.Gate, Log: s.log, Client: s.api.Client, Open: s.c.Access.OpenCompare,
		Shelf: s.shelf, Tour: s.beside.Tour, Post: post, Address: h.Address, Uploads: s.api, Lists: s.api, Decider: s.api, AdjustLimit: s.c.Access.AdjustLimit, Runs: s.api}); err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", h.Listen)
	if err != nil {
		return fault.New(fault.Invalid, "http.listen: %v", err)
	}
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	closing, err := s.begin(work, post)
	if calls != nil {
		s.workers.every(work, "trunks", trunkLook, lookAtTrunks(calls))
		s.workers.every(work, "ends of calls", endsPause, calls.TellEnds)
	}
	defer func() {
		stopWork()
		s.api.Stop()
		s.workers.group.Wait()
		err = errors.Join(err, closing(), s.shelf.Close())
	}()
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	return s.serve(ctx, listener)
}

// begin starts jobs and workers.
func (s *Service) begin(ctx context.Context, post *notify.Post) (closing func() error, err error) {
	closing = func() error { return nil }
	if err := s.api.Start(ctx); err != nil {
		return closing, err
	}
	s.workers.every(ctx, "webhooks", time.Second, func(ctx context.Context) error { return post.Due(ctx, notify.Webhook) })
	s.workers.every(ctx, "mail", time.Second, func(ctx context.Context) error { return post.Due(ctx, notify.Mail) })
	s.workers.every(ctx, "sweeper", time.Minute, leased(s.books, "sweeper", 3*time.Minute, sweep(s.books, s.api)))
	s.workers.every(ctx, "daily", 10*time.Minute, leased(s.books, "daily", 30*time.Minute, today(s.books)))
	s.workers.once(ctx, "warm", s.books.System.Warm)
	s.workers.every(ctx, "calls", lostPause, leased(s.books, "calls", 2*lostPause, s.lost))
	if s.beside.Work != nil {
		s.workers.every(ctx, "beside", time.Minute, func(ctx context.Context) error { return s.beside.Work(ctx, s.books) })
	}
	return fetch(ctx, s.c, s.books, s.intake, s.workers, s.log)
}

// handler gives the interface what begins with its version, and the console
// everything else.
func (s *Service) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/v1/", s.api.Handler())
	mux.Handle("/", s.console)
	return mux
}

// serve answers requests until the context ends, and then those under way.
func (s *Service) serve(ctx context.Context, listener net.Listener) error {
	server := &http.Server{Handler: s.handler(), ReadHeaderTimeout: api.HeaderTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime,
		MaxHeaderBytes: api.HeaderBytes, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug)}
	figures := &http.Server{Handler: s.metrics.handler(s.workers), ReadHeaderTimeout: api.HeaderTime, ReadTimeout: readTime, WriteTimeout: writeTime}
	server.RegisterOnShutdown(s.api.EndStreams)
	server.RegisterOnShutdown(s.console.EndStreams)
	done := make(chan error, 2)
	if at := s.c.Metrics.Listen; at != "" {
		l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", at)
		if err != nil {
			return errors.Join(fault.New(fault.Invalid, "metrics.listen: %v", err), listener.Close())
		}
		go func() { done <- figures.Serve(l) }()
		fmt.Fprintf(s.out, "metrics on http://%s/metrics\n", l.Addr())
	}
	fmt.Fprintf(s.out, "waihu serves %s (listening on %s), data in %s\n", s.c.HTTP.Address, listener.Addr(), s.c.Data)
	s.log.Info("serving", "listen", listener.Addr().String(), "node", s.books.System.Node, "postgres", s.c.IsPostgres())
	bounded := newCrowd(listener, s.c.HTTP.Connections)
	go func() {
		if s.c.HTTP.Certificate != "" {
			done <- server.ServeTLS(bounded, s.c.HTTP.Certificate, s.c.HTTP.Key)
			return
		}
		done <- server.Serve(bounded)
	}()
	var failed error
	select {
	case failed = <-done:
	case <-ctx.Done():
		s.log.Info("stopping: requests under way are finished", "at_most_seconds", s.c.HTTP.StopWait)
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Duration(s.c.HTTP.StopWait)*time.Second)
	defer cancel()
	err := errors.Join(server.Shutdown(stop), figures.Shutdown(stop))
	if errors.Is(err, context.DeadlineExceeded) {
		err = errors.Join(server.Close(), figures.Close())
		s.log.Warn("some requests did not end in time and were broken off")
	}
	if errors.Is(failed, http.ErrServerClosed) {
		failed = nil
	}
	return errors.Join(failed, err)
}
