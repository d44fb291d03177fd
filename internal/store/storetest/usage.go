package storetest

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

var (
	march    = timex.MustDate("2026-03-01")
	april    = timex.MustDate("2026-04-01")
	inMarch  = timex.Days(march, april, time.UTC)
	contract = num(50)
)

// call is the n-th call of March, one a minute.
func call(n int) store.ChargedCall {
	start := inMarch.From.Add(time.Duration(n) * time.Minute)
	return store.ChargedCall{
		Call: usage.Call{ID: fmt.Sprint("c", n), Source: "pbx", Direction: usage.Outbound, Result: usage.Answered, From: "1001", To: fmt.Sprintf("13%09d", n), Agent: fmt.Sprint("a", n%3),
			Campaign: fmt.Sprint("k", n%2), Trunk: "t1", Start: start, Answer: start.Add(3 * time.Second), End: start.Add(63 * time.Second), Total: 63 * time.Second, Talk: time.Minute},
		Contract: contract,
		Charges: []store.Charge{{Component: "talk", Label: "row:mobile", Raw: 60, Billed: 60, Cost: money.Micros(140_000+int64(n), cny)},
			{Component: "calls", Raw: 60, Reason: "no_row"}},
	}
}

func add(b *bench, calls ...store.ChargedCall) []store.Outcome {
	b.Helper()
	var out []store.Outcome
	b.update(func(tx store.Tx) (err error) {
		out, err = tx.Usage().AddCalls(acme, calls)
		return err
	})
	return out
}

func calls(t *testing.T, b *bench) {
	one, two := call(1), call(2)
	two.Contract, two.Charges = id.ID{}, nil
	list := []store.ChargedCall{one, two}
	if out := add(b, list...); !slices.Equal(out, []store.Outcome{store.Added, store.Added}) {
		t.Fatalf("two new calls: %v", out)
	}
	b.view(func(tx store.Tx) error {
		for i, want := range []store.ChargedCall{one, two} {
			got, err := tx.Usage().CallByID(acme, "pbx", want.Call.ID, march)
			if err != nil {
				return err
			}
			want.Position = int64(i + 1)
			if !reflect.DeepEqual(*got, want) {
				t.Errorf("%+v came back as %+v", want, *got)
			}
		}
		_, err := tx.Usage().CallByID(acme, "pbx", "c1", april)
		kindIs(t, "in another month", err, fault.NotFound)
		_, err = tx.Usage().CallByID(acme, "gw", "c1", march)
		kindIs(t, "of another source", err, fault.NotFound)
		return nil
	})
	changed, three := call(1), call(3)
	changed.Call.Talk++
	again := call(1)
	again.Charges, again.Contract = nil, num(51) // what it came to is not part of what it is
	fresh := []store.ChargedCall{again, three, changed, three, call(2)}
	if out := add(b, fresh...); !slices.Equal(out, []store.Outcome{store.Same, store.Added, store.Differs, store.Same, store.Same}) {
		t.Errorf("known, new, changed, twice, known: %v", out)
	}
	equal(t, "position of the new one", fresh[1].Position, 3)
	elsewhere := call(1)
	elsewhere.Call.Source = "gw"
	if out := add(b, elsewhere); out[0] != store.Added {
		t.Errorf("the same identifier of another source: %v", out)
	}
	next := call(1)
	next.Call.Start = inMarch.To
	if out := add(b, next); out[0] != store.Added {
		t.Errorf("the same identifier in another month: %v", out)
	}
	for what, spoil := range map[string]func(*usage.Call){"no source": func(c *usage.Call) { c.Source = "" }, "no identifier": func(c *usage.Call) { c.ID = "" }, "no start": func(c *usage.Call) { c.Start = 0 }} {
		bad := call(9)
		spoil(&bad.Call)
		b.refuse(what, fault.Invalid, func(tx store.Tx) error {
			_, err := tx.Usage().AddCalls(acme, []store.ChargedCall{call(8), bad})
			return err
		})
	}
	b.view(func(tx store.Tx) error {
		_, err := tx.Usage().CallByID(acme, "pbx", "c8", march)
		kindIs(t, "beside a bad one", err, fault.NotFound)
		return nil
	})
}

