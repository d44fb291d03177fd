package app_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/usage"
)

// TestFind looks for each kind of thing, with and without the right to see it.
func TestFind(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	one, two := b.customer("Harbour-one", fiveSeats), b.customer("Harbour-two", fiveSeats)
	b.at("2026-04-02 00:00:00")
	b.close("2026-04-01")
	calls := answered("a", day("2026-04-01").Start(shanghai), 60, 61, 62)
	calls[0].Agent, calls[1].Agent, calls[1].To = "ann-1", "bob", "+442071234567"
	facts := []usage.Fact{}
	for _, c := range calls {
		facts = append(facts, c)
	}
	if _, err := b.Ingest(context.Background(), one.company, facts); err != nil {
		t.Fatal(err)
	}
	everything := func(app.Noun, id.Company) bool { return true }
	for text, want := range map[string]string{
		"harbour":       "company Harbour-one, company Harbour-two, contract Harbour-one, contract Harbour-two",
		"  HARBOUR-TWO": "company Harbour-two, contract Harbour-two",
		"inv-000001":    "invoice INV-000001",
		"p":             "plan p@1",
		"ann":           "agent ann-1",
		"+86 138":       "call 8613800138000, call 8613800138000",
		"4420":          "call +442071234567",
		"44":            "", // two digits are no number
		"nothing":       "",
		"":              "",
	} {
		got := found(t, b, app.Search{Text: text, May: everything})
		if got != want {
			t.Errorf("%q: found %q, want %q", text, got, want)
		}
	}
	mine := app.Search{Text: "harbour", Of: []id.Company{two.company}, May: everything}
	if got := found(t, b, mine); got != "company Harbour-two, contract Harbour-two" {
		t.Errorf("of one company alone: %q", got)
	}
	for noun, text := range map[app.Noun]string{app.ACompany: "harbour", app.AContract: "harbour", app.AnInvoice: "INV-000001", app.APlan: "p", app.AnAgent: "ann", app.ACall: "8613"} {
		got := found(t, b, app.Search{Text: text, May: func(n app.Noun, _ id.Company) bool { return n != noun }})
		if strings.Contains(got, string(noun)) {
			t.Errorf("without the right to see a %s: %q", noun, got)
		}
	}
	if got := found(t, b, app.Search{Text: "8613", Near: two.company, May: everything}); got != "" {
		t.Errorf("calls of another company than the one looked at: %q", got)
	}
	_, err := b.Find(context.Background(), app.Search{Text: strings.Repeat("x", app.SearchMost+1), May: everything})
	wantKind(t, "a long text", err, fault.Invalid)
}

func found(t *testing.T, b *books, in app.Search) string {
	t.Helper()
	hits, err := b.Find(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, h := range hits {
		out = append(out, fmt.Sprint(h.Noun, " ", h.Name))
	}
	return strings.Join(out, ", ")
}

// TestFindIsBounded: of many alike only some are given.
func TestFindIsBounded(t *testing.T) {
	b := newBooks(t)
	for i := range 20 {
		b.company(fmt.Sprint("firm ", i))
	}
	if got := found(t, b, app.Search{Text: "firm", May: func(app.Noun, id.Company) bool { return true }}); strings.Count(got, "company") != 6 {
		t.Errorf("found %s", got)
	}
}
