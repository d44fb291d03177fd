package app

import (
	"context"

	"waihu/internal/id"
	"waihu/internal/store"
)

// CreditNotes lists the credit notes on an invoice, the oldest first.
func (s *System) CreditNotes(ctx context.Context, c id.Company, invoice *store.Document) (out []store.Document, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out = []store.Document{}
		return eachDocument(tx, c, store.DocumentQuery{Kind: store.CreditNote, Contract: invoice.Contract}, func(d *store.Document) error {
			if d.Of == invoice.ID {
				out = append(out, *d)
			}
			return nil
		})
	})
	return out, err
}
