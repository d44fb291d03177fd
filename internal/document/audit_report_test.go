package document

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"waihu/internal/charging/audit"
	"waihu/internal/charging/invoice"
	"waihu/internal/exact"
	"waihu/internal/explain"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// audited is a small audit with what a report must carry: a cause in either
// direction, calls, a seat, a line the contract does not have.
func audited() *audit.Result {
	cny := money.MustCurrency("CNY")
	yuan := func(s string) money.Amount {
		a, err := money.Parse(s, cny)
		if err != nil {
			panic(err)
		}
		return a
	}
	talk := lang.Text{En: "Talk time", Hant: "通話", Hans: "通话"}
	return &audit.Result{Bill: "bill<.csv", Number: "B-1", Currency: cny, Zone: "Asia/Shanghai", First: timex.MustDate("2026-03-01"), After: timex.MustDate("2026-04-01"),
		Billed: yuan("110"), Expected: yuan("100"), Difference: yuan("10"), Explained: yuan("10"), WithTax: true,
		Causes: []audit.Sum{{Cause: audit.Missing, Count: 1, Amount: yuan("-2")}, {Cause: audit.Duration, Count: 1, Amount: yuan("7")}, {Cause: audit.Seats, Count: 1, Amount: yuan("5")}},
		Findings: []audit.Finding{
			{Cause: audit.Missing, Line: "numbers", Key: "missing_line", Net: yuan("-2"), Tax: yuan("0"), Amount: yuan("-2")},
			{Cause: audit.Duration, Line: "talk", Name: talk, Key: "ring", Net: yuan("7"), Tax: yuan("0"), Amount: yuan("7"), Count: 21,
				Evidence: []audit.Evidence{{Kind: "call", ID: "c1", What: "13800138000", From: timex.MustDate("2026-03-02").Start(time.UTC), Talk: 60, Due: 60, Billed: 120, DueCost: "0.1", CostBill: "0.2"}}},
			{Cause: audit.Seats, Line: "seats", Key: "more", Args: map[string]string{"n": "1", "unit": "seat", "due": "2"}, Net: yuan("5"), Tax: yuan("0"), Amount: yuan("5"), Count: 1,
				Evidence: []audit.Evidence{{Kind: "seat", ID: "s1", Who: "agent01", Talk: audit.NoSeconds, Due: audit.NoSeconds, Billed: audit.NoSeconds}}}},
		Lines: []audit.Compared{{Line: "talk", Name: talk, Billed: yuan("50"), Expected: yuan("43")}, {Line: "numbers", Billed: yuan("0"), Expected: yuan("2")}},
		Own:   &invoice.Invoice{}}
}

// The answer comes first, the causes add up to the difference, and no language
// has a gap.
func TestAuditReport(t *testing.T) {
	for _, tag := range lang.Tags() {
		d, err := AuditReport(tag, audited())
		if err != nil {
			t.Fatal(err)
		}
		if s := d.Sections[0]; s.Title != "" || !strings.Contains(s.Sentences[0], "10.00") {
			t.Errorf("%s: the answer is not first: %+v", tag, s)
		}
		causes := d.Sections[1].Charts[0].Twin
		sum := exact.Zero
		for i := range causes.Rows[:len(causes.Rows)-1] {
			sum = sum.Add(causes.Value(i, 2).Number)
		}
		if last := causes.Value(len(causes.Rows)-1, 2).Number; !sum.Equal(last) || !last.Equal(exact.Int(10)) {
			t.Errorf("%s: causes sum to %s, the table says %s", tag, sum, last)
		}
		if first := causes.Rows[0][0]; first != auditCause(tag, audit.Duration) {
			t.Errorf("%s: the largest cause is not first but %s", tag, first)
		}
		if text := d.Text(); strings.ContainsAny(text, "{}[]") || !strings.Contains(text, "agent01") || !strings.Contains(text, "20 ") {
			t.Errorf("%s: a gap, or a piece is missing:\n%s", tag, text)
		}
		for _, chart := range []explain.Chart{d.Sections[1].Charts[0], d.Sections[2].Charts[0]} {
			if len(chart.Twin.Rows) == 0 || len(chart.Twin.Values) != len(chart.Twin.Rows) {
				t.Errorf("%s: chart %s has no table", tag, chart.ID)
			}
		}
		var pdf, book bytes.Buffer
		if err := ReportPDF(&pdf, d); err != nil || pdf.Len() == 0 {
			t.Errorf("%s: %v", tag, err)
		}
		if err := ReportXLSX(&book, d); err != nil || book.Len() == 0 {
			t.Errorf("%s: %v", tag, err)
		}
	}
	wrong := audited()
	wrong.Zone = "Nowhere/None"
	if _, err := AuditReport(lang.English, wrong); err == nil {
		t.Error("a zone that is none is an error")
	}
}
