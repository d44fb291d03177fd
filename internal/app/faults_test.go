package app_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"waihu/internal/app"
	"waihu/internal/charging/ledger"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/usage"
)

var errCrash = errors.New("power failed")

// failing is a database that fails at a step: each write of a transaction is one,
// and so are the moments before a transaction begins and after it was committed,
// when the caller does not learn that it was.
type failing struct {
	store.DB
	at    int64 // step that fails; 0: none
	steps atomic.Int64
	down  atomic.Bool // after the crash nothing works any more
}

func (f *failing) step() error {
	if f.down.Load() || f.steps.Add(1) == f.at {
		f.down.Store(true)
		return errCrash
	}
	return nil
}

func (f *failing) Update(ctx context.Context, do func(store.Tx) error) error {
	if err := f.step(); err != nil {
		return err
	}
	if err := f.DB.Update(ctx, func(tx store.Tx) error { return do(failingTx{tx, f}) }); err != nil {
		return err
	}
	return f.step()
}

func (f *failing) View(ctx context.Context, do func(store.Tx) error) error {
	if f.down.Load() {
		return errCrash
	}
	return f.DB.View(ctx, do)
}

type failingTx struct {
	store.Tx
	f *failing
}

func (t failingTx) Records() store.Records     { return failingRecords{t.Tx.Records(), t.f} }
func (t failingTx) Documents() store.Documents { return failingDocuments{t.Tx.Documents(), t.f} }
func (t failingTx) Journal() store.Journal     { return failingJournal{t.Tx.Journal(), t.f} }
func (t failingTx) Outbox() store.Outbox       { return failingOutbox{t.Tx.Outbox(), t.f} }

type failingRecords struct {
	store.Records
	f *failing
}

func (r failingRecords) Put(x *store.Record) error {
	return errors.Join(r.f.step(), r.Records.Put(x))
}

type failingDocuments struct {
	store.Documents
	f *failing
}

func (d failingDocuments) Put(x *store.Document) error {
	return errors.Join(d.f.step(), d.Documents.Put(x))
}

func (d failingDocuments) Next(c id.Company, series string) (int64, error) {
	n, err := d.Documents.Next(c, series)
	return n, errors.Join(err, d.f.step())
}

type failingJournal struct {
	store.Journal
	f *failing
}

func (j failingJournal) Append(c id.Company, e ledger.Entry) (ledger.Entry, error) {
	out, err := j.Journal.Append(c, e)
	return out, errors.Join(err, j.f.step())
}

type failingOutbox struct {
	store.Outbox
	f *failing
}

func (o failingOutbox) Add(m *store.Message) error { return errors.Join(o.f.step(), o.Outbox.Add(m)) }

// threeCustomers have usage, an amendment's worth of variety, and late calls for
// a month that is billed already.
func threeCustomers(t *testing.T) (*books, []customer) {
	t.Helper()
	b := newBooks(t)
	b.publish(planText)
	var list []customer
	for i, more := range []string{fiveSeats, "", "prepayment: {amount: 100, every: month}\n"} {
		who := b.customer(fmt.Sprint("c", i), more)
		b.calls(who, "2026-03-10 02:00:00", 100*(i+1), 600)
		list = append(list, who)
	}
	b.at("2026-04-01 03:00:00")
	b.close("2026-04-01")
	b.calls(list[0], "2026-03-20 02:00:00", 900)
	b.calls(list[1], "2026-04-20 02:00:00", 900)
	b.at("2026-05-01 03:00:00")
	return b, list
}

// bodies are all documents of some customers by number.
func (b *books) bodies(list []customer) map[string]string {
	b.t.Helper()
	out := map[string]string{}
	for _, who := range list {
		for _, d := range b.documents(who.company) {
			out[d.Number] = string(d.Body)
		}
	}
	return out
}

