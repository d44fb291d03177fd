package storetest

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"waihu/internal/charging/ledger"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

func entry(n int, ref string, amount money.Amount) ledger.Entry {
	return ledger.Entry{ID: num(n), Kind: "payment", Ref: ref, Note: "by bank", Value: march, Postings: []ledger.Posting{{Account: "cash", Amount: amount}, {Account: "receivable", Amount: amount.Neg()}}}
}

func book(b *bench, e ledger.Entry) (out ledger.Entry) {
	b.Helper()
	b.update(func(tx store.Tx) (err error) {
		out, err = tx.Journal().Append(acme, e)
		return err
	})
	return out
}

func journal(t *testing.T, b *bench) {
	one := book(b, entry(1, "p1", yuan(5)))
	equal(t, "first number", one.Seq, 1)
	equal(t, "at", one.At, timex.Instant(b.clock.Load()))
	b.pass(time.Second)
	two := book(b, entry(2, "p2", money.Micros(7, usd)))
	if !one.Follows(0, ledger.Hash{}) || !two.Follows(1, one.Hash) {
		t.Error("the chain does not hold")
	}
	b.pass(time.Second)
	again := entry(9, "p1", yuan(5))
	slices.Reverse(again.Postings)
	if got := book(b, again); !reflect.DeepEqual(got, one) {
		t.Errorf("booked again: %+v, want what was booked: %+v", got, one)
	}
	b.refuse("the same reference with other postings", fault.Conflict, func(tx store.Tx) error { _, err := tx.Journal().Append(acme, entry(3, "p1", yuan(6))); return err })
	b.refuse("no balance", fault.Invalid, func(tx store.Tx) error {
		e := entry(3, "p3", yuan(6))
		e.Postings[0].Amount = yuan(7)
		_, err := tx.Journal().Append(acme, e)
		return err
	})
	b.view(func(tx store.Tx) error {
		j := tx.Journal()
		seq, hash, err := j.Head(acme)
		if err != nil {
			return err
		}
		equal(t, "head", seq, 2)
		equal(t, "hash of the head", hash, two.Hash)
		seq, hash, err = j.Head(other)
		if err != nil {
			return err
		}
		equal(t, "head of empty books", seq, 0)
		equal(t, "hash of empty books", hash, ledger.Hash{})
		got, err := j.ByRef(acme, "payment", "p2")
		if err != nil || !reflect.DeepEqual(*got, two) {
			t.Errorf("%+v, %v; want %+v", got, err, two)
		}
		_, err = j.ByRef(acme, "invoice", "p2")
		kindIs(t, "another kind", err, fault.NotFound)
		sum, err := j.Balance(acme, "cash", cny)
		equal(t, "cash", sum, yuan(5))
		if err != nil {
			return err
		}
		sum, err = j.Balance(acme, "nothing", cny)
		equal(t, "an account nobody used", sum, money.Zero(cny))
		if err != nil {
			return err
		}
		all, err := j.Balances(acme)
		equal(t, "balances", fmt.Sprint(all), fmt.Sprint([]store.Balance{{Account: "cash", Amount: yuan(5)}, {Account: "cash", Amount: money.Micros(7, usd)}, {Account: "receivable", Amount: yuan(-5)}, {Account: "receivable", Amount: money.Micros(-7, usd)}}))
		return err
	})
	b.refuse("beyond 64 bits", fault.Overflow, func(tx store.Tx) error {
		for i := range 2 {
			if _, err := tx.Journal().Append(acme, entry(4+i, fmt.Sprint("big", i), money.Micros(1<<62, cny))); err != nil {
				return err
			}
		}
		return nil
	})
}

