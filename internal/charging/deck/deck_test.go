package deck_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"waihu/internal/charging/deck"
	"waihu/internal/phone"
	"waihu/internal/timex"
)

var minute = deck.Rate{Price: 100_000_000, Per: 60, First: 60, Next: 60}

func row(prefix, from string) deck.Entry {
	e := deck.Entry{Prefix: prefix, Name: "to " + prefix, Rate: minute}
	if from != "" {
		e.From = timex.MustDate(from)
	}
	return e
}

func build(t testing.TB, entries ...deck.Entry) *deck.Deck {
	t.Helper()
	d, problems := deck.Build(entries)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return d
}

func number(t testing.TB, s string) phone.Number {
	t.Helper()
	n, ok := phone.Parse(s)
	if !ok && s != "" {
		t.Fatalf("%q is not a number", s)
	}
	return n
}

func ExampleDeck_Match() {
	d, _ := deck.Build([]deck.Entry{
		{Prefix: "86", Name: "China", Rate: minute},
		{Prefix: "861", Name: "China mobile", Rate: minute},
		{Prefix: "861", Name: "China mobile, new price", From: timex.MustDate("2026-07-01"), Rate: minute},
	})
	n, _ := phone.Parse("+86 138 0013 8000")
	for _, day := range []string{"2026-06-30", "2026-07-01"} {
		i, ok := d.Match(n, timex.MustDate(day))
		fmt.Println(day, ok, d.Prefix(i), d.Name(i))
	}
	// Output:
	// 2026-06-30 true 861 China mobile
	// 2026-07-01 true 861 China mobile, new price
}

func TestMatch(t *testing.T) {
	d := build(t, row("1", ""), row("86", ""), row("8610", "2026-03-01"), row("8610", "2026-05-01"),
		row("86138", "2026-04-01"), row("861380013", ""), row("00", ""), row("000", ""), row("123456789012345", ""), row("7", "2026-02-01"))
	for _, c := range []struct{ number, day, want string }{
		{"8613800138000", "2026-01-01", "861380013"},
		{"8613900138000", "2026-06-01", "86"},
		{"8613811138000", "2026-03-31", "86"},
		{"8613811138000", "2026-04-01", "86138"},
		{"861012345678", "2026-02-28", "86"},
		{"861012345678", "2026-03-01", "8610 2026-03-01"},
		{"861012345678", "2026-04-30", "8610 2026-03-01"},
		{"861012345678", "2026-05-01", "8610 2026-05-01"},
		{"8610", "2026-05-01", "8610 2026-05-01"},
		{"861", "2026-05-01", "86"},
		{"8", "2026-05-01", "none"},
		{"", "2026-05-01", "none"},
		{"44", "2026-05-01", "none"},
		{"0", "2026-05-01", "none"},
		{"00", "2026-05-01", "00"},
		{"000", "2026-05-01", "000"},
		{"0001", "2026-05-01", "000"},
		{"123456789012345", "2026-05-01", "123456789012345"},
		{"12345678901234", "2026-05-01", "1"},
		{"123456789012344", "2026-05-01", "1"},
		{"999999999999999", "2026-05-01", "none"},
		{"79261234567", "2026-01-31", "none"},
		{"79261234567", "2026-02-01", "7"},
		{"861380013", "1969-12-31", "861380013"}, // a rate that always held did so before 1970
	} {
		got := describe(d, number(t, c.number), timex.MustDate(c.day))
		if got != c.want && !strings.HasPrefix(got, c.want+" ") {
			t.Errorf("%s on %s: %s, want %s", c.number, c.day, got, c.want)
		}
	}
}

func describe(d *deck.Deck, n phone.Number, on timex.Date) string {
	i, ok := d.Match(n, on)
	if !ok {
		return "none"
	}
	if d.From(i) == 0 {
		return d.Prefix(i)
	}
	return d.Prefix(i) + " " + d.From(i).String()
}

func TestDefaultRowMatchesWhatNothingElseDoes(t *testing.T) {
	d := build(t, row("", ""), row("86", ""))
	for s, want := range map[string]string{"": "", "8": "", "44": "", "86": "86", "999999999999999": ""} {
		i, ok := d.Match(number(t, s), 0)
		if !ok || d.Prefix(i) != want {
			t.Errorf("%q matched %q, %v", s, d.Prefix(i), ok)
		}
	}
}

