package app

import (
	"context"

	"waihu/internal/charging/ledger"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// Refund is money that is paid back.
type Refund struct {
	Key    string       `json:"-"`
	Amount money.Amount `json:"amount"`
	On     timex.Date   `json:"on"`
	Reason string       `json:"reason"`
}

// Refund pays back what is the customer's: paid or credited beyond what was
// asked. More than that is a Conflict; what an invoice asked is given back by a
// credit note first.
func (s *System) Refund(ctx context.Context, c id.Company, in Refund) (refund id.ID, err error) {
	defer fault.Wrap(&err, "refund")
	if in.Amount.Sign() <= 0 || in.On == 0 || in.Reason == "" || len(in.Reason) > maxNote {
		return refund, fault.New(fault.Invalid, "a refund of %s on %s: an amount above zero, its day and a reason of 1 to %d characters were expected", in.Amount, in.On, maxNote)
	}
	err = s.DB.Update(ctx, func(tx store.Tx) (err error) {
		refund, err = once(tx, c, "refund", in.Key, in, func() (i id.ID, err error) { return s.refund(tx, c, &in) })
		return err
	})
	return refund, err
}

func (s *System) refund(tx store.Tx, c id.Company, in *Refund) (i id.ID, err error) {
	if err := s.moneyDay(tx, c, "refund", in.On); err != nil {
		return i, err
	}
	there, err := tx.Journal().Balance(c, ledger.Unapplied, in.Amount.Currency())
	if err != nil {
		return i, err
	}
	if in.Amount.Micros() > -there.Micros() {
		return i, fault.New(fault.Conflict, "%s are the customer's, %s were to be paid back: credit an invoice first", there.Neg(), in.Amount)
	}
	if i, err = s.newID(tx); err != nil {
		return i, err
	}
	e, err := ledger.Refunded(i.String(), in.Amount)
	e.Note, e.Value = in.Reason, in.On
	if err := s.book(tx, c, e, err); err != nil {
		return i, err
	}
	return i, keepMovement(tx, c, &Movement{ID: i, What: MovedBack, Amount: in.Amount, On: in.On, Note: in.Reason})
}
