package storetest

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

func addFacts(b *bench, facts ...usage.Fact) ([]store.Outcome, []store.Stretch) {
	b.Helper()
	list := make([]store.Stretch, len(facts))
	for i, f := range facts {
		list[i] = store.Stretch{Fact: f, Contract: contract}
	}
	var out []store.Outcome
	b.update(func(tx store.Tx) (err error) {
		out, err = tx.Usage().AddStretches(acme, list)
		return err
	})
	return out, list
}

func stretches(t *testing.T, b *bench) {
	from, to := at("2026-03-02T00:00:00Z"), at("2026-03-05T00:00:00Z")
	facts := []usage.Fact{
		&usage.Seat{ID: "1", Source: "hr", User: "li", Type: "agent", From: from},
		&usage.Session{ID: "1", Source: "hr", User: "li", Type: "agent", State: usage.Ready, From: from, To: to},
		&usage.Module{ID: "1", Source: "hr", Module: "recording", From: from, To: to},
		&usage.Rental{ID: "1", Source: "hr", Item: "number", From: from},
		&usage.Event{ID: "1", Source: "hr", Kind: "sms", Quantity: exact.Frac(1, 3), At: from},
	}
	out, list := addFacts(b, facts...)
	for i, o := range out {
		equal(t, fmt.Sprintf("%T", facts[i]), o, store.Added)
		equal(t, "position", list[i].Position, int64(i+1))
	}
	b.view(func(tx store.Tx) error {
		g := gather(t, tx, contract, inMarch, 0)
		if len(g.other) != len(facts) {
			t.Fatalf("%d facts came back of %d", len(g.other), len(facts))
		}
		for i, f := range facts {
			if string(g.other[i].AppendCanonical(nil)) != string(f.AppendCanonical(nil)) {
				t.Errorf("%+v came back as %+v", f, g.other[i])
			}
		}
		equal(t, "of another contract", len(gather(t, tx, num(51), inMarch, 0).other), 0)
		return nil
	})
	changed := &usage.Seat{ID: "1", Source: "hr", User: "wang", Type: "agent", From: from}
	if out, _ = addFacts(b, facts[0], facts[1], changed, facts[4]); !slices.Equal(out, []store.Outcome{store.Same, store.Same, store.Differs, store.Same}) {
		t.Errorf("known, known, changed, known: %v", out)
	}
	b.refuse("an end before the beginning", fault.Invalid, func(tx store.Tx) error {
		_, err := tx.Usage().AddStretches(acme, []store.Stretch{{Fact: &usage.Seat{ID: "2", Source: "hr", From: to, To: from}}})
		return err
	})
	b.refuse("a call among them", fault.Invalid, func(tx store.Tx) error {
		c := call(1).Call
		_, err := tx.Usage().AddStretches(acme, []store.Stretch{{Fact: &c}})
		return err
	})
	february := timex.Period{From: at("2026-02-01T00:00:00Z"), To: at("2026-03-01T00:00:00Z")}
	week := timex.Period{From: to, To: at("2026-03-12T00:00:00Z")}
	b.view(func(tx store.Tx) error {
		equal(t, "before they began", len(gather(t, tx, contract, february, 0).other), 0)
		equal(t, "touching the end, and open", len(gather(t, tx, contract, week, 0).other), 4)
		week.From++
		equal(t, "behind the end", len(gather(t, tx, contract, week, 0).other), 2)
		equal(t, "years later", len(gather(t, tx, contract, timex.Period{From: at("2031-01-01T00:00:00Z"), To: at("2031-02-01T00:00:00Z")}, 0).other), 2)
		return nil
	})
}

// asKnown: a stretch that got its end later still counts as open up to then.
func asKnown(t *testing.T, b *bench) {
	from, to := at("2026-02-10T00:00:00Z"), at("2026-03-05T00:00:00Z")
	open := &usage.Seat{ID: "s", Source: "hr", User: "li", From: from}
	closed := &usage.Seat{ID: "s", Source: "hr", User: "li", From: from, To: to}
	addFacts(b, open)
	add(b, call(1))
	out, list := addFacts(b, closed)
	equal(t, "given its end", out[0], store.Ended)
	equal(t, "position of the end", list[0].Position, 3)
	if out, _ = addFacts(b, open, closed); !slices.Equal(out, []store.Outcome{store.Same, store.Same}) {
		t.Errorf("both forms again: %v", out)
	}
	other := *closed
	other.To++
	if out, _ = addFacts(b, &other); out[0] != store.Differs {
		t.Errorf("another end: %v", out)
	}
	add(b, call(2))
	may := timex.Period{From: at("2026-05-01T00:00:00Z"), To: at("2026-06-01T00:00:00Z")}
	b.view(func(tx store.Tx) error {
		for upTo, want := range map[int64]struct {
			to    timex.Instant
			calls int
			may   int
		}{1: {0, 0, 1}, 2: {0, 1, 1}, 3: {to, 1, 0}, 4: {to, 2, 0}, 0: {to, 2, 0}} {
			g := gather(t, tx, id.ID{}, inMarch, upTo)
			equal(t, fmt.Sprint("calls known at ", upTo), len(g.calls), want.calls)
			if len(g.other) != 1 || g.other[0].(*usage.Seat).To != want.to {
				t.Errorf("known at %d: %+v, want it to end at %s", upTo, g.other, want.to)
			}
			equal(t, fmt.Sprint("open in May as known at ", upTo), len(gather(t, tx, id.ID{}, may, upTo).other), want.may)
		}
		return nil
	})
}