// journalLong is an entry longer than what goes in at once, whose accounts come again
// in the same lot, in the next, and in another currency.
func journalLong(t *testing.T, b *bench) {
	book(b, entry(1, "p1", yuan(3)))
	e := ledger.Entry{ID: num(2), Kind: "invoice", Ref: "long", Value: march}
	for i := range 20 {
		e.Postings = append(e.Postings,
			ledger.Posting{Account: "cash", Amount: yuan(1)},
			ledger.Posting{Account: ledger.Account(fmt.Sprint("revenue:", i%7)), Amount: yuan(-1)},
			ledger.Posting{Account: "cash", Amount: money.Micros(2, usd)},
			ledger.Posting{Account: "receivable", Amount: money.Micros(-2, usd)})
	}
	want := book(b, e)
	b.view(func(tx store.Tx) error {
		got, err := tx.Journal().ByRef(acme, "invoice", "long")
		if err != nil || !reflect.DeepEqual(*got, want) {
			t.Errorf("%+v, %v; want the postings in their order: %+v", got, err, want)
		}
		sums := map[string]int64{}
		all, err := tx.Journal().Balances(acme)
		for _, b := range all {
			sums[string(b.Account)+" "+b.Amount.Currency().String()] = b.Amount.Micros()
		}
		equal(t, "balances", fmt.Sprint(sums), fmt.Sprint(map[string]int64{
			"cash CNY": 23_000_000, "cash USD": 40, "receivable CNY": -3_000_000, "receivable USD": -40,
			"revenue:0 CNY": -3_000_000, "revenue:1 CNY": -3_000_000, "revenue:2 CNY": -3_000_000, "revenue:3 CNY": -3_000_000,
			"revenue:4 CNY": -3_000_000, "revenue:5 CNY": -3_000_000, "revenue:6 CNY": -2_000_000,
		}))
		return err
	})
}

