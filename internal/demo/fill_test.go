package demo

import (
	"math/rand/v2"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/calling/report"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/store/sqlite"
	"waihu/internal/timex"
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
	for _, c := range who {
		agreesWithLogIns(t, sys, &c, clock.Now())
	}
}

// agreesWithLogIns: who had conversations of campaigns was logged in for them, one at a
// time, and wrote them up.
func agreesWithLogIns(t *testing.T, sys *app.System, c *Customer, now timex.Instant) {
	t.Helper()
	day := now.DateIn(c.Calling.Zone)
	answer, err := sys.Report(t.Context(), c.Company, report.Ask{Kind: report.Agents, First: day, After: day + 1, Zone: c.Calling.Zone})
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for i := range answer.Rows {
		s := &answer.Rows[i].Sums
		if s[report.Conversations] == 0 { // usage of another switch: their log-ins have no states
			continue
		}
		told++
		if s[report.Talking] < s[report.Talk] || s[report.WrapUp] != s[report.AfterWork] || s[report.Logged] != s[report.Ready]+s[report.Talking]+s[report.WrapUp] || s[report.Ready] == 0 {
			t.Errorf("%s %s: talked %d ms of calls and %d of log-ins, wrote up %d and %d, logged in %d, ready %d", c.Key, answer.Rows[i].Value, s[report.Talk], s[report.Talking], s[report.AfterWork], s[report.WrapUp], s[report.Logged], s[report.Ready])
		}
	}
	if c.Key != "minutes" && told != 4 {
		t.Errorf("%s: %d agents had conversations, want 4", c.Key, told)
	}
}
