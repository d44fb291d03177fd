// Package tables has what both databases do in the same way: the SQL of the
// nouns and the code that scans it.
//
// It owns which rows a fact or a record becomes. It does not own connections,
// transactions, locks, the schema, or how many calls are inserted at once: an
// Engine does, package sqlite or package postgres. Statements are written with
// ? for what is handed in, in the part of SQL that both understand.
//
// What always holds: whoever writes to a company locks it first, so that what
// was read of it before is still true when it is written.
package tables

import (
	"errors"
	"fmt"
	"strings"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// Engine is one transaction of a database.
type Engine interface {
	// Exec runs a statement that writes and tells how many rows it changed.
	Exec(sql string, args ...any) (int64, error)
	// Later is Exec for whom how many rows it changed means nothing. It may wait and be
	// handed in with the statement after it, or with the commit; its error comes then.
	Later(sql string, args ...any) error
	// Query hands out rows one after another; each may run other statements.
	Query(sql string, args []any, each func(Row) error) error
	// Scan is Query for more rows than fit in memory.
	Scan(sql string, args []any, each func(Row) error) error
	// Lock keeps others from writing to a company until the transaction ends, and may
	// tell its position while it is there.
	Lock(c id.Company) (head int64, told bool, err error)
	// Month makes the table of a month's calls unless it is there.
	Month(m timex.Date) error
	// Tenancy is how rows that are many say whose they are.
	Tenancy() Tenancy
	// InsertCalls inserts all rows of a company, or none of them where one's key
	// is there already or stands among them twice.
	InsertCalls(table string, c id.Company, rows []CallRow) (bool, error)
	// FindCalls hands out keys and bodies of those rows that are there.
	FindCalls(table string, c id.Company, rows []CallRow, each func(key, body []byte) error) error
	// RowsAtOnce is how many rows InsertCalls and FindCalls are good for.
	RowsAtOnce() int
	// Numbered stands in an INSERT that sets a number which is otherwise given.
	Numbered() string
	// Renumber lets a table go on counting behind its highest number.
	Renumber(table string) error
}

// Tx is one transaction. An error of the database spoils it: what was half done
// is never committed, even if the function goes on.
type Tx struct {
	engine Engine
	own    Tenancy
	names  *Names
	now    timex.Instant
	locked map[id.Company]bool
	heads  map[id.Company]int64 // positions of usage that nobody else can move now
	fresh  map[name]int64       // names made or found in here; everybody's once it is committed
	texts  map[int64]string
	spoil  error
}

var _ store.Tx = (*Tx)(nil)

// New begins the use of a transaction at an instant.
func New(e Engine, names *Names, now timex.Instant) *Tx {
	return &Tx{engine: e, own: e.Tenancy(), names: names, now: now, locked: map[id.Company]bool{}, heads: map[id.Company]int64{}, fresh: map[name]int64{}, texts: map[int64]string{}}
}

var errEnded = fault.New(fault.Internal, "the transaction has ended: nothing of it may be used outside its function")

// End ends the use of the transaction and says what spoilt it, if anything did.
func (t *Tx) End() error {
	spoil := t.spoil
	t.spoil = errEnded
	return spoil
}

// Committed shares what was learnt in the transaction.
func (t *Tx) Committed() { t.names.keep(t.fresh) }

func (t *Tx) Now() timex.Instant         { return t.now }
func (t *Tx) Records() store.Records     { return records{t} }
func (t *Tx) Usage() store.Usage         { return facts{t} }
func (t *Tx) Journal() store.Journal     { return journal{t} }
func (t *Tx) Documents() store.Documents { return documents{t} }
func (t *Tx) Holds() store.Holds         { return holds{t} }
func (t *Tx) Once() store.Once           { return once{t} }
func (t *Tx) Outbox() store.Outbox       { return outbox{t} }
func (t *Tx) Leases() store.Leases       { return leases{t} }
func (t *Tx) Audit() store.Audit         { return audit{t} }
func (t *Tx) Leads() store.Leads         { return leads{t} }
func (t *Tx) DNC() store.DNC             { return dnc{t} }
func (t *Tx) Attempts() store.Attempts   { return attempts{t} }
func (t *Tx) Reports() store.Reports     { return reports{t} }

// noted remembers an error of the database.
func (t *Tx) noted(err error) error {
	if err != nil {
		t.spoil = err
	}
	return err
}

func (t *Tx) lock(c id.Company) error {
	if t.spoil != nil || t.locked[c] {
		return t.spoil
	}
	t.locked[c] = true
	head, told, err := t.engine.Lock(c)
	if told {
		t.heads[c] = head
	}
	return t.noted(err)
}

// exec runs a statement that writes.
func (t *Tx) exec(sql string, args ...any) (int64, error) {
	if t.spoil != nil {
		return 0, t.spoil
	}
	n, err := t.engine.Exec(sql, args...)
	return n, t.noted(err)
}

// later is exec where nobody asks how many rows were changed.
func (t *Tx) later(sql string, args ...any) error {
	if t.spoil != nil {
		return t.spoil
	}
	return t.noted(t.engine.Later(sql, args...))
}

// query hands out rows; an error of each is not one of the database.
func (t *Tx) query(sql string, args []any, each func(Row) error) error {
	return t.hand(t.engine.Query, sql, args, each)
}

// scan is query for more rows than fit in memory.
func (t *Tx) scan(sql string, args []any, each func(Row) error) error {
	return t.hand(t.engine.Scan, sql, args, each)
}

func (t *Tx) hand(by func(string, []any, func(Row) error) error, sql string, args []any, each func(Row) error) error {
	if t.spoil != nil {
		return t.spoil
	}
	var own error
	err := by(sql, args, func(r Row) error { own = each(r); return own })
	if own != nil {
		return own
	}
	return t.noted(err)
}

func (t *Tx) insertCalls(table string, c id.Company, rows []CallRow) (bool, error) {
	if t.spoil != nil {
		return false, t.spoil
	}
	all, err := t.engine.InsertCalls(table, c, rows)
	return all, t.noted(err)
}

func (t *Tx) findCalls(table string, c id.Company, rows []CallRow, each func(key, body []byte) error) error {
	if t.spoil != nil {
		return t.spoil
	}
	return t.noted(t.engine.FindCalls(table, c, rows, each))
}

// repeated are the statements of 1 to most rows, by their number: a part for each row,
// between them and around them what stands once.
func repeated(most int, before, row, between, after string) []string {
	all := make([]string, most+1)
	for n := 1; n <= most; n++ {
		all[n] = before + row + strings.Repeat(between+row, n-1) + after
	}
	return all
}

// one is query for at most one row, which the statement sees to; no row is of
// kind NotFound.
func (t *Tx) one(sql string, args []any, each func(Row) error) error {
	found := false
	err := t.query(sql, args, func(r Row) error { found = true; return each(r) })
	if err == nil && !found {
		return errNone
	}
	return err
}

var errNone = fault.New(fault.NotFound, "it is not there")

// missing says what was not found.
func missing(err error, format string, args ...any) error {
	if errors.Is(err, errNone) {
		return fault.New(fault.NotFound, "%s is not there", fmt.Sprintf(format, args...))
	}
	return err
}

// isNone tells that there was no row.
func isNone(err error) bool { return errors.Is(err, errNone) }

// Value is what a driver is handed for one of our types.
func Value(a any) any {
	switch a := a.(type) {
	case int:
		return int64(a)
	case timex.Instant:
		return int64(a)
	case timex.Date:
		return int64(a)
	case id.ID:
		return a[:]
	case id.Company:
		return a.ID[:]
	case money.Currency:
		return a.String()
	case []byte:
		if a == nil {
			return []byte{}
		}
	}
	return a
}

// Row is the values of one row as a driver gives them, valid until the next:
// int64, string or []byte.
type Row []any

func (r Row) Int(i int) int64 {
	n, _ := r[i].(int64)
	return n
}

func (r Row) Text(i int) string {
	switch v := r[i].(type) {
	case string:
		return v
	case []byte:
		return string(v)
	}
	return ""
}

// Bytes is a copy the driver made for this row alone.
func (r Row) Bytes(i int) []byte {
	b, _ := r[i].([]byte)
	return b
}

func (r Row) ID(i int) (out id.ID) {
	copy(out[:], r.Bytes(i))
	return out
}

func (r Row) Hash(i int) (out [32]byte) {
	copy(out[:], r.Bytes(i))
	return out
}

func (r Row) Instant(i int) timex.Instant { return timex.Instant(r.Int(i)) }
func (r Row) Date(i int) timex.Date       { return timex.Date(r.Int(i)) }

// Amount is money of a currency in another column.
func (r Row) Amount(micros, currency int) (money.Amount, error) {
	var cur money.Currency
	err := cur.UnmarshalText([]byte(r.Text(currency)))
	return money.Micros(r.Int(micros), cur), err
}
