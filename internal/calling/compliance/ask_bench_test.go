package compliance

import (
	"testing"
	"time"
)

// lead is a person of Florida by address whose number is of California, with a
// history, asked about for a sales campaign.
func lead(t testing.TB) (*Book, *Query) {
	t.Helper()
	p := loaded(t)
	b, err := p.For(Campaign{Purpose: Sales, Mode: Progressive})
	if err != nil {
		t.Fatal(err)
	}
	n := number(t, "14155550100")
	q := &Query{Number: n, ByNumber: p.OfNumber(n), Caller: Caller{Number: number(t, "13055550199"), Shown: true, Owned: true, Callable: true}}
	if q.ByAddress, err = p.OfAddress("US", "Florida", ""); err != nil {
		t.Fatal(err)
	}
	at := instant(t, "2026-11-24T18:00:00Z")
	q.Asked = []Asked{{List: "us.national", At: at.Add(-24 * time.Hour)}}
	for i := range 8 {
		q.Past = append(q.Past, Past{At: at.Add(time.Duration(i-10) * 30 * time.Hour), Number: n})
	}
	return b, q
}

func TestAskingAllocatesNothing(t *testing.T) {
	b, q := lead(t)
	var a Answer
	for _, when := range []string{"2026-11-24T18:00:00Z", "2026-11-24T05:00:00Z"} {
		at := instant(t, when)
		b.Ask(q, at, &a)
		if n := testing.AllocsPerRun(100, func() { b.Ask(q, at, &a) }); n != 0 {
			t.Errorf("asking at %s allocates %.0f times", when, n)
		}
		if n := testing.AllocsPerRun(100, func() { b.May(q, at) }); n != 0 {
			t.Errorf("May at %s allocates %.0f times", when, n)
		}
	}
}

func BenchmarkAsk(b *testing.B) {
	book, q := lead(b)
	var a Answer
	for _, c := range []struct{ name, at string }{{"yes", "2026-11-24T18:00:00Z"}, {"no", "2026-11-24T05:00:00Z"}} {
		at := instant(b, c.at)
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				book.Ask(q, at, &a)
			}
			if a.OK != (c.name == "yes") {
				b.Fatal(a)
			}
		})
		b.Run("may/"+c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				book.May(q, at)
			}
		})
	}
}
