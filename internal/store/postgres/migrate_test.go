package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"waihu/internal/fault"
	"waihu/internal/store/storetest"
	"waihu/internal/store/tables"
)

// TestEverySchemaBecomesTheNewest: a database of every schema there was is brought
// to the newest by nodes that start at once, and is then as a new one.
func TestEverySchemaBecomesTheNewest(t *testing.T) {
	ctx := context.Background()
	want := schemaOf(t, fresh(t, Options{}))
	all, err := tables.Steps(migrations)
	if err != nil {
		t.Fatal(err)
	}
	for schema := 1; schema < len(all); schema++ {
		dsn, err := cluster.Database(fmt.Sprint("t", databases.Add(1)))
		if err != nil {
			t.Fatal(err)
		}
		older(t, dsn, all[:schema])
		var nodes [3]*DB
		var wg sync.WaitGroup
		for i := range nodes {
			wg.Go(func() {
				db, err := Open(ctx, dsn, Options{Conns: 2})
				if err != nil {
					t.Errorf("schema %d: %v", schema, err)
					return
				}
				nodes[i] = db
			})
		}
		wg.Wait()
		if t.Failed() {
			return
		}
		if got := schemaOf(t, nodes[0]); got != want {
			t.Errorf("schema %d became\n%s\na new database has\n%s", schema, got, want)
		}
		var at, kept int64
		if err := nodes[1].pool.QueryRow(ctx, "SELECT (SELECT max(version) FROM schema_version), (SELECT count(*) FROM records)").Scan(&at, &kept); err != nil || at != int64(len(all)) || kept != 1 {
			t.Errorf("schema %d became %d with %d records, %v", schema, at, kept, err)
		}
		for _, db := range nodes {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestANewerSchemaIsLeftAlone: books a later program has had are refused.
func TestANewerSchemaIsLeftAlone(t *testing.T) {
	dsn, err := cluster.Database(fmt.Sprint("t", databases.Add(1)))
	if err != nil {
		t.Fatal(err)
	}
	older(t, dsn, make([]string, 1000))
	if _, err := Open(context.Background(), dsn, Options{}); fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "use a newer one") {
		t.Errorf("%v", err)
	}
}

// older makes a database of an older schema, with a record in it where it has room for any.
func older(t *testing.T, dsn string, scripts []string) {
	t.Helper()
	ctx := context.Background()
	c, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	scripts = append([]string{"CREATE TABLE schema_version (version BIGINT PRIMARY KEY)"}, scripts...)
	for _, s := range scripts {
		if _, err := c.Exec(ctx, s); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.Exec(ctx, "INSERT INTO schema_version SELECT generate_series(1, $1)", len(scripts)-1); err != nil {
		t.Fatal(err)
	}
	if scripts[1] == "" {
		return
	}
	if _, err := c.Exec(ctx, "INSERT INTO records (company, kind, id, revision, body, keys, created, updated) VALUES ($1, 'plan', $1, 1, '{}', '[]', 1, 1)", make([]byte, 16)); err != nil {
		t.Fatal(err)
	}
}

// TestOldRecordsGetTheirOrders: what was kept before lists had orders stands in them.
func TestOldRecordsGetTheirOrders(t *testing.T) {
	ctx := context.Background()
	all, err := tables.Steps(migrations)
	if err != nil {
		t.Fatal(err)
	}
	dsn, err := cluster.Database(fmt.Sprint("t", databases.Add(1)))
	if err != nil {
		t.Fatal(err)
	}
	older(t, dsn, all[:slices.IndexFunc(all, func(s string) bool { return strings.Contains(s, "by.name") })])
	c, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range storetest.OldRows() {
		if _, err := c.Exec(ctx, "INSERT INTO records (company, kind, id, revision, body, keys, created, updated) VALUES ($1, $2, $3, 1, $4, $5, 1, 1)", r.Company[:], string(r.Kind), r.ID[:], []byte(r.Body), []byte(r.Keys)); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Exec(ctx, `INSERT INTO record_index SELECT $1, $2, k->>'Name', k->>'Value', $3 FROM jsonb_array_elements($4::jsonb->'Index') k`, r.Company[:], string(r.Kind), r.ID[:], r.Keys); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Close(ctx); err != nil {
		t.Fatal(err)
	}
	db, err := Open(ctx, dsn, Options{Conns: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	storetest.CheckFilled(t, db)
}

// schemaOf tells the columns, the indexes and the rules of all tables.
func schemaOf(t *testing.T, db *DB) string {
	t.Helper()
	rows, err := db.pool.Query(context.Background(), `
		SELECT table_name || ' ' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '') FROM information_schema.columns WHERE table_schema = 'public'
		UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
		UNION ALL SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
		ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}