func late(t *testing.T, b *bench) {
	months := func(after int64) (out []string) {
		b.view(func(tx store.Tx) error {
			ps, err := tx.Usage().Late(acme, contract, after)
			for _, p := range ps {
				out = append(out, p.From.Time().Format("2006-01"))
			}
			return err
		})
		return out
	}
	want := func(what string, got []string, want ...string) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	want("nothing yet", months(0))
	january := call(1)
	january.Call.Start = at("2026-01-31T23:59:59Z")
	add(b, call(1), january)
	want("all", months(0), "2026-01", "2026-03")
	want("none behind the last", months(2))
	add(b, call(1))
	want("what is known is not late", months(2))
	addFacts(b, &usage.Seat{ID: "s", Source: "hr", User: "li", From: at("2026-02-10T00:00:00Z")})
	want("an open stretch until now", months(2), "2026-02", "2026-03")
	b.clock.Store(int64(at("2026-05-01T00:00:00Z")))
	addFacts(b, &usage.Seat{ID: "s", Source: "hr", User: "li", From: at("2026-02-10T00:00:00Z"), To: at("2026-04-05T00:00:00Z")})
	want("its end changes what comes after it", months(3), "2026-04", "2026-05")
	addFacts(b, &usage.Module{ID: "m", Source: "hr", Module: "x", From: at("2025-12-31T00:00:00Z"), To: at("2026-02-01T00:00:00Z")})
	want("a closed stretch, where it is", months(4), "2025-12", "2026-01", "2026-02")
	b.view(func(tx store.Tx) error {
		ps, err := tx.Usage().Late(acme, num(51), 0)
		equal(t, "of another contract", len(ps), 0)
		return err
	})
}

func tallies(t *testing.T, b *bench) {
	one := store.Tally{Contract: contract, First: march, Component: "talk", Label: "row:mobile", Calls: 2, Raw: 90, Billed: 120, Cost: yuan(3)}
	two := store.Tally{Contract: contract, First: march, Component: "calls", Calls: 5, Cost: money.Amount{}}
	b.update(func(tx store.Tx) error { return tx.Usage().AddTallies(acme, []store.Tally{one, two}) })
	b.update(func(tx store.Tx) error {
		other := one
		other.First = april
		return tx.Usage().AddTallies(acme, []store.Tally{one, other})
	})
	one.Calls, one.Raw, one.Billed, one.Cost = 4, 180, 240, yuan(6)
	b.view(func(tx store.Tx) error {
		got, err := tx.Usage().Tallies(acme, contract, march)
		if !reflect.DeepEqual(got, []store.Tally{two, one}) {
			t.Errorf("%+v", got)
		}
		if err == nil {
			got, err = tx.Usage().Tallies(acme, num(51), march)
			equal(t, "of another contract", len(got), 0)
		}
		return err
	})
}

// positions rise by one with what is added, over calls and other facts, and an
// undone transaction leaves no hole.
func positions(t *testing.T, b *bench) {
	add(b, call(1), call(2))
	err := b.db.Update(context.Background(), func(tx store.Tx) error {
		if _, err := tx.Usage().AddCalls(acme, []store.ChargedCall{call(3)}); err != nil {
			return err
		}
		return errUndo
	})
	equal(t, "undone", err, errUndo)
	_, list := addFacts(b, &usage.Seat{ID: "s", Source: "hr", User: "li", From: inMarch.From})
	equal(t, "after two calls", list[0].Position, 3)
	fresh := []store.ChargedCall{call(3)}
	if out := add(b, fresh...); out[0] != store.Added || fresh[0].Position != 4 {
		t.Errorf("an undone call again: %v at %d", out, fresh[0].Position)
	}
	b.view(func(tx store.Tx) error {
		n, err := tx.Usage().Head(acme)
		equal(t, "head", n, 4)
		return err
	})
}
