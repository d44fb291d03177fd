package sqlite

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"waihu/internal/store"
	"waihu/internal/store/storetest"
	"waihu/internal/store/tables"
)

// TestEverySchemaSurvivesPowerCuts: books of every schema there was, with calls and
// entries in them, are brought to the newest, also where power fails in the
// middle of that: nothing is lost, and the schema is that of a new file.
func TestEverySchemaSurvivesPowerCuts(t *testing.T) {
	const lots = 8
	newest := filepath.Join(t.TempDir(), "newest.db")
	db, err := Open(newest, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for n := range lots {
		if err := keepLot(db, n); err != nil {
			t.Fatal(err)
		}
	}
	want := schemaOf(t, db)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	all, err := tables.Steps(migrations)
	if err != nil {
		t.Fatal(err)
	}
	for schema := 1; schema < len(all); schema++ {
		t.Run(fmt.Sprint("schema ", schema), func(t *testing.T) {
			f := newFiles(t)
			path := filepath.Join(t.TempDir(), "books.db")
			if err := older(path, newest, f, all[:schema]); err != nil {
				t.Fatal(err)
			}
			before := len(f.log)
			db, err := Open(path, Options{files: f.name})
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			rng, cut := rand.New(rand.NewPCG(13, uint64(schema))), 0
			every := max(8/soak(t), 1) // all of them at length, an eighth in make test
			for at := before + rng.IntN(every); at <= len(f.log); at += every {
				if err := afterCut(t, f.log[:at], rng, lots, want); err != nil {
					t.Fatalf("power cut after operation %d of %d: %v", at-before, len(f.log)-before, err)
				}
				cut++
			}
			t.Logf("%d power cuts in %d operations: nothing lost", cut, len(f.log)-before)
		})
	}
}

// afterCut opens what a power cut left, as the next start would.
func afterCut(t *testing.T, log []op, rng *rand.Rand, lots int, want string) error {
	dir, err := os.MkdirTemp(t.TempDir(), "cut")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := powerCut(dir, log, rng); err != nil {
		return err
	}
	db, err := Open(filepath.Join(dir, "books.db"), Options{Relaxed: true})
	if err != nil {
		return err
	}
	defer db.Close()
	if got := schemaOf(t, db); got != want {
		return fmt.Errorf("the schema is\n%s\na new file has\n%s", got, want)
	}
	if err := keepLot(db, lots); err != nil { // work goes on
		return err
	}
	there, err := sound(db)
	if err == nil && len(there) != lots+1 {
		err = fmt.Errorf("%d lots are there, %d were kept", len(there), lots+1)
	}
	return err
}

// schemaOf tells the tables with their columns, and the indexes.
func schemaOf(t *testing.T, db *DB) string {
	t.Helper()
	w := <-db.writer
	defer func() { db.writer <- w }()
	var out strings.Builder
	err := w.query(`SELECT m.type, m.name, coalesce(group_concat(c.name || ' ' || c.type || ' ' || c."notnull" || ' ' || c.pk || ' ' || coalesce(c.dflt_value, '')), m.sql, '')
		FROM sqlite_master m LEFT JOIN pragma_table_info(m.name) c ON m.type = 'table' GROUP BY m.name ORDER BY m.name`, nil, func(r tables.Row) error {
		_, err := fmt.Fprintln(&out, r.Text(0), r.Text(1), r.Text(2))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// older makes books of an older schema, with all of the newest ones that it has room for.
func older(path, newest string, f *files, scripts []string) (err error) {
	c, err := connect(Options{files: f.name}.dsn(path, "rwc"), writerPragmas(Options{}))
	if err != nil {
		return err
	}
	defer func() { c.close() }()
	for _, s := range scripts {
		if err := c.script(s); err != nil {
			return err
		}
	}
	if err := c.script("PRAGMA user_version=" + strconv.Itoa(len(scripts)) + ";ATTACH '" + newest + "' AS newest"); err != nil {
		return err
	}
	var months, copies []string
	months, err = texts(c, `SELECT sql FROM newest.sqlite_master WHERE tbl_name LIKE 'calls\_%' ESCAPE '\' AND sql IS NOT NULL ORDER BY type DESC`)
	if err != nil {
		return err
	}
	for _, s := range months {
		if err := c.script(s); err != nil {
			return err
		}
	}
	copies, err = texts(c, `SELECT 'INSERT OR REPLACE INTO main.' || m.name || ' (' || group_concat(c.name) || ') SELECT ' || group_concat(c.name) || ' FROM newest.' || m.name
		FROM main.sqlite_master m JOIN pragma_table_info(m.name, 'main') c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' GROUP BY m.name`)
	if err != nil {
		return err
	}
	return c.script(strings.Join(copies, ";") + ";DETACH newest")
}

func texts(c *conn, sql string) (out []string, err error) {
	err = c.query(sql, nil, func(r tables.Row) error {
		out = append(out, strings.Clone(r.Text(0)))
		return nil
	})
	return out, err
}

// TestANewerSchemaIsLeftAlone: books a later program has had are refused.
func TestANewerSchemaIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "books.db")
	db, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := <-db.writer
	if err := w.script("PRAGMA user_version=1000"); err != nil {
		t.Fatal(err)
	}
	db.writer <- w
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, Options{}); err == nil || !strings.Contains(err.Error(), "use a newer one") {
		t.Errorf("%v", err)
	}
}

// TestOldRecordsGetTheirOrders: what was kept before lists had orders stands in them.
func TestOldRecordsGetTheirOrders(t *testing.T) {
	all, err := tables.Steps(migrations)
	if err != nil {
		t.Fatal(err)
	}
	before := slices.IndexFunc(all, func(s string) bool { return strings.Contains(s, "by.name") })
	path := filepath.Join(t.TempDir(), "books.db")
	c, err := connect(Options{}.dsn(path, "rwc"), writerPragmas(Options{}))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range append(all[:before:before], "PRAGMA user_version="+strconv.Itoa(before)) {
		if err := c.script(s); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range storetest.OldRows() {
		if _, err := c.exec("INSERT INTO records (company, kind, id, revision, body, keys, created, updated) VALUES (?, ?, ?, 1, ?, ?, 1, 1)", r.Company, string(r.Kind), r.ID, []byte(r.Body), []byte(r.Keys)); err != nil {
			t.Fatal(err)
		}
		var keys struct{ Index []store.Key }
		if err := json.Unmarshal([]byte(r.Keys), &keys); err != nil {
			t.Fatal(err)
		}
		for _, k := range keys.Index {
			if _, err := c.exec("INSERT INTO record_index VALUES (?, ?, ?, ?, ?)", r.Company, string(r.Kind), k.Name, k.Value, r.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	c.close()
	db, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	storetest.CheckFilled(t, db)
}
