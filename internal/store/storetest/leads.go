package storetest

import (
	"reflect"
	"testing"

	"waihu/internal/calling/lead"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// line is a telephone number of a number.
func line(n int) phone.Number { return phone.Of(8613800000000+uint64(n), 13) }

var north, south = num(600), num(601) // lists

// person is a lead with two numbers, the second shared by ten.
func person(n int, list id.ID) lead.Lead {
	return lead.Lead{ID: num(10_000 + n), List: list, Key: "k" + line(n/2).String(), Name: "王", State: lead.Pending,
		Numbers: []lead.Number{{Number: line(n), Label: "mobile"}, {Number: line(500_000 + n/10)}},
		Fields:  map[string]string{"plan": "B"}, Consent: lead.Consent{Basis: lead.Agreed, Evidence: "form 7", At: at("2026-01-01T00:00:00Z")}}
}

func people(n int, list id.ID) (out []lead.Lead) {
	for i := range n {
		out = append(out, person(i, list))
	}
	return out
}

func addLeads(b *bench, c id.Company, list []lead.Lead) {
	b.Helper()
	b.update(func(tx store.Tx) error { return tx.Leads().Add(c, lotOf(b, list)) })
}

func lotOf(b *bench, list []lead.Lead) *store.LeadLot {
	b.Helper()
	lot, err := store.NewLeadLot(list)
	if err != nil {
		b.Fatal(err)
	}
	return lot
}

// leads: a lead comes back as it went in, changes with its revision, and is found
// by what it has then.
func leads(t *testing.T, b *bench) {
	b.view(func(tx store.Tx) error {
		counts, err := tx.Leads().Counts(acme, north)
		equal(t, "counts of nothing", len(counts), 0)
		return err
	})
	addLeads(b, acme, people(4, north))
	addLeads(b, other, people(1, north)) // another company's keys are its own
	l := store.Lead{Lead: person(1, north), Revision: 1}
	b.view(func(tx store.Tx) error {
		got, err := tx.Leads().Get(acme, l.ID)
		if err == nil && !reflect.DeepEqual(*got, l) {
			t.Errorf("%+v came back as %+v", l, *got)
		}
		return err
	})
	stale := store.Lead{Lead: l.Clone(), Revision: 1}
	l.Numbers = []lead.Number{{Number: line(77)}}
	l.Key = "new"
	if err := l.Forbid("refused"); err != nil {
		t.Fatal(err)
	}
	b.update(func(tx store.Tx) error { return tx.Leads().Put(acme, &l) })
	equal(t, "revision", l.Revision, 2)
	b.refuse("a stale revision", fault.Conflict, func(tx store.Tx) error { return tx.Leads().Put(acme, &stale) })
	b.refuse("another list", fault.Conflict, func(tx store.Tx) error { m := l; m.List = south; return tx.Leads().Put(acme, &m) })
	b.refuse("of another company", fault.NotFound, func(tx store.Tx) error { m := l; return tx.Leads().Put(other, &m) })
	b.refuse("an identifier twice", fault.Conflict, func(tx store.Tx) error {
		return tx.Leads().Add(acme, lotOf(b, []lead.Lead{person(9, south), person(1, south)}))
	})
	bare := person(9, north)
	bare.Numbers = nil
	_, err := store.NewLeadLot([]lead.Lead{bare})
	kindIs(t, "no numbers", err, fault.Invalid)
	changed := lotOf(b, []lead.Lead{person(9, south)})
	bare = person(9, south)
	bare.Name = "another"
	if err := changed.Set(0, bare); err != nil {
		t.Error(err)
	}
	b.update(func(tx store.Tx) error { return tx.Leads().Add(other, changed) })
	b.view(func(tx store.Tx) error {
		got, err := tx.Leads().Get(other, bare.ID)
		equal(t, "the name it was given", got.Name, "another")
		return err
	})
	found := func(what string, want int, f func(store.Leads) ([]store.Lead, error)) {
		t.Helper()
		b.view(func(tx store.Tx) error {
			got, err := f(tx.Leads())
			equal(t, what, len(got), want)
			return err
		})
	}
	found("by its number", 1, func(s store.Leads) ([]store.Lead, error) { return s.ByNumber(acme, line(77), 10) })
	found("by a number it had", 0, func(s store.Leads) ([]store.Lead, error) { return s.ByNumber(acme, line(1), 10) })
	found("by a number several share", 3, func(s store.Leads) ([]store.Lead, error) { return s.ByNumber(acme, line(500_000), 10) })
	found("by the company's key", 1, func(s store.Leads) ([]store.Lead, error) { return s.ByKey(acme, "new", 10) })
	found("by a key two share", 2, func(s store.Leads) ([]store.Lead, error) { return s.ByKey(acme, person(2, north).Key, 10) })
	found("by no key", 0, func(s store.Leads) ([]store.Lead, error) { return s.ByKey(acme, "", 10) })
	b.view(func(tx store.Tx) error {
		got, err := tx.Leads().Counts(acme, id.ID{})
		want := []store.LeadCount{{List: north, State: lead.Pending, Count: 3}, {List: north, State: lead.Forbidden, Rule: "refused", Count: 1}}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("counts %+v", got)
		}
		return err
	})
}

