package sqlite

import (
	"context"
	"errors"
	"fmt"

	"waihu/internal/fault"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// tx is one transaction. An error of the database spoils it: what was half done
// is never committed, even if f goes on.
type tx struct {
	c     *conn
	names *names
	now   timex.Instant
	fresh map[name]int64 // names made in here; everybody's once it is committed
	texts map[int64]string
	spoil error
}

var errEnded = fault.New(fault.Internal, "the transaction has ended: nothing of it may be used outside its function")

// Update runs f in the one transaction that writes.
func (db *DB) Update(ctx context.Context, f func(store.Tx) error) (err error) {
	return db.run(ctx, db.writer, "BEGIN IMMEDIATE", "UPDATE clock SET at = max(at, ?) RETURNING at", f)
}

// View runs f over a snapshot.
func (db *DB) View(ctx context.Context, f func(store.Tx) error) error {
	return db.run(ctx, db.reader, "BEGIN", "SELECT max(at, ?) FROM clock", f)
}

func (db *DB) run(ctx context.Context, pool chan *conn, begin, clock string, f func(store.Tx) error) (err error) {
	var c *conn
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-db.closed:
		return fault.New(fault.Internal, "database %s is closed", db.path)
	case c = <-pool:
	}
	defer func() { pool <- c }()
	if _, err := c.exec(begin); err != nil {
		return fmt.Errorf("%s: %w", begin, err)
	}
	t := &tx{c: c, names: db.names, fresh: map[name]int64{}, texts: map[int64]string{}}
	open := true
	defer func() {
		t.spoil = errEnded
		if open {
			// After a full disk there may be nothing left to undo; that is no news.
			_, _ = c.exec("ROLLBACK")
		}
	}()
	// The first statement is what fixes the moment a snapshot is of.
	if err := t.one(clock, []any{db.clock()}, func(r row) error { t.now = r.instant(0); return nil }); err != nil {
		return err
	}
	if err := f(t); err != nil {
		return err
	}
	if err := errors.Join(t.spoil, ctx.Err()); err != nil {
		return err
	}
	if _, err := c.exec("COMMIT"); err != nil {
		return fmt.Errorf("COMMIT: %w", err)
	}
	open = false
	db.names.keep(t.fresh)
	return nil
}

func (t *tx) Now() timex.Instant         { return t.now }
func (t *tx) Records() store.Records     { return records{t} }
func (t *tx) Usage() store.Usage         { return facts{t} }
func (t *tx) Journal() store.Journal     { return journal{t} }
func (t *tx) Documents() store.Documents { return documents{t} }
func (t *tx) Holds() store.Holds         { return holds{t} }
func (t *tx) Once() store.Once           { return once{t} }
func (t *tx) Outbox() store.Outbox       { return outbox{t} }
func (t *tx) Leases() store.Leases       { return leases{t} }
func (t *tx) Audit() store.Audit         { return audit{t} }

// exec runs a statement that writes.
func (t *tx) exec(sql string, args ...any) (int64, error) {
	if t.spoil != nil {
		return 0, t.spoil
	}
	n, err := t.c.exec(sql, args...)
	if err != nil {
		t.spoil = err
	}
	return n, err
}

// query hands out rows; an error of each is not one of the database.
func (t *tx) query(sql string, args []any, each func(row) error) error {
	if t.spoil != nil {
		return t.spoil
	}
	var own error
	err := t.c.query(sql, args, func(r row) error { own = each(r); return own })
	if err != nil && own == nil {
		t.spoil = err
	}
	return err
}

// one is query for at most one row, which the statement sees to; no row is of
// kind NotFound.
func (t *tx) one(sql string, args []any, each func(row) error) error {
	found := false
	err := t.query(sql, args, func(r row) error { found = true; return each(r) })
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
