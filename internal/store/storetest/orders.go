package storetest

import (
	"fmt"
	"slices"
	"testing"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// recordOrders: records come in the order of a key, page after page, narrowed or
// not, and the page behind one that changed meanwhile goes on where it ended.
func recordOrders(t *testing.T, b *bench) {
	names := []string{"delta", "alpha", "", "外呼", "alpha", "Echo", "bravo", "zulu"}
	put := func(n int, name string, r *store.Record) {
		r.Index = []store.Key{{Name: "by.name", Value: store.OrderText(name)}}
		if n%2 == 0 {
			r.Index = append(r.Index, store.Key{Name: "state", Value: "even"})
		}
		b.update(func(tx store.Tx) error { return tx.Records().Put(r) })
	}
	made := map[int]*store.Record{}
	for i, name := range names {
		n := i + 1
		made[n] = user(n, fmt.Sprint(n))
		put(n, name, made[n])
	}
	b.update(func(tx store.Tx) error { return tx.Records().Put(user(20, "20")) }) // without the key
	pages := func(key store.Key, down bool, between func(page int)) (got []int) {
		p := store.Page{Limit: 3, Down: down, By: "by.name"}
		for n := range 5 {
			var part []store.Record
			b.view(func(tx store.Tx) (err error) {
				part, err = tx.Records().List(acme, "user", key, p)
				return err
			})
			for i := range part {
				got = append(got, int(part[i].ID[15]))
			}
			if len(part) < p.Limit {
				break
			}
			last := part[len(part)-1]
			p.After, p.From = last.ID, last.Index[0].Value
			between(n)
		}
		return got
	}
	still := func(int) {}
	sorted := []int{3, 2, 5, 7, 1, 6, 8, 4}
	equal(t, "by name", fmt.Sprint(pages(store.Key{}, false, still)), fmt.Sprint(sorted))
	equal(t, "of some", fmt.Sprint(pages(store.Key{Name: "state", Value: "even"}, false, still)), "[2 6 8 4]")
	slices.Reverse(sorted)
	equal(t, "the greatest first", fmt.Sprint(pages(store.Key{}, true, still)), fmt.Sprint(sorted))
	moved := pages(store.Key{}, false, func(page int) {
		if page == 0 { // the last of the first page moves to the end
			put(5, "zz", made[5])
		}
	})
	equal(t, "while one moves", fmt.Sprint(moved), "[3 2 5 7 1 6 8 5 4]")
	b.update(func(tx store.Tx) error { return tx.Records().Delete(acme, "user", num(8)) })
	equal(t, "one deleted", fmt.Sprint(pages(store.Key{}, false, still)), "[3 2 7 1 6 5 4]")
}

// documentOrders: documents of a kind come in the order of each column, both ways,
// in pages, also where many are equal; what is open follows what is paid.
func documentOrders(t *testing.T, b *bench) {
	for i := range 12 {
		d := invoice(i+1, fmt.Sprintf("2026-%02d-01", i+1), fmt.Sprintf("2026-%02d-02", i+1))
		d.Status, d.Number, d.Total, d.Paid = store.Issued, fmt.Sprintf("A-%03d", i*7%12), yuan(int64(100-i/2)), yuan(0)
		d.DueOn = timex.MustDate("2026-05-01") + timex.Date(i%3)
		switch i {
		case 3:
			d.Status = store.Voided
		case 4:
			d.Status, d.Paid = store.Partly, yuan(90)
		case 11:
			d.Kind, d.Contract = store.CreditNote, num(52)
		}
		putDocument(b, d)
	}
	pages := func(by store.DocumentOrder, down bool, statuses ...store.Status) (out []int) {
		q := store.DocumentQuery{Kind: store.Invoice, Status: statuses, Page: store.Page{Limit: 4, Down: down, By: string(by)}}
		for range 5 {
			var part []store.Document
			b.view(func(tx store.Tx) (err error) {
				part, err = tx.Documents().List(acme, q)
				return err
			})
			for i := range part {
				out = append(out, int(part[i].ID[15]))
			}
			if len(part) < q.Page.Limit {
				break
			}
			last := &part[len(part)-1]
			var err error
			if q.Page.From, err = last.Place(by); err != nil {
				t.Fatal(err)
			}
			q.Page.After = last.ID
		}
		return out
	}
	for by, want := range map[store.DocumentOrder][]int{
		store.ByNumber: {1, 8, 3, 10, 5, 7, 2, 9, 4, 11, 6},
		store.ByFirst:  {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11},
		store.ByDue:    {1, 4, 7, 10, 2, 5, 8, 11, 3, 6, 9},
		store.ByTotal:  {11, 9, 10, 7, 8, 5, 6, 3, 4, 1, 2},
		store.ByOpen:   {4, 5, 11, 9, 10, 7, 8, 6, 3, 1, 2},
	} {
		if got := pages(by, false); !slices.Equal(got, want) {
			t.Errorf("by %s: %v, want %v", by, got, want)
		}
		issued := slices.DeleteFunc(slices.Clone(want), func(n int) bool { return n == 4 || n == 5 })
		slices.Reverse(issued)
		if got := pages(by, true, store.Issued, store.Draft); !slices.Equal(got, issued) {
			t.Errorf("issued ones by %s, the greatest first: %v, want %v", by, got, issued)
		}
	}
	for what, q := range map[string]store.DocumentQuery{
		"another order": {Kind: store.Invoice, Page: store.Page{Limit: 4, By: "weight"}},
		"any kind":      {Page: store.Page{Limit: 4, By: "due"}},
		"no such place": {Kind: store.Invoice, Page: store.Page{Limit: 4, By: "due", From: "soon", After: num(1)}},
		"of a contract": {Kind: store.Invoice, Contract: contract, Page: store.Page{Limit: 4, By: "due"}},
	} {
		b.view(func(tx store.Tx) error {
			if _, err := tx.Documents().List(acme, q); fault.KindOf(err) != fault.Invalid && fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s: %v", what, err)
			}
			return nil
		})
	}
	b.view(func(tx store.Tx) error {
		got, err := tx.Documents().List(id.Company{ID: num(77)}, store.DocumentQuery{Kind: store.Invoice, Page: store.Page{Limit: 4, By: "open"}})
		equal(t, "of another company", len(got), 0)
		return err
	})
}