// callsInLots: many at once, with ones that are known strewn in.
func callsInLots(t *testing.T, b *bench) {
	const n = 700
	var first, second []store.ChargedCall
	for i := range n {
		if i%7 == 0 {
			first = append(first, call(i))
		}
		second = append(second, call(i))
		if i%50 == 0 {
			second = append(second, call(i))
		}
	}
	add(b, first...)
	out := add(b, second...)
	count, seen := map[store.Outcome]int{}, map[int64]bool{}
	for i, o := range out {
		count[o]++
		if o == store.Added {
			seen[second[i].Position] = true
		}
	}
	equal(t, "added", count[store.Added], n-len(first))
	equal(t, "same", count[store.Same], len(first)+n/50)
	for p := len(first) + 1; p <= n; p++ {
		if !seen[int64(p)] {
			t.Fatalf("position %d was left out", p)
		}
	}
	b.view(func(tx store.Tx) error {
		head, err := tx.Usage().Head(acme)
		equal(t, "head", head, n)
		g := gather(t, tx, id.ID{}, inMarch, 0)
		equal(t, "handed out", len(g.calls), n)
		return err
	})
}

func callsAsked(t *testing.T, b *bench) {
	var list []store.ChargedCall
	for i := range 40 {
		c := call(i)
		if i%4 == 0 {
			c.Contract, c.Call.Result, c.Charges = num(51), usage.Busy, nil
		}
		if i >= 20 && i < 25 {
			c.Call.Start = call(20).Call.Start // of one moment
		}
		list = append(list, c)
	}
	late := call(40)
	late.Call.Start = inMarch.To.Add(time.Hour)
	add(b, append(list, late)...)
	whole := timex.Period{From: inMarch.From, To: inMarch.To.Add(48 * time.Hour)}
	all := ask(b, store.CallQuery{Period: whole, Limit: 1000})
	equal(t, "all", len(all), 41)
	equal(t, "the newest is first", all[0].Call.ID, "c40")
	for i := range all[1:] {
		a, b := &all[i], &all[i+1]
		if a.Call.Start < b.Call.Start || a.Call.Start == b.Call.Start && a.Position < b.Position {
			t.Errorf("%s stands before %s", a.Call.ID, b.Call.ID)
		}
	}
	for limit := 1; limit < 9; limit += 3 {
		var got []store.ChargedCall
		q := store.CallQuery{Period: whole, Limit: limit}
		for range 50 {
			part := page(b, q)
			got = append(got, part.Calls...)
			if q.Before = part.Next; q.Before.Start.IsZero() {
				break
			}
		}
		if !reflect.DeepEqual(got, all) {
			t.Errorf("pages of %d gave %d calls, in another order or not all", limit, len(got))
		}
	}
	for what, c := range map[string]struct {
		q    store.CallQuery
		want int
	}{
		"contract":           {store.CallQuery{Contract: contract}, 31},
		"unknown contract":   {store.CallQuery{Contract: num(99)}, 0},
		"component":          {store.CallQuery{Component: "talk"}, 31},
		"component, label":   {store.CallQuery{Component: "talk", Label: "row:mobile"}, 31},
		"label of another":   {store.CallQuery{Component: "calls", Label: "row:mobile"}, 0},
		"agent":              {store.CallQuery{Agent: "a1"}, 14},
		"campaign":           {store.CallQuery{Campaign: "k1"}, 20},
		"trunk":              {store.CallQuery{Trunk: "t2"}, 0},
		"number":             {store.CallQuery{To: "13000000001"}, 1},
		"beginning of it":    {store.CallQuery{To: "1300000001"}, 10},
		"result":             {store.CallQuery{Result: usage.Busy}, 10},
		"result and company": {store.CallQuery{Result: usage.Busy, Contract: contract}, 0},
	} {
		c.q.Period, c.q.Limit = whole, 1000
		equal(t, what, len(ask(b, c.q)), c.want)
	}
	equal(t, "in a minute", len(ask(b, store.CallQuery{Period: timex.Period{From: call(3).Call.Start, To: call(5).Call.Start}, Limit: 9})), 2)
	b.view(func(tx store.Tx) error {
		_, err := tx.Usage().Calls(acme, store.CallQuery{Period: whole})
		kindIs(t, "no limit", err, fault.Invalid)
		return nil
	})
}

