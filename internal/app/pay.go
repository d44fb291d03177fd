package app

import (
	"context"

	"waihu/internal/charging/dunning"
	"waihu/internal/charging/fx"
	"waihu/internal/charging/ledger"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// Pay is money that came in for an invoice.
type Pay struct {
	Key     string       `json:"-"` // idempotency key
	Invoice id.ID        `json:"invoice"`
	Amount  money.Amount `json:"amount"` // in any currency a rate is known for
	On      timex.Date   `json:"on"`     // day it came in
	Note    string       `json:"note,omitempty"`
}

// Paid is what a payment did.
type Paid struct {
	Payment id.ID         `json:"payment"`
	Invoice id.ID         `json:"invoice"`
	Status  store.Status  `json:"status"`
	Open    money.Amount  `json:"open"`
	Over    money.Amount  `json:"over"` // beyond what was open: kept for the next invoice
	At      *fx.Converted `json:"at,omitempty"`
}

// Pay books a payment, in full, in part or beyond what is open. A company whose
// service was suspended is released once nothing overdue is left that suspends.
func (s *System) Pay(ctx context.Context, c id.Company, in Pay) (out Paid, err error) {
	defer fault.Wrap(&err, "pay")
	if in.Amount.Sign() <= 0 || in.On == 0 || len(in.Note) > maxNote {
		return out, fault.New(fault.Invalid, "a payment of %s on %s: an amount above zero, its day and a note of at most %d characters were expected", in.Amount, in.On, maxNote)
	}
	if err := inCoins(in.Amount); err != nil {
		return out, err
	}
	err = s.DB.Update(ctx, func(tx store.Tx) (err error) {
		out, err = once(tx, c, "pay", in.Key, in, func() (Paid, error) { return s.pay(tx, c, &in) })
		return err
	})
	return out, err
}

// inCoins refuses an amount finer than money that can change hands: a thousandth
// of a yuan is a mistype, and would leave an invoice open by what nobody can pay.
func inCoins(a money.Amount) error {
	coin := int64(money.Micro)
	for range a.Currency().Exponent() {
		coin /= 10
	}
	if a.Micros()%coin != 0 {
		return fault.New(fault.Invalid, "a payment of %s: at most %d decimals were expected", a, a.Currency().Exponent())
	}
	return nil
}

func (s *System) pay(tx store.Tx, c id.Company, in *Pay) (out Paid, err error) {
	doc, err := payable(tx, c, in.Invoice)
	if err != nil {
		return out, err
	}
	if err := s.moneyDay(tx, c, "payment", in.On); err != nil {
		return out, err
	}
	worth := in.Amount
	if in.Amount.Currency() != doc.Total.Currency() {
		table, err := rates(tx)
		if err != nil {
			return out, err
		}
		at, err := table.Convert(in.Amount, doc.Total.Currency(), in.On)
		if err != nil {
			return out, err
		}
		out.At, worth = &at, at.Worth
	}
	if out.Payment, err = s.newID(tx); err != nil {
		return out, err
	}
	open := openOf(doc)
	e, err := ledger.PaidIn(out.Payment.String(), in.Amount, worth, open)
	if out.At == nil {
		e, err = ledger.Paid(out.Payment.String(), in.Amount, open)
	}
	e.Note, e.Value = doc.Number, in.On
	if err := s.book(tx, c, e, err); err != nil {
		return out, err
	}
	pays := min(worth.Micros(), max(open.Micros(), 0))
	doc.Paid = money.Micros(doc.Paid.Micros()+pays, worth.Currency())
	settle(doc)
	if err := tx.Documents().Put(doc); err != nil {
		return out, err
	}
	out.Invoice, out.Status, out.Open, out.Over = doc.ID, doc.Status, openOf(doc), money.Micros(worth.Micros()-pays, worth.Currency())
	slip := Movement{ID: out.Payment, What: MovedIn, Invoice: doc.ID, Number: doc.Number, Amount: in.Amount, Pays: money.Micros(pays, worth.Currency()), Over: out.Over, On: in.On, Note: in.Note}
	if err := keepMovement(tx, c, &slip); err != nil {
		return out, err
	}
	if err := s.tell(tx, c, "invoice.paid", newsOf(doc)); err != nil {
		return out, err
	}
	return out, s.release(tx, c)
}

// payable finds an invoice that is issued and not void.
func payable(tx store.Tx, c id.Company, i id.ID) (*store.Document, error) {
	doc, err := tx.Documents().Get(c, i)
	if err != nil {
		return nil, err
	}
	if doc.Kind != store.Invoice || doc.Status == store.Draft || doc.Status == store.Voided {
		return nil, fault.New(fault.Conflict, "%s %s is %s: an invoice that was issued and stands was expected", doc.Kind, doc.Number, doc.Status)
	}
	return doc, nil
}

// PayAhead is money that came in for invoices to come.
type PayAhead struct {
	Key    string       `json:"-"`
	Amount money.Amount `json:"amount"`
	On     timex.Date   `json:"on"`
}

// PayAhead keeps money for the company's next invoices.
func (s *System) PayAhead(ctx context.Context, c id.Company, in PayAhead) (payment id.ID, err error) {
	defer fault.Wrap(&err, "pay ahead")
	if in.Amount.Sign() <= 0 || in.On == 0 {
		return payment, fault.New(fault.Invalid, "a payment of %s on %s: an amount above zero and its day were expected", in.Amount, in.On)
	}
	if err := inCoins(in.Amount); err != nil {
		return payment, err
	}
	err = s.DB.Update(ctx, func(tx store.Tx) (err error) {
		payment, err = once(tx, c, "pay_ahead", in.Key, in, func() (i id.ID, err error) {
			if err := s.moneyDay(tx, c, "payment", in.On); err != nil {
				return i, err
			}
			if i, err = s.newID(tx); err != nil {
				return i, err
			}
			e, err := ledger.PaidAhead(i.String(), in.Amount)
			e.Value = in.On
			if err := s.book(tx, c, e, err); err != nil {
				return i, err
			}
			return i, keepMovement(tx, c, &Movement{ID: i, What: MovedAhead, Amount: in.Amount, Over: in.Amount, On: in.On})
		})
		return err
	})
	return payment, err
}

// release ends a suspension when no open invoice holds service up any more.
func (s *System) release(tx store.Tx, c id.Company) error {
	company, r, err := get[Company](tx, id.Platform, KindCompany, c.ID)
	if err != nil || !company.Suspended {
		return err
	}
	holds, err := holdsService(tx, c, scheduleOf(&company))
	if err != nil || holds {
		return err
	}
	company.Suspended = false
	company.Revision = r.Revision + 1
	r.Unique = []store.Key{{Name: "name", Value: company.Name}}
	if err := save(tx, r, &company); err != nil {
		return err
	}
	return s.tell(tx, c, "service.released", companyNews{company.Name})
}

func scheduleOf(c *Company) dunning.Schedule {
	if len(c.Dunning) == 0 {
		return dunning.Usual()
	}
	return c.Dunning
}

// holdsService tells whether an overdue invoice holds service up.
func holdsService(tx store.Tx, c id.Company, schedule dunning.Schedule) (bool, error) {
	holds := false
	err := eachDocument(tx, c, store.DocumentQuery{Kind: store.Invoice, Status: []store.Status{store.Overdue}}, func(d *store.Document) error {
		holds = holds || schedule.Suspended(d.Dunned)
		return nil
	})
	return holds, err
}

// eachDocument hands out documents in pages.
func eachDocument(tx store.Tx, c id.Company, q store.DocumentQuery, f func(*store.Document) error) error {
	q.Page.Limit = pageSize
	for { // bounded: After rises with every page
		list, err := tx.Documents().List(c, q)
		if err != nil {
			return err
		}
		for i := range list {
			if err := f(&list[i]); err != nil {
				return err
			}
		}
		if len(list) < pageSize {
			return nil
		}
		q.Page.After = list[len(list)-1].ID
	}
}
