package serve

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/receive"
	"waihu/internal/timex"
	"waihu/internal/usage/cdr"
)

const (
	usualEvery  = 5 * time.Second
	sourceLease = 2 * time.Minute
)

// stepper reads what is new of a source.
type stepper interface {
	Step(ctx context.Context) (int64, error)
}

// source makes what fetches one; close ends what it holds.
func (s *Source) open(b *Books, to receive.Ingester) (step func(context.Context) error, closing func() error, err error) {
	company, err := id.ParseNamed("co", s.Company)
	if err != nil {
		return nil, nil, fault.New(fault.Invalid, "source %s: company: %v", s.Name, err)
	}
	opt := cdr.Options{Format: s.Format, Source: s.System, Columns: s.Columns}
	if s.Zone != "" {
		if opt.Zone, err = timex.LoadZone(s.Zone); err != nil {
			return nil, nil, fault.New(fault.Invalid, "source %s: time_zone: %v", s.Name, err)
		}
	}
	c := id.Company{ID: company}
	closing = func() error { return nil }
	var st stepper
	switch s.Kind {
	case "file":
		if _, err := cdr.Find(cdr.Formats(), s.Format); err != nil {
			return nil, nil, fault.New(fault.Invalid, "source %s: %v", s.Name, err)
		}
		st = &receive.Follower{DB: b.DB, IDs: b.System.IDs, To: b.System, Company: c, Source: s.Name, Path: s.Path, Options: opt}
	case "table":
		table, err := receive.FindTable(s.Table)
		if err != nil {
			return nil, nil, err
		}
		from, err := receive.OpenMySQL(s.Address)
		if err != nil {
			return nil, nil, err
		}
		closing = from.Close
		st = &receive.Poller{DB: b.DB, IDs: b.System.IDs, To: b.System, Company: c, Source: s.Name, From: from, Table: table, Options: opt}
	default:
		m := &receive.Manager{To: to, Company: c, Address: s.Address, User: s.User, Secret: s.Secret, Options: opt}
		return m.Run, closing, nil
	}
	return func(ctx context.Context) error { _, err := st.Step(ctx); return err }, closing, nil
}

// fetch begins to read every source; each is read by one node at a time.
func fetch(ctx context.Context, c *Config, b *Books, to receive.Ingester, w *workers, log *slog.Logger) (closing func() error, err error) {
	var closers []func() error
	closing = func() error {
		var errs []error
		for _, f := range closers {
			errs = append(errs, f())
		}
		return errors.Join(errs...)
	}
	for i := range c.Sources {
		s := &c.Sources[i]
		step, end, err := s.open(b, to)
		if err != nil {
			return closing, err
		}
		closers = append(closers, end)
		every := usualEvery
		if s.Every > 0 {
			every = time.Duration(s.Every) * time.Second
		}
		name := "source " + s.Company + " " + s.Name
		if s.Kind != "manager" { // every node may listen: the same call is kept once
			step = leased(b, name, max(sourceLease, 3*every), step)
		}
		w.every(ctx, name, every, step)
		log.Info("a source is read", "source", s.Name, "kind", s.Kind, "every", every)
	}
	return closing, nil
}
