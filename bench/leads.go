package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	mrand "math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"waihu/internal/app"
	"waihu/internal/calling/lead"
	"waihu/internal/id"
	"waihu/internal/leadfile"
	"waihu/internal/sheet"
	"waihu/internal/store"
	"waihu/internal/store/sqlite"
	"waihu/internal/timex"
)

const (
	leadsGoal   = 100_000 // leads a second, from the file to durable and findable
	nextGoal    = time.Millisecond
	floorAtOnce = 50
)

// measureLeads imports a list into SQLite: all of it new, all of it there already,
// and all of it wrong; beside reading alone, and beside the least SQLite can do,
// which is to put the same rows into one table without an index.
func measureLeads(r *report, o options) error {
	dir, err := os.MkdirTemp(o.dir, "leads")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "list.csv")
	if err := writeLeads(path, o.rows); err != nil {
		return err
	}
	bad := filepath.Join(dir, "bad.csv")
	if err := os.WriteFile(bad, []byte("Name,Phone\n"+strings.Repeat("somebody,12\n", o.rows)), 0o600); err != nil {
		return err
	}
	db, err := sqlite.Open(filepath.Join(dir, "books.db"), sqlite.Options{})
	if err != nil {
		return err
	}
	defer db.Close()
	b := &leadBench{s: &app.System{DB: db, IDs: id.NewMaker(rand.Reader), Node: "bench"}, rows: o.rows}
	if b.company, err = openBooks(b.s); err != nil {
		return err
	}
	if b.list, err = b.s.SetLeadList(context.Background(), b.company, app.LeadList{Name: "list", Country: "CN"}); err != nil {
		return err
	}
	reading, bodies, err := b.readAlone(path)
	if err != nil {
		return err
	}
	floor, err := b.floor(filepath.Join(dir, "floor.db"), bodies)
	if err != nil {
		return err
	}
	fresh, added, err := b.importOf(path, "a")
	if err != nil {
		return err
	}
	again, more, err := b.importOf(path, "b")
	if err != nil {
		return err
	}
	wrong, aside, err := b.importOf(bad, "c")
	if err != nil {
		return err
	}
	if added.Added != int64(o.rows) || more.InList != int64(o.rows) || aside.Bad != int64(o.rows) {
		return fmt.Errorf("%d added, %d found to be there, %d set aside of %d rows", added.Added, more.InList, aside.Bad, o.rows)
	}
	next, err := b.next()
	if err != nil {
		return err
	}
	rate, peak := perSecond(o.rows, fresh.wall), residentMB()
	r.table(fmt.Sprintf("A list of %d leads into SQLite, synchronous=FULL", o.rows), []finding{
		{"leads a second, file to disk", thousands(rate), "at least " + thousands(leadsGoal), rate >= leadsGoal},
		{"processor time a lead, both cores", fmt.Sprintf("%.1f us", fresh.cpu.Seconds()/float64(o.rows)*1e6), "", true},
		{"reading and checking alone", thousands(perSecond(o.rows, reading)) + " a second", "", true},
		{"rows into a table without an index, one core", thousands(perSecond(o.rows, floor)) + " a second", "", true},
		{"import to that floor", fmt.Sprintf("%.2f times its time", ratio(fresh.wall, floor)), "", true},
		{"all of it there already", thousands(perSecond(o.rows, again.wall)) + " a second", "", true},
		{"all of it wrong", thousands(perSecond(o.rows, wrong.wall)) + " a second", "", true},
		{"the next 100 leads that are due, worst of 1,000", next.String(), "under " + nextGoal.String() + " a lead", next < 100*nextGoal},
		{"most memory of the program (this bench's own tables included)", fmt.Sprintf("%d MB", peak), "under 2000 MB", peak < 2000},
	})
	return nil
}

func perSecond(n int, d time.Duration) float64 { return float64(n) / d.Seconds() }