func TestEmptyDeckMatchesNothing(t *testing.T) {
	d := build(t)
	for _, s := range []string{"", "1", "999999999999999"} {
		if i, ok := d.Match(number(t, s), 0); ok {
			t.Errorf("%q matched row %d of none", s, i)
		}
	}
	if d.Len() != 0 {
		t.Error(d.Len())
	}
}

func TestNumbersNobodyMakesDoNotPanic(t *testing.T) {
	d := build(t, row("", ""), row("9", ""), row("99", ""), row("999999999999999", ""))
	r := rand.New(rand.NewPCG(5, 6))
	for range 100_000 {
		d.Match(phone.Number(r.Uint64()), 0)
	}
	for n := range 256 {
		d.Match(phone.Of(1<<56-1, n), 0)
	}
}

func TestRowsKeepWhatTheyWere(t *testing.T) {
	dear := minute
	dear.Price = 7
	entries := []deck.Entry{
		{Prefix: "86", Name: "China", Rate: minute}, {Prefix: "852", Name: "Hong Kong", Rate: dear, From: 20000},
		{Prefix: "85", Name: "China", Rate: dear}, {Prefix: "852", Name: "HK", Rate: minute},
	}
	d := build(t, entries...)
	if d.Len() != 4 || d.Rates() != 2 {
		t.Errorf("%d rows, %d rates", d.Len(), d.Rates())
	}
	for i, want := range []int{2, 3, 1, 0} { // by prefix as text, then by day
		e, x := entries[want], deck.Index(i)
		if d.Prefix(x) != e.Prefix || d.Name(x) != e.Name || d.From(x) != e.From || *d.Rate(x) != e.Rate {
			t.Errorf("row %d is %s %s %s %+v, want %+v", i, d.Prefix(x), d.Name(x), d.From(x), *d.Rate(x), e)
		}
	}
}

func TestBuildNamesEveryBadRow(t *testing.T) {
	bad := func(change func(*deck.Rate)) deck.Entry {
		e := row("44", "")
		change(&e.Rate)
		return e
	}
	for _, c := range []struct {
		entry deck.Entry
		want  string
	}{
		{row("+44", ""), `entries[1].prefix: not a prefix (found "+44"); expected at most 15 digits`},
		{row("4a", ""), `entries[1].prefix: not a prefix`},
		{row("4４", ""), `entries[1].prefix: not a prefix`},
		{row("1234567890123456", ""), `entries[1].prefix: not a prefix`},
		{row("44", "1969-12-31"), `entries[1].from: a date before 1970`},
		{row("86", ""), `entries[1].prefix: the same prefix twice from the same day (found "86"); keep one of the two: the other is entries[0]`},
		{deck.Entry{Prefix: "86", Rate: minute, File: "a.csv", Line: 9}, `a.csv:9: prefix: the same prefix twice from the same day (found "86"); keep one of the two: the other is entries[0]`},
		{bad(func(r *deck.Rate) { r.Per = 0 }), `entries[1].rate.per: too small (found "0"); expected at least 1 seconds`},
		{bad(func(r *deck.Rate) { r.First = 0 }), `entries[1].rate.first: too small`},
		{bad(func(r *deck.Rate) { r.Next = -1 }), `entries[1].rate.next: too small`},
		{bad(func(r *deck.Rate) { r.Minimum = -1 }), `entries[1].rate.minimum: too small`},
		{bad(func(r *deck.Rate) { r.Grace = -1 }), `entries[1].rate.grace: too small`},
		{bad(func(r *deck.Rate) { r.Price = -1 }), `entries[1].rate.price: too small (found "-1"); expected at least 0 billionths`},
		{bad(func(r *deck.Rate) { r.Connect = -1 }), `entries[1].rate.connect: too small`},
		{bad(func(r *deck.Rate) { r.MinCost = -1 }), `entries[1].rate.min_cost: too small`},
		{bad(func(r *deck.Rate) { r.MaxCost = -1 }), `entries[1].rate.max_cost: too small`},
		{bad(func(r *deck.Rate) { r.MinCost, r.MaxCost = 2, 1 }), `entries[1].rate.min_cost: the least a call costs is more than the most`},
		{bad(func(r *deck.Rate) { r.Status = 3 }), `entries[1].rate.status: no such status`},
	} {
		d, problems := deck.Build([]deck.Entry{row("86", ""), c.entry})
		if d != nil || len(problems) != 1 || !strings.HasPrefix(problems[0].Error(), c.want) {
			t.Errorf("%+v: %v, want %s", c.entry, problems, c.want)
		}
	}
}

