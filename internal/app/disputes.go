package app

import (
	"context"

	"waihu/internal/charging/dispute"
	"waihu/internal/id"
	"waihu/internal/store"
)

// DisputeQuery asks for disputes, the newest first; zero fields do not narrow,
// and of both it is Invoice that does.
type DisputeQuery struct {
	Invoice id.ID
	State   dispute.State
	Page    store.Page
}

// Disputes lists a company's disputes.
func (s *System) Disputes(ctx context.Context, c id.Company, q DisputeQuery) (out []Dispute, err error) {
	key := store.Key{}
	switch {
	case !q.Invoice.IsZero():
		key = invoiceKey(q.Invoice)
	case q.State != "":
		key = store.Key{Name: "state", Value: string(q.State)}
	}
	q.Page.Down = true
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out = []Dispute{}
		list, err := tx.Records().List(c, KindDispute, key, q.Page)
		if err != nil {
			return err
		}
		for i := range list {
			d, _, err := load[Dispute](&list[i], nil)
			if err != nil {
				return err
			}
			out = append(out, d)
		}
		return nil
	})
	return out, err
}

// GetDispute reads one.
func (s *System) GetDispute(ctx context.Context, c id.Company, i id.ID) (out Dispute, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) (err error) {
		out, _, err = get[Dispute](tx, c, KindDispute, i)
		return err
	})
	return out, err
}
