package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

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
	views   bool // it only reads
	cursors int
}

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
	tag, err := e.conn.Exec(e.ctx, numbered(sql), values(args)...)
	return tag.RowsAffected(), err
}

// Query reads all rows before it hands them out, since the connection is theirs
// until then.
func (e *engine) Query(sql string, args []any, each func(tables.Row) error) error {
	_, err := e.rows(numbered(sql), values(args), each)
	return err
}

func (e *engine) rows(sql string, args []any, each func(tables.Row) error) (n int, err error) {
	rows, err := e.conn.Query(e.ctx, sql, args...)
	if err != nil {
		return 0, err
	}
	all, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) ([]any, error) { return r.Values() })
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
	if _, err := e.conn.Exec(e.ctx, "DECLARE "+name+" NO SCROLL CURSOR FOR "+numbered(sql), append([]any{pgx.QueryExecModeExec}, values(args)...)...); err != nil {
		return err
	}
	defer func() {
		if err == nil {
			_, err = e.conn.Exec(e.ctx, "CLOSE "+name)
		}
	}()
	for { // ends with the rows
		n, err := e.rows(fmt.Sprintf("FETCH %d FROM %s", scanRows, name), []any{pgx.QueryExecModeExec}, each)
		if err != nil || n < scanRows {
			return err
		}
	}
}

// Lock writes the row of the company. Where a transaction of it has a later
// instant, this one is run again with a later one still. A view has nothing to
// keep others from, and may write nothing: what is held is asked for there too.
func (e *engine) Lock(c id.Company) error {
	if e.views {
		return nil
	}
	tag, err := e.conn.Exec(e.ctx, "UPDATE companies SET at = $1 WHERE id = $2 AND at <= $1", int64(e.now), c.ID[:])
	if err != nil || tag.RowsAffected() == 1 {
		return err
	}
	var at int64
	err = e.conn.QueryRow(e.ctx, "SELECT at FROM companies WHERE id = $1", c.ID[:]).Scan(&at)
	if err == nil {
		e.db.raise(at)
		return errAgain
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	_, err = e.conn.Exec(e.ctx, "INSERT INTO companies (id, at) VALUES ($1, $2)", c.ID[:], int64(e.now))
	return err
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
	tag, err := e.conn.Exec(e.ctx, "INSERT INTO "+table+" (tenant, pk, key, contract, start, body) SELECT c.id, u.* FROM companies c, unnest($2::BIGINT[], $3::BYTEA[], $4::BIGINT[], $5::BIGINT[], $6::BYTEA[]) u WHERE c.id = $1 ON CONFLICT (tenant, key) DO NOTHING",
		c.ID[:], pks, keys, contracts, starts, bodies)
	if err != nil || tag.RowsAffected() == int64(len(rows)) {
		return true, err
	}
	_, err = e.conn.Exec(e.ctx, "DELETE FROM "+table+" WHERE tenant = $1 AND key = ANY($2) AND pk BETWEEN $3 AND $4", c.ID[:], keys, pks[0], pks[len(pks)-1])
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
