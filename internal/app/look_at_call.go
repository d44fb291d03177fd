package app

import (
	"context"

	"waihu/internal/calling/attempt"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// CallCase is a call with everything the books know of it.
type CallCase struct {
	*store.ChargedCall
	Other      *store.ChargedCall // the leg it was bridged with; nil: none, or it is not told yet
	Try        *attempt.Attempt   // of the dialer; nil: it dialed no lead
	Lead       string             // its name
	Recordings []Recording
	Invoice    *store.Document // that charges it; nil: its period is not billed
}

// invoicesAtOnce is how many documents are looked at at a time, of a contract the newest first.
const invoicesAtOnce = 50

// LookAtCall reads a call that began in a month.
func (s *System) LookAtCall(ctx context.Context, c id.Company, source, call string, month timex.Date) (out CallCase, err error) {
	deals, err := s.Deals(ctx, c)
	if err != nil {
		return out, err
	}
	err = s.DB.View(ctx, func(tx store.Tx) (err error) {
		out = CallCase{}
		if out.ChargedCall, err = tx.Usage().CallByID(c, source, call, month); err != nil {
			return err
		}
		k := &out.Call
		if !k.Course.IsZero() && k.Course.OtherLeg != "" {
			out.Other, err = tx.Usage().CallByID(c, source, k.Course.OtherLeg, month)
			if err = ignoreMissing(err); err != nil {
				return err
			}
		}
		if source == ownSource {
			if err := out.dialed(tx, c); err != nil {
				return err
			}
		}
		for i := range deals {
			if d := &deals[i]; d.ID == out.Contract {
				out.Invoice, err = invoiceOn(tx, c, d.ID, k.Start.DateIn(d.Loc))
			}
		}
		return err
	})
	return out, err
}

// dialed adds what is known of a call of our own.
func (k *CallCase) dialed(tx store.Tx, c id.Company) (err error) {
	if k.Recordings, err = all[Recording](tx, c, KindRecording, store.Key{Name: "call", Value: k.Call.ID}); err != nil {
		return err
	}
	i, err := id.ParseNamed("call", k.Call.ID)
	if err != nil {
		return nil // it is no try's
	}
	t, err := tx.Attempts().Get(c, i)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	k.Try = t
	l, err := tx.Leads().Get(c, t.Lead)
	if err == nil {
		k.Lead = l.Name
	} else if fault.KindOf(err) == fault.NotFound {
		err = nil
	}
	return err
}

// invoiceOn is the invoice of a contract whose period has a day; nil: there is none.
func invoiceOn(tx store.Tx, c id.Company, contract id.ID, day timex.Date) (*store.Document, error) {
	q := store.DocumentQuery{Kind: store.Invoice, Contract: contract, Page: store.Page{Limit: invoicesAtOnce, Down: true}}
	for { // bounded: After falls
		list, err := tx.Documents().List(c, q)
		if err != nil {
			return nil, err
		}
		for i := range list {
			if d := &list[i]; d.Status != store.Voided && d.First <= day && day < d.After {
				return d, nil
			}
		}
		if len(list) < invoicesAtOnce {
			return nil, nil
		}
		q.Page.After = list[len(list)-1].ID
	}
}
