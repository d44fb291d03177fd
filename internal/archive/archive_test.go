package archive_test

import (
	"archive/zip"
	"bytes"
	"crypto/rand"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/archive"
	"waihu/internal/calling/lead"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/phone"
	"waihu/internal/store"
	"waihu/internal/store/postgres"
	"waihu/internal/store/sqlite"
	"waihu/internal/store/storetest"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func memory(t *testing.T) store.DB {
	t.Helper()
	db, err := sqlite.Memory(sqlite.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	return db
}

// filled are books with a billed contract, calls of two months, a seat that goes
// on, an open invoice, a payment and an audit log.
func filled(t *testing.T) (store.DB, *app.System, id.Company) {
	t.Helper()
	db := memory(t)
	s := &app.System{DB: db, IDs: id.NewMaker(rand.Reader), Node: "test"}
	ctx := t.Context()
	read := func(name string) string {
		b, err := os.ReadFile(filepath.Join("..", "..", "examples", "service", name))
		must(t, err)
		return string(b)
	}
	company, err := s.AddCompany(ctx, app.Company{Name: "例公司 A"})
	must(t, err)
	c := id.Company{ID: company.ID}
	_, err = s.PublishPlan(ctx, app.PublishPlan{File: read("plan.yaml")})
	must(t, err)
	con, err := s.Quote(ctx, c, app.Quote{File: read("contract.yaml")})
	must(t, err)
	_, err = s.Sign(ctx, c, app.Sign{Contract: con.ID, Document: strings.Repeat("ab", 32)})
	must(t, err)
	_, err = s.Start(ctx, c, con.ID, 0)
	must(t, err)
	_, err = s.Begin(ctx, c, app.Begin{Contract: con.ID, What: "seat", Of: "agent01", At: timex.MustDate("2026-03-01").Start(time.UTC)})
	must(t, err)
	var facts []usage.Fact
	for n := range 40 {
		at := timex.MustDate("2026-03-10").Start(time.UTC).Add(time.Duration(n) * 24 * time.Hour)
		facts = append(facts, &usage.Call{ID: string(rune('a' + n)), Source: "pbx", Direction: usage.Outbound, Result: usage.Answered, To: "13800138000", Start: at, Answer: at, End: at.Add(time.Minute), Total: time.Minute, Talk: time.Minute})
	}
	_, err = s.Ingest(ctx, c, facts)
	must(t, err)
	_, err = s.ClosePeriod(ctx, app.ClosePeriod{Until: timex.MustDate("2026-04-01"), Issue: timex.MustDate("2026-04-01")})
	must(t, err)
	must(t, db.Update(ctx, func(tx store.Tx) error {
		docs, err := tx.Documents().List(c, store.DocumentQuery{Page: store.Page{Limit: 10}})
		if err != nil || len(docs) != 1 {
			t.Fatalf("%d documents, %v", len(docs), err)
		}
		return access.Record(tx, access.System("test"), access.Deed{Company: c, Action: "test", After: map[string]int{"a": 1}})
	}))
	_, err = s.PayAhead(ctx, c, app.PayAhead{Key: "p", Amount: money.Micros(5_000_000, money.MustCurrency("CNY")), On: timex.MustDate("2026-04-02")})
	must(t, err)
	return db, s, c
}

func export(t *testing.T, db store.DB) (path string, bytes []byte) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "all.zip")
	_, err := archive.Export(t.Context(), db, path)
	must(t, err)
	b, err := os.ReadFile(path)
	must(t, err)
	return path, b
}

// TestBooksMoveBetweenDatabases: out of SQLite, into PostgreSQL, and back again;
// every step to the last byte, and work goes on behind it.
func TestBooksMoveBetweenDatabases(t *testing.T) {
	from, _, c := filled(t)
	path, want := export(t, from)
	cluster, err := storetest.StartCluster("fsync=off")
	must(t, err)
	defer func() { must(t, cluster.Close()) }()
	dsn, err := cluster.Database("moved")
	must(t, err)
	pg, err := postgres.Open(t.Context(), dsn, postgres.Options{})
	must(t, err)
	defer func() { must(t, pg.Close()) }()
	for _, to := range []store.DB{memory(t), pg} {
		_, err := archive.Import(t.Context(), to, path)
		must(t, err)
		if _, got := export(t, to); !bytes.Equal(got, want) {
			t.Errorf("%T: the archive of what was imported is another", to)
		}
		if _, err := archive.Import(t.Context(), to, path); fault.KindOf(err) != fault.Conflict {
			t.Errorf("%T: imported over books: %v", to, err)
		}
		s := &app.System{DB: to, IDs: id.NewMaker(rand.Reader), Node: "other"}
		found, err := s.Examine(t.Context())
		must(t, err)
		if len(found.Findings) != 0 || found.Documents != 1 || found.Entries == 0 || found.Audit == 0 {
			t.Errorf("%T: %+v", to, found)
		}
		at := timex.MustDate("2026-05-20").Start(time.UTC)
		again := &usage.Call{ID: "new", Source: "another", Direction: usage.Outbound, Result: usage.Answered, To: "13800138000", Start: at, Answer: at, End: at.Add(time.Minute), Total: time.Minute, Talk: time.Minute}
		receipt, err := s.Ingest(t.Context(), c, []usage.Fact{again})
		must(t, err)
		if receipt.Outcomes[0].Outcome != store.Added {
			t.Errorf("%T: a new call is %s", to, receipt.Outcomes[0].Outcome)
		}
		_, err = s.AddCompany(t.Context(), app.Company{Name: "B"})
		must(t, err)
	}
}

