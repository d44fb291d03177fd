package postgres

import (
	"context"
	_ "embed"
	"regexp"
	"slices"
	"testing"
)

//go:embed citus.sql
var citus string

var (
	laidOut  = regexp.MustCompile(`(?m)^SELECT create_distributed_table\('(\w+)', '(\w+)', colocate_with => '(\w+)'\);$`)
	anyTable = regexp.MustCompile(`create_distributed_table`)
)

// layout is the column by which citus.sql lays out each table.
func layout(t *testing.T) map[string]string {
	t.Helper()
	columns := map[string]string{}
	for i, m := range laidOut.FindAllStringSubmatch(citus, -1) {
		if with := map[bool]string{true: "none", false: "companies"}[i == 0]; m[3] != with {
			t.Errorf("%s is laid out beside %s, not beside %s", m[1], m[3], with)
		}
		columns[m[1]] = m[2]
	}
	if n := len(anyTable.FindAllString(citus, -1)); n != len(columns) {
		t.Errorf("%d tables were read of %d statements", len(columns), n)
	}
	return columns
}

// beside have a row for all companies together.
var beside = []string{"call_months", "leases", "schema_version"}

// TestLayoutOfCompanies holds citus.sql to the schema: every table of a company
// is laid out, by a column of the one type, which is part of each of its keys.
func TestLayoutOfCompanies(t *testing.T) {
	db := fresh(t, Options{})
	columns := layout(t)
	ctx := context.Background()
	conn, err := db.pool.Acquire(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	makeMarch(t, ctx, conn.Conn())
	march := "calls_202603"
	columns[march] = columns["calls"] // its indexes are its own
	there := map[string]bool{}
	rows, err := conn.Query(ctx, `SELECT c.relname, coalesce(bool_and(a.attname = ANY (
			SELECT k.attname FROM unnest(i.indkey) n JOIN pg_attribute k ON k.attrelid = c.oid AND k.attnum = n)) FILTER (WHERE i.indexrelid IS NOT NULL), c.relname = 'calls'),
			coalesce(max(format_type(a.atttypid, NULL)), ''), coalesce(bool_and(a.attnotnull), false)
		FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = ($1::JSONB ->> c.relname) LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisunique
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') GROUP BY c.relname, c.oid`, columns)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name, kind string
		var keyed, never bool
		if err := rows.Scan(&name, &keyed, &kind, &never); err != nil {
			t.Fatal(err)
		}
		there[name] = true
		if _, laid := columns[name]; laid == slices.Contains(beside, name) {
			t.Errorf("%s is laid out: %v, which it should not be or should", name, laid)
		} else if laid && (!keyed || kind != "bytea" || !never) {
			t.Errorf("%s is laid out by %s: of type %q, in every key: %v, never null: %v", name, columns[name], kind, keyed, never)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for name := range columns {
		if !there[name] {
			t.Errorf("there is no table %s", name)
		}
	}
}
