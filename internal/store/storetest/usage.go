package storetest

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

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
	two.Call.Course = &usage.Course{EndedBy: usage.TheirSide, Cause: 17, Status: 486, Why: "refused", Ringing: two.Call.Start + 1, Heard: usage.Quality{MOS: 437, Packets: 9}, Recording: "a.wav"}
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
	fresh := []store.ChargedCall{again, three, changed, three, two}
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
		for _, up := range []bool{false, true} {
			var got []store.ChargedCall
			q := store.CallQuery{Period: whole, Limit: limit, Up: up}
			for range 50 {
				part := page(b, q)
				got = append(got, part.Calls...)
				if q.Before = part.Next; q.Before.Start.IsZero() {
					break
				}
			}
			if up {
				slices.Reverse(got)
			}
			if !reflect.DeepEqual(got, all) {
				t.Errorf("pages of %d, up %v, gave %d calls, in another order or not all", limit, up, len(got))
			}
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
		"with a plus":        {store.CallQuery{To: "+13000000001"}, 1},
		"beginning of it":    {store.CallQuery{To: "1300000001"}, 10},
		"result":             {store.CallQuery{Result: usage.Busy}, 10},
		"result and company": {store.CallQuery{Result: usage.Busy, Contract: contract}, 0},
	} {
		c.q.Period, c.q.Limit = whole, 1000
		equal(t, what, len(ask(b, c.q)), c.want)
	}
	oldest := ask(b, store.CallQuery{Period: whole, Result: usage.Busy, Contract: num(51), Limit: 2, Up: true})
	equal(t, "the oldest busy ones", oldest[0].Call.ID+" "+oldest[1].Call.ID, "c0 c4")
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
