package app

import (
	"context"

	"waihu/internal/charging/ledger"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
)

// Void takes an invoice back whole, as if it had not been issued.
type Void struct {
	Key     string `json:"-"`
	Invoice id.ID  `json:"invoice"`
	Reason  string `json:"reason"`
}

// Void takes back the newest invoice of a contract while nothing of it is paid
// or credited; its number stays used, and its period is billed again by the next
// run. An older invoice, or one that money moved on, is a Conflict: correct it by
// a credit note.
func (s *System) Void(ctx context.Context, c id.Company, in Void) (out store.Status, err error) {
	defer fault.Wrap(&err, "void")
	if in.Reason == "" || len(in.Reason) > maxNote {
		return out, fault.New(fault.Invalid, "a reason of 1 to %d characters was expected", maxNote)
	}
	err = s.DB.Update(ctx, func(tx store.Tx) (err error) {
		out, err = once(tx, c, "void", in.Key, in, func() (store.Status, error) { return store.Voided, s.void(tx, c, &in) })
		return err
	})
	return out, err
}

func (s *System) void(tx store.Tx, c id.Company, in *Void) error {
	doc, err := payable(tx, c, in.Invoice)
	if err != nil {
		return err
	}
	a, r, _, err := s.contractOf(tx, c, doc.Contract)
	if err != nil {
		return err
	}
	switch {
	case a.Last != doc.ID:
		return fault.New(fault.Conflict, "%s is not the contract's newest invoice: correct it by a credit note", doc.Number)
	case !doc.Paid.IsZero() || !doc.Credited.IsZero():
		return fault.New(fault.Conflict, "%s was paid or credited in part: correct it by a credit note", doc.Number)
	}
	for _, kind := range []string{ledger.KindInvoice, ledger.KindEarned, ledger.KindReleased} {
		if err := s.reverse(tx, c, kind, doc.ID.String()); err != nil {
			return err
		}
	}
	if err := s.unbill(tx, c, &a, doc); err != nil {
		return err
	}
	if err := putAgreement(tx, r, &a); err != nil {
		return err
	}
	doc.Status = store.Voided
	if err := tx.Documents().Put(doc); err != nil {
		return err
	}
	if err := s.acceptAll(tx, c, doc, in.Reason); err != nil {
		return err
	}
	if err := s.tell(tx, c, "invoice.voided", newsOf(doc)); err != nil {
		return err
	}
	return s.release(tx, c)
}

// reverse takes an entry back, if there is one.
func (s *System) reverse(tx store.Tx, c id.Company, kind, ref string) error {
	before, err := tx.Journal().ByRef(c, kind, ref)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return nil
		}
		return err
	}
	return s.book(tx, c, before.Reverse(ledger.KindVoid, kind+" "+ref), nil)
}

// unbill gives a contract back what it was before its newest invoice, and the
// periods that invoice corrected the stands they had.
func (s *System) unbill(tx store.Tx, c id.Company, a *Agreement, doc *store.Document) error {
	b, _, err := get[BilledPeriod](tx, c, KindBilled, doc.ID)
	if err != nil {
		return err
	}
	a.Claims = a.Claims[:max(len(a.Claims)-b.Claims, 0)]
	a.BilledTo, a.Position, a.Last, a.Ahead = b.First, b.From, b.Before, b.Owed
	return each(tx, c, KindBilled, store.Key{Name: "contract", Value: a.ID.String()}, func(old BilledPeriod, r *store.Record) error {
		if err := s.reverse(tx, c, ledger.KindReleased, doc.ID.String()+"/"+old.First.String()); err != nil {
			return err
		}
		if old.Invoice == doc.ID { // the document stays; that its period is billed is not true any more
			return tx.Records().Delete(c, KindBilled, r.ID)
		}
		if old.now().By != doc.ID {
			return nil
		}
		old.Stands = old.Stands[:len(old.Stands)-1]
		return save(tx, r, &old)
	})
}
