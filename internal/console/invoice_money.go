package console

import (
	"bytes"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/charging/dispute"
	"waihu/internal/charging/invoice"
	"waihu/internal/document"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// lineLeft is a line of an invoice and what credit notes left of it.
type lineLeft struct {
	ID, Name, Field string
	Billed, Left    money.Amount
	Disputed        bool
}

// invoiceAt is an invoice with what happened to it since.
type invoiceAt struct {
	Doc      *store.Document
	Inv      *invoice.Invoice
	Row      invoiceRow
	Notes    []store.Document
	Disputes []app.Dispute
	Held     money.Amount // disputed and not answered
	Lines    []lineLeft
	Today    timex.Date
}

// lookAtInvoice reads the invoice of an address.
func (s *Server) lookAtInvoice(v *visit) (*invoiceAt, error) {
	doc, inv, err := s.readInvoice(v.r, v)
	if err != nil {
		return nil, err
	}
	x := &invoiceAt{Doc: doc, Inv: inv, Held: money.Zero(doc.Total.Currency()), Today: timex.DateOf(time.Now())}
	if loc, err := timex.LoadZone(inv.Zone); err == nil {
		x.Today = timex.At(time.Now()).DateIn(loc)
	}
	if x.Row, err = v.invoiceRow(doc); err != nil {
		return nil, err
	}
	if x.Notes, err = s.d.System.CreditNotes(v.r.Context(), v.company, doc); err != nil {
		return nil, err
	}
	if x.Disputes, err = s.d.System.Disputes(v.r.Context(), v.company, app.DisputeQuery{Invoice: doc.ID, Page: store.Page{Limit: store.MaxPage}}); err != nil {
		return nil, err
	}
	for i := range x.Disputes {
		if x.Held, err = x.Held.Add(x.Disputes[i].Held()); err != nil {
			return nil, fault.New(fault.Overflow, "%v", err)
		}
	}
	return x, x.left(v.Tag)
}

// left works out what is left of each line to dispute or to credit: lines that
// were credited whole, and those that give something back, are left out.
func (x *invoiceAt) left(tag lang.Tag) error {
	credited := map[string]exact.Number{}
	for i := range x.Notes {
		n, err := document.ReadNoteJSON(bytes.NewReader(x.Notes[i].Body))
		if err != nil {
			return err
		}
		for _, l := range n.Lines {
			credited[l.Line] = credited[l.Line].Add(l.Amount.Exact())
		}
	}
	told := document.Tell(tag, x.Inv)
	for i := range x.Inv.Lines {
		l := &x.Inv.Lines[i]
		rest, err := money.ToMinor(l.Amount.Exact().Sub(credited[l.ID]), l.Amount.Currency())
		if err != nil {
			return fault.New(fault.Overflow, "%v", err)
		}
		if rest.Sign() <= 0 {
			continue
		}
		out := lineLeft{ID: l.ID, Name: told.Lines[i].Name, Field: "line-" + itoa(i), Billed: l.Amount, Left: rest}
		for k := range x.Disputes {
			out.Disputed = out.Disputed || x.Disputes[k].State == dispute.Open && x.Disputes[k].About(l.ID)
		}
		x.Lines = append(x.Lines, out)
	}
	return nil
}

// moneyOfInvoice is what the page of an invoice shows of its payments.
type moneyOfInvoice struct {
	Actions   []Link
	History   []moneyRow
	Disputes  []disputeRow
	Held      money.Amount
	Dispute   string // address of the form; empty: the visitor may not, or nothing is left
	Statement string
	Asked     *waiting // a change that waits for a second person
}

// moneyRow is something that moved what is open of an invoice, or money of the
// customer's.
type moneyRow struct {
	On     timex.Date
	What   string
	Ref    string
	Href   string // what explains the amount
	Number string
	At     string // the invoice
	Amount money.Amount
	Over   money.Amount
	Note   string
}

// invoiceMoney gathers what moved.
func (s *Server) invoiceMoney(v *visit, x *invoiceAt) (m moneyOfInvoice, err error) {
	m.Held, m.Asked = x.Held, v.waits()
	if v.may(access.StatementRead) {
		m.Statement = v.statementAt(x.Doc.Total.Currency(), x.Doc.IssuedOn, 0)
	}
	for _, step := range invoiceSteps() {
		if v.may(step.may) && step.in(x) {
			if step.verb == "dispute" {
				m.Dispute = x.Row.Href + "/dispute"
			}
			m.Actions = append(m.Actions, Link{v.say("money.do_" + step.verb), x.Row.Href + "/" + step.verb})
		}
	}
	list, err := s.d.System.Movements(v.r.Context(), v.company, x.Doc.ID, store.Page{Limit: store.MaxPage, Down: true})
	if err != nil {
		return m, err
	}
	for i := range list {
		m.History = append(m.History, v.moneyRow(&list[i]))
	}
	for i := range x.Notes {
		n := &x.Notes[i]
		m.History = append(m.History, moneyRow{On: n.IssuedOn, What: v.say("money.w_credit_note"), Ref: n.Number, Href: v.at("/notes/" + n.ID.Named("crn")), Amount: n.Total})
	}
	for i := range x.Disputes {
		m.Disputes = append(m.Disputes, v.disputeRow(&x.Disputes[i], x.Today))
	}
	return m, nil
}

func (v *visit) moneyRow(m *app.Movement) moneyRow {
	row := moneyRow{On: m.On, What: v.say("money.w_" + string(m.What)), Number: m.Number, Amount: m.Amount, Over: m.Over, Note: m.Note, Href: v.statementAt(m.Amount.Currency(), timex.DateOf(m.Booked.Time()), timex.DateOf(m.Booked.Time()))}
	if !m.Invoice.IsZero() {
		row.At = v.at("/invoices/" + m.Invoice.Named("inv"))
	}
	return row
}
