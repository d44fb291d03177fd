package compliance

import (
	"testing"

	"waihu/internal/phone"
	"waihu/internal/timex"
)

func loaded(t testing.TB) *Packs {
	t.Helper()
	p, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func instant(t testing.TB, s string) timex.Instant {
	t.Helper()
	var at timex.Instant
	if err := at.UnmarshalText([]byte(s)); err != nil {
		t.Fatal(err)
	}
	return at
}

func number(t testing.TB, s string) phone.Number {
	t.Helper()
	n, ok := phone.Parse(s)
	if !ok {
		t.Fatalf("%s is no number", s)
	}
	return n
}

// The question is asked of the packs as they come: a number of Florida at nine in
// the evening, of which nothing is known, is held back by every rule that looks.
func TestEveryRuleThatHoldsIsNamed(t *testing.T) {
	p := loaded(t)
	b, err := p.For(Campaign{Purpose: Sales, Mode: Preview})
	if err != nil {
		t.Fatal(err)
	}
	n := number(t, "13055550100")
	var a Answer
	b.Ask(&Query{Number: n, ByNumber: p.OfNumber(n)}, instant(t, "2026-11-26T02:00:00Z"), &a)
	got := ""
	for _, h := range a.Holds {
		got += h.Rule.Name + " " + string(h.Cause) + "\n"
	}
	want := `all.caller hidden
all.caller not_owned
all.caller not_callable
us.hours closed
us.list_national not_asked
us.caller hidden
us.caller not_callable
us_fl.hours closed
`
	if a.OK || got != want || a.Again != 0 {
		t.Errorf("allowed %t, again %s, held by\n%s", a.OK, a.Again, got)
	}
}
