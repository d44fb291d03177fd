package postgres

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"waihu/internal/id"
	"waihu/internal/store/tables"
	"waihu/internal/timex"
)

// engine is the statements of one transaction.
type engine struct {
	ctx     context.Context
	db      *DB
	conn    *pgx.Conn
	now     timex.Instant
	views   bool      // it only reads
	waiting pgx.Batch // statements that are handed in with the one after them
	cursors int
}

// maxWaiting bounds the statements that wait.
const maxWaiting = 64

// numbered writes $1, $2 ... for the question marks of a statement. None of our
// statements has one inside a text.
func numbered(sql string) string {
	var b strings.Builder
	for n := 1; ; n++ {
		before, after, found := strings.Cut(sql, "?")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteString("$" + strconv.Itoa(n))
		sql = after
	}
}

func values(args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		out[i] = tables.Value(a)
	}
	return out
}

func (e *engine) Exec(sql string, args ...any) (int64, error) {
	tag, err := e.exec(numbered(sql), values(args)...)
	return tag.RowsAffected(), err
}

// Later lets a statement wait: each that is handed in alone is a way to the server
// and back.
func (e *engine) Later(sql string, args ...any) error {
	if e.views || e.waiting.Len() == maxWaiting { // a view is told at once that it may not
		_, err := e.Exec(sql, args...)
		return err
	}
	waits := values(args)
	for i, v := range waits {
		if b, is := v.([]byte); is {
			waits[i] = bytes.Clone(b) // whoever handed it in may write over it now
		}
	}
	e.waiting.Queue(numbered(sql), waits...)
	return nil
}

// exec runs a statement, and those that wait before it.
func (e *engine) exec(sql string, args ...any) (tag pgconn.CommandTag, err error) {
	if e.waiting.Len() == 0 {
		return e.conn.Exec(e.ctx, sql, args...)
	}
	err = e.withWaiting(sql, args, func(answers pgx.BatchResults) (err error) {
		tag, err = answers.Exec()
		return err
	})
	return tag, err
}

// withWaiting hands in what waits and a statement behind it in one go, and hands
// out the answer to that.
func (e *engine) withWaiting(sql string, args []any, answer func(pgx.BatchResults) error) (err error) {
	before := e.waiting.Len()
	all := e.waiting
	e.waiting = pgx.Batch{}
	all.Queue(sql, args...)
	answers := e.conn.SendBatch(e.ctx, &all)
	defer func() {
		if closed := answers.Close(); err == nil {
			err = closed
		}
	}()
	for range before {
		if _, err := answers.Exec(); err != nil {
			return err
		}
	}
	return answer(answers)
}

// flush hands in what waits: a cursor's statements go alone.
func (e *engine) flush() error {
	if e.waiting.Len() == 0 {
		return nil
	}
	_, err := e.exec("SELECT 1")
	return err
}

// Query reads all rows before it hands them out, since the connection is theirs
// until then.
func (e *engine) Query(sql string, args []any, each func(tables.Row) error) error {
	_, err := e.rows(numbered(sql), values(args), each)
	return err
}

func (e *engine) rows(sql string, args []any, each func(tables.Row) error) (n int, err error) {
	var all [][]any
	collect := func(rows pgx.Rows, err error) error {
		if err == nil {
			all, err = pgx.CollectRows(rows, func(r pgx.CollectableRow) ([]any, error) { return r.Values() })
		}
		return err
	}
	if e.waiting.Len() == 0 {
		err = collect(e.conn.Query(e.ctx, sql, args...))
	} else {
		err = e.withWaiting(sql, args, func(answers pgx.BatchResults) error { return collect(answers.Query()) })
	}
	if err != nil {
		return 0, err
	}
	for _, r := range all {
		if err := each(r); err != nil {
			return 0, err
		}
	}
	return len(all), nil
}

// scanRows is how many rows a cursor brings at once.
const scanRows = 500

func (e *engine) Scan(sql string, args []any, each func(tables.Row) error) (err error) {
	e.cursors++
	name := "scan" + strconv.Itoa(e.cursors)
	if err := e.flush(); err != nil {
		return err
	}
	if _, err := e.conn.Exec(e.ctx, "DECLARE "+name+" NO SCROLL CURSOR FOR "+numbered(sql), append([]any{pgx.QueryExecModeExec}, values(args)...)...); err != nil {
		return err
	}
	defer func() {
		if err == nil {
			_, err = e.exec("CLOSE " + name)
		}
	}()
	for { // ends with the rows
		if err := e.flush(); err != nil {
			return err
		}
		n, err := e.rows(fmt.Sprintf("FETCH %d FROM %s", scanRows, name), []any{pgx.QueryExecModeExec}, each)
		if err != nil || n < scanRows {
			return err
		}
	}
}

