package app_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"waihu/internal/app"
	"waihu/internal/charging/budget"
	"waihu/internal/charging/ledger"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// between is a database in which something happens after a draft was made and
// before anything is written on the strength of it: once, or after every draft.
type between struct {
	store.DB
	happens func()
	always  bool
	drafted atomic.Bool
	done    atomic.Bool
}

func (b *between) View(ctx context.Context, do func(store.Tx) error) error {
	return b.DB.View(ctx, func(tx store.Tx) error { return do(betweenTx{tx, b}) })
}

func (b *between) Update(ctx context.Context, do func(store.Tx) error) error {
	if b.drafted.CompareAndSwap(true, false) && (b.always || !b.done.Load()) {
		b.done.Store(true)
		b.happens()
	}
	return b.DB.Update(ctx, do)
}

type betweenTx struct {
	store.Tx
	b *between
}

func (t betweenTx) Usage() store.Usage { return betweenUsage{t.Tx.Usage(), t.b} }

type betweenUsage struct {
	store.Usage
	b *between
}

func (u betweenUsage) Each(ctx context.Context, c id.Company, contract id.ID, p timex.Period, upTo int64, sink usage.Sink) error {
	u.b.drafted.Store(true)
	return u.Usage.Each(ctx, c, contract, p, upTo, sink)
}

// closeWith closes the periods of one company, and lets something happen between
// draft and issue; false: there was nothing to draft.
func (b *books) closeWith(c id.Company, until string, happens func()) bool {
	b.t.Helper()
	db := &between{DB: b.DB, happens: happens}
	must((&app.System{DB: db, IDs: b.IDs, Node: "n1"}).ClosePeriod(context.Background(), app.ClosePeriod{Until: day(until), Issue: day(until), Company: c.ID}))
	return db.done.Load()
}

// TestUsageBetweenDraftAndIssue: an invoice releases what it holds, and what came
// meanwhile stays accrued until the invoice that has it.
func TestUsageBetweenDraftAndIssue(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	who := b.customer("a", fiveSeats)
	b.at("2026-04-01 03:00:00")
	b.ingest(who.company, aCall(1, "2026-03-10 08:00:00", 1200))
	if !b.closeWith(who.company, "2026-04-01", func() { b.ingest(who.company, aCall(2, "2026-03-11 08:00:00", 60)) }) {
		t.Fatal("nothing was drafted")
	}
	account := ledger.Accruing(who.contract.String(), day("2026-03-01"), "voice")
	docs := b.documents(who.company)
	if got := b.balance(who.company, account); got != "0.12" || docs[0].Total != yuan("1856.31") {
		t.Errorf("accrued %s beside an invoice of %s: 0.12 and 1,750 of software, 1.20 of voice, with tax, were expected", got, docs[0].Total)
	}
	b.at("2026-05-01 03:00:00")
	b.close("2026-05-01")
	docs = b.documents(who.company)
	if got := b.balance(who.company, account); got != "0.00" || docs[1].Total != yuan("530.13") {
		t.Errorf("accrued %s beside an invoice of %s: 0.00, and 500 of software and 0.12 late, with tax, were expected", got, docs[1].Total)
	}
	b.sound()
}

// TestPrepaidCallsThatComeLate: what a wallet paid for calls that came after their
// period was invoiced pays the invoice that has them, once.
func TestPrepaidCallsThatComeLate(t *testing.T) {
	b, who := prepaid(t)
	b.topUp(who.company, "k", "100.00")
	b.at("2026-04-01 03:00:00")
	b.ingest(who.company, aCall(1, "2026-03-10 08:00:00", 600))
	between := func() { b.ingest(who.company, aCall(2, "2026-03-11 08:00:00", 60)) }
	if !b.closeWith(who.company, "2026-04-01", between) {
		t.Fatal("nothing was drafted")
	}
	b.ingest(who.company, aCall(3, "2026-03-12 08:00:00", 60))
	if got := b.balance(who.company, ledger.Consumed(who.contract.String())); got != "-0.545" {
		t.Errorf("consumed and on no invoice: %s", got)
	}
	b.at("2026-05-01 03:00:00")
	b.close("2026-05-01")
	asked := yuan("0")
	for _, d := range b.documents(who.company) {
		if d.Status != store.Paid {
			t.Errorf("%s is %s", d.Number, d.Status)
		}
		asked = must(asked.Add(d.Total))
	}
	left := must(yuan("-100.00").Add(asked))
	if got := b.balance(who.company, ledger.Wallet("main")); got != left.Decimal() || b.balance(who.company, ledger.Consumed(who.contract.String())) != "0.00" {
		t.Errorf("the wallet has %s after invoices of %s", got, asked)
	}
	b.replays(who.company)
	b.sound()
}

