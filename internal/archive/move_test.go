package archive

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/charging/ledger"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/store/postgres"
	"waihu/internal/store/sqlite"
	"waihu/internal/store/storetest"
	"waihu/internal/store/tables"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

const planText = `plan: p
version: 1
currency: CNY
time_zone: Asia/Shanghai
components:
  - {id: talk, measure: talk_time, increment: 60/60, unit_price: 0.12, category: voice}
  - {id: seats, measure: seats_assigned, unit_price: 80, category: seats}
`

func systemOver(db store.DB) *app.System {
	return &app.System{DB: db, IDs: id.NewMaker(rand.Reader), Node: "n"}
}

// used are calls and seats of a month.
func used(company int, month string) (out []usage.Fact) {
	at := timex.MustDate(month).Start(time.UTC)
	for i := range 40 {
		start := at.Add(time.Duration(i) * time.Hour)
		talk := time.Duration(30+7*i+company) * time.Second
		out = append(out, &usage.Call{ID: fmt.Sprint(company, "/", i), Source: "pbx", Direction: usage.Outbound, Result: usage.Answered, To: "8613800138000",
			Start: start, Answer: start, End: start.Add(talk), Talk: talk, Total: talk})
	}
	return append(out, &usage.Seat{ID: "seat-" + month, Source: "pbx", User: "a1", Type: "agent", From: at})
}

// begin makes two companies with a billed month and one that is not billed yet.
func begin(t *testing.T, s *app.System) (companies []id.Company, contracts []id.ID) {
	t.Helper()
	ctx := context.Background()
	if _, err := s.PublishPlan(ctx, app.PublishPlan{File: planText}); err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		name := fmt.Sprint("c", i)
		made, err1 := s.AddCompany(ctx, app.Company{Name: name, Email: name + "@example.com"})
		c := id.Company{ID: made.ID}
		text := "contract: k\nplan: p@1\nstart: 2026-03-01\nseller: {name: S}\nbuyer: {name: B}\n"
		q, err2 := s.Quote(ctx, c, app.Quote{File: text, On: timex.MustDate("2026-02-01")})
		sum := sha256.Sum256([]byte(text))
		_, err3 := s.Sign(ctx, c, app.Sign{Contract: q.ID, Document: hex.EncodeToString(sum[:]), On: timex.MustDate("2026-02-02")})
		_, err4 := s.Start(ctx, c, q.ID, timex.MustDate("2026-03-01"))
		_, err5 := s.Ingest(ctx, c, used(i, "2026-03-02"))
		_, err6 := s.Ingest(ctx, c, used(i, "2026-04-02"))
		if err := errors.Join(err1, err2, err3, err4, err5, err6); err != nil {
			t.Fatal(err)
		}
		companies, contracts = append(companies, c), append(contracts, q.ID)
	}
	if _, err := s.ClosePeriod(ctx, app.ClosePeriod{Until: timex.MustDate("2026-04-01"), Issue: timex.MustDate("2026-04-02")}); err != nil {
		t.Fatal(err)
	}
	return companies, contracts
}

// seen is what must be the same wherever the books are.
type seen struct {
	Head    ledger.Hash
	Entries int64
	Facts   int64
	Tallies []store.Tally
	Late    []timex.Period
	Draft   []byte
}

