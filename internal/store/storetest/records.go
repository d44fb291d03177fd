package storetest

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
)

func user(n int, mail string, roles ...string) *store.Record {
	r := &store.Record{Company: acme, Kind: "user", ID: num(n), Body: []byte(fmt.Sprintf(`{"n":%d}`, n)), Unique: []store.Key{{Name: "mail", Value: mail}}}
	for _, role := range roles {
		r.Index = append(r.Index, store.Key{Name: "role", Value: role})
	}
	return r
}

func records(t *testing.T, b *bench) {
	r := user(1, "a@x", "admin")
	b.update(func(tx store.Tx) error { return tx.Records().Put(r) })
	equal(t, "revision of a new record", r.Revision, 1)
	b.view(func(tx store.Tx) error {
		got, err := tx.Records().Get(acme, "user", num(1))
		if err == nil && !reflect.DeepEqual(got, r) {
			t.Errorf("%+v came back as %+v", r, got)
		}
		return err
	})
	created := r.Created
	b.pass(time.Minute)
	stale := *r
	r.Body = []byte(`{"n":"new"}`)
	b.update(func(tx store.Tx) error { return tx.Records().Put(r) })
	equal(t, "revision of a changed record", r.Revision, 2)
	equal(t, "created", r.Created, created)
	equal(t, "updated", r.Updated, created.Add(time.Minute))
	b.refuse("a stale revision", fault.Conflict, func(tx store.Tx) error { s := stale; return tx.Records().Put(&s) })
	b.refuse("a new record in a taken place", fault.Conflict, func(tx store.Tx) error { return tx.Records().Put(user(1, "b@x")) })
	b.refuse("a revision of nothing", fault.Conflict, func(tx store.Tx) error { n := user(7, "b@x"); n.Revision = 1; return tx.Records().Put(n) })
	b.refuse("no identifier", fault.Invalid, func(tx store.Tx) error { n := user(7, "b@x"); n.ID = id.ID{}; return tx.Records().Put(n) })
	b.update(func(tx store.Tx) error { return tx.Records().Delete(acme, "user", num(1)) })
	b.view(func(tx store.Tx) error {
		_, err := tx.Records().Get(acme, "user", num(1))
		kindIs(t, "deleted", err, fault.NotFound)
		_, err = tx.Records().ByKey(acme, "user", store.Key{Name: "mail", Value: "a@x"})
		kindIs(t, "its key", err, fault.NotFound)
		return nil
	})
	b.refuse("deleted again", fault.NotFound, func(tx store.Tx) error { return tx.Records().Delete(acme, "user", num(1)) })
}

func recordKeys(t *testing.T, b *bench) {
	one, two := user(1, "a@x", "admin", "billing"), user(2, "b@x", "admin")
	b.update(func(tx store.Tx) error {
		if err := tx.Records().Put(one); err != nil {
			return err
		}
		return tx.Records().Put(two)
	})
	b.refuse("a unique key that is taken", fault.Conflict, func(tx store.Tx) error { return tx.Records().Put(user(3, "a@x")) })
	b.update(func(tx store.Tx) error { // the same key in another kind, and in another company
		r := user(4, "a@x")
		r.Kind = "invitation"
		if err := tx.Records().Put(r); err != nil {
			return err
		}
		r = user(1, "a@x")
		r.Company = other
		return tx.Records().Put(r)
	})
	find := func(mail string) int {
		n := 0
		b.view(func(tx store.Tx) error {
			r, err := tx.Records().ByKey(acme, "user", store.Key{Name: "mail", Value: mail})
			if err == nil {
				n = int(r.ID[15])
			} else if fault.KindOf(err) != fault.NotFound {
				return err
			}
			return nil
		})
		return n
	}
	equal(t, "found by a@x", find("a@x"), 1)
	one.Unique[0].Value, one.Index = "c@x", one.Index[:1]
	b.update(func(tx store.Tx) error { return tx.Records().Put(one) })
	equal(t, "found by the old key", find("a@x"), 0)
	equal(t, "found by the new key", find("c@x"), 1)
	b.update(func(tx store.Tx) error { return tx.Records().Put(user(3, "a@x")) })
	equal(t, "found by the key given up", find("a@x"), 3)
	b.view(func(tx store.Tx) error {
		for role, want := range map[string]int{"admin": 2, "billing": 0, "none": 0} {
			got, err := tx.Records().List(acme, "user", store.Key{Name: "role", Value: role}, store.Page{Limit: 10})
			if err != nil {
				return err
			}
			equal(t, "with role "+role, len(got), want)
		}
		return nil
	})
}

func recordPages(t *testing.T, b *bench) {
	const n = 7
	b.update(func(tx store.Tx) error {
		for i := n; i >= 1; i-- { // not in their order
			if err := tx.Records().Put(user(i, fmt.Sprint(i), "agent")); err != nil {
				return err
			}
		}
		return nil
	})
	for _, key := range []store.Key{{}, {Name: "role", Value: "agent"}} {
		for _, down := range []bool{false, true} {
			var got []int
			page := store.Page{Limit: 3, Down: down}
			b.view(func(tx store.Tx) error {
				for range n {
					part, err := tx.Records().List(acme, "user", key, page)
					if err != nil || len(part) == 0 {
						return err
					}
					for i := range part {
						got = append(got, int(part[i].ID[15]))
					}
					page.After = part[len(part)-1].ID
				}
				return nil
			})
			want := []int{1, 2, 3, 4, 5, 6, 7}
			if down {
				want = []int{7, 6, 5, 4, 3, 2, 1}
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("pages of %v, down %v: %v", key, down, got)
			}
		}
	}
	for _, limit := range []int{0, -1, 1001} {
		b.refuse("a page of a bad size", fault.Invalid, func(tx store.Tx) error {
			_, err := tx.Records().List(acme, "user", store.Key{}, store.Page{Limit: limit})
			return err
		})
	}
}

// companiesApart: what one company has another does not see.
func companiesApart(t *testing.T, b *bench) {
	b.update(func(tx store.Tx) error {
		if err := tx.Records().Put(user(1, "a@x")); err != nil {
			return err
		}
		_, err := tx.Usage().AddCalls(acme, []store.ChargedCall{call(1)})
		return err
	})
	b.view(func(tx store.Tx) error {
		_, err := tx.Records().Get(other, "user", num(1))
		kindIs(t, "a record of another company", err, fault.NotFound)
		_, err = tx.Usage().CallByID(other, "pbx", "c1", march)
		kindIs(t, "a call of another company", err, fault.NotFound)
		n, err := tx.Usage().Head(other)
		equal(t, "position of another company", n, 0)
		return err
	})
	b.update(func(tx store.Tx) error {
		out, err := tx.Usage().AddCalls(other, []store.ChargedCall{call(1)})
		if err == nil {
			equal(t, "the same call in another company", out[0], store.Added)
		}
		return err
	})
}
