package app

import (
	"context"
	"strings"

	"waihu/internal/charging/forecast"
	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/usage"
	"waihu/internal/usage/cdr"
)

// maxRemembered bounds the calls kept in memory, some 2 GB of them, and the
// sessions.
const maxRemembered = 4_000_000

// Remembered is usage kept in memory, to be looked at again and again.
type Remembered struct {
	Calls    []usage.Call
	Seats    []usage.Seat
	Sessions []usage.Session
	Modules  []usage.Module
	Rentals  []usage.Rental
	Events   []usage.Event
}

// Call keeps a copy: what a call points to is gone after this.
func (r *Remembered) Call(c *usage.Call) error {
	if len(r.Calls) == maxRemembered {
		return fault.New(fault.Invalid, "more than %d calls: give fewer months, or a profile of them (waihu profile from)", maxRemembered)
	}
	own := *c
	for _, s := range []*string{&own.ID, &own.Source, &own.Session, &own.From, &own.To, &own.Account, &own.Agent, &own.Campaign, &own.Trunk, &own.Outcome, &own.Cause} {
		*s = strings.Clone(*s)
	}
	own.Direction, own.Result, own.By = keep(own.Direction), keep(own.Result), keep(own.By)
	own.Mode, own.Purpose, own.Line, own.Reach = keep(own.Mode), keep(own.Purpose), keep(own.Line), keep(own.Reach)
	own.Course = own.Course.Clone()
	r.Calls = append(r.Calls, own)
	return nil
}

func keep[T ~string](s T) T { return T(strings.Clone(string(s))) }

func (r *Remembered) Seat(s usage.Seat) error { r.Seats = append(r.Seats, s); return nil }
func (r *Remembered) Session(s usage.Session) error {
	if len(r.Sessions) == maxRemembered {
		return fault.New(fault.Invalid, "more than %d sessions: give fewer months at a time", maxRemembered)
	}
	r.Sessions = append(r.Sessions, s)
	return nil
}

func (r *Remembered) Module(m usage.Module) error { r.Modules = append(r.Modules, m); return nil }
func (r *Remembered) Rental(f usage.Rental) error { r.Rentals = append(r.Rentals, f); return nil }
func (r *Remembered) Event(e usage.Event) error   { r.Events = append(r.Events, e); return nil }

// Give gives the facts that takes allows to a sink; nil allows all. Facts that
// are no calls or sessions are given whatever takes says.
func (r *Remembered) Give(out usage.Sink, call func(*usage.Call) bool, session func(*usage.Session) bool) error {
	for i := range r.Calls {
		if call == nil || call(&r.Calls[i]) {
			if err := out.Call(&r.Calls[i]); err != nil {
				return err
			}
		}
	}
	for i := range r.Sessions {
		if session == nil || session(&r.Sessions[i]) {
			if err := out.Session(r.Sessions[i]); err != nil {
				return err
			}
		}
	}
	return r.giveRest(out)
}

func (r *Remembered) giveRest(out usage.Sink) error {
	for _, f := range r.Seats {
		if err := out.Seat(f); err != nil {
			return err
		}
	}
	for _, f := range r.Modules {
		if err := out.Module(f); err != nil {
			return err
		}
	}
	for _, f := range r.Rentals {
		if err := out.Rental(f); err != nil {
			return err
		}
	}
	for _, f := range r.Events {
		if err := out.Event(f); err != nil {
			return err
		}
	}
	return nil
}

// Source is usage to be looked at: files of records, or a profile to be made
// into facts.
type Source struct {
	Files   []string
	Intake  cdr.Options
	Profile *forecast.Profile
	Plan    forecast.Plan // for a profile
}

// Read gives all facts of a source to a sink, and says what became of records.
func (s *Source) Read(ctx context.Context, out usage.Sink) (*forecast.Made, *cdr.Intake, error) {
	if s.Profile != nil {
		made, err := s.Profile.Expand(s.Plan, out)
		return made, nil, err
	}
	intake := cdr.NewIntake(out, s.Intake)
	for _, file := range s.Files {
		if _, err := intake.File(ctx, file); err != nil {
			return nil, intake, err
		}
	}
	return nil, intake, nil
}

// Holidays are all calendars by region.
type Holidays = map[string]*timex.Calendar
