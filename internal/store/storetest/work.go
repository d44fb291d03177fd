package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

func holds(t *testing.T, b *bench) {
	until := timex.Instant(b.clock.Load()).Add(time.Hour)
	hold := func(wallet, call string, amount money.Amount, seconds int64) error {
		return b.db.Update(context.Background(), func(tx store.Tx) error {
			return tx.Holds().Put(acme, store.Hold{Wallet: wallet, Call: call, Money: amount, Seconds: seconds, Until: until})
		})
	}
	for _, err := range []error{hold("main", "a", yuan(1), 30), hold("main", "a", yuan(2), 60), hold("main", "b", yuan(3), 0), hold("other", "a", yuan(9), 9), hold("main", "c", money.Micros(5, usd), 1)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	sum := func(want money.Amount, seconds int64) {
		t.Helper()
		b.update(func(tx store.Tx) error {
			got, s, err := tx.Holds().Sum(acme, "main", cny)
			equal(t, "held", got, want)
			equal(t, "seconds held", s, seconds)
			return err
		})
	}
	sum(yuan(5), 61)
	b.view(func(tx store.Tx) error { // who only looks at a wallet asks as well
		got, _, err := tx.Holds().Sum(acme, "main", cny)
		equal(t, "held, in a view", got, yuan(5))
		return err
	})
	b.view(func(tx store.Tx) error {
		h, err := tx.Holds().Get(acme, "main", "a")
		if err == nil {
			equal(t, "the hold", *h, store.Hold{Wallet: "main", Call: "a", Money: yuan(2), Seconds: 60, Until: until})
		}
		_, err2 := tx.Holds().Get(acme, "main", "z")
		kindIs(t, "no hold", err2, fault.NotFound)
		old, err3 := tx.Holds().Expired(acme, until-1, 10)
		equal(t, "expired before their time", len(old), 0)
		if err3 != nil {
			return err3
		}
		old, err3 = tx.Holds().Expired(acme, until, 3)
		equal(t, "expired", len(old), 3)
		if err3 != nil {
			return err3
		}
		return err
	})
	b.update(func(tx store.Tx) error { return tx.Holds().Delete(acme, "main", "a") })
	b.refuse("deleted again", fault.NotFound, func(tx store.Tx) error { return tx.Holds().Delete(acme, "main", "a") })
	sum(yuan(3), 1)
}

// holdsAtOnce: credit for one call, thirty asked at once.
func holdsAtOnce(t *testing.T, b *bench) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	placed := 0
	for i := range 30 {
		wg.Go(func() {
			ok := false
			err := b.db.Update(context.Background(), func(tx store.Tx) error {
				ok = false
				held, _, err := tx.Holds().Sum(acme, "main", cny)
				if err != nil || held.Cmp(yuan(1)) >= 0 {
					return err
				}
				ok = true
				return tx.Holds().Put(acme, store.Hold{Wallet: "main", Call: fmt.Sprint(i), Money: yuan(1)})
			})
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			} else if ok {
				placed++
			}
		})
	}
	wg.Wait()
	equal(t, "calls placed on credit for one", placed, 1)
}

func once(t *testing.T, b *bench) {
	a := store.Answer{Request: [32]byte{1, 2}, Status: 201, Body: []byte(`{"id":1}`)}
	b.update(func(tx store.Tx) error { return tx.Once().Put(acme, "k", a) })
	a.At = timex.Instant(b.clock.Load())
	b.view(func(tx store.Tx) error {
		got, err := tx.Once().Get(acme, "k")
		if err == nil && !reflect.DeepEqual(*got, a) {
			t.Errorf("%+v came back as %+v", a, got)
		}
		_, err2 := tx.Once().Get(other, "k")
		kindIs(t, "of another company", err2, fault.NotFound)
		return err
	})
	b.refuse("a second answer", fault.Conflict, func(tx store.Tx) error { return tx.Once().Put(acme, "k", a) })
	b.pass(time.Hour)
	b.update(func(tx store.Tx) error {
		for i := range 3 {
			if err := tx.Once().Put(acme, fmt.Sprint("k", i), a); err != nil {
				return err
			}
		}
		n, err := tx.Once().Prune(tx.Now(), 10)
		equal(t, "older ones", n, 1)
		if err != nil {
			return err
		}
		n, err = tx.Once().Prune(tx.Now()+1, 2)
		equal(t, "at most", n, 2)
		return err
	})
}

