package app

import (
	"context"

	"waihu/internal/charging/dispute"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// AnswerDispute decides a dispute: what is granted of each line; nothing rejects
// it.
type AnswerDispute struct {
	Key     string         `json:"-"`
	Dispute id.ID          `json:"dispute"`
	Granted []dispute.Line `json:"granted,omitempty"`
	Answer  string         `json:"answer"` // the customer reads it
	On      timex.Date     `json:"on"`     // date of the credit note
}

// AnswerDispute ends a dispute. What is granted is given back by a credit note in
// the same transaction; reminders of the rest go on from where they were.
func (s *System) AnswerDispute(ctx context.Context, c id.Company, in AnswerDispute) (out Dispute, err error) {
	defer fault.Wrap(&err, "answer dispute %s", in.Dispute)
	if in.On == 0 {
		return out, fault.New(fault.Invalid, "the day of the answer was expected")
	}
	err = s.DB.Update(ctx, func(tx store.Tx) (err error) {
		out, err = once(tx, c, "answer_dispute", in.Key, in, func() (Dispute, error) { return s.answerDispute(tx, c, &in) })
		return err
	})
	return out, err
}

func (s *System) answerDispute(tx store.Tx, c id.Company, in *AnswerDispute) (out Dispute, err error) {
	d, r, err := get[Dispute](tx, c, KindDispute, in.Dispute)
	if err != nil {
		return out, err
	}
	_, _, of, err := s.contractOf(tx, c, d.Contract)
	if err != nil {
		return out, err
	}
	// The day it is: reminders waited until then, whatever day the note is of.
	if err := d.Decide(in.Granted, in.Answer, max(today(tx, of, 0), d.RaisedOn)); err != nil {
		return out, err
	}
	if d.Given.Sign() > 0 {
		ask := Credit{Invoice: d.Invoice, Reason: in.Answer, On: in.On}
		for _, l := range in.Granted {
			ask.Items = append(ask.Items, CreditItem(l))
		}
		note, err := s.credit(tx, c, &ask)
		if err != nil {
			return out, err
		}
		d.Note, d.NoteNumber = note.Note, note.Number
	}
	if err := putDispute(tx, r, &d); err != nil {
		return out, err
	}
	return d, s.tell(tx, c, "dispute.answered", disputeNewsOf(&d))
}

// acceptAll ends the open disputes of an invoice that was taken back whole.
func (s *System) acceptAll(tx store.Tx, c id.Company, doc *store.Document, why string) error {
	_, _, of, err := s.contractOf(tx, c, doc.Contract)
	if err != nil {
		return err
	}
	return eachDispute(tx, c, doc.ID, func(d *Dispute, r *store.Record) error {
		if d.State != dispute.Open {
			return nil
		}
		if err := d.Decide(d.Lines, why, today(tx, of, 0)); err != nil {
			return err
		}
		if err := putDispute(tx, r, d); err != nil {
			return err
		}
		return s.tell(tx, c, "dispute.answered", disputeNewsOf(d))
	})
}

// WithdrawDispute ends a dispute by its customer: nothing is given back, and
// reminders go on.
func (s *System) WithdrawDispute(ctx context.Context, c id.Company, i id.ID) (out Dispute, err error) {
	defer fault.Wrap(&err, "withdraw dispute %s", i)
	err = s.DB.Update(ctx, func(tx store.Tx) error {
		d, r, err := get[Dispute](tx, c, KindDispute, i)
		if err != nil {
			return err
		}
		_, _, of, err := s.contractOf(tx, c, d.Contract)
		if err != nil {
			return err
		}
		if err := d.Withdraw(max(today(tx, of, 0), d.RaisedOn)); err != nil {
			return err
		}
		out = d
		return putDispute(tx, r, &out)
	})
	return out, err
}

// Contested is what of an invoice is disputed and not answered, with tax: nobody
// is reminded of it.
func (s *System) Contested(ctx context.Context, c id.Company, invoice id.ID) (held money.Amount, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		doc, err := tx.Documents().Get(c, invoice)
		if err != nil {
			return err
		}
		held, _, err = contested(tx, c, doc)
		return err
	})
	return held, err
}