// rewritten is an archive with one file changed.
func rewritten(t *testing.T, path, name string, change func([]byte) []byte) string {
	t.Helper()
	in, err := zip.OpenReader(path)
	must(t, err)
	defer in.Close()
	to := filepath.Join(t.TempDir(), "changed.zip")
	f, err := os.Create(to)
	must(t, err)
	out := zip.NewWriter(f)
	for _, file := range in.File {
		r, err := file.Open()
		must(t, err)
		b, err := io.ReadAll(r)
		must(t, err)
		if file.Name == name {
			if b = change(b); b == nil {
				continue
			}
		}
		w, err := out.Create(file.Name)
		must(t, err)
		_, err = w.Write(b)
		must(t, err)
	}
	must(t, out.Close())
	must(t, f.Close())
	return to
}

func TestChangedArchivesAreRefused(t *testing.T) {
	from, _, _ := filled(t)
	path, whole := export(t, from)
	cut := filepath.Join(t.TempDir(), "cut.zip")
	must(t, os.WriteFile(cut, whole[:len(whole)/2], 0o600))
	for name, bad := range map[string]string{
		"a changed amount": rewritten(t, path, "tables/postings.jsonl", func(b []byte) []byte { return bytes.Replace(b, []byte("5000000"), []byte("6000000"), 1) }),
		"a lost table":     rewritten(t, path, "tables/audit.jsonl", func([]byte) []byte { return nil }),
		"no manifest":      rewritten(t, path, "manifest.json", func([]byte) []byte { return nil }),
		"another form":     rewritten(t, path, "manifest.json", func(b []byte) []byte { return bytes.Replace(b, []byte(`"form": 1`), []byte(`"form": 9`), 1) }),
		"half of it":       cut,
	} {
		db := memory(t)
		if _, err := archive.Import(t.Context(), db, bad); err == nil {
			t.Errorf("%s was imported", name)
		}
		s := &app.System{DB: db, IDs: id.NewMaker(rand.Reader), Node: "x"}
		if _, err := s.AddCompany(t.Context(), app.Company{Name: "A"}); err != nil {
			t.Errorf("%s left the database unusable: %v", name, err)
		}
	}
	if _, err := archive.Export(t.Context(), from, path); fault.KindOf(err) != fault.Conflict {
		t.Errorf("an archive was written over another: %v", err)
	}
}

func TestACompanyTakesItsOwn(t *testing.T) {
	from, s, c := filled(t)
	other, err := s.AddCompany(t.Context(), app.Company{Name: "somebody-else"})
	must(t, err)
	list, err := s.SetLeadList(t.Context(), c, app.LeadList{Name: "spring", Country: "CN"})
	must(t, err)
	for n := range 3 {
		_, err := s.AddLead(t.Context(), c, lead.Lead{List: list.ID, Numbers: []lead.Number{{Number: phone.Of(8613800000000+uint64(n), 13)}}})
		must(t, err)
	}
	_, err = s.Bar(t.Context(), c, []store.Barred{{Number: phone.Of(8613900000000, 13), Source: "letter", By: "li"}})
	must(t, err)
	path := filepath.Join(t.TempDir(), "a.zip")
	m, err := archive.ExportCompany(t.Context(), from, c, path)
	must(t, err)
	for name, rows := range map[string]int64{"facts.jsonl": 41, "leads.jsonl": 3, "tries.jsonl": 0, "do-not-call.jsonl": 1, "company.json": 1, "documents/INV-000001.json": 1, "audit.jsonl": 1} {
		if m.Files[name].Rows != rows {
			t.Errorf("%s has %d rows, want %d", name, m.Files[name].Rows, rows)
		}
	}
	b, err := os.ReadFile(path)
	must(t, err)
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	must(t, err)
	for _, f := range z.File {
		r, err := f.Open()
		must(t, err)
		text, err := io.ReadAll(r)
		must(t, err)
		if bytes.Contains(text, []byte("somebody-else")) || bytes.Contains(text, []byte(other.ID.String())) {
			t.Errorf("%s holds another company's", f.Name)
		}
	}
	if _, err := archive.Import(t.Context(), memory(t), path); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a company's own archive was imported: %v", err)
	}
	if _, err := archive.ExportCompany(t.Context(), from, id.Company{ID: id.ID{1}}, path+"2"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a company that is not there: %v", err)
	}
}
