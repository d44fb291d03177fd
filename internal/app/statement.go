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

// Statement is a company's account over some days: what it was asked for, what
// it paid, what is open.
type Statement struct {
	First    timex.Date      `json:"first"`
	After    timex.Date      `json:"after"`
	Currency money.Currency  `json:"currency"`
	Opening  money.Amount    `json:"opening"` // owed before; below zero: the customer's
	Rows     []StatementRow  `json:"rows"`
	Closing  money.Amount    `json:"closing"`
	Open     []OpenInvoice   `json:"open"`
	Ages     [4]money.Amount `json:"ages"` // of what is open: not due, up to 30 days late, up to 60, more
}

// StatementRow is one event.
type StatementRow struct {
	On      timex.Date   `json:"on"` // UTC day it was booked
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

// Statement gives the account of a company in a currency, for booking days
// [first, after) in UTC. The balance is what invoices ask less what is the
// customer's.
func (s *System) Statement(ctx context.Context, c id.Company, cur money.Currency, first, after timex.Date) (out Statement, err error) {
	defer fault.Wrap(&err, "statement")
	if after <= first {
		return out, fault.New(fault.Invalid, "a statement from %s to %s: a day after the first was expected", first, after)
	}
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out = Statement{First: first, After: after, Currency: cur, Opening: money.Zero(cur), Closing: money.Zero(cur), Rows: []StatementRow{}, Open: []OpenInvoice{}}
		for i := range out.Ages {
			out.Ages[i] = money.Zero(cur)
		}
		if err := out.journal(tx, c); err != nil {
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

func (st *Statement) row(e *ledger.Entry) error {
	day := timex.DateOf(e.At.Time())
	if day >= st.After {
		return nil
	}
	sum := money.Zero(st.Currency)
	var err error
	for _, p := range e.Postings {
		if (p.Account == ledger.Receivable || p.Account == ledger.Unapplied) && p.Amount.Currency() == st.Currency {
			if sum, err = sum.Add(p.Amount); err != nil {
				return fault.New(fault.Overflow, "%v", err)
			}
		}
	}
	if sum.IsZero() {
		return nil
	}
	if st.Closing, err = st.Closing.Add(sum); err != nil {
		return fault.New(fault.Overflow, "%v", err)
	}
	if day < st.First {
		st.Opening = st.Closing
		return nil
	}
	st.Rows = append(st.Rows, StatementRow{day, e.Kind, e.Ref, e.Note, sum, st.Closing})
	return nil
}

// open lists what is not paid, and how late it is.
func (st *Statement) open(tx store.Tx, c id.Company) error {
	q := store.DocumentQuery{Kind: store.Invoice, Status: []store.Status{store.Issued, store.Partly, store.Overdue}}
	return eachDocument(tx, c, q, func(d *store.Document) error {
		open := openOf(d)
		if open.Currency() != st.Currency || open.IsZero() {
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
