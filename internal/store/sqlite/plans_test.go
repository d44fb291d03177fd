package sqlite

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"waihu/internal/store"
	"waihu/internal/store/storetest"
	"waihu/internal/store/tables"
	"waihu/internal/timex"
)

// small are tables that have a handful of rows for ever.
var small = regexp.MustCompile(`^SCAN (clock|\d+-ROW VALUES CLAUSE|CONSTANT ROW|p|pragma.*|\(subquery-.*)\b`)

// TestEveryQueryHasAnIndex takes every statement the conformance suite runs, and
// asks SQLite how it does it: nothing may read a table from end to end.
func TestEveryQueryHasAnIndex(t *testing.T) {
	var databases []*DB
	var opening sync.Mutex // the tests of the suite run side by side
	t.Run("suite", func(t *testing.T) {
		storetest.Run(t, func(t *testing.T, clock func() timex.Instant) store.DB {
			db, err := Memory(Options{Clock: clock})
			if err != nil {
				t.Fatal(err)
			}
			opening.Lock()
			defer opening.Unlock()
			databases = append(databases, db)
			return db
		})
	})
	seen, scans := map[string]bool{}, 0
	for _, db := range databases {
		for pool, n := range db.opened {
			for range n {
				c := <-pool
				for _, sql := range slices.Sorted(maps.Keys(c.stmts)) {
					if form := months.ReplaceAllString(sql, "calls_M"); !seen[form] {
						seen[form] = true
						found, allowed := explain(t, c, sql)
						scans += allowed
						for _, f := range found {
							t.Error(f)
						}
					}
				}
				if found, _ := explain(t, c, "SELECT seq FROM entries WHERE note = ?"); len(found) == 0 {
					t.Fatal("a query without an index passes for one with it")
				}
				pool <- c
			}
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
	if len(seen) < 80 || scans == 0 {
		t.Errorf("%d statements were looked at, %d of them read small tables: the test looks in the wrong place", len(seen), scans)
	}
}

var months = regexp.MustCompile(`calls_\d{6}`)

// companyWide is a step that reads all a company has in a table, narrowed a statement
// about a few rows of a table in which that can be millions.
var (
	companyWide = regexp.MustCompile(`USING PRIMARY KEY \(company=\?( AND id[<>]\?)?\)`)
	narrowed    = regexp.MustCompile(`FROM (attempts|leads l|outbox) .*\b(lead|number|campaign|key|state) = `)
)

// explain tells what a statement reads from end to end, and counts the tables for
// which that is right.
func explain(t *testing.T, c *conn, sql string) (found []string, allowed int) {
	if strings.HasPrefix(sql, "BEGIN") || strings.HasPrefix(sql, "CREATE") || strings.HasPrefix(sql, "PRAGMA") || sql == "COMMIT" || sql == "ROLLBACK" {
		return nil, 0
	}
	args := make([]any, strings.Count(sql, "?"))
	err := c.query("EXPLAIN QUERY PLAN "+sql, args, func(r tables.Row) error {
		step := r.Text(3)
		switch {
		case small.MatchString(step):
			allowed++
		case strings.HasPrefix(step, "SCAN "):
			found = append(found, step+": "+sql)
		case strings.Contains(step, "ORDER BY") && !strings.Contains(sql, "stretch_months"): // sorted, not read in order
			found = append(found, step+": "+sql)
		case companyWide.MatchString(step) && narrowed.MatchString(sql): // all that a company has, for a few of it
			found = append(found, step+": "+sql)
		}
		return nil
	})
	if err != nil {
		t.Errorf("%v: %s", err, sql)
	}
	return found, allowed
}