// TestUsageBeforeTheLastIssue: no invoice comes behind the last one, so it has what
// came while it was drafted.
func TestUsageBeforeTheLastIssue(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	who := b.customer("a", fiveSeats)
	must(b.Cancel(context.Background(), who.company, who.contract, day("2026-03-05"), day("2026-04-01")))
	b.at("2026-04-01 03:00:00")
	b.ingest(who.company, aCall(1, "2026-03-10 08:00:00", 1200))
	must(b.AdvanceContracts(context.Background(), who.company, day("2026-04-01"))) // else the run does, and drafts again
	if !b.closeWith(who.company, "2026-04-01", func() { b.ingest(who.company, aCall(2, "2026-03-11 08:00:00", 60)) }) {
		t.Fatal("nothing was drafted")
	}
	account := ledger.Accruing(who.contract.String(), day("2026-03-01"), "voice")
	if got := b.balance(who.company, account); got != "0.00" {
		t.Errorf("accrued %s for an invoice that will not come", got)
	}
	if docs := b.documents(who.company); len(docs) != 1 || !strings.Contains(short(b.invoice(&docs[0])), "talk 1.32") {
		t.Errorf("the last invoice leaves a call out: %s", short(b.invoice(&docs[0])))
	}
	b.sound()
}

// TestUsageThatKeepsComing: a last invoice that cannot be caught up with is held,
// and the run goes on.
func TestUsageThatKeepsComing(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	who := b.customer("a", fiveSeats)
	must(b.Cancel(context.Background(), who.company, who.contract, day("2026-03-05"), day("2026-04-01")))
	b.at("2026-04-01 03:00:00")
	b.ingest(who.company, aCall(1, "2026-03-10 08:00:00", 1200))
	must(b.AdvanceContracts(context.Background(), who.company, day("2026-04-01")))
	n := 1
	db := &between{DB: b.DB, always: true, happens: func() {
		n++
		b.ingest(who.company, aCall(n, "2026-03-11 08:00:00", 60))
	}}
	run := must((&app.System{DB: db, IDs: b.IDs, Node: "n1"}).ClosePeriod(context.Background(), app.ClosePeriod{Until: day("2026-04-01"), Issue: day("2026-04-01")}))
	if run.Counts.Held != 1 || run.Counts.Issued != 0 || n < 5 {
		t.Fatalf("%+v after %d calls", run.Counts, n)
	}
	steps, _, err := b.RunSteps(context.Background(), run.ID, 10)
	if err != nil || len(steps) != 1 || !strings.Contains(steps[0].Why, "run again") {
		t.Errorf("%+v, %v", steps, err)
	}
	if run = b.close("2026-04-01"); run.Counts.Issued != 1 || run.Counts.Held != 0 {
		t.Errorf("run again: %+v", run.Counts)
	}
	b.sound()
}

// during is a database in which something happens once, while facts are read.
type during struct {
	store.DB
	happens func()
	done    atomic.Bool
}

func (d *during) View(ctx context.Context, do func(store.Tx) error) error {
	return d.DB.View(ctx, func(tx store.Tx) error { return do(duringTx{tx, d}) })
}

type duringTx struct {
	store.Tx
	d *during
}

func (t duringTx) Usage() store.Usage { return duringUsage{t.Tx.Usage(), t.d} }

type duringUsage struct {
	store.Usage
	d *during
}

func (u duringUsage) Each(ctx context.Context, c id.Company, contract id.ID, p timex.Period, upTo int64, sink usage.Sink) error {
	if u.d.done.CompareAndSwap(false, true) {
		u.d.happens()
	}
	return u.Usage.Each(ctx, c, contract, p, upTo, sink)
}

// TestASeatWhileTheBudgetIsDrafted: a cost that a new seat overtook is not kept
// for the next hour.
func TestASeatWhileTheBudgetIsDrafted(t *testing.T) {
	b := newBooks(t)
	b.publish(seatPlan)
	c := b.company("one")
	contract := b.contractIn(c, "contract: seats\nplan: s@1\nstart: 2026-03-01\nseller: {name: S}\nbuyer: {name: B}\n", "")
	b.at("2026-03-10 00:00:00")
	ctx := context.Background()
	must(b.SetBudget(ctx, c, app.Budget{Name: "all", Contract: contract, Budget: budget.Budget{Amount: yuan("600"), HardStop: true}}))
	begin := func(user string) {
		must(b.Begin(ctx, c, app.Begin{Contract: contract, What: app.SeatStretch, Of: user, At: day("2026-03-01").Start(shanghai)}))
	}
	begin("ann")
	db := &during{DB: b.System.DB, happens: func() { begin("bob") }}
	b.System.DB = db
	if err := b.MayCall(ctx, c, contract); err != nil || !db.done.Load() {
		t.Fatalf("one seat of 310: %v, %v", err, db.done.Load())
	}
	wantKind(t, "two seats of 310", b.MayCall(ctx, c, contract), fault.Conflict)
}
