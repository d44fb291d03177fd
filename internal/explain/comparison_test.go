package explain_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"waihu/internal/charging/compare"
	"waihu/internal/charging/contract"
	"waihu/internal/exact"
	"waihu/internal/explain"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/planfile"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// market compares all market examples under a little usage.
func market(t *testing.T) *compare.Result {
	t.Helper()
	in := compare.Input{Currency: money.MustCurrency("USD"), Months: []int{1, 12, 36}, Replicates: 20, Must: []string{"power-dialer"},
		Rates: []compare.Rate{{From: money.MustCurrency("CNY"), Rate: exact.MustParse("0.14"), On: timex.MustDate("2026-11-01")}, {From: money.MustCurrency("EUR"), Rate: exact.MustParse("1.1"), On: timex.MustDate("2026-11-01")}}}
	budget := exact.MustParse("500")
	in.Budget = &budget
	files, err := planfile.OffersIn(os.DirFS("../../examples/market"), ".")
	if err != nil || len(files) < 12 {
		t.Fatalf("%d offers, %v", len(files), err)
	}
	for _, f := range files {
		b, problems := planfile.LoadOffer(os.DirFS("../../examples/market"), f)
		if err := problems.Err(); err != nil {
			t.Fatal(err)
		}
		in.Candidates = append(in.Candidates, compare.Candidate{Offer: b.Offer, Plan: b.Plan, Decks: b.Decks})
	}
	c, err := compare.New(in)
	if err != nil {
		t.Fatal(err)
	}
	from := timex.MustDate("2026-01-01").Start(time.UTC)
	for i := range 2000 {
		at := from.Add(time.Duration(i) * 2 * time.Hour)
		call := usage.Call{ID: "c", Start: at, Agent: string(rune('a' + i%7)), To: string(rune('0' + i%9)), From: "1", Direction: usage.Outbound, Result: usage.NoAnswer}
		if i%3 > 0 {
			call.Result, call.Answer, call.Talk = usage.Answered, at, time.Duration(i%200+1)*time.Second
		}
		if err := c.Call(&call); err != nil {
			t.Fatal(err)
		}
	}
	r, err := c.Result()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A manager reads the answer first, then every section, in each language without
// a gap.
func TestComparisonIsTold(t *testing.T) {
	r := market(t)
	for _, tag := range lang.Tags() {
		doc := explain.Comparison(r, tag)
		text := doc.Text()
		if i := strings.IndexAny(text, "{}["); i >= 0 {
			t.Errorf("%s: a placeholder or a phrase is missing: %q", tag, text[max(0, i-60):min(len(text), i+60)])
		}
		if line := lang.Phrase(tag, "compare.open.line", map[string]string{"line": "voice"}); !strings.Contains(text, line) {
			t.Errorf("%s: which price is unknown is not told", tag)
		}
		seen := map[string]bool{}
		for _, s := range doc.Sections {
			seen[s.Path] = true
			for _, row := range func() [][]string {
				if s.Table == nil {
					return nil
				}
				return s.Table.Rows
			}() {
				if len(row) != len(s.Table.Head) {
					t.Errorf("%s %s: a row of %d cells under a head of %d", tag, s.Path, len(row), len(s.Table.Head))
				}
			}
		}
		for _, path := range []string{"answer", "usage", "offers", "differences", "recommendation", "break_evens", "hidden_fees", "rounding", "waste", "volatility", "what_if", "flexibility", "service", "scores", "sensitivity", "refused", "notes"} {
			if !seen[path] {
				t.Errorf("%s: nothing about %s", tag, path)
			}
		}
		if doc.Sections[0].Path != "answer" || len(doc.Sections[0].Sentences) == 0 {
			t.Errorf("%s: the answer does not come first", tag)
		}
	}
	if len(r.Refused) != 1 || r.Refused[0].Offer != "dialnexa-growth" {
		t.Errorf("refused: %+v; the offer in rupees has no exchange rate", r.Refused)
	}
}

// A term is told in the language of the reader.
func TestTermOfAnOfferIsTold(t *testing.T) {
	b, problems := planfile.LoadOffer(os.DirFS("../../examples/market"), "ujet-pro.offer.yaml")
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	var err error
	if b.Offer.Term, err = contract.ParseTerm("12 months"); err != nil {
		t.Fatal(err)
	}
	b.Offer.NoTerm = false
	for tag, want := range map[lang.Tag]string{lang.English: "12 months", lang.Traditional: "12 個月", lang.Simplified: "12 个月"} {
		if text := explain.Offer(b.Offer, b.Plan, tag).Text(); !strings.Contains(text, want) {
			t.Errorf("%s: no %q in\n%s", tag, want, text)
		}
	}
}

// Where an offer has no break-even points for want of a monthly bill, the section
// says whose and why.
func TestBreakEvenOfAnOwnPeriodIsTold(t *testing.T) {
	for why, want := range map[string]string{"": " is not billed by the month: its points are of the bills of 3 months together", "many": "its billing period is no month, and there are too many calls"} {
		r := market(t)
		r.Offers[0].Why = "period"
		r.BreakEvens[0] = compare.BreakEven{A: r.Offers[0].Offer, B: r.Offers[1].Offer, Axis: compare.MinutesPerSeat, Months: 3, Why: why}
		text := explain.Comparison(r, lang.English).Text()
		if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
			t.Errorf("%q: no %q in\n%s", why, want, text)
		}
	}
}

