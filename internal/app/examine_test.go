package app_test

import (
	"crypto/rand"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // to change the books behind their back

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/store/sqlite"
	"waihu/internal/usage"
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
	cny := money.MustCurrency("CNY")
	var calls []usage.Fact
	for i := range 3 {
		start := day("2026-03-02").Start(time.UTC).Add(time.Duration(i) * time.Hour)
		calls = append(calls, &usage.Call{ID: fmt.Sprint("call", i), Source: "pbx", Direction: usage.Outbound, Result: usage.Answered, To: "13800138000", Agent: "agent01",
			Start: start, Answer: start.Add(8e9), End: start.Add(70e9), Total: 70e9, Talk: 62e9, Cost: money.Micros(50_000, cny)})
	}
	_, err = s.Ingest(t.Context(), c, calls)
	ok(err)
	_, err = s.OpenWallet(t.Context(), c, app.OpenWallet{Name: "main", Currency: cny})
	ok(err)
	_, err = s.TopUp(t.Context(), c, app.Fund{Key: "top-up", Wallet: "main", Amount: money.Micros(100*money.Micro, cny)})
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

		"a lost call":                {"DELETE FROM calls_202603 WHERE pk & 1 = 1", "I2"},
		"a call kept twice":          {"INSERT INTO calls_202603 SELECT pk + 1000, CAST(key || 'x' AS BLOB), contract, start, body FROM calls_202603 LIMIT 1", "I2"},
		"a running total":            {"UPDATE tallies SET billed = billed + 60", "I2"},
		"a total of nobody's calls":  {"INSERT INTO tallies SELECT contract, first + 400, price, calls, raw, billed, cost FROM tallies", "I2"},
		"what is in a wallet":        {"UPDATE records SET body = CAST(REPLACE(CAST(body AS TEXT), '\"left\":{\"amount\":\"100.00\"', '\"left\":{\"amount\":\"900.00\"') AS BLOB) WHERE kind = 'wallet'", "I6"},
		"what calls took":            {"UPDATE records SET body = CAST(REPLACE(CAST(body AS TEXT), '\"levels\":', '\"taken\":[{\"first\":\"2026-03-01\",\"amount\":{\"amount\":\"1.00\",\"currency\":\"CNY\"}}],\"levels\":') AS BLOB) WHERE kind = 'wallet'", "I6"},
		"what is paid":               {"UPDATE documents SET paid = paid + 10000 WHERE number = 'INV-000001'", "I6"},
		"a period that is forgotten": {"DELETE FROM records WHERE kind = 'billed' AND id = (SELECT min(id) FROM documents)", "I7"},
		"the newest of them":         {"DELETE FROM records WHERE kind = 'billed' AND id = (SELECT max(id) FROM documents)", "I7"},
		"an invoice taken back":      {"UPDATE documents SET status = 'void' WHERE number = 'INV-000002'", "I7"},
		"what a run came to":         {"UPDATE records SET body = CAST(REPLACE(CAST(body AS TEXT), '\"issued\":2', '\"issued\":3') AS BLOB) WHERE kind = 'bill_run'", "I7"},
		"a step of a run":            {"UPDATE records SET body = CAST(REPLACE(CAST(body AS TEXT), 'INV-000002', 'INV-000003') AS BLOB) WHERE kind = 'bill_step'", "I7"},
		"a lost step":                {"DELETE FROM records WHERE kind = 'bill_step' AND id = (SELECT max(id) FROM records WHERE kind = 'bill_step')", "I7"},
		"a call of no contract's":    {"DELETE FROM records WHERE kind IN ('contract', 'billed', 'bill_step')", "I8"},
		"a call listed as nobody's":  {"INSERT INTO strays SELECT pk, 1, x'', x'', x'', 'no_contract', start, start, 60, x'' FROM calls_202603 LIMIT 1", "I8"},
		"what a carrier is owed":     {"DELETE FROM calls_202603", "I10"},
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

// TestCarriersMinutesOfNobody: a carrier asks for calls that no contract is for.
func TestCarriersMinutesOfNobody(t *testing.T) {
	s, _ := examined(t)
	var c id.Company
	if err := s.EachCompany(t.Context(), func(x app.Company) error { c.ID = x.ID; return nil }); err != nil {
		t.Fatal(err)
	}
	start := day("2026-02-02").Start(time.UTC) // the contract begins in March
	call := &usage.Call{ID: "early", Source: "pbx", Direction: usage.Outbound, Result: usage.Answered, To: "13800138000", Start: start, Answer: start, End: start.Add(60e9),
		Total: 60e9, Talk: 60e9, Cost: money.Micros(50_000, money.MustCurrency("CNY"))}
	if _, err := s.Ingest(t.Context(), c, []usage.Fact{call}); err != nil {
		t.Fatal(err)
	}
	found, err := s.Examine(t.Context())
	if err != nil || len(found.Findings) != 1 || found.Findings[0].Rule != "I10" || found.Findings[0].What != "carriers ask for 4m6s of talk, and for 1m0s of it nobody is charged" {
		t.Errorf("%+v, %v", found.Findings, err)
	}
}
