package demo

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/serve"
	"waihu/internal/store"
	"waihu/internal/store/sqlite"
)

// TestAFloorThatFailsIsTold: nothing goes on as if it worked, so that the worker that runs
// it says why and begins again.
func TestAFloorThatFailsIsTold(t *testing.T) {
	db, err := sqlite.Memory(sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	books := &serve.Books{DB: db, System: &app.System{DB: db}}
	if err := live(t.Context(), books, &floorWork{to: &Customer{}}, []Customer{{}}, 1); err == nil {
		t.Error("a floor without books works")
	}
}

// TestAFloorIsAssembledAnew: what an assembling that was cut off has made is taken, the
// log-ins open, and a third time nothing is different.
func TestAFloorIsAssembledAnew(t *testing.T) {
	ctx := t.Context()
	c := serve.Config{Data: t.TempDir()}
	b, err := serve.Open(ctx, &c)
	if err != nil {
		t.Fatal(err)
	}
	defer b.DB.Close()
	co, err := b.System.AddCompany(ctx, app.Company{Name: "Example", Series: "EX"})
	if err != nil {
		t.Fatal(err)
	}
	l := login{email: "agent1@demo.example", name: "Agent", lang: "zh-Hans", member: access.Member{Company: id.Company{ID: co.ID}, Role: access.Agent}}
	var half id.ID
	if err := b.DB.Update(ctx, func(tx store.Tx) error { // invited, and then it was cut off
		u, _, err := b.Gate.AddUser(tx, access.NewUser{Email: l.email, Name: l.name, Lang: l.lang, Members: []access.Member{l.member}})
		if err == nil {
			half = u.ID
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		got, err := l.add(ctx, b)
		if err != nil || got != half {
			t.Fatalf("%s, %v; %s was there", got, err, half)
		}
		if _, err := b.Gate.LogIn(ctx, l.email, Password, access.Client{Address: "127.0.0.1"}); err != nil {
			t.Error(err)
		}
	}
}

// TestFoldersOfTheKilledGo: not one that somebody has, nor one that is new.
func TestFoldersOfTheKilledGo(t *testing.T) {
	in := t.TempDir()
	old := time.Now().Add(-2 * time.Hour)
	for _, name := range []string{"killed", "running", "new"} {
		folder := filepath.Join(in, folders+name)
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if name == "running" {
			free, err := serve.Own(&serve.Config{Data: folder})
			if err != nil {
				t.Fatal(err)
			}
			defer free()
		}
		if name != "new" {
			if err := os.Chtimes(folder, old, old); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := clearLeft(in); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(in, "*"))
	if err != nil || len(left) != 2 || filepath.Base(left[0]) != folders+"new" || filepath.Base(left[1]) != folders+"running" {
		t.Error(left, err)
	}
}
