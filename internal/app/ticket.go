package app

import (
	"cmp"
	"context"
	"time"
	"unicode/utf8"

	"waihu/internal/charging/service"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// Support is how fast a support plan answers, and when its desk works.
type Support struct {
	Name       string `json:"name"`                // basic, premium ...
	Zone       string `json:"time_zone,omitempty"` // none: the desk always works
	From       int    `json:"from,omitempty" doc:"Minute of the day the desk opens: 540 is 09:00."`
	To         int    `json:"to,omitempty" doc:"Minute of the day it closes: 1080 is 18:00; 0 is midnight."`
	Weekends   bool   `json:"weekends,omitempty"` // works on rest days too
	Calendar   string `json:"calendar,omitempty"` // cn, tw, hk, us
	First      int    `json:"first_minutes"`      // working minutes until the first answer; 0: no promise
	Resolution int    `json:"resolution_minutes"` // and until it is resolved
	Revision   int64  `json:"revision,omitempty" minimum:"1" doc:"Of a plan to change: the one that was read; absent: a new plan."`
}

// hours is when the desk works.
func (p *Support) hours() (*service.Hours, error) {
	h := &service.Hours{From: p.From, To: p.To, Weekends: p.Weekends}
	if p.Zone == "" {
		return h, nil
	}
	var err error
	if h.Loc, err = timex.LoadZone(p.Zone); err != nil {
		return nil, fault.New(fault.Invalid, "%v", err)
	}
	if p.Calendar != "" {
		known, err := calendars()
		if err != nil {
			return nil, err
		}
		if h.Calendar = known[p.Calendar]; h.Calendar == nil {
			return nil, fault.New(fault.Invalid, "no calendar %q is known", p.Calendar)
		}
	}
	return h, nil
}

// shortestDesk is how many minutes a day a desk works at least: from 9 to 18 are
// hours that somebody took for minutes, and clocks by them would run for weeks.
const shortestDesk = 30

// SetSupport keeps a support plan of the platform: a new one, or a change of the one
// that was read (its Revision says which). Somebody else's change is not overwritten.
func (s *System) SetSupport(ctx context.Context, in Support) (out Support, err error) {
	defer fault.Wrap(&err, "set support")
	const day = 24 * 60
	if in.Name == "" || len(in.Name) > 64 || in.From < 0 || in.From >= day || in.To < 0 || in.To > day || in.First < 0 || in.Resolution < 0 || in.Zone != "" && in.To != 0 && in.To <= in.From {
		return out, fault.New(fault.Invalid, "a name, hours within a day and minutes of nought or more were expected")
	}
	if to := cmp.Or(in.To, day); in.Zone != "" && to-in.From < shortestDesk {
		return out, fault.New(fault.Invalid, "a desk that works from minute %d to minute %d of the day: at least %d minutes were expected; 540 is 09:00, 1080 is 18:00", in.From, to, shortestDesk)
	}
	if _, err := in.hours(); err != nil {
		return out, err
	}
	err = s.DB.Update(ctx, func(tx store.Tx) error {
		_, r, err := find[Support](tx, id.Platform, KindSupport, "name", in.Name)
		if in.Revision == 0 && err != nil && fault.KindOf(err) == fault.NotFound {
			r = &store.Record{Company: id.Platform, Kind: KindSupport, Unique: []store.Key{{Name: "name", Value: in.Name}}}
			r.ID, err = s.newID(tx)
		}
		if err != nil {
			return err
		}
		if r.Revision != in.Revision {
			return store.Outdated("the support plan", r.Revision, in.Revision, r.Updated)
		}
		out = in
		out.Revision = r.Revision + 1
		return save(tx, r, &out)
	})
	return out, err
}

// States of a ticket.
const (
	TicketOpen     = "open"
	TicketWaiting  = "waiting" // for the customer: the clock of resolution stands
	TicketResolved = "resolved"
)

// OpenTicket asks for help under a support plan.
type OpenTicket struct {
	Subject string `json:"subject"`
	Plan    string `json:"plan"`
}

// TicketClocks is a ticket with its clocks.
type TicketClocks struct {
	Ticket
	First      service.Clock `json:"first"`
	Resolution service.Clock `json:"resolution"`
}

// OpenTicket starts the clocks.
func (s *System) OpenTicket(ctx context.Context, c id.Company, in OpenTicket) (out TicketClocks, err error) {
	defer fault.Wrap(&err, "open ticket")
	if !oneLine(in.Subject) || utf8.RuneCountInString(in.Subject) > maxName {
		return out, fault.New(fault.Invalid, "a subject of 1 to %d characters was expected", maxName)
	}
	err = s.DB.Update(ctx, func(tx store.Tx) error {
		t := Ticket{Subject: in.Subject, Plan: in.Plan, State: TicketOpen}
		t.Opened = tx.Now()
		var err error
		if t.ID, err = s.newID(tx); err != nil {
			return err
		}
		if out, err = s.clocks(tx, &t); err != nil {
			return err
		}
		return putTicket(tx, &store.Record{Company: c, Kind: KindTicket, ID: t.ID}, &t)
	})
	return out, err
}

func putTicket(tx store.Tx, r *store.Record, t *Ticket) error {
	r.Index = []store.Key{{Name: "state", Value: t.State}}
	t.Revision = r.Revision + 1
	return save(tx, r, t)
}

// clocks are a ticket's clocks now.
func (s *System) clocks(tx store.Tx, t *Ticket) (out TicketClocks, err error) {
	p, _, err := find[Support](tx, id.Platform, KindSupport, "name", t.Plan)
	if err != nil {
		return out, err
	}
	h, err := p.hours()
	if err != nil {
		return out, err
	}
	out.Ticket = *t
	promise := service.Promise{First: time.Duration(p.First) * time.Minute, Resolution: time.Duration(p.Resolution) * time.Minute}
	out.First, out.Resolution, err = t.Clocks(h, promise, tx.Now())
	return out, err
}

// TicketStep is what is done with a ticket.
type TicketStep string

const (
	AnswerTicket  TicketStep = "answer"  // the desk answers; the first time stops the first clock
	WaitTicket    TicketStep = "wait"    // the customer has to answer
	ResumeTicket  TicketStep = "resume"  // and has
	ResolveTicket TicketStep = "resolve" // it is done
)

// MoveTicket does a step. How long the first answer and the resolution took is
// kept as quality figures, first_response_minutes and resolution_minutes, which
// contracts can promise.
func (s *System) MoveTicket(ctx context.Context, c id.Company, ticket id.ID, step TicketStep) (out TicketClocks, err error) {
	defer fault.Wrap(&err, "ticket %s: %s", ticket, step)
	err = s.DB.Update(ctx, func(tx store.Tx) error {
		t, r, err := get[Ticket](tx, c, KindTicket, ticket)
		if err != nil {
			return err
		}
		answered := t.Answered
		if err := t.move(step, tx.Now()); err != nil {
			return err
		}
		if out, err = s.clocks(tx, &t); err != nil {
			return err
		}
		if answered == 0 && t.Answered != 0 {
			if err := s.sampleOf(tx, c, "first_response_minutes", ticket, out.First.Took); err != nil {
				return err
			}
		}
		if t.State == TicketResolved {
			if err := s.sampleOf(tx, c, "resolution_minutes", ticket, out.Resolution.Took); err != nil {
				return err
			}
		}
		return putTicket(tx, r, &t)
	})
	return out, err
}

// move changes the state. A resolved ticket stays resolved; a new question is a
// new ticket.
func (t *Ticket) move(step TicketStep, now timex.Instant) error {
	n := len(t.Waiting)
	switch {
	case t.State == TicketResolved:
		return fault.New(fault.Conflict, "the ticket is resolved: open a new one")
	case step == WaitTicket && t.State == TicketOpen:
		t.State, t.Waiting = TicketWaiting, append(t.Waiting, timex.Period{From: now})
	case step == ResumeTicket && t.State == TicketWaiting:
		t.State, t.Waiting[n-1].To = TicketOpen, now
		return nil
	case step == AnswerTicket || step == ResolveTicket:
	default:
		return fault.New(fault.Conflict, "a ticket that is %s cannot %s", t.State, step)
	}
	if t.Answered == 0 {
		t.Answered = now
	}
	if step == ResolveTicket {
		if t.State == TicketWaiting {
			t.Waiting[n-1].To = now
		}
		t.State, t.Resolved = TicketResolved, now
	}
	return nil
}

// sampleOf keeps how long something took, in minutes to the hundredth.
func (s *System) sampleOf(tx store.Tx, c id.Company, metric string, ticket id.ID, took time.Duration) error {
	i, err := s.newID(tx)
	if err != nil {
		return err
	}
	x := service.Sample{Metric: metric, At: tx.Now(), Value: exact.Frac(int64(took/time.Second), 60).Round(exact.HalfAway, 2), Weight: 1}
	return save(tx, &store.Record{Company: c, Kind: KindSample, ID: i, Unique: []store.Key{{Name: "sample", Value: metric + " " + ticket.String()}},
		Index: []store.Key{{Name: "month", Value: month(x.At)}}}, x)
}

// Tickets lists a company's tickets in a state, with their clocks.
func (s *System) Tickets(ctx context.Context, c id.Company, state string) (out []TicketClocks, err error) {
	key := store.Key{}
	if state != "" {
		key = store.Key{Name: "state", Value: state}
	}
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out = []TicketClocks{}
		return each(tx, c, KindTicket, key, func(t Ticket, r *store.Record) error {
			t.Revision = r.Revision
			clocks, err := s.clocks(tx, &t)
			out = append(out, clocks)
			return err
		})
	})
	return out, err
}
