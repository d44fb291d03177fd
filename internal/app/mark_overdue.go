package app

import (
	"context"
	"time"

	"waihu/internal/charging/dunning"
	"waihu/internal/charging/ledger"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// Dunned is what a day of dunning did to a company.
type Dunned struct {
	Overdue   int  `json:"overdue"` // invoices that became overdue
	Steps     int  `json:"steps"`   // reminders, warnings and suspensions
	Suspended bool `json:"suspended"`
}

// farthestEast is how far ahead of UTC a local day begins at most.
const farthestEast = 14 * time.Hour

// MarkOverdue looks at a company's open invoices on a day (0: the day it is in
// the zone of each contract): what is late becomes overdue, reminders go out by
// its schedule, service is suspended. Looked at twice, a day does nothing the
// second time.
func (s *System) MarkOverdue(ctx context.Context, c id.Company, on timex.Date) (out Dunned, err error) {
	defer fault.Wrap(&err, "mark overdue")
	err = s.DB.Update(ctx, func(tx store.Tx) error {
		company, r, err := get[Company](tx, id.Platform, KindCompany, c.ID)
		if err != nil {
			return err
		}
		out = Dunned{Suspended: company.Suspended}
		var late []store.Document
		newest := on
		if on == 0 {
			newest = tx.Now().Add(farthestEast).DateIn(time.UTC)
		}
		q := store.DocumentQuery{Kind: store.Invoice, Status: []store.Status{store.Issued, store.Partly, store.Overdue}, DueUntil: newest - 1}
		if err := eachDocument(tx, c, q, func(d *store.Document) error { late = append(late, *d); return nil }); err != nil {
			return err
		}
		suspend := false
		for i := range late {
			day := on
			if on == 0 {
				_, _, of, err := s.contractOf(tx, c, late[i].Contract)
				if err != nil {
					return err
				}
				if day = today(tx, of, 0); late[i].DueOn >= day {
					continue
				}
			}
			held, disputes, err := contested(tx, c, &late[i])
			if err != nil {
				return err
			}
			if held.Cmp(openOf(&late[i])) >= 0 {
				continue // all of it is disputed: nobody is reminded until that is answered
			}
			delay, err := s.waited(tx, c, &late[i], disputes, day)
			if err != nil {
				return err
			}
			step, err := s.dun(tx, c, &late[i], scheduleOf(&company), late[i].DueOn+delay, day, &out)
			if err != nil {
				return err
			}
			suspend = suspend || step == dunning.Suspend
		}
		if !suspend || company.Suspended {
			return nil
		}
		company.Suspended, out.Suspended, company.Revision = true, true, r.Revision+1
		r.Unique = []store.Key{{Name: "name", Value: company.Name}}
		if err := save(tx, r, &company); err != nil {
			return err
		}
		return s.tell(tx, c, "service.suspended", companyNews{company.Name})
	})
	return out, err
}

// dun takes the step that is due for one invoice; dueOn is its due day, and the
// days behind it on which it was disputed whole.
func (s *System) dun(tx store.Tx, c id.Company, d *store.Document, schedule dunning.Schedule, dueOn, today timex.Date, out *Dunned) (dunning.Action, error) {
	step, taken, ok := schedule.Next(dueOn, today, d.Dunned)
	if d.Status == store.Overdue && !ok {
		return "", nil
	}
	if d.Status != store.Overdue {
		d.Status = store.Overdue
		out.Overdue++
		if err := s.tell(tx, c, "invoice.overdue", newsOf(d)); err != nil {
			return "", err
		}
	}
	d.Dunned = taken
	if err := tx.Documents().Put(d); err != nil || !ok {
		return "", err
	}
	out.Steps++
	return step.Action, s.tell(tx, c, "dunning."+string(step.Action), dunningNews{newsOf(d), step.Action, schedule.SuspendsOn(dueOn)})
}

// WriteOff gives up what is open of an invoice.
type WriteOff struct {
	Key     string `json:"-"`
	Invoice id.ID  `json:"invoice"`
	Reason  string `json:"reason"`
	Fx      bool   `json:"fx,omitempty"` // it was paid in another currency, and the rate moved: no bad debt
}

// WriteOff books what is open of an invoice as a bad debt, or as lost on a rate
// of exchange. It stays on the
// invoice as credited, so that nobody is reminded of it again.
func (s *System) WriteOff(ctx context.Context, c id.Company, in WriteOff) (out Paid, err error) {
	defer fault.Wrap(&err, "write off")
	err = s.DB.Update(ctx, func(tx store.Tx) (err error) {
		out, err = once(tx, c, "write_off", in.Key, in, func() (Paid, error) {
			doc, err := payable(tx, c, in.Invoice)
			if err != nil {
				return Paid{}, err
			}
			open := openOf(doc)
			book := ledger.WrittenOff
			if in.Fx {
				book = ledger.FxDifference
			}
			e, err := book(doc.ID.String(), open)
			e.Note = in.Reason
			if err := s.book(tx, c, e, err); err != nil {
				return Paid{}, err
			}
			if doc.Credited, err = doc.Credited.Add(open); err != nil {
				return Paid{}, fault.New(fault.Overflow, "%v", err)
			}
			settle(doc)
			if err := tx.Documents().Put(doc); err != nil {
				return Paid{}, err
			}
			if err := s.keepWriteOff(tx, c, &in, doc, open); err != nil {
				return Paid{}, err
			}
			return Paid{Invoice: doc.ID, Status: doc.Status, Open: openOf(doc)}, s.release(tx, c)
		})
		return err
	})
	return out, err
}

// keepWriteOff notes what was given up, on the day it is in the zone of the
// contract.
func (s *System) keepWriteOff(tx store.Tx, c id.Company, in *WriteOff, doc *store.Document, open money.Amount) error {
	_, _, of, err := s.contractOf(tx, c, doc.Contract)
	if err != nil {
		return err
	}
	i, err := s.newID(tx)
	if err != nil {
		return err
	}
	what := MovedOff
	if in.Fx {
		what = MovedFx
	}
	return keepMovement(tx, c, &Movement{ID: i, What: what, Invoice: doc.ID, Number: doc.Number, Amount: open, Pays: open, On: today(tx, of, 0), Note: in.Reason})
}