// leadsInLots: more than one statement has, with and without a rest; numbers are
// found among them, of one list or of any.
func leadsInLots(t *testing.T, b *bench) {
	all := people(230, north)
	for i := 117; i < 230; i++ {
		all[i].List = south
	}
	addLeads(b, acme, all)
	var ask []phone.Number
	for n := range 250 { // 230 of them are there
		ask = append(ask, line(n), line(n))
	}
	for what, c := range map[string]struct {
		list id.ID
		want int
	}{"any": {id.ID{}, 230}, "one": {north, 117}} {
		b.view(func(tx store.Tx) error {
			got, err := tx.Leads().Numbers(acme, c.list, ask)
			equal(t, what, len(got), c.want)
			for i, n := range got {
				if n.Number != line(i) || n.Lead != num(10_000+i) {
					t.Fatalf("%d: %+v", i, n)
				}
			}
			return err
		})
	}
	b.view(func(tx store.Tx) error {
		got, err := tx.Leads().Numbers(acme, id.ID{}, []phone.Number{line(500_011)})
		equal(t, "a number ten share", len(got), 10)
		return err
	})
	_, err := store.NewLeadLot(make([]lead.Lead, store.MaxLeads+1))
	kindIs(t, "too many", err, fault.Invalid)
}

// leadsDue: by due instant and then as they came, each once over pages.
func leadsDue(t *testing.T, b *bench) {
	all := people(40, north)
	now := at("2026-03-10T08:00:00Z")
	for i := range all {
		switch {
		case i >= 30:
			all[i].State, all[i].Due = lead.Callback, now+timex.Instant(i)
			all[i].Callback = &lead.Appointment{At: all[i].Due, Zone: "Asia/Shanghai"}
		case i%3 == 1:
			all[i].Due = now.Add(-1) - timex.Instant(i)
		case i%3 == 2:
			all[i].Due = now + 1
		}
	}
	addLeads(b, acme, all)
	var got []store.Lead
	after := store.DueCursor{}
	for range 10 {
		var page []store.Lead
		b.view(func(tx store.Tx) (err error) {
			page, err = tx.Leads().Due(acme, north, lead.Pending, now, after, 7)
			return err
		})
		if len(page) == 0 {
			break
		}
		got = append(got, page...)
		after = store.DueCursor{Due: page[len(page)-1].Due, ID: page[len(page)-1].ID}
	}
	equal(t, "due", len(got), 20)
	for i := 1; i < len(got); i++ {
		if a, z := &got[i-1], &got[i]; a.Due > z.Due || a.Due == z.Due && a.ID.String() >= z.ID.String() {
			t.Errorf("%d and %d are not in order", i-1, i)
		}
	}
	b.view(func(tx store.Tx) error {
		list, err := tx.Leads().List(acme, north, lead.Callback, store.DueCursor{}, 100)
		equal(t, "callbacks", len(list), 10)
		if err == nil && list[0].Callback == nil {
			t.Error("a callback lost its appointment")
		}
		_, bad := tx.Leads().Due(acme, north, lead.Exhausted, now, store.DueCursor{}, 1)
		kindIs(t, "what never is due", bad, fault.Invalid)
		return err
	})
}

// doNotCall: the first entry of a number stays, and a removed one is gone.
func doNotCall(t *testing.T, b *bench) {
	has := func(c id.Company) (yes bool) {
		b.view(func(tx store.Tx) (err error) { yes, err = tx.DNC().Any(c); return err })
		return yes
	}
	equal(t, "before", has(acme), false)
	first := store.Barred{Number: line(3), Rule: "refused", Source: "call 5", Reason: "no more", By: "li", At: at("2026-03-01T00:00:00Z")}
	var lot []store.Barred
	for n := range 120 {
		lot = append(lot, store.Barred{Number: line(n), Rule: "dnc.company", Source: "file"})
	}
	b.update(func(tx store.Tx) error {
		for i, want := range []int{1, 119, 0} {
			n, err := tx.DNC().Add(acme, [][]store.Barred{{first}, lot, lot}[i])
			if err != nil {
				return err
			}
			equal(t, "added", n, want)
		}
		return nil
	})
	first.Added = at("2026-03-10T08:00:00Z")
	b.view(func(tx store.Tx) error {
		got, err := tx.DNC().Find(acme, []phone.Number{line(500), line(3), line(2)})
		if err != nil || len(got) != 2 || got[1] != first || got[0].Number != line(2) || got[0].At != first.Added {
			t.Errorf("%+v, %v", got, err)
		}
		page, err := tx.DNC().List(acme, line(100), 10)
		equal(t, "a page", len(page), 10)
		equal(t, "behind", page[0].Number, line(101))
		return err
	})
	b.update(func(tx store.Tx) error { return tx.DNC().Remove(acme, line(3)) })
	b.refuse("removed again", fault.NotFound, func(tx store.Tx) error { return tx.DNC().Remove(acme, line(3)) })
	b.refuse("without a source", fault.Invalid, func(tx store.Tx) error {
		_, err := tx.DNC().Add(acme, []store.Barred{{Number: line(1), Rule: "x"}})
		return err
	})
	equal(t, "of acme", has(acme), true)
	equal(t, "of another company", has(other), false)
}
