package app

import (
	"context"
	"encoding/json"

	"waihu/internal/charging/invoice"
	"waihu/internal/charging/rating"
	"waihu/internal/charging/service"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// ServicePeriod is what became of a contract's promises in a billing period, and
// what is given back for it.
type ServicePeriod struct {
	First, After timex.Date
	Attained     []service.Attained
	Credits      []ServiceCredit
	Invoice      id.ID  // that gives the credits back; zero: it is still to come
	Why          string // the credits cannot be told now
}

// ServiceCredit is what is given back for one promise; it is not positive.
type ServiceCredit struct {
	Metric string
	Amount money.Amount
}

// ServicePeriods tells it of so many billing periods, the newest first. Credits
// of a period that was billed are those on its invoice, others those its draft
// has now.
func (s *System) ServicePeriods(ctx context.Context, c id.Company, contractID id.ID, n int) (out []ServicePeriod, err error) {
	defer fault.Wrap(&err, "service periods")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out = nil
		a, _, of, err := s.contractOf(tx, c, contractID)
		if err != nil {
			return err
		}
		day := tx.Now().DateIn(of.loc)
		if end := a.ends(); end != 0 {
			day = min(day, end-1)
		}
		for ; len(out) < n && day >= of.contract.Start; day = out[len(out)-1].First - 1 {
			b, err := a.periodOn(of, day)
			if err != nil {
				return err
			}
			p := ServicePeriod{First: b.First, After: b.After}
			if p.Attained, err = s.attained(tx, c, of, timex.Days(b.First, b.After, of.loc)); err != nil {
				return err
			}
			if err := s.credits(store.Within(ctx, tx), tx, c, contractID, &p, b.First >= a.BilledTo); err != nil {
				return err
			}
			out = append(out, p)
		}
		return nil
	})
	return out, err
}

// credits fills in what is given back.
func (s *System) credits(ctx context.Context, tx store.Tx, c id.Company, contractID id.ID, p *ServicePeriod, open bool) error {
	inv, err := &invoice.Invoice{}, error(nil)
	if open {
		if inv, err = s.DraftInvoice(ctx, c, contractID, p.First); err != nil {
			p.Why = err.Error()
			return nil
		}
	} else if p.Invoice, err = billedBy(tx, c, contractID, p.First, inv); err != nil {
		return err
	}
	for i := range inv.Lines {
		if l := &inv.Lines[i]; l.Kind == rating.ServiceCredit {
			p.Credits = append(p.Credits, ServiceCredit{l.ID[len("service_credit:"):], l.Amount})
		}
	}
	return nil
}

// billedBy reads the invoice of a contract that begins on a day into inv; zero
// where there is none that stands.
func billedBy(tx store.Tx, c id.Company, contractID id.ID, first timex.Date, inv *invoice.Invoice) (found id.ID, err error) {
	q := store.DocumentQuery{Kind: store.Invoice, Contract: contractID, Page: store.Page{Limit: pageSize, Down: true}}
	for { // bounded: After goes back in time
		list, err := tx.Documents().List(c, q)
		if err != nil {
			return found, err
		}
		for i := range list {
			if d := &list[i]; d.First == first && d.Status != store.Voided {
				return d.ID, json.Unmarshal(d.Body, inv)
			}
		}
		if len(list) < pageSize {
			return found, nil
		}
		q.Page.After = list[len(list)-1].ID
	}
}

// KeptOutage is an outage with its identifier.
type KeptOutage struct {
	ID id.ID
	service.Outage
}

// Outages are those of the platform, newest first, at most so many.
func (s *System) Outages(ctx context.Context, limit int) (out []KeptOutage, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out = nil
		list, err := tx.Records().List(id.Platform, KindOutage, store.Key{}, store.Page{Limit: limit, Down: true})
		if err != nil {
			return err
		}
		for i := range list {
			o, _, err := load[service.Outage](&list[i], nil)
			if err != nil {
				return err
			}
			out = append(out, KeptOutage{list[i].ID, o})
		}
		return nil
	})
	return out, err
}