func journalPages(t *testing.T, b *bench) {
	b.update(func(tx store.Tx) error {
		for i := range 9 {
			e := entry(i+1, fmt.Sprint(i+1), yuan(1))
			if i%3 == 0 {
				e.Postings = append(e.Postings, ledger.Posting{Account: "fees", Amount: yuan(2)}, ledger.Posting{Account: "fees", Amount: yuan(-2)})
			}
			if _, err := tx.Journal().Append(acme, e); err != nil {
				return err
			}
		}
		return nil
	})
	b.view(func(tx store.Tx) error {
		for account, want := range map[ledger.Account][]int64{"": {1, 2, 3, 4, 5, 6, 7, 8, 9}, "fees": {1, 4, 7}, "none": nil} {
			var got []int64
			after, prev := int64(0), ledger.Hash{}
			for range 10 {
				es, err := tx.Journal().Entries(acme, account, after, 2)
				if err != nil {
					return err
				}
				for _, e := range es {
					got = append(got, e.Seq)
					if account == "" && !e.Follows(after, prev) {
						t.Errorf("entry %d does not follow", e.Seq)
					}
					after, prev = e.Seq, e.Hash
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("account %q: %v, want %v", account, got, want)
			}
		}
		_, err := tx.Journal().Entries(acme, "", 0, 0)
		kindIs(t, "no limit", err, fault.Invalid)
		return nil
	})
}

func invoice(n int, first, after string) *store.Document {
	return &store.Document{Company: acme, ID: num(n), Kind: store.Invoice, Contract: contract, First: timex.MustDate(first), After: timex.MustDate(after), Status: store.Draft,
		Series: "A", Total: yuan(100), Body: []byte(`{"total":"100"}`), Seal: "s", Position: 7, DueOn: timex.MustDate(after) + 30}
}

func putDocument(b *bench, d *store.Document) {
	b.Helper()
	b.update(func(tx store.Tx) error { return tx.Documents().Put(d) })
}

func documents(t *testing.T, b *bench) {
	d := invoice(1, "2026-03-01", "2026-04-01")
	putDocument(b, d)
	equal(t, "revision", d.Revision, 1)
	equal(t, "paid", d.Paid, money.Zero(cny))
	b.view(func(tx store.Tx) error {
		got, err := tx.Documents().Get(acme, num(1))
		if err == nil && !reflect.DeepEqual(got, d) {
			t.Errorf("%+v came back as %+v", d, got)
		}
		_, err2 := tx.Documents().Get(acme, num(2))
		kindIs(t, "another", err2, fault.NotFound)
		_, err2 = tx.Documents().ByNumber(acme, "")
		kindIs(t, "a draft by its empty number", err2, fault.NotFound)
		return err
	})
	stale := *d
	d.Body, d.Total = []byte(`{}`), yuan(1) // a draft may change
	putDocument(b, d)
	b.refuse("a stale revision", fault.Conflict, func(tx store.Tx) error { s := stale; return tx.Documents().Put(&s) })
	b.refuse("a new one in its place", fault.Conflict, func(tx store.Tx) error { return tx.Documents().Put(invoice(1, "2026-03-01", "2026-04-01")) })
	b.refuse("issued without a number", fault.Invalid, func(tx store.Tx) error { s := *d; s.Status = store.Issued; return tx.Documents().Put(&s) })
	b.refuse("paid in another currency", fault.Invalid, func(tx store.Tx) error { s := *d; s.Paid = money.Micros(1, usd); return tx.Documents().Put(&s) })
}

func issuedDocuments(t *testing.T, b *bench) {
	d := invoice(1, "2026-03-01", "2026-04-01")
	d.Status, d.Number, d.IssuedOn = store.Issued, "A-1", timex.MustDate("2026-04-02")
	putDocument(b, d)
	for what, spoil := range map[string]func(*store.Document){
		"body":     func(d *store.Document) { d.Body = []byte(`{"total":"101"}`) },
		"number":   func(d *store.Document) { d.Number = "A-2" },
		"total":    func(d *store.Document) { d.Total = yuan(101) },
		"first":    func(d *store.Document) { d.First-- },
		"after":    func(d *store.Document) { d.After++ },
		"due":      func(d *store.Document) { d.DueOn++ },
		"issued":   func(d *store.Document) { d.IssuedOn++ },
		"status":   func(d *store.Document) { d.Status = store.Draft },
		"contract": func(d *store.Document) { d.Contract = num(51) },
		"seal":     func(d *store.Document) { d.Seal = "t" },
		"kind":     func(d *store.Document) { d.Kind = store.CreditNote },
	} {
		changed := *d
		spoil(&changed)
		b.refuse("issued: another "+what, fault.Conflict, func(tx store.Tx) error { return tx.Documents().Put(&changed) })
	}
	d.Status, d.Paid, d.Dunned = store.Partly, yuan(40), 2
	putDocument(b, d)
	b.view(func(tx store.Tx) error {
		got, err := tx.Documents().ByNumber(acme, "A-1")
		if err == nil && !reflect.DeepEqual(got, d) {
			t.Errorf("%+v came back as %+v", d, got)
		}
		return err
	})
	twin := invoice(2, "2026-05-01", "2026-06-01")
	twin.Status, twin.Number = store.Issued, "A-1"
	b.refuse("a number that is taken", fault.Conflict, func(tx store.Tx) error { s := *twin; return tx.Documents().Put(&s) })
	twin.Company = other
	putDocument(b, twin)
	d.Status = store.Voided
	putDocument(b, d)
	back := *d
	back.Status = store.Issued
	b.refuse("void no more", fault.Conflict, func(tx store.Tx) error { return tx.Documents().Put(&back) })
}

func overlaps(t *testing.T, b *bench) {
	march, may := invoice(1, "2026-03-01", "2026-04-01"), invoice(2, "2026-05-01", "2026-06-01")
	putDocument(b, march)
	putDocument(b, may)
	for what, days := range map[string][2]string{"the same": {"2026-03-01", "2026-04-01"}, "the last day": {"2026-03-31", "2026-04-02"}, "the first day": {"2026-02-01", "2026-03-02"},
		"within": {"2026-03-10", "2026-03-11"}, "around": {"2026-01-01", "2027-01-01"}, "the end of May": {"2026-05-31", "2026-06-30"}} {
		b.refuse("overlap: "+what, fault.Conflict, func(tx store.Tx) error { return tx.Documents().Put(invoice(3, days[0], days[1])) })
	}
	putDocument(b, invoice(4, "2026-04-01", "2026-05-01")) // fits between
	note := invoice(5, "2026-03-01", "2026-04-01")
	note.Kind, note.Of = store.CreditNote, num(1)
	putDocument(b, note)
	elsewhere := invoice(6, "2026-03-01", "2026-04-01")
	elsewhere.Contract = num(51)
	putDocument(b, elsewhere)
	march.Body = []byte("{}") // itself is no overlap
	putDocument(b, march)
	march.Status, march.Number = store.Voided, "V-1"
	putDocument(b, march)
	putDocument(b, invoice(7, "2026-03-15", "2026-04-01"))

	// Two at once: one of them.
	var wg sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		wg.Go(func() {
			errs[i] = b.db.Update(context.Background(), func(tx store.Tx) error { return tx.Documents().Put(invoice(20+i, "2026-09-01", "2026-10-01")) })
		})
	}
	wg.Wait()
	kept := 0
	for _, err := range errs {
		if err == nil {
			kept++
		} else {
			kindIs(t, "one of several at once", err, fault.Conflict)
		}
	}
	equal(t, "invoices of one month at once", kept, 1)
}

