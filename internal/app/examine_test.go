package app_test

import (
	"crypto/rand"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // to change the books behind their back

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/store/sqlite"
)

// examined are books with an issued invoice, and the file they are in.
func examined(t *testing.T) (*app.System, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "books.db")
	db, err := sqlite.Open(path, sqlite.Options{Relaxed: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	s := &app.System{DB: db, IDs: id.NewMaker(rand.Reader), Node: "test"}
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	read := func(name string) string {
		b, err := os.ReadFile(filepath.Join("..", "..", "examples", "service", name))
		ok(err)
		return string(b)
	}
	company, err := s.AddCompany(t.Context(), app.Company{Name: "A"})
	ok(err)
	c := id.Company{ID: company.ID}
	_, err = s.PublishPlan(t.Context(), app.PublishPlan{File: read("plan.yaml")})
	ok(err)
	con, err := s.Quote(t.Context(), c, app.Quote{File: read("contract.yaml")})
	ok(err)
	_, err = s.Sign(t.Context(), c, app.Sign{Contract: con.ID, Document: strings.Repeat("ab", 32)})
	ok(err)
	_, err = s.Start(t.Context(), c, con.ID, 0)
	ok(err)
	_, err = s.Begin(t.Context(), c, app.Begin{Contract: con.ID, What: "seat", Of: "agent01", At: day("2026-03-01").Start(time.UTC)})
	ok(err)
	_, err = s.ClosePeriod(t.Context(), app.ClosePeriod{Until: day("2026-05-01"), Issue: day("2026-05-01")})
	ok(err)
	ok(db.Update(t.Context(), func(tx store.Tx) error {
		return access.Record(tx, access.System("test"), access.Deed{Company: c, Action: "test"})
	}))
	return s, path
}

// TestExamineFindsWhatWasChanged changes the database behind its back, one thing
// at a time: each is found, under its rule.
func TestExamineFindsWhatWasChanged(t *testing.T) {
	for name, plant := range map[string]struct{ sql, rule string }{
		"an amount":             {"UPDATE postings SET micros = micros + 1 WHERE seq = 1 AND n = 0", "I1"},
		"a note of the journal": {"UPDATE entries SET note = 'x' WHERE seq = 1", "I9"},
		"a lost entry":          {"DELETE FROM entries WHERE seq = 1", "I9"},
		"a balance":             {"UPDATE balances SET micros = micros + 1 WHERE account = 'receivable'", "I6"},
		"a total in the index":  {"UPDATE documents SET total = total + 10000", "I3"},
		"a text":                {"UPDATE documents SET body = CAST(REPLACE(CAST(body AS TEXT), 'Agent seats', 'Other seats') AS BLOB)", "I4"},
		"a number":              {"UPDATE documents SET number = 'INV-000007' WHERE number = 'INV-000002'", "I4"},
		"a lost invoice":        {"DELETE FROM documents WHERE number = 'INV-000001'", "I4"},
		"days billed twice":     {"UPDATE documents SET first = (SELECT min(first) FROM documents)", "I5"},
		"a lost contract":       {"DELETE FROM records WHERE kind = 'contract'", "I8"},
		"the audit log":         {"UPDATE audit SET actor = 'somebody else' WHERE seq = 1", "I9"},
	} {
		t.Run(name, func(t *testing.T) {
			s, path := examined(t)
			found, err := s.Examine(t.Context())
			if err != nil || len(found.Findings) != 0 || found.Documents != 2 {
				t.Fatalf("before: %+v, %v", found, err)
			}
			raw, err := sql.Open("sqlite", path)
			if err != nil {
				t.Fatal(err)
			}
			defer raw.Close()
			done, err := raw.Exec(plant.sql)
			if err != nil {
				t.Fatal(err)
			}
			if n, err := done.RowsAffected(); err != nil || n == 0 {
				t.Fatalf("%d rows were changed, %v", n, err)
			}
			if found, err = s.Examine(t.Context()); err != nil {
				t.Fatal(err)
			}
			rules := map[string]bool{}
			for _, f := range found.Findings {
				rules[f.Rule] = true
			}
			if !rules[plant.rule] {
				t.Errorf("found %+v, want %s", found.Findings, plant.rule)
			}
		})
	}
}
