package demo

import (
	"math/rand/v2"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/store/sqlite"
)

// TestAYearIsTold fills books and looks at what a visitor would see first.
func TestAYearIsTold(t *testing.T) {
	clock := &Clock{}
	db, err := sqlite.Memory(sqlite.Options{Clock: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	sys := &app.System{DB: db, IDs: id.NewMaker(rand.NewChaCha8([32]byte{1})), Node: "demo"}
	began := time.Now()
	who, err := Fill(t.Context(), sys, clock, Options{Seed: 1, Now: time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC), Tell: func(s string) { t.Log(time.Since(began).Round(time.Millisecond), s) }})
	if err != nil {
		t.Fatal(err)
	}
	open := 0
	for _, c := range who {
		err := db.View(t.Context(), func(tx store.Tx) error {
			list, err := tx.Documents().List(c.Company, store.DocumentQuery{Kind: store.Invoice, Page: store.Page{Limit: 100}})
			for i := range list {
				t.Log(c.Key, list[i].Number, list[i].Status, list[i].Total, list[i].Paid)
				if list[i].Status == store.Overdue || list[i].Status == store.Issued {
					open++
				}
			}
			if len(list) != months {
				t.Errorf("%s: %d invoices, want one a month", c.Key, len(list))
			}
			head, err2 := tx.Usage().Head(c.Company)
			t.Log(c.Key, "facts", head, err2)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if open == 0 {
		t.Error("every invoice is paid: nothing to look at")
	}
}
