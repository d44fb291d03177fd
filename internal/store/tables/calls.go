package tables

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// facts keeps usage. A call is one row of its month's table: its key (number of
// the source, then the identifier), its contract, its start, and a body of
// charges and canonical form. The row's number is the company's and the
// position.
type facts struct{ *Tx }

const (
	positionBits = 40
	positionMask = 1<<positionBits - 1
)

// Table is the name of the table of a month.
func Table(month timex.Date) string {
	y, m, _ := month.Civil()
	return fmt.Sprintf("calls_%04d%02d", y, m)
}

// CallRow is a call on its way into its table.
type CallRow struct {
	PK       int64
	Key      []byte // number of the source in four bytes, then the identifier
	Contract int64  // its number
	Start    timex.Instant
	Body     []byte
	at       int // its place in the batch
}

// AddCalls writes the calls of each month, many a statement. Where some of a
// statement were there already nothing of it is written and the known ones are
// looked up.
func (t facts) AddCalls(c id.Company, calls []store.ChargedCall) ([]store.Outcome, error) {
	if len(calls) > store.MaxBatch {
		return nil, fault.New(fault.Invalid, "%d calls at once: at most %d were expected", len(calls), store.MaxBatch)
	}
	company, err := t.writing(c)
	if err != nil {
		return nil, err
	}
	months, order, err := t.prepare(company, calls)
	if err != nil {
		return nil, err
	}
	b := batch{facts: t, company: company, calls: calls, out: make([]store.Outcome, len(calls))}
	if b.position, err = t.head(company); err != nil {
		return nil, err
	}
	before := b.position
	for _, m := range order {
		if err := b.write(m, months[m]); err != nil {
			return nil, err
		}
	}
	if b.position > before {
		_, err = t.exec("UPDATE companies SET position = ? WHERE key = ?", b.position, company)
	}
	return b.out, err
}

// prepare encodes the calls and sorts them by month, in the order of their coming.
func (t facts) prepare(company int64, calls []store.ChargedCall) (months map[timex.Date][]CallRow, order []timex.Date, err error) {
	months = map[timex.Date][]CallRow{}
	var buf []byte // one for all: what was cut from it stays valid when it grows
	var month timex.Date
	var from, to timex.Instant
	for i := range calls {
		c := &calls[i].Call
		if err := store.CheckCall(c); err != nil {
			return nil, nil, err
		}
		if c.Start < from || c.Start >= to {
			month = store.MonthOf(c.Start)
			from, to = month.Start(utc), month.AddMonths(1).Start(utc)
		}
		if months[month] == nil {
			order = append(order, month)
		}
		a := CallRow{at: i, Start: c.Start}
		if a.Contract, err = t.contract(company, calls[i].Contract, true); err != nil {
			return nil, nil, err
		}
		source, err := t.number(name{company, sourceName, c.Source}, true)
		if err != nil {
			return nil, nil, err
		}
		at := len(buf)
		buf = append(binary.BigEndian.AppendUint32(buf, uint32(source)), c.ID...)
		a.Key = buf[at:len(buf):len(buf)]
		at = len(buf)
		if buf, err = t.appendBody(buf, company, &calls[i]); err != nil {
			return nil, nil, err
		}
		a.Body = buf[at:len(buf):len(buf)]
		months[month] = append(months[month], a)
	}
	return months, order, nil
}

// appendBody appends the length of the charges, the charges and the canonical form.
func (t facts) appendBody(dst []byte, company int64, c *store.ChargedCall) ([]byte, error) {
	var room [128]byte
	charges := room[:0]
	for i := range c.Charges {
		price, err := t.number(name{company, priceName, c.Charges[i].NameOf().Text()}, true)
		if err != nil {
			return nil, err
		}
		charges = store.AppendCharge(charges, price, &c.Charges[i])
	}
	dst = append(binary.AppendUvarint(dst, uint64(len(charges))), charges...)
	return c.Call.AppendCanonical(dst), nil
}

// cutBody takes a body apart.
func cutBody(body []byte) (charges, fact []byte, err error) {
	n, used := binary.Uvarint(body)
	if used <= 0 || n > uint64(len(body)-used) {
		return nil, nil, fault.New(fault.Internal, "a stored call of %d bytes is cut off", len(body))
	}
	return body[used : used+int(n)], body[used+int(n):], nil
}

// batch is the calls of one AddCalls.
type batch struct {
	facts
	company  int64
	calls    []store.ChargedCall
	out      []store.Outcome
	position int64
}

// write adds the calls of one month.
func (b *batch) write(month timex.Date, rows []CallRow) error {
	name := Table(month)
	if err := b.engine.Month(month); err != nil {
		return err
	}
	owners, known := map[int64]bool{}, false
	for len(rows) > 0 {
		part := rows[:min(len(rows), b.engine.RowsAtOnce())]
		rows = rows[len(part):]
		fresh := part
		if known {
			var err error
			if fresh, err = b.unknown(name, part); err != nil {
				return err
			}
		}
		all, err := b.insert(name, fresh)
		if err != nil {
			return err
		}
		if !all { // some were there: from now on look first
			known = true
			if fresh, err = b.unknown(name, fresh); err != nil {
				return err
			}
			if _, err = b.insert(name, fresh); err != nil {
				return err
			}
		}
		for i, a := range fresh {
			b.out[a.at], b.calls[a.at].Position = store.Added, b.position+int64(i)+1
			owners[a.Contract] = true
		}
		b.position += int64(len(fresh))
	}
	for owner := range owners {
		if err := b.touch(owner, month, b.position); err != nil {
			return err
		}
	}
	return nil
}

