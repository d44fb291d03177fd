package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"waihu/internal/charging/ledger"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/store/storetest"
	"waihu/internal/store/tables"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// heard remembers the statements of a database, and how many there were.
type heard struct {
	mu   sync.Mutex
	list map[string]bool
	n    int // ways to the server and back
}

func (h *heard) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.list[q.SQL] = true
	h.n++
	return ctx
}

func (h *heard) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (h *heard) TraceBatchStart(ctx context.Context, _ *pgx.Conn, b pgx.TraceBatchStartData) context.Context {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, q := range b.Batch.QueuedQueries {
		h.list[q.SQL] = true
	}
	h.n++
	return ctx
}

func (h *heard) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}
func (h *heard) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData)     {}

var (
	cursor = regexp.MustCompile(`^DECLARE scan\d+ NO SCROLL CURSOR FOR `)
	month  = regexp.MustCompile(`calls_\d{6}`)
	param  = regexp.MustCompile(`\$\d+`)
	whole  = regexp.MustCompile(`^(p|schema_version)$`) // tables with a handful of rows, or none of the disk's
)

// TestEveryQueryHasAnIndex takes every statement the conformance suite runs, and
// asks PostgreSQL how it would do it if reading a whole table cost a fortune:
// where it still would, there is no index for it.
func TestEveryQueryHasAnIndex(t *testing.T) {
	h := &heard{list: map[string]bool{}}
	t.Run("suite", func(t *testing.T) {
		storetest.Run(t, func(t *testing.T, clock func() timex.Instant) store.DB {
			return fresh(t, Options{Clock: clock, Conns: 8, tracer: h})
		})
	})
	db := fresh(t, Options{})
	ctx := context.Background()
	conn, err := db.pool.Acquire(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	for _, sql := range []string{"SET enable_seqscan = off", "SET plan_cache_mode = force_generic_plan"} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	// A month that has rows and no figures yet.
	makeMarch(t, ctx, conn.Conn())
	if _, err := conn.Exec(ctx, `INSERT INTO calls_202603 (tenant, pk, key, contract, start, body)
		SELECT '\x01', n, int8send(n), 1, $1::bigint + n, '' FROM generate_series(1, 40000) n`, int64(timex.MustDate("2026-03-01").Start(time.UTC))); err != nil {
		t.Fatal(err)
	}
	for _, up := range []bool{false, true} {
		ordered := tables.CallsByTime("calls_202603", 1, tables.ByTenant, 50, up)
		for i := 1; strings.Contains(ordered, "?"); i++ {
			ordered = strings.Replace(ordered, "?", fmt.Sprint("$", i), 1)
		}
		if found := explain(t, ctx, conn.Conn(), ordered); len(found) != 0 {
			t.Error(found)
		}
	}
	seen := map[string]bool{}
	for sql := range h.list {
		sql = month.ReplaceAllString(cursor.ReplaceAllString(sql, ""), "calls_202603")
		verb, _, _ := strings.Cut(sql, " ")
		if seen[sql] || !strings.Contains("SELECT INSERT UPDATE DELETE", verb) || strings.Contains(sql, "pg_advisory") {
			continue
		}
		seen[sql] = true
		for _, f := range explain(t, ctx, conn.Conn(), sql) {
			t.Error(f)
		}
	}
	if len(explain(t, ctx, conn.Conn(), "SELECT seq FROM entries WHERE note = $1")) == 0 {
		t.Error("a query without an index passes for one with it")
	}
	if len(seen) < 70 {
		t.Errorf("only %d statements were looked at: the test looks in the wrong place", len(seen))
	}
}

// TestASingleCallTakesFewWays to the server and back: while it takes them all
// other calls of the company wait.
func TestASingleCallTakesFewWays(t *testing.T) {
	h := &heard{list: map[string]bool{}}
	db := fresh(t, Options{tracer: h})
	c := id.Company{ID: id.ID{1}}
	cny := money.MustCurrency("CNY")
	for i := range 2 { // the first makes tables and names
		h.n = 0
		err := db.Update(t.Context(), func(tx store.Tx) error {
			at := timex.MustDate("2026-03-02").Start(time.UTC)
			out, err := tx.Usage().AddCalls(c, []store.ChargedCall{{
				Call: usage.Call{ID: fmt.Sprint("c", i), Source: "pbx", Direction: usage.Outbound, Result: usage.Answered, From: "1001", To: "13800000001", Agent: "a", Campaign: "k", Trunk: "t",
					Start: at, Answer: at.Add(time.Second), End: at.Add(time.Minute), Total: time.Minute, Talk: 59 * time.Second},
				Contract: id.ID{9},
				Charges:  []store.Charge{{Component: "talk", Label: "mobile", Raw: 59, Billed: 60, Cost: money.Micros(120_000, cny)}},
			}})
			if err != nil || out[0] != store.Added {
				return fmt.Errorf("%v, %w", out, err)
			}
			_, err = tx.Journal().Append(c, ledger.Entry{ID: id.ID{byte(2 + i)}, Kind: "usage", Ref: fmt.Sprint(i), Postings: []ledger.Posting{
				{Account: "a", Amount: money.Micros(3, cny)}, {Account: "b", Amount: money.Micros(-1, cny)}, {Account: "c", Amount: money.Micros(-2, cny)}}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if h.n > 7 {
		t.Errorf("a call and its booking took %d ways to the server and back with the commit: at most 7 were expected", h.n)
	}
}

// explain tells what a statement reads all of.
func explain(t *testing.T, ctx context.Context, conn *pgx.Conn, sql string) (found []string) {
	t.Helper()
	makeMarch(t, ctx, conn)
	if _, err := conn.Exec(ctx, "PREPARE looked AS "+sql, pgx.QueryExecModeSimpleProtocol); err != nil {
		return []string{fmt.Sprintf("%v: %s", err, sql)}
	}
	defer conn.Exec(ctx, "DEALLOCATE looked", pgx.QueryExecModeSimpleProtocol)
	nulls, n := "", 0
	for _, p := range param.FindAllString(sql, -1) {
		var k int
		if _, err := fmt.Sscanf(p, "$%d", &k); err != nil {
			t.Fatal(err)
		}
		n = max(n, k)
	}
	if n > 0 {
		nulls = "(NULL" + strings.Repeat(", NULL", n-1) + ")"
	}
	var raw string
	if err := conn.QueryRow(ctx, "EXPLAIN (FORMAT JSON) EXECUTE looked"+nulls, pgx.QueryExecModeSimpleProtocol).Scan(&raw); err != nil {
		return []string{fmt.Sprintf("%v: %s", err, sql)}
	}
	var plans []struct{ Plan map[string]any }
	if err := json.Unmarshal([]byte(raw), &plans); err != nil {
		t.Fatal(err)
	}
	for _, p := range plans {
		found = append(found, walk(sql, p.Plan)...)
	}
	return found
}

// walk looks at a step of a plan and those below it.
func walk(sql string, step map[string]any) (found []string) {
	kind, _ := step["Node Type"].(string)
	table, _ := step["Relation Name"].(string)
	_, bounded := step["Index Cond"]
	switch {
	case whole.MatchString(table):
	case kind == "Seq Scan":
		found = append(found, "all of "+table+" is read: "+sql)
	case strings.HasPrefix(table, "calls_") && strings.Contains(kind, "Bitmap"):
		found = append(found, "a month is not read in the order of its index: "+sql)
	case strings.Contains(kind, "Index") && !bounded && !strings.Contains(sql, "LIMIT"):
		found = append(found, "all of an index of "+table+" is read: "+sql)
	}
	below, _ := step["Plans"].([]any)
	for _, b := range below {
		if s, is := b.(map[string]any); is {
			found = append(found, walk(sql, s)...)
		}
	}
	return found
}

// makeMarch makes the table that statements about a month are looked at with.
func makeMarch(t *testing.T, ctx context.Context, conn *pgx.Conn) {
	t.Helper()
	if err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error { return makeMonth(ctx, tx, timex.MustDate("2026-03-01")) }); err != nil {
		t.Fatal(err)
	}
}
