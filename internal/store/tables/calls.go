package tables

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"waihu/internal/calling/report"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
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
	company, head, err := t.begin(c, len(calls))
	if err != nil {
		return nil, err
	}
	months, order, err := t.prepare(company, calls)
	if err != nil {
		return nil, err
	}
	b := batch{facts: t, company: company, calls: calls, out: make([]store.Outcome, len(calls)), position: head}
	for _, m := range order {
		if err := b.write(m, months[m]); err != nil {
			return nil, err
		}
	}
	counts := report.New()
	for i := range calls {
		if b.out[i] == store.Added {
			countCall(counts, &calls[i], false)
		}
	}
	if err := t.count(c, counts); err != nil {
		return nil, err
	}
	return b.out, t.advance(company, head, b.position)
}

// begin locks a company for so many facts, and gives its position.
func (t facts) begin(c id.Company, n int) (company firm, head int64, err error) {
	if n > store.MaxBatch {
		return company, 0, fault.New(fault.Invalid, "%d facts at once: at most %d were expected", n, store.MaxBatch)
	}
	if company, err = t.writing(c); err != nil {
		return company, 0, err
	}
	head, err = t.head(company)
	return company, head, err
}

// advance notes how far a company's usage has come.
func (t facts) advance(company firm, from, to int64) error {
	if to == from {
		return nil
	}
	err := t.later("UPDATE companies SET position = ? WHERE id = ?", to, company.id)
	t.heads[company.id] = to
	return err
}

// narrow gives a company and the number of one of its contracts, 0 for the zero
// contract. Where there is no such company or contract, found is false.
func (t facts) narrow(c id.Company, contract id.ID) (company firm, owner int64, found bool, err error) {
	if company, err = t.company(c, false); err == nil && !contract.IsZero() {
		owner, err = t.contract(company, contract, false)
	}
	if isNone(err) {
		return company, 0, false, nil
	}
	return company, owner, err == nil, err
}

// prepare encodes the calls and sorts them by month, in the order of their coming.
func (t facts) prepare(company firm, calls []store.ChargedCall) (months map[timex.Date][]CallRow, order []timex.Date, err error) {
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
func (t facts) appendBody(dst []byte, company firm, c *store.ChargedCall) ([]byte, error) {
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
	company  firm
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
		var strays []strayRow
		for i, a := range fresh {
			b.out[a.at], b.calls[a.at].Position = store.Added, b.position+int64(i)+1
			owners[a.Contract] = true
			if call := &b.calls[a.at]; call.Contract.IsZero() {
				strays = append(strays, strayCall(call))
			}
		}
		if err := b.strays(b.company, strays); err != nil {
			return err
		}
		b.position += int64(len(fresh))
	}
	for owner := range owners {
		if err := b.touch(b.company, owner, month, b.position); err != nil {
			return err
		}
	}
	return nil
}

// pk is the row number of the n-th call to come.
func (b *batch) pk(n int) int64 { return b.company.pk(b.position + int64(n)) }

func (b *batch) insert(name string, rows []CallRow) (bool, error) {
	if len(rows) == 0 {
		return true, nil
	}
	for i := range rows {
		rows[i].PK = b.pk(i + 1)
	}
	return b.insertCalls(name, b.company.id, rows)
}

// unknown settles those calls that are there already, or came before in the
// same lot, and gives the rest.
func (b *batch) unknown(name string, rows []CallRow) ([]CallRow, error) {
	stored := make(map[string][]byte, len(rows))
	if len(rows) == 0 {
		return nil, nil
	}
	err := b.findCalls(name, b.company.id, rows, func(key, body []byte) error {
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
func (t facts) touch(company firm, contract int64, month timex.Date, position int64) error {
	o := t.own
	return t.later("INSERT INTO usage_months ("+o.column+"contract, month, position) VALUES ("+o.mark+"?, ?, ?) ON CONFLICT ("+o.column+"contract, month) DO UPDATE SET position = excluded.position", o.args(company, contract, month, position)...)
}

// head is the last position of a company; 0 before the first.
func (t facts) head(company firm) (n int64, err error) {
	if head, known := t.heads[company.id]; known {
		return head, t.spoil
	}
	err = t.query("SELECT position FROM companies WHERE id = ?", []any{company.id}, func(r Row) error { n = r.Int(0); return nil })
	return n, err
}

func (t facts) Head(c id.Company) (int64, error) {
	if head, known := t.heads[c]; known {
		return head, t.spoil
	}
	company, err := t.company(c, false)
	if isNone(err) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return t.head(company)
}