func ask(b *bench, q store.CallQuery) []store.ChargedCall {
	b.Helper()
	return page(b, q).Calls
}

func page(b *bench, q store.CallQuery) (out store.CallPage) {
	b.Helper()
	b.view(func(tx store.Tx) (err error) {
		out, err = tx.Usage().Calls(acme, q)
		return err
	})
	return out
}

// callsBounded: a query for what is rare looks at so many calls and says where
// to go on.
func callsBounded(t *testing.T, b *bench) {
	const n = store.MaxLooked + 500
	list := make([]store.ChargedCall, n)
	for i := range list {
		list[i] = call(i)
		list[i].Call.Start = inMarch.From.Add(time.Duration(i) * time.Second)
		list[i].Charges = list[i].Charges[:1]
	}
	list[0].Call.Agent = "rare"
	list[1].Charges = call(1).Charges
	add(b, list...)
	for what, q := range map[string]store.CallQuery{"agent": {Agent: "rare"}, "unpriced": {Unpriced: true}} {
		q.Period, q.Limit = inMarch, 10
		first := page(b, q)
		if len(first.Calls) != 0 || first.Next.Start.IsZero() {
			t.Fatalf("%s: %d calls and %v of the newest: none, and a place to go on, were expected", what, len(first.Calls), first.Next)
		}
		q.Before = first.Next
		second := page(b, q)
		if len(second.Calls) != 1 || !second.Next.Start.IsZero() {
			t.Errorf("%s: %d calls and %v behind them: one and the end were expected", what, len(second.Calls), second.Next)
		}
	}
}

// callMonths: a month is a month in UTC, its first and last microsecond in it.
func callMonths(t *testing.T, b *bench) {
	first, last, next := call(1), call(2), call(3)
	first.Call.Start, last.Call.Start, next.Call.Start = inMarch.From, inMarch.To-1, inMarch.To
	add(b, last, next, first)
	b.view(func(tx store.Tx) error {
		for cID, m := range map[string]timex.Date{"c1": march, "c2": march, "c3": april} {
			if _, err := tx.Usage().CallByID(acme, "pbx", cID, m); err != nil {
				t.Error(err)
			}
		}
		equal(t, "in March", len(gather(t, tx, id.ID{}, inMarch, 0).calls), 2)
		both := gather(t, tx, id.ID{}, timex.Period{From: inMarch.To - 1, To: inMarch.To + 1}, 0)
		equal(t, "across the month's end", len(both.calls), 2)
		months, err := tx.Usage().Late(acme, contract, 0)
		equal(t, "months with calls", fmt.Sprint(months), fmt.Sprint([]timex.Period{inMarch, timex.Days(april, april.AddMonths(1), time.UTC)}))
		return err
	})
}

// gathered is a sink that keeps what it gets.
type gathered struct {
	calls []usage.Call
	other []usage.Fact
}

func (g *gathered) Call(c *usage.Call) error      { g.calls = append(g.calls, *c); return nil }
func (g *gathered) Seat(s usage.Seat) error       { g.other = append(g.other, &s); return nil }
func (g *gathered) Session(s usage.Session) error { g.other = append(g.other, &s); return nil }
func (g *gathered) Module(m usage.Module) error   { g.other = append(g.other, &m); return nil }
func (g *gathered) Rental(r usage.Rental) error   { g.other = append(g.other, &r); return nil }
func (g *gathered) Event(e usage.Event) error     { g.other = append(g.other, &e); return nil }

func gather(t testing.TB, tx store.Tx, of id.ID, p timex.Period, upTo int64) *gathered {
	t.Helper()
	g := &gathered{}
	if err := tx.Usage().Each(context.Background(), acme, of, p, upTo, g); err != nil {
		t.Fatal(err)
	}
	return g
}

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
