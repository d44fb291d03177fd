package storetest

import (
	"reflect"
	"testing"
	"time"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// strayOf is a call that belongs to no contract.
func strayOf(n int, reason, account string) store.ChargedCall {
	c := call(n)
	c.Contract, c.Call.Account = id.ID{}, account
	c.Charges = []store.Charge{{Raw: 60, Reason: reason}}
	return c
}

func straysOf(b *bench, q store.StrayQuery) (out []store.Stray) {
	b.Helper()
	if q.Limit == 0 {
		q.Limit = 100
	}
	b.view(func(tx store.Tx) (err error) {
		out, err = tx.Usage().Strays(acme, q)
		return err
	})
	return out
}

// strays: what belongs to no contract is found by what it is, why and when, and
// added up; a stretch that gets its end stays one.
func strays(t *testing.T, b *bench) {
	if got := straysOf(b, store.StrayQuery{}); len(got) != 0 {
		t.Errorf("of a company nobody knows: %+v", got)
	}
	from := at("2026-03-02T00:00:00Z")
	var lot []store.ChargedCall
	for n := range 120 { // more than one statement has
		lot = append(lot, strayOf(n, "no_contract", ""))
	}
	add(b, append(lot, strayOf(200, "several_contracts", "north"), call(300))...)
	seat := store.Stretch{Fact: &usage.Seat{ID: "1", Source: "hr", User: "li", From: from, Account: "south"}, Reason: "no_contract"}
	b.update(func(tx store.Tx) error {
		_, err := tx.Usage().AddStretches(acme, []store.Stretch{seat, {Fact: &usage.Seat{ID: "2", Source: "hr", User: "wu", From: from}, Contract: contract}})
		return err
	})
	none, north := "", "north"
	for what, c := range map[string]struct {
		q    store.StrayQuery
		want int
	}{
		"all":              {store.StrayQuery{Limit: 500}, 122},
		"some":             {store.StrayQuery{Limit: 7}, 7},
		"behind":           {store.StrayQuery{After: 120, Limit: 500}, 2},
		"calls":            {store.StrayQuery{Kind: store.CallFact, Limit: 500}, 121},
		"seats":            {store.StrayQuery{Kind: store.SeatFact}, 1},
		"by reason":        {store.StrayQuery{Reason: "several_contracts"}, 1},
		"by source":        {store.StrayQuery{Source: "hr"}, 1},
		"by account":       {store.StrayQuery{Account: &north}, 1},
		"without account":  {store.StrayQuery{Account: &none, Limit: 500}, 120},
		"by identifier":    {store.StrayQuery{IDs: []string{"c5", "c7", "c300", "nobody"}}, 2},
		"of an hour":       {store.StrayQuery{Touches: timex.Period{From: inMarch.From, To: inMarch.From.Add(time.Hour)}, Limit: 500}, 60},
		"open in April":    {store.StrayQuery{Touches: timex.Days(april, april+30, time.UTC)}, 1},
		"before the first": {store.StrayQuery{Touches: timex.Days(march-30, march, time.UTC)}, 0},
	} {
		equal(t, what, len(straysOf(b, c.q)), c.want)
	}
	got := straysOf(b, store.StrayQuery{Kind: store.SeatFact})[0]
	if !reflect.DeepEqual(got, store.Stray{Fact: seat.Fact, Reason: "no_contract", Position: 123}) {
		t.Errorf("the seat came back as %+v", got)
	}
	one := straysOf(b, store.StrayQuery{Account: &north})[0]
	if c := strayOf(200, "", "north").Call; !reflect.DeepEqual(one, store.Stray{Fact: &c, Reason: "several_contracts", Position: 121}) {
		t.Errorf("the call came back as %+v", one)
	}
	b.update(func(tx store.Tx) error {
		_, err := tx.Usage().AddStretches(acme, []store.Stretch{{Fact: &usage.Seat{ID: "1", Source: "hr", User: "li", From: from, To: from + 1, Account: "south"}, Contract: contract}})
		return err
	})
	equal(t, "open in April, once it has ended", len(straysOf(b, store.StrayQuery{Touches: timex.Days(april, april+30, time.UTC)})), 0)
	b.view(func(tx store.Tx) error {
		sums, err := tx.Usage().StraySums(acme, store.StrayQuery{})
		want := []store.StraySum{
			{Reason: "no_contract", Kind: store.CallFact, Source: "pbx", Count: 120, Seconds: 7200, First: call(0).Call.Start, Last: call(119).Call.Start},
			{Reason: "no_contract", Kind: store.SeatFact, Source: "hr", Account: "south", Count: 1, First: from, Last: from},
			{Reason: "several_contracts", Kind: store.CallFact, Source: "pbx", Account: "north", Count: 1, Seconds: 60, First: call(200).Call.Start, Last: call(200).Call.Start},
		}
		if !reflect.DeepEqual(sums, want) {
			t.Errorf("sums %+v", sums)
		}
		_, bad := tx.Usage().Strays(acme, store.StrayQuery{})
		kindIs(t, "without a limit", bad, fault.Invalid)
		_, bad = tx.Usage().Strays(acme, store.StrayQuery{IDs: make([]string, store.MaxStrayIDs+1), Limit: 1})
		kindIs(t, "too many identifiers", bad, fault.Invalid)
		return err
	})
}

// waive: a stray that is left uncharged stays one, tells by which decision, is told
// from others, and can be assigned.
func waive(t *testing.T, b *bench) {
	add(b, strayOf(1, "no_contract", ""), strayOf(2, "no_contract", ""))
	seat := store.Stretch{Fact: &usage.Seat{ID: "1", Source: "hr", User: "li", From: at("2026-03-02T00:00:00Z")}, Reason: "no_contract"}
	b.update(func(tx store.Tx) error {
		_, err := tx.Usage().AddStretches(acme, []store.Stretch{seat})
		return err
	})
	b.update(func(tx store.Tx) error { return tx.Usage().Waive(acme, num(70), []int64{1, 3}) })
	yes, no := true, false
	equal(t, "all", len(straysOf(b, store.StrayQuery{})), 3)
	equal(t, "not decided about", len(straysOf(b, store.StrayQuery{Waived: &no})), 1)
	left := straysOf(b, store.StrayQuery{Waived: &yes})
	if len(left) != 2 || left[0].Position != 1 || left[0].Waiver != num(70) || left[0].Reason != "no_contract" || left[1].Waiver != num(70) {
		t.Errorf("left uncharged: %+v", left)
	}
	b.view(func(tx store.Tx) error {
		sums, err := tx.Usage().StraySums(acme, store.StrayQuery{Waived: &no})
		if len(sums) != 1 || sums[0].Count != 1 {
			t.Errorf("sums of what nobody decided about: %+v", sums)
		}
		return err
	})
	for what, position := range map[string]int64{"twice": 1, "nothing": 9} {
		b.refuse(what, fault.Conflict, func(tx store.Tx) error { return tx.Usage().Waive(acme, num(71), []int64{2, position}) })
	}
	equal(t, "not decided about, after what was refused", len(straysOf(b, store.StrayQuery{Waived: &no})), 1)
	charged := call(1)
	charged.Position = 1
	b.update(func(tx store.Tx) error {
		return tx.Usage().Assign(acme, contract, []store.ChargedCall{charged}, nil)
	})
	equal(t, "left uncharged, once one is assigned", len(straysOf(b, store.StrayQuery{Waived: &yes})), 1)
}

// assign: a stray that is given to a contract is the contract's from then on, and
// known to nobody who asks as of before.
func assign(t *testing.T, b *bench) {
	from, to := at("2026-03-02T00:00:00Z"), at("2026-05-05T00:00:00Z")
	add(b, strayOf(1, "no_contract", ""), strayOf(2, "no_contract", ""))
	seats := []usage.Fact{&usage.Seat{ID: "1", Source: "hr", User: "li", From: from}, &usage.Seat{ID: "2", Source: "hr", User: "wu", From: from, To: to}}
	b.update(func(tx store.Tx) error {
		_, err := tx.Usage().AddStretches(acme, []store.Stretch{{Fact: seats[0]}, {Fact: seats[1]}})
		return err
	})
	list := straysOf(b, store.StrayQuery{})
	charged := call(2)
	charged.Position = list[1].Position
	given := []store.Stretch{{Fact: seats[0], Position: list[2].Position}, {Fact: seats[1], Position: list[3].Position}}
	before := charged
	b.update(func(tx store.Tx) error {
		return tx.Usage().Assign(acme, contract, []store.ChargedCall{charged}, given)
	})
	equal(t, "strays left", len(straysOf(b, store.StrayQuery{})), 1)
	b.view(func(tx store.Tx) error {
		head, err := tx.Usage().Head(acme)
		equal(t, "positions", head, int64(7))
		if err != nil {
			return err
		}
		got, err := tx.Usage().CallByID(acme, "pbx", "c2", march)
		if err != nil {
			return err
		}
		want := call(2)
		want.Position = 5
		if !reflect.DeepEqual(*got, want) {
			t.Errorf("the call is %+v", *got)
		}
		g := gather(t, tx, contract, inMarch, 0)
		equal(t, "calls of the contract", len(g.calls), 1)
		equal(t, "stretches of the contract", len(g.other), 2)
		equal(t, "stretches in May", len(gather(t, tx, contract, timex.Days(april+30, april+60, time.UTC), 0).other), 2)
		then := gather(t, tx, contract, inMarch, 4)
		equal(t, "what was the contract's before", len(then.calls)+len(then.other), 0)
		late, err := tx.Usage().Late(acme, contract, 4)
		equal(t, "months that changed", len(late), 3)
		return err
	})
	b.refuse("a call twice", fault.Conflict, func(tx store.Tx) error {
		return tx.Usage().Assign(acme, num(51), []store.ChargedCall{before}, nil)
	})
	b.refuse("a seat twice", fault.Conflict, func(tx store.Tx) error {
		return tx.Usage().Assign(acme, num(51), nil, []store.Stretch{{Fact: seats[0], Position: list[2].Position}})
	})
	if out := add(b, strayOf(2, "no_contract", "")); out[0] != store.Same {
		t.Errorf("handed in again: %v", out)
	}
	// The seat that was open ends, handed in for nobody: it is its contract's end.
	b.update(func(tx store.Tx) error {
		out, err := tx.Usage().AddStretches(acme, []store.Stretch{{Fact: &usage.Seat{ID: "1", Source: "hr", User: "li", From: from, To: from + 1}}})
		if err == nil && out[0] != store.Ended {
			t.Errorf("the end of an assigned seat: %v", out)
		}
		return err
	})
	b.view(func(tx store.Tx) error {
		late, err := tx.Usage().Late(acme, contract, 7)
		equal(t, "months its end concerns", len(late), 1)
		equal(t, "stretches in May after the end", len(gather(t, tx, contract, timex.Days(april+30, april+60, time.UTC), 0).other), 1)
		return err
	})
}
