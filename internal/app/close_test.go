package app_test

import (
	"context"
	"testing"

	"waihu/internal/app"
	"waihu/internal/charging/ledger"
	"waihu/internal/fault"
	"waihu/internal/store"
)

func TestCloseAMonth(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	one := b.customer("one", fiveSeats)
	b.customer("two", "")
	b.calls(one, "2026-03-10 02:00:00", 600, 61) // 10 + 2 minutes, 10 are included
	b.at("2026-04-01 03:00:00")
	draft := must(b.DraftInvoice(context.Background(), one.company, one.contract, 0))
	run := b.close("2026-04-01")
	if run.State != "done" || run.Counts.Issued != 2 || run.Counts.Held != 0 {
		t.Fatalf("%+v", run)
	}
	docs := b.documents(one.company)
	if len(docs) != 1 {
		t.Fatalf("%d documents", len(docs))
	}
	inv := b.invoice(&docs[0])
	want := "seats 500.00\nsupport@2026-03-01 1200.00\nsetup 50.00\ntalk 0.24\ntotal 1855.26"
	if got := short(inv); got != want {
		t.Errorf("invoice\n%s\nwant\n%s", got, want)
	}
	if got := short(draft); got != want {
		t.Errorf("the draft was\n%s", got)
	}
	if inv.DueOn != day("2026-04-12") || docs[0].DueOn != inv.DueOn || docs[0].Status != store.Issued {
		t.Errorf("due %s, %s", inv.DueOn, docs[0].Status)
	}
	for account, want := range map[ledger.Account]string{ledger.Receivable: "1855.26", ledger.Revenue("seats"): "-500.00", ledger.Revenue("voice"): "-0.24",
		ledger.Revenue("support"): "-101.92", ledger.Deferred("support"): "-1098.08", ledger.Tax: "-105.02"} {
		if got := b.balance(one.company, account); got != want {
			t.Errorf("%s: %s, want %s", account, got, want)
		}
	}
	b.sound()

	again := b.close("2026-04-01") // I7
	if again.ID != run.ID || len(b.documents(one.company)) != 1 {
		t.Error("a run that is done did something")
	}
	late := b.customer("late", fiveSeats) // signed after the run, from March on
	again = b.close("2026-04-01")
	if again.ID != run.ID || again.Counts.Issued != 3 || len(b.documents(late.company)) != 1 || len(b.documents(one.company)) != 1 {
		t.Errorf("a contract signed after the run: %+v", again.Counts)
	}
	later := must(b.ClosePeriod(context.Background(), app.ClosePeriod{Until: day("2026-04-15"), Issue: day("2026-04-16")}))
	if later.Counts.Issued != 0 {
		t.Errorf("nothing was over: %+v", later.Counts)
	}
	b.at("2026-05-01 03:00:00")
	b.close("2026-05-01")
	if got, want := short(b.invoice(&b.documents(one.company)[1])), "seats 500.00\ntalk 0.00\ntotal 530.00"; got != want {
		t.Errorf("April\n%s\nwant\n%s", got, want)
	}
	if got := b.balance(one.company, ledger.Deferred("support")); got != "-999.45" {
		t.Errorf("deferred after 61 of 365 days: %s", got)
	}
	b.sound()
}

func TestOneRunAtATime(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	b.customer("one", "")
	b.update(func(tx store.Tx) error {
		_, err := tx.Leases().Take("bill_run", "another node", 3600e9)
		return err
	})
	_, err := b.ClosePeriod(context.Background(), app.ClosePeriod{Until: day("2026-04-01"), Issue: day("2026-04-01")})
	wantKind(t, "a second run", err, fault.Conflict)
	_, err = b.ClosePeriod(context.Background(), app.ClosePeriod{Until: day("2026-04-01"), Issue: day("2026-03-01")})
	wantKind(t, "dated before its end", err, fault.Invalid)
}

// before does something in the middle of the work, before each transaction that writes.
type before struct {
	store.DB
	write func()
}

func (d before) Update(ctx context.Context, f func(store.Tx) error) error {
	d.write()
	return d.DB.Update(ctx, f)
}

// TestARunStartedTwiceOnOneNode: the lease is the node's own; a second run beside
// the first is refused all the same, and the first goes on.
func TestARunStartedTwiceOnOneNode(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	b.customer("one", "")
	b.at("2026-04-01 03:00:00")
	march := app.ClosePeriod{Until: day("2026-04-01"), Issue: day("2026-04-01")}
	refused, inside := 0, false
	var s *app.System
	s = &app.System{DB: before{b.DB, func() {
		if inside {
			return
		}
		inside = true
		defer func() { inside = false }()
		_, err := s.ClosePeriod(context.Background(), march)
		wantKind(t, "beside the first", err, fault.Conflict)
		refused++
	}}, IDs: b.IDs, Node: "n1"}
	run, err := s.ClosePeriod(context.Background(), march)
	if err != nil || run.Counts.Issued != 1 || refused < 3 {
		t.Errorf("%+v, %v, %d refused", run.Counts, err, refused)
	}
}

// TestARunThatAsksForNothing: totals are told by currency, and nothing has none.
func TestARunThatAsksForNothing(t *testing.T) {
	b := newBooks(t)
	b.publish("plan: p\nversion: 1\ncurrency: CNY\ntime_zone: Asia/Shanghai\ncomponents:\n  - {id: talk, measure: talk_time, unit_price: 0.12}\n")
	b.customer("one", "")
	b.at("2026-04-01 03:00:00")
	if run := b.close("2026-04-01"); run.Counts.Issued != 1 || len(run.Counts.Totals) != 0 {
		t.Errorf("%+v", run.Counts)
	}
}
