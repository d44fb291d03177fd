package workspace

import (
	"testing"

	"waihu/internal/fault"
	"waihu/internal/timex"
)

// whole asks until everything beside the answer is there.
func whole(t *testing.T, sp *Space, q Question) *Answer {
	t.Helper()
	for range 10 { // the answer, what stands beside it, and once more
		a, job, err := sp.Complete(q)
		if err != nil {
			t.Fatal(err)
		}
		if job == nil {
			return a
		}
		<-job.Done()
	}
	t.Fatal("it does not end")
	return nil
}

// TestComplete: the smallest bill stands beside every offer that can be
// totalled, is never above one, and is worked out once for a question.
func TestComplete(t *testing.T) {
	s, _ := shelf(t, Limits{})
	sp := space(t, s)
	if _, _, err := sp.Complete(Question{}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("without offers: %v", err)
	}
	handIn(t, sp, "Master.csv", example(t, "per-minute/usage/Master.csv"))
	if err := sp.Pick([]string{"ujet-pro", "callfire-payg", "ringly"}); err != nil {
		t.Fatal(err)
	}
	q := Question{Months: []int{1}, Seats: 3}
	first, err := answer(t, sp, q)
	if err != nil || first.Whole || first.Result.Bound != nil {
		t.Fatalf("the answer waits for the search: %v", err)
	}
	a := whole(t, sp, q)
	b := a.Result.Bound
	if !a.Whole || b == nil || len(b.Offers) != 3 {
		t.Fatalf("bound %+v", b)
	}
	for i, o := range b.Offers {
		as := a.Result.Offers[i].Horizons[0].Total
		if o.Offer != a.Result.Offers[i].Offer || o.AsIs != as || o.Own.Low.Cmp(o.AsIs.Low) > 0 || o.Own.Low.Cmp(b.Total.Low) < 0 {
			t.Errorf("%+v: it costs %v, the smallest is %v", o, as, b.Total)
		}
		if regret, err := o.AsIs.Low.Sub(b.Total.Low); err != nil || o.Regret.Low != regret {
			t.Errorf("%s is %v above the smallest, not %s", o.Offer, o.Regret, regret)
		}
	}
	if first.Result.Bound != nil {
		t.Error("an answer that was given changed")
	}
	if again, job, err := sp.Complete(q); err != nil || job != nil || again.Result != a.Result {
		t.Errorf("it is searched again: %v", err)
	}
}

// TestOwnMonths: own usage is of whole months of a company.
func TestOwnMonths(t *testing.T) {
	s, _ := shelf(t, Limits{})
	sp := space(t, s)
	if err := sp.Stand(Basis{Own: 2}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("own usage of nobody: %v", err)
	}
	b := Basis{Own: 3, First: timex.MustDate("2026-02-01")}
	if first, after := b.months(timex.MustDate("2026-11-25")); first != timex.MustDate("2026-02-01") || after != timex.MustDate("2026-05-01") {
		t.Errorf("three months from February: %s to %s", first, after)
	}
	b.First = 0
	if first, after := b.months(timex.MustDate("2026-11-25")); first != timex.MustDate("2026-08-01") || after != timex.MustDate("2026-11-01") {
		t.Errorf("the last three months: %s to %s", first, after)
	}
}