// Lock writes the row of the company. Where a transaction of it has a later
// instant, this one is run again with a later one still. A view has nothing to
// keep others from, and may write nothing: what is held is asked for there too.
func (e *engine) Lock(c id.Company) (head int64, told bool, err error) {
	if e.views {
		return 0, false, nil
	}
	n, err := e.rows("UPDATE companies SET at = $1 WHERE id = $2 AND at <= $1 RETURNING position", []any{int64(e.now), c.ID[:]}, func(r tables.Row) error { head = r.Int(0); return nil })
	if err != nil || n == 1 {
		return head, true, err
	}
	var at int64
	n, err = e.rows("SELECT at FROM companies WHERE id = $1", []any{c.ID[:]}, func(r tables.Row) error { at = r.Int(0); return nil })
	if err != nil {
		return 0, false, err
	}
	if n == 1 {
		e.db.raise(at)
		return 0, false, errAgain
	}
	_, err = e.exec("INSERT INTO companies (id, at) VALUES ($1, $2)", c.ID[:], int64(e.now))
	return 0, true, err
}

func (*engine) Tenancy() tables.Tenancy { return tables.ByTenant }

// Month makes a partition in a transaction of its own, which no other waits
// for; then this one must begin anew to see it.
func (e *engine) Month(m timex.Date) error {
	if _, there := e.db.months.Load(m); there {
		return nil
	}
	e.db.making.Lock()
	defer e.db.making.Unlock()
	conn, err := pgx.ConnectConfig(e.ctx, e.db.config)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(e.ctx))
	if err := pgx.BeginFunc(e.ctx, conn, func(tx pgx.Tx) error { return makeMonth(e.ctx, tx, m) }); err != nil {
		return err
	}
	e.db.months.Store(m, true)
	return errAgain
}

func makeMonth(ctx context.Context, tx pgx.Tx, m timex.Date) error {
	if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", int64(lockMonths)); err != nil {
		return err
	}
	tag, err := tx.Exec(ctx, "INSERT INTO call_months (month) VALUES ($1) ON CONFLICT DO NOTHING", int64(m))
	if err != nil || tag.RowsAffected() == 0 {
		return err
	}
	name, from, to := tables.Table(m), m.Start(time.UTC), m.AddMonths(1).Start(time.UTC)
	for _, sql := range []string{
		fmt.Sprintf("CREATE TABLE %s (LIKE calls, CHECK (start >= %d AND start < %d))", name, from, to),
		fmt.Sprintf("ALTER TABLE %s ADD CONSTRAINT %s_key PRIMARY KEY (tenant, key)", name, name), // a primary key lets rows be copied while they are written
		// With the last column a page is read in its order; without it the planner, who does not know how short a page is, may sort the month.
		fmt.Sprintf("CREATE INDEX %s_start ON %s (tenant, start, pk)", name, name),
		fmt.Sprintf("ALTER TABLE calls ATTACH PARTITION %s FOR VALUES FROM (%d) TO (%d)", name, from, to),
	} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// rowsAtOnce is how many calls one INSERT has.
const rowsAtOnce = 1000

func (*engine) RowsAtOnce() int { return rowsAtOnce }

func (*engine) Numbered() string { return " OVERRIDING SYSTEM VALUE" }

func (e *engine) Renumber(table string) error {
	return e.Query("SELECT setval(pg_get_serial_sequence('"+table+"', 'key'), (SELECT coalesce(max(key), 0) + 1 FROM "+table+"), false)", nil, func(tables.Row) error { return nil })
}

// InsertCalls takes the identifier from the company's row: so Citus sees that all
// goes to the machine of that row, and counts the rows that were inserted. Rows
// out of nowhere it would count when they are handed in.
func (e *engine) InsertCalls(table string, c id.Company, rows []tables.CallRow) (bool, error) {
	pks, contracts, starts := make([]int64, len(rows)), make([]int64, len(rows)), make([]int64, len(rows))
	keys, bodies := make([][]byte, len(rows)), make([][]byte, len(rows))
	for i := range rows {
		r := &rows[i]
		pks[i], keys[i], contracts[i], starts[i], bodies[i] = r.PK, r.Key, r.Contract, int64(r.Start), r.Body
	}
	tag, err := e.exec("INSERT INTO "+table+" (tenant, pk, key, contract, start, body) SELECT c.id, u.* FROM companies c, unnest($2::BIGINT[], $3::BYTEA[], $4::BIGINT[], $5::BIGINT[], $6::BYTEA[]) u WHERE c.id = $1 ON CONFLICT (tenant, key) DO NOTHING",
		c.ID[:], pks, keys, contracts, starts, bodies)
	if err != nil || tag.RowsAffected() == int64(len(rows)) {
		return true, err
	}
	_, err = e.exec("DELETE FROM "+table+" WHERE tenant = $1 AND key = ANY($2) AND pk BETWEEN $3 AND $4", c.ID[:], keys, pks[0], pks[len(pks)-1])
	return false, err
}

func (e *engine) FindCalls(table string, c id.Company, rows []tables.CallRow, each func(key, body []byte) error) error {
	keys := make([][]byte, len(rows))
	for i := range rows {
		keys[i] = rows[i].Key
	}
	_, err := e.rows("SELECT key, body FROM "+table+" WHERE tenant = $1 AND key = ANY($2)", []any{c.ID[:], keys}, func(r tables.Row) error { return each(r.Bytes(0), r.Bytes(1)) })
	return err
}
