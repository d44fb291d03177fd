package app

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"waihu/internal/charging/invoice"
	"waihu/internal/charging/ledger"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// usualSeries numbers the invoices of companies that have no series of their
// own; all companies share it.
const usualSeries = "INV"

// issuing is an invoice on its way into the books.
type issuing struct {
	company id.Company
	series  string
	record  *store.Record
	a       *Agreement
	of      *agreed
	d       *drafted
	on      timex.Date
	owed    []Ahead           // what the contract had been invoiced ahead before
	accrued []ledger.Standing // of what the draft charges for, as it was made
	taken   []Taken           // by prepaid calls of it, as it was made
	strays  int64             // facts of these months that belong to no contract
	why     string            // of most of them
}

// issue gives a draft its number, books it, pays it from what is there, and
// notes what it charged for. All of it is one transaction: a number is never
// lost, an invoice never half booked.
func (s *System) issue(ctx context.Context, tx store.Tx, x *issuing) (*store.Document, error) {
	inv := x.d.inv
	if err := inv.Guard(x.a.Claims); err != nil {
		return nil, err
	}
	doc := &store.Document{Company: x.company, Kind: store.Invoice, Contract: x.a.ID, First: x.d.period.ServedFrom, After: x.d.period.ServedTo,
		Status: store.Issued, Series: x.series, Total: inv.Total, Position: x.d.position, IssuedOn: x.on, DueOn: x.on + timex.Date(x.of.contract.PaymentTermsDays)}
	var err error
	if doc.ID, err = s.newID(tx); err != nil {
		return nil, err
	}
	n, err := tx.Documents().Next(id.Platform, x.series)
	if err != nil {
		return nil, err
	}
	doc.Number = fmt.Sprintf("%s-%06d", x.series, n)
	if err := inv.Issue(doc.Number, doc.IssuedOn, doc.DueOn); err != nil {
		return nil, err
	}
	if doc.Body, err = json.Marshal(inv); err != nil {
		return nil, fault.New(fault.Internal, "invoice %s: %v", doc.Number, err)
	}
	doc.Seal = inv.Seal
	if err := s.bookInvoice(tx, x, doc); err != nil {
		return nil, err
	}
	if err := s.releaseAccrued(tx, x, doc); err != nil {
		return nil, err
	}
	if err := s.payFromWhatIsThere(tx, x, doc); err != nil {
		return nil, err
	}
	if err := tx.Documents().Put(doc); err != nil {
		return nil, err
	}
	if err := s.noteBilled(tx, x, doc); err != nil {
		return nil, err
	}
	return doc, s.tell(tx, x.company, "invoice.issued", newsOf(doc))
}

// openOf is what is not paid or credited of a document.
func openOf(d *store.Document) money.Amount {
	return money.Micros(d.Total.Micros()-d.Paid.Micros()-d.Credited.Micros(), d.Total.Currency())
}

// settle sets the status by what is open.
func settle(d *store.Document) {
	switch {
	case d.Status == store.Voided || d.Status == store.Draft:
	case openOf(d).Sign() <= 0:
		d.Status = store.Paid
	case d.Status == store.Overdue:
	case d.Paid.Sign() > 0 || d.Credited.Sign() > 0:
		d.Status = store.Partly
	default:
		d.Status = store.Issued
	}
}

// bookInvoice puts the invoice into the journal: what is earned by the end of
// its period, what is earned later, and what was invoiced before and has been
// served since. With the last invoice of a contract all is earned: what was paid
// ahead for days behind its end is kept, unless a credit note gives it back.
func (s *System) bookInvoice(tx store.Tx, x *issuing, doc *store.Document) error {
	nets, err := netOfLines(x.d.inv)
	if err != nil {
		return err
	}
	e := ledger.Invoiced{Ref: doc.ID.String(), Tax: x.d.inv.Tax}
	x.owed = slices.Clone(x.a.Ahead)
	until := x.d.inv.After
	if x.isLast() {
		until = math.MaxInt32
	}
	for i := range x.d.inv.Lines {
		l := &x.d.inv.Lines[i]
		now := Ahead{Category: l.Category, First: l.First, After: l.After, Net: nets[i], Earned: money.Zero(doc.Total.Currency())}
		if l.Kind == invoice.Adjustment || l.After <= until {
			e.Earned = append(e.Earned, ledger.Part{Category: l.Category, Amount: nets[i]})
			continue
		}
		earned, err := now.earn(until)
		if err != nil {
			return err
		}
		e.Earned = append(e.Earned, ledger.Part{Category: l.Category, Amount: earned})
		rest := money.Micros(nets[i].Micros()-earned.Micros(), doc.Total.Currency())
		e.Ahead = append(e.Ahead, ledger.Part{Category: l.Category, Amount: rest})
		x.a.Ahead = append(x.a.Ahead, now)
	}
	entry, err := e.Entry()
	entry.Value = doc.IssuedOn
	if err := s.book(tx, x.company, entry, err); err != nil {
		return err
	}
	var served []ledger.Part
	for i := range x.owed {
		earned, err := x.a.Ahead[i].earn(until)
		if err != nil {
			return err
		}
		served = append(served, ledger.Part{Category: x.owed[i].Category, Amount: earned})
	}
	x.a.Ahead = slices.DeleteFunc(x.a.Ahead, func(h Ahead) bool { return h.Earned == h.Net })
	entry, err = ledger.ServedAhead(doc.ID.String(), served)
	return s.book(tx, x.company, entry, err)
}