// TestCrashAtEveryStep crashes a bill run at each of its steps in turn and starts
// it again: the invoices are the same to the byte, numbers have no gap, and
// nothing is booked twice.
func TestCrashAtEveryStep(t *testing.T) {
	ctx := context.Background()
	request := app.ClosePeriod{Until: day("2026-05-01"), Issue: day("2026-05-02")}
	clean, list := threeCustomers(t)
	counter := &failing{DB: clean.DB}
	run := must((&app.System{DB: counter, IDs: clean.IDs, Node: "n1"}).ClosePeriod(ctx, request))
	want, steps := clean.bodies(list), counter.steps.Load()
	if run.Counts.Issued != 3 || steps < 40 {
		t.Fatalf("%+v in %d steps", run.Counts, steps)
	}
	for at := int64(1); at <= steps; at++ {
		b, list := threeCustomers(t)
		db := &failing{DB: b.DB, at: at}
		if _, err := (&app.System{DB: db, IDs: b.IDs, Node: "n1"}).ClosePeriod(ctx, request); !errors.Is(err, errCrash) {
			t.Fatalf("step %d of %d: %v", at, steps, err)
		}
		b.clock.Add(3600e6) // the other node waits until the lease is over
		again, err := (&app.System{DB: b.DB, IDs: b.IDs, Node: "n2"}).ClosePeriod(ctx, request)
		if err != nil || again.State != "done" || again.Counts.Issued != 3 || fmt.Sprint(again.Counts.Totals) != fmt.Sprint(run.Counts.Totals) {
			t.Fatalf("step %d, started again: %+v, %v", at, again.Counts, err)
		}
		got := b.bodies(list)
		if len(got) != len(want) {
			t.Errorf("step %d: %d documents, want %d", at, len(got), len(want))
		}
		for number, body := range want {
			if got[number] != body {
				t.Errorf("step %d: %s differs", at, number)
			}
		}
		for i := range list {
			if n := b.messages(list[i].company)["webhook invoice.issued"]; n != 2 {
				t.Errorf("step %d: %d messages of two invoices", at, n)
			}
		}
		b.sound()
	}
}

// panicking is a database that panics in one reading, or in the first writing.
type panicking struct {
	store.DB
	at, views atomic.Int64
	writing   atomic.Bool
}

func (p *panicking) Update(ctx context.Context, do func(store.Tx) error) error {
	return p.DB.Update(ctx, func(tx store.Tx) error {
		if p.writing.CompareAndSwap(true, false) {
			panic("a bug")
		}
		return do(tx)
	})
}

func (p *panicking) View(ctx context.Context, do func(store.Tx) error) error {
	return p.DB.View(ctx, func(tx store.Tx) error {
		if p.views.Add(1) == p.at.Load() {
			panic("a bug")
		}
		return do(tx)
	})
}

// TestPanicInTheIntake: a panic is the error of who handed usage in; the lane it
// came in goes on.
func TestPanicInTheIntake(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	who := b.customer("a", fiveSeats)
	b.at("2026-03-20 00:00:00")
	db := &panicking{DB: b.DB}
	in := app.NewIntake(&app.System{DB: db, IDs: b.IDs, Node: "n1"}, 1)
	defer in.Close()
	calls := []usage.Fact{aCall(1, "2026-03-10 08:00:00", 60)}
	db.writing.Store(true)
	_, err := in.Ingest(context.Background(), who.company, calls)
	wantKind(t, "a panic", err, fault.Internal)
	if got := outcomes(must(in.Ingest(context.Background(), who.company, calls))); got != "added" {
		t.Errorf("sent again: %s", got)
	}
}

// TestPanicInARun panics in each of the first readings of a bill run, most of them
// in drafts that are made beside it: it reaches whoever asked for the run or
// nobody, never ends the process, and the run can be started again.
func TestPanicInARun(t *testing.T) {
	request := app.ClosePeriod{Until: day("2026-05-01"), Issue: day("2026-05-02")}
	for at := int64(1); at <= 9; at++ {
		b, _ := threeCustomers(t)
		db := &panicking{DB: b.DB}
		db.at.Store(at)
		func() {
			defer func() { _ = recover() }()
			must((&app.System{DB: db, IDs: b.IDs, Node: "n1"}).ClosePeriod(context.Background(), request))
		}()
		if n := db.views.Load(); n < at {
			t.Errorf("%d readings, none panicked", n)
		}
		b.clock.Add(3600e6)
		if run := must(b.ClosePeriod(context.Background(), request)); run.Counts.Issued != 3 {
			t.Errorf("a panic in reading %d: %+v", at, run.Counts)
		}
		b.sound()
	}
}

// TestCrashInAPayment crashes a payment at each step; asked again with its key,
// it has one effect.
func TestCrashInAPayment(t *testing.T) {
	ctx := context.Background()
	for at := int64(1); ; at++ {
		b, who, doc := billed(t)
		db := &failing{DB: b.DB, at: at}
		pay := app.Pay{Key: "k", Invoice: doc.ID, Amount: yuan("2000"), On: day("2026-04-01")}
		_, err := (&app.System{DB: db, IDs: b.IDs, Node: "n1"}).Pay(ctx, who.company, pay)
		if err == nil {
			if at < 6 {
				t.Errorf("a payment of %d steps", at)
			}
			return
		}
		out := must(b.Pay(ctx, who.company, pay))
		if out.Over != yuan("145") || b.balance(who.company, ledger.Cash) != "2000.00" {
			t.Errorf("step %d: %+v, cash %s", at, out, b.balance(who.company, ledger.Cash))
		}
		b.sound()
	}
}