// pk is the row number of the n-th call to come.
func (b *batch) pk(n int) int64 { return b.company<<positionBits | (b.position + int64(n)) }

func (b *batch) insert(name string, rows []CallRow) (bool, error) {
	if len(rows) == 0 {
		return true, nil
	}
	for i := range rows {
		rows[i].PK = b.pk(i + 1)
	}
	return b.insertCalls(name, rows)
}

// unknown settles those calls that are there already, or came before in the
// same lot, and gives the rest.
func (b *batch) unknown(name string, rows []CallRow) ([]CallRow, error) {
	stored := make(map[string][]byte, len(rows))
	if len(rows) == 0 {
		return nil, nil
	}
	err := b.findCalls(name, rows, func(key, body []byte) error {
		_, fact, err := cutBody(body)
		stored[string(key)] = fact
		return err
	})
	if err != nil {
		return nil, err
	}
	fresh := make([]CallRow, 0, len(rows))
	for _, a := range rows {
		_, fact, err := cutBody(a.Body)
		if err != nil {
			return nil, err
		}
		there, known := stored[string(a.Key)]
		switch {
		case !known:
			stored[string(a.Key)] = fact
			fresh = append(fresh, a)
		case bytes.Equal(there, fact):
			b.out[a.at] = store.Same
		default:
			b.out[a.at] = store.Differs
		}
	}
	return fresh, nil
}

// touch notes that a month of a contract got facts up to a position.
func (t facts) touch(contract int64, month timex.Date, position int64) error {
	_, err := t.exec("INSERT INTO usage_months (contract, month, position) VALUES (?, ?, ?) ON CONFLICT (contract, month) DO UPDATE SET position = excluded.position", contract, month, position)
	return err
}

// head is the last position of a company; 0 before the first.
func (t facts) head(company int64) (n int64, err error) {
	err = t.query("SELECT position FROM companies WHERE key = ?", []any{company}, func(r Row) error { n = r.Int(0); return nil })
	return n, err
}

func (t facts) Head(c id.Company) (int64, error) {
	company, err := t.company(c, false)
	if isNone(err) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return t.head(company)
}

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
		return t.one("SELECT pk, contract, body FROM "+Table(names[0])+" WHERE key = ?", []any{key}, func(r Row) (err error) {
			out, err = t.readCall(r)
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
func (t facts) readCall(r Row) (*store.ChargedCall, error) {
	charges, fact, err := cutBody(r.Bytes(2))
	if err != nil {
		return nil, err
	}
	out := &store.ChargedCall{Position: r.Int(0) & positionMask}
	if err := usage.DecodeCall(fact, &out.Call); err != nil {
		return nil, err
	}
	owner, err := t.called(r.Int(1))
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
		text, err := t.called(price)
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

// Calls reads along the index of starts, the newest first.
func (t facts) Calls(c id.Company, q store.CallQuery) (page store.CallPage, err error) {
	if err := store.CheckLimit(q.Limit); err != nil {
		return page, err
	}
	company, err := t.company(c, false)
	if isNone(err) {
		return page, nil
	}
	months, err := t.months(q.Period)
	if err != nil {
		return page, err
	}
	owner := int64(0)
	if !q.Contract.IsZero() {
		if owner, err = t.contract(company, q.Contract, false); err != nil {
			if isNone(err) {
				err = nil
			}
			return page, err
		}
	}
	look := looking{facts: t, company: company, owner: owner, q: &q, left: store.MaxLooked}
	slices.Reverse(months)
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
	company, owner int64
	q              *store.CallQuery
	left           int // calls that may still be looked at
	page           store.CallPage
}

// CallsByTime is the statement that reads a month by time, newest first.
func CallsByTime(name string, owner int64) string {
	sql := "SELECT pk, contract, body FROM " + name + " WHERE pk >> 40 = ? AND start >= ? AND (start, pk) < (?, ?)"
	if owner != 0 {
		sql += " AND contract = ?"
	}
	return sql + " ORDER BY start DESC, pk DESC LIMIT ?"
}

// in looks at the calls of one month.
func (l *looking) in(name string) error {
	q, start, pk := l.q, l.q.Period.To, l.company<<positionBits
	if !q.Before.Start.IsZero() && q.Before.Start < start {
		start, pk = q.Before.Start, l.company<<positionBits|q.Before.Position
	}
	args := []any{l.company, q.Period.From, start, pk}
	if l.owner != 0 {
		args = append(args, l.owner)
	}
	limit := l.left
	if !q.Narrow() {
		limit = min(limit, q.Limit-len(l.page.Calls))
	}
	return l.query(CallsByTime(name, l.owner), append(args, limit), func(r Row) error {
		if len(l.page.Calls) == q.Limit {
			return nil // the rest of what was asked for in vain
		}
		call, err := l.readCall(r)
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
