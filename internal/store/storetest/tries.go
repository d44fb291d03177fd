package storetest

import (
	"reflect"
	"testing"
	"time"

	"waihu/internal/calling/attempt"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// tried is a try that is decided, of one of three leads and two campaigns.
func tried(n int) attempt.Attempt {
	a := attempt.Attempt{ID: num(20_000 + n), Campaign: num(700 + n%2), List: north, Lead: num(10_000 + n%3), Number: line(n % 3), Mode: usage.Predictive, Ordinal: 1 + n/3}
	if err := a.Decide(at("2026-03-10T08:00:00Z").Add(time.Duration(n) * time.Hour)); err != nil {
		panic(err)
	}
	return a
}

// tries: kept at every step, over once and for all, found by lead, number and
// campaign, and those that are open by campaign.
func tries(t *testing.T, b *bench) {
	all := make([]attempt.Attempt, 12)
	put := func(a *attempt.Attempt) {
		b.Helper()
		b.update(func(tx store.Tx) error { return tx.Attempts().Put(acme, a) })
	}
	for i := range all {
		all[i] = tried(i)
		put(&all[i])
	}
	over := &all[0]
	for _, step := range []error{over.Dial(over.Decided + 1), over.End(usage.Busy, 486, 17, over.Decided+9)} {
		if step != nil {
			t.Fatal(step)
		}
		put(over)
	}
	busy, _ := attempt.Find(nil, "busy")
	if err := over.Dispose(busy, "", attempt.System, over.Ended+1); err != nil {
		t.Fatal(err)
	}
	put(over)
	if err := all[3].Withhold("hours", all[3].Decided+1); err != nil {
		t.Fatal(err)
	}
	put(&all[3])
	b.view(func(tx store.Tx) error {
		got, err := tx.Attempts().Get(acme, over.ID)
		if err == nil && !reflect.DeepEqual(got, over) {
			t.Errorf("%+v came back as %+v", over, got)
		}
		return err
	})
	again := tried(0)
	b.refuse("a try that is over", fault.Conflict, func(tx store.Tx) error { return tx.Attempts().Put(acme, &again) })
	moved := tried(5)
	moved.Lead = num(9)
	b.refuse("a try of another lead", fault.Conflict, func(tx store.Tx) error { return tx.Attempts().Put(acme, &moved) })
	b.refuse("a try that was never decided", fault.Invalid, func(tx store.Tx) error { return tx.Attempts().Put(acme, &attempt.Attempt{ID: num(1)}) })
	for what, c := range map[string]struct {
		q    store.AttemptQuery
		want []int
	}{
		"of a lead":            {store.AttemptQuery{Lead: num(10_001), Limit: 3}, []int{10, 7, 4}},
		"the rest of them":     {store.AttemptQuery{Lead: num(10_001), Before: all[4].ID, Limit: 3}, []int{1}},
		"of a number":          {store.AttemptQuery{Number: line(0), Limit: 9}, []int{9, 6, 3, 0}},
		"of a campaign":        {store.AttemptQuery{Campaign: num(701), Limit: 2}, []int{11, 9}},
		"of the company":       {store.AttemptQuery{Before: all[10].ID, Limit: 2}, []int{9, 8}},
		"of nobody's campaign": {store.AttemptQuery{Campaign: num(702), Limit: 2}, nil},
	} {
		b.view(func(tx store.Tx) error {
			got, err := tx.Attempts().List(acme, c.q)
			var ids []id.ID
			for _, n := range c.want {
				ids = append(ids, all[n].ID)
			}
			var have []id.ID
			for i := range got {
				have = append(have, got[i].ID)
			}
			if !reflect.DeepEqual(have, ids) {
				t.Errorf("%s: %v, want %v", what, have, ids)
			}
			return err
		})
	}
	b.view(func(tx store.Tx) error {
		open, err := tx.Attempts().Open(acme, num(700), id.ID{}, 100)
		equal(t, "open in one campaign", len(open), 5)
		if err != nil {
			return err
		}
		open, err = tx.Attempts().Open(acme, num(701), all[5].ID, 100)
		equal(t, "open in the other, behind one", len(open), 3)
		if err != nil {
			return err
		}
		// 0, 3, 6, 9 were of the number; 3 was never dialed.
		dialed, err := tx.Attempts().Dialed(acme, line(0), all[0].Decided+1)
		if want := []timex.Instant{all[6].Decided, all[9].Decided}; !reflect.DeepEqual(dialed, want) {
			t.Errorf("dialed %v, want %v", dialed, want)
		}
		callers, err := tx.Attempts().Callers(line(0), 10)
		if !reflect.DeepEqual(callers, []id.Company{acme}) {
			t.Errorf("called by %v", callers)
		}
		_, bad := tx.Attempts().List(acme, store.AttemptQuery{Lead: num(1), Number: line(1), Limit: 1})
		kindIs(t, "by two", bad, fault.Invalid)
		return err
	})
}