func look(t *testing.T, s *app.System, c id.Company, contract id.ID) (out seen) {
	t.Helper()
	ctx := context.Background()
	err := s.DB.View(ctx, func(tx store.Tx) (err error) {
		if out.Entries, out.Head, err = tx.Journal().Head(c); err == nil {
			out.Facts, err = tx.Usage().Head(c)
		}
		if err == nil {
			out.Tallies, err = tx.Usage().Tallies(c, contract, timex.MustDate("2026-04-01"))
		}
		if err == nil {
			out.Late, err = tx.Usage().Late(c, contract, 1)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	inv, err := s.DraftInvoice(ctx, c, contract, timex.MustDate("2026-04-01"))
	if err != nil {
		t.Fatal(err)
	}
	if out.Draft, err = json.Marshal(inv); err != nil {
		t.Fatal(err)
	}
	return out
}

func openSQLite(t *testing.T) store.DB {
	t.Helper()
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "books.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// TestMoveToPostgreSQL moves books from SQLite to PostgreSQL and back: all
// digests, journals and a draft are the same to the byte, and the books go on.
func TestMoveToPostgreSQL(t *testing.T) { moves(t, openPostgres(t)) }

// openPostgres is an empty database on a server of its own.
func openPostgres(t *testing.T) store.DB {
	t.Helper()
	server, err := storetest.StartCluster("fsync=off")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	dsn, err := server.Database("moved")
	if err != nil {
		t.Fatal(err)
	}
	pg, err := postgres.Open(context.Background(), dsn, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pg.Close() })
	return pg
}

func moves(t *testing.T, pg store.DB) {
	ctx := context.Background()
	dir := t.TempDir()
	from := systemOver(openSQLite(t))
	companies, contracts := begin(t, from)
	first, err := Export(ctx, from.DB, filepath.Join(dir, "1.zip"))
	if err != nil {
		t.Fatal(err)
	}
	to, back := systemOver(pg), systemOver(openSQLite(t))
	for i, s := range []*app.System{to, back} {
		source := filepath.Join(dir, fmt.Sprint(i+1, ".zip"))
		if _, err := Import(ctx, s.DB, source); err != nil {
			t.Fatal(err)
		}
		m, err := Export(ctx, s.DB, filepath.Join(dir, fmt.Sprint(i+2, ".zip")))
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(m, first) || m.Digest() != first.Digest() {
			t.Errorf("move %d: %+v came out as %+v", i+1, first, m)
		}
		for k, c := range companies {
			want, got := look(t, from, c, contracts[k]), look(t, s, c, contracts[k])
			if !reflect.DeepEqual(got, want) || want.Entries == 0 || want.Facts != 82 || len(want.Tallies) == 0 || len(want.Late) == 0 {
				t.Errorf("move %d, company %d: %+v, want %+v", i+1, k, got, want)
			}
			if !bytes.Contains(want.Draft, []byte(`"talk"`)) {
				t.Errorf("a draft without calls: %s", want.Draft)
			}
		}
		goesOn(t, s, companies)
	}
}

// goesOn uses books that were moved: what is there is known, new companies and
// sources get numbers of their own, and the next month is billed.
func goesOn(t *testing.T, s *app.System, companies []id.Company) {
	t.Helper()
	ctx := context.Background()
	r, err := s.Ingest(ctx, companies[0], used(0, "2026-04-02"))
	if err != nil || r.Count(store.Same) != 41 {
		t.Errorf("handed in again: %+v, %v", r, err)
	}
	other, err := s.AddCompany(ctx, app.Company{Name: "new", Email: "new@example.com"})
	if err == nil {
		_, err = s.Ingest(ctx, id.Company{ID: other.ID}, used(7, "2026-04-02"))
	}
	if err != nil {
		t.Error(err)
	}
	run, err := s.ClosePeriod(ctx, app.ClosePeriod{Until: timex.MustDate("2026-05-01"), Issue: timex.MustDate("2026-05-02")})
	if err != nil || run.Counts.Issued != 2 {
		t.Errorf("the next month: %+v, %v", run.Counts, err)
	}
	err = s.DB.View(ctx, func(tx store.Tx) error {
		for _, k := range tables.KeptTables()[:2] { // companies and names
			seen := map[any]bool{}
			if err := tables.Dump(tx, k, func(row []any) error {
				if seen[row[0]] {
					t.Errorf("%s: number %d is there twice", k.Name, row[0])
				}
				seen[row[0]] = true
				return nil
			}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if x, err := s.Examine(ctx); err != nil || len(x.Findings) > 0 {
		t.Errorf("%+v, %v", x, err)
	}
}

// TestOnlyIntoTheSame: an archive is read into an empty database only, and what
// does not come out with its digests is not kept.
func TestOnlyIntoTheSame(t *testing.T) {
	ctx := context.Background()
	from := systemOver(openSQLite(t))
	begin(t, from)
	path := filepath.Join(t.TempDir(), "books.zip")
	if _, err := Export(ctx, from.DB, path); err != nil {
		t.Fatal(err)
	}
	if _, err := Import(ctx, from.DB, path); fault.KindOf(err) != fault.Conflict {
		t.Errorf("into the same books: %v", err)
	}
	to := openSQLite(t)
	r, err := open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	k := tables.KeptTables()[0]
	err = to.Update(ctx, func(tx store.Tx) error {
		l, err := tables.NewLoader(tx)
		if err != nil {
			return err
		}
		if err := l.Load(k, []any{int64(9), make([]byte, 16), int64(0)}); err != nil {
			return err
		}
		return r.mustBe(ctx, all(tx), k)
	})
	if fault.KindOf(err) != fault.Mismatch {
		t.Errorf("another company than in the archive: %v", err)
	}
	empty := false
	err = to.View(ctx, func(tx store.Tx) (err error) { empty, err = tables.IsEmpty(tx); return err })
	if err != nil || !empty {
		t.Errorf("something of it was kept: %v", err)
	}
}
