package storetest

import (
	"reflect"
	"testing"
	"time"

	"waihu/internal/calling/attempt"
	"waihu/internal/calling/report"
	"waihu/internal/money"
	"waihu/internal/phone"
	"waihu/internal/store"
	"waihu/internal/usage"
)

// overTry is a try that is over: a sale of an agent, a busy line, an abandoned call.
func overTry(t *testing.T, n int) attempt.Attempt {
	a := tried(n)
	a.Trunk, a.CallerID = "gw1", phone.Of(886212345678, 12)
	code := "busy"
	steps := []error{a.Dial(a.Decided + 1000)}
	switch n % 3 {
	case 0:
		code = "sale"
		steps = append(steps, a.Ring(a.Dialed+2_000_000), a.Answer(usage.Person, a.Dialed+9_000_000), a.Join("amy", a.Dialed+9_500_000), a.End("", 200, 16, a.Dialed+69_500_000))
	case 1:
		steps = append(steps, a.End(usage.Busy, 486, 17, a.Dialed+9))
	case 2:
		code = attempt.Abandoned
		steps = append(steps, a.Answer(usage.Person, a.Dialed+9), a.End("", 200, 16, a.Dialed+2_000_009))
	}
	d, _ := attempt.Find(nil, code)
	for _, err := range append(steps, a.Dispose(d, "", attempt.System, a.Ended+5_000_000)) {
		if err != nil {
			t.Fatal(err)
		}
	}
	return a
}

// counted: what facts come to is there when they are, once however often they are
// handed in, and what is asked for is the sum of the parts.
func counted(t *testing.T, b *bench) {
	want := report.New()
	var list []attempt.Attempt
	for n := range 24 {
		a := overTry(t, n)
		list = append(list, a)
		want.Try(&a)
	}
	ntd := money.MustCurrency("TWD")
	calls := []store.ChargedCall{
		{Call: usage.Call{ID: "1", Source: "pbx", Result: usage.Answered, Agent: "amy", Trunk: "gw1", From: "+886212345678", To: "886912345678", Campaign: list[0].Campaign.Named("cmp"), Start: list[0].Dialed, Answer: list[0].Answered, End: list[0].Ended, Talk: time.Minute},
			Contract: contract, Charges: []store.Charge{{Component: "calls", Label: "flat", Raw: 60, Billed: 60, Cost: money.Micros(1_500_000, ntd)}}},
		{Call: usage.Call{ID: "2", Source: "pbx", Result: usage.Busy, Trunk: "gw1", From: "886212345678", To: "886912345678", Start: list[1].Dialed, End: list[1].Ended, Course: &usage.Course{Status: 486, Cause: 17}},
			Charges: []store.Charge{{Reason: "no_contract"}}},
	}
	for i := range calls {
		countCharged(want, &calls[i])
	}
	shift := usage.Session{ID: "s", Source: "pbx", User: "amy", State: usage.Ready, From: list[0].Dialed, To: list[0].Dialed.Add(100 * time.Minute)}
	want.Session(&shift)
	open := shift
	open.To = 0
	for range 2 { // handed in again, nothing is counted twice
		b.update(func(tx store.Tx) error {
			for i := range list {
				if _, err := tx.Attempts().Get(acme, list[i].ID); err == nil {
					continue
				}
				if err := tx.Attempts().Put(acme, &list[i]); err != nil {
					return err
				}
			}
			if _, err := tx.Usage().AddCalls(acme, calls); err != nil {
				return err
			}
			for _, s := range []usage.Session{open, shift} {
				if _, err := tx.Usage().AddStretches(acme, []store.Stretch{{Fact: &s, Contract: contract}}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	b.view(func(tx store.Tx) error {
		for _, dim := range report.Dims() {
			got, err := tx.Reports().Sums(acme, store.SumQuery{Dim: dim, First: 0, After: 1 << 40, BySlot: true, ByCampaign: true})
			if err != nil {
				return err
			}
			n := 0
			for k := range want.Sums {
				if k.Dim == dim {
					n++
				}
			}
			if len(got) != n {
				t.Errorf("%s: %d rows, want %d", dim, len(got), n)
			}
			for i := range got {
				k := report.Key{Dim: dim, Slot: got[i].Slot, Campaign: got[i].Campaign, Value: got[i].Value}
				if s := want.Sums[k]; s == nil || *s != got[i].Sums {
					t.Errorf("%+v: %v, want %v", k, got[i].Sums, s)
				}
			}
			whole, err := tx.Reports().Sums(acme, store.SumQuery{Dim: dim, First: 0, After: 1 << 40, WholeValues: true})
			if err != nil || len(whole) != 1 {
				t.Fatalf("%s: %v, %d rows", dim, err, len(whole))
			}
			rows := make([]report.Row, len(got))
			for i := range got {
				rows[i] = got[i].Row
			}
			if sum := report.Total(rows); sum.Sums != whole[0].Sums || !reflect.DeepEqual(sum.Costs, whole[0].Costs) {
				t.Errorf("%s: the parts come to %+v, the whole is %+v", dim, sum, whole[0].Row)
			}
		}
		amy := "amy"
		one, err := tx.Reports().Sums(acme, store.SumQuery{Dim: report.Agent, First: 0, After: 1 << 40, Value: &amy, WholeValues: true})
		if err != nil || len(one) != 1 || one[0].Sums[report.Sales] != 8 || one[0].Sums[report.Ready] != 100*60*1000 || len(one[0].Costs) != 1 || one[0].Costs[0].Total != money.Micros(1_500_000, ntd) {
			t.Errorf("amy: %+v, %v", one, err)
		}
		none, err := tx.Reports().Sums(other, store.SumQuery{Dim: report.Whole, First: 0, After: 1 << 40, WholeValues: true})
		if err != nil || len(none) != 0 {
			t.Errorf("another company: %+v, %v", none, err)
		}
		return nil
	})
	b.update(func(tx store.Tx) error { // a stray gets its price
		calls[1].Charges = []store.Charge{{Component: "calls", Label: "flat", Cost: money.Micros(250_000, ntd)}}
		return tx.Usage().Assign(acme, contract, calls[1:], nil)
	})
	b.view(func(tx store.Tx) error {
		got, err := tx.Reports().Sums(acme, store.SumQuery{Dim: report.Trunk, First: 0, After: 1 << 40, WholeValues: true})
		if err != nil || len(got) != 1 || got[0].Sums[report.Unpriced] != 0 || got[0].Sums[report.Rated] != 2 || got[0].Costs[0].Total != money.Micros(1_750_000, ntd) {
			t.Errorf("priced later: %+v, %v", got, err)
		}
		return nil
	})
}

// countCharged counts a call as the store is to.
func countCharged(to *report.Counts, k *store.ChargedCall) {
	var costs []money.Amount
	unpriced := false
	for _, h := range k.Charges {
		if unpriced = h.Reason != ""; !unpriced {
			costs = append(costs, h.Cost)
		}
	}
	to.Call(&k.Call, costs, unpriced)
}
