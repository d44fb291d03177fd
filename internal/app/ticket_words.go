package app

import (
	"context"
	"strings"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// TicketWord is something that was written on a ticket.
type TicketWord struct {
	At    timex.Instant `json:"at"`
	By    string        `json:"by"`
	Staff bool          `json:"staff"` // of the operator's people
	Text  string        `json:"text"`
}

// Bounds of what is written on a ticket.
const (
	maxWord  = 10_000 // bytes
	maxWords = 500
)

// WriteTicket adds words to a ticket. The customer's words let a ticket go on
// that waits for them; the desk's stop the first clock. A resolved ticket takes
// none: a new question is a new ticket.
func (s *System) WriteTicket(ctx context.Context, c id.Company, ticket id.ID, in TicketWord) (out TicketClocks, err error) {
	defer fault.Wrap(&err, "ticket %s: write", ticket)
	if strings.TrimSpace(in.Text) == "" || len(in.Text) > maxWord {
		return out, fault.New(fault.Invalid, "words of 1 to %d bytes were expected", maxWord)
	}
	err = s.DB.Update(ctx, func(tx store.Tx) error {
		t, r, err := get[Ticket](tx, c, KindTicket, ticket)
		if err != nil {
			return err
		}
		switch {
		case t.State == TicketResolved:
			return fault.New(fault.Conflict, "the ticket is resolved: open a new one")
		case len(t.Words) >= maxWords:
			return fault.New(fault.Conflict, "a ticket has at most %d answers: open a new one", maxWords)
		}
		in.At = tx.Now()
		t.Words = append(t.Words, in)
		if err := putTicket(tx, r, &t); err != nil {
			return err
		}
		out, err = s.clocks(tx, &t)
		return err
	})
	step := ResumeTicket
	if in.Staff {
		step = AnswerTicket
	}
	if err != nil || !in.Staff && out.State != TicketWaiting {
		return out, err
	}
	return s.MoveTicket(ctx, c, ticket, step)
}

// GetTicket reads a ticket with its clocks.
func (s *System) GetTicket(ctx context.Context, c id.Company, ticket id.ID) (out TicketClocks, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		t, r, err := get[Ticket](tx, c, KindTicket, ticket)
		if err != nil {
			return err
		}
		t.Revision = r.Revision
		out, err = s.clocks(tx, &t)
		return err
	})
	return out, err
}

// Supports are the plans of support, in the order they were made.
func (s *System) Supports(ctx context.Context) (out []Support, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out, err = all[Support](tx, id.Platform, KindSupport, store.Key{})
		return err
	})
	return out, err
}
