package archive

import (
	"context"
	"fmt"
	"net/netip"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/charging/fx"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/notify"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// leaves closes a company's books and writes them into a file.
func leaves(t *testing.T, s *app.System, c id.Company) (path string, m *Manifest) {
	t.Helper()
	if err := s.Leave(context.Background(), c); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "one.zip")
	m, err := ExportMove(context.Background(), s.DB, c, path)
	if err != nil {
		t.Fatal(err)
	}
	return path, m
}

// TestOneCompanyMoves: out of SQLite into PostgreSQL, where others are, and on into
// another SQLite: the digests are the same, and so is all that is told of the
// company; every set of books is sound and goes on.
func TestOneCompanyMoves(t *testing.T) {
	ctx, pg := context.Background(), openPostgres(t)
	from, there, last := systemOver(openSQLite(t)), systemOver(pg), systemOver(openSQLite(t))
	companies, contracts := begin(t, from)
	for _, s := range []*app.System{there, last} {
		if _, err := s.AddCompany(ctx, app.Company{Name: "first here"}); err != nil {
			t.Fatal(err)
		}
		begin2(t, s, "here")
	}
	c := companies[1]
	rate := fx.Rate{From: money.MustCurrency("USD"), To: money.MustCurrency("CNY"), On: timex.MustDate("2026-03-31"), Rate: exact.MustParse("7.1"), Source: "test"}
	if err := from.AddRate(ctx, rate); err != nil {
		t.Fatal(err)
	}
	want := look(t, from, c, contracts[1])
	path, m := leaves(t, from, c)
	if _, err := ImportMove(ctx, there.DB, path, ""); fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "--series") {
		t.Errorf("in a series that all share: %v", err)
	}
	series := []string{"MOVED", ""} // the second time its own goes on
	for n, s := range []*app.System{there, last} {
		got, err := ImportMove(ctx, s.DB, path, series[n])
		if err != nil || got.Digest() != m.Digest() {
			t.Fatalf("move %d: %v", n, err)
		}
		if is := look(t, s, c, contracts[1]); !reflect.DeepEqual(is, want) || want.Facts != 82 {
			t.Errorf("move %d: %+v, want %+v", n, is, want)
		}
		if _, err := ImportMove(ctx, s.DB, path, "OTHER"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a second time: %v", err)
		}
		movedGoesOn(t, s, c, 1+n)
		if n == 0 {
			want = look(t, s, c, contracts[1])
			path, m = leaves(t, s, c)
		}
	}
	for _, s := range []*app.System{from, there} { // what it left behind
		if _, err := s.Ingest(ctx, c, used(1, "2026-06-02")); fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "another installation") {
			t.Errorf("usage after it left: %v", err)
		}
		run, err := s.ClosePeriod(ctx, app.ClosePeriod{Until: timex.MustDate("2026-08-01"), Issue: timex.MustDate("2026-08-02")})
		if err != nil || run.Counts.Held != 0 {
			t.Errorf("a run: %+v, %v", run.Counts, err)
		}
		x, err := s.Examine(ctx)
		if err != nil || len(x.Findings) > 0 {
			t.Errorf("%+v, %v", x.Findings, err)
		}
	}
}