// Every offer of the market is told in each language without a gap.
func TestOffersAreTold(t *testing.T) {
	files, err := planfile.OffersIn(os.DirFS("../../examples/market"), ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, problems := planfile.LoadOffer(os.DirFS("../../examples/market"), f)
		if err := problems.Err(); err != nil {
			t.Fatal(err)
		}
		if !b.Offer.Confidence.IsFact() || b.Offer.ReadOn == 0 || b.Offer.Source == "" {
			t.Errorf("%s: a market example must be a dated fact with its source", f)
		}
		for _, tag := range lang.Tags() {
			if text := explain.Offer(b.Offer, b.Plan, tag).Text(); strings.ContainsAny(text, "{}[") {
				t.Errorf("%s in %s has a gap:\n%s", f, tag, text)
			}
		}
	}
}

// Two offers that cost the same differ by nothing, and are told so.
func TestOffersThatCostTheSameAreTold(t *testing.T) {
	r := market(t)
	d := &r.Differences[0]
	zero := money.Zero(d.More.Low.Currency())
	d.More, d.Drivers = compare.Range{Low: zero, High: zero}, nil
	for _, tag := range lang.Tags() {
		text := explain.Comparison(r, tag).Text()
		want := lang.Phrase(tag, "compare.difference_none", map[string]string{"offer": nameOf(r, d.Offer, tag), "against": nameOf(r, d.Against, tag)})
		if !strings.Contains(text, want) || strings.Contains(text, "{") {
			t.Errorf("%s: %q is not told", tag, want)
		}
	}
}

func nameOf(r *compare.Result, id string, tag lang.Tag) string {
	for i := range r.Offers {
		if r.Offers[i].Offer == id {
			return r.Offers[i].Name.In(tag)
		}
	}
	return id
}

// A hidden fee nobody knows is called as the checklist calls it, not by the line
// the comparison makes of it; and a month of nothing is no dash.
func TestOpenFeesAndMonthsOfNothingAreTold(t *testing.T) {
	r := market(t)
	for i := range r.Volatility.Offers {
		if o := &r.Volatility.Offers[i]; !o.Open {
			o.Monthly.P5 = money.Zero(r.Basis.Currency)
		}
	}
	for tag, want := range map[lang.Tag]string{lang.English: "what is charged for “Line or trunk fee” is not known", lang.Traditional: "「線路費」的金額未知", lang.Simplified: "“线路费”的金额未知"} {
		if text := explain.Comparison(r, tag).Text(); !strings.Contains(text, want) || strings.Contains(text, "fee-") {
			t.Errorf("%s: %q is not told", tag, want)
		}
	}
	for _, s := range explain.Comparison(r, lang.English).Sections {
		if s.Path == "volatility" && s.Table.Rows[0][1] != "0.00" {
			t.Errorf("a month of nothing is told as %q", s.Table.Rows[0][1])
		}
	}
}