// earn moves what is earned up to a day, and gives what that adds: the share of
// days served, rounded on the running sum, so that all of it is earned at last.
func (h *Ahead) earn(until timex.Date) (money.Amount, error) {
	share := exact.Zero
	switch {
	case until >= h.After:
		share = exact.One
	case until > h.First:
		share = exact.Frac(int64(until-h.First), int64(h.After-h.First))
	}
	sum, err := money.ToMinor(h.Net.Exact().Mul(share), h.Net.Currency())
	if err != nil {
		return sum, fault.New(fault.Overflow, "%v", err)
	}
	if share.Equal(exact.One) {
		sum = h.Net
	}
	more := money.Micros(sum.Micros()-h.Earned.Micros(), sum.Currency())
	h.Earned = sum
	return more, nil
}

// netOfLines is each line before tax; they sum to the invoice's net. Where prices
// contain tax, what rounding leaves stands on the first line of a rate.
func netOfLines(inv *invoice.Invoice) ([]money.Amount, error) {
	out := make([]money.Amount, len(inv.Lines))
	for i := range inv.Lines {
		out[i] = inv.Lines[i].Amount
	}
	if !inv.TaxInclusive {
		return out, nil
	}
	for _, t := range inv.Taxes {
		left, first := t.Net.Micros(), -1
		for i := range inv.Lines {
			l := &inv.Lines[i]
			if !l.TaxRate.Equal(t.Rate) {
				continue
			}
			net, err := money.ToMinor(l.Amount.Exact().Div(exact.One.Add(t.Rate)), inv.Currency)
			if err != nil {
				return nil, fault.New(fault.Overflow, "%v", err)
			}
			if first < 0 {
				first = i
			}
			out[i], left = net, left-net.Micros()
		}
		if first >= 0 {
			out[first] = money.Micros(out[first].Micros()+left, inv.Currency)
		}
	}
	return out, nil
}

// noteBilled keeps what the invoice charged for, and the stands it corrected.
func (s *System) noteBilled(tx store.Tx, x *issuing, doc *store.Document) error {
	inv, a := x.d.inv, x.a
	stand := standOf(inv)
	stand.By = doc.ID
	claims := inv.Claims()
	b := BilledPeriod{Invoice: doc.ID, Number: doc.Number, Contract: a.ID, First: inv.First, After: inv.After, Before: a.Last, Claims: len(claims),
		From: a.Position, Inputs: inv.Inputs, Stands: []Stand{stand}, Owed: x.owed}
	for i := range x.of.contract.ServiceLevels {
		b.Promised = append(b.Promised, x.of.contract.ServiceLevels[i].Metric)
	}
	if err := save(tx, &store.Record{Company: x.company, Kind: KindBilled, ID: doc.ID, Index: []store.Key{{Name: "contract", Value: a.ID.String()}}}, &b); err != nil {
		return err
	}
	for _, old := range x.d.corrected {
		_, r, err := get[BilledPeriod](tx, x.company, KindBilled, old.Invoice)
		if err != nil {
			return err
		}
		old.now().By = doc.ID
		if err := save(tx, r, old); err != nil {
			return err
		}
	}
	a.Claims = append(a.Claims, claims...)
	if n := len(a.Claims); n > maxClaims {
		a.Claims = a.Claims[n-maxClaims:]
	}
	a.BilledTo, a.Position, a.Last = inv.After, x.d.position, doc.ID
	return putAgreement(tx, x.record, a)
}