// begin2 makes one more company with a billed month on the plan of begin.
func begin2(t *testing.T, s *app.System, name string) {
	t.Helper()
	ctx := context.Background()
	if _, err := s.PublishPlan(ctx, app.PublishPlan{File: planText}); err != nil {
		t.Fatal(err)
	}
	made, err := s.AddCompany(ctx, app.Company{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	c := id.Company{ID: made.ID}
	q, err := s.Quote(ctx, c, app.Quote{File: "contract: k\nplan: p@1\nstart: 2026-03-01\nseller: {name: S}\nbuyer: {name: B}\n", On: timex.MustDate("2026-02-01")})
	if err == nil {
		_, err = s.Sign(ctx, c, app.Sign{Contract: q.ID, Document: fmt.Sprintf("%064x", 1), On: timex.MustDate("2026-02-02")})
	}
	if err == nil {
		_, err = s.Start(ctx, c, q.ID, timex.MustDate("2026-03-01"))
	}
	if err == nil {
		_, err = s.Ingest(ctx, c, used(5, "2026-03-02"))
	}
	if err == nil {
		_, err = s.ClosePeriod(ctx, app.ClosePeriod{Until: timex.MustDate("2026-04-01"), Issue: timex.MustDate("2026-04-02")})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// movedGoesOn bills the next month of a company that moved, in a series of its
// own, and sees that what was handed in before is known.
func movedGoesOn(t *testing.T, s *app.System, c id.Company, billed int) {
	t.Helper()
	ctx := context.Background()
	r, err := s.Ingest(ctx, c, used(1, "2026-04-02"))
	if err != nil || r.Count(store.Same) != 41 {
		t.Errorf("handed in again: %+v, %v", r, err)
	}
	until := timex.MustDate("2026-04-01").AddMonths(billed)
	if _, err := s.ClosePeriod(ctx, app.ClosePeriod{Until: until, Issue: until}); err != nil {
		t.Fatal(err)
	}
	var numbers []string
	if err := s.DB.View(ctx, func(tx store.Tx) error {
		list, err := tx.Documents().List(c, store.DocumentQuery{Page: store.Page{Limit: 10}})
		for _, d := range list {
			numbers = append(numbers, d.Number)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if want := []string{"INV-000002", "MOVED-000001", "MOVED-000002"}[:billed+1]; !slices.Equal(numbers, want) {
		t.Errorf("its invoices are %v, want %v", numbers, want)
	}
	if x, err := s.Examine(ctx); err != nil || len(x.Findings) > 0 {
		t.Errorf("%+v, %v", x.Findings, err)
	}
}

// TestWhatAMoveNeeds: it is refused where something stands in its way, nothing of
// it is kept then, and what stays behind is named.
func TestWhatAMoveNeeds(t *testing.T) {
	ctx := context.Background()
	from := systemOver(openSQLite(t))
	companies, _ := begin(t, from)
	c := companies[0]
	if _, err := ExportMove(ctx, from.DB, c, filepath.Join(t.TempDir(), "a.zip")); fault.KindOf(err) != fault.Conflict {
		t.Errorf("while its books are open: %v", err)
	}
	seal, err := access.NewSealer(make([]byte, access.SealerKeySize))
	if err != nil {
		t.Fatal(err)
	}
	post := &notify.Post{DB: from.DB, IDs: from.IDs, Seal: seal, Guard: &notify.Guard{Allowed: []netip.Prefix{}}}
	gate := &access.Gate{DB: from.DB, IDs: from.IDs, Seal: seal}
	if err := from.DB.Update(ctx, func(tx store.Tx) error {
		if _, _, err := post.Add(tx, c, "https://example.com/hook", nil, ""); err != nil {
			return err
		}
		if _, _, err := gate.AddKey(tx, access.NewKey{Company: c, Name: "switch", Role: access.API}); err != nil {
			return err
		}
		_, _, err := gate.AddUser(tx, access.NewUser{Email: "mei@example.com", Name: "Mei", Members: []access.Member{{Company: c, Role: access.CustomerAdmin}}})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	path, m := leaves(t, from, c)
	if got := strings.Join(m.Left, "; "); !strings.Contains(got, "1 webhooks") || !strings.Contains(got, "mei@example.com") || !strings.Contains(got, "an API key: switch") {
		t.Errorf("left behind: %s", got)
	}
	if _, err := Import(ctx, openSQLite(t), path); fault.KindOf(err) != fault.Invalid {
		t.Errorf("as if it were everything: %v", err)
	}
	other := strings.Replace(planText, "0.12", "0.13", 1)
	for what, prepare := range map[string]func(*app.System) error{
		"the company": func(s *app.System) error {
			whole := filepath.Join(t.TempDir(), "all.zip")
			if _, err := Export(ctx, from.DB, whole); err != nil {
				return err
			}
			_, err := Import(ctx, s.DB, whole)
			return err
		},
		"its name": func(s *app.System) error { _, err := s.AddCompany(ctx, app.Company{Name: "c0"}); return err },
		"its series": func(s *app.System) error {
			_, err := s.AddCompany(ctx, app.Company{Name: "x", Series: "MOVED"})
			return err
		},
		"another plan's text": func(s *app.System) error { _, err := s.PublishPlan(ctx, app.PublishPlan{File: other}); return err },
	} {
		s := systemOver(openSQLite(t))
		if err := prepare(s); err != nil {
			t.Fatal(err)
		}
		before, err := s.Examine(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ImportMove(ctx, s.DB, path, "MOVED"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("where %s is: %v", what, err)
		}
		after, err := s.Examine(ctx)
		if err != nil || !reflect.DeepEqual(before, after) {
			t.Errorf("where %s is, something was kept: %+v, before %+v, %v", what, after, before, err)
		}
	}
	if err := from.Stay(ctx, c); err != nil {
		t.Fatal(err)
	}
	if _, err := from.Ingest(ctx, c, used(0, "2026-05-02")); err != nil {
		t.Errorf("when it stays after all: %v", err)
	}
}
