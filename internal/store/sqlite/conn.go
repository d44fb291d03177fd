package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	modernc "modernc.org/sqlite"

	"waihu/internal/fault"
	"waihu/internal/store/tables"
)

// maxStatements bounds the prepared statements of a connection; those of months
// come and go.
const maxStatements = 400

// conn is one connection. It belongs to one goroutine at a time. It speaks to
// the driver itself: what database/sql adds, a pool and conversions, costs
// more than an insert, and there is nothing to pool here.
type conn struct {
	raw   driver.Conn
	stmts map[string]*stmt
}

type stmt struct {
	raw  driver.Stmt
	args []driver.NamedValue
	busy bool // its rows are being read
}

// connect opens a connection and sets it up. Pragmas stand in an order that
// counts: the size of a page is settled before the journal.
func connect(dsn string, pragmas []string) (*conn, error) {
	connector, err := modernc.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	raw, err := connector.Connect(context.Background())
	if err != nil {
		return nil, err
	}
	c := &conn{raw: raw, stmts: map[string]*stmt{}}
	for _, p := range pragmas {
		if err := c.script("PRAGMA " + p); err != nil {
			c.close()
			return nil, fmt.Errorf("PRAGMA %s: %w", p, err)
		}
	}
	return c, nil
}

func (c *conn) close() error {
	c.forget()
	return c.raw.Close()
}

// forget drops the prepared statements that are not in use.
func (c *conn) forget() {
	for sql, s := range c.stmts {
		if !s.busy {
			s.raw.Close()
			delete(c.stmts, sql)
		}
	}
}

// script runs statements that have no arguments.
func (c *conn) script(sql string) error {
	_, err := c.raw.(driver.ExecerContext).ExecContext(context.Background(), sql, nil)
	return err
}

// prepared is a statement ready for use, from the ones kept where it is one.
func (c *conn) prepared(sql string) (*stmt, error) {
	s := c.stmts[sql]
	if s != nil && !s.busy {
		return s, nil
	}
	raw, err := c.raw.Prepare(tables.Indexed(sql))
	if err != nil {
		return nil, fmt.Errorf("%w in %s", err, fault.Shorten(sql, 200))
	}
	fresh := &stmt{raw: raw}
	if s == nil {
		if len(c.stmts) >= maxStatements {
			c.forget()
		}
		c.stmts[sql] = fresh
	}
	return fresh, nil
}

// release ends the use of a statement; one that is not kept is closed.
func (c *conn) release(sql string, s *stmt) {
	s.busy = false
	if c.stmts[sql] != s {
		s.raw.Close()
	}
}

func (s *stmt) bind(args []any) []driver.NamedValue {
	if cap(s.args) < len(args) {
		s.args = make([]driver.NamedValue, len(args))
		for i := range s.args {
			s.args[i].Ordinal = i + 1
		}
	}
	s.args = s.args[:len(args)]
	for i, a := range args {
		s.args[i].Value = tables.Value(a)
	}
	return s.args
}

// exec runs a statement and tells how many rows it changed.
func (c *conn) exec(sql string, args ...any) (int64, error) {
	s, err := c.prepared(sql)
	if err != nil {
		return 0, err
	}
	s.busy = true
	defer c.release(sql, s)
	res, err := s.raw.(driver.StmtExecContext).ExecContext(context.Background(), s.bind(args))
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// query hands out the rows of a statement one after another. each may run
// other statements.
func (c *conn) query(sql string, args []any, each func(tables.Row) error) (err error) {
	s, err := c.prepared(sql)
	if err != nil {
		return err
	}
	s.busy = true
	defer c.release(sql, s)
	rows, err := s.raw.(driver.StmtQueryContext).QueryContext(context.Background(), s.bind(args))
	if err != nil {
		return err
	}
	defer func() {
		if e := rows.Close(); e != nil {
			err = errors.Join(err, e)
		}
	}()
	values := make([]driver.Value, len(rows.Columns()))
	r := make(tables.Row, len(values))
	for { // ends with the rows
		if err := rows.Next(values); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		for i, v := range values {
			r[i] = v
		}
		if err := each(r); err != nil {
			return err
		}
	}
}