func TestBuildReportsAHundredProblemsAndTheirNumber(t *testing.T) {
	var entries []deck.Entry
	for range 250 {
		entries = append(entries, row("x", ""))
	}
	_, problems := deck.Build(entries)
	if len(problems) != 101 || problems[100].What != "and 150 more like these" {
		t.Errorf("%d problems, the last is %v", len(problems), problems[len(problems)-1])
	}
}

// naive finds the longest prefix in a map of prefixes, the way a person would.
type naive map[string][]deck.Entry

func newNaive(entries []deck.Entry) naive {
	m := naive{}
	for _, e := range entries {
		m[e.Prefix] = append(m[e.Prefix], e)
	}
	return m
}

func (m naive) match(s string, on timex.Date) (deck.Entry, bool) {
	for l := len(s); l >= 0; l-- {
		var best deck.Entry
		found := false
		for _, e := range m[s[:l]] {
			if (e.From == 0 || e.From <= on) && (!found || e.From > best.From) {
				best, found = e, true
			}
		}
		if found {
			return best, true
		}
	}
	return deck.Entry{}, false
}

func TestMatchAgreesWithAMapOverRandomDecks(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for round := range 300 {
		rows := []int{0, 1, 5, 40, 300, 3000}[round%6]
		alphabet := 2 + r.IntN(9) // few digits make deep trees, ten make wide ones
		days := 1 + r.IntN(4)
		entries := randomEntries(r, rows, alphabet, days)
		d, m := build(t, entries...), newNaive(entries)
		for range 300 {
			s := digits(r, r.IntN(16), alphabet)
			if len(entries) > 0 && r.IntN(4) > 0 { // near a prefix
				p := entries[r.IntN(len(entries))].Prefix
				s = p[:max(0, len(p)-r.IntN(3))] + s
				s = s[:min(len(s), 15)]
			}
			agree(t, d, m, s, timex.Date(r.IntN(days*2)))
		}
	}
}

func digits(r *rand.Rand, n, alphabet int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = "9081726354"[r.IntN(alphabet)]
	}
	return string(b)
}

func randomEntries(r *rand.Rand, rows, alphabet, days int) []deck.Entry {
	type id struct {
		prefix string
		from   timex.Date
	}
	seen := map[id]bool{}
	var out []deck.Entry
	for range rows {
		e := deck.Entry{Prefix: digits(r, r.IntN(16), alphabet), From: timex.Date(r.IntN(days)), Rate: minute}
		if len(out) > 0 && r.IntN(2) == 0 { // below another, so that prefixes nest
			e.Prefix = out[r.IntN(len(out))].Prefix + digits(r, r.IntN(3), alphabet)
			e.Prefix = e.Prefix[:min(15, len(e.Prefix))]
		}
		if k := (id{e.Prefix, e.From}); !seen[k] {
			seen[k] = true
			out = append(out, e)
		}
	}
	return out
}

func agree(t *testing.T, d *deck.Deck, m naive, s string, on timex.Date) {
	t.Helper()
	want, found := m.match(s, on)
	i, ok := d.Match(number(t, s), on)
	if ok != found || ok && (d.Prefix(i) != want.Prefix || d.From(i) != want.From) {
		t.Fatalf("%q on day %d: %s, want %q from %d (%v)", s, on, describe(d, number(t, s), on), want.Prefix, want.From, found)
	}
}

func TestBoundsAreExact(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	var entries []deck.Entry
	for l := 1; l <= 15; l++ { // every length, first and last of a run of neighbours
		for range 40 {
			entries = append(entries, deck.Entry{Prefix: digits(r, l, 10), Rate: minute})
		}
		entries = append(entries, deck.Entry{Prefix: strings.Repeat("9", l), From: 1, Rate: minute}, deck.Entry{Prefix: strings.Repeat("0", l), From: 1, Rate: minute})
	}
	seen := map[string]bool{}
	kept := entries[:0]
	for _, e := range entries {
		if !seen[e.Prefix] {
			seen[e.Prefix] = true
			kept = append(kept, e)
		}
	}
	d, m := build(t, kept...), newNaive(kept)
	for _, e := range kept {
		for _, tail := range []string{"000000000000000", "999999999999999", "000000000000001", "999999999999998"} {
			s := e.Prefix + tail[len(e.Prefix):]
			for l := len(e.Prefix); l <= 15; l++ {
				agree(t, d, m, s[:l], 5)
			}
			v := number(t, s).Value()
			for _, w := range []uint64{v + 1, v - 1} {
				if w < 1e15 {
					agree(t, d, m, fmt.Sprintf("%015d", w), 5)
				}
			}
		}
	}
}
