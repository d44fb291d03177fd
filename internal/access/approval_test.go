package access_test

import (
	"strings"
	"testing"
	"time"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
)

func TestSecondPerson(t *testing.T) {
	w := newWorld(t)
	c := w.company()
	one := w.actor(mustFull(w, "one@example.com"))
	two := w.actor(mustFull(w, "two@example.com"))
	ask := func() (p *access.Approval) {
		w.update(func(tx store.Tx) (err error) {
			p, err = w.g.Ask(tx, one, c, "invoice.credit", "a credit of 5", map[string]int{"cents": 500})
			return err
		})
		return p
	}
	did := 0
	decide := func(a *access.Actor, p *access.Approval, yes bool) error {
		return w.g.DB.Update(t.Context(), func(tx store.Tx) error {
			_, err := w.g.Decide(tx, a, p.ID, yes, "", func(p *access.Approval) (any, error) {
				did++
				if string(p.Input) != `{"cents":500}` {
					t.Errorf("asked to do %s", p.Input)
				}
				return "done", nil
			})
			return err
		})
	}
	p := ask()
	w.wantRefusal(decide(one, p, true), access.SecondPerson)
	must(t, decide(two, p, true))
	w.wantKind(decide(two, p, true), fault.Conflict)
	must(t, decide(one, ask(), false)) // who asked may take it back
	late := ask()
	w.after(8 * 24 * time.Hour)
	w.wantKind(decide(two, late, true), fault.Conflict)
	if did != 1 {
		t.Errorf("it was done %d times, want once", did)
	}
	w.update(func(tx store.Tx) error {
		all, err := w.g.Approvals(tx, id.Platform, store.Page{})
		if len(all) != 1 {
			t.Errorf("%d wait, want the one that is late", len(all))
		}
		all, err2 := w.g.Approvals(tx, c, store.Page{})
		if len(all) != 3 {
			t.Errorf("%d of the company, want 3", len(all))
		}
		if err == nil {
			err = err2
		}
		return err
	})
}

func mustFull(w *world, email string) string {
	s := w.person(email, access.Member{Role: access.Finance})
	s, _, _ = w.enrol(s.Token)
	return s.Token
}

func TestAuditLeavesSecretsOut(t *testing.T) {
	w := newWorld(t)
	c := w.company()
	w.update(func(tx store.Tx) error {
		return access.Record(tx, access.System("test"), access.Deed{Company: c, Action: "user.change", Target: "user_1", Reason: "why",
			Before: map[string]any{"name": "a", "deep": []any{map[string]any{"client_secret": "hush"}}},
			After:  map[string]any{"name": "b", "password": "hush", "lookup_codes": []string{"hush"}}})
	})
	w.update(func(tx store.Tx) error {
		all, err := tx.Audit().List(c, 0, 10)
		if err != nil || len(all) != 1 {
			t.Fatalf("%d entries, %v", len(all), err)
		}
		e := all[0]
		if e.Actor != "system test" || string(e.After) != `{"lookup_codes":"(left out)","name":"b","password":"(left out)"}` || strings.Contains(string(e.Before), "hush") {
			t.Errorf("entry %+v: before %s after %s", e, e.Before, e.After)
		}
		return nil
	})
}
