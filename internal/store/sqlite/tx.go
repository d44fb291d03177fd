package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/store/tables"
	"waihu/internal/timex"
)

// The first statement of a transaction fixes the moment it is of.
const (
	moveClock = "UPDATE clock SET at = max(at, ?) RETURNING at"
	readClock = "SELECT max(at, ?) FROM clock"
)

// Update runs f in the one transaction that writes.
func (db *DB) Update(ctx context.Context, f func(store.Tx) error) (err error) {
	return db.run(ctx, db.writer, "BEGIN IMMEDIATE", moveClock, func(_ *conn, t *tables.Tx) error { return f(t) })
}

// View runs f over a snapshot.
func (db *DB) View(ctx context.Context, f func(store.Tx) error) error {
	return db.run(ctx, db.reader, "BEGIN", readClock, func(_ *conn, t *tables.Tx) error { return f(t) })
}

// Now is the clock, or the last instant seen where the clock was set back.
func (db *DB) Now() timex.Instant { return max(db.clock(), timex.Instant(db.last.Load())) }

func (db *DB) saw(now timex.Instant) {
	for { // ends: whoever comes between has raised it
		at := db.last.Load()
		if at >= int64(now) || db.last.CompareAndSwap(at, int64(now)) {
			return
		}
	}
}

func (db *DB) run(ctx context.Context, pool chan *conn, begin, clock string, f func(*conn, *tables.Tx) error) (err error) {
	var c *conn
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-db.closed:
		return fault.New(fault.Internal, "database %s is closed", db.path)
	case c = <-pool:
	}
	defer func() { pool <- c }()
	var spoil error
	defer func() { err = marked(err, spoil) }()
	if _, err := c.exec(begin); err != nil {
		return fmt.Errorf("%s: %w", begin, err)
	}
	open := true
	defer func() {
		if open {
			// After a full disk there may be nothing left to undo; that is no news.
			_, _ = c.exec("ROLLBACK")
		}
	}()
	var now timex.Instant
	if err := c.query(clock, []any{db.clock()}, func(r tables.Row) error { now = r.Instant(0); return nil }); err != nil {
		return err
	}
	db.saw(now)
	t := tables.New(engine{c}, db.names, now)
	defer t.End()
	err = f(c, t)
	if spoil = t.End(); err != nil {
		return err
	}
	if err := errors.Join(spoil, ctx.Err()); err != nil {
		return err
	}
	if _, err := c.exec("COMMIT"); err != nil {
		return fmt.Errorf("COMMIT: %w", err)
	}
	open = false
	t.Committed()
	select {
	case db.written <- struct{}{}:
	default: // it is known already
	}
	return nil
}

// engine is the statements of one transaction.
type engine struct{ c *conn }

func (e engine) Exec(sql string, args ...any) (int64, error) { return e.c.exec(sql, args...) }

// Later is Exec: there is no way to a server to spare.
func (e engine) Later(sql string, args ...any) error {
	_, err := e.c.exec(sql, args...)
	return err
}

func (e engine) Query(sql string, args []any, each func(tables.Row) error) error {
	return e.c.query(sql, args, each)
}

func (e engine) Scan(sql string, args []any, each func(tables.Row) error) error {
	return e.c.query(sql, args, each)
}

// Lock has nothing to do: one transaction writes at a time.
func (engine) Lock(id.Company) (int64, bool, error) { return 0, false, nil }

func (engine) Tenancy() tables.Tenancy { return tables.ByNumber }

func (e engine) Month(m timex.Date) error {
	n, err := e.c.exec("INSERT INTO call_months (month) VALUES (?) ON CONFLICT DO NOTHING", m)
	if err != nil || n == 0 {
		return err
	}
	name := tables.Table(m)
	for _, sql := range []string{
		"CREATE TABLE " + name + " (pk INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, contract INTEGER NOT NULL, start INTEGER NOT NULL, body BLOB NOT NULL) STRICT",
		"CREATE INDEX " + name + "_start ON " + name + " (pk >> 40, start)",
	} {
		if _, err := e.c.exec(sql); err != nil {
			return err
		}
	}
	return nil
}

// rowsAtOnce is how many calls one INSERT has: more gain nothing, and a batch
// has a rest that is shorter.
const rowsAtOnce = 64

func (engine) RowsAtOnce() int { return rowsAtOnce }

// Numbers need nothing: SQLite counts on behind the highest by itself.
func (engine) Numbered() string      { return "" }
func (engine) Renumber(string) error { return nil }

func (e engine) InsertCalls(table string, _ id.Company, rows []tables.CallRow) (bool, error) {
	args := make([]any, 0, 5*rowsAtOnce)
	for i := range rows {
		r := &rows[i]
		args = append(args, r.PK, r.Key, r.Contract, int64(r.Start), r.Body)
	}
	n, err := e.c.exec("INSERT INTO "+table+" (pk, key, contract, start, body) VALUES (?, ?, ?, ?, ?)"+strings.Repeat(", (?, ?, ?, ?, ?)", len(rows)-1)+" ON CONFLICT (key) DO NOTHING", args...)
	if err != nil || n == int64(len(rows)) {
		return true, err
	}
	_, err = e.c.exec("DELETE FROM "+table+" WHERE pk BETWEEN ? AND ?", rows[0].PK, rows[len(rows)-1].PK)
	return false, err
}

func (e engine) FindCalls(table string, _ id.Company, rows []tables.CallRow, each func(key, body []byte) error) error {
	args := make([]any, len(rows))
	for i := range rows {
		args[i] = rows[i].Key
	}
	return e.c.query("SELECT key, body FROM "+table+" WHERE key IN (?"+strings.Repeat(", ?", len(rows)-1)+")", args, func(r tables.Row) error { return each(r.Bytes(0), r.Bytes(1)) })
}
