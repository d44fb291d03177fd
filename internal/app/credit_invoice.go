package app

import (
	"context"
	"encoding/json"
	"fmt"

	"waihu/internal/charging/invoice"
	"waihu/internal/charging/ledger"
	"waihu/internal/document"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// Credit gives back a part of an invoice, or all of it.
type Credit struct {
	Key     string       `json:"-"`
	Invoice id.ID        `json:"invoice"`
	Items   []CreditItem `json:"items,omitempty"` // none: all that is left of all lines
	Reason  string       `json:"reason"`
	On      timex.Date   `json:"on"`
}

// CreditItem is a line, and how much of it; no amount is all that is left.
type CreditItem struct {
	Line   string       `json:"line"`
	Amount money.Amount `json:"amount,omitzero"`
}

// Credited is a credit note that was issued.
type Credited struct {
	Note    id.ID        `json:"note"`
	Number  string       `json:"number"`
	Invoice id.ID        `json:"invoice"`
	Total   money.Amount `json:"total"`
	Open    money.Amount `json:"open"` // of the invoice
}

// Credit issues a credit note. What is beyond the open part of the invoice is
// kept for the next ones. No credit exceeds what was billed.
func (s *System) Credit(ctx context.Context, c id.Company, in Credit) (out Credited, err error) {
	defer fault.Wrap(&err, "credit")
	if err := document.PrintableText(in.Reason); err != nil {
		return out, err // it stands on the note
	}
	err = s.DB.Update(ctx, func(tx store.Tx) (err error) {
		out, err = once(tx, c, "credit", in.Key, in, func() (Credited, error) { return s.credit(tx, c, &in) })
		return err
	})
	return out, err
}

func (s *System) credit(tx store.Tx, c id.Company, in *Credit) (out Credited, err error) {
	doc, err := payable(tx, c, in.Invoice)
	if err != nil {
		return out, err
	}
	inv := &invoice.Invoice{}
	if err := json.Unmarshal(doc.Body, inv); err != nil {
		return out, fault.New(fault.Internal, "invoice %s cannot be read: %v", doc.Number, err)
	}
	on := invoice.NoteOn{On: in.On, Reason: in.Reason}
	if on.Earlier, err = notesOn(tx, c, doc); err != nil {
		return out, err
	}
	for _, item := range in.Items {
		on.Items = append(on.Items, invoice.Item{Line: item.Line, Amount: item.Amount, Whole: item.Amount.Currency().IsZero()})
	}
	series, err := seriesOf(tx, c)
	if err != nil {
		return out, err
	}
	series = NoteSeries(series)
	n, err := tx.Documents().Next(id.Platform, series)
	if err != nil {
		return out, err
	}
	on.Number = fmt.Sprintf("%s-%06d", series, n)
	note, err := invoice.NewCreditNote(inv, on)
	if err != nil {
		return out, err
	}
	kept := &store.Document{Company: c, Kind: store.CreditNote, Contract: doc.Contract, Of: doc.ID, First: doc.First, After: doc.After, Status: store.Paid,
		Series: series, Number: on.Number, Total: note.Total, IssuedOn: in.On, Seal: note.Seal}
	if kept.ID, err = s.newID(tx); err != nil {
		return out, err
	}
	if kept.Body, err = json.Marshal(note); err != nil {
		return out, fault.New(fault.Internal, "credit note %s: %v", kept.Number, err)
	}
	if err := tx.Documents().Put(kept); err != nil {
		return out, err
	}
	if err := s.bookCredit(tx, c, doc, kept, note); err != nil {
		return out, err
	}
	out = Credited{kept.ID, kept.Number, doc.ID, note.Total, openOf(doc)}
	if err := s.tell(tx, c, "credit_note.issued", newsOf(kept)); err != nil {
		return out, err
	}
	return out, s.release(tx, c)
}

// bookCredit moves the money of a note and what is open of its invoice.
func (s *System) bookCredit(tx store.Tx, c id.Company, doc, kept *store.Document, note *invoice.CreditNote) error {
	parts, err := creditParts(note)
	if err != nil {
		return err
	}
	open := openOf(doc)
	e, err := ledger.Credited(kept.ID.String(), parts, note.Tax, open)
	e.Note, e.Value = doc.Number, kept.IssuedOn
	if err := s.book(tx, c, e, err); err != nil {
		return err
	}
	pays := min(note.Total.Micros(), max(open.Micros(), 0))
	doc.Credited = money.Micros(doc.Credited.Micros()+pays, note.Currency)
	settle(doc)
	return tx.Documents().Put(doc)
}

// creditParts is the net of a note by category; it sums to the note's net.
func creditParts(n *invoice.CreditNote) ([]ledger.Part, error) {
	var out []ledger.Part
	left := n.Net.Micros()
	for i := range n.Lines {
		l := &n.Lines[i]
		net := l.Amount
		if n.TaxInclusive {
			var err error
			if net, err = money.ToMinor(l.Amount.Exact().Div(exact.One.Add(l.TaxRate)), n.Currency); err != nil {
				return nil, fault.New(fault.Overflow, "%v", err)
			}
		}
		left -= net.Micros()
		out = append(out, ledger.Part{Category: l.Category, Amount: net})
	}
	out[0].Amount = money.Micros(out[0].Amount.Micros()+left, n.Currency)
	return out, nil
}

// notesOn reads the credit notes on an invoice, the oldest first.
func notesOn(tx store.Tx, c id.Company, doc *store.Document) ([]*invoice.CreditNote, error) {
	var out []*invoice.CreditNote
	err := eachDocument(tx, c, store.DocumentQuery{Kind: store.CreditNote, Contract: doc.Contract}, func(d *store.Document) error {
		if d.Of != doc.ID {
			return nil
		}
		n := &invoice.CreditNote{}
		if err := json.Unmarshal(d.Body, n); err != nil {
			return fault.New(fault.Internal, "credit note %s cannot be read: %v", d.Number, err)
		}
		out = append(out, n)
		return nil
	})
	return out, err
}
