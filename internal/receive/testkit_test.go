package receive_test

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/receive"
	"waihu/internal/store"
	"waihu/internal/store/sqlite"
	"waihu/internal/timex"
)

// world is books in memory for one company.
type world struct {
	*testing.T
	db  store.DB
	sys *app.System
	c   id.Company
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db, err := sqlite.Memory(sqlite.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	w := &world{T: t, db: store.Joining(db)}
	w.sys = &app.System{DB: w.db, IDs: id.NewMaker(rand.Reader), Node: "test"}
	c, err := w.sys.AddCompany(t.Context(), app.Company{Name: "A"})
	must(t, err)
	w.c = id.Company{ID: c.ID}
	return w
}

// calls are the identifiers of all calls in March 2026, in order of time.
func (w *world) calls() (out []string) {
	w.Helper()
	must(w.T, w.db.View(w.Context(), func(tx store.Tx) error {
		p, err := tx.Usage().Calls(w.c, store.CallQuery{Period: timex.Days(timex.MustDate("2026-03-01"), timex.MustDate("2026-04-01"), time.UTC), Limit: 1000})
		for _, c := range p.Calls {
			out = append([]string{c.Call.ID}, out...)
		}
		return err
	}))
	return out
}

func (w *world) place(source string) receive.Place {
	w.Helper()
	var out receive.Place
	must(w.T, w.db.View(w.Context(), func(tx store.Tx) error {
		all, err := receive.Places(tx, w.c)
		for _, p := range all {
			if p.Source == source {
				out = p
			}
		}
		return err
	}))
	return out
}

func write(t *testing.T, path, text string) {
	t.Helper()
	must(t, os.WriteFile(path, []byte(text), 0o644))
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o644)
	must(t, err)
	_, err = f.WriteString(text)
	must(t, err)
	must(t, f.Close())
}

func in(dir, name string) string { return filepath.Join(dir, name) }