// thousands writes a rate as people read it.
func thousands(f float64) string {
	s := fmt.Sprintf("%.0f", f)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

type leadBench struct {
	s       *app.System
	company id.Company
	list    app.LeadList
	rows    int
}

// writeLeads writes a list with a number of its own in each row, in no order.
func writeLeads(path string, n int) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "Customer No,Name,Mobile,City,Consent,Consent date,Plan,Balance")
	r := mrand.New(mrand.NewPCG(54, 1))
	for i, p := range r.Perm(n) {
		fmt.Fprintf(w, "C%07d,王小明 %d,138%08d,上海,yes,2026-01-%02d,gold,%d.50\n", i, i, p, 1+i%28, i%900)
	}
	return errors.Join(w.Flush(), f.Close())
}

func leadFile(path string) sheet.Source {
	return sheet.Source{Name: filepath.Base(path), Open: func() (io.ReadCloser, error) { return os.Open(path) }}
}

// readAlone reads the list into leads as they are stored, and keeps nothing of them
// but their length.
func (b *leadBench) readAlone(path string) (time.Duration, []int, error) {
	begin := time.Now()
	g, err := leadfile.Look(leadFile(path), "", "CN")
	if err != nil {
		return 0, nil, err
	}
	r, err := leadfile.Open(leadFile(path), g.Mapping, leadfile.Options{})
	if err != nil {
		return 0, nil, err
	}
	defer r.Close()
	sizes := make([]int, 0, b.rows)
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return time.Since(begin), sizes, nil
		}
		if err != nil {
			return 0, nil, err
		}
		body, err := store.LeadBody(&row.Lead)
		if err != nil {
			return 0, nil, err
		}
		sizes = append(sizes, len(body))
	}
}

// floor puts rows of the same size into one table, in transactions as large.
func (b *leadBench) floor(path string, sizes []int) (_ time.Duration, err error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=page_size(8192)")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("CREATE TABLE rows (id BLOB, list BLOB, body BLOB)"); err != nil {
		return 0, err
	}
	insert, filler := "INSERT INTO rows VALUES (?, ?, ?)"+strings.Repeat(", (?, ?, ?)", floorAtOnce-1), make([]byte, lead.MaxLeadSize)
	key := make([]byte, 16)
	begin := time.Now()
	for len(sizes) >= floorAtOnce {
		tx, err := db.Begin()
		if err != nil {
			return 0, err
		}
		stmt, err := tx.Prepare(insert)
		if err != nil {
			return 0, err
		}
		for n := 0; n < 10_000 && len(sizes) >= floorAtOnce; n += floorAtOnce {
			args := make([]any, 0, 3*floorAtOnce)
			for _, size := range sizes[:floorAtOnce] {
				args = append(args, key, key, filler[:size])
			}
			if _, err := stmt.Exec(args...); err != nil {
				return 0, err
			}
			sizes = sizes[floorAtOnce:]
		}
		if err := errors.Join(stmt.Close(), tx.Commit()); err != nil {
			return 0, err
		}
	}
	return time.Since(begin), nil
}

func (b *leadBench) importOf(path, name string) (took cost, m app.LeadImport, err error) {
	ctx := context.Background()
	took, err = measure(func() error {
		g, _, err := b.s.GuessLeads(ctx, b.company, leadFile(path), "", "CN")
		if err != nil {
			return err
		}
		if m, err = b.s.BeginLeadImport(ctx, b.company, app.BeginLeadImport{List: b.list.ID, File: name, Digest: name, Mapping: g.Mapping}); err != nil {
			return err
		}
		m, err = b.s.ImportLeads(ctx, b.company, m.ID, leadFile(path), path+"."+name+".aside", nil)
		return err
	})
	return took, m, err
}

// next is the longest a page of leads that are due took, out of a thousand pages.
func (b *leadBench) next() (worst time.Duration, err error) {
	after := store.DueCursor{}
	for range 1000 {
		begin := time.Now()
		err := b.s.DB.View(context.Background(), func(tx store.Tx) error {
			list, err := tx.Leads().Due(b.company, b.list.ID, lead.Pending, timex.At(begin), after, 100)
			if len(list) > 0 {
				after = store.DueCursor{Due: list[len(list)-1].Due, ID: list[len(list)-1].ID}
			}
			return err
		})
		if err != nil {
			return 0, err
		}
		worst = max(worst, time.Since(begin))
	}
	return worst, nil
}
