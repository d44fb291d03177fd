package app

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"waihu/internal/charging/ledger"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// Statement is a company's account over some days: what it was asked for, what
// it paid, what is open.
type Statement struct {
	By       DatedBy         `json:"by"` // which day of its rows decides
	First    timex.Date      `json:"first"`
	After    timex.Date      `json:"after"`
	Currency money.Currency  `json:"currency"`
	Opening  money.Amount    `json:"opening"` // owed before; below zero: the customer's
	Rows     []StatementRow  `json:"rows"`
	Closing  money.Amount    `json:"closing"`
	Open     []OpenInvoice   `json:"open"`
	Ages     [4]money.Amount `json:"ages"` // of what is open: not due, up to 30 days late, up to 60, more
}

// DatedBy says by which of its days an event is on a statement.
type DatedBy string

const (
	// ByBooking is the day in UTC an event was booked: a statement of days that are
	// over never changes.
	ByBooking DatedBy = "booking"
	// ByValue is the day an event counts from: the date of an invoice or a credit
	// note, the day money came in or went out. A payment told late still changes a
	// statement of days that are over. Where an event has no such day, as a void,
	// it is that of booking.
	ByValue DatedBy = "value"
)

// StatementRow is one event.
type StatementRow struct {
	On      timex.Date   `json:"on"` // the day it is here by
	Booked  timex.Date   `json:"booked"`
	Value   timex.Date   `json:"value"`
	Kind    string       `json:"kind"`
	Ref     string       `json:"ref"`
	Note    string       `json:"note,omitempty"`
	Amount  money.Amount `json:"amount"` // above zero: asked; below: paid or given back
	Balance money.Amount `json:"balance"`
}

// OpenInvoice is an invoice that is not paid.
type OpenInvoice struct {
	Invoice id.ID        `json:"invoice"`
	Number  string       `json:"number"`
	DueOn   timex.Date   `json:"due_on"`
	Total   money.Amount `json:"total"`
	Open    money.Amount `json:"open"`
	Late    int          `json:"late"` // days overdue at the end of the statement
}

// Statement gives the account of a company in a currency, for days [first, after),
// by the day of booking unless told otherwise. The balance is what invoices ask
// less what is the customer's; rows of one day are in the order of booking.
func (s *System) Statement(ctx context.Context, c id.Company, cur money.Currency, first, after timex.Date, by DatedBy) (out Statement, err error) {
	defer fault.Wrap(&err, "statement")
	if by == "" {
		by = ByBooking
	}
	if by != ByBooking && by != ByValue {
		return out, fault.New(fault.Invalid, "a statement by %q: %s or %s was expected", fault.Shorten(string(by), 40), ByBooking, ByValue)
	}
	if after <= first {
		return out, fault.New(fault.Invalid, "a statement from %s to %s: a day after the first was expected", first, after)
	}
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out = Statement{By: by, First: first, After: after, Currency: cur, Opening: money.Zero(cur), Closing: money.Zero(cur), Rows: []StatementRow{}, Open: []OpenInvoice{}}
		for i := range out.Ages {
			out.Ages[i] = money.Zero(cur)
		}
		if err := errors.Join(out.journal(tx, c), out.settle()); err != nil {
			return err
		}
		return out.open(tx, c)
	})
	return out, err
}

// journal adds up what was booked on what is asked for and on what is the
// customer's, in the order of booking.
func (st *Statement) journal(tx store.Tx, c id.Company) error {
	asked, theirs := &entries{account: ledger.Receivable}, &entries{account: ledger.Unapplied}
	for { // bounded: every round takes an entry
		a, err := asked.head(tx, c)
		if err != nil {
			return err
		}
		b, err := theirs.head(tx, c)
		if err != nil {
			return err
		}
		next := a
		if a == nil || b != nil && b.Seq < a.Seq {
			next = b
		}
		if next == nil {
			return nil
		}
		if err := st.row(next); err != nil {
			return err
		}
		asked.pass(next.Seq)
		theirs.pass(next.Seq)
	}
}

// entries reads those of one account, page by page.
type entries struct {
	account ledger.Account
	after   int64
	page    []ledger.Entry
	done    bool
}

// head is the next entry; nil: there is none.
func (x *entries) head(tx store.Tx, c id.Company) (*ledger.Entry, error) {
	if len(x.page) == 0 && !x.done {
		var err error
		if x.page, err = tx.Journal().Entries(c, x.account, x.after, pageSize); err != nil {
			return nil, err
		}
		x.done = len(x.page) < pageSize
	}
	if len(x.page) == 0 {
		return nil, nil
	}
	return &x.page[0], nil
}

// pass goes on behind a number: an entry on both accounts is one.
func (x *entries) pass(seq int64) {
	x.after = seq
	if len(x.page) > 0 && x.page[0].Seq == seq {
		x.page = x.page[1:]
	}
}

// row takes an entry in: into what was owed before, or as a row.
func (st *Statement) row(e *ledger.Entry) error {
	r := StatementRow{Booked: e.BookedOn(), Value: e.ValueOn(), Kind: e.Kind, Ref: e.Ref, Note: e.Note, Amount: money.Zero(st.Currency)}
	if r.On = r.Booked; st.By == ByValue {
		r.On = r.Value
	}
	if r.On >= st.After {
		return nil
	}
	var err error
	for _, p := range e.Postings {
		if (p.Account == ledger.Receivable || p.Account == ledger.Unapplied) && p.Amount.Currency() == st.Currency {
			if r.Amount, err = r.Amount.Add(p.Amount); err != nil {
				return fault.New(fault.Overflow, "%v", err)
			}
		}
	}
	switch {
	case r.Amount.IsZero():
	case r.On < st.First:
		if st.Opening, err = st.Opening.Add(r.Amount); err != nil {
			return fault.New(fault.Overflow, "%v", err)
		}
	default:
		st.Rows = append(st.Rows, r)
	}
	return nil
}

// settle puts the rows in order and works out the balance behind each.
func (st *Statement) settle() error {
	slices.SortStableFunc(st.Rows, func(a, b StatementRow) int { return cmp.Compare(a.On, b.On) })
	st.Closing = st.Opening
	for i := range st.Rows {
		sum, err := st.Closing.Add(st.Rows[i].Amount)
		if err != nil {
			return fault.New(fault.Overflow, "%v", err)
		}
		st.Rows[i].Balance, st.Closing = sum, sum
	}
	return nil
}

// open lists what is not paid, and how late it is.
func (st *Statement) open(tx store.Tx, c id.Company) error {
	q := store.DocumentQuery{Kind: store.Invoice, Status: []store.Status{store.Issued, store.Partly, store.Overdue}}
	return eachDocument(tx, c, q, func(d *store.Document) error {
		open := openOf(d)
		if open.Currency() != st.Currency || open.IsZero() || d.IssuedOn >= st.After {
			return nil
		}
		late := max(int(st.After-1-d.DueOn), 0)
		st.Open = append(st.Open, OpenInvoice{d.ID, d.Number, d.DueOn, d.Total, open, late})
		age := &st.Ages[min((late+29)/30, 3)]
		var err error
		if *age, err = age.Add(open); err != nil {
			return fault.New(fault.Overflow, "%v", err)
		}
		return nil
	})
}