func outbox(t *testing.T, b *bench) {
	begin := timex.Instant(b.clock.Load())
	b.update(func(tx store.Tx) error {
		for i := range 4 {
			m := &store.Message{Company: acme, ID: num(i + 1), Channel: "webhook", To: "w1", Topic: "invoice.issued", Body: []byte("{}"), Due: begin.Add(time.Duration(i-1) * time.Minute)}
			if err := tx.Outbox().Add(m); err != nil {
				return err
			}
			equal(t, "state", m.State, store.Waiting)
		}
		return nil
	})
	b.refuse("the same message", fault.Conflict, func(tx store.Tx) error {
		return tx.Outbox().Add(&store.Message{Company: acme, ID: num(1), Channel: "mail"})
	})
	claim := func(now timex.Instant, limit int) (out []store.Message) {
		b.update(func(tx store.Tx) (err error) {
			out, err = tx.Outbox().Claim("webhook", acme, now, 10*time.Minute, limit)
			return err
		})
		return out
	}
	got := claim(begin, 10)
	equal(t, "due now", len(got), 2)
	equal(t, "taken again", len(claim(begin, 10)), 0)
	equal(t, "due a minute later", len(claim(begin.Add(time.Minute), 10)), 1)
	equal(t, "when the hold is over", len(claim(begin.Add(10*time.Minute), 1)), 1)
	m := got[0]
	equal(t, "held until", m.Due, begin.Add(10*time.Minute))
	m.State, m.Attempts, m.Error = store.Sent, 3, "timeout"
	b.update(func(tx store.Tx) error { return tx.Outbox().Update(&m) })
	b.refuse("a message that is not there", fault.NotFound, func(tx store.Tx) error { n := m; n.ID = num(9); return tx.Outbox().Update(&n) })
	b.refuse("no such state", fault.Invalid, func(tx store.Tx) error { n := m; n.State = "lost"; return tx.Outbox().Update(&n) })
	b.view(func(tx store.Tx) error {
		back, err := tx.Outbox().Get(acme, m.ID)
		if err == nil && !reflect.DeepEqual(*back, m) {
			t.Errorf("%+v came back as %+v", m, back)
		}
		for state, want := range map[string]int{store.Waiting: 3, store.Sent: 1, store.Dead: 0, "": 4} {
			l, err := tx.Outbox().List(acme, state, store.Page{Limit: 10})
			if err != nil {
				return err
			}
			equal(t, "state "+state, len(l), want)
		}
		return err
	})
	equal(t, "what was sent is not due", len(claim(begin.Add(100*time.Hour), 10)), 3)
}

// senders: companies are listed in turn, whichever has the most or the oldest.
func senders(t *testing.T, b *bench) {
	begin := timex.Instant(b.clock.Load())
	company := func(n int) id.Company { return id.Company{ID: num(n)} }
	b.update(func(tx store.Tx) error {
		for i, m := range []struct {
			of      id.Company
			channel string
			due     timex.Instant
		}{
			{company(3), "webhook", begin}, {company(3), "webhook", begin}, {company(1), "webhook", begin.Add(time.Second)}, {company(2), "webhook", begin.Add(time.Hour)},
			{company(2), "mail", begin}, {id.Platform, "webhook", begin}, {company(7), "webhook", begin},
		} {
			if err := tx.Outbox().Add(&store.Message{Company: m.of, ID: num(i + 1), Channel: m.channel, Due: m.due}); err != nil {
				return err
			}
		}
		return nil
	})
	for _, c := range []struct {
		channel string
		behind  id.Company
		now     timex.Instant
		limit   int
		want    []id.Company
	}{
		{"webhook", id.Platform, begin.Add(time.Minute), 10, []id.Company{company(1), company(3), company(7), id.Platform}},
		{"webhook", company(1), begin.Add(time.Minute), 10, []id.Company{company(3), company(7), id.Platform, company(1)}},
		{"webhook", company(5), begin.Add(time.Minute), 3, []id.Company{company(7), id.Platform, company(1)}},
		{"webhook", company(9), begin, 10, []id.Company{id.Platform, company(3), company(7)}},
		{"webhook", company(3), begin.Add(-time.Minute), 10, nil},
		{"mail", company(2), begin, 10, []id.Company{company(2)}},
		{"post", id.Platform, begin, 10, nil},
	} {
		b.view(func(tx store.Tx) error {
			got, err := tx.Outbox().Senders(c.channel, c.behind, c.now, c.limit)
			if !slices.Equal(got, c.want) {
				t.Errorf("%s behind %s: %v, want %v", c.channel, c.behind, got, c.want)
			}
			return err
		})
	}
	// More companies than are looked at have messages that wait for later.
	b.update(func(tx store.Tx) error {
		for n := range store.MaxSenders + 2 {
			due := begin.Add(time.Hour)
			if n > store.MaxSenders {
				due = begin
			}
			if err := tx.Outbox().Add(&store.Message{Company: company(1000 + n), ID: num(1000 + n), Channel: "many", Due: due}); err != nil {
				return err
			}
		}
		return nil
	})
	b.view(func(tx store.Tx) error {
		got, err := tx.Outbox().Senders("many", id.Platform, begin, 10)
		if want := []id.Company{company(1001 + store.MaxSenders)}; !slices.Equal(got, want) {
			t.Errorf("behind many that wait: %v, want %v", got, want)
		}
		return err
	})
	b.refuse("no limit", fault.Invalid, func(tx store.Tx) error { _, err := tx.Outbox().Senders("mail", id.Platform, begin, 0); return err })
}