func documentLists(t *testing.T, b *bench) {
	for i := range 12 {
		d := invoice(i+1, fmt.Sprintf("2026-%02d-01", i+1), fmt.Sprintf("2026-%02d-02", i+1))
		if i%2 == 1 {
			d.Status, d.Number = store.Issued, fmt.Sprint("A-", i)
		}
		if i%3 == 2 {
			d.Status, d.Number, d.Kind = store.Paid, fmt.Sprint("B-", i), store.CreditNote
		}
		if i == 0 {
			d.DueOn = 0
		}
		putDocument(b, d)
	}
	list := func(q store.DocumentQuery) (out []int) {
		if q.Page.Limit == 0 {
			q.Page.Limit = 100
		}
		b.view(func(tx store.Tx) error {
			ds, err := tx.Documents().List(acme, q)
			for _, d := range ds {
				out = append(out, int(d.ID[15]))
			}
			return err
		})
		return out
	}
	for what, c := range map[string]struct {
		q    store.DocumentQuery
		want []int
	}{
		"all":            {store.DocumentQuery{}, []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}},
		"down":           {store.DocumentQuery{Page: store.Page{Limit: 3, Down: true, After: num(6)}}, []int{5, 4, 3}},
		"kind":           {store.DocumentQuery{Kind: store.CreditNote}, []int{3, 6, 9, 12}},
		"status":         {store.DocumentQuery{Status: []store.Status{store.Issued}}, []int{2, 4, 8, 10}},
		"statuses":       {store.DocumentQuery{Status: []store.Status{store.Paid, store.Issued}, Page: store.Page{Limit: 3, After: num(2)}}, []int{3, 4, 6}},
		"statuses, down": {store.DocumentQuery{Status: []store.Status{store.Paid, store.Issued, store.Paid}, Page: store.Page{Limit: 4, Down: true}}, []int{12, 10, 9, 8}},
		"due":            {store.DocumentQuery{DueUntil: timex.MustDate("2026-03-04") + 28}, []int{2, 3}},
		"due, status":    {store.DocumentQuery{DueUntil: timex.MustDate("2026-06-01"), Status: []store.Status{store.Issued, store.Partly}}, []int{2, 4}},
		"contract":       {store.DocumentQuery{Contract: contract, Kind: store.Invoice, Status: []store.Status{store.Draft, store.Issued}, Page: store.Page{Limit: 2, After: num(2)}}, []int{4, 5}},
		"no contract":    {store.DocumentQuery{Contract: num(51)}, nil},
	} {
		if got := list(c.q); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", what, got, c.want)
		}
	}
	b.view(func(tx store.Tx) error {
		_, err := tx.Documents().List(acme, store.DocumentQuery{})
		kindIs(t, "no limit", err, fault.Invalid)
		return nil
	})
}

func series(t *testing.T, b *bench) {
	next := func(name string, undo bool) (n int64) {
		err := b.db.Update(context.Background(), func(tx store.Tx) (err error) {
			if n, err = tx.Documents().Next(acme, name); err == nil && undo {
				err = errUndo
			}
			return err
		})
		if err != nil && err != errUndo {
			t.Fatal(err)
		}
		return n
	}
	equal(t, "first", next("A", false), 1)
	equal(t, "undone", next("A", true), 2)
	equal(t, "again", next("A", false), 2)
	equal(t, "another series", next("B", false), 1)
	var wg sync.WaitGroup
	var mu sync.Mutex
	var got []int64
	for i := range 12 {
		wg.Go(func() {
			n := next("A", i%3 == 0)
			if i%3 != 0 {
				mu.Lock()
				defer mu.Unlock()
				got = append(got, n)
			}
		})
	}
	wg.Wait()
	slices.Sort(got)
	if !slices.Equal(got, []int64{3, 4, 5, 6, 7, 8, 9, 10}) {
		t.Errorf("numbers of twelve at once, four of them undone: %v", got)
	}
}
