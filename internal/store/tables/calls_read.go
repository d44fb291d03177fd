package tables

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"

	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

func (t facts) CallByID(c id.Company, source, callID string, month timex.Date) (*store.ChargedCall, error) {
	var out *store.ChargedCall
	err := func() error {
		company, err := t.company(c, false)
		if err != nil {
			return err
		}
		from, err := t.number(name{company, sourceName, source}, false)
		if err != nil {
			return err
		}
		names, err := t.months(timex.Period{From: month.Start(utc), To: month.Start(utc) + 1})
		if err != nil || len(names) == 0 {
			return orNone(err)
		}
		key := append(binary.BigEndian.AppendUint32(nil, uint32(from)), callID...)
		return t.one(CallByKey(Table(names[0]), t.own), t.own.args(company, key), func(r Row) (err error) {
			out, err = t.readCall(company, r)
			return err
		})
	}()
	return out, missing(err, "call %s of %s", callID, source)
}

func orNone(err error) error {
	if err == nil {
		return errNone
	}
	return err
}

// readCall reads pk, contract and body.
func (t facts) readCall(company firm, r Row) (*store.ChargedCall, error) {
	charges, fact, err := cutBody(r.Bytes(2))
	if err != nil {
		return nil, err
	}
	out := &store.ChargedCall{Position: r.Int(0) & positionMask}
	if err := usage.DecodeCall(fact, &out.Call); err != nil {
		return nil, err
	}
	owner, err := t.called(company, r.Int(1))
	if err != nil {
		return nil, err
	}
	copy(out.Contract[:], owner)
	for len(charges) > 0 {
		price, c, cost, rest, err := store.ReadCharge(charges)
		if err != nil {
			return nil, err
		}
		charges = rest
		text, err := t.called(company, price)
		if err != nil {
			return nil, err
		}
		n, err := store.ParsePriceName(text)
		if err != nil {
			return nil, err
		}
		c.Component, c.Label, c.Reason, c.Cost = n.Component, n.Label, n.Reason, money.Micros(cost, n.Currency)
		out.Charges = append(out.Charges, c)
	}
	return out, nil
}

// months are the months with calls that a period touches, the earliest first.
func (t facts) months(p timex.Period) ([]timex.Date, error) {
	if p.IsEmpty() {
		return nil, nil
	}
	var out []timex.Date
	err := t.query("SELECT month FROM call_months WHERE month BETWEEN ? AND ? ORDER BY month", []any{store.MonthOf(p.From), store.MonthOf(p.To - 1)}, func(r Row) error {
		out = append(out, r.Date(0))
		return nil
	})
	return out, err
}

// Calls reads along the index of starts, one way or the other.
func (t facts) Calls(c id.Company, q store.CallQuery) (page store.CallPage, err error) {
	if err := store.CheckLimit(q.Limit); err != nil {
		return page, err
	}
	company, owner, found, err := t.narrow(c, q.Contract)
	if !found {
		return page, err
	}
	months, err := t.months(q.Period)
	if err != nil {
		return page, err
	}
	look := looking{facts: t, company: company, owner: owner, q: &q, left: store.MaxLooked}
	if !q.Up {
		slices.Reverse(months)
	}
	for _, m := range months {
		if err := look.in(Table(m)); err != nil || !look.page.Next.Start.IsZero() {
			return look.page, err
		}
	}
	return look.page, nil
}

// looking is the reading of one page.
type looking struct {
	facts
	company firm
	owner   int64
	q       *store.CallQuery
	left    int // calls that may still be looked at
	page    store.CallPage
}

// CallByKey is the statement that reads a call of a month by its source and name.
func CallByKey(name string, by Tenancy) string {
	return "SELECT pk, contract, body FROM " + name + " WHERE " + by.is + "key = ?"
}

// CallsByTime is the statement that reads a month by time, newest first or with up
// oldest first: a page of limit calls or some more. How many is in its text, as a power of two, because
// PostgreSQL takes an unknown limit for a tenth of the month and would sort it.
func CallsByTime(name string, owner int64, by Tenancy, limit int, up bool) string {
	within, order := " AND start >= ? AND (start, pk) < (?, ?)", " ORDER BY start DESC, pk DESC"
	if up {
		within, order = " AND start < ? AND (start, pk) > (?, ?)", " ORDER BY start, pk"
	}
	sql := "SELECT pk, contract, body FROM " + name + " WHERE " + by.all + within
	if owner != 0 {
		sql += " AND contract = ?"
	}
	return sql + order + fmt.Sprintf(" LIMIT %d", 1<<bits.Len(uint(max(limit, 1)-1)))
}

// in looks at the calls of one month.
func (l *looking) in(name string) error {
	q, far, start, pk := l.q, l.q.Period.From, l.q.Period.To, l.company.pk(0)
	if q.Up { // positions begin at 1: nothing is left out by the row 0 of a company
		far, start = start, far
	}
	if b := q.Before.Start; !b.IsZero() && (!q.Up && b < start || q.Up && b >= start) {
		start, pk = b, l.company.pk(q.Before.Position)
	}
	args := []any{l.own.who(l.company), far, start, pk}
	if l.owner != 0 {
		args = append(args, l.owner)
	}
	limit := l.left
	if !q.Narrow() {
		limit = min(limit, q.Limit-len(l.page.Calls))
	}
	return l.query(CallsByTime(name, l.owner, l.own, limit, q.Up), args, func(r Row) error {
		if !l.page.Next.Start.IsZero() {
			return nil // the rest of what was asked for in vain
		}
		call, err := l.readCall(l.company, r)
		if err != nil {
			return err
		}
		l.left--
		if q.Takes(call) {
			l.page.Calls = append(l.page.Calls, *call)
		}
		if len(l.page.Calls) == q.Limit || l.left == 0 {
			l.page.Next = store.CallCursor{Start: call.Call.Start, Position: call.Position}
		}
		return nil
	})
}