func leases(t *testing.T, b *bench) {
	take := func(node string) (l store.Lease, err error) {
		err = b.db.Update(context.Background(), func(tx store.Tx) (err error) {
			l, err = tx.Leases().Take("close", node, time.Minute)
			return err
		})
		return l, err
	}
	first, err := take("n1")
	if err != nil || first.Until != timex.Instant(b.clock.Load()).Add(time.Minute) {
		t.Fatalf("%+v, %v", first, err)
	}
	_, err = take("n2")
	kindIs(t, "held by another", err, fault.Conflict)
	b.pass(30 * time.Second)
	again, err := take("n1")
	if err != nil || again.Fence != first.Fence || again.Until <= first.Until {
		t.Errorf("renewed: %+v, %v", again, err)
	}
	b.pass(time.Minute)
	second, err := take("n2")
	if err != nil || second.Fence <= first.Fence {
		t.Errorf("after its time: %+v, %v", second, err)
	}
	_, err = take("n1")
	kindIs(t, "the first again", err, fault.Conflict)
	b.refuse("released by another", fault.NotFound, func(tx store.Tx) error { return tx.Leases().Release("close", "n1") })
	b.update(func(tx store.Tx) error { return tx.Leases().Release("close", "n2") })
	third, err := take("n1")
	if err != nil || third.Fence <= second.Fence {
		t.Errorf("after a release: %+v, %v", third, err)
	}
	b.update(func(tx store.Tx) error {
		_, one := tx.Leases().Take("floor a one", "n1", time.Minute)
		_, two := tx.Leases().Take("floor a two", "n2", time.Minute)
		return errors.Join(one, two)
	})
	b.view(func(tx store.Tx) error {
		for begins, n := range map[string]int{"": 3, "floor a": 2, "floor a two": 1, "floor b": 0, "close": 1} {
			l, err := tx.Leases().List(begins)
			if err != nil {
				return err
			}
			if len(l) != n || begins == "close" && l[0] != third {
				t.Errorf("those that begin with %q: %+v", begins, l)
			}
		}
		return nil
	})

	var wg sync.WaitGroup
	var mu sync.Mutex
	got := 0
	for i := range 8 {
		wg.Go(func() {
			err := b.db.Update(context.Background(), func(tx store.Tx) error {
				_, err := tx.Leases().Take("one", fmt.Sprint("n", i), time.Minute)
				return err
			})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				got++
			} else if fault.KindOf(err) != fault.Conflict {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	equal(t, "nodes that got one lease at once", got, 1)
}

func audit(t *testing.T, b *bench) {
	var list []store.AuditEntry
	for i := range 5 {
		e := store.AuditEntry{Company: acme, Actor: "u1", Action: "plan.publish", Target: fmt.Sprint("p", i), From: "10.0.0.1", Reason: "new prices", Before: []byte("{}"), After: []byte(`{"v":2}`)}
		b.update(func(tx store.Tx) error { return tx.Audit().Append(&e) })
		list = append(list, e)
		b.pass(time.Second)
	}
	b.view(func(tx store.Tx) error {
		prev, seq := [32]byte{}, int64(0)
		for range 3 {
			part, err := tx.Audit().List(acme, seq, 2)
			if err != nil {
				return err
			}
			for _, e := range part {
				if !e.Follows(seq, prev) || !reflect.DeepEqual(e, list[seq]) {
					t.Errorf("entry %d: %+v, want %+v", seq+1, e, list[seq])
				}
				seq, prev = e.Seq, e.Hash
			}
		}
		n, hash, err := tx.Audit().Head(acme)
		equal(t, "entries", seq, 5)
		equal(t, "head", n, 5)
		equal(t, "hash of the head", hash, prev)
		return err
	})
	changed := list[2]
	changed.Reason = "another"
	equal(t, "a changed entry follows", changed.Follows(2, list[1].Hash), false)
}
