package app

import (
	"context"

	"waihu/internal/charging/ledger"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
)

// keepMovement writes a movement down beside its entry in the journal.
func keepMovement(tx store.Tx, c id.Company, in *Movement) error {
	in.Booked = tx.Now()
	r := &store.Record{Company: c, Kind: KindMovement, ID: in.ID, Index: in.Orders()}
	if !in.Invoice.IsZero() {
		r.Index = append(r.Index, invoiceKey(in.Invoice))
	}
	return save(tx, r, in)
}

// invoiceKey finds what is about an invoice.
func invoiceKey(invoice id.ID) store.Key {
	return store.Key{Name: "invoice", Value: invoice.String()}
}

// Movements lists what was paid, paid back and written off, as the page says; of one
// invoice, or of all (zero).
func (s *System) Movements(ctx context.Context, c id.Company, invoice id.ID, page store.Page) (out []Movement, err error) {
	key := store.Key{}
	if !invoice.IsZero() {
		key = invoiceKey(invoice)
	}
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out = []Movement{}
		list, err := tx.Records().List(c, KindMovement, key, page)
		if err != nil {
			return err
		}
		for i := range list {
			x, _, err := load[Movement](&list[i], nil)
			if err != nil {
				return err
			}
			out = append(out, x)
		}
		return nil
	})
	return out, err
}

// Theirs is what is the customer's in each currency: paid or credited beyond what
// was asked, or paid ahead. It pays the next invoices, or is paid back.
func (s *System) Theirs(ctx context.Context, c id.Company) (out []money.Amount, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out = []money.Amount{}
		all, err := tx.Journal().Balances(c)
		if err != nil {
			return err
		}
		for _, b := range all {
			if b.Account == ledger.Unapplied && b.Amount.Sign() < 0 {
				out = append(out, b.Amount.Neg())
			}
		}
		return nil
	})
	return out, err
}
