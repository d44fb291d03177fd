package app

import (
	"context"
	"encoding/json"

	"waihu/internal/charging/dispute"
	"waihu/internal/charging/invoice"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// RaiseDispute is a customer's objection to lines of an invoice.
type RaiseDispute struct {
	Key     string         `json:"-"`
	Invoice id.ID          `json:"invoice"`
	Lines   []dispute.Line `json:"lines"`
	Reason  dispute.Reason `json:"reason"`
	Words   string         `json:"words"`
}

// RaiseDispute keeps an objection. Until it is answered nobody is reminded of what
// is disputed. More than is left of a line, a line that is disputed already, and a
// day behind those the contract gives for objecting are Conflicts.
func (s *System) RaiseDispute(ctx context.Context, c id.Company, in RaiseDispute) (out Dispute, err error) {
	defer fault.Wrap(&err, "dispute")
	err = s.DB.Update(ctx, func(tx store.Tx) (err error) {
		out, err = once(tx, c, "raise_dispute", in.Key, in, func() (Dispute, error) { return s.raiseDispute(tx, c, &in) })
		return err
	})
	return out, err
}

func (s *System) raiseDispute(tx store.Tx, c id.Company, in *RaiseDispute) (out Dispute, err error) {
	doc, err := payable(tx, c, in.Invoice)
	if err != nil {
		return out, err
	}
	_, _, of, err := s.contractOf(tx, c, doc.Contract)
	if err != nil {
		return out, err
	}
	on := max(today(tx, of, 0), doc.IssuedOn)
	if days := of.contract.ObjectionDays; days > 0 && on > doc.IssuedOn+timex.Date(days) {
		return out, fault.New(fault.Conflict, "the contract gives %d days to object to an invoice: that was until %s", days, doc.IssuedOn+timex.Date(days))
	}
	out = Dispute{Invoice: doc.ID, Number: doc.Number, Contract: doc.Contract}
	if out.Dispute, err = dispute.Raise(in.Lines, in.Reason, in.Words, on); err != nil {
		return out, err
	}
	if out.Worth, err = worthOf(tx, c, doc, in.Lines, on); err != nil {
		return out, err
	}
	held, _, err := contested(tx, c, doc)
	if err != nil {
		return out, err
	}
	if err := eachDispute(tx, c, doc.ID, func(d *Dispute, _ *store.Record) error { return d.apart(in.Lines) }); err != nil {
		return out, err
	}
	if held, err = held.Add(out.Worth); err != nil {
		return out, fault.New(fault.Overflow, "%v", err)
	}
	out.Whole = held.Cmp(openOf(doc)) >= 0
	if out.ID, err = s.newID(tx); err != nil {
		return out, err
	}
	if err := putDispute(tx, &store.Record{Company: c, Kind: KindDispute, ID: out.ID}, &out); err != nil {
		return out, err
	}
	return out, s.tell(tx, c, "dispute.raised", disputeNewsOf(&out))
}

// apart refuses lines that an open dispute is about.
func (d *Dispute) apart(lines []dispute.Line) error {
	for _, l := range lines {
		if d.State == dispute.Open && d.About(l.Line) {
			return fault.New(fault.Conflict, "line %q is disputed already: that is answered first", l.Line)
		}
	}
	return nil
}

// worthOf is what a credit note on some lines would come to, with tax. It is made
// as the note would be, so that what cannot be credited cannot be disputed.
func worthOf(tx store.Tx, c id.Company, doc *store.Document, lines []dispute.Line, on timex.Date) (money.Amount, error) {
	inv := &invoice.Invoice{}
	if err := json.Unmarshal(doc.Body, inv); err != nil {
		return doc.Total, fault.New(fault.Internal, "invoice %s cannot be read: %v", doc.Number, err)
	}
	ask := invoice.NoteOn{Number: "?", On: on, Reason: "?"}
	var err error
	if ask.Earlier, err = notesOn(tx, c, doc); err != nil {
		return doc.Total, err
	}
	for _, l := range lines {
		ask.Items = append(ask.Items, invoice.Item{Line: l.Line, Amount: l.Amount})
	}
	note, err := invoice.NewCreditNote(inv, ask)
	if err != nil {
		return doc.Total, err
	}
	return note.Total, nil
}

func putDispute(tx store.Tx, r *store.Record, d *Dispute) error {
	r.Index = []store.Key{invoiceKey(d.Invoice), {Name: "state", Value: string(d.State)}}
	d.Revision = r.Revision + 1
	return save(tx, r, d)
}

// eachDispute hands out the disputes of an invoice.
func eachDispute(tx store.Tx, c id.Company, invoice id.ID, f func(*Dispute, *store.Record) error) error {
	return each(tx, c, KindDispute, invoiceKey(invoice), func(d Dispute, r *store.Record) error { return f(&d, r) })
}

// contested is what of an invoice nobody is reminded of, and all disputes about it.
func contested(tx store.Tx, c id.Company, doc *store.Document) (held money.Amount, all []dispute.Dispute, err error) {
	held = money.Zero(doc.Total.Currency())
	err = eachDispute(tx, c, doc.ID, func(d *Dispute, _ *store.Record) (err error) {
		all = append(all, d.Dispute)
		if held, err = held.Add(d.Held()); err != nil {
			return fault.New(fault.Overflow, "%v", err)
		}
		return nil
	})
	return held, all, err
}

// waited is by how many days disputes moved the reminders of an invoice back. What
// was paid, given up or credited counts from the day it was booked: until then
// somebody could be reminded of it.
func (s *System) waited(tx store.Tx, c id.Company, doc *store.Document, all []dispute.Dispute, today timex.Date) (timex.Date, error) {
	if len(all) == 0 {
		return 0, nil
	}
	_, _, of, err := s.contractOf(tx, c, doc.Contract)
	if err != nil {
		return 0, err
	}
	var falls []dispute.Fall
	if err := each(tx, c, KindMovement, invoiceKey(doc.ID), func(m Movement, _ *store.Record) error {
		falls = append(falls, dispute.Fall{On: m.Booked.DateIn(of.loc), Amount: m.Pays})
		return nil
	}); err != nil {
		return 0, err
	}
	err = eachDocument(tx, c, store.DocumentQuery{Kind: store.CreditNote, Contract: doc.Contract}, func(d *store.Document) error {
		if d.Of == doc.ID {
			falls = append(falls, dispute.Fall{On: d.Created.DateIn(of.loc), Amount: d.Total})
		}
		return nil
	})
	return dispute.Waited(all, falls, openOf(doc), doc.DueOn, today), err
}

// disputeNews is what messages say of a dispute.
type disputeNews struct {
	Dispute    id.ID          `json:"dispute"`
	Invoice    id.ID          `json:"invoice"`
	Number     string         `json:"number"`
	State      dispute.State  `json:"state"`
	Reason     dispute.Reason `json:"reason"`
	Amount     money.Amount   `json:"amount"`
	Given      money.Amount   `json:"given,omitzero"`
	AnswerBy   timex.Date     `json:"answer_by"`
	Answer     string         `json:"answer,omitempty"`
	CreditNote string         `json:"credit_note,omitempty"`
}

func disputeNewsOf(d *Dispute) disputeNews {
	return disputeNews{d.ID, d.Invoice, d.Number, d.State, d.Reason, d.Amount, d.Given, d.AnswerBy, d.Answer, d.NoteNumber}
}

func (n disputeNews) words() map[string]string {
	out := map[string]string{"number": n.Number, "amount": n.Amount.String(), "answer_by": n.AnswerBy.String(), "answer": n.Answer, "note": n.CreditNote}
	if n.Given.Sign() > 0 {
		out["given"] = n.Given.String()
	}
	return out
}
